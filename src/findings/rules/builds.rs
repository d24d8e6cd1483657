//! What rules about source archives that cannot be built have in common.

use crate::{
    findings::{CallFact, Facts, Finding, Party, PartyKind, Sentence, Severity, Verdict},
    pep440::Version,
    pep508::ProjectName,
    resolve::Wanted,
    simulate::Failure,
};

/// A finding for every build that fails; `offline` where that is for want of an index.
pub(super) fn check(
    facts: &Facts<'_>,
    rule: &'static str,
    offline: bool,
    message: impl Fn(&ProjectName, &Version) -> String,
) -> Vec<Finding> {
    facts
        .calls
        .iter()
        .filter_map(|fact| {
            let Some(Failure::Build { project, version, reason }) = &fact.call.failure else { return None };
            if lacks_backend(fact) != offline {
                return None;
            }
            let location = fact.location();
            let asked = asked_at(fact, project);
            Some(Finding {
                project: Some(project.clone()),
                at: Some(fact.at),
                why: vec![Sentence::new(capital(reason), asked.or(Some(location)))],
                guilty: vec![Party::new(
                    PartyKind::Requirement,
                    format!("{project} {version}"),
                    String::new(),
                    asked,
                )],
                ..Finding::new(
                    rule,
                    Some(Verdict::Unavailable),
                    Severity::Error,
                    message(project, version),
                    location,
                )
            })
        })
        .collect()
}

/// No index, and no folder with setuptools.
fn lacks_backend(fact: &CallFact<'_>) -> bool {
    fact.call.problem.as_ref().is_some_and(|problem| {
        let offered = problem.find_links.iter().any(|file| file.artifact.project.as_str() == "setuptools");
        problem.indexes.is_empty() && !offered
    })
}

/// The words that ask for the project.
fn asked_at(fact: &CallFact<'_>, project: &ProjectName) -> Option<crate::text::Location> {
    let problem = fact.call.problem.as_ref()?;
    let mut roots = problem.requirements.iter();
    let named = roots.find(|root| match &root.wanted {
        Wanted::Name(requirement) => requirement.name == *project,
        Wanted::Direct(direct) => direct.artifact.project == *project,
    });
    named?.origin.location
}

fn capital(reason: &str) -> String {
    let mut letters = reason.chars();
    let first = letters.next().map(|first| first.to_uppercase().collect::<String>()).unwrap_or_default();
    format!("{first}{}.", letters.as_str())
}
