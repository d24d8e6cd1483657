//! pip's search, version by version: a real pip of each generation and ours are asked the same of
//! small random indexes, where much cannot be had and the way back matters.
//!
//! The pips are the wheels in `WHEELSTAGE_WHEELS`, run out of the wheel by `WHEELSTAGE_PYTHON`.
//! `WHEELSTAGE_SEARCHES=SEED:COUNT` asks for others than the fixed ones.

use std::{
    collections::BTreeMap,
    env, fs,
    io::Write,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::Arc,
};

use proptest::{
    collection::vec,
    prelude::*,
    sample::select,
    strategy::ValueTree,
    test_runner::{Config, RngAlgorithm, TestRng, TestRunner},
};
use serde_json::{Value, json};
use wheelstage::{
    index::{Catalogue, Index, IndexUrl},
    pep440::{Version, parse_version},
    pep508::Target,
    resolve::{Constraint, Origin, Problem, Resolution, RootRequirement, Tool, Wanted, resolve},
};

#[path = "../support/index.rs"]
mod releases;
#[allow(dead_code, reason = "several indexes are what replayed builds want")]
#[path = "../support/replay/stubs.rs"]
mod stubs;

const SEED: u64 = 20_261_122;
const COUNT: usize = 40;

/// setuptools is one of them: old pips look at it last.
const NAMES: [&str; 6] = ["a", "b", "c", "d", "e", "setuptools"];
const VERSIONS: [&str; 4] = ["1", "2", "3", "4"];

/// What one case asks.
#[derive(Debug, Clone)]
struct Search {
    /// See [`releases::index`].
    index: String,
    requirements: Vec<String>,
    constraints: Vec<String>,
}

/// `a`, `a[x]`, `a<=3`, `a[x]==2.*`.
fn requirement(extras: bool) -> impl Strategy<Value = String> {
    let clause = (select(&["==", ">=", "<=", "!=", "<", ">", "~="][..]), select(&VERSIONS[..])).prop_map(
        |(operator, version)| match operator {
            "==" if version == "2" => "==2.*".to_owned(),
            "~=" => format!("~={version}.0"),
            _ => format!("{operator}{version}"),
        },
    );
    let extra = if extras { 0.15 } else { 0.0 };
    (select(&NAMES[..]), prop::bool::weighted(extra), prop::option::weighted(0.75, clause)).prop_map(
        |(name, extra, clause)| {
            format!("{name}{}{}", if extra { "[x]" } else { "" }, clause.unwrap_or_default())
        },
    )
}

fn search() -> impl Strategy<Value = Search> {
    let dependency = || (requirement(true), prop::bool::weighted(0.2));
    let release = || prop::option::weighted(0.85, vec(dependency(), 0..=3));
    let releases = vec(release(), NAMES.len() * VERSIONS.len());
    let constraints = vec(requirement(false), 0..=1);
    (releases, vec(requirement(true), 1..=4), constraints).prop_map(
        |(releases, requirements, constraints)| {
            let mut index = String::new();
            let names = NAMES.iter().flat_map(|name| VERSIONS.iter().map(move |version| (name, version)));
            for ((name, version), dependencies) in names.zip(releases) {
                let Some(dependencies) = dependencies else { continue };
                let lines: Vec<String> = dependencies
                    .into_iter()
                    .map(|(line, in_extra)| if in_extra { format!("{line};extra == \"x\"") } else { line })
                    .collect();
                let list = if lines.is_empty() { String::new() } else { format!(": {}", lines.join("; ")) };
                index.push_str(&format!("{name} {version}{list}\n"));
            }
            Search { index, requirements, constraints }
        },
    )
}

/// Picks by name; `None` where pip refuses.
type Answer = Option<BTreeMap<String, String>>;

fn index(search: &Search) -> Index {
    let text = json!({ "index": releases::index(&search.index) }).to_string();
    let mut catalogue = Catalogue::from_json(&text).unwrap();
    catalogue.others_absent(IndexUrl::pypi());
    Index { catalogue: Arc::new(catalogue), ..Index::default() }
}

fn ours(search: &Search, pip: &Version, python: &str) -> Answer {
    let index = index(search);
    let target = Target { python: python.parse().unwrap(), ..Target::default() };
    let mut problem = Problem::new(Tool::Pip(pip.clone()), target);
    for line in &search.requirements {
        let wanted = Wanted::Name(Arc::new(line.parse().unwrap()));
        problem.requirements.push(RootRequirement { wanted, origin: Origin::default() });
    }
    for line in &search.constraints {
        let requirement = Arc::new(line.parse().unwrap());
        problem.constraints.push(Constraint { requirement, origin: Origin::default() });
    }
    match resolve(&problem, &index) {
        Resolution::Selected(selection) => {
            let picks = selection.picks.into_values();
            Some(picks.map(|pick| (pick.project.to_string(), pick.version.to_string())).collect())
        }
        Resolution::Conflict(_) => None,
        other => panic!("{other:?}"),
    }
}

/// What a real pip answers, case by case; `None` where it breaks down.
fn theirs(searches: &[Search], pip: &Path, python: &Path, folder: &Path) -> Vec<Option<Answer>> {
    let mut questions = String::new();
    for (number, search) in searches.iter().enumerate() {
        let at = folder.join(number.to_string());
        if !at.exists() {
            stubs::write_index(&index(search), &IndexUrl::pypi(), &at).unwrap();
            fs::write(at.join("constraints.txt"), search.constraints.join("\n")).unwrap();
        }
        let mut arguments = search.requirements.clone();
        arguments.extend(["-c".to_owned(), at.join("constraints.txt").display().to_string()]);
        let report = at.join("report.json");
        let index = format!("file://{}", at.display());
        questions += &format!("{}\n", json!({ "index": index, "report": report, "arguments": arguments }));
    }
    let mut process = Command::new(python)
        .args(["-I", "-c", include_str!("pip_search.py")])
        .arg(pip)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut input = process.stdin.take().unwrap();
    let writer = std::thread::spawn(move || input.write_all(questions.as_bytes()).unwrap());
    let output = process.wait_with_output().unwrap();
    writer.join().unwrap();
    assert!(output.status.success(), "{} ends with {}", pip.display(), output.status);
    let answers = String::from_utf8(output.stdout).unwrap();
    answers
        .lines()
        .map(|line| {
            let answer: Value = serde_json::from_str(line).unwrap();
            let picks = answer["picks"].as_object().into_iter().flatten();
            let picks = picks.map(|(name, version)| (name.clone(), version.as_str().unwrap().to_owned()));
            match answer["exit_code"].as_i64() {
                Some(0) => Some(Some(picks.collect())),
                Some(1) => Some(None),
                // Its recursion finds no end in a circle that nothing leads to any more.
                _ => None,
            }
        })
        .collect()
}

/// Each pip with its version.
fn pips() -> Vec<(Version, PathBuf)> {
    let Some(folder) = env::var_os("WHEELSTAGE_WHEELS") else { return Vec::new() };
    let mut pips: Vec<(Version, PathBuf)> = fs::read_dir(folder)
        .unwrap()
        .filter_map(|entry| {
            let path = entry.unwrap().path();
            let name = path.file_name()?.to_str()?.strip_prefix("pip-")?.to_owned();
            Some((parse_version(name.split('-').next()?)?, path))
        })
        .collect();
    pips.sort();
    pips
}

#[test]
fn every_pip_searches_as_it_does() {
    let (Some(python), pips) = (env::var_os("WHEELSTAGE_PYTHON").map(PathBuf::from), pips()) else {
        println!("passed over: WHEELSTAGE_PYTHON and WHEELSTAGE_WHEELS name no pips");
        return;
    };
    let version = Command::new(&python)
        .args(["-c", "import platform; print(platform.python_version())"])
        .output()
        .unwrap();
    let version = String::from_utf8(version.stdout).unwrap().trim().to_owned();
    let (seed, count) = env::var("WHEELSTAGE_SEARCHES").map_or((SEED, COUNT), |text| {
        let (seed, count) = text.split_once(':').expect("WHEELSTAGE_SEARCHES is SEED:COUNT");
        (seed.parse().expect("a seed is a number"), count.parse().expect("a count is a number"))
    });
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&seed.to_le_bytes());
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &bytes);
    let mut runner = TestRunner::new_with_rng(Config { failure_persistence: None, ..Config::default() }, rng);
    let mut searches = vec![incomplete()];
    while searches.len() < count {
        let search = search().new_tree(&mut runner).unwrap().current();
        // Most are easy, and every pip ends alike; ours says which are not. Every fourth is as it comes.
        let ours: Vec<Answer> = pips.iter().map(|(pip, _)| ours(&search, pip, &version)).collect();
        if searches.len().is_multiple_of(4) || ours.windows(2).any(|pair| pair[0] != pair[1]) {
            searches.push(search);
        }
    }
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    let mut wrong = Vec::new();
    let mut by_pip: Vec<Vec<Option<Answer>>> = Vec::new();
    for (pip, wheel) in &pips {
        let answers = theirs(&searches, wheel, &python, folder.path());
        assert_eq!(answers.len(), searches.len(), "pip {pip} did not answer everything");
        for (search, theirs) in searches.iter().zip(&answers) {
            let Some(theirs) = theirs else { continue };
            let ours = ours(search, pip, &version);
            if ours != *theirs {
                wrong.push(format!("pip {pip}: {theirs:?}\nours: {ours:?}\n{search:#?}"));
            }
        }
        let refused = answers.iter().filter(|answer| **answer == Some(None)).count();
        let broken = answers.iter().filter(|answer| answer.is_none()).count();
        println!("pip {pip}: {} searches, {refused} refused, {broken} that it breaks down on", answers.len());
        by_pip.push(answers);
    }
    let differing = (0..searches.len())
        .filter(|&case| by_pip.windows(2).any(|pair| pair[0].get(case) != pair[1].get(case)));
    println!("pips differ on {} searches", differing.count());
    let shown = wrong.first().cloned().unwrap_or_default();
    assert!(wrong.is_empty(), "{} differ, the first:\n{shown}", wrong.len());
}

/// A solution exists, which pip 22.3 finds and pip 26.3 does not.
fn incomplete() -> Search {
    Search {
        index: "a 1: d==1\na 2\nb 3: d\nc 1\nd 1: c>1\nd 2\nd 3: a==1\ne 1: b\n".to_owned(),
        requirements: vec!["e<=1".to_owned()],
        constraints: Vec::new(),
    }
}
