use super::{Rule, broken};
use crate::findings::{BreakCause, Facts, Finding};

/// `--no-deps` hides that a requirement is not met (PIP_RULES, section D; E19b, E19c).
pub(super) const RULE: Rule = Rule { id: "no-deps-hides", page: page!("no-deps-hides.md"), check };

fn check(facts: &Facts<'_>) -> Vec<Finding> {
    broken::check(facts, RULE.id, BreakCause::NoDeps, |_, one| {
        let have = match one.lines.first().and_then(|line| line.installed.as_ref()) {
            Some(version) => format!("{} {version} is there", one.project),
            None => format!("no {} is there", one.project),
        };
        format!("--no-deps hides that {}: {have}.", one.need())
    })
}
