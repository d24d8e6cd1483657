//! From a conflict to the shortest sufficient reason.
//!
//! First everything is left out without which the conflict stays; what is left is put to
//! PubGrub, and the facts its derivation rests on say where the ranges meet or fail to.

use std::collections::{HashMap, HashSet};

use super::{
    Conflict, ConflictKind, Explanation, Problem, Sentence,
    asking::{Asking, Reason},
    learn::{Fact, Learned, Unknown, learn},
    pool::{Ask, NodeId, PYTHON, Pool},
    set::SlotSet,
    walk::{Walked, walk},
    wording::given_up,
};
use crate::{
    index::Index,
    order::{SortedMap, SortedSet},
    pep440::Version,
    pep508::ProjectName,
};

/// Rounds that one question of an explanation may take; there are many of them.
pub(super) const ROUNDS: u32 = 400;

/// So many requirements are left out one by one; beyond, only what PubGrub's derivation names.
pub(super) const MOST_ITEMS: usize = 80;

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
    let mut set = SortedMap::new();
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

fn fails(problem: &Problem, index: &Index) -> bool {
    let mut pool = Pool::new(problem, index);
    match walk(&mut pool, ROUNDS) {
        Walked::Impossible(_) => true,
        Walked::Lacking(_) => matches!(learn(&mut pool, Unknown::AllowAll), Learned::Unsolvable(_)),
        _ => false,
    }
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
        let named: SortedSet<usize> = pool
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

fn pick<T: Clone>(items: &[T], numbers: &SortedSet<usize>) -> Vec<T> {
    numbers.iter().filter_map(|&number| items.get(number)).cloned().collect()
}
