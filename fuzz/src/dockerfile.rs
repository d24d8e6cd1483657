//! Dockerfiles, and `.dockerignore` files.

use wheelstage::{
    syntax::dockerfile::{Dockerfile, Ignore, Instruction, InstructionKind, parse, parse_mount, stages},
    text::{Parse, TextRange, range},
};

use super::places;

/// Any text gives a Dockerfile with its places, and nothing of it is lost.
pub fn check(text: &str) {
    let Parse { tree, errors } = parse(text);
    places::errors(text, &errors);
    let whole = range(0, text.len());
    places::nest(whole, tree.instructions.iter().map(|instruction| instruction.range));
    places::nest(whole, tree.comments.iter().copied());
    places::nest(whole, tree.directives.iter().map(|directive| directive.range));
    tree.instructions.iter().for_each(|instruction| check_instruction(text, instruction));
    covers(text, &tree, &errors);
    assert!(!errors.is_empty() || tree.instructions.iter().all(|instruction| instruction.valid));
    for stage in stages(&tree) {
        assert!(stage.from < stage.instructions.start && stage.instructions.end <= tree.instructions.len());
    }
    ignore(text);
}

fn check_instruction(text: &str, instruction: &Instruction) {
    places::slice(text, instruction.range);
    let flags = instruction.flags.iter().map(|flag| flag.range);
    let words = instruction.kind.words().into_iter().map(|word| word.range);
    places::nest(instruction.range, [instruction.keyword_range].into_iter().chain(flags).chain(words));
    assert_eq!(places::slice(text, instruction.keyword_range).is_empty(), instruction.keyword.is_empty());
    let body = instruction.body.as_str();
    let all = instruction.body.source_range(range(0, body.len()));
    assert!(body.is_empty() || instruction.range.contains_range(all), "{all:?}");
    for word in instruction.kind.words() {
        places::slice(text, word.range);
        let value = word.text.as_str();
        let place = word.text.source_range(range(0, value.len()));
        assert!(value.is_empty() || word.range.contains_range(place), "{word:?} comes from {place:?}");
        // Quotes and escapes of JSON are resolved; everything else stands as written.
        if !instruction.json_form && word.text.is_verbatim(range(0, value.len())) && !value.is_empty() {
            assert_eq!(places::slice(text, place), value);
        }
    }
    for value in instruction.flags.iter().filter_map(|flag| flag.value.as_ref()) {
        places::nest(instruction.range, [value.range]);
        if let Err(error) = parse_mount(&value.text, &|word| Ok(word.as_str().to_owned())) {
            places::slice(text, error.range);
        }
    }
    let bodies = instruction.heredocs.iter().map(|heredoc| heredoc.body_range);
    places::nest(instruction.range, instruction.heredocs.iter().map(|heredoc| heredoc.operator_range));
    places::nest(instruction.range, bodies.filter(|body| !body.is_empty()));
    for heredoc in &instruction.heredocs {
        assert_eq!(places::slice(text, heredoc.body_range), heredoc.body);
    }
    if let InstructionKind::Onbuild(inner) = &instruction.kind {
        places::nest(instruction.range, [inner.range]);
        check_instruction(text, inner);
    }
}

/// A byte that is no blank belongs to an instruction, a comment or a directive, or continues
/// an empty line.
#[track_caller]
fn covers(text: &str, tree: &Dockerfile, errors: &[wheelstage::text::SyntaxError]) {
    let instructions = tree.instructions.iter().map(|instruction| instruction.range);
    let directives = tree.directives.iter().map(|directive| directive.range);
    let parts: Vec<TextRange> = instructions.chain(directives).chain(tree.comments.iter().copied()).collect();
    places::covers(text, parts, errors, |c| c.is_whitespace() || c == tree.escape || c == '\u{feff}');
}

fn ignore(text: &str) {
    let Parse { tree, errors } = Ignore::parse(text);
    places::errors(text, &errors);
    places::nest(range(0, text.len()), tree.patterns.iter().map(|pattern| pattern.range));
    for path in ["a", "a/b/c.txt", "../x", "/", ""] {
        let _ = tree.is_ignored(path);
    }
}
