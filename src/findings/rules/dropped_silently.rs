use super::Rule;
use crate::{
    findings::{Facts, Finding, Severity},
    syntax::requirements::Why,
};

/// Words of a requirements file that pip passes over without saying so.
pub(super) const RULE: Rule = Rule { id: "dropped-silently", page: page!("dropped-silently.md"), check };

fn check(facts: &Facts<'_>) -> Vec<Finding> {
    let mut findings: Vec<Finding> = Vec::new();
    for fact in &facts.calls {
        for passed in &fact.call.passed_over {
            if findings.iter().any(|finding| finding.location == passed.location) {
                continue;
            }
            let words = facts.sources.slice(passed.location).trim();
            let message = message(words, &passed.why);
            findings.push(Finding {
                at: Some(fact.at),
                ..Finding::new(RULE.id, None, Severity::Warning, message, passed.location)
            });
        }
    }
    findings
}

fn message(words: &str, why: &Why) -> String {
    match why {
        Why::WordAfterOption => format!("pip passes over {words} in silence: it stands behind an option."),
        Why::GlobalOptionOnRequirement(flag) => {
            format!("{} has no effect here. It counts on a line of its own.", flag.name())
        }
        Why::OnlyFirstCounts(flag) => {
            format!("Only the first {} of a line counts, and this is another.", flag.name())
        }
        Why::BesideInclude(flag) => {
            format!("{} has no effect on a line with -r or -c.", flag.name())
        }
        Why::HashOfEditable => "A hash of an editable project has no effect.".to_owned(),
        Why::SettingsWithoutRequirement => "These settings have no effect without a requirement.".to_owned(),
        Why::IndexReplaced => "This index is not used: a later --index-url takes its place.".to_owned(),
        Why::IndexWithoutUse => "This index is not used: --no-index is given.".to_owned(),
        Why::UnsetVariable(name) => format!("{name} has no value here, so pip reads {words} as it stands."),
    }
}
