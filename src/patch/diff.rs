use serde::{Deserialize, Serialize};

use super::Change;
use crate::text::{
    Sources,
    diff::{self, DiffOp, DiffTag},
};

/// A file before and after.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileChange {
    /// Path in the build context.
    pub path: String,
    /// `None`, in JSON `null`, for a new file.
    pub before: Option<String>,
    /// The corrected text.
    pub after: String,
}

impl FileChange {
    /// Its lines before, none for a new file, and after.
    fn lines(&self) -> (Vec<&str>, Vec<&str>) {
        (diff::lines(self.before.as_deref().unwrap_or("")), diff::lines(&self.after))
    }
}

/// A hunk of a diff: one file, neighbouring lines.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hunk {
    /// Why it is there: the reasons of the changes in it, each once.
    pub why: String,
}

/// A unified diff that `git apply` and `patch -p1` take, and why each of its hunks is there.
/// Lines end at `\n`, as git has it; a `\r` before it is part of the line.
#[must_use]
pub fn unified(files: &[FileChange], changes: &[Change], sources: &Sources) -> (String, Vec<Hunk>) {
    let mut text = String::new();
    let mut hunks = Vec::new();
    for file in files {
        let (diff, groups) = diff::unified(&file.path, file.before.as_deref(), &file.after);
        text += &diff;
        for group in groups {
            let touched = changed_lines(&group);
            hunks.push(Hunk { why: reasons(file, &touched, changes, sources) });
        }
    }
    (text, hunks)
}

/// The files that differ.
#[must_use]
pub fn file_changes(before: &Sources, after: &Sources) -> Vec<FileChange> {
    after
        .iter()
        .filter_map(|(id, file)| {
            let old = before.get(id).map(|old| old.text.clone());
            let changed = old.as_ref() != Some(&file.text);
            changed.then(|| FileChange { path: file.path.clone(), before: old, after: file.text.clone() })
        })
        .collect()
}

/// Lines that differ; one that is replaced counts once.
#[must_use]
pub fn replaced_lines(files: &[FileChange]) -> usize {
    let changed = |file: &FileChange| -> usize {
        let (before, after) = file.lines();
        let operations = diff::operations(&before, &after);
        let changed = operations.iter().filter(|op| op.tag() != DiffTag::Equal);
        changed.map(|op| op.old_range().len().max(op.new_range().len())).sum()
    };
    files.iter().map(changed).sum()
}

/// Whether a change takes out and puts in all the lines that another one does.
pub(super) fn includes(whole: &[FileChange], part: &[FileChange]) -> bool {
    part.iter().all(|part| {
        let Some(whole) = whole.iter().find(|whole| whole.path == part.path) else { return false };
        let (whole, part) = (different_lines(whole), different_lines(part));
        part.iter().all(|line| whole.contains(line))
    })
}

/// The lines taken out, and with `true` those put in.
fn different_lines(file: &FileChange) -> Vec<(bool, &str)> {
    let (before, after) = file.lines();
    let mut lines = Vec::new();
    for op in diff::operations(&before, &after).iter().filter(|op| op.tag() != DiffTag::Equal) {
        lines.extend(before.get(op.old_range()).into_iter().flatten().map(|line| (false, *line)));
        lines.extend(after.get(op.new_range()).into_iter().flatten().map(|line| (true, *line)));
    }
    lines
}

/// Old lines that a group removes or puts lines before, from 0.
fn changed_lines(group: &[DiffOp]) -> std::ops::Range<usize> {
    let changed = group.iter().filter(|op| op.tag() != DiffTag::Equal);
    let start = changed.clone().map(|op| op.old_range().start).min().unwrap_or(0);
    let end = changed.map(|op| op.old_range().end).max().unwrap_or(0);
    start..end.max(start + 1)
}

fn reasons(
    file: &FileChange,
    touched: &std::ops::Range<usize>,
    changes: &[Change],
    sources: &Sources,
) -> String {
    let mut reasons: Vec<&str> = Vec::new();
    for change in changes {
        let (is_here, why) = match change {
            Change::Add { file: added, why } => (added.path == file.path, why),
            Change::Edit { edit, why } => {
                let Some(source) = sources.get(edit.file) else { continue };
                let line = |offset: usize| source.text.get(..offset).unwrap_or("").matches('\n').count();
                let (first, last) = (line(edit.range.start().into()), line(edit.range.end().into()));
                (source.path == file.path && first <= touched.end && last + 1 >= touched.start, why)
            }
        };
        if is_here && !reasons.contains(&why.as_str()) {
            reasons.push(why);
        }
    }
    reasons.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(before: Option<&str>, after: &str, expected: &str) {
        let files = [FileChange { path: "f".into(), before: before.map(Into::into), after: after.into() }];
        assert_eq!(unified(&files, &[], &Sources::default()).0, expected);
    }

    #[test]
    fn a_diff_has_the_form_that_git_takes() {
        check(Some("a\nb\nc\n"), "a\nB\nc\n", "--- a/f\n+++ b/f\n@@ -1,3 +1,3 @@\n a\n-b\n+B\n c\n");
        check(None, "a\n", "--- /dev/null\n+++ b/f\n@@ -0,0 +1 @@\n+a\n");
        check(Some("a"), "a\n", "--- a/f\n+++ b/f\n@@ -1 +1 @@\n-a\n\\ No newline at end of file\n+a\n");
        check(Some("a\r\n"), "b\r\n", "--- a/f\n+++ b/f\n@@ -1 +1 @@\n-a\r\n+b\r\n");
    }

    #[test]
    fn far_changes_are_hunks_of_their_own() {
        let before: String = (0..20).map(|n| format!("{n}\n")).collect();
        let after = before.replace("2\n3\n", "2\nx\n3\n").replace("19\n", "y\n");
        let files = [FileChange { path: "f".into(), before: Some(before), after }];
        let (text, hunks) = unified(&files, &[], &Sources::default());
        assert_eq!(text.matches("@@ -").count(), 2);
        assert_eq!(hunks.len(), 2);
    }
}
