use super::Rule;
use crate::findings::{Facts, Finding, Sentence, Severity, Verdict};

/// Something stands in between that is not modelled: nothing is claimed through it.
pub(super) const RULE: Rule = Rule { id: "not-modelled", page: include_str!("not-modelled.md"), check };

fn check(facts: &Facts<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (at, step, run) in facts.steps() {
        let touching: Vec<_> = run.skipped.iter().filter(|skipped| skipped.touches_packages).collect();
        let Some(first) = touching.first() else { continue };
        let location = first.location.unwrap_or(step.location);
        let message = format!("{}. What packages it leaves is not known.", capitalised(&first.reason));
        let sentence = |reason: &str, location| Sentence::new(format!("{}.", capitalised(reason)), location);
        findings.push(Finding {
            at: Some(at),
            why: touching.iter().map(|skipped| sentence(&skipped.reason, skipped.location)).collect(),
            ..Finding::new(RULE.id, Some(Verdict::Unknown), Severity::Warning, message, location)
        });
    }
    findings
}

/// A reason as the beginning of a sentence. A path or a command keeps its first letter.
fn capitalised(reason: &str) -> String {
    let mut letters = reason.chars();
    match letters.next() {
        Some(first) => first.to_uppercase().chain(letters).collect(),
        None => String::new(),
    }
}
