//! `dnf`, `microdnf`, `yum`, `tdnf` and `zypper`: the Python that they install is not modelled.

use super::{
    call::{Answer, Invocation, PackageTools},
    distribution::Manager,
};
use crate::{
    simulate::State,
    syntax::command::{Argument, Subcommand, Table},
};

const OPTIONS: Table = Table {
    flags: &[
        "help|h",
        "version",
        "assumeyes|y",
        "quiet|q",
        "verbose|v",
        "best|b",
        "nobest",
        "cacheonly|C",
        "allowerasing",
        "nodocs",
        "nogpgcheck",
        "skip-broken",
        "assumeno",
        "refresh",
        "noplugins",
        "allow-downgrade",
    ],
    values: &[
        "enablerepo",
        "disablerepo",
        "repo|repoid",
        "setopt",
        "exclude|x",
        "releasever",
        "installroot",
        "config|c",
        "errorlevel|e",
        "debuglevel|d",
        "enableplugin",
        "disableplugin",
        "forcearch",
        "installonlypkgs",
    ],
    variables: &[],
};

/// Runs one command.
pub(super) fn run(tools: &PackageTools<'_>, invocation: &Invocation<'_>, state: &mut State) -> Answer {
    let arguments = invocation.argv.get(1..).unwrap_or_default();
    let call = Subcommand::parse(&OPTIONS, arguments, &[], &|_| None);
    let packages: Vec<&str> = call.words.iter().map(Argument::as_str).collect();
    let mut manager = Manager::new(tools, invocation, state);
    match call.name.as_str() {
        "install" | "in" | "reinstall" | "localinstall" => {
            manager.installs(&packages);
            if packages.iter().any(|word| word.starts_with("python") || word.starts_with("pip")) {
                let name = invocation.argv.first().map_or("", Argument::as_str);
                manager.unknown_python(&format!("the Python that {name} installs is not modelled"));
            }
        }
        "groupinstall" | "group" => manager.may_bring_compiler(),
        "remove" | "erase" | "autoremove" => manager.removed(&packages),
        _ => {}
    }
    manager.done()
}
