use super::{Rule, missing_file};
use crate::{
    findings::{Facts, Finding, Sentence, Severity, Verdict},
    model::Action,
    text::Location,
};

/// Something stands in between that is not modelled: nothing is claimed through it.
pub(super) const RULE: Rule = Rule { id: "not-modelled", page: page!("not-modelled.md"), check };

fn check(facts: &Facts<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    // What follows from a thing that is not known is not said again.
    let mut said: Vec<(bool, Location)> = Vec::new();
    let mut reasons: Vec<(bool, usize, &str)> = Vec::new();
    for (at, step, run) in facts.steps() {
        // A line that cannot be read has a finding of its own, as has a file that is not given.
        if matches!(step.action, Action::Invalid(_)) || missing_file::is_missing(run) {
            continue;
        }
        // What was said of a stage that is not built is not yet said of those that are.
        let needed = facts.simulation.stages.get(at.stage).is_none_or(|stage| stage.needed);
        let mut touching: Vec<_> = run.skipped.iter().filter(|skipped| skipped.touches_packages).collect();
        touching
            .retain(|skipped| skipped.location.is_none_or(|location| !said.contains(&(needed, location))));
        // One base image is not known once, however many lines stand on it; and what a stage takes
        // from another is not known for the reason that was said there.
        touching.retain(|skipped| {
            !reasons.iter().any(|(of, stage, reason)| match skipped.reason.strip_suffix(reason) {
                Some(_) if *of != needed => false,
                Some(before) => before.ends_with(": ") || before.is_empty() && *stage == at.stage,
                None => false,
            })
        });
        said.extend(touching.iter().filter_map(|skipped| Some((needed, skipped.location?))));
        reasons.extend(touching.iter().map(|skipped| (needed, at.stage, skipped.reason.as_str())));
        let Some(first) = touching.first() else { continue };
        let location = first.location.unwrap_or(step.location);
        let message =
            format!("{} Which packages are there afterwards is not known.", self::said(&first.reason));
        let sentence = |reason: &str, location| Sentence::new(self::said(reason), location);
        findings.push(Finding {
            at: Some(at),
            why: touching.iter().map(|skipped| sentence(&skipped.reason, skipped.location)).collect(),
            ..Finding::new(RULE.id, Some(Verdict::Unknown), Severity::Warning, message, location)
        });
    }
    findings
}

/// A reason as a sentence.
pub(in crate::findings) fn said(reason: &str) -> String {
    let end = if reason.ends_with("...") { "" } else { "." };
    format!("{}{end}", capitalised(reason))
}

/// A reason as the beginning of a sentence. A path or a command keeps its first letter.
fn capitalised(reason: &str) -> String {
    const WORDS: [&str; 14] = [
        "a",
        "an",
        "another",
        "how",
        "installing",
        "it",
        "more",
        "nothing",
        "some",
        "the",
        "there",
        "this",
        "what",
        "which",
    ];
    let first = reason.split(' ').next().unwrap_or("");
    let mut letters = reason.chars();
    match letters.next() {
        Some(letter) if WORDS.contains(&first) => {
            [letter.to_ascii_uppercase()].into_iter().chain(letters).collect()
        }
        _ => reason.to_owned(),
    }
}
