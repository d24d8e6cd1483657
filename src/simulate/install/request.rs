use crate::{
    resolve::{FormatControl, Tool, Upgrade},
    syntax::command::Argument,
};

/// What `pip install`, `pip wheel`, `pip download` and `uv pip install` have in common: what is
/// asked for, from where, and where it goes.
#[derive(Debug, Clone)]
pub(super) struct Request {
    /// Whose rules hold.
    pub(super) tool: Tool,
    /// What happens to what is picked.
    pub(super) destination: Destination,
    /// `-c`, in order.
    pub(super) constraint_files: Vec<Argument>,
    /// Names, paths and addresses, in order.
    pub(super) words: Vec<Argument>,
    /// `-e`, in order.
    pub(super) editables: Vec<Argument>,
    /// `-r`, in order.
    pub(super) requirement_files: Vec<Argument>,
    /// `-f`, in order.
    pub(super) find_links: Vec<Argument>,
    /// `-i`; `None` for the public index.
    pub(super) index_url: Option<Argument>,
    /// `--extra-index-url`, in order.
    pub(super) extra_index_urls: Vec<Argument>,
    /// `--index-strategy first-index`, uv's default.
    pub(super) first_index: bool,
    /// `--no-index`.
    pub(super) no_index: bool,
    /// `--no-deps`.
    pub(super) no_deps: bool,
    /// `--pre`.
    pub(super) pre: bool,
    /// `--upgrade` and its strategy.
    pub(super) upgrade: Upgrade,
    /// `--force-reinstall`.
    pub(super) force_reinstall: bool,
    /// `--ignore-installed`.
    pub(super) ignore_installed: bool,
    /// `--only-binary` and `--no-binary`.
    pub(super) formats: FormatControl,
    /// `--prefer-binary`.
    pub(super) prefer_binary: bool,
    /// `--ignore-requires-python`.
    pub(super) ignore_requires_python: bool,
    /// False with `--no-build-isolation`.
    pub(super) build_isolation: bool,
    /// `--break-system-packages`.
    pub(super) break_system_packages: bool,
    /// `--dry-run`: nothing is changed.
    pub(super) dry_run: bool,
}

/// Where what is picked goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Destination {
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
    pub(super) fn folder(&self) -> Option<&str> {
        match self {
            Self::Wheels(folder) | Self::Files(folder) => Some(folder),
            _ => None,
        }
    }
}
