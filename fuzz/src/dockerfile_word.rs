//! Words with variables, and the options of a mount.

use wheelstage::{
    syntax::dockerfile::{expand_heredoc, expand_word, expand_words, parse_mount},
    text::{Mapped, SyntaxError, range},
};

use super::places;

/// Any word has a value or an error, with places in the word.
pub fn check(text: &str) {
    let word = Mapped::verbatim(text, 0);
    let lookup = |name: &str| match name {
        "e" => Some(String::new()),
        "a" => Some("one  two/three.tar.gz".to_owned()),
        _ => None,
    };
    for escape in ['\\', '`'] {
        let value = expand_word(&word, escape, &lookup);
        let words = expand_words(&word, escape, &lookup);
        // Words are cut from the value, so that one is in error where the other is.
        assert_eq!(value.as_ref().err(), words.as_ref().err());
        same_places(text, value.as_ref());
        for word in words.iter().flatten() {
            assert!(!word.as_str().is_empty());
            same_places(text, Ok(word));
        }
    }
    same_places(text, expand_heredoc(&word, &lookup).as_ref());
    if let Err(error) = parse_mount(&word, &|word| Ok(word.as_str().to_owned())) {
        places::slice(text, error.range);
    }
}

#[track_caller]
fn same_places(text: &str, value: Result<&Mapped, &SyntaxError>) {
    match value {
        Ok(value) => {
            let whole = range(0, value.as_str().len());
            let place = value.source_range(whole);
            let written = places::slice(text, place);
            if value.is_verbatim(whole) && !value.as_str().is_empty() {
                assert_eq!(written, value.as_str());
            }
        }
        Err(error) => {
            places::slice(text, error.range);
            assert!(!error.message.is_empty());
        }
    }
}
