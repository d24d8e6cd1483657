//! Stages and their steps.

use std::sync::Arc;

use super::{
    Certainty, Content, Ending, EndingCause, Entry, Environment, FileSystem, Origin, Simulation, Skipped,
    StageRun, State, StepRun, Tools, base,
    files::{file_name, join, normalize, strip_folder},
    shell::{Field, Options, Outcome, Process, Programs, Shell, Source, Value, Variable},
    tools::PackageTools,
    transfer::{self, Copied},
    utilities::{Utilities, interpret},
    world::World,
};
use crate::{
    budget::Budget,
    index::Index,
    model::{Action, Base, Build, CopySource, Mount, MountKind, RunForm, Settings, Stage, Step},
    order::SortedMap,
    resolve::Answers,
    syntax::{command::Argument, shell::Dialect},
    text::{Location, Mapped, Sources},
};

/// Runs a build: each stage from its base, each step over what the one before left.
///
/// Total and deterministic; what is not known or not modelled is marked in the states.
#[must_use]
pub fn simulate(build: &Build, sources: &Sources, index: &Index, settings: &Settings) -> Simulation {
    simulate_with(build, sources, index, settings, &Answers::default())
}

/// The same, with what was resolved from this index before.
#[must_use]
pub fn simulate_with(
    build: &Build,
    sources: &Sources,
    index: &Index,
    settings: &Settings,
    answers: &Answers,
) -> Simulation {
    simulate_within(build, sources, index, settings, answers, &Budget::default())
}

/// The same, within what is left of a budget.
#[must_use]
pub fn simulate_within(
    build: &Build,
    sources: &Sources,
    index: &Index,
    settings: &Settings,
    answers: &Answers,
    budget: &Budget,
) -> Simulation {
    let mut tools = PackageTools { index, answers, budget };
    let mut builder = Builder {
        build,
        settings,
        index,
        context: transfer::context(sources, build, index),
        stages: Vec::new(),
        images: SortedMap::new(),
        budget,
    };
    for stage in &build.stages {
        let run = builder.stage(stage, &mut tools);
        builder.stages.push(run);
    }
    let needed = needed(build);
    let mut stages = builder.stages;
    for (stage, needed) in stages.iter_mut().zip(needed) {
        stage.needed = needed;
    }
    Simulation { stages }
}

/// Runs one script with the shell of that dialect, over a state and in its working directory.
/// Gives its exit code, `None` where that is not known.
pub fn run_script(script: &str, dialect: Dialect, state: &mut State, tools: &mut dyn Tools) -> Option<i32> {
    let origin = Origin { stage: 0, step: None, call: None };
    let process = process(state);
    let budget = Budget::default();
    let mut world = World::new(std::mem::replace(state, State::scratch()), origin, false, &budget, tools);
    let mut text = Mapped::default();
    text.push_substitute(script, crate::text::range(0, 0));
    let outcome =
        Shell::new(&mut world, &Utilities, dialect, process).run_source(Source { text, file: None });
    *state = world.state;
    outcome.status
}

/// The target stage, and whatever it is made from.
fn needed(build: &Build) -> Vec<bool> {
    let mut needed = vec![false; build.stages.len()];
    let mut open = vec![build.target_stage];
    while let Some(index) = open.pop() {
        let Some(flag) = needed.get_mut(index) else { continue };
        if std::mem::replace(flag, true) {
            continue;
        }
        let Some(stage) = build.stages.get(index) else { continue };
        if let Base::Stage(base) = stage.base {
            open.push(base);
        }
        open.extend(stage.steps.iter().flat_map(sources_of).filter_map(|source| match source {
            CopySource::Stage(stage) => Some(*stage),
            CopySource::Image(_) | CopySource::Unknown(_) => None,
        }));
    }
    needed
}

/// The stages and images that a step reads.
fn sources_of(step: &Step) -> Vec<&CopySource> {
    match &step.action {
        Action::Copy(transfer) | Action::Add(transfer) => transfer.from.iter().collect(),
        Action::Run { mounts, .. } => mounts.iter().filter_map(|mount| mount.from.as_ref()).collect(),
        _ => Vec::new(),
    }
}

struct Builder<'a> {
    build: &'a Build,
    settings: &'a Settings,
    index: &'a Index,
    context: FileSystem,
    stages: Vec<StageRun>,
    /// Images that are copied from.
    images: SortedMap<String, Arc<State>>,
    budget: &'a Budget,
}

impl Builder<'_> {
    fn stage(&mut self, stage: &Stage, tools: &mut dyn Tools) -> StageRun {
        let (mut start, begins) = self.start(stage);
        if let Err(reason) = self.budget.hold(start.weight()) {
            start.files.entries = crate::simulate::Shared::default();
            start.touch(reason, Some(stage.location));
        }
        let mut reached = begins;
        let start = Arc::new(start);
        let mut state = start.clone();
        let mut steps = Vec::new();
        for step in &stage.steps {
            // Behind a failing step, or what it copies from is never there.
            reached &= self.has_sources(step);
            if !reached {
                steps.push(StepRun {
                    after: state.clone(),
                    exit_code: None,
                    reached: false,
                    calls: Vec::new(),
                    skipped: Vec::new(),
                    assumed: Vec::new(),
                    missing: Vec::new(),
                    ending: None,
                });
                continue;
            }
            let run = self.step(stage, step, &state, tools);
            state = run.after.clone();
            reached = run.ending.is_none();
            steps.push(run);
        }
        StageRun { start, begins, steps, needed: false }
    }

    /// All stages that the step reads come to their ends.
    fn has_sources(&self, step: &Step) -> bool {
        sources_of(step).into_iter().all(|source| match source {
            CopySource::Stage(stage) => self.completes(*stage),
            CopySource::Image(_) | CopySource::Unknown(_) => true,
        })
    }

    fn completes(&self, stage: usize) -> bool {
        self.stages.get(stage).is_none_or(StageRun::completes)
    }

    /// What a stage starts from, and whether the build gets there.
    fn start(&self, stage: &Stage) -> (State, bool) {
        let origin = Origin { stage: stage.index, step: None, call: None };
        match &stage.base {
            Base::Stage(base) => {
                let state = self.end_of(*base);
                (state.map_or_else(State::scratch, |state| State::clone(&state)), self.completes(*base))
            }
            Base::Scratch => (State::scratch(), true),
            Base::Image(reference) if self.build.dockerfile.is_none() => {
                let mut state = base::implied(reference, &stage.platform, self.index, self.settings, origin);
                state.files.copy_from(&self.context, "/", "/", &|_| true, &Entry::clone);
                (state, true)
            }
            Base::Image(reference) => {
                (base::image(reference, &stage.platform, self.index, self.settings, origin), true)
            }
            Base::Unknown(reason) => {
                let mut state = base::image("", &stage.platform, self.index, self.settings, origin);
                state.unknown_base = Some(reason.clone());
                for environment in state.environments.values_mut() {
                    environment.certainty =
                        Certainty::Uncertain { reason: reason.clone(), location: Some(stage.location) };
                }
                (state, true)
            }
        }
    }

    fn end_of(&self, stage: usize) -> Option<Arc<State>> {
        let run = self.stages.get(stage)?;
        Some(run.steps.last().map_or(&run.start, |step| &step.after).clone())
    }

    fn image_state(&mut self, reference: &str, platform: &str) -> Arc<State> {
        if let Some(state) = self.images.get(reference) {
            return state.clone();
        }
        let origin = Origin { stage: 0, step: None, call: None };
        let state = Arc::new(base::image(reference, platform, self.index, self.settings, origin));
        self.images.insert(reference.to_owned(), state.clone());
        state
    }

    /// Runs a step, and pays for what it leaves. What is beyond the budget may do anything.
    fn step(&mut self, stage: &Stage, step: &Step, before: &Arc<State>, tools: &mut dyn Tools) -> StepRun {
        let spent = self.budget.work(1).and_then(|()| {
            let run = self.run_step(stage, step, before, tools);
            self.budget.hold(run.after.weight_beside(before)).map(|()| run)
        });
        spent.unwrap_or_else(|reason| beyond(reason, step, before))
    }

    fn run_step(
        &mut self,
        stage: &Stage,
        step: &Step,
        before: &Arc<State>,
        tools: &mut dyn Tools,
    ) -> StepRun {
        let origin = Origin { stage: stage.index, step: Some(step.index), call: None };
        let done = |after: Arc<State>| StepRun {
            after,
            exit_code: Some(0),
            reached: true,
            calls: Vec::new(),
            skipped: Vec::new(),
            assumed: Vec::new(),
            missing: Vec::new(),
            ending: None,
        };
        let changed = |change: &dyn Fn(&mut State)| {
            let mut state = State::clone(before);
            change(&mut state);
            done(Arc::new(state))
        };
        match &step.action {
            Action::Nothing => done(before.clone()),
            Action::Env(pairs) => changed(&|state| state.variables.extend(pairs.iter().cloned())),
            Action::Arg(pairs) => changed(&|state| {
                for (name, value) in pairs {
                    if let Some(value) = value {
                        state.variables.entry(name.clone()).or_insert_with(|| value.clone());
                    }
                }
            }),
            Action::Workdir(path) => changed(&|state| {
                let path = normalize(path, &state.working_directory);
                state.files.make_folder(&path, origin);
                state.working_directory = path;
            }),
            Action::User(user) => changed(&|state| {
                state.user = user.split(':').next().unwrap_or("root").to_owned();
            }),
            Action::Shell(words) => changed(&|state| state.shell.clone_from(words)),
            Action::Invalid(reason) => StepRun {
                exit_code: None,
                skipped: vec![Skipped {
                    location: Some(step.location),
                    reason: reason.clone(),
                    touches_packages: true,
                }],
                ..changed(&|state| state.touch_environments(reason, Some(step.location)))
            },
            Action::Copy(transfer) | Action::Add(transfer) => {
                let is_add = matches!(step.action, Action::Add(_));
                let source = transfer.from.as_ref().map(|from| self.resolve_source(from, &stage.platform));
                let from = match &source {
                    None => transfer::From::Context(&self.context),
                    Some(Ok(state)) => transfer::From::State(state),
                    Some(Err(reason)) => transfer::From::Unknown(reason.clone()),
                };
                let mut world = World::new(State::clone(before), origin, false, self.budget, tools);
                world.file = Some(step.location.file);
                let copied = transfer::transfer(&mut world, &from, transfer, is_add);
                let exit_code = match copied {
                    Copied::Done => Some(0),
                    Copied::Unknown => None,
                    Copied::Failed => Some(1),
                };
                ran(world, exit_code, step)
            }
            Action::Run { form, mounts, offline } => {
                let mut world = World::new(State::clone(before), origin, *offline, self.budget, tools);
                world.file = Some(step.location.file);
                let mut hidden = Vec::new();
                for mount in mounts {
                    hidden.push(self.mount(&mut world, mount, &stage.platform));
                }
                let outcome = run_form(&mut world, form, step.location);
                for covered in hidden.into_iter().rev() {
                    covered.uncover(&mut world.state);
                }
                ran(world, outcome.status, step)
            }
        }
    }

    fn resolve_source(&mut self, source: &CopySource, platform: &str) -> Result<Arc<State>, String> {
        match source {
            CopySource::Stage(stage) => {
                self.end_of(*stage).ok_or_else(|| "the stage to copy from is not there".to_owned())
            }
            CopySource::Image(reference) => Ok(self.image_state(reference, platform)),
            CopySource::Unknown(reason) => Err(reason.clone()),
        }
    }

    /// Lays a mount over what is at its target.
    fn mount(&mut self, world: &mut World<'_>, mount: &Mount, platform: &str) -> Covered {
        let folder = world.state.working_directory.clone();
        let target = world.state.files.resolve(&normalize(&mount.target, &folder));
        let covered = Covered::take(&mut world.state, &target);
        let origin = world.origin;
        match mount.kind {
            MountKind::Tmpfs => world.state.files.make_folder(&target, origin),
            MountKind::Cache => {
                world.state.files.make_folder(&target, origin);
                let reason = "a cache mount holds what earlier builds left";
                world.state.files.mark_uncertain(&target, reason);
            }
            MountKind::Secret => {
                let content = Content::Opaque("a secret is not known".to_owned());
                if target != "/" {
                    world.state.files.insert(&target, Entry::new(content, origin));
                }
            }
            MountKind::Bind => {
                let source = normalize(&mount.source, "/");
                match mount.from.as_ref().map(|from| self.resolve_source(from, platform)) {
                    None => self.bind_context(world, &source, &target, mount.location),
                    Some(Ok(state)) => {
                        world.state.files.copy_from(&state.files, &source, &target, &|_| true, &Entry::clone);
                        if !state.files.is_folder(&source) && state.files.resolved(&source).is_none() {
                            let reason = format!("{source} is not known in what is mounted");
                            world.state.files.mark_uncertain(&target, &reason);
                        }
                        super::environments::copy_environments(
                            &state,
                            &source,
                            &mut world.state,
                            &target,
                            origin,
                            Some(mount.location),
                        );
                    }
                    Some(Err(reason)) => {
                        world.state.files.make_folder(&target, origin);
                        world.state.files.mark_uncertain(&target, &reason);
                    }
                }
            }
        }
        covered
    }

    fn bind_context(&self, world: &mut World<'_>, source: &str, target: &str, location: Location) {
        if self.context.is_folder(source) {
            world.state.files.copy_from(&self.context, source, target, &|_| true, &Entry::clone);
            if let Some(reason) = &self.context.unlisted {
                world.state.files.mark_uncertain(target, reason);
            }
            return;
        }
        if self.context.resolved(source).is_some() {
            world.state.files.copy_from(&self.context, source, target, &|_| true, &Entry::clone);
            return;
        }
        let path = source.trim_start_matches('/').to_owned();
        let reason = format!("{path} is not among the files given");
        if file_name(target).contains('.') {
            let entry =
                Entry { location: Some(location), ..Entry::new(Content::Opaque(reason), world.origin) };
            world.state.files.insert(target, entry);
        } else {
            world.state.files.make_folder(target, world.origin);
            world.state.files.mark_uncertain(target, &reason);
        }
        world.missing.push(super::MissingFile { path, location });
    }
}

/// A step that is not followed, as there is no more of the budget.
fn beyond(reason: &str, step: &Step, before: &Arc<State>) -> StepRun {
    // The first of them marks all that it may have touched, and the next share that.
    let is_first = before.files.unlisted.as_deref() != Some(reason);
    let mut after = before.clone();
    if is_first {
        let state = Arc::make_mut(&mut after);
        state.touch(reason, Some(step.location));
        state.files.unlisted = Some(reason.to_owned());
    }
    let skipped =
        Skipped { location: Some(step.location), reason: reason.to_owned(), touches_packages: true };
    StepRun {
        after,
        exit_code: None,
        reached: true,
        calls: Vec::new(),
        skipped: if is_first { vec![skipped] } else { Vec::new() },
        assumed: Vec::new(),
        missing: Vec::new(),
        ending: None,
    }
}

/// The record of a step that was run.
fn ran(world: World<'_>, exit_code: Option<i32>, step: &Step) -> StepRun {
    let ending = exit_code.filter(|code| *code != 0).map(|exit_code| {
        let own = world.ending.filter(|ending| ending.exit_code() == exit_code);
        let cause = EndingCause::Command { program: None, exit_code };
        let mut ending = own.unwrap_or(Ending { location: None, cause });
        ending.location.get_or_insert(step.location);
        ending
    });
    StepRun {
        after: Arc::new(world.state),
        exit_code,
        reached: true,
        calls: world.calls,
        skipped: world.skipped,
        assumed: world.assumed,
        missing: world.missing,
        ending,
    }
}

/// What a mount hides while a step runs.
struct Covered {
    target: String,
    entries: Vec<(String, Entry)>,
    uncertain: Vec<(String, String)>,
    environments: SortedMap<String, Environment>,
}

impl Covered {
    fn take(state: &mut State, target: &str) -> Self {
        let at = |path: &str| strip_folder(path, target).is_some() && target != "/";
        let mut entries = Vec::new();
        if target != "/" {
            entries.extend(state.files.entries.get(target).map(|entry| (target.to_owned(), entry.clone())));
            entries.extend(state.files.below(target).map(|(path, entry)| (path.to_owned(), entry.clone())));
        }
        let uncertain = state
            .files
            .uncertain
            .iter()
            .filter(|(folder, _)| at(folder))
            .map(|(folder, reason)| (folder.clone(), reason.clone()))
            .collect();
        let environments = state
            .environments
            .iter()
            .filter(|(root, _)| at(root))
            .map(|(root, environment)| (root.clone(), environment.clone()))
            .collect();
        if target != "/" {
            state.files.remove(target);
            state.environments.retain(|root, _| !at(root));
        }
        Self { target: target.to_owned(), entries, uncertain, environments }
    }

    fn uncover(self, state: &mut State) {
        if self.target == "/" {
            return;
        }
        let at = |path: &str| strip_folder(path, &self.target).is_some();
        state.files.remove(&self.target);
        state.environments.retain(|root, _| !at(root));
        // The mount point itself stays behind as an empty folder.
        for (path, entry) in self.entries {
            state.files.insert(&path, entry);
        }
        for (folder, reason) in self.uncertain {
            state.files.uncertain.insert(folder, reason);
        }
        state.environments.extend(self.environments);
    }
}

/// The shell's state as Docker starts it.
pub(super) fn process(state: &State) -> Process {
    let mut variables: SortedMap<String, Variable> = state
        .variables
        .iter()
        .map(|(name, value)| {
            let value = Value::Known(Argument::unplaced(value));
            (name.clone(), Variable { value, exported: true })
        })
        .collect();
    variables.entry("HOME".to_owned()).or_insert_with(|| Variable {
        value: Value::Known(Argument::unplaced(&state.home())),
        exported: true,
    });
    Process {
        variables,
        folder: state.working_directory.clone(),
        positional: Vec::new(),
        options: Options::default(),
        exit_trap: None,
        unknown_variables: None,
    }
}

fn run_form(world: &mut World<'_>, form: &RunForm, location: Location) -> Outcome {
    let process = process(&world.state);
    let sh = world.state.sh();
    match form {
        RunForm::Exec(words) => {
            let fields: Vec<Field> = words
                .iter()
                .map(|(text, place)| {
                    let mut mapped = Mapped::default();
                    mapped.push_substitute(text, place.range);
                    Field::Known(Argument { text: mapped, place: Some(*place) })
                })
                .collect();
            let mut shell = Shell::new(world, &Utilities, sh, process);
            Utilities.run(&mut shell, &fields, Some(location))
        }
        RunForm::Shell { script, interpreter } => {
            let source = Source { text: script.clone(), file: Some(location.file) };
            let words: Vec<String> = match interpreter {
                Some(line) => line.split_whitespace().map(str::to_owned).collect(),
                None => world.state.shell.clone(),
            };
            interpret(world, &words, source, process, Some(location))
        }
    }
}

/// What a file system holds, and why a folder may hold more, for tests and for debugging.
impl std::fmt::Display for FileSystem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for (path, entry) in self.entries.iter() {
            match &entry.content {
                Content::Folder => writeln!(f, "{path}/")?,
                Content::Text(text) => {
                    writeln!(f, "{path}:")?;
                    for line in text.to_string().split_inclusive('\n') {
                        write!(f, "  {line}")?;
                    }
                    if !text.final_newline && !text.is_empty() {
                        writeln!(f, "\\")?;
                    }
                }
                Content::Artifact { requested_by, .. } => {
                    writeln!(f, "{path} artifact [{}]", requested_by.join(", "))?;
                }
                Content::Link(target) => writeln!(f, "{path} -> {target}")?,
                Content::Program(program) => {
                    writeln!(f, "{path} {:?} {}", program.kind, program.environment)?
                }
                Content::Opaque(reason) => writeln!(f, "{path} ? {reason}")?,
            }
        }
        for (folder, reason) in &self.uncertain {
            writeln!(f, "{} ... {reason}", join(folder, ""))?;
        }
        Ok(())
    }
}

impl std::fmt::Display for Certainty {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Certain => f.write_str("certain"),
            Self::Uncertain { reason, .. } => write!(f, "uncertain: {reason}"),
        }
    }
}
