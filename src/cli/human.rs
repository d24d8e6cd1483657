//! A report for people at a terminal.

use std::fmt::Write;

use crate::{
    findings::Severity,
    report::{Finding, Location, Party, Report},
};

/// The verdict, then each finding with its reasons, then the first fix.
pub(super) fn report(report: &Report) -> String {
    let mut text = String::new();
    // Writing to a String does not fail.
    let _ = write(&mut text, report);
    text
}

fn write(text: &mut String, report: &Report) -> std::fmt::Result {
    let verdict = format!("{:?}", report.verdict).to_lowercase();
    writeln!(text, "{verdict}: {}", report.headline)?;
    for finding in report.findings.iter().filter(|finding| finding.severity != Severity::Info) {
        write_finding(text, finding)?;
    }
    let advice = report.findings.iter().filter(|finding| finding.severity == Severity::Info);
    for finding in advice {
        writeln!(text, "\n{}: info[{}]: {}", place(&finding.location), finding.rule, finding.message)?;
    }
    if let Some(fix) = report.fixes.first() {
        writeln!(text, "\nfix ({}): {}\n  {}\n", fix.strategy, fix.title, fix.why)?;
        text.push_str(&fix.diff);
        let others: Vec<&str> = report.fixes.iter().skip(1).map(|fix| fix.id.as_str()).collect();
        if !others.is_empty() {
            writeln!(text, "\nother fixes that hold: {}", others.join(", "))?;
        }
    }
    if report.unmodelled > 0 {
        writeln!(text, "\n{} steps are not, or only partly, modelled:", report.unmodelled)?;
        for step in report.stages.iter().flat_map(|stage| &stage.steps) {
            for skipped in &step.not_modelled {
                writeln!(text, "  line {}: {}", step.line, skipped.reason)?;
            }
        }
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
