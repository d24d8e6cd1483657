use super::{
    Rule,
    conflict::{self, Cause},
};
use crate::{
    findings::{Facts, Finding},
    resolve::{ConflictKind, set_text},
};

/// pip refuses what can be had: its search does not look at everything.
pub(super) const RULE: Rule = Rule { id: "search-gives-up", page: page!("search-gives-up.md"), check };

fn check(facts: &Facts<'_>) -> Vec<Finding> {
    conflict::check(facts, RULE.id, Cause::GivenUp, |explanation, _| {
        let set = match &explanation.kind {
            ConflictKind::GivenUp(set) => set_text(set),
            _ => String::new(),
        };
        format!(
            "pip gives up over {}, though there are versions that suit everyone: {set}.",
            explanation.project
        )
    })
}
