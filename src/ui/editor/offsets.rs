//! Between a file's bytes and the editor's counting.
//!
//! The editor counts UTF-16 code units, and each line ending as one of them: it keeps `\r\n` and
//! a lone `\r` as `\n`. [`Sources`](crate::text::Sources) counts bytes of the text as it is in the
//! file. The conversion happens here and nowhere else.

use crate::text::{diff, range};

/// A change as the editor says it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// First UTF-16 unit that goes.
    pub from: usize,
    /// One past the last.
    pub to: usize,
    /// What comes; lines end in `\n`.
    pub insert: String,
}

/// Converts offsets of one text.
#[derive(Debug, Clone)]
pub struct Offsets<'a> {
    text: &'a str,
    /// Byte and unit of every line's start, ascending in both.
    lines: Vec<(usize, usize)>,
    units: usize,
}

impl<'a> Offsets<'a> {
    /// Reads the text once.
    #[must_use]
    pub fn new(text: &'a str) -> Self {
        let mut lines = vec![(0, 0)];
        let mut units = 0;
        for (at, character) in text.char_indices() {
            let pair = character == '\r' && text[at + 1..].starts_with('\n');
            if pair {
                continue;
            }
            units += character.len_utf16();
            if character == '\n' || character == '\r' {
                lines.push((at + 1, units));
            }
        }
        Self { text, lines, units }
    }

    /// Number of UTF-16 units of the whole text.
    #[must_use]
    pub fn units(&self) -> usize {
        self.units
    }

    /// The byte of a unit. Beyond the text: its end; inside a character: its start.
    #[must_use]
    pub fn byte(&self, unit: usize) -> usize {
        let line = self.lines.partition_point(|(_, start)| *start <= unit).saturating_sub(1);
        let (byte, mut at) = self.lines[line];
        for (offset, character) in self.text[byte..].char_indices() {
            let next = at + character.len_utf16();
            if next > unit || character == '\r' || character == '\n' {
                return byte + offset;
            }
            at = next;
        }
        self.text.len()
    }

    /// The unit of a byte. Beyond the text: its end; inside a character: its start.
    #[must_use]
    pub fn unit(&self, byte: usize) -> usize {
        if byte >= self.text.len() {
            return self.units;
        }
        let line = self.lines.partition_point(|(start, _)| *start <= byte).saturating_sub(1);
        let (start, mut unit) = self.lines[line];
        for (offset, character) in self.text[start..].char_indices() {
            if start + offset + character.len_utf8() > byte || character == '\r' || character == '\n' {
                return unit;
            }
            unit += character.len_utf16();
        }
        self.units
    }
}

/// The fewest whole lines to change so that an editor's text `old` becomes `new`, both with
/// lines that end in `\n`; offsets count in `old`.
#[must_use]
pub fn changes(old: &str, new: &str) -> Vec<Change> {
    let offsets = Offsets::new(old);
    let (old_lines, new_lines) = (diff::lines(old), diff::lines(new));
    let starts = |lines: &[&str]| {
        lines
            .iter()
            .scan(0, |at, line| {
                let start = *at;
                *at += line.len();
                Some(start)
            })
            .collect::<Vec<usize>>()
    };
    let (old_starts, new_starts) = (starts(&old_lines), starts(&new_lines));
    let place = |starts: &[usize], index: usize, text: &str| starts.get(index).copied().unwrap_or(text.len());
    diff::operations(&old_lines, &new_lines)
        .iter()
        .filter(|op| op.tag() != diff::DiffTag::Equal)
        .map(|op| {
            let (before, after) = (op.old_range(), op.new_range());
            let (from, to) = (place(&old_starts, before.start, old), place(&old_starts, before.end, old));
            let insert = range(place(&new_starts, after.start, new), place(&new_starts, after.end, new));
            Change {
                from: offsets.unit(from),
                to: offsets.unit(to),
                insert: new.get(insert.start().into()..insert.end().into()).unwrap_or_default().to_owned(),
            }
        })
        .collect()
}

/// A text as the editor holds it: every line ends in `\n`.
#[must_use]
pub fn normalised(text: &str) -> String {
    text.replace("\r\n", "\n").replace('\r', "\n")
}
