//! `.dockerignore`: which files of the build context the build never sees.
//!
//! Facts from moby/patternmatcher, which BuildKit uses.

use crate::text::{Parse, SyntaxError, TextRange, range};

/// A `.dockerignore` file.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Ignore {
    /// In order: of several that match a path, the last one counts.
    pub patterns: Vec<IgnorePattern>,
}

/// One line of a `.dockerignore`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IgnorePattern {
    /// The line, blanks around it cut.
    pub range: TextRange,
    /// `!`: the files are kept after all.
    pub keeps: bool,
    tokens: Vec<Token>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Token {
    Char(char),
    /// `?`: one character but `/`.
    AnyOne,
    /// `*`: any characters but `/`.
    Star,
    /// `**/`: any folders, or none.
    Folders,
    /// `**` at the end: anything.
    Anything,
    /// `[a-z]`, `[^a-z]`.
    Class {
        negated: bool,
        ranges: Vec<(char, char)>,
    },
}

impl Ignore {
    /// Reads a `.dockerignore`. A broken pattern is reported and left out.
    #[must_use]
    pub fn parse(text: &str) -> Parse<Self> {
        let mut parse = Parse::<Self>::default();
        let mut start = 0;
        for line in text.split_inclusive('\n') {
            let offset = start;
            start += line.len();
            let bare = if offset == 0 { line.strip_prefix('\u{feff}').unwrap_or(line) } else { line };
            // A blank before the # makes it a pattern.
            if bare.starts_with('#') || bare.trim().is_empty() {
                continue;
            }
            let at = offset + line.len() - bare.trim_start().len();
            let place = range(at, at + bare.trim().len());
            match IgnorePattern::new(bare.trim(), place) {
                Ok(pattern) => parse.tree.patterns.push(pattern),
                Err(error) => parse.errors.push(error),
            }
        }
        parse
    }

    /// True when the build never sees the file at this path, which is relative to the context,
    /// with `/` between its parts.
    #[must_use]
    pub fn is_ignored(&self, path: &str) -> bool {
        let path = clean(path);
        let path = path.trim_start_matches('/');
        let mut ignored = false;
        for pattern in &self.patterns {
            // Only what changes the answer needs to be asked.
            if pattern.keeps == ignored && pattern.matches(path) {
                ignored = !ignored;
            }
        }
        ignored
    }
}

impl IgnorePattern {
    fn new(text: &str, place: TextRange) -> Result<Self, SyntaxError> {
        let (keeps, text) = match text.strip_prefix('!') {
            Some(rest) => (true, rest.trim()),
            None => (false, text),
        };
        if text.is_empty() {
            return Err(SyntaxError::new(place, "There is no pattern after !")
                .with_hint("Write the path to keep, such as !requirements.txt"));
        }
        let cleaned = clean(text);
        let relative = if cleaned.len() > 1 { cleaned.trim_start_matches('/') } else { &cleaned };
        let tokens = tokens(relative).map_err(|message| SyntaxError::new(place, message))?;
        Ok(Self { range: place, keeps, tokens })
    }

    /// True when the pattern matches the path or a folder above it. All ways to match are
    /// followed at once, so that the time is at most pattern times path.
    fn matches(&self, path: &str) -> bool {
        let mut states = vec![false; self.tokens.len() + 1];
        self.reach(&mut states, 0);
        for c in path.chars() {
            if c == '/' && states.last() == Some(&true) {
                return true;
            }
            let mut next = vec![false; self.tokens.len() + 1];
            for (index, token) in self.tokens.iter().enumerate() {
                if states.get(index) != Some(&true) {
                    continue;
                }
                match token {
                    Token::Char(wanted) if *wanted == c => self.reach(&mut next, index + 1),
                    Token::AnyOne if c != '/' => self.reach(&mut next, index + 1),
                    Token::Star if c != '/' => self.reach(&mut next, index),
                    Token::Anything => self.reach(&mut next, index),
                    Token::Folders => {
                        if let Some(state) = next.get_mut(index) {
                            *state = true;
                        }
                        if c == '/' {
                            self.reach(&mut next, index + 1);
                        }
                    }
                    Token::Class { negated, ranges } => {
                        let inside = ranges.iter().any(|(low, high)| (*low..=*high).contains(&c));
                        if inside != *negated {
                            self.reach(&mut next, index + 1);
                        }
                    }
                    _ => {}
                }
            }
            if !next.contains(&true) {
                return false;
            }
            states = next;
        }
        states.last() == Some(&true)
    }

    /// Marks a state, and those it leads to without a character.
    fn reach(&self, states: &mut [bool], from: usize) {
        for index in from..states.len() {
            if let Some(state) = states.get_mut(index) {
                *state = true;
            }
            if !matches!(self.tokens.get(index), Some(Token::Star | Token::Folders | Token::Anything)) {
                return;
            }
        }
    }
}

fn tokens(pattern: &str) -> Result<Vec<Token>, &'static str> {
    let mut tokens = Vec::new();
    let mut chars = pattern.chars().peekable();
    while let Some(c) = chars.next() {
        tokens.push(match c {
            '*' if chars.next_if_eq(&'*').is_some() => {
                let slash = chars.next_if_eq(&'/').is_some();
                let special = |c| matches!(c, '*' | '?' | '[' | ']' | '\\');
                // `**name` at the start of a plain pattern matches the end of any path.
                let suffix = tokens.is_empty() && !slash && !chars.clone().any(special);
                if chars.peek().is_none() || suffix { Token::Anything } else { Token::Folders }
            }
            '*' => Token::Star,
            '?' => Token::AnyOne,
            '[' => class(&mut chars)?,
            '\\' => Token::Char(chars.next().ok_or("The pattern ends in an escape")?),
            c => Token::Char(c),
        });
    }
    Ok(tokens)
}

/// A class of characters, after its `[` (Go's `filepath.Match`).
fn class(chars: &mut std::iter::Peekable<std::str::Chars<'_>>) -> Result<Token, &'static str> {
    const UNCLOSED: &str = "The [ in this pattern is not closed";
    let negated = chars.next_if_eq(&'^').is_some();
    let mut ranges = Vec::new();
    loop {
        let low = match chars.next().ok_or(UNCLOSED)? {
            ']' if ranges.is_empty() => return Err("The [] in this pattern holds nothing"),
            ']' => return Ok(Token::Class { negated, ranges }),
            '-' => return Err("A range in this pattern has no beginning"),
            '\\' => chars.next().ok_or(UNCLOSED)?,
            c => c,
        };
        let mut high = low;
        if chars.next_if_eq(&'-').is_some() {
            high = match chars.next().ok_or(UNCLOSED)? {
                ']' | '-' => return Err("A range in this pattern has no end"),
                '\\' => chars.next().ok_or(UNCLOSED)?,
                c => c,
            };
        }
        ranges.push((low, high));
    }
}

/// The path without empty, `.` and `..` parts (Go's `filepath.Clean`).
fn clean(path: &str) -> String {
    let rooted = path.starts_with('/');
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => match parts.last() {
                Some(last) if *last != ".." => drop(parts.pop()),
                _ if rooted => {}
                _ => parts.push(part),
            },
            _ => parts.push(part),
        }
    }
    let joined = parts.join("/");
    match (rooted, joined.is_empty()) {
        (true, _) => format!("/{joined}"),
        (false, true) => ".".to_owned(),
        (false, false) => joined,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(patterns: &str, ignored: &[&str], kept: &[&str]) {
        let parse = Ignore::parse(patterns);
        assert_eq!(parse.errors, []);
        for path in ignored {
            assert!(parse.tree.is_ignored(path), "{path} is ignored");
        }
        for path in kept {
            assert!(!parse.tree.is_ignored(path), "{path} is kept");
        }
    }

    #[test]
    fn a_folder_takes_what_is_in_it() {
        check("/build/\n", &["build", "build/a/b"], &["src/build", "builder"]);
        check("*/temp*\n", &["a/temporary.txt", "a/temp/b"], &["temp", "a/b/temp"]);
    }

    #[test]
    fn two_stars_cross_folders() {
        check("**/*.pyc\n", &["a.pyc", "a/b/c.pyc"], &["a.py"]);
        check("**/cache\n", &["cache", "a/cache", "a/cache/b"], &["acache"]);
        check("**foo\n", &["foo", "barfoo", "a/barfoo"], &["foobar"]);
        check("a/**\n", &["a/b", "a/b/c"], &["a"]);
        check("a/**/z\n", &["a/z", "a/b/c/z"], &["a/bz"]);
    }

    #[test]
    fn the_last_match_counts() {
        check(
            "*\n!requirements*.txt\nrequirements-dev.txt\n",
            &["a", "requirements-dev.txt"],
            &["requirements.txt"],
        );
        check("a\n!a/b\n", &["a/c"], &["a/b", "a/b/c"]);
    }

    #[test]
    fn comments_blanks_and_classes() {
        check("# x\n\n  [a-c]?.txt  \n", &["ax.txt"], &["dx.txt", "x", "# x"]);
        check(" #x\n[^a]\n\\*\n", &["#x", "b", "*"], &["a"]);
    }

    #[test]
    fn broken_patterns_are_told_and_left_out() {
        let parse = Ignore::parse("a\n!\n[a\n[]\nb\\\n");
        assert_eq!(parse.errors.len(), 4);
        assert_eq!(parse.errors[1].range, range(4, 6));
        assert!(parse.tree.is_ignored("a"));
    }
}
