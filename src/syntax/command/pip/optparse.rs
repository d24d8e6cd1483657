//! Python's `optparse` as pip uses it, values checked as they come.

use std::collections::VecDeque;

use super::{
    super::{Argument, UsageError},
    options::{Action, Kind, Spec},
    values::{Flag, OptionValue, Options},
};
use crate::order::{self, SortedSet};

/// Why parsing stops.
pub(super) enum Stop {
    /// Help is printed.
    Help,
    /// The line is refused.
    Error(UsageError),
}

/// pip's status for a bad command line, `UNKNOWN_ERROR`.
const BAD_USAGE: i32 = 2;

fn error(message: String, argument: &Argument) -> Stop {
    Stop::Error(UsageError { message, exit_code: BAD_USAGE, argument: Some(argument.clone()) })
}

/// Sorts words into options and the rest. Without `interspersed`, the first word that is no
/// option ends the options.
pub(super) fn parse(
    specs: &[&Spec],
    arguments: &[Argument],
    interspersed: bool,
    options: &mut Options,
) -> Result<Vec<Argument>, Stop> {
    let mut rest: VecDeque<Argument> = arguments.iter().cloned().collect();
    let mut words = Vec::new();
    while let Some(argument) = rest.pop_front() {
        let text = argument.as_str();
        if text == "--" {
            break;
        } else if text.starts_with("--") {
            long(specs, &argument, &mut rest, options)?;
        } else if text.starts_with('-') && text.len() > 1 {
            short(specs, &argument, &mut rest, options)?;
        } else if interspersed {
            words.push(argument);
        } else {
            rest.push_front(argument);
            break;
        }
    }
    words.extend(rest);
    Ok(words)
}

fn long(
    specs: &[&Spec],
    argument: &Argument,
    rest: &mut VecDeque<Argument>,
    options: &mut Options,
) -> Result<(), Stop> {
    let text = argument.as_str();
    let (typed, explicit) = match text.find('=') {
        Some(at) => (&text[..at], Some(argument.slice_from(at + 1))),
        None => (text, None),
    };
    let (spec, name) = unabbreviated(specs, typed, argument)?;
    if !spec.takes_value() {
        if explicit.is_some() {
            return Err(error(format!("{name} option does not take a value"), argument));
        }
        return apply(spec, name, argument, argument, options);
    }
    let Some(value) = explicit.or_else(|| rest.pop_front()) else {
        return Err(error(format!("{name} option requires 1 argument"), argument));
    };
    apply(spec, name, &value, argument, options)
}

/// The option a long name stands for: itself, or the only one that begins so.
fn unabbreviated<'a>(
    specs: &[&'a Spec],
    typed: &str,
    argument: &Argument,
) -> Result<(&'a Spec, &'static str), Stop> {
    let mut begins: Vec<(&Spec, &'static str)> = Vec::new();
    for &spec in specs {
        for name in spec.names().filter(|name| name.starts_with("--")) {
            if name == typed {
                return Ok((spec, name));
            }
            if name.starts_with(typed) {
                begins.push((spec, name));
            }
        }
    }
    order::sort_by_key(&mut begins, |(_, name)| *name);
    match begins.as_slice() {
        [] => Err(error(format!("no such option: {typed}"), argument)),
        [only] => Ok(*only),
        several => {
            let names: Vec<&str> = several.iter().map(|(_, name)| *name).collect();
            Err(error(format!("ambiguous option: {typed} ({}?)", names.join(", ")), argument))
        }
    }
}

fn short(
    specs: &[&Spec],
    argument: &Argument,
    rest: &mut VecDeque<Argument>,
    options: &mut Options,
) -> Result<(), Stop> {
    for (at, letter) in argument.as_str().char_indices().skip(1) {
        let typed = format!("-{letter}");
        let found =
            specs.iter().find_map(|spec| spec.names().find(|name| *name == typed).map(|name| (*spec, name)));
        let Some((spec, name)) = found else {
            return Err(error(format!("no such option: {typed}"), argument));
        };
        if !spec.takes_value() {
            apply(spec, name, argument, argument, options)?;
            continue;
        }
        // "-rfile": what is left of the word is the value, `=` and all.
        let behind = at + letter.len_utf8();
        let value = if behind < argument.as_str().len() {
            Some(argument.slice_from(behind))
        } else {
            rest.pop_front()
        };
        let Some(value) = value else {
            return Err(error(format!("{name} option requires 1 argument"), argument));
        };
        return apply(spec, name, &value, argument, options);
    }
    Ok(())
}

/// Does what the option `name` does with `value`; `argument` is the word that asked for it.
pub(super) fn apply(
    spec: &Spec,
    name: &str,
    value: &Argument,
    argument: &Argument,
    options: &mut Options,
) -> Result<(), Stop> {
    let given = &mut options.given;
    match spec.action {
        Action::Help => return Err(Stop::Help),
        Action::Flag(on) => {
            given.insert(spec.dest, OptionValue::Flag(Flag { on, given: Some(argument.clone()) }));
        }
        Action::NoCacheDir => {
            given.insert(spec.dest, OptionValue::Flag(Flag { on: false, given: Some(argument.clone()) }));
        }
        Action::Name => {
            given.insert(spec.dest, OptionValue::One(argument.clone()));
        }
        Action::Count => {
            let count = match given.get(spec.dest) {
                Some(OptionValue::Count(count)) => *count,
                _ => 0,
            };
            given.insert(spec.dest, OptionValue::Count(count.saturating_add(1)));
        }
        Action::Store(kind) => {
            check(kind, name, value)?;
            given.insert(spec.dest, OptionValue::One(value.clone()));
        }
        Action::Append(kind) => {
            check(kind, name, value)?;
            append(spec, value, options);
        }
        Action::Group => {
            check_group(name, value)?;
            append(spec, value, options);
        }
        Action::Setting => {
            if !value.as_str().contains('=') {
                let message = format!("Arguments to {name} must be of the form KEY=VAL");
                return Err(error(message, value));
            }
            append(spec, value, options);
        }
        Action::PythonVersion => {
            if let Err(reason) = python_version(value.as_str()) {
                let text = value.as_str();
                let message =
                    format!("--python-version error: invalid --python-version value: '{text}': {reason}");
                return Err(error(message, value));
            }
            given.insert(spec.dest, OptionValue::One(value.clone()));
        }
        Action::Names { second } => {
            if value.as_str().starts_with('-') {
                let names = match spec.dest {
                    "release_control" => "--all-releases / --only-final",
                    _ => "--no-binary / --only-binary",
                };
                let message = format!("{names} option requires 1 argument.");
                return Err(Stop::Error(UsageError { message, exit_code: 1, argument: Some(value.clone()) }));
            }
            let (mut first_set, mut second_set) = options.names(spec.dest);
            if second {
                exclude_mutually(value.as_str(), &mut second_set, &mut first_set);
            } else {
                exclude_mutually(value.as_str(), &mut first_set, &mut second_set);
            }
            options.given.insert(spec.dest, OptionValue::Names(first_set, second_set));
        }
    }
    Ok(())
}

fn append(spec: &Spec, value: &Argument, options: &mut Options) {
    let mut values = options.many(spec.dest);
    values.push(value.clone());
    options.given.insert(spec.dest, OptionValue::Many(values));
}

/// `optparse.Option.check_value`.
pub(super) fn check(kind: Kind, name: &str, value: &Argument) -> Result<(), Stop> {
    let text = value.as_str();
    let problem = match kind {
        Kind::Text => None,
        Kind::Integer => {
            let digits = text.trim().trim_start_matches(['+', '-']).replace('_', "");
            let valid = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
            (!valid).then(|| format!("option {name}: invalid integer value: '{text}'"))
        }
        Kind::Number => {
            (!is_float(text)).then(|| format!("option {name}: invalid floating-point value: '{text}'"))
        }
        Kind::Choice(choices) => (!choices.contains(&text)).then(|| {
            let choices: Vec<String> = choices.iter().map(|choice| format!("'{choice}'")).collect();
            format!("option {name}: invalid choice: '{text}' (choose from {})", choices.join(", "))
        }),
    };
    problem.map_or(Ok(()), |message| Err(error(message, value)))
}

/// Whether Python's `float` takes the text.
fn is_float(text: &str) -> bool {
    let text = text.trim();
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    if ["inf", "infinity", "nan"].iter().any(|word| unsigned.eq_ignore_ascii_case(word)) {
        return true;
    }
    let (mantissa, exponent) =
        unsigned.split_once(['e', 'E']).map_or((unsigned, "0"), |(mantissa, exponent)| (mantissa, exponent));
    let exponent = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let missing = exponent.is_empty() || whole.is_empty() && fraction.is_empty();
    !missing && [whole, fraction, exponent].into_iter().all(digits)
}

/// `pyproject.toml:GROUP` or `GROUP`: the path before the last colon must be of a known file.
fn check_group(name: &str, value: &Argument) -> Result<(), Stop> {
    let Some((path, _)) = value.as_str().rsplit_once(':') else { return Ok(()) };
    let file = path.rsplit('/').next().unwrap_or(path);
    let file = file.split('[').next().unwrap_or(file);
    let lock = file.starts_with("pylock.") && file.ends_with(".toml");
    if file == "pyproject.toml" || lock {
        return Ok(());
    }
    let message = format!("{name} error: group paths use local 'pyproject.toml' or 'pylock.toml' files");
    Err(error(message, value))
}

/// The parts of a `--python-version`: `3`, `310`, `3.10`, `3.10.1`.
pub(super) fn python_version(text: &str) -> Result<Vec<u32>, &'static str> {
    if text.is_empty() {
        return Ok(Vec::new());
    }
    let mut parts: Vec<&str> = text.split('.').collect();
    if parts.len() > 3 {
        return Err("at most three version parts are allowed");
    }
    if let [only] = parts.as_slice() {
        // "Then we are in the case of "3" or "37"." (pip)
        if let Some((major, minor)) = only.split_at_checked(1).filter(|(_, minor)| !minor.is_empty()) {
            parts = vec![major, minor];
        }
    }
    let numbers = parts.iter().map(|part| part.parse());
    numbers.collect::<Result<_, _>>().map_err(|_| "each version part must be an integer")
}

/// `FormatControl.handle_mutual_excludes`: names join `target` and leave `other`.
fn exclude_mutually(value: &str, target: &mut SortedSet<String>, other: &mut SortedSet<String>) {
    let mut names: Vec<&str> = value.split(',').collect();
    while let Some(all) = names.iter().position(|name| *name == ":all:") {
        other.clear();
        target.clear();
        target.insert(":all:".to_owned());
        names.drain(..=all);
        // "Without a none, we want to discard everything as :all: covers it" (pip)
        if !names.contains(&":none:") {
            return;
        }
    }
    for name in names {
        if name == ":none:" {
            target.clear();
            continue;
        }
        let name = super::canonical_name(name);
        other.remove(&name);
        target.insert(name);
    }
}
