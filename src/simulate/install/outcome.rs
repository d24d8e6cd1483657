//! How a call ends before anything is resolved.

use crate::{
    pep440::Version,
    pep508::ProjectName,
    simulate::{BuildNeed, Failure},
    text::Location,
};

/// Why a call goes no further.
#[derive(Debug, Clone)]
pub(super) enum Stop {
    /// The tool refuses, with this exit code.
    Failed(Failure, i32),
    /// The outcome depends on something that is not known.
    Unknown(Unknown),
}

/// Something that is not known, and that the outcome depends on.
#[derive(Debug, Clone)]
pub(super) struct Unknown {
    /// A sentence without a full stop.
    pub(super) reason: String,
    /// The words that lead to it.
    pub(super) location: Option<Location>,
}

impl Stop {
    /// The tool refuses its words.
    pub(super) fn usage(message: impl Into<String>, location: Option<Location>) -> Self {
        Self::failed(Failure::Usage { message: message.into(), location })
    }

    /// Neither the base image nor the target says which Python this is.
    pub(super) fn unknown_python(location: Option<Location>) -> Self {
        let reason = "the version of Python is not known; name it in the tag of the base image, or state it for the target";
        Self::unknown(reason, location)
    }

    /// The tool fails with exit code 1.
    pub(super) fn failed(failure: Failure) -> Self {
        Self::Failed(failure, 1)
    }

    /// A file is not there.
    pub(super) fn missing_file(path: String, location: Option<Location>) -> Self {
        Self::failed(Failure::MissingFile { path, location })
    }

    /// A wheel is for another Python or platform.
    pub(super) fn unsupported_wheel(path: String, location: Option<Location>) -> Self {
        Self::failed(Failure::UnsupportedWheel { path, location })
    }

    /// An sdist cannot be built.
    pub(super) fn build(project: ProjectName, version: Version, lacks: BuildNeed) -> Self {
        Self::failed(Failure::Build { project, version, lacks })
    }

    /// Something is not known.
    pub(super) fn unknown(reason: impl Into<String>, location: Option<Location>) -> Self {
        Self::Unknown(Unknown { reason: reason.into(), location })
    }
}
