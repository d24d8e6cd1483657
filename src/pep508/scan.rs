use crate::text::{TextRange, range};

/// Walks over a text, and knows the place of every byte in its file.
///
/// Positions are bytes of `text` and always lie between characters.
#[derive(Debug, Clone)]
pub(crate) struct Scanner<'a> {
    text: &'a str,
    /// Where `text` begins in its file.
    offset: usize,
    position: usize,
}

/// A blank of PEP 508: "WS" is a space or a tab, never a line break.
pub(crate) fn is_blank(c: char) -> bool {
    matches!(c, ' ' | '\t')
}

/// What Python's `\b` takes for part of a word.
pub(crate) fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

impl<'a> Scanner<'a> {
    pub(crate) fn new(text: &'a str, offset: usize) -> Self {
        Self { text, offset, position: 0 }
    }

    /// What is still to be read.
    pub(crate) fn rest(&self) -> &'a str {
        self.text.get(self.position..).unwrap_or("")
    }

    pub(crate) fn is_done(&self) -> bool {
        self.position >= self.text.len()
    }

    pub(crate) fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    /// The place of the next byte in the file.
    pub(crate) fn here(&self) -> usize {
        self.offset + self.position
    }

    /// From a place in the file to here.
    pub(crate) fn since(&self, start: usize) -> TextRange {
        range(start, self.here())
    }

    /// The rest, as a range.
    pub(crate) fn rest_range(&self) -> TextRange {
        range(self.here(), self.offset + self.text.len())
    }

    /// Goes over so many bytes, and returns them.
    pub(crate) fn advance(&mut self, bytes: usize) -> &'a str {
        let taken = self.rest().get(..bytes).unwrap_or(self.rest());
        self.position += taken.len();
        taken
    }

    pub(crate) fn take_while(&mut self, wanted: impl Fn(char) -> bool) -> &'a str {
        let end = self.rest().find(|c| !wanted(c)).unwrap_or(self.rest().len());
        self.advance(end)
    }

    pub(crate) fn skip_blanks(&mut self) {
        self.take_while(is_blank);
    }

    /// Goes over this text if it comes next.
    pub(crate) fn eat(&mut self, text: &str) -> bool {
        let found = self.rest().starts_with(text);
        if found {
            self.position += text.len();
        }
        found
    }

    /// True where this word comes next and ends there.
    pub(crate) fn at_word(&self, word: &str) -> bool {
        self.rest().strip_prefix(word).is_some_and(|rest| !rest.starts_with(is_word))
    }

    /// Goes over this word if it comes next and ends there.
    pub(crate) fn eat_word(&mut self, word: &str) -> bool {
        let found = self.at_word(word);
        if found {
            self.position += word.len();
        }
        found
    }

    /// A name: `packaging`'s `\b[a-zA-Z0-9][a-zA-Z0-9._-]*\b`, so that it ends with a letter, a
    /// digit or `_`, and a letter beyond ASCII does not follow.
    pub(crate) fn identifier(&mut self) -> Option<&'a str> {
        let rest = self.rest();
        if !rest.starts_with(|c: char| c.is_ascii_alphanumeric()) {
            return None;
        }
        let longest = rest
            .find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-')))
            .unwrap_or(rest.len());
        let mut name = rest.get(..longest)?;
        if rest.get(longest..)?.starts_with(is_word) {
            // A foreign letter follows: the last word boundary before it counts.
            name = name.trim_end_matches(is_word);
        }
        let name = name.trim_end_matches(['.', '-']);
        (!name.is_empty()).then(|| self.advance(name.len()))
    }
}
