//! `cargo xtask bench page`: `tests/page/benchmark.rs`, which measures how quick the page is, on a
//! desktop and on a phone, beside a page of two Monaco editors.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result};
use wheelstage::{
    index::CatalogueFile,
    link::{Fragment, Playground},
};

use super::monaco;
use crate::{
    browser::Driver,
    budget, build, journeys,
    process::{run as run_program, say},
    project::{dist, files, read_text, root, write},
    serve::{Hosting, Site},
};

/// The length of the long requirements file.
const LINES: usize = 300;

/// Runs the benchmark. Both pages are served as a host on the net would serve them.
pub(crate) fn run(_: &[String]) -> Result<()> {
    build::site()?;
    let peer = monaco::build()?;
    say("Compressing both pages with brotli (1 minute)");
    let page = Site::start(&compressed(&dist(), "page")?, "/", Some(0), Hosting::Public)?;
    let peer = Site::start(&compressed(&peer, "peer")?, "/", Some(0), Hosting::Public)?;
    let chromium = Driver::chromium()?;
    say("Measuring both pages, five times each (7 minutes)");
    run_program(
        journeys::command("run", &page, &chromium)
            .arg("--bin=benchmark")
            .env("WHEELSTAGE_PEER", peer.address())
            .env("WHEELSTAGE_LONG", long_link()?),
    )
}

/// A copy of a folder with every file compressed.
fn compressed(folder: &Path, name: &str) -> Result<PathBuf> {
    let copy = root().join("target").join("xtask").join("compressed").join(name);
    if copy.is_dir() {
        fs::remove_dir_all(&copy).with_context(|| format!("cannot remove {}", copy.display()))?;
    }
    for file in files(folder)? {
        write(&copy.join(file.strip_prefix(folder)?), budget::compressed(&file)?)?;
    }
    Ok(copy)
}

/// A link to [`LINES`] lines as pip-compile writes them: the projects of the opening example's bundle,
/// and below each, what it is there for.
fn long_link() -> Result<String> {
    let bundle = dist().join("catalogue").join("bundles").join("report.json");
    let CatalogueFile::Bundle(bundle) = CatalogueFile::parse(&read_text(&bundle)?)? else {
        anyhow::bail!("{} is no bundle", bundle.display());
    };
    // A project that two indexes have is named once.
    let projects: BTreeSet<String> = bundle.projects.into_iter().map(|project| project.name).collect();
    let projects = projects.into_iter().flat_map(|project| [project, "    # via example".to_owned()]);
    let lines: Vec<String> = projects.chain(std::iter::repeat("#".to_owned())).take(LINES).collect();
    let files = vec![("requirements.txt".to_owned(), lines.join("\n"))];
    let fragment =
        Fragment { state: Some(Playground { files, ..Playground::default() }), ..Fragment::default() };
    Ok(format!("#{fragment}"))
}
