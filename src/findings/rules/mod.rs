//! One rule: one file, one page.

mod conflict;
mod duplicate_wheels;
mod not_modelled;

use super::{Facts, Finding};

/// A rule: its id, which reads after "allow", its page, and its check.
#[derive(Clone, Copy)]
pub struct Rule {
    /// `duplicate-wheels`. Keeps its meaning once shipped.
    pub id: &'static str,
    /// Markdown: what happens, why, a bad build and a good one.
    pub page: &'static str,
    /// Finds every case in a build.
    pub check: fn(&Facts<'_>) -> Vec<Finding>,
}

/// All rules, those with a verdict first.
pub const RULES: &[Rule] = &[duplicate_wheels::RULE, not_modelled::RULE];

/// A rule by its id.
#[must_use]
pub fn rule(id: &str) -> Option<&'static Rule> {
    RULES.iter().find(|rule| rule.id == id)
}
