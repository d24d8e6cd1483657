use super::{super::Argument, options};
use crate::order::{SortedMap, SortedSet};

/// The options that were given, on the command line or through the environment or a
/// configuration file, under the names pip's own code has for them (`ignore_dependencies` for
/// `--no-deps`).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Options {
    /// By pip's variable. One that nobody gave is not there.
    pub given: SortedMap<&'static str, OptionValue>,
}

/// What an option was given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OptionValue {
    /// A switch.
    Flag(Flag),
    /// `-vv`: how often.
    Count(u32),
    /// A value; the last one counts.
    One(Argument),
    /// Values that add up.
    Many(Vec<Argument>),
    /// `--no-binary` and `--only-binary` (in this order), or `--all-releases` and `--only-final`.
    Names(SortedSet<String>, SortedSet<String>),
}

/// A switch, and what set it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Flag {
    /// Its value, after whoever came last.
    pub on: bool,
    /// The word that set it; `None` where it has its default.
    pub given: Option<Argument>,
}

impl Options {
    /// A switch; its default where nobody gave it.
    #[must_use]
    pub fn flag(&self, dest: &str) -> Flag {
        match self.given.get(dest) {
            Some(OptionValue::Flag(flag)) => flag.clone(),
            _ => Flag { on: options::default_flag(dest), given: None },
        }
    }

    /// A single value. Empty ones count, as for pip.
    #[must_use]
    pub fn one(&self, dest: &str) -> Option<Argument> {
        match self.given.get(dest) {
            Some(OptionValue::One(value)) => Some(value.clone()),
            _ => None,
        }
    }

    /// All values of an option that may be repeated.
    #[must_use]
    pub fn many(&self, dest: &str) -> Vec<Argument> {
        match self.given.get(dest) {
            Some(OptionValue::Many(values)) => values.clone(),
            _ => Vec::new(),
        }
    }

    /// A pair of sets of names.
    #[must_use]
    pub fn names(&self, dest: &str) -> (SortedSet<String>, SortedSet<String>) {
        match self.given.get(dest) {
            Some(OptionValue::Names(first, second)) => (first.clone(), second.clone()),
            _ => <_>::default(),
        }
    }
}
