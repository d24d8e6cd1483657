//! The command line: the same core, natively. `DESIGN.md` has the forms.
//!
//! Exit codes: 0, nothing wrong was found; 1, findings of severity error (with `--strict` also
//! steps that are not modelled); 2, bad usage or unreadable input, one clear line on stderr.

mod arguments;
mod catalogue;
mod context;
mod examine;
mod human;
mod link;
mod lookup;
mod markdown;
mod sarif;

use std::{fmt, fs, io::Write, path::Path, process::ExitCode};

use arguments::{Arguments, Command, FixArguments, Format, Input};
use clap::Parser;
use examine::{Examined, examine};

use crate::{
    findings::{Analysis, Severity},
    patch::{self, Fix},
    report::{Report, report},
};

/// Why nothing could be done: one clear line.
#[derive(Debug)]
struct Failure(String);

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Runs the command line of this process.
#[must_use]
pub fn run() -> ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => {
            let is_request = !error.use_stderr();
            // A closed pipe leaves nobody to tell.
            let _ = error.print();
            return if is_request { ExitCode::SUCCESS } else { ExitCode::from(2) };
        }
    };
    let mut output = String::new();
    let result = match arguments.command {
        Command::Check(input) => check(&input, &mut output),
        Command::Fix(arguments) => fix(&arguments, &mut output),
        Command::Link(arguments) => link::make(&arguments, &mut output),
        Command::Open(arguments) => link::open(&arguments, &mut output),
    };
    let _ = std::io::stdout().write_all(output.as_bytes());
    result.unwrap_or_else(|failure| {
        eprintln!("wheelstage: {failure}");
        ExitCode::from(2)
    })
}

fn check(input: &Input, output: &mut String) -> Result<ExitCode, Failure> {
    let Examined { analysis, fixes, look_ups, notes, .. } = examine(input, usize::MAX)?;
    for note in notes {
        eprintln!("wheelstage: {note}");
    }
    let report = Report { look_ups, ..report(&analysis, &fixes) };
    output.push_str(&written(&report, input.format));
    Ok(exit_code(&report, input.strict))
}

fn written(report: &Report, format: Format) -> String {
    match format {
        Format::Human => human::report(report),
        Format::Json => serde_json::to_string_pretty(report).unwrap_or_default() + "\n",
        Format::Markdown => markdown::report(report),
        Format::Sarif => sarif::report(report),
    }
}

fn exit_code(report: &Report, strict: bool) -> ExitCode {
    let is_wrong = report.findings.iter().any(|finding| finding.severity == Severity::Error);
    ExitCode::from(u8::from(is_wrong || (strict && report.unmodelled > 0)))
}

/// Prints the best fix, or the one of the strategies asked for, as a diff; writes it with `--write`.
fn fix(arguments: &FixArguments, output: &mut String) -> Result<ExitCode, Failure> {
    let input = &arguments.input;
    if let Some(unknown) = arguments.strategies.iter().find(|id| strategy_of(id).is_none()) {
        let known: Vec<&str> = patch::STRATEGIES.iter().map(|strategy| strategy.id).collect();
        return Err(Failure(format!("there is no strategy {unknown}; there are {}", known.join(", "))));
    }
    let is_json = input.format == Format::Json;
    let is_any = arguments.strategies.is_empty();
    let Examined { analysis, fixes, unchecked, look_ups, notes } =
        examine(input, if is_json || !is_any { usize::MAX } else { 1 })?;
    for note in notes {
        eprintln!("wheelstage: {note}");
    }
    let fixes =
        if is_any { fixes } else { chosen(&arguments.strategies, &analysis, &fixes).into_iter().collect() };
    if is_json {
        let report = Report { look_ups, ..report(&analysis, &fixes) };
        output.push_str(&written(&report, Format::Json));
        return Ok(exit_code(&report, input.strict));
    }
    let Some(fix) = fixes.first() else {
        let is_wrong = analysis.findings.iter().any(|finding| finding.severity == Severity::Error);
        if is_wrong && is_any {
            eprintln!("wheelstage: no fix was found that holds when it is simulated again");
            if let Some(reason) = unchecked {
                eprintln!("wheelstage: a change that may help could not be checked. {reason}");
            }
        }
        return Ok(ExitCode::from(u8::from(is_wrong)));
    };
    eprintln!("{}: {}", fix.title, fix.why);
    output.push_str(&fix.diff);
    if arguments.write {
        let folder = context::folder(input)?;
        for file in &fix.files {
            write(&folder, &file.path, &fix.after.sources)?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// The strategy that an id names: its own, or one of a fix, `install-by-name-2`.
fn strategy_of(id: &str) -> Option<&'static str> {
    let is_named = |known: &&str| {
        id.strip_prefix(*known).is_some_and(|rest| {
            rest.is_empty() || rest.strip_prefix('-').is_some_and(|number| number.parse::<usize>().is_ok())
        })
    };
    patch::STRATEGIES.iter().map(|strategy| strategy.id).find(is_named)
}

/// One fix that does all that is asked for; where there is none, stderr says why.
fn chosen(ids: &[String], analysis: &Analysis, fixes: &[Fix]) -> Option<Fix> {
    let mut chosen: Vec<&Fix> = Vec::new();
    for id in ids {
        let Some(fix) = fixes.iter().find(|fix| fix.id == *id) else {
            eprintln!("wheelstage: no fix {id} was found that holds when it is simulated again");
            refusals(id, analysis);
            return None;
        };
        chosen.push(fix);
    }
    if let [only] = chosen.as_slice() {
        return Some(Fix::clone(only));
    }
    let composed = patch::compose(analysis, &chosen);
    composed.inspect_err(|error| eprintln!("wheelstage: {error}")).ok()
}

/// Why the candidates of a strategy do not hold.
fn refusals(id: &str, analysis: &Analysis) {
    let strategy = strategy_of(id);
    let candidates = patch::candidates(analysis);
    for candidate in candidates.iter().filter(|candidate| Some(candidate.strategy) == strategy) {
        if let Err(refusal) = patch::verify(analysis, candidate) {
            eprintln!("{}: {refusal}", candidate.title);
        }
    }
}

fn write(folder: &Path, path: &str, sources: &crate::text::Sources) -> Result<(), Failure> {
    let Some(file) = sources.find(path).and_then(|id| sources.get(id)) else { return Ok(()) };
    let target = folder.join(path);
    let written = fs::create_dir_all(target.parent().unwrap_or(folder))
        .and_then(|()| fs::write(&target, file.to_bytes()));
    written.map_err(|error| Failure(format!("{}: {error}", target.display())))
}
