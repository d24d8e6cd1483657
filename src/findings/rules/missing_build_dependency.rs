use super::{Rule, builds};
use crate::{
    findings::{Facts, Finding},
    simulate::BuildNeed,
};

/// A build that imports a project it does not ask for (PIP_RULES 19).
pub(super) const RULE: Rule =
    Rule { id: "missing-build-dependency", page: page!("missing-build-dependency.md"), check };

fn check(facts: &Facts<'_>) -> Vec<Finding> {
    builds::check(
        facts,
        RULE.id,
        |need| matches!(need, BuildNeed::Import { .. } | BuildNeed::Wheel),
        |project, version| {
            format!("{project} {version} cannot be built here: its build needs something that is not there.")
        },
    )
}
