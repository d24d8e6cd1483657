//! The distributions' package managers, as far as they bring Python and its packages.

use super::{
    Argument, Program,
    given::{self, Given, Manner, Table},
};

/// One run of `apt-get`, `apt`, `apk`, `dnf`, `microdnf` or `yum`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SystemCall {
    /// How it was started.
    pub program: Program,
    /// Which manager.
    pub manager: SystemManager,
    /// What it is to do.
    pub action: SystemAction,
    /// Package names, versions and all: `python3-numpy`, `py3-numpy=1.26-r0`.
    pub packages: Vec<Argument>,
    /// Every option that was given.
    pub given: Given,
}

/// A distribution's package manager.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SystemManager {
    /// Debian's and Ubuntu's `apt-get`, `apt`, `aptitude`.
    Apt,
    /// Alpine's `apk`.
    Apk,
    /// Red Hat's `dnf`, `microdnf`, `yum`.
    Dnf,
}

/// What a package manager is to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SystemAction {
    /// Packages come.
    Install,
    /// Packages go.
    Remove,
    /// What is there is renewed.
    Upgrade,
    /// Neither: lists are fetched, caches cleaned.
    Other,
}

const APT: Table = Table {
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

const APK: Table = Table {
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

const DNF: Table = Table {
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

/// Reads what stands behind the manager's name.
pub(super) fn parse(program: Program, manager: SystemManager, arguments: &[Argument]) -> SystemCall {
    let table = match manager {
        SystemManager::Apt => &APT,
        SystemManager::Apk => &APK,
        SystemManager::Dnf => &DNF,
    };
    let (given, words) = given::parse(&[table], arguments, Manner::Anywhere, &|_| None);
    let mut words = words.into_iter();
    let command = words.next();
    let command = command.as_ref().map_or("", |word| word.as_str());
    let simulated = given.flag("simulate").on || given.flag("download-only").on || given.flag("help").on;
    let action = match command {
        _ if simulated => SystemAction::Other,
        "install" | "add" | "reinstall" | "localinstall" | "groupinstall" => SystemAction::Install,
        "remove" | "purge" | "del" | "erase" | "autoremove" | "auto-remove" => SystemAction::Remove,
        "upgrade" | "dist-upgrade" | "full-upgrade" | "distro-sync" => SystemAction::Upgrade,
        // For dnf `update` is `upgrade`; for the others it fetches lists.
        "update" if manager == SystemManager::Dnf => SystemAction::Upgrade,
        _ => SystemAction::Other,
    };
    SystemCall { program, manager, action, packages: words.collect(), given }
}
