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
        if let InstructionKind::Onbuild(inner) = &mut instruction.kind {
            // It reaches as far as the outer one, and the heredocs are its own.
            inner.lines = instruction.lines;
            inner.range = range(inner.range.start().into(), end);
            inner.heredocs.clone_from(&instruction.heredocs);
        }
        instructions.push(instruction);
    }
    if instructions.is_empty() {
        let end = text.trim_end_matches(['\r', '\n']).len();
        errors.push(
            SyntaxError::new(range(end, end), "This Dockerfile holds no instructions")
                .with_hint("Begin with FROM and an image, such as FROM python:3.12-slim"),
        );
    }
    let Directives { found: directives, escape, .. } = directives;
    Parse::new(Dockerfile { directives, escape, comments, instructions }, errors)
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

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};

    use super::*;

    /// Each error as its range, text, message and hint.
    #[track_caller]
    fn check_errors(text: &str, expected: Expect) {
        let lines: Vec<String> = parse(text)
            .errors
            .iter()
            .map(|error| {
                let (start, end) = (usize::from(error.range.start()), usize::from(error.range.end()));
                let hint = error.hint.as_deref().unwrap_or("-");
                format!("{start}..{end} `{}`: {} ({hint})\n", &text[start..end], error.message)
            })
            .collect();
        expected.assert_eq(&lines.concat());
    }

    #[test]
    fn errors_say_where_and_what_to_do() {
        check_errors(
            "FROM python:3.12\nRUNN pip\nCOPY a\nENV x\nADD --form=b c d\n",
            expect![[r#"
            17..21 `RUNN`: RUNN is no instruction (Did you mean RUN?)
            26..30 `COPY`: COPY needs at least one source and a destination (-)
            37..38 `x`: ENV x has no value (Write ENV x=value)
            43..51 `--form=b`: --form is no flag of ADD (ADD takes --chown, --chmod, --link, --keep-git-dir, --checksum, --unpack, --exclude)
        "#]],
        );
        check_errors(
            "FROM a b\nFROM a AS 1x\nCMD [\"a\", 1]\nSHELL bash\nHEALTHCHECK --retries=x CMD a\n",
            expect![[r#"
            7..8 `b`: FROM takes an image, or an image, AS and a name; this is something else (Write FROM image AS name)
            19..21 `1x`: 1x is no name for a stage (It begins with a letter; digits, letters, - _ and . may follow)
            32..33 `1`: A JSON array may hold nothing but strings here (Put it in double quotes)
            41..45 `bash`: SHELL needs a JSON array of at least one string (Write it as SHELL ["/bin/bash", "-c"])
            58..69 `--retries=x`: x is no value for --retries (It is a whole number, 0 or more)
        "#]],
        );
        check_errors(
            "# escape=x\nRUN a\nFROM a\nRUN --mount=from=$b c\n\\\n",
            expect![[r#"
            0..10 `# escape=x`: x cannot be the escape character (It is either \ or `)
            11..14 `RUN`: RUN stands before the first FROM (Only ARG may stand there: begin with FROM and an image)
            36..43 `from=$b`: from of a mount cannot hold a variable (Name the stage or image with FROM ... AS name, and mount from that name)
            46..47 `\`: This line continues, but nothing follows (Remove the escape character, or write an instruction before it)
        "#]],
        );
        check_errors(
            "# nothing\n",
            expect![[r#"
            9..9 ``: This Dockerfile holds no instructions (Begin with FROM and an image, such as FROM python:3.12-slim)
        "#]],
        );
    }

    #[test]
    fn a_heredoc_that_is_never_closed_ends_before_the_next_instruction() {
        let text = "FROM a\nRUN <<EOF\npip install b\nCOPY c d\n";
        check_errors(
            text,
            expect![[r#"
            11..16 `<<EOF`: The heredoc EOF is never closed (Write EOF on a line of its own after its last line)
        "#]],
        );
        let tree = parse(text).tree;
        assert_eq!(tree.instructions[1].heredocs[0].body, "pip install b\n");
        assert_eq!(tree.instructions[2].keyword, "COPY");
    }

    #[test]
    fn places_survive_continuations_and_comments() {
        let text = "FROM a\nRUN pip install \\\n  # why\n\n  'numpy<2' && \\\n  pip check\n";
        let tree = parse(text).tree;
        let run = &tree.instructions[1];
        assert_eq!(run.lines, (2, 6));
        assert_eq!(run.body.as_str(), "pip install   'numpy<2' &&   pip check");
        let at = run.body.as_str().find("numpy").unwrap();
        let place = run.body.source_range(range(at, at + 5));
        assert_eq!(&text[std::ops::Range::<usize>::from(place)], "numpy");
        assert_eq!(tree.comments.len(), 1);
    }

    #[test]
    fn json_strings_are_resolved_and_keep_their_places() {
        let text = "FROM a\nRUN [\"pip\", \"caf\\u00e9\\\"s\"]\n";
        let tree = parse(text).tree;
        let InstructionKind::Run(CommandForm::Exec(words)) = &tree.instructions[1].kind else {
            panic!("not the JSON form");
        };
        assert_eq!(words[1].text.as_str(), "caf\u{e9}\"s");
        assert_eq!(&text[std::ops::Range::<usize>::from(words[1].range)], "\"caf\\u00e9\\\"s\"");
        let escape = words[1].text.source_range(range(3, 5));
        assert_eq!(&text[std::ops::Range::<usize>::from(escape)], "\\u00e9");
    }

    #[test]
    fn a_backtick_escapes_where_the_directive_says_so() {
        let tree = parse("# escape=`\nFROM a\nRUN dir `\n  C:\\\nENV p=C:\\ q=\"`\"\"\n").tree;
        assert_eq!(tree.instructions[1].body.as_str(), "dir   C:\\");
        let InstructionKind::Env(pairs) = &tree.instructions[2].kind else { panic!("no pairs") };
        assert_eq!(pairs[0].value.text.as_str(), "C:\\");
        assert_eq!(pairs[1].value.text.as_str(), "\"`\"\"");
    }

    #[test]
    fn variables_are_expanded_with_places() {
        let lookup = |name: &str| (name == "v").then(|| "1.26.4".to_owned());
        let word = crate::text::Mapped::verbatim("numpy==${v%.*}-${w:-none}", 10);
        let value = expand_word(&word, '\\', &lookup).unwrap();
        assert_eq!(value.as_str(), "numpy==1.26-none");
        assert_eq!(value.source_range(range(7, 11)), range(17, 24));
        assert_eq!(value.source_range(range(12, 16)), range(30, 34));
        let error = expand_word(&crate::text::Mapped::verbatim("a${w:?say w}", 0), '\\', &lookup);
        let error = error.unwrap_err();
        assert_eq!((error.range, error.message.as_str()), (range(1, 12), "w is not set"));
        assert_eq!(error.hint.as_deref(), Some("The Dockerfile says: say w"));
    }
}
