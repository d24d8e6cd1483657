use super::{
    Rule,
    conflict::{self, Cause},
};
use crate::{
    findings::{Facts, Finding, Sentence},
    simulate::file_name,
};

/// A step removes wheels, and nothing puts the project back (PIP_RULES, section D; E06).
pub(super) const RULE: Rule =
    Rule { id: "wheels-removed-not-replaced", page: include_str!("wheels-removed-not-replaced.md"), check };

fn check(facts: &Facts<'_>) -> Vec<Finding> {
    let mut findings = conflict::check(facts, RULE.id, Cause::WheelsRemoved, |explanation, _| {
        let (project, asks) = (&explanation.project, conflict::parties(&explanation.guilty));
        format!("The {project} wheels are removed and nothing puts {project} back, but {asks} needs it.")
    });
    for finding in &mut findings {
        let fact = facts.calls.iter().find(|fact| Some(fact.at) == finding.at);
        let removal = fact.and_then(|fact| conflict::removed_wheel(facts, fact, fact.explanation.as_ref()?));
        let Some((path, at)) = removal else { continue };
        let step = facts.build.stages.get(at.stage).and_then(|stage| stage.steps.get(at.step));
        let Some(location) = step.map(|step| step.location) else { continue };
        let text = format!("{} removes {}.", facts.place(location), file_name(&path));
        finding.why.insert(0, Sentence::new(text, Some(location)));
        finding.related.push(location);
    }
    findings
}
