//! What would have to change, asked after the findings are there: it takes many resolutions, and
//! typing does not wait for them.

use super::{Analysis, Finding};
use crate::{
    resolve::{self, Change, ConflictKind, Problem, Resolution},
    simulate::CallRun,
};

impl Analysis {
    /// Adds to every finding about a resolution that fails what would have to change, as hints.
    /// The second time it adds nothing.
    pub fn advise(&mut self) {
        let mut findings = std::mem::take(&mut self.findings);
        for finding in findings.iter_mut().filter(|finding| finding.changes.is_none()) {
            if let Some(problem) = self.failed(finding) {
                self.add_changes(finding, problem);
            }
        }
        self.findings = findings;
    }

    /// What the call of a finding is asked, where that cannot be resolved.
    fn failed(&self, finding: &Finding) -> Option<&Problem> {
        let call = self.call_of(finding)?;
        match call.resolution.as_deref()? {
            Resolution::Conflict(_) => call.problem.as_deref(),
            _ => None,
        }
    }

    fn call_of(&self, finding: &Finding) -> Option<&CallRun> {
        let at = finding.at?;
        self.simulation.stages.get(at.stage)?.steps.get(at.step)?.calls.get(at.call?)
    }

    fn add_changes(&self, finding: &mut Finding, problem: &Problem) {
        let Some(explanation) = finding.explanation.clone() else { return };
        if let ConflictKind::GivenUp(set) = &explanation.kind {
            let pin = resolve::helpful_pin(problem, &self.index, set);
            finding.hints.extend(pin.map(|(project, version)| {
                format!("With {project}=={version} asked for as well, the search comes to an end.")
            }));
            finding.changes = Some(Vec::new());
            return;
        }
        let changes = resolve::changes(problem, &self.index, &explanation);
        finding.hints.extend(changes.found.iter().filter(|change| change.is_whole).filter_map(hint));
        finding.hints.extend(changes.unknown.iter().map(|project| {
            format!(
                "Whether another {project} would do is not known: what its other releases depend on is not known here."
            )
        }));
        finding.changes = Some(changes.found);
    }
}

/// What would have to change, in words.
fn hint(change: &Change) -> Option<String> {
    let project = &change.project;
    let versions = match (&change.below, &change.above) {
        (Some(below), Some(above)) => format!("{project} {below} or {above}"),
        (Some(version), None) | (None, Some(version)) => format!("{project} {version}"),
        (None, None) => return None,
    };
    Some(match &change.current {
        Some(current) => format!("With {versions} instead of {current}, everything can be had together."),
        None => format!("With {versions}, everything can be had together."),
    })
}
