use super::{
    Answer, Assumed, CallRun, Certainty, Content, Ending, Entry, Invocation, MissingFile, Origin, Skipped,
    State, Text, Tools, shell::Stream,
};
use crate::{
    budget::{self, Budget},
    order::SortedMap,
    text::{FileId, Location},
};

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
    /// Of the whole analysis.
    pub(super) budget: &'a Budget,
    /// Units of work that this step may still take.
    left: usize,
}

impl<'a> World<'a> {
    pub(super) fn new(
        state: State,
        origin: Origin,
        offline: bool,
        budget: &'a Budget,
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
            left: budget::WORK_OF_STEP,
        }
    }

    /// Counts a command. `Err` says why it is not run: there were too many, or whatever else is
    /// counted is spent.
    pub(super) fn spend(&mut self) -> Result<(), &'static str> {
        self.budget.work(1)?;
        self.left = self.left.checked_sub(1).ok_or(budget::STEP_TOO_LONG)?;
        Ok(())
    }

    /// What is read from a file.
    pub(super) fn copied(&self, text: &Text) -> Stream {
        match self.budget.hold(text.weight()) {
            Ok(()) => Stream::known(text.clone()),
            Err(reason) => Stream::unknown(reason),
        }
    }

    /// Puts a file where it is to be, or says of the path that what lies there is not known.
    pub(super) fn write(&mut self, path: &str, entry: Entry) {
        let weight = budget::entry_weight(path.len()) + entry.content.weight();
        let entry = match self.budget.hold(weight) {
            Ok(()) => entry,
            Err(reason) => Entry { content: Content::Opaque(reason.to_owned()), ..entry },
        };
        self.state.files.insert(path, entry);
    }

    /// Asks the tools for packages to run a program.
    pub(super) fn ask(&mut self, invocation: &Invocation<'_>) -> Option<Answer> {
        self.tools.call(invocation, &mut self.state)
    }

    /// Something that is not modelled may have changed every environment, and may have put
    /// programs on `PATH`.
    pub(super) fn touch_everything(&mut self, reason: &str, location: Option<Location>) {
        self.state.touch(reason, location);
    }
}

impl State {
    pub(super) fn touch(&mut self, reason: &str, location: Option<Location>) {
        self.touch_environments(reason, location);
        self.unknown_programs.get_or_insert_with(|| reason.to_owned());
        self.files.unlisted.get_or_insert_with(|| reason.to_owned());
    }

    /// What it takes of a [`Budget`] to hold it beside the state that it was made from, in bytes.
    pub(super) fn weight_beside(&self, before: &Self) -> usize {
        let is_shared = self.files.entries.is_same(&before.files.entries);
        self.weight_without_files() + if is_shared { 0 } else { self.files.weight() }
    }

    /// What it takes of a [`Budget`] to hold it, in bytes.
    pub(super) fn weight(&self) -> usize {
        self.weight_without_files() + self.files.weight()
    }

    fn weight_without_files(&self) -> usize {
        let texts = |map: &SortedMap<String, String>| -> usize {
            map.iter().map(|(name, value)| budget::line_weight(name.len() + value.len())).sum()
        };
        let packages: usize = self.environments.values().map(|environment| environment.packages.len()).sum();
        texts(&self.variables)
            + texts(&self.homes)
            + self.working_directory.len()
            + budget::entry_weight(0) * (2 + packages + self.environments.len())
    }

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
