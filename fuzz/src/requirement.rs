//! Requirements.

use wheelstage::{
    pep440::is_python_blank,
    pep508::Requirement,
    text::{Parse, range},
};

use super::{marker, places, specifiers};

/// Any text gives a requirement or none, with its places; one that is right survives printing.
pub fn check(text: &str) {
    let Parse { tree, errors } = Requirement::parse(text);
    places::errors(text, &errors);
    assert_eq!(text.parse::<Requirement>().is_ok(), errors.is_empty());
    let Some(requirement) = tree else {
        assert!(!errors.is_empty());
        return;
    };
    places::nest(range(0, text.len()), [requirement.range]);
    let parts = [
        Some(requirement.name_range),
        requirement.extras_range,
        requirement.specifiers_range,
        requirement.url.as_ref().map(|url| url.range),
        requirement.marker.as_ref().map(|marker| marker.range),
    ];
    places::nest(requirement.range, parts.into_iter().flatten());
    assert_eq!(places::slice(text, requirement.name_range), requirement.name_text);
    for extra in &requirement.extras {
        assert_eq!(places::slice(text, extra.range), extra.text);
    }
    let brackets = requirement.extras_range.unwrap_or(requirement.name_range);
    places::nest(brackets, requirement.extras.iter().map(|extra| extra.range));
    specifiers::clauses(
        text,
        requirement.specifiers_range.unwrap_or(requirement.name_range),
        &requirement.specifiers,
    );
    if let Some(url) = &requirement.url {
        assert_eq!(places::slice(text, url.range), url.text);
    }
    if let Some(marker) = &requirement.marker {
        marker::part(text, requirement.range, marker);
    }
    places::covers(text, parts.into_iter().flatten(), &errors, |c| {
        matches!(c, '@' | ';' | ',') || is_python_blank(c)
    });
    if errors.is_empty() {
        survives(&requirement);
    }
}

#[track_caller]
fn survives(requirement: &Requirement) {
    specifiers::survives_printing(&requirement.specifiers);
    if let Some(marker) = &requirement.marker {
        marker::survives(marker);
    }
    let plain = Requirement { marker: None, ..requirement.clone() };
    let printed = plain.to_string();
    let again: Requirement = printed.parse().unwrap_or_else(|error| panic!("{printed:?}: {error:?}"));
    assert_eq!(again, plain);
    assert_eq!(again.to_string(), printed);
}
