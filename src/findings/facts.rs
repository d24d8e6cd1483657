use std::sync::Arc;

use super::StepId;
use crate::{
    index::Index,
    model::{Build, Stage, Step},
    resolve::{Explanation, Resolution, explain},
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
    pub explanation: Option<Explanation>,
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
        let mut facts = Self { sources, index, build, simulation, calls: Vec::new() };
        for (stage, run) in build.stages.iter().zip(&simulation.stages) {
            facts.add_calls(stage, run);
        }
        facts
    }

    fn add_calls(&mut self, stage: &'a Stage, run: &'a StageRun) {
        for (index, (step, step_run)) in stage.steps.iter().zip(&run.steps).enumerate() {
            let before = before(run, index);
            for (number, call) in step_run.calls.iter().enumerate() {
                let explanation = match (&call.problem, call.resolution.as_deref()) {
                    (Some(problem), Some(Resolution::Conflict(conflict))) => {
                        explain(problem, self.index, conflict)
                    }
                    _ => None,
                };
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

    /// The call at a place in the build.
    #[must_use]
    pub fn call(&self, stage: usize, step: usize, call: usize) -> Option<&CallFact<'a>> {
        self.calls.iter().find(|fact| fact.at == StepId { stage, step, call: Some(call) })
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
