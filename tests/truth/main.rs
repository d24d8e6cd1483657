//! What pip said: requirements, an index as it was that day, and pip's verdict and pins.
//!
//! Read from `../shared/truth/scenarios`, or the folder of that layout that `WHEELSTAGE_TRUTH`
//! names. Without it the test says so and passes.

use std::{
    collections::{BTreeMap, BTreeSet},
    env, fs,
    path::{Path, PathBuf},
    sync::Arc,
};

use serde_json::Value;
use wheelstage::{
    index::{Catalogue, Index},
    pep440::parse_version,
    pep508::{ProjectName, Target},
    resolve::{
        ConflictKind, Constraint, Explanation, Origin, Problem, Resolution, RootRequirement, Tool, Wanted,
        explain, resolve,
    },
};

#[test]
fn scenarios_end_as_pip_said() {
    let folder = env::var_os("WHEELSTAGE_TRUTH").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/truth/scenarios"),
        PathBuf::from,
    );
    let Ok(entries) = fs::read_dir(&folder) else {
        println!("passed over, {} is not there", folder.display());
        return;
    };
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "json"));
    paths.sort();
    let mut failed = Vec::new();
    let mut questions = 0;
    let mut unanswerable = 0;
    for path in paths {
        let text = fs::read_to_string(&path).unwrap();
        let scenario: Value = serde_json::from_str(&text).unwrap();
        let index = Index { catalogue: Arc::new(Catalogue::from_json(&text).unwrap()), ..Index::default() };
        let id = scenario["id"].as_str().unwrap_or_default();
        let expected = &scenario["expected"];
        let mut check = |name: &str, requirements: &Value, satisfiable: &Value, pins: &Value, all: bool| {
            questions += 1;
            let problem = problem(&scenario, requirements);
            match resolve(&problem, &index) {
                // The recorded index holds what the scenario itself needs; a variant may need more.
                Resolution::Missing(facts)
                    if !all && facts.iter().all(|fact| lacks(&scenario, &fact.project)) =>
                {
                    unanswerable += 1;
                }
                Resolution::Conflict(conflict) if satisfiable.as_bool() == Some(false) => {
                    let explanation = explain(&problem, &index, &conflict).unwrap();
                    if let Err(difference) = compare_conflict(&explanation, &expected["conflict"]) {
                        failed.push(format!("{id} {name}: {difference}"));
                    }
                }
                resolution => {
                    if let Err(difference) = compare(resolution, satisfiable.as_bool(), pins, all) {
                        failed.push(format!("{id} {name}: {difference}"));
                    }
                }
            }
        };
        let expected = &scenario["expected"];
        check(
            "as it is",
            &scenario["requirements"],
            &expected["satisfiable"],
            &expected["pip"]["pins"],
            true,
        );
        for other in expected["other_requirement_sets"].as_array().into_iter().flatten() {
            let name = other["requirements"].to_string();
            check(&name, &other["requirements"], &other["satisfiable"], &other["pins_of_interest"], false);
        }
    }
    println!(
        "truth: {} of {questions} answered as pip did, {unanswerable} lack facts",
        questions - failed.len() - unanswerable
    );
    assert!(failed.is_empty(), "{}", failed.join("\n"));
}

fn problem(scenario: &Value, requirements: &Value) -> Problem {
    let python = scenario["python"].as_str().unwrap().parse().unwrap();
    let tool = Tool::Pip(parse_version("26.3").unwrap());
    let mut problem = Problem::new(tool, Target { python, ..Target::default() });
    let lines = |value: &Value| -> Vec<String> {
        value.as_array().into_iter().flatten().map(|line| line.as_str().unwrap().to_owned()).collect()
    };
    for line in lines(requirements) {
        let wanted = Wanted::Name(Arc::new(line.parse().unwrap()));
        problem.requirements.push(RootRequirement { wanted, origin: Origin::default() });
    }
    for line in lines(&scenario["constraints"]) {
        let requirement = Arc::new(line.parse().unwrap());
        problem.constraints.push(Constraint { requirement, origin: Origin::default() });
    }
    let only_binary = scenario["options"]["only_binary"].as_str().unwrap_or_default();
    if let Some(rest) = only_binary.strip_prefix(":all:") {
        problem.formats.only_binary_all = true;
        for except in rest.trim().strip_prefix("except").unwrap_or_default().split(',') {
            problem.formats.no_binary.extend(ProjectName::new(except.trim()));
        }
    }
    problem
}

/// Whether the recorded index has no such project, or a release of it whose dependencies were
/// never looked at.
fn lacks(scenario: &Value, name: &ProjectName) -> bool {
    match scenario["index"][name.as_str()].as_object() {
        None => true,
        Some(releases) => releases.values().any(|release| release["requires_dist"].is_null()),
    }
}

/// pip names the guilty and the innocent alike; together they are whom it lists.
fn compare_conflict(explanation: &Explanation, expected: &Value) -> Result<(), String> {
    if expected.is_null() {
        return Ok(());
    }
    let listed: BTreeSet<String> = expected["requirers"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|requirer| match requirer["by"].as_str().unwrap_or_default() {
            "user" => "the command line".to_owned(),
            package => format!("{package} {}", requirer["version"].as_str().unwrap_or_default()),
        })
        .collect();
    let named: BTreeSet<String> =
        explanation.guilty.iter().chain(&explanation.innocent).map(|party| party.requirer.clone()).collect();
    let project = expected["package"].as_str().unwrap_or_default();
    if explanation.project.as_str() != project || named != listed {
        return Err(format!("pip: {project} {listed:?}; ours: {} {named:?}", explanation.project));
    }
    let ranges = expected["kind"] == "ranges";
    if ranges != (explanation.kind == ConflictKind::Disjoint) {
        return Err(format!("{:?}", explanation.kind));
    }
    Ok(())
}

/// `all`: the pins are everything that was picked; else only some of it.
fn compare(resolution: Resolution, satisfiable: Option<bool>, pins: &Value, all: bool) -> Result<(), String> {
    let picks: BTreeMap<String, String> = match (resolution, satisfiable) {
        (Resolution::Conflict(_), Some(false)) => return Ok(()),
        (Resolution::Selected(selection), Some(true)) => selection
            .picks
            .into_values()
            .map(|pick| (pick.project.to_string(), pick.version.to_string()))
            .collect(),
        (resolution, _) => return Err(format!("satisfiable: {satisfiable:?}, answered {resolution:?}")),
    };
    let expected: BTreeMap<String, String> = pins
        .as_object()
        .into_iter()
        .flatten()
        .map(|(name, version)| (name.clone(), version.as_str().unwrap_or_default().to_owned()))
        .collect();
    let differing: Vec<String> = expected
        .iter()
        .filter(|(name, version)| picks.get(*name) != Some(*version))
        .map(|(name, version)| format!("{name} {version}, picked {:?}", picks.get(name)))
        .chain(
            picks
                .iter()
                .filter(|(name, _)| all && !expected.contains_key(*name))
                .map(|(name, version)| format!("picked {name} {version} too")),
        )
        .collect();
    if differing.is_empty() { Ok(()) } else { Err(differing.join("; ")) }
}
