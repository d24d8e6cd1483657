//! `cargo xtask build`: the static site.

use std::process::Command;

use anyhow::Result;

use crate::{
    budget, licenses,
    process::{self, path_with, say},
    project::{dist, fingerprint, is_current, root, write},
    tools,
};

/// All that the site is made from.
const SOURCES: &[&str] = &[
    "Cargo.lock",
    "Cargo.toml",
    "Trunk.toml",
    "editor/package-lock.json",
    "editor/src",
    "index.html",
    "src",
    "static",
    "xtask/src",
];

/// Builds `dist/`.
pub(crate) fn run(_: &[String]) -> Result<()> {
    site()?;
    say("The site is in dist/: put the folder on any static host, under any path");
    Ok(())
}

/// Builds `dist/` for release, with its licences, within its budgets; at once where nothing has
/// changed since the last time.
pub(crate) fn site() -> Result<()> {
    let stamp = root().join("target").join("xtask").join("site");
    let now = fingerprint(SOURCES)?;
    if dist().join("index.html").is_file() && is_current(&stamp, &now) {
        return Ok(());
    }
    let path = path_with(&tools::for_the_page()?)?;
    say("Building the page for release (1 to 4 minutes the first time, then 1)");
    process::run(
        Command::new("trunk")
            .args(["build", "--release", "--offline"])
            .env("PATH", path)
            // Trunk reads it as "true" or "false", where the convention is any value at all.
            .env_remove("NO_COLOR")
            .current_dir(root()),
    )?;
    licenses::write_all()?;
    budget::check()?;
    crate::catalogue::check()?;
    write(&stamp, now)
}
