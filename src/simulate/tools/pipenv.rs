//! pipenv: what installs is not modelled; the rest leaves packages as they are.

use super::call::{Answer, Invocation, PackageTools, unmodelled_call, writes};
use crate::{
    simulate::State,
    syntax::command::{Subcommand, Table, split},
};

const OPTIONS: Table = Table {
    flags: &[
        "help|h",
        "version",
        "quiet|q",
        "verbose|v",
        "system",
        "deploy",
        "dev|d",
        "dev-only",
        "ignore-pipfile",
        "skip-lock",
        "pre",
        "clear",
        "site-packages",
        "keep-outdated",
        "three",
        "bare",
        "support",
        "venv",
        "where",
        "rm",
        "hash",
        "exclude-markers",
        "all",
        "all-dev",
        "lock",
        "outdated",
    ],
    values: &[
        "python",
        "requirements|r",
        "index|i|pypi-mirror",
        "categories",
        "editable|e",
        "extra-pip-args",
        "from-pipfile",
        "output|o",
    ],
    variables: &[],
};

/// Runs one command of pipenv.
pub(super) fn run(tools: &PackageTools<'_>, invocation: &Invocation<'_>, state: &mut State) -> Answer {
    let Some((name, _, arguments)) = split(invocation.argv) else { return Answer::done() };
    let call = Subcommand::parse(&OPTIONS, arguments, &["run"], &|_| None);
    match call.name.as_str() {
        "lock" | "requirements" => writes(&name, call.given.last("output").as_ref(), invocation, state),
        "shell" | "graph" | "verify" | "scripts" | "" => Answer::done(),
        _ => unmodelled_call(&format!("{name} is not modelled"), tools, invocation, state),
    }
}
