//! Where things stand in the drawing of a project's ranges: numbers out of a report and a width, so that
//! what is drawn can be reasoned about, and tested, without a browser.
//!
//! The drawing answers first: where all ranges meet, or the gap between them; then what each run took;
//! then the requirements that decide. All others are folded into one line.

mod axis;

use std::str::FromStr;

pub use axis::{Axis, Crowd, Tick};
use pep440_rs::Version;

use crate::{
    order,
    report::{Interval, Pick, ProjectView, RangeRow, ReleaseTick, Verdict},
};

/// Requirers that are shown without asking, where there are more of them.
const FEW: usize = 3;

/// What the first row of the drawing shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// The ranges meet, and there is a release for everyone.
    Meet,
    /// The ranges do not meet: the space between them.
    Gap,
    /// The ranges meet, but no release there can be had here.
    Hollow,
}

/// What the first row of a project's drawing shows.
#[must_use]
pub fn answer(view: &ProjectView) -> Answer {
    let mut within = view.releases.iter().filter(|release| release.in_overlap);
    if view.overlap_intervals.is_empty() {
        Answer::Gap
    } else if view.verdict == Verdict::Unavailable && within.all(|release| release.refused().is_some()) {
        Answer::Hollow
    } else {
        Answer::Meet
    }
}

/// The requirers that decide what is seen, and the others, as indexes of [`ProjectView::rows`] in the
/// order of the build.
///
/// Those decide whose bounds are the overlap's, or that miss each other where there is none; `named` are
/// those that the chosen finding speaks of. Where there are but a few, all are shown.
#[must_use]
pub fn deciding(view: &ProjectView, named: &[String]) -> (Vec<usize>, Vec<usize>) {
    let (lower, upper) = ends(view);
    let rank = |row: &RangeRow| {
        let own = bounds(&row.intervals);
        let is_bounded = own != (None, None) || !row.excluded.is_empty();
        let binds = (lower.is_some() && own.0 == lower) || (upper.is_some() && own.1 == upper);
        match (row.guilty, binds, is_bounded && named.contains(&row.party.requirer)) {
            (true, ..) => 0,
            (_, true, _) => 1,
            (_, _, true) => 2,
            _ if is_bounded => 3,
            _ => 4,
        }
    };
    let ranks: Vec<u8> = view.rows.iter().map(rank).collect();
    let rank = |index: &usize| ranks.get(*index).copied();
    let mut shown: Vec<usize> = (0..ranks.len()).collect();
    order::sort_by_key(&mut shown, rank);
    // Where somebody decides, those who do not say nothing more.
    let deciding = ranks.iter().filter(|rank| **rank < 2).count();
    if ranks.len() > FEW {
        shown.truncate(deciding.clamp(1, FEW));
    }
    order::sort(&mut shown);
    let folded = (0..ranks.len()).filter(|index| !shown.contains(index)).collect();
    (shown, folded)
}

/// The runs that are shown: where some are blamed, they, and what shows that another version could have
/// been taken.
#[must_use]
pub fn telling(picks: &[Pick]) -> Vec<&Pick> {
    let guilty: Vec<&Pick> = picks.iter().filter(|pick| pick.guilty).collect();
    let tells = |pick: &&Pick| {
        guilty.is_empty() || pick.guilty || guilty.iter().all(|other| other.version != pick.version)
    };
    let mut told: Vec<&Pick> = Vec::new();
    for pick in picks.iter().filter(tells) {
        let is_known = told.iter().any(|known| known.version == pick.version && known.label == pick.label);
        if !is_known {
            told.push(pick);
        }
    }
    told
}

/// The least and the greatest bound of ascending intervals, as versions.
#[must_use]
pub fn bounds(intervals: &[Interval]) -> (Option<&str>, Option<&str>) {
    let lower = intervals.first().and_then(|interval| interval.lower.as_ref());
    let upper = intervals.last().and_then(|interval| interval.upper.as_ref());
    (lower.map(|bound| bound.version.as_str()), upper.map(|bound| bound.version.as_str()))
}

/// The bounds that decide: the overlap's. Where there is none, those that miss each other: the
/// greatest lower bound and the least upper one, of the guilty if there are any.
#[must_use]
pub fn ends(view: &ProjectView) -> (Option<&str>, Option<&str>) {
    if !view.overlap_intervals.is_empty() {
        return bounds(&view.overlap_intervals);
    }
    let version = |text: &&str| Version::from_str(text).ok();
    let has_guilty = view.rows.iter().any(|row| row.guilty);
    let rows = view.rows.iter().filter(|row| row.guilty || !has_guilty);
    let (lowers, uppers): (Vec<_>, Vec<_>) = rows.map(|row| bounds(&row.intervals)).unzip();
    (lowers.into_iter().flatten().max_by_key(version), uppers.into_iter().flatten().min_by_key(version))
}

/// Where no version lies that everyone accepts, the versions at either side: `(1.26, 2)` between
/// `<1.26` and `>=2`. `None` where the ranges miss each other otherwise, as `==1.0` and `!=1.0`.
#[must_use]
pub fn gap(view: &ProjectView) -> Option<(&str, &str)> {
    if !view.overlap_intervals.is_empty() {
        return None;
    }
    let (lower, upper) = ends(view);
    let (from, to) = (upper?, lower?);
    (Version::from_str(from).ok()? <= Version::from_str(to).ok()?).then_some((from, to))
}

/// The releases that everyone accepts and that can be had here, the oldest and the newest.
#[must_use]
pub fn offered(view: &ProjectView) -> Option<(&str, &str)> {
    let is_offered =
        |release: &&ReleaseTick| release.in_overlap && !release.prerelease && release.refused().is_none();
    let mut offered = view.releases.iter().filter(is_offered).map(|release| release.version.as_str());
    let oldest = offered.next()?;
    Some((oldest, offered.next_back().unwrap_or(oldest)))
}

/// Why releases that everyone accepts cannot be had, with the first and the last of each run of them that
/// share a reason: `("1.24.0", "1.25.2", 8, "no file for this Python")`.
#[must_use]
pub fn refusals(view: &ProjectView) -> Vec<(&str, &str, usize, &str)> {
    let mut refusals: Vec<(&str, &str, usize, &str)> = Vec::new();
    for release in view.releases.iter().filter(|release| release.in_overlap && !release.prerelease) {
        let Some(reason) = release.refused() else { continue };
        match refusals.last_mut() {
            Some((_, last, count, known)) if *known == reason => {
                *last = &release.version;
                *count += 1;
            }
            _ => refusals.push((&release.version, &release.version, 1, reason)),
        }
    }
    refusals
}

/// Whether a version lies between the ends of the overlap.
#[must_use]
pub fn is_within(version: &str, view: &ProjectView) -> bool {
    let Ok(version) = Version::from_str(version) else { return false };
    view.overlap_intervals.iter().any(|interval| holds(interval, &version))
}

/// Whether a requirer accepts a version.
#[must_use]
pub fn accepts(row: &RangeRow, version: &str) -> bool {
    let Ok(version) = Version::from_str(version) else { return false };
    let is_excluded =
        |excluded: &String| Version::from_str(excluded).is_ok_and(|excluded| excluded == version);
    row.intervals.iter().any(|interval| holds(interval, &version)) && !row.excluded.iter().any(is_excluded)
}

/// How many releases all requirers accept where one bound of one of them is moved to another version.
#[must_use]
pub fn left(view: &ProjectView, row: &RangeRow, upper: bool, version: &str) -> usize {
    let mut moved = row.clone();
    let end = match upper {
        true => moved.intervals.last_mut().and_then(|interval| interval.upper.as_mut()),
        false => moved.intervals.first_mut().and_then(|interval| interval.lower.as_mut()),
    };
    if let Some(end) = end {
        version.clone_into(&mut end.version);
    }
    let all = |release: &&ReleaseTick| {
        let others = view.rows.iter().filter(|other| *other != row);
        !release.prerelease && others.chain([&moved]).all(|row| accepts(row, &release.version))
    };
    view.releases.iter().filter(all).count()
}

fn holds(interval: &Interval, version: &Version) -> bool {
    let side = |bound: &Option<crate::report::Bound>, inside: fn(&Version, &Version) -> bool| {
        let Some(bound) = bound else { return true };
        let end = Version::from_str(&bound.version).ok();
        end.is_none_or(|end| inside(&end, version) || (bound.inclusive && end == *version))
    };
    side(&interval.lower, |end, version| end < version) && side(&interval.upper, |end, version| version < end)
}

#[cfg(test)]
mod tests;
