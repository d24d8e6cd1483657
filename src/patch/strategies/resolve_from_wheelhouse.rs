use super::{
    Strategy,
    wheelhouse::{Wheelhouse, shell_word},
};
use crate::patch::{Candidate, diagnosis::Diagnosis};

/// The later run takes what the earlier ones wrote, and nothing else (PIP_RULES 15).
pub(super) const STRATEGY: Strategy = Strategy { id: "resolve-from-wheelhouse", candidates };

fn candidates(diagnosis: &Diagnosis<'_>) -> Vec<Candidate> {
    let mut candidates = Vec::new();
    for house in Wheelhouse::all(diagnosis) {
        let runs = house.guilty_runs();
        let Some(folder) = runs.first().and_then(|run| run.call.wheelhouse.clone()) else { continue };
        let options = format!("--no-index --find-links={}", shell_word(&folder));
        let why =
            format!("The run sees only what lies in {folder}, so it cannot bring another {}.", house.project);
        let changes: Option<Vec<_>> = runs.iter().map(|run| run.with_options(&options, &why)).collect();
        let Some(changes) = changes else { continue };
        candidates.push(Candidate {
            strategy: STRATEGY.id,
            title: format!("Let the later run take from {folder} only"),
            why,
            changes,
            finding: house.finding,
            means: Vec::new(),
            moves: Vec::new(),
        });
    }
    candidates
}
