use super::{
    Rule,
    filters::{Filter, Line, filters},
};
use crate::{
    findings::{Facts, Finding, Sentence, Severity, Verdict},
    pep508::ProjectName,
    simulate::{Certainty, State},
};

/// A filter takes out more lines than it means to (PIP_RULES 18; E36).
pub(super) const RULE: Rule = Rule { id: "filter-drops-more", page: page!("filter-drops-more.md"), check };

fn check(facts: &Facts<'_>) -> Vec<Finding> {
    let all = filters(facts);
    let mut findings: Vec<Finding> = all.iter().filter_map(|filter| emptied(facts, filter)).collect();
    let Some(end) = facts.end(facts.build.target_stage).filter(|_| facts.succeeds()) else { return findings };
    findings.extend(all.iter().filter_map(|filter| lost(facts, filter, end)));
    findings
}

/// Lines of other projects that go as well, and that nothing else installs. Where more may be
/// installed than is known, such as what an image brings, nothing is claimed.
fn lost(facts: &Facts<'_>, filter: &Filter<'_>, end: &State) -> Option<Finding> {
    if end.environments.values().any(|environment| environment.certainty != Certainty::Certain) {
        return None;
    }
    let installed = |project: &ProjectName| {
        end.environments.values().any(|environment| environment.packages.contains_key(project))
    };
    let lost: Vec<&Line> = filter
        .dropped
        .iter()
        .filter(|line| line.requirement.name != filter.meant && !installed(&line.requirement.name))
        .collect();
    let first = lost.first()?;
    let names: Vec<&str> = lost.iter().map(|line| line.requirement.name.as_str()).collect();
    let message = format!(
        "The pattern {} is meant for {}, but drops {} as well, and nothing installs it.",
        filter.pattern,
        filter.meant,
        names.join(", ")
    );
    let why: Vec<Sentence> = lost
        .iter()
        .map(|line| {
            let place = line.origin.map_or_else(|| filter.path.clone(), |origin| facts.place(origin));
            Sentence::new(format!("{place} asks for {}.", line.requirement), line.origin)
        })
        .collect();
    Some(Finding {
        project: Some(first.requirement.name.clone()),
        at: Some(filter.at),
        related: why.iter().filter_map(|sentence| sentence.location).collect(),
        why,
        hints: vec![format!("End the pattern where the name ends: ^{}[=<>!~ ]", filter.meant) + "."],
        ..Finding::new(RULE.id, None, Severity::Warning, message, filter.location)
    })
}

/// `grep -v` exits with 1 when no line is left, and that ends the step.
fn emptied(facts: &Facts<'_>, filter: &Filter<'_>) -> Option<Finding> {
    let calls_fail = filter.run.calls.iter().any(|call| call.exit_code != Some(0));
    let is_grep = facts.sources.slice(filter.location).starts_with("grep");
    if filter.run.exit_code != Some(1) || calls_fail || !is_grep || !filter.kept.is_empty() {
        return None;
    }
    let message = format!(
        "The pattern {} leaves no line of {}. grep then exits with 1, and the step fails.",
        filter.pattern, filter.path
    );
    Some(Finding {
        at: Some(filter.at),
        related: vec![filter.step.location],
        ..Finding::new(RULE.id, Some(Verdict::Fails), Severity::Error, message, filter.location)
    })
}
