//! How pip's search differs from version to version, as read in pip and the resolvelib that each
//! version carries.
//!
//! Versions before 22.3 are taken to search as 22.3 does, and those after 26.3 as 26.3.

use super::Tool;
use crate::pep440::Version;

/// What a pip's search does where pips differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Rules {
    /// Where it goes back to when nothing fits.
    pub(super) way_back: WayBack,
    /// What it pins next.
    pub(super) order: Order,
    /// A pin that stopped satisfying is no source of requirements any more (since 23.1).
    pub(super) forgets: bool,
    /// `a[x]>1` bounds `a` itself too, and what bounds `a` bounds `a[x]` (since 23.3).
    pub(super) splits_extras: bool,
    /// `Requires-Python` is looked at before the dependencies, not after them (since 25.1).
    pub(super) python_first: bool,
    /// A cause shared by several candidates is named once (since 25.1).
    pub(super) names_causes_once: bool,
    /// Clauses that PEP 440 does not know, `>dev`, are compared by older rules (up to 24.0); since
    /// 24.1, whose `packaging` is 24, a release that states one is passed over. uv mends the common
    /// ones (`LenientRequirement`).
    pub(super) takes_legacy: bool,
}

/// Where a search goes back to, by resolvelib's version.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum WayBack {
    /// 0.8: to the last pin, whatever it is.
    LastPin,
    /// 1.0: to the last pin that asks for a node of the failure.
    Asker,
    /// 1.1: to the last pin that asks for a node of the failure, or that has no part in it.
    AskerOrBystander,
    /// 1.2: as 1.0 for a tenth of the rounds; where that fails, from the first jump anew as 1.1.
    Optimistic,
}

/// What a search pins next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Order {
    /// What is nearest to the person's own lines.
    Depth {
        /// setuptools comes last.
        delays_setuptools: bool,
    },
    /// What had a part in the last failure, then what is bounded above.
    Bounded {
        /// "Identifiers that repeatedly appear as not-yet-pinned in conflicts get promoted".
        promotes: bool,
    },
}

impl Rules {
    /// Those of a tool. uv does not search as pip does; it splits extras as new pips do.
    pub(super) fn of(tool: &Tool) -> Self {
        let newest = Self {
            way_back: WayBack::Optimistic,
            order: Order::Bounded { promotes: true },
            forgets: true,
            splits_extras: true,
            python_first: true,
            names_causes_once: true,
            takes_legacy: false,
        };
        let Tool::Pip(version) = tool else { return Self { takes_legacy: true, ..newest } };
        let before = |major: u64, minor: u64| *version < Version::new([major, minor]);
        if !before(26, 1) {
            return newest;
        }
        let bounded = Self { order: Order::Bounded { promotes: false }, ..newest };
        if !before(25, 2) {
            return bounded;
        }
        if !before(25, 1) {
            return Self { way_back: WayBack::AskerOrBystander, ..bounded };
        }
        let by_depth = Self {
            way_back: WayBack::Asker,
            order: Order::Depth { delays_setuptools: false },
            python_first: false,
            names_causes_once: false,
            ..newest
        };
        if !before(24, 1) {
            return by_depth;
        }
        let by_depth = Self { takes_legacy: true, ..by_depth };
        if !before(23, 3) {
            return by_depth;
        }
        if !before(23, 1) {
            return Self { splits_extras: false, ..by_depth };
        }
        Self {
            way_back: WayBack::LastPin,
            order: Order::Depth { delays_setuptools: true },
            forgets: false,
            splits_extras: false,
            ..by_depth
        }
    }
}
