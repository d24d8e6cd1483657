//! `sed`: `s`, `d`, `p`, `q`, `a`, `i`, `c`, `y`, addresses and `-i`.

use super::{inputs, text::write};
use crate::{
    budget::{LONGEST_TEXT, TEXT_TOO_LONG},
    shell::regex::{Regex, Syntax},
    simulate::{
        Text, TextLine,
        shell::{Outcome, Shell, Stream},
    },
    syntax::command::Argument,
    text::Location,
};

struct Sed {
    quiet: bool,
    commands: Vec<Command>,
}

struct Command {
    from: Option<Address>,
    to: Option<Address>,
    negated: bool,
    action: Action,
}

enum Address {
    Line(usize),
    Last,
    Pattern(Regex),
    /// `addr,+2`.
    After(usize),
}

enum Action {
    Delete,
    Print,
    Quit,
    Substitute {
        pattern: Regex,
        replacement: Vec<Part>,
        all: bool,
        number: usize,
        print: bool,
    },
    Append(String),
    Insert(String),
    Change(String),
    Translate(Vec<(char, char)>),
    /// `{` ... `}` of commands with one address.
    Group(Vec<Command>),
}

/// A part of what `s` puts in.
enum Part {
    Text(String),
    Group(usize),
}

/// How deep braces may be nested.
const DEEPEST: usize = 10;

pub(super) fn sed(shell: &mut Shell<'_, '_>, arguments: &[Argument], place: Option<Location>) -> Outcome {
    let (mut quiet, mut in_place, mut extended) = (false, false, false);
    let mut backup = String::new();
    let mut scripts: Vec<String> = Vec::new();
    let mut operands: Vec<&str> = Vec::new();
    let mut at = 1;
    while let Some(text) = arguments.get(at).map(Argument::as_str) {
        at += 1;
        let mut next = || {
            at += 1;
            arguments.get(at - 1).map_or("", Argument::as_str).to_owned()
        };
        match text {
            "-n" | "--quiet" | "--silent" => quiet = true,
            "-e" | "--expression" => scripts.push(next()),
            "-f" | "--file" => return unknown(shell, "a sed script in a file is not modelled", place),
            "-E" | "-r" | "--regexp-extended" => extended = true,
            "-s" | "--separate" | "-u" | "--" | "--posix" | "--follow-symlinks" => {}
            option if option.starts_with("-i") => {
                in_place = true;
                backup = option.get(2..).unwrap_or("").to_owned();
            }
            option if option.starts_with("--in-place") => {
                in_place = true;
                backup = option.split_once('=').map_or("", |(_, suffix)| suffix).to_owned();
            }
            option if option.starts_with("--expression=") => {
                scripts.push(option.split_once('=').map_or("", |(_, script)| script).to_owned());
            }
            option if option.starts_with('-') && option.len() > 1 && !option.starts_with("--") => {
                let letters = option.get(1..).unwrap_or("");
                for (index, letter) in letters.char_indices() {
                    match letter {
                        'n' => quiet = true,
                        'E' | 'r' => extended = true,
                        'e' => {
                            scripts.push(next());
                            break;
                        }
                        'i' => {
                            in_place = true;
                            backup = letters.get(index + 1..).unwrap_or("").to_owned();
                            break;
                        }
                        _ => {}
                    }
                }
            }
            operand => operands.push(operand),
        }
    }
    if scripts.is_empty() {
        if operands.is_empty() {
            return Outcome::failed(1);
        }
        scripts.push(operands.remove(0).to_owned());
    }
    let script = scripts.join("\n");
    let syntax = if extended { Syntax::Extended } else { Syntax::Basic };
    let chars: Vec<char> = script.chars().collect();
    let mut parser = Parser { chars: &chars, at: 0, syntax, depth: 0 };
    let commands = match parser.commands() {
        Ok(commands) => commands,
        Err(reason) => {
            if in_place {
                for path in &operands {
                    super::blur(shell, path, &reason);
                }
            }
            return unknown(shell, &reason, place);
        }
    };
    let sed = Sed { quiet, commands };
    if !in_place {
        let mut all = Stream::default();
        let mut status = 0;
        for (_, stream) in inputs(shell, &operands) {
            match stream {
                Ok(stream) => all.append(stream),
                Err(()) => status = 2,
            }
        }
        let stdout = match all.unknown {
            Some(reason) => Stream::unknown(reason),
            None => sed.run(all.text).map_or_else(Stream::unknown, Stream::known),
        };
        return Outcome { status: Some(status), stdout, ..Outcome::default() };
    }
    let mut status = 0;
    for path in operands {
        match super::read(shell, path) {
            Ok(stream) => {
                if !backup.is_empty() && !backup.contains('*') {
                    let copy = Outcome { status: Some(0), stdout: stream.clone(), ..Outcome::default() };
                    write(shell, &format!("{path}{backup}"), copy, place);
                }
                let stdout = match stream.unknown {
                    Some(reason) => Stream::unknown(reason),
                    None => sed.run(stream.text).map_or_else(Stream::unknown, Stream::known),
                };
                write(shell, path, Outcome { status: Some(0), stdout, ..Outcome::default() }, place);
            }
            Err(()) => status = 2,
        }
    }
    Outcome::status(status)
}

fn unknown(shell: &mut Shell<'_, '_>, reason: &str, place: Option<Location>) -> Outcome {
    shell.skip(place, reason, false);
    Outcome { status: Some(0), ..Outcome::unknown(reason) }
}

/// What becomes of a line.
#[derive(Default)]
struct Cycle {
    deleted: bool,
    quit: bool,
    before: Vec<TextLine>,
    after: Vec<TextLine>,
    /// Bytes in both.
    length: usize,
}

impl Cycle {
    /// Counts a line; whether there is room for it.
    fn has_room(&mut self, line: &TextLine) -> bool {
        self.length += line.text.len() + 1;
        self.length <= LONGEST_TEXT
    }

    fn before(&mut self, line: TextLine) {
        if self.has_room(&line) {
            self.before.push(line);
        }
    }

    fn after(&mut self, line: TextLine) {
        if self.has_room(&line) {
            self.after.push(line);
        }
    }
}

impl Sed {
    /// `Err` says why the outcome is not known.
    fn run(&self, text: Text) -> Result<Text, &'static str> {
        let count = text.lines.len();
        let mut result = Vec::new();
        let mut open = vec![None; self.count()];
        let mut added = false;
        let mut length = 0;
        for (index, line) in text.lines.into_iter().enumerate() {
            let mut line = line;
            let mut cycle = Cycle::default();
            let mut range = 0;
            execute(
                &self.commands,
                &mut line,
                index + 1,
                index + 1 == count,
                &mut open,
                &mut range,
                &mut cycle,
            );
            result.append(&mut cycle.before);
            length += cycle.length + line.text.len();
            if length > LONGEST_TEXT {
                return Err(TEXT_TOO_LONG);
            }
            if !cycle.deleted && !self.quiet {
                result.push(line);
            }
            added = !cycle.after.is_empty();
            result.append(&mut cycle.after);
            if cycle.quit {
                break;
            }
        }
        // A file that ends without a line end stays so.
        let final_newline = !result.is_empty() && (text.final_newline || added || result.len() < count);
        let mut lines = Vec::new();
        for line in result {
            // `s/,/\n/` makes two lines of one.
            if line.text.contains('\n') {
                lines.extend(line.text.split('\n').map(|part| line.changed(part.to_owned())));
            } else {
                lines.push(line);
            }
        }
        Ok(Text { lines, final_newline })
    }

    fn count(&self) -> usize {
        fn count(commands: &[Command]) -> usize {
            commands
                .iter()
                .map(|command| 1 + if let Action::Group(inner) = &command.action { count(inner) } else { 0 })
                .sum()
        }
        count(&self.commands)
    }
}

/// Runs commands over a line. `open` holds for each of them whether its range is open, and up to
/// which line.
fn execute(
    commands: &[Command],
    line: &mut TextLine,
    number: usize,
    last: bool,
    open: &mut [Option<usize>],
    index: &mut usize,
    cycle: &mut Cycle,
) {
    for command in commands {
        let own = *index;
        *index += 1;
        let selected = command.selects(line, number, last, open.get_mut(own)) != command.negated;
        if let Action::Group(inner) = &command.action {
            if selected {
                execute(inner, line, number, last, open, index, cycle);
                if cycle.deleted || cycle.quit {
                    return;
                }
            } else {
                *index += inner.len();
            }
            continue;
        }
        if !selected {
            continue;
        }
        match &command.action {
            Action::Delete => {
                cycle.deleted = true;
                return;
            }
            Action::Print => cycle.before(line.clone()),
            Action::Quit => {
                cycle.quit = true;
                return;
            }
            Action::Substitute { pattern, replacement, all, number, print } => {
                if let Some(changed) = substituted(&line.text, pattern, replacement, *all, *number) {
                    *line = line.changed(changed);
                    if *print {
                        cycle.before(line.clone());
                    }
                }
            }
            Action::Append(text) => cycle.after(TextLine::unplaced(text.clone())),
            Action::Insert(text) => cycle.before(TextLine::unplaced(text.clone())),
            Action::Change(text) => {
                cycle.before(TextLine::unplaced(text.clone()));
                cycle.deleted = true;
                return;
            }
            Action::Translate(pairs) => {
                let map = |c: char| pairs.iter().find(|(from, _)| *from == c).map_or(c, |(_, to)| *to);
                *line = line.changed(line.text.chars().map(map).collect());
            }
            Action::Group(_) => {}
        }
    }
}

impl Command {
    fn selects(&self, line: &TextLine, number: usize, last: bool, open: Option<&mut Option<usize>>) -> bool {
        let fits = |address: &Address| match address {
            Address::Line(wanted) => *wanted == number,
            Address::Last => last,
            Address::Pattern(pattern) => pattern.is_match(&line.text),
            Address::After(_) => false,
        };
        let (Some(from), to) = (&self.from, &self.to) else { return true };
        let Some(to) = to else { return fits(from) };
        let Some(open) = open else { return fits(from) };
        if let Some(until) = *open {
            let ends = match to {
                Address::Line(wanted) => number >= *wanted,
                Address::After(_) => number >= until,
                other => fits(other),
            };
            if ends {
                *open = None;
            }
            // A range whose last line lies behind ends before this one.
            return !matches!(to, Address::Line(wanted) if number > *wanted);
        }
        if fits(from) {
            let until = match to {
                Address::After(count) => number + count,
                _ => usize::MAX,
            };
            let at_once = match to {
                Address::Line(wanted) => *wanted <= number,
                Address::After(count) => *count == 0,
                Address::Last => last,
                Address::Pattern(_) => false,
            };
            *open = (!at_once).then_some(until);
            return true;
        }
        false
    }
}

/// `None` where nothing matches.
fn substituted(
    text: &str,
    pattern: &Regex,
    replacement: &[Part],
    all: bool,
    number: usize,
) -> Option<String> {
    let mut result = String::new();
    let mut from = 0;
    let mut copied = 0;
    let mut count = 0;
    let mut changed = false;
    while let Some(found) = pattern.find(text, from) {
        let (start, end) = found.whole();
        count += 1;
        if count >= number {
            changed = true;
            result.push_str(text.get(copied..start)?);
            for part in replacement {
                match part {
                    Part::Text(own) => result.push_str(own),
                    Part::Group(group) => {
                        if let Some((start, end)) = found.groups.get(*group).copied().flatten() {
                            result.push_str(text.get(start..end)?);
                        }
                    }
                }
            }
            copied = end;
            if !all {
                break;
            }
        }
        from = if end > start {
            end
        } else {
            match text.get(end..)?.chars().next() {
                Some(c) => end + c.len_utf8(),
                None => break,
            }
        };
        if from > text.len() || result.len() > LONGEST_TEXT {
            break;
        }
    }
    result.push_str(text.get(copied..)?);
    changed.then_some(result)
}

struct Parser<'a> {
    chars: &'a [char],
    at: usize,
    syntax: Syntax,
    depth: usize,
}

impl Parser<'_> {
    fn peek(&self) -> Option<char> {
        self.chars.get(self.at).copied()
    }

    fn next(&mut self) -> Option<char> {
        let c = self.peek();
        self.at += 1;
        c
    }

    fn skip(&mut self, fits: impl Fn(char) -> bool) {
        while self.peek().is_some_and(&fits) {
            self.at += 1;
        }
    }

    fn commands(&mut self) -> Result<Vec<Command>, String> {
        self.depth += 1;
        if self.depth > DEEPEST {
            return Err("the sed script is nested too deeply".to_owned());
        }
        let mut commands = Vec::new();
        loop {
            self.skip(|c| c.is_whitespace() || c == ';');
            match self.peek() {
                None => break,
                Some('}') if self.depth > 1 => {
                    self.at += 1;
                    break;
                }
                Some('#') => self.skip(|c| c != '\n'),
                Some(_) => commands.push(self.command()?),
            }
        }
        self.depth -= 1;
        Ok(commands)
    }

    fn command(&mut self) -> Result<Command, String> {
        let from = self.address()?;
        let mut to = None;
        self.skip(|c| c == ' ');
        if from.is_some() && self.peek() == Some(',') {
            self.at += 1;
            self.skip(|c| c == ' ');
            to = if self.peek() == Some('+') {
                self.at += 1;
                Some(Address::After(self.number()))
            } else {
                self.address()?
            };
            if to.is_none() {
                return Err("an address of the sed script cannot be read".to_owned());
            }
        }
        self.skip(|c| c == ' ');
        let negated = self.peek() == Some('!');
        if negated {
            self.at += 1;
            self.skip(|c| c == ' ');
        }
        let action = match self.next() {
            Some('d') => Action::Delete,
            Some('p') => Action::Print,
            Some('q') => Action::Quit,
            Some('s') => self.substitute()?,
            Some('y') => self.translate()?,
            Some('{') => Action::Group(self.commands()?),
            Some(letter @ ('a' | 'i' | 'c')) => {
                self.skip(|c| c == ' ' || c == '\t');
                if self.peek() == Some('\\') {
                    self.at += 1;
                    self.skip(|c| c == ' ' || c == '\t');
                    if self.peek() == Some('\n') {
                        self.at += 1;
                    }
                }
                let start = self.at;
                self.skip(|c| c != '\n');
                let text: String = self.chars.get(start..self.at).unwrap_or_default().iter().collect();
                match letter {
                    'a' => Action::Append(text),
                    'i' => Action::Insert(text),
                    _ => Action::Change(text),
                }
            }
            Some(c) => return Err(format!("the sed command {c} is not modelled")),
            None => return Err("the sed script ends too early".to_owned()),
        };
        self.skip(|c| c == ' ');
        Ok(Command { from, to, negated, action })
    }

    fn number(&mut self) -> usize {
        let start = self.at;
        self.skip(|c| c.is_ascii_digit());
        let text: String = self.chars.get(start..self.at).unwrap_or_default().iter().collect();
        text.parse().unwrap_or(0)
    }

    fn address(&mut self) -> Result<Option<Address>, String> {
        Ok(match self.peek() {
            Some(c) if c.is_ascii_digit() => Some(Address::Line(self.number())),
            Some('$') => {
                self.at += 1;
                Some(Address::Last)
            }
            Some(c @ ('/' | '\\')) => {
                self.at += 1;
                let delimiter = if c == '/' { '/' } else { self.next().unwrap_or('/') };
                let text = self.until(delimiter)?;
                let ignore_case = self.peek() == Some('I');
                if ignore_case {
                    self.at += 1;
                }
                Some(Address::Pattern(Regex::new(&text, self.syntax, ignore_case)?))
            }
            _ => None,
        })
    }

    /// Up to the delimiter; `\` before it takes its meaning away.
    fn until(&mut self, delimiter: char) -> Result<String, String> {
        let mut text = String::new();
        let mut bracket = false;
        loop {
            match self.next() {
                None => return Err("a part of the sed script is not closed".to_owned()),
                Some('\\') => match self.next() {
                    Some(c) if c == delimiter && delimiter != 'n' => text.push(c),
                    Some(c) => {
                        text.push('\\');
                        text.push(c);
                    }
                    None => return Err("the sed script ends in a backslash".to_owned()),
                },
                Some(c) if c == delimiter && !bracket => return Ok(text),
                Some(c) => {
                    // A delimiter inside brackets is a character like any other.
                    if c == '[' && !bracket {
                        let rest = self.chars.get(self.at..).unwrap_or_default();
                        let skip = usize::from(rest.first() == Some(&'^')) + 1;
                        bracket = rest.iter().skip(skip).take(200).any(|c| *c == ']')
                            && rest.iter().take_while(|c| **c != ']').any(|c| *c == delimiter);
                    } else if c == ']' {
                        bracket = false;
                    }
                    text.push(c);
                }
            }
        }
    }

    fn substitute(&mut self) -> Result<Action, String> {
        let delimiter = self.next().filter(|c| !matches!(c, '\n' | '\\'));
        let delimiter = delimiter.ok_or_else(|| "the sed script ends too early".to_owned())?;
        let pattern = self.until(delimiter)?;
        let replacement = self.replacement(delimiter)?;
        let (mut all, mut number, mut print, mut ignore_case) = (false, 1, false, false);
        loop {
            match self.peek() {
                Some('g') => all = true,
                Some('p') => print = true,
                Some('i' | 'I') => ignore_case = true,
                Some(c) if c.is_ascii_digit() => {
                    number = self.number();
                    continue;
                }
                Some('e' | 'w' | 'm' | 'M') => {
                    return Err("this flag of the sed command s is not modelled".to_owned());
                }
                _ => break,
            }
            self.at += 1;
        }
        if pattern.is_empty() {
            return Err("an empty pattern of sed is not modelled".to_owned());
        }
        let pattern = Regex::new(&pattern, self.syntax, ignore_case)?;
        Ok(Action::Substitute { pattern, replacement, all, number, print })
    }

    fn replacement(&mut self, delimiter: char) -> Result<Vec<Part>, String> {
        let mut parts = Vec::new();
        let mut text = String::new();
        let flush = |text: &mut String, parts: &mut Vec<Part>| {
            if !text.is_empty() {
                parts.push(Part::Text(std::mem::take(text)));
            }
        };
        loop {
            match self.next() {
                None => return Err("a part of the sed script is not closed".to_owned()),
                Some(c) if c == delimiter => break,
                Some('&') => {
                    flush(&mut text, &mut parts);
                    parts.push(Part::Group(0));
                }
                Some('\\') => match self.next() {
                    Some(c) if c.is_ascii_digit() => {
                        flush(&mut text, &mut parts);
                        parts.push(Part::Group(c.to_digit(10).unwrap_or(0) as usize));
                    }
                    Some('n') => text.push('\n'),
                    Some('t') => text.push('\t'),
                    Some('U' | 'L' | 'u' | 'l' | 'E') => {
                        return Err("case conversion of sed is not modelled".to_owned());
                    }
                    Some(c) => text.push(c),
                    None => return Err("the sed script ends in a backslash".to_owned()),
                },
                Some(c) => text.push(c),
            }
        }
        flush(&mut text, &mut parts);
        Ok(parts)
    }

    fn translate(&mut self) -> Result<Action, String> {
        let delimiter = self.next().ok_or_else(|| "the sed script ends too early".to_owned())?;
        let from = self.until(delimiter)?;
        let to = self.until(delimiter)?;
        if from.contains('\\') || to.contains('\\') || from.chars().count() != to.chars().count() {
            return Err("this form of the sed command y is not modelled".to_owned());
        }
        Ok(Action::Translate(from.chars().zip(to.chars()).collect()))
    }
}
