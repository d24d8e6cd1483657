use std::str::FromStr;

use pep440_rs::Version;
use yew::prelude::*;

use super::{Dispatch, Lights, is_lit, number::n, verdict_word, waiting};
use crate::{
    order::{self, SortedSet},
    report::{Bound, Interval, Location, Pick, ProjectView, RangeRow},
    ui::state::Lit,
};

/// Height of a row, of the axis and of the axis' labels, in SVG units (CSS pixels).
const ROW: f64 = 36.0;
const AXIS: f64 = 40.0;
/// What a second row of the axis' labels takes.
const STAGGER: f64 = 14.0;
/// The space at either end, into which ranges without a bound run.
const MARGIN: f64 = 44.0;
/// Rows shown at first.
const FEW: usize = 4;
/// Width of a letter of the axis' labels.
const LETTER: f64 = 7.4;

/// Properties of [`Ranges`].
#[derive(Debug, Clone, PartialEq, Properties)]
pub struct RangesProps {
    /// The project to draw.
    pub view: ProjectView,
    /// Lit places.
    pub lit: Lit,
    /// Requirers that the chosen finding speaks of: their rows are always shown.
    pub named: Vec<String>,
    /// Width at hand for the drawing, in CSS pixels.
    pub width: f64,
    /// Where to send what the person did.
    pub dispatch: Dispatch,
}

/// Every requirer's range on one axis, where they meet, and what each run picked.
///
/// The axis is a ladder: a step for each bound and pick, a small one for each release between
/// them. Never to scale, for 1.9 comes before 1.26.
#[function_component]
pub fn Ranges(props: &RangesProps) -> Html {
    let view = &props.view;
    let all = use_state(|| false);
    if view.rows.is_empty() && view.picks.is_empty() {
        return waiting("Nobody asks for a version of this project.", false);
    }
    let chosen = if *all { (0..view.rows.len()).collect() } else { deciding(view, &props.named) };
    let hidden = view.rows.len() - chosen.len();
    let shown: Vec<&RangeRow> = chosen.iter().filter_map(|index| view.rows.get(*index)).collect();
    let toggle = {
        let all = all.clone();
        Callback::from(move |_: MouseEvent| all.set(!*all))
    };
    let ladder = Ladder::new(view, &shown, props.width);
    let rows = shown.len();
    let axis_height = if ladder.staggered { AXIS + STAGGER } else { AXIS };
    let height = axis_height + ROW * (rows + 1 + view.picks.len()) as f64;
    let top = |index: usize| axis_height + ROW * index as f64;
    html! {
        <>
        <div class="ranges">
            <div class={classes!("range-labels", ladder.staggered.then_some("staggered"))}>
                <div class="axis-name">{ &view.project }</div>
                { for shown.iter().map(|row| row_label(row, props)) }
                <div class={classes!("range-label", "overlap-label", view.overlap_intervals.is_empty().then_some("none"))}>
                    <span class="who">
                        { match (view.overlap_intervals.is_empty(), view.rows.len()) {
                            (true, _) => "no overlap",
                            (false, 1) => "accepted",
                            (false, _) => "all agree",
                        } }
                    </span>
                    <code>{ view.overlap.clone().unwrap_or_else(|| "no version".to_owned()) }</code>
                </div>
                { for view.picks.iter().map(|pick| pick_label(pick, props)) }
            </div>
            <div class="range-drawing" tabindex="0" role="region" aria-label={format!("Ranges of {}", view.project)}>
                <svg
                    role="img"
                    aria-label={summary(view)}
                    width={n(ladder.width)}
                    height={n(height)}
                    viewBox={format!("0 0 {} {}", n(ladder.width), n(height))}
                >
                    { patterns() }
                    { axis(&ladder, view, axis_height, height) }
                    { for shown.iter().enumerate().map(|(index, row)| {
                        bar_row(&ladder, row, top(index), is_row_lit(&props.lit, row), props)
                    }) }
                    { overlap_row(&ladder, view, top(rows)) }
                    { for view.picks.iter().enumerate().map(|(index, pick)| {
                        pick_row(&ladder, pick, top(rows + 1 + index), is_lit(&props.lit, pick.location.as_ref()), props)
                    }) }
                </svg>
            </div>
        </div>
        if hidden > 0 || *all {
            <button type="button" class="button quiet more-rows" aria-expanded={all.to_string()} onclick={toggle}>
                { match (*all, hidden) {
                    (true, _) => "Show fewer requirers".to_owned(),
                    (false, 1) => "Show 1 more requirer".to_owned(),
                    (false, hidden) => format!("Show {hidden} more requirers"),
                } }
            </button>
        }
        </>
    }
}

/// The rows that decide what is seen, in the order of the build: the guilty, those of the finding,
/// those with a bound that the overlap has, and then the first ones, [`FEW`] in all.
fn deciding(view: &ProjectView, named: &[String]) -> Vec<usize> {
    let bounds = |intervals: &[Interval]| {
        let lower =
            intervals.first().and_then(|interval| interval.lower.as_ref().map(|bound| bound.version.clone()));
        let upper =
            intervals.last().and_then(|interval| interval.upper.as_ref().map(|bound| bound.version.clone()));
        (lower, upper)
    };
    // Where there is no overlap, the ends that miss each other: the greatest lower bound and the
    // least upper one.
    let (lower, upper) = match view.overlap_intervals.as_slice() {
        [] => {
            let version = |text: &String| Version::from_str(text).ok();
            let ends = view.rows.iter().map(|row| bounds(&row.intervals));
            let (lowers, uppers): (Vec<_>, Vec<_>) = ends.unzip();
            (
                lowers.into_iter().flatten().max_by_key(version),
                uppers.into_iter().flatten().min_by_key(version),
            )
        }
        intervals => bounds(intervals),
    };
    let is_bounded = |row: &RangeRow| {
        row.intervals.iter().any(|interval| interval.lower.is_some() || interval.upper.is_some())
    };
    let rank = |row: &RangeRow| {
        let ends = bounds(&row.intervals);
        if row.guilty {
            0
        } else if (lower.is_some() && ends.0 == lower) || (upper.is_some() && ends.1 == upper) {
            1
        } else if named.contains(&row.party.requirer) && is_bounded(row) {
            2
        } else {
            3
        }
    };
    let mut order: Vec<usize> = (0..view.rows.len()).collect();
    order::sort_by_key(&mut order, |index| view.rows.get(*index).map(|row| (rank(row), !is_bounded(row))));
    order.truncate(FEW);
    order::sort(&mut order);
    order
}

/// Where versions stand on the drawing.
struct Ladder {
    /// Bounds and picks, ascending, with the way they are written and where they stand.
    stops: Vec<(Version, String, f64)>,
    /// Releases as they stand in the view, with their place; those that are no version are left out.
    ticks: Vec<(usize, f64)>,
    width: f64,
    /// Labels stand in two rows by turns, for want of width.
    staggered: bool,
}

impl Ladder {
    fn new(view: &ProjectView, rows: &[&RangeRow], available: f64) -> Self {
        let stops = stops(view, rows);
        let releases = sorted_releases(view);
        // Releases before the first stop, between stops, after the last one.
        let gap_of = |version: &Version| stops.partition_point(|(stop, _)| stop <= version);
        let mut gaps = vec![0usize; stops.len() + 1];
        for (version, _) in &releases {
            if stops.iter().all(|(stop, _)| stop != version) {
                gaps[gap_of(version)] += 1;
            }
        }
        let label_of = |index: usize| stops.get(index).map_or(0.0, |(_, text)| text.len() as f64 * LETTER);
        let base = |staggered: bool| -> Vec<f64> {
            let between = |gap: usize| {
                let labels = label_of(gap - 1) + label_of(gap);
                if staggered { (labels / 4.0 + 8.0).max(22.0) } else { (labels / 2.0 + 14.0).max(34.0) }
            };
            let margin = if staggered { MARGIN / 1.5 } else { MARGIN };
            (0..gaps.len())
                .map(|gap| if gap == 0 || gap == stops.len() { margin } else { between(gap) })
                .collect()
        };
        let staggered = base(false).iter().sum::<f64>() > available;
        let base = base(staggered);
        let fixed: f64 = base.iter().sum();
        let count: usize = gaps.iter().sum();
        let step = if count == 0 {
            0.0
        } else {
            ((available - fixed) / count as f64).clamp(if staggered { 0.6 } else { 1.6 }, 12.0)
        };
        let natural = fixed + step * count as f64;
        // What is left over is shared out between the stops.
        let inner = stops.len().saturating_sub(1).max(1) as f64;
        let spare = (available - natural).max(0.0) / (inner + 2.0);
        let widths: Vec<f64> =
            gaps.iter().zip(&base).map(|(count, base)| base + step * *count as f64 + spare).collect();

        let mut at = 0.0;
        let mut edges = Vec::with_capacity(widths.len());
        for width in &widths {
            edges.push((at, *width));
            at += width;
        }
        let placed: Vec<(Version, String, f64)> = stops
            .iter()
            .zip(edges.iter().skip(1))
            .map(|((version, text), (x, _))| (version.clone(), text.clone(), *x))
            .collect();
        let mut seen = vec![0usize; gaps.len()];
        let ticks = releases
            .iter()
            .filter_map(|(version, index)| {
                if let Some((_, _, x)) = placed.iter().find(|(stop, _, _)| stop == version) {
                    return Some((*index, *x));
                }
                let gap = gap_of(version);
                seen[gap] += 1;
                let (x, width) = edges.get(gap)?;
                Some((*index, x + width * seen[gap] as f64 / (gaps[gap] + 1) as f64))
            })
            .collect();
        Self { stops: placed, ticks, width: at.max(available), staggered }
    }

    /// Where a version stands; text that is no version stands nowhere.
    fn x(&self, version: &str) -> Option<f64> {
        let version = Version::from_str(version).ok()?;
        self.stops.iter().find(|(stop, _, _)| *stop == version).map(|(_, _, x)| *x)
    }
}

/// The versions that get a labelled step. Equal ones (1.26 and 1.26.0) share one, written short.
fn stops(view: &ProjectView, rows: &[&RangeRow]) -> Vec<(Version, String)> {
    let bounds = rows
        .iter()
        .flat_map(|row| &row.intervals)
        .chain(&view.overlap_intervals)
        .flat_map(|interval| [&interval.lower, &interval.upper])
        .flatten()
        .map(|bound| bound.version.as_str());
    let excluded = rows.iter().flat_map(|row| &row.excluded).map(String::as_str);
    let picks = view.picks.iter().map(|pick| pick.version.as_str());
    let texts: SortedSet<&str> = bounds.chain(excluded).chain(picks).collect();
    let mut stops: Vec<(Version, String)> =
        texts.into_iter().filter_map(|text| Some((Version::from_str(text).ok()?, text.to_owned()))).collect();
    order::sort_by(&mut stops, |a, b| a.0.cmp(&b.0).then(a.1.len().cmp(&b.1.len())));
    stops.dedup_by(|later, earlier| later.0 == earlier.0);
    stops
}

fn sorted_releases(view: &ProjectView) -> Vec<(Version, usize)> {
    let mut releases: Vec<(Version, usize)> = view
        .releases
        .iter()
        .enumerate()
        .filter_map(|(index, release)| Some((Version::from_str(&release.version).ok()?, index)))
        .collect();
    order::sort(&mut releases);
    releases
}

fn row_label(row: &RangeRow, props: &RangesProps) -> Html {
    let lights = Lights::new(&props.dispatch, places(row));
    let lit = is_row_lit(&props.lit, row);
    let asks = if row.party.specifier.is_empty() { "any version" } else { &row.party.specifier };
    html! {
        <button
            type="button"
            class={classes!("range-label", row.guilty.then_some("guilty"), lit.then_some("lit"))}
            onpointerenter={lights.enter}
            onpointerleave={lights.leave}
            onfocus={lights.focus}
            onblur={lights.blur}
            onclick={lights.go}
        >
            <span class="who">
                { &row.party.requirer }
                if row.party.stated.is_some() {
                    <span class="badge yours">{ "your fact" }</span>
                }
            </span>
            <code>{ asks }</code>
        </button>
    }
}

/// Where a row's requirer stands, and the person's fact that says what it asks for.
fn places(row: &RangeRow) -> Vec<Location> {
    [&row.party.location, &row.party.stated].into_iter().flatten().cloned().collect()
}

fn is_row_lit(lit: &Lit, row: &RangeRow) -> bool {
    is_lit(lit, row.party.location.as_ref()) || is_lit(lit, row.party.stated.as_ref())
}

fn pick_label(pick: &Pick, props: &RangesProps) -> Html {
    let lights = Lights::new(&props.dispatch, pick.location.iter().cloned().collect());
    let lit = is_lit(&props.lit, pick.location.as_ref());
    html! {
        <button
            type="button"
            class={classes!("range-label", "pick-label", pick.guilty.then_some("guilty"), lit.then_some("lit"))}
            onpointerenter={lights.enter}
            onpointerleave={lights.leave}
            onfocus={lights.focus}
            onblur={lights.blur}
            onclick={lights.go}
        >
            <span class="who"><span class="before">{ "picked by " }</span>{ &pick.label }</span>
            <code>{ &pick.version }</code>
        </button>
    }
}

/// Hatching tells the guilty and the overlap from the rest without colour.
fn patterns() -> Html {
    html! {
        <defs>
            <pattern id="hatch-guilty" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
                <rect width="6" height="6" class="fill-guilty" />
                <line x1="0" y1="0" x2="0" y2="6" class="hatch-line" />
            </pattern>
            <pattern id="hatch-overlap" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(-45)">
                <rect width="6" height="6" class="fill-overlap" />
                <line x1="0" y1="0" x2="0" y2="6" class="hatch-line" />
            </pattern>
        </defs>
    }
}

fn axis(ladder: &Ladder, view: &ProjectView, axis_height: f64, height: f64) -> Html {
    let base = axis_height - 12.0;
    let row = |index: usize| {
        if ladder.staggered && index.is_multiple_of(2) { base - 10.0 - STAGGER } else { base - 10.0 }
    };
    html! {
        <g class="axis">
            <line x1="0" y1={n(base)} x2={n(ladder.width)} y2={n(base)} class="axis-line" />
            { for ladder.stops.iter().enumerate().map(|(index, (_, label, x))| html! {
                <>
                    <line x1={n(*x)} y1={n(base)} x2={n(*x)} y2={n(height)} class="guide" />
                    <text x={n(*x)} y={n(row(index))} text-anchor="middle" class="stop">{ label }</text>
                </>
            }) }
            { for ladder.ticks.iter().filter_map(|(index, x)| {
                let release = view.releases.get(*index)?;
                let class = classes!(
                    "tick",
                    release.in_overlap.then_some("agreed"),
                    release.prerelease.then_some("prerelease"),
                    release.yanked.then_some("yanked"),
                    (!release.usable).then_some("unusable"),
                );
                let (from, to) = if release.prerelease { (base - 2.0, base + 2.0) } else { (base - 5.0, base + 5.0) };
                Some(html! {
                    <line {class} x1={n(*x)} y1={n(from)} x2={n(*x)} y2={n(to)}>
                        <title>{ release_words(release) }</title>
                    </line>
                })
            }) }
        </g>
    }
}

fn release_words(release: &crate::report::ReleaseTick) -> String {
    let mut words = release.version.clone();
    for (applies, word) in [
        (release.prerelease, "pre-release"),
        (release.yanked, "yanked"),
        (!release.usable, "no file for this target"),
        (release.in_overlap, "accepted by all"),
    ] {
        if applies {
            words.push_str(", ");
            words.push_str(word);
        }
    }
    words
}

fn bar_row(ladder: &Ladder, row: &RangeRow, top: f64, lit: bool, props: &RangesProps) -> Html {
    let middle = top + ROW / 2.0;
    let lights = Lights::new(&props.dispatch, places(row));
    html! {
        <g
            class={classes!("bar-row", row.guilty.then_some("guilty"), lit.then_some("lit"))}
            onpointerenter={lights.enter}
            onpointerleave={lights.leave}
            onclick={lights.go}
        >
            <rect class="row-back" x="0" y={n(top + 2.0)} width={n(ladder.width)} height={n(ROW - 4.0)} rx="6" />
            { for row.intervals.iter().map(|interval| bar(ladder, interval, middle, 5.0)) }
            { crosses(ladder, &row.excluded, middle) }
        </g>
    }
}

/// Versions that `!=` takes out.
fn crosses<'a>(ladder: &Ladder, excluded: impl IntoIterator<Item = &'a String>, middle: f64) -> Html {
    let places = excluded.into_iter().filter_map(|version| ladder.x(version));
    let cross = |x: f64| {
        let d = format!("M{} {2}l10 10M{} {2}l-10 10", n(x - 5.0), n(x + 5.0), n(middle - 5.0));
        html! { <path class="excluded" {d} /> }
    };
    places.map(cross).collect()
}

/// A bar with its ends: a disc where the bound lies inside, a ring where it does not, an arrow
/// where there is none.
fn bar(ladder: &Ladder, interval: &Interval, middle: f64, half: f64) -> Html {
    let lower = interval.lower.as_ref().and_then(|bound| Some((ladder.x(&bound.version)?, bound.inclusive)));
    let upper = interval.upper.as_ref().and_then(|bound| Some((ladder.x(&bound.version)?, bound.inclusive)));
    let from = lower.map_or(12.0, |(x, _)| x);
    let to = upper.map_or(ladder.width - 12.0, |(x, _)| x);
    let end = |x: f64, inclusive: bool| {
        html! {
            <circle cx={n(x)} cy={n(middle)} r="5.5" class={if inclusive { "end included" } else { "end" }} />
        }
    };
    html! {
        <>
            <rect class="bar" x={n(from)} y={n(middle - half)} width={n((to - from).max(2.0))} height={n(half * 2.0)} />
            { match lower {
                Some((x, inclusive)) => end(x, inclusive),
                None => html! { <path class="arrow" d={format!("M13 {}l-11 9l11 9z", n(middle - 9.0))} /> },
            } }
            { match upper {
                Some((x, inclusive)) => end(x, inclusive),
                None => html! { <path class="arrow" d={format!("M{} {}l11 9l-11 9z", n(ladder.width - 13.0), n(middle - 9.0))} /> },
            } }
        </>
    }
}

fn overlap_row(ladder: &Ladder, view: &ProjectView, top: f64) -> Html {
    let middle = top + ROW / 2.0;
    html! {
        <g class={classes!("overlap-row", view.overlap_intervals.is_empty().then_some("none"))}>
            <rect class="overlap-back" x="0" y={n(top + 2.0)} width={n(ladder.width)} height={n(ROW - 4.0)} rx="6" />
            if view.overlap_intervals.is_empty() {
                <line x1="12" x2={n(ladder.width - 12.0)} y1={n(middle)} y2={n(middle)} class="no-overlap" />
                <text x={n(ladder.width / 2.0)} y={n(middle - 7.0)} text-anchor="middle" class="no-overlap-text">
                    { "no version in common" }
                </text>
            } else {
                { for view.overlap_intervals.iter().map(|interval| bar(ladder, interval, middle, 8.0)) }
                { crosses(ladder, view.rows.iter().flat_map(|row| &row.excluded).filter(|version| is_within(version, view)), middle) }
            }
        </g>
    }
}

fn pick_row(ladder: &Ladder, pick: &Pick, top: f64, lit: bool, props: &RangesProps) -> Html {
    let middle = top + ROW / 2.0;
    let Some(x) = ladder.x(&pick.version) else { return Html::default() };
    let lights = Lights::new(&props.dispatch, pick.location.iter().cloned().collect());
    let version_width = pick.version.len() as f64 * LETTER + 14.0;
    // The version stands to the right of its diamond, unless the drawing ends there.
    let right = x + version_width + 16.0 < ladder.width;
    let unseen = (!pick.unseen.is_empty()).then(|| format!("never saw {}", pick.unseen.join(", ")));
    html! {
        <g
            class={classes!("pick-row", pick.guilty.then_some("guilty"), lit.then_some("lit"))}
            onpointerenter={lights.enter}
            onpointerleave={lights.leave}
            onclick={lights.go}
        >
            <rect class="row-back" x="0" y={n(top + 2.0)} width={n(ladder.width)} height={n(ROW - 4.0)} rx="6" />
            if let Some(unseen) = unseen {
                { never_saw(ladder, &unseen, x, middle, right, version_width) }
            }
            <path class="diamond" d={format!("M{} {}l8 8l-8 8l-8 -8z", n(x), n(middle - 8.0))} />
            <text
                class="picked"
                x={n(if right { x + 14.0 } else { x - 14.0 })}
                y={n(middle + 4.5)}
                text-anchor={if right { "start" } else { "end" }}
            >{ &pick.version }</text>
        </g>
    }
}

/// Whether a version lies between the ends of the overlap.
fn is_within(version: &str, view: &ProjectView) -> bool {
    let Ok(version) = Version::from_str(version) else { return false };
    let end = |bound: &Option<Bound>| bound.as_ref().and_then(|bound| Version::from_str(&bound.version).ok());
    view.overlap_intervals.iter().any(|interval| {
        end(&interval.lower).is_none_or(|lower| lower < version)
            && end(&interval.upper).is_none_or(|upper| version < upper)
    })
}

/// What a run was not told, on the side of its pick where there is room.
fn never_saw(ladder: &Ladder, text: &str, x: f64, middle: f64, right: bool, version_width: f64) -> Html {
    let width = text.len() as f64 * 6.6;
    let taken_left = if right { 16.0 } else { version_width + 8.0 };
    let on_left = x - taken_left - width > 4.0;
    let at = if on_left { x - taken_left } else { x + if right { version_width + 6.0 } else { 16.0 } };
    let from = if on_left { at - width - 8.0 } else { at };
    html! {
        <>
            if on_left && from > 24.0 {
                <line class="unseen-line" x1="12" x2={n(from)} y1={n(middle)} y2={n(middle)} />
            }
            <text
                class="unseen"
                x={n(at.min(ladder.width - 4.0))}
                y={n(middle + 4.5)}
                text-anchor={if on_left { "end" } else { "start" }}
            >{ text }</text>
        </>
    }
}

/// The whole drawing in a few sentences.
fn summary(view: &ProjectView) -> String {
    let rows = view.rows.iter().map(|row| {
        let asks = if row.party.specifier.is_empty() { "any version" } else { &row.party.specifier };
        format!("{} asks for {asks}", row.party.requirer)
    });
    let picks = view.picks.iter().map(|pick| {
        let unseen = match pick.unseen.is_empty() {
            true => String::new(),
            false => format!(", which never saw {}", pick.unseen.join(", ")),
        };
        format!("{} picked {}{unseen}", pick.label, pick.version)
    });
    let overlap = match &view.overlap {
        Some(overlap) => format!("All agree on {overlap}"),
        None => "No version is accepted by all".to_owned(),
    };
    let parts: Vec<String> = rows.chain([overlap]).chain(picks).collect();
    format!("{}, {}: {}.", view.project, verdict_word(view.verdict).to_lowercase(), parts.join(". "))
}
