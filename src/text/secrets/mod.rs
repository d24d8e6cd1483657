//! What in a text looks like a secret: the one list for everything that leaves a machine, be it a
//! link, a report or a pasted log.
//!
//! It errs on the side of asking: the person decides. What stands in a masked text in place of a
//! secret is [`MASK`], which is found no more.
//!
//! ```
//! use wheelstage::text::secrets;
//!
//! let text = "pip install -i https://me:hunter2@wheels.example/simple six\n";
//! assert_eq!(
//!     secrets::masked("install.sh", text),
//!     "pip install -i https://MASKED@MASKED/simple six\n"
//! );
//! ```

mod assigned;
mod names;
mod tokens;

use std::fmt;

use super::{TextRange, range};
use crate::order;

/// What stands in a masked text in place of a secret.
pub const MASK: &str = "MASKED";

/// The longest line that is searched, in bytes; a longer one is searched in pieces of this size.
const MOST_LINE: usize = 16 << 10;

/// How often a text is masked at most: once for its secrets, and again for what the masks made.
const MOST_PASSES: usize = 8;

/// What a secret looks like. [`Display`](fmt::Display) says it in words: `a token`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SecretKind {
    /// `https://user:password@host`, `curl -u user:password`, `login me password hunter2`.
    Credentials,
    /// A word that begins as the tokens of a well-known service do, or an `Authorization` header.
    Token,
    /// What is assigned to a name that says so: `DB_PASSWORD=...`, `client_secret: ...`.
    Password,
    /// The body of a private key in PEM form (RFC 7468).
    PrivateKey,
    /// The host of an index that is not a public one.
    PrivateIndex,
}

impl fmt::Display for SecretKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Credentials => "a user and password",
            Self::Token => "a token",
            Self::Password => "a password or key",
            Self::PrivateKey => "a private key",
            Self::PrivateIndex => "the name of a private index",
        })
    }
}

/// One secret of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Found {
    /// What it looks like.
    pub kind: SecretKind,
    /// Its bytes.
    pub range: TextRange,
    /// The line it begins on, from 1.
    pub line: u32,
}

/// All secrets of a file, in order of place and disjoint. The path tells what the text is: in Python
/// code only what stands in quotes is a value, and a `.netrc` has its own form.
#[must_use]
pub fn find(path: &str, text: &str) -> Vec<Found> {
    let name = path.rsplit('/').next().unwrap_or(path).to_ascii_lowercase();
    let form = Form::of(&name);
    let mut spans = tokens::private_keys(text);
    let mut is_netrc = form == Form::Netrc;
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        for (offset, piece) in pieces(line) {
            let mut add = |kind, from: usize, to: usize| {
                if piece.get(from..to).is_some_and(|secret| !secret.is_empty() && secret != MASK) {
                    let at = start + offset;
                    spans.push(Span { kind, start: at + from, end: at + to });
                }
            };
            tokens::of_line(piece, &mut add);
            assigned::of_line(piece, form, &mut add);
            is_netrc = assigned::netrc(piece, is_netrc, form, &mut add);
        }
        start += line.len();
    }
    merged(spans, text)
}

/// The text with every secret replaced by [`MASK`]; nothing else changes. In what comes out,
/// [`find`] finds nothing.
#[must_use]
pub fn masked(path: &str, text: &str) -> String {
    let mut result = text.to_owned();
    // A mask next to other text may look like a part of a secret itself, so the result is searched, too.
    for _ in 0..MOST_PASSES {
        let found = find(path, &result);
        if found.is_empty() {
            break;
        }
        for secret in found.iter().rev() {
            let bytes = usize::from(secret.range.start())..usize::from(secret.range.end());
            if result.get(bytes.clone()).is_some() {
                result.replace_range(bytes, MASK);
            }
        }
    }
    result
}

/// True where the value of a variable of this name is a secret: `HF_TOKEN`, `clientSecret`, but
/// neither `TOKENIZERS_PARALLELISM` nor `GPG_KEY`, which is public.
#[must_use]
pub fn is_secret_name(name: &str) -> bool {
    names::is_secret(name)
}

/// What a file's name says of how its text is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    Netrc,
    Python,
    Yaml,
    Other,
}

impl Form {
    fn of(name: &str) -> Self {
        let ends = |ending: &str| name.ends_with(ending);
        match name {
            ".netrc" | "_netrc" | "netrc" => Self::Netrc,
            _ if ends(".py") || ends(".pyi") => Self::Python,
            _ if ends(".yml") || ends(".yaml") => Self::Yaml,
            _ => Self::Other,
        }
    }
}

/// Bytes of a text that are a secret.
struct Span {
    kind: SecretKind,
    start: usize,
    end: usize,
}

/// A line without its end, in pieces that are not too long, with their offsets.
fn pieces(line: &str) -> impl Iterator<Item = (usize, &str)> {
    let line = line.trim_end_matches(['\n', '\r']);
    let mut at = 0;
    std::iter::from_fn(move || {
        let rest = line.get(at..).filter(|rest| !rest.is_empty())?;
        let mut end = rest.len().min(MOST_LINE);
        while !rest.is_char_boundary(end) {
            end -= 1;
        }
        let piece = (at, rest.get(..end)?);
        at += end;
        Some(piece)
    })
}

/// Spans in order, those that overlap as one.
fn merged(mut spans: Vec<Span>, text: &str) -> Vec<Found> {
    order::sort_by_key(&mut spans, |span| (span.start, usize::MAX - span.end));
    let mut found: Vec<Span> = Vec::new();
    for span in spans {
        match found.last_mut() {
            Some(last) if span.start < last.end => last.end = last.end.max(span.end),
            _ => found.push(span),
        }
    }
    let (mut line, mut counted) = (1_u32, 0);
    let placed = found.into_iter().map(|span| {
        let newlines = text.get(counted..span.start).map_or(0, |between| between.matches('\n').count());
        line = line.saturating_add(u32::try_from(newlines).unwrap_or(u32::MAX));
        counted = span.start;
        Found { kind: span.kind, range: range(span.start, span.end), line }
    });
    placed.collect()
}

/// Words between blanks and quotes, with their places.
fn words(line: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut at = 0;
    line.split(|c: char| c.is_whitespace() || matches!(c, '"' | '\'' | '`')).filter_map(move |word| {
        let start = at;
        // Every separator is one character, of one byte or more.
        at += word.len() + line.get(start + word.len()..)?.chars().next().map_or(0, char::len_utf8);
        (!word.is_empty()).then_some((start, word))
    })
}

#[cfg(test)]
mod tests;
