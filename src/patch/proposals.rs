use std::collections::VecDeque;

use super::{Candidate, Fix, candidates, compose::one_after_the_other, verify::attempt};
use crate::findings::{Analysis, Severity};

/// Candidates that are tried on each build that a first cure brings to light.
const MOST_SECOND_CURES: usize = 12;

/// First cures behind which a second one is looked for.
const MOST_REVEALED: usize = 4;

/// Cures one behind the other.
const MOST_CURES: usize = 3;

/// The fixes of an analysis that hold, the one likely best first. Nothing is simulated before it
/// is asked for: dropping it cancels.
pub struct Proposals<'a> {
    analysis: &'a Analysis,
    waiting: VecDeque<Candidate>,
    revealed: VecDeque<Revealed>,
    /// What was tried of all that lies behind a first cure.
    second_cures: usize,
    /// Indexes of findings that some fix removes.
    cured: Vec<usize>,
    ids: Vec<&'static str>,
}

/// A candidate that cures its finding, behind which another one came to light.
struct Revealed {
    candidate: Candidate,
    after: Box<Analysis>,
    depth: usize,
}

/// What one step of [`Proposals`] came to.
#[derive(Debug)]
pub enum Step {
    /// A candidate holds.
    Fix(Box<Fix>),
    /// A candidate does not hold, and there may be more.
    Refused,
    /// That was all.
    Done,
}

/// The fixes of an analysis that hold, the one likely best first.
#[must_use]
pub fn propose(analysis: &Analysis) -> Proposals<'_> {
    Proposals {
        analysis,
        waiting: candidates(analysis).into(),
        revealed: VecDeque::new(),
        second_cures: 0,
        cured: Vec::new(),
        ids: Vec::new(),
    }
}

impl Iterator for Proposals<'_> {
    type Item = Fix;

    fn next(&mut self) -> Option<Fix> {
        loop {
            match self.step() {
                Step::Fix(fix) => return Some(*fix),
                Step::Refused => {}
                Step::Done => return None,
            }
        }
    }
}

impl Proposals<'_> {
    /// Simulates one candidate. Between two steps there is time to look whether the answer is
    /// still wanted.
    pub fn step(&mut self) -> Step {
        if let Some(candidate) = self.waiting.pop_front() {
            return self.attempt(candidate, 1);
        }
        let Some(revealed) = self.revealed.pop_front() else { return Step::Done };
        if self.cured.contains(&revealed.candidate.finding) || revealed.depth >= MOST_CURES {
            return Step::Refused;
        }
        self.look_behind(&revealed)
    }

    fn attempt(&mut self, candidate: Candidate, depth: usize) -> Step {
        match attempt(self.analysis, &candidate) {
            Ok(fix) => self.accept(fix),
            Err(refused) => {
                if let Some(after) = refused.revealed
                    && self.revealed.len() < MOST_REVEALED
                {
                    self.revealed.push_back(Revealed { candidate, after, depth });
                }
                Step::Refused
            }
        }
    }

    fn accept(&mut self, mut fix: Fix) -> Step {
        let same = self.ids.iter().filter(|id| **id == fix.strategy).count();
        self.ids.push(fix.strategy);
        if same > 0 {
            fix.id = format!("{}-{}", fix.strategy, same + 1);
        }
        self.cured.extend(fix.removes.iter().copied());
        Step::Fix(Box::new(fix))
    }

    /// The build fails later, for another reason: looks for a cure of that one too.
    fn look_behind(&mut self, revealed: &Revealed) -> Step {
        let known: Vec<_> =
            self.analysis.findings.iter().map(|finding| (finding.rule, &finding.message)).collect();
        let is_new = |index: usize| {
            revealed.after.findings.get(index).is_some_and(|finding| {
                finding.severity == Severity::Error && !known.contains(&(finding.rule, &finding.message))
            })
        };
        let second = candidates(&revealed.after).into_iter().filter(|candidate| is_new(candidate.finding));
        let both: Vec<Candidate> = second
            .filter_map(|second| {
                one_after_the_other(self.analysis, &revealed.candidate, &revealed.after.sources, &second)
            })
            .take(MOST_SECOND_CURES.saturating_sub(self.second_cures))
            .collect();
        for candidate in both {
            self.second_cures += 1;
            if let step @ Step::Fix(_) = self.attempt(candidate, revealed.depth + 1) {
                return step;
            }
        }
        Step::Refused
    }
}
