//! Fixes: small edits of the author's files, each simulated again before it is offered.
//!
//! [`propose`] makes candidates for the findings of an [`Analysis`] and yields those that hold:
//! applied to the text, parsed and simulated from the first line, the finding is gone, none is
//! added, and nothing else changes. The best comes first, by what people care for: [`Cost`].
//! Dropping the iterator cancels.

mod candidate;
mod compose;
mod cost;
mod diagnosis;
mod diff;
mod edit;
mod moves;
mod proposals;
mod requirement;
mod script;
mod strategies;
mod verify;

pub use candidate::{Candidate, Change};
pub use compose::{ComposeError, compose};
pub use cost::Cost;
pub use diff::{FileChange, Hunk, file_changes, replaced_lines, unified};
pub use moves::{Distance, Move};
pub use proposals::{Proposals, Step, propose};
pub use strategies::{STRATEGIES, Strategy};
pub use verify::{Fix, Refusal, verify};

use crate::{findings::Analysis, order};
use diagnosis::Diagnosis;
use moves::Weight;

/// All candidates for the findings of an analysis, the one likely best first: by how far they move
/// versions and how many lines they change, then by strategy. No two make the same text.
#[must_use]
pub fn candidates(analysis: &Analysis) -> Vec<Candidate> {
    ranked(analysis).into_iter().map(|(_, candidate)| candidate).collect()
}

/// What is known of a fix before it is simulated, better ones first: how far it moves versions, then
/// the lines that it changes.
type Expected = (Weight, usize);

/// All candidates, the ones likely best first.
fn ranked(analysis: &Analysis) -> Vec<(Expected, Candidate)> {
    let diagnosis = Diagnosis::new(analysis);
    let mut ranked: Vec<(Expected, Candidate)> = Vec::new();
    let mut texts = Vec::new();
    for candidate in STRATEGIES.iter().flat_map(|strategy| (strategy.candidates)(&diagnosis)) {
        let Ok(sources) = candidate.apply(&analysis.sources) else { continue };
        let files = file_changes(&analysis.sources, &sources);
        if files.is_empty() || texts.contains(&files) {
            continue;
        }
        ranked.push(((Weight::of(&candidate.moves), replaced_lines(&files)), candidate));
        texts.push(files);
    }
    // Stable: those of an earlier strategy stay in front.
    order::sort_by_key(&mut ranked, |(expected, _)| *expected);
    ranked
}
