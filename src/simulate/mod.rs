//! The build as Docker, the shell and pip would run it, step by step.
//!
//! [`State`] is all that a step can change: files, environments, variables. A step reads the
//! state before it and makes the one after it. What a step does beyond the model is named in
//! [`StepRun::skipped`], and whatever it may have touched is marked as not certain.

mod base;
mod environments;
mod files;
pub mod install;
mod shell;
mod stage;
mod state;
#[cfg(test)]
mod tests;
mod text;
mod tools;
mod trace;
mod transfer;
mod utilities;
mod world;

pub use environments::package_folders;
pub use files::{Lookup, file_name, join, normalize, parent, strip_folder};
pub use stage::{run_script, simulate, simulate_with, simulate_within};
pub use state::{
    Certainty, Content, Entry, Environment, FileSystem, Installed, Origin, Program, ProgramKind, Shared,
    State, Text, TextLine,
};
pub use tools::{Answer, Invocation, Tools};
pub use trace::{
    Assumed, Broken, BuildNeed, CallRun, Change, Ending, EndingCause, Failure, MissingFile, PassedOver,
    Picks, Simulation, Skipped, StageRun, StepRun,
};
