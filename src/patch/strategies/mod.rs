//! One strategy, one file: which edits could cure a finding. Whether they do is decided by
//! simulating them.

mod constraints_file;
mod drop_line;
mod install_by_name;
mod no_deps_on_later_run;
mod remove_and_preinstall;
mod remove_wheels_in_the_way;
mod resolve_from_wheelhouse;
mod wheelhouse;

use super::Candidate;
use crate::findings::Analysis;

/// A way to cure findings.
#[derive(Clone, Copy)]
pub struct Strategy {
    /// `install-by-name`. Keeps its meaning once shipped.
    pub id: &'static str,
    /// Candidates for every finding that it may cure.
    pub candidates: fn(&Analysis) -> Vec<Candidate>,
}

/// All strategies. Where two fixes cost the same, the earlier one goes first: those that remove
/// the cause stand before those that remove its trace.
pub const STRATEGIES: &[Strategy] = &[
    install_by_name::STRATEGY,
    drop_line::STRATEGY,
    no_deps_on_later_run::STRATEGY,
    resolve_from_wheelhouse::STRATEGY,
    constraints_file::STRATEGY,
    remove_wheels_in_the_way::STRATEGY,
    remove_and_preinstall::STRATEGY,
];
