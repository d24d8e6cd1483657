use std::sync::Arc;

use crate::{
    index::{Artifact, IndexUrl},
    order::SortedMap,
    pep440::{Specifiers, Version},
    pep508::{ExtraName, ProjectName, Requirement},
};

/// The answer to a [`super::Problem`].
#[derive(Debug, Clone)]
pub enum Resolution {
    /// Everything asked for can be had together: this.
    Selected(Selection),
    /// It cannot.
    Conflict(Conflict),
    /// Facts that are lacking: fetch them and ask again. Never empty.
    Missing(Vec<MissingFact>),
    /// It would go on for too long.
    Stopped(Stopped),
}

/// A fact that is lacking.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MissingFact {
    /// Of this project.
    pub project: ProjectName,
    /// The dependencies of this release; `None` for its releases and files.
    pub release: Option<Version>,
    /// The newest release that is listed, where only releases that are not listed can be what is
    /// asked for.
    pub newest_listed: Option<Version>,
}

/// What can be said of a problem of which facts are lacking.
#[derive(Debug, Clone, Default)]
pub struct KnownPart {
    /// What is picked of the projects that are known, if what is not known gets in nobody's way:
    /// it might bound some of them.
    pub selection: Selection,
    /// What is lacking: all of it that the search came to, in order of projects.
    pub lacking: Vec<MissingFact>,
}

/// What a run picks.
#[derive(Debug, Clone, Default)]
pub struct Selection {
    /// One pick a project, what is kept as installed included.
    pub picks: SortedMap<ProjectName, Pick>,
}

/// What was picked for one project.
#[derive(Debug, Clone)]
pub struct Pick {
    /// The project.
    pub project: ProjectName,
    /// The version.
    pub version: Version,
    /// The file; `None` only for an installed package of which nothing but its version is known.
    pub artifact: Option<Arc<Artifact>>,
    /// Where it is taken from.
    pub source: PickSource,
    /// Extras asked for, sorted.
    pub extras: Vec<ExtraName>,
    /// Who asks for it, in the order in which pip met them.
    pub requested_by: Vec<Edge>,
}

/// Where a pick is taken from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PickSource {
    /// It is installed and stays.
    Kept,
    /// A file, URL or folder asked for as it is: its link.
    Direct(String),
    /// A `--find-links` file: its path.
    Pool(String),
    /// An index.
    Index(IndexUrl),
}

/// Someone asks for something.
#[derive(Debug, Clone, PartialEq)]
pub struct Edge {
    /// Who.
    pub requirer: Requirer,
    /// The project asked for; `python` where it is the interpreter.
    pub project: ProjectName,
    /// In which words.
    pub asked: Asked,
}

/// What is asked.
#[derive(Debug, Clone, PartialEq)]
pub enum Asked {
    /// A version that a requirement allows.
    Name(Arc<Requirement>),
    /// This file, or, of an extra, the same version of its project.
    File {
        /// Its version.
        version: Version,
        /// Where it is.
        source: PickSource,
    },
    /// A version of Python (`Requires-Python`).
    Python(Arc<Specifiers>),
    /// A URL of which nothing else is known.
    Url(String),
}

/// Who asks.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Requirer {
    /// Index into [`super::Problem::requirements`].
    Root(usize),
    /// A package that was picked, or tried.
    Package {
        /// Its project.
        project: ProjectName,
        /// Its version.
        version: Version,
        /// The extras through which it asks; empty where it asks without.
        extras: Vec<ExtraName>,
    },
}

/// Nothing satisfies everything that is asked.
#[derive(Debug, Clone)]
pub struct Conflict {
    /// Everyone pip names, in its order: innocent ones included (rule 28).
    pub causes: Vec<Edge>,
}

/// A resolution that was given up.
#[derive(Debug, Clone)]
pub struct Stopped {
    /// Rounds and decisions spent.
    pub steps: u32,
    /// The projects that it kept coming back to, most often first.
    pub contested: Vec<ProjectName>,
}
