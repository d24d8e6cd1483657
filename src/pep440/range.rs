use std::{fmt, ops::Bound};

use pep440_rs::Version;
use pubgrub::VersionSet;
use version_ranges::Ranges;

use super::{
    cut::{Cut, Side},
    display,
};
use crate::order;

/// An exact set of versions.
///
/// Two sets are equal exactly when they hold the same versions, whatever they were made from:
/// `~=1.4` is `>=1.4,<2`, and `>1.0.post1,<1.0.post2` is empty, because no version lies there.
///
/// It prints as a person would write it; [`VersionRange::intervals`] has what a drawing needs.
///
/// ```
/// use wheelstage::pep440::Specifiers;
///
/// let range = |text: &str| text.parse::<Specifiers>().unwrap().to_range();
/// let both = range("<3.0.0,>=1.17").intersection(&range("<1.26.0,>=1.24.0"));
/// assert_eq!(both.to_string(), ">=1.24,<1.26");
/// assert!(range(">=2").is_disjoint(&range("<2")));
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct VersionRange {
    /// Invariant: every segment reaches from an included (or no) lower cut to an excluded (or
    /// no) upper cut. A version `v` is in the set when the cut just before it is.
    segments: Ranges<Cut>,
}

/// An unbroken piece of a [`VersionRange`].
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Interval {
    /// Where it begins; `None` where there is no lower bound.
    pub lower: Option<Boundary>,
    /// Where it ends; `None` where there is no upper bound.
    pub upper: Option<Boundary>,
}

/// An end of an [`Interval`], as a person would name it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Boundary {
    /// The version at the end: 1.26 for `<1.26`.
    pub version: Version,
    /// True for `>=` and `<=`.
    pub inclusive: bool,
    /// The end as a clause: `>=1.24`, `<1.26`. The few ends that no operator of PEP 440 has read
    /// `not >=1.0` (below 1.0, its pre-releases included).
    pub text: String,
}

impl VersionRange {
    /// No version.
    #[must_use]
    pub fn empty() -> Self {
        Self { segments: Ranges::empty() }
    }

    /// Every version.
    #[must_use]
    pub fn full() -> Self {
        Self { segments: Ranges::full() }
    }

    /// This version alone, not its local builds.
    #[must_use]
    pub fn singleton(version: Version) -> Self {
        Self::between(Some(Cut::before(version.clone())), Some(Cut::after(version)))
    }

    /// From one cut to another; `None` where there is no bound.
    pub(crate) fn between(lower: Option<Cut>, upper: Option<Cut>) -> Self {
        // Nothing lies below 0.dev0, so that cut is no bound at all.
        let lower = lower.filter(|cut| !is_bottom(cut));
        let segments = match (lower, upper) {
            (_, Some(upper)) if is_bottom(&upper) => Ranges::empty(),
            (None, None) => Ranges::full(),
            (Some(lower), None) => Ranges::higher_than(lower),
            (None, Some(upper)) => Ranges::strictly_lower_than(upper),
            (Some(lower), Some(upper)) if lower < upper => Ranges::between(lower, upper),
            (Some(_), Some(_)) => Ranges::empty(),
        };
        Self { segments }
    }

    /// True where the version is in the set.
    #[must_use]
    pub fn contains(&self, version: &Version) -> bool {
        self.segments.contains(&Cut::probe(version))
    }

    /// The versions in either.
    #[must_use]
    pub fn union(&self, other: &Self) -> Self {
        Self { segments: self.segments.union(&other.segments) }
    }

    /// The versions in both.
    #[must_use]
    pub fn intersection(&self, other: &Self) -> Self {
        Self { segments: self.segments.intersection(&other.segments) }
    }

    /// The versions that are not in the set.
    #[must_use]
    pub fn complement(&self) -> Self {
        Self { segments: self.segments.complement() }
    }

    /// True where every version of the set is in the other too.
    #[must_use]
    pub fn is_subset(&self, other: &Self) -> bool {
        self.segments.subset_of(&other.segments)
    }

    /// True where no version is in both.
    #[must_use]
    pub fn is_disjoint(&self, other: &Self) -> bool {
        self.segments.is_disjoint(&other.segments)
    }

    /// True where the set holds no version at all, published or not.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.segments.is_empty()
    }

    /// True where the set holds a version that is no pre-release.
    #[must_use]
    pub fn has_final(&self) -> bool {
        self.cuts().iter().any(|(lower, upper)| {
            let lowest = lower.as_ref().map_or_else(|| Some(Version::new([0])), Cut::lowest_final_above);
            match (lowest, upper) {
                (_, None) => true,
                (Some(lowest), Some(upper)) => !upper.is_below(&lowest),
                // No final release is the first after this cut: some lie right behind it.
                (None, Some(_)) => true,
            }
        })
    }

    /// True where the set holds every version.
    #[must_use]
    pub fn is_full(&self) -> bool {
        self.segments == Ranges::full()
    }

    /// The only version in the set, where there is just one; its local builds do not count.
    #[must_use]
    pub fn as_singleton(&self) -> Option<Version> {
        let cuts = self.cuts();
        let [(Some(lower), Some(upper))] = cuts.as_slice() else { return None };
        let version = lower.lowest_above()?;
        let one = *upper == Cut::after(version.clone()) || *upper == Cut::after_locals(&version);
        one.then_some(version)
    }

    /// The unbroken pieces, ascending.
    #[must_use]
    pub fn intervals(&self) -> Vec<Interval> {
        self.cuts()
            .into_iter()
            .map(|(lower, upper)| Interval {
                lower: lower.map(|cut| display::lower(&cut).into_boundary()),
                upper: upper.map(|cut| display::upper(&cut).into_boundary()),
            })
            .collect()
    }

    /// All ends of all pieces, ascending and without repeats: where a drawing puts its ticks.
    #[must_use]
    pub fn boundaries(&self) -> Vec<Version> {
        let mut versions: Vec<Version> = self
            .intervals()
            .into_iter()
            .flat_map(|interval| [interval.lower, interval.upper])
            .flatten()
            .map(|boundary| boundary.version)
            .collect();
        order::sort(&mut versions);
        versions.dedup();
        versions
    }

    /// A point in the set, where a version may lie; `None` where there is none, or none that can be
    /// named.
    pub(crate) fn first_point(&self) -> Option<Cut> {
        self.segments.iter().find_map(|(lower, _)| match lower {
            Bound::Included(cut) => Some(cut.clone()),
            Bound::Unbounded => Some(Cut::before(Version::new([0]).with_dev(Some(0)))),
            Bound::Excluded(_) => None,
        })
    }

    /// The set of one point, for asking whether others hold it.
    pub(crate) fn at(point: Cut) -> Self {
        Self { segments: Ranges::singleton(point) }
    }

    /// True where the point is in the set.
    pub(crate) fn contains_point(&self, point: &Cut) -> bool {
        self.segments.contains(point)
    }

    /// Everything from the first release after this one on; its own post-releases belong there.
    pub(crate) fn newer_than(version: &Version) -> Self {
        Self::between(Some(Cut::after_locals(version)), None)
    }

    /// Everything older than this version.
    pub(crate) fn older_than(version: &Version) -> Self {
        Self::between(None, Some(Cut::before(version.clone())))
    }

    pub(crate) fn cuts(&self) -> Vec<(Option<Cut>, Option<Cut>)> {
        let cut = |bound: &Bound<Cut>| match bound {
            Bound::Included(cut) | Bound::Excluded(cut) => Some(cut.clone()),
            Bound::Unbounded => None,
        };
        self.segments.iter().map(|(lower, upper)| (cut(lower), cut(upper))).collect()
    }
}

fn is_bottom(cut: &Cut) -> bool {
    let version = &cut.version;
    cut.side == Side::Before
        && version.dev() == Some(0)
        && version.epoch() == 0
        && version.release().iter().all(|&number| number == 0)
        && version.pre().is_none()
        && version.post().is_none()
        && version.local().is_empty()
}

impl fmt::Display for VersionRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        display::write(&self.cuts(), f)
    }
}

impl VersionSet for VersionRange {
    type V = Version;

    fn empty() -> Self {
        Self::empty()
    }

    fn singleton(version: Version) -> Self {
        Self::singleton(version)
    }

    fn complement(&self) -> Self {
        self.complement()
    }

    fn intersection(&self, other: &Self) -> Self {
        self.intersection(other)
    }

    fn contains(&self, version: &Version) -> bool {
        self.contains(version)
    }

    fn full() -> Self {
        Self::full()
    }

    fn union(&self, other: &Self) -> Self {
        self.union(other)
    }

    fn is_disjoint(&self, other: &Self) -> bool {
        self.is_disjoint(other)
    }

    fn subset_of(&self, other: &Self) -> bool {
        self.is_subset(other)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pep440::Specifiers;

    fn range(text: &str) -> VersionRange {
        text.parse::<Specifiers>().unwrap().to_range()
    }

    #[track_caller]
    fn check(specifiers: &str, printed: &str) {
        assert_eq!(range(specifiers).to_string(), printed);
    }

    #[test]
    fn sets_print_as_people_write_them() {
        check("", "any version");
        check("<3.0.0,>=1.17,<1.26.0,>=1.24.0", ">=1.24,<1.26");
        check("~=1.4.2", ">=1.4.2,<1.5");
        check("==1.5.*", "==1.5.*");
        check("==1.0.0", "==1");
        check("==1.0+cpu", "==1+cpu");
        check("!=1.5,<2,!=1.6.*,>=1", ">=1,!=1.5,!=1.6.*,<2");
        check(">1.0", ">1");
        check(">1.0.post1,<=2.0.post1", ">1.post1,<=2.post1");
        check(">1.0a1,<1.0rc1", ">1a1,<1rc1");
        check("<=1.0", "<=1");
        check("<1", "<1");
        check("<=0.dev0", "==0.dev0");
        check(">=2,<2", "no version");
        check(">1.0.post1,<1.0.post2", "no version");
        check(">=1!0", ">=1!0");
    }

    #[test]
    fn what_specifiers_cannot_say_is_said_in_words() {
        assert_eq!(range(">=1.0").complement().to_string(), "not >=1");
        assert_eq!(range(">1.0").complement().to_string(), "not >1");
        assert_eq!(range("<1").union(&range(">=3,!=4")).to_string(), "<1 or >=3,!=4");
        let one = VersionRange::singleton(Version::new([1, 26, 4]));
        assert_eq!(one.to_string(), "==1.26.4");
        assert_eq!(one.as_singleton(), Some(Version::new([1, 26, 4])));
        assert_eq!(range("==1.5.*").as_singleton(), None);
    }

    #[test]
    fn a_drawing_gets_the_ends_of_each_piece() {
        let end = |boundary: &Option<Boundary>| {
            boundary.as_ref().map(|end| format!("{} {} {}", end.text, end.version, end.inclusive))
        };
        let pieces: Vec<_> = range("<=2.0,>1.0.post1,!=1.5.*")
            .intervals()
            .iter()
            .map(|piece| [end(&piece.lower), end(&piece.upper)].map(Option::unwrap_or_default))
            .collect();
        assert_eq!(
            pieces,
            [[">1.post1 1.post1 false", "<1.5 1.5 false"], [">=1.6.dev0 1.6.dev0 true", "<=2 2 true"]]
        );
        let ticks: Vec<String> = range(">=1.24,<1.26").boundaries().iter().map(ToString::to_string).collect();
        assert_eq!(ticks, ["1.24", "1.26"]);
    }

    #[test]
    fn local_builds_belong_to_their_version_but_not_to_a_single_one() {
        let build = "1.0+cu124".parse().unwrap();
        assert!(range("==1.0").contains(&build));
        assert!(range("<=1.0").contains(&build));
        assert!(!range(">1.0").contains(&build));
        assert!(!VersionRange::singleton(Version::new([1, 0])).contains(&build));
    }

    #[test]
    fn the_greatest_numbers_have_no_successor() {
        let most = u64::MAX;
        assert_eq!(range(&format!("==1.{most}.*")), range(&format!(">=1.{most}.dev0,<2")));
        assert_eq!(range(&format!("=={most}!{most}.*")).intervals()[0].upper, None);
        assert!(!range(&format!("<=1.0.post{most}")).contains(&"1.1".parse().unwrap()));
    }
}
