//! Lines that `grep -v` and `sed` take out of requirements files: what is meant, what is hit and
//! what is missed.

use super::scripts::{RunScript, literal, scripts};
use crate::{
    findings::{Facts, StepId},
    model::Step,
    pep508::{ProjectName, Requirement},
    simulate::{Content, StepRun, Text, normalize},
    syntax::shell::{Command, Word},
    text::Location,
};

/// A filter and what it does to one requirements file.
pub(super) struct Filter<'a> {
    pub(super) at: StepId,
    pub(super) step: &'a Step,
    pub(super) run: &'a StepRun,
    /// The command.
    pub(super) location: Location,
    /// The pattern as written.
    pub(super) pattern: String,
    /// The project that the pattern names.
    pub(super) meant: ProjectName,
    /// Path of the file.
    pub(super) path: String,
    /// Lines that go, with what they ask for.
    pub(super) dropped: Vec<Line>,
    /// Lines that stay.
    pub(super) kept: Vec<Line>,
}

/// A requirement in a filtered file.
#[derive(Clone)]
pub(super) struct Line {
    pub(super) requirement: Requirement,
    pub(super) text: String,
    pub(super) origin: Option<Location>,
}

/// Every filter whose pattern names a project and whose file is known.
pub(super) fn filters<'a>(facts: &'a Facts<'a>) -> Vec<Filter<'a>> {
    let mut filters = Vec::new();
    for script in scripts(facts).filter(|script| script.run.reached) {
        let mut file: Option<(String, Text)> = None;
        for (command, words) in script.commands() {
            let Some(filter) = Pattern::read(words) else { continue };
            if let Some(named) =
                words.iter().skip(1).rev().filter_map(literal).find_map(|word| text_at(facts, &script, &word))
            {
                file = Some(named);
            }
            let Some((path, text)) = &file else { continue };
            for (name, pattern) in &filter.names {
                filters.extend(one(&script, command, &filter, name, pattern, path, text));
            }
        }
    }
    filters
}

/// A pattern whose alternatives each begin with a project's name.
struct Pattern {
    /// The names, and the literal text that is looked for.
    names: Vec<(ProjectName, Look)>,
    text: String,
    ignores_case: bool,
}

#[derive(Clone)]
struct Look {
    anchored: bool,
    literal: String,
    /// Behind the literal comes something that is no letter of a name.
    closed: bool,
}

impl Pattern {
    /// `grep -v PATTERN` and `sed '/PATTERN/d'`.
    fn read(words: &[Word]) -> Option<Self> {
        let words: Vec<String> = words.iter().filter_map(literal).collect();
        let program = words.first()?.rsplit('/').next()?.to_owned();
        let flags = words.iter().skip(1).filter(|word| word.starts_with('-'));
        let has = |flag: char| flags.clone().any(|word| !word.starts_with("--") && word.contains(flag));
        let operand = words.iter().skip(1).find(|word| !word.starts_with('-'))?.clone();
        let (text, ignores_case) = match program.as_str() {
            "grep" | "egrep" if has('v') => (operand, has('i')),
            "sed" => {
                let body = operand.strip_prefix('/')?;
                let (pattern, command) = body.rsplit_once('/')?;
                if !matches!(command, "d" | "Id") {
                    return None;
                }
                (pattern.to_owned(), command == "Id")
            }
            _ => return None,
        };
        let names = text.split('|').filter_map(|part| Look::read(part.trim_end_matches('\\'))).collect();
        Some(Self { names, text, ignores_case })
    }
}

impl Look {
    fn read(text: &str) -> Option<(ProjectName, Self)> {
        let text = text.trim_start_matches(['(', '\\']).trim_end_matches([')', '\\']);
        let anchored = text.starts_with('^');
        let text = text.trim_start_matches(['^', '(']);
        let end = text.find(|c: char| !(c.is_ascii_alphanumeric() || "-_".contains(c))).unwrap_or(text.len());
        let (name, rest) = (text.get(..end)?, text.get(end..)?);
        let closed = rest.starts_with(['=', '<', '>', '[', '$', '~', '!', ' ']) || rest.starts_with("\\b");
        if !rest.is_empty() && !closed {
            return None;
        }
        Some((ProjectName::new(name)?, Self { anchored, literal: name.to_owned(), closed }))
    }

    fn matches(&self, line: &str, ignores_case: bool) -> bool {
        let fold = |text: &str| if ignores_case { text.to_lowercase() } else { text.to_owned() };
        let (line, literal) = (fold(line), fold(&self.literal));
        let rest = if self.anchored {
            line.strip_prefix(&literal).map(str::to_owned)
        } else {
            line.split_once(&literal).map(|(_, rest)| rest.to_owned())
        };
        let in_name = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
        rest.is_some_and(|rest| !self.closed || !rest.starts_with(in_name))
    }
}

fn one<'a>(
    script: &RunScript<'a>,
    command: &Command,
    pattern: &Pattern,
    meant: &ProjectName,
    look: &Look,
    path: &str,
    text: &Text,
) -> Option<Filter<'a>> {
    let lines = text.lines.iter().filter_map(|line| {
        let words = line.text.split(" #").next().unwrap_or("").trim();
        let requirement = words.parse::<Requirement>().ok()?;
        Some(Line { requirement, text: line.text.clone(), origin: line.origin })
    });
    let (dropped, kept): (Vec<Line>, Vec<Line>) =
        lines.partition(|line| look.matches(&line.text, pattern.ignores_case));
    Some(Filter {
        at: script.at,
        step: script.step,
        run: script.run,
        location: script.location(command.range),
        pattern: pattern.text.clone(),
        meant: meant.clone(),
        path: path.to_owned(),
        dropped,
        kept,
    })
}

fn text_at(facts: &Facts<'_>, script: &RunScript<'_>, word: &str) -> Option<(String, Text)> {
    let run = facts.simulation.stages.get(script.at.stage)?;
    let before = match script.at.step.checked_sub(1).and_then(|previous| run.steps.get(previous)) {
        Some(previous) => &previous.after,
        None => &run.start,
    };
    let path = normalize(word, &before.working_directory);
    match &before.files.resolved(&path)?.content {
        Content::Text(text) => Some((word.to_owned(), (**text).clone())),
        _ => None,
    }
}
