//! Programs that print what they read, changed line by line.

use std::collections::HashSet;

use super::{inputs, read};
use crate::{
    order,
    simulate::{
        Content, Lookup, Text, TextLine,
        files::{file_name, parent},
        shell::{Outcome, Shell, Stream},
    },
    syntax::command::Argument,
    text::Location,
};

/// Options in one word each, their values, and operands.
pub(super) struct Words<'a> {
    pub(super) options: Vec<(String, Option<&'a str>)>,
    pub(super) operands: Vec<&'a str>,
}

impl<'a> Words<'a> {
    /// Reads the words of a call; letters in `valued` take a value, in the same word or the next.
    pub(super) fn read(arguments: &'a [Argument], valued: &str) -> Self {
        let mut words = Self { options: Vec::new(), operands: Vec::new() };
        let mut at = 1;
        let mut only_operands = false;
        while let Some(text) = arguments.get(at).map(Argument::as_str) {
            at += 1;
            if only_operands || !text.starts_with('-') || text == "-" {
                words.operands.push(text);
                continue;
            }
            if text == "--" {
                only_operands = true;
                continue;
            }
            if let Some(long) = text.strip_prefix("--") {
                let (name, value) = match long.split_once('=') {
                    Some((name, value)) => (name, Some(value)),
                    None => (long, None),
                };
                words.options.push((name.to_owned(), value));
                continue;
            }
            let letters = text.get(1..).unwrap_or("");
            for (index, letter) in letters.char_indices() {
                if valued.contains(letter) {
                    let rest = letters.get(index + letter.len_utf8()..).unwrap_or("");
                    let value = if rest.is_empty() {
                        at += 1;
                        arguments.get(at - 1).map_or("", Argument::as_str)
                    } else {
                        rest
                    };
                    words.options.push((letter.to_string(), Some(value)));
                    break;
                }
                words.options.push((letter.to_string(), None));
            }
        }
        words
    }

    pub(super) fn has(&self, names: &[&str]) -> bool {
        self.options.iter().any(|(name, _)| names.contains(&name.as_str()))
    }

    pub(super) fn value(&self, names: &[&str]) -> Option<&'a str> {
        self.options
            .iter()
            .rev()
            .find(|(name, _)| names.contains(&name.as_str()))
            .and_then(|(_, value)| *value)
    }
}

/// All inputs one after the other; a file that is not there makes the status 1.
fn gathered(shell: &mut Shell<'_, '_>, paths: &[&str]) -> (Stream, i32) {
    let mut all = Stream::default();
    let mut status = 0;
    for (_, stream) in inputs(shell, paths) {
        match stream {
            Ok(stream) => all.append(stream),
            Err(()) => status = 1,
        }
    }
    (all, status)
}

/// Applies a change to all lines read.
fn over_lines(
    shell: &mut Shell<'_, '_>,
    paths: &[&str],
    change: impl FnOnce(Vec<TextLine>) -> Vec<TextLine>,
) -> Outcome {
    let (stream, status) = gathered(shell, paths);
    if let Some(reason) = stream.unknown {
        return Outcome {
            status: (status == 0).then_some(0),
            stdout: Stream::unknown(reason),
            ..Outcome::default()
        };
    }
    let text = Text::from_lines(change(stream.text.lines));
    Outcome { status: Some(status), ..Outcome::printed(text) }
}

/// Some lines in a row; a last line without an end stays so.
fn part_of(
    shell: &mut Shell<'_, '_>,
    paths: &[&str],
    choose: impl FnOnce(&[TextLine]) -> std::ops::Range<usize>,
) -> Outcome {
    let (stream, status) = gathered(shell, paths);
    if let Some(reason) = stream.unknown {
        return Outcome {
            status: (status == 0).then_some(0),
            stdout: Stream::unknown(reason),
            ..Outcome::default()
        };
    }
    let Text { lines, final_newline } = stream.text;
    let range = choose(&lines);
    let ended = range.end < lines.len() || final_newline;
    let lines = lines.get(range).unwrap_or_default().to_vec();
    let text = Text { final_newline: ended && !lines.is_empty(), lines };
    Outcome { status: Some(status), ..Outcome::printed(text) }
}

fn not_modelled(name: &str) -> Outcome {
    Outcome { status: Some(0), ..Outcome::unknown(format!("this form of {name} is not modelled")) }
}

pub(super) fn cat(shell: &mut Shell<'_, '_>, arguments: &[Argument], _: Option<Location>) -> Outcome {
    let words = Words::read(arguments, "");
    let name = arguments.first().map_or("", |name| file_name(name.as_str()));
    if name == "zcat" || words.has(&["n", "b", "A", "s", "E", "T", "v"]) {
        return not_modelled(name);
    }
    if name == "tac" {
        return over_lines(shell, &words.operands, |lines| lines.into_iter().rev().collect());
    }
    let (stdout, status) = gathered(shell, &words.operands);
    Outcome { status: Some(status), stdout, ..Outcome::default() }
}

/// The count of `head` and `tail`: `-n 5`, `-5`, `-n -1`, `-n +2`.
fn count(arguments: &[Argument], words: &Words<'_>) -> Option<(char, usize)> {
    let text = match words.value(&["n", "lines"]) {
        Some(value) => value.to_owned(),
        None => match arguments.get(1).map(Argument::as_str).and_then(|text| text.strip_prefix('-')) {
            Some(digits) if !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit()) => {
                digits.to_owned()
            }
            _ => "10".to_owned(),
        },
    };
    let sign = text.chars().next().filter(|c| matches!(c, '+' | '-')).unwrap_or(' ');
    Some((sign, text.trim_start_matches(['+', '-']).parse().ok()?))
}

pub(super) fn head(shell: &mut Shell<'_, '_>, arguments: &[Argument], _: Option<Location>) -> Outcome {
    let words = Words::read(arguments, "nc");
    let Some((sign, count)) = count(arguments, &words).filter(|_| !words.has(&["c", "bytes"])) else {
        return not_modelled("head");
    };
    part_of(shell, &words.operands, |lines| {
        let length = if sign == '-' { lines.len().saturating_sub(count) } else { count };
        0..length.min(lines.len())
    })
}

pub(super) fn tail(shell: &mut Shell<'_, '_>, arguments: &[Argument], _: Option<Location>) -> Outcome {
    let words = Words::read(arguments, "nc");
    let Some((sign, count)) = count(arguments, &words).filter(|_| !words.has(&["c", "bytes"])) else {
        return not_modelled("tail");
    };
    part_of(shell, &words.operands, |lines| {
        let from = if sign == '+' { count.saturating_sub(1) } else { lines.len().saturating_sub(count) };
        from.min(lines.len())..lines.len()
    })
}

pub(super) fn sort(shell: &mut Shell<'_, '_>, arguments: &[Argument], place: Option<Location>) -> Outcome {
    let words = Words::read(arguments, "kto");
    if words.has(&["k", "n", "V", "h", "t", "R", "M", "g", "m", "c", "version-sort", "key"]) {
        return not_modelled("sort");
    }
    let (unique, reverse, fold) =
        (words.has(&["u", "unique"]), words.has(&["r", "reverse"]), words.has(&["f", "ignore-case"]));
    let outcome = over_lines(shell, &words.operands, |mut lines| {
        let key = |line: &TextLine| if fold { line.text.to_ascii_uppercase() } else { line.text.clone() };
        order::sort_by_key(&mut lines, key);
        if reverse {
            lines.reverse();
        }
        if unique {
            lines.dedup_by_key(|line| key(line));
        }
        lines
    });
    // `-o` may name the input: it is written last.
    match words.value(&["o", "output"]) {
        Some(path) => write(shell, path, outcome, place),
        None => outcome,
    }
}

/// Puts what a program printed into a file.
pub(super) fn write(
    shell: &mut Shell<'_, '_>,
    path: &str,
    outcome: Outcome,
    place: Option<Location>,
) -> Outcome {
    use crate::simulate::Entry;
    let path = shell.world.state.files.resolve(&shell.absolute(path));
    let origin = shell.world.origin;
    shell.world.write(&path, Entry { content: outcome.stdout.into(), origin, location: place });
    Outcome { status: outcome.status, stdout: Stream::default(), stderr: outcome.stderr }
}

pub(super) fn uniq(shell: &mut Shell<'_, '_>, arguments: &[Argument], _: Option<Location>) -> Outcome {
    let words = Words::read(arguments, "fsw");
    if !words.options.is_empty() || words.operands.len() > 1 {
        return not_modelled("uniq");
    }
    over_lines(shell, &words.operands, |mut lines| {
        lines.dedup_by(|a, b| a.text == b.text);
        lines
    })
}

pub(super) fn tr(shell: &mut Shell<'_, '_>, arguments: &[Argument], _: Option<Location>) -> Outcome {
    let words = Words::read(arguments, "");
    let sets: Option<Vec<Vec<char>>> = words.operands.iter().map(|text| characters(text)).collect();
    let delete = words.has(&["d", "delete"]);
    let squeeze = words.has(&["s", "squeeze-repeats"]);
    let complement = words.has(&["c", "C", "complement"]);
    let Some(sets) = sets.filter(|sets| !sets.is_empty() && !complement) else { return not_modelled("tr") };
    let (stream, _) = gathered(shell, &[]);
    if let Some(reason) = stream.unknown {
        return Outcome { status: Some(0), stdout: Stream::unknown(reason), ..Outcome::default() };
    }
    let first = sets.first().cloned().unwrap_or_default();
    let second = sets.get(1).cloned().unwrap_or_default();
    let map = |c: char| -> Option<char> {
        match first.iter().position(|own| *own == c) {
            Some(_) if delete => None,
            Some(at) if !second.is_empty() => second.get(at).or(second.last()).copied(),
            _ => Some(c),
        }
    };
    let squeezed = if second.is_empty() { &first } else { &second };
    let touches_lines = first.contains(&'\n') || second.contains(&'\n');
    let change = |text: &str| {
        let mut result = String::new();
        for c in text.chars().filter_map(map) {
            if !(squeeze && squeezed.contains(&c) && result.ends_with(c)) {
                result.push(c);
            }
        }
        result
    };
    if touches_lines {
        return across_lines(&stream.text, &first, &second, delete, squeeze, &change);
    }
    let lines = stream.text.lines.iter().map(|line| line.changed(change(&line.text))).collect();
    Outcome::printed(Text { lines, final_newline: stream.text.final_newline })
}

/// `tr '\n' ' '` joins lines, `tr ' ' '\n'` splits them; each part keeps its line's place.
fn across_lines(
    text: &Text,
    first: &[char],
    second: &[char],
    delete: bool,
    squeeze: bool,
    change: &dyn Fn(&str) -> String,
) -> Outcome {
    // Splitting at one character: parts stay where they stand.
    if let ([separator], [.., '\n'], false) = (first, second, delete) {
        let mut lines = Vec::new();
        for line in &text.lines {
            let mut start = 0;
            for part in line.text.split(*separator) {
                // Line ends in a row become one.
                if !(squeeze && part.is_empty() && !lines.is_empty()) {
                    lines.push(line.slice(start, start + part.len()));
                }
                start += part.len() + separator.len_utf8();
            }
        }
        return Outcome::printed(Text { lines, final_newline: text.final_newline });
    }
    let joined = change(&text.to_string());
    let mut result = Text::unplaced(&joined);
    if let ([line], Some(origin)) =
        (result.lines.as_mut_slice(), text.lines.iter().find_map(|line| line.origin))
    {
        line.origin = Some(origin);
    }
    Outcome::printed(result)
}

/// The characters of a set of `tr`: ranges, escapes, classes.
fn characters(text: &str) -> Option<Vec<char>> {
    let chars: Vec<char> = text.chars().collect();
    let mut set = Vec::new();
    let mut at = 0;
    while let Some(&c) = chars.get(at) {
        if c == '[' && chars.get(at + 1) == Some(&':') {
            let rest: String = chars.iter().skip(at + 2).take(12).collect();
            let (name, _) = rest.split_once(":]")?;
            for (first, last) in crate::shell::named_class(name)? {
                set.extend(first..=last);
            }
            at += name.chars().count() + 4;
            continue;
        }
        let mut c = c;
        at += 1;
        if c == '\\' {
            c = match chars.get(at)? {
                'n' => '\n',
                't' => '\t',
                'r' => '\r',
                '0' => '\0',
                other => *other,
            };
            at += 1;
        }
        match (chars.get(at), chars.get(at + 1)) {
            (Some('-'), Some(&last)) if last >= c => {
                set.extend(c..=last);
                at += 2;
            }
            _ => set.push(c),
        }
    }
    (set.len() < 10_000).then_some(set)
}

pub(super) fn cut(shell: &mut Shell<'_, '_>, arguments: &[Argument], _: Option<Location>) -> Outcome {
    let words = Words::read(arguments, "dfcb");
    let delimiter = words.value(&["d", "delimiter"]).and_then(|text| text.chars().next()).unwrap_or('\t');
    let characters = words.value(&["c", "characters", "b", "bytes"]);
    let Some(list) = words.value(&["f", "fields"]).or(characters).and_then(ranges) else {
        return not_modelled("cut");
    };
    let only_delimited = words.has(&["s", "only-delimited"]);
    let by_field = characters.is_none();
    over_lines(shell, &words.operands, |lines| {
        lines
            .into_iter()
            .filter_map(|line| {
                // Byte ranges of the parts, in order.
                let mut parts: Vec<(usize, usize)> = Vec::new();
                if by_field {
                    if !line.text.contains(delimiter) {
                        return (!only_delimited).then_some(line);
                    }
                    let mut start = 0;
                    for part in line.text.split(delimiter) {
                        parts.push((start, start + part.len()));
                        start += part.len() + delimiter.len_utf8();
                    }
                } else {
                    parts.extend(line.text.char_indices().map(|(at, c)| (at, at + c.len_utf8())));
                }
                let chosen: Vec<(usize, usize)> = parts
                    .iter()
                    .enumerate()
                    .filter(|(index, _)| {
                        list.iter().any(|(first, last)| (*first..=*last).contains(&(index + 1)))
                    })
                    .map(|(_, part)| *part)
                    .collect();
                Some(match chosen.as_slice() {
                    [(start, end)] => line.slice(*start, *end),
                    chosen => {
                        let separator = if by_field { delimiter.to_string() } else { String::new() };
                        let texts: Vec<&str> = chosen
                            .iter()
                            .map(|(start, end)| line.text.get(*start..*end).unwrap_or(""))
                            .collect();
                        line.changed(texts.join(&separator))
                    }
                })
            })
            .collect()
    })
}

/// `1,3-5,7-`.
fn ranges(text: &str) -> Option<Vec<(usize, usize)>> {
    text.split(',')
        .map(|part| match part.split_once('-') {
            Some((first, last)) => {
                let first = if first.is_empty() { 1 } else { first.parse().ok()? };
                let last = if last.is_empty() { usize::MAX } else { last.parse().ok()? };
                Some((first, last))
            }
            None => part.parse().ok().map(|number| (number, number)),
        })
        .collect()
}

pub(super) fn wc(shell: &mut Shell<'_, '_>, arguments: &[Argument], _: Option<Location>) -> Outcome {
    let words = Words::read(arguments, "");
    if !words.has(&["l", "lines"]) || words.options.len() != 1 || words.operands.len() > 1 {
        return not_modelled("wc");
    }
    let (stream, status) = gathered(shell, &words.operands);
    let suffix = words.operands.first().map_or(String::new(), |path| format!(" {path}"));
    match stream.as_known() {
        Ok(text) => {
            let ends = text.lines.len() - usize::from(!text.final_newline && !text.is_empty());
            Outcome { status: Some(status), ..Outcome::line(format!("{ends}{suffix}")) }
        }
        Err(reason) => Outcome { status: Some(0), ..Outcome::unknown(reason) },
    }
}

pub(super) fn tee(shell: &mut Shell<'_, '_>, arguments: &[Argument], place: Option<Location>) -> Outcome {
    let words = Words::read(arguments, "");
    let (stream, _) = gathered(shell, &[]);
    let append = words.has(&["a", "append"]);
    for path in &words.operands {
        let printed = Outcome { status: Some(0), stdout: stream.clone(), ..Outcome::default() };
        if append {
            let path = shell.absolute(path);
            if shell.world.state.files.resolved(&path).is_none() {
                write(shell, &path, printed, place);
            } else {
                shell.append_to(&path, stream.clone());
            }
        } else {
            write(shell, path, printed, place);
        }
    }
    Outcome { status: Some(0), stdout: stream, ..Outcome::default() }
}

pub(super) fn basename(_: &mut Shell<'_, '_>, arguments: &[Argument], _: Option<Location>) -> Outcome {
    let words = Words::read(arguments, "s");
    let Some(path) = words.operands.first() else { return Outcome::failed(1) };
    let name = file_name(path);
    let suffix = words.value(&["s"]).or(words.operands.get(1).copied()).unwrap_or("");
    let stem = name.strip_suffix(suffix).filter(|stem| !stem.is_empty()).unwrap_or(name);
    Outcome::line(stem)
}

pub(super) fn dirname(_: &mut Shell<'_, '_>, arguments: &[Argument], _: Option<Location>) -> Outcome {
    let Some(path) = arguments.get(1) else { return Outcome::failed(1) };
    let path = path.as_str().trim_end_matches('/');
    Outcome::line(if path.contains('/') { parent(path) } else { "." })
}

pub(super) fn seq(_: &mut Shell<'_, '_>, arguments: &[Argument], _: Option<Location>) -> Outcome {
    let numbers: Option<Vec<i64>> = arguments.iter().skip(1).map(|text| text.as_str().parse().ok()).collect();
    let (first, last) = match numbers.as_deref() {
        Some([last]) => (1, *last),
        Some([first, last]) => (*first, *last),
        _ => return not_modelled("seq"),
    };
    if last.saturating_sub(first) > 1_000 {
        return not_modelled("seq");
    }
    Outcome::printed(Text::from_lines((first..=last).map(|n| TextLine::unplaced(n.to_string())).collect()))
}

pub(super) fn realpath(shell: &mut Shell<'_, '_>, arguments: &[Argument], _: Option<Location>) -> Outcome {
    let words = Words::read(arguments, "");
    let name = arguments.first().map_or("", |name| file_name(name.as_str()));
    let Some(path) = words.operands.first() else { return Outcome::failed(1) };
    let path = shell.absolute(path);
    if name == "readlink" && !words.has(&["f", "e", "m", "canonicalize"]) {
        return not_modelled(name);
    }
    match shell.world.state.files.lookup(&path) {
        Lookup::Unknown(reason) => Outcome { status: None, ..Outcome::unknown(reason) },
        _ => Outcome::line(shell.world.state.files.resolve(&path)),
    }
}

/// The lines of a file of patterns; `None` where they are not known.
pub(super) fn pattern_lines(shell: &mut Shell<'_, '_>, path: &str) -> Result<Vec<String>, Outcome> {
    match read(shell, path) {
        Ok(Stream { text, unknown: None }) => Ok(text.lines.into_iter().map(|line| line.text).collect()),
        Ok(Stream { unknown: Some(reason), .. }) => Err(Outcome { status: None, ..Outcome::unknown(reason) }),
        Err(()) => Err(Outcome::failed(2)),
    }
}

/// Keeps the first of equal lines; `awk '!seen[$0]++'`.
pub(super) fn without_repeats(lines: Vec<TextLine>) -> Vec<TextLine> {
    let mut seen = HashSet::new();
    lines.into_iter().filter(|line| seen.insert(line.text.clone())).collect()
}

/// `dos2unix file...`: each line loses its carriage return.
pub(super) fn dos2unix(
    shell: &mut Shell<'_, '_>,
    arguments: &[Argument],
    place: Option<Location>,
) -> Outcome {
    shell.assume("dos2unix", place);
    for path in Words::read(arguments, "").operands {
        let path = shell.world.state.files.resolve(&shell.absolute(path));
        match shell.world.state.files.lookup(&path) {
            Lookup::Absent => return Outcome::failed(2),
            Lookup::Unknown(_) => {}
            Lookup::Present(entry) => {
                let mut entry = entry.clone();
                if let Content::Text(text) = &mut entry.content {
                    let mut changed = Text::clone(text);
                    for line in &mut changed.lines {
                        if line.text.ends_with('\r') {
                            *line = line.slice(0, line.text.len() - 1);
                        }
                    }
                    *text = changed.into();
                }
                shell.world.write(&path, entry);
            }
        }
    }
    Outcome::status(0)
}
