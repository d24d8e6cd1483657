//! pip-tools: what `pip-compile` pins and `pip-sync` installs is not modelled.

use super::call::{Answer, Invocation, PackageTools, unmodelled_call, writes};
use crate::{
    simulate::State,
    syntax::command::{Placement, Table, parse_options, split},
};

const OPTIONS: Table = Table {
    flags: &[
        "help|h",
        "version|V",
        "verbose|v",
        "quiet|q",
        "dry-run|n",
        "pre|p",
        "rebuild|r",
        "no-index",
        "header",
        "emit-trusted-host",
        "annotate",
        "upgrade|U",
        "allow-unsafe",
        "strip-extras",
        "generate-hashes",
        "reuse-hashes",
        "build-isolation",
        "emit-find-links",
        "emit-index-url",
        "emit-options",
        "all-extras",
        "all-build-deps",
        "only-build-deps",
        "no-config",
        "force",
        "ask|a",
        "user",
        "emit-build-options",
    ],
    values: &[
        "find-links|f",
        "index-url|i",
        "extra-index-url",
        "cert",
        "client-cert",
        "trusted-host",
        "upgrade-package|P",
        "output-file|o",
        "newline",
        "max-rounds",
        "extra",
        "src-file",
        "cache-dir",
        "pip-args",
        "resolver",
        "constraint|c",
        "unsafe-package",
        "annotation-style",
        "config",
        "python-executable",
        "build-deps-for",
    ],
    variables: &[],
};

/// `pip-compile`: pins come into a file.
pub(super) fn compile(_: &PackageTools<'_>, invocation: &Invocation<'_>, state: &mut State) -> Answer {
    let arguments = invocation.argv.get(1..).unwrap_or_default();
    let (given, _) = parse_options(&[&OPTIONS], arguments, Placement::Anywhere, &|_| None);
    writes("pip-compile", given.last("output-file").as_ref(), invocation, state)
}

/// `pip-sync`: what the pins say is installed, and nothing else stays.
pub(super) fn sync(tools: &PackageTools<'_>, invocation: &Invocation<'_>, state: &mut State) -> Answer {
    unmodelled_call("pip-sync is not modelled", tools, invocation, state)
}

/// `python -m piptools compile`, `python -m piptools sync`.
pub(super) fn module(tools: &PackageTools<'_>, invocation: &Invocation<'_>, state: &mut State) -> Answer {
    let arguments = split(invocation.argv).map(|(_, _, arguments)| arguments).unwrap_or_default();
    match arguments.split_first() {
        Some((command, rest)) if command.as_str() == "compile" => {
            let (given, _) = parse_options(&[&OPTIONS], rest, Placement::Anywhere, &|_| None);
            writes("pip-compile", given.last("output-file").as_ref(), invocation, state)
        }
        _ => sync(tools, invocation, state),
    }
}
