use std::sync::Arc;

use super::{Strategy, wheelhouse::Wheelhouse};
use crate::{
    findings::Analysis,
    index::Lookup,
    order::SortedSet,
    patch::{
        Candidate, Distance, Move,
        diagnosis::{Diagnosis, Failure},
        moves::{admitting, distance},
        requirement::{RequirementPlace, as_specifiers, is_pin},
    },
    pep440::{Operator, Specifier, Version, VersionRange, is_prerelease},
    pep508::{ProjectName, Requirement},
    resolve::{Change, ConflictKind, Problem, Unavailable, Wanted},
    text::Location,
};

/// One specifier of the contested project is tightened or loosened, so that all ranges meet.
pub(super) const STRATEGY: Strategy = Strategy { id: "edit-specifier", candidates };

fn candidates(diagnosis: &Diagnosis<'_>) -> Vec<Candidate> {
    let mut candidates = Vec::new();
    for failure in &diagnosis.failures {
        for (requirement, at) in asked(failure.problem, &failure.explanation.project) {
            candidates.extend(of(diagnosis.analysis, failure, &requirement, at));
        }
    }
    for house in Wheelhouse::all(diagnosis) {
        candidates.extend(of_runs(diagnosis.analysis, &house));
    }
    candidates
}

/// What the runs that wrote a wheel in the way ask of the project, so that they write one that
/// everybody accepts.
fn of_runs(analysis: &Analysis, house: &Wheelhouse<'_>) -> Vec<Candidate> {
    let mut candidates = Vec::new();
    for run in house.guilty_runs() {
        let Some(problem) = &run.call.problem else { continue };
        let accepted = house.accepted();
        for (requirement, at) in asked(problem, house.project) {
            let project = &requirement.name;
            let mut wanted: Vec<(String, String)> = Vec::new();
            if let Some(pinned) = pinned(&requirement) {
                let mut released = released(analysis, problem, &requirement);
                released.retain(|version| accepted.contains(version));
                let (below, above) = around(&released, pinned);
                for (version, direction) in [(below, "older"), (above, "newer")] {
                    let Some(version) = version else { continue };
                    let why = format!(
                        "{project} {version} is the nearest {direction} version that all the other wheels accept."
                    );
                    wanted.push((format!("=={version}"), why));
                }
            }
            wanted.extend(as_specifiers(&accepted).map(|range| {
                let why = format!("The run then writes a {project} that all the other wheels accept.");
                (range, why)
            }));
            candidates.extend(edits(analysis, house.finding, project, at, wanted));
        }
    }
    candidates
}

fn of(analysis: &Analysis, failure: &Failure<'_>, requirement: &Requirement, at: Location) -> Vec<Candidate> {
    let project = &requirement.name;
    let changes = failure.changes(analysis).iter();
    let changes = changes.filter(|change| change.project == *project && change.location == Some(at));
    let mut candidates: Vec<Candidate> =
        changes.flat_map(|change| moved(analysis, failure, requirement, change, STRATEGY.id)).collect();
    if failure.explanation.kind == ConflictKind::Unavailable(Unavailable::NoRelease) {
        let found = nearest(analysis, failure.problem, requirement);
        let wanted = found.into_iter().map(|specifiers| {
            let why = format!("{project}{specifiers} is the nearest to what is asked that was released.");
            (specifiers, why)
        });
        candidates.extend(edits(analysis, failure.finding, project, at, wanted.collect()));
    }
    candidates
}

/// A requirement that asks for other versions, with which everything can be had: the nearest below
/// and above; across a major version of the project that is fought over, the newest of that series,
/// for which its requirers are made.
pub(super) fn moved(
    analysis: &Analysis,
    failure: &Failure<'_>,
    requirement: &Requirement,
    change: &Change,
    strategy: &'static str,
) -> Vec<Candidate> {
    let (project, contested) = (&change.project, &failure.explanation.project);
    let Some(place) = change.location.and_then(|at| RequirementPlace::find(analysis, at)) else {
        return Vec::new();
    };
    let is_contested = project == contested;
    let newest = change.newest.as_ref().filter(|newest| {
        is_contested
            && is_pin(&requirement.specifiers)
            && distance(&change.highest, newest) == Distance::Major
    });
    let directions = [(newest.or(change.above.as_ref()), "newer"), (change.below.as_ref(), "older")];
    let candidates = directions.into_iter().filter_map(|(version, direction)| {
        let version = version?;
        let which = if Some(version) == newest {
            let series = version.release().first().copied().unwrap_or(0);
            format!("{project} {version} is the newest {series}.x release")
        } else {
            format!("{project} {version} is the nearest {direction} release")
        };
        let why = match is_contested {
            true => format!("{which} that everyone who asks for {project} accepts."),
            false => format!("{which} that accepts a {contested} which the others accept too."),
        };
        let specifiers = admitting(&requirement.specifiers, version)?;
        let title = match is_contested {
            true => format!("Ask for {project}{specifiers}"),
            false => format!("Move {project} to {version}"),
        };
        Some(Candidate {
            strategy,
            title,
            changes: vec![place.with_specifiers(analysis, &specifiers, &why)?],
            why,
            finding: failure.finding,
            means: vec![project.clone(), contested.clone()],
            moves: vec![Move::To {
                project: project.clone(),
                from: change.highest.clone(),
                to: version.clone(),
            }],
        })
    });
    candidates.collect()
}

/// Other specifiers in a requirement, each with the reason.
fn edits(
    analysis: &Analysis,
    finding: usize,
    project: &ProjectName,
    at: Location,
    wanted: Vec<(String, String)>,
) -> Vec<Candidate> {
    let Some(place) = RequirementPlace::find(analysis, at) else { return Vec::new() };
    let candidates = wanted.into_iter().filter_map(|(specifiers, why)| {
        let change = place.with_specifiers(analysis, &specifiers, &why)?;
        Some(Candidate {
            strategy: STRATEGY.id,
            title: format!("Ask for {project}{specifiers}"),
            why,
            changes: vec![change],
            finding,
            means: vec![project.clone()],
            moves: Vec::new(),
        })
    });
    candidates.collect()
}

/// Specifiers near those of a requirement that no release meets, each met by one.
fn nearest(analysis: &Analysis, problem: &Problem, requirement: &Requirement) -> Vec<String> {
    let released = released(analysis, problem, requirement);
    let (Some(oldest), Some(newest)) = (released.first(), released.last()) else { return Vec::new() };
    let clauses = requirement.specifiers.clauses();
    if let Some(pinned) = pinned(requirement) {
        let (below, above) = around(&released, pinned);
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

/// Releases of a project that a call may find, without pre-releases.
fn released(analysis: &Analysis, problem: &Problem, requirement: &Requirement) -> SortedSet<Version> {
    let known = problem.indexes.iter().map(|url| analysis.index.project(url, &requirement.name));
    let mut released = SortedSet::new();
    for known in known {
        let Lookup::Known(project) = known else { continue };
        released.extend(project.releases.keys().filter(|version| !is_prerelease(version)).cloned());
    }
    released
}

fn pinned(requirement: &Requirement) -> Option<&Version> {
    let pin = requirement.specifiers.clauses().first().filter(|_| is_pin(&requirement.specifiers))?;
    pin.parsed.as_ref()
}

/// The next version below another one, and the next above it.
fn around<'a>(
    versions: &'a SortedSet<Version>,
    version: &Version,
) -> (Option<&'a Version>, Option<&'a Version>) {
    let below = versions.iter().rfind(|other| *other < version);
    (below, versions.iter().find(|other| *other > version))
}

/// What the person asks of the contested project, by requirements and constraints.
fn asked(problem: &Problem, project: &ProjectName) -> Vec<(Arc<Requirement>, Location)> {
    let roots = problem.requirements.iter().filter_map(|root| match &root.wanted {
        Wanted::Name(requirement) => Some((requirement.clone(), root.origin.location?)),
        Wanted::Direct(_) => None,
    });
    let constraints = problem.constraints.iter();
    let constraints = constraints
        .filter_map(|constraint| Some((constraint.requirement.clone(), constraint.origin.location?)));
    roots.chain(constraints).filter(|(requirement, _)| requirement.name == *project).collect()
}
