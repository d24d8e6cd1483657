//! Building a wheel from an sdist: what it needs, and where pip looks for that (PIP_RULES 19).

use super::{outcome::Stop, request::Request};
use crate::{
    pep440::Version,
    resolve::{Pick, Problem, Tool},
};

/// What the legacy backend wants of a build environment (`setuptools.build_meta:__legacy__`).
const LEGACY_REQUIREMENT: &str = "setuptools>=40.8.0";

/// Whether a build in this run sees the packages of the environment, or only an isolated one
/// that pip fills from the same index and folders.
///
/// pip up to 23.0 runs the `setup.py` of a project without `pyproject.toml` in the environment
/// itself; 23.1 to 25.2 do so only where `wheel` is installed; 25.3 and later always isolate.
#[must_use]
pub(super) fn is_isolated(request: &Request, has_wheel: bool, has_setuptools: bool) -> bool {
    if !request.build_isolation {
        return false;
    }
    match &request.tool {
        Tool::Uv => true,
        Tool::Pip(version) if *version < Version::new([23, 1]) => !has_setuptools,
        Tool::Pip(version) if *version < Version::new([25, 3]) => !(has_setuptools && has_wheel),
        Tool::Pip(_) => true,
    }
}

/// What is known about the outcome of building `pick`. `Ok` where it may be taken to work.
///
/// An isolated build without an index needs its backend from the folders. What else a `setup.py`
/// imports is only known of projects whose facts say so.
pub(super) fn check(
    pick: &Pick,
    problem: &Problem,
    isolated: bool,
    is_installed: &dyn Fn(&str) -> bool,
) -> Result<(), Stop> {
    let Some(artifact) = &pick.artifact else { return Ok(()) };
    let missing_backend = || {
        let offered = problem.find_links.iter().any(|file| file.artifact.project.as_str() == "setuptools");
        problem.indexes.is_empty() && !offered
    };
    if isolated && missing_backend() {
        let reason = format!(
            "the build of {} {} needs {LEGACY_REQUIREMENT}, which no folder offers",
            pick.project, pick.version
        );
        return Err(Stop::build(pick.project.clone(), pick.version.clone(), reason));
    }
    let imports = artifact.build.as_ref().map_or(&[][..], |build| &build.imports);
    if let Some(import) = imports.iter().find(|import| isolated || !is_installed(import)) {
        let reason = if isolated {
            format!(
                "the setup.py of {} {} imports {import}, and an isolated build does not see it",
                pick.project, pick.version
            )
        } else {
            format!(
                "the setup.py of {} {} imports {import}, which is not installed",
                pick.project, pick.version
            )
        };
        return Err(Stop::build(pick.project.clone(), pick.version.clone(), reason));
    }
    Ok(())
}
