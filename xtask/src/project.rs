//! The project's own files.

use std::{
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result};
use sha2::{Digest, Sha256};

/// The project's root.
pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().map_or_else(PathBuf::new, Path::to_path_buf)
}

/// Where the built site goes.
pub(crate) fn dist() -> PathBuf {
    root().join("dist")
}

/// All files under a folder, by path, in a fixed order; none where there is no such folder.
pub(crate) fn files(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_path_buf()];
    while let Some(folder) = folders.pop() {
        let Ok(entries) = fs::read_dir(&folder) else { continue };
        for entry in entries {
            let entry = entry?;
            if entry.file_type()?.is_dir() { folders.push(entry.path()) } else { found.push(entry.path()) }
        }
    }
    found.sort();
    Ok(found)
}

/// One number for the contents and names of files and folders of the project: while it stays,
/// nothing that was made from them needs making again.
pub(crate) fn fingerprint(paths: &[&str]) -> Result<String> {
    let mut digest = Sha256::new();
    for path in paths {
        let path = root().join(path);
        let files = if path.is_dir() { files(&path)? } else { vec![path] };
        for file in files {
            let bytes = read(&file)?;
            digest.update(file.to_string_lossy().as_bytes());
            digest.update(bytes.len().to_le_bytes());
            digest.update(bytes);
        }
    }
    Ok(digest.finalize().iter().map(|byte| format!("{byte:02x}")).collect())
}

/// Whether `stamp` holds this fingerprint: what was made with it still stands.
pub(crate) fn is_current(stamp: &Path, fingerprint: &str) -> bool {
    fs::read_to_string(stamp).is_ok_and(|text| text == fingerprint)
}

/// A file's bytes.
pub(crate) fn read(path: &Path) -> Result<Vec<u8>> {
    fs::read(path).with_context(|| format!("cannot read {}", path.display()))
}

/// A file's text.
pub(crate) fn read_text(path: &Path) -> Result<String> {
    fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))
}

/// Writes a file, and the folders above it.
pub(crate) fn write(path: &Path, bytes: impl AsRef<[u8]>) -> Result<()> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))?;
    }
    fs::write(path, bytes).with_context(|| format!("cannot write {}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Where a lock file says that its packages come from, at `key`.
    fn sources(lock: &str, key: &str) -> Vec<String> {
        let lines = lock.lines().filter_map(|line| line.trim().strip_prefix(key));
        lines.map(|rest| rest.trim_matches([' ', ':', '=', '"', ',']).to_owned()).collect()
    }

    /// A lock file that names somebody's mirror works for nobody else.
    #[test]
    fn lock_files_name_public_registries_alone() {
        for lock in ["Cargo.lock", "fuzz/Cargo.lock", "tests/page/Cargo.lock"] {
            let sources = sources(&read_text(&root().join(lock)).unwrap(), "source");
            assert!(!sources.is_empty(), "{lock} was not understood");
            for source in sources {
                assert_eq!(source, "registry+https://github.com/rust-lang/crates.io-index", "{lock}");
            }
        }
        let lock = read_text(&root().join("editor/package-lock.json")).unwrap();
        for source in sources(&lock, "\"resolved\"") {
            assert!(source.starts_with("https://registry.npmjs.org/"), "package-lock.json: {source}");
        }
    }

    #[test]
    fn sources_are_found_in_either_kind_of_lock_file() {
        let found = |text, key| sources(text, key).join(" ");
        assert_eq!(found("name = \"a\"\nsource = \"registry+https://a\"", "source"), "registry+https://a");
        assert_eq!(found("  \"resolved\": \"https://b/c.tgz\",", "\"resolved\""), "https://b/c.tgz");
    }
}
