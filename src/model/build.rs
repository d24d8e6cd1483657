use serde::{Deserialize, Serialize};

use crate::{
    order::SortedMap,
    text::{FileId, Location, Mapped, SyntaxError},
};

/// What the person says about the build, over what its files say. All optional; a link leaves out
/// what is not said.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Settings {
    /// Path of the Dockerfile in the sources. `None`: `Dockerfile`, where there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dockerfile: Option<String>,
    /// `3.10`, `3.10.13`: the Python of every base image that has one, whatever its tag says.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub python: Option<String>,
    /// `linux/amd64`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub platform: Option<String>,
    /// The version of pip that every base image with a Python starts with, whatever its tag says.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pip: Option<String>,
    /// The stage to build, by name or number; `None`: the last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stage: Option<String>,
    /// `--build-arg`.
    #[serde(skip_serializing_if = "SortedMap::is_empty")]
    pub args: SortedMap<String, String>,
    /// Without a Dockerfile: requirements files that the implied step installs. Empty: every
    /// `requirements.txt`, else every file that looks like one.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub requirements: Vec<String>,
    /// Without a Dockerfile: constraints files of the implied step.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub constraints: Vec<String>,
}

/// The kinds of environment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum EnvironmentKind {
    /// The Python of the image.
    System,
    /// A virtual environment.
    Venv,
    /// A `--target` folder.
    Target,
    /// A `--prefix` folder.
    Prefix,
    /// `--user`: below a home directory.
    User,
    /// A conda environment.
    Conda,
}

/// A whole build.
#[derive(Debug, Clone, Default)]
pub struct Build {
    /// The Dockerfile; `None` where the build is implied by requirements alone.
    pub dockerfile: Option<FileId>,
    /// In order.
    pub stages: Vec<Stage>,
    /// `ARG`s the Dockerfile declares, in order of declaration.
    pub args: Vec<BuildArg>,
    /// Index of the stage that is built.
    pub target_stage: usize,
    /// What is wrong with the Dockerfile: syntax, and what BuildKit would refuse.
    pub errors: Vec<(FileId, SyntaxError)>,
}

/// A declared `ARG`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BuildArg {
    /// Its name.
    pub name: String,
    /// Its value: the person's, else the default.
    pub value: Option<String>,
    /// The person set it.
    pub given: bool,
    /// Where it is declared.
    pub location: Location,
}

impl BuildArg {
    /// That it has no value, why, and what to do; `line` is that of its declaration.
    #[must_use]
    pub fn without_value(&self, line: u32) -> String {
        let name = &self.name;
        format!("{name} has no value: ARG {name} in line {line} has no default; give --build-arg {name}=...")
    }
}

/// One stage.
#[derive(Debug, Clone)]
pub struct Stage {
    /// From 0.
    pub index: usize,
    /// After `AS`, as written.
    pub name: Option<String>,
    /// What it starts from.
    pub base: Base,
    /// The base as written, variables expanded.
    pub base_text: String,
    /// `linux/amd64`: what `--platform`, else the base stage, else the person says.
    pub platform: String,
    /// In order, `FROM` not counted.
    pub steps: Vec<Step>,
    /// The `FROM` line; for the implied stage, the first requirements file.
    pub location: Location,
}

/// What a stage starts from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Base {
    /// An earlier stage.
    Stage(usize),
    /// Nothing.
    Scratch,
    /// An image, as written: `python:3.10-slim`.
    Image(String),
    /// A variable without a value, or a broken line. Says why.
    Unknown(String),
}

/// One instruction.
#[derive(Debug, Clone)]
pub struct Step {
    /// From 0, `FROM` not counted.
    pub index: usize,
    /// The first line, from 1.
    pub line: u32,
    /// The keyword, in capitals.
    pub instruction: String,
    /// The whole instruction.
    pub location: Location,
    /// What it does.
    pub action: Action,
}

/// What a step does.
#[derive(Debug, Clone)]
pub enum Action {
    /// `RUN`.
    Run {
        /// What is run.
        form: RunForm,
        /// `--mount`.
        mounts: Vec<Mount>,
        /// `--network=none`.
        offline: bool,
    },
    /// `COPY`.
    Copy(Transfer),
    /// `ADD`.
    Add(Transfer),
    /// `ENV`: variables as they are from here on.
    Env(Vec<(String, String)>),
    /// `ARG`: visible to later `RUN`s of this stage, where no `ENV` of that name is.
    Arg(Vec<(String, Option<String>)>),
    /// `WORKDIR`: as written, variables expanded.
    Workdir(String),
    /// `USER`.
    User(String),
    /// `SHELL`.
    Shell(Vec<String>),
    /// No effect on packages.
    Nothing,
    /// Not understood. Says why.
    Invalid(String),
}

/// What `RUN` runs.
#[derive(Debug, Clone)]
pub enum RunForm {
    /// For the shell.
    Shell {
        /// What the shell reads, with the places of its bytes in the step's file: the line and
        /// the heredocs behind it; for `RUN <<EOF` the heredoc's body alone.
        script: Mapped,
        /// A `#!` line of a heredoc script names this interpreter.
        interpreter: Option<String>,
    },
    /// Words as they are.
    Exec(Vec<(String, Location)>),
}

/// `RUN --mount`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mount {
    /// `type=`.
    pub kind: MountKind,
    /// Where, absolute or against the working directory.
    pub target: String,
    /// `from=`: `None` for the build context.
    pub from: Option<CopySource>,
    /// Path in `from`.
    pub source: String,
    /// `rw`.
    pub writable: bool,
    /// The flag.
    pub location: Location,
}

/// The kinds of mount.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MountKind {
    /// `bind`, the default.
    Bind,
    /// `cache`: content that survives, and may or may not be there.
    Cache,
    /// `tmpfs`.
    Tmpfs,
    /// `secret` and `ssh`.
    Secret,
}

/// `COPY` and `ADD`.
#[derive(Debug, Clone)]
pub struct Transfer {
    /// Where from: `None` for the build context.
    pub from: Option<CopySource>,
    /// Patterns, variables expanded.
    pub sources: Vec<(String, Location)>,
    /// Files whose text stands in the Dockerfile.
    pub here_files: Vec<HereFile>,
    /// As written, variables expanded; ends in `/` for a folder.
    pub destination: String,
    /// `--parents`.
    pub parents: bool,
    /// `--exclude`.
    pub exclude: Vec<String>,
    /// `--chown`.
    pub chown: Option<String>,
}

/// `COPY <<name destination`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HereFile {
    /// The delimiter, which names the file.
    pub name: String,
    /// Variables expanded, with the places of its bytes.
    pub content: Mapped,
}

/// What `--from` names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CopySource {
    /// A stage.
    Stage(usize),
    /// An image, as written.
    Image(String),
    /// Not known. Says why.
    Unknown(String),
}
