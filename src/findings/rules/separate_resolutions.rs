use super::Rule;
use crate::{
    findings::{CallFact, Facts, Finding, Sentence, Severity},
    order::{SortedMap, SortedSet},
    pep440::Version,
    pep508::ProjectName,
    simulate::{Origin, parent},
    text::Location,
};

/// Several runs filled one folder, each resolving alone, and it holds two versions of a project
/// (PIP_RULES 14). Where that fails, `duplicate-wheels` says so.
pub(super) const RULE: Rule =
    Rule { id: "separate-resolutions", page: page!("separate-resolutions.md"), check };

fn check(facts: &Facts<'_>) -> Vec<Finding> {
    let mut seen: SortedSet<(usize, String)> = SortedSet::new();
    let mut findings = Vec::new();
    for fact in facts.calls.iter().filter(|fact| fact.call.exit_code == Some(0)) {
        for (folder, projects) in pools(fact) {
            if !seen.insert((fact.at.stage, folder.clone())) {
                continue;
            }
            findings.extend(finding(facts, fact, &folder, &projects));
        }
    }
    findings
}

type Pool = SortedMap<ProjectName, SortedMap<Version, Origin>>;

/// By folder that a call picks from: the versions of each project in it, and who wrote them.
fn pools(fact: &CallFact<'_>) -> SortedMap<String, Pool> {
    let mut pools: SortedMap<String, Pool> = SortedMap::new();
    let files = fact.call.problem.iter().flat_map(|problem| &problem.find_links);
    for file in files {
        let Some(entry) = fact.before.files.resolved(&file.path) else { continue };
        let versions = pools.entry(parent(&file.path).to_owned()).or_default();
        let versions = versions.entry(file.artifact.project.clone()).or_default();
        versions.insert(file.artifact.version.clone(), entry.origin);
    }
    pools
}

fn finding(facts: &Facts<'_>, fact: &CallFact<'_>, folder: &str, pool: &Pool) -> Option<Finding> {
    let writers = |versions: &SortedMap<Version, Origin>| -> Vec<(String, Location)> {
        let calls = versions.iter().filter_map(|(version, origin)| {
            let fact = facts.call(origin.stage, origin.step?, origin.call?)?;
            Some((version.to_string(), fact.location()))
        });
        calls.collect()
    };
    let several: Vec<(&ProjectName, Vec<(String, Location)>)> = pool
        .iter()
        .map(|(project, versions)| (project, writers(versions)))
        .filter(|(_, writers)| {
            writers.iter().any(|(_, place)| Some(place) != writers.first().map(|(_, first)| first))
        })
        .collect();
    let (project, writers) = several.first()?;
    let versions: Vec<&str> = writers.iter().map(|(version, _)| version.as_str()).collect();
    let more = match several.len() {
        1 => String::new(),
        2 => ", and one more project twice".to_owned(),
        n => format!(", and {} more projects twice", n - 1),
    };
    let message = format!(
        "{folder} holds {project} {}{more}, because runs that fill it resolve alone.",
        versions.join(" and ")
    );
    let why: Vec<Sentence> = writers
        .iter()
        .map(|(version, place)| {
            Sentence::new(format!("{} wrote {project} {version}.", facts.place(*place)), Some(*place))
        })
        .collect();
    let (_, location) = writers.last()?;
    Some(Finding {
        project: Some((*project).clone()),
        at: Some(fact.at),
        related: why.iter().filter_map(|sentence| sentence.location).collect(),
        why,
        hints: vec!["Fill the folder in one run, or give every run the same -c.".to_owned()],
        ..Finding::new(RULE.id, None, Severity::Info, message, *location)
    })
}
