//! A solver that tries everything agrees with PubGrub on small random indexes: what is picked is
//! a solution, and a conflict has none. Whatever is said to be needed for a conflict is enough.

use std::{collections::BTreeMap, sync::Arc};

use proptest::prelude::*;
use wheelstage::{
    index::{Artifact, Catalogue, Dependencies, Index, IndexUrl, Known, Project},
    pep440::Version,
    pep508::{ProjectName, Requirement, Target},
    resolve::{ConflictKind, Origin, Problem, Resolution, RootRequirement, Tool, Wanted, explain, resolve},
};

const NAMES: [&str; 5] = ["a", "b", "c", "d", "e"];
const VERSIONS: std::ops::Range<u64> = 1..4;

/// By project and version: what it asks for.
type Graph = BTreeMap<(String, u64), Vec<String>>;

fn requirement() -> impl Strategy<Value = String> {
    let operator = prop::sample::select(vec!["", "==", ">=", "<=", "!=", "<", ">"]);
    (prop::sample::select(NAMES.to_vec()), operator, VERSIONS).prop_map(|(name, operator, version)| {
        match operator {
            "" => name.to_owned(),
            operator => format!("{name}{operator}{version}"),
        }
    })
}

fn graph() -> impl Strategy<Value = Graph> {
    let releases: Vec<(String, u64)> =
        NAMES.iter().flat_map(|name| VERSIONS.map(|version| ((*name).to_owned(), version))).collect();
    prop::collection::vec(
        prop::option::weighted(0.85, prop::collection::vec(requirement(), 0..3)),
        releases.len(),
    )
    .prop_map(move |requires| {
        let there = releases.iter().cloned().zip(requires);
        there.filter_map(|(release, requires)| Some((release, requires?))).collect()
    })
}

fn version(number: u64) -> Version {
    Version::new([number])
}

fn allows(requirement: &Requirement, number: u64) -> bool {
    requirement.specifiers.to_range().contains(&version(number))
}

/// Whether these picks satisfy everything that the person and the picks ask for.
fn is_solution(graph: &Graph, roots: &[String], picks: &BTreeMap<String, u64>) -> bool {
    let asked = picks.iter().filter_map(|(name, number)| graph.get(&(name.clone(), *number))).flatten();
    roots.iter().chain(asked).all(|line| {
        let requirement: Requirement = line.parse().unwrap();
        picks.get(requirement.name.as_str()).is_some_and(|&number| allows(&requirement, number))
    })
}

/// Tries every combination of a version or nothing for each project.
fn solvable(graph: &Graph, roots: &[String], names: &[&str], picks: &mut BTreeMap<String, u64>) -> bool {
    let Some((name, rest)) = names.split_first() else { return is_solution(graph, roots, picks) };
    if solvable(graph, roots, rest, picks) {
        return true;
    }
    for number in VERSIONS.filter(|number| graph.contains_key(&((*name).to_owned(), *number))) {
        picks.insert((*name).to_owned(), number);
        if solvable(graph, roots, rest, picks) {
            return true;
        }
        picks.remove(*name);
    }
    false
}

fn index(graph: &Graph) -> Index {
    index_without(graph, &[])
}

/// An index that does not tell what some of its releases ask for, each by its place in the graph.
fn index_without(graph: &Graph, hidden: &[usize]) -> Index {
    let mut catalogue = Catalogue::default();
    catalogue.others_absent(IndexUrl::pypi());
    for name in NAMES {
        let name = ProjectName::new(name).unwrap();
        let mut project = Project::new(name.clone());
        let releases = graph.iter().enumerate().filter(|(_, ((owner, _), _))| owner == name.as_str());
        for (place, ((_, number), requires)) in releases {
            let requires = Dependencies::new(requires.iter().map(String::as_str));
            let mut artifact =
                Artifact::pure_wheel(name.clone(), version(*number), requires, Known::Catalogue);
            if hidden.contains(&place) {
                artifact.requires_dist = None;
            }
            project.add(Arc::new(artifact));
        }
        catalogue.insert_project(IndexUrl::pypi(), project);
    }
    Index { catalogue: Arc::new(catalogue), ..Index::default() }
}

fn problem(tool: Tool, roots: &[String]) -> Problem {
    let mut problem = Problem::new(tool, Target::default());
    for line in roots {
        let wanted = Wanted::Name(Arc::new(line.parse().unwrap()));
        problem.requirements.push(RootRequirement { wanted, origin: Origin::default() });
    }
    problem
}

fn pip() -> Tool {
    Tool::Pip(Version::new([26, 3]))
}

/// What is picked from these releases, or nothing where they conflict.
fn picks(tool: Tool, releases: &[(&str, u64, &[&str])], root: &str) -> Option<String> {
    let owned = |asks: &[&str]| asks.iter().map(|&ask| ask.to_owned()).collect();
    let graph: Graph =
        releases.iter().map(|(name, number, asks)| (((*name).to_owned(), *number), owned(asks))).collect();
    match resolve(&problem(tool, &[root.to_owned()]), &index(&graph)) {
        Resolution::Selected(selection) => {
            let picks = selection.picks.values().map(|pick| format!("{} {}", pick.project, pick.version));
            Some(picks.collect::<Vec<_>>().join(", "))
        }
        Resolution::Conflict(_) => None,
        other => panic!("{other:?}"),
    }
}

/// pip 26.3 goes back past `d` when `d==1` fails, and does not try 2: "Could not find a version
/// that satisfies the requirement c>1", where `b-3 d-2 e-1` would do.
#[test]
fn pip_gives_up_before_it_has_tried_everything() {
    let releases: [(&str, u64, &[&str]); 8] = [
        ("a", 1, &["d==1"]),
        ("a", 2, &[]),
        ("b", 3, &["d"]),
        ("c", 1, &[]),
        ("d", 1, &["c>1"]),
        ("d", 2, &[]),
        ("d", 3, &["a==1"]),
        ("e", 1, &["b"]),
    ];
    assert_eq!(picks(pip(), &releases, "e<=1"), None);
    assert_eq!(picks(Tool::Uv, &releases, "e<=1").as_deref(), Some("b 3, d 2, e 1"));
}

/// pip 26.3 pins `d-3`, goes back for its `c<=1`, and forgets that `c-2` is left to need `d`:
/// "Would install c-2".
#[test]
fn pip_picks_what_is_no_solution() {
    let releases: [(&str, u64, &[&str]); 5] =
        [("c", 1, &[]), ("c", 2, &["d>=1"]), ("d", 2, &[]), ("d", 3, &["e==1", "c<=1"]), ("e", 1, &["d==2"])];
    assert_eq!(picks(pip(), &releases, "c<=2").as_deref(), Some("c 2"));
    assert_eq!(picks(Tool::Uv, &releases, "c<=2").as_deref(), Some("c 2, d 2"));
}

proptest! {
    #![proptest_config(crate::cases(200))]

    #[test]
    fn trying_everything_agrees(graph in graph(), roots in prop::collection::vec(requirement(), 1..4)) {
        let satisfiable = solvable(&graph, &roots, &NAMES, &mut BTreeMap::new());
        let index = index(&graph);
        for tool in [pip(), Tool::Uv] {
            let problem = problem(tool.clone(), &roots);
            match resolve(&problem, &index) {
                // pip's search promises nothing: what it does is held against pip itself.
                Resolution::Selected(_) if tool != Tool::Uv => {}
                // Nor does a refusal of it mean that nothing can be had, and that is what is said.
                Resolution::Conflict(conflict) if tool != Tool::Uv && satisfiable => {
                    let explanation = explain(&problem, &index, &conflict).unwrap();
                    let ConflictKind::GivenUp(set) = explanation.kind else {
                        return Err(TestCaseError::fail(format!("{explanation:?}")));
                    };
                    let set = set.iter().map(|(name, version)| (name.to_string(), version.release()[0]));
                    prop_assert!(is_solution(&graph, &roots, &set.collect()));
                }
                Resolution::Selected(selection) => {
                    let picks = selection
                        .picks
                        .values()
                        .map(|pick| (pick.project.to_string(), pick.version.release()[0]))
                        .collect();
                    prop_assert!(is_solution(&graph, &roots, &picks), "{picks:?}");
                }
                Resolution::Conflict(conflict) => {
                    prop_assert!(!satisfiable, "no conflict");
                    let explanation = explain(&problem, &index, &conflict).unwrap();
                    prop_assert!(!matches!(explanation.kind, ConflictKind::GivenUp(_)));
                    // What it says is needed is a conflict by itself.
                    let needed: Vec<String> =
                        explanation.roots.iter().map(|&number| roots[number].clone()).collect();
                    prop_assert!(!solvable(&graph, &needed, &NAMES, &mut BTreeMap::new()), "{needed:?}");
                }
                other => prop_assert!(false, "{tool:?}: {other:?}"),
            }
        }
    }

    /// What is not known may make nothing impossible that is possible: a conflict that is found
    /// without it is one with it.
    #[test]
    fn a_conflict_stays_one_whatever_the_missing_facts_say(
        graph in graph(),
        roots in prop::collection::vec(requirement(), 1..4),
        hidden in prop::collection::vec(0..NAMES.len() * 3, 1..5),
    ) {
        let problem = problem(pip(), &roots);
        if let Resolution::Conflict(_) = resolve(&problem, &index_without(&graph, &hidden)) {
            let known = resolve(&problem, &index(&graph));
            prop_assert!(matches!(known, Resolution::Conflict(_)), "{known:?}");
        }
    }
}

/// pandas 3 asks for numpy 2, so numpy 1 cannot be had with it, whatever an old numpy asks for: a
/// conflict is told although facts are missing. Not so where a release that was taken back might
/// suit: something that is not known may ask for it by its version.
#[test]
fn a_conflict_is_told_although_facts_are_missing() {
    let answer = |yanked: &str| {
        let text = r#"{ "index": {
            "pandas": {
                "3.0": { "requires_dist": ["numpy>=2"], "files": [{ "filename": "pandas-3.0-py3-none-any.whl" }] } YANKED
            },
            "numpy": {
                "1.9": { "files": [{ "filename": "numpy-1.9-py3-none-any.whl" }] },
                "2.0": { "requires_dist": [], "files": [{ "filename": "numpy-2.0-py3-none-any.whl" }] }
            }
        } }"#;
        let mut catalogue = Catalogue::from_json(&text.replace("YANKED", yanked)).unwrap();
        catalogue.others_absent(IndexUrl::pypi());
        let index = Index { catalogue: Arc::new(catalogue), ..Index::default() };
        resolve(&problem(pip(), &["numpy<2".to_owned(), "pandas>=3".to_owned()]), &index)
    };
    let file = r#""files": [{ "filename": "pandas-3.1-py3-none-any.whl" }]"#;
    assert!(matches!(answer(""), Resolution::Conflict(_)), "{:?}", answer(""));
    let known = format!(r#", "3.1": {{ "yanked": true, "requires_dist": ["numpy>=2"], {file} }}"#);
    assert!(matches!(answer(&known), Resolution::Conflict(_)), "{:?}", answer(&known));
    let unknown = format!(r#", "3.1": {{ "yanked": true, {file} }}"#);
    assert!(matches!(answer(&unknown), Resolution::Missing(_)), "{:?}", answer(&unknown));
}

/// An index may have releases that are older than all that are listed: what they may settle is no
/// conflict.
#[test]
fn what_is_not_listed_may_be_what_is_asked_for() {
    let name = ProjectName::new("c").unwrap();
    let mut project = Project::new(name.clone());
    let requires = Dependencies::new(std::iter::empty::<&str>());
    project.add(Arc::new(Artifact::pure_wheel(name, version(2), requires, Known::Catalogue)));
    project.list_from(Some(&version(2)));
    project.list_newest();
    let mut catalogue = Catalogue::default();
    catalogue.insert_project(IndexUrl::pypi(), project);
    let index = Index { catalogue: Arc::new(catalogue), ..Index::default() };
    let asked = |root: &str| resolve(&problem(pip(), &[root.to_owned()]), &index);
    assert!(matches!(asked("c<2"), Resolution::Missing(_)), "{:?}", asked("c<2"));
    assert!(matches!(asked("c>2"), Resolution::Conflict(_)), "{:?}", asked("c>2"));
}
