//! pip and uv: what one call of them changes, and what it answers.

mod apply;
mod build;
pub(crate) mod check;
mod gather;
mod outcome;
mod pip;
mod request;
mod run;
mod uv;

use outcome::{Stop, Unknown};

use super::{CallRun, Origin, Skipped, State, Text};
use crate::{
    index::Index,
    pep440::Version,
    resolve::Answers,
    syntax::command::{Argument, Call},
    text::Location,
};

/// What a call is made in, besides the [`State`]: there, `variables` and `working_directory` are
/// those of the process while the call runs.
#[derive(Debug, Clone, Copy)]
pub struct Context<'a> {
    /// What is known about packages.
    pub index: &'a Index,
    /// What was resolved from it before.
    pub answers: &'a Answers,
    /// Root of the environment whose pip this is. For uv, the one that it finds for itself:
    /// `VIRTUAL_ENV`, `.venv`, or the first Python on `PATH`.
    pub environment: &'a str,
    /// Why uv finds none to work in.
    pub refusal: Option<&'a str>,
    /// The tool's version, where known.
    pub version: Option<&'a Version>,
    /// Stage, step and call.
    pub origin: Origin,
    /// The words of the call.
    pub location: Option<Location>,
    /// The call as the shell hands it over, program first.
    pub argv: &'a [Argument],
    /// What it reads as `/dev/stdin`; `None` where that is empty or a terminal.
    pub stdin: Option<&'a Text>,
    /// `--network=none`.
    pub offline: bool,
}

/// What came of a call.
#[derive(Debug, Clone)]
pub struct Outcome {
    /// The call, run.
    pub run: CallRun,
    /// What it prints to standard output; `None` where that is not known.
    pub stdout: Option<Text>,
    /// What of it is not modelled.
    pub skipped: Vec<Skipped>,
}

/// Runs a call, and changes the state as it does.
pub fn run(call: &Call, state: &mut State, context: &Context<'_>) -> Outcome {
    let mut record = CallRun {
        tool: "pip".to_owned(),
        tool_version: context.version.cloned(),
        subcommand: String::new(),
        command: command_line(context.argv),
        argv: context.argv.into(),
        location: context.location,
        environment: Some(context.environment.to_owned()),
        exit_code: Some(0),
        problem: None,
        resolution: None,
        changes: Vec::new(),
        failure: None,
        wheelhouse: None,
        left_broken: Vec::new(),
        passed_over: Vec::new(),
    };
    let mut skipped = Vec::new();
    let unmodelled = |what: &str| Err(Stop::unknown(format!("{what} is not modelled"), context.location));
    let printed = match call {
        Call::Uv(call) if let Some(message) = context.refusal => {
            record.tool = "uv".to_owned();
            record.subcommand = uv::command_name(&call.command).to_owned();
            Err(uv::refused(Stop::usage(message, context.location)))
        }
        Call::Pip(call) => {
            record.subcommand = pip::command_name(&call.command).to_owned();
            skipped.extend(pip::version_note(context.version).map(|reason| Skipped {
                location: context.location,
                reason,
                touches_packages: false,
            }));
            pip::run_command(call, state, context, &mut record)
        }
        Call::Uv(call) => {
            record.tool = "uv".to_owned();
            record.subcommand = uv::command_name(&call.command).to_owned();
            uv::run_command(call, state, context, &mut record)
        }
        Call::Unmodelled { reason, .. } => Err(Stop::unknown(reason.clone(), context.location)),
        Call::Tool(_) | Call::Conda(_) | Call::Venv(_) | Call::System(_) | Call::Bootstrap { .. } => {
            let program = context.argv.first().map_or("", Argument::as_str);
            record.tool = program.to_owned();
            unmodelled(program)
        }
    };
    let stdout = match printed {
        Ok(printed) => {
            skipped.extend(build::compiled(&record, context.index).map(|reason| Skipped {
                location: context.location,
                reason,
                touches_packages: false,
            }));
            printed
        }
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
    Outcome { run: record, stdout, skipped }
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
