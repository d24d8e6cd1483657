use super::{Rule, sentence};
use crate::{
    findings::{CallFact, Facts, Finding, Sentence, Severity, StepId, Verdict},
    model::{Action, RunForm},
    simulate::Failure,
    syntax::{
        requirements,
        shell::{self, Dialect},
    },
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
    findings.extend(facts.calls.iter().filter_map(|fact| requirements_line(facts, fact)));
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
        ..Finding::new(RULE.id, Some(Verdict::Unavailable), Severity::Error, message, location)
    }
}

/// The line of a requirements file at which a call stops, and what else is wrong in that file.
fn requirements_line(facts: &Facts<'_>, fact: &CallFact<'_>) -> Option<Finding> {
    let Some(Failure::Usage { message, location }) = &fact.call.failure else { return None };
    let location = location.filter(|location| is_in_requirements(facts, *location))?;
    let parsed = requirements::parse(facts.sources.text(location.file));
    let here = |error: &&SyntaxError| location.range.intersect(error.range).is_some();
    let (own, others): (Vec<_>, Vec<_>) = parsed.errors.iter().partition(|error| here(error));
    let place = |error: &SyntaxError| Location { file: location.file, range: error.range };
    let mut finding = match own.first() {
        Some(error) => finding(Some(fact.at), error, place(error)),
        None => finding(Some(fact.at), &SyntaxError::new(location.range, message.clone()), location),
    };
    let line = facts.place(finding.location);
    finding.message = format!("{line} stops {}: {}", fact.call.tool, finding.message);
    finding.related = others.iter().map(|error| place(error)).collect();
    let other = |error: &&SyntaxError| {
        Sentence::new(
            format!("{} is wrong as well: {}", facts.place(place(error)), sentence(&error.message)),
            Some(place(error)),
        )
    };
    finding.why = others.iter().map(other).collect();
    Some(finding)
}

/// Scripts that the shell refuses.
fn scripts(facts: &Facts<'_>) -> Vec<Finding> {
    facts
        .steps()
        .filter(|(_, _, run)| run.exit_code.is_some_and(|code| code != 0))
        .filter_map(|(at, step, _)| {
            let Action::Run { form: RunForm::Shell { script, interpreter: None }, .. } = &step.action else {
                return None;
            };
            let error = shell::parse(script.as_str(), Dialect::Bash).errors.into_iter().next()?;
            let range = script.source_range(error.range);
            Some(finding(Some(at), &error, Location { file: step.location.file, range }))
        })
        .collect()
}
