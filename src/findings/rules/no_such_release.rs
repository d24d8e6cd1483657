use super::{
    Rule,
    conflict::{self, Cause},
};
use crate::{
    findings::{Facts, Finding},
    resolve::{ConflictKind, Unavailable},
};

/// No index has a release that suits (PIP_RULES 29).
pub(super) const RULE: Rule = Rule { id: "no-such-release", page: page!("no-such-release.md"), check };

fn check(facts: &Facts<'_>) -> Vec<Finding> {
    conflict::check(facts, RULE.id, Cause::NoRelease, |explanation, _| {
        let (project, asks) = (&explanation.project, conflict::parties(&explanation.guilty));
        match &explanation.kind {
            ConflictKind::Unavailable(Unavailable::NoProject) => {
                format!("No index here has a project called {project}.")
            }
            ConflictKind::Unavailable(Unavailable::Dependencies) => {
                format!("Every {project} that suits {asks} needs something that cannot be had.")
            }
            _ => format!("No release of {project} suits {asks}."),
        }
    })
}
