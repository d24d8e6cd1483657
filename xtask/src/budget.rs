//! What the page may weigh, and what it does. Bytes fail the build; times never do.

use std::{fs, io::Write, path::Path};

use anyhow::{Context, Result, bail};
use brotli::CompressorWriter;

use crate::project::{dist, read, read_text};

/// A limit on bytes over the wire, compressed with brotli at level 11. kB are 1,000 bytes.
struct Budget {
    what: &'static str,
    aim: u64,
    fails: u64,
    /// The files of `dist/` that count, by name.
    files: fn(&str, &str) -> bool,
}

/// The page itself, what it names, and what its worker is started by: all that the first visit
/// needs before the page answers.
fn is_first_load(name: &str, index: &str) -> bool {
    name == "index.html" || name == "worker.js" || index.contains(name)
}

/// The aims are those of a page without its core. Measured, the whole of it weighs 700 kB: a fifth
/// is the page, a sixth each the simulator, the languages, and findings with patches and reports, a
/// twelfth the resolver; the rest is shared. The limit keeps it from growing unseen.
const BUDGETS: &[Budget] = &[
    Budget { what: "app and worker (wasm)", aim: 280, fails: 720, files: |name, _| name.ends_with(".wasm") },
    Budget { what: "editor", aim: 103, fails: 112, files: |name, _| name.starts_with("editor-") },
    Budget { what: "first load", aim: 420, fails: 850, files: is_first_load },
];

/// Weighs `dist/`, prints every budget beside its weight, and fails where one is exceeded.
pub(crate) fn check() -> Result<()> {
    let index = read_text(&dist().join("index.html"))?;
    let mut weights = Vec::new();
    for entry in fs::read_dir(dist()).context("cannot read dist/")? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if entry.file_type()?.is_file() && BUDGETS.iter().any(|budget| (budget.files)(&name, &index)) {
            weights.push((weight(&entry.path())?, name));
        }
    }
    let mut exceeded = Vec::new();
    println!("{:24} {:>10} {:>10} {:>10}   kB, brotli 11", "", "weight", "aim", "fails");
    for Budget { what, aim, fails, files } in BUDGETS {
        let sum: u64 = weights.iter().filter(|(_, name)| files(name, &index)).map(|(bytes, _)| bytes).sum();
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
