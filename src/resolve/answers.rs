use std::{iter, sync::Arc};

use super::{Problem, Resolution, Wanted, resolve};
use crate::index::{Artifact, Index};

/// Answers about one index that are there already: of a build that is edited and run again, only
/// what has changed is resolved again.
#[derive(Debug, Clone, Default)]
pub struct Answers {
    known: Vec<(Arc<Problem>, Arc<Resolution>)>,
}

impl FromIterator<(Arc<Problem>, Arc<Resolution>)> for Answers {
    fn from_iter<T: IntoIterator<Item = (Arc<Problem>, Arc<Resolution>)>>(answers: T) -> Self {
        Self { known: answers.into_iter().collect() }
    }
}

impl Answers {
    /// The answer to a problem, known or worked out. All answers must be about this index.
    #[must_use]
    pub fn resolve(&self, problem: &Problem, index: &Index) -> Arc<Resolution> {
        let known = self.known.iter().find(|(other, _)| is_same(problem, other));
        known.map_or_else(|| Arc::new(resolve(problem, index)), |(_, resolution)| resolution.clone())
    }
}

/// The same is asked, wherever it is written: an answer names its requirers by their numbers, and
/// not by their places.
fn is_same(a: &Problem, b: &Problem) -> bool {
    let switches = |problem: &Problem| {
        [
            problem.force_reinstall,
            problem.ignore_installed,
            problem.no_deps,
            problem.pre,
            problem.prefer_binary,
            problem.ignore_requires_python,
            problem.first_index,
        ]
    };
    a.tool == b.tool
        && a.target == b.target
        && a.upgrade == b.upgrade
        && switches(a) == switches(b)
        && a.formats == b.formats
        && a.indexes == b.indexes
        && a.limits == b.limits
        && are_same(&a.requirements, &b.requirements, |a, b| is_same_wanted(&a.wanted, &b.wanted))
        && are_same(&a.constraints, &b.constraints, |a, b| a.requirement == b.requirement)
        && are_same(&a.find_links, &b.find_links, |a, b| {
            a.path == b.path && is_same_artifact(&a.artifact, &b.artifact)
        })
        && a.installed.len() == b.installed.len()
        && iter::zip(&a.installed, &b.installed).all(|((project, a), (other, b))| {
            let artifact = match (&a.artifact, &b.artifact) {
                (Some(a), Some(b)) => is_same_artifact(a, b),
                (a, b) => a.is_none() && b.is_none(),
            };
            project == other && a.version == b.version && artifact
        })
}

fn are_same<T>(a: &[T], b: &[T], is_same: impl Fn(&T, &T) -> bool) -> bool {
    a.len() == b.len() && iter::zip(a, b).all(|(a, b)| is_same(a, b))
}

fn is_same_wanted(a: &Wanted, b: &Wanted) -> bool {
    match (a, b) {
        (Wanted::Name(a), Wanted::Name(b)) => a == b,
        (Wanted::Direct(a), Wanted::Direct(b)) => {
            a.link == b.link
                && a.extras == b.extras
                && a.editable == b.editable
                && is_same_artifact(&a.artifact, &b.artifact)
        }
        _ => false,
    }
}

/// The same file with the same metadata; one that a build makes anew is not the same in memory.
fn is_same_artifact(a: &Arc<Artifact>, b: &Arc<Artifact>) -> bool {
    Arc::ptr_eq(a, b)
        || (a.file_name == b.file_name
            && a.requires_python == b.requires_python
            && a.provides_extra == b.provides_extra
            && a.yanked == b.yanked
            && a.requires_dist.as_ref().map(|all| all.lines())
                == b.requires_dist.as_ref().map(|all| all.lines()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        pep440::parse_version,
        pep508::Target,
        resolve::{MissingFact, Origin, RootRequirement, Tool},
    };

    fn problem(requirements: &[&str]) -> Problem {
        let tool = Tool::Pip(parse_version("26.3").unwrap());
        let mut problem = Problem::new(tool, Target::default());
        problem.requirements.extend(requirements.iter().map(|text| RootRequirement {
            wanted: Wanted::Name(Arc::new(text.parse().unwrap())),
            origin: Origin { label: format!("-r {text}"), location: None },
        }));
        problem
    }

    /// An answer that nothing would work out.
    fn answers(requirements: &[&str]) -> Answers {
        let fact = MissingFact { project: "known".parse().unwrap(), release: None, newest_listed: None };
        [(Arc::new(problem(requirements)), Arc::new(Resolution::Missing(vec![fact])))].into_iter().collect()
    }

    #[track_caller]
    fn check(known: &[&str], asked: &Problem, expected: bool) {
        let resolution = answers(known).resolve(asked, &Index::empty());
        let is_known = matches!(&*resolution, Resolution::Missing(facts) if facts.iter().any(|fact| fact.project.as_str() == "known"));
        assert_eq!(is_known, expected);
    }

    #[test]
    fn what_was_asked_is_known() {
        check(&["numpy<2", "flask"], &problem(&["numpy < 2", "flask"]), true);
    }

    #[test]
    fn another_question_is_not_known() {
        check(&["numpy<2"], &problem(&["numpy<3"]), false);
        check(&["numpy<2"], &problem(&["numpy<2", "flask"]), false);
        check(&["numpy", "flask"], &problem(&["flask", "numpy"]), false);
        check(&["numpy"], &Problem { no_deps: true, ..problem(&["numpy"]) }, false);
        check(&["numpy"], &Problem { indexes: Vec::new(), ..problem(&["numpy"]) }, false);
    }
}
