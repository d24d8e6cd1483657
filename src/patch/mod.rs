//! Fixes: small edits of the author's files, each simulated again before it is offered.
//!
//! [`propose`] makes candidates for the findings of an [`Analysis`], the one likely best first,
//! and yields those that hold: applied to the text, parsed and simulated from the first line, the
//! finding is gone, none is added, and nothing else changes. Dropping the iterator cancels.

mod candidate;
mod diff;
mod edit;
mod strategies;
mod verify;

pub use candidate::{Candidate, Change};
pub use diff::{FileChange, Hunk, unified};
pub use strategies::{STRATEGIES, Strategy};
pub use verify::{Cost, Fix, Refusal, verify};

use crate::findings::Analysis;

/// The fixes of an analysis that hold, the one likely best first. Each step of the iterator
/// simulates candidates until one holds.
pub fn propose(analysis: &Analysis) -> impl Iterator<Item = Fix> {
    let mut ids: Vec<String> = Vec::new();
    candidates(analysis).into_iter().filter_map(move |candidate| {
        let mut fix = verify(analysis, &candidate).ok()?;
        let same = ids.iter().filter(|id| **id == fix.strategy).count();
        ids.push(fix.strategy.to_owned());
        if same > 0 {
            fix.id = format!("{}-{}", fix.strategy, same + 1);
        }
        Some(fix)
    })
}

/// All candidates for the findings of an analysis, the one likely best first: by strategy, then
/// by the lines they change. No two make the same text.
#[must_use]
pub fn candidates(analysis: &Analysis) -> Vec<Candidate> {
    let mut candidates: Vec<(usize, Candidate)> = STRATEGIES
        .iter()
        .enumerate()
        .flat_map(|(rank, strategy)| {
            (strategy.candidates)(analysis).into_iter().map(move |candidate| (rank, candidate))
        })
        .collect();
    candidates.sort_by_key(|(rank, candidate)| (*rank, candidate.changes.len()));
    let mut distinct: Vec<Candidate> = Vec::new();
    for (_, candidate) in candidates {
        if distinct.iter().all(|known| known.changes != candidate.changes) {
            distinct.push(candidate);
        }
    }
    distinct
}
