use std::{
    collections::{BTreeMap, HashSet},
    sync::Arc,
};

use super::{
    Asked, Conflict, Edge, Pick, Problem, Requirer, Resolution, Selection, Stopped,
    pool::{AskKind, NodeId, PYTHON, Pool},
    walk::{Information, Parent, State, Walked, walk},
};
use crate::{index::Index, pep508::ProjectName};

/// Answers a problem from what an index knows.
#[must_use]
pub fn resolve(problem: &Problem, index: &Index) -> Resolution {
    let mut pool = Pool::new(problem, index);
    match walk(&mut pool, problem.limits.rounds) {
        Walked::Pinned(state) => Resolution::Selected(selection(&pool, &state)),
        Walked::Impossible(causes) => Resolution::Conflict(conflict(&pool, &causes)),
        Walked::Lacking(names) => Resolution::Missing(names),
        Walked::TooDeep { rounds, contested } => {
            let mut contested: Vec<(u32, ProjectName)> = contested
                .into_iter()
                .filter_map(|(node, count)| Some((count, project(&pool, node)?.clone())))
                .collect();
            contested.sort_by(|a, b| b.0.cmp(&a.0).then_with(|| a.1.cmp(&b.1)));
            Resolution::Stopped(Stopped {
                steps: rounds,
                contested: contested.into_iter().map(|(_, project)| project).collect(),
            })
        }
    }
}

/// What is pinned and can be reached from what was asked for.
fn selection(pool: &Pool<'_>, state: &State) -> Selection {
    let is_pinned = |parent: Parent| match parent {
        Parent::Root(_) => true,
        Parent::Candidate(node, slot) => state.pin(node) == Some(slot),
    };
    let mut connected: HashSet<NodeId> = HashSet::new();
    loop {
        let before = connected.len();
        for (node, criterion) in state.criteria.iter() {
            let reached = criterion.information.iter().any(|information| match information.parent {
                Parent::Root(_) => true,
                parent @ Parent::Candidate(node, _) => connected.contains(&node) && is_pinned(parent),
            });
            if reached {
                connected.insert(node);
            }
        }
        if connected.len() == before {
            break;
        }
    }
    let mut picks: BTreeMap<ProjectName, Pick> = BTreeMap::new();
    for &(node, slot) in &state.pins {
        if node == PYTHON || !connected.contains(&node) {
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
        pick.extras.sort();
        pick.extras.dedup();
        let asked = state.criteria.get(node).into_iter().flat_map(|criterion| &criterion.information);
        for information in asked.filter(|information| is_pinned(information.parent)) {
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

fn conflict(pool: &Pool<'_>, causes: &[Information]) -> Conflict {
    Conflict { causes: causes.iter().filter_map(|cause| edge(pool, cause)).collect() }
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
