use super::Rule;
use crate::{
    findings::{Facts, Finding, Severity, StepId, Verdict},
    model::{Action, Step},
    simulate::{Ending, EndingCause, Failure, MissingFile, StepRun},
};

/// A file that a call of an installer reads is not there.
pub(super) const RULE: Rule = Rule { id: "missing-file", page: page!("missing-file.md"), check };

fn check(facts: &Facts<'_>) -> Vec<Finding> {
    let mut findings: Vec<Finding> = facts
        .calls
        .iter()
        .filter_map(|fact| {
            let Some(Failure::MissingFile { path, location }) = &fact.call.failure else { return None };
            let location = location.unwrap_or_else(|| fact.location());
            let message = format!("{path} is not there when {} runs.", fact.call.tool);
            let name = path.rsplit('/').next().unwrap_or(path);
            let hints = match facts.sources.iter().find(|(_, file)| file.path.ends_with(name)) {
                Some((_, file)) => vec![format!("Copy {} before this line.", file.path)],
                None => Vec::new(),
            };
            Some(Finding {
                at: Some(fact.at),
                hints,
                ..Finding::new(RULE.id, Some(Verdict::Fails), Severity::Error, message, location)
            })
        })
        .collect();
    for (at, step, run) in facts.steps() {
        findings.extend(run.ending.as_ref().and_then(|ending| no_source(at, step, ending)));
        findings.extend(
            run.missing.iter().filter(|missing| matters(&missing.path)).map(|missing| copied(at, missing)),
        );
    }
    findings
}

/// A `COPY` of something that is not there ends the build.
fn no_source(at: StepId, step: &Step, ending: &Ending) -> Option<Finding> {
    let EndingCause::NoSource { path } = &ending.cause else { return None };
    let (Action::Copy(transfer) | Action::Add(transfer)) = &step.action else { return None };
    let instruction = &step.instruction;
    let message = match &transfer.from {
        None => {
            let path = path.trim_start_matches('/');
            format!("{path} is not in the build context, so {instruction} fails and the build ends.")
        }
        Some(_) => {
            format!("{path} is not in what {instruction} copies from, so it fails and the build ends.")
        }
    };
    let location = ending.location.unwrap_or(step.location);
    Some(Finding {
        at: Some(at),
        ..Finding::new(RULE.id, Some(Verdict::Fails), Severity::Error, message, location)
    })
}

/// Whether what a step brings is not known because a file was not given.
pub(super) fn is_missing(run: &StepRun) -> bool {
    run.missing.iter().any(|missing| matters(&missing.path))
}

/// What decides about packages. A build's other files may stay away without harm.
pub(in crate::findings) fn matters(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    let about_packages = ["require", "constraint", "deps"].iter().any(|part| name.contains(part));
    let is_requirements = (name.ends_with(".txt") || name.ends_with(".in")) && about_packages;
    let names = [
        "pyproject.toml",
        "setup.py",
        "setup.cfg",
        "Pipfile",
        "Pipfile.lock",
        "poetry.lock",
        "pdm.lock",
        "uv.lock",
    ];
    name.ends_with(".whl") || names.contains(&name) || is_requirements
}

/// Not among the files given, so it may be there when the image is built.
fn copied(at: StepId, missing: &MissingFile) -> Finding {
    let message = format!("{} is not among the files, so what it asks for is not known.", missing.path);
    Finding {
        at: Some(at),
        hints: vec![format!("Add {} beside the Dockerfile.", missing.path)],
        ..Finding::new(RULE.id, Some(Verdict::Unknown), Severity::Warning, message, missing.location)
    }
}
