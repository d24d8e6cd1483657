//! `cargo xtask test`: everything that can fail.

use std::time::Instant;

use anyhow::{Result, bail};

use crate::{
    apt,
    browser::{self, Driver},
    journeys,
    process::{cargo, executable, run as run_program, say},
    project::root,
    python,
    tools::{self, WASM},
};

/// A part of the tests: its name, what it is and how long it usually takes once built, and the code.
type Part = (&'static str, &'static str, fn(&[String]) -> Result<()>);

const PARTS: &[Part] = &[
    ("format", "the format of the sources", |_| format()),
    ("lint", "warnings, native, wasm32 and of the documentation (2 minutes)", |_| lint()),
    ("native", "native tests (2 minutes)", native),
    ("components", "component tests in a browser (1 minute)", components),
    ("page", "journeys through the built page in browsers (3 minutes)", page),
];

/// Runs every part, or the one that is named; what follows the name goes to its test runner.
pub(crate) fn run(arguments: &[String]) -> Result<()> {
    let Some((name, rest)) = arguments.split_first() else {
        return PARTS.iter().try_for_each(|part| timed(part, &[]));
    };
    match PARTS.iter().find(|(part, ..)| part == name) {
        Some(part) => timed(part, rest),
        None => {
            let names: Vec<&str> = PARTS.iter().map(|(name, ..)| *name).collect();
            bail!("no such part: {name}; there are {}", names.join(", "))
        }
    }
}

fn timed((name, what, run): &Part, arguments: &[String]) -> Result<()> {
    let start = Instant::now();
    say(format!("Testing {name}: {what}"));
    run(arguments)?;
    say(format!("Tested {name} in {} s", start.elapsed().as_secs()));
    Ok(())
}

/// The manifests of workspaces beside the main one.
const OTHERS: &[&str] = &["fuzz/Cargo.toml", "tests/page/Cargo.toml"];

fn format() -> Result<()> {
    run_program(cargo().args(["fmt", "--all", "--check"]).current_dir(root()))?;
    for manifest in OTHERS {
        run_program(cargo().args(["fmt", "--check", "--manifest-path", manifest]).current_dir(root()))?;
    }
    Ok(())
}

fn lint() -> Result<()> {
    tools::wasm_target()?;
    let wasm = format!("--target={WASM}");
    let clippy = |arguments: &[&str]| {
        run_program(
            cargo()
                .args(["clippy", "--quiet", "--locked"])
                .args(arguments)
                .args(["--", "--deny=warnings"])
                .current_dir(root()),
        )
    };
    clippy(&["--workspace", "--all-targets"])?;
    clippy(&["--lib", "--bins", "--test=components", "--test=resolve_in_browser", &wasm])?;
    clippy(&["--manifest-path=tests/page/Cargo.toml", "--target-dir=target", "--all-targets"])?;
    // Links of the documentation that lead nowhere are warnings of rustdoc's alone.
    run_program(
        cargo()
            .args(["doc", "--quiet", "--locked", "--workspace", "--no-deps"])
            .env("RUSTDOCFLAGS", "--deny=warnings")
            .current_dir(root()),
    )
}

fn native(arguments: &[String]) -> Result<()> {
    if apt::which("bwrap").is_none() && cfg!(target_os = "linux") {
        apt::install(&["bubblewrap"], "bubblewrap")?;
    }
    // Alpine's shell, whose answers the simulated one is held against.
    if apt::which("busybox").is_none() && cfg!(target_os = "linux") {
        apt::install(&["busybox"], "busybox")?;
    }
    let oracles = python::oracles()?;
    let mut command = cargo();
    // With their output: the scores against the corpora are among it.
    command.args(["test", "--workspace", "--locked", "--no-fail-fast"]).args(arguments);
    command.args(["--", "--show-output"]).current_dir(root());
    oracles.tell(&mut command);
    run_program(&mut command)
}

fn components(arguments: &[String]) -> Result<()> {
    tools::wasm_target()?;
    let runner = executable(&tools::wasm_bindgen()?, "wasm-bindgen-test-runner");
    run_program(
        cargo()
            .args(["test", "--locked", "--test=components", "--target", WASM])
            .args(arguments)
            // webdriver.json holds the browser's flags.
            .env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUNNER", runner)
            .env("CHROMEDRIVER", browser::chromedriver()?)
            .current_dir(root()),
    )
}

fn page(arguments: &[String]) -> Result<()> {
    // Firefox is a second opinion: where it cannot be had, the first one still counts.
    let firefox =
        Driver::firefox().inspect_err(|error| say(format!("No journeys in Firefox: {error:#}"))).ok();
    journeys::test(arguments, firefox.as_ref())
}
