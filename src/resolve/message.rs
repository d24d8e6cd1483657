//! What pip prints of a conflict (PIP_RULES, section F), in short.

use super::{Asked, Conflict, Edge, Problem, Requirer, Wanted};

/// pip's own words for a conflict, innocent requirers included (rule 28).
#[must_use]
pub fn pip_message(problem: &Problem, conflict: &Conflict) -> String {
    match conflict.causes.as_slice() {
        [only] => {
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
            let mut names: Vec<String> = Vec::new();
            for name in causes.iter().map(|cause| requirer(problem, cause)) {
                if !names.contains(&name) {
                    names.push(name);
                }
            }
            let lines: String =
                causes.iter().map(|cause| format!("\n    {}", line(problem, cause))).collect();
            format!(
                "ERROR: Cannot install {} because these package versions have conflicting dependencies.\n\nThe conflict is caused by:{lines}",
                joined(&names)
            )
        }
    }
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
            Some(root) if !root.origin.label.is_empty() => root.origin.label.clone(),
            Some(root) => wanted(&root.wanted),
            None => asked(cause),
        },
        Requirer::Package { project, version, .. } => format!("{project}=={version}"),
    }
}

fn line(problem: &Problem, cause: &Edge) -> String {
    match &cause.requirer {
        Requirer::Root(index) => {
            let words = problem.requirements.get(*index).map(|root| wanted(&root.wanted));
            format!("The user requested {}", words.unwrap_or_else(|| asked(cause)))
        }
        Requirer::Package { project, version, extras } => {
            let extras: Vec<&str> = extras.iter().map(|extra| extra.as_str()).collect();
            let extras = if extras.is_empty() { String::new() } else { format!("[{}]", extras.join(",")) };
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
