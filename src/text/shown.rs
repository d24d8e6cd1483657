//! Text as it is shown to people: what would not be seen is written out.
//!
//! A control character or a bidirectional mark in a Dockerfile or a file name can make a terminal or
//! a page show another text than the one that is read ("Trojan Source", CVE-2021-42574).

use std::{borrow::Cow, fmt::Write};

/// A character that is not seen, or that changes how others are seen: controls but the ends of lines
/// and tabs, bidirectional marks, characters without width, tags, and separators of lines.
#[must_use]
pub fn is_invisible(c: char) -> bool {
    let is_control = c.is_control() && !matches!(c, '\n' | '\t');
    is_control
        || matches!(c,
            '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

/// The text with every such character written as `\x1b` or `\u{202e}`. A carriage return that ends a
/// line stays.
///
/// ```
/// use wheelstage::text::shown;
///
/// assert_eq!(shown("a\u{1b}[2Jb\r\nnumpy"), "a\\x1b[2Jb\r\nnumpy");
/// assert_eq!(shown("\u{202e}yp"), "\\u{202e}yp");
/// ```
#[must_use]
pub fn shown(text: &str) -> Cow<'_, str> {
    if !text.chars().any(is_invisible) {
        return Cow::Borrowed(text);
    }
    let mut result = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        let ends_line = c == '\r' && chars.peek().is_none_or(|next| *next == '\n');
        let code = u32::from(c);
        // Writing to a String does not fail.
        let _ = match c {
            _ if ends_line || !is_invisible(c) => result.write_char(c),
            _ if code < 0x100 => write!(result, "\\x{code:02x}"),
            _ => write!(result, "\\u{{{code:x}}}"),
        };
    }
    Cow::Owned(result)
}
