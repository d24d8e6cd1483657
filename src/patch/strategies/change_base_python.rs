use super::Strategy;
use crate::{
    findings::Analysis,
    model::Base,
    order,
    order::SortedSet,
    patch::{
        Candidate, Change,
        diagnosis::{Diagnosis, Failure},
    },
    pep508::{PythonVersion, Target},
    resolve::{Problem, Resolution, resolve},
    text::{Location, range},
};

/// Another Python, for which there are files that suit.
pub(super) const STRATEGY: Strategy = Strategy { id: "change-base-python", candidates };

/// Minor versions of Python 3 that images are published of.
const MINORS: std::ops::RangeInclusive<u32> = 8..=14;

fn candidates(diagnosis: &Diagnosis<'_>) -> Vec<Candidate> {
    let failures = diagnosis.failures.iter();
    failures.filter_map(|failure| of(diagnosis.analysis, failure)).collect()
}

fn of(analysis: &Analysis, failure: &Failure<'_>) -> Option<Candidate> {
    if !failure.needs_another_target() {
        return None;
    }
    let now = failure.problem.target.python;
    let minor = nearest(analysis, failure.problem, now)?;
    let (old, new) = (format!("3.{}", now.full().get(1)?), format!("3.{minor}"));
    let why = format!("There are files for Python {new} that suit, and none for {old}.");
    let changes = tags(analysis, &old).into_iter().map(|at| Change::edit(at.file, at.range, &*new, &why));
    let changes: Vec<Change> = changes.collect();
    (!changes.is_empty()).then(|| Candidate {
        strategy: STRATEGY.id,
        title: format!("Build on Python {new}"),
        why,
        changes,
        finding: failure.finding,
        means: vec![failure.explanation.project.clone()],
        moves: Vec::new(),
    })
}

/// The nearest minor version with which the call resolves; the newer one of two as near.
fn nearest(analysis: &Analysis, problem: &Problem, now: PythonVersion) -> Option<u32> {
    let current = *now.full().get(1)?;
    let mut minors: Vec<u32> = MINORS.filter(|minor| *minor != current).collect();
    order::sort_by_key(&mut minors, |minor| (minor.abs_diff(current), current > *minor));
    minors.into_iter().find(|minor| {
        let Ok(python) = format!("3.{minor}").parse() else { return false };
        let target = Target { python, ..problem.target };
        let changed = Problem { target, ..problem.clone() };
        matches!(resolve(&changed, &analysis.index), Resolution::Selected(_))
    })
}

/// Where base images of this Python are named: `3.10` in `FROM python:3.10-slim`, or in the
/// default of the `ARG` that it is built from.
fn tags(analysis: &Analysis, version: &str) -> Vec<Location> {
    let mut places: Vec<Location> = Vec::new();
    let mut seen = SortedSet::new();
    let images = analysis.build.stages.iter().filter(|stage| matches!(stage.base, Base::Image(_)));
    let froms = images.map(|stage| stage.location);
    let args = analysis.build.args.iter().filter(|arg| !arg.given).map(|arg| arg.location);
    for at in froms.chain(args) {
        let text = analysis.sources.slice(at);
        let is_whole = |from: usize| {
            let next = text.get(from + version.len()..).and_then(|rest| rest.chars().next());
            let before = text.get(..from).and_then(|before| before.chars().next_back());
            !next.is_some_and(|c| c.is_ascii_digit())
                && before.is_some_and(|c| matches!(c, ':' | '=' | 'n' | '"'))
        };
        let Some((found, _)) = text.match_indices(version).find(|(from, _)| is_whole(*from)) else {
            continue;
        };
        let start = usize::from(at.range.start()) + found;
        // A patch level goes with its minor version.
        let rest = text.get(found + version.len()..).unwrap_or("");
        let patch = rest
            .strip_prefix('.')
            .map_or(0, |rest| 1 + rest.len() - rest.trim_start_matches(|c: char| c.is_ascii_digit()).len());
        if seen.insert((at.file, start)) {
            places.push(Location { file: at.file, range: range(start, start + version.len() + patch) });
        }
    }
    places
}
