//! Edits that keep the author's hand: words of a call replaced in place, lines added in the way
//! the lines around them are written.

use super::Change;
use crate::{
    findings::{Analysis, StepId},
    simulate::{CallRun, Origin},
    syntax::command::{Argument, PipCall, PipCommand, PipInstall, PipVersion, Surroundings},
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

    /// One more word, behind the last thing that the call asks for, else behind its last word.
    pub(super) fn with_word(&self, word: &str, why: impl Into<String>) -> Option<Change> {
        let asked = self.read().and_then(|call| {
            let words = call.requirements.iter().chain(&call.requirement_files);
            words.filter_map(|word| word.place).max_by_key(|place| place.range.end())
        });
        let last = asked.or(self.call.argv.last()?.place)?;
        let end = usize::from(last.range.end());
        Some(Change::edit(last.file, range(end, end), format!(" {word}"), why))
    }

    /// The line that the call stands in, as findings name it.
    pub(super) fn line(&self, analysis: &Analysis) -> u32 {
        analysis.sources.line_column(self.call.location.unwrap_or(self.instruction)).line
    }

    /// The options and words of a pip call that resolves something.
    pub(super) fn read(&self) -> Option<PipInstall> {
        let nothing = |_: &str| None;
        let surroundings = Surroundings { pip: PipVersion::default(), variable: &nothing, config: &[] };
        let call = PipCall::parse(&self.call.argv, surroundings)?;
        match call.command {
            PipCommand::Install(call) | PipCommand::Wheel(call) | PipCommand::Download(call) => Some(*call),
            _ => None,
        }
    }

    /// Without the call: the whole instruction where nothing else is in it, else the command and
    /// the `&&` that joins it to its neighbour. `None` where it stands in another construct.
    pub(super) fn without(&self, analysis: &Analysis, why: impl Into<String>) -> Option<Change> {
        without_command(analysis, self.instruction, self.call.location?, why)
    }
}

/// A `RUN` without one of its commands: nothing of it is left where that was the only one.
pub(super) fn without_command(
    analysis: &Analysis,
    instruction: Location,
    command: Location,
    why: impl Into<String>,
) -> Option<Change> {
    if command.file != instruction.file {
        return None;
    }
    let source = analysis.sources.text(command.file);
    let (start, end) = (usize::from(command.range.start()), usize::from(command.range.end()));
    let before = source.get(usize::from(instruction.range.start())..start)?;
    let after = source.get(end..usize::from(instruction.range.end()))?;
    let is_first = {
        let mut words = before.split_whitespace();
        words.next().is_some_and(|word| word.eq_ignore_ascii_case("run"))
            && words.all(|word| word.starts_with("--") || word == "\\")
    };
    if is_first && after.trim().is_empty() {
        return Some(without(analysis, instruction, why));
    }
    let is_filling = |c: char| c.is_whitespace() || c == '\\';
    if let Some(rest) = before.trim_end_matches(is_filling).strip_suffix("&&") {
        let from = usize::from(instruction.range.start()) + rest.trim_end_matches(is_filling).len();
        return Some(Change::edit(command.file, range(from, end), "", why));
    }
    let rest = after.trim_start_matches(is_filling).strip_prefix("&&")?.trim_start_matches(is_filling);
    let to = usize::from(instruction.range.end()) - rest.len();
    is_first.then(|| Change::edit(command.file, range(start, to), "", why))
}

/// A line of its own before an instruction and the comments that speak of it.
pub(super) fn line_before(
    analysis: &Analysis,
    instruction: Location,
    text: &str,
    why: impl Into<String>,
) -> Change {
    let end = ending(analysis, instruction.file);
    let start = with_comments(analysis, instruction);
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

/// Where an instruction begins, with the comment lines right above it, which speak of it.
pub(super) fn with_comments(analysis: &Analysis, instruction: Location) -> usize {
    let source = analysis.sources.text(instruction.file);
    let mut start = usize::from(line_start(analysis, instruction));
    while let Some(above) = source.get(..start).and_then(|before| before.strip_suffix('\n')) {
        let line = above.rfind('\n').map_or(0, |newline| newline + 1);
        if !above.get(line..).is_some_and(|line| line.trim_start().starts_with('#')) {
            break;
        }
        start = line;
    }
    start
}

/// Without an instruction: its lines, and the comments that speak of it.
pub(super) fn without(analysis: &Analysis, instruction: Location, why: impl Into<String>) -> Change {
    let source = analysis.sources.text(instruction.file);
    let start = with_comments(analysis, instruction);
    let end = usize::from(instruction.range.end());
    let rest = source.get(end..).unwrap_or("");
    let end = rest.find('\n').map_or(source.len(), |newline| end + newline + 1);
    Change::edit(instruction.file, range(start, end), "", why)
}

/// Without a word of a command: with the blanks before it, or with its line where it has one of
/// its own and the command goes on.
pub(super) fn without_word(analysis: &Analysis, word: Location, why: impl Into<String>) -> Change {
    let source = analysis.sources.text(word.file);
    let (start, end) = (usize::from(word.range.start()), usize::from(word.range.end()));
    let (before, after) = (source.get(..start).unwrap_or(""), source.get(end..).unwrap_or(""));
    let blanks = [' ', '\t'];
    let from = before.trim_end_matches(blanks).len();
    let goes_on =
        |text: &str| text.strip_suffix('\n').map(|line| line.trim_end_matches('\r').ends_with('\\'));
    let begins_line = before.get(..from).and_then(goes_on) == Some(true);
    let line_end = after.find('\n').unwrap_or(after.len());
    let rest = after.get(..line_end).unwrap_or("").trim();
    if begins_line && rest == "\\" {
        return Change::edit(word.file, range(from, (end + line_end + 1).min(source.len())), "", why);
    }
    let is_filling = |c: char| c.is_whitespace() || c == '\\';
    let from = if begins_line && rest.is_empty() { before.trim_end_matches(is_filling).len() } else { from };
    Change::edit(word.file, range(from, end), "", why)
}

/// The line ending of a file.
pub(super) fn ending(analysis: &Analysis, file: FileId) -> &'static str {
    analysis.sources.get(file).map_or("\n", |file| file.line_ending())
}

fn line_start(analysis: &Analysis, place: Location) -> crate::text::TextSize {
    let before = analysis.sources.text(place.file).get(..usize::from(place.range.start())).unwrap_or("");
    let start = before.rfind('\n').map_or(0, |newline| newline + 1);
    range(start, start).start()
}
