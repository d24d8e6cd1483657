//! The oracle of the simulator is pip itself: a build is run for real, on stub wheels, every
//! stage in a root of its own, and must end as the simulator says: exit codes, wheels, versions.
//!
//! Without bubblewrap or the wheels that `cargo xtask test` fetches, these tests say so and pass.

#[path = "../support/builds.rs"]
mod builds;
mod case;
mod random;
mod rules;
mod sandbox;
mod stubs;

use std::sync::OnceLock;

use case::Case;
use sandbox::Machine;

/// The pips whose rules are modelled and differ.
const PIPS: [&str; 3] = ["26.3", "23.0.1", "22.3.1"];

/// This machine, or why it cannot replay.
fn machine() -> Option<&'static Machine> {
    static MACHINE: OnceLock<Result<Machine, String>> = OnceLock::new();
    match MACHINE.get_or_init(Machine::find) {
        Ok(machine) => Some(machine),
        Err(why) => {
            println!("passed over: {why}");
            None
        }
    }
}

/// Files of a fixture: `-- path --` on a line of its own begins each. `index` and
/// `index ADDRESS` are releases, see [`stubs::index`].
fn fixture(text: &str, pip: &str) -> Case {
    let mut case =
        Case { files: Vec::new(), index: serde_json::json!({}), further: Vec::new(), pip: pip.to_owned() };
    for part in text.split("\n-- ").map(|part| part.strip_prefix("-- ").unwrap_or(part)) {
        let Some((name, body)) = part.split_once(" --\n") else {
            assert!(part.trim().is_empty(), "text before the first file: {part}");
            continue;
        };
        match name.strip_prefix("index") {
            Some("") => case.index = stubs::index(body),
            Some(address) => case.further.push((address.trim().to_owned(), stubs::index(body))),
            None => case.files.push((name.to_owned(), format!("{}\n", body.trim_end()))),
        }
    }
    case
}

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
    if let Err(difference) = compare(&fixture(text, pip), machine) {
        panic!("{difference}");
    }
}

/// Runs a case, for real and simulated.
fn compare(case: &Case, machine: &Machine) -> Result<(), String> {
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).map_err(|error| error.to_string())?;
    let (real, log) = case.run(machine, folder.path()).map_err(|error| error.to_string())?;
    let simulated = case.simulated(machine);
    if real == simulated {
        return Ok(());
    }
    let files: String = case.files.iter().map(|(path, text)| format!("-- {path} --\n{text}")).collect();
    Err(format!("pip {}\n{files}\n== real\n{real}\n== simulated\n{simulated}\n== printed\n{log}", case.pip))
}
