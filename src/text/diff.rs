//! What two texts share, line by line or word by word.

use std::collections::HashMap;

use similar::algorithms::{Capture, Compact, Replace, myers};
pub use similar::{DiffOp, DiffTag, group_diff_ops};

/// More pieces than this on either side, and what differs in the middle is one replacement: the
/// algorithm takes time by the product of what differs on both sides.
const LIMIT: usize = 10_000;

/// A text's lines with their ends. Lines end at `\n`, as git has it; a `\r` before it is part of the
/// line.
#[must_use]
pub fn lines(text: &str) -> Vec<&str> {
    text.split_inclusive('\n').collect()
}

/// A line's words and the blanks between them.
#[must_use]
pub fn words(line: &str) -> Vec<&str> {
    let mut words = Vec::new();
    let mut rest = line;
    while let Some(first) = rest.chars().next() {
        let blank = first.is_whitespace();
        let end = rest.find(|c: char| c.is_whitespace() != blank).unwrap_or(rest.len());
        let (word, after) = rest.split_at(end);
        words.push(word);
        rest = after;
    }
    words
}

/// What makes the pieces `old` into `new`, in order; every piece of both is in one operation.
///
/// The one use of the algorithm: it is compiled for each kind of piece that it is used with, and
/// `similar`'s own front ends compile every algorithm for every kind, 250 kB of wasm in all.
///
/// ```
/// use wheelstage::text::diff::{self, DiffTag};
///
/// let tags = |old, new| diff::operations(&diff::lines(old), &diff::lines(new)).iter().map(|op| op.tag()).collect::<Vec<_>>();
/// assert_eq!(tags("a\nb\n", "a\nc\n"), [DiffTag::Equal, DiffTag::Replace]);
/// ```
#[must_use]
pub fn operations<'a>(old: &[&'a str], new: &[&'a str]) -> Vec<DiffOp> {
    let alike = |(old, new): &(&&str, &&str)| old == new;
    let start = old.iter().zip(new).take_while(alike).count();
    let (old_rest, new_rest) = (old.get(start..).unwrap_or_default(), new.get(start..).unwrap_or_default());
    let end = old_rest.iter().rev().zip(new_rest.iter().rev()).take_while(alike).count();
    let (old_len, new_len) = (old_rest.len() - end, new_rest.len() - end);
    if old_len.max(new_len) > LIMIT {
        let (old_end, new_end) = (start + old_len, start + new_len);
        let mut operations = vec![
            DiffOp::Equal { old_index: 0, new_index: 0, len: start },
            DiffOp::Replace { old_index: start, old_len, new_index: start, new_len },
            DiffOp::Equal { old_index: old_end, new_index: new_end, len: end },
        ];
        operations.retain(|operation| !operation.old_range().is_empty() || !operation.new_range().is_empty());
        return operations;
    }

    let mut numbers: HashMap<&'a str, usize> = HashMap::new();
    let mut number = |piece: &&'a str| {
        let next = numbers.len();
        *numbers.entry(piece).or_insert(next)
    };
    let old: Vec<usize> = old.iter().map(&mut number).collect();
    let new: Vec<usize> = new.iter().map(&mut number).collect();
    let mut hook = Compact::new(Replace::new(Capture::new()), &old[..], &new[..]);
    let Ok(()) = myers::diff(&mut hook, &old[..], 0..old.len(), &new[..], 0..new.len());
    hook.into_inner().into_inner().into_ops()
}

/// Lines of context around a change, as `diff -u` has them.
pub const CONTEXT: usize = 3;

/// A unified diff of one file that `git apply` and `patch -p1` take, and what each of its hunks
/// does; `before` is `None` for a new file.
#[must_use]
pub fn unified(path: &str, before: Option<&str>, after: &str) -> (String, Vec<Vec<DiffOp>>) {
    let from = if before.is_some() { format!("a/{path}") } else { "/dev/null".to_owned() };
    let mut text = format!("--- {from}\n+++ b/{path}\n");
    let (before, after) = (lines(before.unwrap_or_default()), lines(after));
    let groups = group_diff_ops(operations(&before, &after), CONTEXT);
    for group in &groups {
        text += &header(group);
        write_group(&mut text, group, &before, &after);
    }
    (text, groups)
}

/// `@@ -1,3 +1,4 @@`.
fn header(group: &[DiffOp]) -> String {
    let span = |ranges: &dyn Fn(&DiffOp) -> std::ops::Range<usize>| {
        let start = group.first().map_or(0, |op| ranges(op).start);
        let end = group.last().map_or(0, |op| ranges(op).end);
        match end - start {
            // An empty side is named by the line before it.
            0 => format!("{start},0"),
            1 => format!("{}", start + 1),
            length => format!("{},{length}", start + 1),
        }
    };
    format!("@@ -{} +{} @@\n", span(&DiffOp::old_range), span(&DiffOp::new_range))
}

fn write_group(text: &mut String, group: &[DiffOp], before: &[&str], after: &[&str]) {
    let mut write = |sign: char, lines: &[&str]| {
        for line in lines {
            text.push(sign);
            text.push_str(line);
            if !line.ends_with('\n') {
                text.push_str("\n\\ No newline at end of file\n");
            }
        }
    };
    for op in group {
        let old = before.get(op.old_range()).unwrap_or_default();
        let new = after.get(op.new_range()).unwrap_or_default();
        match op.tag() {
            DiffTag::Equal => write(' ', old),
            DiffTag::Delete => write('-', old),
            DiffTag::Insert => write('+', new),
            DiffTag::Replace => {
                write('-', old);
                write('+', new);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Equal pieces as they are, others in `[-gone-]` and `{+come+}`.
    #[track_caller]
    fn check(old: &[&str], new: &[&str], expected: &str) {
        let shown = |operation: &DiffOp| {
            let (gone, come) = (old[operation.old_range()].concat(), new[operation.new_range()].concat());
            match operation.tag() {
                DiffTag::Equal => gone,
                DiffTag::Delete => format!("[-{gone}-]"),
                DiffTag::Insert => format!("{{+{come}+}}"),
                DiffTag::Replace => format!("[-{gone}-]{{+{come}+}}"),
            }
        };
        assert_eq!(operations(old, new).iter().map(shown).collect::<String>(), expected);
    }

    #[test]
    fn what_is_alike_stays() {
        check(&[], &[], "");
        check(&["a"], &["a"], "a");
        check(&[], &["a"], "{+a+}");
        check(&["a"], &[], "[-a-]");
        check(&["a", "b", "c"], &["a", "x", "c"], "a[-b-]{+x+}c");
        check(&["a", "b", "a", "b"], &["a", "b", "a", "b", "a", "b"], "abab{+ab+}");
    }

    #[test]
    fn words_keep_the_blanks_between_them() {
        check(
            &words("RUN pip wheel  pkuseg"),
            &words("RUN pip wheel -c c.txt pkuseg"),
            "RUN pip wheel[-  -]{+ -c c.txt +}pkuseg",
        );
        assert!(words("").is_empty());
    }

    #[test]
    fn long_texts_without_a_line_in_common_are_one_replacement() {
        let numbered = |name: &str| (0..=LIMIT).map(|number| format!("{name}{number}")).collect::<Vec<_>>();
        let (old, new) = (numbered("a"), numbered("b"));
        let framed = |middle: &[String]| -> Vec<String> {
            ["first".to_owned()].iter().chain(middle).chain(&["last".to_owned()]).cloned().collect()
        };
        let (old, new) = (framed(&old), framed(&new));
        let operations = operations(
            &old.iter().map(String::as_str).collect::<Vec<_>>(),
            &new.iter().map(String::as_str).collect::<Vec<_>>(),
        );
        let tags: Vec<DiffTag> = operations.iter().map(|operation| operation.tag()).collect();
        assert_eq!(tags, [DiffTag::Equal, DiffTag::Replace, DiffTag::Equal]);
    }
}
