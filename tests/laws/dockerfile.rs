//! Dockerfiles: what holds of any, made of the parts that mean something to BuildKit.

use proptest::prelude::*;
use wheelstage::{
    syntax::dockerfile::{InstructionKind, parse},
    text::Parse,
};

use crate::fuzz::{dockerfile, dockerfile_word};

/// Parts that mean something where they stand in a Dockerfile.
const PARTS: [&str; 48] = [
    "FROM ",
    "RUN ",
    "COPY ",
    "ADD ",
    "ENV ",
    "ARG ",
    "LABEL ",
    "ONBUILD ",
    "CMD ",
    "SHELL ",
    "VOLUME ",
    "HEALTHCHECK ",
    "USER ",
    "from ",
    "AS ",
    "a",
    "b=c",
    "x y",
    "\n",
    "\n",
    "\n",
    "\r\n",
    "\\\n",
    "\\\n",
    "`\n",
    "\\",
    "`",
    " ",
    "\t",
    "# escape=`\n",
    "# syntax=x\n",
    "# c\n",
    "#",
    "<<EOF",
    "<<-'E'",
    "EOF\n",
    "E\n",
    "--from=a ",
    "--mount=type=cache,target=/x ",
    "-- ",
    "\"",
    "'",
    "[\"a\", \"\\u00e9\"]",
    "[1]",
    "\u{a0}",
    "\u{feff}",
    "$x",
    "${x:-y}",
];

/// Parts that mean something in a word.
const WORD_PARTS: [&str; 24] = [
    "$",
    "${",
    "}",
    "a",
    "e",
    "u",
    ":",
    "-",
    "+",
    "?",
    "#",
    "%",
    "/",
    "//",
    "*",
    "\\",
    "`",
    "\"",
    "'",
    " ",
    "<<",
    ",",
    "type=cache",
    "\u{e9}",
];

fn made_of(parts: &'static [&'static str], most: usize) -> impl Strategy<Value = String> {
    prop::collection::vec(prop::sample::select(parts), 0..most).prop_map(|parts| parts.concat())
}

proptest! {
    #![proptest_config(crate::cases(256))]

    #[test]
    fn dockerfiles_made_of_parts(text in made_of(&PARTS, 30)) {
        dockerfile::check(&text);
    }

    #[test]
    fn words_made_of_parts(text in made_of(&WORD_PARTS, 16)) {
        dockerfile_word::check(&text);
    }

    /// What stands on other lines is read the same, whatever is wrong with one of them.
    #[test]
    fn a_broken_line_leaves_the_others_readable(line in "[ -\\[\\]-~]{0,30}") {
        let line = line.trim_end_matches('`');
        // A comment line or an unended heredoc may take what follows by right.
        prop_assume!(!line.contains("<<") && !line.trim_start().starts_with('#'));
        let Parse { tree, .. } = parse(&format!("FROM a\n{line}\nRUN pip install b\n"));
        let last = tree.instructions.last().map(|last| (&last.kind, last.body.as_str(), last.valid));
        let run = matches!(last, Some((InstructionKind::Run(_), "pip install b", true)));
        prop_assert!(run, "{last:?}");
        let first = tree.instructions.first().map(|first| first.keyword.as_str());
        prop_assert_eq!(first, Some("FROM"));
    }
}

/// Length alone must not matter: each takes a second at most where time is linear, and minutes
/// where it is not.
#[test]
fn long_dockerfiles() {
    let long = PARTS.into_iter().chain([
        "RUN <<A\n",
        "RUN <<A <<B <<C\nA\n",
        "run <<A\n",
        "RUN a \\\n",
        "RUN --mount=type=cache ",
        "ENV a=b ",
        "a=\"b\" ",
        "COPY a b\n",
        "HEALTHCHECK --interval=1s ",
        "FROM a AS b\n",
        "**/",
        "[a",
        "{\"a\":",
        "!a\n",
    ]);
    for part in long {
        let text = part.repeat(30_000 / part.len());
        dockerfile::check(&text);
        dockerfile::check(&format!("FROM a\nRUN {text}"));
        dockerfile::check(&format!("FROM a\nENV a=\"{text}"));
        dockerfile::check(&format!("FROM a\nCMD [{text}"));
    }
}

#[test]
fn long_words() {
    let long =
        WORD_PARTS.into_iter().chain(["${a:-", "${a#*", "${a//", "$a", "${a//?/$a$a$a}", "\"$a\" ", "<< "]);
    for part in long {
        let text = part.repeat(30_000 / part.len());
        dockerfile_word::check(&text);
        dockerfile_word::check(&format!("${{a#{text}}}"));
        dockerfile_word::check(&format!("${{a//{text}/x}}"));
        dockerfile_word::check(&format!("\"{text}\""));
    }
}
