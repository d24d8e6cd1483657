//! The build as Docker, the shell and pip would run it, step by step.
//!
//! [`State`] is all that a step can change: files, environments, variables. A step reads the
//! state before it and makes the one after it. What a step does beyond the model is named in
//! [`StepRun::skipped`], and whatever it may have touched is marked as not certain.

mod files;
pub mod installers;
mod pattern;
mod state;
mod text;
mod trace;

pub use files::{Lookup, file_name, join, normalize, parent, strip_folder};
pub use state::{
    Certainty, Content, Entry, Environment, FileSystem, Installed, Origin, Program, ProgramKind, State, Text,
    TextLine,
};
pub use trace::{Broken, CallRun, Change, Failure, Picks, Simulation, Skipped, StageRun, StepRun};
