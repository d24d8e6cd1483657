use std::sync::Arc;

use crate::{
    index::{Artifact, ArtifactKind, Project, Release, SupportedTags},
    pep440::{Prereleases, Specifiers, Version},
    pep508::{ExtraName, ProjectName, Requirement},
    resolve::Problem,
};

/// A question, and what it is asked for.
#[derive(Debug, Clone)]
pub(super) struct Job {
    pub(super) question: Question,
    pub(super) problem: Arc<Problem>,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum Question {
    /// The page, and then the newest release within these specifiers. With `afresh` also where the
    /// catalogue has a list, which may have grown since.
    Project { name: ProjectName, specifiers: String, extras: Vec<ExtraName>, afresh: bool },
    /// The metadata of a release, and with `goes_on` the projects that it depends on.
    Release { name: ProjectName, version: Version, extras: Vec<ExtraName>, goes_on: bool },
}

pub(super) fn wanted(requirement: &Requirement, afresh: bool) -> Question {
    Question::Project {
        name: requirement.name.clone(),
        specifiers: requirement.specifiers.to_string(),
        extras: requirement.extra_names().into_iter().collect(),
        afresh,
    }
}

/// The newest release that may be installed here: what an installer looks at first.
pub(super) fn newest(project: &Project, specifiers: &Specifiers, problem: &Problem) -> Option<Version> {
    let tags = SupportedTags::of(&problem.target);
    let python = problem.target.python.full_version();
    let releases = project.releases.iter().rev();
    let mut fitting = releases.filter(|(version, release)| {
        specifiers.contains(*version, Prereleases::Default)
            && !release.is_yanked()
            && best_file(release, &tags).is_some()
            && release.requires_python().is_none_or(|required| required.contains(&python, Prereleases::Allow))
    });
    fitting.next().map(|(version, _)| version.clone())
}

/// The file of a release that speaks for it: the wheel that an installer here ranks first, else any
/// wheel, since those of one release nearly always depend on the same; else the sdist.
pub(super) fn best_file<'r>(release: &'r Release, tags: &SupportedTags) -> Option<&'r str> {
    let key = |artifact: &Artifact| match &artifact.kind {
        ArtifactKind::Wheel(wheel) => tags.rank(wheel).map_or((1, 0), |rank| (0, rank)),
        ArtifactKind::Sdist => (2, 0),
    };
    let best = release.artifacts.iter().min_by_key(|artifact| key(artifact))?;
    Some(&best.file_name)
}
