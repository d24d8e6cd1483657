use super::{Rule, broken};
use crate::findings::{Break, BreakCause, Facts, Finding};

/// A later install or uninstall takes away what an earlier one needs, with exit code 0
/// (PIP_RULES 12; E20, E40).
pub(super) const RULE: Rule = Rule { id: "later-step-breaks", page: page!("later-step-breaks.md"), check };

fn check(facts: &Facts<'_>) -> Vec<Finding> {
    broken::check(facts, RULE.id, BreakCause::LaterStep, |facts, one| {
        let (place, project, need) = (facts.place(one.location), &one.project, one.need());
        format!("{place} {}, but {need}. pip exits with 0 all the same.", what(one, project.as_str()))
    })
}

fn what(one: &Break, project: &str) -> String {
    let now = one.lines.first().and_then(|line| line.installed.as_ref());
    match (now, &one.replaced) {
        (Some(now), Some(before)) => format!("replaces {project} {before} by {now}"),
        (Some(now), None) => format!("leaves {project} {now}"),
        (None, _) => format!("takes {project} away"),
    }
}
