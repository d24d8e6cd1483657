//! Patterns: POSIX Shell Command Language 2.13, as file names, `case` and `${x#...}` use them.

/// A shell pattern: `*`, `?`, `[a-z]`, `[!x]`; quoted characters stand for themselves.
///
/// ```
/// use wheelstage::shell::Pattern;
///
/// let pattern = Pattern::new("numpy-*.whl");
/// assert!(pattern.matches("numpy-2.2.6-cp310-cp310-linux_x86_64.whl"));
/// assert!(!pattern.matches("numpy"));
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pattern {
    /// Each character, and whether it was quoted.
    characters: Vec<(char, bool)>,
    tokens: Vec<Token>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Token {
    /// This character.
    Character(char),
    /// `?`.
    One,
    /// `*`.
    Many,
    /// `[...]`.
    Set { negated: bool, members: Vec<(char, char)> },
}

impl Pattern {
    /// A pattern as it is written, a backslash before what stands for itself.
    #[must_use]
    pub fn new(text: &str) -> Self {
        let mut characters = Vec::new();
        let mut letters = text.chars();
        while let Some(c) = letters.next() {
            match c {
                '\\' => characters.extend(letters.next().map(|escaped| (escaped, true))),
                _ => characters.push((c, false)),
            }
        }
        Self::from_characters(characters)
    }

    /// A pattern from characters, each with whether it was quoted.
    #[must_use]
    pub fn from_characters(characters: Vec<(char, bool)>) -> Self {
        let tokens = tokens(&characters);
        Self { characters, tokens }
    }

    /// Whether it matches anything but itself.
    #[must_use]
    pub fn is_pattern(&self) -> bool {
        self.tokens.iter().any(|token| !matches!(token, Token::Character(_)))
    }

    /// The text of the pattern, quotes and backslashes taken off.
    #[must_use]
    pub fn text(&self) -> String {
        self.characters.iter().map(|(c, _)| c).collect()
    }

    /// Whether all of `text` matches.
    #[must_use]
    pub fn matches(&self, text: &str) -> bool {
        self.ends(text).last().is_some_and(|end| end == text.len())
    }

    /// As [`Self::matches`], for the name of a file: "If a filename begins with a `<period>`, the
    /// `<period>` shall be explicitly matched" (2.13.3).
    #[must_use]
    pub fn matches_file_name(&self, name: &str) -> bool {
        let hidden_is_asked_for = self.tokens.first() == Some(&Token::Character('.'));
        (!name.starts_with('.') || hidden_is_asked_for) && self.matches(name)
    }

    /// The byte lengths of the beginnings of `text` that match, ascending.
    pub(super) fn ends(&self, text: &str) -> impl Iterator<Item = usize> {
        // All places in the pattern that a beginning of the text may have reached. Never more
        // than tokens times characters steps, whatever stars there are.
        let mut places = vec![false; self.tokens.len() + 1];
        if let Some(first) = places.first_mut() {
            *first = true;
        }
        self.pass_stars(&mut places);
        let mut ends = Vec::new();
        let accepts = |places: &[bool]| places.last().copied().unwrap_or(false);
        if accepts(&places) {
            ends.push(0);
        }
        for (at, c) in text.char_indices() {
            let mut next = vec![false; places.len()];
            for (place, token) in self.tokens.iter().enumerate() {
                if !places.get(place).copied().unwrap_or(false) {
                    continue;
                }
                let reached = match token {
                    Token::Many => place,
                    token if token.accepts(c) => place + 1,
                    _ => continue,
                };
                if let Some(reached) = next.get_mut(reached) {
                    *reached = true;
                }
            }
            self.pass_stars(&mut next);
            places = next;
            if accepts(&places) {
                ends.push(at + c.len_utf8());
            }
            if !places.contains(&true) {
                break;
            }
        }
        ends.into_iter()
    }

    /// A star may match nothing.
    fn pass_stars(&self, places: &mut [bool]) {
        for (place, token) in self.tokens.iter().enumerate() {
            let here = places.get(place).copied().unwrap_or(false);
            if here
                && *token == Token::Many
                && let Some(next) = places.get_mut(place + 1)
            {
                *next = true;
            }
        }
    }

    /// The pattern that matches each text turned round.
    pub(super) fn reversed(&self) -> Self {
        let tokens = self.tokens.iter().rev().cloned().collect();
        Self { characters: self.characters.iter().rev().copied().collect(), tokens }
    }

    /// The paths' beginning that every match has: `/wheels/` of `/wheels/*.whl`.
    #[must_use]
    pub fn literal_prefix(&self) -> String {
        let fixed = self.tokens.iter().map_while(|token| match token {
            Token::Character(c) => Some(*c),
            _ => None,
        });
        fixed.collect()
    }

    /// How many steps matching a character may take.
    pub(super) fn len(&self) -> usize {
        self.tokens.len()
    }

    /// The patterns of a path's parts: `/wheels/*.whl` is nothing, `wheels` and `*.whl`. A path
    /// that begins with `/` begins with an empty part. No pattern matches a `/`.
    #[must_use]
    pub fn components(&self) -> Vec<Self> {
        self.characters.split(|(c, _)| *c == '/').map(|part| Self::from_characters(part.to_vec())).collect()
    }
}

impl Token {
    fn accepts(&self, c: char) -> bool {
        match self {
            Self::Character(own) => *own == c,
            Self::One | Self::Many => true,
            Self::Set { negated, members } => {
                let member = members.iter().any(|(first, last)| (*first..=*last).contains(&c));
                member != *negated
            }
        }
    }
}

fn tokens(characters: &[(char, bool)]) -> Vec<Token> {
    let mut tokens = Vec::new();
    let mut at = 0;
    // Where one `[` finds no `]`, none behind it does.
    let mut sets = true;
    while let Some(&(c, quoted)) = characters.get(at) {
        at += 1;
        let token = match c {
            '*' if !quoted => {
                // Two stars match what one does.
                if tokens.last() == Some(&Token::Many) {
                    continue;
                }
                Token::Many
            }
            '?' if !quoted => Token::One,
            '[' if !quoted && sets => match set(characters, at) {
                Some((token, behind)) => {
                    at = behind;
                    token
                }
                None => {
                    sets = false;
                    Token::Character('[')
                }
            },
            c => Token::Character(c),
        };
        tokens.push(token);
    }
    tokens
}

/// The set whose `[` stands before `at`, and the place behind its `]`.
fn set(characters: &[(char, bool)], mut at: usize) -> Option<(Token, usize)> {
    let negated = matches!(characters.get(at), Some(('!' | '^', false)));
    at += usize::from(negated);
    let mut members = Vec::new();
    let mut first = true;
    loop {
        let &(c, quoted) = characters.get(at)?;
        at += 1;
        if c == ']' && !quoted && !first {
            return Some((Token::Set { negated, members }, at));
        }
        first = false;
        if c == '[' && !quoted && matches!(characters.get(at), Some((':', false))) {
            // No class has a longer name than these.
            let name: String =
                characters.iter().skip(at + 1).take(7).map(|(c, _)| *c).take_while(|c| *c != ':').collect();
            let closed = characters.get(at + name.len() + 2) == Some(&(']', false));
            if let Some(class) = named_class(&name).filter(|_| closed) {
                members.extend(class);
                at += name.len() + 3;
                continue;
            }
        }
        let last = match (characters.get(at), characters.get(at + 1)) {
            (Some(('-', false)), Some(&(last, quoted))) if last != ']' || quoted => {
                at += 2;
                last
            }
            _ => c,
        };
        members.push((c, last));
    }
}

/// `[:digit:]` and its kin as ranges, in the C locale; `None` for a name that is none.
#[must_use]
pub fn named_class(name: &str) -> Option<Vec<(char, char)>> {
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

    #[track_caller]
    fn check(pattern: &str, matching: &[&str], others: &[&str]) {
        let compiled = Pattern::new(pattern);
        for name in matching {
            assert!(compiled.matches_file_name(name), "{pattern} does not match {name}");
        }
        for name in others {
            assert!(!compiled.matches_file_name(name), "{pattern} matches {name}");
        }
    }

    #[test]
    fn names_match_as_in_a_shell() {
        check("*.whl", &["a.whl", "b-1.0.whl"], &["a.whl.txt", "whl", ".whl"]);
        check(".*", &[".pip", "."], &["pip"]);
        check("?[!0-9]", &["ab", "1-"], &["a1", "a", "abc"]);
        check("[^a]", &["b"], &["a"]);
        check("[]a-]x", &["]x", "ax", "-x"], &["bx"]);
        check("[[:digit:]_]*", &["1", "_x"], &["x1"]);
        check("a\\*b", &["a*b"], &["axb"]);
        check("[a", &["[a"], &["a"]);
        check("", &[""], &["a"]);
        check("é?", &["éü"], &["é"]);
    }

    #[test]
    fn many_stars_take_no_longer_than_few() {
        let pattern = Pattern::new(&"*a".repeat(2000));
        assert!(!pattern.matches(&"a".repeat(1999)));
        assert!(pattern.matches(&"a".repeat(2000)));
    }

    #[test]
    fn a_path_is_matched_part_by_part() {
        let parts = Pattern::new("/wheels/*.whl").components();
        let texts: Vec<(String, bool)> = parts.iter().map(|part| (part.text(), part.is_pattern())).collect();
        assert_eq!(texts, [(String::new(), false), ("wheels".to_owned(), false), ("*.whl".to_owned(), true)]);
    }
}
