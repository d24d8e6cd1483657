//! `cargo xtask bench versions`: `benches/versions.rs`, which measures memberships and intersections
//! beside `pep440_rs` and Python's `packaging`.

use anyhow::Result;

use crate::{
    process::{self, cargo},
    project::root,
};

/// Runs the benchmark, optimised for speed. Python is `$WHEELSTAGE_PYTHON`, else `python3`.
pub(crate) fn run(_: &[String]) -> Result<()> {
    process::run(
        cargo().args(["bench", "--package", "wheelstage", "--bench", "versions"]).current_dir(root()),
    )
}
