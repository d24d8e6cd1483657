//! Builds run for real: the oracle of the simulator is pip itself. Every stage gets a root of its
//! own, stub wheels stand for the packages that the index knows, and the build must end as the
//! simulator says: exit codes, wheels, versions.
//!
//! ```ignore
//! let Some(machine) = replay::machine() else { return };
//! let case = Case::new(&sources, index, "26.3", machine);
//! case.replay(machine)?;
//! ```
//!
//! Without bubblewrap or the wheels that `cargo xtask test` fetches, [`machine`] says so.

mod case;
#[path = "../index.rs"]
pub(crate) mod index;
pub(crate) mod python;
mod sandbox;
mod stubs;

use std::sync::OnceLock;

pub(crate) use case::Case;
pub(crate) use sandbox::Machine;

/// This machine, or why it cannot replay.
pub(crate) fn machine() -> Option<&'static Machine> {
    static MACHINE: OnceLock<Result<Machine, String>> = OnceLock::new();
    match MACHINE.get_or_init(Machine::find) {
        Ok(machine) => Some(machine),
        Err(why) => {
            println!("passed over: {why}");
            None
        }
    }
}
