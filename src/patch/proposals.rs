use std::collections::VecDeque;

use super::{
    Candidate, Expected, FileChange, Fix, Refusal, candidates, compose::one_after_the_other, cost::Later,
    diff::includes, ranked, verify::attempt,
};
use crate::{
    findings::{Analysis, Lacking, Severity},
    order,
};

/// Candidates that are tried on each build that a first cure brings to light.
const MOST_SECOND_CURES: usize = 12;

/// First cures behind which a second one is looked for.
const MOST_REVEALED: usize = 4;

/// Cures one behind the other.
const MOST_CURES: usize = 3;

/// The fixes of an analysis that hold, the best first. Nothing is simulated before it is asked
/// for: dropping it cancels.
///
/// A shorter move is better than anything else, then fewer lines: both are known before anything is
/// simulated, so candidates are tried in that order, and what holds waits until all that may be as
/// good have been tried.
pub struct Proposals<'a> {
    analysis: &'a Analysis,
    /// The ones likely best first.
    waiting: VecDeque<(Expected, Candidate)>,
    /// Those that hold and wait for others that may be as good, and of how many cures each is made.
    alike: Vec<(usize, Fix)>,
    /// What all those that hold change, by strategy.
    holding: Vec<(&'static str, Vec<FileChange>)>,
    /// All candidates that may be as good as the last one were tried.
    ended: bool,
    /// To be yielded.
    ready: VecDeque<Fix>,
    revealed: VecDeque<Revealed>,
    /// What was tried of all that lies behind a first cure.
    second_cures: usize,
    /// Indexes of findings that some fix removes without going online.
    cured: Vec<usize>,
    ids: Vec<&'static str>,
    later: Later,
    unchecked: Option<String>,
    lacking: Vec<Lacking>,
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
    /// The best fix of those not yielded yet.
    Fix(Box<Fix>),
    /// A candidate was simulated, and there may be more.
    Tried,
    /// That was all.
    Done,
}

/// The fixes of an analysis that hold, the best first.
#[must_use]
pub fn propose(analysis: &Analysis) -> Proposals<'_> {
    Proposals {
        analysis,
        waiting: ranked(analysis).into(),
        alike: Vec::new(),
        holding: Vec::new(),
        ended: false,
        ready: VecDeque::new(),
        revealed: VecDeque::new(),
        second_cures: 0,
        cured: Vec::new(),
        ids: Vec::new(),
        later: Later::default(),
        unchecked: None,
        lacking: Vec::new(),
    }
}

impl Iterator for Proposals<'_> {
    type Item = Fix;

    fn next(&mut self) -> Option<Fix> {
        loop {
            match self.step() {
                Step::Fix(fix) => return Some(*fix),
                Step::Tried => {}
                Step::Done => return None,
            }
        }
    }
}

impl Proposals<'_> {
    /// Simulates one candidate, or yields a fix. Between two steps there is time to look whether
    /// the answer is still wanted.
    pub fn step(&mut self) -> Step {
        if let Some(fix) = self.ready.pop_front() {
            return self.named(fix);
        }
        if self.ended {
            match self.revealed.pop_front() {
                Some(revealed) => self.look_behind(&revealed),
                None => self.rank(),
            }
            return Step::Tried;
        }
        let Some((expected, candidate)) = self.waiting.pop_front() else { return Step::Done };
        self.attempt(candidate, 1);
        self.ended = self.waiting.front().is_none_or(|(next, _)| *next > expected);
        Step::Tried
    }

    /// Why a change that may be a fix could not be checked: of the first one, as a sentence. No such
    /// change is ever yielded.
    #[must_use]
    pub fn unchecked(&self) -> Option<&str> {
        self.unchecked.as_deref()
    }

    /// Facts without which some change could not be checked.
    #[must_use]
    pub fn lacking(&self) -> &[Lacking] {
        &self.lacking
    }

    fn attempt(&mut self, candidate: Candidate, depth: usize) {
        match attempt(self.analysis, &candidate, &mut self.later) {
            Ok(fix) => {
                if fix.cost.offline {
                    self.cured.extend(fix.removes.iter().copied());
                }
                self.holding.push((fix.strategy, fix.files.clone()));
                self.alike.push((depth, fix));
            }
            Err(refused) => {
                if let Refusal::NotChecked(reason) = &refused.refusal {
                    self.unchecked.get_or_insert_with(|| reason.clone());
                    self.lacking.extend(refused.lacking);
                }
                if let Some(after) = refused.revealed
                    && self.revealed.len() < MOST_REVEALED
                {
                    self.revealed.push_back(Revealed { candidate, after, depth });
                }
            }
        }
    }

    /// Readies what holds and is better than all that is still to be tried.
    fn rank(&mut self) {
        self.ended = false;
        // Stable: where all else is the same, the earlier strategy goes first.
        order::sort_by_cached_key(&mut self.alike, |(_, fix)| (fix.expected(), fix.cost.rank()));
        let next = self.waiting.front().map(|(expected, _)| *expected);
        let (ready, alike): (Vec<_>, Vec<_>) = std::mem::take(&mut self.alike)
            .into_iter()
            .partition(|(_, fix)| next.is_none_or(|next| fix.expected() < next));
        self.alike = alike;
        // Of several cures one behind the other, or of one at several places, all have to be needed.
        let is_needed = |depth: usize, fix: &Fix| {
            let rivals = self.holding.iter().filter(|(strategy, _)| depth > 1 || *strategy == fix.strategy);
            !rivals.map(|(_, files)| files).any(|files| *files != fix.files && includes(&fix.files, files))
        };
        let ready = ready.into_iter().filter(|(depth, fix)| is_needed(*depth, fix));
        self.ready.extend(ready.map(|(_, fix)| fix));
    }

    /// A fix with an id of its own.
    fn named(&mut self, mut fix: Fix) -> Step {
        let same = self.ids.iter().filter(|id| **id == fix.strategy).count();
        self.ids.push(fix.strategy);
        if same > 0 {
            fix.id = format!("{}-{}", fix.strategy, same + 1);
        }
        Step::Fix(Box::new(fix))
    }

    /// The build fails later, for another reason: looks for a cure of that one too.
    fn look_behind(&mut self, revealed: &Revealed) {
        if self.cured.contains(&revealed.candidate.finding) || revealed.depth >= MOST_CURES {
            return;
        }
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
            let known = self.alike.len();
            self.attempt(candidate, revealed.depth + 1);
            if self.alike.len() > known {
                return;
            }
        }
    }
}
