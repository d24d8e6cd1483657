use super::{Rule, sentence};
use crate::{
    findings::{CallFact, Facts, Finding, Severity, StepId, Verdict},
    simulate::{EndingCause, Failure},
    syntax::requirements,
    text::{Location, SyntaxError},
};

/// A line that cannot be read: of the Dockerfile, of a `RUN` script, of a requirements file.
pub(super) const RULE: Rule = Rule { id: "syntax-error", page: page!("syntax-error.md"), check };

fn check(facts: &Facts<'_>) -> Vec<Finding> {
    let mut findings: Vec<Finding> = facts
        .build
        .errors
        .iter()
        .map(|(file, error)| finding(None, error, Location { file: *file, range: error.range }))
        .collect();
    findings.extend(facts.calls.iter().flat_map(|fact| requirements_lines(facts, fact)));
    findings.extend(scripts(facts));
    findings
}

/// A place in a file that is not the Dockerfile.
pub(super) fn is_in_requirements(facts: &Facts<'_>, location: Location) -> bool {
    Some(location.file) != facts.build.dockerfile
}

fn finding(at: Option<StepId>, error: &SyntaxError, location: Location) -> Finding {
    let message = sentence(&error.message);
    Finding {
        at,
        hints: error.hint.iter().map(|hint| sentence(hint)).collect(),
        ..Finding::new(RULE.id, Some(Verdict::Fails), Severity::Error, message, location)
    }
}

/// The line of a requirements file at which a call stops, and what else is wrong in that file.
fn requirements_lines(facts: &Facts<'_>, fact: &CallFact<'_>) -> Vec<Finding> {
    let Some(Failure::Usage { message, location }) = &fact.call.failure else { return Vec::new() };
    let Some(location) = location.filter(|location| is_in_requirements(facts, *location)) else {
        return Vec::new();
    };
    let parsed = requirements::parse(facts.sources.text(location.file));
    let here = |error: &&SyntaxError| location.range.intersect(error.range).is_some();
    let (own, others): (Vec<_>, Vec<_>) = parsed.errors.iter().partition(|error| here(error));
    let own =
        own.first().map_or_else(|| SyntaxError::new(location.range, message.clone()), |&own| own.clone());
    let found = |error: &SyntaxError, what: &str| {
        let place = Location { file: location.file, range: error.range };
        let mut finding = finding(Some(fact.at), error, place);
        finding.message = format!("{} {what}: {}", facts.place(place), finding.message);
        finding
    };
    let stops = format!("stops {}", fact.call.tool);
    let others = others.into_iter().map(|error| found(error, "is wrong as well"));
    [found(&own, &stops)].into_iter().chain(others).collect()
}

/// Scripts that the shell refuses.
fn scripts(facts: &Facts<'_>) -> Vec<Finding> {
    facts
        .steps()
        .filter_map(|(at, step, run)| {
            let ending = run.ending.as_ref()?;
            let EndingCause::Syntax(error) = &ending.cause else { return None };
            Some(finding(Some(at), error, ending.location.unwrap_or(step.location)))
        })
        .collect()
}
