use super::{
    Rule,
    conflict::{self, Cause},
};
use crate::{
    findings::{Facts, Finding},
    pep508::Requirement,
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
            ConflictKind::Unavailable(Unavailable::InvalidMetadata { version, line }) => {
                let cure = match Requirement::parse_legacy(line) {
                    Ok(_) => ": pip 24.1 and later pass it over. pip<24.1 takes it.",
                    Err(_) => ", so it is passed over.",
                };
                format!("{project} {version} asks for `{line}`, which is no valid requirement{cure}")
            }
            _ => format!("No release of {project} suits {asks}."),
        }
    })
}
