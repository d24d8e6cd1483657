use std::sync::Arc;

use super::{Break, StepId, breaks};
use crate::{
    index::Index,
    model::{Base, Build, Stage, Step},
    resolve::{ConflictKind, Explanation, Resolution, Unavailable, explain, root_conflict},
    simulate::{CallRun, Simulation, StageRun, State, StepRun},
    text::{Location, Sources},
};

/// What all rules read, computed once.
pub struct Facts<'a> {
    /// The files.
    pub sources: &'a Sources,
    /// What is known about packages.
    pub index: &'a Arc<Index>,
    /// The build.
    pub build: &'a Build,
    /// The build, run.
    pub simulation: &'a Simulation,
    /// Every call of an installer, in the order of the build.
    pub calls: Vec<CallFact<'a>>,
    /// Requirements that the build leaves unmet.
    pub breaks: Vec<Break>,
}

/// A call of an installer, with what stands around it.
pub struct CallFact<'a> {
    /// Where it is.
    pub at: StepId,
    /// The step's instruction.
    pub step: &'a Step,
    /// The call.
    pub call: &'a CallRun,
    /// The state before the whole step.
    pub before: &'a State,
    /// The state after the whole step.
    pub after: &'a State,
    /// Why it failed, where it could not be resolved.
    pub explanation: Option<Arc<Explanation>>,
}

impl<'a> Facts<'a> {
    /// Reads a simulated build.
    #[must_use]
    pub fn new(
        sources: &'a Sources,
        index: &'a Arc<Index>,
        build: &'a Build,
        simulation: &'a Simulation,
    ) -> Self {
        let mut facts = Self { sources, index, build, simulation, calls: Vec::new(), breaks: Vec::new() };
        for (stage, run) in build.stages.iter().zip(&simulation.stages) {
            facts.add_calls(stage, run);
        }
        facts.breaks = breaks(&facts);
        facts
    }

    fn add_calls(&mut self, stage: &'a Stage, run: &'a StageRun) {
        for (index, (step, step_run)) in stage.steps.iter().zip(&run.steps).enumerate() {
            let before = before(run, index);
            for (number, call) in step_run.calls.iter().enumerate() {
                let explanation = match (&call.problem, call.resolution.as_deref()) {
                    // Ranges that never meet are the reason, whatever is published.
                    (Some(problem), Some(Resolution::Conflict(conflict))) => {
                        let explanation = explain(problem, self.index, conflict);
                        let is_empty = |explanation: &Explanation| {
                            matches!(explanation.kind, ConflictKind::Unavailable(Unavailable::NoProject))
                        };
                        match explanation.as_ref().is_some_and(is_empty).then(|| root_conflict(problem)) {
                            Some(Some(conflict)) => Some(conflict),
                            _ => explanation,
                        }
                    }
                    (Some(problem), Some(Resolution::Missing(_))) => root_conflict(problem),
                    _ => None,
                };
                let explanation = explanation.map(Arc::new);
                let at = StepId { stage: stage.index, step: index, call: Some(number) };
                self.calls.push(CallFact { at, step, call, before, after: &step_run.after, explanation });
            }
        }
    }

    /// The steps of all stages, in the order of the build, with what they ran to.
    pub fn steps(&self) -> impl Iterator<Item = (StepId, &'a Step, &'a StepRun)> {
        let stages = self.build.stages.iter().zip(&self.simulation.stages);
        stages.flat_map(|(stage, run)| {
            stage.steps.iter().zip(&run.steps).enumerate().map(|(index, (step, run))| {
                (StepId { stage: stage.index, step: index, call: None }, step, run)
            })
        })
    }

    /// The state before a step.
    #[must_use]
    pub fn before(&self, stage: usize, step: usize) -> Option<&'a State> {
        self.simulation.stages.get(stage).map(|run| before(run, step))
    }

    /// The call at a place in the build.
    #[must_use]
    pub fn call(&self, stage: usize, step: usize, call: usize) -> Option<&CallFact<'a>> {
        self.calls.iter().find(|fact| fact.at == StepId { stage, step, call: Some(call) })
    }

    /// The stage and those that it is built `FROM`, itself first.
    #[must_use]
    pub fn lineage(&self, stage: usize) -> Vec<usize> {
        let mut lineage = vec![stage];
        while let Some(Base::Stage(base)) =
            lineage.last().and_then(|last| self.build.stages.get(*last)).map(|stage| &stage.base)
            && !lineage.contains(base)
        {
            lineage.push(*base);
        }
        lineage
    }

    /// What a stage ends with: the state after its last step that was reached.
    #[must_use]
    pub fn end(&self, stage: usize) -> Option<&'a State> {
        let run = self.simulation.stages.get(stage)?;
        Some(run.steps.last().map_or(&run.start, |step| &step.after))
    }

    /// Whether nothing ends the stage before its last step.
    #[must_use]
    pub fn completes(&self, stage: usize) -> bool {
        self.simulation.stages.get(stage).is_some_and(StageRun::completes)
    }

    /// Whether the stage that is built, and all that it is made from, come to their end.
    #[must_use]
    pub fn succeeds(&self) -> bool {
        let stages = self.simulation.stages.iter().enumerate();
        stages.filter(|(_, run)| run.needed).all(|(stage, _)| self.completes(stage))
    }

    /// `Line 12`, or `requirements.txt line 2` where that is another file than the Dockerfile.
    #[must_use]
    pub fn place(&self, location: Location) -> String {
        let line = self.line(location);
        if Some(location.file) == self.build.dockerfile {
            return format!("Line {line}");
        }
        let path = self.sources.get(location.file).map_or("", |file| file.path.as_str());
        format!("{path} line {line}")
    }

    /// `line 12`, of a place.
    #[must_use]
    pub fn line(&self, location: Location) -> u32 {
        self.sources.line_column(location).line
    }
}

impl CallFact<'_> {
    /// The words of the call, else its instruction.
    #[must_use]
    pub fn location(&self) -> Location {
        self.call.location.unwrap_or(self.step.location)
    }
}

/// The state before a step.
fn before(run: &StageRun, index: usize) -> &State {
    match index.checked_sub(1).and_then(|previous| run.steps.get(previous)) {
        Some(previous) => &previous.after,
        None => &run.start,
    }
}
