//! A report for people at a terminal.

use std::fmt::Write;

use crate::{
    findings::Severity,
    report::{Finding, Location, Party, Report, counted},
    resolve::listed,
};

/// So many causes of what is not known, and so many notes, are told where not all are asked for.
const MOST_TOLD: usize = 5;

/// The verdict, then each finding with its reasons, how much is known, then the first fix. All
/// causes and notes with `verbose`, the first few without.
pub(super) fn report(report: &Report, verbose: bool) -> String {
    let mut text = String::new();
    // Writing to a String does not fail.
    let _ = write(&mut text, report, verbose);
    text
}

/// `3 of 17 steps, 1 of 132 packages`: what is not known; `None` where all is.
pub(super) fn unknown(report: &Report) -> Option<String> {
    let (steps, projects) = (report.coverage.steps, report.coverage.projects);
    let of = |unknown: usize, all: usize, one: &str| format!("{unknown} of {}", counted(all, one));
    let steps_in_words = of(steps.unknown, steps.all(), "step");
    let projects_in_words = of(projects.unknown, projects.all(), "package");
    match (steps.unknown, projects.unknown) {
        (0, 0) => None,
        (_, 0) => Some(steps_in_words),
        (0, _) => Some(projects_in_words),
        _ => Some(format!("{steps_in_words}, {projects_in_words}")),
    }
}

fn write(text: &mut String, report: &Report, verbose: bool) -> std::fmt::Result {
    let verdict = format!("{:?}", report.verdict).to_lowercase();
    writeln!(text, "{verdict}: {}", report.headline)?;
    let most = if verbose { usize::MAX } else { MOST_TOLD };
    // What is not modelled is told by its causes.
    let is_told = |finding: &&Finding| finding.rule != "not-modelled";
    let told = report.findings.iter().filter(|finding| finding.severity != Severity::Info);
    for finding in told.filter(is_told) {
        write_finding(text, finding)?;
    }
    let advice = report.findings.iter().filter(|finding| finding.severity == Severity::Info);
    for finding in advice.clone().take(most) {
        writeln!(text, "\n{}: info[{}]: {}", place(&finding.location), finding.rule, finding.message)?;
    }
    write_more(text, advice.count().saturating_sub(most), "note")?;
    write_coverage(text, report, most)?;
    if let Some(fix) = report.fixes.first() {
        writeln!(text, "\nfix ({}): {}\n  {}\n", fix.strategy, fix.title, fix.why)?;
        text.push_str(&fix.diff);
        let others: Vec<&str> = report.fixes.iter().skip(1).map(|fix| fix.id.as_str()).collect();
        if !others.is_empty() {
            writeln!(text, "\nother fixes that hold: {}", others.join(", "))?;
        }
    }
    if verbose {
        write_skipped(text, report)?;
    }
    Ok(())
}

/// `and 3 more notes; -v tells them`.
fn write_more(text: &mut String, count: usize, one: &str) -> std::fmt::Result {
    match count {
        0 => Ok(()),
        count => writeln!(text, "\nand {}; -v tells them", counted(count, &format!("more {one}"))),
    }
}

/// What else of steps is not modelled, each once.
fn write_skipped(text: &mut String, report: &Report) -> std::fmt::Result {
    let mut told: Vec<String> = Vec::new();
    let causes = &report.coverage.causes;
    for step in report.stages.iter().flat_map(|stage| &stage.steps) {
        for skipped in &step.not_modelled {
            let line = format!("  line {}: {}", step.line, skipped.reason);
            let is_cause = causes.iter().any(|cause| is_said(&skipped.reason, &cause.reason));
            if !is_cause && !told.contains(&line) {
                told.push(line);
            }
        }
    }
    if told.is_empty() {
        return Ok(());
    }
    writeln!(text, "\nnot, or only partly, modelled:\n{}", told.join("\n"))
}

/// Whether a sentence ends a reason, whatever its first letter is.
fn is_said(reason: &str, sentence: &str) -> bool {
    let mut letters = sentence.trim_end_matches('.').chars();
    letters.next();
    reason.ends_with(letters.as_str())
}

/// How much is known, in a line; then why the rest is not, a line each.
fn write_coverage(text: &mut String, report: &Report, most: usize) -> std::fmt::Result {
    let coverage = &report.coverage;
    let (steps, projects) = (coverage.steps, coverage.projects);
    if steps.unknown == 0 && projects.unknown == 0 && steps.assumed == 0 {
        return Ok(());
    }
    let assumed = match steps.assumed {
        0 => String::new(),
        count => format!(", {count} assumed"),
    };
    let mut line = format!("{} of {} known{assumed}", steps.known, counted(steps.all(), "step"));
    if projects.all() > 0 {
        let all = counted(projects.all(), "package");
        // What a step that is not known may bring is no part of a number.
        match projects.unknown {
            0 => write!(line, "; {all}")?,
            _ => write!(line, "; {} of {all} known", projects.known)?,
        }
    }
    writeln!(text, "\ncoverage: {line}")?;
    for cause in coverage.causes.iter().take(most) {
        let mut covers = counted(cause.steps, "step");
        if !cause.projects.is_empty() {
            let _ = write!(covers, ", {}", counted(cause.projects.len(), "package"));
        }
        let at = cause.location.as_ref().map(|location| format!("{}: ", place(location)));
        writeln!(text, "  {}{} ({covers})", at.unwrap_or_default(), cause.reason)?;
    }
    match coverage.causes.len().saturating_sub(most) {
        0 => {}
        more => writeln!(text, "  and {}; -v tells them", counted(more, "more cause"))?,
    }
    if !coverage.assumed.is_empty() {
        let mut programs: Vec<&str> = Vec::new();
        for assumed in &coverage.assumed {
            if !programs.contains(&assumed.program.as_str()) {
                programs.push(&assumed.program);
            }
        }
        writeln!(text, "  assumed to install nothing: {}", listed(&programs, most))?;
    }
    if coverage.unchecked_hashes > 0 {
        writeln!(text, "  assumed of the hashes: that they are those of the files, which are not compared")?;
    }
    Ok(())
}

fn write_finding(text: &mut String, finding: &Finding) -> std::fmt::Result {
    let severity = format!("{:?}", finding.severity).to_lowercase();
    writeln!(text, "\n{}: {severity}[{}]: {}", place(&finding.location), finding.rule, finding.message)?;
    for sentence in &finding.why {
        match &sentence.location {
            Some(location) => writeln!(text, "  {} ({})", sentence.text, place(location))?,
            None => writeln!(text, "  {}", sentence.text)?,
        }
    }
    write_parties(text, "guilty", &finding.guilty)?;
    write_parties(text, "innocent", &finding.innocent)?;
    for hint in &finding.hints {
        writeln!(text, "  hint: {hint}")?;
    }
    Ok(())
}

fn write_parties(text: &mut String, role: &str, parties: &[Party]) -> std::fmt::Result {
    for party in parties {
        let asks = if party.specifier.is_empty() { String::new() } else { format!(" ({})", party.specifier) };
        let stated = match &party.stated {
            Some(place) => format!(", stated in {} line {}", place.file, place.line),
            None => String::new(),
        };
        writeln!(text, "  {role}: {}{asks}{stated}", party.requirer)?;
    }
    Ok(())
}

fn place(location: &Location) -> String {
    format!("{}:{}:{}", location.file, location.line, location.column)
}
