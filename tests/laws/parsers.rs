//! Parsers: no panic, places that lie in the text and nest, nothing lost, printing survived.

use std::{fs, path::Path};

use proptest::{prelude::*, sample::Index};

use crate::fuzz::{
    dockerfile, dockerfile_word, link, marker, pip_command, pyproject, requirement, requirements, shell,
    specifiers,
};

/// Panics where a text does not get what every text has to get.
type Check = fn(&str);

/// A parser's name, as its fuzz target and its folders have it, and what holds for any text.
const PARSERS: [(&str, Check); 10] = [
    ("link", link::check),
    ("specifiers", specifiers::check),
    ("requirement", requirement::check),
    ("marker", marker::check),
    ("requirements", requirements::check),
    ("pyproject", pyproject::check),
    ("dockerfile", dockerfile::check),
    ("dockerfile_word", dockerfile_word::check),
    ("shell", shell::check),
    ("pip_command", pip_command::check),
];

/// Characters that mean something to some parser, and a few that should not.
const LETTERS: &str = "[-a-z0-9 \t\n,;()\\[\\]@<>=!~.*+_'\"\\\\#:/\u{e9}\u{3000}\u{1c}\u{131}\u{212a}]";

/// Many of them.
const TELLING_TEXT: &str =
    "[-a-z0-9 \t\n,;()\\[\\]@<>=!~.*+_'\"\\\\#:/\u{e9}\u{3000}\u{1c}\u{131}\u{212a}]{0,40}";

proptest! {
    #![proptest_config(crate::cases(256))]

    #[test]
    fn any_text(text in any::<String>()) {
        PARSERS.iter().for_each(|(_, check)| check(&text));
    }

    #[test]
    fn text_of_telling_letters(text in TELLING_TEXT) {
        PARSERS.iter().for_each(|(_, check)| check(&text));
    }

    #[test]
    fn damaged_valid_text(
        seed in any::<Index>(),
        damage in prop::collection::vec((any::<Index>(), 0_usize..3, LETTERS), 0..4),
    ) {
        let seeds: Vec<(Check, String)> = PARSERS
            .iter()
            .flat_map(|(name, check)| files("seeds", name).into_iter().map(|text| (*check, text)))
            .collect();
        let (check, text) = seed.get(&seeds);
        let mut letters: Vec<char> = text.chars().collect();
        for (place, remove, insert) in damage {
            let at = place.index(letters.len() + 1);
            let end = (at + remove).min(letters.len());
            letters.splice(at..end, insert.chars());
        }
        check(&letters.into_iter().collect::<String>());
    }
}

#[test]
fn what_once_broke_and_what_is_valid() {
    for (name, check) in PARSERS {
        let seeds = files("seeds", name);
        assert!(!seeds.is_empty(), "{name} has no seeds");
        for text in seeds.into_iter().chain(files("regressions", name)) {
            check(&text);
        }
    }
}

/// Length alone must not matter: all of these take seconds where time is linear, and many minutes
/// where it is not.
#[test]
fn long_texts() {
    let repeated = |text: &str| text.repeat(10_000 / text.len());
    let long = [
        "(",
        ")",
        "[",
        ",",
        ";",
        "'",
        "\"",
        "=",
        ">=1,",
        "a,",
        "a-",
        "_",
        "1.",
        "1!",
        " ",
        "\\",
        "extra ",
        "and ",
        "os_name=='a' and ",
        "os_name=='a' or ",
        "(os_name=='a') and ",
        "not in ",
        "===a,",
        "==1.*,",
        "+a.",
        "\u{e9}",
    ];
    let holes: Vec<String> = (0..5_000).map(|number| format!("!={number}")).collect();
    for (_, check) in PARSERS {
        check(&holes.join(","));
        check(&format!("foo{}", holes.join(",")));
        for text in long.map(repeated) {
            check(&text);
            check(&format!("foo{text}"));
            check(&format!("foo[{text}"));
            check(&format!("foo;{text}"));
            check(&format!("==1{text}"));
        }
    }
}

/// The texts in `fuzz/<folder>/<parser>/`. Bytes that are no UTF-8 never reach a parser.
fn files(folder: &str, parser: &str) -> Vec<String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz").join(folder).join(parser);
    let mut texts = Vec::new();
    for entry in fs::read_dir(&path).into_iter().flatten() {
        let path = entry.expect("a folder can be listed").path();
        let bytes = fs::read(&path).expect("a file can be read");
        texts.extend(String::from_utf8(bytes));
    }
    texts.sort();
    texts
}
