//! Words of the shell at hand: what expansion asks of it.

use super::{
    Shell,
    value::{Process, Stream},
};
use crate::{
    shell::{
        Pattern,
        expand::{self, Field, Paths, Refusal, State, Value},
    },
    simulate::{Entry, Text},
    syntax::{
        command::Argument,
        shell::{Dialect, Script, Word, WordPartKind},
    },
    text::Location,
};

impl Shell<'_, '_> {
    /// All fields of a list of words.
    pub(super) fn fields(&mut self, words: &[Word]) -> Result<Vec<Field>, Refusal> {
        let source = self.source.clone();
        expand::fields(words, &source, self.dialect, self)
    }

    /// Fields of `export NAME=$value`: each assignment stays one.
    pub(super) fn declarations(&mut self, words: &[Word]) -> Result<Vec<Field>, Refusal> {
        let mut fields = Vec::new();
        for word in words {
            if is_assignment(word) {
                fields.push(self.single(word)?);
            } else {
                fields.extend(self.fields(std::slice::from_ref(word))?);
            }
        }
        Ok(fields)
    }

    /// A word that stays one: the value of an assignment, the target of a redirection.
    pub(super) fn single(&mut self, word: &Word) -> Result<Field, Refusal> {
        let source = self.source.clone();
        expand::text(word, &source, self.dialect, self)
    }

    /// The same, as a value.
    pub(super) fn value(&mut self, word: &Word) -> Result<Value, Refusal> {
        Ok(match self.single(word)? {
            Field::Known(argument) => Value::Known(argument),
            Field::Unknown { reason, .. } => Value::Unknown(reason),
        })
    }

    /// A word as a pattern: `case`, `[[ x == p ]]`.
    pub(super) fn pattern(&mut self, word: &Word) -> Result<Result<Pattern, String>, Refusal> {
        let source = self.source.clone();
        expand::pattern(word, &source, self.dialect, self)
    }

    /// The expression of `((...))`.
    pub(super) fn arithmetic(&mut self, word: &Word) -> Result<Result<i64, String>, Refusal> {
        let source = self.source.clone();
        expand::arithmetic(word, &source, self.dialect, self)
    }

    /// The text of a here-document.
    pub(super) fn here_text(&mut self, word: &Word) -> Result<Result<Text, String>, Refusal> {
        Ok(match self.single(word)? {
            Field::Known(text) => Ok(Text::from_mapped(&text.text, text.place.map(|place| place.file))),
            Field::Unknown { reason, .. } => Err(reason),
        })
    }

    /// Why a variable that nothing set may have a value all the same.
    fn unknown_variable(&self, name: &str) -> Option<String> {
        let bash = self.dialect.is_bash();
        let own = match name {
            "RANDOM" => self.dialect.is_extended(),
            "SECONDS" | "UID" | "EUID" => bash,
            "HOSTNAME" | "PPID" | "LINENO" | "OLDPWD" => true,
            _ => false,
        };
        if own {
            return Some(format!("the value of {name} differs from run to run"));
        }
        let image = name.starts_with("PYTHON_") || name.starts_with("GPG_") || name.starts_with("CUDA_");
        if image {
            return Some(format!("{name} may be set by the base image"));
        }
        if let Some(reason) = &self.process.unknown_variables {
            return Some(format!("{name} may have a value: {reason}"));
        }
        let reason = self.world.state.unknown_base.as_ref()?;
        Some(format!("{name} may be set by the base image: {reason}"))
    }
}

/// `NAME=...` with the name and the sign written out.
fn is_assignment(word: &Word) -> bool {
    let Some(first) = word.parts.first() else { return false };
    matches!(&first.kind, WordPartKind::Literal(text) if !first.quoted
        && text.split_once('=').is_some_and(|(name, _)| !name.is_empty()))
}

fn text(value: &str) -> Option<Value> {
    Some(Value::Known(Argument::unplaced(value)))
}

impl State for Shell<'_, '_> {
    fn variable(&mut self, name: &str) -> Option<Value> {
        match name {
            "?" => {
                return Some(match self.status {
                    Some(status) => Value::Known(Argument::unplaced(&status.to_string())),
                    None => Value::Unknown("the exit code of the command before is not known".to_owned()),
                });
            }
            "0" => return text(&self.name),
            "-" => return text(""),
            "$" | "!" => return Some(Value::Unknown(format!("${name} is a number of a process"))),
            "PWD" => return text(&self.process.folder),
            _ => {}
        }
        if let Some(value) = self.process.get(name) {
            return Some(value.clone());
        }
        // A shell sets IFS anew, whatever it is given.
        if name == "IFS" {
            return None;
        }
        self.unknown_variable(name).map(Value::Unknown)
    }

    fn positional(&self) -> &[Argument] {
        &self.process.positional
    }

    fn assign(&mut self, name: &str, value: Value) {
        self.process.set(name, value);
    }

    fn command_output(&mut self, script: &Script) -> Value {
        let outcome = self.substitution(script);
        self.substituted = Some(outcome.status);
        match outcome.stdout {
            Stream { unknown: Some(reason), .. } => Value::Unknown(reason),
            Stream { text, .. } => {
                let (text, file) = text.to_mapped();
                let whole = crate::text::range(0, text.as_str().len());
                let place = file.map(|file| Location { file, range: text.source_range(whole) });
                Value::Known(Argument { text, place })
            }
        }
    }

    fn process_substitution(&mut self, output: bool, script: &Script) -> Value {
        if output {
            return Value::Unknown("output process substitution is not modelled".to_owned());
        }
        if self.dialect == Dialect::Unknown {
            let reason = "not every shell has process substitution, and which one /bin/sh is is not known";
            return Value::Unknown(reason.to_owned());
        }
        let outcome = self.substitution(script);
        let path = format!("/dev/fd/{}", 63_usize.saturating_sub(self.substitutions.len()));
        self.world.write(&path, Entry::new(outcome.stdout.into(), self.world.origin));
        self.substitutions.push(path.clone());
        Value::Known(Argument::unplaced(&path))
    }

    fn paths(&mut self, pattern: &Pattern) -> Paths {
        if self.process.options.noglob {
            return Paths::Itself;
        }
        let files = &self.world.state.files;
        let found = files.glob(pattern, &self.process.folder);
        if !found.is_empty() {
            return Paths::Found(found);
        }
        // The files that it would match may be among those that are not known.
        let fixed = pattern.literal_prefix();
        let folder = match fixed.rfind('/') {
            Some(slash) => self.absolute(fixed.get(..=slash).unwrap_or("/")),
            None => self.process.folder.clone(),
        };
        let folder = files.resolve(&folder);
        match files.uncertainty(&folder) {
            Some(reason) => Paths::Unknown(format!("the files in {folder} are not all known: {reason}")),
            None if self.process.options.nullglob => Paths::Found(Vec::new()),
            None => Paths::Itself,
        }
    }

    fn home(&mut self, user: &str) -> Option<Value> {
        if !user.is_empty() {
            return text(&self.world.state.home_of(user));
        }
        match self.process.get("HOME") {
            Some(value) => Some(value.clone()),
            None => text("/root"),
        }
    }

    fn hold(&mut self, bytes: usize) -> Result<(), &'static str> {
        self.world.budget.hold(bytes)
    }

    fn refuses_unset(&self) -> bool {
        self.process.options.nounset
    }
}

impl Process {
    /// A variable that has a known value.
    pub(in crate::simulate) fn known(&self, name: &str) -> Option<&str> {
        match self.get(name) {
            Some(Value::Known(value)) => Some(value.as_str()),
            _ => None,
        }
    }
}
