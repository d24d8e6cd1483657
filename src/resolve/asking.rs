//! Who asks for what in a problem that cannot be had, and how each came to be asked for.

use std::collections::{HashMap, HashSet, VecDeque};

use super::{
    Conflict, PickSource, Wanted,
    explain::ROUNDS,
    learn::{Fact, Learned, Unknown, learn},
    pool::{Ask, AskKind, NodeId, Offered, PYTHON, Pool, Table, TableId},
    set::SlotSet,
    walk::{Parent, Walked, walk},
};
use crate::{order::SortedMap, pep440::VersionRange};

/// What a failure is explained from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reason {
    /// The facts that PubGrub's derivation rests on, where it has one.
    Facts,
    /// Where pip's search ended.
    Search,
}

/// Who asks for a project in a minimal problem.
#[derive(Debug, Clone)]
pub(super) struct Asker {
    pub(super) who: Who,
    /// The slots that the asker leaves.
    pub(super) slots: SlotSet,
    /// The versions that the asker leaves.
    pub(super) range: VersionRange,
    /// What is asked, as pip writes it, where all candidates of the asker ask alike.
    pub(super) specifier: String,
    /// The marker that goes with it.
    pub(super) marker: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Who {
    /// Number of a root requirement of the minimal problem.
    Root(usize),
    /// Number of a constraint of the minimal problem.
    Constraint(usize),
    /// These candidates of a node.
    Candidates(NodeId, Vec<u32>),
}

/// The project that cannot be had, and those who ask for it.
pub(super) struct Asking {
    pub(super) table: TableId,
    pub(super) askers: Vec<Asker>,
    /// How each node came to be asked for: its asker's node, or a root's number.
    pub(super) brought: HashMap<NodeId, Brought>,
}

#[derive(Debug, Clone, Copy)]
pub(super) enum Brought {
    Root(usize),
    Node(NodeId, u32),
}

impl Asking {
    pub(super) fn gather(pool: &mut Pool<'_>, conflict: &Conflict, reason: Reason) -> Self {
        let roots = pool.roots();
        let mut askers: SortedMap<TableId, Vec<Asker>> = SortedMap::new();
        for (number, ask) in &roots {
            add(pool, &mut askers, ask, Who::Root(*number));
        }
        let mut edges: Vec<(NodeId, SlotSet, NodeId)> = Vec::new();
        let mut exhausted = HashSet::new();
        let mut links: Vec<(NodeId, NodeId, u32)> = Vec::new();
        let derivation = match reason {
            Reason::Facts => Some(learn(pool, Unknown::Allow)),
            Reason::Search => None,
        };
        match derivation {
            Some(Learned::Unsolvable(facts)) => {
                for fact in facts {
                    match fact {
                        Fact::Depends { node, slots, on } => edges.push((node, slots, on)),
                        Fact::Exhausted { node } | Fact::Constrained { node } => {
                            exhausted.extend(pool.nodes.get(node).map(|node| node.table));
                        }
                        Fact::Asked { .. } => {}
                    }
                }
            }
            // Then pip's causes say who asks, and what it looked at how that came up.
            Some(Learned::Solved(_) | Learned::Lacking(_) | Learned::Stopped) | None => {
                if let Walked::Impossible(causes) = walk(pool, ROUNDS) {
                    links.extend(pool.looked_at());
                    for cause in causes {
                        if let Parent::Candidate(node, slot) = cause.parent {
                            edges.push((node, SlotSet::only(slot), cause.ask.node));
                        }
                    }
                }
            }
        }
        let mut by_pair: SortedMap<(NodeId, NodeId), SlotSet> = SortedMap::new();
        for (node, slots, on) in &edges {
            let set = by_pair.entry((*node, *on)).or_insert_with(SlotSet::empty);
            *set = set.not().and(&slots.not()).not();
        }
        for ((node, on), slots) in &by_pair {
            if pool.nodes.get(*node).map(|node| node.table) == pool.nodes.get(*on).map(|node| node.table) {
                links.extend(slots.iter().take(1).map(|slot| (*node, *on, slot)));
                continue;
            }
            let candidates: Vec<u32> = pool
                .tables
                .get(pool.nodes.get(*node).map_or(PYTHON, |node| node.table))
                .map(|table| (0..table.len()).filter(|&slot| slots.contains(slot)).collect())
                .unwrap_or_default();
            // Only those that what is asked of their own project leaves.
            let own = pool.nodes.get(*node).and_then(|node| askers.get(&node.table)).map(|askers| {
                askers
                    .iter()
                    .filter(|asker| matches!(asker.who, Who::Root(_)))
                    .fold(SlotSet::full(), |set, asker| set.and(&asker.slots))
            });
            let candidates: Vec<u32> = candidates
                .into_iter()
                .filter(|&slot| own.as_ref().is_none_or(|own| own.contains(slot)))
                .collect();
            links.extend(candidates.first().map(|&slot| (*node, *on, slot)));
            add_candidates(pool, &mut askers, *node, &candidates, *on);
        }
        for table in askers.keys().copied().collect::<Vec<_>>() {
            for (number, requirement) in pool.constraints(table).to_vec() {
                let node = pool.node(table, Vec::new());
                let ask = Ask { node, kind: AskKind::Name(requirement) };
                add(pool, &mut askers, &ask, Who::Constraint(number));
            }
        }
        let table = contested(pool, &askers, &exhausted)
            .or_else(|| {
                let project = &conflict.causes.last()?.project;
                Some(pool.table(project)).filter(|table| askers.contains_key(table))
            })
            .or_else(|| askers.keys().next().copied())
            .unwrap_or(PYTHON);
        Self { table, askers: askers.remove(&table).unwrap_or_default(), brought: brought(&roots, &links) }
    }
}

fn add(pool: &mut Pool<'_>, askers: &mut SortedMap<TableId, Vec<Asker>>, ask: &Ask, who: Who) {
    let Some(table) = pool.nodes.get(ask.node).map(|node| node.table) else { return };
    if matches!(ask.kind, AskKind::Name(_)) {
        pool.load(table);
    }
    let slots = pool.admitted(ask);
    let (range, specifier, marker) = words(pool, ask);
    let asker = Asker { who, slots, range, specifier, marker };
    let askers = askers.entry(table).or_default();
    // A line with extras asks twice, once of the project and once of the extra.
    if !askers.iter().any(|known| known.who == asker.who && known.slots == asker.slots) {
        askers.push(asker);
    }
}

/// Adds what all these candidates of a node ask of another: together they leave what any of
/// them leaves.
fn add_candidates(
    pool: &mut Pool<'_>,
    askers: &mut SortedMap<TableId, Vec<Asker>>,
    node: NodeId,
    candidates: &[u32],
    on: NodeId,
) {
    let Some(table) = pool.nodes.get(on).map(|node| node.table) else { return };
    let mut joined: Option<Asker> = None;
    for &slot in candidates {
        let Ok(asks) = pool.dependencies(node, slot) else { continue };
        let mut one: Option<Asker> = None;
        for ask in asks.iter().filter(|ask| ask.node == on) {
            if matches!(ask.kind, AskKind::Name(_)) {
                pool.load(table);
            }
            let slots = pool.admitted(ask);
            let (range, specifier, marker) = words(pool, ask);
            one = Some(match one {
                None => Asker { who: Who::Candidates(node, Vec::new()), slots, range, specifier, marker },
                Some(before) => Asker {
                    slots: before.slots.and(&slots),
                    range: before.range.intersection(&range),
                    specifier: join(&before.specifier, &specifier),
                    ..before
                },
            });
        }
        let Some(one) = one else { continue };
        joined = Some(match joined {
            None => one,
            Some(before) => Asker {
                slots: before.slots.not().and(&one.slots.not()).not(),
                range: before.range.union(&one.range),
                specifier: if before.specifier == one.specifier { one.specifier } else { String::new() },
                marker: before.marker.filter(|marker| one.marker.as_ref() == Some(marker)),
                who: before.who,
            },
        });
    }
    let Some(mut asker) = joined else { return };
    asker.who = Who::Candidates(node, candidates.to_vec());
    if asker.specifier.is_empty() && !asker.range.is_full() {
        asker.specifier = asker.range.to_string();
    }
    askers.entry(table).or_default().push(asker);
}

fn join(a: &str, b: &str) -> String {
    [a, b].into_iter().filter(|text| !text.is_empty()).collect::<Vec<_>>().join(",")
}

/// The versions an ask leaves, what it says of them, and its marker.
fn words(pool: &Pool<'_>, ask: &Ask) -> (VersionRange, String, Option<String>) {
    match &ask.kind {
        AskKind::Name(requirement) => (
            requirement.specifiers.to_range(),
            requirement.specifiers.to_string(),
            requirement.marker.as_ref().map(ToString::to_string),
        ),
        AskKind::Slot(slot) => match pool.candidate(ask.node, *slot) {
            Some((_, slot)) => {
                (VersionRange::singleton(slot.version.clone()), format!("=={}", slot.version), None)
            }
            None => (VersionRange::empty(), String::new(), None),
        },
        AskKind::Python(specifiers) => (specifiers.to_range(), specifiers.to_string(), None),
        AskKind::Url(url) => (VersionRange::empty(), format!(" @ {url}"), None),
    }
}

/// The slots of a project that could be picked if nothing were asked of it.
pub(super) fn usable(pool: &Pool<'_>, table: TableId) -> SlotSet {
    let Some(table) = pool.tables.get(table) else { return SlotSet::empty() };
    let offered = match &table.offered {
        Offered::Slots { slots, .. } => slots.clone(),
        Offered::Unasked | Offered::Unknown => SlotSet::empty(),
    };
    let other = (0..table.len()).filter(|&slot| {
        let source = table.slots.get(slot as usize).map(|slot| &slot.source);
        matches!(source, Some(PickSource::Direct(_))) || table.installed == Some(slot)
    });
    offered.not().and(&other.collect::<SlotSet>().not()).not()
}

/// The project of which nothing is left: the one with the fewest who ask for it.
fn contested(
    pool: &Pool<'_>,
    askers: &SortedMap<TableId, Vec<Asker>>,
    exhausted: &HashSet<TableId>,
) -> Option<TableId> {
    askers
        .iter()
        .filter(|(table, askers)| {
            let direct = askers.iter().any(|asker| asker.slots != SlotSet::full() && is_file(pool, asker));
            if !direct && !pool.tables.get(**table).is_some_and(Table::is_known) {
                return false;
            }
            let left = askers.iter().fold(usable(pool, **table), |set, asker| set.and(&asker.slots));
            left.is_empty()
        })
        .min_by_key(|(table, askers)| (!exhausted.contains(table), askers.len()))
        .map(|(&table, _)| table)
}

pub(super) fn is_file(pool: &Pool<'_>, asker: &Asker) -> bool {
    match asker.who {
        Who::Root(number) => {
            matches!(pool.problem.requirements.get(number).map(|root| &root.wanted), Some(Wanted::Direct(_)))
        }
        Who::Constraint(_) | Who::Candidates(..) => false,
    }
}

/// By which path each node came up, the shortest.
fn brought(roots: &[(usize, Ask)], links: &[(NodeId, NodeId, u32)]) -> HashMap<NodeId, Brought> {
    let mut brought: HashMap<NodeId, Brought> = HashMap::new();
    let mut open: VecDeque<NodeId> = VecDeque::new();
    for (number, ask) in roots {
        brought.entry(ask.node).or_insert_with(|| {
            open.push_back(ask.node);
            Brought::Root(*number)
        });
    }
    while let Some(node) = open.pop_front() {
        for (_, on, slot) in links.iter().filter(|(from, ..)| *from == node) {
            brought.entry(*on).or_insert_with(|| {
                open.push_back(*on);
                Brought::Node(node, *slot)
            });
        }
    }
    brought
}
