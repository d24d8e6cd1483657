//! Debian's and Ubuntu's `apt-get`, `apt`, `aptitude`.

use super::{
    call::{Answer, Invocation, PackageTools},
    distribution::{Manager, bare},
};
use crate::{
    pep508::PythonVersion,
    simulate::State,
    syntax::command::{Argument, Subcommand, Table},
};

const OPTIONS: Table = Table {
    flags: &[
        "help|h",
        "version",
        "yes|y|assume-yes",
        "quiet|q",
        "fix-broken|f",
        "fix-missing|m",
        "download-only|d",
        "simulate|s|dry-run|just-print|no-act|recon",
        "install-recommends",
        "no-install-recommends",
        "install-suggests",
        "no-install-suggests",
        "allow-unauthenticated",
        "allow-downgrades",
        "allow-remove-essential",
        "allow-change-held-packages",
        "reinstall",
        "purge",
        "auto-remove|autoremove",
        "no-upgrade",
        "only-upgrade",
        "force-yes",
        "verbose-versions|V",
        "show-upgraded|u",
        "print-uris",
        "ignore-missing",
        "assume-no",
        "trivial-only",
        "no-remove",
        "ignore-hold",
        "with-new-pkgs",
        "build-dep",
    ],
    values: &["option|o", "target-release|t|default-release", "config-file|c"],
    variables: &[],
};

/// The distribution's Python without a package of its own in `site-packages`.
const PYTHON: &[&str] = &[
    "python3",
    "python3-minimal",
    "python3-dev",
    "python3-venv",
    "python3-full",
    "python3-distutils",
    "python3-setuptools",
    "python3-wheel",
    "python3-pip-whl",
    "python3-virtualenv",
    "libpython3-dev",
    "python3-dbg",
    "python3-lib2to3",
    "python3-tk",
    "python3-gdbm",
    "python3-doc",
    "virtualenv",
    "pipx",
    "pipenv",
];

/// Runs one command of apt.
pub(super) fn run(tools: &PackageTools<'_>, invocation: &Invocation<'_>, state: &mut State) -> Answer {
    let arguments = invocation.argv.get(1..).unwrap_or_default();
    let call = Subcommand::parse(&OPTIONS, arguments, &[], &|_| None);
    let packages: Vec<&str> = call.words.iter().map(Argument::as_str).collect();
    let mut manager = Manager::new(tools, invocation, state);
    if call.given.flag("simulate").on || call.given.flag("download-only").on {
        return manager.done();
    }
    match call.name.as_str() {
        "install" | "satisfy" => {
            manager.come(&packages);
            // `package=version` and `package/suite` name the package.
            packages.iter().for_each(|package| install(&mut manager, bare(package)));
        }
        "build-dep" => {
            manager.may_bring_compiler();
            packages.iter().for_each(|package| install(&mut manager, bare(package)));
        }
        "remove" | "purge" | "autoremove" => manager.removed(&packages),
        _ => {}
    }
    manager.done()
}

fn install(manager: &mut Manager<'_, '_>, name: &str) {
    match name {
        "python3-pip" => manager.add_own(true),
        "python-is-python3" => {
            manager.add_own(false);
            manager.add_program("python", "/usr".to_owned());
        }
        name if PYTHON.contains(&name) => manager.add_own(false),
        name => {
            if let Some(version) = versioned_python(name) {
                manager.add_versioned(version);
            } else if ["python3-", "python-", "python2"].iter().any(|stem| name.starts_with(stem)) {
                manager.add_own(false);
                manager.touched(&format!("{name} puts Python packages there"));
            }
        }
    }
}

/// `python3.11`, `python3.11-dev`: another Python beside the distribution's own.
fn versioned_python(name: &str) -> Option<PythonVersion> {
    let rest = name.strip_prefix("python3.")?;
    let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
    let (minor, behind) = rest.split_at_checked(digits)?;
    let known = matches!(
        behind,
        "" | "-dev" | "-venv" | "-minimal" | "-distutils" | "-full" | "-lib2to3" | "-tk" | "-dbg"
    );
    known.then_some(PythonVersion { major: 3, minor: minor.parse().ok()?, patch: None })
}
