use super::{
    Rule,
    conflict::{self, Cause},
};
use crate::findings::{Facts, Finding};

/// Ranges that have no version in common, whatever is published.
pub(super) const RULE: Rule = Rule { id: "disjoint-ranges", page: page!("disjoint-ranges.md"), check };

fn check(facts: &Facts<'_>) -> Vec<Finding> {
    conflict::check(facts, RULE.id, Cause::Disjoint, |explanation, _| {
        let (project, guilty) = (&explanation.project, conflict::parties(&explanation.guilty));
        match explanation.guilty.len() {
            0 | 1 => format!("No version of {project} can satisfy {guilty}."),
            2 => format!("No version of {project} satisfies both {guilty}."),
            _ => format!("No version of {project} satisfies all of {guilty}."),
        }
    })
}
