//! The same question put to PubGrub: is there a solution at all, and if not, why not.
//!
//! PubGrub learns from each conflict, so it ends where pip's search would go on for hours, and
//! its derivation names exactly who has a part in the failure.

use std::{
    cell::RefCell,
    cmp::Reverse,
    collections::{HashMap, HashSet},
    fmt,
    sync::Arc,
};

use pubgrub::{
    Dependencies, DependencyProvider, DerivationTree, External, PackageResolutionStatistics, PubGrubError,
    VersionSet,
};

use super::{
    Tool,
    pool::{Ask, AskKind, Lacking, NodeId, PYTHON, Pool},
    set::{Candidate, Candidates, SlotSet},
};
use crate::{
    order::{self, SortedMap},
    pep440::{Operator, VersionRange},
    pep508::Requirement,
};

/// How PubGrub ended.
pub(super) enum Learned {
    /// A solution: a slot for each node that is needed.
    Solved(Vec<(NodeId, u32)>),
    /// There is none; the facts from which that follows.
    Unsolvable(Vec<Fact>),
    Lacking(Lacking),
    Stopped,
}

/// A fact that a derivation rests on.
#[derive(Debug, Clone)]
pub(super) enum Fact {
    /// The person asks for it.
    Asked { node: NodeId },
    /// Each of these candidates asks for the other node.
    Depends { node: NodeId, slots: SlotSet, on: NodeId },
    /// Nothing offers another candidate.
    Exhausted { node: NodeId },
    /// A constraint keeps a candidate out.
    Constrained { node: NodeId },
}

/// What to do where facts are lacking.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unknown {
    /// Stop and say so.
    Ask,
    /// Take it that what is not known gets in nobody's way: a release whose dependencies are not
    /// known needs nothing, and of a project of which nothing is known any version is there.
    Allow,
    /// The same, and yanked releases may be taken as well, since something that is not known may
    /// let them in. A conflict that is found all the same is one for certain.
    AllowAll,
}

/// The root of the question, or a node.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Package {
    Root,
    Node(NodeId),
}

impl fmt::Display for Package {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Root => f.write_str("root"),
            Self::Node(node) => write!(f, "node {node}"),
        }
    }
}

#[derive(Debug)]
enum Halt {
    Lacking(Lacking),
    Stopped,
}

impl fmt::Display for Halt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Lacking(Lacking(fact)) => write!(f, "nothing is known about {}", fact.project),
            Self::Stopped => f.write_str("too many decisions"),
        }
    }
}

impl std::error::Error for Halt {}

/// pip's order of work, as far as it does not depend on the state of its search; the greatest
/// comes first.
type Priority = (bool, bool, bool, Reverse<usize>, bool, Reverse<usize>);

struct Provider<'p, 'a> {
    pool: RefCell<&'p mut Pool<'a>>,
    uv: bool,
    unknown: Unknown,
    roots: Vec<(usize, Ask)>,
    /// What was asked of each node so far, in the order in which the nodes came up.
    seen: RefCell<HashMap<NodeId, Seen>>,
    decisions: RefCell<u32>,
}

#[derive(Debug, Clone)]
struct Seen {
    order: usize,
    requested: usize,
    direct: bool,
    pinned: bool,
    bounded: bool,
    free: bool,
    opted_in: bool,
    /// By name, each once.
    by_name: Vec<Arc<Requirement>>,
}

/// Puts the question to PubGrub.
pub(super) fn learn(pool: &mut Pool<'_>, unknown: Unknown) -> Learned {
    let roots = pool.roots();
    let limit = pool.problem.limits.decisions;
    let provider = Provider {
        uv: pool.problem.tool == Tool::Uv,
        unknown,
        pool: RefCell::new(pool),
        roots,
        seen: RefCell::default(),
        decisions: RefCell::new(limit),
    };
    match pubgrub::resolve(&provider, Package::Root, Candidate::Slot(0)) {
        Ok(solution) => {
            let mut pins: Vec<(NodeId, u32)> = solution
                .into_iter()
                .filter_map(|(package, candidate)| match (package, candidate) {
                    (Package::Node(node), Candidate::Slot(slot)) => Some((node, slot)),
                    (Package::Root, _) | (_, Candidate::Unlisted(_)) => None,
                })
                .collect();
            order::sort(&mut pins);
            Learned::Solved(pins)
        }
        Err(PubGrubError::NoSolution(tree)) => Learned::Unsolvable(facts(tree)),
        Err(
            PubGrubError::ErrorRetrievingDependencies { source, .. }
            | PubGrubError::ErrorChoosingVersion { source, .. }
            | PubGrubError::ErrorInShouldCancel(source),
        ) => match source {
            Halt::Lacking(lacking) => Learned::Lacking(lacking),
            Halt::Stopped => Learned::Stopped,
        },
    }
}

/// The leaves of a derivation, each once. Without recursion: derivations are deep.
fn facts(tree: DerivationTree<Package, Candidates, String>) -> Vec<Fact> {
    let mut facts = Vec::new();
    let mut open = vec![Arc::new(tree)];
    let mut seen = HashSet::new();
    while let Some(tree) = open.pop() {
        if !seen.insert(Arc::as_ptr(&tree)) {
            continue;
        }
        let fact = match &*tree {
            DerivationTree::Derived(derived) => {
                open.extend([Arc::clone(&derived.cause1), Arc::clone(&derived.cause2)]);
                continue;
            }
            DerivationTree::External(External::FromDependencyOf(from, candidates, on, _)) => match (from, on)
            {
                (Package::Root, Package::Node(node)) => Fact::Asked { node: *node },
                (Package::Node(node), Package::Node(on)) => {
                    Fact::Depends { node: *node, slots: candidates.slots.clone(), on: *on }
                }
                (_, Package::Root) => continue,
            },
            DerivationTree::External(External::NoVersions(Package::Node(node), _)) => {
                Fact::Exhausted { node: *node }
            }
            DerivationTree::External(External::Custom(Package::Node(node), ..)) => {
                Fact::Constrained { node: *node }
            }
            DerivationTree::External(_) => continue,
        };
        facts.push(fact);
    }
    facts
}

impl Provider<'_, '_> {
    /// All asks on one node become one set.
    fn sets(&self, asks: &[(usize, Ask)]) -> Result<SortedMap<NodeId, Candidates>, Halt> {
        let mut pool = self.pool.borrow_mut();
        let mut sets: SortedMap<NodeId, Candidates> = SortedMap::new();
        for (requested, ask) in asks {
            self.note(ask, *requested);
            let admitted = match &ask.kind {
                AskKind::Name(requirement) => {
                    if let Some(table) = pool.nodes.get(ask.node).map(|node| node.table) {
                        pool.load(table);
                    }
                    Candidates {
                        unlisted: pool.unlisted_by(ask.node, requirement),
                        slots: pool.admitted(ask),
                    }
                }
                // Any version may lie there.
                AskKind::Url(_) => match pool.table_of(ask.node) {
                    Some(table) if self.unknown == Unknown::Ask => {
                        return Err(Halt::Lacking(Lacking::page(table)));
                    }
                    _ => continue,
                },
                AskKind::Slot(_) | AskKind::Python(_) => {
                    Candidates { slots: pool.admitted(ask), unlisted: VersionRange::empty() }
                }
            };
            let set = sets.entry(ask.node).or_insert_with(Candidates::full);
            *set = set.intersection(&admitted);
        }
        Ok(sets)
    }

    /// A version that is not listed and may be there, where all that is listed is used up.
    fn unlisted(&self, pool: &Pool<'_>, node: NodeId, range: &Candidates) -> Result<Option<Candidate>, Halt> {
        if range.unlisted.is_empty() {
            return Ok(None);
        }
        let seen = self.seen.borrow();
        let asked = seen.get(&node).map_or(&[][..], |seen| &seen.by_name);
        let left = pool.unlisted(node, asked).intersection(&range.unlisted);
        match (self.unknown, pool.table_of(node)) {
            _ if left.is_empty() => Ok(None),
            (Unknown::Ask, Some(table)) => Err(Halt::Lacking(Lacking::page(table))),
            // Points that cannot be named prove nothing.
            _ => left.first_point().map(|point| Some(Candidate::Unlisted(point))).ok_or(Halt::Stopped),
        }
    }

    fn note(&self, ask: &Ask, requested: usize) {
        let mut seen = self.seen.borrow_mut();
        let order = seen.len();
        let seen = seen.entry(ask.node).or_insert(Seen {
            order,
            requested,
            direct: false,
            pinned: false,
            bounded: false,
            free: true,
            opted_in: false,
            by_name: Vec::new(),
        });
        seen.requested = seen.requested.min(requested);
        match &ask.kind {
            AskKind::Name(requirement) => {
                // Most projects are asked for in few ways, though by many.
                if seen.by_name.iter().all(|known| known.specifiers != requirement.specifiers) {
                    seen.by_name.push(Arc::clone(requirement));
                }
                for clause in requirement.specifiers.clauses() {
                    seen.free = false;
                    match clause.operator {
                        Operator::Equal if !clause.wildcard => seen.pinned = true,
                        Operator::Arbitrary => seen.pinned = true,
                        Operator::Less | Operator::AtMost | Operator::Compatible | Operator::Equal => {
                            seen.bounded = true;
                        }
                        Operator::NotEqual | Operator::AtLeast | Operator::Greater => {}
                    }
                }
                // uv takes pre-releases only where the person names one.
                let counts = !self.uv || requested != usize::MAX;
                seen.opted_in |= counts && requirement.specifiers.opts_in_to_prereleases();
            }
            AskKind::Slot(_) | AskKind::Url(_) | AskKind::Python(_) => seen.direct = true,
        }
    }
}

impl DependencyProvider for Provider<'_, '_> {
    type P = Package;
    type V = Candidate;
    type VS = Candidates;
    type Priority = Priority;
    type M = String;
    type Err = Halt;

    fn prioritize(
        &self,
        package: &Package,
        _: &Candidates,
        statistics: &PackageResolutionStatistics,
    ) -> Priority {
        let Package::Node(node) = package else {
            return (true, true, true, Reverse(0), true, Reverse(0));
        };
        let last = (false, false, false, Reverse(usize::MAX), false, Reverse(usize::MAX));
        // What may be anything comes when all that is asked of it is known.
        if self.unknown != Unknown::Ask && !self.pool.borrow().is_known(*node) {
            return last;
        }
        let seen = self.seen.borrow();
        let Some(seen) = seen.get(node) else { return last };
        // As pip promotes what keeps failing, so does uv.
        let contested = statistics.conflict_count() >= 5;
        (
            contested || *node == PYTHON,
            seen.direct || seen.pinned,
            seen.bounded && !self.uv,
            Reverse(seen.requested),
            !seen.free,
            Reverse(seen.order),
        )
    }

    fn choose_version(&self, package: &Package, range: &Candidates) -> Result<Option<Candidate>, Halt> {
        let Package::Node(node) = package else { return Ok(Some(Candidate::Slot(0))) };
        let (opted_in, pinned) =
            self.seen.borrow().get(node).map_or((false, false), |seen| (seen.opted_in, seen.pinned));
        let mut pool = self.pool.borrow_mut();
        let pinned = pinned || self.unknown == Unknown::AllowAll || pool.is_pinned_by_constraint(*node);
        match pool.best(*node, &range.slots, opted_in, pinned) {
            Ok(Some(slot)) => Ok(Some(Candidate::Slot(slot))),
            Err(lacking) if self.unknown == Unknown::Ask => Err(Halt::Lacking(lacking)),
            Ok(None) | Err(_) => self.unlisted(&pool, *node, range),
        }
    }

    fn get_dependencies(
        &self,
        package: &Package,
        candidate: &Candidate,
    ) -> Result<Dependencies<Package, Candidates, String>, Halt> {
        let asks: Vec<(usize, Ask)> = match (package, candidate) {
            (Package::Root, _) => self.roots.clone(),
            (_, Candidate::Unlisted(_)) => Vec::new(),
            (Package::Node(node), Candidate::Slot(slot)) => {
                let mut pool = self.pool.borrow_mut();
                if let Some(constraint) = pool.violated(*node, *slot) {
                    return Ok(Dependencies::Unavailable(constraint));
                }
                match pool.dependencies(*node, *slot) {
                    Ok(asks) => asks.iter().map(|ask| (usize::MAX, ask.clone())).collect(),
                    Err(lacking) if self.unknown == Unknown::Ask => return Err(Halt::Lacking(lacking)),
                    Err(_) => Vec::new(),
                }
            }
        };
        let mut sets = self.sets(&asks)?;
        // PubGrub has no notion of a package that asks for itself.
        if let Package::Node(node) = package
            && let Some(own) = sets.remove(node)
            && !own.contains(candidate)
        {
            return Ok(Dependencies::Unavailable("asks for another version of itself".to_owned()));
        }
        Ok(Dependencies::Available(sets.into_iter().map(|(node, set)| (Package::Node(node), set)).collect()))
    }

    fn should_cancel(&self) -> Result<(), Halt> {
        let mut left = self.decisions.borrow_mut();
        *left = left.checked_sub(1).ok_or(Halt::Stopped)?;
        Ok(())
    }
}
