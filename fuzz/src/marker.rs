//! Markers.

use wheelstage::{
    pep508::{Marker, MarkerError, MarkerKind, OperandValue, Platform, PythonVersion, Target},
    text::{Parse, TextRange, range},
};

use super::places;

/// Any text gives a marker with its places; one that is right survives printing and evaluation.
pub fn check(text: &str) {
    let Parse { tree, errors } = Marker::parse(text);
    places::errors(text, &errors);
    part(text, range(0, text.len()), &tree);
    places::covers(text, [tree.range], &errors, |c| matches!(c, ' ' | '\t'));
    assert_eq!(text.parse::<Marker>().is_ok(), errors.is_empty());
    if errors.is_empty() {
        survives(&tree);
    }
}

/// Every part lies in the one around it, one after the other.
#[track_caller]
pub(crate) fn part(text: &str, around: TextRange, marker: &Marker) {
    places::slice(text, marker.range);
    places::nest(around, [marker.range]);
    match &marker.kind {
        MarkerKind::And(parts) | MarkerKind::Or(parts) => {
            assert!(parts.len() > 1);
            places::nest(marker.range, parts.iter().map(|part| part.range));
            parts.iter().for_each(|inner| part(text, marker.range, inner));
        }
        MarkerKind::Group(inner) => part(text, marker.range, inner),
        MarkerKind::Comparison(comparison) => {
            let ranges = [comparison.left.range, comparison.operator_range, comparison.right.range];
            places::nest(marker.range, ranges);
            let operator: Vec<&str> = places::slice(text, comparison.operator_range)
                .split([' ', '\t'])
                .filter(|word| !word.is_empty())
                .collect();
            assert_eq!(operator.join(" "), comparison.operator.as_str());
        }
        MarkerKind::Error => {}
    }
}

/// Printed and read again it says the same of every target; what can never hold never does.
#[track_caller]
pub(crate) fn survives(marker: &Marker) {
    let never = marker.is_never();
    assert!(!never || marker.is_disjoint(marker));
    let again: Option<Marker> = prints_as_read(marker).then(|| {
        let printed = marker.to_string();
        let again: Marker = printed.parse().unwrap_or_else(|error| panic!("{printed:?}: {error:?}"));
        assert_eq!(again.to_string(), printed);
        again
    });
    for platform in ["linux/amd64", "linux/arm64/musl", "darwin/arm64", "windows/amd64"] {
        for python in [PythonVersion::new(3, 8), PythonVersion::new(3, 14)] {
            let platform: Platform = platform.parse().unwrap_or(Platform::LINUX);
            let environment = Target { python, platform }.environment();
            let answer = marker.evaluate(&environment, &[]);
            assert_ne!(answer, Err(MarkerError::Malformed));
            assert!(!never || answer != Ok(true), "{marker} is said never to hold, but does on {platform}");
            if let Some(again) = &again {
                assert_eq!(again.evaluate(&environment, &[]), answer);
            }
        }
    }
}

/// `packaging` prints texts without escapes, so that one with a backslash, a line break or both
/// quotes in it reads differently, or not at all, the second time.
fn prints_as_read(marker: &Marker) -> bool {
    marker.comparisons().into_iter().flat_map(|comparison| [&comparison.left, &comparison.right]).all(
        |operand| match &operand.value {
            OperandValue::Variable(_) => true,
            OperandValue::Text(text) => {
                let both_quotes = text.contains('"') && text.contains('\'');
                !(both_quotes || text.contains(['\\', '\n', '\r', '\0']))
            }
        },
    )
}
