use super::{
    Strategy,
    wheelhouse::{demanded_at_hand, shell_word, state_before},
};
use crate::{
    patch::{
        Candidate,
        diagnosis::{Diagnosis, Failure},
        edit::CallSite,
        requirement::as_specifiers,
    },
    resolve::ConflictKind,
};

/// The run that fills the folder of wheels is asked for what an offline install lacks.
pub(super) const STRATEGY: Strategy = Strategy { id: "supply-wheel", candidates };

fn candidates(diagnosis: &Diagnosis<'_>) -> Vec<Candidate> {
    let mut candidates = Vec::new();
    let offline = diagnosis.failures.iter().filter(|failure| failure.problem.indexes.is_empty());
    let lacking = |kind: &ConflictKind| matches!(kind, ConflictKind::Unavailable(_));
    for failure in offline.filter(|failure| lacking(&failure.explanation.kind)) {
        let project = &failure.explanation.project;
        let range = demanded_at_hand(failure.problem, project);
        let Some(specifiers) = as_specifiers(&range).or_else(|| range.is_full().then(String::new)) else {
            continue;
        };
        let wanted = format!("{project}{specifiers}");
        for run in writers(diagnosis, failure) {
            let why = format!("The {project} that the offline install needs is then among the wheels.");
            let Some(change) = run.with_word(&shell_word(&wanted), &why) else { continue };
            let line = run.line(diagnosis.analysis);
            candidates.push(Candidate {
                strategy: STRATEGY.id,
                title: format!("Ask for {wanted} in the run of line {line} too"),
                changes: vec![change],
                why,
                finding: failure.finding,
                means: vec![project.clone()],
            });
        }
    }
    candidates
}

/// The runs that wrote the wheels at hand, and that may ask an index.
fn writers<'a>(diagnosis: &Diagnosis<'a>, failure: &Failure<'a>) -> Vec<CallSite<'a>> {
    let Some(state) = state_before(diagnosis.analysis, failure.site) else { return Vec::new() };
    let files = failure.problem.find_links.iter();
    let origins: Vec<_> = files.filter_map(|file| Some(state.files.resolved(&file.path)?.origin)).collect();
    let may_ask =
        |site: &CallSite<'_>| site.call.problem.as_ref().is_some_and(|problem| !problem.indexes.is_empty());
    let sites = diagnosis.sites.iter().copied();
    sites.filter(|site| may_ask(site) && origins.iter().any(|origin| site.wrote(*origin))).collect()
}
