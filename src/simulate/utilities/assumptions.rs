//! Which programs are taken to leave Python packages as they are.
//!
//! A program that nothing is known of is nearly always one that has nothing to do with packages:
//! a console script, a compiler, a tool of the distribution. What is never taken for harmless is
//! what may run something else that is not seen: a script, or an installer.

use crate::simulate::{
    State,
    files::{file_name, parent},
    shell::Field,
};

/// Endings of scripts and of archives that unpack themselves.
const SCRIPTS: [&str; 8] = [".sh", ".bash", ".py", ".pl", ".run", ".bin", ".rb", ".js"];

/// Parts of the names of installers.
const INSTALLERS: [&str; 6] = ["install", "setup", "bootstrap", "entrypoint", "conda", "mamba"];

/// Words by which a program is asked to install something.
const ORDERS: [&str; 4] = ["install", "develop", "sync", "bootstrap"];

/// The program may install Python packages, or run what does.
pub(super) fn may_install(state: &State, path: &str, rest: &[Field]) -> bool {
    let name = file_name(path).to_ascii_lowercase();
    if super::is_question(rest) {
        return is_script(state, path, &name);
    }
    let ordered =
        rest.iter().filter_map(Field::as_known).any(|word| ORDERS.contains(&word) || runs_command(word));
    is_script(state, path, &name)
        || INSTALLERS.iter().any(|part| name.contains(part))
        || name.starts_with("pip")
        || ordered
        || rest.first().is_some_and(|first| first.as_known().is_none())
}

/// A word that is a command line of its own, handed on to be run.
fn runs_command(word: &str) -> bool {
    let mut words = word.split_whitespace();
    let first = words.next().map_or("", file_name);
    crate::simulate::tools::tool(first).is_some()
        || matches!(first, "sh" | "bash" | "dash" | "ash" | "zsh" | "make")
}

/// A file that is run by its path, from a folder that is neither the system's nor an environment's.
fn is_script(state: &State, path: &str, name: &str) -> bool {
    if SCRIPTS.iter().any(|ending| name.ends_with(ending)) {
        return true;
    }
    let Some(folder) = path.contains('/').then(|| parent(path)) else { return false };
    let is_system = ["/bin", "/sbin", "/usr/bin", "/usr/sbin", "/usr/local/bin", "/usr/local/sbin"]
        .contains(&folder)
        || folder.starts_with("/usr/lib/");
    let of_environment = folder
        .strip_suffix("/bin")
        .is_some_and(|root| state.environments.contains_key(&state.files.resolve(root)));
    !is_system && !of_environment
}
