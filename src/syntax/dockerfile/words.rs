//! Cutting an instruction's text into words, in the four ways BuildKit has.

use std::ops::Range;

use super::{Flag, Word};
use crate::text::{Mapped, range};

/// What `[...]` turned out to be.
pub(super) enum Json {
    /// No JSON array: the text is a shell command, or words.
    No,
    /// A JSON array with something else than strings in it, the first of which is here.
    NotStrings(Range<usize>),
    /// The strings.
    Strings(Vec<Word>),
}

/// The blanks that part words (BuildKit's `reWhitespace`); a no-break space is none.
pub(super) fn is_blank(c: char) -> bool {
    matches!(c, '\t' | '\u{b}' | '\u{c}' | '\r' | ' ')
}

/// The bytes `within`, blanks around them cut.
pub(super) fn trim(line: &str, within: Range<usize>) -> Range<usize> {
    let text = line.get(within.clone()).unwrap_or_default();
    let start = within.end - text.trim_start().len();
    start..(start + text.trim().len())
}

/// A word from bytes of the line, as they stand.
pub(super) fn word(line: &Mapped, bytes: Range<usize>) -> Word {
    let bytes = range(bytes.start, bytes.end);
    Word { range: line.source_range(bytes), text: line.slice(bytes) }
}

/// Words parted by blanks, quotes meaning nothing (`FROM`, `COPY`, `EXPOSE`).
pub(super) fn split_blanks(line: &str, within: Range<usize>) -> Vec<Range<usize>> {
    let text = line.get(within.clone()).unwrap_or_default();
    let mut words = Vec::new();
    let mut start = None;
    for (at, c) in text.char_indices() {
        match (is_blank(c), start) {
            (true, Some(from)) => {
                words.push(within.start + from..within.start + at);
                start = None;
            }
            (false, None) => start = Some(at),
            _ => {}
        }
    }
    words.extend(start.map(|from| within.start + from..within.end));
    words
}

/// Words parted by blanks outside quotes, quotes and escapes kept (`ENV`, `LABEL`, `ARG`).
pub(super) fn split_quoted(line: &str, within: Range<usize>, escape: char) -> Vec<Range<usize>> {
    let text = line.get(within.clone()).unwrap_or_default();
    let mut words = Vec::new();
    let mut start = None;
    let mut quote = None;
    let mut chars = text.char_indices();
    let mut end = text.len();
    while let Some((at, c)) = chars.next() {
        let Some(from) = start else {
            if c.is_whitespace() {
                continue;
            }
            start = Some(at);
            match c {
                '\'' | '"' => quote = Some(c),
                _ if c == escape => end = chars.next().map_or(at, |_| end),
                _ => {}
            }
            continue;
        };
        match quote {
            None if c.is_whitespace() => {
                words.push(within.start + from..within.start + at);
                start = None;
            }
            None if matches!(c, '\'' | '"') => quote = Some(c),
            Some(open) if c == open => quote = None,
            // Between single quotes nothing escapes. An escape at the very end is dropped.
            _ if c == escape && quote != Some('\'') => end = chars.next().map_or(at, |_| end),
            _ => {}
        }
    }
    words.extend(start.filter(|&from| from < end).map(|from| within.start + from..within.start + end));
    words
}

/// The flags before an instruction's arguments, and where the arguments begin.
///
/// Here quotes and backslashes are resolved at once, and the backslash escapes whatever the
/// `escape` directive says. BuildKit takes each byte for a character, which garbles a value that
/// is not ASCII; that is not followed.
pub(super) fn split_flags(line: &Mapped, within: Range<usize>) -> (Vec<Flag>, usize) {
    let text = line.as_str().get(within.clone()).unwrap_or_default();
    let mut flags = Vec::new();
    let mut at = 0;
    loop {
        let rest = text.get(at..).unwrap_or_default();
        at = text.len() - rest.trim_start().len();
        let rest = rest.trim_start();
        if !rest.starts_with("--") {
            return (flags, within.start + at);
        }
        let (pieces, end) = flag_pieces(rest);
        let mut value = Mapped::default();
        for piece in pieces {
            let piece = range(within.start + at + piece.start, within.start + at + piece.end);
            value.push_mapped(&line.slice(piece));
        }
        let bytes = within.start + at..within.start + at + end;
        at += end;
        if value.as_str() == "--" {
            return (flags, within.start + at);
        }
        flags.push(flag(line, &value, bytes));
    }
}

/// The bytes of a flag at the start of the text that are neither quotes nor escapes, and where
/// the flag ends.
fn flag_pieces(text: &str) -> (Vec<Range<usize>>, usize) {
    let mut pieces: Vec<Range<usize>> = Vec::new();
    let mut quote = None;
    let mut chars = text.char_indices();
    while let Some((at, c)) = chars.next() {
        let kept = match (quote, c) {
            (None, c) if c.is_whitespace() => return (pieces, at),
            (None, '\'' | '"') => {
                quote = Some(c);
                None
            }
            (Some(open), c) if c == open => {
                quote = None;
                None
            }
            (_, '\\') => chars.next(),
            _ => Some((at, c)),
        };
        let Some((at, c)) = kept else { continue };
        match pieces.last_mut() {
            Some(last) if last.end == at => last.end = at + c.len_utf8(),
            _ => pieces.push(at..at + c.len_utf8()),
        }
    }
    (pieces, text.len())
}

fn flag(line: &Mapped, text: &Mapped, bytes: Range<usize>) -> Flag {
    let place = line.source_range(range(bytes.start, bytes.end));
    let whole = text.as_str();
    let bare = whole.strip_prefix("--").unwrap_or(whole);
    let Some((name, value)) = bare.split_once('=') else {
        return Flag { range: place, name: bare.to_owned(), value: None };
    };
    let value_range = range(whole.len() - value.len(), whole.len());
    let value_text = text.slice(value_range);
    // The value with its quotes: from the byte after the first `=` as written.
    let written = line.as_str().get(bytes.clone()).unwrap_or_default();
    let equals = written.find('=').map_or(bytes.end, |at| bytes.start + at + 1);
    let value = Word { range: line.source_range(range(equals, bytes.end)), text: value_text };
    Flag { range: place, name: name.to_owned(), value: Some(value) }
}

/// A JSON array of strings, with the places of its strings.
///
/// Anything that is not JSON is no error: BuildKit takes it for the other form.
pub(super) fn split_json(line: &Mapped, within: Range<usize>) -> Json {
    let text = line.as_str().get(..within.end).unwrap_or_default();
    let mut reader = JsonReader { line, text, at: within.start };
    reader.array().unwrap_or(Json::No)
}

/// A reader of JSON. `None` wherever the text is no JSON.
struct JsonReader<'l> {
    line: &'l Mapped,
    text: &'l str,
    at: usize,
}

impl JsonReader<'_> {
    fn peek(&mut self) -> Option<u8> {
        while matches!(self.text.as_bytes().get(self.at), Some(b' ' | b'\t' | b'\r' | b'\n')) {
            self.at += 1;
        }
        self.text.as_bytes().get(self.at).copied()
    }

    fn expect(&mut self, byte: u8) -> Option<()> {
        (self.peek()? == byte).then(|| self.at += 1)
    }

    /// The whole text, which must be an array.
    fn array(&mut self) -> Option<Json> {
        self.expect(b'[')?;
        let mut words = Vec::new();
        let mut other = None;
        if self.peek()? == b']' {
            self.at += 1;
        } else {
            loop {
                let start = (self.peek()?, self.at);
                if start.0 == b'"' {
                    words.push(self.string()?);
                } else {
                    self.skip_value()?;
                    other = other.or(Some(start.1..self.at));
                }
                match self.peek()? {
                    b',' => self.at += 1,
                    b']' => break self.at += 1,
                    _ => return None,
                }
            }
        }
        if self.peek().is_some() {
            return None;
        }
        Some(other.map_or(Json::Strings(words), Json::NotStrings))
    }

    fn string(&mut self) -> Option<Word> {
        let start = self.at;
        let mut text = Mapped::default();
        self.at += 1;
        loop {
            let rest = self.text.get(self.at..)?;
            let run = rest.find(|c: char| c == '"' || c == '\\' || c < ' ')?;
            text.push_verbatim(rest.get(..run)?, self.at);
            self.at += run;
            match self.text.as_bytes().get(self.at)? {
                b'"' => break self.at += 1,
                b'\\' => {
                    let escape = self.at;
                    let c = self.escape()?;
                    text.push_substitute(c.encode_utf8(&mut [0; 4]), range(escape, self.at));
                }
                _ => return None,
            }
        }
        let bytes = range(start, self.at);
        Some(Word { range: self.line.source_range(bytes), text: text.through(self.line) })
    }

    /// `\n`, `\u00e9`, a surrogate pair. Half a pair is U+FFFD, as in Go.
    fn escape(&mut self) -> Option<char> {
        let kind = *self.text.as_bytes().get(self.at + 1)?;
        self.at += 2;
        Some(match kind {
            b'"' | b'\\' | b'/' => char::from(kind),
            b'b' => '\u{8}',
            b'f' => '\u{c}',
            b'n' => '\n',
            b'r' => '\r',
            b't' => '\t',
            b'u' => {
                let unit = self.hex()?;
                let mark = self.at;
                if (0xD800..0xDC00).contains(&unit)
                    && self.text.get(self.at..)?.starts_with("\\u")
                    && let Some(low) = {
                        self.at += 2;
                        self.hex()
                    }
                    && (0xDC00..0xE000).contains(&low)
                {
                    let code = 0x10000 + ((unit - 0xD800) << 10) + (low - 0xDC00);
                    return char::from_u32(code);
                }
                self.at = mark;
                char::from_u32(unit).unwrap_or(char::REPLACEMENT_CHARACTER)
            }
            _ => return None,
        })
    }

    fn hex(&mut self) -> Option<u32> {
        let digits = self.text.get(self.at..self.at + 4)?;
        let valid = digits.bytes().all(|byte| byte.is_ascii_hexdigit());
        self.at += 4;
        valid.then(|| u32::from_str_radix(digits, 16).ok())?
    }

    /// Any value, nested ones without recursion.
    fn skip_value(&mut self) -> Option<()> {
        let mut open: Vec<u8> = Vec::new();
        loop {
            match self.peek()? {
                bracket @ (b'[' | b'{') => {
                    self.at += 1;
                    let close = if bracket == b'[' { b']' } else { b'}' };
                    if self.peek()? == close {
                        self.at += 1;
                    } else {
                        open.push(close);
                        if close == b'}' {
                            self.key()?;
                        }
                        continue;
                    }
                }
                b'"' => drop(self.string()?),
                _ => self.literal()?,
            }
            // After a value: close what ends here, or go on to the next value.
            loop {
                let Some(&close) = open.last() else { return Some(()) };
                let byte = self.peek()?;
                self.at += 1;
                if byte == close {
                    open.pop();
                } else if byte == b',' {
                    if close == b'}' {
                        self.key()?;
                    }
                    break;
                } else {
                    return None;
                }
            }
        }
    }

    fn key(&mut self) -> Option<()> {
        if self.peek()? != b'"' {
            return None;
        }
        self.string()?;
        self.expect(b':')
    }

    fn literal(&mut self) -> Option<()> {
        let rest = self.text.get(self.at..)?;
        let length = rest
            .find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.')))
            .unwrap_or(rest.len());
        let literal = rest.get(..length)?;
        self.at += length;
        let valid = matches!(literal, "true" | "false" | "null") || is_json_number(literal);
        valid.then_some(())
    }
}

fn is_json_number(text: &str) -> bool {
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let text = text.strip_prefix('-').unwrap_or(text);
    let (mantissa, exponent) = match text.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent)),
        None => (text, None),
    };
    let (whole, fraction) = match mantissa.split_once('.') {
        Some((whole, fraction)) => (whole, Some(fraction)),
        None => (mantissa, None),
    };
    digits(whole)
        && (whole == "0" || !whole.starts_with('0'))
        && fraction.is_none_or(digits)
        && exponent.is_none_or(|exponent| digits(exponent.strip_prefix(['+', '-']).unwrap_or(exponent)))
}
