use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use crate::{
    index::Artifact,
    model::{Distribution, EnvironmentKind},
    order::SortedMap,
    pep440::Version,
    pep508::{Platform, ProjectName, PythonVersion},
    syntax::shell::Dialect,
    text::Location,
};

/// All that a step can change. Texts and artifacts in it are shared between clones.
#[derive(Debug, Clone)]
pub struct State {
    /// Files and folders that matter to packages, by absolute path.
    pub files: FileSystem,
    /// Every environment by its root (`/usr/local`, `/opt/venv`, a `--target` folder).
    pub environments: SortedMap<String, Environment>,
    /// `ENV`, `ARG` and what the base image sets, as a process would see them.
    pub variables: SortedMap<String, String>,
    /// Absolute.
    pub working_directory: String,
    /// `USER`: name or number, without group.
    pub user: String,
    /// The home of every user that is known, by name and by number (`/etc/passwd`).
    pub homes: SortedMap<String, String>,
    /// `SHELL`, by default `/bin/sh -c`.
    pub shell: Vec<String>,
    /// What `/bin/sh` of the image is; a link made by a step may lead elsewhere ([`Self::sh`]).
    pub image_sh: Dialect,
    /// `pip config set`, per environment-independent scope: `global.index-url` to value.
    pub pip_config: SortedMap<String, String>,
    /// What the programs of this stage run on; decides wheel tags.
    pub platform: Platform,
    /// What the base image is built on: decides what `apt-get install python3` brings.
    pub distribution: Distribution,
    /// Whether there is a C compiler; `None` where that is not known.
    pub compiler: Option<bool>,
    /// Set where the base image is not known: what lies outside `files` and `environments` may
    /// be there or not.
    pub unknown_base: Option<String>,
    /// Set where a program that is not in `files` may be on `PATH` all the same: behind an
    /// unknown base, and behind a step that is not modelled.
    pub unknown_programs: Option<String>,
    /// The distribution's package manager has installed something, and programs may have come
    /// with it.
    pub packages_added: bool,
}

/// Where something in the state came from: a call of a step of a stage.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Origin {
    /// Index of the stage.
    pub stage: usize,
    /// Index of the step in its stage; `None` for the base image.
    pub step: Option<usize>,
    /// Index of the call in that step; `None` where no installer made it.
    pub call: Option<usize>,
}

/// A small file system. Paths are absolute and normalised: no `.`, `..`, or doubled `/`.
#[derive(Debug, Clone, Default)]
pub struct FileSystem {
    /// Everything known to be there.
    pub entries: Shared<BTreeMap<String, Entry>>,
    /// Folders whose content is not known beyond `entries`: below them, a missing entry may
    /// exist all the same. Path to reason.
    pub uncertain: SortedMap<String, String>,
    /// Paths inside uncertain folders at and below which there is nothing but what `entries` has:
    /// the library of a Python that the image does not have.
    pub listed: BTreeSet<String>,
    /// Set where programs ran that make files of their own (`npm run build`, `make`): a path that
    /// is not in `entries` may be there all the same.
    pub unlisted: Option<String>,
    /// The same for what was copied from such a file system: folder to reason.
    pub unlisted_below: SortedMap<String, String>,
}

/// A value that clones share until one of them is changed: a step that leaves the files as they
/// are keeps no second list of them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Shared<T>(Arc<T>);

impl<T> Shared<T> {
    /// Both are one value in memory.
    #[must_use]
    pub fn is_same(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

impl<T> std::ops::Deref for Shared<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

impl<T: Clone> std::ops::DerefMut for Shared<T> {
    fn deref_mut(&mut self) -> &mut T {
        Arc::make_mut(&mut self.0)
    }
}

/// A file or a folder.
#[derive(Debug, Clone)]
pub struct Entry {
    /// What it holds.
    pub content: Content,
    /// What made it.
    pub origin: Origin,
    /// The line that made it, if one did.
    pub location: Option<Location>,
}

/// What an entry holds.
#[derive(Debug, Clone)]
pub enum Content {
    /// A folder.
    Folder,
    /// Text, with where each line came from.
    Text(Arc<Text>),
    /// A wheel or sdist, and who asked for it: `chatterbox-tts 0.1.4 (numpy<1.26.0,>=1.24.0)`.
    Artifact {
        /// The file and its metadata.
        artifact: Arc<Artifact>,
        /// Why it is here; empty for a copied file.
        requested_by: Arc<[String]>,
    },
    /// A symbolic link to an absolute path.
    Link(String),
    /// A program whose behaviour is modelled.
    Program(Program),
    /// There, but its bytes are not known. Says why.
    Opaque(String),
}

/// A program that finds or changes an environment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Program {
    /// Which.
    pub kind: ProgramKind,
    /// Root of the environment it runs in; empty for uv, which has none of its own. A script's
    /// first line names its interpreter by absolute path, so a copied `pip` stays with the
    /// environment it was made for.
    pub environment: String,
}

/// The programs with behaviour of their own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProgramKind {
    /// `python`, `python3`, `python3.10`.
    Python,
    /// `pip`, `pip3`, `pip3.10`.
    Pip,
    /// `uv`.
    Uv,
    /// `bin/activate` of a virtual environment, to be sourced.
    Activate,
}

/// A text file inside the build.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Text {
    /// In order.
    pub lines: Vec<TextLine>,
    /// The last line has an end.
    pub final_newline: bool,
}

/// A line, and where the author wrote it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TextLine {
    /// Without its line end.
    pub text: String,
    /// The line (or the words that print it) in a file of the build context.
    pub origin: Option<Location>,
    /// Byte for byte the text at `origin`, so that offsets inside it count.
    pub verbatim: bool,
}

/// Whether what is known of something is all there is to know.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Certainty {
    /// Yes.
    #[default]
    Certain,
    /// A step that is not modelled may have changed it. Says why, and where.
    Uncertain {
        /// As a sentence without a full stop.
        reason: String,
        /// The words that are not modelled.
        location: Option<Location>,
    },
}

/// A place where packages are installed together.
#[derive(Debug, Clone)]
pub struct Environment {
    /// What it is.
    pub kind: EnvironmentKind,
    /// The Python that runs in it; `None` where not known.
    pub python: Option<PythonVersion>,
    /// Installed packages. Two of one project only in a merged copy or after
    /// `--ignore-installed`.
    pub packages: SortedMap<ProjectName, Vec<Installed>>,
    /// The folder of the Python that runs in a venv, where it is none of the stage's own
    /// environments but one that a manager of Pythons fetched (uv).
    pub interpreter: Option<String>,
    /// A venv made with `--system-site-packages` also sees the environment at this root.
    pub sees: Option<String>,
    /// PEP 668: pip refuses to install into it without `--break-system-packages`.
    pub externally_managed: bool,
    /// Whether `packages` is all there is.
    pub certainty: Certainty,
    /// What made it.
    pub origin: Origin,
}

/// An installed package.
#[derive(Debug, Clone)]
pub struct Installed {
    /// Its version.
    pub version: Version,
    /// What was installed: gives its dependencies. `None` where only its version is known.
    pub artifact: Option<Arc<Artifact>>,
    /// Asked for by name, and not only by another package.
    pub requested: bool,
    /// What installed it.
    pub origin: Origin,
    /// The words that asked for it.
    pub location: Option<Location>,
    /// Who asked for it, as pip's messages would name them.
    pub requested_by: Arc<[String]>,
    /// How `pip freeze` writes it where a file, URL or folder was asked for as it is (PEP 610):
    /// `numpy @ file:///wheels/numpy-1.25.2-....whl`.
    pub direct_reference: Option<String>,
}

impl Installed {
    /// Its line in `pip freeze` and `uv pip freeze`, with the line's end.
    #[must_use]
    pub fn frozen(&self, project: &ProjectName) -> String {
        match &self.direct_reference {
            Some(reference) => format!("{reference}\n"),
            None => format!("{project}=={}\n", self.version),
        }
    }
}
