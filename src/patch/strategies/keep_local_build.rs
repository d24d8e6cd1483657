use super::{
    Strategy,
    wheelhouse::{Wheelhouse, shell_word},
};
use crate::patch::{Candidate, diagnosis::Diagnosis, edit::line_after};

/// The plain wheel goes that would be put in place of a `+cu124` build (PIP_RULES 10 and 22).
pub(super) const STRATEGY: Strategy = Strategy { id: "keep-local-build", candidates };

fn candidates(diagnosis: &Diagnosis<'_>) -> Vec<Candidate> {
    let analysis = diagnosis.analysis;
    let mut candidates = Vec::new();
    for house in Wheelhouse::all(diagnosis) {
        let is_lost =
            analysis.findings.get(house.finding).is_some_and(|finding| finding.rule == "local-build-lost");
        let Some(last) = house.runs.last().filter(|_| is_lost) else { continue };
        let Some(folder) = last.call.wheelhouse.as_deref() else { continue };
        let project = house.project;
        let stem = &house.stem;
        let line = format!("RUN rm -f {}/{stem}-*.whl", shell_word(folder));
        let why =
            format!("No plain {project} is left that could take the place of the build that is installed.");
        candidates.push(Candidate {
            strategy: STRATEGY.id,
            title: format!("Remove the plain {project} wheel"),
            changes: vec![line_after(analysis, last.instruction, &line, &why)],
            why,
            finding: house.finding,
            means: vec![project.clone()],
            moves: Vec::new(),
        });
    }
    candidates
}
