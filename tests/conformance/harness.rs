//! Reading a corpus, and keeping score.

use std::{
    collections::BTreeMap,
    env, fs,
    path::{Path, PathBuf},
};

use serde_json::Value;

/// The folder of the corpora.
pub(crate) fn folder() -> PathBuf {
    env::var_os("WHEELSTAGE_CORPORA")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/corpora"), PathBuf::from)
}

/// A reason for which a row is not held against us, and the rows it covers.
pub(crate) struct Exception {
    /// Printed beside the ids: what these rows have in common, and why they do not count.
    pub(crate) reason: &'static str,
    /// Whether a row is one of them. Looks at the row alone, never at our answer.
    pub(crate) covers: fn(&Value) -> bool,
}

/// Asks every row of a corpus file that is of one of `kinds` (all, where empty), prints the
/// score, and fails where a row that no exception covers got another answer.
///
/// `answer` says what differs, or `Ok` where nothing does.
#[track_caller]
pub(crate) fn score(
    file: &str,
    kinds: &[&str],
    exceptions: &[Exception],
    mut answer: impl FnMut(&Value) -> Result<(), String>,
) {
    let path = folder().join(file);
    let Ok(text) = fs::read_to_string(&path) else {
        println!("{file}: passed over, {} is not there", path.display());
        return;
    };
    let mut passed = 0;
    let mut failed = Vec::new();
    let mut excepted: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for (number, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        let row: Value =
            serde_json::from_str(line).unwrap_or_else(|error| panic!("{file}:{}: {error}", number + 1));
        let kind = row["kind"].as_str().unwrap_or_default();
        if !kinds.is_empty() && !kinds.contains(&kind) {
            continue;
        }
        let id = row["id"].as_str().unwrap_or_default().to_owned();
        match answer(&row) {
            Ok(()) => passed += 1,
            Err(difference) => match exceptions.iter().find(|exception| (exception.covers)(&row)) {
                Some(exception) => excepted.entry(exception.reason).or_default().push(id),
                None => failed.push(format!("{id}: {difference}")),
            },
        }
    }
    let count: usize = excepted.values().map(Vec::len).sum();
    let kinds = if kinds.is_empty() { String::new() } else { format!(" ({})", kinds.join(", ")) };
    println!("{file}{kinds}: passed {passed}, failed {}, excepted {count}", failed.len());
    for (reason, ids) in &excepted {
        println!("  excepted, {reason}: {}", ids.join(" "));
    }
    assert!(passed + failed.len() + count > 0, "{file}{kinds}: no row was asked");
    let shown: Vec<&str> = failed.iter().take(20).map(String::as_str).collect();
    assert!(failed.is_empty(), "{file}{kinds}: {} rows differ\n{}", failed.len(), shown.join("\n"));
}
