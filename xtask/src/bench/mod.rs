//! `cargo xtask bench NAME`: measurements. Times are printed, and never asserted.

use anyhow::Result;

use crate::{Command, budget, build, dispatch};

#[rustfmt::skip]
const BENCHMARKS: &[Command] = &[
    Command { name: "bytes", arguments: "", help: "what the built page weighs", run: bytes },
];

/// Runs one measurement.
pub(crate) fn run(arguments: &[String]) -> Result<()> {
    dispatch("cargo xtask bench", BENCHMARKS, arguments)
}

fn bytes(_: &[String]) -> Result<()> {
    build::site()?;
    budget::check()
}
