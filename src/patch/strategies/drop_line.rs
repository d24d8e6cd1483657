use super::{
    Strategy,
    wheelhouse::{Wheelhouse, words_of},
};
use crate::{
    findings::Analysis,
    patch::{Candidate, edit::without},
};

/// A run goes whose projects another one brings already.
pub(super) const STRATEGY: Strategy = Strategy { id: "drop-line", candidates };

fn candidates(analysis: &Analysis) -> Vec<Candidate> {
    let mut candidates = Vec::new();
    for house in Wheelhouse::all(analysis) {
        for run in house.guilty_runs() {
            let names: Vec<String> = words_of(run).into_keys().map(|name| name.to_string()).collect();
            if !run.is_whole_instruction(analysis) || names.is_empty() {
                continue;
            }
            let line = analysis.sources.line_column(run.instruction).line;
            let names = names.join(", ");
            let why = format!("Another run writes {names} too, in one resolution with the rest.");
            candidates.push(Candidate {
                strategy: STRATEGY.id,
                title: format!("Drop the run of line {line}"),
                changes: vec![without(analysis, run.instruction, &why)],
                why,
                finding: house.finding,
                means: Vec::new(),
            });
        }
    }
    candidates
}
