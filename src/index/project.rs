use std::sync::Arc;

use super::{Artifact, Known};
use crate::{
    order::{SortedMap, SortedSet},
    pep440::{Specifiers, Version, VersionRange},
    pep508::{ExtraName, ProjectName},
};

/// What an index has of one project.
#[derive(Debug, Clone)]
pub struct Project {
    /// Normalised.
    pub name: ProjectName,
    /// By version, ascending.
    pub releases: SortedMap<Version, Release>,
    /// Where the list is whole: a version in this range that is not among the releases is not to be
    /// had. Of any other version it is not known whether the index has it, and a resolution that
    /// would need one asks for more instead of saying that there is none. Full for a page just
    /// fetched; for a list made some day it ends at the newest release.
    pub listed: VersionRange,
    /// Dependencies behind other extras than these are left out: `None` where none are.
    pub extras_listed: Option<SortedSet<ExtraName>>,
}

/// One version of a project.
#[derive(Debug, Clone)]
pub struct Release {
    /// Its version.
    pub version: Version,
    /// Its files, in the order of the index's page.
    pub artifacts: Vec<Arc<Artifact>>,
}

impl Release {
    /// True where all of its files are yanked.
    #[must_use]
    pub fn is_yanked(&self) -> bool {
        !self.artifacts.is_empty() && self.artifacts.iter().all(|artifact| artifact.yanked.is_some())
    }

    /// `Requires-Python` of its first file that states one.
    #[must_use]
    pub fn requires_python(&self) -> Option<&Specifiers> {
        self.artifacts.iter().find_map(|artifact| artifact.requires_python.as_deref())
    }
}

impl Project {
    /// A project without releases, all of them listed.
    #[must_use]
    pub fn new(name: ProjectName) -> Self {
        Self { name, releases: SortedMap::new(), listed: VersionRange::full(), extras_listed: None }
    }

    /// Says that the list was made some day: from this release on, or from the first, up to the
    /// newest that is there. There may be newer ones by now.
    pub fn list_from(&mut self, oldest: Option<&Version>) {
        let newest = self.releases.keys().next_back();
        let upward =
            oldest.map_or_else(VersionRange::full, |oldest| VersionRange::older_than(oldest).complement());
        self.listed = match newest {
            Some(newest) => upward.intersection(&VersionRange::newer_than(newest).complement()),
            None => VersionRange::empty(),
        };
    }

    /// The versions that may be there though they are not listed: first those that are older than the
    /// list, which are there as a rule; then the others, which are only taken to be there where
    /// something asks for them that no listed release can be.
    #[must_use]
    pub fn unlisted(&self) -> (VersionRange, VersionRange) {
        let unlisted = self.listed.complement();
        let older = match self.listed.cuts().first() {
            Some((Some(from), _)) => VersionRange::between(None, Some(from.clone())),
            _ => VersionRange::empty(),
        };
        let others = if older.is_empty() { unlisted } else { unlisted.intersection(&older.complement()) };
        (older, others)
    }

    /// Says that there are no newer releases than the newest listed one.
    pub fn list_newest(&mut self) {
        let newer =
            self.releases.keys().next_back().map_or_else(VersionRange::full, VersionRange::newer_than);
        self.listed = self.listed.union(&newer);
    }

    /// Adds a file to the release it belongs to.
    pub fn add(&mut self, artifact: Arc<Artifact>) {
        let version = artifact.version.clone();
        self.releases
            .entry(version.clone())
            .or_insert_with(|| Release { version, artifacts: Vec::new() })
            .artifacts
            .push(artifact);
    }

    /// This, and what the other knows besides: releases, files, and the dependencies of files
    /// for which they are not known here.
    #[must_use]
    pub fn completed_by(&self, other: &Self) -> Self {
        let mut project = self.clone();
        project.listed = self.listed.union(&other.listed);
        if other.extras_listed.is_none() {
            project.extras_listed = None;
        }
        for (version, theirs) in &other.releases {
            let Some(ours) = project.releases.get_mut(version) else {
                project.releases.insert(version.clone(), theirs.clone());
                continue;
            };
            // What is stated of a release holds for each of its files.
            let stated = ours.artifacts.iter().find(|artifact| matches!(artifact.known, Known::Stated(_)));
            if let Some(stated) = stated.cloned() {
                let restated = theirs.artifacts.iter().map(|artifact| {
                    Arc::new(Artifact {
                        requires_dist: stated
                            .requires_dist
                            .clone()
                            .or_else(|| artifact.requires_dist.clone()),
                        requires_python: stated
                            .requires_python
                            .clone()
                            .or_else(|| artifact.requires_python.clone()),
                        known: stated.known,
                        ..Artifact::clone(artifact)
                    })
                });
                ours.artifacts = restated.collect();
                continue;
            }
            for artifact in &theirs.artifacts {
                match ours.artifacts.iter_mut().find(|ours| ours.file_name == artifact.file_name) {
                    None => ours.artifacts.push(Arc::clone(artifact)),
                    Some(ours) if ours.requires_dist.is_none() => *ours = Arc::clone(artifact),
                    Some(_) => {}
                }
            }
        }
        project
    }
}
