//! Words to fields: POSIX 2.6, and bash's braces.

use super::{
    Shell, Source,
    value::{Field, Stream, Value},
};
use crate::{
    simulate::{Content, Entry, Text, pattern::Pattern},
    syntax::{
        command::Argument,
        shell::{Dialect, ParameterOperation, Word, WordPart, WordPartKind},
    },
    text::{FileId, Location, Mapped, TextRange, range},
};

/// The longest word, in bytes.
const LONGEST_WORD: usize = 1 << 20;

/// The most words that braces make of one.
const MOST_BRACES: usize = 1_000;

/// Why a word has no value.
#[derive(Debug, Clone)]
pub(super) enum Trouble {
    /// Its value is not known. Says why.
    Unknown(String),
    /// The shell refuses it: the script ends, in bash with this status.
    Refused(i32),
}

impl Trouble {
    /// What bash exits with.
    pub(super) fn status(&self) -> i32 {
        match self {
            Self::Unknown(_) => 1,
            Self::Refused(status) => *status,
        }
    }
}

/// A stretch of a word on its way to fields.
#[derive(Debug, Clone)]
enum Piece {
    Text {
        text: Mapped,
        /// Where `text`'s places are.
        file: Option<FileId>,
        /// `$NAME` that it stands for, in the script's file; `None` for the script's own bytes.
        stand: Option<TextRange>,
        quoted: bool,
    },
    /// `"$@"` begins its next word.
    Break,
}

impl Shell<'_, '_> {
    /// All fields of a list of words.
    pub(super) fn fields(&mut self, words: &[Word]) -> Result<Vec<Field>, Trouble> {
        let mut fields = Vec::new();
        for word in words {
            for word in self.braces(word) {
                self.word_fields(&word, &mut fields)?;
            }
        }
        Ok(fields)
    }

    /// Fields of `export NAME=$value`: each word stays one.
    pub(super) fn declarations(&mut self, words: &[Word]) -> Result<Vec<Field>, Trouble> {
        words
            .iter()
            .map(|word| match self.single(word) {
                Ok(value) => Ok(Field::Known(value)),
                Err(Trouble::Unknown(reason)) => {
                    let place = self.source.location(word.range);
                    Ok(Field::Unknown { reason, place, prefix: literal_prefix(word) })
                }
                Err(refused) => Err(refused),
            })
            .collect()
    }

    fn word_fields(&mut self, word: &Word, fields: &mut Vec<Field>) -> Result<(), Trouble> {
        let place = self.source.location(word.range);
        let mut pieces = Vec::new();
        match self.pieces(word, &mut pieces) {
            Ok(()) => {}
            Err(Trouble::Unknown(reason)) => {
                fields.push(Field::Unknown { reason, place, prefix: literal_prefix(word) });
                return Ok(());
            }
            Err(refused) => return Err(refused),
        }
        let separators = match self.process.get("IFS") {
            Some(Value::Known(value)) => value.as_str().to_owned(),
            _ => " \t\n".to_owned(),
        };
        for pieces in split(pieces, &separators, quoted_parts(word)) {
            self.push_field(pieces, place, fields);
        }
        Ok(())
    }

    /// A field, its pattern replaced by the files it matches.
    fn push_field(&mut self, pieces: Vec<Piece>, place: Option<Location>, fields: &mut Vec<Field>) {
        let chars: Vec<(char, bool)> = pieces
            .iter()
            .flat_map(|piece| match piece {
                Piece::Text { text, quoted, .. } => text.as_str().chars().map(|c| (c, *quoted)).collect(),
                Piece::Break => Vec::new(),
            })
            .collect();
        let special = chars.iter().any(|&(c, quoted)| !quoted && matches!(c, '*' | '?' | '['));
        let field = joined(&pieces, place);
        if !special || self.process.options.noglob {
            fields.push(Field::Known(field));
            return;
        }
        let pattern = Pattern::from_chars(&chars);
        if pattern.as_literal().is_some() {
            fields.push(Field::Known(field));
            return;
        }
        let found = self.world.state.files.glob(&pattern, &self.process.folder);
        if found.is_empty() {
            // The files that it would match may be among those that are not known.
            let fixed: String = field.as_str().split(['*', '?', '[']).next().unwrap_or_default().to_owned();
            let folder = match fixed.rfind('/') {
                Some(slash) => self.absolute(fixed.get(..=slash).unwrap_or("/")),
                None => self.process.folder.clone(),
            };
            let folder = self.world.state.files.resolve(&folder);
            match self.world.state.files.uncertainty(&folder) {
                Some(reason) => fields.push(Field::Unknown {
                    reason: format!("the files in {folder} are not all known: {reason}"),
                    place,
                    prefix: fixed,
                }),
                None if self.process.options.nullglob => {}
                None => fields.push(Field::Known(field)),
            }
            return;
        }
        for path in found {
            let mut text = Mapped::default();
            let stand = place.map_or_else(|| range(0, 0), |place| place.range);
            text.push_substitute(&path, stand);
            fields.push(Field::Known(Argument { text, place }));
        }
    }

    /// A word that stays one: the value of an assignment, the target of a redirection.
    pub(super) fn single(&mut self, word: &Word) -> Result<Argument, Trouble> {
        let mut pieces = Vec::new();
        self.pieces(word, &mut pieces)?;
        // Several words of `$@` are joined by blanks.
        for piece in &mut pieces {
            if matches!(piece, Piece::Break) {
                let mut text = Mapped::default();
                text.push_substitute(" ", range(0, 0));
                *piece = Piece::Text { text, file: None, stand: Some(range(0, 0)), quoted: true };
            }
        }
        Ok(joined(&pieces, self.source.location(word.range)))
    }

    /// The same, as a value.
    pub(super) fn value(&mut self, word: &Word) -> Result<Value, Trouble> {
        match self.single(word) {
            Ok(value) => Ok(Value::Known(value)),
            Err(Trouble::Unknown(reason)) => Ok(Value::Unknown(reason)),
            Err(refused) => Err(refused),
        }
    }

    /// A word as a pattern: `case`, `${x#p}`.
    pub(super) fn pattern(&mut self, word: &Word) -> Result<Pattern, Trouble> {
        let mut pieces = Vec::new();
        self.pieces(word, &mut pieces)?;
        let chars: Vec<(char, bool)> = pieces
            .iter()
            .flat_map(|piece| match piece {
                Piece::Text { text, quoted, .. } => text.as_str().chars().map(|c| (c, *quoted)).collect(),
                Piece::Break => vec![(' ', true)],
            })
            .collect();
        Ok(Pattern::from_chars(&chars))
    }

    fn pieces(&mut self, word: &Word, pieces: &mut Vec<Piece>) -> Result<(), Trouble> {
        for part in &word.parts {
            self.part(part, pieces)?;
            let length: usize = pieces
                .iter()
                .map(|piece| if let Piece::Text { text, .. } = piece { text.as_str().len() } else { 0 })
                .sum();
            if length > LONGEST_WORD {
                return Err(Trouble::Unknown("the word is too long to be followed".to_owned()));
            }
        }
        Ok(())
    }

    fn part(&mut self, part: &WordPart, pieces: &mut Vec<Piece>) -> Result<(), Trouble> {
        let stand = self.source.text.source_range(part.range);
        let quoted = part.quoted;
        let plain = |text: String| {
            let mut mapped = Mapped::default();
            mapped.push_substitute(&text, stand);
            Piece::Text { text: mapped, file: None, stand: Some(stand), quoted }
        };
        match &part.kind {
            WordPartKind::Literal(text) => {
                let mapped = literal(&self.source, text, part.range);
                pieces.push(Piece::Text { text: mapped, file: self.source.file, stand: None, quoted });
            }
            WordPartKind::Tilde(user) => {
                let home = if user.is_empty() {
                    match self.process.get("HOME") {
                        Some(Value::Known(home)) => home.as_str().to_owned(),
                        Some(Value::Unknown(reason)) => return Err(Trouble::Unknown(reason.clone())),
                        None => "/root".to_owned(),
                    }
                } else {
                    self.world.state.home_of(user)
                };
                let mut text = Mapped::default();
                text.push_substitute(&home, stand);
                pieces.push(Piece::Text { text, file: None, stand: Some(stand), quoted: true });
            }
            WordPartKind::Parameter { name, operation } => {
                self.parameter(name, operation, quoted, stand, pieces)?;
            }
            WordPartKind::Command(script) => {
                let outcome = self.substitution(script);
                self.substituted = Some(outcome.status);
                match outcome.stdout {
                    Stream { unknown: Some(reason), .. } => return Err(Trouble::Unknown(reason)),
                    Stream { text, .. } => {
                        let (mapped, file) = text.to_mapped();
                        let length = mapped.as_str().trim_end_matches('\n').len();
                        let text = mapped.slice(range(0, length));
                        pieces.push(Piece::Text { text, file, stand: Some(stand), quoted });
                    }
                }
            }
            WordPartKind::Arithmetic(text) => match self.arithmetic(text) {
                Some(number) => pieces.push(plain(number.to_string())),
                None => {
                    return Err(Trouble::Unknown(format!("the arithmetic $(({text})) is not modelled")));
                }
            },
            WordPartKind::ProcessSubstitution { output, script } => {
                if *output {
                    return Err(Trouble::Unknown("output process substitution is not modelled".to_owned()));
                }
                let outcome = self.substitution(script);
                let path = format!("/dev/fd/{}", 63 - self.substitutions.len());
                let content = match outcome.stdout.unknown {
                    Some(reason) => Content::Opaque(reason),
                    None => Content::Text(outcome.stdout.text.into()),
                };
                self.world.state.files.insert(&path, Entry::new(content, self.world.origin));
                self.substitutions.push(path.clone());
                pieces.push(plain(path));
            }
            WordPartKind::BadSubstitution => return Err(Trouble::Refused(1)),
            WordPartKind::Opaque { reason } => return Err(Trouble::Unknown(reason.clone())),
        }
        Ok(())
    }

    /// The value of `$name`; `None` where it is unset.
    fn lookup(&self, name: &str) -> Result<Option<Argument>, Trouble> {
        let number = |n: usize| Ok(Some(Argument::unplaced(&n.to_string())));
        match name {
            "#" => return number(self.process.positional.len()),
            "?" => {
                return match self.status {
                    Some(status) => Ok(Some(Argument::unplaced(&status.to_string()))),
                    None => {
                        Err(Trouble::Unknown("the exit code of the command before is not known".to_owned()))
                    }
                };
            }
            "0" => return Ok(Some(Argument::unplaced(&self.name))),
            "-" => return Ok(Some(Argument::unplaced(""))),
            "$" | "!" => return Err(Trouble::Unknown(format!("${name} is a number of a process"))),
            "PWD" => return Ok(Some(Argument::unplaced(&self.process.folder))),
            _ => {}
        }
        if let Ok(index) = name.parse::<usize>() {
            return Ok(self.process.positional.get(index.wrapping_sub(1)).cloned());
        }
        match self.process.get(name) {
            Some(Value::Known(value)) => Ok(Some(value.clone())),
            Some(Value::Unknown(reason)) => Err(Trouble::Unknown(reason.clone())),
            None => match self.unknown_variable(name) {
                Some(reason) => Err(Trouble::Unknown(reason)),
                None => Ok(None),
            },
        }
    }

    /// Why a variable that nothing set may have a value all the same.
    fn unknown_variable(&self, name: &str) -> Option<String> {
        if matches!(name, "RANDOM" | "HOSTNAME" | "SECONDS" | "UID" | "EUID" | "PPID" | "LINENO" | "OLDPWD") {
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

    fn parameter(
        &mut self,
        name: &str,
        operation: &ParameterOperation,
        quoted: bool,
        stand: TextRange,
        pieces: &mut Vec<Piece>,
    ) -> Result<(), Trouble> {
        let text_piece = |value: Argument| Piece::Text {
            file: value.place.map(|place| place.file),
            text: value.text,
            stand: Some(stand),
            quoted,
        };
        if matches!(name, "@" | "*") && *operation == ParameterOperation::Plain {
            let count = self.process.positional.len();
            for (index, value) in self.process.positional.clone().into_iter().enumerate() {
                pieces.push(text_piece(value));
                if index + 1 < count {
                    if name == "@" || !quoted {
                        pieces.push(Piece::Break);
                    } else {
                        pieces.push(text_piece(Argument::unplaced(" ")));
                    }
                }
            }
            return Ok(());
        }
        let value = self.lookup(name);
        let known = |value: &Result<Option<Argument>, Trouble>, colon: bool| match value {
            Ok(Some(value)) => Ok(!(colon && value.as_str().is_empty())),
            Ok(None) => Ok(false),
            Err(trouble) => Err(trouble.clone()),
        };
        match operation {
            ParameterOperation::Plain => match value? {
                Some(value) => pieces.push(text_piece(value)),
                None if self.process.options.nounset => return Err(Trouble::Refused(1)),
                None => {}
            },
            ParameterOperation::Default { colon, word } => {
                if known(&value, *colon)? {
                    pieces.extend(value?.map(text_piece));
                } else {
                    self.inner(word, quoted, pieces)?;
                }
            }
            ParameterOperation::Assign { colon, word } => {
                if known(&value, *colon)? {
                    pieces.extend(value?.map(text_piece));
                } else {
                    let value = self.single(word)?;
                    self.process.set(name, Value::Known(value.clone()));
                    pieces.push(text_piece(value));
                }
            }
            ParameterOperation::Alternative { colon, word } => {
                if known(&value, *colon)? {
                    self.inner(word, quoted, pieces)?;
                }
            }
            ParameterOperation::Error { colon, .. } => {
                if known(&value, *colon)? {
                    pieces.extend(value?.map(text_piece));
                } else {
                    return Err(Trouble::Refused(127));
                }
            }
            ParameterOperation::Length => {
                let length = value?.map_or(0, |value| value.as_str().chars().count());
                pieces.push(text_piece(Argument::unplaced(&length.to_string())));
            }
            ParameterOperation::RemovePrefix { longest, pattern } => {
                let pattern = self.pattern(pattern)?;
                let value = value?.unwrap_or_default();
                let chars: Vec<char> = value.as_str().chars().collect();
                let lengths = pattern.prefixes(&chars);
                let cut = if *longest { lengths.last() } else { lengths.first() };
                let start: usize = chars.iter().take(cut.copied().unwrap_or(0)).map(|c| c.len_utf8()).sum();
                pieces.push(text_piece(value.slice_from(start)));
            }
            ParameterOperation::RemoveSuffix { longest, pattern } => {
                let pattern = self.pattern(pattern)?;
                let value = value?.unwrap_or_default();
                let ends: Vec<usize> =
                    value.as_str().char_indices().map(|(at, _)| at).chain([value.as_str().len()]).collect();
                let fits = |at: &&usize| pattern.matches(value.as_str().get(**at..).unwrap_or(""));
                let cut = if *longest { ends.iter().find(fits) } else { ends.iter().rev().find(fits) };
                let end = cut.copied().unwrap_or(value.as_str().len());
                pieces.push(text_piece(value.slice(range(0, end))));
            }
            ParameterOperation::Replace { all, pattern, replacement } => {
                let pattern = self.pattern(pattern)?;
                let replacement = self.single(replacement)?;
                let value = value?.unwrap_or_default();
                let text = replaced(value.as_str(), &pattern, replacement.as_str(), *all);
                pieces.push(text_piece(Argument::unplaced(&text)));
            }
            ParameterOperation::Substring { offset, length } => {
                let value = value?.unwrap_or_default();
                let chars: Vec<char> = value.as_str().chars().collect();
                let unknown = || Trouble::Unknown("the offset of a substring is not known".to_owned());
                let count = i64::try_from(chars.len()).unwrap_or(i64::MAX);
                let clamp = |n: i64| if n < 0 { (count + n).max(0) } else { n.min(count) };
                let start = clamp(self.arithmetic(offset).ok_or_else(unknown)?);
                let end = match length {
                    None => count,
                    Some(length) => match self.arithmetic(length).ok_or_else(unknown)? {
                        n if n < 0 => clamp(n),
                        n => (start.saturating_add(n)).min(count),
                    },
                };
                let to_usize = |n: i64| usize::try_from(n).unwrap_or(0);
                let text: String =
                    chars.get(to_usize(start)..to_usize(end.max(start))).unwrap_or_default().iter().collect();
                pieces.push(text_piece(Argument::unplaced(&text)));
            }
        }
        Ok(())
    }

    /// The word of `${name:-word}`: quoted where the whole is.
    fn inner(&mut self, word: &Word, quoted: bool, pieces: &mut Vec<Piece>) -> Result<(), Trouble> {
        let from = pieces.len();
        self.pieces(word, pieces)?;
        for piece in pieces.iter_mut().skip(from) {
            if let Piece::Text { quoted: own, stand, .. } = piece {
                *own |= quoted;
                // Literal words here are split like values.
                if !*own && stand.is_none() {
                    *stand = Some(self.source.text.source_range(word.range));
                }
            }
        }
        Ok(())
    }

    /// `$((...))` over whole numbers; `None` for what is not modelled.
    fn arithmetic(&mut self, text: &str) -> Option<i64> {
        let tokens: Vec<char> = text.chars().filter(|c| !c.is_whitespace()).collect();
        let mut parser = Arithmetic { shell: self, chars: &tokens, at: 0, depth: 0 };
        let value = parser.sum()?;
        (parser.at == tokens.len()).then_some(value)
    }

    /// bash: `a{b,c}` is `ab ac`, `{1..3}` is `1 2 3`.
    fn braces(&self, word: &Word) -> Vec<Word> {
        let opens = word.parts.iter().any(|part| {
            !part.quoted && matches!(&part.kind, WordPartKind::Literal(text) if text.contains('{'))
        });
        if self.dialect != Dialect::Bash || !opens {
            return vec![word.clone()];
        }
        let atoms: Vec<Atom> = word.parts.iter().flat_map(atoms).collect();
        let mut results = Vec::new();
        expand_braces(&atoms, &mut results, 0);
        results
            .into_iter()
            .map(|atoms| Word { parts: atoms.into_iter().map(Atom::into_part).collect(), range: word.range })
            .collect()
    }
}

struct Arithmetic<'s, 'w, 'x, 'c> {
    shell: &'s mut Shell<'w, 'x>,
    chars: &'c [char],
    at: usize,
    depth: usize,
}

impl Arithmetic<'_, '_, '_, '_> {
    fn peek(&self) -> Option<char> {
        self.chars.get(self.at).copied()
    }

    fn sum(&mut self) -> Option<i64> {
        let mut value = self.product()?;
        while let Some(sign @ ('+' | '-')) = self.peek() {
            self.at += 1;
            let other = self.product()?;
            value = if sign == '+' { value.checked_add(other)? } else { value.checked_sub(other)? };
        }
        Some(value)
    }

    fn product(&mut self) -> Option<i64> {
        let mut value = self.atom()?;
        while let Some(sign @ ('*' | '/' | '%')) = self.peek() {
            self.at += 1;
            let other = self.atom()?;
            value = match sign {
                '*' => value.checked_mul(other)?,
                '/' => value.checked_div(other)?,
                _ => value.checked_rem(other)?,
            };
        }
        Some(value)
    }

    fn atom(&mut self) -> Option<i64> {
        self.depth += 1;
        if self.depth > 200 {
            return None;
        }
        match self.peek()? {
            '(' => {
                self.at += 1;
                let value = self.sum()?;
                if self.peek()? != ')' {
                    return None;
                }
                self.at += 1;
                Some(value)
            }
            '-' => {
                self.at += 1;
                self.atom()?.checked_neg()
            }
            c if c.is_ascii_digit() => {
                let text = self.run(|c| c.is_ascii_alphanumeric());
                // A leading zero means octal, and `0x` hexadecimal.
                if text.len() > 1 && text.starts_with('0') {
                    return None;
                }
                text.parse().ok()
            }
            c if c.is_ascii_alphabetic() || c == '_' || c == '$' => {
                if c == '$' {
                    self.at += 1;
                }
                let name = self.run(|c| c.is_ascii_alphanumeric() || c == '_');
                match self.shell.lookup(&name).ok()? {
                    None => Some(0),
                    Some(value) if value.as_str().trim().is_empty() => Some(0),
                    Some(value) => value.as_str().trim().parse().ok(),
                }
            }
            _ => None,
        }
    }

    fn run(&mut self, fits: impl Fn(char) -> bool) -> String {
        let mut text = String::new();
        while let Some(c) = self.peek().filter(|&c| fits(c)) {
            text.push(c);
            self.at += 1;
        }
        text
    }
}

/// The literal text a word begins with.
fn literal_prefix(word: &Word) -> String {
    word.parts
        .iter()
        .map_while(
            |part| if let WordPartKind::Literal(text) = &part.kind { Some(text.as_str()) } else { None },
        )
        .collect()
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

/// A word has quotes in it, so that it is a field even when it is empty.
fn quoted_parts(word: &Word) -> bool {
    let only_all_parameters = |part: &WordPart| matches!(&part.kind, WordPartKind::Parameter { name, operation: ParameterOperation::Plain } if name == "@");
    word.parts.iter().any(|part| part.quoted && !only_all_parameters(part))
        || (word.parts.is_empty() && !word.range.is_empty())
}

/// Splits unquoted values at blanks.
fn split(pieces: Vec<Piece>, separators: &str, quoted: bool) -> Vec<Vec<Piece>> {
    let mut fields: Vec<Vec<Piece>> = Vec::new();
    let mut current: Option<Vec<Piece>> = quoted.then(Vec::new);
    for piece in pieces {
        match piece {
            Piece::Break => fields.extend(current.replace(Vec::new())),
            Piece::Text { text, file, stand, quoted } => {
                if quoted || stand.is_none() {
                    if quoted || !text.as_str().is_empty() {
                        current.get_or_insert_default().push(Piece::Text { text, file, stand, quoted });
                    }
                    continue;
                }
                let whole = text.as_str();
                let mut start = 0;
                for (at, c) in whole.char_indices().filter(|(_, c)| separators.contains(*c)) {
                    if at > start {
                        let text = text.slice(range(start, at));
                        current.get_or_insert_default().push(Piece::Text { text, file, stand, quoted });
                    }
                    // Blanks in a row are one separator, others each begin a field.
                    if !c.is_whitespace() && current.is_none() {
                        current = Some(Vec::new());
                    }
                    fields.extend(current.take());
                    start = at + c.len_utf8();
                }
                if start < whole.len() {
                    let text = text.slice(range(start, whole.len()));
                    current.get_or_insert_default().push(Piece::Text { text, file, stand, quoted });
                }
            }
        }
    }
    fields.extend(current);
    fields
}

/// The pieces as one word with its places.
fn joined(pieces: &[Piece], place: Option<Location>) -> Argument {
    let mut visible = pieces.iter().filter(|piece| {
        matches!(piece, Piece::Text { text, stand, .. } if !text.as_str().is_empty() || stand.is_none())
    });
    // A word that is wholly one value keeps the value's own places.
    if let (Some(Piece::Text { text, file: Some(file), stand: Some(_), .. }), None) =
        (visible.next(), visible.next())
    {
        let own = text.source_range(range(0, text.as_str().len()));
        return Argument { text: text.clone(), place: Some(Location { file: *file, range: own }) };
    }
    let mut whole = Mapped::default();
    for piece in pieces {
        if let Piece::Text { text, stand, .. } = piece {
            match stand {
                Some(stand) => whole.push_substitute(text.as_str(), *stand),
                None => whole.push_mapped(text),
            }
        }
    }
    Argument { text: whole, place }
}

/// `${x/p/r}`: the longest match at the first place, or at all of them.
fn replaced(text: &str, pattern: &Pattern, replacement: &str, all: bool) -> String {
    let chars: Vec<char> = text.chars().collect();
    let mut result = String::new();
    let mut at = 0;
    let mut done = false;
    while at < chars.len() {
        let rest = chars.get(at..).unwrap_or_default();
        let length = if done || rest.len() > 4_096 { None } else { pattern.prefixes(rest).last().copied() };
        match length.filter(|&length| length > 0) {
            Some(length) => {
                result.push_str(replacement);
                at += length;
                done = !all;
            }
            None => {
                result.extend(chars.get(at));
                at += 1;
            }
        }
    }
    result
}

/// A character or an indivisible part of a word.
#[derive(Debug, Clone)]
enum Atom {
    Char(char, TextRange),
    Part(WordPart),
}

impl Atom {
    fn into_part(self) -> WordPart {
        match self {
            Self::Char(c, range) => {
                WordPart { kind: WordPartKind::Literal(c.to_string()), quoted: false, range }
            }
            Self::Part(part) => part,
        }
    }

    fn is(&self, wanted: char) -> bool {
        matches!(self, Self::Char(c, _) if *c == wanted)
    }
}

fn atoms(part: &WordPart) -> Vec<Atom> {
    let WordPartKind::Literal(text) = &part.kind else { return vec![Atom::Part(part.clone())] };
    if part.quoted || usize::from(part.range.len()) != text.len() {
        return vec![Atom::Part(part.clone())];
    }
    let start: usize = part.range.start().into();
    text.char_indices().map(|(at, c)| Atom::Char(c, range(start + at, start + at + c.len_utf8()))).collect()
}

fn expand_braces(atoms: &[Atom], results: &mut Vec<Vec<Atom>>, depth: usize) {
    if results.len() >= MOST_BRACES {
        return;
    }
    let found = (depth < 16).then(|| first_braces(atoms)).flatten();
    let Some((open, close, choices)) = found else {
        results.push(atoms.to_vec());
        return;
    };
    for choice in choices {
        let before = atoms.get(..open).unwrap_or_default();
        let after = atoms.get(close + 1..).unwrap_or_default();
        let word: Vec<Atom> = before.iter().cloned().chain(choice).chain(after.iter().cloned()).collect();
        expand_braces(&word, results, depth + 1);
    }
}

/// The first pair of braces with a comma or a range inside, and what may stand for it.
fn first_braces(atoms: &[Atom]) -> Option<(usize, usize, Vec<Vec<Atom>>)> {
    for open in (0..atoms.len()).filter(|&at| atoms.get(at).is_some_and(|atom| atom.is('{'))) {
        let mut depth = 0_usize;
        let mut commas = vec![open];
        for (at, atom) in atoms.iter().enumerate().skip(open) {
            if atom.is('{') {
                depth += 1;
            } else if atom.is('}') {
                depth -= 1;
                if depth > 0 {
                    continue;
                }
                if commas.len() == 1 {
                    match number_range(atoms.get(open + 1..at).unwrap_or_default()) {
                        Some(choices) => return Some((open, at, choices)),
                        None => break,
                    }
                }
                commas.push(at);
                let choices = commas
                    .windows(2)
                    .map(|pair| atoms.get(pair[0] + 1..pair[1]).unwrap_or_default().to_vec())
                    .collect();
                return Some((open, at, choices));
            } else if atom.is(',') && depth == 1 {
                commas.push(at);
            }
        }
    }
    None
}

/// `1..3`.
fn number_range(atoms: &[Atom]) -> Option<Vec<Vec<Atom>>> {
    let text: Option<String> =
        atoms.iter().map(|atom| if let Atom::Char(c, _) = atom { Some(*c) } else { None }).collect();
    let (Atom::Char(_, first), Atom::Char(_, last)) = (atoms.first()?, atoms.last()?) else { return None };
    let place = first.cover(*last);
    let text = text?;
    let (from, to) = text.split_once("..")?;
    let (from, to): (i64, i64) = (from.parse().ok()?, to.parse().ok()?);
    if from.abs_diff(to) > 500 {
        return None;
    }
    let numbers: Vec<i64> = if from <= to { (from..=to).collect() } else { (to..=from).rev().collect() };
    let part = |number: i64| {
        let kind = WordPartKind::Literal(number.to_string());
        vec![Atom::Part(WordPart { kind, quoted: false, range: place })]
    };
    Some(numbers.into_iter().map(part).collect())
}

impl Shell<'_, '_> {
    /// The text of a here-document.
    pub(super) fn here_text(&mut self, word: &Word) -> Result<Text, Trouble> {
        let mut pieces = Vec::new();
        self.pieces(word, &mut pieces)?;
        let mut whole = Mapped::default();
        for piece in &pieces {
            if let Piece::Text { text, stand, .. } = piece {
                match stand {
                    Some(stand) => whole.push_substitute(text.as_str(), *stand),
                    None => whole.push_mapped(text),
                }
            }
        }
        Ok(Text::from_mapped(&whole, self.source.file))
    }
}
