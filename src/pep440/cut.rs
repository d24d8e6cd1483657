use std::cmp::Ordering;

use pep440_rs::{Prerelease, Version};

/// A point between versions.
///
/// Every operator of PEP 440 is one or two intervals between such points, and an interval never
/// has to say whether it holds its ends:
///
/// ```text
///   1.0.dev0  1.0a1  1.0   1.0+cpu  1.0.post0.dev0  1.0.post0  ...   1.0.1.dev0
///  |                |    |         |                              |
///  before 1.0.dev0  |    |         after the locals of 1.0        after the posts of 1.0
///                   |    after 1.0 itself
///                   before 1.0
/// ```
///
/// Invariants:
/// 1. Two points are equal exactly when no version lies between them. "Before 1.0.post0.dev0" is
///    therefore kept as "after the locals of 1.0", and "after the locals of 1.0.dev3" as "before
///    1.0.dev4", the next version there can be.
/// 2. `AfterLocals` and `AfterPosts` hold a version without a local label, neither a post- nor a
///    development release, and `AfterPosts` a final one. They hold another only where the next
///    version's number would exceed 64 bits.
#[derive(Debug, Clone)]
pub(crate) struct Cut {
    pub(crate) version: Version,
    pub(crate) side: Side,
}

/// On which side of its version, and of what belongs to it, a [`Cut`] lies. Ascending.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Side {
    /// Below the version.
    Before,
    /// Above the version, below its local builds.
    After,
    /// Above its local builds, below its post-releases.
    AfterLocals,
    /// Above its post-releases, below the next release.
    AfterPosts,
}

impl Cut {
    pub(crate) fn before(version: Version) -> Self {
        if version.dev() == Some(0) && version.post() == Some(0) && !version.is_local() {
            return Self { version: version.with_dev(None).with_post(None), side: Side::AfterLocals };
        }
        Self { version, side: Side::Before }
    }

    /// Just below a version that is asked about. Not to be kept: see the first invariant.
    pub(crate) fn probe(version: &Version) -> Self {
        Self { version: version.clone(), side: Side::Before }
    }

    pub(crate) fn after(version: Version) -> Self {
        Self { version, side: Side::After }
    }

    /// Above a version and all its local builds.
    pub(crate) fn after_locals(version: &Version) -> Self {
        let version = if version.is_local() { version.clone().without_local() } else { version.clone() };
        let next = match (version.dev(), version.post()) {
            (Some(dev), _) => dev.checked_add(1).map(|dev| version.clone().with_dev(Some(dev))),
            (None, Some(post)) => {
                post.checked_add(1).map(|post| version.clone().with_post(Some(post)).with_dev(Some(0)))
            }
            (None, None) => None,
        };
        next.map_or(Self { version, side: Side::AfterLocals }, Self::before)
    }

    /// Above a version and all its post-releases.
    ///
    /// PEP 440: "The exclusive ordered comparison `>V` MUST NOT allow a post-release of the
    /// given version unless V itself is a post release."
    pub(crate) fn after_posts(version: &Version) -> Self {
        if version.dev().is_some() || version.post().is_some() {
            return Self::after_locals(version);
        }
        let version = version.clone().without_local();
        let Some(Prerelease { kind, number }) = version.pre() else {
            return Self { version, side: Side::AfterPosts };
        };
        match number.checked_add(1) {
            Some(number) => {
                Self::before(version.with_pre(Some(Prerelease { kind, number })).with_dev(Some(0)))
            }
            None => Self { version, side: Side::AfterPosts },
        }
    }

    /// Where the versions that begin with these release numbers begin.
    pub(crate) fn before_prefix(epoch: u64, release: &[u64]) -> Self {
        Self::before(Version::new(release).with_epoch(epoch).with_dev(Some(0)))
    }

    /// Where the versions that begin with these release numbers end; `None` where no greater
    /// version has numbers of 64 bits.
    pub(crate) fn after_prefix(epoch: u64, release: &[u64]) -> Option<Self> {
        let mut next = release.to_vec();
        while let Some(last) = next.pop() {
            if let Some(number) = last.checked_add(1) {
                next.push(number);
                return Some(Self::before_prefix(epoch, &next));
            }
        }
        Some(Self::before_prefix(epoch.checked_add(1)?, &[0]))
    }

    /// The first version above this point; `None` where there is no first, but some however close.
    pub(crate) fn lowest_above(&self) -> Option<Version> {
        match self.side {
            Side::Before => Some(self.version.clone()),
            Side::AfterLocals if self.version.post().is_none() && !self.version.is_dev() => {
                Some(self.version.clone().with_post(Some(0)).with_dev(Some(0)))
            }
            Side::After | Side::AfterLocals | Side::AfterPosts => None,
        }
    }

    /// The first version above this point that is no pre-release; `None` where there is no
    /// first, but some however close.
    pub(crate) fn lowest_final_above(&self) -> Option<Version> {
        match self.side {
            Side::Before if self.version.any_prerelease() => {
                let version = self.version.clone().without_local().with_dev(None);
                // 1.0a1.post0 is a pre-release too; 1.0 comes next. 1.0.post1.dev0: 1.0.post1.
                Some(if version.is_pre() { version.with_pre(None).with_post(None) } else { version })
            }
            Side::Before => Some(self.version.clone()),
            Side::After | Side::AfterLocals | Side::AfterPosts if self.version.any_prerelease() => {
                Self::before(self.version.clone().without_local().with_dev(Some(0))).lowest_final_above()
            }
            Side::AfterLocals => {
                let next = self.version.post().map_or(Some(0), |post| post.checked_add(1));
                next.map(|post| self.version.clone().with_post(Some(post)))
            }
            Side::After | Side::AfterPosts => None,
        }
    }

    /// True where the version lies above this point.
    pub(crate) fn is_below(&self, version: &Version) -> bool {
        match version.cmp(&self.version) {
            Ordering::Less => false,
            Ordering::Equal => self.side == Side::Before,
            Ordering::Greater => !self.covers(version),
        }
    }

    /// True where a version greater than this one is still one of its local builds or
    /// post-releases, and lies below this point.
    fn covers(&self, version: &Version) -> bool {
        match self.side {
            Side::Before | Side::After => false,
            Side::AfterLocals => {
                self.is_same_release(version)
                    && version.pre() == self.version.pre()
                    && version.post() == self.version.post()
                    && version.dev() == self.version.dev()
            }
            Side::AfterPosts => self.is_same_release(version) && version.pre() == self.version.pre(),
        }
    }

    fn is_same_release(&self, version: &Version) -> bool {
        let (a, b) = (version.release(), self.version.release());
        let (short, long) = if a.len() < b.len() { (a, b) } else { (b, a) };
        let (head, tail) = long.split_at(short.len());
        head == short && tail.iter().all(|&number| number == 0) && version.epoch() == self.version.epoch()
    }
}

impl Ord for Cut {
    #[inline]
    fn cmp(&self, other: &Self) -> Ordering {
        match self.version.cmp(&other.version) {
            Ordering::Equal => self.side.cmp(&other.side),
            // A point after a whole family lies above the family's members too.
            Ordering::Less if self.covers(&other.version) => Ordering::Greater,
            Ordering::Greater if other.covers(&self.version) => Ordering::Less,
            order => order,
        }
    }
}

impl PartialOrd for Cut {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Cut {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Cut {}

impl std::hash::Hash for Cut {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.version.hash(state);
        self.side.hash(state);
    }
}
