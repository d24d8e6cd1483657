//! `cargo xtask bench resolve`: `benches/resolve`, which resolves recorded requirements natively and
//! in a browser, beside uv and pip.

use std::{env, fs, path::PathBuf};

use anyhow::Result;

use crate::{
    browser,
    process::{self, cargo, executable},
    project::root,
    python,
    tools::{self, WASM},
};

/// Runs the benchmark: in the browser as the page is built, natively optimised for speed.
pub(crate) fn run(_: &[String]) -> Result<()> {
    let times = in_browser()?;
    let mut command = cargo();
    command.args(["bench", "--package", "wheelstage", "--bench", "resolve"]).current_dir(root());
    command.env("WHEELSTAGE_WASM_TIMES", times);
    python::oracles()?.tell(&mut command);
    process::run(&mut command)
}

/// `NAME=MS` for each scenario.
fn in_browser() -> Result<String> {
    lay_out_scenarios()?;
    tools::wasm_target()?;
    let runner = executable(&tools::wasm_bindgen()?, "wasm-bindgen-test-runner");
    let output = process::output(
        cargo()
            .args(["test", "--locked", "--release", "--test=resolve_in_browser", "--target", WASM])
            .args(["--", "--nocapture"])
            .env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUNNER", runner)
            .env("CHROMEDRIVER", browser::chromedriver()?)
            .current_dir(root()),
    )?;
    let times = output.lines().filter_map(|line| line.trim().strip_prefix("wasm "));
    Ok(times.collect::<Vec<_>>().join(" "))
}

/// The runner's server offers files below the folder that it is started in.
fn lay_out_scenarios() -> Result<()> {
    let from = env::var_os("WHEELSTAGE_TRUTH")
        .map_or_else(|| root().join("../shared/truth/scenarios"), PathBuf::from);
    let to = root().join("target/scenarios");
    fs::create_dir_all(&to)?;
    for entry in fs::read_dir(from).into_iter().flatten() {
        let entry = entry?;
        fs::write(to.join(entry.file_name()), fs::read(entry.path())?)?;
    }
    Ok(())
}
