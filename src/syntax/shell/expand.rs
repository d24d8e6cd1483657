//! Word expansion, POSIX Shell Command Language 2.6: from words to the fields a command is
//! given. What the shell's state holds is asked of a [`State`]; what cannot be known stays
//! unknown.

use crate::{
    order,
    text::{Mapped, TextRange, range},
};

use super::{
    Dialect, ParameterOperation, Pattern, Script, Word, WordPart, WordPartKind,
    arithmetic::{self, Outcome},
    braces,
};

/// A value of the shell's state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// There is none.
    Unset,
    /// This text.
    Text(String),
    /// It has one that cannot be told: says why, as a sentence without a full stop.
    Unknown(String),
}

/// What expansion needs to know of the shell it happens in, and may change there.
pub trait State {
    /// A variable, or one of the parameters `?`, `$`, `!`, `-` and `0`.
    fn variable(&mut self, name: &str) -> Value;

    /// `$1`, `$2` ...
    fn positional(&self) -> &[String];

    /// `${NAME:=value}` sets a variable.
    fn assign(&mut self, name: &str, value: Value);

    /// What a command substitution writes.
    fn command_output(&mut self, script: &Script) -> Value;

    /// The existing paths that match, `None` where they cannot be told. None at all leaves the
    /// pattern as it is.
    fn paths(&mut self, pattern: &Pattern) -> Option<Vec<String>>;

    /// The home directory of a user, of the own one for an empty name.
    fn home(&mut self, user: &str) -> Value;

    /// `set -u`: an unset variable ends the script.
    fn refuses_unset(&self) -> bool {
        false
    }
}

/// One argument of a command.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Field {
    /// Its text; places are bytes of the text that was parsed.
    pub text: Mapped,
    /// The word it came from, quotes included.
    pub range: TextRange,
    /// A pattern that matched files gave it.
    pub matched: bool,
    /// Why its text cannot be told; `text` is then what is known of it. In its place there may
    /// be any number of fields.
    pub unknown: Option<Unknown>,
}

/// What cannot be told, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unknown {
    /// The part of the word.
    pub range: TextRange,
    /// As a sentence without a full stop.
    pub reason: String,
}

/// An expansion that the shell refuses: it writes a message and exits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// The part of the word.
    pub range: TextRange,
    /// In our words, as a sentence without a full stop.
    pub message: String,
    /// What the shell exits with.
    pub status: i32,
}

impl Field {
    /// Its text, unless that cannot be told.
    #[must_use]
    pub fn known(&self) -> Option<&str> {
        self.unknown.is_none().then(|| self.text.as_str())
    }
}

/// The fields of a command's words.
///
/// # Errors
/// Where the shell refuses an expansion.
pub fn fields(words: &[Word], dialect: Dialect, state: &mut dyn State) -> Result<Vec<Field>, Refusal> {
    let mut fields = Vec::new();
    for word in words {
        let alternatives = match dialect {
            Dialect::Sh => Ok(vec![word.clone()]),
            Dialect::Bash => braces::expand(word),
        };
        let Ok(alternatives) = alternatives else {
            let reason = "these braces stand for too many words".to_owned();
            let unknown = Some(Unknown { range: word.range, reason });
            fields.push(Field { range: word.range, unknown, ..Field::default() });
            continue;
        };
        for word in &alternatives {
            let mut expansion = Expansion { dialect, state: &mut *state, pieces: Vec::new() };
            expansion.parts(&word.parts, false)?;
            let pieces = expansion.pieces;
            let separators = match state.variable("IFS") {
                Value::Text(text) => text,
                Value::Unset | Value::Unknown(_) => " \t\n".to_owned(),
            };
            fields.extend(split(&pieces, &separators, word.range).into_iter().flat_map(|draft| {
                match draft.matches(state) {
                    Matches::None => vec![draft.field],
                    Matches::Paths(paths) => draft.replaced(paths),
                    Matches::Unknown => vec![draft.unmatched()],
                }
            }));
        }
    }
    Ok(fields)
}

/// A word where nothing is split into fields or matched against files: the value of an
/// assignment, a here-document, the subject of `case`.
///
/// # Errors
/// Where the shell refuses an expansion.
pub fn text(word: &Word, dialect: Dialect, state: &mut dyn State) -> Result<Field, Refusal> {
    let draft = joined(word, dialect, state)?;
    Ok(draft.field)
}

/// A word as a pattern, as `case` has it; `Err` in it where it cannot be told.
///
/// # Errors
/// Where the shell refuses an expansion.
pub fn pattern(
    word: &Word,
    dialect: Dialect,
    state: &mut dyn State,
) -> Result<Result<Pattern, Unknown>, Refusal> {
    let draft = joined(word, dialect, state)?;
    Ok(match draft.field.unknown {
        Some(unknown) => Err(unknown),
        None => Ok(Pattern::from_characters(draft.characters)),
    })
}

fn joined(word: &Word, dialect: Dialect, state: &mut dyn State) -> Result<Draft, Refusal> {
    let mut expansion = Expansion { dialect, state, pieces: Vec::new() };
    expansion.parts(&word.parts, false)?;
    let mut draft = Draft { field: Field { range: word.range, ..Field::default() }, characters: Vec::new() };
    for piece in &expansion.pieces {
        match piece {
            Piece::Text(text) => draft.push(text, 0, text.text.len()),
            Piece::Break => draft.space(),
            Piece::Unknown(unknown) => draft.note(unknown),
        }
    }
    Ok(draft)
}

/// What a part of a word comes to.
#[derive(Debug)]
enum Piece {
    Text(Text),
    /// Between the fields of `$@`.
    Break,
    Unknown(Unknown),
}

#[derive(Debug)]
struct Text {
    text: String,
    quoted: bool,
    /// Came from an expansion outside quotes: split into fields.
    split: bool,
    source: TextRange,
    /// The text of the source itself.
    exact: bool,
}

struct Expansion<'a> {
    dialect: Dialect,
    state: &'a mut dyn State,
    pieces: Vec<Piece>,
}

/// Steps a pattern may take in one operation on a value; beyond, nothing is claimed.
const STEPS: usize = 4_000_000;

impl Expansion<'_> {
    /// Expands parts; those of the word in `${x:-word}` come `from_expansion`.
    fn parts(&mut self, parts: &[WordPart], from_expansion: bool) -> Result<(), Refusal> {
        parts.iter().try_for_each(|part| self.part(part, from_expansion))
    }

    fn part(&mut self, part: &WordPart, from_expansion: bool) -> Result<(), Refusal> {
        match &part.kind {
            WordPartKind::Literal(text) => {
                let exact = text.len() == usize::from(part.range.len());
                self.pieces.push(Piece::Text(Text {
                    text: text.clone(),
                    quoted: part.quoted,
                    split: from_expansion && !part.quoted,
                    source: part.range,
                    exact,
                }));
            }
            WordPartKind::Tilde(user) => {
                let home = self.state.home(user);
                // "The pathname resulting from tilde expansion shall be treated as if quoted."
                let quoted = WordPart { quoted: true, ..part.clone() };
                match home {
                    Value::Unset => self.value(&quoted, Value::Text(format!("~{user}"))),
                    home => self.value(&quoted, home),
                }
            }
            WordPartKind::Parameter { name, operation } => self.parameter(part, name, operation)?,
            WordPartKind::Command(script) => {
                let output = match self.state.command_output(script) {
                    Value::Text(text) => Value::Text(text.trim_end_matches('\n').to_owned()),
                    other => other,
                };
                self.value(part, output);
            }
            WordPartKind::Arithmetic(expression) => self.arithmetic(part, expression)?,
            WordPartKind::ProcessSubstitution { .. } => {
                self.unknown(part, "process substitution is not modelled".to_owned());
            }
            WordPartKind::BadSubstitution => {
                return Err(self.refusal(part, "bad substitution".to_owned(), 1));
            }
            WordPartKind::Opaque { reason } => self.unknown(part, reason.clone()),
        }
        Ok(())
    }

    /// A refusal: dash always exits with 2.
    fn refusal(&self, part: &WordPart, message: String, bash: i32) -> Refusal {
        let status = match self.dialect {
            Dialect::Sh => 2,
            Dialect::Bash => bash,
        };
        Refusal { range: part.range, message, status }
    }

    fn unknown(&mut self, part: &WordPart, reason: String) {
        self.pieces.push(Piece::Unknown(Unknown { range: part.range, reason }));
    }

    fn value(&mut self, part: &WordPart, value: Value) {
        match value {
            Value::Unset => self.push(part, String::new()),
            Value::Text(text) => self.push(part, text),
            Value::Unknown(reason) => self.unknown(part, reason),
        }
    }

    fn push(&mut self, part: &WordPart, text: String) {
        let (quoted, split) = (part.quoted, !part.quoted);
        self.pieces.push(Piece::Text(Text { text, quoted, split, source: part.range, exact: false }));
    }

    fn arithmetic(&mut self, part: &WordPart, expression: &str) -> Result<(), Refusal> {
        let outcome = arithmetic::evaluate(expression, &mut |name| match self.lookup(name) {
            Value::Unset => Ok(String::new()),
            Value::Text(text) => Ok(text),
            Value::Unknown(reason) => Err(reason),
        });
        match outcome {
            Outcome::Number(number) => self.push(part, number.to_string()),
            Outcome::Unknown(reason) => self.unknown(part, reason),
            Outcome::Refused(message) => return Err(self.refusal(part, message.to_owned(), 1)),
        }
        Ok(())
    }

    /// The value of any parameter but `@` and `*`.
    fn lookup(&mut self, name: &str) -> Value {
        if name == "#" {
            return Value::Text(self.state.positional().len().to_string());
        }
        match name.parse::<usize>() {
            Ok(0) | Err(_) => self.state.variable(name),
            Ok(number) => match self.state.positional().get(number - 1) {
                Some(text) => Value::Text(text.clone()),
                None => Value::Unset,
            },
        }
    }

    fn parameter(
        &mut self,
        part: &WordPart,
        name: &str,
        operation: &ParameterOperation,
    ) -> Result<(), Refusal> {
        if matches!(name, "@" | "*") {
            return self.all_positional(part, name, operation);
        }
        let value = self.lookup(name);
        match operation {
            ParameterOperation::Plain => {
                if value == Value::Unset && self.state.refuses_unset() {
                    return Err(self.refusal(part, format!("`{name}` is not set, and `set -u` is"), 127));
                }
                self.value(part, value);
            }
            ParameterOperation::Default { colon, word } => match is_missing(&value, *colon) {
                Some(true) => self.parts(&word.parts, true)?,
                _ => self.value(part, value),
            },
            ParameterOperation::Assign { colon, word } => match is_missing(&value, *colon) {
                Some(true) => {
                    let field = text(word, self.dialect, self.state)?;
                    let value = match field.unknown {
                        Some(unknown) => Value::Unknown(unknown.reason),
                        None => Value::Text(field.text.as_str().to_owned()),
                    };
                    self.state.assign(name, value.clone());
                    self.value(part, value);
                }
                _ => self.value(part, value),
            },
            ParameterOperation::Alternative { colon, word } => match is_missing(&value, *colon) {
                Some(true) => self.push(part, String::new()),
                Some(false) => self.parts(&word.parts, true)?,
                None => self.value(part, value),
            },
            ParameterOperation::Error { colon, word } => match is_missing(&value, *colon) {
                Some(true) => {
                    let field = text(word, self.dialect, self.state)?;
                    let said = field.text.as_str();
                    let said = if said.is_empty() { "is not set" } else { said };
                    return Err(self.refusal(part, format!("`{name}`: {said}"), 127));
                }
                _ => self.value(part, value),
            },
            ParameterOperation::Length => {
                let length = match value {
                    Value::Unset => Value::Text("0".to_owned()),
                    Value::Text(text) => Value::Text(text.chars().count().to_string()),
                    unknown => unknown,
                };
                self.value(part, length);
            }
            ParameterOperation::RemovePrefix { longest, pattern } => {
                self.remove(part, value, pattern, *longest, false)?;
            }
            ParameterOperation::RemoveSuffix { longest, pattern } => {
                self.remove(part, value, pattern, *longest, true)?;
            }
            ParameterOperation::Replace { all, pattern, replacement } => {
                self.replace(part, value, pattern, replacement, *all)?;
            }
            ParameterOperation::Substring { offset, length } => {
                let value = match value {
                    Value::Text(text) => substring(&text, offset, length.as_deref()),
                    other => other,
                };
                self.value(part, value);
            }
        }
        Ok(())
    }

    fn all_positional(
        &mut self,
        part: &WordPart,
        name: &str,
        operation: &ParameterOperation,
    ) -> Result<(), Refusal> {
        let values = self.state.positional().to_vec();
        match operation {
            ParameterOperation::Plain => {}
            ParameterOperation::Default { word, .. } if values.is_empty() => {
                return self.parts(&word.parts, true);
            }
            ParameterOperation::Default { .. } => {}
            ParameterOperation::Alternative { word, .. } => {
                return if values.is_empty() { Ok(()) } else { self.parts(&word.parts, true) };
            }
            _ => {
                self.unknown(part, format!("this operation on `${name}` is not modelled"));
                return Ok(());
            }
        }
        if name == "*" && part.quoted {
            let separator = match self.state.variable("IFS") {
                Value::Text(text) => text.chars().next().map(String::from).unwrap_or_default(),
                _ => " ".to_owned(),
            };
            self.push(part, values.join(&separator));
            return Ok(());
        }
        for (index, value) in values.into_iter().enumerate() {
            if index > 0 {
                self.pieces.push(Piece::Break);
            }
            self.push(part, value);
        }
        Ok(())
    }

    fn remove(
        &mut self,
        part: &WordPart,
        value: Value,
        pattern: &Word,
        longest: bool,
        suffix: bool,
    ) -> Result<(), Refusal> {
        let pattern = match self::pattern(pattern, self.dialect, self.state)? {
            Ok(pattern) => pattern,
            Err(unknown) => {
                self.pieces.push(Piece::Unknown(unknown));
                return Ok(());
            }
        };
        let Value::Text(text) = value else {
            self.value(part, value);
            return Ok(());
        };
        if text.len().saturating_mul(pattern.len()) > STEPS {
            self.unknown(part, "the value is too long for this pattern".to_owned());
            return Ok(());
        }
        let turned: String = if suffix { text.chars().rev().collect() } else { text.clone() };
        let pattern = if suffix { pattern.reversed() } else { pattern };
        let mut ends = pattern.ends(&turned);
        let end = if longest { ends.last() } else { ends.next() }.unwrap_or(0);
        let kept = if suffix { text.get(..text.len() - end) } else { text.get(end..) };
        self.push(part, kept.unwrap_or_default().to_owned());
        Ok(())
    }

    fn replace(
        &mut self,
        part: &WordPart,
        value: Value,
        pattern: &Word,
        replacement: &Word,
        all: bool,
    ) -> Result<(), Refusal> {
        let pattern = self::pattern(pattern, self.dialect, self.state)?;
        let replacement = joined(replacement, self.dialect, self.state)?;
        let Value::Text(text) = value else {
            self.value(part, value);
            return Ok(());
        };
        let pattern = match (pattern, replacement.field.unknown) {
            (Ok(pattern), None) => pattern,
            (Err(unknown), _) | (_, Some(unknown)) => {
                self.pieces.push(Piece::Unknown(unknown));
                return Ok(());
            }
        };
        // bash 5.2 puts what matched for an unquoted `&`, earlier ones do not.
        if replacement.characters.contains(&('&', false)) {
            self.unknown(part, "`&` in a replacement means different things to different bashes".to_owned());
            return Ok(());
        }
        if text.len().saturating_mul(text.len()).saturating_mul(pattern.len()) > STEPS {
            self.unknown(part, "the value is too long for this pattern".to_owned());
            return Ok(());
        }
        let mut result = String::new();
        let mut rest = text.as_str();
        let mut done = false;
        while let Some(c) = rest.chars().next() {
            let end = if done { None } else { pattern.ends(rest).last().filter(|end| *end > 0) };
            match end {
                Some(end) => {
                    result.push_str(replacement.field.text.as_str());
                    rest = rest.get(end..).unwrap_or_default();
                    done = !all;
                }
                None => {
                    result.push(c);
                    rest = rest.get(c.len_utf8()..).unwrap_or_default();
                }
            }
        }
        self.push(part, result);
        Ok(())
    }
}

/// Whether a value is unset, or with a colon empty; `None` where that cannot be told.
fn is_missing(value: &Value, colon: bool) -> Option<bool> {
    match value {
        Value::Unset => Some(true),
        Value::Text(text) => Some(colon && text.is_empty()),
        Value::Unknown(_) => None,
    }
}

/// `${x:offset:length}`, in characters; negative numbers count from the end.
fn substring(text: &str, offset: &str, length: Option<&str>) -> Value {
    let characters: Vec<char> = text.chars().collect();
    let count = i64::try_from(characters.len()).unwrap_or(i64::MAX);
    let number = |text: &str| match text.trim() {
        "" => Some(0),
        text => text.parse::<i64>().ok(),
    };
    let from_start = |number: i64| if number < 0 { count.saturating_add(number) } else { number };
    let (Some(start), Some(length)) = (number(offset), length.map_or(Some(count), number)) else {
        return Value::Unknown("a substring by computed places is not modelled".to_owned());
    };
    let start = from_start(start);
    let end = if length < 0 { from_start(length) } else { start.saturating_add(length) };
    let (Ok(start), Ok(end)) = (usize::try_from(start), usize::try_from(end)) else {
        return Value::Text(String::new());
    };
    let end = end.min(characters.len());
    Value::Text(characters.get(start..end).unwrap_or_default().iter().collect())
}

/// A field that is being put together.
#[derive(Debug)]
struct Draft {
    field: Field,
    /// Each character, and whether it was quoted.
    characters: Vec<(char, bool)>,
}

enum Matches {
    None,
    Paths(Vec<String>),
    Unknown,
}

impl Draft {
    fn push(&mut self, text: &Text, from: usize, to: usize) {
        let Some(run) = text.text.get(from..to) else { return };
        let start = usize::from(text.source.start());
        if text.exact {
            self.field.text.push_verbatim(run, start + from);
        } else {
            self.field.text.push_substitute(run, text.source);
        }
        self.characters.extend(run.chars().map(|c| (c, text.quoted)));
    }

    fn space(&mut self) {
        self.field.text.push_substitute(" ", self.field.range);
        self.characters.push((' ', true));
    }

    fn note(&mut self, unknown: &Unknown) {
        self.field.unknown.get_or_insert_with(|| unknown.clone());
    }

    fn matches(&self, state: &mut dyn State) -> Matches {
        let glob = self.characters.iter().any(|(c, quoted)| !quoted && matches!(c, '*' | '?' | '['));
        if !glob || self.field.unknown.is_some() {
            return Matches::None;
        }
        let pattern = Pattern::from_characters(self.characters.clone());
        if !pattern.is_pattern() {
            return Matches::None;
        }
        match state.paths(&pattern) {
            Some(paths) if paths.is_empty() => Matches::None,
            Some(mut paths) => {
                order::sort(&mut paths);
                Matches::Paths(paths)
            }
            None => Matches::Unknown,
        }
    }

    fn replaced(&self, paths: Vec<String>) -> Vec<Field> {
        let place = self.field.text.source_range(range(0, self.field.text.as_str().len()));
        let field = |path: String| {
            let mut text = Mapped::default();
            text.push_substitute(&path, place);
            Field { text, range: self.field.range, matched: true, unknown: None }
        };
        paths.into_iter().map(field).collect()
    }

    fn unmatched(mut self) -> Field {
        let reason = "the files that this pattern matches are not known".to_owned();
        self.field.unknown = Some(Unknown { range: self.field.range, reason });
        self.field
    }
}

/// Field splitting, POSIX 2.6.5.
fn split(pieces: &[Piece], separators: &str, word: TextRange) -> Vec<Draft> {
    let is_blank = |c: char| matches!(c, ' ' | '\t' | '\n') && separators.contains(c);
    let new = || Draft { field: Field { range: word, ..Field::default() }, characters: Vec::new() };
    let mut drafts: Vec<Draft> = Vec::new();
    let mut open: Option<Draft> = None;
    // A field has just been ended by blanks only: a separator that follows belongs to them.
    let mut blanks = false;
    for piece in pieces {
        match piece {
            Piece::Break => {
                drafts.extend(open.take());
                blanks = false;
            }
            Piece::Unknown(unknown) => open.get_or_insert_with(new).note(unknown),
            Piece::Text(text) if !text.split => {
                open.get_or_insert_with(new).push(text, 0, text.text.len());
            }
            Piece::Text(text) => {
                let mut start = 0;
                for (at, c) in text.text.char_indices() {
                    if !separators.contains(c) {
                        blanks = false;
                        continue;
                    }
                    if at > start {
                        open.get_or_insert_with(new).push(text, start, at);
                    }
                    start = at + c.len_utf8();
                    let ended = open.take();
                    if is_blank(c) {
                        blanks |= ended.is_some();
                        drafts.extend(ended);
                    } else {
                        if ended.is_some() || !blanks {
                            drafts.push(ended.unwrap_or_else(new));
                        }
                        blanks = false;
                    }
                }
                if start < text.text.len() {
                    open.get_or_insert_with(new).push(text, start, text.text.len());
                }
            }
        }
    }
    drafts.extend(open);
    drafts
}
