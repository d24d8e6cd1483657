//! Building a wheel from an sdist: what it needs, and where pip looks for that (PIP_RULES 19).

use super::request::{Destination, Request};
use crate::{
    index::{ArtifactKind, Index, Lookup},
    pep440::Version,
    resolve::{Pick, PickSource, Problem, Resolution, Tool, listed},
    simulate::{BuildNeed, CallRun},
};

/// Where sdists are built in a run.
pub(super) struct Site<'a> {
    /// The build sees an environment of its own, which pip fills from the run's indexes and folders.
    isolated: bool,
    /// `wheel` is missing where `setup.py bdist_wheel` is run.
    lacks_wheel: bool,
    /// Whether there is a C compiler.
    compiler: Option<bool>,
    installed: &'a dyn Fn(&str) -> bool,
}

impl<'a> Site<'a> {
    /// pip up to 23.0 runs the `setup.py` of a project without `pyproject.toml` in the environment
    /// itself, by `setup.py install` where `wheel` is not there; 23.1 to 25.2 do so only where
    /// `wheel` is installed; 25.3 and later always isolate.
    pub(super) fn new(
        request: &Request,
        installed: &'a dyn Fn(&str) -> bool,
        compiler: Option<bool>,
    ) -> Self {
        let (wheel, setuptools) = (installed("wheel"), installed("setuptools"));
        let runs_setup_py = match &request.tool {
            Tool::Pip(version) if *version < Version::new([23, 1]) => setuptools,
            Tool::Pip(version) if *version < Version::new([25, 3]) => setuptools && wheel,
            Tool::Pip(_) | Tool::Uv => false,
        };
        Self {
            isolated: request.build_isolation && !runs_setup_py,
            lacks_wheel: runs_setup_py && !wheel && matches!(request.destination, Destination::Wheels(_)),
            compiler,
            installed,
        }
    }

    /// What building `pick` lacks; `None` where it may be taken to work. What a `setup.py` imports
    /// and compiles is only known of projects whose facts say so.
    pub(super) fn lacks(&self, pick: &Pick, problem: &Problem) -> Option<BuildNeed> {
        let facts = pick.artifact.as_ref()?.build.as_deref();
        let offers_backend =
            || problem.find_links.iter().any(|file| file.artifact.project.as_str() == "setuptools");
        if self.isolated && problem.indexes.is_empty() && !offers_backend() {
            return Some(BuildNeed::Backend);
        }
        let mut imports = facts.map_or(&[][..], |facts| &facts.imports).iter();
        if let Some(import) = imports.find(|import| self.isolated || !(self.installed)(import)) {
            return Some(BuildNeed::Import { project: import.clone(), isolated: self.isolated });
        }
        if self.lacks_wheel {
            return Some(BuildNeed::Wheel);
        }
        let compiles = facts.is_some_and(|facts| facts.compiles);
        (compiles && self.compiler == Some(false)).then_some(BuildNeed::Compiler)
    }
}

/// What is compiled from source: the sdist of a release all of whose wheels are for one platform
/// each. That goes well or not by the libraries and compilers of the image, of which nothing is said
/// unless the facts of the project tell what it takes: versions are judged as if it did.
pub(in crate::simulate) fn compiled(call: &CallRun, index: &Index) -> Option<String> {
    let Some(Resolution::Selected(selection)) = call.resolution.as_deref() else { return None };
    if call.changes.is_empty() || call.subcommand == "download" {
        return None;
    }
    let is_compiled = |pick: &&Pick| {
        let (PickSource::Index(url), Some(artifact)) = (&pick.source, &pick.artifact) else { return false };
        if artifact.is_wheel() || artifact.build.is_some() {
            return false;
        }
        let Lookup::Known(project) = index.project(url, &pick.project) else { return false };
        let Some(release) = project.releases.get(&pick.version) else { return false };
        let mut wheels = release.artifacts.iter().filter_map(|artifact| match &artifact.kind {
            ArtifactKind::Wheel(tags) => Some(tags),
            ArtifactKind::Sdist => None,
        });
        wheels.clone().next().is_some() && wheels.all(|tags| &*tags.platform != "any")
    };
    let compiled = selection.picks.values().filter(is_compiled);
    let names: Vec<String> = compiled.map(|pick| format!("{} {}", pick.project, pick.version)).collect();
    (!names.is_empty()).then(|| {
        let are = if names.len() == 1 { "is" } else { "are" };
        format!("{} {are} compiled from source, and what that takes is not known", listed(&names, 3))
    })
}
