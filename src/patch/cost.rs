use serde::{Deserialize, Serialize};

use super::{
    Candidate, Change, FileChange,
    diff::replaced_lines,
    requirement::is_pin,
    script::{ScriptCommand, commands},
    verify::{final_packages, final_stage},
};
use crate::{
    findings::{Analysis, Severity, analyze},
    index::{Index, IndexUrl, Lookup},
    order::{self, SortedSet},
    pep440::Version,
    pep508::ProjectName,
    resolve::Wanted,
    simulate::file_name,
};

/// What people care for in a fix, in this order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cost {
    /// Lines added and removed; a line that is replaced counts once.
    pub lines: usize,
    /// No run of an installer that was offline, or not there, uses the network.
    pub offline: bool,
    /// What was right keeps its version: what earlier steps of the final stage had installed, and
    /// what the author pinned, the project that is fought over excepted.
    pub same_versions: bool,
    /// It still holds when a newer release of the project is published, or of one that it
    /// means to change: simulated with one.
    pub survives_release: bool,
    /// Runs of an installer more than before, for the time that the build takes; below 0, fewer.
    pub runs: i32,
    /// Packages in the final stage, for the size of the image.
    pub packages: usize,
    /// Further reasons, each a few words.
    pub notes: Vec<String>,
}

impl Cost {
    pub(super) fn of(
        before: &Analysis,
        after: &Analysis,
        candidate: &Candidate,
        files: &[FileChange],
        later: &mut Later,
    ) -> Self {
        let contested = before.findings.get(candidate.finding).and_then(|finding| finding.project.as_ref());
        let altered = altered_versions(before, after, candidate, contested);
        let runs = installer_runs(after) - installer_runs(before);
        Self {
            lines: replaced_lines(files),
            offline: online_runs(after, before) <= online_runs(before, after),
            same_versions: altered.is_empty(),
            survives_release: later.survives(before, after, candidate),
            runs,
            packages: final_packages(after).map_or(0, |packages| packages.len()),
            notes: notes(&altered, runs, candidate),
        }
    }

    /// Less is better.
    pub(super) fn rank(&self) -> impl Ord + use<> {
        let worse = [!self.offline, !self.same_versions, !self.survives_release, self.runs > 0];
        (self.lines, worse, self.packages)
    }
}

/// A version that was right, and what the corrected build ends with instead.
type Altered = (ProjectName, Version, Option<Version>);

fn notes(altered: &[Altered], runs: i32, candidate: &Candidate) -> Vec<String> {
    let altered = altered.iter().map(|(project, then, now)| match now {
        Some(now) => format!("{project} {then} becomes {now}"),
        None => format!("{project} {then} goes"),
    });
    let runs = match runs {
        0 => None,
        1 => Some("one more run of an installer".to_owned()),
        2.. => Some(format!("{runs} more runs of an installer")),
        -1 => Some("one run of an installer fewer".to_owned()),
        _ => Some(format!("{} runs of an installer fewer", -runs)),
    };
    let added = candidate.changes.iter().filter_map(|change| match change {
        Change::Add { file, .. } => Some(format!("adds {}", file.path)),
        Change::Edit { .. } => None,
    });
    altered.chain(runs).chain(added).collect()
}

fn altered_versions(
    before: &Analysis,
    after: &Analysis,
    candidate: &Candidate,
    contested: Option<&ProjectName>,
) -> Vec<Altered> {
    let (Some(then), Some(now)) = (final_stage(before), final_packages(after)) else { return Vec::new() };
    let end = then.steps.iter().rev().find(|step| step.reached).map_or(&then.start, |step| &step.after);
    // Later steps, which the failure had kept from running, may pin a project differently; the last
    // one has it its way.
    let pins_after = pins(after);
    let is_pinned = |project: &ProjectName, version: &Version| {
        let mut pins = pins_after.iter().filter(|(other, _)| *other == project);
        !candidate.means.contains(project) && pins.any(|(_, pinned)| is_build_of(version, pinned))
    };
    let mut altered: Vec<Altered> = Vec::new();
    for (root, environment) in &end.environments {
        for (project, packages) in &environment.packages {
            let Some(version) = packages.last().map(|package| &package.version) else { continue };
            let other = now.get(&(root.as_str(), project)).copied();
            if other != Some(version) && !other.is_some_and(|other| is_pinned(project, other)) {
                altered.push((project.clone(), version.clone(), other.cloned()));
            }
        }
    }
    for (project, pinned) in pins(before) {
        let is_other = |version: &Version| {
            // What is fought over has to move, but not from a build for CUDA to a plain one.
            let may_move = Some(project) == contested && version.local() == pinned.local();
            !may_move && !is_build_of(version, pinned) && !is_pinned(project, version)
        };
        let other = now.iter().find(|((_, installed), version)| *installed == project && is_other(version));
        if let Some((_, version)) = other
            && altered.iter().all(|(known, ..)| known != project)
        {
            altered.push((project.clone(), pinned.clone(), Some((*version).clone())));
        }
    }
    altered
}

/// `==2.6.0` accepts 2.6.0+cu124; `==2.6.0+cu124` accepts nothing else.
fn is_build_of(version: &Version, pinned: &Version) -> bool {
    if pinned.local().is_empty() { version.clone().without_local() == *pinned } else { version == pinned }
}

/// What the author pinned, and to what.
fn pins(analysis: &Analysis) -> Vec<(&ProjectName, &Version)> {
    let steps = analysis.simulation.stages.iter().flat_map(|stage| &stage.steps);
    let problems = steps.flat_map(|step| &step.calls).filter_map(|call| call.problem.as_deref());
    let pins = problems.flat_map(|problem| &problem.requirements).filter_map(|root| match &root.wanted {
        Wanted::Name(requirement) if is_pin(&requirement.specifiers) => {
            Some((&requirement.name, requirement.specifiers.clauses().first()?.parsed.as_ref()?))
        }
        _ => None,
    });
    pins.collect()
}

/// Commands that install or fetch something; those behind a failing step were not run, so each
/// counts where it is written.
fn installer_runs(analysis: &Analysis) -> i32 {
    let mut count = 0;
    for stage in &analysis.build.stages {
        for step in 0..stage.steps.len() {
            let runs =
                commands(analysis, stage.index, step).iter().filter(|command| installs(command)).count();
            count += i32::try_from(runs).unwrap_or(i32::MAX);
        }
    }
    count
}

fn installs(command: &ScriptCommand) -> bool {
    let has = |names: &[&str]| command.words.iter().any(|(word, _)| names.contains(&word.as_str()));
    let program = file_name(command.program());
    let is_installer = program.starts_with("pip") || program == "uv" || has(&["pip"]);
    is_installer && has(&["install", "wheel", "download", "sync"])
}

/// Calls that may ask an index, in instructions that the other build does not have.
fn online_runs(analysis: &Analysis, other: &Analysis) -> usize {
    let steps = other.build.stages.iter().flat_map(|stage| &stage.steps);
    let known: SortedSet<&str> = steps.map(|step| other.sources.slice(step.location)).collect();
    let stages = analysis.build.stages.iter().zip(&analysis.simulation.stages);
    let steps = stages.flat_map(|(stage, run)| stage.steps.iter().zip(&run.steps));
    let changed = steps.filter(|(step, _)| !known.contains(analysis.sources.slice(step.location)));
    let problems = changed.flat_map(|(_, run)| &run.calls).filter_map(|call| call.problem.as_ref());
    problems.filter(|problem| !problem.indexes.is_empty()).count()
}

/// Builds simulated with one release more of some projects: newer than all, for every Python, and
/// without dependencies. The next build with the same ones resolves only what differs.
#[derive(Default)]
pub(super) struct Later {
    builds: Vec<(Vec<ProjectName>, Analysis)>,
}

impl Later {
    /// The corrected build holds when there is a newer release of every project that the fix is
    /// about.
    fn survives(&mut self, before: &Analysis, after: &Analysis, candidate: &Candidate) -> bool {
        let about = before.findings.get(candidate.finding).and_then(|finding| finding.project.as_ref());
        let mut projects: Vec<ProjectName> = about.into_iter().chain(&candidate.means).cloned().collect();
        order::sort(&mut projects);
        projects.dedup();
        let errors = |analysis: &Analysis| {
            analysis.findings.iter().filter(|finding| finding.severity == Severity::Error).count()
        };
        let limit = errors(after);
        if let Some((_, known)) = self.builds.iter().find(|(known, _)| *known == projects) {
            return errors(&known.again(&after.sources)) <= limit;
        }
        let mut index = Index::clone(&after.index);
        for project in &projects {
            index.overlay = index.overlay.with_release(project, &next_release(&after.index, project));
        }
        let build = analyze(&after.sources, &index.into(), &after.settings);
        let holds = errors(&build) <= limit;
        self.builds.push((projects, build));
        holds
    }
}

/// A version above all that are known.
fn next_release(index: &Index, project: &ProjectName) -> Version {
    let newest = match index.project(&IndexUrl::pypi(), project) {
        Lookup::Known(project) => {
            project.releases.keys().next_back().and_then(|version| version.release().first().copied())
        }
        Lookup::Absent | Lookup::Missing => None,
    };
    Version::new([newest.unwrap_or(0).saturating_add(1)])
}
