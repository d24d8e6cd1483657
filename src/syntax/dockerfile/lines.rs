//! From lines of a file to logical lines: directives, comments, continuations and heredocs.

use std::{
    collections::{HashMap, HashSet},
    ops::Range,
};

use super::{Directive, Heredoc, keywords::Keyword, shown};
use crate::text::{Mapped, SyntaxError, range};

/// BuildKit reads lines with Go's `bufio.Scanner`, whose buffer holds this many bytes.
const LONGEST_LINE: usize = 64 * 1024;

/// The lines of a file, and how far they have been read.
pub(super) struct Lines<'t> {
    text: &'t str,
    /// Bytes of each line, its line end included.
    lines: Vec<Range<usize>>,
    next: usize,
    /// Where a line of that content stands, for heredocs; made when the first one is met.
    delimiters: Option<Delimiters<'t>>,
}

/// The numbers of the lines that could end a heredoc, ascending. Looking them up instead of
/// searching for each keeps a file of many heredocs linear.
struct Delimiters<'t> {
    plain: HashMap<&'t str, Vec<usize>>,
    /// With leading tabs cut, for `<<-`.
    without_tabs: HashMap<&'t str, Vec<usize>>,
}

/// An instruction's text without its continuations and comments.
pub(super) struct LogicalLine {
    pub(super) text: Mapped,
    /// Its first line, from 0.
    pub(super) first: usize,
    /// Where it begins in the file, leading blanks left out.
    pub(super) start: usize,
}

/// Where the reader of directives stands.
///
/// BuildKit: directives come first in the file, one a line; the first line that is none ends
/// them, be it empty or a comment.
pub(super) struct Directives {
    pub(super) found: Vec<Directive>,
    pub(super) escape: char,
    seen: HashSet<String>,
    over: bool,
    /// After a `#!` line, BuildKit still looks for `syntax` and `check`, but not for `escape`.
    shebang: bool,
}

impl Default for Directives {
    fn default() -> Self {
        Self { found: Vec::new(), escape: '\\', seen: HashSet::new(), over: false, shebang: false }
    }
}

impl<'t> Lines<'t> {
    pub(super) fn new(text: &'t str, errors: &mut Vec<SyntaxError>) -> Self {
        let mut lines = Vec::new();
        let mut start = 0;
        for line in text.split_inclusive('\n') {
            let bytes = start..start + line.len();
            start = bytes.end;
            if line.strip_suffix('\n').unwrap_or(line).len() >= LONGEST_LINE {
                errors.push(
                    SyntaxError::new(
                        range(bytes.start, bytes.end),
                        "This line is longer than BuildKit reads (65535 bytes)",
                    )
                    .with_hint("Break it with line continuations"),
                );
            }
            lines.push(bytes);
        }
        Self { text, lines, next: 0, delimiters: None }
    }

    /// The number of the line that is read next, from 0.
    pub(super) fn position(&self) -> usize {
        self.next
    }

    /// Bytes of a line without its line end.
    pub(super) fn content(&self, number: usize) -> Range<usize> {
        let Some(bytes) = self.lines.get(number) else {
            return self.text.len()..self.text.len();
        };
        let line = self.text.get(bytes.clone()).unwrap_or_default();
        bytes.start..bytes.start + line.trim_end_matches(['\r', '\n']).len()
    }

    /// The next logical line that is neither blank nor a comment.
    pub(super) fn next_logical(
        &mut self,
        directives: &mut Directives,
        comments: &mut Vec<crate::text::TextRange>,
        errors: &mut Vec<SyntaxError>,
    ) -> Option<LogicalLine> {
        while self.next < self.lines.len() {
            let first = self.next;
            let bytes = self.content(first);
            self.next += 1;
            let whole = self.text.get(bytes.clone()).unwrap_or_default();
            let bare = if first == 0 { whole.strip_prefix('\u{feff}').unwrap_or(whole) } else { whole };
            let line = bare.trim_start();
            let start = bytes.end - line.len();
            let is_directive = directives.read(line, start, errors);
            if line.starts_with('#') {
                if !is_directive {
                    comments.push(range(start, bytes.end));
                }
                continue;
            }
            let (content, mut continued) = cut_continuation(line, directives.escape);
            if content.is_empty() && !continued {
                continue;
            }
            let mut text = Mapped::verbatim(content, start);
            while continued && self.next < self.lines.len() {
                let bytes = self.content(self.next);
                self.next += 1;
                let line = self.text.get(bytes.clone()).unwrap_or_default();
                let trimmed = line.trim_start();
                if trimmed.starts_with('#') {
                    comments.push(range(bytes.end - trimmed.len(), bytes.end));
                } else if !trimmed.is_empty() {
                    let content;
                    (content, continued) = cut_continuation(line, directives.escape);
                    text.push_verbatim(content, bytes.start);
                }
            }
            return Some(LogicalLine { text, first, start });
        }
        None
    }

    /// Reads a heredoc's body from the next line on. Without its delimiter it ends where the
    /// next instruction seems to begin, so that the rest of the file stays readable.
    pub(super) fn read_heredoc(&mut self, heredoc: &mut Heredoc) {
        let first = self.next;
        let found = self.delimiters().find(&heredoc.name, heredoc.chomp, first);
        let end = found.unwrap_or_else(|| {
            let looks_like_instruction = |number: &usize| {
                let line = self.text.get(self.content(*number)).unwrap_or_default();
                line.split_once([' ', '\t']).is_some_and(|(word, _)| {
                    word.bytes().all(|byte| byte.is_ascii_uppercase()) && Keyword::of(word).is_some()
                })
            };
            (first..self.lines.len()).find(looks_like_instruction).unwrap_or(self.lines.len())
        });
        let start = self.lines.get(first).map_or(self.text.len(), |line| line.start);
        let stop = self.lines.get(end).map_or(self.text.len(), |line| line.start);
        heredoc.unterminated = found.is_none();
        heredoc.body_range = range(start, stop);
        heredoc.body = self.text.get(start..stop).unwrap_or_default().to_owned();
        self.next = if found.is_some() { end + 1 } else { end };
    }

    fn delimiters(&mut self) -> &Delimiters<'t> {
        let (text, lines) = (self.text, &self.lines);
        self.delimiters.get_or_insert_with(|| {
            let mut delimiters = Delimiters { plain: HashMap::new(), without_tabs: HashMap::new() };
            for (number, bytes) in lines.iter().enumerate() {
                let line = text.get(bytes.clone()).unwrap_or_default().trim_end_matches(['\r', '\n']);
                delimiters.plain.entry(line).or_default().push(number);
                delimiters.without_tabs.entry(line.trim_start_matches('\t')).or_default().push(number);
            }
            delimiters
        })
    }
}

impl Delimiters<'_> {
    fn find(&self, name: &str, chomp: bool, from: usize) -> Option<usize> {
        let lines = if chomp { self.without_tabs.get(name)? } else { self.plain.get(name)? };
        lines.get(lines.partition_point(|&line| line < from)).copied()
    }
}

impl Directives {
    /// Looks at a line, its leading blanks cut, and says whether it is a directive.
    fn read(&mut self, line: &str, start: usize, errors: &mut Vec<SyntaxError>) -> bool {
        if self.over {
            return false;
        }
        if !self.shebang && self.found.is_empty() && line.starts_with("#!") {
            self.shebang = true;
            return false;
        }
        let Some((name, value)) = split_directive(line) else {
            self.over = true;
            return false;
        };
        let whole = range(start, start + line.len());
        if !self.seen.insert(name.clone()) {
            errors.push(
                SyntaxError::new(whole, format!("The {name} directive is given twice"))
                    .with_hint("Keep one of them"),
            );
            return true;
        }
        if name == "escape" && !self.shebang {
            match value.as_str() {
                "\\" => self.escape = '\\',
                "`" => self.escape = '`',
                _ => errors.push(
                    SyntaxError::new(whole, format!("{} cannot be the escape character", shown(&value)))
                        .with_hint("It is either \\ or `"),
                ),
            }
        }
        self.found.push(Directive { range: whole, name, value });
        true
    }
}

/// `# name = value`, where the name is a directive's.
fn split_directive(line: &str) -> Option<(String, String)> {
    let (name, value) = line.strip_prefix('#')?.trim_start().split_once('=')?;
    let name = name.trim_ascii_end().to_ascii_lowercase();
    // A value of blanks alone is one for BuildKit; nothing at all is none.
    let known = matches!(name.as_str(), "syntax" | "escape" | "check");
    (known && !value.is_empty()).then(|| (name, value.trim_ascii().to_owned()))
}

/// The line without the escape character that continues it, and whether there was one.
///
/// BuildKit: the last character but blanks, and not itself escaped (`\\` ends no line).
fn cut_continuation(line: &str, escape: char) -> (&str, bool) {
    match line.trim_end_matches([' ', '\t']).strip_suffix(escape) {
        Some(content) if !content.ends_with(escape) => (content, true),
        _ => (line, false),
    }
}
