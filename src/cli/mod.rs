//! The command line: the same core, natively. `DESIGN.md` has the forms.
//!
//! Exit codes: 0, nothing wrong was found; 1, findings of severity error (with `--strict` also
//! where something is not known, or is assumed); 2, bad usage, unreadable input or a report that could
//! not be written, one clear line on stderr.

mod arguments;
mod catalogue;
mod context;
mod examine;
mod human;
mod link;
mod lookup;
mod markdown;
mod open;
mod sarif;
mod writing;

use std::{
    fmt,
    io::{self, IsTerminal, Write},
    process::ExitCode,
};

use arguments::{Arguments, CheckArguments, Command, FixArguments, Format};
use clap::{Parser, error::ErrorKind};
use examine::{Examined, examine};

use crate::{
    findings::{Analysis, Severity},
    patch::{self, Fix},
    report::{Report, report},
    text::{is_invisible, shown},
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
            if error.use_stderr() && error.kind() != ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand {
                say(&one_line(&error.to_string()));
                return ExitCode::from(2);
            }
            let is_request = !error.use_stderr();
            return match error.print() {
                Ok(()) if is_request => ExitCode::SUCCESS,
                _ => ExitCode::from(2),
            };
        }
    };
    let mut output = String::new();
    let mut last = None;
    let result = match arguments.command {
        Command::Check(arguments) => check(&arguments, &mut output, &mut last),
        Command::Fix(arguments) => fix(&arguments, &mut output),
        Command::Link(arguments) => link::make(&arguments, &mut output),
        Command::Open(arguments) => open::open(&arguments, &mut output),
    };
    if let Err(error) = print(&output) {
        say(&format!("the report could not be written: {error}"));
        return ExitCode::from(2);
    }
    if let Some(line) = last {
        say(&line);
    }
    result.unwrap_or_else(|failure| {
        say(&failure.to_string());
        ExitCode::from(2)
    })
}

/// What clap says in paragraphs, without the ones on usage.
fn one_line(error: &str) -> String {
    let told = error.split("\n\n").filter(|paragraph| {
        let start = paragraph.trim_start();
        !start.is_empty() && !start.starts_with("Usage:") && !start.starts_with("For more information")
    });
    let joined: Vec<String> =
        told.map(|paragraph| paragraph.split_whitespace().collect::<Vec<_>>().join(" ")).collect();
    joined.join("; ").trim_start_matches("error: ").to_owned()
}

/// Writes to stdout, all of it.
fn print(output: &str) -> io::Result<()> {
    let mut stdout = io::stdout().lock();
    stdout.write_all(output.as_bytes())?;
    stdout.flush()
}

/// One line on stderr. What in it would not be seen is written out.
fn say(text: &str) {
    // A closed stderr leaves nobody to tell.
    let _ = writeln!(io::stderr(), "wheelstage: {}", shown(text).replace('\n', " "));
}

/// Reports on a build. `last` is to be said when the report is out: how much is not known.
fn check(
    arguments: &CheckArguments,
    output: &mut String,
    last: &mut Option<String>,
) -> Result<ExitCode, Failure> {
    let input = &arguments.input;
    let Examined { analysis, fixes, look_ups, .. } = examine(input, usize::MAX)?;
    let report = Report { look_ups, ..report(&analysis, &fixes) };
    output.push_str(&written(&report, input.format, arguments.verbose));
    *last = human::unknown(&report).map(|unknown| format!("not known: {unknown}"));
    Ok(exit_code(&report, input.strict))
}

fn written(report: &Report, format: Format, verbose: bool) -> String {
    match format {
        Format::Human => shown(&human::report(report, verbose)).into_owned(),
        Format::Json => escaped(&(serde_json::to_string_pretty(report).unwrap_or_default() + "\n")),
        Format::Markdown => shown(&markdown::report(report)).into_owned(),
        Format::Sarif => escaped(&sarif::report(report)),
    }
}

/// The same JSON, with what would not be seen in a terminal as escapes: outside strings there is none.
fn escaped(json: &str) -> String {
    let mut result = String::with_capacity(json.len());
    for c in json.chars() {
        if !is_invisible(c) {
            result.push(c);
            continue;
        }
        for unit in c.encode_utf16(&mut [0; 2]) {
            result.push_str(&format!("\\u{unit:04x}"));
        }
    }
    result
}

fn exit_code(report: &Report, strict: bool) -> ExitCode {
    let is_wrong = report.findings.iter().any(|finding| finding.severity == Severity::Error);
    let steps = report.coverage.steps;
    let is_known = steps.unknown == 0 && steps.assumed == 0 && report.coverage.projects.unknown == 0;
    ExitCode::from(u8::from(is_wrong || (strict && !is_known)))
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
    let Examined { analysis, context, fixes, unchecked, look_ups } =
        examine(input, if is_json || !is_any { usize::MAX } else { 1 })?;
    let fixes =
        if is_any { fixes } else { chosen(&arguments.strategies, &analysis, &fixes).into_iter().collect() };
    if is_json {
        let report = Report { look_ups, ..report(&analysis, &fixes) };
        output.push_str(&written(&report, Format::Json, false));
        return Ok(exit_code(&report, input.strict));
    }
    let Some(fix) = fixes.first() else {
        let is_wrong = analysis.findings.iter().any(|finding| finding.severity == Severity::Error);
        if is_wrong && is_any {
            say("no fix was found that holds when it is simulated again");
            if let Some(reason) = unchecked {
                say(&format!("a change that may help could not be checked. {reason}"));
            }
        }
        return Ok(ExitCode::from(u8::from(is_wrong)));
    };
    eprintln!("{}", shown(&format!("{}: {}", fix.title, fix.why)));
    // A patch has to keep every byte, but for whoever reads it.
    let is_read = io::stdout().is_terminal();
    output.push_str(&if is_read { shown(&fix.diff) } else { fix.diff.as_str().into() });
    if arguments.write {
        let sources = &fix.after.sources;
        let mut files = Vec::new();
        for changed in &fix.files {
            if let Some(file) = sources.find(&changed.path).and_then(|id| sources.get(id)) {
                files.push((context.on_disk(&file.path)?, file.to_bytes()));
            }
        }
        writing::write_all(&files)?;
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
            say(&format!("no fix {id} was found that holds when it is simulated again"));
            refusals(id, analysis);
            return None;
        };
        chosen.push(fix);
    }
    if let [only] = chosen.as_slice() {
        return Some(Fix::clone(only));
    }
    let composed = patch::compose(analysis, &chosen);
    composed.inspect_err(|error| say(&error.to_string())).ok()
}

/// Why the candidates of a strategy do not hold.
fn refusals(id: &str, analysis: &Analysis) {
    let strategy = strategy_of(id);
    let candidates = patch::candidates(analysis);
    for candidate in candidates.iter().filter(|candidate| Some(candidate.strategy) == strategy) {
        if let Err(refusal) = patch::verify(analysis, candidate) {
            eprintln!("{}", shown(&format!("{}: {refusal}", candidate.title)));
        }
    }
}
