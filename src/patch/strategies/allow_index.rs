use super::{Strategy, wheelhouse::lacking_offline};
use crate::patch::{Candidate, diagnosis::Diagnosis, edit::without_word};

/// Without `--no-index`, pip takes from the index what the folders lack. Needs the network.
pub(super) const STRATEGY: Strategy = Strategy { id: "allow-index", candidates };

fn candidates(diagnosis: &Diagnosis<'_>) -> Vec<Candidate> {
    let analysis = diagnosis.analysis;
    let candidates = lacking_offline(diagnosis).filter_map(|failure| {
        let place = failure.site.word("--no-index")?.place?;
        let project = &failure.explanation.project;
        let line = failure.site.line(analysis);
        let why = format!("The index has the {project} that is not among the wheels.");
        Some(Candidate {
            strategy: STRATEGY.id,
            title: format!("Let the run of line {line} ask the index too"),
            changes: vec![without_word(analysis, place, &why)],
            why,
            finding: failure.finding,
            means: vec![project.clone()],
            moves: Vec::new(),
        })
    });
    candidates.collect()
}
