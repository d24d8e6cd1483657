//! The patterns of `${x#pattern}`, `${x%pattern}` and `${x/pattern/}`.
//!
//! BuildKit turns them into regular expressions: `*` is `.*`, `?` is `.`, neither matches a
//! line feed, and there are no brackets.

/// The most comparisons one substitution may take. Patterns of many stars over a long value
/// would otherwise stop the page.
const MOST_STEPS: usize = 1 << 22;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Token {
    Star,
    AnyOne,
    Char(char),
}

/// A pattern, ready to match.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Pattern {
    tokens: Vec<Token>,
    longest: bool,
}

impl Pattern {
    /// `longest`: of several matches at one place the longest, else the shortest.
    pub(super) fn new(text: &str, longest: bool) -> Result<Self, String> {
        let mut tokens = Vec::new();
        let mut chars = text.chars().peekable();
        while let Some(c) = chars.next() {
            tokens.push(match c {
                '*' => Token::Star,
                '?' => Token::AnyOne,
                '\\' => match chars.next() {
                    Some(next @ ('*' | '?' | '\\' | '}' | '/')) => Token::Char(next),
                    Some(next) => return Err(format!("The pattern escapes {next}, which needs no escape")),
                    None => return Err("The pattern ends in an escape".to_owned()),
                },
                c => Token::Char(c),
            });
        }
        Ok(Self { tokens, longest })
    }

    /// The value without what matches at its start.
    pub(super) fn trim_start(&self, value: &str) -> Result<String, String> {
        let chars: Vec<char> = value.chars().collect();
        let length = self.match_at(&chars, &mut 0)?.unwrap_or(0);
        Ok(chars.iter().skip(length).collect())
    }

    /// The value without what matches at its end.
    pub(super) fn trim_end(&self, value: &str) -> Result<String, String> {
        let reversed: Vec<char> = value.chars().rev().collect();
        let backwards = Self { tokens: self.tokens.iter().rev().copied().collect(), longest: self.longest };
        let length = backwards.match_at(&reversed, &mut 0)?.unwrap_or(0);
        Ok(value.chars().take(reversed.len() - length).collect())
    }

    /// The value with the first match, or `all`, replaced. Refused where it grows beyond
    /// `limit` bytes.
    pub(super) fn replace(
        &self,
        value: &str,
        replacement: &str,
        all: bool,
        limit: usize,
    ) -> Result<String, String> {
        let chars: Vec<char> = value.chars().collect();
        let mut result = String::new();
        let mut steps = 0;
        let mut at = 0;
        // Go: an empty match right after another match does not count.
        let mut after_match = false;
        while at <= chars.len() {
            if result.len() > limit {
                return Err(crate::budget::WORD_TOO_LONG.to_owned());
            }
            let rest = chars.get(at..).unwrap_or_default();
            let found = self.match_at(rest, &mut steps)?;
            match found.filter(|&length| length > 0 || !after_match) {
                Some(length) => {
                    let matched: String = rest.iter().take(length).collect();
                    if !all {
                        result.push_str(replacement);
                        result.extend(rest.iter().skip(length));
                        return Ok(result);
                    }
                    push_template(&mut result, replacement, &matched);
                    at += length;
                    after_match = length > 0;
                    if length == 0 {
                        result.extend(rest.first());
                        at += 1;
                    }
                }
                None => {
                    result.extend(rest.first());
                    at += 1;
                    after_match = false;
                }
            }
        }
        Ok(result)
    }

    /// The length of a match at the start of `chars`. All ways to match are followed at once,
    /// so that the time is at most pattern times value.
    fn match_at(&self, chars: &[char], steps: &mut usize) -> Result<Option<usize>, String> {
        let mut best = None;
        let mut states = vec![false; self.tokens.len() + 1];
        self.reach(&mut states, 0);
        for length in 0..=chars.len() {
            if states.last() == Some(&true) {
                best = Some(length);
                if !self.longest {
                    break;
                }
            }
            let Some(&c) = chars.get(length) else { break };
            *steps += self.tokens.len() + 1;
            if *steps > MOST_STEPS {
                return Err(crate::budget::PATTERN_TOO_LONG.to_owned());
            }
            let mut next = vec![false; self.tokens.len() + 1];
            for (index, token) in self.tokens.iter().enumerate() {
                if states.get(index) != Some(&true) {
                    continue;
                }
                match token {
                    Token::Star if c != '\n' => self.reach(&mut next, index),
                    Token::AnyOne if c != '\n' => self.reach(&mut next, index + 1),
                    Token::Char(wanted) if *wanted == c => self.reach(&mut next, index + 1),
                    _ => {}
                }
            }
            if !next.contains(&true) {
                break;
            }
            states = next;
        }
        Ok(best)
    }

    /// Marks a state, and those it leads to without a character: past stars.
    fn reach(&self, states: &mut [bool], from: usize) {
        let mut index = from;
        while let Some(state) = states.get_mut(index) {
            if std::mem::replace(state, true) || self.tokens.get(index) != Some(&Token::Star) {
                return;
            }
            index += 1;
        }
    }
}

/// Go's `ReplaceAllString` takes the replacement for a template: `$0` is the match, `$$` a
/// dollar sign, and other names, of which there are none, are empty.
fn push_template(result: &mut String, template: &str, matched: &str) {
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('$') {
        result.push_str(before);
        if let Some(after) = after.strip_prefix('$') {
            result.push('$');
            rest = after;
            continue;
        }
        let is_name = |c: char| c.is_alphanumeric() || c == '_';
        let (name, after_name) = match after.strip_prefix('{').and_then(|inner| inner.split_once('}')) {
            Some((name, after)) if !name.is_empty() && name.chars().all(is_name) => (name, after),
            _ => after.split_at(after.find(|c| !is_name(c)).unwrap_or(after.len())),
        };
        if name.is_empty() {
            // No name: the dollar sign stands for itself.
            result.push('$');
        } else if name == "0" {
            result.push_str(matched);
        }
        rest = after_name;
    }
    result.push_str(rest);
}
