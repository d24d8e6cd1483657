//! pyenv: which Python it builds or chooses is not modelled.

use super::call::{Answer, Invocation, PackageTools, unmodelled_call};
use crate::{
    simulate::State,
    syntax::command::{Subcommand, Table, split},
};

const OPTIONS: Table = Table {
    flags: &["help|h", "version|V", "quiet|q", "verbose|v"],
    values: &["output|o", "format|f", "project|p"],
    variables: &[],
};

/// Runs one command of pyenv.
pub(super) fn run(tools: &PackageTools<'_>, invocation: &Invocation<'_>, state: &mut State) -> Answer {
    let Some((name, _, arguments)) = split(invocation.argv) else { return Answer::done() };
    let call = Subcommand::parse(&OPTIONS, arguments, &["run"], &|_| None);
    match call.name.as_str() {
        "init" | "rehash" | "versions" | "version" | "" => Answer::done(),
        _ => unmodelled_call(&format!("{name} is not modelled"), tools, invocation, state),
    }
}
