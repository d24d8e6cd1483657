//! The command lines of pip and uv, parsed into typed calls, and the options of any program.
//!
//! A command line comes as words that keep their places; so do all values in a call, down to the
//! `file` of `-rfile`.
//!
//! ```
//! use wheelstage::syntax::command::{Argument, PipCall, PipCommand, Surroundings};
//!
//! let argv = ["python3.11", "-m", "pip", "install", "-rreqs.txt", "numpy<2"].map(Argument::unplaced);
//! let surroundings = Surroundings { pip: Default::default(), variable: &|_| None, config: &[] };
//! let Some(call) = PipCall::parse(&argv, surroundings) else { panic!("not pip") };
//! let PipCommand::Install(install) = call.command else { panic!("not install") };
//! assert_eq!(call.program.python_version(), Some("3.11"));
//! assert_eq!(install.requirement_files[0].as_str(), "reqs.txt");
//! assert_eq!(install.requirements[0].as_str(), "numpy<2");
//! ```

mod argument;
mod options;
mod pip;
mod program;
#[cfg(test)]
mod tests;
mod usage;
mod uv;
mod venv;

pub use argument::Argument;
pub use options::{Given, Placement, Subcommand, Table, parse_options};
pub use pip::*;
pub use program::{Program, is_versioned, split};
pub use usage::UsageError;
pub use uv::{UvCall, UvCommand, UvIndex, UvInstall, UvTarget};
pub use venv::{VenvCall, VenvTool};
