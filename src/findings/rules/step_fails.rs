use super::Rule;
use crate::{
    findings::{Facts, Finding, Severity, StepId, Verdict},
    model::Step,
    simulate::{EndingCause, Failure, StepRun},
    text::Location,
};

/// A step ends the build for a reason that is not versions.
pub(super) const RULE: Rule = Rule { id: "step-fails", page: page!("step-fails.md"), check };

/// So many characters of a command are shown.
const MOST_SHOWN: usize = 72;

fn check(facts: &Facts<'_>) -> Vec<Finding> {
    facts.steps().filter_map(|(at, step, run)| finding(facts, at, step, run)).collect()
}

fn finding(facts: &Facts<'_>, at: StepId, step: &Step, run: &StepRun) -> Option<Finding> {
    let ending = run.ending.as_ref()?;
    let EndingCause::Command { program, exit_code } = &ending.cause else { return None };
    let location = ending.location.unwrap_or(step.location);
    if let Some(finding) = hashes(at, step, run, location) {
        return Some(finding);
    }
    let command = shown(facts.sources.slice(location));
    let message = match program.as_deref() {
        Some(program) if *exit_code == 127 => {
            format!("{program} is not in the image here: `{command}` exits with 127, and the build ends.")
        }
        _ => format!("`{command}` exits with {exit_code}, and the build ends."),
    };
    let reason = program.as_deref().and_then(|program| usual_reason(program, *exit_code));
    Some(Finding {
        at: Some(at),
        hints: reason.map(str::to_owned).into_iter().collect(),
        ..Finding::new(RULE.id, Some(Verdict::Fails), Severity::Error, message, location)
    })
}

/// An installer that wants hashes is what fails.
fn hashes(at: StepId, step: &Step, run: &StepRun, ending: Location) -> Option<Finding> {
    run.calls.iter().enumerate().find_map(|(index, call)| {
        let Some(Failure::Hashes { message, hint, location }) = &call.failure else { return None };
        let own = call.location.unwrap_or(step.location);
        if own.file != ending.file || own.range.intersect(ending.range).is_none() {
            return None;
        }
        Some(Finding {
            at: Some(StepId { call: Some(index), ..at }),
            hints: vec![hint.clone()],
            related: location.map(|_| own).into_iter().collect(),
            ..Finding::new(
                RULE.id,
                Some(Verdict::Fails),
                Severity::Error,
                format!("{message}."),
                location.unwrap_or(own),
            )
        })
    })
}

/// Whether a finding of another rule tells why this step fails, so that nothing is to be added.
pub(in crate::findings) fn is_explained(facts: &Facts<'_>, own: &Finding, findings: &[Finding]) -> bool {
    let Some(at) = own.at else { return false };
    let meets = |location: Location| {
        location.file == own.location.file && location.range.intersect(own.location.range).is_some()
    };
    let mut errors =
        findings.iter().filter(|other| other.severity == Severity::Error && other.rule != RULE.id);
    // `pip check` fails for what an earlier line did, which is where the finding stands.
    let checks = facts.calls.iter().any(|fact| {
        (fact.at.stage, fact.at.step) == (at.stage, at.step)
            && fact.call.failure == Some(Failure::Check)
            && meets(fact.location())
    });
    errors.any(|other| {
        let Some(place) = other.at else { return false };
        let is_here = (place.stage, place.step) == (at.stage, at.step);
        let call = place.call.and_then(|call| facts.call(place.stage, place.step, call));
        let is_call = call.is_some_and(|fact| fact.call.exit_code != Some(0) && meets(fact.location()));
        is_here && (is_call || meets(other.location))
            || checks
                && other.verdict == Some(Verdict::Broken)
                && facts.lineage(at.stage).contains(&place.stage)
    })
}

/// The first line of a command.
fn shown(text: &str) -> String {
    let line = text.lines().next().unwrap_or("").trim_end_matches(['\\', ' ']);
    match line.char_indices().nth(MOST_SHOWN) {
        Some((end, _)) => format!("{} ...", line.get(..end).unwrap_or(line)),
        None => line.to_owned(),
    }
}

/// Why programs mostly end with such a code.
fn usual_reason(program: &str, exit_code: i32) -> Option<&'static str> {
    Some(match (program.rsplit('/').next().unwrap_or(program), exit_code) {
        (_, 127) => "Install it before this line, or start from an image that has it.",
        ("grep" | "egrep" | "fgrep", 1) => "grep exits with 1 where it selects no line.",
        ("[" | "test" | "[[", 1) => "The condition does not hold. Behind `||`, the build goes on.",
        ("mkdir", 1) => {
            "The folder above is not there, or the folder itself is there already; with -p, mkdir takes both."
        }
        ("cat" | "cp" | "mv" | "rm" | "ls" | "sed" | "head" | "tail" | "sort" | "cd", _) => {
            "A file or folder that it names is not there."
        }
        _ => return None,
    })
}
