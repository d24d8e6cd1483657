use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
};

use super::{
    Candidate, FileChange, Hunk,
    diff::{file_changes, unified},
};
use crate::{
    findings::{Analysis, Finding, Severity, Verdict, analyze},
    pep440::Version,
    pep508::ProjectName,
    resolve::{PickSource, Resolution, Wanted},
    simulate::{CallRun, StageRun},
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
    /// False where a step that is not modelled stands behind what it cures: nothing is claimed
    /// through that.
    pub verified: bool,
}

/// What people care for in a fix.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cost {
    /// Lines added and removed.
    pub lines: usize,
    /// No step that was offline goes online.
    pub offline: bool,
    /// No version that was right changes in the final stage.
    pub same_versions: bool,
    /// It still holds when a newer release of a project is published.
    pub survives_release: bool,
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
    /// A project that the build asked for is no longer installed.
    Loses(ProjectName),
    /// A version in the final stage changes that it does not mean to change.
    Alters(ProjectName),
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::DoesNotApply => write!(f, "Its edits meet in the same bytes."),
            Self::Remains => write!(f, "Simulated again, the finding is still there."),
            Self::Adds(rule, message) => {
                write!(f, "Simulated again, it leads to another finding ({rule}): {message}")
            }
            Self::Loses(project) => write!(f, "{project} would no longer be installed."),
            Self::Alters(project) => {
                write!(f, "It would change the version of {project} in the final stage.")
            }
        }
    }
}

/// Applies a candidate, simulates everything again, and holds the two builds against each other.
///
/// # Errors
/// Why it is not offered.
pub fn verify(analysis: &Analysis, candidate: &Candidate) -> Result<Fix, Refusal> {
    let sources = candidate.apply(&analysis.sources).map_err(|_| Refusal::DoesNotApply)?;
    let after = analyze(&sources, &analysis.index, &analysis.settings);
    let removes = removed(analysis, &after);
    if !removes.contains(&candidate.finding) {
        return Err(Refusal::Remains);
    }
    if let Some(added) = first_added(analysis, &after) {
        return Err(Refusal::Adds(added.rule, added.message.clone()));
    }
    compare_final_stage(analysis, &after, candidate)?;
    let files = file_changes(&analysis.sources, &sources);
    let (diff, hunks) = unified(&files, &candidate.changes, &analysis.sources);
    let cost = Cost {
        lines: changed_lines(&diff),
        offline: is_offline(&after) || !is_offline(analysis),
        same_versions: same_versions(analysis, &after),
        survives_release: survives_release(&after),
    };
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
        verified: !has_unknown(&after),
        after,
        removes,
    })
}

/// What makes two findings of two builds the same: lines move, so places do not count.
type Key<'a> = (&'static str, Option<&'a ProjectName>, Option<usize>);

fn key(finding: &Finding) -> Key<'_> {
    (finding.rule, finding.project.as_ref(), finding.at.map(|at| at.stage))
}

fn counts(analysis: &Analysis) -> BTreeMap<Key<'_>, usize> {
    let mut counts = BTreeMap::new();
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

fn has_unknown(analysis: &Analysis) -> bool {
    analysis.findings.iter().any(|finding| finding.verdict == Some(Verdict::Unknown))
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

/// Versions at the end of the stage that is built, by environment.
fn final_packages(analysis: &Analysis) -> Option<BTreeMap<(&str, &ProjectName), &Version>> {
    let stage = final_stage(analysis)?;
    let reached = stage.steps.iter().all(|step| step.reached && step.exit_code == Some(0));
    let end = stage.steps.last().map_or(&stage.start, |step| &step.after);
    let environments = end.environments.iter().filter(|_| reached);
    let packages = environments.flat_map(|(root, environment)| {
        environment.packages.iter().filter_map(move |(project, packages)| {
            Some(((root.as_str(), project), &packages.last()?.version))
        })
    });
    reached.then(|| packages.collect())
}

fn final_stage(analysis: &Analysis) -> Option<&StageRun> {
    analysis.simulation.stages.get(analysis.build.target_stage)
}

fn compare_final_stage(before: &Analysis, after: &Analysis, candidate: &Candidate) -> Result<(), Refusal> {
    let Some(now) = final_packages(after) else { return Ok(()) };
    let present: BTreeSet<&ProjectName> = now.keys().map(|(_, project)| *project).collect();
    if let Some(lost) = asked_for(before).into_iter().find(|project| !present.contains(project)) {
        return Err(Refusal::Loses(lost));
    }
    let Some(then) = final_packages(before) else { return Ok(()) };
    for ((root, project), version) in &then {
        if candidate.means.contains(project) {
            continue;
        }
        match now.get(&(*root, *project)) {
            None => return Err(Refusal::Loses((*project).clone())),
            Some(other) if other != version => return Err(Refusal::Alters((*project).clone())),
            Some(_) => {}
        }
    }
    Ok(())
}

/// Projects that the final stage's installs name, as names or files.
fn asked_for(analysis: &Analysis) -> BTreeSet<ProjectName> {
    let calls = final_stage(analysis).into_iter().flat_map(|stage| &stage.steps).flat_map(|step| &step.calls);
    let mut projects = BTreeSet::new();
    for call in calls.filter(|call| call.wheelhouse.is_none()) {
        let Some(problem) = &call.problem else { continue };
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

/// No install of the final stage takes anything from an index, but for those that name one.
fn is_offline(analysis: &Analysis) -> bool {
    let calls = final_stage(analysis).into_iter().flat_map(|stage| &stage.steps).flat_map(|step| &step.calls);
    calls.filter(|call| uses_public_index(call)).count() == 0
}

fn uses_public_index(call: &CallRun) -> bool {
    match (&call.problem, call.resolution.as_deref()) {
        (_, Some(Resolution::Selected(selection))) => selection.picks.values().any(
            |pick| matches!(&pick.source, PickSource::Index(url) if *url == crate::index::IndexUrl::pypi()),
        ),
        _ => false,
    }
}

/// What an earlier step of the final stage had installed keeps its version, and what a failing
/// one would have installed is one of the versions it was offered.
fn same_versions(before: &Analysis, after: &Analysis) -> bool {
    let (Some(then), Some(now)) = (final_stage(before), final_packages(after)) else { return false };
    let end = then.steps.iter().rev().find(|step| step.reached).map_or(&then.start, |step| &step.after);
    end.environments.iter().all(|(root, environment)| {
        environment.packages.iter().all(|(project, packages)| {
            let then = packages.last().map(|package| &package.version);
            now.get(&(root.as_str(), project)).copied() == then
        })
    })
}

/// No later run into a folder of wheels can pick another version of what an earlier one wrote:
/// every folder that the final stage reads is the work of one run, or is only read by name.
fn survives_release(after: &Analysis) -> bool {
    let calls = || after.simulation.stages.iter().flat_map(|stage| &stage.steps).flat_map(|step| &step.calls);
    let demands_files = calls().any(|call| {
        call.problem.as_ref().is_some_and(|problem| {
            problem.requirements.iter().filter(|root| matches!(root.wanted, Wanted::Direct(_))).count() > 1
        })
    });
    if !demands_files {
        return true;
    }
    let mut online_runs: BTreeMap<&str, usize> = BTreeMap::new();
    for call in calls() {
        let (Some(folder), Some(problem)) = (&call.wheelhouse, &call.problem) else { continue };
        if !problem.indexes.is_empty() && !problem.no_deps && problem.constraints.is_empty() {
            *online_runs.entry(folder).or_default() += 1;
        }
    }
    online_runs.values().all(|count| *count <= 1)
}

fn changed_lines(diff: &str) -> usize {
    let is_change = |line: &&str| {
        (line.starts_with('+') && !line.starts_with("+++"))
            || (line.starts_with('-') && !line.starts_with("---"))
    };
    diff.lines().filter(is_change).count()
}
