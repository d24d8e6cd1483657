use std::{fmt, sync::Arc};

use crate::{
    index::{Artifact, IndexUrl},
    order::{SortedMap, SortedSet},
    pep440::Version,
    pep508::{ExtraName, ProjectName, Requirement, Target},
    text::Location,
};

/// What one run of `pip install`, `pip wheel`, `pip download` or `uv pip install` is asked.
#[derive(Debug, Clone)]
pub struct Problem {
    /// Whose rules hold.
    pub tool: Tool,
    /// The interpreter and platform that markers, wheel tags and `Requires-Python` are about.
    pub target: Target,
    /// In the order of the command line, files of requirements read where they are named.
    pub requirements: Vec<RootRequirement>,
    /// `-c`.
    pub constraints: Vec<Constraint>,
    /// What the environment holds. Empty for `pip wheel` and `pip download`, which do not look.
    pub installed: SortedMap<ProjectName, Installed>,
    /// `--upgrade` and its strategy.
    pub upgrade: Upgrade,
    /// `--force-reinstall`.
    pub force_reinstall: bool,
    /// `--ignore-installed`.
    pub ignore_installed: bool,
    /// `--no-deps`.
    pub no_deps: bool,
    /// `--pre`.
    pub pre: bool,
    /// `--only-binary` and `--no-binary`.
    pub formats: FormatControl,
    /// `--prefer-binary`.
    pub prefer_binary: bool,
    /// `--ignore-requires-python`.
    pub ignore_requires_python: bool,
    /// Where candidates come from, in the order in which they are asked; empty with `--no-index`.
    pub indexes: Vec<IndexUrl>,
    /// A project is taken from the first of `indexes` that has it, and no other one is asked: what
    /// uv does unless told otherwise. For pip all of them are one.
    pub first_index: bool,
    /// The files of all `--find-links`.
    pub find_links: Vec<PoolFile>,
    /// When to give up.
    pub limits: Limits,
}

/// Whose rules hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Tool {
    /// pip, of this version.
    Pip(Version),
    /// uv.
    Uv,
}

impl Tool {
    /// The program.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Pip(_) => "pip",
            Self::Uv => "uv",
        }
    }
}

/// `pip 26.3`, `uv`.
impl fmt::Display for Tool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Pip(version) => write!(f, "pip {version}"),
            Self::Uv => f.write_str("uv"),
        }
    }
}

/// Where something asked for comes from.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Origin {
    /// As pip prints it: `-r requirements.txt (line 2)`; empty for words of the command line.
    pub label: String,
    /// Its place, if it has one in a file.
    pub location: Option<Location>,
}

/// One thing asked for by the person.
#[derive(Debug, Clone)]
pub struct RootRequirement {
    /// What.
    pub wanted: Wanted,
    /// By whom.
    pub origin: Origin,
}

/// What is asked for.
#[derive(Debug, Clone)]
pub enum Wanted {
    /// By name: `numpy<2`, `fastapi[standard]; python_version < "3.12"`.
    Name(Arc<Requirement>),
    /// This one file or folder: `/wheels/numpy-1.25.2-....whl`, a URL, `-e .`.
    Direct(Direct),
}

/// A file, URL or folder asked for as it is. Its project is pinned to it.
#[derive(Debug, Clone)]
pub struct Direct {
    /// As pip prints it after `from`: a path or a URL.
    pub link: String,
    /// What it is.
    pub artifact: Arc<Artifact>,
    /// `[extra]`.
    pub extras: Vec<ExtraName>,
    /// `-e`.
    pub editable: bool,
}

/// One line of a constraints file. Bounds a project only if something asks for it (rule 25).
#[derive(Debug, Clone)]
pub struct Constraint {
    /// Name and specifiers.
    pub requirement: Arc<Requirement>,
    /// Where it stands.
    pub origin: Origin,
}

/// An installed package.
#[derive(Debug, Clone)]
pub struct Installed {
    /// Its version.
    pub version: Version,
    /// What it was installed from: its dependencies. `None` where nothing is known but the
    /// version (a base image's contents): then nothing is claimed about its dependencies.
    pub artifact: Option<Arc<Artifact>>,
}

/// `--upgrade` and its strategy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Upgrade {
    /// Not asked for: what is installed and fits is kept.
    #[default]
    No,
    /// `--upgrade`: the projects named are upgraded, others if needed.
    OnlyIfNeeded,
    /// `--upgrade-strategy eager`: dependencies too.
    Eager,
}

/// `--only-binary` and `--no-binary`, after pip's rule that the later one wins was applied.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FormatControl {
    /// `:all:` for wheels only; projects in `no_binary` excepted.
    pub only_binary_all: bool,
    /// Wheels only.
    pub only_binary: SortedSet<ProjectName>,
    /// `:all:` for sdists only; projects in `only_binary` excepted.
    pub no_binary_all: bool,
    /// Sdists only.
    pub no_binary: SortedSet<ProjectName>,
}

/// A file that `--find-links` offers.
#[derive(Debug, Clone)]
pub struct PoolFile {
    /// Its absolute path, or its URL.
    pub path: String,
    /// The file.
    pub artifact: Arc<Artifact>,
}

/// When to give up. A resolution is bounded whatever it is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Rounds of pip's search; pip itself allows 200 000, which takes it hours.
    pub rounds: u32,
    /// Decisions of PubGrub.
    pub decisions: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Self { rounds: 10_000, decisions: 50_000 }
    }
}

impl Problem {
    /// Nothing asked for, from the public index by default rules.
    #[must_use]
    pub fn new(tool: Tool, target: Target) -> Self {
        Self {
            tool,
            target,
            requirements: Vec::new(),
            constraints: Vec::new(),
            installed: SortedMap::new(),
            upgrade: Upgrade::No,
            force_reinstall: false,
            ignore_installed: false,
            no_deps: false,
            pre: false,
            formats: FormatControl::default(),
            prefer_binary: false,
            ignore_requires_python: false,
            indexes: vec![IndexUrl::pypi()],
            first_index: false,
            find_links: Vec::new(),
            limits: Limits::default(),
        }
    }
}

impl FormatControl {
    /// Whether wheels of the project may be taken.
    #[must_use]
    pub fn allows_wheels(&self, project: &ProjectName) -> bool {
        if self.only_binary.contains(project) {
            return true;
        }
        !self.no_binary_all && !self.no_binary.contains(project)
    }

    /// Whether sdists of the project may be taken.
    #[must_use]
    pub fn allows_sdists(&self, project: &ProjectName) -> bool {
        if self.no_binary.contains(project) {
            return true;
        }
        !self.only_binary_all && !self.only_binary.contains(project)
    }
}
