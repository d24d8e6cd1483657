use super::MissingFact;
use crate::{
    pep440::{Specifiers, Version, VersionRange},
    pep508::ProjectName,
    text::Location,
};

/// Why a resolution failed.
#[derive(Debug, Clone, PartialEq)]
pub struct Explanation {
    /// What kind of failure it is.
    pub kind: ConflictKind,
    /// The project that cannot be had.
    pub project: ProjectName,
    /// The shortest sufficient chain, as sentences: who asks for what, which range each leaves,
    /// where they meet or fail to.
    pub chain: Vec<Sentence>,
    /// Without these the failure would go.
    pub guilty: Vec<Party>,
    /// pip names these too, yet without them the failure stays.
    pub innocent: Vec<Party>,
    /// What all guilty ranges have in common; empty for [`ConflictKind::Disjoint`].
    pub overlap: VersionRange,
    /// Numbers of the root requirements that the failure needs.
    pub roots: Vec<usize>,
}

/// The kinds of failure, DESIGN section 2.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ConflictKind {
    /// The ranges have no version in common, whatever is published.
    Disjoint,
    /// Two files of one project are demanded at once.
    Duplicate,
    /// The ranges meet, but no candidate lies there.
    Unavailable(Unavailable),
    /// pip's search ends without an answer, though these versions suit everyone: it does not
    /// look at all there is. In order of names.
    GivenUp(Vec<(ProjectName, Version)>),
}

/// Why no candidate lies where the ranges meet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unavailable {
    /// No index and no folder offers the project at all, installed or not.
    NoProject,
    /// `--no-index`: the folders do not hold such a version.
    NotInWheelhouse,
    /// There is no such release.
    NoRelease,
    /// There are releases, but no file of them for this Python or platform.
    NoFileForTarget(Vec<Version>),
    /// There are releases, but they require another Python.
    RequiresPython {
        /// The newest such release.
        version: Version,
        /// What it requires.
        specifiers: Specifiers,
    },
    /// There are releases, but their authors took all of them back.
    OnlyYanked(Vec<Version>),
    /// The version that is installed does not fit and nothing offers another.
    InstalledInTheWay(Version),
    /// Releases are there, but the tool passes over them, since a line of what they ask for is no
    /// requirement.
    InvalidMetadata {
        /// The newest such release.
        version: Version,
        /// The line.
        line: String,
    },
    /// Releases are there, but each asks for something that cannot be had.
    Dependencies,
}

/// A sentence, and the place its subject stands at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sentence {
    /// Plain text with a full stop.
    pub text: String,
    /// The subject's place, if it has one in a file. For a package, that of the line which
    /// brought it.
    pub location: Option<Location>,
}

/// Who asks for something.
#[derive(Debug, Clone, PartialEq)]
pub struct Party {
    /// What it is.
    pub kind: PartyKind,
    /// `chatterbox-tts 0.1.4`, `requirements.txt line 2`, `/wheels/numpy-2.2.6-....whl`.
    pub requirer: String,
    /// What is asked, as pip writes it: `<1.26.0,>=1.24.0`; empty where any version will do.
    pub specifier: String,
    /// The versions that it leaves.
    pub range: VersionRange,
    /// Its place, if it has one in a file. For a package, that of the line which brought it.
    pub location: Option<Location>,
}

/// The kinds of [`Party`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum PartyKind {
    /// A requirement, of the person or of a package.
    Requirement,
    /// A constraint.
    Constraint,
    /// A file asked for as it is.
    File,
    /// An installed version.
    Installed,
    /// A run of an installer.
    Run,
}

impl Sentence {
    /// A sentence about something at a place.
    pub fn new(text: impl Into<String>, location: Option<Location>) -> Self {
        Self { text: text.into(), location }
    }
}

impl Party {
    /// Someone who asks for what the specifier says; for all versions where that is none.
    #[must_use]
    pub fn new(kind: PartyKind, requirer: String, specifier: String, location: Option<Location>) -> Self {
        let range =
            specifier.parse::<Specifiers>().map_or_else(|_| VersionRange::full(), |said| said.to_range());
        Self { kind, requirer, specifier, range, location }
    }
}

/// Other versions of a guilty requirer with which it would work.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// The requirer's project.
    pub project: ProjectName,
    /// Its version now; `None` where it floats.
    pub current: Option<Version>,
    /// The highest version that is asked for.
    pub highest: Version,
    /// The nearest version above that is compatible.
    pub above: Option<Version>,
    /// The newest one in the major series of `above`.
    pub newest: Option<Version>,
    /// The nearest version below that is compatible.
    pub below: Option<Version>,
    /// Nothing else is in the way; else another conflict stands behind this one.
    pub is_whole: bool,
    /// The line that would have to change, if it has a place.
    pub location: Option<Location>,
}

/// What came of asking for other versions of guilty requirers.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Changes {
    /// Versions with which everything can be had.
    pub found: Vec<Change>,
    /// Requirers of which no such version is known, and of whose other releases the dependencies
    /// are not known either.
    pub unknown: Vec<ProjectName>,
    /// Facts that this rests on.
    pub lacking: Vec<MissingFact>,
}
