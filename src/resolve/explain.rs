//! From a conflict to the shortest sufficient reason.
//!
//! First everything is left out without which the conflict stays; what is left is put to
//! PubGrub, and the facts its derivation rests on say where the ranges meet or fail to.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap, HashSet, VecDeque},
    sync::Arc,
};

use super::{
    Asked, Change, Changes, Conflict, ConflictKind, Edge, Explanation, Origin, Party, PartyKind, PickSource,
    Problem, Requirer, RootRequirement, Sentence, Tool, Unavailable, Wanted,
    learn::{Fact, Learned, Unknown, learn},
    pool::{Ask, AskKind, Exclusion, Node, NodeId, Offered, PYTHON, Pool, Table, TableId},
    set::SlotSet,
    walk::{Parent, Walked, walk},
};
use crate::{
    index::{Artifact, Index},
    pep440::{Specifiers, Version, VersionRange},
    pep508::{ProjectName, Requirement},
    text::Location,
};

/// Rounds that one question of an explanation may take; there are many of them.
const ROUNDS: u32 = 400;
/// So many requirements are left out one by one; beyond, only what PubGrub's derivation names.
const MOST_ITEMS: usize = 80;
/// So many other versions are tried in each direction.
const NEAREST: usize = 10;

/// Why a conflict is one. `None` only for a conflict that [`super::resolve`] did not find.
#[must_use]
pub fn explain(problem: &Problem, index: &Index, conflict: &Conflict) -> Option<Explanation> {
    let learned = learn(&mut Pool::new(problem, index), Unknown::Allow);
    if let Learned::Solved(_) = learned
        && let Some(set) = overlooked(problem, index)
    {
        let mut pool = Pool::new(problem, index);
        let asking = Asking::gather(&mut pool, conflict, Reason::Search);
        let kept: Vec<usize> = (0..problem.requirements.len()).collect();
        let mut explanation = asking.explanation(&pool, problem, conflict, &kept)?;
        let (text, location) = (given_up(problem, &set), None);
        explanation.chain.push(Sentence { text, location });
        explanation.kind = ConflictKind::GivenUp(set);
        return Some(explanation);
    }
    let (minimal, kept) = minimal(problem, index, &learned);
    let mut pool = Pool::new(&minimal, index);
    let asking = Asking::gather(&mut pool, conflict, Reason::Facts);
    asking.explanation(&pool, problem, conflict, &kept)
}

/// Versions that suit everyone, by pip's rules of what is a candidate, although its search does
/// not come to them.
fn overlooked(problem: &Problem, index: &Index) -> Option<Vec<(ProjectName, Version)>> {
    let mut pool = Pool::new(problem, index);
    let Learned::Solved(pins) = learn(&mut pool, Unknown::Ask) else { return None };
    let mut asked: HashMap<NodeId, Vec<Ask>> = HashMap::new();
    for (_, ask) in pool.roots() {
        asked.entry(ask.node).or_default().push(ask);
    }
    for &(node, slot) in &pins {
        for ask in pool.dependencies(node, slot).ok()?.iter() {
            asked.entry(ask.node).or_default().push(ask.clone());
        }
    }
    let mut set = BTreeMap::new();
    for &(node, slot) in &pins {
        let asks: Vec<&Ask> = asked.get(&node).into_iter().flatten().collect();
        let matches = pool.matches(node, &asks, &SlotSet::empty());
        let offered = matches.offered.as_ref().is_some_and(|offered| offered.contains(slot));
        if !offered && matches.installed != Some(slot) {
            return None;
        }
        let (table, candidate) = pool.candidate(node, slot)?;
        if node != PYTHON {
            set.insert(table.project.clone(), candidate.version.clone());
        }
    }
    Some(set.into_iter().collect())
}

fn given_up(problem: &Problem, set: &[(ProjectName, Version)]) -> String {
    let tool = match &problem.tool {
        Tool::Pip(version) => format!("pip {version}"),
        Tool::Uv => "uv".to_owned(),
    };
    format!("There {tool} gives up, though these suit everyone: {}.", set_text(set))
}

/// `b 3, d 2 and e 1`; at most six, then how many more.
#[must_use]
pub fn set_text(set: &[(ProjectName, Version)]) -> String {
    const SHOWN: usize = 6;
    let text = |(project, version): &(ProjectName, Version)| format!("{project} {version}");
    let mut words: Vec<String> = set.iter().take(SHOWN).map(text).collect();
    if set.len() > SHOWN {
        words.push(format!("{} more", set.len() - SHOWN));
    }
    match words.as_slice() {
        [before @ .., last] if !before.is_empty() => format!("{} and {last}", before.join(", ")),
        words => words.concat(),
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

/// What a failure is explained from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Reason {
    /// The facts that PubGrub's derivation rests on, where it has one.
    Facts,
    /// Where pip's search ended.
    Search,
}

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
        let versions: BTreeSet<Version> = slots
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

fn fails(problem: &Problem, index: &Index) -> bool {
    matches!(walk(&mut Pool::new(problem, index), ROUNDS), Walked::Impossible(_))
}

/// The problem without everything that the conflict does not need, and the numbers of the root
/// requirements that are left.
fn minimal(problem: &Problem, index: &Index, learned: &Learned) -> (Problem, Vec<usize>) {
    let mut minimal = problem.clone();
    let mut kept: Vec<usize> = (0..problem.requirements.len()).collect();
    // PubGrub's derivation leaves most of them out at once.
    if let Learned::Unsolvable(facts) = learned {
        let mut pool = Pool::new(problem, index);
        let nodes: HashSet<NodeId> = facts
            .iter()
            .filter_map(|fact| if let Fact::Asked { node } = fact { Some(*node) } else { None })
            .collect();
        let named: BTreeSet<usize> = pool
            .roots()
            .into_iter()
            .filter(|(_, ask)| nodes.contains(&ask.node))
            .map(|(number, _)| number)
            .collect();
        let mut smaller = minimal.clone();
        smaller.requirements = pick(&problem.requirements, &named);
        if fails(&smaller, index) {
            minimal = smaller;
            kept = named.into_iter().collect();
        }
    }
    if minimal.requirements.len() + minimal.constraints.len() > MOST_ITEMS {
        return (minimal, kept);
    }
    for item in (0..minimal.requirements.len()).rev() {
        let mut smaller = minimal.clone();
        smaller.requirements.remove(item);
        if fails(&smaller, index) {
            minimal = smaller;
            kept.remove(item);
        }
    }
    for item in (0..minimal.constraints.len()).rev() {
        let mut smaller = minimal.clone();
        smaller.constraints.remove(item);
        if fails(&smaller, index) {
            minimal = smaller;
        }
    }
    (minimal, kept)
}

fn pick<T: Clone>(items: &[T], numbers: &BTreeSet<usize>) -> Vec<T> {
    numbers.iter().filter_map(|&number| items.get(number)).cloned().collect()
}

/// Who asks for a project in a minimal problem.
#[derive(Debug, Clone)]
struct Asker {
    who: Who,
    /// The slots that the asker leaves.
    slots: SlotSet,
    /// The versions that the asker leaves.
    range: VersionRange,
    /// What is asked, as pip writes it, where all candidates of the asker ask alike.
    specifier: String,
    /// The marker that goes with it.
    marker: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Who {
    /// Number of a root requirement of the minimal problem.
    Root(usize),
    /// Number of a constraint of the minimal problem.
    Constraint(usize),
    /// These candidates of a node.
    Candidates(NodeId, Vec<u32>),
}

/// The project that cannot be had, and those who ask for it.
struct Asking {
    table: TableId,
    askers: Vec<Asker>,
    /// How each node came to be asked for: its asker's node, or a root's number.
    brought: HashMap<NodeId, Brought>,
}

#[derive(Debug, Clone, Copy)]
enum Brought {
    Root(usize),
    Node(NodeId, u32),
}

impl Asking {
    fn gather(pool: &mut Pool<'_>, conflict: &Conflict, reason: Reason) -> Self {
        let roots = pool.roots();
        let mut askers: BTreeMap<TableId, Vec<Asker>> = BTreeMap::new();
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
        let mut by_pair: BTreeMap<(NodeId, NodeId), SlotSet> = BTreeMap::new();
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

    fn explanation(
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
        let there: Vec<&super::pool::Slot> = slots
            .iter()
            .filter_map(|slot| table.slots.get(slot as usize))
            .filter(|slot| overlap.contains(&slot.version))
            .collect();
        if !there.is_empty() {
            let yanked = |slot: &&super::pool::Slot| {
                slot.artifact.as_ref().is_some_and(|artifact| artifact.yanked.is_some())
            };
            if there.iter().all(yanked) {
                return Unavailable::OnlyYanked(there.iter().map(|slot| slot.version.clone()).collect());
            }
            return Unavailable::Dependencies;
        }
        let mut excluded: Vec<_> =
            table.excluded.iter().filter(|excluded| overlap.contains(&excluded.version)).collect();
        excluded.sort_by(|a, b| b.version.cmp(&a.version));
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

    /// How the chain ends, so far as ranges and candidates go.
    fn end(&self, pool: &Pool<'_>, kind: &ConflictKind, overlap: &VersionRange, guilty: usize) -> String {
        let Some(table) = pool.tables.get(self.table) else { return String::new() };
        let name = &table.project;
        let wanted = if overlap.is_full() { name.to_string() } else { format!("{name} {overlap}") };
        let allow = if guilty > 1 { "They all allow" } else { "That allows" };
        match kind {
            ConflictKind::Disjoint => format!("No version of {name} is in all of these ranges."),
            ConflictKind::Duplicate => {
                format!("One environment holds one {name}, so both files cannot be had.")
            }
            ConflictKind::GivenUp(set) => given_up(pool.problem, set),
            ConflictKind::Unavailable(reason) => match reason {
                Unavailable::NoProject => format!("{allow} {wanted}, but nothing offers {name} at all."),
                Unavailable::NotInWheelhouse => {
                    format!("{allow} {wanted}, but the folders offer {}.", offered(table))
                }
                Unavailable::NoRelease => format!("{allow} {wanted}, but there is no such release."),
                Unavailable::NoFileForTarget(versions) => format!(
                    "{allow} {wanted}, but no file of {name} {} may be used on {}.",
                    list(versions),
                    pool.problem.target
                ),
                Unavailable::RequiresPython { version, specifiers } if self.table == PYTHON => {
                    format!("This is Python {version}, which is not {specifiers}.")
                }
                Unavailable::RequiresPython { version, specifiers } => format!(
                    "{allow} {wanted}, but {name} {version} requires Python {specifiers}, and this is {}.",
                    pool.python
                ),
                Unavailable::OnlyYanked(versions) => {
                    format!("{allow} {wanted}, but {} was taken back by its authors.", list(versions))
                }
                Unavailable::InstalledInTheWay(version) => {
                    format!("{allow} {wanted}, but {name} {version} is installed and nothing offers another.")
                }
                Unavailable::Dependencies => {
                    format!("{allow} {wanted}, but each such release asks for something that cannot be had.")
                }
            },
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

    /// Who brought the asker, step by step, and what it asks.
    fn sentences(&self, pool: &Pool<'_>, asker: &Asker) -> Vec<Sentence> {
        let mut sentences = Vec::new();
        let location = self.location(pool, &asker.who);
        if let Who::Candidates(node, _) = &asker.who {
            let mut steps = Vec::new();
            let mut node = *node;
            let mut seen = HashSet::new();
            while let Some(&brought) = self.brought.get(&node) {
                if !seen.insert(node) {
                    break;
                }
                match brought {
                    Brought::Root(number) => {
                        steps.push(Sentence { text: root_sentence(pool, number), location });
                        break;
                    }
                    Brought::Node(parent, slot) => {
                        if let Some(text) = dependency_sentence(pool, parent, slot, node) {
                            steps.push(Sentence { text, location });
                        }
                        node = parent;
                    }
                }
            }
            steps.reverse();
            sentences.extend(steps);
        }
        sentences.push(Sentence { text: self.asks(pool, asker), location });
        sentences
    }

    fn asks(&self, pool: &Pool<'_>, asker: &Asker) -> String {
        let name = pool.tables.get(self.table).map_or_else(String::new, |table| table.project.to_string());
        let marker = asker.marker.as_ref().map_or_else(String::new, |marker| format!(" where {marker}"));
        match &asker.who {
            Who::Root(number) => root_sentence(pool, *number),
            Who::Constraint(_) => {
                format!("{} bounds {name}{}.", capital(&requirer(pool, asker)), asker.specifier)
            }
            Who::Candidates(..) if self.table == PYTHON => {
                format!("{} requires Python {}.", requirer(pool, asker), asker.specifier)
            }
            Who::Candidates(_, slots) if slots.len() > 1 => {
                let range = if asker.range.is_full() { String::new() } else { format!(" {}", asker.range) };
                format!("{} asks for {name}{range}{marker}.", capital(&requirer(pool, asker)))
            }
            Who::Candidates(..) => {
                format!("{} asks for {name}{}{marker}.", requirer(pool, asker), asker.specifier)
            }
        }
    }

    fn location(&self, pool: &Pool<'_>, who: &Who) -> Option<Location> {
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

fn add(pool: &mut Pool<'_>, askers: &mut BTreeMap<TableId, Vec<Asker>>, ask: &Ask, who: Who) {
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
    askers: &mut BTreeMap<TableId, Vec<Asker>>,
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
fn usable(pool: &Pool<'_>, table: TableId) -> SlotSet {
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
    askers: &BTreeMap<TableId, Vec<Asker>>,
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
    if disjoint(askers) { shrink(&disjoint) } else { shrink(&nothing) }
}

fn is_file(pool: &Pool<'_>, asker: &Asker) -> bool {
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

fn requirer(pool: &Pool<'_>, asker: &Asker) -> String {
    match &asker.who {
        Who::Root(number) => root_text(pool.problem, *number),
        Who::Constraint(number) => {
            let label =
                pool.problem.constraints.get(*number).map_or("", |constraint| &constraint.origin.label);
            if label.is_empty() { "a constraint".to_owned() } else { plain(label) }
        }
        Who::Candidates(node, slots) => candidates_text(pool, *node, slots),
    }
}

/// `chatterbox-tts 0.1.4`, or `every flask 2.0.0 to 2.3.3` where any of several would do.
fn candidates_text(pool: &Pool<'_>, node: NodeId, slots: &[u32]) -> String {
    let Some(Node { table, extras, .. }) = pool.nodes.get(node) else { return String::new() };
    let Some(table) = pool.tables.get(*table) else { return String::new() };
    let mut versions: Vec<&Version> =
        slots.iter().filter_map(|&slot| table.slots.get(slot as usize)).map(|slot| &slot.version).collect();
    versions.sort();
    match versions.as_slice() {
        [] => table.project.to_string(),
        [version] => package_text(&table.project, version, extras.iter().map(AsRef::as_ref)),
        [first, .., last] => format!("every {} from {first} to {last} that is left", table.project),
    }
}

fn package_text<'e>(
    project: &ProjectName,
    version: &Version,
    extras: impl Iterator<Item = &'e str>,
) -> String {
    let extras: Vec<&str> = extras.collect();
    if extras.is_empty() {
        format!("{project} {version}")
    } else {
        format!("{project}[{}] {version}", extras.join(","))
    }
}

fn root_text(problem: &Problem, number: usize) -> String {
    let Some(root) = problem.requirements.get(number) else { return String::new() };
    match &root.wanted {
        Wanted::Direct(direct) => direct.link.clone(),
        Wanted::Name(_) if root.origin.label.is_empty() => "the command line".to_owned(),
        Wanted::Name(_) => plain(&root.origin.label),
    }
}

/// A sentence that begins with a word of ours begins with a capital; names of files and packages
/// stay as they are.
pub(super) fn capital(text: &str) -> String {
    for (word, capital) in [("the ", "The "), ("a ", "A "), ("every ", "Every ")] {
        if let Some(rest) = text.strip_prefix(word) {
            return format!("{capital}{rest}");
        }
    }
    text.to_owned()
}

/// `-r requirements.txt (line 2)` as `requirements.txt line 2`.
pub(super) fn plain(label: &str) -> String {
    let label = label.strip_prefix("-r ").or_else(|| label.strip_prefix("-c ")).unwrap_or(label);
    match label.strip_suffix(')').and_then(|label| label.rsplit_once(" (")) {
        Some((file, line)) => format!("{file} {line}"),
        None => label.to_owned(),
    }
}

fn root_sentence(pool: &Pool<'_>, number: usize) -> String {
    let Some(root) = pool.problem.requirements.get(number) else { return String::new() };
    match &root.wanted {
        Wanted::Direct(direct) => {
            let Artifact { project, version, .. } = &*direct.artifact;
            format!("{} is asked for as it is: {project} {version} and no other.", direct.link)
        }
        Wanted::Name(requirement) => {
            format!("{} asks for {requirement}.", capital(&root_text(pool.problem, number)))
        }
    }
}

fn dependency_sentence(pool: &Pool<'_>, node: NodeId, slot: u32, on: NodeId) -> Option<String> {
    let from = pool.nodes.get(node)?;
    let to = pool.nodes.get(on)?;
    if from.table == to.table {
        return None;
    }
    Some(format!("{} asks for {}.", candidates_text(pool, node, &[slot]), to.text))
}

fn offered(table: &Table) -> String {
    let Offered::Slots { slots, .. } = &table.offered else { return "none".to_owned() };
    let versions: Vec<Version> = slots
        .iter()
        .filter_map(|slot| table.slots.get(slot as usize))
        .map(|slot| slot.version.clone())
        .collect();
    if versions.is_empty() { format!("no {}", table.project) } else { format!("only {}", list(&versions)) }
}

/// At most three, then how many more.
fn list(versions: &[Version]) -> String {
    let shown: Vec<String> = versions.iter().take(3).map(ToString::to_string).collect();
    match versions.len().saturating_sub(3) {
        0 => shown.join(", "),
        more => format!("{} and {more} more", shown.join(", ")),
    }
}
