//! What rules about resolutions that fail have in common.

use crate::{
    findings::{CallFact, Facts, Finding, Party, PartyKind, Sentence, Severity, Verdict},
    resolve::{self, ConflictKind, Explanation},
};

/// A finding for every call whose failure is of the wanted kind.
pub(super) fn check(
    facts: &Facts<'_>,
    rule: &'static str,
    verdict: Verdict,
    is_kind: impl Fn(&ConflictKind, &CallFact<'_>) -> bool,
    message: impl Fn(&Explanation, &CallFact<'_>) -> String,
) -> Vec<Finding> {
    let failing = facts.calls.iter().filter_map(|fact| Some((fact, fact.explanation.as_ref()?)));
    failing
        .filter(|(fact, explanation)| is_kind(&explanation.kind, fact))
        .map(|(fact, explanation)| {
            let mut finding = finding(rule, verdict, message(explanation, fact), explanation, fact);
            if let Some(problem) = &fact.call.problem {
                let changes = resolve::changes(problem, facts.index, explanation);
                finding.hints = changes.iter().filter_map(hint).collect();
            }
            finding
        })
        .collect()
}

/// A finding that says what an explanation says.
pub(super) fn finding(
    rule: &'static str,
    verdict: Verdict,
    message: String,
    explanation: &Explanation,
    fact: &CallFact<'_>,
) -> Finding {
    let location = fact.location();
    let guilty: Vec<Party> = explanation.guilty.iter().map(party).collect();
    let related = guilty.iter().filter_map(|party| party.location).filter(|place| *place != location);
    Finding {
        why: explanation
            .chain
            .iter()
            .map(|sentence| Sentence::new(sentence.text.clone(), sentence.location))
            .collect(),
        project: Some(explanation.project.clone()),
        at: Some(fact.at),
        related: related.collect(),
        innocent: explanation.innocent.iter().map(party).collect(),
        guilty,
        ..Finding::new(rule, Some(verdict), Severity::Error, message, location)
    }
}

fn party(party: &resolve::Party) -> Party {
    Party {
        kind: match party.kind {
            resolve::PartyKind::Requirement => PartyKind::Requirement,
            resolve::PartyKind::Constraint => PartyKind::Constraint,
            resolve::PartyKind::File => PartyKind::File,
            resolve::PartyKind::Installed => PartyKind::Installed,
        },
        requirer: party.requirer.clone(),
        specifier: party.specifier.clone(),
        location: party.location,
    }
}

/// What would have to change, in words.
fn hint(change: &resolve::Change) -> Option<String> {
    let project = &change.project;
    let versions = match (&change.below, &change.above) {
        (Some(below), Some(above)) => format!("{project} {below} or {above}"),
        (Some(version), None) | (None, Some(version)) => format!("{project} {version}"),
        (None, None) => return None,
    };
    Some(match &change.current {
        Some(current) => format!("With {versions} instead of {current}, everything can be had together."),
        None => format!("With {versions}, everything can be had together."),
    })
}
