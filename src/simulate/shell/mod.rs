//! The shell of a `RUN` line, run over the simulated files.
//!
//! What is known is run as dash, bash and busybox ash run it. Where a condition is not known, each way it
//! may go is run by itself, and what they do not leave alike is marked as uncertain
//! ([`uncertain`]). Everything is bounded: commands, loops, nesting, sizes.

mod builtins;
mod programs;
mod redirect;
mod test;
mod uncertain;
mod value;
mod words;

use std::sync::Arc;

pub(super) use self::programs::{Found, Programs};
pub(super) use self::value::{Options, Outcome, Process, Stream, Variable};
use super::{Assumed, Ending, EndingCause, Skipped, files::normalize, world::World};
pub(super) use crate::shell::{
    Source,
    expand::{Field, Value},
};
use crate::{
    order::SortedMap,
    shell::expand::Refusal,
    syntax::{
        command::Argument,
        shell::{self, Command, CommandKind, Connector, Dialect, Item, Pipeline, Script, Word},
    },
    text::{Location, TextRange},
};

/// How deep commands may be nested, functions and `eval` included.
const DEEPEST: usize = 60;

/// Branches of one `if` or `case`.
const MOST_BRANCHES: usize = 50;

/// Rounds of one loop.
const MOST_ROUNDS: usize = 1_000;

const TOO_MANY_ROUNDS: &str = "the loop has more rounds than are followed";

const TOO_DEEP: &str = "commands are nested too deeply to be followed";

const UNKNOWN_BRANCH: &str = "which branch runs depends on something that is not known";

/// Where the run of a script stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Flow {
    /// The next command is run.
    Next,
    /// `break n`.
    Break(u32),
    /// `continue n`.
    Continue(u32),
    /// `return`.
    Return,
    /// `exit`, `set -e`, or a mistake the shell does not survive.
    Exit,
}

/// What a command reads.
#[derive(Debug, Clone, Default)]
pub(super) struct Input {
    pub(super) stream: Stream,
    /// Lines already read.
    pub(super) line: usize,
}

/// A shell at work.
pub(super) struct Shell<'w, 'x> {
    pub(super) world: &'w mut World<'x>,
    pub(super) programs: &'w dyn Programs,
    pub(super) process: Process,
    pub(super) dialect: Dialect,
    source: Arc<Source>,
    functions: SortedMap<String, (Arc<Source>, Arc<Command>)>,
    /// `$0`.
    name: String,
    /// `$?`.
    status: Option<i32>,
    /// Exit status of the last command substitution of the command at hand.
    substituted: Option<Option<i32>>,
    flow: Flow,
    pub(super) input: Input,
    depth: usize,
    /// Loops around the command at hand, in this function.
    loops: usize,
    /// The way on that a command may have taken, where that is not known: what follows may run
    /// or not, up to where that way leads.
    perhaps_left: Option<(Flow, String)>,
    /// Inside a condition, where `set -e` does not count.
    checked: usize,
    /// Files that stand for process substitutions of the command at hand.
    substitutions: Vec<String>,
}

impl<'w, 'x> Shell<'w, 'x> {
    pub(super) fn new(
        world: &'w mut World<'x>,
        programs: &'w dyn Programs,
        dialect: Dialect,
        process: Process,
    ) -> Self {
        let name = if dialect == Dialect::Bash { "/bin/bash" } else { "/bin/sh" };
        Self {
            world,
            programs,
            process,
            dialect,
            source: Arc::default(),
            functions: SortedMap::new(),
            name: name.to_owned(),
            status: Some(0),
            substituted: None,
            flow: Flow::Next,
            input: Input::default(),
            depth: 0,
            loops: 0,
            perhaps_left: None,
            checked: 0,
            substitutions: Vec::new(),
        }
    }

    /// Runs a whole script, its `EXIT` trap included.
    pub(super) fn run_source(&mut self, source: Source) -> Outcome {
        let mut outcome = self.run_text(source);
        self.flow = Flow::Next;
        if self.perhaps_left.take().is_some() {
            outcome.status = None;
        }
        if let Some(trap) = self.process.exit_trap.take() {
            let status = outcome.status;
            let source = Source::from(trap);
            outcome = self.run_text(source).after(outcome);
            outcome.status = status;
        }
        outcome
    }

    /// Parses and runs a text in this shell: a script, `eval`, `.`.
    fn run_text(&mut self, source: Source) -> Outcome {
        let parsed = shell::parse(source.text.as_str(), self.dialect);
        let before = std::mem::replace(&mut self.source, Arc::new(source));
        let outcome = self.script(&parsed.tree, true);
        if let (Some(_), Some(2), Some(error)) =
            (parsed.tree.refused, outcome.status, parsed.errors.into_iter().next())
        {
            let location = self.source.location(error.range);
            self.world.ending = Some(Ending { location, cause: EndingCause::Syntax(error) });
        }
        self.source = before;
        outcome
    }

    /// `tail`: when the script fails, so does all that depends on it.
    fn script(&mut self, script: &Script, tail: bool) -> Outcome {
        let mut outcome;
        self.depth += 1;
        if self.depth > DEEPEST {
            self.flow = Flow::Exit;
            outcome = self.give_up(TOO_DEEP, None);
        } else {
            let read = script.refused.unwrap_or(script.items.len());
            outcome = self.items(script.items.get(..read).unwrap_or_default(), tail);
            if script.refused.is_some() && self.flow == Flow::Next {
                // dash and bash: a syntax error ends the script with 2.
                outcome.status = Some(2);
                self.status = Some(2);
                self.flow = Flow::Exit;
            }
        }
        self.depth -= 1;
        outcome
    }

    fn items(&mut self, items: &[Item], tail: bool) -> Outcome {
        let mut outcome = Outcome::status(0);
        for (index, item) in items.iter().enumerate() {
            let rest = items.get(index + 1..).unwrap_or_default();
            let next = self.item(item, tail && rest.is_empty());
            outcome = next.after(outcome);
            if self.flow != Flow::Next {
                break;
            }
            if !rest.is_empty()
                && let Some((flow, reason)) = self.perhaps_left.take()
            {
                let place = self.source.location(item.first.range);
                let next = self.perhaps(&reason, place, |shell| shell.items(rest, false));
                self.perhaps_left = Some((flow, reason));
                self.status = None;
                return Outcome { status: None, ..next.after(outcome) };
            }
        }
        outcome
    }

    fn item(&mut self, item: &Item, tail: bool) -> Outcome {
        if item.background {
            let outcome = self.subshell(|shell| shell.and_or(item, false));
            self.status = Some(0);
            return Outcome { status: Some(0), ..outcome };
        }
        self.and_or(item, tail)
    }

    fn and_or(&mut self, item: &Item, tail: bool) -> Outcome {
        let rest = item.rest.len();
        let mut outcome = self.guarded(rest > 0, |shell| shell.pipeline(&item.first, tail && rest == 0));
        for (index, (connector, pipeline)) in item.rest.iter().enumerate() {
            if self.flow != Flow::Next {
                break;
            }
            let last = index + 1 == rest;
            let run = |shell: &mut Self| shell.guarded(!last, |shell| shell.pipeline(pipeline, tail && last));
            match (connector, outcome.status) {
                (Connector::And, Some(0)) => outcome = run(self).after(outcome),
                (Connector::Or, Some(status)) if status != 0 => outcome = run(self).after(outcome),
                (_, Some(_)) => {}
                (Connector::And, None)
                    if tail && item.rest[index..].iter().all(|(c, _)| *c == Connector::And) =>
                {
                    // If what stands before fails, so does the whole, and nothing later is
                    // reached; so it is enough to look at the case in which it succeeds.
                    let next = run(self);
                    let status = next.status.filter(|status| *status != 0);
                    outcome = next.after(outcome);
                    outcome.status = status;
                    self.status = status;
                }
                (connector, None) => {
                    let skipped_status = if *connector == Connector::And { None } else { Some(0) };
                    let reason = "whether this runs depends on an exit code that is not known";
                    let place = self.source.location(pipeline.range);
                    let next = self.perhaps(reason, place, run);
                    let status = if next.status == skipped_status { next.status } else { None };
                    outcome = next.after(outcome);
                    outcome.status = status;
                    self.status = status;
                }
            }
        }
        outcome
    }

    /// Runs with `set -e` out of force where `checked`.
    fn guarded(&mut self, checked: bool, run: impl FnOnce(&mut Self) -> Outcome) -> Outcome {
        self.checked += usize::from(checked);
        let outcome = run(self);
        self.checked -= usize::from(checked);
        outcome
    }

    fn pipeline(&mut self, pipeline: &Pipeline, tail: bool) -> Outcome {
        let mut outcome = match pipeline.commands.as_slice() {
            [command] if !pipeline.negated => self.command(command, tail),
            [command] => self.guarded(true, |shell| shell.command(command, false)),
            commands => self.guarded(pipeline.negated, |shell| shell.piped(commands)),
        };
        if pipeline.negated {
            outcome.status = outcome.status.map(|status| i32::from(status == 0));
        }
        self.status = outcome.status;
        let failed = outcome.status.is_some_and(|status| status != 0);
        let counts = self.process.options.errexit && self.checked == 0 && !pipeline.negated;
        if failed && counts && self.flow == Flow::Next {
            self.flow = Flow::Exit;
        }
        outcome
    }

    /// Each command in a subshell, its output the next one's input.
    fn piped(&mut self, commands: &[Command]) -> Outcome {
        let mut statuses = Vec::new();
        let mut stderr = Stream::default();
        let mut flowing: Option<Stream> = None;
        let last = commands.len().saturating_sub(1);
        for (index, command) in commands.iter().enumerate() {
            let input = flowing.take().map(|stream| Input { stream, line: 0 });
            let before = input.map(|input| std::mem::replace(&mut self.input, input));
            // `|&` is parsed as a redirection of the command.
            let outcome = self.subshell(|shell| shell.command(command, false));
            if let Some(before) = before {
                self.input = before;
            }
            statuses.push(outcome.status);
            stderr.append(outcome.stderr);
            flowing = Some(outcome.stdout);
            if index == last {
                break;
            }
        }
        let mut status = statuses.last().copied().flatten();
        if self.process.options.pipefail {
            status = statuses.iter().rev().copied().find(|status| *status != Some(0)).unwrap_or(Some(0));
            // A failure that is known counts, whatever the unknown ones did.
            if status.is_none() {
                status = statuses.iter().rev().copied().find(|s| s.is_some_and(|s| s != 0)).flatten();
            }
        }
        Outcome { status, stdout: flowing.unwrap_or_default(), stderr }
    }

    /// Runs in a copy of the process; files and environments are shared.
    pub(super) fn subshell(&mut self, run: impl FnOnce(&mut Self) -> Outcome) -> Outcome {
        if let Err(reason) = self.world.budget.hold(self.process.weight()) {
            return self.give_up(reason, None);
        }
        let process = self.process.clone();
        let functions = self.functions.clone();
        let mut outcome = run(self);
        self.process = process;
        self.functions = functions;
        self.flow = Flow::Next;
        if self.perhaps_left.take().is_some() {
            outcome.status = None;
        }
        outcome
    }

    /// `$(...)`.
    fn substitution(&mut self, script: &Script) -> Outcome {
        self.subshell(|shell| shell.script(script, false))
    }

    /// One command with its redirections.
    pub(super) fn command(&mut self, command: &Command, tail: bool) -> Outcome {
        let place = self.source.location(command.range);
        if let Err(reason) = self.world.spend() {
            if self.flow != Flow::Exit {
                self.skip(place, reason, true);
                self.world.touch_everything(reason, place);
            }
            self.flow = Flow::Exit;
            return Outcome::unknown(reason);
        }
        self.depth += 1;
        self.world.ending = None;
        let outer = std::mem::take(&mut self.substitutions);
        let outcome = if self.depth > DEEPEST {
            self.flow = Flow::Exit;
            self.give_up(TOO_DEEP, place)
        } else {
            self.redirected(&command.redirections, |shell| shell.bare(command, tail), &command.kind)
        };
        self.depth -= 1;
        for path in std::mem::replace(&mut self.substitutions, outer) {
            self.world.state.files.remove(&path);
        }
        self.status = outcome.status;
        self.note_failure(None, outcome.status, place);
        outcome
    }

    /// Keeps what made a command fail: the innermost command that ends with its exit status.
    fn note_failure(&mut self, program: Option<&str>, status: Option<i32>, place: Option<Location>) {
        let Some(exit_code) = status.filter(|status| *status != 0) else { return };
        match &mut self.world.ending {
            Some(ending) if ending.exit_code() == exit_code => {
                ending.location = ending.location.or(place);
            }
            ending => {
                let cause = EndingCause::Command { program: program.map(str::to_owned), exit_code };
                *ending = Some(Ending { location: place, cause });
            }
        }
    }

    fn bare(&mut self, command: &Command, tail: bool) -> Outcome {
        match &command.kind {
            CommandKind::Simple { assignments, words } => self.simple(assignments, words, command.range),
            CommandKind::Subshell(script) => self.subshell(|shell| shell.script(script, tail)),
            CommandKind::Group(script) => self.script(script, tail),
            CommandKind::If { branches, otherwise } => {
                self.choose(branches, otherwise.as_ref(), tail, command.range)
            }
            CommandKind::For { variable, words, body } => {
                self.for_loop(variable, words.as_deref(), body, command.range)
            }
            CommandKind::While { until, condition, body } => {
                self.while_loop(*until, condition, body, command.range)
            }
            CommandKind::Case { word, arms } => self.case(word, arms, command.range),
            CommandKind::Conditional(words) => self.conditional(words),
            CommandKind::Arithmetic(expression) => match self.arithmetic(expression) {
                Ok(Ok(number)) => Outcome::status(i32::from(number == 0)),
                Ok(Err(_)) => Outcome { status: None, ..Outcome::default() },
                // bash goes on behind it.
                Err(_) => Outcome::failed(1),
            },
            CommandKind::Function { name, body } => {
                self.functions.insert(name.clone(), (self.source.clone(), Arc::new((**body).clone())));
                Outcome::status(0)
            }
            CommandKind::Opaque { reason } => self.give_up(reason, self.source.location(command.range)),
        }
    }

    fn choose(
        &mut self,
        branches: &[(Script, Script)],
        otherwise: Option<&Script>,
        tail: bool,
        range: TextRange,
    ) -> Outcome {
        let Some(((condition, body), rest)) = branches.split_first() else {
            return match otherwise {
                Some(script) => self.script(script, tail),
                None => Outcome::status(0),
            };
        };
        if rest.len() > MOST_BRANCHES {
            return self.give_up("there are more branches than are followed", self.source.location(range));
        }
        let asked = self.guarded(true, |shell| shell.script(condition, false));
        if self.flow != Flow::Next {
            return asked;
        }
        let status = asked.status;
        let chosen = match status {
            Some(0) => self.script(body, tail),
            Some(_) => self.choose(rest, otherwise, tail, range),
            None => {
                let place = self.source.location(range);
                self.either(
                    UNKNOWN_BRANCH,
                    place,
                    &mut [&mut |shell: &mut Self| shell.script(body, tail), &mut |shell: &mut Self| {
                        shell.choose(rest, otherwise, tail, range)
                    }],
                )
            }
        };
        chosen.after(asked)
    }

    /// One of the arms runs, or none.
    fn any_arm(&mut self, reason: &str, place: Option<Location>, arms: &[(Vec<Word>, Script)]) -> Outcome {
        let Some(((_, body), rest)) = arms.split_first() else { return Outcome::status(0) };
        if rest.len() > MOST_BRANCHES {
            return self.give_up("there are more branches than are followed", place);
        }
        self.either(
            reason,
            place,
            &mut [&mut |shell: &mut Self| shell.script(body, false), &mut |shell: &mut Self| {
                shell.any_arm(reason, place, rest)
            }],
        )
    }

    fn case(&mut self, word: &Word, arms: &[(Vec<Word>, Script)], range: TextRange) -> Outcome {
        let place = self.source.location(range);
        let value = match self.single(word) {
            Ok(Field::Known(value)) => value.as_str().to_owned(),
            Ok(Field::Unknown { .. }) => return self.any_arm(UNKNOWN_BRANCH, place, arms),
            Err(refusal) => return self.refuse(&refusal),
        };
        for (index, (patterns, body)) in arms.iter().enumerate() {
            for pattern in patterns {
                match self.pattern(pattern) {
                    Ok(Ok(pattern)) if pattern.matches(&value) => return self.script(body, false),
                    Ok(Ok(_)) => {}
                    Ok(Err(_)) => {
                        return self.any_arm(UNKNOWN_BRANCH, place, arms.get(index..).unwrap_or_default());
                    }
                    Err(refusal) => return self.refuse(&refusal),
                }
            }
        }
        Outcome::status(0)
    }

    fn for_loop(
        &mut self,
        variable: &str,
        words: Option<&[Word]>,
        body: &Script,
        range: TextRange,
    ) -> Outcome {
        let place = self.source.location(range);
        let fields = match words {
            None => self.process.positional.iter().cloned().map(Field::Known).collect(),
            Some(words) => match self.fields(words) {
                Ok(fields) => fields,
                Err(refusal) => return self.refuse(&refusal),
            },
        };
        self.loops += 1;
        let outcome = self.rounds(variable, fields, body, place);
        self.loops -= 1;
        outcome
    }

    fn rounds(
        &mut self,
        variable: &str,
        fields: Vec<Field>,
        body: &Script,
        place: Option<Location>,
    ) -> Outcome {
        let mut outcome = Outcome::status(0);
        let mut fields = fields.into_iter().enumerate();
        while let Some((round, field)) = fields.next() {
            if round >= MOST_ROUNDS {
                return self.give_up(TOO_MANY_ROUNDS, place).after(outcome);
            }
            match field {
                Field::Known(value) => {
                    self.process.set(variable, Value::Known(value));
                    outcome = self.script(body, false).after(outcome);
                }
                Field::Unknown { reason, .. } => {
                    let why = format!("how often this loop runs is not known: {reason}");
                    self.process.set(variable, Value::Unknown(reason));
                    let next = self.perhaps(&why, place, |shell| shell.script(body, false));
                    outcome = next.after(outcome);
                    outcome.status = None;
                }
            }
            if self.leave_loop() {
                break;
            }
            if let Some(reason) = self.perhaps_leave_loop() {
                let rest: Vec<Field> = fields.map(|(_, field)| field).collect();
                if !rest.is_empty() {
                    let next =
                        self.perhaps(&reason, place, |shell| shell.rounds(variable, rest, body, place));
                    outcome = next.after(outcome);
                }
                outcome.status = None;
                break;
            }
        }
        outcome
    }

    fn while_loop(&mut self, until: bool, condition: &Script, body: &Script, range: TextRange) -> Outcome {
        let place = self.source.location(range);
        self.loops += 1;
        let outcome = self.turns(until, condition, body, place);
        self.loops -= 1;
        outcome
    }

    fn turns(&mut self, until: bool, condition: &Script, body: &Script, place: Option<Location>) -> Outcome {
        let mut outcome = Outcome::status(0);
        for _ in 0..MOST_ROUNDS {
            let asked = self.guarded(true, |shell| shell.script(condition, false));
            let goes_on = asked.status.map(|status| (status == 0) != until);
            let status = outcome.status;
            outcome = asked.after(outcome);
            outcome.status = status;
            if self.leave_loop() {
                return outcome;
            }
            match goes_on {
                Some(true) => {}
                Some(false) => return outcome,
                None => {
                    let reason = "how often this loop runs is not known";
                    let next = self.perhaps(reason, place, |shell| shell.script(body, false));
                    self.leave_loop();
                    self.perhaps_leave_loop();
                    return Outcome { status: None, ..next.after(outcome) };
                }
            }
            outcome = self.script(body, false).after(outcome);
            if self.leave_loop() {
                return outcome;
            }
            if let Some(reason) = self.perhaps_leave_loop() {
                let next = self.perhaps(&reason, place, |shell| shell.turns(until, condition, body, place));
                return Outcome { status: None, ..next.after(outcome) };
            }
        }
        self.give_up(TOO_MANY_ROUNDS, place).after(outcome)
    }

    /// After a round that may have left the loop: why. What leads further out is kept.
    fn perhaps_leave_loop(&mut self) -> Option<String> {
        let (flow, reason) = self.perhaps_left.take()?;
        self.perhaps_left = match flow {
            Flow::Break(levels @ 2..) => Some((Flow::Break(levels - 1), reason.clone())),
            Flow::Continue(levels @ 2..) => Some((Flow::Continue(levels - 1), reason.clone())),
            Flow::Return | Flow::Exit => Some((flow, reason.clone())),
            Flow::Continue(_) => return None,
            Flow::Break(_) | Flow::Next => None,
        };
        Some(reason)
    }

    /// After a round: whether the loop ends.
    fn leave_loop(&mut self) -> bool {
        match self.flow {
            Flow::Next => false,
            Flow::Break(levels) => {
                self.flow = if levels > 1 { Flow::Break(levels - 1) } else { Flow::Next };
                true
            }
            Flow::Continue(levels) if levels > 1 => {
                self.flow = Flow::Continue(levels - 1);
                true
            }
            Flow::Continue(_) => {
                self.flow = Flow::Next;
                false
            }
            Flow::Return | Flow::Exit => true,
        }
    }

    fn simple(&mut self, assignments: &[shell::Assignment], words: &[Word], range: TextRange) -> Outcome {
        let place = self.source.location(range);
        self.substituted = None;
        let declares = words.first().is_some_and(is_declaration);
        let expanded = if declares { self.declarations(words) } else { self.fields(words) };
        let fields = match expanded {
            Ok(fields) => fields,
            Err(refusal) => return self.refuse(&refusal),
        };
        let mut values = Vec::new();
        for assignment in assignments {
            let mut value = match self.value(&assignment.value) {
                Ok(value) => value,
                Err(refusal) => return self.refuse(&refusal),
            };
            if assignment.append
                && let Some(before) = self.process.get(&assignment.name).cloned()
            {
                value = match (before, value) {
                    (Value::Known(before), Value::Known(more)) => {
                        Value::Known(Argument::unplaced(&format!("{}{}", before.as_str(), more.as_str())))
                    }
                    (Value::Unknown(reason), _) | (_, Value::Unknown(reason)) => Value::Unknown(reason),
                };
            }
            if fields.is_empty() {
                self.process.set(&assignment.name, value);
            } else {
                values.push((assignment.name.clone(), value));
            }
        }
        if fields.is_empty() {
            // "if there is no command name ... the exit status of the last command substitution".
            return Outcome { status: self.substituted.unwrap_or(Some(0)), ..Outcome::default() };
        }
        if values.is_empty() {
            return self.call(&fields, place);
        }
        // Assignments before a command are for that command alone.
        let before: Vec<(String, Option<Variable>)> = values
            .iter()
            .map(|(name, _)| (name.clone(), self.process.variables.get(name).cloned()))
            .collect();
        for (name, value) in values {
            self.process.export(&name, Some(value));
        }
        let outcome = self.call(&fields, place);
        for (name, variable) in before {
            match variable {
                Some(variable) => self.process.variables.insert(name, variable),
                None => self.process.variables.remove(&name),
            };
        }
        outcome
    }

    /// Runs a command by its words: function, builtin, program.
    pub(super) fn call(&mut self, fields: &[Field], place: Option<Location>) -> Outcome {
        self.depth += 1;
        let outcome = if self.depth > DEEPEST {
            self.flow = Flow::Exit;
            self.give_up(TOO_DEEP, place)
        } else {
            self.call_nested(fields, place)
        };
        self.depth -= 1;
        self.note_failure(fields.first().and_then(Field::as_known), outcome.status, place);
        outcome
    }

    fn call_nested(&mut self, fields: &[Field], place: Option<Location>) -> Outcome {
        let (name, rest) = match fields.split_first() {
            None => return Outcome::status(0),
            Some((Field::Known(name), rest)) => (name, rest),
            Some((Field::Unknown { reason, .. }, _)) => {
                return self.give_up(&format!("which program runs is not known: {reason}"), place);
            }
        };
        if let Some((source, body)) = self.functions.get(name.as_str()).cloned() {
            let Some(arguments) = known(rest) else {
                return self.give_up(&format!("the arguments of {} are not known", name.as_str()), place);
            };
            let positional = std::mem::replace(&mut self.process.positional, arguments);
            let before = std::mem::replace(&mut self.source, source);
            let loops = std::mem::take(&mut self.loops);
            let mut outcome = self.command(&body, false);
            self.loops = loops;
            self.source = before;
            self.process.positional = positional;
            if self.perhaps_left.take_if(|(flow, _)| *flow != Flow::Exit).is_some() {
                outcome.status = None;
            }
            if self.flow == Flow::Return {
                self.flow = Flow::Next;
            }
            return outcome;
        }
        let mut outcome = match self.builtin(name.as_str(), rest, place) {
            Some(outcome) => outcome,
            None => self.programs.run(self, fields, place),
        };
        for stream in [&mut outcome.stdout, &mut outcome.stderr] {
            if let Err(reason) = self.world.budget.hold(stream.text.weight()) {
                *stream = Stream::unknown(reason);
            }
        }
        outcome
    }

    /// A mistake after which the shell runs nothing more.
    fn refuse(&mut self, refusal: &Refusal) -> Outcome {
        self.flow = Flow::Exit;
        // bash exits with 127 for a variable that lacks a value, and under `set -e` with 1.
        let strict = self.process.options.errexit && self.dialect.is_bash();
        self.status = refusal.status.map(|status| if strict { 1 } else { status });
        Outcome { status: self.status, ..Outcome::failed(2) }
    }

    /// A path seen from the working directory.
    pub(super) fn absolute(&self, path: &str) -> String {
        normalize(path, &self.process.folder)
    }

    /// `$0`.
    pub(super) fn set_name(&mut self, name: &str) {
        self.name = name.to_owned();
    }

    pub(super) fn depth(&self) -> usize {
        self.depth
    }

    /// A shell that another one starts is nested as deep as that one's command.
    pub(super) fn set_depth(&mut self, depth: usize) {
        self.depth = depth;
    }

    /// What comes now is beyond what is followed: it may do anything.
    fn give_up(&mut self, reason: &str, place: Option<Location>) -> Outcome {
        self.skip(place, reason, true);
        self.world.touch_everything(reason, place);
        Outcome::unknown(reason)
    }

    /// Notes words that are not modelled.
    pub(super) fn assume(&mut self, program: &str, location: Option<Location>) {
        let assumed = Assumed { program: program.to_owned(), location };
        if !self.world.assumed.contains(&assumed) {
            self.world.assumed.push(assumed);
        }
    }

    /// Records what is not modelled, once.
    pub(super) fn skip(&mut self, location: Option<Location>, reason: &str, touches_packages: bool) {
        let skipped = Skipped { location, reason: reason.to_owned(), touches_packages };
        if !self.world.skipped.contains(&skipped) {
            self.world.skipped.push(skipped);
        }
    }
}

/// `export` and its kin take assignments, which are not split into fields.
fn is_declaration(word: &Word) -> bool {
    let [part] = word.parts.as_slice() else { return false };
    matches!(&part.kind, shell::WordPartKind::Literal(name)
        if matches!(name.as_str(), "export" | "local" | "readonly" | "declare" | "typeset"))
}

/// The arguments, where all are known.
pub(super) fn known(fields: &[Field]) -> Option<Vec<Argument>> {
    fields
        .iter()
        .map(|field| match field {
            Field::Known(argument) => Some(argument.clone()),
            Field::Unknown { .. } => None,
        })
        .collect()
}
