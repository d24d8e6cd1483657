use super::{
    Rule,
    conflict::{self, Cause},
};
use crate::findings::{Facts, Finding, Party, PartyKind, Sentence};

/// A constraint that comes when the wheels are already built (PIP_RULES 16).
pub(super) const RULE: Rule = Rule { id: "late-constraint", page: page!("late-constraint.md"), check };

fn check(facts: &Facts<'_>) -> Vec<Finding> {
    let mut findings = conflict::check(facts, RULE.id, Cause::LateConstraint, |explanation, _| {
        let project = &explanation.project;
        format!("The constraint on {project} comes too late: the wheels were built without it.")
    });
    for finding in &mut findings {
        let fact = facts.calls.iter().find(|fact| Some(fact.at) == finding.at);
        let Some((fact, explanation)) = fact.and_then(|fact| Some((fact, fact.explanation.as_ref()?))) else {
            continue;
        };
        let Some(writer) = conflict::late_constraint(facts, fact, explanation) else { continue };
        let (location, project) = (writer.location(), &explanation.project);
        let text = format!("{} wrote the {project} wheel, and has no -c.", facts.place(location));
        finding.why.insert(0, Sentence::new(text, Some(location)));
        finding.related.push(location);
        finding.guilty.insert(
            0,
            Party::new(PartyKind::Run, writer.call.command.clone(), String::new(), Some(location)),
        );
    }
    findings
}
