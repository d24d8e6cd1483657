use super::{
    Strategy,
    wheelhouse::{demanded_at_hand, shell_word},
};
use crate::patch::{Candidate, diagnosis::Diagnosis, edit::line_before, requirement::as_specifiers};

/// What suits everyone is installed right before the install that lacks it (PIP_RULES 8 and
/// E30b). Needs the network.
pub(super) const STRATEGY: Strategy = Strategy { id: "preinstall", candidates };

fn candidates(diagnosis: &Diagnosis<'_>) -> Vec<Candidate> {
    let mut candidates = Vec::new();
    let offline = diagnosis.failures.iter().filter(|failure| failure.problem.indexes.is_empty());
    for failure in offline.filter(|failure| failure.site.call.wheelhouse.is_none()) {
        let project = &failure.explanation.project;
        let range = demanded_at_hand(failure.problem, project);
        let Some(specifiers) = as_specifiers(&range).or_else(|| range.is_full().then(String::new)) else {
            continue;
        };
        let cache = if failure.site.word("--no-cache-dir").is_some() { " --no-cache-dir" } else { "" };
        let wanted = format!("{project}{specifiers}");
        let line = format!("RUN pip install{cache} {}", shell_word(&wanted));
        let why = format!("pip keeps an installed {project} that suits everyone who asks for it.");
        candidates.push(Candidate {
            strategy: STRATEGY.id,
            title: format!("Install {wanted} first"),
            changes: vec![line_before(diagnosis.analysis, failure.site.instruction, &line, &why)],
            why,
            finding: failure.finding,
            means: vec![project.clone()],
            moves: Vec::new(),
        });
    }
    candidates
}
