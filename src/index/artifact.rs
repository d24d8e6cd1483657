use std::{
    fmt,
    sync::{Arc, OnceLock},
};

use serde::{Deserialize, Serialize};

use super::wheel::{FileName, WheelTags, parse_file_name};
use crate::{
    pep440::{Specifiers, Version},
    pep508::{ExtraName, ProjectName, Requirement},
    text::{Location, SyntaxError},
};

/// One file: a wheel or an sdist. Shared by [`Arc`]: an index, a wheelhouse and an environment
/// that hold the same file point to the same `Artifact`.
#[derive(Debug, Clone)]
pub struct Artifact {
    /// `numpy-1.25.2-cp310-cp310-manylinux_2_17_x86_64.manylinux2014_x86_64.whl`.
    pub file_name: String,
    /// The project, as the file name has it.
    pub project: ProjectName,
    /// The version, its local part included.
    pub version: Version,
    /// Wheel or sdist.
    pub kind: ArtifactKind,
    /// `Requires-Dist`; `None` where it is not known (an sdist that was never built).
    pub requires_dist: Option<Arc<Dependencies>>,
    /// `Requires-Python`; `None` where there is none.
    pub requires_python: Option<Arc<Specifiers>>,
    /// `Provides-Extra`; `None` where that is not known, and every extra is taken to be there.
    pub provides_extra: Option<Arc<[ExtraName]>>,
    /// What is known about building it, for an sdist; `None` where nothing is.
    pub build: Option<Arc<BuildFacts>>,
    /// PEP 592.
    pub yanked: Option<Yanked>,
    /// Who says so.
    pub known: Known,
}

/// Wheel or sdist.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ArtifactKind {
    /// PEP 427.
    Wheel(WheelTags),
    /// A source archive; installing it builds a wheel first.
    Sdist,
}

/// What building a wheel from an sdist takes, where metadata cannot say it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct BuildFacts {
    /// Projects, normalised, that its `setup.py` imports without asking for them: they must be installed, and
    /// an isolated build does not see them.
    pub imports: Vec<String>,
    /// It compiles C or C++: the wheel is for one Python and machine, and a compiler must be there.
    pub compiles: bool,
}

/// A file its author took back (PEP 592): pip takes it only where a pin leaves nothing else.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Yanked {
    /// In the author's words; empty where none were given.
    pub reason: String,
}

/// Who says that a file is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Known {
    /// The person, at this place.
    Stated(Option<Location>),
    /// The shipped catalogue.
    Catalogue,
    /// A page fetched live.
    Live,
    /// pip, setuptools, wheel and uv: known without a catalogue, their dependencies included.
    Tool,
    /// A wheel that a step of the build wrote.
    Built,
}

/// `Requires-Dist` lines, read when first asked for: most releases of an index are never asked.
pub struct Dependencies {
    lines: Box<[Box<str>]>,
    parsed: OnceLock<Result<Box<[Arc<Requirement>]>, InvalidDependency>>,
    /// The same, read as before PEP 440 was enforced; only where they differ.
    legacy: OnceLock<Result<Box<[Arc<Requirement>]>, InvalidDependency>>,
}

/// A `Requires-Dist` line that is no requirement. pip (since 24.1) passes over such a release.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvalidDependency {
    /// The line.
    pub line: String,
    /// What is wrong with it.
    pub message: String,
}

impl Artifact {
    /// A file by its name alone; `None` where the name is neither a wheel's nor an sdist's.
    /// Nothing is known about its dependencies.
    #[must_use]
    pub fn from_file_name(file_name: &str, known: Known) -> Option<Self> {
        let FileName { project, version, kind } = parse_file_name(file_name)?;
        Some(Self {
            file_name: file_name.to_owned(),
            project,
            version,
            kind,
            requires_dist: None,
            requires_python: None,
            provides_extra: None,
            build: None,
            yanked: None,
            known,
        })
    }

    /// A wheel of this project and version with these dependencies, for every platform.
    #[must_use]
    pub fn pure_wheel(
        project: ProjectName,
        version: Version,
        requires_dist: Dependencies,
        known: Known,
    ) -> Self {
        let tags = WheelTags::pure();
        Self {
            file_name: format!("{}-{version}-{tags}.whl", project.as_str().replace('-', "_")),
            project,
            version,
            kind: ArtifactKind::Wheel(tags),
            requires_dist: Some(Arc::new(requires_dist)),
            requires_python: None,
            provides_extra: None,
            build: None,
            yanked: None,
            known,
        }
    }

    /// True for a wheel.
    #[must_use]
    pub fn is_wheel(&self) -> bool {
        matches!(self.kind, ArtifactKind::Wheel(_))
    }
}

impl Dependencies {
    /// From `Requires-Dist` lines as they stand in METADATA.
    pub fn new<L: Into<Box<str>>>(lines: impl IntoIterator<Item = L>) -> Self {
        Self {
            lines: lines.into_iter().map(Into::into).collect(),
            parsed: OnceLock::new(),
            legacy: OnceLock::new(),
        }
    }

    /// The lines as they stand in METADATA.
    #[must_use]
    pub fn lines(&self) -> &[Box<str>] {
        &self.lines
    }

    /// The requirements, in their order.
    ///
    /// # Errors
    /// The first line that is no requirement.
    pub fn requirements(&self) -> Result<&[Arc<Requirement>], &InvalidDependency> {
        read(&self.lines, &self.parsed, str::parse)
    }

    /// The requirements as installers read them before they enforced PEP 440.
    ///
    /// # Errors
    /// The first line that even those refused.
    pub fn legacy_requirements(&self) -> Result<&[Arc<Requirement>], &InvalidDependency> {
        self.requirements().or_else(|_| read(&self.lines, &self.legacy, Requirement::parse_legacy))
    }
}

fn read<'k>(
    lines: &[Box<str>],
    known: &'k OnceLock<Result<Box<[Arc<Requirement>]>, InvalidDependency>>,
    parse: impl Fn(&str) -> Result<Requirement, SyntaxError>,
) -> Result<&'k [Arc<Requirement>], &'k InvalidDependency> {
    let parsed = known.get_or_init(|| {
        lines
            .iter()
            .map(|line| {
                parse(line)
                    .map(Arc::new)
                    .map_err(|error| InvalidDependency { line: line.to_string(), message: error.message })
            })
            .collect()
    });
    match parsed {
        Ok(requirements) => Ok(requirements),
        Err(invalid) => Err(invalid),
    }
}

impl Default for Dependencies {
    /// None.
    fn default() -> Self {
        Self { lines: Box::new([]), parsed: OnceLock::new(), legacy: OnceLock::new() }
    }
}

impl Clone for Dependencies {
    fn clone(&self) -> Self {
        Self { lines: self.lines.clone(), parsed: OnceLock::new(), legacy: OnceLock::new() }
    }
}

impl PartialEq for Dependencies {
    fn eq(&self, other: &Self) -> bool {
        self.lines == other.lines
    }
}

impl Eq for Dependencies {}

impl fmt::Debug for Dependencies {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.lines.fmt(f)
    }
}
