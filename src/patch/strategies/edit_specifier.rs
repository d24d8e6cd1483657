use std::{collections::BTreeSet, sync::Arc};

use super::Strategy;
use crate::{
    findings::Analysis,
    index::Lookup,
    patch::{
        Candidate,
        diagnosis::{Diagnosis, Failure},
        requirement::{RequirementPlace, as_specifiers, is_pin},
    },
    pep440::{Operator, Specifier, Version, VersionRange, is_prerelease},
    pep508::Requirement,
    resolve::{ConflictKind, Problem, Unavailable, Wanted},
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
    if failure.explanation.kind == ConflictKind::Unavailable(Unavailable::NoRelease) {
        let found = nearest(analysis, failure.problem, requirement);
        wanted.extend(found.into_iter().map(|specifiers| {
            let why = format!("{project}{specifiers} is the nearest to what is asked that was released.");
            (specifiers, why)
        }));
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

/// Specifiers near those of a requirement that no release meets, each met by one.
fn nearest(analysis: &Analysis, problem: &Problem, requirement: &Requirement) -> Vec<String> {
    let known = problem.indexes.iter().map(|url| analysis.index.project(url, &requirement.name));
    let projects: Vec<_> = known
        .filter_map(|known| match known {
            Lookup::Known(project) => Some(project),
            Lookup::Absent | Lookup::Missing => None,
        })
        .collect();
    let versions = projects.iter().flat_map(|project| project.releases.keys());
    let released: BTreeSet<&Version> = versions.filter(|version| !is_prerelease(version)).collect();
    let (Some(oldest), Some(newest)) = (released.first(), released.last()) else { return Vec::new() };
    let clauses = requirement.specifiers.clauses();
    let pin = clauses.first().filter(|_| is_pin(&requirement.specifiers));
    if let Some(pinned) = pin.and_then(|pin| pin.parsed.as_ref()) {
        let below = released.iter().rfind(|version| **version < pinned);
        let above = released.iter().find(|version| **version > pinned);
        return below.into_iter().chain(above).map(|version| format!("=={version}")).collect();
    }
    let is_met = |range: &VersionRange| released.iter().any(|version| range.contains(version));
    let text = |clauses: &mut dyn Iterator<Item = String>| clauses.collect::<Vec<_>>().join(",");
    if clauses.iter().all(|clause| is_met(&clause.to_range())) {
        // Each is met alone: one of them has to go.
        let without = |gone: usize| {
            let rest = clauses.iter().enumerate().filter(move |(number, _)| *number != gone);
            rest.map(|(_, clause)| clause)
        };
        let some = (0..clauses.len()).filter(|gone| {
            is_met(
                &without(*gone)
                    .fold(VersionRange::full(), |range, clause| range.intersection(&clause.to_range())),
            )
        });
        return some.map(|gone| text(&mut without(gone).map(ToString::to_string))).collect();
    }
    let moved = |clause: &Specifier| match clause.operator {
        _ if is_met(&clause.to_range()) => clause.to_string(),
        Operator::Less | Operator::AtMost => format!("<={oldest}"),
        Operator::Greater | Operator::AtLeast => format!(">={newest}"),
        _ => format!("=={newest}"),
    };
    vec![text(&mut clauses.iter().map(moved))]
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
        .filter(|party| party.location != Some(at))
        .fold(VersionRange::full(), |range, party| range.intersection(&party.range))
}
