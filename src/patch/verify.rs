use std::fmt;

use super::{
    Candidate, Cost, Expected, FileChange, Hunk,
    cost::Later,
    diff::{file_changes, unified},
    moves::Weight,
};
use crate::{
    findings::{Analysis, Finding, Lacking, Severity, Verdict},
    model::Step,
    order::{SortedMap, SortedSet},
    pep440::{Prereleases, Version},
    pep508::ProjectName,
    resolve::{Problem, Wanted},
    simulate::{CallRun, Certainty, Change, Environment, StageRun},
};

/// A fix that holds.
#[derive(Debug, Clone)]
pub struct Fix {
    /// Unique among the fixes of an analysis.
    pub id: String,
    /// Id of its strategy.
    pub strategy: &'static str,
    /// What it does, in a few words.
    pub title: String,
    /// One sentence: why it works.
    pub why: String,
    /// The files it changes, whole.
    pub files: Vec<FileChange>,
    /// The same as a unified diff.
    pub diff: String,
    /// Why, for each hunk of the diff.
    pub hunks: Vec<Hunk>,
    /// What it costs.
    pub cost: Cost,
    /// What it was made from, to compose it with others.
    pub candidate: Candidate,
    /// The corrected build, simulated.
    pub after: Analysis,
    /// Indexes of the findings it removes.
    pub removes: Vec<usize>,
}

impl Fix {
    /// What its rank begins with.
    pub(super) fn expected(&self) -> Expected {
        (Weight::of(&self.candidate.moves), self.cost.lines)
    }
}

/// Why a candidate is not offered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// Its changes meet in the same bytes.
    DoesNotApply,
    /// The finding is still there.
    Remains,
    /// It brings another finding: that one's rule and message.
    Adds(&'static str, String),
    /// A step fails that did not before, or for another reason: its line.
    Fails(u32),
    /// A project that the build asked for is no longer installed.
    Loses(ProjectName),
    /// A version in the final stage changes that it does not mean to change.
    Alters(ProjectName),
    /// A step of the final stage asks for this, and the stage no longer ends with it.
    Overrules(String),
    /// Whether it holds is not known: what is not known about the corrected build, as a sentence.
    NotChecked(String),
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::DoesNotApply => write!(f, "Its edits meet in the same bytes."),
            Self::Remains => write!(f, "Simulated again, the finding is still there."),
            Self::Adds(rule, message) => {
                write!(f, "Simulated again, it leads to another finding ({rule}): {message}")
            }
            Self::Fails(line) => write!(f, "Simulated again, the step of line {line} fails."),
            Self::Loses(project) => write!(f, "{project} would no longer be installed."),
            Self::Alters(project) => {
                write!(f, "It would change the version of {project} in the final stage.")
            }
            Self::Overrules(requirement) => {
                write!(f, "The final stage asks for {requirement} and would not end with it.")
            }
            Self::NotChecked(reason) => write!(f, "Whether it holds is not known. {reason}"),
        }
    }
}

/// Applies a candidate, simulates everything again, and holds the two builds against each other.
///
/// # Errors
/// Why it is not offered.
pub fn verify(analysis: &Analysis, candidate: &Candidate) -> Result<Fix, Refusal> {
    attempt(analysis, candidate, &mut Later::default()).map_err(|refused| refused.refusal)
}

/// A candidate that is not offered.
pub(super) struct Refused {
    /// Why.
    pub(super) refusal: Refusal,
    /// The corrected build, where the candidate did cure its finding and another one came to
    /// light that was hidden by it.
    pub(super) revealed: Option<Box<Analysis>>,
    /// Facts with which it might hold.
    pub(super) lacking: Vec<Lacking>,
}

impl From<Refusal> for Refused {
    fn from(refusal: Refusal) -> Self {
        Self { refusal, revealed: None, lacking: Vec::new() }
    }
}

pub(super) fn attempt(analysis: &Analysis, candidate: &Candidate, later: &mut Later) -> Result<Fix, Refused> {
    let sources = candidate.apply(&analysis.sources).map_err(|_| Refusal::DoesNotApply)?;
    let after = analysis.again(&sources);
    let removes = removed(analysis, &after);
    if !removes.contains(&candidate.finding) {
        return Err(Refusal::Remains.into());
    }
    if let Some(added) = first_added(analysis, &after) {
        let refusal = Refusal::Adds(added.rule, added.message.clone());
        let cured = analysis.findings.get(candidate.finding).and_then(|finding| finding.at);
        let is_behind = added.at.zip(cured).is_none_or(|(at, cured)| at.stage >= cured.stage);
        return Err(Refused { revealed: is_behind.then(|| Box::new(after)), ..refusal.into() });
    }
    if let Some(line) = failing_line(analysis, &after, candidate) {
        return Err(Refusal::Fails(line).into());
    }
    compare_final_stage(analysis, &after, candidate)?;
    if let Some(unknown) = unknown(&after) {
        let refusal = Refusal::NotChecked(unknown.message.clone());
        return Err(Refused { lacking: after.lacking().collect(), ..refusal.into() });
    }
    let files = file_changes(&analysis.sources, &sources);
    let (diff, hunks) = unified(&files, &candidate.changes, &analysis.sources);
    let cost = Cost::of(analysis, &after, candidate, &files, later);
    Ok(Fix {
        id: candidate.strategy.to_owned(),
        strategy: candidate.strategy,
        title: candidate.title.clone(),
        why: candidate.why.clone(),
        files,
        diff,
        hunks,
        cost,
        candidate: candidate.clone(),
        after,
        removes,
    })
}

/// A step that fails in the corrected build: the line of one that did not before, or of the one
/// that the cured finding is about.
fn failing_line(before: &Analysis, after: &Analysis, candidate: &Candidate) -> Option<u32> {
    let cured = before.findings.get(candidate.finding).and_then(|finding| finding.at);
    let stages =
        after.build.stages.iter().filter_map(|stage| Some((stage.index, failing(after, stage.index)?)));
    stages
        .filter(|(stage, step)| {
            let Some(known) = failing(before, *stage) else { return true };
            let is_cured = cured.is_some_and(|cured| cured.stage == *stage && cured.step == known.index);
            let text = |analysis: &Analysis, step: &Step| analysis.sources.slice(step.location).to_owned();
            is_cured || text(before, known) != text(after, step)
        })
        .map(|(_, step)| step.line)
        .next()
}

/// The step that ends a stage before its time.
fn failing(analysis: &Analysis, stage: usize) -> Option<&Step> {
    let steps = analysis.build.stages.get(stage)?.steps.iter();
    let runs = &analysis.simulation.stages.get(stage)?.steps;
    let mut pairs = steps.zip(runs);
    pairs.find(|(_, run)| run.reached && run.exit_code.is_some_and(|code| code != 0)).map(|(step, _)| step)
}

/// What makes two findings of two builds the same: lines move, so places do not count.
type Key<'a> = (&'static str, Option<&'a ProjectName>, Option<usize>);

fn key(finding: &Finding) -> Key<'_> {
    (finding.rule, finding.project.as_ref(), finding.at.map(|at| at.stage))
}

fn counts(analysis: &Analysis) -> SortedMap<Key<'_>, usize> {
    let mut counts = SortedMap::new();
    for finding in &analysis.findings {
        *counts.entry(key(finding)).or_default() += 1;
    }
    counts
}

/// Indexes of the findings that are gone.
fn removed(before: &Analysis, after: &Analysis) -> Vec<usize> {
    let mut left = counts(after);
    let mut removed = Vec::new();
    for (index, finding) in before.findings.iter().enumerate() {
        match left.get_mut(&key(finding)) {
            Some(count) if *count > 0 => *count -= 1,
            _ => removed.push(index),
        }
    }
    removed
}

/// What is not known about a build: nothing is claimed through that.
fn unknown(analysis: &Analysis) -> Option<&Finding> {
    analysis.findings.iter().find(|finding| finding.verdict == Some(Verdict::Unknown))
}

/// A finding that was not there before. Advice does not count, nor does what is not modelled
/// in steps that were not reached before.
fn first_added<'a>(before: &Analysis, after: &'a Analysis) -> Option<&'a Finding> {
    let mut known = counts(before);
    let counts = |finding: &&Finding| match finding.severity {
        Severity::Error => true,
        Severity::Warning => finding.verdict != Some(Verdict::Unknown),
        Severity::Info => false,
    };
    for finding in after.findings.iter().filter(counts) {
        match known.get_mut(&key(finding)) {
            Some(count) if *count > 0 => *count -= 1,
            _ => return Some(finding),
        }
    }
    None
}

/// Versions at the end of the stage that is built, by environment, as far as they are known.
/// `None` where it does not come to its end.
pub(super) fn final_packages(analysis: &Analysis) -> Option<SortedMap<(&str, &ProjectName), &Version>> {
    let packages = final_environments(analysis)?.iter().flat_map(|(root, environment)| {
        environment.packages.iter().filter_map(move |(project, packages)| {
            Some(((root.as_str(), project), &packages.last()?.version))
        })
    });
    Some(packages.collect())
}

fn final_environments(analysis: &Analysis) -> Option<&SortedMap<String, Environment>> {
    let stage = final_stage(analysis)?;
    // A step whose exit code is not known, such as a `COPY` of what was not given, may go well.
    let comes_to_its_end =
        stage.steps.iter().all(|step| step.reached && step.exit_code.is_none_or(|code| code == 0));
    let end = stage.steps.last().map_or(&stage.start, |step| &step.after);
    comes_to_its_end.then_some(&end.environments)
}

pub(super) fn final_stage(analysis: &Analysis) -> Option<&StageRun> {
    analysis.simulation.stages.get(analysis.build.target_stage)
}

fn compare_final_stage(before: &Analysis, after: &Analysis, candidate: &Candidate) -> Result<(), Refusal> {
    let Some((now, environments)) = final_packages(after).zip(final_environments(after)) else {
        return Ok(());
    };
    let is_certain = |environment: &Environment| environment.certainty == Certainty::Certain;
    let is_known = |root: &str| environments.get(root).is_none_or(is_certain);
    let all_known = environments.values().all(is_certain);
    let present: SortedSet<&ProjectName> = now.keys().map(|(_, project)| *project).collect();
    let removed = uninstalled(after);
    let is_lost =
        |project: &ProjectName| all_known && !present.contains(project) && !removed.contains(project);
    if let Some(lost) = asked_for(before).into_iter().find(is_lost) {
        return Err(Refusal::Loses(lost));
    }
    let Some(then) = final_packages(before) else { return Ok(()) };
    for ((root, project), version) in &then {
        if candidate.means.contains(project) {
            continue;
        }
        match now.get(&(*root, *project)) {
            None if is_known(root) => return Err(Refusal::Loses((*project).clone())),
            Some(other) if other != version => return Err(Refusal::Alters((*project).clone())),
            Some(_) | None => {}
        }
    }
    let known = overruled(before, &then);
    let new = overruled(after, &now).into_iter().find(|requirement| !known.contains(requirement));
    new.map_or(Ok(()), |requirement| Err(Refusal::Overrules(requirement)))
}

/// Requirements by name of the final stage's calls that what it ends with does not meet, because a
/// later call had another version.
fn overruled(analysis: &Analysis, packages: &SortedMap<(&str, &ProjectName), &Version>) -> SortedSet<String> {
    let mut overruled = SortedSet::new();
    for (call, problem) in final_installs(analysis) {
        let Some(root) = call.environment.as_deref() else { continue };
        let markers = problem.target.environment();
        for wanted in &problem.requirements {
            let Wanted::Name(requirement) = &wanted.wanted else { continue };
            let Some(version) = packages.get(&(root, &requirement.name)) else { continue };
            if requirement.applies(&markers, &[]).unwrap_or(false)
                && !requirement.specifiers.contains(*version, Prereleases::Allow)
            {
                overruled.insert(requirement.to_string());
            }
        }
    }
    overruled
}

/// The calls of the stage that is built.
fn final_calls(analysis: &Analysis) -> impl Iterator<Item = &CallRun> {
    final_stage(analysis).into_iter().flat_map(|stage| &stage.steps).flat_map(|step| &step.calls)
}

/// Those of them that resolve something for an environment, and what they are asked.
fn final_installs(analysis: &Analysis) -> impl Iterator<Item = (&CallRun, &Problem)> {
    let installs = final_calls(analysis).filter(|call| call.wheelhouse.is_none());
    installs.filter_map(|call| Some((call, call.problem.as_deref()?)))
}

/// Projects that the final stage takes out again.
fn uninstalled(analysis: &Analysis) -> SortedSet<&ProjectName> {
    let removed = final_calls(analysis).flat_map(|call| &call.changes).filter_map(|change| match change {
        Change::Uninstall { project, .. } => Some(project),
        Change::Install { .. } | Change::Write { .. } => None,
    });
    removed.collect()
}

/// Projects that the final stage's installs name, as names or files.
fn asked_for(analysis: &Analysis) -> SortedSet<ProjectName> {
    let mut projects = SortedSet::new();
    for (_, problem) in final_installs(analysis) {
        let markers = problem.target.environment();
        for root in &problem.requirements {
            match &root.wanted {
                Wanted::Name(requirement) if requirement.applies(&markers, &[]).unwrap_or(true) => {
                    projects.insert(requirement.name.clone());
                }
                Wanted::Name(_) => {}
                Wanted::Direct(direct) => {
                    projects.insert(direct.artifact.project.clone());
                }
            }
        }
    }
    projects
}
