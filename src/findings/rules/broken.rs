//! What rules about environments that `pip check` rejects have in common.

use crate::findings::{Break, BreakCause, Facts, Finding, Party, PartyKind, Severity, Verdict};

/// A finding for everything that one kind of cause left broken.
pub(super) fn check(
    facts: &Facts<'_>,
    rule: &'static str,
    cause: BreakCause,
    message: impl Fn(&Facts<'_>, &Break) -> String,
) -> Vec<Finding> {
    facts
        .breaks
        .iter()
        .filter(|one| one.cause == cause)
        .map(|one| finding(facts, rule, one, &message))
        .collect()
}

fn finding(
    facts: &Facts<'_>,
    rule: &'static str,
    one: &Break,
    message: &impl Fn(&Facts<'_>, &Break) -> String,
) -> Finding {
    let call = one.at.call.and_then(|call| facts.call(one.at.stage, one.at.step, call));
    let text = call.map_or_else(
        || facts.sources.slice(one.location).lines().next().unwrap_or("").to_owned(),
        |fact| fact.call.command.clone(),
    );
    let installed = one.lines.first().and_then(|line| line.installed.as_ref());
    let run = Party::new(
        PartyKind::Run,
        text,
        installed.map_or_else(String::new, |version| format!("{} {version}", one.project)),
        Some(one.location),
    );
    let related = one.requirers.iter().flatten().copied().filter(|location| *location != one.location);
    Finding {
        project: Some(one.project.clone()),
        at: Some(one.at),
        why: one.sentences(),
        related: related.collect(),
        guilty: std::iter::once(run).chain(one.parties()).collect(),
        ..Finding::new(rule, Some(Verdict::Broken), Severity::Error, message(facts, one), one.location)
    }
}
