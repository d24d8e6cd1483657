//! Heredocs: which words of a line open one.

use super::{
    Heredoc, Instruction, InstructionKind,
    expand::{Mode, lex_words},
    keywords::Keyword,
};
use crate::text::{Mapped, range};

/// `3<<-"EOF"` taken apart.
pub(super) struct Operator {
    fd: u32,
    chomp: bool,
    name: String,
    expand: bool,
}

/// The heredocs that a line opens, still without their bodies.
pub(super) fn heredocs(line: &Mapped, instruction: &Instruction) -> Vec<Heredoc> {
    if !line.as_str().contains("<<") || !can_hold_heredocs(instruction) {
        return Vec::new();
    }
    // BuildKit lexes the whole line, with a backslash for escape whatever the directive says.
    let Ok(words) = lex_words(line.as_str(), '\\', Mode::AS_WRITTEN, &|_| None) else {
        // Such as an unclosed quote: BuildKit then sees no heredoc.
        return Vec::new();
    };
    words
        .iter()
        .filter_map(|word| {
            let operator = operator(word.as_str())?;
            let bytes = word.source_range(range(0, word.as_str().len()));
            Some(Heredoc {
                name: operator.name,
                fd: operator.fd,
                expand: operator.expand,
                chomp: operator.chomp,
                operator_range: line.source_range(bytes),
                body_range: range(0, 0),
                body: String::new(),
                unterminated: false,
            })
        })
        .collect()
}

fn can_hold_heredocs(instruction: &Instruction) -> bool {
    let instruction = match &instruction.kind {
        InstructionKind::Onbuild(inner) => inner,
        _ => instruction,
    };
    let keyword = Keyword::of(&instruction.keyword);
    !instruction.json_form && matches!(keyword, Some(Keyword::Run | Keyword::Copy | Keyword::Add))
}

/// A word as a heredoc's operator (BuildKit: `^(\d*)<<(-?)\s*([^<]*)$`).
pub(super) fn operator(word: &str) -> Option<Operator> {
    let digits = word.find(|c: char| !c.is_ascii_digit())?;
    let (fd, rest) = word.split_at(digits);
    let rest = rest.strip_prefix("<<")?;
    let chomp = rest.starts_with('-');
    let delimiter = rest.strip_prefix('-').unwrap_or(rest).trim_ascii_start();
    if delimiter.is_empty() || delimiter.contains('<') {
        return None;
    }
    let resolved = lex_words(delimiter, '\\', Mode::QUOTES_RESOLVED, &|_| None).ok()?;
    let written = lex_words(delimiter, '\\', Mode::QUOTES_KEPT, &|_| None).ok()?;
    let ([name], [written]) = (resolved.as_slice(), written.as_slice()) else { return None };
    let quotes = |text: &str| text.matches(['\'', '"']).count();
    Some(Operator {
        fd: fd.parse().unwrap_or(0),
        chomp,
        // Any quoting turns expansion off, as in the shell.
        expand: quotes(name.as_str()) == quotes(written.as_str()),
        name: name.as_str().to_owned(),
    })
}
