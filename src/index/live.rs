//! Pages fetched live: PEP 691 project pages and PEP 658 metadata files. The fetching is the
//! page's; here they are read.

use std::{collections::HashMap, fmt, sync::Arc};

use serde::Deserialize;

use super::{Artifact, Dependencies, IndexUrl, Known, Lookup, Project, Yanked};
use crate::pep508::{ExtraName, ProjectName};

/// What was fetched so far.
#[derive(Debug, Clone, Default)]
pub struct LivePages {
    projects: HashMap<(IndexUrl, ProjectName), Option<Arc<Project>>>,
}

/// A project's page.
#[derive(Debug, Clone)]
pub struct ProjectPage {
    /// Its releases; dependencies are not on the page.
    pub project: Project,
    /// Its wheels, as far as the index offers their metadata alone.
    pub metadata: Vec<MetadataFile>,
}

/// A wheel's metadata, to be fetched apart from the wheel (PEP 658).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MetadataFile {
    /// The wheel's file name.
    pub file_name: String,
    /// Where its metadata is: the wheel's address and `.metadata`.
    pub url: String,
}

/// The fields of a wheel's METADATA that resolving needs. In a wheel all of them are final, also
/// those that it lists as `Dynamic`: they were so in the sdist.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Metadata {
    /// `Requires-Dist`.
    pub requires_dist: Vec<String>,
    /// `Requires-Python`.
    pub requires_python: Option<String>,
    /// `Provides-Extra`.
    pub provides_extra: Vec<ExtraName>,
}

/// Why a page could not be read.
#[derive(Debug)]
pub struct PageError(serde_json::Error);

impl fmt::Display for PageError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "this is no project page in JSON: {}", self.0)
    }
}

impl std::error::Error for PageError {}

impl LivePages {
    /// What was fetched of a project.
    #[must_use]
    pub fn project(&self, index: &IndexUrl, name: &ProjectName) -> Lookup {
        match self.projects.get(&(index.clone(), name.clone())) {
            Some(Some(project)) => Lookup::Known(Arc::clone(project)),
            Some(None) => Lookup::Absent,
            None => Lookup::Missing,
        }
    }

    /// Notes a page.
    pub fn insert(&mut self, index: IndexUrl, project: Project) {
        self.projects.insert((index, project.name.clone()), Some(Arc::new(project)));
    }

    /// Notes that the index does not have the project (a 404).
    pub fn insert_absent(&mut self, index: IndexUrl, name: ProjectName) {
        self.projects.insert((index, name), None);
    }

    /// Notes the metadata of a release: all its files are taken to agree with that wheel.
    pub fn insert_metadata(&mut self, index: &IndexUrl, file_name: &str, metadata: &Metadata) {
        let Some(wheel) = Artifact::from_file_name(file_name, Known::Live) else { return };
        let key = (index.clone(), wheel.project);
        let Some(Some(project)) = self.projects.get_mut(&key) else { return };
        let Some(release) = Arc::make_mut(project).releases.get_mut(&wheel.version) else { return };
        let requires_dist = Arc::new(Dependencies::new(metadata.requires_dist.iter().map(String::as_str)));
        let requires_python =
            metadata.requires_python.as_deref().and_then(|text| text.parse().ok()).map(Arc::new);
        for artifact in &mut release.artifacts {
            let artifact = Arc::make_mut(artifact);
            artifact.requires_dist = Some(Arc::clone(&requires_dist));
            if requires_python.is_some() {
                artifact.requires_python.clone_from(&requires_python);
            }
            artifact.provides_extra = Some(metadata.provides_extra.clone().into());
        }
    }
}

impl ProjectPage {
    /// Reads a PEP 691 JSON page. Files that are no packages of the project are passed over, as
    /// pip does.
    ///
    /// # Errors
    /// Where the text is no such page.
    pub fn parse(name: &ProjectName, text: &str) -> Result<Self, PageError> {
        let page: Page = serde_json::from_str(text).map_err(PageError)?;
        let mut project = Project::new(name.clone());
        let mut metadata = Vec::new();
        for file in page.files {
            let Some(mut artifact) = Artifact::from_file_name(&file.filename, Known::Live) else { continue };
            if artifact.project != *name {
                continue;
            }
            artifact.requires_python =
                file.requires_python.as_deref().and_then(|text| text.parse().ok()).map(Arc::new);
            artifact.yanked = match file.yanked {
                Flag::Bool(false) => None,
                Flag::Bool(true) => Some(Yanked { reason: String::new() }),
                Flag::Other(reason) => Some(Yanked { reason: reason.as_str().unwrap_or("").to_owned() }),
            };
            let offered = [file.core_metadata, file.dist_info_metadata]
                .iter()
                .any(|flag| !matches!(flag, Flag::Bool(false) | Flag::Other(serde_json::Value::Null)));
            if offered && artifact.is_wheel() {
                let url = format!("{}.metadata", file.url.split('#').next().unwrap_or(""));
                metadata.push(MetadataFile { file_name: file.filename, url });
            }
            project.add(Arc::new(artifact));
        }
        Ok(Self { project, metadata })
    }
}

impl Metadata {
    /// Reads METADATA's header: RFC 822 fields up to the first empty line. A line of blanks is not
    /// empty: it goes on with the field before it, as in a licence's text.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        let mut metadata = Self::default();
        let mut fields: Vec<String> = Vec::new();
        for line in text.lines().take_while(|line| !line.is_empty()) {
            match fields.last_mut() {
                // A line that begins with a blank goes on with the field before it.
                Some(field) if line.starts_with([' ', '\t']) => {
                    field.push(' ');
                    field.push_str(line.trim());
                }
                _ => fields.push(line.to_owned()),
            }
        }
        for field in &fields {
            let Some((name, value)) = field.split_once(':') else { continue };
            let value = value.trim();
            match name.to_ascii_lowercase().as_str() {
                "requires-dist" => metadata.requires_dist.push(value.to_owned()),
                "requires-python" => metadata.requires_python = Some(value.to_owned()),
                "provides-extra" => metadata.provides_extra.extend(ExtraName::new(value)),
                _ => {}
            }
        }
        metadata
    }
}

#[derive(Deserialize)]
struct Page {
    files: Vec<PageFile>,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct PageFile {
    filename: String,
    #[serde(default)]
    url: String,
    #[serde(default)]
    requires_python: Option<String>,
    #[serde(default)]
    yanked: Flag,
    #[serde(default)]
    core_metadata: Flag,
    #[serde(default)]
    dist_info_metadata: Flag,
}

/// `true`, `false`, or something that counts as true: a reason, or hashes.
#[derive(Deserialize)]
#[serde(untagged)]
enum Flag {
    Bool(bool),
    Other(serde_json::Value),
}

impl Default for Flag {
    fn default() -> Self {
        Self::Bool(false)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_goes_on_over_lines_of_blanks() {
        let text = "Metadata-Version: 2.1\nLicense: MIT\n        \n        Permission is granted\n\
                    Dynamic: requires-dist\nRequires-Dist: numpy<1.26.0,>=1.24.0\nRequires-Python: >=3.10\n\
                    Provides-Extra: Dev_Tools\n\nRequires-Dist: of-the-description\n";
        let metadata = Metadata::parse(text);
        assert_eq!(metadata.requires_dist, ["numpy<1.26.0,>=1.24.0"]);
        assert_eq!(metadata.requires_python.as_deref(), Some(">=3.10"));
        assert_eq!(metadata.provides_extra, [ExtraName::new("dev-tools").unwrap()]);
    }
}
