use std::str::FromStr;

use pep440_rs::Version;
use yew::prelude::*;

use super::{Dispatch, Lights, is_lit, number::n, verdict_word, waiting};
use crate::{
    order::{self, SortedSet},
    report::{Bound, Interval, Location, Party, PartyKind, Pick, ProjectView, RangeRow},
    ui::state::Lit,
};

/// Height of a row, of the axis and of the axis' labels, in SVG units (CSS pixels).
const ROW: f64 = 36.0;
const AXIS: f64 = 40.0;
/// What a second row of the axis' labels takes.
const STAGGER: f64 = 14.0;
/// Rows that the axis' labels may stand in.
const MOST_ROWS: usize = 3;
/// The space at either end, into which ranges without a bound run.
const MARGIN: f64 = 44.0;
/// Between the ticks of two releases, at the least.
const PACE: f64 = 2.5;
/// Width of the requirers' column, and what it is where there is less for the whole than [`NARROW`]:
/// `drawings.css` has the same.
const LABELS: (f64, f64) = (208.0, 148.0);
const NARROW: f64 = 560.0;
/// Signs of the keys.
pub(super) const DISC: &str = "M3 8a5 5 0 1 0 10 0a5 5 0 1 0 -10 0";
pub(super) const CROSS: &str = "M3 3l10 10M13 3l-10 10";
const TICK: &str = "M8 3v10";
/// Rows shown at first.
const FEW: usize = 4;
/// Width of a letter of the axis' labels.
const LETTER: f64 = 7.4;
/// Width of `1000 releases` between two labels.
const CROWD: f64 = 92.0;

/// Properties of [`Ranges`].
#[derive(Debug, Clone, PartialEq, Properties)]
pub struct RangesProps {
    /// The project to draw.
    pub view: ProjectView,
    /// Lit places.
    pub lit: Lit,
    /// Requirers that the chosen finding speaks of: their rows are always shown.
    pub named: Vec<String>,
    /// Width at hand for the drawing and its labels, in CSS pixels.
    pub width: f64,
    /// Where to send what the person did.
    pub dispatch: Dispatch,
}

/// Every requirer's range on one axis, where they meet, and what each run picked.
///
/// The axis is a ladder: a step for each bound and pick, a small one for each release between
/// them. Never to scale, for 1.9 comes before 1.26. It is as wide as there is room: many releases
/// stand closer, or several to a step.
#[function_component]
pub fn Ranges(props: &RangesProps) -> Html {
    let view = &props.view;
    let all = use_state(|| false);
    let drawing = use_node_ref();
    let is_narrow = props.width < NARROW;
    let available = (props.width - if is_narrow { LABELS.1 } else { LABELS.0 }).max(MARGIN);
    let chosen = if *all { (0..view.rows.len()).collect() } else { deciding(view, &props.named) };
    let hidden = view.rows.len() - chosen.len();
    let shown: Vec<&RangeRow> = chosen.iter().filter_map(|index| view.rows.get(*index)).collect();
    let toggle = {
        let all = all.clone();
        Callback::from(move |_: MouseEvent| all.set(!*all))
    };
    let ladder = Ladder::new(view, &shown, available);
    // Where not even the labels have room the drawing scrolls, and begins where the ranges part.
    let (lower, upper) = ends(view);
    let places = [lower, upper].into_iter().flatten().filter_map(|version| ladder.x(version));
    let aim = places.reduce(|lower, upper| (lower + upper) / 2.0).unwrap_or_default() - available / 2.0;
    {
        let drawing = drawing.clone();
        use_effect_with((aim, ladder.width), move |(aim, _)| {
            if let Some(drawing) = drawing.cast::<web_sys::Element>() {
                drawing.set_scroll_left(*aim as i32);
            }
        });
    }
    if view.rows.is_empty() && view.picks.is_empty() {
        return waiting("Nobody asks for a version of this project.", false);
    }
    let rows = shown.len();
    let axis_height = AXIS + STAGGER * (ladder.rows - 1) as f64;
    let height = axis_height + ROW * (rows + 1 + view.picks.len()) as f64;
    let top = |index: usize| axis_height + ROW * index as f64;
    html! {
        <>
        <div class={classes!("ranges", is_narrow.then_some("narrow"))}>
            <div class={classes!("range-labels", (ladder.rows > 1).then_some("staggered"), (ladder.rows > 2).then_some("twice"))}>
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
            <div class="range-drawing" ref={drawing} tabindex="0" role="region" aria-label={format!("Ranges of {}", view.project)}>
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
        { signs(&ladder, view) }
        </>
    }
}

/// The signs' meanings; of the rarer ticks only where one is drawn.
fn signs(ladder: &Ladder, view: &ProjectView) -> Html {
    let all = [
        ("end included", DISC, "bound included"),
        ("end", DISC, "excluded"),
        ("diamond", "M8 1l7 7l-7 7l-7 -7z", "picked"),
        ("tick", "M4 3v10M8 3v10M12 6v4", "releases, short: pre-releases"),
        ("tick several", TICK, "broad: several releases"),
        ("tick yanked", TICK, "yanked"),
        ("tick unusable", TICK, "no file for this target"),
        ("excluded", CROSS, "taken out by !="),
    ];
    let is_drawn = |class: &str| {
        let kind = class.strip_prefix("tick ");
        kind.is_none_or(|kind| ladder.ticks.iter().any(|(of, _)| tick_class(view, of).contains(kind)))
    };
    key(all.into_iter().filter(|(class, ..)| is_drawn(class)))
}

/// Signs with their class, their path in a square of 16 and their meaning.
pub(super) fn key(signs: impl Iterator<Item = (&'static str, &'static str, &'static str)>) -> Html {
    html! {
        <ul class="key" aria-label="Signs">
            { for signs.map(|(class, d, words)| html! {
                <li><svg class="sign" viewBox="0 0 16 16" aria-hidden="true"><path {class} {d} /></svg>{ words }</li>
            }) }
        </ul>
    }
}

/// The rows that decide what is seen, in the order of the build: the guilty, those of the finding,
/// those with a bound that the overlap has, and then the first ones, [`FEW`] in all.
fn deciding(view: &ProjectView, named: &[String]) -> Vec<usize> {
    let (lower, upper) = ends(view);
    let is_bounded = |row: &RangeRow| {
        row.intervals.iter().any(|interval| interval.lower.is_some() || interval.upper.is_some())
    };
    let rank = |row: &RangeRow| {
        let own = bounds(&row.intervals);
        if row.guilty {
            0
        } else if (lower.is_some() && own.0 == lower) || (upper.is_some() && own.1 == upper) {
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

/// The least and the greatest bound of ascending intervals.
pub(in crate::ui) fn bounds(intervals: &[Interval]) -> (Option<&str>, Option<&str>) {
    let lower = intervals.first().and_then(|interval| interval.lower.as_ref());
    let upper = intervals.last().and_then(|interval| interval.upper.as_ref());
    (lower.map(|bound| bound.version.as_str()), upper.map(|bound| bound.version.as_str()))
}

/// The bounds that decide: the overlap's. Where there is none, those that miss each other: the
/// greatest lower bound and the least upper one, of the guilty if there are any.
fn ends(view: &ProjectView) -> (Option<&str>, Option<&str>) {
    if !view.overlap_intervals.is_empty() {
        return bounds(&view.overlap_intervals);
    }
    let version = |text: &&str| Version::from_str(text).ok();
    let has_guilty = view.rows.iter().any(|row| row.guilty);
    let rows = view.rows.iter().filter(|row| row.guilty || !has_guilty);
    let (lowers, uppers): (Vec<_>, Vec<_>) = rows.map(|row| bounds(&row.intervals)).unzip();
    (lowers.into_iter().flatten().max_by_key(version), uppers.into_iter().flatten().min_by_key(version))
}

/// Where versions stand on the drawing.
struct Ladder {
    /// Bounds and picks, ascending, with the way they are written and where they stand.
    stops: Vec<(Version, String, f64)>,
    /// Releases as they stand in the view, with their place; several share one where they would stand
    /// too close. Those that are no version are left out.
    ticks: Vec<(Vec<usize>, f64)>,
    /// How many releases share ticks between two stops, where there is room to say so.
    crowds: Vec<(usize, f64)>,
    width: f64,
    /// Rows that the labels stand in by turns, for want of width.
    rows: usize,
}

impl Ladder {
    fn new(view: &ProjectView, rows: &[&RangeRow], available: f64) -> Self {
        let stops = stops(view, rows);
        let releases = sorted_releases(view);
        // Releases before the first stop, between stops, after the last one.
        let mut gaps = vec![Vec::new(); stops.len() + 1];
        let mut at_stops = Vec::new();
        for (version, index) in releases {
            let gap = stops.partition_point(|(stop, _)| *stop <= version);
            match gap.checked_sub(1).filter(|stop| stops[*stop].0 == version) {
                Some(stop) => at_stops.push((index, stop)),
                None => gaps[gap].push(index),
            }
        }
        let halves: Vec<f64> = stops.iter().map(|(_, text)| text.len() as f64 * LETTER / 2.0).collect();
        let (rows, mut edges) = (1..MOST_ROWS)
            .map(|rows| (rows, least(&halves, rows)))
            .find(|(_, edges)| edges.last().is_some_and(|end| *end <= available))
            .unwrap_or_else(|| (MOST_ROWS, least(&halves, MOST_ROWS)));

        // The rest is shared out: first to the releases, to each as much where there is enough, less to
        // each of many where there is not; and what they do not need to all gaps.
        let room = (available - edges.last().copied().unwrap_or_default()).max(0.0);
        let is_roomy = gaps.iter().map(Vec::len).sum::<usize>() as f64 * PACE <= room;
        let weigh = |gap: &Vec<usize>| if is_roomy { gap.len() as f64 } else { (gap.len() as f64).sqrt() };
        let total: f64 = gaps.iter().map(weigh).sum();
        let step = if total > 0.0 { (room / total).min(if is_roomy { 12.0 } else { room }) } else { 0.0 };
        let spare = (room - step * total) / gaps.len() as f64;
        let mut shift = 0.0;
        for (gap, edge) in gaps.iter().zip(&mut edges) {
            shift += step * weigh(gap) + spare;
            *edge += shift;
        }

        let mut ticks: Vec<(Vec<usize>, f64)> =
            at_stops.into_iter().map(|(index, stop)| (vec![index], edges[stop])).collect();
        let mut crowds = Vec::new();
        for (index, gap) in gaps.iter().enumerate() {
            let before = index.checked_sub(1);
            let start = before.map_or(0.0, |before| edges[before]);
            let width = edges[index] - start;
            let together = ((gap.len() + 1) as f64 * PACE / width).ceil().max(1.0) as usize;
            let steps = gap.len().div_ceil(together) + 1;
            ticks.extend(gap.chunks(together).enumerate().map(|(step, releases)| {
                (releases.to_vec(), start + width * (step + 1) as f64 / steps as f64)
            }));
            // Between the labels at either side.
            let half =
                |stop: Option<usize>| stop.and_then(|stop| halves.get(stop)).copied().unwrap_or_default();
            let (from, to) = (start + half(before), edges[index] - half(Some(index)));
            if rows == 1 && together > 1 && to - from > CROWD {
                crowds.push((gap.len(), (from + to) / 2.0));
            }
        }
        let width = edges.last().copied().unwrap_or_default().max(available);
        let stops = stops.into_iter().zip(edges).map(|((version, text), x)| (version, text, x)).collect();
        Self { stops, ticks, crowds, width, rows }
    }

    /// Where a version stands; text that is no version stands nowhere.
    fn x(&self, version: &str) -> Option<f64> {
        let version = Version::from_str(version).ok()?;
        self.stops.iter().find(|(stop, _, _)| *stop == version).map(|(_, _, x)| *x)
    }
}

/// Where stops stand, and the drawing ends, at the least, so that no label of half such a width touches
/// another of its row.
fn least(halves: &[f64], rows: usize) -> Vec<f64> {
    let margin = (MARGIN / rows as f64).max(20.0);
    let mut edges: Vec<f64> = Vec::with_capacity(halves.len() + 1);
    let mut end = margin;
    for (index, half) in halves.iter().enumerate() {
        let beside = edges.last().map_or(margin, |x| x + (34.0 / rows as f64).max(14.0));
        let in_row =
            index.checked_sub(rows).map_or(0.0, |before| edges[before] + halves[before] + 14.0 / rows as f64);
        let x = beside.max(in_row + half);
        edges.push(x);
        end = end.max(x + half.max(margin));
    }
    edges.push(end);
    edges
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
            <code>{ asks(&row.party) }</code>
        </button>
    }
}

/// What a party asks for; nothing of one that is no requirer, such as a run.
pub(super) fn asks(party: &Party) -> &str {
    match party.kind {
        PartyKind::Requirement | PartyKind::Constraint if party.specifier.is_empty() => "any version",
        _ => &party.specifier,
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
    let row = |index: usize| base - 10.0 - STAGGER * (ladder.rows - 1 - index % ladder.rows) as f64;
    html! {
        <g class="axis">
            <line x1="0" y1={n(base)} x2={n(ladder.width)} y2={n(base)} class="axis-line" />
            { for ladder.stops.iter().enumerate().map(|(index, (_, label, x))| html! {
                <>
                    <line x1={n(*x)} y1={n(base)} x2={n(*x)} y2={n(height)} class="guide" />
                    <text x={n(*x)} y={n(row(index))} text-anchor="middle" class="stop">{ label }</text>
                </>
            }) }
            { for ladder.crowds.iter().map(|(count, x)| html! {
                <text x={n(*x)} y={n(base - 10.0)} text-anchor="middle" class="crowd">{ *count }{ " releases" }</text>
            }) }
            { for ladder.ticks.iter().map(|(releases, x)| {
                let class = tick_class(view, releases);
                let half = if class.contains("prerelease") { 2.0 } else { 5.0 };
                html! {
                    <line {class} x1={n(*x)} y1={n(base - half)} x2={n(*x)} y2={n(base + half)}>
                        <title>{ tick_words(view, releases) }</title>
                    </line>
                }
            }) }
        </g>
    }
}

/// Of several releases: that one is accepted; what is true of all of them else.
fn tick_class(view: &ProjectView, releases: &[usize]) -> Classes {
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

fn tick_words(view: &ProjectView, releases: &[usize]) -> String {
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
        html! {
            <>
                <circle class="hole" cx={n(x)} cy={n(middle)} r="8" />
                <path class="excluded" {d} />
            </>
        }
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
    let unseen_width = unseen.as_ref().map_or(0.0, |text| text.len() as f64 * 6.6);
    // Where it begins, at the right, or ends, at the left.
    let fitting = |left: f64, right: f64| {
        let at_left = (x - left - unseen_width > 4.0).then_some((x - left, true));
        at_left.or_else(|| (x + right + unseen_width < ladder.width - 4.0).then_some((x + right, false)))
    };
    let beside = if right { fitting(16.0, version_width + 6.0) } else { fitting(version_width + 8.0, 16.0) };
    // For want of room what it never saw comes before the version, which the row's label has too.
    let has_version = (right || x > version_width) && (unseen.is_none() || beside.is_some());
    let place = beside.or_else(|| fitting(16.0, 16.0));
    html! {
        <g
            class={classes!("pick-row", pick.guilty.then_some("guilty"), lit.then_some("lit"))}
            onpointerenter={lights.enter}
            onpointerleave={lights.leave}
            onclick={lights.go}
        >
            <rect class="row-back" x="0" y={n(top + 2.0)} width={n(ladder.width)} height={n(ROW - 4.0)} rx="6" />
            if let Some((text, (at, on_left))) = unseen.zip(place) {
                if on_left && at - unseen_width > 32.0 {
                    <line class="unseen-line" x1="12" x2={n(at - unseen_width - 8.0)} y1={n(middle)} y2={n(middle)} />
                }
                <text class="unseen" x={n(at)} y={n(middle + 4.5)} text-anchor={if on_left { "end" } else { "start" }}>{ text }</text>
            }
            <path class="diamond" d={format!("M{} {}l8 8l-8 8l-8 -8z", n(x), n(middle - 8.0))} />
            if has_version {
                <text
                    class="picked"
                    x={n(if right { x + 14.0 } else { x - 14.0 })}
                    y={n(middle + 4.5)}
                    text-anchor={if right { "start" } else { "end" }}
                >{ &pick.version }</text>
            }
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

/// The whole drawing in a few sentences.
fn summary(view: &ProjectView) -> String {
    let rows = view.rows.iter().map(|row| format!("{} asks for {}", row.party.requirer, asks(&row.party)));
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
