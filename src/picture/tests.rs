use serde_json::{Value, json};

use super::*;
use crate::report::PartyKind;

/// A project with a row for each specifier, releases that some may not be had, and picks with what they
/// never saw.
fn view(rows: &[&str], overlap: &[(Option<&str>, Option<&str>)], releases: &[&str]) -> ProjectView {
    let interval = |(lower, upper): &(Option<&str>, Option<&str>)| {
        json!({
            "lower": lower.map(|version| json!({ "version": version, "inclusive": true })),
            "upper": upper.map(|version| json!({ "version": version, "inclusive": false })),
        })
    };
    let rows: Vec<Value> = rows
        .iter()
        .enumerate()
        .map(|(index, specifier)| {
            let end = |sign: &str| specifier.split(',').find_map(|clause| clause.strip_prefix(sign));
            let hole = end("!=");
            json!({
                "party": { "kind": PartyKind::Requirement, "requirer": format!("line {index}"), "specifier": specifier, "location": null, "stated": null },
                "guilty": false, "intervals": [interval(&(end(">="), end("<")))], "excluded": hole.into_iter().collect::<Vec<_>>(),
                "stage": 0, "step": 0
            })
        })
        .collect();
    let within = |version: &str| {
        let version = Version::from_str(version).unwrap();
        overlap.iter().any(|(lower, upper)| {
            let parsed = |end: &Option<&str>| end.map(|end| Version::from_str(end).unwrap());
            parsed(lower).is_none_or(|lower| lower <= version)
                && parsed(upper).is_none_or(|upper| version < upper)
        })
    };
    let releases: Vec<Value> = releases
        .iter()
        .map(|version| {
            json!({ "version": version, "prerelease": false, "yanked": false, "usable": true, "in_overlap": within(version) })
        })
        .collect();
    serde_json::from_value(json!({
        "project": "a", "verdict": "compatible", "rows": rows, "overlap": null,
        "overlap_intervals": overlap.iter().map(interval).collect::<Vec<_>>(),
        "releases": releases, "picks": [], "sentence": ""
    }))
    .unwrap()
}

fn axis(view: &ProjectView, width: f64) -> Axis {
    Axis::new(view, &view.rows.iter().collect::<Vec<_>>(), &view.picks.iter().collect::<Vec<_>>(), width)
}

fn many(first: u32, count: u32) -> Vec<String> {
    (first..first + count).map(|minor| format!("{}.{}", minor / 100, minor % 100)).collect()
}

fn texts(versions: &[String]) -> Vec<&str> {
    versions.iter().map(String::as_str).collect()
}

#[test]
fn versions_stand_in_their_order_and_equal_ones_once() {
    let view = view(&["<1.26", ">=1.9", "<1.26.0"], &[(Some("1.9"), Some("1.26"))], &[]);
    let axis = axis(&view, 600.0);
    let stops: Vec<&str> = axis.stops.iter().map(|(_, text, _)| text.as_str()).collect();
    assert_eq!(stops, ["1.9", "1.26"]);
    assert_eq!(axis.x("1.26.0"), axis.x("1.26"));
    assert!(axis.x("1.9") < axis.x("1.26"));
    assert_eq!(axis.x("no version"), None);
}

#[test]
fn the_overlap_has_a_third_of_the_width_however_many_releases_stand_beside_it() {
    let releases = many(1, 500);
    for width in [500.0, 600.0, 900.0] {
        let view = view(&[">=1.24,<1.26", "<3"], &[(Some("1.24"), Some("1.26"))], &texts(&releases));
        let axis = axis(&view, width);
        let share = axis.x("1.26").unwrap() - axis.x("1.24").unwrap();
        assert!(share >= width / 3.0, "{share} of {width}");
        assert!((axis.width - width).abs() < 0.01, "{} for {width}", axis.width);
    }
    // One that has no upper bound runs to the end.
    let view = view(&[">=4", "<9"], &[(Some("4"), Some("9"))], &texts(&releases));
    assert!(axis(&view, 600.0).x("9").unwrap() - axis(&view, 600.0).x("4").unwrap() >= 200.0);
}

#[test]
fn what_nobody_may_take_is_counted_and_left_out() {
    let releases = many(1, 400);
    let view = view(&[">=1.24,<1.26", "<3"], &[(Some("1.24"), Some("1.26"))], &texts(&releases));
    let axis = axis(&view, 700.0);
    let counts: Vec<usize> = axis.crowds.iter().map(|crowd| crowd.count).collect();
    // Up to 1.23, from 1.27 to 2.99, from 3.1 on.
    assert_eq!(counts, [123, 173, 100]);
    // Those that everyone accepts are all there: 1.24 and 1.25, and the bounds that are releases.
    let shown: Vec<&str> = axis
        .ticks
        .iter()
        .flat_map(|tick| &tick.releases)
        .filter_map(|index| view.releases.get(*index))
        .filter(|release| release.in_overlap)
        .map(|release| release.version.as_str())
        .collect();
    assert_eq!(shown, ["1.24", "1.25"]);
}

#[test]
fn the_gap_between_ranges_has_the_answer_s_share() {
    let releases = many(1, 400);
    let view = view(&["<1.26", ">=2"], &[], &texts(&releases));
    assert_eq!(answer(&view), Answer::Gap);
    assert_eq!(gap(&view), Some(("1.26", "2")));
    let axis = axis(&view, 600.0);
    assert!(axis.x("2").unwrap() - axis.x("1.26").unwrap() >= 200.0);
}

#[test]
fn labels_do_not_touch_each_other() {
    let view = view(
        &[">=1.16.0,<2.0.0", ">=1.17.0", ">=1.17.3", ">=1.19.5", ">=1.21.6"],
        &[(Some("1.21.6"), Some("2.0.0"))],
        &[],
    );
    for width in [700.0, 300.0, 150.0] {
        let axis = axis(&view, width);
        for row in 0..axis.rows {
            let stops: Vec<&(Version, String, f64)> =
                axis.stops.iter().skip(row).step_by(axis.rows).collect();
            for (a, b) in stops.iter().zip(stops.iter().skip(1)) {
                let half = (a.1.len() + b.1.len()) as f64 * 7.4 / 2.0;
                assert!(b.2 - a.2 >= half, "{} and {} at {width}", a.1, b.1);
            }
        }
    }
}

#[test]
fn those_decide_whose_bounds_are_the_overlap_s() {
    let rows = ["<3", ">=1.16", ">=1.24,<1.26", "", ">=1.17"];
    let wide = view(&rows, &[(Some("1.24"), Some("1.26"))], &[]);
    assert_eq!(deciding(&wide, &[]), (vec![2], vec![0, 1, 3, 4]));
    // A few need no choice.
    let few = view(&rows[..3], &[(Some("1.24"), Some("1.26"))], &[]);
    assert_eq!(deciding(&few, &[]), (vec![0, 1, 2], vec![]));
    // Those that miss each other.
    let gap = view(&["<3", "<1.26", ">=2", "", ">=1.17"], &[], &[]);
    assert_eq!(deciding(&gap, &[]), (vec![1, 2], vec![0, 3, 4]));
}

#[test]
fn an_overlap_without_a_release_to_be_had_is_hollow_and_says_why() {
    let mut view =
        view(&[">=1.24,<1.26"], &[(Some("1.24"), Some("1.26"))], &["1.23", "1.24", "1.24.1", "1.25"]);
    view.verdict = Verdict::Unavailable;
    assert_eq!(answer(&view), Answer::Meet);
    assert_eq!(offered(&view), Some(("1.24", "1.25")));
    for (release, reason) in view.releases.iter_mut().skip(1).zip(["source only", "source only", "yanked"]) {
        release.reason = Some(reason.to_owned());
    }
    assert_eq!(answer(&view), Answer::Hollow);
    assert_eq!(offered(&view), None);
    assert_eq!(refusals(&view), [("1.24", "1.24.1", 2, "source only"), ("1.25", "1.25", 1, "yanked")]);
}

#[test]
fn a_bound_that_moves_leaves_other_releases() {
    let view = view(
        &["<1.26", ">=1.2,!=1.24"],
        &[(Some("1.2"), Some("1.26"))],
        &["1.1", "1.2", "1.24", "1.25", "1.26"],
    );
    let left = |row: usize, upper, version| left(&view, &view.rows[row], upper, version);
    assert_eq!((left(0, true, "1.26"), left(0, true, "1.25"), left(0, true, "2")), (2, 1, 3));
    assert_eq!((left(1, false, "1.25"), left(1, false, "1")), (1, 3));
    assert!(
        accepts(&view.rows[1], "1.25") && !accepts(&view.rows[1], "1.24") && !accepts(&view.rows[1], "x")
    );
}
