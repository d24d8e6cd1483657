//! What rules about source archives that cannot be built have in common.

use super::sentence;
use crate::{
    findings::{CallFact, Facts, Finding, Party, PartyKind, Sentence, Severity, Verdict},
    pep440::Version,
    pep508::ProjectName,
    resolve::Wanted,
    simulate::{BuildNeed, Failure},
};

/// A finding for every build that fails for want of something of this kind.
pub(super) fn check(
    facts: &Facts<'_>,
    rule: &'static str,
    is_kind: fn(&BuildNeed) -> bool,
    message: impl Fn(&ProjectName, &Version) -> String,
) -> Vec<Finding> {
    facts
        .calls
        .iter()
        .filter_map(|fact| {
            let Some(Failure::Build { project, version, lacks }) = &fact.call.failure else { return None };
            if !is_kind(lacks) {
                return None;
            }
            let location = fact.location();
            let asked = asked_at(fact, project);
            Some(Finding {
                project: Some(project.clone()),
                at: Some(fact.at),
                why: vec![Sentence::new(
                    sentence(&lacks.sentence(project, version)),
                    asked.or(Some(location)),
                )],
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
