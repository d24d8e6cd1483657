//! Between a file's bytes and the editor's counting.
//!
//! The editor counts UTF-16 code units, and each line ending as one of them: it keeps `\r\n` and
//! a lone `\r` as `\n`. [`Sources`](crate::text::Sources) counts bytes of the text as it is in the
//! file. The conversion happens here and nowhere else.

use std::ops::Range;

use crate::text::diff::{self, DiffTag};

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

/// The changes that make an editor's text `old` into `new`, both with lines that end in `\n`;
/// offsets count in `old`. As small as lines allow, and within a line cut to what differs, so that
/// cursors and marks around them stay where they are.
#[must_use]
pub fn changes(old: &str, new: &str) -> Vec<Change> {
    let offsets = Offsets::new(old);
    replacements(old, new)
        .into_iter()
        .map(|(gone, come)| Change {
            from: offsets.unit(gone.start),
            to: offsets.unit(gone.end),
            insert: new.get(come).unwrap_or_default().to_owned(),
        })
        .collect()
}

/// What of `new` is not in `old`, as bytes of `new`.
#[must_use]
pub fn changed(old: &str, new: &str) -> Vec<Range<usize>> {
    replacements(old, new).into_iter().map(|(_, come)| come).collect()
}

/// Bytes of `old` and the bytes of `new` in their place, ascending.
fn replacements(old: &str, new: &str) -> Vec<(Range<usize>, Range<usize>)> {
    if old == new {
        return Vec::new();
    }
    let (old_lines, new_lines) = (diff::lines(old), diff::lines(new));
    let (old_ends, new_ends) = (ends(&old_lines), ends(&new_lines));
    // Where line number `index` begins: where the one before it ends.
    let start = |ends: &[usize], index: usize| match index {
        0 => 0,
        index => ends.get(index - 1).copied().unwrap_or_default(),
    };
    diff::operations(&old_lines, &new_lines)
        .iter()
        .filter(|op| op.tag() != DiffTag::Equal)
        .map(|op| {
            let (before, after) = (op.old_range(), op.new_range());
            let gone = start(&old_ends, before.start)..start(&old_ends, before.end);
            let come = start(&new_ends, after.start)..start(&new_ends, after.end);
            trimmed(old, new, gone, come)
        })
        .collect()
}

fn ends(lines: &[&str]) -> Vec<usize> {
    lines
        .iter()
        .scan(0, |at, line| {
            *at += line.len();
            Some(*at)
        })
        .collect()
}

/// Without the characters that both sides begin and end with.
fn trimmed(old: &str, new: &str, gone: Range<usize>, come: Range<usize>) -> (Range<usize>, Range<usize>) {
    let (a, b) = (old.get(gone.clone()).unwrap_or_default(), new.get(come.clone()).unwrap_or_default());
    let head: usize = a.chars().zip(b.chars()).take_while(|(a, b)| a == b).map(|(a, _)| a.len_utf8()).sum();
    let (a, b) = (a.get(head..).unwrap_or_default(), b.get(head..).unwrap_or_default());
    let tail: usize =
        a.chars().rev().zip(b.chars().rev()).take_while(|(a, b)| a == b).map(|(a, _)| a.len_utf8()).sum();
    (gone.start + head..gone.end - tail, come.start + head..come.end - tail)
}

/// A text as the editor holds it: every line ends in `\n`.
#[must_use]
pub fn normalised(text: &str) -> String {
    text.replace("\r\n", "\n").replace('\r', "\n")
}
