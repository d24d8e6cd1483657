use std::sync::Arc;

use super::Strategy;
use crate::{
    findings::Analysis,
    patch::{
        Candidate,
        diagnosis::{Diagnosis, Failure},
        requirement::{RequirementPlace, as_specifiers, is_pin},
    },
    pep440::VersionRange,
    pep508::Requirement,
    resolve::Wanted,
    text::Location,
};

/// One specifier of the contested project is tightened or loosened, so that all ranges meet.
pub(super) const STRATEGY: Strategy = Strategy { id: "edit-specifier", candidates };

fn candidates(diagnosis: &Diagnosis<'_>) -> Vec<Candidate> {
    let mut candidates = Vec::new();
    for failure in &diagnosis.failures {
        for (requirement, at) in asked(failure) {
            candidates.extend(of(diagnosis.analysis, failure, &requirement, at));
        }
    }
    candidates
}

fn of(analysis: &Analysis, failure: &Failure<'_>, requirement: &Requirement, at: Location) -> Vec<Candidate> {
    let Some(place) = RequirementPlace::find(analysis, at) else { return Vec::new() };
    let project = &requirement.name;
    let mut wanted: Vec<(String, String)> = Vec::new();
    if is_pin(&requirement.specifiers) {
        let changes = failure.changes(analysis).iter().filter(|change| change.location == Some(at));
        let versions = changes.flat_map(|change| [&change.below, &change.above]).flatten();
        wanted.extend(versions.map(|version| {
            let why = format!("{project} {version} is the nearest version with which everything can be had.");
            (format!("=={version}"), why)
        }));
    }
    if let Some(range) = as_specifiers(&others(failure, at)) {
        let why = format!("{project}{range} is what everyone else who asks for {project} accepts.");
        wanted.push((range, why));
    }
    let candidates = wanted.into_iter().filter_map(|(specifiers, why)| {
        let change = place.with_specifiers(analysis, &specifiers, &why)?;
        Some(Candidate {
            strategy: STRATEGY.id,
            title: format!("Ask for {project}{specifiers}"),
            why,
            changes: vec![change],
            finding: failure.finding,
            means: vec![project.clone()],
        })
    });
    candidates.collect()
}

/// What the person asks of the contested project, by requirements and constraints.
fn asked(failure: &Failure<'_>) -> Vec<(Arc<Requirement>, Location)> {
    let (problem, project) = (failure.problem, &failure.explanation.project);
    let roots = problem.requirements.iter().filter_map(|root| match &root.wanted {
        Wanted::Name(requirement) => Some((requirement.clone(), root.origin.location?)),
        Wanted::Direct(_) => None,
    });
    let constraints = problem.constraints.iter();
    let constraints = constraints
        .filter_map(|constraint| Some((constraint.requirement.clone(), constraint.origin.location?)));
    roots.chain(constraints).filter(|(requirement, _)| requirement.name == *project).collect()
}

/// What all others accept who ask for the project.
fn others(failure: &Failure<'_>, at: Location) -> VersionRange {
    let explanation = &failure.explanation;
    let parties = explanation.guilty.iter().chain(&explanation.innocent);
    parties
        .filter(|party| party.project == explanation.project && party.location != Some(at))
        .fold(VersionRange::full(), |range, party| range.intersection(&party.range))
}
