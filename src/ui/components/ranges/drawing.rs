//! The drawing itself: SVG out of an axis, rows and picks.

use yew::prelude::*;

use super::{
    RangesProps,
    handle::{Handle, Moved},
    is_row_lit, places,
    signs::{tick_class, tick_words},
    summary,
};
use crate::{
    picture::{self, Answer, Axis, is_within},
    report::{Interval, Location, Pick, ProjectView, RangeRow, ReleaseTick},
    ui::components::{Lights, is_lit, number::n},
};

/// Heights of the axis, of a second row of its labels, of the answer, of a pick, of a requirer and of what
/// is not known, in CSS pixels: `drawings.css` has the same.
const AXIS: f64 = 36.0;
const STAGGER: f64 = 14.0;
const ANSWER: f64 = 36.0;
const PICK: f64 = 28.0;
const ROW: f64 = 36.0;
const UNKNOWN: f64 = 30.0;
/// Width of a letter of versions, and of a letter of words.
const LETTER: f64 = 7.4;
const WORD_LETTER: f64 = 6.4;

/// All that the drawing is made of.
pub(super) struct Drawing<'a> {
    pub(super) axis: &'a Axis,
    pub(super) view: &'a ProjectView,
    pub(super) rows: &'a [&'a RangeRow],
    pub(super) picks: &'a [&'a Pick],
    /// Something is not known that may ask for more.
    pub(super) unknown: bool,
    pub(super) props: &'a RangesProps,
    pub(super) moved: &'a UseStateHandle<Option<Moved>>,
    pub(super) selected: Option<&'a ReleaseTick>,
    pub(super) onrelease: &'a Callback<String>,
}

impl Drawing<'_> {
    pub(super) fn html(&self) -> Html {
        let axis_height = AXIS + STAGGER * (self.axis.rows - 1) as f64;
        let picks = axis_height + ANSWER;
        let rows = picks + PICK * self.picks.len() as f64;
        let unknown = rows + ROW * self.rows.len() as f64;
        let height = unknown + if self.unknown { UNKNOWN } else { 0.0 };
        let width = self.axis.width;
        html! {
            <svg
                role="group"
                aria-label={summary(self.view)}
                width={n(width)}
                height={n(height)}
                viewBox={format!("0 0 {} {}", n(width), n(height))}
            >
                { patterns() }
                { self.gap_band(axis_height, unknown) }
                { self.axis_html(axis_height, height) }
                { self.answer(axis_height) }
                { for self.picks.iter().enumerate().map(|(index, pick)| self.pick(pick, picks + PICK * index as f64)) }
                { for self.rows.iter().enumerate().map(|(index, row)| self.row(row, rows + ROW * index as f64)) }
                if self.unknown {
                    <rect class="not-known" x="0" y={n(unknown + 5.0)} width={n(width)} height={n(UNKNOWN - 10.0)} rx="4" />
                }
            </svg>
        }
    }

    /// What lies between ranges that miss each other, through all rows.
    fn gap_band(&self, top: f64, bottom: f64) -> Html {
        let Some((from, to)) = self.gap() else { return Html::default() };
        html! {
            <rect class="gap-band" x={n(from)} y={n(top)} width={n((to - from).max(2.0))} height={n(bottom - top)} />
        }
    }

    fn gap(&self) -> Option<(f64, f64)> {
        let (from, to) = picture::gap(self.view)?;
        Some((self.axis.x(from)?, self.axis.x(to)?))
    }

    fn axis_html(&self, axis_height: f64, height: f64) -> Html {
        let axis = self.axis;
        let base = axis_height - 10.0;
        let row = |index: usize| base - 9.0 - STAGGER * (axis.rows - 1 - index % axis.rows) as f64;
        html! {
            <g class="axis">
                <line x1="0" y1={n(base)} x2={n(axis.width)} y2={n(base)} class="axis-line" />
                { for axis.stops.iter().enumerate().map(|(index, (_, label, x))| html! {
                    <>
                        <line x1={n(*x)} y1={n(base)} x2={n(*x)} y2={n(height)} class="guide" />
                        <text x={n(*x)} y={n(row(index))} text-anchor="middle" class="stop">{ label }</text>
                    </>
                }) }
                { for axis.crowds.iter().map(|crowd| html! {
                    <g class="crowd">
                        <title>{ format!("{} releases are left out", crowd.count) }</title>
                        <rect class="break-back" x={n(crowd.x - 8.0)} y={n(base - 6.0)} width="16" height="12" />
                        <path class="break" d={format!("M{} {}h3l2 -5l4 10l2 -5h5", n(crowd.x - 8.0), n(base))} />
                        if crowd.labelled {
                            <text x={n(crowd.x)} y={n(base - 10.0)} text-anchor="middle">{ crowd.count }{ " releases" }</text>
                        }
                    </g>
                }) }
                { for axis.ticks.iter().map(|tick| {
                    let class = tick_class(self.view, &tick.releases);
                    let half = if class.contains("prerelease") { 2.5 } else { 5.0 };
                    let first = tick.releases.first().and_then(|index| self.view.releases.get(*index));
                    let selected = first.is_some_and(|first| self.selected == Some(first));
                    let onclick = first.map(|first| {
                        let version = first.version.clone();
                        self.onrelease.reform(move |_: MouseEvent| version.clone())
                    });
                    html! {
                        <g class="release-tick" {onclick}>
                            <title>{ tick_words(self.view, &tick.releases) }</title>
                            <rect class="tick-back" x={n(tick.x - 4.0)} y={n(base - 9.0)} width="8" height="18" />
                            <line {class} x1={n(tick.x)} y1={n(base - half)} x2={n(tick.x)} y2={n(base + half)} />
                            if selected {
                                <line class="selected-release" x1={n(tick.x)} y1={n(base - 9.0)} x2={n(tick.x)} y2={n(height)} />
                            }
                        </g>
                    }
                }) }
            </g>
        }
    }

    /// Where all ranges meet; the gap, where they do not.
    fn answer(&self, top: f64) -> Html {
        let (view, axis) = (self.view, self.axis);
        let middle = top + ANSWER / 2.0;
        let answer = picture::answer(view);
        if answer == Answer::Gap {
            let (from, to) = self.gap().unwrap_or((12.0, axis.width - 12.0));
            let d = format!("M{0} {1}v12M{2} {1}v12M{0} {3}H{2}", n(from), n(middle - 6.0), n(to), n(middle));
            let words = "no version";
            let half = words.len() as f64 * LETTER / 2.0 + 6.0;
            let x = ((from + to) / 2.0).clamp(half, (axis.width - half).max(half));
            return html! {
                <g class="answer-row gap">
                    <path class="gap-line" {d} />
                    <rect class="gap-word" x={n(x - half)} y={n(middle - 9.0)} width={n(half * 2.0)} height="18" rx="9" />
                    <text x={n(x)} y={n(middle + 4.5)} text-anchor="middle">{ words }</text>
                </g>
            };
        }
        let hollow = answer == Answer::Hollow;
        let words = picture::offered(view).filter(|_| !hollow).map(|(oldest, newest)| {
            if oldest == newest { newest.to_owned() } else { format!("{oldest} … {newest}") }
        });
        let refused = axis.ticks.iter().filter(|tick| {
            hollow
                && tick
                    .releases
                    .iter()
                    .filter_map(|index| view.releases.get(*index))
                    .any(|release| release.in_overlap && !release.prerelease)
        });
        html! {
            <g class={classes!("answer-row", hollow.then_some("hollow"))}>
                { for view.overlap_intervals.iter().map(|interval| bar(axis, interval, middle, 10.0)) }
                { for refused.map(|tick| html! {
                    <path class="refused" d={cross(tick.x, middle, 4.0)} />
                }) }
                { crosses(axis, view.rows.iter().flat_map(|row| &row.excluded).filter(|version| is_within(version, view)), middle) }
                if let Some((words, x)) = words.and_then(|words| self.widest(&words)) {
                    <text class="offered" x={n(x)} y={n(middle + 4.5)} text-anchor="middle">{ words }</text>
                }
            </g>
        }
    }

    /// Words with the middle of the widest piece of the overlap, where they fit into it.
    fn widest(&self, words: &str) -> Option<(String, f64)> {
        let pieces = self.view.overlap_intervals.iter().map(|interval| extent(self.axis, interval));
        let (from, to) = pieces.max_by(|a, b| (a.1 - a.0).total_cmp(&(b.1 - b.0)))?;
        (to - from > words.chars().count() as f64 * LETTER + 20.0)
            .then(|| (words.to_owned(), (from + to) / 2.0))
    }

    fn row(&self, row: &RangeRow, top: f64) -> Html {
        let middle = top + ROW / 2.0;
        let lit = is_row_lit(&self.props.lit, row);
        let lights = Lights::new(&self.props.dispatch, places(row));
        html! {
            <g
                class={classes!("bar-row", row.guilty.then_some("guilty"), lit.then_some("lit"))}
                onpointerenter={lights.enter}
                onpointerleave={lights.leave}
                onclick={lights.go}
            >
                <rect class="row-back" x="0" y={n(top + 2.0)} width={n(self.axis.width)} height={n(ROW - 4.0)} rx="6" />
                { for row.intervals.iter().map(|interval| bar(self.axis, interval, middle, 5.0)) }
                { crosses(self.axis, &row.excluded, middle) }
                { self.handle(row, false, row.lower_at.as_ref(), middle) }
                { self.handle(row, true, row.upper_at.as_ref(), middle) }
            </g>
        }
    }

    /// The end of a bar that can be moved; nothing where it is not written in a file.
    fn handle(&self, row: &RangeRow, upper: bool, place: Option<&Location>, middle: f64) -> Html {
        let bound = match upper {
            true => row.intervals.last().and_then(|interval| interval.upper.as_ref()),
            false => row.intervals.first().and_then(|interval| interval.lower.as_ref()),
        };
        let (Some(place), Some(bound)) = (place, bound) else { return Html::default() };
        let Some(x) = self.axis.x(&bound.version) else { return Html::default() };
        let handle = Handle {
            axis: self.axis,
            view: self.view,
            row,
            upper,
            inclusive: bound.inclusive,
            version: &bound.version,
            place,
            at: (x, middle),
        };
        handle.html(self.moved, self.props)
    }

    fn pick(&self, pick: &Pick, top: f64) -> Html {
        let middle = top + PICK / 2.0;
        let Some(x) = self.axis.x(&pick.version) else { return Html::default() };
        let lit = is_lit(&self.props.lit, pick.location.as_ref());
        let lights = Lights::new(&self.props.dispatch, pick.location.iter().cloned().collect());
        let replaced = pick.replaces.as_ref().and_then(|version| self.axis.x(version));
        let inside = is_within(&pick.version, self.view);
        let words = self.beside(pick, inside, x);
        html! {
            <g
                class={classes!("pick-row", (!inside).then_some("outside"), pick.guilty.then_some("guilty"), lit.then_some("lit"))}
                onpointerenter={lights.enter}
                onpointerleave={lights.leave}
                onclick={lights.go}
            >
                <rect class="row-back" x="0" y={n(top + 1.0)} width={n(self.axis.width)} height={n(PICK - 2.0)} rx="6" />
                if let Some(from) = replaced {
                    <path class="before" d={diamond(from, middle)} />
                    { replacing(from, x, middle) }
                }
                <path class="diamond" d={diamond(x, middle)} />
                if let Some((words, at, anchor)) = words {
                    <text class="verdict-word" x={n(at)} y={n(middle + 4.5)} text-anchor={anchor}>{ words }</text>
                }
            </g>
        }
    }

    /// What there is to say of a pick, as long as there is room for at one of its sides.
    fn beside(&self, pick: &Pick, inside: bool, x: f64) -> Option<(String, f64, &'static str)> {
        let version = &pick.version;
        let unseen = pick.unseen.join(", ");
        let longest = match (inside, unseen.as_str(), &pick.replaces) {
            _ if picture::answer(self.view) == Answer::Gap => vec![version.clone()],
            (true, ..) => vec![format!("{version} ✓ inside"), format!("{version} ✓")],
            (false, _, Some(before)) => vec![
                format!("{version} ✗ outside: replaces {before}"),
                format!("{version} ✗ outside"),
                format!("{version} ✗"),
            ],
            (false, "", None) => vec![format!("{version} ✗ outside"), format!("{version} ✗")],
            (false, unseen, None) => vec![
                format!("{version} ✗ outside: ran alone, never saw {unseen}"),
                format!("{version} ✗ never saw {unseen}"),
                format!("✗ never saw {unseen}"),
                format!("{version} ✗ outside"),
                format!("{version} ✗"),
            ],
        };
        longest.into_iter().find_map(|words| {
            let width = words.chars().count() as f64 * WORD_LETTER;
            let right = x + 14.0 + width < self.axis.width;
            let left = x - 14.0 - width > 0.0;
            match (right, left) {
                (true, _) => Some((words, x + 14.0, "start")),
                (false, true) => Some((words, x - 14.0, "end")),
                (false, false) => None,
            }
        })
    }
}

/// From the version that was there to the one that took its place.
fn replacing(from: f64, to: f64, y: f64) -> Html {
    let side = if to < from { -1.0 } else { 1.0 };
    let (start, end) = (from + 10.0 * side, to - 11.0 * side);
    if (end - start) * side < 4.0 {
        return Html::default();
    }
    let d = format!("M{} {3}H{1}m{2} -4l{4} 4l{2} 4", n(start), n(end), n(-5.0 * side), n(y), n(5.0 * side));
    html! { <path class="replacing" {d} /> }
}

fn diamond(x: f64, y: f64) -> String {
    format!("M{} {}l8 8l-8 8l-8 -8z", n(x), n(y - 8.0))
}

fn cross(x: f64, y: f64, half: f64) -> String {
    let (left, right, top) = (n(x - half), n(x + half), n(y - half));
    let size = n(half * 2.0);
    format!("M{left} {top}l{size} {size}M{right} {top}l-{size} {size}")
}

/// Patterns tell the guilty, the overlap, the gap and what is not known from the rest without colour.
fn patterns() -> Html {
    let hatch = |id: &'static str, turn: &'static str, fill: &'static str, line: &'static str| {
        html! {
            <pattern {id} width="6" height="6" patternUnits="userSpaceOnUse" patternTransform={turn}>
                <rect width="6" height="6" class={fill} />
                <line x1="0" y1="0" x2="0" y2="6" class={line} />
            </pattern>
        }
    };
    html! {
        <defs>
            { hatch("hatch-guilty", "rotate(45)", "fill-guilty", "hatch-line") }
            { hatch("hatch-gap", "rotate(45)", "fill-gap", "hatch-gap-line") }
            { hatch("hatch-unknown", "rotate(-45)", "fill-unknown", "hatch-unknown-line") }
        </defs>
    }
}

/// Versions that `!=` takes out.
fn crosses<'a>(axis: &Axis, excluded: impl IntoIterator<Item = &'a String>, middle: f64) -> Html {
    let places = excluded.into_iter().filter_map(|version| axis.x(version));
    let cross = |x: f64| {
        html! {
            <>
                <circle class="hole" cx={n(x)} cy={n(middle)} r="8" />
                <path class="excluded" d={cross(x, middle, 5.0)} />
            </>
        }
    };
    places.map(cross).collect()
}

/// Where an interval begins and ends; one without a bound runs to the drawing's end.
fn extent(axis: &Axis, interval: &Interval) -> (f64, f64) {
    let x = |bound: &Option<crate::report::Bound>| bound.as_ref().and_then(|bound| axis.x(&bound.version));
    (x(&interval.lower).unwrap_or(12.0), x(&interval.upper).unwrap_or(axis.width - 12.0))
}

/// A bar with its ends: a disc where the bound lies inside, a ring where it does not, an arrow
/// where there is none.
fn bar(axis: &Axis, interval: &Interval, middle: f64, half: f64) -> Html {
    let (from, to) = extent(axis, interval);
    let end = |x: f64, inclusive: bool| {
        html! {
            <circle cx={n(x)} cy={n(middle)} r="5.5" class={if inclusive { "end included" } else { "end" }} />
        }
    };
    html! {
        <>
            <rect class="bar" x={n(from)} y={n(middle - half)} width={n((to - from).max(2.0))} height={n(half * 2.0)} />
            { match &interval.lower {
                Some(bound) => end(from, bound.inclusive),
                None => html! { <path class="arrow" d={format!("M13 {}l-11 9l11 9z", n(middle - 9.0))} /> },
            } }
            { match &interval.upper {
                Some(bound) => end(to, bound.inclusive),
                None => html! { <path class="arrow" d={format!("M{} {}l11 9l-11 9z", n(axis.width - 13.0), n(middle - 9.0))} /> },
            } }
        </>
    }
}
