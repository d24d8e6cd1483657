//! `grep`.

use super::{
    inputs,
    text::{Words, pattern_lines},
};
use crate::{
    shell::regex::{Regex, Syntax, is_word},
    simulate::{
        Text, TextLine,
        files::file_name,
        shell::{Outcome, Shell, Stream},
    },
    syntax::command::Argument,
    text::Location,
};

/// What a call of grep asks.
struct Grep {
    patterns: Vec<Regex>,
    invert: bool,
    whole_line: bool,
    whole_word: bool,
}

impl Grep {
    fn selects(&self, line: &str) -> bool {
        self.patterns.iter().any(|pattern| self.matches(pattern, line)) != self.invert
    }

    fn matches(&self, pattern: &Regex, line: &str) -> bool {
        if self.whole_line {
            return pattern.find(line, 0).is_some_and(|found| found.whole() == (0, line.len()));
        }
        if !self.whole_word {
            return pattern.is_match(line);
        }
        self.word_match(pattern, line).is_some()
    }

    /// `-w`: neither before nor after the match stands a letter, digit or underscore.
    fn word_match(&self, pattern: &Regex, line: &str) -> Option<(usize, usize)> {
        let mut from = 0;
        loop {
            let (start, end) = pattern.find(line, from)?.whole();
            let before = line.get(..start).and_then(|text| text.chars().next_back());
            let after = line.get(end..).and_then(|text| text.chars().next());
            if !before.is_some_and(is_word) && !after.is_some_and(is_word) {
                return Some((start, end));
            }
            from = line.get(start..)?.chars().next().map(|c| start + c.len_utf8())?;
        }
    }
}

pub(super) fn grep(shell: &mut Shell<'_, '_>, arguments: &[Argument], place: Option<Location>) -> Outcome {
    let words = Words::read(arguments, "efmABC");
    let name = arguments.first().map_or("", |name| file_name(name.as_str()));
    if let Some((option, _)) = words.options.iter().find(|(option, _)| {
        matches!(option.as_str(), "r" | "R" | "recursive" | "A" | "B" | "C" | "n" | "b" | "z" | "line-number")
    }) {
        let reason = format!("grep -{option} is not modelled");
        return Outcome { status: None, ..Outcome::unknown(reason) };
    }
    let ignore_case = words.has(&["i", "y", "ignore-case"]);
    let syntax = if words.has(&["P", "perl-regexp"]) {
        Syntax::Perl
    } else if words.has(&["E", "extended-regexp"]) || name == "egrep" {
        Syntax::Extended
    } else {
        Syntax::Basic
    };
    let fixed = words.has(&["F", "fixed-strings"]) || name == "fgrep";
    let mut texts: Vec<String> = Vec::new();
    for (option, value) in &words.options {
        match (option.as_str(), value) {
            ("e" | "regexp", Some(value)) => texts.push((*value).to_owned()),
            ("f" | "file", Some(path)) => match pattern_lines(shell, path) {
                Ok(lines) => texts.extend(lines),
                Err(outcome) => return outcome,
            },
            _ => {}
        }
    }
    let mut operands = words.operands.as_slice();
    let by_option = words.has(&["e", "f", "regexp", "file"]);
    if !by_option {
        let Some((first, rest)) = operands.split_first() else { return Outcome::failed(2) };
        texts.push((*first).to_owned());
        operands = rest;
    }
    let mut patterns = Vec::new();
    // "PATTERNS is one or more patterns separated by newline characters".
    for text in texts.iter().flat_map(|text| text.split('\n')) {
        if fixed {
            patterns.push(Regex::literal(text, ignore_case));
            continue;
        }
        match Regex::new(text, syntax, ignore_case) {
            Ok(pattern) => patterns.push(pattern),
            Err(reason) => {
                shell.skip(place, &reason, false);
                return Outcome { status: None, ..Outcome::unknown(reason) };
            }
        }
    }
    let grep = Grep {
        patterns,
        invert: words.has(&["v", "invert-match"]),
        whole_line: words.has(&["x", "line-regexp"]),
        whole_word: words.has(&["w", "word-regexp"]),
    };
    let counts = words.has(&["c", "count"]);
    let quiet = words.has(&["q", "quiet", "silent"]);
    let lists = words.has(&["l", "files-with-matches"]);
    let only = words.has(&["o", "only-matching"]);
    let most =
        words.value(&["m", "max-count"]).and_then(|text| text.parse::<usize>().ok()).unwrap_or(usize::MAX);
    let named =
        (operands.len() > 1 || words.has(&["H", "with-filename"])) && !words.has(&["h", "no-filename"]);
    let mut lines: Vec<TextLine> = Vec::new();
    let (mut found, mut unknown, mut failed) = (false, None, false);
    for (path, stream) in inputs(shell, operands) {
        let stream = match stream {
            Ok(stream) => stream,
            Err(()) => {
                failed = true;
                continue;
            }
        };
        let selected: Vec<&TextLine> =
            stream.text.lines.iter().filter(|line| grep.selects(&line.text)).take(most).collect();
        found |= !selected.is_empty();
        unknown = unknown.or(stream.unknown.clone());
        if counts {
            let prefix = if named { format!("{path}:") } else { String::new() };
            lines.push(TextLine::unplaced(format!("{prefix}{}", selected.len())));
        } else if lists {
            if !selected.is_empty() {
                lines.push(TextLine::unplaced(path));
            }
        } else if only {
            for line in selected {
                lines.extend(matched_parts(&grep, line));
            }
        } else if named {
            lines.extend(selected.into_iter().map(|line| line.changed(format!("{path}:{}", line.text))));
        } else {
            lines.extend(selected.into_iter().cloned());
        }
    }
    let status = if failed && !(quiet && found) {
        Some(2)
    } else if found {
        Some(0)
    } else if unknown.is_some() {
        None
    } else {
        Some(1)
    };
    if quiet {
        return Outcome { status, ..Outcome::default() };
    }
    let stdout = match unknown {
        Some(reason) => Stream::unknown(reason),
        None => Stream::known(Text::from_lines(lines)),
    };
    Outcome { status, stdout, stderr: Stream::default() }
}

/// `-o`: each match on a line of its own.
fn matched_parts(grep: &Grep, line: &TextLine) -> Vec<TextLine> {
    let mut parts = Vec::new();
    if grep.invert {
        return parts;
    }
    let mut from = 0;
    loop {
        let next = grep
            .patterns
            .iter()
            .filter_map(|pattern| pattern.find(&line.text, from))
            .map(|found| found.whole());
        let Some((start, end)) = next.min_by_key(|(start, end)| (*start, usize::MAX - end)) else { break };
        if end > start {
            parts.push(line.slice(start, end));
        }
        from = if end > start {
            end
        } else {
            match line.text.get(end..).and_then(|text| text.chars().next()) {
                Some(c) => end + c.len_utf8(),
                None => break,
            }
        };
    }
    parts
}
