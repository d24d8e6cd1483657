//! What `pip check` would say of the environments a build ends with, and what made it so.

use super::{CallFact, Facts, Party, PartyKind, Sentence, StepId};
use crate::{
    model::{Action, EnvironmentKind},
    pep508::{ProjectName, Target},
    simulate::{Broken, Certainty, Change, Environment, Failure, Installed, Origin, State, install::check},
    text::Location,
};

/// Requirements that are not met in an environment, and the one thing that left them so.
#[derive(Debug, Clone)]
pub struct Break {
    /// Lines of `pip check`, those about `project` first.
    pub lines: Vec<Broken>,
    /// The project that is missing or has the wrong version.
    pub project: ProjectName,
    /// Root of the environment.
    pub environment: String,
    /// What left it so.
    pub cause: BreakCause,
    /// Where in the build.
    pub at: StepId,
    /// The words that did it.
    pub location: Location,
    /// Where the requirers come from, in the order of `lines`.
    pub requirers: Vec<Option<Location>>,
    /// The versions that went when it happened, as text.
    pub replaced: Option<String>,
}

/// What leaves an environment broken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BreakCause {
    /// A later install or uninstall.
    LaterStep,
    /// An install with `--no-deps`.
    NoDeps,
    /// A copy that brought two environments together.
    Copy,
}

/// Everything broken at the end of the stage that is built, and where `pip check` fails.
pub(super) fn breaks(facts: &Facts<'_>) -> Vec<Break> {
    let mut found: Vec<Break> = Vec::new();
    for fact in &facts.calls {
        if let (Some(Failure::Check), Some(root)) = (&fact.call.failure, &fact.call.environment) {
            add(facts, fact.at.stage, fact.after, root, &mut found);
        }
    }
    let target = facts.build.target_stage;
    let end = facts.end(target).filter(|_| facts.succeeds());
    for (root, environment) in end.iter().flat_map(|end| &end.environments) {
        // Packages below `--prefix` and `--user` are seen beside others, which `pip check` of the
        // folder alone does not tell.
        let whole = matches!(
            environment.kind,
            EnvironmentKind::System | EnvironmentKind::Venv | EnvironmentKind::Target
        );
        if let Some(end) = end.filter(|_| whole && environment.certainty == Certainty::Certain) {
            add(facts, target, end, root, &mut found);
        }
    }
    found
}

fn add(facts: &Facts<'_>, stage: usize, state: &State, root: &str, found: &mut Vec<Break>) {
    let Some(environment) = state.environments.get(root) else { return };
    let Some(python) = environment.python else { return };
    let markers = Target { python, platform: state.platform }.environment();
    for line in check::broken(state, root, &markers) {
        let Some(one) = explained(facts, stage, environment, root, line) else { continue };
        let same = found.iter_mut().find(|known| {
            known.location == one.location && known.environment == one.environment && known.cause == one.cause
        });
        match same {
            None => found.push(one),
            Some(known) => {
                for (line, requirer) in one.lines.into_iter().zip(one.requirers) {
                    if !known.lines.contains(&line) {
                        known.lines.push(line);
                        known.requirers.push(requirer);
                    }
                }
            }
        }
    }
}

/// What left one requirement unmet; `None` where nothing of this build did.
fn explained(
    facts: &Facts<'_>,
    stage: usize,
    environment: &Environment,
    root: &str,
    line: Broken,
) -> Option<Break> {
    let requirer = only(environment, &line.requirer)?;
    let project = match environment.packages.get(&line.project) {
        None => None,
        // Two versions side by side are another story: see `merged-environments`.
        Some(packages) if packages.len() > 1 => return None,
        Some(packages) => packages.last(),
    };
    let one = |cause: BreakCause, at: StepId, location: Location, replaced: Option<String>| Break {
        project: line.project.clone(),
        environment: root.to_owned(),
        cause,
        at,
        location,
        requirers: vec![requirer.location],
        replaced,
        lines: vec![line.clone()],
    };
    let Some(project) = project else {
        let removal = facts.calls.iter().rev().find(|fact| {
            let removes = |change: &Change| matches!(change, Change::Uninstall { project, .. } if *project == line.project);
            fact.call.environment.as_deref() == Some(root) && fact.call.changes.iter().any(removes)
        });
        if let Some(fact) = removal {
            return Some(one(BreakCause::LaterStep, fact.at, fact.location(), None));
        }
        let fact = call_of(facts, requirer.origin)?;
        let hides = fact.call.problem.as_ref().is_some_and(|problem| problem.no_deps);
        return hides.then(|| one(BreakCause::NoDeps, fact.at, fact.location(), None));
    };
    let later = requirer.origin.max(project.origin);
    let fact = call_of(facts, later);
    let met_there = fact.filter(|fact| {
        let environment = fact.call.environment.as_ref().and_then(|own| fact.after.environments.get(own));
        let has = |name: &ProjectName, installed: &Installed| {
            let packages = environment.and_then(|environment| environment.packages.get(name));
            packages.into_iter().flatten().any(|package| package.origin == installed.origin)
        };
        has(&line.requirer, requirer) && has(&line.project, project)
    });
    if let Some(fact) = met_there {
        let hides =
            fact.call.problem.as_ref().is_some_and(|problem| problem.no_deps) && requirer.origin == later;
        let cause = if hides { BreakCause::NoDeps } else { BreakCause::LaterStep };
        return Some(one(cause, fact.at, fact.location(), replaced(fact, &line.project)));
    }
    // They met where one was copied to the other.
    let (at, location) = copy_where_they_met(facts, stage, root, &line, requirer, project)?;
    Some(one(BreakCause::Copy, at, location, None))
}

/// The package, where there is one copy of it.
fn only<'e>(environment: &'e Environment, project: &ProjectName) -> Option<&'e Installed> {
    match environment.packages.get(project)?.as_slice() {
        [package] => Some(package),
        _ => None,
    }
}

fn call_of<'f, 'a>(facts: &'f Facts<'a>, origin: Origin) -> Option<&'f CallFact<'a>> {
    facts.call(origin.stage, origin.step?, origin.call?)
}

fn replaced(fact: &CallFact<'_>, project: &ProjectName) -> Option<String> {
    fact.call.changes.iter().find_map(|change| match change {
        Change::Install { project: changed, replaced, .. } if changed == project => {
            replaced.first().map(ToString::to_string)
        }
        _ => None,
    })
}

fn copy_where_they_met(
    facts: &Facts<'_>,
    stage: usize,
    root: &str,
    line: &Broken,
    requirer: &Installed,
    project: &Installed,
) -> Option<(StepId, Location)> {
    let lineage = facts.lineage(stage);
    facts.steps().filter(|(at, ..)| lineage.contains(&at.stage)).find_map(|(at, step, run)| {
        let environment = run.after.environments.get(root)?;
        let has = |name: &ProjectName, installed: &Installed| {
            only(environment, name).is_some_and(|package| package.origin == installed.origin)
        };
        let met = has(&line.requirer, requirer) && has(&line.project, project);
        let copies = matches!(step.action, Action::Copy(_) | Action::Add(_));
        (met && copies).then_some((at, step.location))
    })
}

impl Break {
    /// `chatterbox-tts 0.1.4 needs numpy<1.26.0,>=1.24.0`; of several, the first and how many more.
    #[must_use]
    pub fn need(&self) -> String {
        let Some(line) = self.lines.first() else { return String::new() };
        let more = match self.lines.len() {
            0 | 1 => String::new(),
            2 => ", and one more requirement is not met".to_owned(),
            n => format!(", and {} more requirements are not met", n - 1),
        };
        format!("{} {} needs {}{more}", line.requirer, line.requirer_version, line.requirement)
    }

    /// One sentence for each requirement that is not met.
    #[must_use]
    pub fn sentences(&self) -> Vec<Sentence> {
        let sentences = self.lines.iter().zip(&self.requirers);
        sentences.map(|(line, location)| Sentence::new(check::line(line), *location)).collect()
    }

    /// The requirements that are not met.
    #[must_use]
    pub fn parties(&self) -> Vec<Party> {
        let parties = self.lines.iter().zip(&self.requirers);
        parties
            .map(|(line, location)| {
                Party::new(
                    PartyKind::Requirement,
                    format!("{} {}", line.requirer, line.requirer_version),
                    line.requirement.trim_start_matches(|c: char| !"<>=!~".contains(c)).to_owned(),
                    *location,
                )
            })
            .collect()
    }
}
