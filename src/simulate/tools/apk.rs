//! Alpine's `apk`.

use super::{
    call::{Answer, Invocation, PackageTools},
    distribution::{Manager, bare},
};
use crate::{
    simulate::State,
    syntax::command::{Argument, Subcommand, Table},
};

const OPTIONS: Table = Table {
    flags: &[
        "help|h",
        "version|V",
        "quiet|q",
        "verbose|v",
        "interactive|i",
        "force|f",
        "update-cache|U|update",
        "no-cache",
        "no-network",
        "no-progress",
        "purge",
        "allow-untrusted",
        "latest|l",
        "upgrade|u",
        "available|a",
        "initdb",
        "simulate|s",
        "clean-protected",
        "overlay-from-stdin",
        "no-scripts",
        "force-overwrite",
        "force-broken-world",
        "force-refresh",
        "force-old-apk",
        "rdepends|r",
        "no-interactive",
    ],
    values: &[
        "virtual|t",
        "repository|X",
        "root|p",
        "arch",
        "cache-dir",
        "cache-max-age",
        "keys-dir",
        "repositories-file",
        "wait",
        "progress-fd",
    ],
    variables: &[],
};

/// Runs one command of apk.
pub(super) fn run(tools: &PackageTools<'_>, invocation: &Invocation<'_>, state: &mut State) -> Answer {
    let arguments = invocation.argv.get(1..).unwrap_or_default();
    let call = Subcommand::parse(&OPTIONS, arguments, &[], &|_| None);
    let packages: Vec<&str> = call.words.iter().map(Argument::as_str).collect();
    let mut manager = Manager::new(tools, invocation, state);
    match call.name.as_str() {
        "add" => {
            manager.come(&packages);
            packages.iter().for_each(|package| install(&mut manager, bare(package)));
        }
        "del" => manager.removed(&packages),
        _ => {}
    }
    manager.done()
}

fn install(manager: &mut Manager<'_, '_>, name: &str) {
    match name {
        "python3" | "python3-dev" | "python3-tkinter" => manager.add_own(false),
        "py3-pip" => manager.add_own(true),
        "py3-setuptools" | "py3-wheel" | "py3-virtualenv" => manager.add_own(false),
        name if name.starts_with("py3-") => {
            manager.add_own(false);
            manager.touched(&format!("{name} puts Python packages there"));
        }
        _ => {}
    }
}
