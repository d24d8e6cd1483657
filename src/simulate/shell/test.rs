//! `test`, `[ ... ]` and bash's `[[ ... ]]`. An answer that is not known is `None`.

use super::{Shell, known, value::Outcome};
use crate::{
    shell::expand::Field,
    simulate::{Content, Lookup, Program, ProgramKind},
    syntax::shell::{Dialect, Word, WordPartKind},
};

/// How deep parentheses and `!` may be nested.
const DEEPEST: usize = 40;

/// The answer of a condition: known, not known, or a mistake in it.
type Answer = Result<Option<bool>, Mistake>;

struct Mistake;

impl Shell<'_, '_> {
    pub(super) fn test(&mut self, name: &str, rest: &[Field]) -> Outcome {
        let Some(arguments) = known(rest) else {
            return Outcome { status: None, ..Outcome::default() };
        };
        let mut words: Vec<&str> = arguments.iter().map(|argument| argument.as_str()).collect();
        if name == "[" && words.pop() != Some("]") {
            return Outcome::failed(2);
        }
        status(self.test_words(&words, 0))
    }

    /// POSIX decides by the number of arguments; `-a` and `-o` are what dash and bash add.
    fn test_words(&self, words: &[&str], depth: usize) -> Answer {
        if depth > DEEPEST {
            return Ok(None);
        }
        match words {
            [] => return Ok(Some(false)),
            [word] => return Ok(Some(!word.is_empty())),
            ["!", word] => return Ok(Some(word.is_empty())),
            [operator, word] => return self.unary(operator, word).unwrap_or(Err(Mistake)),
            [left, operator, right] => {
                if let Some(answer) = self.binary(left, operator, right) {
                    return answer;
                }
            }
            _ => {}
        }
        if let Some(at) = words.iter().position(|word| *word == "-o") {
            let (left, right) =
                (self.test_words(&words[..at], depth + 1)?, self.test_words(&words[at + 1..], depth + 1)?);
            return Ok(or(left, right));
        }
        if let Some(at) = words.iter().position(|word| *word == "-a") {
            let (left, right) =
                (self.test_words(&words[..at], depth + 1)?, self.test_words(&words[at + 1..], depth + 1)?);
            return Ok(and(left, right));
        }
        match words {
            ["!", rest @ ..] => Ok(self.test_words(rest, depth + 1)?.map(|answer| !answer)),
            ["(", inner @ .., ")"] => self.test_words(inner, depth + 1),
            _ => Err(Mistake),
        }
    }

    /// `-f path` and its kin; `None` where there is no such operator.
    fn unary(&self, operator: &str, word: &str) -> Option<Answer> {
        Some(Ok(match operator {
            "-n" => Some(!word.is_empty()),
            "-z" => Some(word.is_empty()),
            "-e" | "-f" | "-d" | "-s" | "-r" | "-w" | "-x" | "-L" | "-h" | "-a" => self.file(operator, word),
            "-t" | "-p" | "-S" | "-b" | "-c" | "-g" | "-u" | "-k" | "-O" | "-G" => Some(false),
            "-v" => match self.dialect {
                Dialect::Bash => Some(self.process.variables.contains_key(word)),
                Dialect::Dash => return Some(Err(Mistake)),
                Dialect::Ash | Dialect::Unknown => None,
            },
            _ => return None,
        }))
    }

    fn file(&self, operator: &str, path: &str) -> Option<bool> {
        if path.is_empty() {
            return Some(false);
        }
        let path = self.absolute(path);
        if matches!(operator, "-L" | "-h") {
            let place = self.world.state.files.resolve_parent(&path);
            if let Some(entry) = self.world.state.files.entries.get(&place) {
                return Some(matches!(entry.content, Content::Link(_)));
            }
        }
        if path == "/" {
            return Some(operator != "-f");
        }
        match self.world.state.files.lookup(&path) {
            Lookup::Absent => Some(false),
            Lookup::Unknown(_) => None,
            Lookup::Present(entry) => match operator {
                "-f" => Some(!entry.is_folder()),
                "-d" => Some(entry.is_folder()),
                "-s" => match &entry.content {
                    Content::Text(text) => Some(!text.is_empty()),
                    Content::Opaque(_) => None,
                    _ => Some(true),
                },
                "-x" => match &entry.content {
                    Content::Folder => Some(true),
                    Content::Program(Program { kind, .. }) => Some(*kind != ProgramKind::Activate),
                    _ => None,
                },
                "-L" | "-h" => Some(false),
                _ => Some(true),
            },
        }
    }

    fn binary(&self, left: &str, operator: &str, right: &str) -> Option<Answer> {
        let numbers =
            || -> Option<(i64, i64)> { Some((left.trim().parse().ok()?, right.trim().parse().ok()?)) };
        let compare = |fits: fn(std::cmp::Ordering) -> bool| match numbers() {
            Some((left, right)) => Ok(Some(fits(left.cmp(&right)))),
            None => Err(Mistake),
        };
        Some(match operator {
            "==" if self.dialect == Dialect::Dash => return None,
            "==" if self.dialect == Dialect::Unknown => Ok(None),
            "=" | "==" => Ok(Some(left == right)),
            "!=" => Ok(Some(left != right)),
            "<" => Ok(Some(left < right)),
            ">" => Ok(Some(left > right)),
            "-eq" => compare(std::cmp::Ordering::is_eq),
            "-ne" => compare(std::cmp::Ordering::is_ne),
            "-lt" => compare(std::cmp::Ordering::is_lt),
            "-le" => compare(std::cmp::Ordering::is_le),
            "-gt" => compare(std::cmp::Ordering::is_gt),
            "-ge" => compare(std::cmp::Ordering::is_ge),
            "-nt" | "-ot" | "-ef" => Ok(None),
            _ => return None,
        })
    }

    /// `[[ ... ]]`.
    pub(super) fn conditional(&mut self, words: &[Word]) -> Outcome {
        let mut at = 0;
        let answer = self.alternatives(words, &mut at, 0);
        // ash has no such operators, and dash no such command.
        let foreign = words.iter().any(|word| matches!(operator(Some(word)), Some("(" | ")" | "<" | ">")));
        let told = match self.dialect {
            Dialect::Bash | Dialect::Dash => true,
            Dialect::Ash => !foreign,
            Dialect::Unknown => false,
        };
        if answer.is_ok() && (at < words.len() || !told) {
            return Outcome { status: None, ..Outcome::default() };
        }
        status(answer)
    }

    fn alternatives(&mut self, words: &[Word], at: &mut usize, depth: usize) -> Answer {
        let mut answer = self.conjunction(words, at, depth)?;
        while operator(words.get(*at)) == Some("||") {
            *at += 1;
            answer = or(answer, self.conjunction(words, at, depth)?);
        }
        Ok(answer)
    }

    fn conjunction(&mut self, words: &[Word], at: &mut usize, depth: usize) -> Answer {
        let mut answer = self.primary(words, at, depth)?;
        while operator(words.get(*at)) == Some("&&") {
            *at += 1;
            answer = and(answer, self.primary(words, at, depth)?);
        }
        Ok(answer)
    }

    fn primary(&mut self, words: &[Word], at: &mut usize, depth: usize) -> Answer {
        if depth > DEEPEST {
            return Ok(None);
        }
        let Some(first) = words.get(*at) else { return Err(Mistake) };
        *at += 1;
        match operator(Some(first)) {
            Some("!") => return Ok(self.primary(words, at, depth + 1)?.map(|answer| !answer)),
            Some("(") => {
                let answer = self.alternatives(words, at, depth + 1)?;
                if operator(words.get(*at)) == Some(")") {
                    *at += 1;
                }
                return Ok(answer);
            }
            _ => {}
        }
        let ends = |word: Option<&Word>| word.is_none() || matches!(operator(word), Some("&&" | "||" | ")"));
        if ends(words.get(*at)) {
            return match self.operand(first) {
                Ok(value) => Ok(value.map(|value| !value.is_empty())),
                Err(mistake) => Err(mistake),
            };
        }
        if let (Some(sign), true) = (operator(Some(first)), ends(words.get(*at + 1))) {
            let sign = sign.to_owned();
            let Some(word) = words.get(*at) else { return Err(Mistake) };
            *at += 1;
            return match self.operand(word)? {
                Some(value) => self.unary(&sign, &value).unwrap_or(Err(Mistake)),
                None => Ok(None),
            };
        }
        let sign = operator(words.get(*at)).unwrap_or("").to_owned();
        let Some(right) = words.get(*at + 1) else { return Err(Mistake) };
        *at += 2;
        let Some(left) = self.operand(first)? else { return Ok(None) };
        match sign.as_str() {
            "=" | "==" | "!=" => match self.pattern(right) {
                // ash takes quoted signs for those of a pattern, too.
                Ok(Ok(pattern))
                    if self.dialect == Dialect::Ash && pattern.text().contains(['*', '?', '[', '\\']) =>
                {
                    let plain = right.parts.iter().all(|part| !part.quoted);
                    Ok(plain.then(|| pattern.matches(&left) == (sign != "!=")))
                }
                Ok(Ok(pattern)) => Ok(Some(pattern.matches(&left) == (sign != "!="))),
                Ok(Err(_)) => Ok(None),
                Err(_) => Err(Mistake),
            },
            "=~" => Ok(None),
            sign => match self.operand(right)? {
                Some(right) => self.binary(&left, sign, &right).unwrap_or(Ok(None)),
                None => Ok(None),
            },
        }
    }

    /// The text of a word of `[[ ]]`, where it is known. ash splits it at blanks.
    fn operand(&mut self, word: &Word) -> Result<Option<String>, Mistake> {
        match self.single(word) {
            Ok(Field::Known(value)) => {
                let text = value.as_str().to_owned();
                let splits = self.dialect == Dialect::Ash && text.contains([' ', '\t', '\n', '*', '?', '[']);
                Ok((!splits).then_some(text))
            }
            Ok(Field::Unknown { .. }) => Ok(None),
            Err(_) => Err(Mistake),
        }
    }
}

/// A word that is one unquoted literal.
fn operator(word: Option<&Word>) -> Option<&str> {
    match word?.parts.as_slice() {
        [part] if !part.quoted => match &part.kind {
            WordPartKind::Literal(text) => Some(text),
            _ => None,
        },
        _ => None,
    }
}

fn status(answer: Answer) -> Outcome {
    match answer {
        Ok(Some(true)) => Outcome::status(0),
        Ok(Some(false)) => Outcome::status(1),
        Ok(None) => Outcome { status: None, ..Outcome::default() },
        Err(Mistake) => Outcome::failed(2),
    }
}

fn or(left: Option<bool>, right: Option<bool>) -> Option<bool> {
    match (left, right) {
        (Some(true), _) | (_, Some(true)) => Some(true),
        (Some(false), Some(false)) => Some(false),
        _ => None,
    }
}

fn and(left: Option<bool>, right: Option<bool>) -> Option<bool> {
    or(left.map(|answer| !answer), right.map(|answer| !answer)).map(|answer| !answer)
}
