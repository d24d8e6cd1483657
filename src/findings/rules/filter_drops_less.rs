use super::{
    Rule,
    filters::{Filter, filters},
};
use crate::{
    findings::{Facts, Finding, Sentence, Severity},
    pep440::Prereleases,
    simulate::State,
};

/// A filter misses lines it means, or the project comes back because others need it
/// (PIP_RULES 18; E36, E36b).
pub(super) const RULE: Rule = Rule { id: "filter-drops-less", page: page!("filter-drops-less.md"), check };

fn check(facts: &Facts<'_>) -> Vec<Finding> {
    let end = facts.end(facts.build.target_stage).filter(|_| facts.succeeds());
    let filters = filters(facts);
    filters
        .iter()
        .filter_map(|filter| missed(facts, filter).or_else(|| comes_back(facts, filter, end?)))
        .collect()
}

/// ` numpy` and `NumPy` are numpy too.
fn missed(facts: &Facts<'_>, filter: &Filter<'_>) -> Option<Finding> {
    let line = filter.kept.iter().find(|line| line.requirement.name == filter.meant)?;
    let place = line.origin.map_or_else(|| filter.path.clone(), |origin| facts.place(origin));
    let message = format!(
        "The pattern {} misses the line {:?}, which is {} too.",
        filter.pattern, line.text, filter.meant
    );
    let why = Sentence::new(format!("{place} asks for {}.", line.requirement), line.origin);
    Some(Finding {
        project: Some(filter.meant.clone()),
        at: Some(filter.at),
        related: line.origin.into_iter().collect(),
        why: vec![why],
        hints: vec!["Match names whatever their case: grep -vi.".to_owned()],
        ..Finding::new(RULE.id, None, Severity::Warning, message, filter.location)
    })
}

/// The line is gone, and with it the bound; the project comes with another package.
fn comes_back(facts: &Facts<'_>, filter: &Filter<'_>, end: &State) -> Option<Finding> {
    let line = filter.dropped.iter().find(|line| line.requirement.name == filter.meant)?;
    let (version, package) = end.environments.values().find_map(|environment| {
        let package = environment.packages.get(&filter.meant)?.last()?;
        let suits = line.requirement.specifiers.contains(&package.version, Prereleases::Allow);
        (!suits && !package.requested).then_some((&package.version, package))
    })?;
    let by = package.requested_by.first().map_or_else(String::new, |by| format!(", for {by}"));
    let message =
        format!("The filter drops {}, yet {} {version} comes back{by}.", line.requirement, filter.meant);
    let origin = package.origin;
    let writer = origin.step.zip(origin.call).and_then(|(step, call)| facts.call(origin.stage, step, call));
    let why: Vec<Sentence> = writer
        .map(|fact| {
            let text = format!("{} installed {} {version}.", facts.place(fact.location()), filter.meant);
            Sentence::new(text, Some(fact.location()))
        })
        .into_iter()
        .collect();
    Some(Finding {
        project: Some(filter.meant.clone()),
        at: Some(filter.at),
        related: line.origin.into_iter().chain(why.iter().filter_map(|sentence| sentence.location)).collect(),
        why,
        hints: vec![format!("Keep the bound as a constraint: put {} into a file for -c.", line.requirement)],
        ..Finding::new(RULE.id, None, Severity::Warning, message, filter.location)
    })
}
