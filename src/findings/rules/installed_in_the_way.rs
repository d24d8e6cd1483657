use super::{
    Rule,
    conflict::{self, Cause},
};
use crate::{
    findings::{CallFact, Facts, Finding, Party, PartyKind, Sentence},
    resolve::{ConflictKind, Explanation, Unavailable},
};

/// What is installed does not suit, and nothing offers another version (PIP_RULES 11; E08, E30).
pub(super) const RULE: Rule =
    Rule { id: "installed-in-the-way", page: page!("installed-in-the-way.md"), check };

fn check(facts: &Facts<'_>) -> Vec<Finding> {
    let mut findings = conflict::check(facts, RULE.id, Cause::InTheWay, |explanation, _| {
        let (project, asks) = (&explanation.project, conflict::parties(&explanation.guilty));
        let version = installed(explanation);
        format!("{project} {version} is installed and does not suit {asks}, and nothing offers another.")
    });
    for finding in &mut findings {
        let fact = facts.calls.iter().find(|fact| Some(fact.at) == finding.at);
        if let Some((fact, explanation)) = fact.and_then(|fact| Some((fact, fact.explanation.as_ref()?))) {
            add_installed(facts, fact, explanation, finding);
        }
    }
    findings
}

fn installed(explanation: &Explanation) -> String {
    match &explanation.kind {
        ConflictKind::Unavailable(Unavailable::InstalledInTheWay(version)) => version.to_string(),
        _ => String::new(),
    }
}

/// Who put it there.
fn add_installed(facts: &Facts<'_>, fact: &CallFact<'_>, explanation: &Explanation, finding: &mut Finding) {
    let project = &explanation.project;
    let environments = fact.call.environment.iter().filter_map(|root| fact.before.environments.get(root));
    let Some(package) =
        environments.filter_map(|environment| environment.packages.get(project)?.last()).next()
    else {
        return;
    };
    let origin = package.origin;
    let writer = origin.step.zip(origin.call).and_then(|(step, call)| facts.call(origin.stage, step, call));
    let location = writer.map(|writer| writer.location()).or(package.location);
    if let Some(location) = location {
        let line = facts.place(location);
        let by = package.requested_by.first().map_or_else(String::new, |by| format!(" for {by}"));
        let text = format!("{line} installed {project} {}{by}.", package.version);
        finding.why.insert(0, Sentence::new(text, Some(location)));
        finding.related.push(location);
    }
    finding.guilty.push(Party::new(
        PartyKind::Installed,
        format!("{project} {}", package.version),
        String::new(),
        location,
    ));
}
