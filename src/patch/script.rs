//! The commands of a step's script, where they stand.

use crate::{
    findings::Analysis,
    model::{Action, RunForm},
    order,
    syntax::shell::{self, Command, CommandKind, Dialect, Script, Word, WordPartKind},
    text::{Location, Mapped, TextRange},
};

/// A simple command: its words, without those that a variable is part of.
pub(super) struct ScriptCommand {
    /// Each with its place, quotes included.
    pub(super) words: Vec<(String, Location)>,
    /// All of it.
    pub(super) location: Location,
}

impl ScriptCommand {
    /// The program's name.
    pub(super) fn program(&self) -> &str {
        self.words.first().map_or("", |(word, _)| word)
    }
}

/// The simple commands of a step, those in groups too, in order.
pub(super) fn commands(analysis: &Analysis, stage: usize, step: usize) -> Vec<ScriptCommand> {
    let step = analysis.build.stages.get(stage).and_then(|stage| stage.steps.get(step));
    let Some(step) = step else { return Vec::new() };
    let Action::Run { form: RunForm::Shell { script, .. }, .. } = &step.action else { return Vec::new() };
    let tree = shell::parse(script.as_str(), Dialect::Bash).tree;
    let place = |range: TextRange, text: &Mapped| Location {
        file: step.location.file,
        range: text.source_range(range),
    };
    let mut found = Vec::new();
    let mut open: Vec<&Script> = vec![&tree];
    while let Some(inner) = open.pop() {
        for command in simple(inner, &mut open) {
            let CommandKind::Simple { words, .. } = &command.kind else { continue };
            let words = words.iter().filter_map(|word| Some((literal(word)?, place(word.range, script))));
            found.push(ScriptCommand { words: words.collect(), location: place(command.range, script) });
        }
    }
    order::sort_by_key(&mut found, |command| command.location.range.start());
    found
}

/// Simple commands of a script; the groups in it are left to be opened.
fn simple<'a>(script: &'a Script, open: &mut Vec<&'a Script>) -> Vec<&'a Command> {
    let pipelines = script
        .items
        .iter()
        .flat_map(|item| std::iter::once(&item.first).chain(item.rest.iter().map(|(_, rest)| rest)));
    let mut commands = Vec::new();
    for command in pipelines.flat_map(|pipeline| &pipeline.commands) {
        match &command.kind {
            CommandKind::Simple { .. } => commands.push(command),
            CommandKind::Subshell(inner) | CommandKind::Group(inner) => open.push(inner),
            _ => {}
        }
    }
    commands
}

fn literal(word: &Word) -> Option<String> {
    let parts = word.parts.iter().map(|part| match &part.kind {
        WordPartKind::Literal(text) => Some(text.as_str()),
        _ => None,
    });
    parts.collect()
}
