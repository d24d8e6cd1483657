//! What would have to change, found by asking again.

use std::{collections::HashSet, sync::Arc};

use super::{
    Change, Changes, Explanation, Origin, Problem, RootRequirement, Wanted,
    explain::{MOST_ITEMS, ROUNDS},
    pool::{Offered, Pool},
    walk::{Walked, walk},
};
use crate::{
    index::Index,
    order::SortedSet,
    pep440::{Specifiers, Version},
    pep508::{ProjectName, Requirement},
};

/// So many other versions are tried in each direction.
const NEAREST: usize = 10;

/// Other versions of the guilty requirers with which everything can be had: the nearest above
/// and below, each found by asking again.
#[must_use]
pub fn changes(problem: &Problem, index: &Index, explanation: &Explanation) -> Changes {
    let mut changes = Changes::default();
    let mut tried = HashSet::new();
    for number in explanation.roots.iter().copied() {
        let Some(root) = problem.requirements.get(number) else { continue };
        let Wanted::Name(requirement) = &root.wanted else { continue };
        if !tried.insert(requirement.name.clone()) {
            continue;
        }
        let mut pool = Pool::new(problem, index);
        let table = pool.table(&requirement.name);
        pool.load(table);
        let Some(table) = pool.tables.get(table) else { continue };
        let Offered::Slots { slots, .. } = &table.offered else { continue };
        let versions: SortedSet<Version> = slots
            .iter()
            .filter_map(|slot| table.slots.get(slot as usize))
            .filter(|slot| !crate::pep440::is_prerelease(&slot.version))
            .map(|slot| slot.version.clone())
            .collect();
        let admitted: Vec<&Version> =
            versions.iter().filter(|version| requirement.specifiers.to_range().contains(version)).collect();
        let (Some(lowest), Some(highest)) = (admitted.first(), admitted.last()) else { continue };
        let mut is_unknown = false;
        let mut works = |version: &&Version| {
            let Ok(pin) = format!("=={version}").parse::<Specifiers>() else { return false };
            let mut changed = problem.clone();
            if let Some(root) = changed.requirements.get_mut(number) {
                let mut requirement = (**requirement).clone();
                requirement.specifiers = pin;
                root.wanted = Wanted::Name(Arc::new(requirement));
            }
            match walk(&mut Pool::new(&changed, index), ROUNDS) {
                Walked::Pinned(_) => true,
                Walked::Lacking(_) => {
                    is_unknown = true;
                    false
                }
                Walked::Impossible(_) | Walked::TooDeep { .. } => false,
            }
        };
        let above = versions.iter().filter(|version| version > highest).take(NEAREST).find(&mut works);
        let below = versions.iter().rev().filter(|version| version < lowest).take(NEAREST).find(&mut works);
        if above.is_none() && below.is_none() {
            if is_unknown {
                changes.unknown.push(requirement.name.clone());
            }
            continue;
        }
        changes.found.push(Change {
            project: requirement.name.clone(),
            current: (admitted.len() == 1).then(|| (*highest).clone()),
            above: above.cloned(),
            below: below.cloned(),
            location: root.origin.location,
        });
    }
    changes
}

/// One of these versions which, asked for as well, makes pip's search come to an answer.
#[must_use]
pub fn helpful_pin(
    problem: &Problem,
    index: &Index,
    set: &[(ProjectName, Version)],
) -> Option<(ProjectName, Version)> {
    let helps = |(project, version): &&(ProjectName, Version)| {
        let Ok(pin) = format!("{project}=={version}").parse::<Requirement>() else { return false };
        let mut pinned = problem.clone();
        let wanted = Wanted::Name(Arc::new(pin));
        pinned.requirements.push(RootRequirement { wanted, origin: Origin::default() });
        matches!(walk(&mut Pool::new(&pinned, index), ROUNDS), Walked::Pinned(_))
    };
    set.iter().take(MOST_ITEMS).find(helps).cloned()
}
