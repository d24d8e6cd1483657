//! `<`, `>`, `2>&1`, here-documents.

use std::sync::Arc;

use super::{
    Flow, Input, Shell,
    value::{Outcome, Stream},
};
use crate::{
    budget::TEXT_TOO_LONG,
    shell::expand::Value,
    simulate::{Content, Entry, Lookup, Text},
    syntax::{
        command::Argument,
        shell::{CommandKind, Dialect, Redirection, RedirectionOperator, WordPart, WordPartKind},
    },
};

/// Where a descriptor leads.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Sink {
    /// The standard output that the command was given.
    Out,
    /// The standard error that it was given.
    Err,
    Null,
    /// Absolute path.
    File(String),
}

impl Shell<'_, '_> {
    /// Runs a command with its redirections made, left to right.
    pub(super) fn redirected(
        &mut self,
        redirections: &[Redirection],
        run: impl FnOnce(&mut Self) -> Outcome,
        kind: &CommandKind,
    ) -> Outcome {
        if redirections.is_empty() {
            return run(self);
        }
        let (mut out, mut err) = (Sink::Out, Sink::Err);
        let mut input: Option<Input> = None;
        for redirection in redirections {
            match self.redirect(redirection, &mut out, &mut err, &mut input) {
                Ok(()) => {}
                Err(Failed) => {
                    // "Redirection error with special built-in utility: shall exit" (POSIX 2.8.1).
                    if !self.dialect.is_bash() && is_special_builtin(kind) {
                        self.flow = Flow::Exit;
                    }
                    return Outcome::failed(if self.dialect == Dialect::Dash { 2 } else { 1 });
                }
            }
        }
        let before = input.map(|input| std::mem::replace(&mut self.input, input));
        let is_exec = matches!(kind, CommandKind::Simple { words, .. } if words.is_empty());
        let outcome = run(self);
        if let Some(before) = before {
            self.input = before;
        }
        let mut result = Outcome { status: outcome.status, ..Outcome::default() };
        if is_exec && result.status.is_none() {
            result.status = Some(0);
        }
        self.deliver(&out, outcome.stdout, &mut result);
        self.deliver(&err, outcome.stderr, &mut result);
        result
    }

    fn deliver(&mut self, sink: &Sink, stream: Stream, result: &mut Outcome) {
        match sink {
            Sink::Out => result.stdout.append(stream),
            Sink::Err => result.stderr.append(stream),
            Sink::Null => {}
            Sink::File(path) => self.append_to(path, stream),
        }
    }

    /// Adds text to the end of a file that is open.
    pub(in crate::simulate) fn append_to(&mut self, path: &str, stream: Stream) {
        if stream == Stream::default() {
            return;
        }
        let path = self.world.state.files.resolve(path);
        let origin = self.world.origin;
        if !self.world.state.files.entries.contains_key(&path) {
            self.world.write(&path, Entry::new(stream.into(), origin));
            return;
        }
        let Some(entry) = self.world.state.files.entries.get_mut(&path) else { return };
        let Content::Text(text) = &mut entry.content else { return };
        if let Some(reason) = stream.unknown {
            entry.content = Content::Opaque(reason);
            return;
        }
        // A text that an earlier step holds too is copied whole.
        let copied = if Arc::strong_count(text) == 1 { 0 } else { text.weight() };
        let held = match self.world.budget.hold(copied + stream.text.weight()) {
            Ok(()) if text.is_full(&stream.text) => Err(TEXT_TOO_LONG),
            held => held,
        };
        match held {
            Ok(()) => Arc::make_mut(text).append(stream.text),
            Err(reason) => entry.content = Content::Opaque(reason.to_owned()),
        }
    }

    fn redirect(
        &mut self,
        redirection: &Redirection,
        out: &mut Sink,
        err: &mut Sink,
        input: &mut Option<Input>,
    ) -> Result<(), Failed> {
        use RedirectionOperator as Operator;
        let location = self.source.location(redirection.range);
        if redirection.operator == Operator::HereDocument {
            let stream = match redirection.heredoc.as_ref().map(|document| self.here_text(&document.body)) {
                Some(Ok(Ok(text))) => Stream::known(text),
                Some(Ok(Err(reason))) => Stream::unknown(reason),
                Some(Err(_)) => return Err(Failed),
                None => Stream::default(),
            };
            if redirection.fd.unwrap_or(0) == 0 {
                *input = Some(Input { stream, line: 0 });
            }
            return Ok(());
        }
        let target = match self.value(&redirection.target) {
            Ok(Value::Known(target)) => target,
            Ok(Value::Unknown(reason)) => {
                let why = format!("the file that is written to is not known: {reason}");
                match redirection.operator {
                    Operator::Read | Operator::HereString => {
                        *input = Some(Input { stream: Stream::unknown(reason), line: 0 });
                    }
                    Operator::DuplicateInput | Operator::DuplicateOutput => {}
                    _ => {
                        self.skip(location, &why, false);
                        *out = Sink::Null;
                    }
                }
                return Ok(());
            }
            Err(_) => return Err(Failed),
        };
        match redirection.operator {
            Operator::Read | Operator::ReadWrite => {
                if redirection.fd.unwrap_or(0) == 0 {
                    *input = Some(Input { stream: self.read_file(target.as_str())?, line: 0 });
                }
            }
            Operator::HereString => {
                let mut text = Text::from_mapped(&target.text, target.place.map(|place| place.file));
                if text.is_empty() {
                    text = Text::from_lines(vec![Argument::unplaced("").into()]);
                }
                text.end_line();
                *input = Some(Input { stream: Stream::known(text), line: 0 });
            }
            Operator::Write | Operator::Append => {
                let sink = self.open(target.as_str(), redirection.operator == Operator::Append, location)?;
                match redirection.fd.unwrap_or(1) {
                    1 => *out = sink,
                    2 => *err = sink,
                    _ => {}
                }
            }
            Operator::WriteBoth { append } => {
                *out = self.open(target.as_str(), append, location)?;
                *err = out.clone();
            }
            Operator::DuplicateOutput => {
                let sink = match target.as_str() {
                    "1" => out.clone(),
                    "2" => err.clone(),
                    "-" => Sink::Null,
                    name if name.bytes().all(|byte| byte.is_ascii_digit()) => Sink::Null,
                    // bash: `>&file` is `&>file`.
                    name => {
                        *out = self.open(name, false, location)?;
                        *err = out.clone();
                        return Ok(());
                    }
                };
                match redirection.fd.unwrap_or(1) {
                    1 => *out = sink,
                    2 => *err = sink,
                    _ => {}
                }
            }
            Operator::DuplicateInput | Operator::HereDocument => {}
        }
        Ok(())
    }

    /// Opens a file for writing; without `append` it is emptied.
    fn open(
        &mut self,
        path: &str,
        append: bool,
        location: Option<crate::text::Location>,
    ) -> Result<Sink, Failed> {
        match path {
            "/dev/null" => return Ok(Sink::Null),
            "/dev/stdout" => return Ok(Sink::Out),
            "/dev/stderr" | "/dev/tty" => return Ok(Sink::Err),
            "" => return Err(Failed),
            _ => {}
        }
        let path = self.world.state.files.resolve(&self.absolute(path));
        if self.world.state.files.is_folder(&path) {
            return Err(Failed);
        }
        let content = match self.world.state.files.lookup(&path) {
            Lookup::Present(entry) if append => entry.content.clone(),
            Lookup::Unknown(reason) if append => Content::Opaque(reason.to_owned()),
            _ => Content::Text(Text::default().into()),
        };
        let origin = self.world.origin;
        self.world.write(&path, Entry { content, origin, location });
        Ok(Sink::File(path))
    }

    /// What a file holds, for reading it.
    fn read_file(&mut self, path: &str) -> Result<Stream, Failed> {
        match path {
            "/dev/null" => return Ok(Stream::default()),
            "/dev/stdin" => return Ok(self.input.stream.clone()),
            _ => {}
        }
        match self.world.state.files.lookup(&self.absolute(path)) {
            Lookup::Present(entry) => Ok(match &entry.content {
                Content::Text(text) => self.world.copied(text),
                Content::Folder => return Err(Failed),
                Content::Opaque(reason) => Stream::unknown(reason.clone()),
                Content::Artifact { .. } | Content::Link(_) | Content::Program(_) => {
                    Stream::unknown(format!("{path} is not a text"))
                }
            }),
            Lookup::Unknown(reason) => Ok(Stream::unknown(reason)),
            Lookup::Absent => Err(Failed),
        }
    }
}

/// POSIX 2.14: mistakes in these end a shell.
fn is_special_builtin(kind: &CommandKind) -> bool {
    const SPECIAL: [&str; 15] = [
        ":", ".", "break", "continue", "eval", "exec", "exit", "export", "readonly", "return", "set",
        "shift", "times", "trap", "unset",
    ];
    let CommandKind::Simple { words, .. } = kind else { return false };
    let Some(word) = words.first() else { return false };
    matches!(word.parts.as_slice(), [WordPart { kind: WordPartKind::Literal(name), .. }]
        if SPECIAL.contains(&name.as_str()))
}

/// A file cannot be opened: the command does not run.
struct Failed;

impl From<Argument> for crate::simulate::TextLine {
    fn from(argument: Argument) -> Self {
        let whole = crate::text::range(0, argument.as_str().len());
        Self {
            text: argument.as_str().to_owned(),
            origin: argument.place.and_then(|_| argument.location_of(whole)),
            verbatim: argument.place.is_some() && argument.text.is_verbatim(whole),
        }
    }
}
