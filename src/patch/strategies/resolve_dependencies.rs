use super::{
    Strategy,
    wheelhouse::{lacking_offline, writers},
};
use crate::{
    patch::{
        Candidate, Change,
        diagnosis::Diagnosis,
        edit::{CallSite, without_word},
    },
    pep508::ProjectName,
};

/// Without `--no-deps`, pip sees what is missing: in the install itself, or in the runs that fill
/// the folder of wheels from which it lacks something.
pub(super) const STRATEGY: Strategy = Strategy { id: "resolve-dependencies", candidates };

fn candidates(diagnosis: &Diagnosis<'_>) -> Vec<Candidate> {
    let mut candidates = Vec::new();
    let candidate =
        |finding: usize, project: Option<&ProjectName>, title: String, changes: Vec<Change>, why| Candidate {
            strategy: STRATEGY.id,
            title,
            why,
            changes,
            finding,
            means: project.into_iter().cloned().collect(),
            moves: Vec::new(),
        };
    for (index, finding) in diagnosis.wrong().filter(|(_, finding)| finding.rule == "no-deps-hides") {
        let Some(site) = diagnosis.site_of(finding) else { continue };
        let why = "pip then brings what the packages require.".to_owned();
        let Some(change) = with_dependencies(diagnosis, site, &why) else { continue };
        let title = "Install with dependencies".to_owned();
        candidates.push(candidate(index, finding.project.as_ref(), title, vec![change], why));
    }
    for failure in lacking_offline(diagnosis) {
        let why = "What the wheels require is then among them.".to_owned();
        let runs = writers(diagnosis, failure).into_iter();
        let changes: Vec<(u32, Change)> = runs
            .filter_map(|run| Some((run.line(diagnosis.analysis), with_dependencies(diagnosis, run, &why)?)))
            .collect();
        let project = &failure.explanation.project;
        for (line, change) in &changes {
            let title = format!("Build the wheels of line {line} with their dependencies");
            candidates.push(candidate(
                failure.finding,
                Some(project),
                title,
                vec![change.clone()],
                why.clone(),
            ));
        }
        if changes.len() > 1 {
            let title = "Build all wheels with their dependencies".to_owned();
            let changes = changes.into_iter().map(|(_, change)| change).collect();
            candidates.push(candidate(failure.finding, Some(project), title, changes, why));
        }
    }
    candidates
}

fn with_dependencies(diagnosis: &Diagnosis<'_>, site: CallSite<'_>, why: &str) -> Option<Change> {
    Some(without_word(diagnosis.analysis, site.word("--no-deps")?.place?, why))
}
