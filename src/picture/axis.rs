//! The axis: a step for each bound and pick, and what lies between them. Never to scale, for 1.9 comes
//! before 1.26. Widths are CSS pixels.

use std::str::FromStr;

use pep440_rs::Version;

use super::{ends, holds};
use crate::{
    order::{self, SortedSet},
    report::{Pick, ProjectView, RangeRow},
};

/// The space at either end, into which ranges without a bound run.
const MARGIN: f64 = 44.0;
/// Between the ticks of two releases, at the least and at the most.
const PACE: (f64, f64) = (5.0, 14.0);
/// Rows that the labels may stand in.
const MOST_ROWS: usize = 3;
/// Width of a letter of the labels.
const LETTER: f64 = 7.4;
/// Width of `1000 releases`.
const CROWD: f64 = 84.0;
/// Releases between two stops that nobody may take, and that are left out where they are more.
const FEW: usize = 4;
/// What of the whole width belongs to the answer: the overlap, or the gap.
const SHARE: f64 = 0.36;

/// Where versions stand on the drawing.
#[derive(Debug, Clone, PartialEq)]
pub struct Axis {
    /// Bounds and picks, ascending, with the way they are written and where they stand.
    pub stops: Vec<(Version, String, f64)>,
    /// Releases, where they are shown.
    pub ticks: Vec<Tick>,
    /// Releases that are left out.
    pub crowds: Vec<Crowd>,
    /// Of all of it.
    pub width: f64,
    /// Rows that the labels stand in by turns, for want of width.
    pub rows: usize,
}

/// One release or several that would stand too close.
#[derive(Debug, Clone, PartialEq)]
pub struct Tick {
    /// Indexes of [`ProjectView::releases`].
    pub releases: Vec<usize>,
    /// Where it stands.
    pub x: f64,
}

/// Releases between two stops that are counted and not shown.
#[derive(Debug, Clone, PartialEq)]
pub struct Crowd {
    /// How many.
    pub count: usize,
    /// Where the axis is broken.
    pub x: f64,
    /// There is room for a label.
    pub labelled: bool,
}

impl Axis {
    /// The axis of the rows and picks that are shown, at least as wide as `available`.
    #[must_use]
    pub fn new(view: &ProjectView, rows: &[&RangeRow], picks: &[&Pick], available: f64) -> Self {
        let stops = stops(view, rows, picks);
        // Releases before the first stop, between stops, after the last one.
        let mut gaps: Vec<Vec<usize>> = vec![Vec::new(); stops.len() + 1];
        let mut ticks_at_stops = Vec::new();
        for (version, index) in sorted_releases(view) {
            let gap = stops.partition_point(|(stop, _)| *stop <= version);
            let at = gap.checked_sub(1).filter(|at| stops.get(*at).is_some_and(|(stop, _)| *stop == version));
            match (at, gaps.get_mut(gap)) {
                (Some(stop), _) => ticks_at_stops.push((index, stop)),
                (None, Some(gap)) => gap.push(index),
                (None, None) => {}
            }
        }
        let is_focus = focus(view, &stops);
        let halves: Vec<f64> = stops.iter().map(|(_, text)| text.len() as f64 * LETTER / 2.0).collect();
        let (label_rows, mut widths) = (1..MOST_ROWS)
            .map(|rows| (rows, least(&halves, rows)))
            .find(|(_, widths)| widths.iter().sum::<f64>() <= available)
            .unwrap_or_else(|| (MOST_ROWS, least(&halves, MOST_ROWS)));

        let mut room = (available - widths.iter().sum::<f64>()).max(0.0);
        let mut give = |width: &mut f64, wanted: f64| {
            let given = (wanted - *width).clamp(0.0, room);
            *width += given;
            room -= given;
        };
        // The answer has its share first, each of its pieces by the releases in it.
        let weight = |gap: &Vec<usize>| (gap.len() + 1) as f64;
        let focused: f64 =
            gaps.iter().zip(&is_focus).filter(|(_, focus)| **focus).map(|(gap, _)| weight(gap)).sum();
        for ((width, gap), _) in widths.iter_mut().zip(&gaps).zip(&is_focus).filter(|(_, focus)| **focus) {
            give(width, available * SHARE * weight(gap) / focused);
        }
        let is_elided = |gap: &Vec<usize>, focus: bool| !focus && gap.len() > FEW;
        for ((width, gap), focus) in widths.iter_mut().zip(&gaps).zip(&is_focus) {
            match is_elided(gap, *focus) {
                true => give(width, CROWD + 24.0),
                false => give(width, weight(gap) * PACE.1),
            }
        }
        let spare = room / widths.len() as f64;
        widths.iter_mut().for_each(|width| *width += spare);

        let mut edges: Vec<f64> = Vec::with_capacity(widths.len());
        let mut end = 0.0;
        for width in &widths {
            end += width;
            edges.push(end);
        }
        let at = |edge: usize| edges.get(edge).copied().unwrap_or(end);
        let mut axis = Self {
            stops: Vec::new(),
            ticks: Vec::new(),
            crowds: Vec::new(),
            width: end.max(available),
            rows: label_rows,
        };
        axis.ticks.extend(
            ticks_at_stops.into_iter().map(|(index, stop)| Tick { releases: vec![index], x: at(stop) }),
        );
        let half = |stop: Option<usize>| stop.and_then(|stop| halves.get(stop)).copied().unwrap_or_default();
        for (index, (gap, focus)) in gaps.iter().zip(&is_focus).enumerate() {
            let before = index.checked_sub(1);
            let (start, end) = (before.map_or(0.0, at), at(index));
            let width = end - start;
            if is_elided(gap, *focus) {
                // Between the labels at either side.
                let (from, to) = (start + half(before), end - half(Some(index)));
                let labelled = label_rows == 1 && to - from > CROWD;
                let x = if labelled { (from + to) / 2.0 } else { (start + end) / 2.0 };
                axis.crowds.push(Crowd { count: gap.len(), x, labelled });
                continue;
            }
            let together = (weight(gap) * PACE.0 / width.max(1.0)).ceil().max(1.0) as usize;
            let steps = gap.len().div_ceil(together) + 1;
            axis.ticks.extend(gap.chunks(together).enumerate().map(|(step, releases)| Tick {
                releases: releases.to_vec(),
                x: start + width * (step + 1) as f64 / steps as f64,
            }));
        }
        axis.stops = stops
            .into_iter()
            .enumerate()
            .map(|(index, (version, text))| (version, text, at(index)))
            .collect();
        axis
    }

    /// Where a bound or a pick stands; text that is no version stands nowhere.
    #[must_use]
    pub fn x(&self, version: &str) -> Option<f64> {
        let version = Version::from_str(version).ok()?;
        self.stops.iter().find(|(stop, _, _)| *stop == version).map(|(_, _, x)| *x)
    }
}

/// Which spaces, before the first stop to after the last, belong to the answer: those of the overlap, or
/// those between the ranges that miss each other.
fn focus(view: &ProjectView, stops: &[(Version, String)]) -> Vec<bool> {
    let (lower, upper) = ends(view);
    let version = |text: Option<&str>| text.and_then(|text| Version::from_str(text).ok());
    let (lower, upper) = (version(lower), version(upper));
    (0..=stops.len())
        .map(|index| {
            let before = index.checked_sub(1).and_then(|before| stops.get(before)).map(|(stop, _)| stop);
            let after = stops.get(index).map(|(stop, _)| stop);
            match view.overlap_intervals.is_empty() {
                // The gap runs from the upper bound to the lower one.
                true => upper.as_ref().zip(lower.as_ref()).is_some_and(|(from, to)| {
                    before.is_some_and(|before| from <= before) && after.is_some_and(|after| after <= to)
                }),
                false => view.overlap_intervals.iter().any(|interval| {
                    let inside = |stop: &Version| holds(interval, stop);
                    let is_end = |bound: &Option<crate::report::Bound>, stop: &Version| {
                        bound
                            .as_ref()
                            .is_some_and(|bound| version(Some(&bound.version)).as_ref() == Some(stop))
                    };
                    let from = before.map_or(interval.lower.is_none(), |stop| {
                        inside(stop) || is_end(&interval.lower, stop)
                    });
                    let to = after.map_or(interval.upper.is_none(), |stop| {
                        inside(stop) || is_end(&interval.upper, stop)
                    });
                    from && to
                }),
            }
        })
        .collect()
}

/// The widths of the spaces, at the least, so that no label of half such a width touches another of its
/// row.
fn least(halves: &[f64], rows: usize) -> Vec<f64> {
    let margin = (MARGIN / rows as f64).max(20.0);
    let mut edges: Vec<f64> = Vec::with_capacity(halves.len() + 1);
    let mut end = margin;
    for (index, half) in halves.iter().enumerate() {
        let beside = edges.last().map_or(margin, |x| x + (34.0 / rows as f64).max(14.0));
        let before = index.checked_sub(rows);
        let in_row =
            before.and_then(|before| Some(edges.get(before)? + halves.get(before)? + 14.0 / rows as f64));
        let x = beside.max(in_row.unwrap_or_default() + half);
        edges.push(x);
        end = end.max(x + half.max(margin));
    }
    edges.push(end);
    let mut start = 0.0;
    for edge in &mut edges {
        (start, *edge) = (*edge, *edge - start);
    }
    edges
}

/// The versions that get a labelled step. Equal ones (1.26 and 1.26.0) share one, written short.
fn stops(view: &ProjectView, rows: &[&RangeRow], picks: &[&Pick]) -> Vec<(Version, String)> {
    let bounds = rows
        .iter()
        .flat_map(|row| &row.intervals)
        .chain(&view.overlap_intervals)
        .flat_map(|interval| [&interval.lower, &interval.upper])
        .flatten()
        .map(|bound| bound.version.as_str());
    let excluded = rows.iter().flat_map(|row| &row.excluded).map(String::as_str);
    let picks = picks.iter().flat_map(|pick| [Some(&pick.version), pick.replaces.as_ref()]);
    let picks = picks.flatten().map(String::as_str);
    let texts: SortedSet<&str> = bounds.chain(excluded).chain(picks).collect();
    let mut stops: Vec<(Version, String)> =
        texts.into_iter().filter_map(|text| Some((Version::from_str(text).ok()?, text.to_owned()))).collect();
    order::sort_by(&mut stops, |a, b| a.0.cmp(&b.0).then(a.1.len().cmp(&b.1.len())));
    stops.dedup_by(|later, earlier| later.0 == earlier.0);
    stops
}

/// Releases with their index in the view, ascending; those that are no version are left out.
fn sorted_releases(view: &ProjectView) -> Vec<(Version, usize)> {
    let releases = view.releases.iter().enumerate();
    let mut releases: Vec<(Version, usize)> = releases
        .filter_map(|(index, release)| Some((Version::from_str(&release.version).ok()?, index)))
        .collect();
    order::sort(&mut releases);
    releases
}
