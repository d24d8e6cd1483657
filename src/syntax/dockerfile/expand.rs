//! Variables, quotes and escapes in a word, as BuildKit's `shell.Lex` reads them.
//!
//! It resembles a shell, but is none: no command substitution, no globs, and a word is split
//! at the blanks of a value only where the instruction asks for words.

use super::{pattern::Pattern, shown};
use crate::{
    budget::{LONGEST_WORD, WORD_TOO_LONG},
    text::{Mapped, SyntaxError, TextRange, range},
};

/// How deep `${a:-${b:-...}}` may be nested.
const DEEPEST: usize = 64;

/// The value of a word: variables expanded, quotes and escapes resolved. Blanks stay.
///
/// `escape` is the Dockerfile's escape character; `lookup` gives a variable's value, `None` where it is
/// unset. BuildKit: `ProcessWord`, for all arguments but those of `EXPOSE`.
///
/// # Errors
/// Where a quote or a brace is not closed, a modifier is unknown, `${x:?}` finds no value, or
/// the result would grow beyond all measure. The range is the file's.
pub fn expand_word(
    word: &Mapped,
    escape: char,
    lookup: &dyn Fn(&str) -> Option<String>,
) -> Result<Mapped, SyntaxError> {
    let expanded = Lexer::new(word.as_str(), escape, Mode::default(), lookup).whole(None);
    expanded.map(|value| value.through(word)).map_err(|error| in_file(error, word))
}

/// The same, split at blanks outside quotes, those of values included. BuildKit:
/// `ProcessWords`, for `EXPOSE`. An empty quoted word is none.
///
/// # Errors
/// As [`expand_word`].
pub fn expand_words(
    word: &Mapped,
    escape: char,
    lookup: &dyn Fn(&str) -> Option<String>,
) -> Result<Vec<Mapped>, SyntaxError> {
    let words = lex_words(word.as_str(), escape, Mode::default(), lookup);
    words
        .map(|words| words.iter().map(|value| value.through(word)).collect())
        .map_err(|error| in_file(error, word))
}

/// The content of a heredoc that `COPY` or `ADD` writes: variables expanded, quotes left alone,
/// and a backslash for escape whatever the directive says.
///
/// # Errors
/// As [`expand_word`].
pub fn expand_heredoc(
    content: &Mapped,
    lookup: &dyn Fn(&str) -> Option<String>,
) -> Result<Mapped, SyntaxError> {
    let mode = Mode { plain_quotes: true, ..Mode::default() };
    let expanded = Lexer::new(content.as_str(), '\\', mode, lookup).whole(None);
    expanded.map(|value| value.through(content)).map_err(|error| in_file(error, content))
}

/// How the lexer treats what it meets. The default resolves everything.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Mode {
    /// Quotes group, and stay in the result.
    keep_quotes: bool,
    /// Escapes work, and stay in the result.
    keep_escapes: bool,
    /// `$x` of an unset variable stays in the result.
    keep_unset: bool,
    /// Quotes are characters like any other.
    plain_quotes: bool,
}

impl Mode {
    /// Words as they stand in the text.
    pub(super) const AS_WRITTEN: Self =
        Self { keep_quotes: true, keep_escapes: true, keep_unset: true, plain_quotes: false };
    /// Quotes and escapes resolved.
    pub(super) const QUOTES_RESOLVED: Self =
        Self { keep_quotes: false, keep_escapes: false, keep_unset: true, plain_quotes: false };
    /// Escapes resolved, quotes kept.
    pub(super) const QUOTES_KEPT: Self =
        Self { keep_quotes: true, keep_escapes: false, keep_unset: true, plain_quotes: false };
}

/// The words of a text; their places are bytes of `text`, and so is an error's.
pub(super) fn lex_words(
    text: &str,
    escape: char,
    mode: Mode,
    lookup: &dyn Fn(&str) -> Option<String>,
) -> Result<Vec<Mapped>, SyntaxError> {
    let mut words = Words::default();
    Lexer::new(text, escape, mode, lookup).whole(Some(&mut words))?;
    words.finish_word();
    Ok(words.done)
}

fn in_file(error: SyntaxError, word: &Mapped) -> SyntaxError {
    SyntaxError { range: word.source_range(error.range), ..error }
}

/// The words found so far.
#[derive(Default)]
struct Words {
    done: Vec<Mapped>,
    word: Mapped,
}

impl Words {
    fn finish_word(&mut self) {
        if !self.word.as_str().is_empty() {
            self.done.push(std::mem::take(&mut self.word));
        }
    }

    fn push(&mut self, part: &Mapped, parts_words: bool) {
        if !parts_words {
            self.word.push_mapped(part);
            return;
        }
        let mut start = 0;
        for run in part.as_str().split_inclusive(char::is_whitespace) {
            let word = run.trim_end();
            self.word.push_mapped(&part.slice(range(start, start + word.len())));
            if word.len() < run.len() {
                self.finish_word();
            }
            start += run.len();
        }
    }
}

struct Lexer<'l> {
    text: &'l str,
    at: usize,
    escape: char,
    mode: Mode,
    lookup: &'l dyn Fn(&str) -> Option<String>,
    depth: usize,
    /// A modifier's argument was read.
    read_argument: bool,
}

impl<'l> Lexer<'l> {
    fn new(text: &'l str, escape: char, mode: Mode, lookup: &'l dyn Fn(&str) -> Option<String>) -> Self {
        Self { text, at: 0, escape, mode, lookup, depth: 0, read_argument: false }
    }

    fn rest(&self) -> &'l str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    fn next(&mut self) -> Option<char> {
        let c = self.peek()?;
        self.at += c.len_utf8();
        Some(c)
    }

    fn from(&self, start: usize) -> TextRange {
        range(start, self.at)
    }

    fn whole(&mut self, words: Option<&mut Words>) -> Result<Mapped, SyntaxError> {
        let result = self.run(None, words)?;
        Ok(result.unwrap_or_default())
    }

    /// Up to the unquoted `stop`, which is consumed, or to the end. `None` where `stop` is
    /// missing.
    fn run(
        &mut self,
        stop: Option<char>,
        mut words: Option<&mut Words>,
    ) -> Result<Option<Mapped>, SyntaxError> {
        let mut result = Mapped::default();
        while let Some(c) = self.peek() {
            let start = self.at;
            if stop == Some(c) {
                self.at += c.len_utf8();
                return Ok(Some(result));
            }
            // Blanks part words where they stand plainly, or in a variable's value.
            let (part, parts_words) = match c {
                '$' => (self.dollar()?, true),
                '\'' if !self.mode.plain_quotes => (self.single_quoted()?, false),
                '"' if !self.mode.plain_quotes => (self.double_quoted()?, false),
                '<' => (self.angle(), false),
                c if c == self.escape => (self.escaped(), false),
                _ => (self.plain(stop), true),
            };
            if let Some(words) = &mut words {
                self.forget_word(words);
                words.push(&part, parts_words);
            }
            self.append(&mut result, &part, start)?;
        }
        Ok(stop.is_none().then_some(result))
    }

    /// BuildKit reads a modifier's argument into the buffer of the word it is building, which
    /// loses what was there: `a${x:-b}` has the value `ab`, and is the one word `b`.
    fn forget_word(&mut self, words: &mut Words) {
        if std::mem::take(&mut self.read_argument) {
            words.word = Mapped::default();
        }
    }

    fn append(&self, result: &mut Mapped, part: &Mapped, start: usize) -> Result<(), SyntaxError> {
        if result.as_str().len() + part.as_str().len() > self.text.len() + LONGEST_WORD {
            return Err(SyntaxError::new(self.from(start), WORD_TOO_LONG)
                .with_hint("Look for a variable that is made of itself again and again"));
        }
        result.push_mapped(part);
        Ok(())
    }

    /// Characters up to the next one that may mean something.
    fn plain(&mut self, stop: Option<char>) -> Mapped {
        let (start, escape) = (self.at, self.escape);
        self.next();
        let special = |c| matches!(c, '$' | '\'' | '"' | '<') || c == escape || Some(c) == stop;
        let rest = self.rest();
        self.at += rest.find(special).unwrap_or(rest.len());
        self.as_written(start)
    }

    /// The escape character and what it escapes. At the end it is dropped.
    fn escaped(&mut self) -> Mapped {
        let escape = self.at;
        self.next();
        let at = self.at;
        self.next();
        self.as_written(if self.mode.keep_escapes { escape } else { at })
    }

    /// `<<` takes the blanks after it into the word: `<< EOF` is one word.
    fn angle(&mut self) -> Mapped {
        let start = self.at;
        self.next();
        if self.peek() == Some('<') {
            self.next();
            let rest = self.rest();
            self.at += rest.len() - rest.trim_start_matches([' ', '\t']).len();
        }
        self.as_written(start)
    }

    fn single_quoted(&mut self) -> Result<Mapped, SyntaxError> {
        let start = self.at;
        self.next();
        let Some(length) = self.rest().find('\'') else {
            return Err(unclosed(range(start, start + 1), "'"));
        };
        let inner = self.at..self.at + length;
        self.at = inner.end + 1;
        let kept = if self.mode.keep_quotes { start..self.at } else { inner };
        Ok(Mapped::verbatim(self.text.get(kept.clone()).unwrap_or_default(), kept.start))
    }

    fn double_quoted(&mut self) -> Result<Mapped, SyntaxError> {
        let start = self.at;
        let mut result = Mapped::default();
        self.next();
        if self.mode.keep_quotes {
            result.push_verbatim("\"", start);
        }
        loop {
            let at = self.at;
            match self.peek() {
                None => return Err(unclosed(range(start, start + 1), "\"")),
                Some('"') => {
                    self.next();
                    if self.mode.keep_quotes {
                        result.push_verbatim("\"", at);
                    }
                    return Ok(result);
                }
                Some('$') => {
                    let value = self.dollar()?;
                    self.append(&mut result, &value, at)?;
                }
                Some(c) => {
                    self.next();
                    let mut taken = (c, at);
                    if c == self.escape {
                        if self.mode.keep_escapes {
                            result.push_verbatim(c.encode_utf8(&mut [0; 4]), at);
                        }
                        match self.peek() {
                            None => continue,
                            // Of other characters the escape stays; where escapes are kept
                            // anyway, BuildKit writes it twice.
                            Some(next) if next == '"' || next == '$' || next == self.escape => {
                                taken = (next, self.at);
                                self.next();
                            }
                            Some(_) => {}
                        }
                    }
                    result.push_verbatim(taken.0.encode_utf8(&mut [0; 4]), taken.1);
                }
            }
        }
    }

    /// `$name` or `${name...}`.
    fn dollar(&mut self) -> Result<Mapped, SyntaxError> {
        let start = self.at;
        self.next();
        if self.peek() != Some('{') {
            let name = self.name();
            if name.is_empty() {
                return Ok(Mapped::verbatim("$", start));
            }
            return Ok(self.substitute((self.lookup)(name), start));
        }
        self.next();
        if let Some('{' | '}' | ':') = self.peek() {
            return Err(SyntaxError::new(range(start, self.at + 1), "There is no variable's name after ${")
                .with_hint("Write ${NAME}, or escape the dollar sign"));
        }
        if self.depth >= DEEPEST {
            return Err(SyntaxError::new(range(start, self.at), "Variables are nested too deep here"));
        }
        self.depth += 1;
        let result = self.braced(start);
        self.depth -= 1;
        result
    }

    /// After `${`.
    fn braced(&mut self, start: usize) -> Result<Mapped, SyntaxError> {
        let missing = || unclosed(range(start, start + 2), "${");
        let name = self.name();
        let sign = self.next().ok_or_else(missing)?;
        match sign {
            '}' => return Ok(self.substitute((self.lookup)(name), start)),
            '/' => return self.replaced(name, start),
            ':' | '+' | '-' | '?' | '#' | '%' => {}
            _ => return Err(unknown_modifier(range(start, self.at))),
        }
        let or_empty = sign == ':';
        let operator = if or_empty { self.next().ok_or_else(missing)? } else { sign };
        let known = matches!(operator, '+' | '-' | '?') || (matches!(operator, '#' | '%') && !or_empty);
        if !known {
            return Err(unknown_modifier(range(start, self.at)));
        }
        let word = self.argument('}', matches!(operator, '#' | '%'))?.ok_or_else(missing)?;
        let value = (self.lookup)(name);
        if value.is_none() && self.mode.keep_unset {
            return Ok(self.as_written(start));
        }
        let is_missing = value.as_ref().is_none_or(|value| or_empty && value.is_empty());
        match operator {
            '-' if is_missing => Ok(word),
            '+' if is_missing => Ok(Mapped::default()),
            '+' => Ok(word),
            '?' if is_missing => {
                let what = if value.is_none() { "is not set" } else { "is empty" };
                let hint = match word.as_str() {
                    "" => format!("Give it with ARG {name}=value, ENV or --build-arg"),
                    message => format!("The Dockerfile says: {}", shown(message)),
                };
                Err(SyntaxError::new(range(start, self.at), format!("{} {what}", shown(name)))
                    .with_hint(hint))
            }
            '#' | '%' => {
                let (pattern, longest) = match word.as_str().strip_prefix(operator) {
                    Some(pattern) => (pattern, true),
                    None => (word.as_str(), false),
                };
                let value = value.unwrap_or_default();
                let pattern = Pattern::new(pattern, longest);
                let trimmed = pattern.and_then(|pattern| match operator {
                    '#' => pattern.trim_start(&value),
                    _ => pattern.trim_end(&value),
                });
                let trimmed = trimmed.map_err(|message| SyntaxError::new(range(start, self.at), message))?;
                Ok(self.substitute(Some(trimmed), start))
            }
            _ => Ok(self.substitute(value, start)),
        }
    }

    /// After `${name/`: the first match of a pattern, or with another slash every one,
    /// replaced.
    fn replaced(&mut self, name: &str, start: usize) -> Result<Mapped, SyntaxError> {
        let all = self.peek() == Some('/');
        if all {
            self.next();
        }
        let unfinished = || {
            SyntaxError::new(range(start, start + 2), "This replacement is not finished")
                .with_hint("Write ${name/pattern/replacement}")
        };
        let pattern = self.argument('/', true)?.ok_or_else(unfinished)?;
        let replacement = self.argument('}', true)?.ok_or_else(unfinished)?;
        let value = (self.lookup)(name);
        if value.is_none() && self.mode.keep_unset {
            return Ok(self.as_written(start));
        }
        let value = value.unwrap_or_default();
        let replaced = Pattern::new(pattern.as_str(), true)
            .and_then(|pattern| pattern.replace(&value, replacement.as_str(), all, LONGEST_WORD))
            .map_err(|message| SyntaxError::new(range(start, self.at), message))?;
        Ok(self.substitute(Some(replaced), start))
    }

    /// What stands after a modifier, up to `stop`.
    fn argument(&mut self, stop: char, keep_escapes: bool) -> Result<Option<Mapped>, SyntaxError> {
        let outer = std::mem::replace(&mut self.mode.keep_escapes, keep_escapes);
        let result = self.run(Some(stop), None);
        self.mode.keep_escapes = outer;
        self.read_argument = true;
        result
    }

    fn substitute(&self, value: Option<String>, start: usize) -> Mapped {
        match value {
            None if self.mode.keep_unset => self.as_written(start),
            value => {
                let mut result = Mapped::default();
                result.push_substitute(&value.unwrap_or_default(), self.from(start));
                result
            }
        }
    }

    fn as_written(&self, start: usize) -> Mapped {
        Mapped::verbatim(self.text.get(start..self.at).unwrap_or_default(), start)
    }

    /// A name, a number, or one of the shell's special parameters. Empty where there is none.
    fn name(&mut self) -> &'l str {
        let rest = self.rest();
        let length = match rest.chars().next() {
            Some(c) if c.is_ascii_digit() => rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len()),
            Some('@' | '*' | '#' | '?' | '-' | '$' | '!') => 1,
            _ => rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len()),
        };
        self.at += length;
        rest.get(..length).unwrap_or_default()
    }
}

fn unclosed(place: TextRange, what: &str) -> SyntaxError {
    SyntaxError::new(place, format!("{what} is not closed"))
        .with_hint(format!("Close it, or write the escape character before {what}"))
}

fn unknown_modifier(place: TextRange) -> SyntaxError {
    SyntaxError::new(place, "BuildKit does not know this form of ${...}")
        .with_hint("It knows ${x}, and :- :+ :? - + ? # ## % %% / // after the name")
}
