//! What rules about resolutions that fail have in common.

use crate::{
    findings::{CallFact, Facts, Finding, Party, PartyKind, Severity, StepId, Verdict},
    resolve::{ConflictKind, Explanation, Unavailable, Wanted},
    simulate::Content,
};

/// What a resolution that fails comes down to; each is a rule of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Cause {
    /// Ranges that never meet.
    Disjoint,
    /// Two files of one project.
    Duplicate,
    /// A constraint that only the install knows, and the run that wrote the wheels did not.
    LateConstraint,
    /// A step removed the wheels that would have done.
    WheelsRemoved,
    /// The folders hold nothing that suits.
    NotInWheelhouse,
    /// What suits is for another Python or platform.
    NotForTarget,
    /// What suits was taken back.
    OnlyYanked,
    /// What is installed does not suit, and nothing offers another.
    InTheWay,
    /// No index has what would suit.
    NoRelease,
    /// What would suit is there, and pip's search does not come to it.
    GivenUp,
}

/// A finding for every call that fails for one cause.
pub(super) fn check(
    facts: &Facts<'_>,
    rule: &'static str,
    wanted: Cause,
    message: impl Fn(&Explanation, &CallFact<'_>) -> String,
) -> Vec<Finding> {
    let failing = facts.calls.iter().filter_map(|fact| Some((fact, fact.explanation.as_ref()?)));
    failing
        .filter(|(fact, explanation)| cause(facts, fact, explanation) == wanted)
        .map(|(fact, explanation)| {
            let verdict = match wanted {
                Cause::Disjoint => Verdict::Disjoint,
                Cause::Duplicate => Verdict::Duplicate,
                _ => Verdict::Unavailable,
            };
            finding(rule, verdict, message(explanation, fact), explanation, fact)
        })
        .collect()
}

/// What a failing call comes down to.
pub(super) fn cause(facts: &Facts<'_>, fact: &CallFact<'_>, explanation: &Explanation) -> Cause {
    if let ConflictKind::GivenUp(_) = explanation.kind {
        return Cause::GivenUp;
    }
    // Two files can never both be had, whatever else is in the way (PIP_RULES 1).
    let files = fact.call.problem.iter().flat_map(|problem| &problem.requirements).filter(|root| {
        matches!(&root.wanted, Wanted::Direct(direct) if direct.artifact.project == explanation.project)
    });
    if explanation.kind == ConflictKind::Duplicate || files.count() > 1 {
        return Cause::Duplicate;
    }
    if late_constraint(facts, fact, explanation).is_some() {
        return Cause::LateConstraint;
    }
    let ConflictKind::Unavailable(reason) = &explanation.kind else {
        // A file that a glob demands is what happens to lie there, not what anybody chose.
        let globbed = explanation.guilty.iter().any(|party| {
            let words = party.location.map_or("", |location| facts.sources.slice(location));
            party.kind == PartyKind::File && words.contains(['*', '?', '['])
        });
        return if globbed { Cause::NotInWheelhouse } else { Cause::Disjoint };
    };
    let offline = fact.call.problem.as_ref().is_some_and(|problem| problem.indexes.is_empty());
    match reason {
        Unavailable::OnlyYanked(_) => Cause::OnlyYanked,
        Unavailable::NoFileForTarget(_) | Unavailable::RequiresPython { .. } => Cause::NotForTarget,
        Unavailable::InstalledInTheWay(_) => Cause::InTheWay,
        _ if removed_wheel(facts, fact, explanation).is_some() => Cause::WheelsRemoved,
        Unavailable::NotInWheelhouse => Cause::NotInWheelhouse,
        Unavailable::NoProject
        | Unavailable::NoRelease
        | Unavailable::Dependencies
        | Unavailable::InvalidMetadata { .. } => {
            if offline {
                Cause::NotInWheelhouse
            } else {
                Cause::NoRelease
            }
        }
    }
}

/// The run that wrote the contested project's wheels without the constraint that now refuses them.
pub(super) fn late_constraint<'a>(
    facts: &'a Facts<'a>,
    fact: &CallFact<'a>,
    explanation: &Explanation,
) -> Option<&'a CallFact<'a>> {
    let project = &explanation.project;
    let bound = explanation.guilty.iter().find(|party| party.kind == PartyKind::Constraint)?;
    let entries = fact.before.files.entries.values().filter(|entry| match &entry.content {
        Content::Artifact { artifact, .. } => {
            artifact.project == *project && !bound.range.contains(&artifact.version)
        }
        _ => false,
    });
    let mut writers =
        entries.filter_map(|entry| facts.call(entry.origin.stage, entry.origin.step?, entry.origin.call?));
    writers.find(|writer| {
        let constraints = writer.call.problem.iter().flat_map(|problem| &problem.constraints);
        !constraints.map(|constraint| &constraint.requirement.name).any(|name| name == project)
    })
}

/// A wheel that would have suited and was removed: its path and the step that removed it.
pub(super) fn removed_wheel(
    facts: &Facts<'_>,
    fact: &CallFact<'_>,
    explanation: &Explanation,
) -> Option<(String, StepId)> {
    let stage = fact.at.stage;
    let run = facts.simulation.stages.get(stage)?;
    let states = std::iter::once(&run.start).chain(run.steps.iter().map(|step| &step.after));
    // The state with number n is the one before step n.
    let states: Vec<_> = states.take(fact.at.step + 2).collect();
    states.iter().zip(states.iter().skip(1)).enumerate().rev().find_map(|(step, (before, after))| {
        let path = before.files.entries.iter().find_map(|(path, entry)| match &entry.content {
            Content::Artifact { artifact, .. } => {
                let suits = artifact.project == explanation.project
                    && explanation.overlap.contains(&artifact.version);
                (suits && after.files.resolved(path).is_none()).then_some(path)
            }
            _ => None,
        })?;
        Some((path.clone(), StepId { stage, step, call: None }))
    })
}

/// `chatterbox-tts 0.1.4 (<1.26.0,>=1.24.0) and requirements.txt line 2 (>=2)`.
pub(super) fn parties(parties: &[Party]) -> String {
    let texts: Vec<String> = parties
        .iter()
        .map(|party| match party.specifier.as_str() {
            "" => party.requirer.clone(),
            specifier => format!("{} ({specifier})", party.requirer),
        })
        .collect();
    match texts.as_slice() {
        [] => "what is asked".to_owned(),
        [one] => one.clone(),
        [first, second] => format!("{first} and {second}"),
        [first, second, rest @ ..] => format!("{first}, {second} and {} more", rest.len()),
    }
}

/// A finding that says what an explanation says.
pub(super) fn finding(
    rule: &'static str,
    verdict: Verdict,
    message: String,
    explanation: &Explanation,
    fact: &CallFact<'_>,
) -> Finding {
    let location = fact.location();
    let related =
        explanation.guilty.iter().filter_map(|party| party.location).filter(|place| *place != location);
    Finding {
        why: explanation.chain.clone(),
        project: Some(explanation.project.clone()),
        at: Some(fact.at),
        related: related.collect(),
        innocent: explanation.innocent.clone(),
        guilty: explanation.guilty.clone(),
        ..Finding::new(rule, Some(verdict), Severity::Error, message, location)
    }
}
