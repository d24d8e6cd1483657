use crate::{
    syntax::command::Argument,
    text::{FileId, Location, Mapped, TextRange},
};

/// A text that a shell reads, with the file its bytes stand in.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Source {
    /// What the shell reads.
    pub text: Mapped,
    /// Where its bytes are; `None` for a text that stands in no file.
    pub file: Option<FileId>,
}

impl Source {
    /// A text that stands in no file; its places are bytes of the text itself.
    #[must_use]
    pub fn unplaced(text: &str) -> Self {
        Self { text: Mapped::verbatim(text, 0), file: None }
    }

    /// Where bytes of the text stand.
    #[must_use]
    pub fn location(&self, range: TextRange) -> Option<Location> {
        Some(Location { file: self.file?, range: self.text.source_range(range) })
    }
}

impl From<Argument> for Source {
    /// A word that is read as a script: `sh -c WORD`.
    fn from(word: Argument) -> Self {
        Self { file: word.place.map(|place| place.file), text: word.text }
    }
}
