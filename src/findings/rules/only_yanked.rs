use super::{
    Rule,
    conflict::{self, Cause},
};
use crate::{
    findings::{Facts, Finding},
    resolve::{ConflictKind, Unavailable},
};

/// Only releases that their authors took back would suit (PIP_RULES 23).
pub(super) const RULE: Rule = Rule { id: "only-yanked", page: page!("only-yanked.md"), check };

fn check(facts: &Facts<'_>) -> Vec<Finding> {
    conflict::check(facts, RULE.id, Cause::OnlyYanked, |explanation, _| {
        let project = &explanation.project;
        let versions = match &explanation.kind {
            ConflictKind::Unavailable(Unavailable::OnlyYanked(versions)) => versions.as_slice(),
            _ => &[],
        };
        let asks = conflict::parties(&explanation.guilty);
        match versions {
            [version] => {
                format!("{project} {version} is yanked, and nothing else suits {asks}.")
            }
            _ => format!("Every {project} that suits {asks} is yanked."),
        }
    })
}
