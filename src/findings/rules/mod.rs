//! One rule: one file, one page.

/// A rule's page. Not in the playground's program: there the page is a file beside it, fetched when
/// somebody wants to read it.
macro_rules! page {
    ($file:literal) => {
        if cfg!(target_arch = "wasm32") { "" } else { include_str!($file) }
    };
}

mod broken;
mod builds;
mod conflict;
mod copied_across_pythons;
mod disjoint_ranges;
mod dropped_silently;
mod duplicate_wheels;
mod filter_drops_less;
mod filter_drops_more;
mod filters;
mod installed_in_the_way;
mod late_constraint;
mod later_step_breaks;
mod local_build_lost;
mod lost_extra;
mod merged_environments;
mod missing_build_dependency;
mod missing_file;
mod needs_compiler;
mod no_deps_hides;
mod no_such_release;
mod not_modelled;
mod only_yanked;
mod redirected_bound;
mod scripts;
mod sdist_offline;
mod search_gives_up;
mod separate_resolutions;
mod step_fails;
mod syntax_error;
mod unavailable_for_target;
mod unavailable_in_wheelhouse;
mod unused_wheelhouse;
mod usage_error;
mod wheels_removed_not_replaced;
mod will_drift;
mod wrong_environment;

use super::{Facts, Finding};
pub(super) use missing_file::matters;
pub(super) use not_modelled::said;
pub(super) use step_fails::is_explained;

/// A rule: its id, which reads after "allow", its page, and its check.
#[derive(Clone, Copy)]
pub struct Rule {
    /// `duplicate-wheels`. Keeps its meaning once shipped.
    pub id: &'static str,
    /// Markdown: what happens, why, a bad build and a good one. Empty on wasm32.
    pub page: &'static str,
    /// Finds every case in a build.
    pub check: fn(&Facts<'_>) -> Vec<Finding>,
}

/// All rules, those with a verdict first.
pub const RULES: &[Rule] = &[
    disjoint_ranges::RULE,
    duplicate_wheels::RULE,
    unavailable_in_wheelhouse::RULE,
    unavailable_for_target::RULE,
    only_yanked::RULE,
    installed_in_the_way::RULE,
    wheels_removed_not_replaced::RULE,
    late_constraint::RULE,
    no_such_release::RULE,
    search_gives_up::RULE,
    sdist_offline::RULE,
    missing_build_dependency::RULE,
    needs_compiler::RULE,
    later_step_breaks::RULE,
    local_build_lost::RULE,
    no_deps_hides::RULE,
    merged_environments::RULE,
    copied_across_pythons::RULE,
    missing_file::RULE,
    usage_error::RULE,
    syntax_error::RULE,
    redirected_bound::RULE,
    step_fails::RULE,
    filter_drops_more::RULE,
    filter_drops_less::RULE,
    dropped_silently::RULE,
    lost_extra::RULE,
    wrong_environment::RULE,
    unused_wheelhouse::RULE,
    separate_resolutions::RULE,
    will_drift::RULE,
    not_modelled::RULE,
];

/// A rule by its id.
#[must_use]
pub fn rule(id: &str) -> Option<&'static Rule> {
    RULES.iter().find(|rule| rule.id == id)
}

/// With a capital at its beginning and a full stop at its end.
fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters.next().map(|first| first.to_ascii_uppercase());
    let stop = if text.ends_with('.') { "" } else { "." };
    first.into_iter().chain(letters).chain(stop.chars()).collect()
}
