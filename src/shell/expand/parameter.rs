//! `$NAME` and `${NAME...}`: POSIX 2.6.2, and what bash and ash add.

use super::{Expansion, Field, Piece, Refusal, Value, joined, known, pattern, text};
use crate::{
    syntax::{
        command::Argument,
        shell::{Dialect, Matches, ParameterOperation, Word, WordPart},
    },
    text::range,
};

/// Steps a pattern may take in one operation on a value; beyond, nothing is claimed.
const STEPS: usize = 4_000_000;

const TOO_LONG: &str = "the value is too long for this pattern";

impl Expansion<'_> {
    /// The value of any parameter but `@` and `*`.
    fn lookup(&mut self, name: &str) -> Option<Value> {
        if name == "#" {
            return Some(known(&self.state.positional().len().to_string()));
        }
        match name.parse::<usize>() {
            Ok(0) | Err(_) => self.state.variable(name),
            Ok(number) => self.state.positional().get(number - 1).cloned().map(Value::Known),
        }
    }

    pub(super) fn parameter(
        &mut self,
        part: &WordPart,
        name: &str,
        operation: &ParameterOperation,
    ) -> Result<(), Refusal> {
        if matches!(name, "@" | "*") {
            return self.all_positional(part, name, operation);
        }
        let value = self.lookup(name);
        if value.is_none() && self.state.refuses_unset() && needs_value(operation) {
            return Err(self.refusal(format!("`{name}` is not set, and `set -u` is"), 127));
        }
        match operation {
            ParameterOperation::Plain => self.value(part, value),
            ParameterOperation::Default { colon, word } => match is_missing(&value, *colon) {
                Some(true) => self.parts(&word.parts, true)?,
                _ => self.value(part, value),
            },
            ParameterOperation::Assign { colon, word } => match is_missing(&value, *colon) {
                Some(true) => {
                    let value = text(word, self.source, self.dialect, self.state)?.into_value();
                    self.state.assign(name, value.clone());
                    self.value(part, Some(value));
                }
                _ => self.value(part, value),
            },
            ParameterOperation::Alternative { colon, word } => match is_missing(&value, *colon) {
                Some(true) => self.push(part, ""),
                Some(false) => self.parts(&word.parts, true)?,
                None => self.value(part, value),
            },
            ParameterOperation::Error { colon, word } => match is_missing(&value, *colon) {
                Some(true) => {
                    let said = text(word, self.source, self.dialect, self.state)?;
                    let said = said.as_known().filter(|said| !said.is_empty()).unwrap_or("is not set");
                    return Err(self.refusal(format!("`{name}`: {said}"), 127));
                }
                _ => self.value(part, value),
            },
            ParameterOperation::Length => {
                let length = match value {
                    None => known("0"),
                    Some(Value::Known(text)) => known(&text.as_str().chars().count().to_string()),
                    Some(unknown) => unknown,
                };
                self.value(part, Some(length));
            }
            ParameterOperation::RemovePrefix { longest, pattern } => {
                self.remove(part, value, pattern, *longest, false)?;
            }
            ParameterOperation::RemoveSuffix { longest, pattern } => {
                self.remove(part, value, pattern, *longest, true)?;
            }
            ParameterOperation::Replace { matches, pattern, replacement } => {
                self.replace(part, value, pattern, replacement, *matches)?;
            }
            ParameterOperation::Substring { offset, length } => {
                let offset = self.calculated(offset)?;
                let length = length.as_ref().map(|length| self.calculated(length)).transpose()?;
                let value = match (value, offset, length.transpose()) {
                    (Some(Value::Known(value)), Ok(offset), Ok(length)) => {
                        Value::Known(substring(&value, offset, length))
                    }
                    (None, Ok(_), Ok(_)) => known(""),
                    (Some(Value::Unknown(reason)), ..) | (_, Err(reason), _) | (_, _, Err(reason)) => {
                        Value::Unknown(reason)
                    }
                };
                self.value(part, Some(value));
            }
            ParameterOperation::ChangeCase { upper, all } => {
                let value = value.map(|value| match value {
                    Value::Known(text) => known(&changed_case(text.as_str(), *upper, *all)),
                    unknown @ Value::Unknown(_) => unknown,
                });
                self.value(part, value);
            }
        }
        self.refuse_extension(operation);
        Ok(())
    }

    /// What dash has not, in a shell that is not known.
    fn refuse_extension(&mut self, operation: &ParameterOperation) {
        let extension = matches!(
            operation,
            ParameterOperation::Replace { .. }
                | ParameterOperation::Substring { .. }
                | ParameterOperation::ChangeCase { .. }
        );
        if extension && self.dialect == Dialect::Unknown {
            self.unknown("not every shell has this, and which one /bin/sh is is not known".to_owned());
        }
    }

    fn all_positional(
        &mut self,
        part: &WordPart,
        name: &str,
        operation: &ParameterOperation,
    ) -> Result<(), Refusal> {
        let values = self.state.positional().to_vec();
        let blank = values.len() < 2 && values.iter().all(|value| value.as_str().is_empty());
        // Without any, they are unset for bash, and empty for dash and ash.
        let missing = |colon: bool| match self.dialect {
            _ if colon => Ok(blank),
            _ if !values.is_empty() => Ok(false),
            Dialect::Bash => Ok(true),
            Dialect::Dash | Dialect::Ash => Ok(false),
            Dialect::Unknown => Err("which shell /bin/sh is is not known".to_owned()),
        };
        let values = match operation {
            ParameterOperation::Plain => values,
            ParameterOperation::Default { colon, word } => match missing(*colon) {
                Ok(true) => return self.parts(&word.parts, true),
                Ok(false) => values,
                Err(reason) => {
                    self.unknown(reason);
                    return Ok(());
                }
            },
            ParameterOperation::Alternative { colon, word } => {
                match missing(*colon) {
                    Ok(true) => {}
                    Ok(false) => self.parts(&word.parts, true)?,
                    Err(reason) => self.unknown(reason),
                }
                return Ok(());
            }
            ParameterOperation::Length if self.dialect == Dialect::Bash => {
                self.push(part, &values.len().to_string());
                return Ok(());
            }
            ParameterOperation::Substring { offset, length } if self.dialect == Dialect::Bash => {
                let offset = self.calculated(offset)?;
                let length = length.as_ref().map(|length| self.calculated(length)).transpose()?;
                match (offset, length.transpose()) {
                    (Ok(from @ 1..), Ok(length)) if length.is_none_or(|length| length >= 0) => {
                        let from = usize::try_from(from - 1).unwrap_or(usize::MAX);
                        let length = length.map_or(usize::MAX, |n| usize::try_from(n).unwrap_or(usize::MAX));
                        values.into_iter().skip(from).take(length).collect()
                    }
                    (Err(reason), _) | (_, Err(reason)) => {
                        self.unknown(reason);
                        return Ok(());
                    }
                    _ => {
                        self.unknown(format!("this part of `${name}` is not modelled"));
                        return Ok(());
                    }
                }
            }
            _ => {
                self.unknown(format!("this operation on `${name}` is not modelled"));
                return Ok(());
            }
        };
        let star = name == "*";
        let joint = if star && part.quoted { Some(self.joint(true)) } else { None };
        for (index, value) in values.into_iter().enumerate() {
            if index > 0 {
                match &joint {
                    None => self.pieces.push(Piece::Break { star }),
                    Some(Ok(joint)) => self.push(part, joint),
                    Some(Err(reason)) => self.unknown(reason.clone()),
                }
            }
            self.piece(part, value);
        }
        // "$*" is one field, even of nothing.
        if joint.is_some() {
            self.push(part, "");
        }
        Ok(())
    }

    fn remove(
        &mut self,
        part: &WordPart,
        value: Option<Value>,
        pattern: &Word,
        longest: bool,
        suffix: bool,
    ) -> Result<(), Refusal> {
        let pattern = match self::pattern(pattern, self.source, self.dialect, self.state)? {
            Ok(pattern) => pattern,
            Err(reason) => {
                self.unknown(reason);
                return Ok(());
            }
        };
        let Some(Value::Known(value)) = value else {
            self.value(part, value);
            return Ok(());
        };
        let text = value.as_str();
        if text.len().saturating_mul(pattern.len()) > STEPS {
            self.unknown(TOO_LONG.to_owned());
            return Ok(());
        }
        let turned: String = if suffix { text.chars().rev().collect() } else { text.to_owned() };
        let pattern = if suffix { pattern.reversed() } else { pattern };
        let mut ends = pattern.ends(&turned);
        let end = if longest { ends.last() } else { ends.next() }.unwrap_or(0);
        let kept = if suffix { range(0, text.len() - end) } else { range(end, text.len()) };
        self.piece(part, value.slice(kept));
        Ok(())
    }

    fn replace(
        &mut self,
        part: &WordPart,
        value: Option<Value>,
        pattern: &Word,
        replacement: &Word,
        matches: Matches,
    ) -> Result<(), Refusal> {
        let pattern = self::pattern(pattern, self.source, self.dialect, self.state)?;
        let replacement = joined(replacement, self.source, self.dialect, self.state)?;
        let Some(Value::Known(value)) = value else {
            self.value(part, value);
            return Ok(());
        };
        let (pattern, with) = match (pattern, replacement.field(None)) {
            (Ok(pattern), Field::Known(with)) => (pattern, with.as_str().to_owned()),
            (Err(reason), _) | (_, Field::Unknown { reason, .. }) => {
                self.unknown(reason);
                return Ok(());
            }
        };
        // bash 5.2 puts what matched for an unquoted `&`, earlier ones and ash do not.
        if self.dialect != Dialect::Ash && replacement.characters().contains(&('&', false)) {
            self.unknown("`&` in a replacement means different things to different bashes".to_owned());
            return Ok(());
        }
        let text = value.as_str();
        if text.len().saturating_mul(text.len()).saturating_mul(pattern.len()) > STEPS {
            self.unknown(TOO_LONG.to_owned());
            return Ok(());
        }
        let result = match matches {
            Matches::First | Matches::All => replaced(text, &pattern, &with, matches == Matches::All),
            Matches::Prefix => match pattern.ends(text).last() {
                Some(end) => format!("{with}{}", text.get(end..).unwrap_or_default()),
                None => text.to_owned(),
            },
            Matches::Suffix => {
                let turned: String = text.chars().rev().collect();
                match pattern.reversed().ends(&turned).last() {
                    Some(end) => format!("{}{with}", text.get(..text.len() - end).unwrap_or_default()),
                    None => text.to_owned(),
                }
            }
        };
        self.push(part, &result);
        Ok(())
    }
}

fn replaced(text: &str, pattern: &crate::shell::Pattern, with: &str, all: bool) -> String {
    let mut result = String::new();
    let mut rest = text;
    let mut done = false;
    while let Some(c) = rest.chars().next() {
        let end = if done { None } else { pattern.ends(rest).last().filter(|end| *end > 0) };
        match end {
            Some(end) => {
                result.push_str(with);
                rest = rest.get(end..).unwrap_or_default();
                done = !all;
            }
            None => {
                result.push(c);
                rest = rest.get(c.len_utf8()..).unwrap_or_default();
            }
        }
    }
    result
}

/// What `set -u` holds against an unset variable.
fn needs_value(operation: &ParameterOperation) -> bool {
    !matches!(
        operation,
        ParameterOperation::Default { .. }
            | ParameterOperation::Assign { .. }
            | ParameterOperation::Alternative { .. }
            | ParameterOperation::Error { .. }
    )
}

/// Whether a value is unset, or with a colon empty; `None` where that cannot be told.
fn is_missing(value: &Option<Value>, colon: bool) -> Option<bool> {
    match value {
        None => Some(true),
        Some(Value::Known(text)) => Some(colon && text.as_str().is_empty()),
        Some(Value::Unknown(_)) => None,
    }
}

/// `${x:offset:length}`, in characters; negative numbers count from the end.
fn substring(value: &Argument, offset: i64, length: Option<i64>) -> Argument {
    let text = value.as_str();
    let bounds: Vec<usize> = text.char_indices().map(|(at, _)| at).chain([text.len()]).collect();
    let count = i64::try_from(bounds.len() - 1).unwrap_or(i64::MAX);
    let from_start = |number: i64| if number < 0 { count.saturating_add(number) } else { number };
    let start = from_start(offset);
    let end = match length {
        None => count,
        Some(length) if length < 0 => from_start(length),
        Some(length) => start.saturating_add(length).min(count),
    };
    let byte = |at: i64| usize::try_from(at).ok().and_then(|at| bounds.get(at)).copied();
    match (byte(start), byte(end)) {
        (Some(start), Some(end)) if start <= end => value.slice(range(start, end)),
        _ => Argument::unplaced(""),
    }
}

/// The first letter, or `all`, in capitals (`upper`) or in small letters.
fn changed_case(text: &str, upper: bool, all: bool) -> String {
    let mut result = String::new();
    for (index, c) in text.chars().enumerate() {
        match (index == 0 || all, upper) {
            (false, _) => result.push(c),
            (true, true) => result.extend(c.to_uppercase()),
            (true, false) => result.extend(c.to_lowercase()),
        }
    }
    result
}
