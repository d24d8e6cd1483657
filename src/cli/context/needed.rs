//! Which files of a folder are read: those whose text a build with Python packages depends on, and
//! those that the Dockerfile or a script of the folder names.

use std::{collections::HashSet, fs::File, io::Read, path::Path};

use crate::text::{SourceFile, Sources};

/// The largest file that is read unasked, in bytes.
const MOST_BYTES: u64 = 1 << 20;

/// The most files that are read unasked, and the most bytes of all of them; beyond, files are only
/// known to be there.
const MOST_FILES: usize = 2_000;
const MOST_IN_ALL: usize = 32 << 20;

/// How often what was read is searched for the names of further files: a script may run a script.
const MOST_ROUNDS: usize = 4;

/// Endings of files that hold what is to be installed, or the steps of doing it.
const ENDINGS: [&str; 8] = [".txt", ".in", ".toml", ".cfg", ".lock", ".sh", ".conf", ".dockerignore"];

/// Names of such files.
const NAMES: [&str; 5] = ["setup.py", "makefile", "pipfile", "pip.ini", "environment.yml"];

/// Reads what may be needed of `files`, which come outer folders first, beside what was read already.
pub(super) fn read(folder: &Path, files: &[String], already: &Sources) -> Vec<SourceFile> {
    let mut result: Vec<SourceFile> = Vec::new();
    let mut taken: HashSet<&str> = HashSet::new();
    let mut bytes = 0;
    let mut names = HashSet::new();
    for (_, file) in already.iter() {
        collect_names(&file.text, &mut names);
    }
    let mut searched = 0;
    // What is named is read before what only looks as if it were needed.
    for round in 0..=MOST_ROUNDS {
        let is_last = round == MOST_ROUNDS;
        for path in files {
            let name = path.rsplit('/').next().unwrap_or(path);
            let is_wanted = names.contains(name) || (is_last && is_likely(&name.to_lowercase()));
            if !is_wanted || taken.contains(path.as_str()) || already.find(path).is_some() {
                continue;
            }
            if result.len() >= MOST_FILES || bytes >= MOST_IN_ALL {
                return result;
            }
            taken.insert(path);
            if let Some(content) = text_of(&folder.join(path)) {
                bytes += content.len();
                result.push(SourceFile::from_bytes(path.as_str(), &content));
            }
        }
        for file in result.get(searched..).unwrap_or_default() {
            collect_names(&file.text, &mut names);
        }
        searched = result.len();
    }
    result
}

/// The words of a text that may be names of files: the last part of each.
fn collect_names(text: &str, names: &mut HashSet<String>) {
    let is_part = |c: char| c.is_alphanumeric() || matches!(c, '.' | '_' | '-' | '+');
    for word in text.split(|c| !is_part(c)).filter(|word| !word.is_empty()) {
        if !names.contains(word) {
            names.insert(word.to_owned());
        }
    }
}

fn is_likely(name: &str) -> bool {
    ENDINGS.iter().any(|ending| name.ends_with(ending))
        || NAMES.contains(&name)
        || name.contains("dockerfile")
        || name.contains("containerfile")
        || name.contains("requirements")
}

/// What a file holds, unless it is large, no text, or cannot be read.
fn text_of(path: &Path) -> Option<Vec<u8>> {
    let file = File::open(path).ok().filter(|file| file.metadata().is_ok_and(|data| data.is_file()))?;
    let mut bytes = Vec::new();
    file.take(MOST_BYTES + 1).read_to_end(&mut bytes).ok()?;
    let has_mark = bytes.starts_with(&[0xFF, 0xFE])
        || bytes.starts_with(&[0xFE, 0xFF])
        || bytes.starts_with(&[0, 0, 0xFE, 0xFF]);
    let is_text = has_mark || !bytes.contains(&0);
    (bytes.len() as u64 <= MOST_BYTES && is_text).then_some(bytes)
}
