use super::{
    Answer, Assumed, CallRun, Certainty, Ending, Invocation, MissingFile, Origin, Skipped, State, Tools,
};
use crate::text::{FileId, Location};

/// What a step changes and reports while its commands run.
pub(super) struct World<'a> {
    pub(super) state: State,
    /// Of the step; without a call.
    pub(super) origin: Origin,
    pub(super) calls: Vec<CallRun>,
    pub(super) skipped: Vec<Skipped>,
    pub(super) assumed: Vec<Assumed>,
    pub(super) missing: Vec<MissingFile>,
    /// What made the last command fail.
    pub(super) ending: Option<Ending>,
    /// `--network=none`.
    pub(super) offline: bool,
    /// The file that the step stands in.
    pub(super) file: Option<FileId>,
    tools: &'a mut dyn Tools,
    /// Commands that may still be run.
    pub(super) budget: u32,
}

impl<'a> World<'a> {
    pub(super) fn new(
        state: State,
        origin: Origin,
        offline: bool,
        budget: u32,
        tools: &'a mut dyn Tools,
    ) -> Self {
        Self {
            state,
            origin,
            calls: Vec::new(),
            skipped: Vec::new(),
            assumed: Vec::new(),
            missing: Vec::new(),
            ending: None,
            offline,
            file: None,
            tools,
            budget,
        }
    }

    /// Counts a command; false when there were too many.
    pub(super) fn spend(&mut self) -> bool {
        let left = self.budget > 0;
        self.budget = self.budget.saturating_sub(1);
        left
    }

    /// Asks the tools for packages to run a program.
    pub(super) fn ask(&mut self, invocation: &Invocation<'_>) -> Option<Answer> {
        self.tools.call(invocation, &mut self.state)
    }

    /// Something that is not modelled may have changed every environment, and may have put
    /// programs on `PATH`.
    pub(super) fn touch_everything(&mut self, reason: &str, location: Option<Location>) {
        self.state.touch_environments(reason, location);
        self.state.unknown_programs.get_or_insert_with(|| reason.to_owned());
        self.state.files.unlisted.get_or_insert_with(|| reason.to_owned());
    }
}

impl State {
    /// Marks every environment as not certain; the first reason stays.
    pub fn touch_environments(&mut self, reason: &str, location: Option<Location>) {
        for environment in self.environments.values_mut() {
            if environment.certainty == Certainty::Certain {
                environment.certainty = Certainty::Uncertain { reason: reason.to_owned(), location };
            }
        }
    }

    /// Marks one environment as not certain.
    pub fn touch_environment(&mut self, root: &str, reason: &str, location: Option<Location>) {
        if let Some(environment) = self.environments.get_mut(root)
            && environment.certainty == Certainty::Certain
        {
            environment.certainty = Certainty::Uncertain { reason: reason.to_owned(), location };
        }
    }
}
