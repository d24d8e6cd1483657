//! The command line: the same core, natively. `DESIGN.md` has the forms.
//!
//! Exit codes: 0, nothing wrong was found; 1, findings of severity error (with `--strict` also
//! steps that are not modelled); 2, bad usage or unreadable input, one clear line on stderr.

mod arguments;
mod catalogue;
mod context;
mod human;
mod link;
mod markdown;
mod sarif;

use std::{fmt, fs, io::Write, path::Path, process::ExitCode};

use arguments::{Arguments, Command, FixArguments, Format, Input};
use clap::Parser;

use crate::{
    findings::{Analysis, Severity, analyze},
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
    let (analysis, notes) = read(input)?;
    for note in notes {
        eprintln!("wheelstage: {note}");
    }
    let fixes: Vec<Fix> = patch::propose(&analysis).collect();
    let report = report(&analysis, &fixes);
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

/// Prints the first fix, or the one of a strategy, as a diff; writes it with `--write`.
fn fix(arguments: &FixArguments, output: &mut String) -> Result<ExitCode, Failure> {
    let input = &arguments.input;
    let (analysis, _) = read(input)?;
    if let Some(strategy) = &arguments.strategy
        && !patch::STRATEGIES.iter().any(|known| known.id == strategy)
    {
        let known: Vec<&str> = patch::STRATEGIES.iter().map(|strategy| strategy.id).collect();
        return Err(Failure(format!("there is no strategy {strategy}; there are {}", known.join(", "))));
    }
    let mut fixes = patch::propose(&analysis)
        .filter(|fix| arguments.strategy.as_ref().is_none_or(|strategy| fix.strategy == strategy));
    if input.format == Format::Json {
        let report = report(&analysis, &fixes.collect::<Vec<_>>());
        output.push_str(&written(&report, Format::Json));
        return Ok(exit_code(&report, input.strict));
    }
    let Some(fix) = fixes.next() else {
        let is_wrong = analysis.findings.iter().any(|finding| finding.severity == Severity::Error);
        if is_wrong {
            eprintln!("wheelstage: no fix was found that holds when it is simulated again");
            refusals(arguments, &analysis);
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

/// Why the candidates of a strategy do not hold.
fn refusals(arguments: &FixArguments, analysis: &Analysis) {
    let Some(strategy) = &arguments.strategy else { return };
    for candidate in patch::candidates(analysis).iter().filter(|candidate| candidate.strategy == strategy) {
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

/// Reads the files and simulates the build. The second value are things worth saying on stderr.
fn read(input: &Input) -> Result<(Analysis, Vec<String>), Failure> {
    let context = context::read(input)?;
    let index = catalogue::index(input)?;
    let mut analysis = analyze(&context.sources, &index, &context.settings);
    analysis.advise();
    Ok((analysis, context.notes))
}
