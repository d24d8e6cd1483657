use super::{
    Strategy,
    wheelhouse::{Wheelhouse, shell_word},
};
use crate::patch::{Candidate, diagnosis::Diagnosis, edit::line_after};

/// Only the files go that somebody rejects.
pub(super) const STRATEGY: Strategy = Strategy { id: "remove-wheels-in-the-way", candidates };

fn candidates(diagnosis: &Diagnosis<'_>) -> Vec<Candidate> {
    let analysis = diagnosis.analysis;
    let mut candidates = Vec::new();
    for house in Wheelhouse::all(diagnosis) {
        let Some(last) = house.runs.last() else { continue };
        let Some(folder) = last.call.wheelhouse.as_deref() else { continue };
        let stem = &house.stem;
        let rejected = house.rejected();
        if rejected.is_empty() {
            continue;
        }
        let files =
            rejected.iter().map(|(version, _)| format!("{}/{stem}-{version}-*.whl", shell_word(folder)));
        let line = format!("RUN rm -f {}", files.collect::<Vec<_>>().join(" "));
        let project = house.project;
        let why = if house.leaves_none() {
            format!("No {project} wheel is demanded then, and pip finds one that everybody accepts.")
        } else {
            format!("Of {project}, only the file stays that everybody accepts.")
        };
        candidates.push(Candidate {
            strategy: STRATEGY.id,
            title: format!("Remove the {} wheel that is in the way", house.project),
            changes: vec![line_after(analysis, last.instruction, &line, &why)],
            why,
            finding: house.finding,
            means: Vec::new(),
            moves: Vec::new(),
        });
    }
    candidates
}
