use std::sync::Arc;

use super::{Severity, Verdict};
use crate::{
    pep508::ProjectName,
    resolve::{Change, Explanation},
    text::Location,
};

/// Something wrong with a build, or worth knowing: what happens, why, and who is to blame.
#[derive(Debug, Clone, PartialEq)]
pub struct Finding {
    /// Id of the rule: `duplicate-wheels`.
    pub rule: &'static str,
    /// `None` for advice.
    pub verdict: Option<Verdict>,
    /// How loud.
    pub severity: Severity,
    /// One or two sentences: what happens.
    pub message: String,
    /// Why, the shortest sufficient chain first.
    pub why: Vec<Sentence>,
    /// The project it is about.
    pub project: Option<ProjectName>,
    /// Where in the build it happens.
    pub at: Option<StepId>,
    /// Where to look first.
    pub location: Location,
    /// Other places that matter.
    pub related: Vec<Location>,
    /// Requirements without which the finding would go.
    pub guilty: Vec<Party>,
    /// Those pip would name all the same.
    pub innocent: Vec<Party>,
    /// What to do, in words.
    pub hints: Vec<String>,
    /// Of a call that cannot be resolved, why.
    pub explanation: Option<Arc<Explanation>>,
    /// Other versions of guilty requirers with which that call could be resolved; `None` before
    /// [`Analysis::advise`](super::Analysis::advise) asked.
    pub changes: Option<Vec<Change>>,
}

/// A step of a stage.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct StepId {
    /// Index of the stage.
    pub stage: usize,
    /// Index of the step in its stage.
    pub step: usize,
    /// Index of the call in that step, where it is one's.
    pub call: Option<usize>,
}

/// A sentence, and the place its subject stands at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sentence {
    /// Plain text with a full stop.
    pub text: String,
    /// The subject's place, if it has one in a file.
    pub location: Option<Location>,
}

/// Who asks for something.
#[derive(Debug, Clone, PartialEq)]
pub struct Party {
    /// What it is.
    pub kind: PartyKind,
    /// `chatterbox-tts 0.1.4`, `requirements.txt line 2`, `/wheels/numpy-2.2.6-....whl`.
    pub requirer: String,
    /// What it asks, as pip writes it; empty where nothing is asked.
    pub specifier: String,
    /// Its place; a package's is that of the line which brought it.
    pub location: Option<Location>,
}

/// What a [`Party`] is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum PartyKind {
    /// A requirement, of a person or of a package.
    Requirement,
    /// A constraint.
    Constraint,
    /// A file named on the command line.
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

impl Finding {
    /// A finding with nothing but its message.
    pub fn new(
        rule: &'static str,
        verdict: Option<Verdict>,
        severity: Severity,
        message: impl Into<String>,
        location: Location,
    ) -> Self {
        Self {
            rule,
            verdict,
            severity,
            message: message.into(),
            why: Vec::new(),
            project: None,
            at: None,
            location,
            related: Vec::new(),
            guilty: Vec::new(),
            innocent: Vec::new(),
            hints: Vec::new(),
            explanation: None,
            changes: None,
        }
    }
}
