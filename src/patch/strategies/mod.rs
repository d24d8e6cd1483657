//! One strategy, one file: which edits could cure a finding. Whether they do is decided by
//! simulating them.

mod allow_index;
mod bound_in_call;
mod change_base_python;
mod constraints_file;
mod copy_from_stage;
mod drop_line;
mod edit_specifier;
mod install_by_name;
mod keep_local_build;
mod mend_filter;
mod move_requirer;
mod no_deps_on_later_run;
mod preinstall;
mod quote_specifier;
mod remove_and_preinstall;
mod remove_wheels_in_the_way;
mod resolve_dependencies;
mod resolve_from_wheelhouse;
mod single_resolution;
mod strictest_first;
mod supply_wheel;
mod wheelhouse;

use super::{Candidate, diagnosis::Diagnosis};

/// A way to cure findings.
#[derive(Clone, Copy)]
pub struct Strategy {
    /// `install-by-name`. Keeps its meaning once shipped.
    pub id: &'static str,
    /// Candidates for every finding that it may cure.
    pub(super) candidates: fn(&Diagnosis<'_>) -> Vec<Candidate>,
}

/// All strategies. Where two fixes cost the same, the earlier one goes first: those that remove
/// the cause stand before those that remove its trace.
pub const STRATEGIES: &[Strategy] = &[
    install_by_name::STRATEGY,
    quote_specifier::STRATEGY,
    mend_filter::STRATEGY,
    copy_from_stage::STRATEGY,
    edit_specifier::STRATEGY,
    move_requirer::STRATEGY,
    keep_local_build::STRATEGY,
    bound_in_call::STRATEGY,
    single_resolution::STRATEGY,
    no_deps_on_later_run::STRATEGY,
    resolve_from_wheelhouse::STRATEGY,
    resolve_dependencies::STRATEGY,
    supply_wheel::STRATEGY,
    drop_line::STRATEGY,
    constraints_file::STRATEGY,
    strictest_first::STRATEGY,
    remove_wheels_in_the_way::STRATEGY,
    allow_index::STRATEGY,
    preinstall::STRATEGY,
    remove_and_preinstall::STRATEGY,
    change_base_python::STRATEGY,
];
