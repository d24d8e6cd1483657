//! What would have to change, asked after the findings are there: it takes many resolutions, and
//! typing does not wait for them.

use std::sync::Arc;

use super::{Analysis, Finding, Lacking};
use crate::{
    resolve::{self, Change, ConflictKind, MissingFact, Problem, Resolution},
    simulate::CallRun,
};

impl Analysis {
    /// Adds to every finding about a resolution that fails what would have to change, as hints.
    /// The second time it adds nothing. Gives the facts with which there may be more to say.
    pub fn advise(&mut self) -> Vec<Lacking> {
        let mut findings = std::mem::take(&mut self.findings);
        let mut lacking = Vec::new();
        for finding in findings.iter_mut().filter(|finding| finding.changes.is_none()) {
            if let Some(problem) = self.failed(finding) {
                let facts = self.add_changes(finding, problem);
                lacking.extend(facts.into_iter().map(|fact| Lacking { fact, problem: problem.clone() }));
            }
        }
        self.findings = findings;
        lacking
    }

    /// What the call of a finding is asked, where that cannot be resolved.
    fn failed(&self, finding: &Finding) -> Option<&Arc<Problem>> {
        let call = self.call_of(finding)?;
        match call.resolution.as_deref()? {
            Resolution::Conflict(_) => call.problem.as_ref(),
            _ => None,
        }
    }

    fn call_of(&self, finding: &Finding) -> Option<&CallRun> {
        let at = finding.at?;
        self.simulation.stages.get(at.stage)?.steps.get(at.step)?.calls.get(at.call?)
    }

    fn add_changes(&self, finding: &mut Finding, problem: &Problem) -> Vec<MissingFact> {
        let Some(explanation) = finding.explanation.clone() else { return Vec::new() };
        if let ConflictKind::GivenUp(set) = &explanation.kind {
            let pin = resolve::helpful_pin(problem, &self.index, set);
            finding.hints.extend(pin.map(|(project, version)| {
                format!("With {project}=={version} asked for as well, the search comes to an end.")
            }));
            finding.changes = Some(Vec::new());
            return Vec::new();
        }
        let changes = resolve::changes(problem, &self.index, &explanation);
        finding.hints.extend(changes.found.iter().filter(|change| change.is_whole).filter_map(hint));
        finding.hints.extend(changes.unknown.iter().map(|project| {
            format!(
                "Whether another {project} would do is not known: what its other releases depend on is not known here."
            )
        }));
        finding.changes = Some(changes.found);
        changes.lacking
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
