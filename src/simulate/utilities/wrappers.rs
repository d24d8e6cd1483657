//! Programs that run another command.

use super::{scripts, stdin};
use crate::{
    simulate::shell::{Field, Outcome, Shell, Value},
    syntax::{
        command::{Argument, Given, Placement, Table, parse_options},
        shell::Dialect,
    },
    text::Location,
};

/// The most commands that `xargs` starts.
const MOST_CALLS: usize = 500;

/// `nice`, `ionice`.
pub(super) fn nice(shell: &mut Shell<'_, '_>, rest: &[Field], place: Option<Location>) -> Outcome {
    behind(shell, rest, &valued(&["n|adjustment|classdata", "c|class", "p|pid"]), place)
}

/// What has no options with values.
pub(super) fn plain(shell: &mut Shell<'_, '_>, rest: &[Field], place: Option<Location>) -> Outcome {
    behind(shell, rest, &valued(&[]), place)
}

pub(super) fn stdbuf(shell: &mut Shell<'_, '_>, rest: &[Field], place: Option<Location>) -> Outcome {
    behind(shell, rest, &valued(&["i|input", "o|output", "e|error"]), place)
}

pub(super) fn timeout(shell: &mut Shell<'_, '_>, rest: &[Field], place: Option<Location>) -> Outcome {
    let (_, skip) = options(rest, &valued(&["s|signal", "k|kill-after"]));
    shell.call(rest.get(skip + 1..).unwrap_or_default(), place)
}

/// `gosu user command`, `chroot folder command`.
pub(super) fn behind_one(shell: &mut Shell<'_, '_>, rest: &[Field], place: Option<Location>) -> Outcome {
    let (_, skip) = options(rest, &valued(&[]));
    shell.call(rest.get(skip + 1..).unwrap_or_default(), place)
}

/// A keyword of bash, and of busybox a program; dash has neither.
pub(super) fn time(shell: &mut Shell<'_, '_>, rest: &[Field], place: Option<Location>) -> Outcome {
    if shell.dialect == Dialect::Dash && shell.world.state.unknown_programs.is_none() {
        return Outcome::failed(127);
    }
    behind(shell, rest, &valued(&["f|format", "o|output"]), place)
}

/// What is a program as well as a builtin does the same as that.
pub(super) fn builtin(
    shell: &mut Shell<'_, '_>,
    name: &str,
    rest: &[Field],
    place: Option<Location>,
) -> Outcome {
    let unknown = || Outcome::unknown(format!("what {name} does is not known"));
    shell.builtin(name, rest, place).unwrap_or_else(unknown)
}

pub(super) fn busybox(shell: &mut Shell<'_, '_>, rest: &[Field], place: Option<Location>) -> Outcome {
    shell.call(rest, place)
}

const ENV: Table = Table {
    flags: &["ignore-environment|i", "null|0", "debug|v"],
    values: &["unset|u", "chdir|C"],
    variables: &[],
};

const SUDO: Table = Table {
    flags: &[
        "set-home|H",
        "preserve-env|E",
        "non-interactive|n",
        "login|i",
        "shell|s",
        "stdin|S",
        "background|b",
    ],
    values: &["user|u", "group|g", "other-user|U", "close-from|C", "prompt|p", "chdir|D"],
    variables: &[],
};

/// The options that the known words begin with, and the index of the first word that is none.
fn options(rest: &[Field], table: &Table) -> (Given, usize) {
    let known: Vec<Argument> = rest
        .iter()
        .map_while(|field| match field {
            Field::Known(argument) => Some(argument.clone()),
            Field::Unknown { .. } => None,
        })
        .collect();
    let (given, words) = parse_options(&[table], &known, Placement::Leading, &|_| None);
    (given, known.len() - words.len())
}

/// A table of options with values; any other stands alone.
const fn valued(values: &'static [&'static str]) -> Table {
    Table { flags: &[], values, variables: &[] }
}

fn behind(shell: &mut Shell<'_, '_>, rest: &[Field], table: &Table, place: Option<Location>) -> Outcome {
    let (_, at) = options(rest, table);
    shell.call(rest.get(at..).unwrap_or_default(), place)
}

pub(super) fn env(shell: &mut Shell<'_, '_>, rest: &[Field], place: Option<Location>) -> Outcome {
    let before = shell.process.variables.clone();
    let folder = shell.process.folder.clone();
    let (given, mut at) = options(rest, &ENV);
    // A dash by itself is `-i`.
    let is_dash = rest.get(at).and_then(Field::as_known) == Some("-");
    at += usize::from(is_dash);
    if is_dash || given.flag("ignore-environment").on {
        shell.process.variables.clear();
    }
    for name in given.all("unset") {
        shell.process.variables.remove(name.as_str());
    }
    if let Some(path) = given.last("chdir") {
        shell.process.folder = shell.absolute(path.as_str());
    }
    while let Some(field) = rest.get(at) {
        let text = match field {
            Field::Known(argument) => argument.as_str(),
            Field::Unknown { prefix, .. } => prefix.as_str(),
        };
        let Some((name, _)) = text.split_once('=') else { break };
        let value = match field {
            Field::Known(argument) => Value::Known(argument.slice_from(name.len() + 1)),
            Field::Unknown { reason, .. } => Value::Unknown(reason.clone()),
        };
        shell.process.export(name, Some(value));
        at += 1;
    }
    let outcome = external(shell, rest.get(at..).unwrap_or_default(), place);
    shell.process.variables = before;
    shell.process.folder = folder;
    outcome
}

/// Runs a command as a program: builtins and functions are not seen, but those that are also
/// programs behave the same.
fn external(shell: &mut Shell<'_, '_>, fields: &[Field], place: Option<Location>) -> Outcome {
    if fields.is_empty() {
        return Outcome { status: Some(0), ..Outcome::unknown("the environment is not printed") };
    }
    shell.call(fields, place)
}

/// `sudo [-u user] [NAME=value] command`.
pub(super) fn with_user(shell: &mut Shell<'_, '_>, rest: &[Field], place: Option<Location>) -> Outcome {
    let (_, at) = options(rest, &SUDO);
    env(shell, rest.get(at..).unwrap_or_default(), place)
}

/// `su user -c 'command'`.
pub(super) fn su(shell: &mut Shell<'_, '_>, rest: &[Field], place: Option<Location>) -> Outcome {
    let command = rest.iter().position(|field| field.as_known() == Some("-c"));
    match command.and_then(|at| rest.get(at..)) {
        Some(behind) => {
            let user =
                rest.iter().filter_map(Field::as_known).find(|text| !text.starts_with('-')).unwrap_or("root");
            let before = std::mem::replace(&mut shell.world.state.user, user.to_owned());
            let words = behind.get(..2).unwrap_or(behind);
            let outcome = scripts::shell_program(shell, shell.world.state.sh(), words, place);
            shell.world.state.user = before;
            outcome
        }
        None => Outcome::unknown("su without a command is not modelled"),
    }
}

pub(super) fn xargs(shell: &mut Shell<'_, '_>, rest: &[Field], place: Option<Location>) -> Outcome {
    let mut at = 0;
    let mut per_call: Option<usize> = None;
    let mut replace: Option<String> = None;
    let (mut lines, mut nul, mut skip_empty) = (false, false, false);
    let mut delimiter: Option<char> = None;
    let mut file: Option<String> = None;
    while let Some(text) = rest.get(at).and_then(Field::as_known) {
        let Some(letters) = text.strip_prefix('-').filter(|letters| !letters.is_empty()) else { break };
        at += 1;
        let mut value = |letters: &str| {
            let inline = letters.get(1..).unwrap_or("").to_owned();
            if !inline.is_empty() {
                return inline;
            }
            at += 1;
            rest.get(at - 1).and_then(Field::as_known).unwrap_or("").to_owned()
        };
        match letters.chars().next() {
            Some('n') => per_call = value(letters).parse().ok(),
            Some('L') => {
                per_call = value(letters).parse().ok();
                lines = true;
            }
            Some('I') => replace = Some(value(letters)),
            Some('i') => replace = Some("{}".to_owned()),
            Some('d') => delimiter = value(letters).replace("\\n", "\n").chars().next(),
            Some('a') => file = Some(value(letters)),
            Some('P' | 's' | 'E') => {
                value(letters);
            }
            Some('-') => match letters {
                "-null" => nul = true,
                "-no-run-if-empty" => skip_empty = true,
                _ => {}
            },
            _ => {
                nul |= letters.contains('0');
                skip_empty |= letters.contains('r');
            }
        }
    }
    let command = rest.get(at..).unwrap_or_default().to_vec();
    let stream = match file {
        Some(path) => match super::read(shell, &path) {
            Ok(stream) => stream,
            Err(()) => return Outcome::failed(1),
        },
        None => stdin(shell),
    };
    let text = match stream.as_known() {
        Ok(text) => text.clone(),
        Err(reason) => {
            let mut fields = command;
            fields.push(Field::Unknown { reason: reason.to_owned(), place, prefix: String::new() });
            return shell.call(&fields, place);
        }
    };
    let whole_lines = lines || replace.is_some() || delimiter == Some('\n');
    let mut arguments: Vec<Argument> = Vec::new();
    for line in &text.lines {
        if nul {
            let parts: Vec<&str> = line.text.split('\0').filter(|part| !part.is_empty()).collect();
            arguments.extend(parts.into_iter().map(Argument::unplaced));
        } else if whole_lines {
            let trimmed = line.text.trim_start();
            if !trimmed.is_empty() {
                arguments.push(line.slice(line.text.len() - trimmed.len(), line.text.len()).to_argument());
            }
        } else if let Some(delimiter) = delimiter {
            arguments
                .extend(line.text.split(delimiter).filter(|part| !part.is_empty()).map(Argument::unplaced));
        } else {
            match words(line) {
                Some(words) => arguments.extend(words),
                None => return Outcome::failed(1),
            }
        }
    }
    if arguments.is_empty() && (skip_empty || replace.is_some()) {
        return Outcome::status(0);
    }
    let command = if command.is_empty() { vec![Field::Known(Argument::unplaced("echo"))] } else { command };
    if let Some(pattern) = replace.filter(|pattern| !pattern.is_empty()) {
        let mut outcome = Outcome::status(0);
        for argument in arguments.into_iter().take(MOST_CALLS) {
            let fields: Vec<Field> = command
                .iter()
                .map(|field| match field {
                    Field::Known(word) if word.as_str() == pattern => Field::Known(argument.clone()),
                    Field::Known(word) if word.as_str().contains(&pattern) => {
                        Field::Known(Argument::unplaced(&word.as_str().replace(&pattern, argument.as_str())))
                    }
                    field => field.clone(),
                })
                .collect();
            outcome = joined(outcome, shell.call(&fields, place));
        }
        return outcome;
    }
    let size = per_call.unwrap_or(usize::MAX).max(1);
    let mut calls: Vec<&[Argument]> = arguments.chunks(size.min(arguments.len().max(1))).collect();
    if calls.is_empty() {
        calls.push(&[]);
    }
    let mut outcome = Outcome::status(0);
    for call in calls.into_iter().take(MOST_CALLS) {
        let fields: Vec<Field> =
            command.iter().cloned().chain(call.iter().cloned().map(Field::Known)).collect();
        outcome = joined(outcome, shell.call(&fields, place));
    }
    outcome
}

/// xargs exits 123 where a command failed.
fn joined(mut all: Outcome, one: Outcome) -> Outcome {
    all.stdout.append(one.stdout);
    all.stderr.append(one.stderr);
    all.status = match (all.status, one.status) {
        (Some(0), Some(0)) => Some(0),
        (Some(0), Some(127)) => Some(127),
        (Some(0), Some(_)) => Some(123),
        (Some(failed), _) if failed != 0 => Some(failed),
        _ => None,
    };
    all
}

/// A line's words: blanks separate, quotes and backslashes group. `None` for a quote left open.
fn words(line: &crate::simulate::TextLine) -> Option<Vec<Argument>> {
    let mut words = Vec::new();
    let mut current: Option<(String, usize)> = None;
    let mut plain = true;
    let mut quote: Option<char> = None;
    let mut chars = line.text.char_indices();
    let mut finish = |current: &mut Option<(String, usize)>, plain: &mut bool, end: usize| {
        if let Some((text, start)) = current.take() {
            words.push(if *plain { line.slice(start, end).to_argument() } else { Argument::unplaced(&text) });
        }
        *plain = true;
    };
    while let Some((at, c)) = chars.next() {
        if let Some(open) = quote {
            if c == open {
                quote = None;
            } else if let Some((text, _)) = &mut current {
                text.push(c);
            }
            continue;
        }
        match c {
            '\'' | '"' => {
                quote = Some(c);
                plain = false;
                current.get_or_insert_with(|| (String::new(), at));
            }
            '\\' => {
                plain = false;
                let (text, _) = current.get_or_insert_with(|| (String::new(), at));
                text.extend(chars.next().map(|(_, c)| c));
            }
            c if c.is_whitespace() => finish(&mut current, &mut plain, at),
            c => current.get_or_insert_with(|| (String::new(), at)).0.push(c),
        }
    }
    finish(&mut current, &mut plain, line.text.len());
    quote.is_none().then_some(words)
}
