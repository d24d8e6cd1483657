//! What is asked of an installer, and what it is asked in.

use crate::{
    budget::Budget,
    index::Index,
    pep440::Version,
    resolve::{Answers, FormatControl, Tool, Upgrade},
    simulate::{Origin, Text},
    syntax::command::Argument,
    text::Location,
};

/// What a call is made in, besides the [`State`]: there, `variables` and `working_directory` are
/// those of the process while the call runs.
#[derive(Debug, Clone, Copy)]
pub(in crate::simulate) struct Context<'a> {
    /// What is known about packages.
    pub(in crate::simulate) index: &'a Index,
    /// What was resolved from it before.
    pub(in crate::simulate) answers: &'a Answers,
    /// Of the whole analysis.
    pub(in crate::simulate) budget: &'a Budget,
    /// Root of the environment whose pip this is. For uv, the one that it finds for itself:
    /// `VIRTUAL_ENV`, `.venv`, or the first Python on `PATH`.
    pub(in crate::simulate) environment: &'a str,
    /// The tool's version, where known.
    pub(in crate::simulate) version: Option<&'a Version>,
    /// Stage, step and call.
    pub(in crate::simulate) origin: Origin,
    /// The words of the call.
    pub(in crate::simulate) location: Option<Location>,
    /// What it reads as `/dev/stdin`; `None` where that is empty or a terminal.
    pub(in crate::simulate) stdin: Option<&'a Text>,
    /// `--network=none`.
    pub(in crate::simulate) offline: bool,
}

/// What `pip install`, `pip wheel`, `pip download` and `uv pip install` have in common: what is
/// asked for, from where, and where it goes.
#[derive(Debug, Clone)]
pub(in crate::simulate) struct Request {
    /// Whose rules hold.
    pub(in crate::simulate) tool: Tool,
    /// What happens to what is picked.
    pub(in crate::simulate) destination: Destination,
    /// `-c`, in order.
    pub(in crate::simulate) constraint_files: Vec<Argument>,
    /// Names, paths and addresses, in order.
    pub(in crate::simulate) words: Vec<Argument>,
    /// `-e`, in order.
    pub(in crate::simulate) editables: Vec<Argument>,
    /// `-r`, in order.
    pub(in crate::simulate) requirement_files: Vec<Argument>,
    /// `-f`, in order.
    pub(in crate::simulate) find_links: Vec<Argument>,
    /// `-i`; `None` for the public index.
    pub(in crate::simulate) index_url: Option<Argument>,
    /// `--extra-index-url`, in order.
    pub(in crate::simulate) extra_index_urls: Vec<Argument>,
    /// `--index-strategy first-index`, uv's default.
    pub(in crate::simulate) first_index: bool,
    /// `--no-index`.
    pub(in crate::simulate) no_index: bool,
    /// `--no-deps`.
    pub(in crate::simulate) no_deps: bool,
    /// `--pre`.
    pub(in crate::simulate) pre: bool,
    /// `--upgrade` and its strategy.
    pub(in crate::simulate) upgrade: Upgrade,
    /// `--force-reinstall`.
    pub(in crate::simulate) force_reinstall: bool,
    /// `--ignore-installed`.
    pub(in crate::simulate) ignore_installed: bool,
    /// `--only-binary` and `--no-binary`.
    pub(in crate::simulate) formats: FormatControl,
    /// `--prefer-binary`.
    pub(in crate::simulate) prefer_binary: bool,
    /// `--ignore-requires-python`.
    pub(in crate::simulate) ignore_requires_python: bool,
    /// False with `--no-build-isolation`.
    pub(in crate::simulate) build_isolation: bool,
    /// `--break-system-packages`.
    pub(in crate::simulate) break_system_packages: bool,
    /// `--require-hashes`.
    pub(in crate::simulate) require_hashes: bool,
    /// `--no-require-hashes`.
    pub(in crate::simulate) no_require_hashes: bool,
    /// `--dry-run`: nothing is changed.
    pub(in crate::simulate) dry_run: bool,
}

/// Where what is picked goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::simulate) enum Destination {
    /// Into the environment the tool runs for.
    Environment,
    /// Into this folder (`--target`), absolute.
    Target(String),
    /// Below this folder (`--prefix`), absolute.
    Prefix(String),
    /// Below the home directory (`--user`).
    User(String),
    /// Wheels, the ones built from sdists included, into this folder (`pip wheel`), absolute.
    Wheels(String),
    /// Files as they are into this folder (`pip download`), absolute.
    Files(String),
}

impl Destination {
    /// A folder of files, not an environment.
    pub(in crate::simulate) fn folder(&self) -> Option<&str> {
        match self {
            Self::Wheels(folder) | Self::Files(folder) => Some(folder),
            _ => None,
        }
    }
}
