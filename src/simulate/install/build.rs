//! Building a wheel from an sdist: what it needs, and where pip looks for that (PIP_RULES 19).

use super::request::{Destination, Request};
use crate::{
    index::{ArtifactKind, Index, Lookup, Project, Release, SupportedTags, WheelTags},
    order,
    pep440::{Version, is_prerelease},
    pep508::Target,
    resolve::{Pick, PickSource, Problem, Selection, Tool},
    simulate::BuildNeed,
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

/// What would be compiled from source: an sdist of a project that is published in wheels for one
/// platform each, and of this release in none that fits. That goes well or not by the libraries and
/// compilers of the image and the age of the sources; without facts of the project's that tell what
/// it takes, nothing is claimed. Says so in words, with what has a wheel.
pub(super) fn compiled(selection: &Selection, problem: &Problem, index: &Index) -> Option<String> {
    let reasons = selection.picks.values().filter_map(|pick| {
        let (PickSource::Index(url), Some(artifact)) = (&pick.source, &pick.artifact) else { return None };
        if artifact.is_wheel() || artifact.build.is_some() {
            return None;
        }
        let Lookup::Known(project) = index.project(url, &pick.project) else { return None };
        let release = project.releases.get(&pick.version)?;
        let mut wheels = tags_of(release).peekable();
        // Of a release without wheels, the others tell what its project is.
        let is_compiled = match wheels.peek() {
            Some(_) => wheels.all(|tags| &*tags.platform != "any"),
            None => project.releases.values().flat_map(tags_of).any(|tags| &*tags.platform != "any"),
        };
        is_compiled.then(|| no_wheel(pick, &project, release, problem))
    });
    let reasons: Vec<String> = reasons.collect();
    let first = reasons.first()?;
    Some(match reasons.len() {
        1 => first.clone(),
        count => format!("{first}; {} more are compiled from source too", count - 1),
    })
}

fn tags_of(release: &Release) -> impl Iterator<Item = &WheelTags> {
    release.artifacts.iter().filter_map(|artifact| match &artifact.kind {
        ArtifactKind::Wheel(tags) => Some(tags),
        ArtifactKind::Sdist => None,
    })
}

fn no_wheel(pick: &Pick, project: &Project, release: &Release, problem: &Problem) -> String {
    let python = problem.target.python;
    let (name, version) = (&pick.project, &pick.version);
    let mut text = format!(
        "{name} {version} has no wheel for Python {}.{}; {} would compile it here, and that often fails",
        python.major,
        python.minor,
        problem.tool.name(),
    );
    if let Some(nearest) = nearest_with_wheel(version, project, &SupportedTags::of(&problem.target)) {
        text += &format!("; {name} {nearest} has one");
    }
    let minors = (6..=MOST_MINOR).map(|minor| (minor.abs_diff(python.minor), minor));
    let mut minors: Vec<(u32, u32)> = minors.filter(|(distance, _)| *distance > 0).collect();
    order::sort(&mut minors);
    let has_wheel = |minor: u32| {
        let Ok(python) = format!("3.{minor}").parse() else { return false };
        let tags = SupportedTags::of(&Target { python, ..problem.target });
        tags_of(release).any(|wheel| tags.rank(wheel).is_some())
    };
    if let Some((_, minor)) = minors.into_iter().find(|(_, minor)| has_wheel(*minor)) {
        text += &format!("; for Python 3.{minor} there is a wheel");
    }
    text
}

/// The newest minor version of Python 3 that wheels are looked for.
const MOST_MINOR: u32 = 15;

/// The release nearest above, else below, that has a wheel for this target.
fn nearest_with_wheel<'p>(
    version: &Version,
    project: &'p Project,
    tags: &SupportedTags,
) -> Option<&'p Version> {
    let fits = |(version, release): &(&'p Version, &Release)| {
        !is_prerelease(version)
            && !release.is_yanked()
            && tags_of(release).any(|wheel| tags.rank(wheel).is_some())
    };
    let above = project.releases.iter().filter(|(other, _)| *other > version).find(fits);
    let below = || project.releases.iter().rev().filter(|(other, _)| *other < version).find(fits);
    above.or_else(below).map(|(version, _)| version)
}
