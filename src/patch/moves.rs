//! How far a fix moves versions that the author asked for: what an expert weighs first.

use std::sync::LazyLock;

use serde::Deserialize;

use crate::{
    order::SortedSet,
    pep440::{Operator, Specifier, Specifiers, Version},
    pep508::ProjectName,
};

use super::requirement::is_pin;

/// What a fix does to a version that the author asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Move {
    /// Another one is asked for.
    To {
        /// The project.
        project: ProjectName,
        /// The highest version asked for before.
        from: Version,
        /// The one that is meant now.
        to: Version,
    },
    /// The line or word that asks for it goes.
    Dropped {
        /// The project.
        project: ProjectName,
    },
}

/// How far a version moves, by the first part of the release segment (PEP 440) that differs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Distance {
    /// The third part, or one behind it: 2.31.0 and 2.31.4.
    Patch,
    /// The second part.
    Minor,
    /// The first part, or the epoch.
    Major,
    /// What the author asked for is asked for no longer.
    Dropped,
}

impl Move {
    /// How far.
    #[must_use]
    pub fn distance(&self) -> Distance {
        match self {
            Self::To { from, to, .. } => distance(from, to),
            Self::Dropped { .. } => Distance::Dropped,
        }
    }

    fn is_backward(&self) -> bool {
        matches!(self, Self::To { from, to, .. } if to < from)
    }

    /// It may leave a release with known vulnerabilities.
    fn is_risky(&self) -> bool {
        let may_go_back = self.is_backward() || matches!(self, Self::Dropped { .. });
        may_go_back && GUARDED.contains(self.project())
    }

    fn project(&self) -> &ProjectName {
        match self {
            Self::To { project, .. } | Self::Dropped { project } => project,
        }
    }
}

/// How far apart two versions are.
pub(super) fn distance(from: &Version, to: &Version) -> Distance {
    let part = |version: &Version, index: usize| version.release().get(index).copied().unwrap_or(0);
    if from.epoch() != to.epoch() || part(from, 0) != part(to, 0) {
        Distance::Major
    } else if part(from, 1) != part(to, 1) {
        Distance::Minor
    } else {
        Distance::Patch
    }
}

/// What moves count for, least first: a project whose old releases have known vulnerabilities goes
/// back only if nothing else holds; then the farthest move counts, then whether one goes back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Weight {
    risky: bool,
    farthest: Option<Distance>,
    backward: bool,
}

impl Weight {
    pub(super) fn of(moves: &[Move]) -> Self {
        Self {
            risky: moves.iter().any(Move::is_risky),
            farthest: moves.iter().map(Move::distance).max(),
            backward: moves.iter().any(Move::is_backward),
        }
    }
}

/// Projects that are not moved back where going forward would do.
static GUARDED: LazyLock<SortedSet<ProjectName>> = LazyLock::new(|| {
    let table: Guarded =
        serde_json::from_str(include_str!("../../static/guarded-projects.json")).unwrap_or_default();
    table.projects.iter().filter_map(|guarded| guarded.name.parse().ok()).collect()
});

/// `static/guarded-projects.json`.
#[derive(Deserialize, Default)]
struct Guarded {
    projects: Vec<GuardedProject>,
}

/// One of them. The file also says why, for those who read it.
#[derive(Deserialize)]
struct GuardedProject {
    name: String,
}

/// Specifiers that admit a version which these do not, changed no more than that takes: a pin stays
/// a pin, a bound keeps its form and its precision, and what admits the version stays as it is.
pub(super) fn admitting(specifiers: &Specifiers, to: &Version) -> Option<String> {
    if is_pin(specifiers) {
        return Some(format!("=={to}"));
    }
    let clauses = specifiers.clauses().iter().map(|clause| {
        if clause.to_range().contains(to) {
            return Some(clause.to_string());
        }
        moved(clause, to)
    });
    Some(clauses.collect::<Option<Vec<_>>>()?.join(","))
}

fn moved(clause: &Specifier, to: &Version) -> Option<String> {
    let written = clause.parsed.as_ref()?.release().len();
    // As many parts of the version as the author wrote.
    let parts = |increment: u64| {
        let mut parts: Vec<u64> = (0..written).map(|at| to.release().get(at).copied().unwrap_or(0)).collect();
        let last = parts.last_mut()?;
        *last = last.checked_add(increment)?;
        Some(parts.iter().map(ToString::to_string).collect::<Vec<_>>().join("."))
    };
    Some(match clause.operator {
        Operator::Less => format!("<{}", parts(1)?),
        Operator::AtMost => format!("<={to}"),
        Operator::Greater | Operator::AtLeast => format!(">={to}"),
        Operator::Compatible => format!("~={}", parts(0)?),
        Operator::Equal if clause.to_string().ends_with(".*") => format!("=={}.*", parts(0)?),
        Operator::Equal => format!("=={to}"),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn version(text: &str) -> Version {
        text.parse().unwrap_or_else(|error| panic!("{text}: {error}"))
    }

    #[test]
    fn the_first_part_that_differs_counts() {
        let check = |from: &str, to: &str, expected| {
            assert_eq!(distance(&version(from), &version(to)), expected, "{from} to {to}");
        };
        check("0.23.4", "0.23.5", Distance::Patch);
        check("1.2", "1.2.1", Distance::Patch);
        check("3.16.0", "3.15.1", Distance::Minor);
        check("8", "7.4.4", Distance::Major);
        check("1!2.0", "2.0", Distance::Major);
    }

    #[test]
    fn a_requirement_moves_no_more_than_it_must() {
        let check = |specifiers: &str, to: &str, expected: Option<&str>| {
            let specifiers: Specifiers = specifiers.parse().unwrap_or_else(|error| panic!("{error:?}"));
            assert_eq!(admitting(&specifiers, &version(to)).as_deref(), expected, "{specifiers} for {to}");
        };
        check("==1.10.13", "2.13.4", Some("==2.13.4"));
        check(">=0.1,<0.3", "0.3.7", Some(">=0.1,<0.4"));
        check("<1", "2.5", Some("<3"));
        check("<=1.8.4", "1.9.2", Some("<=1.9.2"));
        check(">=2,!=2.4.2", "1.9", Some(">=1.9,!=2.4.2"));
        check("~=3.2.4", "4.5.1", Some("~=4.5.1"));
        check("==2.18.*", "2.19.1", Some("==2.19.*"));
        check(">=1", "2", Some(">=1"));
        check("!=2", "2", None);
    }

    #[test]
    fn near_moves_weigh_less_than_far_ones_and_guarded_ones_most() {
        let moved = |project: &str, from: &str, to: Option<&str>| {
            let project = project.parse().unwrap_or_else(|error| panic!("{project}: {error:?}"));
            match to {
                Some(to) => Move::To { project, from: version(from), to: version(to) },
                None => Move::Dropped { project },
            }
        };
        let order = [
            vec![],
            vec![moved("a", "1.2.3", Some("1.2.4"))],
            vec![moved("a", "1.2.3", Some("1.2.2"))],
            vec![moved("a", "1.2.3", Some("1.2.4")), moved("b", "1.2", Some("1.3"))],
            vec![moved("a", "1", Some("2"))],
            vec![moved("a", "2", Some("1"))],
            vec![moved("a", "2", None)],
            vec![moved("cryptography", "42.0.1", Some("42.0.0"))],
            vec![moved("cryptography", "42.0.1", None)],
        ];
        let weights: Vec<Weight> = order.iter().map(|moves| Weight::of(moves)).collect();
        assert!(weights.is_sorted(), "{weights:?}");
    }
}
