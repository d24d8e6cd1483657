//! The options of every program but pip, by table: the rules of `getopt_long` and `clap`, and
//! those of `argparse`, which add abbreviations. pip reads more than its command line (variables,
//! configuration files), and has a reader of its own.

use std::collections::VecDeque;

use super::{Argument, Flag};
use crate::order::{SortedMap, SortedSet};

/// What options a command has. Each entry lists the spellings of one option without dashes,
/// `|` between; the first is the name it is known by, one letter means a short option.
#[derive(Debug, Clone, Copy, Default)]
pub struct Table {
    /// Options that stand alone.
    pub flags: &'static [&'static str],
    /// Options with a value.
    pub values: &'static [&'static str],
    /// Variables that stand for options: variable, option, and what separates several values.
    pub variables: &'static [(&'static str, &'static str, Option<char>)],
}

/// How words are sorted into options and the rest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Placement {
    /// Options anywhere.
    Anywhere,
    /// The first word that is no option ends them: it begins another command line.
    Leading,
    /// Anywhere, and long names may be abbreviated (`argparse`).
    Abbreviated,
}

/// The options that were given.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Given {
    /// Switches, by name without dashes, with the word that set them.
    pub flags: SortedMap<&'static str, Argument>,
    /// Options with values, in order.
    pub values: SortedMap<&'static str, Vec<Argument>>,
    /// Options that are not known: nothing may be claimed past them, not even whether the word
    /// behind is their value.
    pub unknown: Vec<Argument>,
    /// Switches that `--no-x` turned off; a variable does not turn them on again.
    pub negated: SortedSet<&'static str>,
}

impl Given {
    /// Adds what was given further left on the line, where it counts less.
    pub(super) fn and_before(&mut self, earlier: Self) {
        for (option, word) in earlier.flags {
            self.flags.entry(option).or_insert(word);
        }
        for (option, values) in earlier.values {
            self.values.entry(option).or_insert(values);
        }
        self.unknown.extend(earlier.unknown);
    }

    /// A switch.
    #[must_use]
    pub fn flag(&self, name: &str) -> Flag {
        let given = self.flags.get(name).cloned();
        Flag { on: given.is_some(), given }
    }

    /// The last value of an option.
    #[must_use]
    pub fn last(&self, name: &str) -> Option<Argument> {
        self.values.get(name).and_then(|values| values.last()).cloned()
    }

    /// All values of an option.
    #[must_use]
    pub fn all(&self, name: &str) -> Vec<Argument> {
        self.values.get(name).cloned().unwrap_or_default()
    }

    /// All values of an option, each of which may be several with commas between.
    #[must_use]
    pub fn listed(&self, name: &str) -> Vec<Argument> {
        self.all(name).iter().flat_map(|value| separated(value, ',')).collect()
    }
}

/// A command line of the shape `program [options] command [options] words`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Subcommand {
    /// `install`; empty where none is given.
    pub name: String,
    /// What stands behind it, options taken out.
    pub words: Vec<Argument>,
    /// Options from before and behind the command.
    pub given: Given,
}

impl Subcommand {
    /// Sorts the words behind the program's name; one of `leading` (`run`) is followed by a
    /// command line of its own.
    #[must_use]
    pub fn parse(
        table: &Table,
        arguments: &[Argument],
        leading: &[&str],
        variable: &dyn Fn(&str) -> Option<Argument>,
    ) -> Self {
        let (before, words) = parse_options(&[table], arguments, Placement::Leading, &|_| None);
        let mut words = words.into_iter();
        let name = words.next().map_or_else(String::new, |word| word.as_str().to_owned());
        let rest: Vec<Argument> = words.collect();
        let placement =
            if leading.contains(&name.as_str()) { Placement::Leading } else { Placement::Anywhere };
        let (mut given, words) = parse_options(&[table], &rest, placement, variable);
        given.and_before(before);
        Self { name, words, given }
    }
}

/// An option of a table.
#[derive(Clone, Copy)]
struct Found {
    name: &'static str,
    takes_value: bool,
    /// `--no-x` of the switch `x`.
    negated: bool,
}

/// Sorts words into options and the rest.
pub fn parse_options(
    tables: &[&Table],
    arguments: &[Argument],
    placement: Placement,
    variable: &dyn Fn(&str) -> Option<Argument>,
) -> (Given, Vec<Argument>) {
    let mut given = Given::default();
    let mut words = Vec::new();
    let mut rest: VecDeque<Argument> = arguments.iter().cloned().collect();
    while let Some(argument) = rest.pop_front() {
        let text = argument.as_str();
        if text == "--" {
            break;
        } else if text.starts_with("--") {
            long(tables, &argument, placement, &mut rest, &mut given);
        } else if text.starts_with('-') && text.len() > 1 {
            short(tables, &argument, &mut rest, &mut given);
        } else {
            words.push(argument);
            if placement == Placement::Leading {
                break;
            }
        }
    }
    words.extend(rest);
    for (name, option, separator) in tables.iter().flat_map(|table| table.variables) {
        let Some(value) = variable(name).filter(|value| !value.as_str().is_empty()) else { continue };
        match find(tables, option, false) {
            Some(found) if found.takes_value => {
                let values = match separator {
                    Some(separator) => separated(&value, *separator),
                    None => vec![value],
                };
                // What the command line says counts alone.
                given.values.entry(found.name).or_insert(values);
            }
            Some(found) if is_true(value.as_str()) && !given.negated.contains(found.name) => {
                given.flags.entry(found.name).or_insert(value);
            }
            _ => {}
        }
    }
    (given, words)
}

fn long(
    tables: &[&Table],
    argument: &Argument,
    placement: Placement,
    rest: &mut VecDeque<Argument>,
    given: &mut Given,
) {
    let text = argument.as_str();
    let typed = text.get(2..).unwrap_or_default();
    let (typed, explicit) = match typed.find('=') {
        Some(at) => (typed.get(..at).unwrap_or_default(), Some(argument.slice_from(at + 3))),
        None => (typed, None),
    };
    let Some(found) = find(tables, typed, placement == Placement::Abbreviated).filter(|_| typed.len() > 1)
    else {
        given.unknown.push(argument.clone());
        return;
    };
    if found.negated {
        given.flags.remove(found.name);
        given.negated.insert(found.name);
    } else if found.takes_value {
        match explicit.or_else(|| rest.pop_front()) {
            Some(value) => given.values.entry(found.name).or_default().push(value),
            None => given.unknown.push(argument.clone()),
        }
    } else {
        given.flags.insert(found.name, argument.clone());
    }
}

fn short(tables: &[&Table], argument: &Argument, rest: &mut VecDeque<Argument>, given: &mut Given) {
    for (at, letter) in argument.as_str().char_indices().skip(1) {
        let Some(found) = find(tables, letter.encode_utf8(&mut [0; 4]), false) else {
            given.unknown.push(argument.clone());
            return;
        };
        if !found.takes_value {
            given.flags.insert(found.name, argument.clone());
            continue;
        }
        let behind = at + letter.len_utf8();
        let glued = argument.as_str().get(behind..).unwrap_or_default();
        let equals = usize::from(glued.starts_with('='));
        let value =
            if glued.is_empty() { rest.pop_front() } else { Some(argument.slice_from(behind + equals)) };
        match value {
            Some(value) => given.values.entry(found.name).or_default().push(value),
            None => given.unknown.push(argument.clone()),
        }
        return;
    }
}

fn find(tables: &[&Table], typed: &str, abbreviated: bool) -> Option<Found> {
    let entries = || {
        tables.iter().flat_map(|table| {
            let flags = table.flags.iter().map(|entry| (*entry, false));
            flags.chain(table.values.iter().map(|entry| (*entry, true)))
        })
    };
    let spellings = |entry: &'static str| entry.split('|');
    let found = |(entry, takes_value): (&'static str, bool), negated| {
        spellings(entry).next().map(|name| Found { name, takes_value, negated })
    };
    if let Some(exact) = entries().find(|(entry, _)| spellings(entry).any(|name| name == typed)) {
        return found(exact, false);
    }
    if let Some(positive) = typed.strip_prefix("no-").filter(|name| name.len() > 1) {
        let flag = entries().find(|(entry, value)| !value && spellings(entry).any(|name| name == positive));
        if let Some(flag) = flag {
            return found(flag, true);
        }
    }
    if !abbreviated || typed.len() < 2 {
        return None;
    }
    let mut begins =
        entries().filter(|(entry, _)| spellings(entry).any(|name| name.len() > 1 && name.starts_with(typed)));
    let only = begins.next()?;
    begins.next().is_none().then(|| found(only, false))?
}

/// The parts of a value, with their places; empty ones are left out.
fn separated(value: &Argument, separator: char) -> Vec<Argument> {
    let mut parts = Vec::new();
    let mut start = 0;
    let text = value.as_str();
    for (at, c) in text.char_indices().chain([(text.len(), separator)]) {
        if c == separator {
            if at > start {
                parts.push(value.slice(crate::text::range(start, at)));
            }
            start = at + c.len_utf8();
        }
    }
    parts
}

/// `clap`'s `BoolishValueParser`.
fn is_true(text: &str) -> bool {
    matches!(text.to_lowercase().as_str(), "y" | "yes" | "t" | "true" | "on" | "1")
}
