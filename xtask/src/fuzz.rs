//! `cargo xtask fuzz`: libFuzzer on one target of `fuzz/`.

use std::fs;

use anyhow::{Context, Result, bail};

use crate::{
    process::{self, cargo, path_with, say},
    project::root,
    tools,
};

/// How long a run lasts where nothing else is asked for, in seconds.
const SECONDS: u32 = 60;

/// Runs a target; without one, lists them.
pub(crate) fn run(arguments: &[String]) -> Result<()> {
    let (target, seconds) = match arguments {
        [] => {
            for target in targets()? {
                println!("cargo xtask fuzz {target} [SECONDS]");
            }
            return Ok(());
        }
        [target] => (target, SECONDS),
        [target, seconds] => {
            (target, seconds.parse().with_context(|| format!("not a number of seconds: {seconds}"))?)
        }
        _ => bail!("usage: cargo xtask fuzz [TARGET [SECONDS]]"),
    };
    if !targets()?.contains(target) {
        bail!("no such target: {target}; without an argument, `cargo xtask fuzz` lists them");
    }
    let path = path_with(&[tools::cargo_fuzz()?])?;
    let fuzz = root().join("fuzz");
    // What was found on the way is kept in corpus/; seeds/ is the project's own, and only read.
    let corpus = fuzz.join("corpus").join(target);
    let seeds = fuzz.join("seeds").join(target);
    fs::create_dir_all(&corpus).with_context(|| format!("cannot make {}", corpus.display()))?;
    let mut command = cargo();
    command.args(["fuzz", "run", target]).arg(&corpus);
    if seeds.is_dir() {
        command.arg(&seeds);
    }
    say(format!("Fuzzing {target} for {seconds} seconds (the first build takes 1 to 3 minutes)"));
    process::run(
        command
            .args(["--", "-timeout=10", "-rss_limit_mb=2048"])
            .arg(format!("-max_total_time={seconds}"))
            // Coverage and sanitizers are unstable flags of the same compiler that builds the rest.
            .env("RUSTC_BOOTSTRAP", "1")
            .env("PATH", path)
            .current_dir(root()),
    )
}

/// The names of the files in `fuzz/fuzz_targets`.
fn targets() -> Result<Vec<String>> {
    let folder = root().join("fuzz").join("fuzz_targets");
    let mut names = Vec::new();
    for entry in fs::read_dir(&folder).with_context(|| format!("cannot read {}", folder.display()))? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "rs") {
            names.extend(path.file_stem().map(|name| name.to_string_lossy().into_owned()));
        }
    }
    names.sort();
    Ok(names)
}
