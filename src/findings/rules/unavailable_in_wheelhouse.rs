use super::{
    Rule,
    conflict::{self, Cause},
};
use crate::{
    findings::{Facts, Finding},
    resolve::PartyKind,
};

/// The folders of wheels hold nothing that suits (PIP_RULES 5, E08).
pub(super) const RULE: Rule =
    Rule { id: "unavailable-in-wheelhouse", page: page!("unavailable-in-wheelhouse.md"), check };

fn check(facts: &Facts<'_>) -> Vec<Finding> {
    conflict::check(facts, RULE.id, Cause::NotInWheelhouse, |explanation, fact| {
        let project = &explanation.project;
        let (files, others): (Vec<_>, Vec<_>) =
            explanation.guilty.iter().cloned().partition(|party| party.kind == PartyKind::File);
        if let (Some(file), false) = (files.first(), others.is_empty()) {
            let asks = conflict::parties(&others);
            return format!("{} is demanded as it is, and does not suit {asks}.", file.requirer);
        }
        let asks = conflict::parties(&explanation.guilty);
        let offers_nothing = fact.call.problem.as_ref().is_some_and(|problem| problem.find_links.is_empty());
        if offers_nothing {
            return format!(
                "Without an index and without a folder of wheels, there is no {project} for {asks}."
            );
        }
        format!("The folder of wheels holds no {project} that suits {asks}.")
    })
}
