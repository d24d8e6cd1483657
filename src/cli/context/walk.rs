//! Everything in a folder, by path, without reading any of it.

use std::{
    fs,
    path::{Path, PathBuf},
};

use crate::syntax::dockerfile::Ignore;

/// The most files and folders that are listed.
pub(super) const MOST_ENTRIES: usize = 400_000;

/// How deep folders are followed; links may lead in circles.
const MOST_DEPTH: usize = 64;

/// The most links to folders that are followed.
const MOST_LINKS: usize = 1_000;

/// Folders that are large and that no build looks into: that they are there is known, and no more.
const NOT_LOOKED_INTO: [&str; 4] = [".git", "node_modules", "__pycache__", ".venv"];

/// What is in a folder, each by its path from there, `/` between parts.
#[derive(Debug, Default)]
pub(super) struct Found {
    /// Regular files, and links to such in the folder; sorted, those of outer folders first.
    pub(super) files: Vec<String>,
    pub(super) folders: Vec<String>,
    /// Folders that were not looked into.
    pub(super) unread: Vec<String>,
    /// Absolute links that lead out of the folder, pipes, devices, names that are not UTF-8.
    pub(super) unknown: Vec<String>,
    /// Nothing was left out.
    pub(super) is_whole: bool,
}

/// Lists what `.dockerignore` lets through.
pub(super) fn list(folder: &Path, ignore: &Ignore) -> Found {
    let mut found = Found { is_whole: true, ..Found::default() };
    let Ok(root) = fs::canonicalize(folder) else { return found };
    let keeps_some = ignore.patterns.iter().any(|pattern| pattern.keeps);
    let mut pending = vec![(folder.to_owned(), String::new(), 0)];
    let (mut count, mut links) = (0, 0);
    while let Some((place, above, depth)) = pending.pop() {
        let Ok(entries) = fs::read_dir(&place) else {
            found.unread.push(above);
            continue;
        };
        for entry in entries.filter_map(Result::ok) {
            count += 1;
            if count > MOST_ENTRIES {
                found.is_whole = false;
                break;
            }
            let name = entry.file_name();
            let separator = if above.is_empty() { "" } else { "/" };
            let path = format!("{above}{separator}{}", name.to_string_lossy());
            let is_ignored = !ignore.patterns.is_empty() && ignore.is_ignored(&path);
            let Ok(mut kind) = entry.file_type() else { continue };
            if is_ignored && !(kind.is_dir() && keeps_some) {
                continue;
            }
            if name.to_str().is_none() {
                found.unknown.push(path);
                continue;
            }
            if kind.is_symlink() {
                let target = fs::canonicalize(entry.path()).ok().filter(|target| target.starts_with(&root));
                let Some((target, data)) =
                    target.and_then(|target| fs::symlink_metadata(&target).ok().map(|data| (target, data)))
                else {
                    // BuildKit looks for the target in the context, where it is not. In the image an
                    // absolute one may be there.
                    if fs::read_link(entry.path()).is_ok_and(|target| target.is_absolute()) {
                        found.unknown.push(path);
                    }
                    continue;
                };
                kind = data.file_type();
                if kind.is_dir() {
                    links += 1;
                    let is_circle = fs::canonicalize(&place).is_ok_and(|place| place.starts_with(&target));
                    if is_circle || links > MOST_LINKS {
                        found.unread.push(path);
                        continue;
                    }
                }
            }
            if kind.is_file() {
                found.files.push(path);
            } else if !kind.is_dir() {
                found.unknown.push(path);
            } else if depth >= MOST_DEPTH || NOT_LOOKED_INTO.iter().any(|unread| name == *unread) {
                found.unread.push(path);
            } else {
                if !is_ignored {
                    found.folders.push(path.clone());
                }
                pending.push((entry.path(), path, depth + 1));
            }
        }
        if !found.is_whole {
            break;
        }
    }
    let depth = |path: &String| path.matches('/').count();
    found.files.sort_by_cached_key(|path| (depth(path), path.clone()));
    found
}

/// Whether a path, links in it followed, lies in the folder.
pub(super) fn is_inside(folder: &Path, path: &Path) -> bool {
    let real = |path: &Path| fs::canonicalize(path).ok();
    let (Some(folder), Some(path)): (Option<PathBuf>, Option<PathBuf>) = (real(folder), real(path)) else {
        return false;
    };
    path.starts_with(folder)
}
