use crate::text::{Location, Mapped, TextRange, range};

/// One word of a command line, or a value from the environment or a configuration file, with
/// the place it came from.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Argument {
    /// The word after all expansion. Places in it are bytes of `place`'s file.
    pub text: Mapped,
    /// The whole word in the file, quotes included; `None` for what stands in no file.
    pub place: Option<Location>,
}

impl Argument {
    /// A value that stands in no file.
    #[must_use]
    pub fn unplaced(text: &str) -> Self {
        let mut mapped = Mapped::default();
        mapped.push_substitute(text, range(0, 0));
        Self { text: mapped, place: None }
    }

    /// Its value.
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.text.as_str()
    }

    /// Where the bytes `within` of the value stand.
    #[must_use]
    pub fn location_of(&self, within: TextRange) -> Option<Location> {
        let whole = self.place?;
        if self.text.as_str().is_empty() {
            return Some(whole);
        }
        Some(Location { file: whole.file, range: self.text.source_range(within) })
    }

    /// A part of the value, with its place: the `file` of `-rfile`.
    #[must_use]
    pub fn slice(&self, within: TextRange) -> Self {
        Self { text: self.text.slice(within), place: self.location_of(within) }
    }

    /// The bytes of the value from `start` on.
    #[must_use]
    pub fn slice_from(&self, start: usize) -> Self {
        self.slice(range(start, self.as_str().len()))
    }
}
