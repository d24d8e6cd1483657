//! Word expansion, POSIX Shell Command Language 2.6: from words to the fields a command is
//! given. What the shell's state holds is asked of a [`State`]; what cannot be known stays
//! unknown, and what is known keeps the place it came from.

mod arithmetic;
mod braces;
mod fields;
mod parameter;

use self::fields::{Draft, split};
use super::{Pattern, Source};
use crate::{
    budget::{LONGEST_WORD, WORD_TOO_LONG},
    order,
    syntax::{
        command::Argument,
        shell::{Dialect, Script, Word, WordPart, WordPartKind},
    },
    text::{FileId, Location, Mapped, TextRange},
};

/// A value of the shell's state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// This text.
    Known(Argument),
    /// It cannot be told: says why, as a sentence without a full stop.
    Unknown(String),
}

/// The paths that a pattern stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Paths {
    /// These, in any order.
    Found(Vec<String>),
    /// None: the pattern stands for itself.
    Itself,
    /// It cannot be told: says why.
    Unknown(String),
}

/// What expansion needs to know of the shell it happens in, and may change there.
pub trait State {
    /// A variable, or one of the parameters `?`, `$`, `!`, `-` and `0`; `None` where it is unset.
    fn variable(&mut self, name: &str) -> Option<Value>;

    /// `$1`, `$2` ...
    fn positional(&self) -> &[Argument];

    /// `${NAME:=value}`, and `NAME = value` in arithmetic.
    fn assign(&mut self, name: &str, value: Value);

    /// What a command substitution writes.
    fn command_output(&mut self, script: &Script) -> Value;

    /// The path that stands for the other end of `<(script)`, or for `output` of `>(script)`.
    fn process_substitution(&mut self, output: bool, script: &Script) -> Value;

    /// What a pattern stands for among the files.
    fn paths(&mut self, pattern: &Pattern) -> Paths;

    /// The home directory of a user, of the own one for an empty name; `None` where there is no
    /// such user.
    fn home(&mut self, user: &str) -> Option<Value>;

    /// Takes room for bytes of a word that is about to be kept.
    ///
    /// # Errors
    /// Says why there is none.
    fn hold(&mut self, bytes: usize) -> Result<(), &'static str> {
        let _ = bytes;
        Ok(())
    }

    /// `set -u`: an unset variable ends the script.
    fn refuses_unset(&self) -> bool {
        false
    }
}

/// An argument of a command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Field {
    /// Its text.
    Known(Argument),
    /// Any number of arguments whose text cannot be told.
    Unknown {
        /// As a sentence without a full stop.
        reason: String,
        /// The word.
        place: Option<Location>,
        /// The known text it begins with: `NAME=` of `NAME=$(...)`.
        prefix: String,
    },
}

impl Field {
    /// The text, where it is known.
    #[must_use]
    pub fn as_known(&self) -> Option<&str> {
        match self {
            Self::Known(argument) => Some(argument.as_str()),
            Self::Unknown { .. } => None,
        }
    }

    fn into_value(self) -> Value {
        match self {
            Self::Known(argument) => Value::Known(argument),
            Self::Unknown { reason, .. } => Value::Unknown(reason),
        }
    }
}

/// An expansion that the shell refuses: it writes a message and exits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// In our words, as a sentence without a full stop.
    pub message: String,
    /// What the shell exits with; `None` where which shell it is is not known.
    pub status: Option<i32>,
}

/// The fields of a command's words.
///
/// # Errors
/// Where the shell refuses an expansion.
pub fn fields(
    words: &[Word],
    source: &Source,
    dialect: Dialect,
    state: &mut dyn State,
) -> Result<Vec<Field>, Refusal> {
    let mut fields = Vec::new();
    for word in words {
        let place = source.location(word.range);
        let alternatives = match dialect {
            Dialect::Dash | Dialect::Ash => Ok(vec![word.clone()]),
            Dialect::Bash => braces::expand(word).map_err(|_| "these braces stand for too many words"),
            // bash alone expands them.
            Dialect::Unknown => match braces::expand(word) {
                Ok(words) if words.len() == 1 => Ok(words),
                _ => Err("which shell /bin/sh is is not known, and bash alone expands braces"),
            },
        };
        let alternatives = match alternatives {
            Ok(alternatives) => alternatives,
            Err(reason) => {
                let reason = reason.to_owned();
                fields.push(Field::Unknown { reason, place, prefix: String::new() });
                continue;
            }
        };
        for word in &alternatives {
            let mut expansion = Expansion { source, dialect, state: &mut *state, pieces: Vec::new() };
            expansion.parts(&word.parts, false)?;
            let pieces = expansion.pieces;
            let separators = match state.variable("IFS") {
                None => Ok(" \t\n".to_owned()),
                Some(Value::Known(value)) => Ok(value.as_str().to_owned()),
                Some(Value::Unknown(reason)) => Err(reason),
            };
            let drafts = split(pieces, separators.as_deref());
            for draft in drafts {
                match draft.pattern().map(|pattern| state.paths(&pattern)) {
                    None | Some(Paths::Itself) => {
                        let field = draft.field(place);
                        fields.push(match state.hold(field.as_known().map_or(0, str::len)) {
                            Ok(()) => field,
                            Err(reason) => Field::Unknown {
                                reason: reason.to_owned(),
                                place,
                                prefix: draft.literal_prefix(),
                            },
                        });
                    }
                    Some(Paths::Found(mut paths)) => {
                        order::sort(&mut paths);
                        let range =
                            place.map_or_else(|| source.text.source_range(word.range), |place| place.range);
                        fields.extend(paths.iter().map(|path| {
                            let mut text = Mapped::default();
                            text.push_substitute(path, range);
                            Field::Known(Argument { text, place })
                        }));
                    }
                    Some(Paths::Unknown(reason)) => {
                        fields.push(Field::Unknown { reason, place, prefix: draft.literal_prefix() });
                    }
                }
            }
        }
    }
    Ok(fields)
}

/// A word where nothing is split into fields or matched against files: the value of an
/// assignment, the target of a redirection, a here-document, the subject of `case`.
///
/// # Errors
/// Where the shell refuses an expansion.
pub fn text(word: &Word, source: &Source, dialect: Dialect, state: &mut dyn State) -> Result<Field, Refusal> {
    let place = source.location(word.range);
    let field = joined(word, source, dialect, state)?.field(place);
    Ok(match state.hold(field.as_known().map_or(0, str::len)) {
        Ok(()) => field,
        Err(reason) => Field::Unknown { reason: reason.to_owned(), place, prefix: String::new() },
    })
}

/// A word as a pattern, as `case` has it; `Err` in it says why it cannot be told.
///
/// # Errors
/// Where the shell refuses an expansion.
pub fn pattern(
    word: &Word,
    source: &Source,
    dialect: Dialect,
    state: &mut dyn State,
) -> Result<Result<Pattern, String>, Refusal> {
    let draft = joined(word, source, dialect, state)?;
    Ok(match draft.field(None) {
        Field::Unknown { reason, .. } => Err(reason),
        Field::Known(_) => Ok(Pattern::from_characters(draft.characters())),
    })
}

/// The text of an arithmetic expression, expanded already: of `let`.
///
/// # Errors
/// Where the shell refuses it.
pub fn calculate(
    expression: &str,
    dialect: Dialect,
    state: &mut dyn State,
) -> Result<Result<i64, String>, Refusal> {
    let source = Source::default();
    Expansion { source: &source, dialect, state, pieces: Vec::new() }.evaluated(expression)
}

/// An arithmetic expression outside `$((...))`: of `((...))` and `let`.
///
/// # Errors
/// Where the shell refuses it.
pub fn arithmetic(
    word: &Word,
    source: &Source,
    dialect: Dialect,
    state: &mut dyn State,
) -> Result<Result<i64, String>, Refusal> {
    Expansion { source, dialect, state, pieces: Vec::new() }.calculated(word)
}

fn joined(word: &Word, source: &Source, dialect: Dialect, state: &mut dyn State) -> Result<Draft, Refusal> {
    let mut expansion = Expansion { source, dialect, state, pieces: Vec::new() };
    expansion.parts(&word.parts, false)?;
    let mut draft = Draft::default();
    for piece in std::mem::take(&mut expansion.pieces) {
        match piece {
            Piece::Text(text) => draft.push(text),
            Piece::Unknown(reason) => draft.note(&reason),
            Piece::Break { star } => match expansion.joint(star) {
                Ok(joint) => draft.push(
                    Text {
                        text: Mapped::default(),
                        file: None,
                        quoted: true,
                        split: false,
                        stands_for: Some(source.text.source_range(word.range)),
                    }
                    .with(&joint),
                ),
                Err(reason) => draft.note(&reason),
            },
        }
    }
    Ok(draft)
}

/// What a part of a word comes to.
#[derive(Debug)]
enum Piece {
    Text(Text),
    /// Between the fields of `$@`, and with `star` of `$*`.
    Break {
        star: bool,
    },
    Unknown(String),
}

#[derive(Debug, Clone)]
struct Text {
    /// Places in it are bytes of `file`.
    text: Mapped,
    file: Option<FileId>,
    quoted: bool,
    /// Came from an expansion outside quotes: split into fields.
    split: bool,
    /// `$NAME` that it stands for, in the script's file; `None` for the script's own bytes.
    stands_for: Option<TextRange>,
}

impl Text {
    fn with(mut self, text: &str) -> Self {
        self.text.push_substitute(text, self.stands_for.unwrap_or_default());
        self
    }
}

struct Expansion<'a> {
    source: &'a Source,
    dialect: Dialect,
    state: &'a mut dyn State,
    pieces: Vec<Piece>,
}

impl Expansion<'_> {
    /// Expands parts; those of the word in `${x:-word}` come `from_expansion`.
    fn parts(&mut self, parts: &[WordPart], from_expansion: bool) -> Result<(), Refusal> {
        for part in parts {
            self.part(part, from_expansion)?;
            let length: usize = self
                .pieces
                .iter()
                .map(|piece| if let Piece::Text(text) = piece { text.text.as_str().len() } else { 0 })
                .sum();
            if length > LONGEST_WORD {
                self.pieces.clear();
                self.pieces.push(Piece::Unknown(WORD_TOO_LONG.to_owned()));
                return Ok(());
            }
        }
        Ok(())
    }

    fn part(&mut self, part: &WordPart, from_expansion: bool) -> Result<(), Refusal> {
        match &part.kind {
            WordPartKind::Literal(text) => self.pieces.push(Piece::Text(Text {
                text: literal(self.source, text, part.range),
                file: self.source.file,
                quoted: part.quoted,
                split: from_expansion && !part.quoted,
                stands_for: None,
            })),
            WordPartKind::Tilde(user) => {
                // "The pathname resulting from tilde expansion shall be treated as if quoted."
                let quoted = WordPart { quoted: true, ..part.clone() };
                let home = self.state.home(user);
                self.value(&quoted, Some(home.unwrap_or_else(|| known(&format!("~{user}")))));
            }
            WordPartKind::Parameter { name, operation } => self.parameter(part, name, operation)?,
            WordPartKind::Command(script) => {
                let output = match self.state.command_output(script) {
                    Value::Known(text) => {
                        let length = text.as_str().trim_end_matches('\n').len();
                        Value::Known(text.slice(crate::text::range(0, length)))
                    }
                    unknown @ Value::Unknown(_) => unknown,
                };
                self.value(part, Some(output));
            }
            WordPartKind::Arithmetic(expression) => match self.calculated(expression)? {
                Ok(number) => self.push(part, &number.to_string()),
                Err(reason) => self.unknown(reason),
            },
            WordPartKind::ProcessSubstitution { output, script } => {
                let path = self.state.process_substitution(*output, script);
                self.value(part, Some(path));
            }
            WordPartKind::BadSubstitution => {
                return Err(self.refusal("bad substitution".to_owned(), 1));
            }
            WordPartKind::Opaque { reason } => self.unknown(reason.clone()),
        }
        Ok(())
    }

    /// A refusal: dash and ash always exit with 2.
    fn refusal(&self, message: String, bash: i32) -> Refusal {
        let status = match self.dialect {
            Dialect::Dash | Dialect::Ash => Some(2),
            Dialect::Bash => Some(bash),
            Dialect::Unknown => None,
        };
        Refusal { message, status }
    }

    fn unknown(&mut self, reason: String) {
        self.pieces.push(Piece::Unknown(reason));
    }

    fn value(&mut self, part: &WordPart, value: Option<Value>) {
        match value {
            None => self.push(part, ""),
            Some(Value::Known(value)) => self.piece(part, value),
            Some(Value::Unknown(reason)) => self.unknown(reason),
        }
    }

    fn push(&mut self, part: &WordPart, text: &str) {
        self.piece(part, Argument::unplaced(text));
    }

    fn piece(&mut self, part: &WordPart, value: Argument) {
        self.pieces.push(Piece::Text(Text {
            file: value.place.map(|place| place.file),
            text: value.text,
            quoted: part.quoted,
            split: !part.quoted,
            stands_for: Some(self.source.text.source_range(part.range)),
        }));
    }

    fn calculated(&mut self, expression: &Word) -> Result<Result<i64, String>, Refusal> {
        let expression = match text(expression, self.source, self.dialect, self.state)? {
            Field::Known(text) => text.as_str().to_owned(),
            Field::Unknown { reason, .. } => return Ok(Err(reason)),
        };
        self.evaluated(&expression)
    }

    fn evaluated(&mut self, expression: &str) -> Result<Result<i64, String>, Refusal> {
        match arithmetic::evaluate(expression, self.dialect, self) {
            arithmetic::Outcome::Number(number) => Ok(Ok(number)),
            arithmetic::Outcome::Unknown(reason) => Ok(Err(reason)),
            arithmetic::Outcome::Refused(message) => Err(self.refusal(message, 1)),
        }
    }

    /// What stands between the positional parameters where they become one text.
    fn joint(&mut self, star: bool) -> Result<String, String> {
        let separators = match self.state.variable("IFS") {
            None => return Ok(" ".to_owned()),
            Some(Value::Unknown(reason)) => return Err(reason),
            Some(Value::Known(value)) => value.as_str().chars().next().map(String::from).unwrap_or_default(),
        };
        match self.dialect {
            // `x="$@"`: bash puts a blank, the others what they put for `$*`.
            Dialect::Bash if !star => Ok(" ".to_owned()),
            Dialect::Unknown if !star && separators != " " => {
                Err("which shell /bin/sh is is not known, and they join \"$@\" differently".to_owned())
            }
            _ => Ok(separators),
        }
    }
}

impl arithmetic::Variables for Expansion<'_> {
    fn get(&mut self, name: &str) -> Result<String, String> {
        match self.state.variable(name) {
            None => Ok(String::new()),
            Some(Value::Known(value)) => Ok(value.as_str().to_owned()),
            Some(Value::Unknown(reason)) => Err(reason),
        }
    }

    fn set(&mut self, name: &str, value: i64) {
        self.state.assign(name, known(&value.to_string()));
    }
}

fn known(text: &str) -> Value {
    Value::Known(Argument::unplaced(text))
}

/// A literal's text with its places: byte for byte where the range is as long as the text.
fn literal(source: &Source, text: &str, within: TextRange) -> Mapped {
    if usize::from(within.len()) == text.len() {
        let part = source.text.slice(within);
        if part.as_str() == text {
            return part;
        }
    }
    let mut mapped = Mapped::default();
    mapped.push_substitute(text, source.text.source_range(within));
    mapped
}
