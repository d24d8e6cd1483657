//! `python -m venv`, `virtualenv` and `uv venv`.

use super::{
    Argument, Flag,
    options::{Given, Placement, Table, parse_options},
};

/// An environment is made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VenvCall {
    /// Which tool.
    pub tool: VenvTool,
    /// Where; normally one.
    pub directories: Vec<Argument>,
    /// `--system-site-packages`: what the base Python has is seen.
    pub system_site_packages: Flag,
    /// Whether pip is put in.
    pub with_pip: bool,
    /// `--clear`: what is there goes first.
    pub clear: Flag,
    /// `-p` of `virtualenv` and `uv venv`; the running Python without.
    pub python: Option<Argument>,
    /// Every option that was given.
    pub given: Given,
}

/// What makes environments.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum VenvTool {
    /// `python -m venv`.
    Venv,
    /// `virtualenv`.
    Virtualenv,
    /// `uv venv`.
    Uv,
}

const VENV: Table = Table {
    flags: &[
        "help|h",
        "system-site-packages",
        "symlinks",
        "copies",
        "clear",
        "upgrade",
        "without-pip",
        "upgrade-deps",
        "without-scm-ignore-files",
    ],
    values: &["prompt"],
    variables: &[],
};

const VIRTUALENV: Table = Table {
    flags: &[
        "help|h",
        "version",
        "verbose|v",
        "quiet|q",
        "with-traceback",
        "read-only-app-data",
        "reset-app-data",
        "upgrade-embed-wheels",
        "clear",
        "no-vcs-ignore",
        "system-site-packages",
        "symlinks",
        "copies",
        "always-copy",
        "no-download|never-download",
        "download",
        "no-pip",
        "no-setuptools",
        "no-wheel",
        "no-periodic-update",
        "symlink-app-data",
        "no-site-packages",
    ],
    values: &[
        "python|p",
        "app-data",
        "discovery",
        "try-first-with",
        "creator",
        "seeder",
        "activators",
        "prompt",
        "extra-search-dir",
        "pip",
        "setuptools",
        "wheel",
    ],
    variables: &[
        ("VIRTUALENV_PYTHON", "python", None),
        ("VIRTUALENV_SYSTEM_SITE_PACKAGES", "system-site-packages", None),
        ("VIRTUALENV_CLEAR", "clear", None),
    ],
};

impl VenvCall {
    /// Reads what stands behind `python -m venv` or `virtualenv`.
    #[must_use]
    pub fn parse(
        tool: VenvTool,
        arguments: &[Argument],
        variable: &dyn Fn(&str) -> Option<Argument>,
    ) -> Self {
        let table = if tool == VenvTool::Venv { &VENV } else { &VIRTUALENV };
        let (given, directories) = parse_options(&[table], arguments, Placement::Abbreviated, variable);
        Self {
            tool,
            directories,
            system_site_packages: given.flag("system-site-packages"),
            with_pip: !given.flag("without-pip").on && !given.flag("no-pip").on,
            clear: given.flag("clear"),
            python: given.last("python"),
            given,
        }
    }
}
