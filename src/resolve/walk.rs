//! pip's own search: `resolvelib` with pip's provider, by the [`Rules`] of pip's version.
//!
//! What pip picks depends on its path, so the path is walked step by step: what is looked at
//! next, which candidate is tried, where it goes back to. The names are resolvelib's: a
//! *criterion* is what is known about one node, a *cause* someone who asked for what failed.

use std::rc::Rc;

use rustc_hash::{FxHashMap as HashMap, FxHashSet as HashSet};

use super::{
    MissingFact,
    pool::{Ask, AskKind, Lacking, Matches, NodeId, PYTHON, Pool},
    rules::{Order, Rules, WayBack},
    set::SlotSet,
};
use crate::pep440::{Operator, Specifier};

/// How the search ended.
pub(super) enum Walked {
    /// Everything is pinned.
    Pinned(State),
    /// Nothing works: these are the causes that pip prints.
    Impossible(Vec<Information>),
    /// Facts are lacking.
    Lacking(Vec<MissingFact>),
    /// It went on for too long.
    TooDeep {
        rounds: u32,
        /// Nodes by the number of rounds that failed at them.
        contested: HashMap<NodeId, u32>,
    },
}

/// Who asked for what.
#[derive(Debug, Clone)]
pub(super) struct Information {
    pub(super) ask: Ask,
    pub(super) parent: Parent,
}

/// Who asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Parent {
    /// The person, by the number of the root requirement.
    Root(usize),
    /// A candidate.
    Candidate(NodeId, u32),
}

/// What is known about one node.
#[derive(Debug, Clone)]
pub(super) struct Criterion {
    matches: Matches,
    pub(super) information: Vec<Rc<Information>>,
    /// Candidates known not to work.
    incompatible: SlotSet,
    /// The slots that satisfy all of `information`.
    satisfying: SlotSet,
}

#[derive(Debug, Clone, Default)]
pub(super) struct State {
    /// In the order in which they were pinned.
    pub(super) pins: Vec<(NodeId, u32)>,
    /// By node.
    pub(super) criteria: Criteria,
    causes: Vec<Rc<Information>>,
}

/// Criteria by node, in the order in which the nodes came up.
#[derive(Debug, Clone, Default)]
pub(super) struct Criteria {
    by_node: Vec<Option<Rc<Criterion>>>,
    order: Vec<NodeId>,
}

/// A failed criterion: nothing fits.
struct Conflicted(Rc<Criterion>);

enum Added {
    Lacking(Lacking),
    Conflicted(Conflicted),
}

/// "Identifiers that repeatedly appear as not-yet-pinned in conflicts get promoted so they are
/// resolved earlier": from so many times on.
const CONFLICT_PRIORITY_THRESHOLD: u32 = 5;
/// The share of rounds that resolvelib lets its optimistic jumps back have.
const OPTIMISTIC_BACKJUMPING_RATIO: f64 = 0.1;
/// What pip allows itself.
const PIP_MAX_ROUNDS: f64 = 200_000.0;

struct Walk<'p, 'a> {
    pool: &'p mut Pool<'a>,
    rules: Rules,
    states: Vec<State>,
    optimistic: bool,
    saved: Option<Vec<State>>,
    requested: HashMap<NodeId, usize>,
    conflict_counts: HashMap<NodeId, u32>,
    promoted: HashSet<NodeId>,
    /// Steps from the person's own lines, as far as they were ever counted.
    depths: HashMap<NodeId, u32>,
    failures: HashMap<NodeId, u32>,
}

/// Walks pip's search to its end, or for so many rounds.
pub(super) fn walk(pool: &mut Pool<'_>, max_rounds: u32) -> Walked {
    let roots = pool.roots();
    let rules = pool.rules;
    let mut walk = Walk {
        pool,
        rules,
        states: vec![State::default()],
        optimistic: rules.way_back == WayBack::Optimistic,
        saved: None,
        requested: HashMap::default(),
        conflict_counts: HashMap::default(),
        promoted: HashSet::default(),
        depths: HashMap::default(),
        failures: HashMap::default(),
    };
    let mut criteria = Criteria::default();
    let mut seen = HashSet::default();
    for (number, ask) in roots {
        // pip orders by a project's first line, noted under the first node that line stands for.
        if seen.insert(number) {
            walk.requested.entry(ask.node).or_insert(number);
        }
        match walk.add(&mut criteria, ask, Parent::Root(number)) {
            Ok(()) => {}
            Err(Conflicted(criterion)) => {
                return Walked::Impossible(
                    criterion.information.iter().map(|cause| (**cause).clone()).collect(),
                );
            }
        }
    }
    if let Some(state) = walk.states.last_mut() {
        state.criteria = criteria;
    }
    walk.push_state();
    walk.run(max_rounds)
}

impl Walk<'_, '_> {
    fn run(&mut self, max_rounds: u32) -> Walked {
        let mut optimistic_end: Option<u32> = None;
        for round in 0..max_rounds {
            if self.optimistic && self.saved.is_some() {
                // resolvelib gives its optimistic jumps a tenth of the rounds that are left.
                let end = *optimistic_end.get_or_insert_with(|| {
                    let left = PIP_MAX_ROUNDS - f64::from(round);
                    round.saturating_add((left * OPTIMISTIC_BACKJUMPING_RATIO) as u32)
                });
                if round >= end {
                    self.roll_back();
                    continue;
                }
            }
            let unsatisfied = self.unsatisfied();
            let Some(node) = self.choose(&unsatisfied) else {
                return Walked::Pinned(self.states.pop().unwrap_or_default());
            };
            let failed = match self.attempt_to_pin(node) {
                Err(lacking) => return Walked::Lacking(self.lacking(&lacking)),
                Ok(failed) => failed,
            };
            if failed.is_empty() {
                if self.rules.forgets {
                    self.forget_parents(&unsatisfied);
                }
                self.push_state();
                continue;
            }
            *self.failures.entry(node).or_default() += 1;
            let causes = self.causes(&failed);
            match self.backjump(&causes) {
                Err(lacking) => return Walked::Lacking(self.lacking(&lacking)),
                Ok(true) => {
                    if let Some(state) = self.states.last_mut() {
                        state.causes = causes;
                    }
                }
                Ok(false) if self.optimistic && self.saved.is_some() => self.roll_back(),
                Ok(false) => {
                    return Walked::Impossible(causes.iter().map(|cause| (**cause).clone()).collect());
                }
            }
        }
        Walked::TooDeep { rounds: max_rounds, contested: std::mem::take(&mut self.failures) }
    }

    /// All causes of all failed criteria.
    fn causes(&self, failed: &[Rc<Criterion>]) -> Vec<Rc<Information>> {
        let mut seen = HashSet::default();
        let all = failed.iter().flat_map(|criterion| &criterion.information);
        all.filter(|cause| !self.rules.names_causes_once || seen.insert(Rc::as_ptr(cause))).cloned().collect()
    }

    fn state(&self) -> Option<&State> {
        self.states.last()
    }

    fn push_state(&mut self) {
        if let Some(state) = self.states.last().cloned() {
            self.states.push(state);
        }
    }

    fn roll_back(&mut self) {
        self.optimistic = false;
        if let Some(states) = self.saved.take() {
            self.states = states;
        }
    }

    /// Everything that is now asked for and about which nothing is known, to be fetched at once.
    fn lacking(&self, first: &Lacking) -> Vec<MissingFact> {
        let mut facts = vec![first.0.clone()];
        for (_, criterion) in self.state().iter().flat_map(|state| state.criteria.iter()) {
            if criterion.matches.is_unknown()
                && let Some(table) = criterion.matches.project.and_then(|id| self.pool.tables.get(id))
                && !facts.iter().any(|fact| fact.project == table.project)
            {
                facts.push(Lacking::page(table).0);
            }
        }
        facts
    }

    fn add(&mut self, criteria: &mut Criteria, ask: Ask, parent: Parent) -> Result<(), Conflicted> {
        let node = ask.node;
        let (mut information, incompatible) = match criteria.get(node) {
            Some(criterion) => (criterion.information.clone(), criterion.incompatible.clone()),
            None => (Vec::new(), SlotSet::empty()),
        };
        information.push(Rc::new(Information { ask, parent }));
        let matches = self.find_matches(criteria, node, &information, &incompatible);
        let empty = matches.is_empty();
        let satisfying = self.satisfying(&information);
        let criterion = Rc::new(Criterion { matches, information, incompatible, satisfying });
        if empty {
            return Err(Conflicted(criterion));
        }
        criteria.set(node, criterion);
        Ok(())
    }

    /// An extra's candidates obey what is asked of the project itself as well: files asked for as
    /// they are, and names where pip splits extras.
    fn find_matches(
        &mut self,
        criteria: &Criteria,
        node: NodeId,
        information: &[Rc<Information>],
        incompatible: &SlotSet,
    ) -> Matches {
        let base = self.pool.nodes.get(node).map_or(node, |node| node.base);
        let base = criteria.get(base).filter(|_| base != node);
        let by_name = self.rules.splits_extras;
        let asked_of_base = base
            .iter()
            .flat_map(|criterion| &criterion.information)
            .map(|information| &information.ask)
            .filter(|ask| by_name || !matches!(ask.kind, AskKind::Name(_)));
        let asks: Vec<&Ask> =
            information.iter().map(|information| &information.ask).chain(asked_of_base).collect();
        self.pool.matches(node, &asks, incompatible)
    }

    /// Asked anew each time, because a URL may have brought a new slot.
    fn satisfying(&mut self, information: &[Rc<Information>]) -> SlotSet {
        information.iter().fold(SlotSet::full(), |set, known| set.and(&self.pool.admitted(&known.ask)))
    }

    fn unsatisfied(&self) -> Vec<NodeId> {
        let Some(state) = self.state() else { return Vec::new() };
        let pinned = state.slots_by_node();
        let satisfied = |node: NodeId, criterion: &Criterion| {
            let slot = pinned.get(node).copied().flatten();
            slot.is_some_and(|slot| criterion.satisfying.contains(slot))
        };
        state
            .criteria
            .iter()
            .filter(|(node, criterion)| !satisfied(*node, criterion))
            .map(|(node, _)| node)
            .collect()
    }

    /// What to pin next, of what is not satisfied.
    fn choose(&mut self, unsatisfied: &[NodeId]) -> Option<NodeId> {
        match self.rules.order {
            Order::Depth { delays_setuptools } => {
                self.count_depths(unsatisfied);
                let causes = self.caused();
                let preference = |&node: &NodeId| self.depth_preference(node, &causes, delays_setuptools);
                unsatisfied.iter().copied().min_by_key(preference)
            }
            Order::Bounded { promotes } => {
                let [first, rest @ ..] = unsatisfied else { return None };
                if rest.is_empty() {
                    return Some(*first);
                }
                let narrowed = self.narrowed(unsatisfied, promotes);
                narrowed.into_iter().min_by_key(|&node| self.preference(node))
            }
        }
    }

    /// The nodes of the last failure: what was asked for, and who asked.
    fn caused(&self) -> HashSet<NodeId> {
        let causes = self.state().map_or(&[][..], |state| state.causes.as_slice());
        nodes_of(causes)
    }

    /// pip's `narrow_requirement_selection`.
    fn narrowed(&mut self, unsatisfied: &[NodeId], promotes: bool) -> Vec<NodeId> {
        let causes = self.caused();
        if promotes {
            self.count_conflicts();
        }
        if unsatisfied.contains(&PYTHON) {
            return vec![PYTHON];
        }
        let among = |set: &HashSet<NodeId>| -> Vec<NodeId> {
            unsatisfied.iter().copied().filter(|node| set.contains(node)).collect()
        };
        let mut narrowed = among(&causes);
        if narrowed.is_empty() {
            narrowed = among(&self.promoted);
        }
        if narrowed.is_empty() {
            narrowed = unsatisfied.to_vec();
        }
        narrowed
    }

    /// Each cause counts, as often as a node has a part in one while it is not pinned.
    fn count_conflicts(&mut self) {
        let Some(state) = self.states.last() else { return };
        for cause in &state.causes {
            for node in cause.nodes().filter(|&node| state.pin(node).is_none()) {
                let count = self.conflict_counts.entry(node).or_default();
                *count += 1;
                if *count >= CONFLICT_PRIORITY_THRESHOLD {
                    self.promoted.insert(node);
                }
            }
        }
    }

    /// One more than the least depth of those who ask, as counted so far.
    fn count_depths(&mut self, nodes: &[NodeId]) {
        for &node in nodes {
            let information = self.state().and_then(|state| state.criteria.get(node));
            let asked = information.iter().flat_map(|criterion| &criterion.information);
            let above = asked.map(|known| match known.parent {
                Parent::Root(_) => 0,
                Parent::Candidate(parent, _) => self.depths.get(&parent).copied().unwrap_or(u32::MAX),
            });
            let above = if self.requested.contains_key(&node) { Some(0) } else { above.min() };
            self.depths.insert(node, above.unwrap_or(u32::MAX).saturating_add(1));
        }
    }

    /// `get_preference` up to pip 25.0. It means to prefer files asked for as they are, and does
    /// not: it takes a tuple of nothing for something.
    fn depth_preference(
        &self,
        node: NodeId,
        causes: &HashSet<NodeId>,
        delays_setuptools: bool,
    ) -> (bool, bool, bool, bool, bool, u32, usize, bool, &str) {
        let information = self.state().and_then(|state| state.criteria.get(node));
        let asked = information.is_some_and(|criterion| !criterion.information.is_empty());
        let pinned =
            self.clauses(node).any(|clause| matches!(clause.operator, Operator::Equal | Operator::Arbitrary));
        let text = self.pool.nodes.get(node).map_or("", |node| node.text.as_str());
        (
            node != PYTHON,
            delays_setuptools && text == "setuptools",
            !asked,
            !pinned,
            !causes.contains(&node),
            self.depths.get(&node).copied().unwrap_or(u32::MAX),
            self.requested.get(&node).copied().unwrap_or(usize::MAX),
            self.clauses(node).next().is_none(),
            text,
        )
    }

    /// All clauses of all specifiers that bound a node.
    fn clauses(&self, node: NodeId) -> impl Iterator<Item = &Specifier> {
        let information = self.state().and_then(|state| state.criteria.get(node));
        information
            .into_iter()
            .flat_map(|criterion| &criterion.information)
            .filter_map(|known| match &known.ask.kind {
                AskKind::Name(requirement) => Some(requirement.specifiers.clauses()),
                _ => None,
            })
            .flatten()
    }

    /// `get_preference` since pip 25.1: the least is pinned first.
    fn preference(&self, node: NodeId) -> (bool, bool, bool, bool, usize, bool, &str) {
        let information = self.state().and_then(|state| state.criteria.get(node));
        let direct = information
            .iter()
            .flat_map(|criterion| &criterion.information)
            .any(|known| matches!(known.ask.kind, AskKind::Slot(_)));
        let clauses = || self.clauses(node);
        let pinned = clauses().any(Specifier::is_pin);
        let bounded = clauses().any(|clause| match clause.operator {
            Operator::Less | Operator::AtMost | Operator::Compatible => true,
            Operator::Equal => clause.wildcard,
            _ => false,
        });
        (
            !self.promoted.contains(&node),
            !direct,
            !pinned,
            !bounded,
            self.requested.get(&node).copied().unwrap_or(usize::MAX),
            clauses().next().is_none(),
            self.pool.nodes.get(node).map_or("", |node| node.text.as_str()),
        )
    }

    /// Tries the candidates of a node one by one. Empty: one is pinned; else why each failed.
    fn attempt_to_pin(&mut self, node: NodeId) -> Result<Vec<Rc<Criterion>>, Lacking> {
        let Some(criterion) = self.state().and_then(|state| state.criteria.get(node)).cloned() else {
            return Ok(Vec::new());
        };
        let mut failed = Vec::new();
        for slot in self.pool.ordered(&criterion.matches) {
            if criterion.matches.project.is_some_and(|table| self.pool.is_invalid(table, slot)) {
                continue;
            }
            match self.updated_criteria(node, slot) {
                Err(Added::Lacking(lacking)) => return Err(lacking),
                Err(Added::Conflicted(Conflicted(criterion))) => failed.push(criterion),
                Ok(criteria) => {
                    if let Some(state) = self.states.last_mut() {
                        state.criteria = criteria;
                        // resolvelib looks at the order of the pins to find the last one.
                        state.pins.retain(|(pinned, _)| *pinned != node);
                        state.pins.push((node, slot));
                    }
                    return Ok(Vec::new());
                }
            }
        }
        let uncertain = criterion.matches.open || criterion.matches.offered.is_none();
        if uncertain && let Some(table) = criterion.matches.project.and_then(|id| self.pool.tables.get(id)) {
            return Err(Lacking::page(table));
        }
        Ok(failed)
    }

    fn updated_criteria(&mut self, node: NodeId, slot: u32) -> Result<Criteria, Added> {
        let mut criteria = self.state().map(|state| state.criteria.clone()).unwrap_or_default();
        let asks = self.pool.dependencies(node, slot).map_err(Added::Lacking)?;
        for ask in asks.iter() {
            self.add(&mut criteria, ask.clone(), Parent::Candidate(node, slot)).map_err(Added::Conflicted)?;
        }
        Ok(criteria)
    }

    /// A pin that no longer satisfies is no source of requirements any more.
    fn forget_parents(&mut self, unsatisfied_before: &[NodeId]) {
        let Some(state) = self.state() else { return };
        let pinned = state.slots_by_node();
        // Nodes that came up with this pin were not satisfied before either.
        let is_lost = |node: NodeId, criterion: &Criterion| {
            let slot = pinned.get(node).copied().flatten();
            slot.is_some_and(|slot| !criterion.satisfying.contains(slot))
                && !unsatisfied_before.contains(&node)
        };
        let criteria = state.criteria.iter();
        let lost: Vec<NodeId> =
            criteria.filter(|(node, criterion)| is_lost(*node, criterion)).map(|(node, _)| node).collect();
        if lost.is_empty() {
            return;
        }
        let Some(mut criteria) = self.state().map(|state| state.criteria.clone()) else { return };
        let stale = |information: &Information| match information.parent {
            Parent::Candidate(node, _) => lost.contains(&node),
            Parent::Root(_) => false,
        };
        let touched: Vec<(NodeId, Rc<Criterion>)> = criteria
            .iter()
            .filter(|(_, criterion)| criterion.information.iter().any(|known| stale(known)))
            .map(|(node, criterion)| (node, Rc::clone(criterion)))
            .collect();
        for (node, criterion) in touched {
            let information: Vec<Rc<Information>> =
                criterion.information.iter().filter(|known| !stale(known)).cloned().collect();
            let satisfying = self.satisfying(&information);
            criteria.set(node, Rc::new(Criterion { information, satisfying, ..(*criterion).clone() }));
        }
        if let Some(state) = self.states.last_mut() {
            state.criteria = criteria;
        }
    }

    /// resolvelib's `_backtrack` and `_backjump`: back to a pin, and on without it. False where
    /// there is no way back.
    fn backjump(&mut self, causes: &[Rc<Information>]) -> Result<bool, Lacking> {
        let guilty = nodes_of(causes);
        while self.states.len() >= 3 {
            self.states.pop();
            let (broken, node, slot) = loop {
                let Some(mut broken) = self.states.pop() else { return Ok(false) };
                let Some((node, slot)) = broken.pins.pop() else { return Ok(false) };
                let bystander = !guilty.contains(&node);
                let stays = match self.rules.way_back {
                    WayBack::LastPin => true,
                    WayBack::Asker => false,
                    WayBack::AskerOrBystander => bystander,
                    WayBack::Optimistic => bystander && !self.optimistic,
                };
                if stays {
                    break (broken, node, slot);
                }
                if self.optimistic && self.saved.is_none() && bystander {
                    self.saved = Some(self.states.clone());
                }
                let asks = self.pool.dependencies(node, slot)?;
                if asks.iter().any(|ask| guilty.contains(&ask.node)) {
                    break (broken, node, slot);
                }
                // "We should not backtrack to the point where broken_state.mapping is empty".
                if broken.pins.is_empty() && self.rules.way_back != WayBack::Asker {
                    break (broken, node, slot);
                }
            };
            self.push_state();
            if self.patch(&broken, node, slot) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Carries what was found not to work over into the state that is gone back to.
    fn patch(&mut self, broken: &State, node: NodeId, slot: u32) -> bool {
        let known = broken.criteria.iter().map(|(node, criterion)| (node, criterion.incompatible.clone()));
        let found = known.chain([(node, SlotSet::only(slot))]);
        for (node, incompatible) in found.collect::<Vec<_>>() {
            if incompatible.is_empty() {
                continue;
            }
            let Some(state) = self.states.last() else { return false };
            let Some(criterion) = state.criteria.get(node).cloned() else { continue };
            let criteria = state.criteria.clone();
            let incompatible = union(&incompatible, &criterion.incompatible);
            let matches = self.find_matches(&criteria, node, &criterion.information, &incompatible);
            if matches.is_empty() {
                return false;
            }
            let criterion = Rc::new(Criterion { matches, incompatible, ..(*criterion).clone() });
            if let Some(state) = self.states.last_mut() {
                state.criteria.set(node, criterion);
            }
        }
        true
    }
}

impl State {
    /// The pins, by node.
    fn slots_by_node(&self) -> Vec<Option<u32>> {
        let mut slots = vec![None; self.criteria.by_node.len()];
        for &(node, slot) in &self.pins {
            if let Some(place) = slots.get_mut(node) {
                *place = Some(slot);
            }
        }
        slots
    }

    pub(super) fn pin(&self, node: NodeId) -> Option<u32> {
        self.pins.iter().find(|(pinned, _)| *pinned == node).map(|(_, slot)| *slot)
    }
}

impl Criteria {
    pub(super) fn get(&self, node: NodeId) -> Option<&Rc<Criterion>> {
        self.by_node.get(node)?.as_ref()
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (NodeId, &Rc<Criterion>)> {
        self.order.iter().filter_map(|&node| Some((node, self.get(node)?)))
    }

    fn set(&mut self, node: NodeId, criterion: Rc<Criterion>) {
        if self.by_node.len() <= node {
            self.by_node.resize(node + 1, None);
        }
        if let Some(place) = self.by_node.get_mut(node)
            && place.replace(criterion).is_none()
        {
            self.order.push(node);
        }
    }
}

impl Information {
    /// What is asked for, and who asks.
    fn nodes(&self) -> impl Iterator<Item = NodeId> {
        let parent = match self.parent {
            Parent::Candidate(node, _) => Some(node),
            Parent::Root(_) => None,
        };
        [self.ask.node].into_iter().chain(parent)
    }
}

fn nodes_of(causes: &[Rc<Information>]) -> HashSet<NodeId> {
    causes.iter().flat_map(|cause| cause.nodes()).collect()
}

fn union(a: &SlotSet, b: &SlotSet) -> SlotSet {
    a.not().and(&b.not()).not()
}
