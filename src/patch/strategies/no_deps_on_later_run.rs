use super::{Strategy, wheelhouse::Wheelhouse};
use crate::patch::{Candidate, diagnosis::Diagnosis};

/// `--no-deps` on the run that resolves alone: it writes what it names and nothing else
/// (PIP_RULES 15 and 17).
pub(super) const STRATEGY: Strategy = Strategy { id: "no-deps-on-later-run", candidates };

fn candidates(diagnosis: &Diagnosis<'_>) -> Vec<Candidate> {
    let mut candidates = Vec::new();
    for house in Wheelhouse::all(diagnosis) {
        let why =
            format!("Without its dependencies, the run no longer brings a {} of its own.", house.project);
        let runs = house.guilty_runs();
        let changes: Option<Vec<_>> = runs.iter().map(|run| run.with_options("--no-deps", &why)).collect();
        let Some(changes) = changes.filter(|changes| !changes.is_empty()) else { continue };
        candidates.push(Candidate {
            strategy: STRATEGY.id,
            title: "Build the later run without its dependencies".to_owned(),
            why,
            changes,
            finding: house.finding,
            means: Vec::new(),
            moves: Vec::new(),
        });
    }
    candidates
}
