//! Edits that keep the author's hand: words of a call replaced in place, lines added in the way
//! the lines around them are written.

use super::Change;
use crate::{
    findings::{Analysis, StepId},
    simulate::{CallRun, Origin},
    syntax::command::Argument,
    text::{FileId, Location, range},
};

/// A call of an installer and its words.
#[derive(Clone, Copy)]
pub(super) struct CallSite<'a> {
    /// Where in the build it is.
    pub(super) at: StepId,
    /// The call.
    pub(super) call: &'a CallRun,
    /// The instruction it stands in.
    pub(super) instruction: Location,
}

impl<'a> CallSite<'a> {
    /// Every call of the build that stands in a file.
    pub(super) fn all(analysis: &'a Analysis) -> Vec<Self> {
        let stages = analysis.build.stages.iter().zip(&analysis.simulation.stages);
        let mut sites = Vec::new();
        for (stage, run) in stages {
            for (step, step_run) in stage.steps.iter().zip(&run.steps) {
                for (number, call) in step_run.calls.iter().enumerate() {
                    let at = StepId { stage: stage.index, step: step.index, call: Some(number) };
                    sites.push(Self { at, call, instruction: step.location });
                }
            }
        }
        sites
    }

    /// The call that a finding is about.
    pub(super) fn of_finding(analysis: &'a Analysis, index: usize) -> Option<Self> {
        let at = analysis.findings.get(index)?.at?;
        Self::all(analysis).into_iter().find(|site| site.at == at)
    }

    /// It is what made something of this origin.
    pub(super) fn wrote(&self, origin: Origin) -> bool {
        self.at.stage == origin.stage && Some(self.at.step) == origin.step && self.at.call == origin.call
    }

    /// The word of this text, where it stands in a file as it is.
    pub(super) fn word(&self, text: &str) -> Option<&'a Argument> {
        self.call.argv.iter().find(|word| word.as_str() == text)
    }

    /// The place of the word that names the subcommand: `install`.
    pub(super) fn subcommand(&self) -> Option<Location> {
        self.word(&self.call.subcommand)?.place
    }

    /// Words put behind the subcommand: `pip wheel -c constraints.txt ...`.
    pub(super) fn with_options(&self, options: &str, why: impl Into<String>) -> Option<Change> {
        let place = self.subcommand()?;
        let end = usize::from(place.range.end());
        Some(Change::edit(place.file, range(end, end), format!(" {options}"), why))
    }

    /// It is the only command of a `RUN`, so that the instruction can go as a whole.
    pub(super) fn is_whole_instruction(&self, analysis: &Analysis) -> bool {
        let (Some(call), instruction) = (self.call.location, self.instruction) else { return false };
        if call.file != instruction.file {
            return false;
        }
        let source = analysis.sources.text(call.file);
        let before = source.get(usize::from(instruction.range.start())..usize::from(call.range.start()));
        let after = source.get(usize::from(call.range.end())..usize::from(instruction.range.end()));
        let is_flag = |word: &str| word.starts_with("--");
        before.is_some_and(|before| {
            let mut words = before.split_whitespace();
            words.next().is_some_and(|word| word.eq_ignore_ascii_case("run")) && words.all(is_flag)
        }) && after.is_some_and(|after| after.trim().is_empty())
    }
}

/// A line of its own before an instruction, indented as it is.
pub(super) fn line_before(
    analysis: &Analysis,
    instruction: Location,
    text: &str,
    why: impl Into<String>,
) -> Change {
    let end = ending(analysis, instruction.file);
    let start = usize::from(line_start(analysis, instruction));
    Change::edit(instruction.file, range(start, start), format!("{text}{end}"), why)
}

/// A line of its own behind an instruction.
pub(super) fn line_after(
    analysis: &Analysis,
    instruction: Location,
    text: &str,
    why: impl Into<String>,
) -> Change {
    let end = ending(analysis, instruction.file);
    let source = analysis.sources.text(instruction.file);
    let at = usize::from(instruction.range.end());
    let rest = source.get(at..).unwrap_or("");
    match rest.find('\n') {
        Some(newline) => {
            let at = at + newline + 1;
            Change::edit(instruction.file, range(at, at), format!("{text}{end}"), why)
        }
        None => Change::edit(instruction.file, range(at, source.len()), format!("{end}{text}"), why),
    }
}

/// Without an instruction: its lines, and the comment lines right above it, which speak of it.
pub(super) fn without(analysis: &Analysis, instruction: Location, why: impl Into<String>) -> Change {
    let source = analysis.sources.text(instruction.file);
    let mut start = usize::from(line_start(analysis, instruction));
    while let Some(above) = source.get(..start).and_then(|before| before.strip_suffix('\n')) {
        let line = above.rfind('\n').map_or(0, |newline| newline + 1);
        if !above.get(line..).is_some_and(|line| line.trim_start().starts_with('#')) {
            break;
        }
        start = line;
    }
    let end = usize::from(instruction.range.end());
    let rest = source.get(end..).unwrap_or("");
    let end = rest.find('\n').map_or(source.len(), |newline| end + newline + 1);
    Change::edit(instruction.file, range(start, end), "", why)
}

/// The line ending of a file.
fn ending(analysis: &Analysis, file: FileId) -> &'static str {
    analysis.sources.get(file).map_or("\n", |file| file.line_ending())
}

fn line_start(analysis: &Analysis, place: Location) -> crate::text::TextSize {
    let before = analysis.sources.text(place.file).get(..usize::from(place.range.start())).unwrap_or("");
    let start = before.rfind('\n').map_or(0, |newline| newline + 1);
    range(start, start).start()
}
