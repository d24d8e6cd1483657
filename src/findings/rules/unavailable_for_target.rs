use super::{
    Rule,
    conflict::{self, Cause},
};
use crate::{
    findings::{CallFact, Facts, Finding, Party, PartyKind, Severity, Verdict},
    index::{ArtifactKind, parse_file_name},
    resolve::{ConflictKind, Unavailable},
    simulate::{Failure, file_name},
};

/// What suits is for another Python or platform (PIP_RULES 20 and 21).
pub(super) const RULE: Rule =
    Rule { id: "unavailable-for-target", page: page!("unavailable-for-target.md"), check };

fn check(facts: &Facts<'_>) -> Vec<Finding> {
    let mut findings = conflict::check(facts, RULE.id, Cause::NotForTarget, |explanation, fact| {
        let project = &explanation.project;
        let target = fact.call.problem.as_ref().map(|problem| problem.target);
        let python = target.map_or_else(|| "another".to_owned(), |target| target.python.to_string());
        match &explanation.kind {
            ConflictKind::Unavailable(Unavailable::RequiresPython { specifiers, .. })
                if project.as_str() == "python" =>
            {
                let requirer = explanation.guilty.first().map_or("A package", |party| &party.requirer);
                format!("{requirer} requires Python {specifiers}, and this stage has {python}.")
            }
            ConflictKind::Unavailable(Unavailable::RequiresPython { version, specifiers }) => {
                format!("{project} {version} requires Python {specifiers}, and this stage has {python}.")
            }
            _ => {
                let asks = conflict::parties(&explanation.guilty);
                let target = target.map_or_else(String::new, |target| format!(" for {target}"));
                format!("There is no file of {project}{target} that suits {asks}.")
            }
        }
    });
    findings.extend(facts.calls.iter().filter_map(unsupported_file));
    findings
}

/// `numpy-1.26.4-cp311-....whl is not a supported wheel on this platform`.
fn unsupported_file(fact: &CallFact<'_>) -> Option<Finding> {
    let Some(Failure::UnsupportedWheel { path, location }) = &fact.call.failure else { return None };
    let name = file_name(path);
    let file = parse_file_name(name)?;
    let tags = match &file.kind {
        ArtifactKind::Wheel(tags) => tags.to_string(),
        ArtifactKind::Sdist => String::new(),
    };
    let environment = fact.call.environment.as_ref().and_then(|root| fact.before.environments.get(root));
    let python = environment.and_then(|environment| environment.python);
    let python = python.map_or_else(|| "this Python".to_owned(), |python| format!("Python {python}"));
    let platform = fact.before.platform;
    let message = format!("{name} is for {tags}, and pip refuses it on {python}, {platform}.");
    let location = location.unwrap_or_else(|| fact.location());
    Some(Finding {
        project: Some(file.project),
        at: Some(fact.at),
        guilty: vec![Party::new(PartyKind::File, path.clone(), String::new(), Some(location))],
        ..Finding::new(RULE.id, Some(Verdict::Unavailable), Severity::Error, message, location)
    })
}
