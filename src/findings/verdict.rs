use serde::{Deserialize, Serialize};

/// The six verdicts, from worst to best.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// The ranges have no version in common, whatever is published.
    Disjoint,
    /// Two files of one project demanded at once.
    Duplicate,
    /// The ranges overlap, but no candidate lies in the overlap here.
    Unavailable,
    /// Exit code 0, yet an environment that `pip check` rejects, or a local build swapped.
    Broken,
    /// Something not modelled stands in between; nothing is claimed through it.
    Unknown,
    /// A version exists that everyone accepts.
    Compatible,
}

/// How loud a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// The build fails or the image is broken.
    Error,
    /// It works today.
    Warning,
    /// Worth knowing.
    Info,
}
