//! The command lines of pip, uv and their kin, parsed into one typed call.

mod argument;
mod pip;
mod program;
mod usage;

pub use argument::Argument;
pub use pip::*;
pub use program::Program;
pub use usage::UsageError;

/// One run of a program that has to do with Python packages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Call {
    /// pip.
    Pip(PipCall),
}

impl Call {
    /// Reads a command line; `None` for a program that has nothing to do with packages.
    #[must_use]
    pub fn parse(argv: &[Argument], surroundings: Surroundings) -> Option<Self> {
        let (name, program, arguments) = program::split(argv)?;
        if program::is_versioned(&name, "pip") {
            return Some(Self::Pip(PipCall::parse(program, arguments, surroundings)));
        }
        None
    }
}
