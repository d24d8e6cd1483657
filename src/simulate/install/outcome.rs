//! How a call ends before anything is resolved.

use crate::{
    pep440::Version,
    pep508::ProjectName,
    simulate::{BuildNeed, Failure},
    text::Location,
};

/// Why a call goes no further.
#[derive(Debug, Clone)]
pub(in crate::simulate) enum Stop {
    /// The tool refuses, with this exit code.
    Failed(Failure, i32),
    /// The outcome depends on something that is not known.
    Unknown(Unknown),
}

/// Something that is not known, and that the outcome depends on.
#[derive(Debug, Clone)]
pub(in crate::simulate) struct Unknown {
    /// A sentence without a full stop.
    pub(in crate::simulate) reason: String,
    /// The words that lead to it.
    pub(in crate::simulate) location: Option<Location>,
}

impl Stop {
    /// The tool refuses its words.
    pub(in crate::simulate) fn usage(message: impl Into<String>, location: Option<Location>) -> Self {
        Self::failed(Failure::Usage { message: message.into(), location })
    }

    /// Neither the base image nor the target says which Python this is.
    pub(in crate::simulate) fn unknown_python(location: Option<Location>) -> Self {
        let reason = "the version of Python is not known; name it in the tag of the base image, or state it for the target";
        Self::unknown(reason, location)
    }

    /// The tool fails with exit code 1.
    pub(in crate::simulate) fn failed(failure: Failure) -> Self {
        Self::Failed(failure, 1)
    }

    /// A file is not there.
    pub(in crate::simulate) fn missing_file(path: String, location: Option<Location>) -> Self {
        Self::failed(Failure::MissingFile { path, location })
    }

    /// A wheel is for another Python or platform.
    pub(in crate::simulate) fn unsupported_wheel(path: String, location: Option<Location>) -> Self {
        Self::failed(Failure::UnsupportedWheel { path, location })
    }

    /// An sdist cannot be built.
    pub(in crate::simulate) fn build(project: ProjectName, version: Version, lacks: BuildNeed) -> Self {
        Self::failed(Failure::Build { project, version, lacks })
    }

    /// uv ends with 2 where it cannot begin: its words, or a file that they name, are not to be
    /// had.
    pub(in crate::simulate) fn of_uv(self) -> Self {
        match self {
            Self::Failed(failure, _) => Self::Failed(failure, 2),
            unknown @ Self::Unknown(_) => unknown,
        }
    }

    /// Something is not known.
    pub(in crate::simulate) fn unknown(reason: impl Into<String>, location: Option<Location>) -> Self {
        Self::Unknown(Unknown { reason: reason.into(), location })
    }
}
