//! Brackets that half-typed TOML leaves open. A TOML parser reads on to the end of the file for
//! them, and would lose all that stands below.

use toml_parser::lexer::{Token, TokenKind};

/// Where a new expression clearly begins although a bracket is open: indices of tokens,
/// ascending.
///
/// Inside brackets no line can begin with `[header]` in bare words, nor, unless they are
/// braces, with `key =`.
pub(super) fn find(tokens: &[Token], text: &str) -> Vec<usize> {
    let mut starts = Vec::new();
    let mut open: Vec<TokenKind> = Vec::new();
    let mut line_start = true;
    let mut in_header = false;
    for (index, token) in tokens.iter().enumerate() {
        let kind = token.kind();
        match kind {
            TokenKind::Whitespace => continue,
            TokenKind::Newline => {
                line_start = true;
                in_header = false;
                continue;
            }
            _ => {}
        }
        if std::mem::take(&mut line_start) {
            if let Some(innermost) = open.last()
                && begins_expression(tokens.get(index..).unwrap_or_default(), text, *innermost)
            {
                starts.push(index);
                open.clear();
            }
            in_header = open.is_empty() && kind == TokenKind::LeftSquareBracket;
        }
        match kind {
            _ if in_header => {}
            TokenKind::LeftSquareBracket | TokenKind::LeftCurlyBracket => open.push(kind),
            TokenKind::RightSquareBracket | TokenKind::RightCurlyBracket => {
                open.pop();
            }
            _ => {}
        }
    }
    starts
}

/// Whether a line is a header, or a key with its `=`.
fn begins_expression(line: &[Token], text: &str, innermost: TokenKind) -> bool {
    let mut rest = line
        .iter()
        .filter(|token| token.kind() != TokenKind::Whitespace)
        .take_while(|token| token.kind() != TokenKind::Newline)
        .peekable();
    let mut brackets = 0;
    while rest.next_if(|token| token.kind() == TokenKind::LeftSquareBracket).is_some() {
        brackets += 1;
    }
    let Some(first) = rest.next() else { return false };
    if brackets > 0 && !is_bare_word(first, text) || !is_key(first) {
        return false;
    }
    while rest.next_if(|token| token.kind() == TokenKind::Dot).is_some() {
        if !rest.next().is_some_and(is_key) {
            return false;
        }
    }
    if brackets == 0 {
        return innermost == TokenKind::LeftSquareBracket
            && rest.next().is_some_and(|token| token.kind() == TokenKind::Equals);
    }
    for _ in 0..brackets {
        if rest.next().is_none_or(|token| token.kind() != TokenKind::RightSquareBracket) {
            return false;
        }
    }
    brackets <= 2
        && rest.next().is_none_or(|token| matches!(token.kind(), TokenKind::Comment | TokenKind::Eof))
}

fn is_key(token: &Token) -> bool {
    matches!(token.kind(), TokenKind::Atom | TokenKind::BasicString | TokenKind::LiteralString)
}

/// A word that can be a key and no value.
fn is_bare_word(token: &Token, text: &str) -> bool {
    let span = token.span();
    let word = text.get(span.start()..span.end()).unwrap_or_default();
    token.kind() == TokenKind::Atom
        && word.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && !matches!(word, "true" | "false" | "inf" | "nan")
}
