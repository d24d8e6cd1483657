//! `dockerfile_shell_words.jsonl`: the same values as BuildKit's word lexer.

use serde_json::{Value, json};
use wheelstage::{
    syntax::dockerfile::{expand_word, expand_words},
    text::{Mapped, SyntaxError},
};

use crate::harness::score;

#[test]
fn dockerfile_shell_words() {
    score("dockerfile_shell_words.jsonl", &[], &[], |row| {
        let word = Mapped::verbatim(row["word"].as_str().unwrap_or_default(), 0);
        let escape = row["escape"].as_str().and_then(|text| text.chars().next()).unwrap_or('\\');
        let lookup = |name: &str| row["env"][name].as_str().map(str::to_owned);
        let expected = &row["expected"];
        let value = expand_word(&word, escape, &lookup);
        same(&value.map(|value| json!(value.as_str())), &expected["word"], &expected["word_error"])?;
        let words = expand_words(&word, escape, &lookup);
        // No words are none (`null`) in Go.
        let words = words.map(|words| match words.as_slice() {
            [] => Value::Null,
            words => words.iter().map(Mapped::as_str).collect(),
        });
        same(&words, &expected["words"], &expected["words_error"])
    });
}

fn same(ours: &Result<Value, SyntaxError>, expected: &Value, error: &Value) -> Result<(), String> {
    match (ours, error) {
        (Ok(ours), Value::Null) if ours == expected => Ok(()),
        (Err(_), Value::String(_)) => Ok(()),
        _ => Err(format!("{ours:?}, not {expected} ({error})")),
    }
}
