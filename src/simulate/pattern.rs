//! Shell patterns: `*`, `?`, `[...]`.

/// A pattern, taken apart.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Pattern {
    /// In order.
    pub(super) tokens: Vec<Token>,
}

/// A part of a pattern.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Token {
    /// This character.
    Literal(char),
    /// `?`.
    AnyOne,
    /// `*`.
    AnyRun,
    /// `[a-z]`, `[!a]`.
    Class {
        /// `!` or `^`.
        negated: bool,
        /// First and last of each range.
        ranges: Vec<(char, char)>,
    },
}

impl Pattern {
    /// Reads a pattern in which every character counts.
    #[must_use]
    pub(super) fn new(text: &str) -> Self {
        let chars: Vec<(char, bool)> = text.chars().map(|c| (c, false)).collect();
        Self::from_chars(&chars)
    }

    /// Reads a pattern whose quoted characters stand for themselves.
    #[must_use]
    pub(super) fn from_chars(chars: &[(char, bool)]) -> Self {
        let mut tokens = Vec::new();
        let mut at = 0;
        while let Some(&(c, quoted)) = chars.get(at) {
            at += 1;
            if quoted {
                tokens.push(Token::Literal(c));
                continue;
            }
            match c {
                '?' => tokens.push(Token::AnyOne),
                '*' if tokens.last() == Some(&Token::AnyRun) => {}
                '*' => tokens.push(Token::AnyRun),
                '\\' => {
                    let next = chars.get(at).map_or('\\', |&(c, _)| c);
                    at += 1;
                    tokens.push(Token::Literal(next));
                }
                '[' => match class(chars.get(at..).unwrap_or_default()) {
                    Some((token, length)) => {
                        tokens.push(token);
                        at += length;
                    }
                    None => tokens.push(Token::Literal('[')),
                },
                c => tokens.push(Token::Literal(c)),
            }
        }
        Self { tokens }
    }

    /// No characters at all.
    #[must_use]
    pub(super) fn is_empty(&self) -> bool {
        self.tokens.is_empty()
    }

    /// The text, where the pattern has no special characters.
    #[must_use]
    pub(super) fn as_literal(&self) -> Option<String> {
        self.tokens.iter().map(|token| if let Token::Literal(c) = token { Some(*c) } else { None }).collect()
    }

    /// The parts between a character that stands for itself.
    #[must_use]
    pub(super) fn split(&self, separator: char) -> Vec<Self> {
        self.tokens
            .split(|token| *token == Token::Literal(separator))
            .map(|tokens| Self { tokens: tokens.to_vec() })
            .collect()
    }

    /// The pattern matches the whole text.
    #[must_use]
    pub(super) fn matches(&self, text: &str) -> bool {
        let text: Vec<char> = text.chars().collect();
        let (mut at, mut token) = (0, 0);
        // Where to go on when what follows the last `*` does not fit.
        let mut retry: Option<(usize, usize)> = None;
        loop {
            let fits = match (self.tokens.get(token), text.get(at)) {
                (None, None) => return true,
                (Some(Token::AnyRun), _) => {
                    retry = Some((token + 1, at));
                    token += 1;
                    continue;
                }
                (Some(wanted), Some(&c)) => wanted.fits(c),
                _ => false,
            };
            if fits {
                token += 1;
                at += 1;
                continue;
            }
            match retry {
                Some((after, from)) if from < text.len() => {
                    retry = Some((after, from + 1));
                    token = after;
                    at = from + 1;
                }
                _ => return false,
            }
        }
    }

    /// Lengths in characters, ascending, of the text's beginnings that the pattern matches.
    #[must_use]
    pub(super) fn prefixes(&self, text: &[char]) -> Vec<usize> {
        // The set of places in the pattern that can be reached after each character.
        let mut reached = vec![false; self.tokens.len() + 1];
        let mut lengths = Vec::new();
        if let Some(first) = reached.first_mut() {
            *first = true;
        }
        for length in 0..=text.len() {
            for (index, token) in self.tokens.iter().enumerate() {
                if *token == Token::AnyRun && reached[index] {
                    reached[index + 1] = true;
                }
            }
            if reached[self.tokens.len()] {
                lengths.push(length);
            }
            let Some(&c) = text.get(length) else { break };
            let mut next = vec![false; reached.len()];
            for (index, token) in self.tokens.iter().enumerate() {
                if !reached[index] {
                    continue;
                }
                match token {
                    Token::AnyRun => next[index] = true,
                    token if token.fits(c) => next[index + 1] = true,
                    _ => {}
                }
            }
            reached = next;
        }
        lengths
    }
}

impl Token {
    fn fits(&self, c: char) -> bool {
        match self {
            Self::Literal(own) => *own == c,
            Self::AnyOne => true,
            Self::AnyRun => false,
            Self::Class { negated, ranges } => {
                ranges.iter().any(|(first, last)| (*first..=*last).contains(&c)) != *negated
            }
        }
    }
}

/// What stands between `[` and `]`, and how many characters that takes, `]` included.
fn class(chars: &[(char, bool)]) -> Option<(Token, usize)> {
    let mut at = 0;
    let special = |at: usize| chars.get(at).and_then(|&(c, quoted)| (!quoted).then_some(c));
    let negated = matches!(special(0), Some('!' | '^'));
    if negated {
        at += 1;
    }
    let mut ranges = Vec::new();
    let first = at;
    loop {
        let &(c, quoted) = chars.get(at)?;
        if c == ']' && !quoted && at > first {
            return Some((Token::Class { negated, ranges }, at + 1));
        }
        if c == '/' {
            return None;
        }
        if c == '[' && special(at + 1) == Some(':') {
            let rest: String = chars.get(at + 2..)?.iter().map(|&(c, _)| c).take(12).collect();
            if let Some((name, _)) = rest.split_once(":]") {
                ranges.extend(named_class(name)?);
                at += name.chars().count() + 4;
                continue;
            }
        }
        match (special(at + 1), chars.get(at + 2)) {
            (Some('-'), Some(&(last, _))) if last != ']' => {
                ranges.push((c, last));
                at += 3;
            }
            _ => {
                ranges.push((c, c));
                at += 1;
            }
        }
    }
}

/// `[:digit:]` and its kin, in the C locale.
#[must_use]
pub(super) fn named_class(name: &str) -> Option<Vec<(char, char)>> {
    Some(match name {
        "digit" => vec![('0', '9')],
        "lower" => vec![('a', 'z')],
        "upper" => vec![('A', 'Z')],
        "alpha" => vec![('a', 'z'), ('A', 'Z')],
        "alnum" => vec![('a', 'z'), ('A', 'Z'), ('0', '9')],
        "space" => vec![(' ', ' '), ('\t', '\r')],
        "blank" => vec![(' ', ' '), ('\t', '\t')],
        "punct" => vec![('!', '/'), (':', '@'), ('[', '`'), ('{', '~')],
        "xdigit" => vec![('0', '9'), ('a', 'f'), ('A', 'F')],
        "print" => vec![(' ', '~')],
        "graph" => vec![('!', '~')],
        "cntrl" => vec![('\0', '\x1f'), ('\x7f', '\x7f')],
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_match_as_the_shell_has_it() {
        let check = |pattern: &str, text: &str, expected: bool| {
            assert_eq!(Pattern::new(pattern).matches(text), expected, "{pattern} {text}");
        };
        check("torch-*.whl", "torch-2.6.0-cp310.whl", true);
        check("torch-*.whl", "torchaudio-2.6.0.whl", false);
        check("*", "", true);
        check("*a*b", "xaxbxab", true);
        check("*a*b", "xaxbxa", false);
        check("[a-c]?", "b1", true);
        check("[!a-c]?", "b1", false);
        check("[]x]", "]", true);
        check("[[:digit:]]x", "7x", true);
        check("[", "[", true);
        check(r"\*", "*", true);
        check(r"\*", "x", false);
    }

    #[test]
    fn prefixes_are_all_found() {
        let text: Vec<char> = "a.b.c".chars().collect();
        assert_eq!(Pattern::new("*.").prefixes(&text), [2, 4]);
        assert_eq!(Pattern::new("a*").prefixes(&text), [1, 2, 3, 4, 5]);
        assert_eq!(Pattern::new("b").prefixes(&text), Vec::<usize>::new());
    }
}
