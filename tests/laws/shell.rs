//! The shell's grammar: text of its own tokens, and long texts of whatever nests.

use proptest::prelude::*;

use crate::fuzz::shell::check;

const TOKENS: [&str; 62] = [
    " ", " ", " ", "\n", "a", "b=1", "pip", "-r", "*", "?", "[a-z]", "'", "\"", "`", "\\", "$", "$a", "$(",
    "$((", "))", "${", "${a:-", "${a%", "${a//", "}", "{", "(", ")", "{a,b}", "{1..3}", "~", "~/", ";", ";;",
    "&", "&&", "|", "||", "|&", "!", "if", "then", "else", "fi", "for", "in", "do", "done", "while", "case",
    "esac", "[[", "]]", "<", ">", ">&", "2>", "<<E", "\nE\n", "<<<", "#", "é",
];

proptest! {
    #![proptest_config(crate::cases(256))]

    #[test]
    fn tokens_in_any_order(tokens in prop::collection::vec(prop::sample::select(&TOKENS[..]), 0..40)) {
        check(&tokens.concat());
    }

    #[test]
    fn tokens_with_blanks_between(tokens in prop::collection::vec(prop::sample::select(&TOKENS[..]), 0..40)) {
        check(&tokens.join(" "));
    }
}

/// Each takes a moment where time is linear, and minutes where it is not.
#[test]
fn long_and_deep_texts() {
    for token in TOKENS {
        for text in [token.to_owned(), format!("{token} "), format!("{token}\n"), format!("a {token}a;")] {
            check(&text.repeat(20_000 / text.len()));
        }
    }
    for text in
        ["$(a ", "`a ", "(a;", "{ a;", "if a; then ", "case a in a) ", "<<E <<F ", "\"$(", "${a:-\"", "f() "]
    {
        check(&text.repeat(20_000 / text.len()));
    }
}
