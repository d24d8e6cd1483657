//! Arch Linux's `pacman`: the Python that it installs is not modelled.

use super::{
    call::{Answer, Invocation, PackageTools},
    distribution::Manager,
};
use crate::{simulate::State, syntax::command::Argument};

/// Runs one command: `-S` with other letters behind it installs, `-R` removes.
pub(super) fn run(tools: &PackageTools<'_>, invocation: &Invocation<'_>, state: &mut State) -> Answer {
    let words: Vec<&str> = invocation.argv.iter().skip(1).map(Argument::as_str).collect();
    let packages: Vec<&str> = words.iter().copied().filter(|word| !word.starts_with('-')).collect();
    let asks = |letter: char| {
        words.iter().any(|word| word.starts_with('-') && !word.starts_with("--") && word.contains(letter))
    };
    let mut manager = Manager::new(tools, invocation, state);
    if asks('S') || words.contains(&"--sync") {
        manager.installs(&packages);
        if packages.contains(&"base-devel") {
            manager.may_bring_compiler();
        }
        if packages.iter().any(|package| package.starts_with("python")) {
            manager.unknown_python("the Python that pacman installs is not modelled");
        }
    } else if asks('R') || words.contains(&"--remove") {
        manager.removed(&packages);
    }
    manager.done()
}
