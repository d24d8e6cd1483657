use std::fmt;

use pubgrub::VersionSet;

use crate::pep440::{Cut, VersionRange};

/// A set of candidates of one project, by the number of their slot.
///
/// Finite, or the complement of a finite set, so that it can be held before all slots are known.
///
/// Invariant: the last word is not 0. So two sets are equal exactly when they hold the same.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct SlotSet {
    words: Vec<u64>,
    complement: bool,
}

impl SlotSet {
    pub(super) fn empty() -> Self {
        Self { words: Vec::new(), complement: false }
    }

    pub(super) fn full() -> Self {
        Self { words: Vec::new(), complement: true }
    }

    pub(super) fn only(slot: u32) -> Self {
        Self::from_iter([slot])
    }

    pub(super) fn contains(&self, slot: u32) -> bool {
        let (word, bit) = place(slot);
        let set = self.words.get(word).is_some_and(|word| word & bit != 0);
        set != self.complement
    }

    pub(super) fn insert(&mut self, slot: u32) {
        let (word, bit) = place(slot);
        if self.words.len() <= word {
            self.words.resize(word + 1, 0);
        }
        if let Some(word) = self.words.get_mut(word) {
            *word = if self.complement { *word & !bit } else { *word | bit };
        }
        self.trim();
    }

    pub(super) fn and(&self, other: &Self) -> Self {
        let combine = match (self.complement, other.complement) {
            (false, false) => |a: u64, b: u64| a & b,
            (false, true) => |a: u64, b: u64| a & !b,
            (true, false) => |a: u64, b: u64| !a & b,
            (true, true) => |a: u64, b: u64| a | b,
        };
        let length = self.words.len().max(other.words.len());
        let word = |words: &[u64], index: usize| words.get(index).copied().unwrap_or(0);
        let words =
            (0..length).map(|index| combine(word(&self.words, index), word(&other.words, index))).collect();
        let mut set = Self { words, complement: self.complement && other.complement };
        set.trim();
        set
    }

    pub(super) fn minus(&self, other: &Self) -> Self {
        self.and(&other.not())
    }

    pub(super) fn not(&self) -> Self {
        Self { words: self.words.clone(), complement: !self.complement }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.words.is_empty() && !self.complement
    }

    /// The slots in ascending order; of a complement, none.
    pub(super) fn iter(&self) -> impl Iterator<Item = u32> + '_ {
        let words: &[u64] = if self.complement { &[] } else { &self.words };
        (0_u32..).step_by(64).zip(words).flat_map(|(base, &word)| {
            (0..64).filter(move |bit| word >> bit & 1 == 1).map(move |bit| base + bit)
        })
    }

    fn trim(&mut self) {
        let length = self.words.iter().rposition(|&word| word != 0).map_or(0, |last| last + 1);
        self.words.truncate(length);
    }
}

impl FromIterator<u32> for SlotSet {
    fn from_iter<I: IntoIterator<Item = u32>>(slots: I) -> Self {
        let mut set = Self::empty();
        slots.into_iter().for_each(|slot| set.insert(slot));
        set
    }
}

impl fmt::Display for SlotSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let finite = if self.complement { self.not() } else { self.clone() };
        let slots: Vec<u32> = finite.iter().collect();
        write!(f, "{}{slots:?}", if self.complement { "not " } else { "" })
    }
}

/// Candidates of one project as PubGrub handles them: slots, and points at which versions may lie
/// that are not listed. So what is asked of something unknown still meets or does not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Candidates {
    pub(super) slots: SlotSet,
    pub(super) unlisted: VersionRange,
}

/// One of them.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Candidate {
    Slot(u32),
    /// A version that may be there, at this point.
    Unlisted(Cut),
}

impl fmt::Display for Candidate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Slot(slot) => write!(f, "slot {slot}"),
            Self::Unlisted(point) => write!(f, "near {}", point.version),
        }
    }
}

impl fmt::Display for Candidates {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} or {}", self.slots, self.unlisted)
    }
}

impl VersionSet for Candidates {
    type V = Candidate;

    fn empty() -> Self {
        Self { slots: SlotSet::empty(), unlisted: VersionRange::empty() }
    }

    fn singleton(candidate: Candidate) -> Self {
        match candidate {
            Candidate::Slot(slot) => Self { slots: SlotSet::only(slot), unlisted: VersionRange::empty() },
            Candidate::Unlisted(point) => Self { slots: SlotSet::empty(), unlisted: VersionRange::at(point) },
        }
    }

    fn complement(&self) -> Self {
        Self { slots: self.slots.not(), unlisted: self.unlisted.complement() }
    }

    fn intersection(&self, other: &Self) -> Self {
        Self { slots: self.slots.and(&other.slots), unlisted: self.unlisted.intersection(&other.unlisted) }
    }

    fn contains(&self, candidate: &Candidate) -> bool {
        match candidate {
            Candidate::Slot(slot) => self.slots.contains(*slot),
            Candidate::Unlisted(point) => self.unlisted.contains_point(point),
        }
    }

    fn full() -> Self {
        Self { slots: SlotSet::full(), unlisted: VersionRange::full() }
    }

    fn is_disjoint(&self, other: &Self) -> bool {
        self.slots.and(&other.slots).is_empty() && self.unlisted.is_disjoint(&other.unlisted)
    }
}

fn place(slot: u32) -> (usize, u64) {
    ((slot / 64) as usize, 1 << (slot % 64))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn set() -> impl Strategy<Value = SlotSet> {
        (prop::collection::vec(0_u32..200, 0..12), any::<bool>()).prop_map(|(slots, complement)| {
            let set = slots.into_iter().collect::<SlotSet>();
            if complement { set.not() } else { set }
        })
    }

    proptest! {
        #[test]
        fn operations_commute_with_membership(a in set(), b in set(), slot in 0_u32..300) {
            prop_assert_eq!(a.and(&b).contains(slot), a.contains(slot) && b.contains(slot));
            prop_assert_eq!(a.not().contains(slot), !a.contains(slot));
            prop_assert_eq!(a.minus(&b).contains(slot), a.contains(slot) && !b.contains(slot));
        }

        #[test]
        fn sets_with_the_same_slots_are_equal(a in set(), slot in 0_u32..300) {
            let mut with = a.clone();
            with.insert(slot);
            prop_assert!(with.contains(slot));
            prop_assert_eq!(with == a, a.contains(slot));
            prop_assert_eq!(a.and(&a.not()), SlotSet::empty());
        }
    }
}
