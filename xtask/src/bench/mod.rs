//! `cargo xtask bench NAME`: measurements. Times are printed, and never asserted.

mod monaco;
mod page;
mod resolve;
mod versions;

use anyhow::Result;

use crate::{Command, budget, build, dispatch};

#[rustfmt::skip]
const BENCHMARKS: &[Command] = &[
    Command { name: "bytes", arguments: "", help: "what the built page weighs", run: bytes },
    Command { name: "page", arguments: "", help: "how quick the page is, beside two Monaco editors", run: page::run },
    Command { name: "resolve", arguments: "", help: "recorded requirements beside uv and pip", run: resolve::run },
    Command { name: "versions", arguments: "", help: "version sets beside pep440_rs and packaging", run: versions::run },
];

/// Runs one measurement.
pub(crate) fn run(arguments: &[String]) -> Result<()> {
    dispatch("cargo xtask bench", BENCHMARKS, arguments)
}

fn bytes(_: &[String]) -> Result<()> {
    build::site()?;
    budget::check()
}
