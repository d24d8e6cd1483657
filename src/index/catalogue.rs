//! The shipped snapshot: small JSON files that xtask writes and the page fetches.

use std::{
    borrow::Cow,
    collections::{HashMap, HashSet},
    fmt,
    sync::{Arc, OnceLock},
};

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::{
    Artifact, ArtifactKind, BuildFacts, Dependencies, IndexUrl, Known, Lookup, Project, WheelTags, Yanked,
};
use crate::{
    order::{self, SortedMap, SortedSet},
    pep440::{Specifiers, Version, parse_version},
    pep508::{ExtraName, ProjectName},
};

/// A dated snapshot of an index, or as much of it as was loaded. A project is put into shape when
/// it is first asked for.
#[derive(Default)]
pub struct Catalogue {
    /// The day it was made, `2026-11-22`.
    pub date: Option<String>,
    entries: HashMap<IndexUrl, HashMap<ProjectName, Entry>>,
    complete: HashSet<IndexUrl>,
}

struct Entry {
    source: Source,
    project: OnceLock<Option<Arc<Project>>>,
}

enum Source {
    Text(Cow<'static, str>),
    File(Box<ProjectFile>),
    Recorded(Box<RawValue>),
    Ready(Project),
}

/// What `static/catalogue/manifest.json` says.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Manifest {
    /// The day the snapshot was made, `2026-11-22`.
    pub date: String,
    /// By index address: the projects with a file each, `projects/NAME.json` for the public index
    /// and `projects/NAME@N.json` for index number N of this map.
    pub indexes: SortedMap<String, Vec<String>>,
    /// Bundles, `bundles/NAME.json`, each with the whole closure of an example.
    pub bundles: Vec<String>,
    /// Indexes that have nothing but what is listed here.
    #[serde(default)]
    pub complete: Vec<String>,
}

/// `bundles/NAME.json`.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Bundle {
    /// The day the snapshot was made.
    pub date: String,
    /// Everything that the example's runs look at.
    pub projects: Vec<ProjectFile>,
    /// Indexes that have nothing but what is listed here.
    #[serde(default)]
    pub complete: Vec<String>,
}

/// `projects/NAME.json`: a project's releases. Texts that recur stand once, in a table, and are
/// referred to by number.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct ProjectFile {
    /// The project's normalised name.
    pub name: String,
    /// The index; `None` for the public one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub index: Option<String>,
    /// Older releases than this are left out; `None` where none are.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub oldest: Option<String>,
    /// [`Project::extras_listed`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub extras: Option<Vec<String>>,
    /// [`Artifact::build`] of its sdists.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub build: Option<BuildFacts>,
    /// Wheel tags.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
    /// Sets of wheels: for each, the numbers of its tags. Releases in a row often have the same.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub wheels: Vec<Vec<usize>>,
    /// `Requires-Python` values.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub pythons: Vec<String>,
    /// `Requires-Dist` lists.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub requires: Vec<Vec<String>>,
    /// Newest first.
    pub releases: Vec<ReleaseRow>,
}

/// A file of the snapshot that says something about projects.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CatalogueFile {
    /// `bundles/NAME.json`.
    Bundle(Bundle),
    /// `projects/NAME.json`.
    Project(ProjectFile),
}

/// A release in a [`ProjectFile`]. Its keys are short because there are many.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct ReleaseRow {
    /// Version.
    pub v: String,
    /// Number of its `Requires-Python`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub p: Option<usize>,
    /// Number of its `Requires-Dist`; `None` where that was never looked at.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub r: Option<usize>,
    /// Number of its set of wheels.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub w: Option<usize>,
    /// The wheels' name and version where they are not written in normal form: `PyYAML-6.0`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub n: Option<String>,
    /// The sdist's file name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub s: Option<String>,
    /// Why it was yanked, perhaps empty; `None` where it was not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub y: Option<String>,
}

/// Why a catalogue could not be read.
#[derive(Debug)]
pub struct CatalogueError(String);

impl fmt::Display for CatalogueError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for CatalogueError {}

impl From<serde_json::Error> for CatalogueError {
    fn from(error: serde_json::Error) -> Self {
        Self(error.to_string())
    }
}

impl Manifest {
    /// The name of a project's file in `projects/`; `None` where the index is not listed.
    #[must_use]
    pub fn file_name(&self, index: &IndexUrl, name: &ProjectName) -> Option<String> {
        if *index == IndexUrl::pypi() {
            return Some(format!("{name}.json"));
        }
        let number = self.indexes.keys().position(|address| address == index.as_str())?;
        Some(format!("{name}@{number}.json"))
    }
}

impl CatalogueFile {
    /// Reads either kind: a bundle has `projects`, a project's file has not.
    ///
    /// # Errors
    /// Where the text is neither.
    pub fn parse(text: &str) -> Result<Self, CatalogueError> {
        if let Ok(bundle) = serde_json::from_str(text) {
            return Ok(Self::Bundle(bundle));
        }
        Ok(Self::Project(serde_json::from_str(text)?))
    }
}

impl Catalogue {
    /// Adds a project's file, unread: it takes the place of what is there.
    pub fn insert_text(&mut self, index: IndexUrl, name: ProjectName, text: impl Into<Cow<'static, str>>) {
        self.insert(index, name, Source::Text(text.into()));
    }

    /// Adds a project's file.
    ///
    /// # Errors
    /// Where its name is none.
    pub fn insert_file(&mut self, file: ProjectFile) -> Result<(), CatalogueError> {
        let name = ProjectName::new(&file.name)
            .ok_or_else(|| CatalogueError(format!("`{}` is no project name", file.name)))?;
        let index = file.index.as_deref().map_or_else(IndexUrl::pypi, IndexUrl::new);
        self.insert(index, name, Source::File(Box::new(file)));
        Ok(())
    }

    /// Adds a bundle's projects. A project that is there already stays: its own file knows more.
    ///
    /// # Errors
    /// Where a name is none.
    pub fn insert_bundle(&mut self, bundle: Bundle) -> Result<(), CatalogueError> {
        self.date.get_or_insert(bundle.date);
        self.complete.extend(bundle.complete.iter().map(|address| IndexUrl::new(address)));
        for file in bundle.projects {
            let index = file.index.as_deref().map_or_else(IndexUrl::pypi, IndexUrl::new);
            let there = ProjectName::new(&file.name)
                .is_some_and(|name| self.entries.get(&index).is_some_and(|names| names.contains_key(&name)));
            if !there {
                self.insert_file(file)?;
            }
        }
        Ok(())
    }

    /// Reads a [`Bundle`], a [`ProjectFile`], or any object with an `index` key whose value is
    /// `{project: {version: {requires_dist, requires_python, yanked, files: [{filename}]}}}`:
    /// what `--catalogue` takes, besides the shipped folder.
    ///
    /// A recorded project is read when it is first asked for; one of another form is as missing.
    ///
    /// # Errors
    /// Where the text is neither.
    pub fn from_json(text: &str) -> Result<Self, CatalogueError> {
        #[derive(Deserialize)]
        struct Recorded {
            #[serde(default)]
            date: Option<String>,
            index: Option<HashMap<String, Box<RawValue>>>,
        }
        let mut catalogue = Self::default();
        let Recorded { date, index: Some(index) } = serde_json::from_str(text)? else {
            match CatalogueFile::parse(text)? {
                CatalogueFile::Bundle(bundle) => catalogue.insert_bundle(bundle)?,
                CatalogueFile::Project(file) => catalogue.insert_file(file)?,
            }
            return Ok(catalogue);
        };
        catalogue.date = date;
        for (name, releases) in index {
            let name = ProjectName::new(&name)
                .ok_or_else(|| CatalogueError(format!("`{name}` is no project name")))?;
            catalogue.insert(IndexUrl::pypi(), name, Source::Recorded(releases));
        }
        Ok(catalogue)
    }

    /// Adds a project that is in shape already.
    pub fn insert_project(&mut self, index: IndexUrl, project: Project) {
        let name = project.name.clone();
        self.insert(index, name, Source::Ready(project));
    }

    /// Says that the index has no other projects than those that are added.
    pub fn others_absent(&mut self, index: IndexUrl) {
        self.complete.insert(index);
    }

    /// What the snapshot has of a project.
    #[must_use]
    pub fn project(&self, index: &IndexUrl, name: &ProjectName) -> Lookup {
        let Some(entry) = self.entries.get(index).and_then(|names| names.get(name)) else {
            return if self.complete.contains(index) { Lookup::Absent } else { Lookup::Missing };
        };
        let project = entry.project.get_or_init(|| {
            let mut project = match &entry.source {
                Source::Text(text) => serde_json::from_str::<ProjectFile>(text).ok()?.to_project(name),
                Source::File(file) => file.to_project(name),
                Source::Recorded(text) => recorded(&serde_json::from_str(text.get()).ok()?, name),
                Source::Ready(project) => project.clone(),
            };
            if self.complete.contains(index) {
                project.list_newest();
            }
            Some(Arc::new(project))
        });
        project.as_ref().map_or(Lookup::Missing, |project| Lookup::Known(Arc::clone(project)))
    }

    /// The projects of the public index, sorted.
    #[must_use]
    pub fn names(&self) -> Vec<ProjectName> {
        let mut names: Vec<ProjectName> =
            self.entries.get(&IndexUrl::pypi()).into_iter().flat_map(HashMap::keys).cloned().collect();
        order::sort(&mut names);
        names
    }

    /// Every project there is, with its index, in no order.
    pub fn listed(&self) -> impl Iterator<Item = (&IndexUrl, &ProjectName)> {
        self.entries.iter().flat_map(|(index, names)| names.keys().map(move |name| (index, name)))
    }

    fn insert(&mut self, index: IndexUrl, name: ProjectName, source: Source) {
        self.entries.entry(index).or_default().insert(name, Entry { source, project: OnceLock::new() });
    }
}

impl fmt::Debug for Catalogue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Catalogue").field("date", &self.date).finish_non_exhaustive()
    }
}

impl ProjectFile {
    /// The project in shape. A row whose version is none is passed over, as pip does.
    #[must_use]
    pub fn to_project(&self, name: &ProjectName) -> Project {
        let tags: Vec<Option<WheelTags>> = self.tags.iter().map(|text| WheelTags::parse(text)).collect();
        let pythons: Vec<Option<Arc<Specifiers>>> =
            self.pythons.iter().map(|text| text.parse().ok().map(Arc::new)).collect();
        let requires: Vec<Arc<Dependencies>> = self
            .requires
            .iter()
            .map(|lines| Arc::new(Dependencies::new(lines.iter().map(String::as_str))))
            .collect();
        let build = self.build.clone().map(Arc::new);
        let mut project = Project::new(name.clone());
        project.extras_listed = self
            .extras
            .as_ref()
            .map(|extras| extras.iter().filter_map(|extra| ExtraName::new(extra)).collect::<SortedSet<_>>());
        for row in &self.releases {
            let Some(version) = parse_version(&row.v) else { continue };
            let artifact = |file_name: String, kind: ArtifactKind| {
                Arc::new(Artifact {
                    file_name,
                    project: name.clone(),
                    version: version.clone(),
                    build: build.clone().filter(|_| kind == ArtifactKind::Sdist),
                    kind,
                    requires_dist: row.r.and_then(|number| requires.get(number).cloned()),
                    requires_python: row.p.and_then(|number| pythons.get(number).cloned().flatten()),
                    provides_extra: None,
                    yanked: row.y.clone().map(|reason| Yanked { reason }),
                    known: Known::Catalogue,
                })
            };
            let stem = row.n.clone().unwrap_or_else(|| wheel_stem(name, &version));
            let wheels = row.w.and_then(|number| self.wheels.get(number)).into_iter().flatten();
            for tags in wheels.filter_map(|&number| tags.get(number).cloned().flatten()) {
                project.add(artifact(format!("{stem}-{tags}.whl"), ArtifactKind::Wheel(tags)));
            }
            if let Some(sdist) = &row.s {
                project.add(artifact(sdist.clone(), ArtifactKind::Sdist));
            }
        }
        project.list_from(self.oldest.as_deref().and_then(parse_version).as_ref());
        project
    }
}

/// How PEP 427 writes name and version at the start of a wheel's name.
#[must_use]
pub fn wheel_stem(name: &ProjectName, version: &Version) -> String {
    format!("{}-{version}", name.as_str().replace('-', "_"))
}

/// A project in a recorded index: its releases by version.
type RecordedProject = SortedMap<String, RecordedRelease>;

/// A release in a recorded index.
#[derive(Deserialize)]
#[serde(default)]
#[derive(Default)]
struct RecordedRelease {
    requires_dist: Option<Vec<String>>,
    requires_python: Option<String>,
    yanked: bool,
    build: Option<BuildFacts>,
    files: Vec<RecordedFile>,
}

#[derive(Deserialize)]
struct RecordedFile {
    filename: String,
}

/// A recorded project in shape. A file whose name is no package's is passed over, as pip does.
fn recorded(releases: &RecordedProject, name: &ProjectName) -> Project {
    let mut project = Project::new(name.clone());
    for release in releases.values() {
        let requires_dist = release
            .requires_dist
            .as_ref()
            .map(|lines| Arc::new(Dependencies::new(lines.iter().map(String::as_str))));
        let requires_python =
            release.requires_python.as_deref().and_then(|text| text.parse().ok()).map(Arc::new);
        for file in &release.files {
            let Some(artifact) = Artifact::from_file_name(&file.filename, Known::Catalogue) else { continue };
            project.add(Arc::new(Artifact {
                requires_dist: requires_dist.clone(),
                build: release.build.clone().filter(|_| !artifact.is_wheel()).map(Arc::new),
                requires_python: requires_python.clone(),
                yanked: release.yanked.then(|| Yanked { reason: String::new() }),
                ..artifact
            }));
        }
    }
    project.list_from(None);
    project
}
