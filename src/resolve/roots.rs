//! What can be said before anything is known about a project: ranges that the person's own
//! lines leave either meet or do not.

use std::sync::Arc;

use super::{
    ConflictKind, Explanation, Party, PartyKind, Problem, Sentence, Wanted,
    wording::{capital, plain},
};
use crate::{
    order::SortedMap,
    pep440::VersionRange,
    pep508::{ProjectName, Requirement},
};

/// A project whose requirements and constraints, as the person wrote them, have no version in
/// common, whatever is published. Rests on no fact about packages.
#[must_use]
pub fn root_conflict(problem: &Problem) -> Option<Explanation> {
    let markers = problem.target.environment();
    let applies = |requirement: &Arc<Requirement>| {
        requirement.url.is_none() && requirement.applies(&markers, &[]).unwrap_or(false)
    };
    let mut lines: SortedMap<ProjectName, Vec<Line>> = SortedMap::new();
    for (number, root) in problem.requirements.iter().enumerate() {
        if let Wanted::Name(requirement) = &root.wanted
            && applies(requirement)
        {
            let label = if root.origin.label.is_empty() { "the command line" } else { &root.origin.label };
            let line = Line::new(requirement, Some(number), label, root.origin.location);
            lines.entry(requirement.name.clone()).or_default().push(line);
        }
    }
    for constraint in &problem.constraints {
        let requirement = &constraint.requirement;
        // A constraint bounds a project only if something asks for it.
        if let Some(lines) = lines.get_mut(&requirement.name)
            && applies(requirement)
        {
            let label = &constraint.origin.label;
            lines.push(Line::new(requirement, None, label, constraint.origin.location));
        }
    }
    lines.into_iter().find_map(|(project, lines)| explanation(project, lines))
}

struct Line {
    party: Party,
    root: Option<usize>,
}

impl Line {
    fn new(
        requirement: &Requirement,
        root: Option<usize>,
        label: &str,
        location: Option<crate::text::Location>,
    ) -> Self {
        let kind = if root.is_some() { PartyKind::Requirement } else { PartyKind::Constraint };
        let party = Party {
            kind,
            requirer: if label.is_empty() { "a constraint".to_owned() } else { plain(label) },
            specifier: requirement.specifiers.to_string(),
            range: requirement.specifiers.to_range(),
            location,
        };
        Self { party, root }
    }
}

fn explanation(project: ProjectName, lines: Vec<Line>) -> Option<Explanation> {
    let meet = |lines: &[&Line]| {
        lines.iter().fold(VersionRange::full(), |range, line| range.intersection(&line.party.range))
    };
    let mut guilty: Vec<&Line> = lines.iter().collect();
    // A string comparison (`===`) admits what no range of versions can say.
    if !meet(&guilty).is_empty() || guilty.iter().any(|line| line.party.specifier.contains("===")) {
        return None;
    }
    for item in (0..guilty.len()).rev() {
        let mut fewer = guilty.clone();
        fewer.remove(item);
        if meet(&fewer).is_empty() {
            guilty = fewer;
        }
    }
    let sentence = |line: &&Line| {
        let Party { requirer, specifier, location, .. } = &line.party;
        let verb = if line.root.is_some() { "asks for" } else { "bounds" };
        Sentence { text: format!("{} {verb} {project}{specifier}.", capital(requirer)), location: *location }
    };
    let mut chain: Vec<Sentence> = guilty.iter().map(sentence).collect();
    let end = match guilty.len() {
        1 => format!("No version of {project} is in that range."),
        _ => format!("No version of {project} is in all of these ranges."),
    };
    chain.push(Sentence { text: end, location: None });
    Some(Explanation {
        kind: ConflictKind::Disjoint,
        chain,
        guilty: guilty.iter().map(|line| line.party.clone()).collect(),
        innocent: Vec::new(),
        overlap: VersionRange::empty(),
        roots: guilty.iter().filter_map(|line| line.root).collect(),
        project,
    })
}
