//! Programs of `tests/page`, which walk through the built page in a browser: the journeys, the
//! screenshots, the benchmark.

use std::process::Command;

use anyhow::Result;

use crate::{
    browser::Driver,
    build,
    process::{self, cargo},
    project::{dist, root},
    serve::{Hosting, Site},
};

/// The path under which browsers see the page: a site must not mind where it is.
const PREFIX: &str = "/some/where/";

/// Runs the journeys; `arguments` go to cargo. Those in Firefox are passed over where `firefox` is
/// not there.
pub(crate) fn test(arguments: &[String], firefox: Option<&Driver>) -> Result<()> {
    with_the_page(|page, chromium| {
        let mut test = command("test", page, chromium);
        test.args(arguments);
        if let Some(firefox) = firefox {
            test.env("WHEELSTAGE_GECKODRIVER", firefox.address());
        }
        process::run(&mut test)
    })
}

/// `cargo xtask screenshots`: the pictures of README.md.
pub(crate) fn screenshots(_: &[String]) -> Result<()> {
    with_the_page(|page, chromium| process::run(command("run", page, chromium).arg("--bin=screenshots")))
}

/// Builds and serves the page, and starts a driver of Chromium.
fn with_the_page(walk: impl FnOnce(&Site, &Driver) -> Result<()>) -> Result<()> {
    build::site()?;
    let chromium = Driver::chromium()?;
    let page = Site::start(&dist(), PREFIX, Some(0), Hosting::Development)?;
    walk(&page, &chromium)
}

/// What cargo does with the workspace of `tests/page`, whose programs are told where everything is.
pub(crate) fn command(subcommand: &str, page: &Site, chromium: &Driver) -> Command {
    let mut cargo = cargo();
    cargo
        .args([subcommand, "--quiet", "--locked"])
        .args(["--manifest-path=tests/page/Cargo.toml", "--target-dir=target"])
        .env("WHEELSTAGE_PAGE", page.address())
        .env("WHEELSTAGE_CHROMEDRIVER", chromium.address())
        .current_dir(root());
    cargo
}
