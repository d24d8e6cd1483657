use super::{
    Strategy,
    wheelhouse::{demanded_at_hand, lacking_offline, shell_word, writers},
};
use crate::patch::{Candidate, diagnosis::Diagnosis, requirement::as_specifiers};

/// The run that fills the folder of wheels is asked for what an offline install lacks.
pub(super) const STRATEGY: Strategy = Strategy { id: "supply-wheel", candidates };

fn candidates(diagnosis: &Diagnosis<'_>) -> Vec<Candidate> {
    let mut candidates = Vec::new();
    for failure in lacking_offline(diagnosis) {
        let project = &failure.explanation.project;
        let range = demanded_at_hand(failure.problem, project);
        let Some(specifiers) = as_specifiers(&range).or_else(|| range.is_full().then(String::new)) else {
            continue;
        };
        let wanted = format!("{project}{specifiers}");
        for run in writers(diagnosis, failure) {
            let why = format!("The {project} that the offline install needs is then among the wheels.");
            let Some(change) = run.with_word(&shell_word(&wanted), &why) else { continue };
            let line = run.line(diagnosis.analysis);
            candidates.push(Candidate {
                strategy: STRATEGY.id,
                title: format!("Ask for {wanted} in the run of line {line} too"),
                changes: vec![change],
                why,
                finding: failure.finding,
                means: vec![project.clone()],
                moves: Vec::new(),
            });
        }
    }
    candidates
}
