//! Random builds, by seed.
//!
//! `WHEELSTAGE_REPLAY=SEED:COUNT` asks for others than the fixed hundred: `cargo xtask replay`.

use std::env;

use proptest::{prop_oneof, strategy::Strategy, test_runner::TestCaseError};

use crate::{
    builds::{Bounds, Build, build, runner},
    idioms::idiomatic,
    replay::{Case, machine},
};

/// What CI runs, half of it with [`idiomatic`] steps.
const SEED: u64 = 20_261_122;
const COUNT: u32 = 100;

fn text_of(build: &Build) -> String {
    let lines = |lines: &[String]| lines.iter().map(|line| format!("{line}\n")).collect::<String>();
    format!(
        "-- index --\n{}-- requirements.txt --\n{}-- Dockerfile --\nFROM base AS builder\nWORKDIR /build\nCOPY requirements.txt .\n{}FROM base\nWORKDIR /app\nCOPY requirements.txt .\nCOPY --from=builder /build /build\n{}",
        build.index,
        lines(&build.requirements),
        lines(&build.builder),
        lines(&build.runtime),
    )
}

/// Runs `count` builds of a seed, and fails with the least one that differs.
#[track_caller]
fn run(seed: u64, count: u32, builds: impl Strategy<Value = Build>) {
    let Some(machine) = machine() else { return };
    let result = runner(seed, count, 60).run(&builds, |build| {
        Case::fixture(&text_of(&build), "26.3", machine).replay(machine).map_err(TestCaseError::fail)
    });
    if let Err(error) = result {
        panic!("seed {seed}: {error}");
    }
    println!("replayed {count} random builds of seed {seed}: no difference");
}

fn asked() -> Option<(u64, u32)> {
    let text = env::var("WHEELSTAGE_REPLAY").ok()?;
    let (seed, count) = text.split_once(':').expect("WHEELSTAGE_REPLAY is SEED:COUNT");
    Some((seed.parse().expect("a seed is a number"), count.parse().expect("a count is a number")))
}

#[test]
fn random_builds() {
    let (seed, count) = asked().unwrap_or((SEED, COUNT));
    run(seed, count.div_ceil(2), prop_oneof![build(Bounds::Any), build(Bounds::Likely)]);
}

#[test]
fn random_builds_of_many_idioms() {
    let (seed, count) = asked().unwrap_or((SEED + 1, COUNT));
    run(seed, count / 2, idiomatic());
}
