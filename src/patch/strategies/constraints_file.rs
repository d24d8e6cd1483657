use super::{Strategy, wheelhouse::Wheelhouse};
use crate::{
    patch::{Candidate, Change, diagnosis::Diagnosis, edit::line_before},
    text::SourceFile,
};

/// The file's name where there is none yet.
const PATH: &str = "constraints.txt";

/// One file of bounds for every run (PIP_RULES 15 and 25).
pub(super) const STRATEGY: Strategy = Strategy { id: "constraints-file", candidates };

fn candidates(diagnosis: &Diagnosis<'_>) -> Vec<Candidate> {
    let analysis = diagnosis.analysis;
    if analysis.sources.find(PATH).is_some() {
        return Vec::new();
    }
    let mut candidates = Vec::new();
    for house in Wheelhouse::all(diagnosis) {
        let Some(first) = house.runs.first() else { continue };
        let project = house.project;
        let line = format!("{project}{}\n", house.accepted());
        let why = format!("Every run sees the bound on {project}, so none brings another version.");
        let add = Change::Add { file: SourceFile::new(PATH, line), why: why.clone() };
        let copy = format!("COPY {PATH} /tmp/{PATH}");
        let copy = line_before(analysis, first.instruction, &copy, "The runs need the file.");
        let options = format!("-c /tmp/{PATH}");
        let bound = house.runs.iter().map(|run| run.with_options(&options, "The run keeps to the bounds."));
        let Some(bound) = bound.collect::<Option<Vec<_>>>() else { continue };
        candidates.push(Candidate {
            strategy: STRATEGY.id,
            title: format!("Give every run the same bound on {project}"),
            why,
            changes: [add, copy].into_iter().chain(bound).collect(),
            finding: house.finding,
            means: Vec::new(),
        });
    }
    candidates
}
