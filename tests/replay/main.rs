//! What pip and uv do is what the simulator says: rules, the published build and its patches, the run
//! lines of the corpus, and random builds, each run for real and simulated.

#[path = "../support/builds.rs"]
mod builds;
mod calls;
#[path = "../conformance/harness.rs"]
mod harness;
mod idioms;
mod messages;
mod random;
#[path = "../support/replay/mod.rs"]
mod replay;
mod report;
mod rules;
mod schemes;
mod uv;

use replay::{Case, machine};

/// The pips whose rules are modelled and differ.
const PIPS: [&str; 3] = ["26.3", "23.0.1", "22.3.1"];

/// Runs a fixture with every pip, for real and simulated.
#[track_caller]
fn check(text: &str) {
    for pip in PIPS {
        check_with(text, pip);
    }
}

/// The same with one pip.
#[track_caller]
fn check_with(text: &str, pip: &str) {
    let Some(machine) = machine() else { return };
    if let Err(difference) = Case::fixture(text, pip, machine).replay(machine) {
        panic!("{difference}");
    }
}
