//! The page that ours is measured beside: `benches/monaco`.

use std::{fs, path::PathBuf, process::Command};

use anyhow::{Context, Result};

use crate::{
    process::{run, say, script},
    project::{fingerprint, is_current, root, write},
    tools,
};

/// The peer's version, which `benches/monaco/package-lock.json` pins.
const MONACO: &str = "0.57.0";

/// Bundles the page in the tools' cache, and returns its folder.
pub(super) fn build() -> Result<PathBuf> {
    let sources = root().join("benches").join("monaco");
    let example = root().join("static").join("examples").join("report");
    let folder = tools::folder("monaco", MONACO)?;
    let site = folder.join("site");
    let stamp = folder.join("stamp");
    let now = fingerprint(&["benches/monaco", "static/examples/report"])?;
    if is_current(&stamp, &now) {
        return Ok(site);
    }
    tools::node()?;
    say(format!("Building a page of two editors of Monaco {MONACO} (20 seconds)"));
    fs::create_dir_all(&site).with_context(|| format!("cannot make {}", site.display()))?;
    for name in ["package.json", "package-lock.json", "main.js", "page.css"] {
        copy(&sources.join(name), &folder.join(name))?;
    }
    copy(&sources.join("index.html"), &site.join("index.html"))?;
    run(script("npm")
        .args(["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"])
        .current_dir(&folder))?;
    run(Command::new("node")
        .args(["node_modules/esbuild/bin/esbuild", "main.js"])
        .arg("node_modules/monaco-editor/esm/vs/editor/editor.worker.js")
        .args(["--bundle", "--minify", "--format=esm", "--target=es2022", "--legal-comments=none"])
        .args(["--outdir=site", "--entry-names=[name]", "--log-level=error"])
        .args(["--loader:.ttf=file", "--loader:.txt=text", "--loader:=text"])
        .arg(format!("--alias:example={}", example.display()))
        .current_dir(&folder))?;
    write(&stamp, now)?;
    Ok(site)
}

fn copy(from: &std::path::Path, to: &std::path::Path) -> Result<()> {
    fs::copy(from, to).with_context(|| format!("cannot copy {} to {}", from.display(), to.display()))?;
    Ok(())
}
