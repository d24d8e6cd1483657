use super::{Text, TextLine};
use crate::{
    budget::{LONGEST_TEXT, line_weight},
    syntax::command::Argument,
    text::{FileId, Location, Mapped, SourceFile, TextRange, range},
};

impl TextLine {
    /// A line that no author wrote.
    #[must_use]
    pub fn unplaced(text: impl Into<String>) -> Self {
        Self { text: text.into(), origin: None, verbatim: false }
    }

    /// The same place with another text, which no longer stands there byte for byte.
    #[must_use]
    pub fn changed(&self, text: String) -> Self {
        let verbatim = self.verbatim && text == self.text;
        Self { text, origin: self.origin, verbatim }
    }

    /// A part of the line, from byte `start` to `end`.
    #[must_use]
    pub fn slice(&self, start: usize, end: usize) -> Self {
        let text = self.text.get(start..end).unwrap_or("").to_owned();
        match self.origin {
            Some(origin) if self.verbatim => {
                let from: usize = origin.range.start().into();
                let range = range(from + start, from + end.max(start));
                Self { text, origin: Some(Location { file: origin.file, range }), verbatim: true }
            }
            origin => Self { text, origin, verbatim: false },
        }
    }

    /// The line as a word of a command.
    #[must_use]
    pub fn to_argument(&self) -> Argument {
        let Some(origin) = self.origin else { return Argument::unplaced(&self.text) };
        let mut text = Mapped::default();
        if self.verbatim {
            text.push_verbatim(&self.text, origin.range.start().into());
        } else {
            text.push_substitute(&self.text, origin.range);
        }
        Argument { text, place: Some(origin) }
    }
}

impl Text {
    /// A text that no author wrote.
    #[must_use]
    pub fn unplaced(text: &str) -> Self {
        let mut mapped = Mapped::default();
        mapped.push_substitute(text, range(0, 0));
        Self::from_mapped(&mapped, None)
    }

    /// A file of the build context, each line with its place.
    #[must_use]
    pub fn from_source(id: FileId, file: &SourceFile) -> Self {
        Self::from_mapped(&Mapped::verbatim(&file.text, 0), Some(id))
    }

    /// A text put together from pieces of `file`.
    #[must_use]
    pub fn from_mapped(mapped: &Mapped, file: Option<FileId>) -> Self {
        let text = mapped.as_str();
        let mut lines = Vec::new();
        let mut at = 0;
        for line in text.split_inclusive('\n') {
            let content = line.strip_suffix('\n').unwrap_or(line);
            let within = range(at, at + content.len());
            let origin = file.map(|file| Location { file, range: mapped.source_range(within) });
            lines.push(TextLine {
                text: content.to_owned(),
                origin,
                verbatim: origin.is_some() && mapped.is_verbatim(within),
            });
            at += line.len();
        }
        Self { lines, final_newline: text.ends_with('\n') }
    }

    /// Nothing at all.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.lines.is_empty()
    }

    /// Length in bytes, line ends included.
    #[must_use]
    pub fn len(&self) -> usize {
        self.lines.iter().map(|line| line.text.len() + 1).sum()
    }

    /// What it takes of a [`Budget`](crate::budget::Budget) to hold it, in bytes.
    pub(super) fn weight(&self) -> usize {
        self.lines.iter().map(|line| line_weight(line.text.len())).sum()
    }

    /// Lines, each with an end.
    #[must_use]
    pub fn from_lines(lines: Vec<TextLine>) -> Self {
        let final_newline = !lines.is_empty();
        Self { lines, final_newline }
    }

    /// With `other` it would be too long to be followed. Not counted anew for every short line
    /// that a loop appends.
    pub(super) fn is_full(&self, other: &Self) -> bool {
        let due = self.lines.len().is_multiple_of(1_024)
            || other.lines.iter().take(2).any(|line| line.text.len() > 256);
        (due || other.lines.len() > 1) && self.len() + other.len() > LONGEST_TEXT
    }

    /// Appends another text, to the last line where that has no end.
    pub fn append(&mut self, other: Self) {
        if other.lines.is_empty() {
            return;
        }
        let mut lines = other.lines.into_iter();
        if !self.final_newline
            && let Some(last) = self.lines.last_mut()
            && let Some(next) = lines.next()
        {
            if last.text.is_empty() {
                *last = next;
            } else if !next.text.is_empty() {
                last.text += &next.text;
                last.verbatim = false;
                last.origin = last.origin.or(next.origin);
            }
        }
        self.lines.extend(lines);
        self.final_newline = other.final_newline;
    }

    /// A line end after the last line, where there is none.
    pub fn end_line(&mut self) {
        self.final_newline = !self.lines.is_empty();
    }

    /// Where the author wrote the bytes `within` of the whole text: all of them in the line, where
    /// they stand there as they are, else the line. `None` for a line that no author wrote.
    #[must_use]
    pub fn location_of(&self, within: TextRange) -> Option<Location> {
        let mut start = 0;
        for line in &self.lines {
            let end = start + line.text.len() + 1;
            if usize::from(within.start()) < end {
                let origin = line.origin?;
                if !line.verbatim {
                    return Some(origin);
                }
                let line_start = usize::from(origin.range.start());
                let last = line_start + line.text.len();
                let from = line_start + usize::from(within.start()).saturating_sub(start);
                let to = (line_start + usize::from(within.end()).saturating_sub(start)).min(last);
                return Some(Location { file: origin.file, range: range(from, to) });
            }
            start = end;
        }
        None
    }

    /// As one text with places, and the file they are in: the one most lines come from.
    /// What comes from elsewhere stands for the start of that file.
    #[must_use]
    pub fn to_mapped(&self) -> (Mapped, Option<FileId>) {
        let file = self.lines.iter().find_map(|line| Some(line.origin?.file));
        let mut mapped = Mapped::default();
        for (index, line) in self.lines.iter().enumerate() {
            let end = match line.origin.filter(|origin| Some(origin.file) == file) {
                Some(origin) if line.verbatim => {
                    mapped.push_verbatim(&line.text, origin.range.start().into());
                    origin.range.end()
                }
                Some(origin) => {
                    mapped.push_substitute(&line.text, origin.range);
                    origin.range.end()
                }
                None => {
                    mapped.push_substitute(&line.text, range(0, 0));
                    0.into()
                }
            };
            if index + 1 < self.lines.len() || self.final_newline {
                mapped.push_substitute("\n", range(end.into(), end.into()));
            }
        }
        (mapped, file)
    }
}

impl std::fmt::Display for Text {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for (index, line) in self.lines.iter().enumerate() {
            f.write_str(&line.text)?;
            if index + 1 < self.lines.len() || self.final_newline {
                f.write_str("\n")?;
            }
        }
        Ok(())
    }
}
