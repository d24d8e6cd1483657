use super::rules;
use crate::{
    model::{Build, Step},
    order::SortedSet,
    pep440::Version,
    pep508::ProjectName,
    resolve::{MissingFact, PickSource, Resolution, Wanted, lacking},
    simulate::{Assumed, CallRun, Environment, Installed, Simulation, StageRun, State, StepRun},
    text::Location,
};

/// Packages that every environment starts with: nobody counts them as theirs.
pub(crate) const TOOLS: [&str; 3] = ["pip", "setuptools", "wheel"];

/// How much of a build is known: of the stages that the target needs, and of the steps that are
/// reached.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Coverage {
    /// Number of steps that can change Python packages, and of which it is known what they do.
    pub steps_known: usize,
    /// Number of those that are known but for commands that are taken to install nothing, or for
    /// hashes that are taken to be those of the files.
    pub steps_assumed: usize,
    /// Number of those of which it is not known what they do, or to which packages.
    pub steps_unknown: usize,
    /// Projects of which it is known what is picked or installed, without pip, setuptools and wheel.
    pub known: SortedSet<ProjectName>,
    /// Projects that are asked for and of which it is not known what comes of it.
    pub unknown: SortedSet<ProjectName>,
    /// Commands that are taken to install nothing, each once, in the order of the build.
    pub assumed: Vec<Assumed>,
    /// Number of calls that are given hashes, which are taken to be those of the published files.
    pub unchecked_hashes: usize,
    /// Why something is not known, each once, in the order of the build.
    pub causes: Vec<Cause>,
}

/// Why something is not known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cause {
    /// A sentence without a full stop.
    pub reason: String,
    /// Where it is met first.
    pub location: Option<Location>,
    /// Number of steps that it leaves unknown.
    pub steps: usize,
    /// Projects that it leaves unknown; empty where they cannot be told.
    pub projects: SortedSet<ProjectName>,
}

impl Cause {
    /// The reason as a sentence.
    #[must_use]
    pub fn sentence(&self) -> String {
        rules::said(&self.reason)
    }
}

impl Coverage {
    /// Whether something is not known that can change Python packages.
    #[must_use]
    pub fn is_partial(&self) -> bool {
        self.steps_unknown > 0 || !self.unknown.is_empty()
    }

    /// Number of steps that can change Python packages.
    #[must_use]
    pub fn steps(&self) -> usize {
        self.steps_known + self.steps_assumed + self.steps_unknown
    }

    pub(super) fn of(build: &Build, simulation: &Simulation) -> Self {
        let mut counting = Counting::default();
        let stages = build.stages.iter().zip(&simulation.stages);
        for (stage, run) in stages.filter(|(_, run)| run.needed) {
            let mut before = &run.start;
            for (step, step_run) in stage.steps.iter().zip(&run.steps) {
                if step_run.reached {
                    counting.step(step, before, step_run);
                }
                before = &step_run.after;
            }
            counting.end(run);
        }
        counting.finish()
    }
}

/// A cause while steps are counted: by the words that it goes by.
#[derive(Debug)]
struct Named {
    cause: Cause,
    kind: Kind,
    /// Reasons that come down to it.
    reasons: Vec<String>,
    /// Facts that are lacking, each once.
    facts: Vec<MissingFact>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// Nothing is known about projects.
    Project,
    /// What releases depend on is not known.
    Dependencies,
    /// Releases that are not listed are asked for.
    Newer,
    /// Something else.
    Other,
}

#[derive(Debug, Default)]
struct Counting {
    coverage: Coverage,
    causes: Vec<Named>,
}

impl Counting {
    fn step(&mut self, step: &Step, before: &State, run: &StepRun) {
        for assumed in &run.assumed {
            if !self.coverage.assumed.contains(assumed) {
                self.coverage.assumed.push(assumed.clone());
            }
        }
        // Indexes of the causes of this step, each once.
        let mut causes: SortedSet<usize> = SortedSet::new();
        for call in &run.calls {
            self.call(call, &mut causes);
        }
        let missing = run.missing.iter().filter(|missing| rules::matters(&missing.path));
        for missing in missing {
            let reason = format!("{} is not among the files given", missing.path);
            causes.insert(self.cause(&reason, Some(missing.location)));
        }
        for skipped in run.skipped.iter().filter(|skipped| skipped.touches_packages) {
            causes.insert(self.cause(&skipped.reason, skipped.location.or(Some(step.location))));
        }
        for cause in &causes {
            if let Some(named) = self.causes.get_mut(*cause) {
                named.cause.steps += 1;
            }
        }
        let unchecked = run.calls.iter().filter(|call| call.unchecked_hashes && call.exit_code == Some(0));
        let unchecked = unchecked.count();
        let coverage = &mut self.coverage;
        coverage.unchecked_hashes += unchecked;
        match (causes.is_empty(), run.assumed.is_empty() && unchecked == 0) {
            (false, _) => coverage.steps_unknown += 1,
            (true, false) => coverage.steps_assumed += 1,
            (true, true) if run.calls.iter().any(changes) || differs(before, &run.after) => {
                coverage.steps_known += 1;
            }
            (true, true) => {}
        }
    }

    /// What a call picks, and what it would have to know.
    fn call(&mut self, call: &CallRun, causes: &mut SortedSet<usize>) {
        let known = &mut self.coverage.known;
        match call.resolution.as_deref() {
            Some(Resolution::Selected(selection)) => {
                // Where a call selects and its outcome is not known, what is to be built is why.
                let (built, sure): (Vec<_>, Vec<_>) = selection.picks.values().partition(|pick| {
                    call.exit_code.is_none()
                        && matches!(pick.source, PickSource::Index(_))
                        && pick.artifact.as_ref().is_some_and(|artifact| !artifact.is_wheel())
                });
                known.extend(sure.into_iter().map(|pick| pick.project.clone()));
                self.coverage.unknown.extend(built.into_iter().map(|pick| pick.project.clone()));
            }
            Some(Resolution::Missing(facts)) if call.exit_code.is_none() => {
                let part = call.known_part.as_deref();
                if let Some(part) = part {
                    known.extend(part.selection.picks.keys().cloned());
                }
                let all = part.map_or(facts.as_slice(), |part| part.lacking.as_slice());
                let first = self.facts(facts, call.location, causes);
                self.facts(all, call.location, causes);
                // What is said of the call, and of what it leaves, is said of these facts.
                if let Some(named) = first.and_then(|first| self.causes.get_mut(first)) {
                    named.reasons.push(lacking(facts));
                }
            }
            Some(Resolution::Stopped(_)) => {
                let roots = call.problem.iter().flat_map(|problem| &problem.requirements);
                self.coverage.unknown.extend(roots.map(|root| match &root.wanted {
                    Wanted::Name(requirement) => requirement.name.clone(),
                    Wanted::Direct(direct) => direct.artifact.project.clone(),
                }));
            }
            _ => {}
        }
    }

    /// Facts of one kind are one cause, whoever lacks them. The index of the first.
    fn facts(
        &mut self,
        facts: &[MissingFact],
        location: Option<Location>,
        causes: &mut SortedSet<usize>,
    ) -> Option<usize> {
        let mut first = None;
        for fact in facts {
            let kind = match (&fact.release, &fact.newest_listed) {
                (Some(_), _) => Kind::Dependencies,
                (None, Some(_)) => Kind::Newer,
                (None, None) => Kind::Project,
            };
            let index = self.causes.iter().position(|named| named.kind == kind);
            let index = index.unwrap_or_else(|| self.add(kind, "", location));
            if let Some(named) = self.causes.get_mut(index) {
                if !named.facts.contains(fact) {
                    named.facts.push(fact.clone());
                }
                named.cause.projects.insert(fact.project.clone());
            }
            self.coverage.unknown.insert(fact.project.clone());
            causes.insert(index);
            first.get_or_insert(index);
        }
        first
    }

    /// The cause that a reason comes down to: that of which it is a consequence, as in `what
    /// /usr/local holds is not known: CAUSE`.
    fn cause(&mut self, reason: &str, location: Option<Location>) -> usize {
        let own: Vec<&str> = tails(reason).collect();
        for (index, named) in self.causes.iter_mut().enumerate() {
            let known = named.reasons.iter().flat_map(|known| tails(known));
            let Some(shared) = known.into_iter().find(|tail| own.contains(tail)).map(str::to_owned) else {
                continue;
            };
            if named.kind == Kind::Other {
                named.cause.reason = shared;
            }
            return index;
        }
        self.add(Kind::Other, reason, location)
    }

    fn add(&mut self, kind: Kind, reason: &str, location: Option<Location>) -> usize {
        let cause = Cause { reason: reason.to_owned(), location, steps: 0, projects: SortedSet::new() };
        let reasons = if reason.is_empty() { Vec::new() } else { vec![reason.to_owned()] };
        self.causes.push(Named { cause, kind, reasons, facts: Vec::new() });
        self.causes.len() - 1
    }

    /// What a stage leaves. An environment of which something is not known that no step says, as
    /// of an image, says so where something is installed in it.
    fn end(&mut self, run: &StageRun) {
        let end = run.steps.last().map_or(&run.start, |step| &step.after);
        for environment in end.environments.values() {
            self.coverage.known.extend(environment.packages.keys().cloned());
        }
    }

    fn finish(self) -> Coverage {
        let mut coverage = self.coverage;
        let causes = self.causes.into_iter().map(|named| match named.kind {
            Kind::Other => named.cause,
            _ => Cause { reason: lacking(&named.facts), ..named.cause },
        });
        coverage.causes = causes.collect();
        let unknown = &coverage.unknown;
        coverage.known.retain(|project| !unknown.contains(project) && !TOOLS.contains(&project.as_str()));
        coverage
    }
}

/// So many links of a chain of reasons are looked at: what a reason quotes may hold any text.
const MOST_TAILS: usize = 8;

/// The reason and what it follows from, longest first: the parts behind each `: `.
fn tails(reason: &str) -> impl Iterator<Item = &str> {
    let behind = reason.match_indices(": ").filter_map(|(at, colon)| reason.get(at + colon.len()..));
    std::iter::once(reason).chain(behind.take(MOST_TAILS))
}

/// Whether a call is one that can change packages: `pip list` is none.
fn changes(call: &CallRun) -> bool {
    call.problem.is_some() || call.failure.is_some() || !call.changes.is_empty()
}

/// Whether environments hold other packages now.
fn differs(before: &State, after: &State) -> bool {
    if std::ptr::eq(before, after) {
        return false;
    }
    let same = |root: &String, environment: &Environment| {
        before.environments.get(root).is_some_and(|old| {
            let versions = |packages: &[Installed]| -> Vec<Version> {
                packages.iter().map(|package| package.version.clone()).collect()
            };
            old.packages.len() == environment.packages.len()
                && old
                    .packages
                    .iter()
                    .zip(&environment.packages)
                    .all(|((old, was), (new, is))| old == new && versions(was) == versions(is))
        })
    };
    before.environments.len() != after.environments.len()
        || !after.environments.iter().all(|(root, environment)| same(root, environment))
}
