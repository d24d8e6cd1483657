use super::Rule;
use crate::{
    findings::{CallFact, Facts, Finding, Party, PartyKind, Sentence, Severity, Verdict},
    pep440::Version,
    pep508::ProjectName,
    simulate::Change,
};

/// A `+cu124` build is swapped for the plain one, with exit code 0 and no warning (PIP_RULES 10;
/// E29).
pub(super) const RULE: Rule = Rule { id: "local-build-lost", page: page!("local-build-lost.md"), check };

fn check(facts: &Facts<'_>) -> Vec<Finding> {
    facts
        .calls
        .iter()
        .flat_map(|fact| {
            fact.call.changes.iter().filter_map(move |change| match change {
                Change::Install { project, version, replaced } if version.local().is_empty() => {
                    let lost = replaced.iter().find(|before| !before.local().is_empty())?;
                    Some((fact, project, version, lost))
                }
                _ => None,
            })
        })
        .filter(|(fact, project, ..)| !comes_back(facts, fact, project))
        .map(|(fact, project, version, lost)| finding(facts, fact, project, version, lost))
        .collect()
}

/// A later step puts such a build there again.
fn comes_back(facts: &Facts<'_>, fact: &CallFact<'_>, project: &ProjectName) -> bool {
    let end = facts.end(fact.at.stage);
    let environment = end.and_then(|end| end.environments.get(fact.call.environment.as_ref()?));
    let packages = environment.and_then(|environment| environment.packages.get(project));
    packages.into_iter().flatten().any(|package| !package.version.local().is_empty())
}

fn finding(
    facts: &Facts<'_>,
    fact: &CallFact<'_>,
    project: &ProjectName,
    version: &Version,
    lost: &Version,
) -> Finding {
    let environment = fact.call.environment.as_ref();
    let package =
        environment.and_then(|root| fact.after.environments.get(root)?.packages.get(project)?.last());
    let asked = package.and_then(|package| package.requested_by.first());
    let asked_at = package.and_then(|package| package.location);
    let had = environment.and_then(|root| fact.before.environments.get(root)?.packages.get(project)?.last());
    let mut why = Vec::new();
    let first = had.and_then(|package| {
        let origin = package.origin;
        facts.call(origin.stage, origin.step?, origin.call?)
    });
    if let Some(first) = first {
        let location = first.location();
        let text = format!("{} installed {project} {lost}.", facts.place(location));
        why.push(Sentence::new(text, Some(location)));
    }
    let asked = asked.map_or_else(String::new, |asked| format!(" for {asked}"));
    let text = format!("{} installed {project} {version} over it{asked}.", facts.place(fact.location()));
    why.push(Sentence::new(text, asked_at.or(Some(fact.location()))));
    let message = format!("The build {project} {lost} is swapped for the plain {version}. pip exits with 0.");
    Finding {
        project: Some(project.clone()),
        at: Some(fact.at),
        related: why.iter().filter_map(|sentence| sentence.location).collect(),
        why,
        guilty: vec![Party::new(
            PartyKind::Run,
            fact.call.command.clone(),
            format!("{project} {version}"),
            Some(fact.location()),
        )],
        hints: vec![format!(
            "Keep {project} out of this run, or install by name: {project} {lost} then stays."
        )],
        ..Finding::new(RULE.id, Some(Verdict::Broken), Severity::Error, message, fact.location())
    }
}
