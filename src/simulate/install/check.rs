//! `pip check`, and the lines that `pip install` prints of it.

use super::gather;
use crate::{
    order::{SortedMap, SortedSet},
    pep440::{Prereleases, Version},
    pep508::{Environment as MarkerEnvironment, ProjectName},
    simulate::{Broken, Installed, State},
};

/// What `pip check` finds in an environment and those it sees: requirements of installed
/// packages that no installed version meets. Requirements behind extras do not count.
///
/// Packages whose metadata is not known are passed over.
#[must_use]
pub(crate) fn broken(state: &State, root: &str, markers: &MarkerEnvironment) -> Vec<Broken> {
    let mut found = Vec::new();
    let visible = visible(state, root);
    for (requirer, package) in &visible {
        let Some(requirements) = package
            .artifact
            .as_ref()
            .and_then(|artifact| artifact.requires_dist.as_ref()?.requirements().ok())
        else {
            continue;
        };
        for requirement in requirements {
            if !requirement.applies(markers, &[]).unwrap_or(false) || requirement.url.is_some() {
                continue;
            }
            let installed = visible.get(&requirement.name).map(|package| package.version.clone());
            let met = installed
                .as_ref()
                .is_some_and(|version| requirement.specifiers.contains(version, Prereleases::Allow));
            if !met {
                found.push(Broken {
                    requirer: (*requirer).clone(),
                    requirer_version: package.version.clone(),
                    requirement: format!("{}{}", requirement.name_text, requirement.specifiers),
                    project: requirement.name.clone(),
                    installed,
                });
            }
        }
    }
    found
}

/// The lines that `pip install` prints: of packages it installed, and of those that require one
/// of them (`check_install_conflicts` with its whitelist).
#[must_use]
pub(super) fn after_install(broken: Vec<Broken>, installed: &SortedSet<ProjectName>) -> Vec<Broken> {
    broken
        .into_iter()
        .filter(|line| installed.contains(&line.requirer) || installed.contains(&line.project))
        .collect()
}

/// The packages an interpreter finds.
fn visible<'a>(state: &'a State, root: &str) -> SortedMap<&'a ProjectName, &'a Installed> {
    let mut visible = SortedMap::new();
    for (project, packages) in gather::chain(state, root).flat_map(|(_, environment)| &environment.packages) {
        if let Some(package) = packages.last() {
            visible.entry(project).or_insert(package);
        }
    }
    visible
}

/// A version as a package's metadata has it, for messages.
#[must_use]
pub(crate) fn line(broken: &Broken) -> String {
    let Broken { requirer, requirer_version, requirement, project, installed } = broken;
    let have = |version: &Version| {
        format!(
            "{requirer} {requirer_version} has requirement {requirement}, but you have {project} {version}."
        )
    };
    installed.as_ref().map_or_else(
        || format!("{requirer} {requirer_version} requires {project}, which is not installed."),
        have,
    )
}
