//! Who is guilty, who is innocent, and why what they ask cannot be had.

use super::{
    Asked, Conflict, ConflictKind, Edge, Explanation, Party, PartyKind, Problem, Requirer, Sentence,
    Unavailable, Wanted,
    asking::{Asker, Asking, Brought, Who, is_file, usable},
    pool::{Exclusion, Offered, PYTHON, Pool, Slot},
    set::SlotSet,
    wording::{package_text, requirer, root_text},
};
use crate::{
    order,
    pep440::{Version, VersionRange},
    pep508::ProjectName,
    text::Location,
};

impl Asking {
    pub(super) fn explanation(
        self,
        pool: &Pool<'_>,
        original: &Problem,
        conflict: &Conflict,
        kept: &[usize],
    ) -> Option<Explanation> {
        let usable = usable(pool, self.table);
        let guilty = guilty(&self.askers, &usable);
        let overlap =
            guilty.iter().fold(VersionRange::full(), |range, asker| range.intersection(&asker.range));
        let files = guilty.iter().filter(|asker| is_file(pool, asker)).count();
        let kind = if files >= 2 {
            ConflictKind::Duplicate
        } else if overlap.is_empty() && self.table != PYTHON && guilty.len() > 1 {
            ConflictKind::Disjoint
        } else {
            ConflictKind::Unavailable(self.reason(pool, &overlap))
        };
        let project = pool.tables.get(self.table)?.project.clone();
        let parties: Vec<Party> = guilty.iter().map(|asker| self.party(pool, asker)).collect();
        let mut chain: Vec<Sentence> = Vec::new();
        for asker in &guilty {
            for sentence in self.sentences(pool, asker) {
                if !chain.contains(&sentence) {
                    chain.push(sentence);
                }
            }
        }
        chain.push(Sentence { text: self.end(pool, &kind, &overlap, guilty.len()), location: None });
        let innocent = innocent(original, conflict, &parties, &project);
        Some(Explanation { kind, project, chain, guilty: parties, innocent, overlap, roots: kept.to_vec() })
    }

    fn reason(&self, pool: &Pool<'_>, overlap: &VersionRange) -> Unavailable {
        let Some(table) = pool.tables.get(self.table) else { return Unavailable::NoRelease };
        if self.table == PYTHON {
            let specifiers = self.askers.iter().find_map(|asker| asker.specifier.parse().ok());
            return Unavailable::RequiresPython {
                version: pool.python.clone(),
                specifiers: specifiers.unwrap_or_default(),
            };
        }
        let Offered::Slots { slots, .. } = &table.offered else { return Unavailable::NoProject };
        let there: Vec<&Slot> = slots
            .iter()
            .filter_map(|slot| table.slots.get(slot as usize))
            .filter(|slot| overlap.contains(&slot.version))
            .collect();
        if !there.is_empty() {
            let yanked =
                |slot: &&Slot| slot.artifact.as_ref().is_some_and(|artifact| artifact.yanked.is_some());
            if there.iter().all(yanked) {
                return Unavailable::OnlyYanked(there.iter().map(|slot| slot.version.clone()).collect());
            }
            let fitting = slots.iter().filter(|&slot| {
                table.slots.get(slot as usize).is_some_and(|slot| overlap.contains(&slot.version))
            });
            let all: Vec<u32> = fitting.collect();
            if all.iter().all(|&slot| pool.is_invalid(self.table, slot))
                && let Some((version, line)) = pool.invalid_line(self.table, all.into_iter())
            {
                return Unavailable::InvalidMetadata { version, line };
            }
            return Unavailable::Dependencies;
        }
        let mut excluded: Vec<_> =
            table.excluded.iter().filter(|excluded| overlap.contains(&excluded.version)).collect();
        order::sort_by(&mut excluded, |a, b| b.version.cmp(&a.version));
        for file in &excluded {
            if let Exclusion::RequiresPython(specifiers) = &file.reason {
                return Unavailable::RequiresPython {
                    version: file.version.clone(),
                    specifiers: (**specifiers).clone(),
                };
            }
        }
        if !excluded.is_empty() {
            let mut versions: Vec<Version> = excluded.iter().map(|file| file.version.clone()).collect();
            versions.dedup();
            return Unavailable::NoFileForTarget(versions);
        }
        let installed = table.installed.and_then(|slot| table.slots.get(slot as usize));
        match installed {
            Some(installed) if slots.is_empty() => Unavailable::InstalledInTheWay(installed.version.clone()),
            _ if pool.problem.indexes.is_empty() => Unavailable::NotInWheelhouse,
            _ if slots.is_empty() && table.excluded.is_empty() => Unavailable::NoProject,
            _ => Unavailable::NoRelease,
        }
    }

    fn party(&self, pool: &Pool<'_>, asker: &Asker) -> Party {
        let kind = match asker.who {
            Who::Constraint(_) => PartyKind::Constraint,
            Who::Root(_) if is_file(pool, asker) => PartyKind::File,
            Who::Root(_) | Who::Candidates(..) => PartyKind::Requirement,
        };
        Party {
            kind,
            requirer: requirer(pool, asker),
            specifier: asker.specifier.clone(),
            range: asker.range.clone(),
            location: self.location(pool, &asker.who),
        }
    }

    pub(super) fn location(&self, pool: &Pool<'_>, who: &Who) -> Option<Location> {
        match who {
            Who::Root(number) => pool.problem.requirements.get(*number)?.origin.location,
            Who::Constraint(number) => pool.problem.constraints.get(*number)?.origin.location,
            Who::Candidates(node, _) => {
                let mut node = *node;
                for _ in 0..=self.brought.len() {
                    match self.brought.get(&node)? {
                        Brought::Root(number) => {
                            return pool.problem.requirements.get(*number)?.origin.location;
                        }
                        Brought::Node(parent, _) => node = *parent,
                    }
                }
                None
            }
        }
    }
}

/// The askers that together leave nothing, each of them needed. Those that name a file or a
/// person's own line are left out last: they are what can be changed.
fn guilty(askers: &[Asker], usable: &SlotSet) -> Vec<Asker> {
    let disjoint = |askers: &[Asker]| {
        askers.iter().fold(VersionRange::full(), |range, asker| range.intersection(&asker.range)).is_empty()
    };
    let nothing =
        |askers: &[Asker]| askers.iter().fold(usable.clone(), |set, asker| set.and(&asker.slots)).is_empty();
    // Ranges that never meet are a better reason than a version that nobody offers.
    let shrink = |fails: &dyn Fn(&[Asker]) -> bool| {
        let mut left = askers.to_vec();
        let mut item = left.len();
        while item > 0 {
            item -= 1;
            let mut fewer = left.clone();
            fewer.remove(item);
            if fails(&fewer) {
                left = fewer;
            }
        }
        left
    };
    let guilty = if disjoint(askers) { shrink(&disjoint) } else { shrink(&nothing) };
    // Where there is nothing at all to be had, nobody who asks for it is beside the point.
    if guilty.is_empty() { askers.to_vec() } else { guilty }
}

/// Those that pip names and without whom the conflict stays.
fn innocent(problem: &Problem, conflict: &Conflict, guilty: &[Party], project: &ProjectName) -> Vec<Party> {
    let mut innocent: Vec<Party> = Vec::new();
    for cause in conflict.causes.iter().filter(|cause| cause.project == *project) {
        let party = cause_party(problem, cause);
        let same = |known: &Party| known.requirer == party.requirer && known.specifier == party.specifier;
        // A guilty floating requirer stands for all of its releases.
        let stands_for = |known: &Party| match &cause.requirer {
            Requirer::Package { project, .. } => known.requirer.starts_with(&format!("every {project} ")),
            Requirer::Root(_) => false,
        };
        if !guilty.iter().any(|known| same(known) || stands_for(known)) && !innocent.iter().any(same) {
            innocent.push(party);
        }
    }
    innocent
}

fn cause_party(problem: &Problem, cause: &Edge) -> Party {
    let (range, specifier) = match &cause.asked {
        Asked::Name(requirement) => (requirement.specifiers.to_range(), requirement.specifiers.to_string()),
        Asked::File { version, .. } => (VersionRange::singleton(version.clone()), format!("=={version}")),
        Asked::Python(specifiers) => (specifiers.to_range(), specifiers.to_string()),
        Asked::Url(url) => (VersionRange::empty(), format!(" @ {url}")),
    };
    let (kind, requirer, location) = match &cause.requirer {
        Requirer::Root(number) => {
            let root = problem.requirements.get(*number);
            let kind = match root.map(|root| &root.wanted) {
                Some(Wanted::Direct(_)) => PartyKind::File,
                _ => PartyKind::Requirement,
            };
            let location = root.and_then(|root| root.origin.location);
            (kind, root_text(problem, *number), location)
        }
        Requirer::Package { project, version, extras } => {
            (PartyKind::Requirement, package_text(project, version, extras.iter().map(AsRef::as_ref)), None)
        }
    };
    Party { kind, requirer, specifier, range, location }
}
