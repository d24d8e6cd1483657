use super::{Rule, redirected_bound, syntax_error};
use crate::{
    findings::{Facts, Finding, Severity, Verdict},
    simulate::Failure,
};

/// A call that the installer refuses as it is written.
pub(super) const RULE: Rule = Rule { id: "usage-error", page: page!("usage-error.md"), check };

fn check(facts: &Facts<'_>) -> Vec<Finding> {
    facts
        .calls
        .iter()
        .filter_map(|fact| {
            let (message, location, verdict) = match &fact.call.failure {
                Some(Failure::Usage { message, location }) => (message.clone(), *location, Verdict::Fails),
                // A conflict that nothing explains is said in pip's words.
                Some(Failure::Resolution) if fact.explanation.is_none() => {
                    ("the requirements conflict".to_owned(), None, Verdict::Unavailable)
                }
                _ => return None,
            };
            let location = location.unwrap_or_else(|| fact.location());
            if syntax_error::is_in_requirements(facts, location) || redirected_bound::explains(facts, fact) {
                return None;
            }
            let tool = &fact.call.tool;
            let full_stop = if message.ends_with(['.', '?', '!', '\"']) { "" } else { "." };
            let message = format!("{tool} refuses this call: {message}{full_stop}");
            let words = facts.sources.slice(location);
            let hint = "No file matches, so the shell hands the pattern on as it is.";
            Some(Finding {
                at: Some(fact.at),
                hints: words.contains('*').then(|| hint.to_owned()).into_iter().collect(),
                ..Finding::new(RULE.id, Some(verdict), Severity::Error, message, location)
            })
        })
        .collect()
}
