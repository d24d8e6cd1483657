//! Programs of `tests/page`, which walk through the built page in a browser: the journeys, the
//! screenshots, the benchmark.

use anyhow::Result;

use crate::{
    browser::Driver,
    build,
    process::{self, cargo},
    project::{dist, root},
    serve::Site,
};

/// The path under which browsers see the page: a site must not mind where it is.
const PREFIX: &str = "/some/where/";

/// Serves the built page, starts a Chromium for it, and has cargo do `command` with the workspace of
/// `tests/page`. `firefox` is where there is a Firefox too.
pub(crate) fn run(command: &str, arguments: &[String], firefox: Option<&Driver>) -> Result<()> {
    build::site()?;
    let chromium = Driver::chromium()?;
    let site = Site::start(&dist(), PREFIX, Some(0))?;
    let mut cargo = cargo();
    cargo
        .args([
            command,
            "--quiet",
            "--locked",
            "--manifest-path=tests/page/Cargo.toml",
            "--target-dir=target",
        ])
        .args(arguments)
        .env("WHEELSTAGE_PAGE", site.address())
        .env("WHEELSTAGE_CHROMEDRIVER", chromium.address())
        .current_dir(root());
    if let Some(firefox) = firefox {
        cargo.env("WHEELSTAGE_GECKODRIVER", firefox.address());
    }
    process::run(&mut cargo)
}

/// `cargo xtask screenshots`: the pictures of README.md.
pub(crate) fn screenshots(_: &[String]) -> Result<()> {
    run("run", &["--bin=screenshots".to_owned()], None)
}
