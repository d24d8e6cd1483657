//! Pages fetched live: PEP 691 project pages and PEP 658 metadata files. The fetching is the
//! page's; here they are read.

use std::{collections::HashMap, fmt, sync::Arc};

use serde::Deserialize;
use sha2::{Digest, Sha256};

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
    /// The files of these releases, in the page's order.
    pub files: Vec<PageFile>,
}

/// A file as a page lists it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PageFile {
    /// `numpy-2.2.6-cp310-cp310-....whl`.
    pub file_name: String,
    /// As the page has it: it may be relative to the page's address.
    pub url: String,
    /// `data-requires-python`.
    pub requires_python: Option<String>,
    /// PEP 592: taken back, for this reason, which may be empty.
    pub yanked: Option<String>,
    /// PEP 658 and 714: what the index says of the metadata that lies beside the file.
    pub metadata: MetadataOffer,
    /// When it was uploaded, as the index writes it (PEP 700): `2024-05-17T10:00:00.000000Z`.
    pub uploaded: Option<String>,
}

/// Whether a file's metadata can be fetched apart from it, at its address and `.metadata`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum MetadataOffer {
    /// The index does not say so.
    #[default]
    Unannounced,
    /// It can, and has no digest.
    Announced,
    /// It can, and this is its SHA-256, in hexadecimal.
    Sha256(String),
}

impl MetadataOffer {
    /// Reads what lies beside a file as its metadata; `None` where it is a page that a server answers
    /// with whatever is asked.
    ///
    /// # Errors
    /// It is not what the index announces.
    pub fn read(&self, file: &PageFile, text: &[u8]) -> Result<Option<Metadata>, String> {
        match self {
            Self::Sha256(expected) if !digest(text).eq_ignore_ascii_case(expected) => {
                return Err(format!("the metadata of {} is not what the index announces", file.file_name));
            }
            Self::Unannounced if !text.starts_with(b"Metadata-Version:") => return Ok(None),
            _ => {}
        }
        Ok(Some(Metadata::parse(&String::from_utf8_lossy(text))))
    }
}

/// SHA-256 in hexadecimal.
#[must_use]
pub fn digest(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A day in UTC: `2025-10-13`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Day(String);

impl Day {
    /// Reads a day as RFC 3339 writes it.
    ///
    /// # Errors
    /// In words, where the text is no day of the calendar.
    pub fn parse(text: &str) -> Result<Self, String> {
        let is_day = |text: &str| {
            let (year, rest) = text.split_once('-')?;
            let (month, day) = rest.split_once('-')?;
            let number = |digits: &str, length: usize| {
                let is_number = digits.len() == length && digits.bytes().all(|byte| byte.is_ascii_digit());
                is_number.then(|| digits.parse::<u32>().ok()).flatten()
            };
            let (year, month, day) = (number(year, 4)?, number(month, 2)?, number(day, 2)?);
            let is_leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
            let days = match month {
                2 => 28 + u32::from(is_leap),
                4 | 6 | 9 | 11 => 30,
                1..=12 => 31,
                _ => return None,
            };
            (1..=days).contains(&day).then_some(())
        };
        match is_day(text) {
            Some(()) => Ok(Self(text.to_owned())),
            None => Err("a day is written like 2025-10-13".to_owned()),
        }
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
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
        let index = canonical(index);
        self.projects.insert((index, project.name.clone()), Some(Arc::new(project)));
    }

    /// Notes that the index does not have the project (a 404).
    pub fn insert_absent(&mut self, index: IndexUrl, name: ProjectName) {
        let index = canonical(index);
        self.projects.insert((index, name), None);
    }

    /// Notes the metadata of a release: all its files are taken to agree with that wheel.
    pub fn insert_metadata(&mut self, index: &IndexUrl, file_name: &str, metadata: &Metadata) {
        let Some(wheel) = Artifact::from_file_name(file_name, Known::Live) else { return };
        let key = (canonical(index.clone()), wheel.project);
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

/// The public index, whichever mirror of it was asked.
fn canonical(index: IndexUrl) -> IndexUrl {
    if index.is_public() { IndexUrl::pypi() } else { index }
}

impl ProjectPage {
    /// Reads a PEP 691 JSON page. Files that are no packages of the project are passed over, as
    /// pip does.
    ///
    /// # Errors
    /// Where the text is no such page.
    pub fn parse(name: &ProjectName, text: &str) -> Result<Self, PageError> {
        let page: Page = serde_json::from_str(text).map_err(PageError)?;
        Ok(Self::from_files(name, page.files.into_iter().map(PageFile::from)))
    }

    /// The page as it was at the end of a day; `None` where the index does not say of every file when
    /// it was uploaded (PEP 700).
    #[must_use]
    pub fn as_of(&self, day: &Day) -> Option<Self> {
        let mut files = Vec::with_capacity(self.files.len());
        for file in &self.files {
            // Days of one form compare as texts do.
            let uploaded = Day::parse(file.uploaded.as_ref()?.get(..10)?).ok()?;
            if uploaded <= *day {
                files.push(file.clone());
            }
        }
        Some(Self::from_files(&self.project.name, files))
    }

    /// The index says of some file that its metadata lies beside it: then it says so of all that have it.
    #[must_use]
    pub fn announces_metadata(&self) -> bool {
        self.files.iter().any(|file| file.metadata != MetadataOffer::Unannounced)
    }

    /// The page of these files, in the order in which the index lists them.
    pub fn from_files(name: &ProjectName, files: impl IntoIterator<Item = PageFile>) -> Self {
        let mut page = Self { project: Project::new(name.clone()), files: Vec::new() };
        for file in files {
            let Some(mut artifact) = Artifact::from_file_name(&file.file_name, Known::Live) else { continue };
            if artifact.project != *name {
                continue;
            }
            artifact.requires_python =
                file.requires_python.as_deref().and_then(|text| text.parse().ok()).map(Arc::new);
            artifact.yanked = file.yanked.as_ref().map(|reason| Yanked { reason: reason.clone() });
            page.project.add(Arc::new(artifact));
            page.files.push(file);
        }
        page
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
    files: Vec<JsonFile>,
}

/// PEP 691, with the keys of PEP 700 and 714.
#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct JsonFile {
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
    #[serde(default)]
    upload_time: Option<String>,
}

impl From<JsonFile> for PageFile {
    fn from(file: JsonFile) -> Self {
        let offer = |flag: Flag| match flag {
            Flag::Bool(false) | Flag::Other(serde_json::Value::Null) => MetadataOffer::Unannounced,
            Flag::Bool(true) => MetadataOffer::Announced,
            Flag::Other(hashes) => match hashes.get("sha256").and_then(serde_json::Value::as_str) {
                Some(digest) => MetadataOffer::Sha256(digest.to_owned()),
                None => MetadataOffer::Announced,
            },
        };
        let metadata = match offer(file.core_metadata) {
            MetadataOffer::Unannounced => offer(file.dist_info_metadata),
            announced => announced,
        };
        Self {
            file_name: file.filename,
            url: file.url.split('#').next().unwrap_or("").to_owned(),
            requires_python: file.requires_python,
            yanked: match file.yanked {
                Flag::Bool(false) => None,
                Flag::Bool(true) => Some(String::new()),
                Flag::Other(reason) => Some(reason.as_str().unwrap_or("").to_owned()),
            },
            metadata,
            uploaded: file.upload_time,
        }
    }
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
    fn days_are_of_the_calendar() {
        for day in ["2025-10-13", "2024-02-29", "2000-02-29", "1999-12-31"] {
            assert_eq!(Day::parse(day).map(|day| day.to_string()), Ok(day.to_owned()));
        }
        for text in [
            "",
            "2025-13-01",
            "2025-02-29",
            "1900-02-29",
            "2025-04-31",
            "2025-1-1",
            "25-01-01",
            "2025-01-00",
            "2025-01-01T00:00:00Z",
            "+025-01-01",
            "２025-01-01",
        ] {
            assert!(Day::parse(text).is_err(), "{text}");
        }
    }

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
