//! What the shell asks of programs that are not its own.

use super::{Field, Outcome, Shell};
use crate::{simulate::Program, text::Location};

/// Where a program is.
pub(in crate::simulate) enum Found {
    /// There, and what it is where that is modelled.
    At(String, Option<Program>),
    /// Not on `PATH`.
    Nowhere,
    /// It may be. Says why.
    Perhaps(String),
}

/// Whoever runs the programs that are not the shell's own.
pub(in crate::simulate) trait Programs {
    /// Looks a program up as the shell does, on `PATH` or by its path.
    fn find(&self, shell: &Shell<'_, '_>, name: &str) -> Found;

    /// Runs a program by its words, the first of which names it.
    fn run(&self, shell: &mut Shell<'_, '_>, fields: &[Field], place: Option<Location>) -> Outcome;
}
