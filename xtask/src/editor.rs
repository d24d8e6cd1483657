//! The editor's bundle: CodeMirror and `editor/src`, as one minified module.

use std::{fs, process::Command};

use anyhow::{Context, Result};

use crate::{
    process::{run, say, script},
    project::{fingerprint, is_current, root, write},
    tools,
};

/// Bundles `editor/src` into `editor/dist/editor.js`, where either it or the lock file has changed.
pub(crate) fn bundle() -> Result<()> {
    let folder = root().join("editor");
    install()?;
    let stamp = folder.join("dist").join("stamp");
    let now = fingerprint(&["editor/package-lock.json", "editor/src"])?;
    if is_current(&stamp, &now) {
        return Ok(());
    }
    say("Bundling the editor");
    run(Command::new("node").current_dir(&folder).args([
        "node_modules/esbuild/bin/esbuild",
        "src/editor.js",
        "--bundle",
        "--minify",
        "--format=esm",
        "--target=es2022",
        "--charset=utf8",
        // The licences of all that is contained are in dist/licenses.txt.
        "--legal-comments=none",
        "--log-level=warning",
        "--outfile=dist/editor.js",
    ]))?;
    write(&stamp, now)
}

/// Brings in the packages that the lock file names.
fn install() -> Result<()> {
    let folder = root().join("editor");
    let stamp = folder.join("node_modules").join(".stamp");
    let now = fingerprint(&["editor/package.json", "editor/package-lock.json"])?;
    if is_current(&stamp, &now) {
        return Ok(());
    }
    tools::node()?;
    say("Installing the editor's packages with npm, by the lock file (5 seconds)");
    run(script("npm")
        .args(["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"])
        .current_dir(&folder))?;
    fs::write(&stamp, now).with_context(|| format!("cannot write {}", stamp.display()))
}
