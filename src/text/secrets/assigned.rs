//! Secrets that are known by the name they are given to: assignments, options, headers, `ENV`,
//! `.netrc`.

use super::{Form, MASK, SecretKind, names, words};

type Add<'a> = &'a mut dyn FnMut(SecretKind, usize, usize);

/// Everything of one line that is known by its name.
pub(super) fn of_line(line: &str, form: Form, add: Add<'_>) {
    let mut searched = 0;
    for (at, operator) in line.match_indices([':', '=']) {
        // What stands inside a value is part of it.
        if at < searched {
            continue;
        }
        let value = match operator {
            "=" => assigned(line, at, form),
            _ => keyed(line, at, form),
        };
        if let Some((kind, start, end)) = value {
            add(kind, start, end);
            searched = end;
        }
    }
    instruction(line, add);
    options(line, add);
}

/// `name=value`, `name = "value"`, `?name=value&`, but no comparison.
fn assigned(line: &str, at: usize, form: Form) -> Option<(SecretKind, usize, usize)> {
    let before = line.get(..at)?;
    let after = line.get(at + 1..)?;
    if before.ends_with(['=', '!', '<', '>', '~']) || after.starts_with(['=', '~', '>']) {
        return None;
    }
    let before = before.strip_suffix([':', '+']).unwrap_or(before);
    name_at_end(before).filter(|name| names::is_secret(name))?;
    let value = Value::read(line, at + 1)?;
    let is_literal = value.quoted || form != Form::Python && !value.text.contains(['(', '[']);
    is_literal.then_some(())?;
    value.found(SecretKind::Password)
}

/// `name: value` of YAML and JSON, and the headers of HTTP.
fn keyed(line: &str, at: usize, form: Form) -> Option<(SecretKind, usize, usize)> {
    let (before, after) = (line.get(..at)?, line.get(at + 1..)?);
    let name = name_at_end(before)?;
    if name.to_ascii_lowercase().ends_with("authorization") {
        return header(line, at + 1);
    }
    if !names::is_secret(name) || !after.starts_with([' ', '\t', '"', '\'']) {
        return None;
    }
    // A key stands at the beginning of its line or of its pair; elsewhere a colon is prose.
    let bare = before.trim_end().trim_end_matches(['"', '\'']);
    let lead = bare.strip_suffix(name)?.trim_end();
    if !lead.is_empty() && !lead.ends_with(['-', '{', ',', '(', '#', '"', '\'']) {
        return None;
    }
    let value = Value::read(line, at + 1)?;
    if value.quoted {
        return value.found(SecretKind::Password);
    }
    if form == Form::Python {
        return None;
    }
    let rest = line.get(value.end()..)?.trim_start();
    if rest.is_empty() || rest.starts_with(['#', ',', '}', '"', '\'', '\\', ')']) {
        return value.found(SecretKind::Password);
    }
    // Several words are a value in YAML, and prose elsewhere.
    let whole = Value { text: line.get(value.start..)?.trim_end(), ..value };
    (form == Form::Yaml).then(|| whole.found(SecretKind::Password)).flatten()
}

/// `Authorization: Bearer abc`: what follows the scheme, up to the quote that ends the header.
fn header(line: &str, from: usize) -> Option<(SecretKind, usize, usize)> {
    let rest = line.get(from..)?;
    let start = from + rest.len() - rest.trim_start_matches([' ', '\t', '"', '\'']).len();
    let rest = line.get(start..)?;
    let rest = rest.get(..rest.find(['"', '\'', '`']).unwrap_or(rest.len()))?.trim_end();
    let (text, start) = match rest.split_once(char::is_whitespace) {
        Some((scheme, token)) => {
            let token = token.trim_start();
            let is_scheme = ["bearer", "basic", "token", "digest", "apikey"]
                .iter()
                .any(|known| scheme.eq_ignore_ascii_case(known));
            if is_scheme { (token, start + rest.len() - token.len()) } else { (rest, start) }
        }
        None => (rest, start),
    };
    Value { text, start, quoted: true }.found(SecretKind::Token)
}

/// `ENV NAME value`, the older form of the instruction: the value is the rest of the line.
fn instruction(line: &str, add: Add<'_>) {
    let mut words = words(line);
    let (Some((_, keyword)), Some((start, name))) = (words.next(), words.next()) else { return };
    if !keyword.eq_ignore_ascii_case("ENV") || name.contains('=') || !names::is_secret(name) {
        return;
    }
    let Some(rest) = line.get(start + name.len()..) else { return };
    let text = rest.trim_start();
    let start = line.len() - text.len();
    let text = text.trim_end().trim_end_matches('\\').trim_end();
    if let Some((kind, start, end)) = (Value { text, start, quoted: false }).found(SecretKind::Password) {
        add(kind, start, end);
    }
}

/// `--password value`, `set NAME value`, `curl -u user:password`, poetry's `http-basic.NAME user
/// password`.
fn options(line: &str, add: Add<'_>) {
    let all: Vec<(usize, &str)> = words(line).collect();
    let is_curl = all.iter().any(|(_, word)| word.rsplit('/').next() == Some("curl"));
    for (index, &(_, word)) in all.iter().enumerate() {
        let follows = |by: usize| all.get(index + by).copied().filter(|(_, value)| !value.starts_with('-'));
        let option = word.strip_prefix("--").filter(|name| !name.contains('=') && names::is_secret(name));
        let is_set = matches!(word, "set" | "config");
        let (kind, value) = if option.is_some() {
            (SecretKind::Password, follows(1))
        } else if is_set && all.get(index + 1).is_some_and(|(_, name)| names::is_secret(name)) {
            (SecretKind::Password, follows(2))
        } else if word.starts_with("http-basic.") {
            (SecretKind::Credentials, follows(2))
        } else if is_curl && matches!(word, "-u" | "--user" | "--proxy-user") {
            let pair = follows(1).filter(|(_, pair)| {
                pair.split_once(':').is_some_and(|(_, password)| names::secret_part(password).is_some())
            });
            (SecretKind::Credentials, pair)
        } else {
            continue;
        };
        if let Some((start, text)) = value
            && let Some((kind, start, end)) = (Value { text, start, quoted: true }).found(kind)
        {
            add(kind, start, end);
        }
    }
}

/// `machine HOST login NAME password WORD`, on one line or on several. `inside`: an entry has begun on
/// an earlier line. Gives whether it goes on.
pub(super) fn netrc(line: &str, inside: bool, form: Form, add: Add<'_>) -> bool {
    let mut inside = inside && (form == Form::Netrc || !line.trim().is_empty());
    let mut words = words(line).peekable();
    while let Some((_, word)) = words.next() {
        match word {
            "machine" | "login" => inside |= words.peek().is_some(),
            "password" | "account" if inside => {
                if let Some(&(start, text)) = words.peek()
                    && let Some((kind, start, end)) =
                        (Value { text, start, quoted: true }).found(SecretKind::Credentials)
                {
                    add(kind, start, end);
                    inside = form == Form::Netrc;
                }
            }
            _ => {}
        }
    }
    inside
}

/// A value in a line.
#[derive(Clone, Copy)]
struct Value<'a> {
    text: &'a str,
    start: usize,
    quoted: bool,
}

impl<'a> Value<'a> {
    /// What stands behind an operator: up to the closing quote, or a word.
    fn read(line: &'a str, from: usize) -> Option<Self> {
        let rest = line.get(from..)?;
        let text = rest.trim_start();
        let start = from + rest.len() - text.len();
        if names::is_reference(text) {
            return None;
        }
        if let Some(quote) = text.chars().next().filter(|c| matches!(c, '"' | '\'')) {
            let text = text.get(1..)?;
            let text = text.get(..text.find(quote).unwrap_or(text.len()))?;
            return Some(Self { text, start: start + 1, quoted: true });
        }
        let end = text.find(|c: char| c.is_whitespace() || matches!(c, '"' | '\'' | '`' | ';' | '&'));
        let text = text.get(..end.unwrap_or(text.len()))?;
        Some(Self { text: text.trim_end_matches([',', ')', '\\']), start, quoted: false })
    }

    fn end(&self) -> usize {
        self.start + self.text.len()
    }

    fn found(&self, kind: SecretKind) -> Option<(SecretKind, usize, usize)> {
        let (from, to) = names::secret_part(self.text)?;
        let secret = self.text.get(from..to)?;
        (secret != MASK).then_some((kind, self.start + from, self.start + to))
    }
}

/// The name that a text ends in, quotes and blanks behind it passed over; `None` where it is the name
/// of a variable that is read: `$TOKEN`, `${TOKEN`.
fn name_at_end(text: &str) -> Option<&str> {
    let text = text.trim_end().trim_end_matches(['"', '\'']);
    let is_name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.');
    let start = text
        .rfind(|c| !is_name(c))
        .map_or(0, |at| at + text.get(at..).and_then(|rest| rest.chars().next()).map_or(1, char::len_utf8));
    let before = text.get(..start)?;
    let name = text.get(start..)?;
    (!name.is_empty() && !before.ends_with('$') && !before.ends_with("${")).then_some(name)
}
