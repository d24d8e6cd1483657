use super::Rule;
use crate::{
    findings::{Facts, Finding, Severity, StepId},
    order::SortedMap,
    pep440::Specifier,
    pep508::{ProjectName, Requirement},
    resolve::Wanted,
    text::{FileId, Location},
};

/// Requirements without a pin: another day may bring other versions. One finding a file, and only
/// for a build that works.
pub(super) const RULE: Rule = Rule { id: "will-drift", page: page!("will-drift.md"), check };

/// The tools that build and install; most people want the newest of these.
const TOOLS: [&str; 7] = ["pip", "setuptools", "wheel", "uv", "poetry", "pipenv", "virtualenv"];

fn check(facts: &Facts<'_>) -> Vec<Finding> {
    if !facts.succeeds() {
        return Vec::new();
    }
    let mut files: Vec<(FileId, Loose)> = Vec::new();
    for fact in &facts.calls {
        let Some(problem) = &fact.call.problem else { continue };
        if problem.indexes.is_empty() || fact.call.exit_code != Some(0) {
            continue;
        }
        let bounds: Vec<&ProjectName> = problem
            .constraints
            .iter()
            .filter(|constraint| is_pinned(&constraint.requirement))
            .map(|constraint| &constraint.requirement.name)
            .collect();
        for root in &problem.requirements {
            let (Wanted::Name(requirement), Some(location)) = (&root.wanted, root.origin.location) else {
                continue;
            };
            let loose = !is_pinned(requirement)
                && !bounds.contains(&&requirement.name)
                && !TOOLS.contains(&requirement.name.as_str());
            if loose {
                let position = files.iter().position(|(file, _)| *file == location.file);
                match position.and_then(|position| files.get_mut(position)) {
                    Some((_, loose)) => {
                        loose.projects.entry(requirement.name.clone()).or_insert(location);
                    }
                    None => {
                        let projects = SortedMap::from([(requirement.name.clone(), location)]);
                        files.push((location.file, Loose { at: fact.at, first: location, projects }));
                    }
                }
            }
        }
    }
    files.into_iter().map(|(file, loose)| finding(facts, file, &loose)).collect()
}

struct Loose {
    at: StepId,
    first: Location,
    projects: SortedMap<ProjectName, Location>,
}

/// `==1.0` and `===1.0`, and not `==1.*`.
fn is_pinned(requirement: &Requirement) -> bool {
    requirement.url.is_some() || requirement.specifiers.clauses().iter().any(Specifier::is_pin)
}

fn finding(facts: &Facts<'_>, file: FileId, loose: &Loose) -> Finding {
    let names: Vec<&str> = loose.projects.keys().map(ProjectName::as_str).collect();
    let names = match names.as_slice() {
        [one] => (*one).to_owned(),
        [a, b] => format!("{a} and {b}"),
        [a, b, rest @ ..] => format!("{a}, {b} and {} more", rest.len()),
        [] => String::new(),
    };
    let path = facts.sources.get(file).map_or("", |file| file.path.as_str());
    let message = format!("{path} does not pin {names}: on another day, this build may get other versions.");
    let related = loose.projects.values().copied().filter(|location| *location != loose.first);
    Finding {
        at: Some(loose.at),
        related: related.collect(),
        hints: vec!["Pin versions with ==, or pass a lock of all of them with -c.".to_owned()],
        ..Finding::new(RULE.id, None, Severity::Info, message, loose.first)
    }
}
