//! poetry: what installs is not modelled; the rest leaves packages as they are.

use super::call::{Answer, Invocation, PackageTools, unmodelled_call, writes};
use crate::{
    simulate::State,
    syntax::command::{Subcommand, Table, split},
};

const OPTIONS: Table = Table {
    flags: &[
        "help|h",
        "quiet|q",
        "version|V",
        "ansi",
        "no-ansi",
        "no-interaction|n",
        "no-plugins",
        "no-cache",
        "verbose|v|vv|vvv",
        "no-root",
        "no-directory",
        "dry-run",
        "sync",
        "compile",
        "all-extras|all",
        "all-groups",
        "only-root",
        "no-dev",
        "remove-untracked",
        "dev-only",
        "without-hashes",
        "without-urls",
        "with-credentials",
        "dev|D",
        "editable|e",
        "allow-prereleases",
        "lock",
        "no-update",
        "check",
        "regenerate",
        "local",
        "list",
        "unset",
        "skip-existing",
        "build",
        "strict",
        "migrate",
    ],
    values: &[
        "directory|C",
        "project|P",
        "with",
        "without",
        "only",
        "extras|E",
        "format|f",
        "output|o",
        "group|G",
        "source",
        "python",
        "platform",
        "optional",
        "config-settings|c",
    ],
    variables: &[],
};

/// Runs one command of poetry.
pub(super) fn run(tools: &PackageTools<'_>, invocation: &Invocation<'_>, state: &mut State) -> Answer {
    let Some((name, _, arguments)) = split(invocation.argv) else { return Answer::done() };
    let call = Subcommand::parse(&OPTIONS, arguments, &["run"], &|_| None);
    match call.name.as_str() {
        "export" | "lock" | "build" => writes(&name, call.given.last("output").as_ref(), invocation, state),
        "config" | "cache" | "self" | "env" | "check" | "version" | "about" | "shell" | "init" | "show"
        | "" => Answer::done(),
        _ => unmodelled_call(&format!("{name} is not modelled"), tools, invocation, state),
    }
}
