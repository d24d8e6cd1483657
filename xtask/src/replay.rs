//! `cargo xtask replay`: more random builds, for real and simulated, than CI has time for.

use anyhow::{Context, Result, bail};

use crate::{
    process::{cargo, run as run_program},
    project::root,
    python,
};

/// Replays `--count N` builds of `--seed S`.
pub(crate) fn run(arguments: &[String]) -> Result<()> {
    let (mut seed, mut count) = (1, 1000);
    let mut words = arguments.iter();
    while let Some(word) = words.next() {
        let value = words.next().with_context(|| format!("{word} wants a number"))?;
        let number: u32 = value.parse().with_context(|| format!("not a number: {value}"))?;
        match word.as_str() {
            "--seed" => seed = number,
            "--count" => count = number,
            _ => bail!("usage: cargo xtask replay [--seed S] [--count N]"),
        }
    }
    let mut command = cargo();
    command.args(["test", "--locked", "--test=replay", "random_builds", "--", "--nocapture"]);
    command.env("WHEELSTAGE_REPLAY", format!("{seed}:{count}")).current_dir(root());
    python::oracles()?.tell(&mut command);
    run_program(&mut command)
}
