//! `cargo xtask build`: the static site.

use std::{env, ffi::OsStr, path::Path, process::Command};

use anyhow::Result;

use crate::{
    budget, licenses, policy,
    process::{self, path_with, say},
    project::{dist, files, fingerprint, is_current, read, root, write},
    split, tools,
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

/// What is left to do on a site that Trunk has built: in the folder that it names, or in `dist/`.
pub(crate) fn finish() -> Result<()> {
    let site = env::var_os("TRUNK_STAGING_DIR").map_or_else(dist, Into::into);
    rule_pages(&site)?;
    split::site(&site)?;
    policy::site(&site)
}

/// The pages of the rules, which the page shows when somebody asks for one.
fn rule_pages(site: &Path) -> Result<()> {
    for file in files(&root().join("src/findings/rules"))? {
        if let (Some("md"), Some(name)) = (file.extension().and_then(OsStr::to_str), file.file_name()) {
            write(&site.join("rules").join(name), read(&file)?)?;
        }
    }
    Ok(())
}
