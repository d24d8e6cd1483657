//! What pip prints of a conflict (PIP_RULES, section F), in short.

use super::{Asked, Conflict, Edge, Problem, Requirer, Wanted};
use crate::{
    order::{SortedMap, SortedSet},
    pep508::{ExtraName, ProjectName},
};

/// pip's own words for a conflict, innocent requirers included (rule 28).
#[must_use]
pub fn pip_message(problem: &Problem, conflict: &Conflict) -> String {
    let bounds: SortedMap<&ProjectName, Vec<String>> = conflict
        .causes
        .iter()
        .map(|cause| (&cause.project, bounds(problem, &cause.project)))
        .filter(|(_, bounds)| !bounds.is_empty())
        .collect();
    match conflict.causes.as_slice() {
        // A constraint counts as a second requirement (rule 30).
        [only] if bounds.is_empty() => {
            let parent = match &only.requirer {
                Requirer::Root(index) => {
                    problem.requirements.get(*index).map_or("", |root| &root.origin.label).to_owned()
                }
                Requirer::Package { project, .. } => project.to_string(),
            };
            let from = if parent.is_empty() { parent } else { format!(" (from {parent})") };
            let asked = asked(only);
            format!(
                "ERROR: Could not find a version that satisfies the requirement {asked}{from}\nERROR: No matching distribution found for {asked}"
            )
        }
        causes => {
            let names: SortedSet<String> = causes.iter().map(|cause| requirer(problem, cause)).collect();
            let names: Vec<String> = names.into_iter().collect();
            let mut lines: String =
                causes.iter().map(|cause| format!("\n    {}", line(problem, cause))).collect();
            for (project, clauses) in bounds {
                lines += &format!("\n    The user requested (constraint) {project}{}", clauses.join(","));
            }
            format!(
                "ERROR: Cannot install {} because these package versions have conflicting dependencies.\n\nThe conflict is caused by:{lines}",
                joined(&names)
            )
        }
    }
}

/// The clauses of all constraints on a project, sorted as pip prints them.
fn bounds(problem: &Problem, project: &ProjectName) -> Vec<String> {
    let of_project = problem.constraints.iter().filter(|constraint| constraint.requirement.name == *project);
    let clauses = of_project.map(|constraint| constraint.requirement.specifiers.to_string());
    let clauses: SortedSet<String> =
        clauses.flat_map(|text| text.split(',').map(str::to_owned).collect::<Vec<_>>()).collect();
    clauses.into_iter().filter(|clause| !clause.is_empty()).collect()
}

/// `A, B and C`.
fn joined(names: &[String]) -> String {
    match names {
        [] => String::new(),
        [only] => only.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

fn requirer(problem: &Problem, cause: &Edge) -> String {
    match &cause.requirer {
        Requirer::Root(index) => match problem.requirements.get(*index) {
            Some(root) => wanted(&root.wanted),
            None => asked(cause),
        },
        Requirer::Package { project, version, extras } => {
            // A package that a file asks for stands as that line of it.
            let asking = problem.requirements.iter().find(|root| match &root.wanted {
                Wanted::Name(requirement) => requirement.name == *project,
                Wanted::Direct(direct) => direct.artifact.project == *project,
            });
            match asking {
                Some(root) if !root.origin.label.is_empty() => root.origin.label.clone(),
                _ => format!("{project}{}=={version}", bracketed(extras)),
            }
        }
    }
}

/// `[socks,tls]`, or nothing.
fn bracketed<'a>(extras: impl IntoIterator<Item = &'a ExtraName>) -> String {
    let names: Vec<&str> = extras.into_iter().map(ExtraName::as_str).collect();
    if names.is_empty() { String::new() } else { format!("[{}]", names.join(",")) }
}

fn line(problem: &Problem, cause: &Edge) -> String {
    match &cause.requirer {
        Requirer::Root(index) => {
            let words = problem.requirements.get(*index).map(|root| wanted(&root.wanted));
            format!("The user requested {}", words.unwrap_or_else(|| asked(cause)))
        }
        Requirer::Package { project, version, extras } => {
            let extras = bracketed(extras);
            let text = asked(cause);
            // pip writes " and " before the last clause.
            let text = match text.rsplit_once(',') {
                Some((before, last)) => format!("{before} and {last}"),
                None => text,
            };
            format!("{project}{extras} {version} depends on {text}")
        }
    }
}

fn wanted(wanted: &Wanted) -> String {
    match wanted {
        Wanted::Name(requirement) => requirement.to_string(),
        Wanted::Direct(direct) => {
            format!("{} {} (from {})", direct.artifact.project, direct.artifact.version, direct.link)
        }
    }
}

fn asked(cause: &Edge) -> String {
    match &cause.asked {
        Asked::Name(requirement) => format!("{}{}", requirement.name_text, requirement.specifiers),
        Asked::File { version, .. } => format!("{} {version}", cause.project),
        Asked::Python(specifiers) => format!("Python {specifiers}"),
        Asked::Url(url) => url.clone(),
    }
}
