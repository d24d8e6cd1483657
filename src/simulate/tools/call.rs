//! What the shell asks of a program that is about Python packages, and what it is answered.

use crate::{
    budget::Budget,
    index::Index,
    pep440::Version,
    resolve::Answers,
    simulate::{
        CallRun, Change, Content, Entry, Origin, Program, Skipped, State, Text,
        environments::add_pip,
        files::{normalize, parent},
        install::{Context, Stop, Unknown},
    },
    syntax::command::Argument,
    text::Location,
};

/// What a command prints to standard output, where that is known.
pub(super) type Printed = Option<Text>;

/// A call of a program that is about Python packages.
#[derive(Debug, Clone, Copy)]
pub struct Invocation<'a> {
    /// All words, the program first.
    pub argv: &'a [Argument],
    /// Where the program was found, else its first word.
    pub path: &'a str,
    /// What it is, where it is known.
    pub program: Option<&'a Program>,
    /// What it reads; `None` where that is empty or a terminal.
    pub stdin: Option<&'a Text>,
    /// Why what it reads is not known.
    pub stdin_unknown: Option<&'a str>,
    /// The words of the command.
    pub location: Option<Location>,
    /// Stage, step and call.
    pub origin: Origin,
    /// `--network=none`.
    pub offline: bool,
}

/// What came of it.
#[derive(Debug, Clone)]
pub struct Answer {
    /// `None` where not known.
    pub exit_code: Option<i32>,
    /// What it printed; `None` where not known.
    pub stdout: Option<Text>,
    /// The call of an installer that it was.
    pub run: Option<CallRun>,
    /// What of it is not modelled.
    pub skipped: Vec<Skipped>,
    /// It is taken to leave Python packages as they are, without its being known.
    pub assumed: bool,
}

/// Whoever runs the programs that are about Python packages. Their variables and working
/// directory are those of the state while they run.
pub trait Tools {
    /// Runs one; `None` where it is not known what it does.
    fn call(&mut self, invocation: &Invocation<'_>, state: &mut State) -> Option<Answer>;
}

/// pip, uv, Python itself, and the makers of virtual environments.
pub(in crate::simulate) struct PackageTools<'a> {
    pub(in crate::simulate) index: &'a Index,
    /// What was resolved from it before.
    pub(in crate::simulate) answers: &'a Answers,
    /// Of the whole analysis.
    pub(in crate::simulate) budget: &'a Budget,
}

impl Answer {
    pub(super) fn done() -> Self {
        Self { exit_code: Some(0), stdout: None, run: None, skipped: Vec::new(), assumed: false }
    }

    pub(super) fn printed(text: &str) -> Self {
        Self { stdout: Some(Text::unplaced(text)), ..Self::done() }
    }

    /// Of a program that is taken to leave packages as they are.
    pub(super) fn assumed() -> Self {
        Self { exit_code: None, assumed: true, ..Self::done() }
    }

    pub(super) fn failed(exit_code: i32) -> Self {
        Self { exit_code: Some(exit_code), ..Self::done() }
    }
}

impl PackageTools<'_> {
    /// Runs an installer in the environment `root`, and keeps a record of the call.
    pub(super) fn record(
        &self,
        invocation: &Invocation<'_>,
        state: &mut State,
        root: &str,
        version: Option<&Version>,
        (tool, subcommand): (&str, &str),
        run: impl FnOnce(&mut State, &Context<'_>, &mut CallRun) -> Result<Printed, Stop>,
    ) -> Answer {
        let context = Context {
            index: self.index,
            answers: self.answers,
            budget: self.budget,
            environment: root,
            version,
            origin: invocation.origin,
            location: invocation.location,
            stdin: invocation.stdin,
            offline: invocation.offline,
        };
        let mut record = CallRun {
            tool: tool.to_owned(),
            tool_version: version.cloned(),
            subcommand: subcommand.to_owned(),
            command: command_line(invocation.argv),
            argv: invocation.argv.into(),
            location: invocation.location,
            environment: Some(root.to_owned()),
            exit_code: Some(0),
            problem: None,
            resolution: None,
            known_part: None,
            changes: Vec::new(),
            failure: None,
            wheelhouse: None,
            left_broken: Vec::new(),
            unchecked_hashes: false,
            passed_over: Vec::new(),
        };
        let mut skipped = Vec::new();
        let stdout = match run(state, &context, &mut record) {
            Ok(printed) => printed,
            Err(Stop::Failed(failure, exit_code)) => {
                record.exit_code = Some(exit_code);
                record.failure = Some(failure);
                None
            }
            Err(Stop::Unknown(Unknown { reason, location })) => {
                record.exit_code = None;
                skipped.push(Skipped { location, reason, touches_packages: true });
                None
            }
        };
        if record.unchecked_hashes && record.exit_code == Some(0) {
            let reason = "the hashes are taken to be those of the files: digests are not compared".to_owned();
            skipped.push(Skipped { location: context.location, reason, touches_packages: false });
        }
        // Installing pip brings its scripts.
        let brings_pip =
            |change: &Change| matches!(change, Change::Install { project, .. } if project.as_str() == "pip");
        if record.changes.iter().any(brings_pip) {
            add_pip(state, root, invocation.origin);
        }
        Answer { exit_code: record.exit_code, stdout, run: Some(record), skipped, assumed: false }
    }
}

/// The environment that a program runs in: its own, or the one its path lies in.
pub(super) fn environment(invocation: &Invocation<'_>, state: &State) -> Option<String> {
    if let Some(program) = invocation.program.filter(|program| !program.environment.is_empty()) {
        return Some(program.environment.clone());
    }
    let root = parent(parent(invocation.path));
    if invocation.path.contains('/') && root != "/" && state.environments.contains_key(root) {
        return Some(root.to_owned());
    }
    state.environments.keys().next().cloned()
}

/// The version of an installed tool.
pub(super) fn tool_version(state: &State, root: &str, name: &str) -> Option<Version> {
    let environment = state.environments.get(root)?;
    let installed = environment.packages.get(name)?;
    installed.first().map(|installed| installed.version.clone())
}

/// A call of which something is not modelled.
pub(super) fn skipped(reason: String, invocation: &Invocation<'_>, touches_packages: bool) -> Answer {
    Answer {
        exit_code: None,
        skipped: vec![Skipped { location: invocation.location, reason, touches_packages }],
        ..Answer::done()
    }
}

/// A program that changes environments in a way that is not modelled.
pub(super) fn not_modelled(name: &str, invocation: &Invocation<'_>, state: &mut State) -> Answer {
    let reason = format!("{name} is not modelled yet");
    touch_everything(&reason, invocation, state);
    skipped(reason, invocation, true)
}

/// The call of an installer of which only that it is one is known.
pub(super) fn unmodelled_call(
    reason: &str,
    tools: &PackageTools<'_>,
    invocation: &Invocation<'_>,
    state: &mut State,
) -> Answer {
    let program = invocation.argv.first().map_or("", Argument::as_str);
    let root = environment(invocation, state).unwrap_or_default();
    let answer = tools.record(invocation, state, &root, None, (program, ""), |_, context, _| {
        Err(Stop::unknown(reason, context.location))
    });
    touch_everything(reason, invocation, state);
    answer
}

/// Files come into the folder that the program runs in, and into `output`.
pub(super) fn writes(
    name: &str,
    output: Option<&Argument>,
    invocation: &Invocation<'_>,
    state: &mut State,
) -> Answer {
    let reason = format!("what {name} writes is not known");
    let folder = state.working_directory.clone();
    state.files.mark_uncertain(&folder, &reason);
    if let Some(path) = output {
        let entry = Entry::new(Content::Opaque(reason.clone()), invocation.origin);
        state.files.insert(&normalize(path.as_str(), &folder), entry);
    }
    skipped(reason, invocation, false)
}

/// Marks what such a program may have changed.
pub(super) fn touch_everything(reason: &str, invocation: &Invocation<'_>, state: &mut State) {
    state.touch_environments(reason, invocation.location);
    state.unknown_programs.get_or_insert_with(|| reason.to_owned());
    let folder = state.working_directory.clone();
    state.files.mark_uncertain(&folder, reason);
}

/// A call in one line, as a person would type it.
fn command_line(argv: &[Argument]) -> String {
    let quoted = |argument: &Argument| {
        let word = argument.as_str();
        let is_plain =
            !word.is_empty() && word.chars().all(|c| c.is_alphanumeric() || "-_./:=,+@%^~[]{}*?".contains(c));
        if is_plain { word.to_owned() } else { format!("'{}'", word.replace('\'', "'\\''")) }
    };
    argv.iter().map(quoted).collect::<Vec<_>>().join(" ")
}
