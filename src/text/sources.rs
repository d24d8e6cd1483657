use std::{fmt, sync::Arc};

use serde::{Deserialize, Serialize};

use super::{Listing, TextRange, range};
use crate::order;

/// A file of a playground or a build context, by number. Stays the same through edits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FileId(u32);

/// A place: bytes of one file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Location {
    /// The file.
    pub file: FileId,
    /// The bytes in it.
    pub range: TextRange,
}

/// How a file's bytes encode its text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Encoding {
    /// UTF-8, the default.
    #[default]
    Utf8,
    /// UTF-8 behind a byte order mark.
    Utf8Bom,
    /// UTF-16, little endian, behind a byte order mark.
    Utf16Le,
    /// UTF-16, big endian, behind a byte order mark.
    Utf16Be,
    /// UTF-32, little endian, behind a byte order mark.
    Utf32Le,
    /// UTF-32, big endian, behind a byte order mark.
    Utf32Be,
    /// ISO 8859-1: what bytes that are no UTF-8 are read as, so that none is lost.
    Latin1,
}

impl FileId {
    /// What the person states beside the files: it has places, and is no file that a build could copy.
    pub const FACTS: Self = Self(u32::MAX);
}

/// One file: its path in the build context and its text.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SourceFile {
    /// Relative to the build context, `/` between parts: `requirements/base.txt`.
    pub path: String,
    /// The decoded text, line endings as they are in the file.
    pub text: String,
    /// How [`Self::to_bytes`] writes it back.
    pub encoding: Encoding,
}

/// A place as people count: both from 1, columns in characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct LineColumn {
    /// From 1.
    pub line: u32,
    /// From 1, in Unicode scalar values.
    pub column: u32,
}

/// A change of one file: `insert` instead of the bytes in `range`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edit {
    /// The file.
    pub file: FileId,
    /// What goes.
    pub range: TextRange,
    /// What comes.
    pub insert: String,
}

/// Why edits could not be applied.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EditError {
    /// There is no such file.
    NoFile,
    /// A range lies outside the text or inside a character.
    OutOfText(TextRange),
    /// Two edits change the same bytes.
    Overlap(TextRange, TextRange),
}

impl fmt::Display for EditError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoFile => write!(f, "the file to edit is not there"),
            Self::OutOfText(range) => write!(f, "the bytes {range:?} to edit do not lie in the text"),
            Self::Overlap(a, b) => write!(f, "two edits change the same bytes, {a:?} and {b:?}"),
        }
    }
}

impl std::error::Error for EditError {}

/// The files of a playground. Immutable and cheap to clone: an edit makes new `Sources`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Sources {
    files: Vec<Option<Arc<SourceFile>>>,
    listing: Arc<Listing>,
    revision: u64,
}

impl SourceFile {
    /// A UTF-8 file.
    pub fn new(path: impl Into<String>, text: impl Into<String>) -> Self {
        Self { path: path.into(), text: text.into(), encoding: Encoding::Utf8 }
    }

    /// Decodes a file: by its byte order mark, else as UTF-8, else as ISO 8859-1.
    pub fn from_bytes(path: impl Into<String>, bytes: &[u8]) -> Self {
        let utf16 = |bytes: &[u8], unit: fn([u8; 2]) -> u16| {
            let units = bytes.chunks(2).map(|pair| unit([pair[0], pair.get(1).copied().unwrap_or(0)]));
            char::decode_utf16(units)
                .map(|unit| unit.unwrap_or(char::REPLACEMENT_CHARACTER))
                .collect::<String>()
        };
        let utf32 = |bytes: &[u8], unit: fn([u8; 4]) -> u32| {
            let byte = |unit: &[u8], index: usize| unit.get(index).copied().unwrap_or(0);
            let units = bytes.chunks(4).map(|u| unit([byte(u, 0), byte(u, 1), byte(u, 2), byte(u, 3)]));
            units.map(|unit| char::from_u32(unit).unwrap_or(char::REPLACEMENT_CHARACTER)).collect::<String>()
        };
        // UTF-32's mark begins with UTF-16's, so it is looked for first.
        let (encoding, text) = match bytes {
            [0xFF, 0xFE, 0, 0, rest @ ..] => (Encoding::Utf32Le, utf32(rest, u32::from_le_bytes)),
            [0, 0, 0xFE, 0xFF, rest @ ..] => (Encoding::Utf32Be, utf32(rest, u32::from_be_bytes)),
            [0xEF, 0xBB, 0xBF, rest @ ..] if std::str::from_utf8(rest).is_ok() => {
                (Encoding::Utf8Bom, String::from_utf8_lossy(rest).into_owned())
            }
            [0xFF, 0xFE, rest @ ..] => (Encoding::Utf16Le, utf16(rest, u16::from_le_bytes)),
            [0xFE, 0xFF, rest @ ..] => (Encoding::Utf16Be, utf16(rest, u16::from_be_bytes)),
            _ => match std::str::from_utf8(bytes) {
                Ok(text) => (Encoding::Utf8, text.to_owned()),
                Err(_) => (Encoding::Latin1, bytes.iter().map(|&byte| char::from(byte)).collect()),
            },
        };
        Self { path: path.into(), text, encoding }
    }

    /// The file's bytes, in its encoding. A character that ISO 8859-1 lacks turns the file
    /// into UTF-8 rather than being lost.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        match self.encoding {
            Encoding::Utf8 => self.text.clone().into_bytes(),
            Encoding::Utf8Bom => [&[0xEF, 0xBB, 0xBF], self.text.as_bytes()].concat(),
            Encoding::Utf16Le => {
                [0xFF, 0xFE].into_iter().chain(self.text.encode_utf16().flat_map(u16::to_le_bytes)).collect()
            }
            Encoding::Utf16Be => {
                [0xFE, 0xFF].into_iter().chain(self.text.encode_utf16().flat_map(u16::to_be_bytes)).collect()
            }
            Encoding::Utf32Le => [0xFF, 0xFE, 0, 0]
                .into_iter()
                .chain(self.text.chars().flat_map(|c| u32::from(c).to_le_bytes()))
                .collect(),
            Encoding::Utf32Be => [0, 0, 0xFE, 0xFF]
                .into_iter()
                .chain(self.text.chars().flat_map(|c| u32::from(c).to_be_bytes()))
                .collect(),
            Encoding::Latin1 => {
                let narrow: Result<Vec<u8>, _> =
                    self.text.chars().map(|c| u8::try_from(u32::from(c))).collect();
                narrow.unwrap_or_else(|_| self.text.clone().into_bytes())
            }
        }
    }

    /// Line and column of a byte offset; an offset beyond the text counts as its end.
    #[must_use]
    pub fn line_column(&self, offset: usize) -> LineColumn {
        let mut end = offset.min(self.text.len());
        while !self.text.is_char_boundary(end) {
            end -= 1;
        }
        let before = &self.text[..end];
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        let count = |n: usize| u32::try_from(n).unwrap_or(u32::MAX).saturating_add(1);
        LineColumn {
            line: count(before.matches('\n').count()),
            column: count(before[line_start..].chars().count()),
        }
    }

    /// The text in a range; empty where the range does not lie in the text.
    #[must_use]
    pub fn slice(&self, range: TextRange) -> &str {
        self.text.get(usize::from(range.start())..usize::from(range.end())).unwrap_or("")
    }

    /// The line ending the file uses where it first ends a line; `\n` where it never does.
    #[must_use]
    pub fn line_ending(&self) -> &'static str {
        match self.text.find('\n') {
            Some(at) if self.text[..at].ends_with('\r') => "\r\n",
            _ => "\n",
        }
    }
}

impl Sources {
    /// Files by path and text, in this order.
    pub fn from_texts<P: Into<String>, T: Into<String>>(files: impl IntoIterator<Item = (P, T)>) -> Self {
        files
            .into_iter()
            .fold(Self::default(), |sources, (path, text)| sources.with_file(SourceFile::new(path, text)))
    }

    /// What else is known of the build context.
    #[must_use]
    pub fn listing(&self) -> &Listing {
        &self.listing
    }

    /// With what else is known of the build context.
    #[must_use]
    pub fn with_listing(mut self, listing: Listing) -> Self {
        self.listing = Arc::new(listing);
        self.revision += 1;
        self
    }

    /// Grows by one with every change.
    #[must_use]
    pub fn revision(&self) -> u64 {
        self.revision
    }

    /// All files, in the order they were added.
    pub fn iter(&self) -> impl Iterator<Item = (FileId, &SourceFile)> {
        let id = |index: usize| FileId(u32::try_from(index).unwrap_or(u32::MAX));
        self.files.iter().enumerate().filter_map(move |(index, file)| Some((id(index), file.as_deref()?)))
    }

    /// A file by number, unless it was removed.
    #[must_use]
    pub fn get(&self, id: FileId) -> Option<&SourceFile> {
        self.files.get(id.0 as usize)?.as_deref()
    }

    /// A file by path.
    #[must_use]
    pub fn find(&self, path: &str) -> Option<FileId> {
        self.iter().find(|(_, file)| file.path == path).map(|(id, _)| id)
    }

    /// A file's text; empty where there is no such file.
    #[must_use]
    pub fn text(&self, id: FileId) -> &str {
        self.get(id).map_or("", |file| &file.text)
    }

    /// The text at a place; empty where there is none.
    #[must_use]
    pub fn slice(&self, location: Location) -> &str {
        self.get(location.file).map_or("", |file| file.slice(location.range))
    }

    /// Line and column of a place's first byte.
    #[must_use]
    pub fn line_column(&self, location: Location) -> LineColumn {
        self.get(location.file)
            .map_or(LineColumn { line: 1, column: 1 }, |file| file.line_column(location.range.start().into()))
    }

    /// With a file added, or the one of that path replaced.
    #[must_use]
    pub fn with_file(mut self, file: SourceFile) -> Self {
        match self.find(&file.path) {
            Some(id) => self.files[id.0 as usize] = Some(Arc::new(file)),
            None => self.files.push(Some(Arc::new(file))),
        }
        self.revision += 1;
        self
    }

    /// With a file in the place that another has left; the one of that path is replaced, if there is one.
    #[must_use]
    pub fn with_file_at(mut self, id: FileId, file: SourceFile) -> Self {
        let taken = self.find(&file.path).is_some();
        match self.files.get_mut(id.0 as usize) {
            Some(slot @ None) if !taken => {
                *slot = Some(Arc::new(file));
                self.revision += 1;
                self
            }
            _ => self.with_file(file),
        }
    }

    /// Without a file. Numbers of the others stay.
    #[must_use]
    pub fn without(mut self, id: FileId) -> Self {
        if let Some(slot) = self.files.get_mut(id.0 as usize) {
            *slot = None;
            self.revision += 1;
        }
        self
    }

    /// With all the edits made, none seeing another: their ranges count in the text as it is now.
    /// Edits at one point are made in the order given.
    ///
    /// # Errors
    /// Where a file or its bytes are not there, or two edits change the same bytes.
    pub fn edited(&self, edits: &[Edit]) -> Result<Self, EditError> {
        // Stable: edits at one point stay in the order given.
        let mut ordered: Vec<&Edit> = edits.iter().collect();
        order::sort_by_key(&mut ordered, |edit| (edit.file, edit.range.start(), edit.range.end()));
        for pair in ordered.windows(2) {
            let (a, b) = (pair[0], pair[1]);
            if a.file == b.file && a.range.end() > b.range.start() {
                return Err(EditError::Overlap(a.range, b.range));
            }
        }
        let mut result = self.clone();
        for edit in ordered.into_iter().rev() {
            let slot = result
                .files
                .get_mut(edit.file.0 as usize)
                .and_then(Option::as_mut)
                .ok_or(EditError::NoFile)?;
            let bytes = usize::from(edit.range.start())..usize::from(edit.range.end());
            if slot.text.get(bytes.clone()).is_none() {
                return Err(EditError::OutOfText(edit.range));
            }
            Arc::make_mut(slot).text.replace_range(bytes, &edit.insert);
        }
        result.revision += 1;
        Ok(result)
    }

    /// The whole of a file, as a place.
    #[must_use]
    pub fn whole(&self, id: FileId) -> Location {
        Location { file: id, range: range(0, self.text(id).len()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn edit(file: FileId, start: usize, end: usize, insert: &str) -> Edit {
        Edit { file, range: range(start, end), insert: insert.into() }
    }

    #[test]
    fn edits_count_in_the_text_before_all_of_them() {
        let sources = Sources::from_texts([("a", "one two three")]);
        let file = sources.find("a").unwrap();
        let edited =
            sources.edited(&[edit(file, 8, 13, "3"), edit(file, 0, 3, "1"), edit(file, 3, 3, "!")]).unwrap();
        assert_eq!(edited.text(file), "1! two 3");
        assert_eq!(edited.revision(), sources.revision() + 1);
    }

    #[test]
    fn overlapping_edits_and_foreign_ranges_are_refused() {
        let sources = Sources::from_texts([("a", "é")]);
        let file = sources.find("a").unwrap();
        assert_eq!(
            sources.edited(&[edit(file, 0, 2, ""), edit(file, 0, 2, "")]),
            Err(EditError::Overlap(range(0, 2), range(0, 2)))
        );
        assert_eq!(sources.edited(&[edit(file, 1, 2, "")]), Err(EditError::OutOfText(range(1, 2))));
    }

    #[test]
    fn every_encoding_comes_back_byte_for_byte() {
        let samples: [&[u8]; 7] = [
            b"a\r\nb",
            b"\xEF\xBB\xBFa\xC3\xA9",
            b"\xFF\xFEa\0\xE9\0",
            b"\xFE\xFF\0a\0\xE9",
            b"\xFF\xFE\0\0a\0\0\0",
            b"\0\0\xFE\xFF\0\x01\xF6\0",
            b"caf\xE9",
        ];
        for bytes in samples {
            assert_eq!(SourceFile::from_bytes("f", bytes).to_bytes(), bytes);
        }
    }

    #[test]
    fn lines_and_columns_count_from_one_in_characters() {
        let file = SourceFile::new("f", "é\r\nab");
        assert_eq!(file.line_column(2), LineColumn { line: 1, column: 2 });
        assert_eq!(file.line_column(5), LineColumn { line: 2, column: 2 });
        assert_eq!(file.line_ending(), "\r\n");
    }
}
