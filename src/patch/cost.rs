use super::{
    Candidate, Change, FileChange,
    diff::replaced_lines,
    verify::{final_packages, final_stage},
};
use crate::{
    findings::{Analysis, Severity, analyze},
    index::{Index, IndexUrl, Lookup},
    pep440::Version,
    pep508::ProjectName,
};

/// What people care for in a fix.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cost {
    /// Lines added and removed; a line that is replaced counts once.
    pub lines: usize,
    /// No more installs of the final stage use the network than before.
    pub offline: bool,
    /// What was installed in the final stage before the failing step keeps its version.
    pub same_versions: bool,
    /// It still holds when a newer release of the project is published, or of one that it
    /// means to change: simulated with one.
    pub survives_release: bool,
    /// Further reasons, each a few words.
    pub notes: Vec<String>,
}

impl Cost {
    pub(super) fn of(
        before: &Analysis,
        after: &Analysis,
        candidate: &Candidate,
        files: &[FileChange],
    ) -> Self {
        let altered = altered_versions(before, after);
        let mut notes: Vec<String> = altered
            .iter()
            .map(|(project, then, now)| match now {
                Some(now) => format!("{project} {then} becomes {now}"),
                None => format!("{project} {then} goes"),
            })
            .collect();
        let (then, now) = (installer_calls(before), installer_calls(after));
        match now.cmp(&then) {
            std::cmp::Ordering::Greater => notes.push("one more run of an installer".to_owned()),
            std::cmp::Ordering::Less => notes.push("one run of an installer fewer".to_owned()),
            std::cmp::Ordering::Equal => {}
        }
        for change in &candidate.changes {
            if let Change::Add { file, .. } = change {
                notes.push(format!("adds {}", file.path));
            }
        }
        Self {
            lines: replaced_lines(files),
            offline: online_calls(after) <= online_calls(before),
            same_versions: altered.is_empty(),
            survives_release: survives_release(before, after, candidate),
            notes,
        }
    }
}

/// Versions that an earlier step of the final stage had installed, and what the corrected build
/// ends with instead.
fn altered_versions(before: &Analysis, after: &Analysis) -> Vec<(ProjectName, Version, Option<Version>)> {
    let (Some(then), Some(now)) = (final_stage(before), final_packages(after)) else { return Vec::new() };
    let end = then.steps.iter().rev().find(|step| step.reached).map_or(&then.start, |step| &step.after);
    let mut altered = Vec::new();
    for (root, environment) in &end.environments {
        for (project, packages) in &environment.packages {
            let Some(version) = packages.last().map(|package| &package.version) else { continue };
            let other = now.get(&(root.as_str(), project)).copied();
            if other != Some(version) {
                altered.push((project.clone(), version.clone(), other.cloned()));
            }
        }
    }
    altered
}

/// Calls that resolve something; those behind a failing step were not run, so a line counts where
/// it stands.
fn installer_calls(analysis: &Analysis) -> usize {
    let is_installer = |text: &str| ["install", "wheel", "download"].iter().any(|word| text.contains(word));
    let steps = analysis.build.stages.iter().flat_map(|stage| &stage.steps);
    let texts =
        steps.filter(|step| step.instruction == "RUN").map(|step| analysis.sources.slice(step.location));
    texts.map(|text| text.split("&&").filter(|part| part.contains("pip") && is_installer(part)).count()).sum()
}

/// Installs of the final stage that may ask an index.
fn online_calls(analysis: &Analysis) -> usize {
    let calls = final_stage(analysis).into_iter().flat_map(|stage| &stage.steps).flat_map(|step| &step.calls);
    let problems = calls.filter_map(|call| call.problem.as_ref());
    problems.filter(|problem| !problem.indexes.is_empty()).count()
}

/// The corrected build, with one release more of every project that the fix is about: newer than
/// all, for every Python, and without dependencies.
fn survives_release(before: &Analysis, after: &Analysis, candidate: &Candidate) -> bool {
    let about = before.findings.get(candidate.finding).and_then(|finding| finding.project.as_ref());
    let mut index = Index::clone(&after.index);
    for project in about.into_iter().chain(&candidate.means) {
        index.overlay = index.overlay.with_release(project, &next_release(&after.index, project));
    }
    let later = analyze(&after.sources, &index.into(), &after.settings);
    let errors = |analysis: &Analysis| {
        analysis.findings.iter().filter(|finding| finding.severity == Severity::Error).count()
    };
    errors(&later) <= errors(after)
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
