//! The Dockerfile, as BuildKit reads it, with every byte's place.
//!
//! [`parse`] does in one tolerant pass what BuildKit does in two: its `parser` (lines to
//! nodes) and its `instructions` (nodes to commands). Both give up at the first mistake; here
//! a broken instruction is reported and the others stay readable.
//!
//! Facts are BuildKit's, from `frontend/dockerfile/{parser,instructions,shell}` of
//! moby/buildkit.

mod expand;
mod heredoc;
mod ignore;
mod instruction;
mod keywords;
mod lines;
mod mount;
mod pattern;
mod stages;
mod tree;
mod words;

pub use expand::{expand_heredoc, expand_word, expand_words};
pub use ignore::{Ignore, IgnorePattern};
pub use mount::{Mount, MountKind, parse_mount};
pub use stages::{
    CopySource, GlobalScope, PROXY_ARGUMENTS, StageScope, StageSpan, base_stage, copy_source, mount_source,
    stages, target_stage,
};
pub use tree::*;

use self::lines::{Directives, Lines};
use crate::text::{Parse, SyntaxError, range};

/// Reads a Dockerfile.
///
/// No errors are reported exactly where BuildKit reports none before it looks for images and
/// files: what a variable or `--mount` says is checked when it is used, and an `ONBUILD`
/// instruction when it is triggered.
#[must_use]
pub fn parse(text: &str) -> Parse<Dockerfile> {
    let mut errors = Vec::new();
    let mut directives = Directives::default();
    let mut comments = Vec::new();
    let mut instructions: Vec<Instruction> = Vec::new();
    let mut lines = Lines::new(text, &mut errors);
    let mut in_stage = false;
    while let Some(line) = lines.next_logical(&mut directives, &mut comments, &mut errors) {
        if line.text.as_str().trim().is_empty() {
            let end = lines.content(lines.position().saturating_sub(1)).end;
            errors.push(
                SyntaxError::new(range(line.start, end), "This line continues, but nothing follows")
                    .with_hint("Remove the escape character, or write an instruction before it"),
            );
            continue;
        }
        let mut instruction = instruction::parse(&line.text, directives.escape, &mut errors);
        in_stage |= instruction.keyword.eq_ignore_ascii_case("FROM");
        if !in_stage && instruction.valid && !matches!(instruction.kind, InstructionKind::Arg(_)) {
            instruction.valid = false;
            errors.push(
                SyntaxError::new(
                    instruction.keyword_range,
                    format!("{} stands before the first FROM", instruction.keyword.to_ascii_uppercase()),
                )
                .with_hint("Only ARG may stand there: begin with FROM and an image"),
            );
        }
        read_heredocs(&mut lines, &line.text, &mut instruction, &mut errors);
        let last = lines.position().saturating_sub(1);
        // A heredoc that is never closed ends with a line end.
        let bodies = instruction.heredocs.iter().map(|heredoc| usize::from(heredoc.body_range.end()));
        let body_end = bodies.max().unwrap_or(0);
        let end = lines.content(last).end.max(body_end);
        instruction.lines = (line_number(line.first), line_number(last));
        instruction.range = range(instruction.range.start().into(), end);
        instructions.push(instruction);
    }
    if instructions.is_empty() {
        let end = text.trim_end_matches(['\r', '\n']).len();
        errors.push(
            SyntaxError::new(range(end, end), "This Dockerfile holds no instructions")
                .with_hint("Begin with FROM and an image, such as FROM python:3.12-slim"),
        );
    }
    errors.sort_by_key(|error| (error.range.start(), error.range.end()));
    let Directives { found: directives, escape, .. } = directives;
    Parse { tree: Dockerfile { directives, escape, comments, instructions }, errors }
}

/// Completes an instruction with the heredocs that its line opens.
fn read_heredocs(
    lines: &mut Lines<'_>,
    line: &crate::text::Mapped,
    instruction: &mut Instruction,
    errors: &mut Vec<SyntaxError>,
) {
    let mut heredocs = heredoc::heredocs(line, instruction);
    let mut lost = false;
    for heredoc in &mut heredocs {
        if lost {
            // What the one before has not ended cannot hold another.
            heredoc.unterminated = true;
            heredoc.body_range = range(instruction.range.end().into(), instruction.range.end().into());
            continue;
        }
        lines.read_heredoc(heredoc);
        if heredoc.unterminated {
            lost = true;
            instruction.valid = false;
            let message = format!("The heredoc {} is never closed", shown(&heredoc.name));
            let hint = format!("Write {} on a line of its own after its last line", shown(&heredoc.name));
            errors.push(SyntaxError::new(heredoc.operator_range, message).with_hint(hint));
        }
    }
    if let InstructionKind::Onbuild(inner) = &mut instruction.kind {
        inner.heredocs.clone_from(&heredocs);
    }
    instruction.heredocs = heredocs;
}

/// The author's text in a message, cut where it is long.
fn shown(text: &str) -> String {
    match text.char_indices().nth(40) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text.to_owned(),
    }
}

/// A line's number from 1, as BuildKit and people count.
fn line_number(index: usize) -> u32 {
    u32::try_from(index).unwrap_or(u32::MAX).saturating_add(1)
}
