use serde::{Deserialize, Serialize};

/// The seven verdicts, from worst to best.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// The ranges have no version in common, whatever is published.
    Disjoint,
    /// Two files of one project demanded at once.
    Duplicate,
    /// The ranges overlap, but no candidate lies in the overlap here.
    Unavailable,
    /// The step ends the build for a reason that is not versions: a program's exit code, a file
    /// that is not there, text that cannot be read.
    Fails,
    /// Exit code 0, yet an environment that `pip check` rejects, or a local build swapped.
    Broken,
    /// Nothing is proven wrong, and something that can change Python packages is not known.
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
