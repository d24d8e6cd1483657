//! `cargo xtask bench resolve`: `benches/resolve.rs`, which resolves recorded requirements beside
//! uv and pip.

use anyhow::Result;

use crate::{
    process::{self, cargo},
    project::root,
    python,
};

/// Runs the benchmark, optimised for speed.
pub(crate) fn run(_: &[String]) -> Result<()> {
    let mut command = cargo();
    command.args(["bench", "--package", "wheelstage", "--bench", "resolve"]).current_dir(root());
    python::oracles()?.tell(&mut command);
    process::run(&mut command)
}
