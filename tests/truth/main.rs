//! What pip said: requirements, an index as it was that day, and pip's verdict and pins.
//!
//! Without the recorded scenarios the test says so and passes.

#[path = "../support/scenarios.rs"]
mod scenarios;

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use scenarios::Scenarios;
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
    let Some(scenarios) = Scenarios::read() else { return };
    let mut failed = Vec::new();
    let mut questions = 0;
    for scenario in &scenarios.all {
        let own = Catalogue::from_json(&scenario.to_string()).unwrap();
        let own = Index { catalogue: Arc::new(own), ..Index::default() };
        let all = scenarios.index(scenario);
        let id = scenario["id"].as_str().unwrap_or_default();
        let expected = &scenario["expected"];
        let mut check =
            |name: &str, requirements: &Value, satisfiable: &Value, pins: &Value, is_whole: bool| {
                questions += 1;
                let problem = problem(scenario, requirements);
                // The recorded index holds what the scenario itself needs; a variant may need more.
                let index = if is_whole { &own } else { &*all };
                match resolve(&problem, index) {
                    Resolution::Conflict(conflict) if satisfiable.as_bool() == Some(false) => {
                        let explanation = explain(&problem, index, &conflict).unwrap();
                        if let Err(difference) = compare_conflict(&explanation, &expected["conflict"]) {
                            failed.push(format!("{id} {name}: {difference}"));
                        }
                    }
                    resolution => {
                        if let Err(difference) = compare(resolution, satisfiable.as_bool(), pins, is_whole) {
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
    println!("truth: {} of {questions} answered as pip did", questions - failed.len());
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
