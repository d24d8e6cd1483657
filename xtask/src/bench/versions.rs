//! `cargo xtask bench versions`: `benches/versions.rs`, which measures memberships and intersections
//! beside `pep440_rs` and Python's `packaging`.

use anyhow::Result;

use crate::{
    process::{self, cargo},
    project::root,
    python,
};

/// Runs the benchmark, optimised for speed.
pub(crate) fn run(_: &[String]) -> Result<()> {
    let mut command = cargo();
    command.args(["bench", "--package", "wheelstage", "--bench", "versions"]).current_dir(root());
    python::oracles()?.tell(&mut command);
    process::run(&mut command)
}
