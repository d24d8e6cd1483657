//! From text to the logical lines that pip reads: lines split as Python splits them, continued
//! lines joined, comments cut.

use crate::{
    pep440::is_python_blank,
    text::{Mapped, TextRange, range},
};

/// What a continuation joins into one line, before anything in it is understood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct LogicalLine {
    /// All its bytes, the last line ending included.
    pub(super) range: TextRange,
    /// Its first line, from 1, as pip counts.
    pub(super) number: u32,
    /// Joined, comment and outer blanks cut. Empty where pip reads nothing.
    pub(super) text: Mapped,
    /// From `#` to the end.
    pub(super) comment: Option<TextRange>,
}

/// The logical lines of a file. Together they cover every byte.
pub(super) fn logical_lines(text: &str) -> Vec<LogicalLine> {
    let mut lines = Vec::new();
    let mut open: Option<LogicalLine> = None;
    for (index, physical) in physical_lines(text).enumerate() {
        let whole = range(physical.start, physical.end);
        let mut line = open.take().unwrap_or_else(|| LogicalLine {
            range: whole,
            number: u32::try_from(index + 1).unwrap_or(u32::MAX),
            text: Mapped::default(),
            comment: None,
        });
        line.range = line.range.cover(whole);

        // A comment is never continued, even where it ends in a backslash.
        let is_comment = physical.text.trim_start_matches(is_python_blank).starts_with('#');
        if physical.text.ends_with('\\') && !is_comment {
            // pip strips the backslashes of both ends: `line.strip("\\")`.
            let start = physical.start + physical.text.len() - physical.text.trim_start_matches('\\').len();
            line.text.push_verbatim(physical.text.trim_matches('\\'), start);
            open = Some(line);
            continue;
        }
        if is_comment {
            // A blank that is not in the file, so that the comment is one after a continued line too.
            line.text.push_substitute(" ", range(physical.start, physical.start));
        }
        line.text.push_verbatim(physical.text, physical.start);
        lines.push(without_comment(line));
    }
    lines.extend(open.map(without_comment));
    lines
}

struct PhysicalLine<'a> {
    /// Without its ending.
    text: &'a str,
    start: usize,
    /// Behind its ending.
    end: usize,
}

/// `str.splitlines`: form feeds, Unicode's separators and others end a line as well.
fn physical_lines(text: &str) -> impl Iterator<Item = PhysicalLine<'_>> {
    let ends_line = |c: char| {
        matches!(c, '\n' | '\r' | '\x0b' | '\x0c' | '\x1c'..='\x1e' | '\u{85}' | '\u{2028}' | '\u{2029}')
    };
    let mut start = 0;
    std::iter::from_fn(move || {
        let rest = text.get(start..).filter(|rest| !rest.is_empty())?;
        let length = rest.find(ends_line).unwrap_or(rest.len());
        let (line, ending) = rest.split_at(length);
        let ending =
            if ending.starts_with("\r\n") { 2 } else { ending.chars().next().map_or(0, char::len_utf8) };
        let line = PhysicalLine { text: line, start, end: start + length + ending };
        start = line.end;
        Some(line)
    })
}

/// Cuts `(^|\s+)#.*$` and the blanks around what is left.
fn without_comment(mut line: LogicalLine) -> LogicalLine {
    let text = line.text.as_str();
    let mut after_blank = true;
    let hash = text.char_indices().find_map(|(at, c)| {
        let starts_comment = c == '#' && after_blank;
        after_blank = is_python_blank(c);
        starts_comment.then_some(at)
    });
    line.comment = hash.map(|at| line.text.source_range(range(at, text.len())));
    let kept = text.get(..hash.unwrap_or(text.len())).unwrap_or(text).trim_end_matches(is_python_blank);
    let start = kept.len() - kept.trim_start_matches(is_python_blank).len();
    line.text = line.text.slice(range(start, kept.len()));
    line
}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};

    use super::*;

    #[track_caller]
    fn check(text: &str, expected: &Expect) {
        let mut end = 0;
        let mut printed = String::new();
        for line in logical_lines(text) {
            assert_eq!(usize::from(line.range.start()), end, "a gap before {line:?}");
            end = line.range.end().into();
            let comment = line.comment.map_or("", |comment| &text[comment]);
            printed += &format!("{} {:?} {:?}\n", line.number, line.text.as_str(), comment);
        }
        assert_eq!(end, text.len());
        expected.assert_eq(&printed);
    }

    #[test]
    fn continued_lines_keep_the_blanks_of_the_next() {
        check(
            "foo \\\n  >=1, \\\r\n  <2 # why\nbar\\",
            &expect![[r##"
                1 "foo   >=1,   <2" "# why"
                4 "bar" ""
            "##]],
        );
    }

    #[test]
    fn a_comment_line_ends_a_continuation_and_is_not_continued() {
        check(
            "foo \\\n# c \\\n>=1\na#b\n",
            &expect![[r##"
                1 "foo" "# c \\"
                3 ">=1" ""
                4 "a#b" ""
            "##]],
        );
    }

    #[test]
    fn lines_end_where_python_ends_them() {
        check(
            "a\x0cb\u{2028}c\r\n\rd",
            &expect![[r#"
                1 "a" ""
                2 "b" ""
                3 "c" ""
                4 "" ""
                5 "d" ""
            "#]],
        );
    }
}
