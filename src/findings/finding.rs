use std::sync::Arc;

use super::{Severity, Verdict};
use crate::{
    pep508::ProjectName,
    resolve::{Change, Explanation, Party, Sentence},
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
