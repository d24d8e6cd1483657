//! What was fetched is kept on disk. An entry is one file: a line of JSON that says what it is, and
//! the body. It is written beside and renamed, so that two runs at once do not spoil it; one whose
//! digest does not fit is fetched again.

use std::{
    env, fs,
    io::{self, Write},
    path::{Path, PathBuf},
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use serde::{Deserialize, Serialize};

use crate::index::digest;

/// Bytes that the folder may hold after a run; the entries that were used longest ago go first.
const MOST_BYTES: u64 = 256 << 20;

/// A page is not asked for again within this time: as long as the public index lets caches keep it.
const FRESH: Duration = Duration::from_secs(600);

/// A folder of entries.
#[derive(Debug)]
pub(super) struct Cache {
    /// `None` where there is none to write to.
    folder: Option<PathBuf>,
}

/// What is kept of an answer.
#[derive(Debug, Clone)]
pub(super) struct Entry {
    pub(super) head: Head,
    pub(super) body: Vec<u8>,
}

/// What it is.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Head {
    /// Of the body, without parameters.
    pub(super) media_type: String,
    /// To ask whether it has changed.
    pub(super) etag: Option<String>,
    /// Seconds since 1970.
    pub(super) fetched: u64,
    /// SHA-256 of the body.
    digest: String,
}

impl Cache {
    /// The folder that `WHEELSTAGE_CACHE` names, else the one that the system keeps for caches.
    pub(super) fn of_user() -> Self {
        let path =
            |variable: &str| env::var_os(variable).filter(|value| !value.is_empty()).map(PathBuf::from);
        let own = path("WHEELSTAGE_CACHE");
        let system = || {
            path("XDG_CACHE_HOME")
                .or_else(|| path("LOCALAPPDATA"))
                .or_else(|| path("HOME").map(|home| home.join(".cache")))
                .map(|folder| folder.join("wheelstage"))
        };
        Self::new(own.or_else(system).map(|folder| folder.join("index")))
    }

    fn new(folder: Option<PathBuf>) -> Self {
        Self { folder: folder.filter(|folder| fs::create_dir_all(folder).is_ok()) }
    }

    /// The entry of a key, where there is an undamaged one.
    pub(super) fn get(&self, key: &str) -> Option<Entry> {
        let path = self.path(key)?;
        let bytes = fs::read(&path).ok()?;
        let end = bytes.iter().position(|byte| *byte == b'\n')?;
        let (head, body) = (bytes.get(..end)?, bytes.get(end + 1..)?);
        let head: Head = serde_json::from_slice(head).ok()?;
        if digest(body) != head.digest {
            return None;
        }
        Some(Entry { head, body: body.to_vec() })
    }

    /// Keeps an answer. That it could not be written only costs asking again.
    pub(super) fn put(&self, key: &str, media_type: &str, etag: Option<String>, body: &[u8]) {
        let head = Head {
            media_type: media_type.to_owned(),
            etag,
            fetched: seconds(SystemTime::now()),
            digest: digest(body),
        };
        let Some(path) = self.path(key) else { return };
        drop(write(&path, &head, body));
    }

    fn path(&self, key: &str) -> Option<PathBuf> {
        Some(self.folder.as_ref()?.join(digest(key.as_bytes())))
    }

    /// Lets go of the oldest entries beyond [`MOST_BYTES`].
    pub(super) fn prune(&self) {
        self.prune_to(MOST_BYTES);
    }

    fn prune_to(&self, most: u64) {
        let Some(entries) = self.folder.as_ref().and_then(|folder| fs::read_dir(folder).ok()) else { return };
        let mut files: Vec<(SystemTime, u64, PathBuf)> = entries
            .filter_map(|entry| {
                let entry = entry.ok()?;
                let metadata = entry.metadata().ok().filter(fs::Metadata::is_file)?;
                Some((metadata.modified().ok()?, metadata.len(), entry.path()))
            })
            .collect();
        files.sort();
        let mut held: u64 = files.iter().map(|(_, size, _)| size).sum();
        for (_, size, path) in files {
            if held <= most {
                break;
            }
            held -= size;
            drop(fs::remove_file(path));
        }
    }
}

impl Head {
    /// It was fetched a moment ago.
    pub(super) fn is_fresh(&self) -> bool {
        let age = seconds(SystemTime::now()).checked_sub(self.fetched);
        age.is_some_and(|age| age < FRESH.as_secs())
    }
}

fn write(path: &Path, head: &Head, body: &[u8]) -> io::Result<()> {
    let folder = path.parent().unwrap_or(Path::new("."));
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    serde_json::to_writer(&mut file, head)?;
    file.write_all(b"\n")?;
    file.write_all(body)?;
    file.persist(path).map_err(|error| error.error)?;
    Ok(())
}

fn seconds(time: SystemTime) -> u64 {
    time.duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cache() -> (tempfile::TempDir, Cache) {
        let folder = tempfile::tempdir().unwrap();
        let cache = Cache::new(Some(folder.path().to_owned()));
        (folder, cache)
    }

    #[test]
    fn what_was_put_is_there_until_it_is_damaged() {
        let (_folder, cache) = cache();
        assert!(cache.get("a").is_none());
        cache.put("a", "text/html", Some("\"1\"".to_owned()), b"body\nof two lines");
        let entry = cache.get("a").unwrap();
        assert_eq!(
            (entry.head.media_type.as_str(), entry.body.as_slice()),
            ("text/html", &b"body\nof two lines"[..])
        );
        assert!(entry.head.is_fresh());
        let path = cache.path("a").unwrap();
        let mut bytes = fs::read(&path).unwrap();
        bytes.pop();
        fs::write(&path, bytes).unwrap();
        assert!(cache.get("a").is_none());
        fs::write(&path, b"not a head").unwrap();
        assert!(cache.get("a").is_none());
    }

    #[test]
    fn the_folder_stays_within_its_limit() {
        let (folder, cache) = cache();
        for key in ["a", "b", "c", "d"] {
            cache.put(key, "text/plain", None, &[0; 1000]);
        }
        cache.prune_to(2500);
        let left: u64 =
            fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().metadata().unwrap().len()).sum();
        assert!((1000..=2500).contains(&left), "{left}");
    }

    #[test]
    fn without_a_folder_nothing_is_kept() {
        let cache = Cache::new(None);
        cache.put("a", "text/plain", None, b"x");
        cache.prune();
        assert!(cache.get("a").is_none());
    }
}
