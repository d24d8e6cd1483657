//! Places in a text.

use wheelstage::text::{SyntaxError, TextRange, range};

/// The bytes at a range, which has to lie in the text and between characters.
#[track_caller]
pub fn slice(text: &str, range: TextRange) -> &str {
    text.get(usize::from(range.start())..usize::from(range.end()))
        .unwrap_or_else(|| panic!("{range:?} is no place in {text:?}"))
}

/// The parts lie in the whole, in order and apart from each other.
#[track_caller]
pub fn nest(whole: TextRange, parts: impl IntoIterator<Item = TextRange>) {
    let mut end = whole.start();
    for part in parts {
        assert!(part.start() >= end, "{part:?} begins before {end:?}");
        end = part.end();
    }
    assert!(end <= whole.end(), "a part ends at {end:?}, after {whole:?}");
}

/// Errors lie in the text, come in order and say something.
#[track_caller]
pub fn errors(text: &str, errors: &[SyntaxError]) {
    for error in errors {
        slice(text, error.range);
        assert!(!error.message.is_empty() && !error.message.ends_with('.'), "{:?}", error.message);
    }
    assert!(errors.is_sorted_by_key(|error| error.range.start()), "{errors:?}");
}

/// Nothing is lost: a byte that is no separator belongs to a part of the tree, to an error, or
/// to what an error that touches it is about.
#[track_caller]
pub fn covers(
    text: &str,
    parts: impl IntoIterator<Item = TextRange>,
    errors: &[SyntaxError],
    is_separator: impl Fn(char) -> bool,
) {
    let mut ranges: Vec<TextRange> =
        parts.into_iter().chain(errors.iter().map(|error| error.range)).collect();
    ranges.sort_by_key(|range| range.start());
    ranges.push(range(text.len(), text.len()));
    let mut reached = 0;
    for part in ranges {
        let gap = range(reached, usize::from(part.start()).max(reached));
        reached = reached.max(part.end().into());
        let lost = slice(text, gap);
        assert!(
            lost.chars().all(&is_separator)
                || errors.iter().any(|error| error.range.intersect(gap).is_some()),
            "{lost:?} of {text:?} is in no part of the tree"
        );
    }
}
