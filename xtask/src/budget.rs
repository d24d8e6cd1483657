//! What the page may weigh, and what it does. Bytes fail the build; times never do.

use std::{io::Write, path::Path};

use anyhow::{Result, bail};
use brotli::CompressorWriter;

use crate::project::{dist, files, read, read_text};

/// A limit on bytes over the wire, compressed with brotli at level 11. kB are 1,000 bytes.
struct Budget {
    what: &'static str,
    aim: Option<u64>,
    fails: u64,
    /// The files of `dist/` that count, by name.
    files: fn(&str, &str) -> bool,
}

/// The page itself, what it names and what its program imports: all that a first visit needs before
/// both texts can be read and edited. What is only asked for ahead is not needed yet.
fn is_first_load(name: &str, index: &str) -> bool {
    let ahead = is_analysis(name) || name.starts_with("catalogue/");
    name == "index.html" || name.starts_with("snippets/") || (index.contains(name) && !ahead)
}

fn is_analysis(name: &str) -> bool {
    name.ends_with("_analysis.wasm")
}

/// The limits of what is waited for before the page is there, and of what comes beside it. Whoever
/// opens the page waits for the first load; the analysis arrives while they read.
const BUDGETS: &[Budget] = &[
    Budget { what: "page (wasm)", aim: Some(280), fails: 424, files: |name, _| name.ends_with("_bg.wasm") },
    Budget { what: "editor", aim: Some(103), fails: 112, files: |name, _| name.starts_with("editor-") },
    Budget { what: "first load", aim: Some(420), fails: 556, files: is_first_load },
    Budget { what: "analysis (wasm)", aim: None, fails: 410, files: |name, _| is_analysis(name) },
];

/// Weighs `dist/`, prints every budget beside its weight, and fails where one is exceeded.
pub(crate) fn check() -> Result<()> {
    let index = read_text(&dist().join("index.html"))?;
    let mut weights = Vec::new();
    for path in files(&dist())? {
        let name = path.strip_prefix(dist())?.to_string_lossy().into_owned();
        if BUDGETS.iter().any(|budget| (budget.files)(&name, &index)) {
            weights.push((weight(&path)?, name));
        }
    }
    let mut exceeded = Vec::new();
    println!("{:24} {:>10} {:>10} {:>10}   kB, brotli 11", "", "weight", "aim", "fails");
    for Budget { what, aim, fails, files: counts } in BUDGETS {
        let aim = aim.map_or_else(String::new, |aim| aim.to_string());
        let sum: u64 = weights.iter().filter(|(_, name)| counts(name, &index)).map(|(bytes, _)| bytes).sum();
        println!("{what:24} {:>10.1} {aim:>10} {fails:>10}", sum as f64 / 1000.0);
        if sum > fails * 1000 {
            exceeded.push(*what);
        }
    }
    if !exceeded.is_empty() {
        bail!("too heavy: {}", exceeded.join(", "));
    }
    Ok(())
}

/// A file's bytes after brotli at level 11.
pub(crate) fn weight(path: &Path) -> Result<u64> {
    Ok(compressed(path)?.len() as u64)
}

/// A file, compressed with brotli at level 11 and the largest window that browsers take.
pub(crate) fn compressed(path: &Path) -> Result<Vec<u8>> {
    let mut writer = CompressorWriter::new(Vec::new(), 1 << 16, 11, 24);
    writer.write_all(&read(path)?)?;
    Ok(writer.into_inner())
}
