//! pdm: what installs is not modelled; the rest leaves packages as they are.

use super::call::{Answer, Invocation, PackageTools, unmodelled_call, writes};
use crate::{
    simulate::State,
    syntax::command::{Subcommand, Table, split},
};

const OPTIONS: Table = Table {
    flags: &["help|h", "version|V", "quiet|q", "verbose|v"],
    values: &["output|o", "format|f", "project|p"],
    variables: &[],
};

/// Runs one command of pdm.
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
