//! Asking the package index, politely: one page a project, kept for a day; the METADATA that
//! lies beside a wheel (PEP 658), or of the wheel only the bytes that hold it.

use std::{
    collections::HashMap,
    env, fs,
    path::{Path, PathBuf},
    process::Command,
    sync::{Arc, Mutex, PoisonError},
};

use anyhow::{Context, Result, bail};
use serde::Deserialize;
use wheelstage::{
    index::{ArtifactKind, Project, ProjectPage, SupportedTags},
    pep440::{Prereleases, is_prerelease},
    pep508::{ProjectName, Target},
};

use crate::{process::output, tools};

pub(super) struct Fetcher {
    base: String,
    cache: PathBuf,
    /// What was read so far.
    pages: Mutex<HashMap<ProjectName, Option<Arc<Page>>>>,
}

/// A project's page, and where its files are.
pub(super) struct Page {
    pub(super) project: Project,
    files: HashMap<String, PageFile>,
}

#[derive(Deserialize)]
struct PageFiles {
    files: Vec<PageFile>,
}

/// One file as a page lists it.
#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) struct PageFile {
    filename: String,
    url: String,
    #[serde(default)]
    size: u64,
    /// `true`, or the hashes of its METADATA, which then lies beside it (PEP 714).
    #[serde(default, alias = "dist-info-metadata")]
    core_metadata: serde_json::Value,
}

impl Page {
    pub(super) fn file(&self, file_name: &str) -> Option<&PageFile> {
        self.files.get(file_name)
    }

    /// In bytes; 0 where the page does not say.
    pub(super) fn size(&self, file_name: &str) -> u64 {
        self.files.get(file_name).map_or(0, |file| file.size)
    }
}

impl PageFile {
    fn has_metadata_beside_it(&self) -> bool {
        !matches!(self.core_metadata, serde_json::Value::Null | serde_json::Value::Bool(false))
    }
}

impl Fetcher {
    /// The index is the one `WHEELSTAGE_INDEX_URL` names, else pip's, else the public one.
    pub(super) fn new() -> Result<Self> {
        let configured =
            || output(Command::new("python3").args(["-m", "pip", "config", "get", "global.index-url"])).ok();
        let base = env::var("WHEELSTAGE_INDEX_URL")
            .or_else(|_| env::var("PIP_INDEX_URL"))
            .ok()
            .or_else(configured)
            .unwrap_or_else(|| "https://pypi.org/simple".to_owned());
        let cache = tools::cache()?.join("catalogue");
        fs::create_dir_all(cache.join("pages"))?;
        fs::create_dir_all(cache.join("metadata"))?;
        Ok(Self { base: base.trim_end_matches('/').to_owned(), cache, pages: Mutex::default() })
    }

    /// Today, `2026-11-22`.
    pub(super) fn date(&self) -> Result<String> {
        output(Command::new("date").args(["-u", "+%Y-%m-%d"]))
    }

    /// A project's page; `None` where the index does not have it.
    pub(super) fn page(&self, name: &ProjectName) -> Result<Option<Arc<Page>>> {
        let pages = || self.pages.lock().unwrap_or_else(PoisonError::into_inner);
        let known = pages().get(name).cloned();
        if let Some(page) = known {
            return Ok(page);
        }
        let page = self.read_page(name)?.map(Arc::new);
        pages().insert(name.clone(), page.clone());
        Ok(page)
    }

    fn read_page(&self, name: &ProjectName) -> Result<Option<Page>> {
        let kept = self.cache.join("pages").join(format!("{name}.json"));
        let fresh = fs::metadata(&kept)
            .and_then(|metadata| metadata.modified())
            .is_ok_and(|time| time.elapsed().is_ok_and(|age| age.as_secs() < 24 * 60 * 60));
        if !fresh {
            let address = format!("{}/{name}/", self.base);
            let status = output(
                curl()
                    .args(["-o", &kept.to_string_lossy(), "-w", "%{http_code}"])
                    .args(["-H", "Accept: application/vnd.pypi.simple.v1+json"])
                    .arg(&address),
            )?;
            match status.as_str() {
                "200" => {}
                "404" => fs::write(&kept, "")?,
                other => {
                    fs::remove_file(&kept).ok();
                    bail!("{address} answered {other}");
                }
            }
        }
        let text = fs::read_to_string(&kept)?;
        if text.is_empty() {
            return Ok(None);
        }
        let page = ProjectPage::parse(name, &text).with_context(|| format!("the page of {name}"))?;
        let PageFiles { files } = serde_json::from_str(&text)?;
        let files = files.into_iter().map(|file| (file.filename.clone(), file)).collect();
        Ok(Some(Page { project: page.project, files }))
    }

    /// METADATA of a wheel; `None` where the file does not tell.
    pub(super) fn metadata(&self, file: &PageFile) -> Result<Option<String>> {
        let kept = self.cache.join("metadata").join(&file.filename);
        if let Ok(text) = fs::read_to_string(&kept) {
            return Ok((!text.is_empty()).then_some(text));
        }
        let url = file.url.split('#').next().unwrap_or(&file.url);
        let url = if url.contains("://") { url.to_owned() } else { format!("{}/{url}", self.base) };
        let text = if file.has_metadata_beside_it() {
            Some(output(curl().arg("--fail").arg(format!("{url}.metadata")))?)
        } else if file.filename.ends_with(".whl") {
            metadata_of_wheel(&url, &kept)?
        } else {
            None
        };
        fs::write(&kept, text.as_deref().unwrap_or(""))?;
        Ok(text)
    }
}

/// The best file of the newest final release that the target can use.
pub(super) fn newest<'p>(project: &'p Project, target: &Target) -> Option<&'p String> {
    let tags = SupportedTags::of(target);
    let python = target.python.full_version();
    let releases = project.releases.iter().rev().filter(|(version, _)| !is_prerelease(version));
    releases.filter(|(_, release)| !release.is_yanked()).find_map(|(_, release)| {
        let usable = release.artifacts.iter().filter(|file| {
            file.requires_python
                .as_ref()
                .is_none_or(|specifiers| specifiers.contains(&python, Prereleases::Allow))
        });
        let ranked = usable.filter_map(|file| match &file.kind {
            ArtifactKind::Wheel(wheel) => Some((tags.rank(wheel)?, &file.file_name)),
            ArtifactKind::Sdist => None,
        });
        ranked.min().map(|(_, name)| name)
    })
}

fn curl() -> Command {
    let mut curl = Command::new("curl");
    curl.args(["--silent", "--show-error", "--location", "--retry", "3", "--max-time", "180"]);
    curl.args(["--user-agent", "wheelstage-catalogue"]);
    curl
}

/// Reads METADATA out of a wheel by byte ranges: the end of the archive tells where it is.
fn metadata_of_wheel(url: &str, scratch: &Path) -> Result<Option<String>> {
    let scratch = scratch.with_extension("part");
    let tail = bytes(url, "-65536", &scratch)?;
    let Some(end) = tail.windows(4).rposition(|window| window == b"PK\x05\x06") else { return Ok(None) };
    let (Some(size), Some(start)) = (number(&tail, end + 12), number(&tail, end + 16)) else {
        return Ok(None);
    };
    let directory = match end.checked_sub(size) {
        Some(from) => tail.get(from..end).unwrap_or_default().to_vec(),
        None => bytes(url, &format!("{start}-{}", start + size), &scratch)?,
    };
    let mut at = 0;
    while directory.get(at..at + 4) == Some(b"PK\x01\x02") {
        let short = |offset: usize| {
            let pair = directory.get(at + offset..at + offset + 2)?;
            Some(usize::from(u16::from_le_bytes([pair[0], pair[1]])))
        };
        let (Some(name), Some(extra), Some(comment), Some(method)) =
            (short(28), short(30), short(32), short(10))
        else {
            return Ok(None);
        };
        let file =
            String::from_utf8_lossy(directory.get(at + 46..at + 46 + name).unwrap_or_default()).into_owned();
        if file.ends_with(".dist-info/METADATA") && file.matches('/').count() == 1 {
            let (Some(packed), Some(from)) = (number(&directory, at + 20), number(&directory, at + 42))
            else {
                return Ok(None);
            };
            // The local header repeats the name and has extra fields of its own.
            let found = bytes(url, &format!("{from}-{}", from + 30 + name + 1024 + packed), &scratch)?;
            let length = |offset: usize| {
                found
                    .get(offset..offset + 2)
                    .map_or(0, |pair| usize::from(u16::from_le_bytes([pair[0], pair[1]])))
            };
            let data = 30 + length(26) + length(28);
            let packed = found.get(data..data + packed).unwrap_or_default();
            let text = match method {
                0 => packed.to_vec(),
                _ => miniz_oxide::inflate::decompress_to_vec(packed)
                    .map_err(|error| anyhow::anyhow!("{url}: METADATA is broken: {error}"))?,
            };
            return Ok(Some(String::from_utf8_lossy(&text).into_owned()));
        }
        at += 46 + name + extra + comment;
    }
    Ok(None)
}

fn number(bytes: &[u8], at: usize) -> Option<usize> {
    let four = bytes.get(at..at + 4)?;
    usize::try_from(u32::from_le_bytes([four[0], four[1], four[2], four[3]])).ok()
}

fn bytes(url: &str, range: &str, scratch: &Path) -> Result<Vec<u8>> {
    output(curl().args(["--fail", "-r", range, "-o", &scratch.to_string_lossy()]).arg(url))?;
    let bytes = fs::read(scratch)?;
    fs::remove_file(scratch)?;
    Ok(bytes)
}
