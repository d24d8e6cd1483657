use std::sync::Arc;

use rustc_hash::{FxHashMap as HashMap, FxHashSet as HashSet};

use super::{
    Asked, Conflict, Edge, KnownPart, MissingFact, Pick, Problem, Requirer, Resolution, Selection, Stopped,
    Tool,
    learn::{Fact, Learned, Unknown, learn},
    pool::{AskKind, Lacking, NodeId, PYTHON, Pool},
    walk::{Information, Parent, State, Walked, walk},
};
use crate::{
    index::Index,
    order::{self, SortedMap},
    pep508::ProjectName,
};

/// Answers a problem from what an index knows.
#[must_use]
pub fn resolve(problem: &Problem, index: &Index) -> Resolution {
    let mut pool = Pool::new(problem, index);
    if problem.tool == Tool::Uv {
        return learnt(&mut pool, problem.limits.decisions, &HashMap::default());
    }
    match walk(&mut pool, problem.limits.rounds) {
        Walked::Pinned(state) => Resolution::Selected(walked_selection(&pool, &state)),
        Walked::Impossible(causes) => conflict(&pool, &causes),
        Walked::Lacking(facts) => match learn(&mut pool, Unknown::AllowAll) {
            // Whatever the missing facts say, there is no way: pip fails, be it later or elsewhere.
            Learned::Unsolvable(causes) => unsolvable(&mut pool, &causes),
            _ => Resolution::Missing(facts),
        },
        // pip would go on for hours, and end where PubGrub does if it ends.
        Walked::TooDeep { rounds, contested } => learnt(&mut pool, rounds, &contested),
    }
}

/// What of a problem is known although facts are lacking: asked again as if what is not known got
/// in nobody's way. `None` where that comes to no answer either.
///
/// Of a problem that lacks nothing it is the answer itself.
#[must_use]
pub fn known_part(problem: &Problem, index: &Index) -> Option<KnownPart> {
    let mut pool = Pool::lenient(problem, index);
    let (selection, pins) = match problem.tool {
        Tool::Uv => {
            let Learned::Solved(pins) = learn(&mut pool, Unknown::Allow) else { return None };
            (learnt_selection(&mut pool, &pins), pins)
        }
        Tool::Pip(_) => {
            let Walked::Pinned(state) = walk(&mut pool, problem.limits.rounds) else { return None };
            (walked_selection(&pool, &state), state.pins)
        }
    };
    let mut lacking: SortedMap<ProjectName, MissingFact> = SortedMap::new();
    for (node, slot) in pins {
        if let Some(fact) = pool.lacks(node, slot) {
            lacking.insert(fact.project.clone(), fact);
        }
    }
    Some(KnownPart { selection, lacking: lacking.into_values().collect() })
}

/// PubGrub's answer.
fn learnt(pool: &mut Pool<'_>, steps: u32, contested: &HashMap<NodeId, u32>) -> Resolution {
    match learn(pool, Unknown::Ask) {
        Learned::Solved(pins) => Resolution::Selected(learnt_selection(pool, &pins)),
        Learned::Unsolvable(facts) => unsolvable(pool, &facts),
        Learned::Lacking(Lacking(fact)) => Resolution::Missing(vec![fact]),
        Learned::Stopped => {
            let mut contested: Vec<(u32, ProjectName)> = contested
                .iter()
                .filter_map(|(&node, &count)| Some((count, project(pool, node)?.clone())))
                .collect();
            order::sort_by(&mut contested, |a, b| b.0.cmp(&a.0).then_with(|| a.1.cmp(&b.1)));
            let contested = contested.into_iter().map(|(_, project)| project).collect();
            Resolution::Stopped(Stopped { steps, contested })
        }
    }
}

fn walked_selection(pool: &Pool<'_>, state: &State) -> Selection {
    let asked = state.criteria.iter().flat_map(|(_, criterion)| &criterion.information);
    selection(pool, &state.pins, asked.map(AsRef::as_ref))
}

fn learnt_selection(pool: &mut Pool<'_>, pins: &[(NodeId, u32)]) -> Selection {
    let mut asked: Vec<Information> = pool
        .roots()
        .into_iter()
        .map(|(number, ask)| Information { ask, parent: Parent::Root(number) })
        .collect();
    for &(node, slot) in pins {
        let asks = pool.dependencies(node, slot).map(|asks| asks.to_vec()).unwrap_or_default();
        let parent = Parent::Candidate(node, slot);
        asked.extend(asks.into_iter().map(|ask| Information { ask, parent }));
    }
    selection(pool, pins, asked.iter())
}

/// A conflict that PubGrub has found: all that the person asks for and that has a part in it.
fn unsolvable(pool: &mut Pool<'_>, facts: &[Fact]) -> Resolution {
    let nodes: HashSet<NodeId> = facts
        .iter()
        .flat_map(|fact| match fact {
            Fact::Asked { node } | Fact::Exhausted { node } | Fact::Constrained { node } => [*node, *node],
            Fact::Depends { node, on, .. } => [*node, *on],
        })
        .collect();
    let causes: Vec<Information> = pool
        .roots()
        .into_iter()
        .filter(|(_, ask)| nodes.contains(&ask.node))
        .map(|(number, ask)| Information { ask, parent: Parent::Root(number) })
        .collect();
    conflict(pool, &causes)
}

/// What is pinned and can be reached from what was asked for.
fn selection<'i>(
    pool: &Pool<'_>,
    pins: &[(NodeId, u32)],
    asked: impl Iterator<Item = &'i Information>,
) -> Selection {
    let pinned: HashMap<NodeId, u32> = pins.iter().copied().collect();
    let mut askers: HashMap<NodeId, Vec<&Information>> = HashMap::default();
    for information in asked {
        let counts = match information.parent {
            Parent::Root(_) => true,
            Parent::Candidate(node, slot) => pinned.get(&node) == Some(&slot),
        };
        if counts {
            askers.entry(information.ask.node).or_default().push(information);
        }
    }
    let mut connected: HashSet<NodeId> = HashSet::default();
    loop {
        let before = connected.len();
        for (&node, askers) in &askers {
            let reached = askers.iter().any(|information| match information.parent {
                Parent::Root(_) => true,
                Parent::Candidate(node, _) => connected.contains(&node),
            });
            if reached {
                connected.insert(node);
            }
        }
        if connected.len() == before {
            break;
        }
    }
    let mut picks: SortedMap<ProjectName, Pick> = SortedMap::new();
    for &(node, slot) in pins {
        if node == PYTHON || !connected.contains(&node) || pool.is_unknown(node, slot) {
            continue;
        }
        let Some((table, candidate)) = pool.candidate(node, slot) else { continue };
        let pick = picks.entry(table.project.clone()).or_insert_with(|| Pick {
            project: table.project.clone(),
            version: candidate.version.clone(),
            artifact: candidate.artifact.clone(),
            source: candidate.source.clone(),
            extras: Vec::new(),
            requested_by: Vec::new(),
        });
        pick.extras.extend(pool.nodes.get(node).iter().flat_map(|node| node.extras.iter().cloned()));
        order::sort(&mut pick.extras);
        pick.extras.dedup();
        for information in askers.get(&node).into_iter().flatten() {
            let Some(edge) = edge(pool, information) else { continue };
            // An extra asks for its own project; that is no one else's wish.
            let own = matches!(&edge.requirer, Requirer::Package { project, .. } if *project == edge.project);
            let own = own && matches!(information.ask.kind, AskKind::Slot(_));
            if !own && !pick.requested_by.contains(&edge) {
                pick.requested_by.push(edge);
            }
        }
    }
    Selection { picks }
}

fn conflict(pool: &Pool<'_>, causes: &[Information]) -> Resolution {
    Resolution::Conflict(Conflict { causes: causes.iter().filter_map(|cause| edge(pool, cause)).collect() })
}

fn edge(pool: &Pool<'_>, information: &Information) -> Option<Edge> {
    let requirer = match information.parent {
        Parent::Root(number) => Requirer::Root(number),
        Parent::Candidate(node, slot) => {
            let (table, candidate) = pool.candidate(node, slot)?;
            Requirer::Package {
                project: table.project.clone(),
                version: candidate.version.clone(),
                extras: pool.nodes.get(node)?.extras.clone(),
            }
        }
    };
    let wanted = match &information.ask.kind {
        AskKind::Name(requirement) => Asked::Name(Arc::clone(requirement)),
        AskKind::Slot(slot) => {
            let (_, candidate) = pool.candidate(information.ask.node, *slot)?;
            Asked::File { version: candidate.version.clone(), source: candidate.source.clone() }
        }
        AskKind::Python(specifiers) => Asked::Python(Arc::clone(specifiers)),
        AskKind::Url(url) => Asked::Url(url.clone()),
    };
    Some(Edge { requirer, project: project(pool, information.ask.node)?.clone(), asked: wanted })
}

fn project<'p>(pool: &'p Pool<'_>, node: NodeId) -> Option<&'p ProjectName> {
    Some(&pool.tables.get(pool.nodes.get(node)?.table)?.project)
}
