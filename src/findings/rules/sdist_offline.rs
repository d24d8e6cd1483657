use super::{Rule, builds};
use crate::{
    findings::{Facts, Finding},
    simulate::BuildNeed,
};

/// An sdist is to be built without an index that offers its build backend (PIP_RULES 19; E23).
pub(super) const RULE: Rule = Rule { id: "sdist-offline", page: page!("sdist-offline.md"), check };

fn check(facts: &Facts<'_>) -> Vec<Finding> {
    builds::check(
        facts,
        RULE.id,
        |need| *need == BuildNeed::Backend,
        |project, version| {
            format!(
                "{project} {version} is a source archive, and without an index nothing offers its build tools."
            )
        },
    )
}
