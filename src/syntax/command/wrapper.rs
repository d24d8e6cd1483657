//! Programs that only run another one: `env A=1 pip install x`, `sudo -H pip ...`.

use super::{
    Argument,
    given::{self, Manner, Table},
    program::file_name,
};

/// What stands inside a wrapper.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wrapped {
    /// The wrapper's name: `env`, `sudo`.
    pub wrapper: String,
    /// `NAME=value` that it sets for the program inside.
    pub assignments: Vec<(String, Argument)>,
    /// `env -i`: all other variables are taken away.
    pub clears: bool,
    /// `env -C`, `env -u` and other things with an effect that is not modelled: says why.
    pub not_modelled: Option<String>,
    /// The command line inside; empty where there is none.
    pub argv: Vec<Argument>,
}

const ENV: Table = Table {
    flags: &["ignore-environment|i", "null|0", "debug|v"],
    values: &["unset|u", "chdir|C", "split-string|S"],
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
        "preserve-groups|P",
    ],
    values: &["user|u", "group|g", "prompt|p", "chdir|D", "host|h"],
    variables: &[],
};

const TIMEOUT: Table = Table {
    flags: &["preserve-status", "foreground", "verbose|v"],
    values: &["signal|s", "kill-after|k"],
    variables: &[],
};

const NICE: Table = Table { flags: &[], values: &["adjustment|n", "class|c", "classdata"], variables: &[] };

const TIME: Table = Table {
    flags: &["portability|p", "verbose|v", "quiet|q", "append|a"],
    values: &["format|f", "output|o"],
    variables: &[],
};

const PLAIN: Table = Table { flags: &["p", "c", "l", "g", "s", "v"], values: &["a"], variables: &[] };

/// Takes off one program that only runs another one; `None` where there is none.
#[must_use]
pub fn unwrap(argv: &[Argument]) -> Option<Wrapped> {
    let (first, arguments) = argv.split_first()?;
    let wrapper = file_name(first.as_str()).to_owned();
    let table = match wrapper.as_str() {
        "env" => &ENV,
        "sudo" | "doas" => &SUDO,
        "timeout" => &TIMEOUT,
        "nice" | "ionice" => &NICE,
        "time" => &TIME,
        "exec" | "command" | "nohup" | "setsid" | "tini" | "dumb-init" => &PLAIN,
        _ => return None,
    };
    let (given, mut words) = given::parse(&[table], arguments, Manner::Leading, &|_| None);
    let mut not_modelled = given
        .unknown
        .first()
        .map(|option| format!("what `{}` does to `{wrapper}` is not modelled", option.as_str()));
    let mut assignments = Vec::new();
    match wrapper.as_str() {
        "env" | "sudo" => {
            let count = words.iter().take_while(|word| assignment(word).is_some()).count();
            assignments = words.drain(..count).filter_map(|word| assignment(&word)).collect();
            // What follows `env A=1` is the program, whatever it begins with.
            for name in ["unset", "chdir", "split-string", "user"] {
                if given.last(name).is_some_and(|value| name != "user" || value.as_str() != "root") {
                    not_modelled.get_or_insert(format!("`{wrapper} --{name}` is not modelled"));
                }
            }
        }
        "timeout" if !words.is_empty() => {
            words.remove(0);
        }
        "command" if given.flag("v").on => return None,
        _ => {}
    }
    let clears = wrapper == "env" && given.flag("ignore-environment").on;
    Some(Wrapped { wrapper, assignments, clears, not_modelled, argv: words })
}

/// `NAME=value`.
fn assignment(word: &Argument) -> Option<(String, Argument)> {
    let (name, _) = word.as_str().split_once('=')?;
    let valid = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    valid.then(|| (name.to_owned(), word.slice_from(name.len() + 1)))
}
