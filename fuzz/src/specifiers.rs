//! Specifier sets.

use wheelstage::{
    pep440::{Specifier, Specifiers, is_python_blank},
    text::{Parse, TextRange, range},
};

use super::places;

/// Any text gives a set with its places, and a set that is right survives printing.
pub fn check(text: &str) {
    let Parse { tree, errors } = Specifiers::parse(text);
    places::errors(text, &errors);
    clauses(text, range(0, text.len()), &tree);
    let written = tree.clauses().iter().map(|clause| clause.range);
    places::covers(text, written, &errors, |c| c == ',' || is_python_blank(c));
    assert_eq!(text.parse::<Specifiers>().is_ok(), errors.is_empty());
    survives_printing(&tree);
}

/// The clauses lie in their place, one after the other, and say what stands there.
#[track_caller]
pub(crate) fn clauses(text: &str, whole: TextRange, set: &Specifiers) {
    places::nest(whole, set.clauses().iter().map(|clause| clause.range));
    for Specifier { operator, version, range, operator_range, version_range, .. } in set.clauses() {
        places::nest(*range, [*operator_range, *version_range]);
        assert_eq!(places::slice(text, *operator_range), operator.as_str());
        assert_eq!(places::slice(text, *version_range), version);
    }
}

#[track_caller]
pub(crate) fn survives_printing(set: &Specifiers) {
    let printed = set.to_string();
    let again: Specifiers = printed.parse().unwrap_or_else(|error| panic!("{printed:?}: {error:?}"));
    assert_eq!(&again, set);
    assert_eq!(again.to_range(), set.to_range());
    assert_eq!(again.to_string(), printed);
}
