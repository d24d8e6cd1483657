//! The commands of `RUN` scripts, as they are written.

use crate::{
    findings::{Facts, StepId},
    model::{Action, RunForm, Step},
    order,
    simulate::StepRun,
    syntax::shell::{self, Command, CommandKind, Dialect, Script, Word, WordPartKind},
    text::{Location, Mapped, TextRange},
};

/// The script of a step.
pub(super) struct RunScript<'a> {
    pub(super) at: StepId,
    pub(super) step: &'a Step,
    pub(super) run: &'a StepRun,
    text: &'a Mapped,
    tree: Script,
}

/// The scripts of all steps, in the order of the build.
pub(super) fn scripts<'a>(facts: &'a Facts<'a>) -> impl Iterator<Item = RunScript<'a>> {
    facts.steps().filter_map(|(at, step, run)| {
        let Action::Run { form: RunForm::Shell { script, interpreter: None }, .. } = &step.action else {
            return None;
        };
        let tree = shell::parse(script.as_str(), Dialect::Bash).tree;
        Some(RunScript { at, step, run, text: script, tree })
    })
}

impl RunScript<'_> {
    /// Its simple commands with their words, those inside groups and loops too, in order.
    pub(super) fn commands(&self) -> Vec<(&Command, &[Word])> {
        let mut commands = Vec::new();
        let mut open: Vec<&Script> = vec![&self.tree];
        while let Some(script) = open.pop() {
            let pipelines = script
                .items
                .iter()
                .flat_map(|item| std::iter::once(&item.first).chain(item.rest.iter().map(|(_, rest)| rest)));
            for command in pipelines.flat_map(|pipeline| &pipeline.commands) {
                match &command.kind {
                    CommandKind::Simple { words, .. } => commands.push((command, words.as_slice())),
                    CommandKind::Subshell(script) | CommandKind::Group(script) => open.push(script),
                    CommandKind::If { branches, otherwise } => {
                        open.extend(branches.iter().flat_map(|(condition, body)| [condition, body]));
                        open.extend(otherwise);
                    }
                    CommandKind::For { body, .. } => open.push(body),
                    CommandKind::While { condition, body, .. } => open.extend([condition, body]),
                    CommandKind::Case { arms, .. } => open.extend(arms.iter().map(|(_, body)| body)),
                    CommandKind::Conditional(_)
                    | CommandKind::Arithmetic(_)
                    | CommandKind::Function { .. }
                    | CommandKind::Opaque { .. } => {}
                }
            }
        }
        order::sort_by_key(&mut commands, |(command, _)| command.range.start());
        commands
    }

    /// Where bytes of the script stand in the file.
    pub(super) fn location(&self, range: TextRange) -> Location {
        Location { file: self.step.location.file, range: self.text.source_range(range) }
    }
}

/// The text of a word that holds no expansion.
pub(super) fn literal(word: &Word) -> Option<String> {
    word.parts
        .iter()
        .map(|part| match &part.kind {
            WordPartKind::Literal(text) => Some(text.as_str()),
            _ => None,
        })
        .collect()
}
