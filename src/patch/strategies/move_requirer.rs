use super::Strategy;
use crate::{
    findings::Analysis,
    patch::{
        Candidate,
        diagnosis::{Diagnosis, Failure},
        requirement::{RequirementPlace, is_pin},
    },
    resolve::{Change, Wanted},
};

/// A guilty requirer moves to the nearest version that fits.
pub(super) const STRATEGY: Strategy = Strategy { id: "move-requirer", candidates };

fn candidates(diagnosis: &Diagnosis<'_>) -> Vec<Candidate> {
    let mut candidates = Vec::new();
    for failure in &diagnosis.failures {
        let changes = failure.changes(diagnosis.analysis).iter();
        for change in changes.filter(|change| change.project != failure.explanation.project) {
            candidates.extend(of(diagnosis.analysis, failure, change));
        }
    }
    candidates
}

fn of(analysis: &Analysis, failure: &Failure<'_>, change: &Change) -> Vec<Candidate> {
    let place = change.location.and_then(|at| RequirementPlace::find(analysis, at));
    let root = failure.problem.requirements.iter().find_map(|root| match &root.wanted {
        Wanted::Name(requirement) if root.origin.location == change.location => Some(requirement),
        _ => None,
    });
    let (Some(place), Some(root)) = (place, root) else { return Vec::new() };
    let (project, contested) = (&change.project, &failure.explanation.project);
    let is_pin = is_pin(&root.specifiers);
    let directions = [(&change.above, ">=", "newer"), (&change.below, "<=", "older")];
    let candidates = directions.into_iter().filter_map(|(version, bound, direction)| {
        let version = version.as_ref()?;
        let operator = if is_pin { "==" } else { bound };
        let why = format!(
            "{project} {version} is the nearest {direction} version whose {contested} suits what the others ask for."
        );
        Some(Candidate {
            strategy: STRATEGY.id,
            title: format!("Move {project} to {version}"),
            changes: vec![place.with_specifiers(analysis, &format!("{operator}{version}"), &why)?],
            why,
            finding: failure.finding,
            means: vec![project.clone(), contested.clone()],
        })
    });
    candidates.collect()
}
