use std::sync::Arc;

use super::State;
use crate::{
    order::SortedMap,
    pep440::Version,
    pep508::ProjectName,
    resolve::{KnownPart, Problem, Resolution},
    syntax::{command::Argument, requirements::Why},
    text::{Location, SyntaxError},
};

/// The whole build, run.
#[derive(Debug, Clone)]
pub struct Simulation {
    /// One for each stage of the build, in order.
    pub stages: Vec<StageRun>,
}

/// A stage, run.
#[derive(Debug, Clone)]
pub struct StageRun {
    /// The state the base image, or the stage it builds on, leaves.
    pub start: Arc<State>,
    /// False where the stage that it builds on does not come to its end.
    pub begins: bool,
    /// One for each step; those behind a failing one are not reached.
    pub steps: Vec<StepRun>,
    /// The target stage is, or needs, this one.
    pub needed: bool,
}

impl StageRun {
    /// Whether no step is known to fail, and all are reached.
    #[must_use]
    pub fn completes(&self) -> bool {
        self.begins && self.steps.iter().all(|step| step.reached && step.ending.is_none())
    }
}

/// A step, run.
#[derive(Debug, Clone)]
pub struct StepRun {
    /// What it leaves.
    pub after: Arc<State>,
    /// `None` where not known.
    pub exit_code: Option<i32>,
    /// False behind a failing step.
    pub reached: bool,
    /// Installers it called, in order.
    pub calls: Vec<CallRun>,
    /// What of it is not modelled.
    pub skipped: Vec<Skipped>,
    /// Commands that are taken to leave Python packages as they are, without its being known.
    pub assumed: Vec<Assumed>,
    /// Files of the build context that it names, and that are not among the files given.
    pub missing: Vec<MissingFile>,
    /// What makes it fail; there wherever `exit_code` is known and not 0.
    pub ending: Option<Ending>,
}

/// What makes a step fail, and with it the build.
#[derive(Debug, Clone, PartialEq)]
pub struct Ending {
    /// The words that do it; `None` where they stand in no file of the build.
    pub location: Option<Location>,
    /// Why.
    pub cause: EndingCause,
}

/// Why a step fails.
#[derive(Debug, Clone, PartialEq)]
pub enum EndingCause {
    /// A command does.
    Command {
        /// Its name, as the shell looks it up; `None` where the shell does not get that far.
        program: Option<String>,
        /// Its exit code.
        exit_code: i32,
    },
    /// The shell cannot read the script.
    Syntax(SyntaxError),
    /// A source of a `COPY` is not there, for certain.
    NoSource {
        /// Absolute path in what is copied from.
        path: String,
    },
}

impl Ending {
    /// The exit code that this leads to.
    #[must_use]
    pub fn exit_code(&self) -> i32 {
        match &self.cause {
            EndingCause::Command { exit_code, .. } => *exit_code,
            // dash and bash end a script that they cannot read with 2.
            EndingCause::Syntax(_) => 2,
            EndingCause::NoSource { .. } => 1,
        }
    }
}

/// A file of the build context that is not among the files given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MissingFile {
    /// Relative to the build context, as `COPY` has it.
    pub path: String,
    /// The words that name it.
    pub location: Location,
}

/// Words that are not modelled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Skipped {
    /// The words.
    pub location: Option<Location>,
    /// Why, as a sentence without a full stop.
    pub reason: String,
    /// It may have changed packages, wheels or the files they come from.
    pub touches_packages: bool,
}

/// A command of a program that is not known to install Python packages, and that is taken to
/// install none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Assumed {
    /// The program as it was called: `flask`, `/usr/bin/pdflatex`.
    pub program: String,
    /// The words of the command.
    pub location: Option<Location>,
}

/// A call of an installer, run.
#[derive(Debug, Clone)]
pub struct CallRun {
    /// `pip`, `uv`, ...
    pub tool: String,
    /// Its version, where known.
    pub tool_version: Option<Version>,
    /// `install`, `wheel`, ...
    pub subcommand: String,
    /// As a person would type it, after all expansion.
    pub command: String,
    /// Its words, program first, each with its place.
    pub argv: Arc<[Argument]>,
    /// Its words in the Dockerfile.
    pub location: Option<Location>,
    /// Root of the environment it changes.
    pub environment: Option<String>,
    /// `None` where not known.
    pub exit_code: Option<i32>,
    /// What was resolved; `None` for calls that resolve nothing.
    pub problem: Option<Arc<Problem>>,
    /// What came of it.
    pub resolution: Option<Arc<Resolution>>,
    /// Where facts are lacking and nothing is proven wrong: what is known all the same.
    pub known_part: Option<Arc<KnownPart>>,
    /// What it changed, in order.
    pub changes: Vec<Change>,
    /// Why it failed.
    pub failure: Option<Failure>,
    /// Wheel folder it writes to (`pip wheel`, `pip download`).
    pub wheelhouse: Option<String>,
    /// Conflicts pip prints after an install that exits 0: `pip check` of the environment.
    pub left_broken: Vec<Broken>,
    /// Hashes are given that nothing refuses; whether they are those of the files is not known.
    pub unchecked_hashes: bool,
    /// Words of the files it read that have no effect.
    pub passed_over: Vec<PassedOver>,
}

/// Words of a requirements file that pip passes over without saying so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PassedOver {
    /// The words.
    pub location: Location,
    /// Why they have no effect.
    pub why: Why,
}

/// A line of `pip check`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Broken {
    /// Whose requirement is not met.
    pub requirer: ProjectName,
    /// Its version.
    pub requirer_version: Version,
    /// What it requires, as pip prints it.
    pub requirement: String,
    /// The project required.
    pub project: ProjectName,
    /// What is installed of it; `None`: nothing.
    pub installed: Option<Version>,
}

/// A change of files or environments.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// A package went into an environment, in place of `replaced`.
    Install {
        /// The project.
        project: ProjectName,
        /// The version now.
        version: Version,
        /// The versions before; empty for a new one.
        replaced: Vec<Version>,
    },
    /// A package was uninstalled.
    Uninstall {
        /// The project.
        project: ProjectName,
        /// The version before.
        version: Version,
    },
    /// A wheel or sdist was written.
    Write {
        /// Absolute path.
        path: String,
        /// The project.
        project: ProjectName,
        /// Its version.
        version: Version,
    },
}

/// Why a call failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Failure {
    /// The requirements cannot be had together; the resolution says why.
    Resolution,
    /// A requirement, option or file the tool refuses, in its own words.
    Usage {
        /// The message.
        message: String,
        /// The words.
        location: Option<Location>,
    },
    /// A wheel named as a file does not fit this Python or platform.
    UnsupportedWheel {
        /// Absolute path.
        path: String,
        /// The words.
        location: Option<Location>,
    },
    /// A file or folder that is not there.
    MissingFile {
        /// Absolute path.
        path: String,
        /// The words.
        location: Option<Location>,
    },
    /// An sdist whose build needs what is not there.
    Build {
        /// The project.
        project: ProjectName,
        /// Its version.
        version: Version,
        /// What is missing.
        lacks: BuildNeed,
    },
    /// Everything needs a hash, and something has none that counts.
    Hashes {
        /// What, and why, as a sentence without a full stop.
        message: String,
        /// What to do, as a sentence.
        hint: String,
        /// The line.
        location: Option<Location>,
    },
    /// `pip check` found something.
    Check,
}

/// What building an sdist takes and is not there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BuildNeed {
    /// setuptools, in an isolated environment that no index and no folder can fill.
    Backend,
    /// This project, which its `setup.py` imports; with `isolated`, it may be installed and is not
    /// seen.
    Import {
        /// Normalised.
        project: String,
        /// The build sees nothing but what it asks for.
        isolated: bool,
    },
    /// The `wheel` project, without which `setup.py bdist_wheel` is no command.
    Wheel,
    /// A C compiler.
    Compiler,
}

impl BuildNeed {
    /// The build's metadata can be had without it: the run fails later, when it makes the wheel.
    #[must_use]
    pub fn is_for_wheel(&self) -> bool {
        matches!(self, Self::Wheel | Self::Compiler)
    }

    /// As a sentence without a full stop.
    #[must_use]
    pub fn sentence(&self, project: &ProjectName, version: &Version) -> String {
        match self {
            Self::Backend => {
                format!("the build of {project} {version} needs setuptools, which no folder offers")
            }
            Self::Import { project: import, isolated: true } => {
                format!(
                    "the setup.py of {project} {version} imports {import}, and an isolated build does not see it"
                )
            }
            Self::Import { project: import, isolated: false } => {
                format!("the setup.py of {project} {version} imports {import}, which is not installed")
            }
            Self::Wheel => {
                format!("making a wheel of {project} {version} here needs wheel, which is not installed")
            }
            Self::Compiler => format!("{project} {version} is compiled, and there is no compiler"),
        }
    }
}

/// Projects and the versions chosen.
pub type Picks = SortedMap<ProjectName, Version>;
