use super::{
    Rule,
    conflict::{self, Cause},
    duplicate_wheels::requirement_on,
};
use crate::{
    findings::{CallFact, Facts, Finding, Party, PartyKind, Sentence},
    pep508::ProjectName,
    resolve::Wanted,
    simulate::file_name,
};

/// A step removes wheels, and nothing puts the project back (PIP_RULES, section D; E06).
pub(super) const RULE: Rule =
    Rule { id: "wheels-removed-not-replaced", page: page!("wheels-removed-not-replaced.md"), check };

fn check(facts: &Facts<'_>) -> Vec<Finding> {
    let mut findings = conflict::check(facts, RULE.id, Cause::WheelsRemoved, |explanation, fact| {
        let project = &explanation.project;
        let named = needing(fact, project);
        let named = if named.is_empty() { explanation.guilty.clone() } else { named };
        let asks = conflict::parties(&named);
        format!(
            "The {project} wheels are removed and nothing puts {project} back, but it is asked for by {asks}."
        )
    });
    for finding in &mut findings {
        let fact = facts.calls.iter().find(|fact| Some(fact.at) == finding.at);
        let Some(explanation) = fact.and_then(|fact| fact.explanation.as_ref()) else { continue };
        let removal = fact.and_then(|fact| conflict::removed_wheel(facts, fact, explanation));
        let Some((path, at)) = removal else { continue };
        let step = facts.build.stages.get(at.stage).and_then(|stage| stage.steps.get(at.step));
        let Some(location) = step.map(|step| step.location) else { continue };
        let text = format!("{} removes {}.", facts.place(location), file_name(&path));
        finding.why.insert(0, Sentence::new(text, Some(location)));
        // Whoever needs the project needs it still; only the removal can go.
        let needs = std::mem::take(&mut finding.guilty);
        finding.innocent.extend(needs);
        let others = fact.map_or_else(Vec::new, |fact| needing(fact, &explanation.project));
        for other in others {
            if !finding.innocent.iter().any(|known| known.requirer == other.requirer) {
                finding.innocent.push(other);
            }
        }
        finding.guilty.push(Party::new(
            PartyKind::Run,
            facts.sources.slice(location).lines().next().unwrap_or("").to_owned(),
            String::new(),
            Some(location),
        ));
        finding.related.push(location);
    }
    findings
}

/// Who among the files that a call demands needs a project: pip names only the first.
fn needing(fact: &CallFact<'_>, project: &ProjectName) -> Vec<Party> {
    let Some(problem) = &fact.call.problem else { return Vec::new() };
    let markers = problem.target.environment();
    let parties = problem.requirements.iter().filter_map(|root| {
        let Wanted::Direct(direct) = &root.wanted else { return None };
        let requirement = requirement_on(&direct.artifact, project, &markers)?;
        let requirer = format!("{} {}", direct.artifact.project, direct.artifact.version);
        let specifier = requirement.specifiers.to_string();
        Some(Party::new(PartyKind::Requirement, requirer, specifier, root.origin.location))
    });
    parties.collect()
}
