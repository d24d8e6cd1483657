use super::TextRange;
use crate::{budget::BEYOND, order};

/// What every parser returns: a tree for all of the text, and what was wrong with it.
///
/// Half-typed text is the normal case, so parsing never refuses and never panics.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Parse<T> {
    /// The tree. It covers the whole text, errors included.
    pub tree: T,
    /// What was wrong, in order of place.
    pub errors: Vec<SyntaxError>,
}

/// One thing wrong with a text: where, what, and what would be right.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SyntaxError {
    /// The bytes to underline. Empty where something is missing at a point.
    pub range: TextRange,
    /// What is wrong, as a sentence without a full stop.
    pub message: String,
    /// What was expected, or what to do, if there is something to say.
    pub hint: Option<String>,
}

impl<T> Parse<T> {
    /// A tree and what was wrong, in any order.
    pub fn new(tree: T, mut errors: Vec<SyntaxError>) -> Self {
        SyntaxError::sort(&mut errors);
        Self { tree, errors }
    }
}

impl SyntaxError {
    /// An error without a hint.
    pub fn new(range: TextRange, message: impl Into<String>) -> Self {
        Self { range, message: message.into(), hint: None }
    }

    /// Puts errors in order of place.
    pub fn sort(errors: &mut [Self]) {
        order::sort_by_key(errors, |error| (error.range.start(), error.range.end()));
    }

    /// No error of the text's: it goes beyond what is followed here ([`BEYOND`]).
    #[must_use]
    pub fn is_limit(&self) -> bool {
        self.message.starts_with(BEYOND)
    }

    /// The same error, with what to do about it.
    #[must_use]
    pub fn with_hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }
}
