//! Packages go.

use super::{gather, outcome::Stop, request::Context};
use crate::{
    pep508::{ProjectName, Requirement},
    resolve::{Resolution, Tool},
    simulate::{CallRun, Change, State},
    syntax::command::Argument,
};

/// `pip uninstall`: what is not installed is passed over with a warning.
pub(in crate::simulate) fn remove(
    words: &[Argument],
    yes: bool,
    tool: &Tool,
    state: &mut State,
    context: &Context<'_>,
    record: &mut CallRun,
) -> Result<(), Stop> {
    if !state.environments.contains_key(context.environment) {
        let reason = format!("the environment {} is not known", context.environment);
        return Err(Stop::unknown(reason, context.location));
    }
    for word in words {
        let Ok(requirement) = word.as_str().parse::<Requirement>() else {
            return Err(Stop::usage(format!("Invalid requirement: '{}'", word.as_str()), word.place));
        };
        let root = match tool {
            Tool::Pip(_) => gather::uninstalled_from(state, context.environment, &requirement.name),
            Tool::Uv => Some(context.environment.to_owned()),
        };
        let Some(environment) = root.and_then(|root| state.environments.get_mut(&root)) else { continue };
        let Some(packages) = environment.packages.get_mut(&requirement.name) else { continue };
        if !yes {
            let message = "pip uninstall asks \"Proceed (Y/n)?\" and gets no answer: give -y";
            return Err(Stop::usage(message, word.place));
        }
        // One run removes one copy.
        let removed = packages.pop();
        if packages.is_empty() {
            environment.packages.remove(&requirement.name);
        }
        let change = |version| Change::Uninstall { project: requirement.name.clone(), version };
        record.changes.extend(removed.map(|package| change(package.version)));
    }
    Ok(())
}

/// `uv pip sync`: what the resolution does not hold goes, uv's own tools included.
pub(in crate::simulate) fn keep_only(state: &mut State, context: &Context<'_>, record: &mut CallRun) {
    let Some(Resolution::Selected(selection)) = record.resolution.as_deref() else { return };
    let Some(environment) = state.environments.get_mut(context.environment) else { return };
    // "uv pip sync" leaves pip, setuptools and wheel of a seeded environment alone.
    let is_seed = |project: &ProjectName| ["pip", "setuptools", "wheel", "uv"].contains(&project.as_str());
    let extra: Vec<ProjectName> = environment
        .packages
        .keys()
        .filter(|project| !selection.picks.contains_key(*project) && !is_seed(project))
        .cloned()
        .collect();
    for project in extra {
        for package in environment.packages.remove(&project).into_iter().flatten() {
            record.changes.push(Change::Uninstall { project: project.clone(), version: package.version });
        }
    }
}
