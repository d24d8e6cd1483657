use crate::{
    budget::TEXT_TOO_LONG,
    order::SortedMap,
    shell::expand::Value,
    simulate::{Content, Text, TextLine},
    syntax::command::Argument,
};

/// A variable of the shell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::simulate) struct Variable {
    pub(in crate::simulate) value: Value,
    pub(in crate::simulate) exported: bool,
}

/// What a program prints.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(in crate::simulate) struct Stream {
    /// What is known of it.
    pub(in crate::simulate) text: Text,
    /// Why there may be more or other text.
    pub(in crate::simulate) unknown: Option<String>,
}

impl From<Stream> for Content {
    fn from(stream: Stream) -> Self {
        stream.unknown.map_or_else(|| Self::Text(stream.text.into()), Self::Opaque)
    }
}

impl Stream {
    pub(in crate::simulate) fn known(text: Text) -> Self {
        Self { text, unknown: None }
    }

    pub(in crate::simulate) fn unknown(reason: impl Into<String>) -> Self {
        Self { text: Text::default(), unknown: Some(reason.into()) }
    }

    pub(in crate::simulate) fn append(&mut self, other: Self) {
        if self.unknown.is_none() {
            self.unknown = other.unknown;
        }
        if self.text.is_full(&other.text) {
            *self = Self::unknown(TEXT_TOO_LONG);
        } else {
            self.text.append(other.text);
        }
    }

    /// The text, where all of it is known.
    pub(in crate::simulate) fn as_known(&self) -> Result<&Text, &str> {
        self.unknown.as_deref().map_or(Ok(&self.text), Err)
    }
}

/// What a command leaves.
#[derive(Debug, Clone, Default)]
pub(in crate::simulate) struct Outcome {
    /// Exit status; `None` where not known.
    pub(in crate::simulate) status: Option<i32>,
    pub(in crate::simulate) stdout: Stream,
    pub(in crate::simulate) stderr: Stream,
}

impl Outcome {
    pub(in crate::simulate) fn status(status: i32) -> Self {
        Self { status: Some(status), ..Self::default() }
    }

    /// Success, with this text.
    pub(in crate::simulate) fn printed(text: Text) -> Self {
        Self { status: Some(0), stdout: Stream::known(text), stderr: Stream::default() }
    }

    /// Lines that no author wrote.
    pub(in crate::simulate) fn line(text: impl Into<String>) -> Self {
        Self::printed(Text::from_lines(vec![TextLine::unplaced(text)]))
    }

    /// Exit status and output not known.
    pub(in crate::simulate) fn unknown(reason: impl Into<String>) -> Self {
        let reason = reason.into();
        Self { status: None, stdout: Stream::unknown(reason.clone()), stderr: Stream::unknown(reason) }
    }

    /// The command prints a complaint and fails.
    pub(in crate::simulate) fn failed(status: i32) -> Self {
        Self {
            status: Some(status),
            stdout: Stream::default(),
            stderr: Stream::unknown("the wording of error messages is not modelled"),
        }
    }

    /// This one's output behind `before`'s.
    pub(super) fn after(self, mut before: Self) -> Self {
        before.status = self.status;
        before.stdout.append(self.stdout);
        before.stderr.append(self.stderr);
        before
    }
}

/// What a process of the shell has for itself, and a subshell copies.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(in crate::simulate) struct Process {
    pub(in crate::simulate) variables: SortedMap<String, Variable>,
    pub(in crate::simulate) folder: String,
    /// `$1` and so on.
    pub(in crate::simulate) positional: Vec<Argument>,
    pub(in crate::simulate) options: Options,
    /// `trap ... EXIT`.
    pub(in crate::simulate) exit_trap: Option<Argument>,
    /// Why any variable may be set: a file that is not known was sourced.
    pub(in crate::simulate) unknown_variables: Option<String>,
}

/// `set -e` and its kin.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(in crate::simulate) struct Options {
    pub(in crate::simulate) errexit: bool,
    pub(in crate::simulate) nounset: bool,
    pub(in crate::simulate) noglob: bool,
    pub(in crate::simulate) pipefail: bool,
    /// bash's `shopt -s nullglob`.
    pub(in crate::simulate) nullglob: bool,
}

impl Process {
    /// What programs see: variables that are exported and known.
    pub(in crate::simulate) fn exported(&self) -> SortedMap<String, String> {
        self.variables
            .iter()
            .filter(|(_, variable)| variable.exported)
            .filter_map(|(name, variable)| match &variable.value {
                Value::Known(value) => Some((name.clone(), value.as_str().to_owned())),
                Value::Unknown(_) => None,
            })
            .collect()
    }

    /// What it takes of a [`Budget`](crate::budget::Budget) to hold a copy, in bytes.
    pub(super) fn weight(&self) -> usize {
        let value = |value: &Value| match value {
            Value::Known(value) => value.as_str().len(),
            Value::Unknown(_) => 0,
        };
        let variables = self.variables.values().map(|variable| value(&variable.value));
        variables.chain(self.positional.iter().map(|argument| argument.as_str().len())).sum()
    }

    pub(in crate::simulate) fn get(&self, name: &str) -> Option<&Value> {
        self.variables.get(name).map(|variable| &variable.value)
    }

    pub(in crate::simulate) fn set(&mut self, name: &str, value: Value) {
        let exported = self.variables.get(name).is_some_and(|variable| variable.exported);
        self.variables.insert(name.to_owned(), Variable { value, exported });
    }

    pub(in crate::simulate) fn export(&mut self, name: &str, value: Option<Value>) {
        if let Some(value) = value {
            self.variables.insert(name.to_owned(), Variable { value, exported: true });
        } else if let Some(variable) = self.variables.get_mut(name) {
            variable.exported = true;
        }
    }
}
