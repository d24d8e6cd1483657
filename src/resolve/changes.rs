//! What would have to change, found by asking again.

use std::{iter, sync::Arc};

use super::{
    Change, Changes, Explanation, MissingFact, Origin, Problem, RootRequirement, Wanted,
    explain::{MOST_ITEMS, ROUNDS},
    pool::{Offered, Pool},
    walk::{Walked, walk},
};
use crate::{
    index::Index,
    order::SortedSet,
    pep440::{LocalSegment, Operator, Specifier, Specifiers, Version, is_prerelease},
    pep508::{ProjectName, Requirement},
};

/// So many releases are tried one by one where a fact about one of them is missing.
const NEAREST: usize = 10;

/// Other versions that the person may ask for, with which everything is compatible, each found by
/// asking again: the nearest above and below, and the newest of the nearest one's major series.
/// Where another conflict stands behind this one, those with which this one goes.
#[must_use]
pub fn changes(problem: &Problem, index: &Index, explanation: &Explanation) -> Changes {
    let constraints = problem.constraints.iter().enumerate();
    let constraints = constraints
        .filter(|(_, constraint)| constraint.requirement.name == explanation.project)
        .map(|(number, _)| Place::Constraint(number));
    let places: Vec<Place> =
        explanation.roots.iter().map(|number| Place::Requirement(*number)).chain(constraints).collect();
    let changes = changes_of(problem, index, &places, true);
    if !changes.found.is_empty() || !changes.unknown.is_empty() {
        return changes;
    }
    let requirements =
        explanation.roots.iter().filter_map(|number| problem.requirements.get(*number).cloned()).collect();
    let only_guilty = Problem { requirements, ..problem.clone() };
    let renumbered = places.into_iter().scan(0, |next, place| {
        Some(match place {
            Place::Requirement(_) => {
                *next += 1;
                Place::Requirement(*next - 1)
            }
            Place::Constraint(number) => Place::Constraint(number),
        })
    });
    changes_of(&only_guilty, index, &renumbered.collect::<Vec<_>>(), false)
}

/// Where the person asks for something, by its number in a problem.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    Requirement(usize),
    Constraint(usize),
}

impl Place {
    fn requirement(self, problem: &Problem) -> Option<(&Arc<Requirement>, &Origin)> {
        match self {
            Self::Requirement(number) => match problem.requirements.get(number)? {
                RootRequirement { wanted: Wanted::Name(requirement), origin } => Some((requirement, origin)),
                RootRequirement { wanted: Wanted::Direct(_), .. } => None,
            },
            Self::Constraint(number) => {
                problem.constraints.get(number).map(|line| (&line.requirement, &line.origin))
            }
        }
    }

    /// The same problem with another requirement here.
    fn with(self, requirement: Requirement, problem: &Problem) -> Problem {
        let mut changed = problem.clone();
        match self {
            Self::Requirement(number) => {
                if let Some(root) = changed.requirements.get_mut(number) {
                    root.wanted = Wanted::Name(Arc::new(requirement));
                }
            }
            Self::Constraint(number) => {
                if let Some(line) = changed.constraints.get_mut(number) {
                    line.requirement = Arc::new(requirement);
                }
            }
        }
        changed
    }
}

fn changes_of(problem: &Problem, index: &Index, places: &[Place], is_whole: bool) -> Changes {
    let mut changes = Changes::default();
    for place in places.iter().copied() {
        let Some((requirement, origin)) = place.requirement(problem) else { continue };
        // To ask for a version that suits another line of one's own would be to say the same twice.
        let is_rival = |other: &Place| {
            *other != place
                && other.requirement(problem).is_some_and(|(other, _)| other.name == requirement.name)
        };
        if places.iter().any(is_rival) {
            continue;
        }
        let mut search = Search { problem, index, place, requirement, lacks: Vec::new() };
        let asked = requirement.specifiers.to_range();
        let versions = search.versions();
        let admitted: Vec<&Version> = versions.iter().filter(|version| asked.contains(version)).collect();
        let (lowest, highest) = match (admitted.first(), admitted.last()) {
            (Some(lowest), Some(highest)) => (*lowest, *highest),
            // A pin on a release that is not offered here still says from where to look.
            _ => match pinned(requirement) {
                Some(pin) => (pin, pin),
                None => continue,
            },
        };
        let below = search.nearest_below(lowest, &versions);
        let above = search.nearest_above(highest, &versions);
        let newest = above.as_ref().and_then(|above| {
            let series = above.release().first()?;
            search.newest(&format!(">={above},<{}", series.checked_add(1)?), &versions)
        });
        if above.is_none() && below.is_none() {
            if !search.lacks.is_empty() {
                changes.unknown.push(requirement.name.clone());
            }
            changes.lacking.append(&mut search.lacks);
            continue;
        }
        changes.found.push(Change {
            project: requirement.name.clone(),
            current: (admitted.len() <= 1).then(|| highest.clone()),
            highest: highest.clone(),
            above,
            newest,
            below,
            is_whole,
            location: origin.location,
        });
    }
    changes
}

/// The version of a requirement that is a pin.
fn pinned(requirement: &Requirement) -> Option<&Version> {
    match requirement.specifiers.clauses() {
        [only] if only.is_pin() => only.parsed.as_ref(),
        _ => None,
    }
}

/// Asking for other versions at one place.
struct Search<'a> {
    problem: &'a Problem,
    index: &'a Index,
    place: Place,
    requirement: &'a Requirement,
    /// Facts that some answer would have needed.
    lacks: Vec<MissingFact>,
}

impl Search<'_> {
    /// Releases that the call may find, without pre-releases and those that the person excluded by
    /// hand; of a local build (`+cu124`), those with the same label.
    fn versions(&self) -> SortedSet<Version> {
        let mut pool = Pool::new(self.problem, self.index);
        let table = pool.table(&self.requirement.name);
        pool.load(table);
        let Some(table) = pool.tables.get(table) else { return SortedSet::new() };
        let Offered::Slots { slots, .. } = &table.offered else { return SortedSet::new() };
        let excluded: Vec<_> = self.excluded().map(Specifier::to_range).collect();
        let label = self.label();
        let offered = slots.iter().filter_map(|slot| table.slots.get(slot as usize));
        offered
            .map(|slot| &slot.version)
            .filter(|version| !is_prerelease(version))
            .filter(|version| label.is_none_or(|label| version.local() == label))
            .filter(|version| excluded.iter().all(|range| range.contains(version)))
            .cloned()
            .collect()
    }

    /// The label of the local build that is asked for.
    fn label(&self) -> Option<&[LocalSegment]> {
        pinned(self.requirement).map(Version::local).filter(|label| !label.is_empty())
    }

    /// `!=` clauses: what the person knows to be bad stays out.
    fn excluded(&self) -> impl Iterator<Item = &Specifier> {
        let clauses = self.requirement.specifiers.clauses().iter();
        clauses.filter(|clause| clause.operator == Operator::NotEqual)
    }

    /// The newest version within these clauses with which everything can be had: what pip's search
    /// comes to first.
    fn newest(&mut self, clauses: &str, versions: &SortedSet<Version>) -> Option<Version> {
        let excluded = self.excluded().map(ToString::to_string);
        let clauses: Vec<String> = iter::once(clauses.to_owned()).chain(excluded).collect();
        let specifiers: Specifiers = clauses.join(",").parse().ok()?;
        let mut requirement = self.requirement.clone();
        requirement.specifiers = specifiers;
        let changed = self.place.with(requirement, self.problem);
        let mut pool = Pool::new(&changed, self.index);
        let pins = match walk(&mut pool, ROUNDS) {
            Walked::Pinned(pins) => pins,
            Walked::Lacking(facts) => {
                // That there may be releases newer than the list is so of every project.
                self.lacks.extend(facts.into_iter().filter(|fact| fact.newest_listed.is_none()));
                return None;
            }
            Walked::Impossible(_) | Walked::TooDeep { .. } => return None,
        };
        let picked = pins.pins.iter().filter_map(|(node, slot)| pool.candidate(*node, *slot));
        let mut picked = picked.filter(|(table, _)| table.project == self.requirement.name);
        picked.next().map(|(_, slot)| slot.version.clone()).filter(|version| versions.contains(version))
    }
    /// The version below all that are asked for, nearest first.
    fn nearest_below(&mut self, lowest: &Version, versions: &SortedSet<Version>) -> Option<Version> {
        let below: Vec<&Version> = versions.iter().rev().filter(|version| *version < lowest).collect();
        // An ordered comparison takes no local label, nor tells builds of one version apart.
        let found = match self.label() {
            Some(_) => None,
            None => self.newest(&format!("<{lowest}"), versions),
        };
        found.or_else(|| self.one_of(&below, versions))
    }

    /// The nearest version above all that are asked for: the range of versions is halved as long as
    /// its lower part holds one with which everything can be had.
    fn nearest_above(&mut self, highest: &Version, versions: &SortedSet<Version>) -> Option<Version> {
        let above: Vec<&Version> = versions.iter().filter(|version| *version > highest).collect();
        let place = |found: &Version| above.iter().position(|version| *version == found);
        let found = match self.label() {
            Some(_) => None,
            None => self.newest(&format!(">{highest}"), versions),
        };
        let Some(found) = found else { return self.one_of(&above, versions) };
        let (mut low, mut high) = (0, place(&found)?);
        while low < high {
            let middle = low + (high - low) / 2;
            let limit = above.get(middle)?;
            match self.newest(&format!(">{highest},<={limit}"), versions).as_ref().and_then(place) {
                Some(found) => high = found,
                None => low = middle + 1,
            }
        }
        above.get(high).map(|version| (*version).clone())
    }

    /// The first of a few versions with which everything can be had: where a fact about one release
    /// is missing, others may do all the same.
    fn one_of(&mut self, versions: &[&Version], known: &SortedSet<Version>) -> Option<Version> {
        if self.lacks.is_empty() && self.label().is_none() {
            return None;
        }
        versions.iter().take(NEAREST).find_map(|version| self.newest(&format!("=={version}"), known))
    }
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
