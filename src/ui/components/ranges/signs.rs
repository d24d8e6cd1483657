//! What the signs of the drawings mean.

use yew::prelude::*;

use crate::{
    picture::{Answer, Axis, answer},
    report::{Pick, ProjectView, RangeRow, ReleaseTick},
};

/// A disc, in a square of 16.
pub(in crate::ui::components) const DISC: &str = "M3 8a5 5 0 1 0 10 0a5 5 0 1 0 -10 0";
/// A cross, in a square of 16.
pub(in crate::ui::components) const CROSS: &str = "M3 3l10 10M13 3l-10 10";
const TICK: &str = "M8 3v10";

/// The meanings of the signs that are in the picture.
pub(super) fn signs(axis: &Axis, view: &ProjectView, rows: &[&RangeRow], picks: &[&Pick]) -> Html {
    let ends = || {
        let intervals = rows.iter().flat_map(|row| &row.intervals).chain(&view.overlap_intervals);
        intervals.flat_map(|interval| [&interval.lower, &interval.upper]).flatten()
    };
    let has_tick = |kind: &str| axis.ticks.iter().any(|tick| tick_class(view, &tick.releases).contains(kind));
    let all = [
        ("end included", DISC, "bound included", ends().any(|bound| bound.inclusive)),
        ("end", DISC, "bound excluded", ends().any(|bound| !bound.inclusive)),
        ("diamond", "M8 1l7 7l-7 7l-7 -7z", "taken", !picks.is_empty()),
        ("excluded", CROSS, "excluded by !=", rows.iter().any(|row| !row.excluded.is_empty())),
        ("refused", CROSS, "cannot be had here", answer(view) == Answer::Hollow),
        ("tick", "M4 3v10M8 3v10M12 3v10", "releases", !axis.ticks.is_empty()),
        ("tick prerelease", "M4 6v4M8 6v4M12 6v4", "pre-releases", has_tick("prerelease")),
        ("tick several", TICK, "several releases", has_tick("several")),
        ("tick yanked", TICK, "yanked", has_tick("yanked")),
        ("tick unusable", TICK, "no file for this target", has_tick("unusable")),
        ("break", "M2 8h4l2 -4l2 8l2 -4h3", "left out", !axis.crowds.is_empty()),
    ];
    key(all.into_iter().filter(|(.., is_drawn)| *is_drawn).map(|(class, d, words, _)| (class, d, words)))
}

/// Signs with their class, their path in a square of 16 and their meaning.
pub(in crate::ui::components) fn key(
    signs: impl Iterator<Item = (&'static str, &'static str, &'static str)>,
) -> Html {
    html! {
        <ul class="key" aria-label="Signs">
            { for signs.map(|(class, d, words)| html! {
                <li><svg class="sign" viewBox="0 0 16 16" aria-hidden="true"><path {class} {d} /></svg>{ words }</li>
            }) }
        </ul>
    }
}

/// Of several releases: that one is accepted; what is true of all of them else.
pub(super) fn tick_class(view: &ProjectView, releases: &[usize]) -> Classes {
    let of = || releases.iter().filter_map(|index| view.releases.get(*index));
    classes!(
        "tick",
        of().any(|release| release.in_overlap).then_some("agreed"),
        of().all(|release| release.prerelease).then_some("prerelease"),
        of().all(|release| release.yanked).then_some("yanked"),
        of().all(|release| !release.usable).then_some("unusable"),
        (releases.len() > 1).then_some("several"),
    )
}

/// `8 releases from 1.24.0 to 1.25.2`.
pub(super) fn tick_words(view: &ProjectView, releases: &[usize]) -> String {
    let words = |index: Option<&usize>| {
        index.and_then(|index| view.releases.get(*index)).map(release_words).unwrap_or_default()
    };
    match releases {
        [first, .., last] => {
            format!("{} releases from {} to {}", releases.len(), words(Some(first)), words(Some(last)))
        }
        _ => words(releases.first()),
    }
}

fn release_words(release: &ReleaseTick) -> String {
    let mut words = release.version.clone();
    let notes = [
        release.prerelease.then_some("pre-release"),
        release.refused(),
        release.in_overlap.then_some("accepted by all"),
    ];
    for note in notes.into_iter().flatten() {
        words.push_str(", ");
        words.push_str(note);
    }
    words
}
