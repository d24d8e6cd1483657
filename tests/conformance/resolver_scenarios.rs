//! Peers' resolver scenarios: satisfiable where pip says so, and pip's picks.
//!
//! A scenario counts against pip's answer where pip was run; else against the suite's own. A set
//! of picks that differs from pip's, yet satisfies everything, is listed as another solution.

use std::{collections::BTreeMap, fs, sync::Arc};

use serde_json::Value;
use wheelstage::{
    index::{Artifact, Catalogue, Dependencies, Index, IndexUrl, Known, Project, Yanked},
    pep440::{Version, parse_version},
    pep508::{ExtraName, ProjectName, Requirement, Target},
    resolve::{Constraint, Origin, Problem, Resolution, RootRequirement, Selection, Tool, Wanted, resolve},
};

use crate::harness::{self, Exception};

const EXCEPTIONS: [Exception; 0] = [];

#[test]
fn resolver_scenarios() {
    let mut others = Vec::new();
    harness::score("resolver_scenarios/index.jsonl", &[], &EXCEPTIONS, |row| {
        let path = harness::folder().join(row["path"].as_str().unwrap_or_default());
        let text = fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))?;
        let scenario: Value = serde_json::from_str(&text).map_err(|error| error.to_string())?;
        let name = format!("{} {}", row["suite"], row["name"]);
        let index = index(&scenario["packages"]);
        if scenario["root"].is_null() {
            return large(&scenario, &index).map_err(|difference| format!("{name}: {difference}"));
        }
        one(&scenario, &index, &mut others).map_err(|difference| format!("{name}: {difference}"))
    });
    for other in &others {
        println!("another solution: {other}");
    }
    assert!(others.is_empty(), "picks that are not pip's: {}", others.len());
}

/// One question, pip's answer first.
fn one(scenario: &Value, index: &Index, others: &mut Vec<String>) -> Result<(), String> {
    let pip = &scenario["pip"];
    let asked_pip = pip["exit_code"].is_i64();
    let python = match &scenario["options"]["python"] {
        // uv reads a bare minor version as its first patch release.
        Value::String(python) if python.matches('.').count() == 1 => format!("{python}.0"),
        Value::String(python) => python.clone(),
        _ => {
            pip["python"].as_str().or(scenario["environment"]["python"].as_str()).unwrap_or("3.12").to_owned()
        }
    };
    let problem = problem(scenario, &python)?;
    let resolution = resolve(&problem, index);
    let satisfiable = match pip["exit_code"].as_i64() {
        Some(code) => code == 0,
        None => scenario["expected"]["satisfiable"] == true,
    };
    let selection = match (resolution, satisfiable) {
        (Resolution::Conflict(_), false) => return Ok(()),
        (Resolution::Selected(selection), true) => selection,
        (other, _) => return Err(format!("satisfiable: {satisfiable}, answered {other:?}")),
    };
    let wrong = violations(&problem, &selection);
    if !wrong.is_empty() {
        return Err(format!("no solution: {}", wrong.join("; ")));
    }
    if !asked_pip {
        return Ok(());
    }
    let ours: BTreeMap<String, String> =
        selection.picks.values().map(|pick| (pick.project.to_string(), pick.version.to_string())).collect();
    let theirs: BTreeMap<String, String> = pip["installed"]
        .as_object()
        .into_iter()
        .flatten()
        .filter_map(|(name, version)| {
            let version = parse_version(version.as_str()?)?;
            Some((ProjectName::new(name)?.to_string(), version.to_string()))
        })
        .collect();
    if ours != theirs {
        let id = scenario["id"].as_str().unwrap_or_default();
        others.push(format!("{id} {}: {ours:?}, pip {theirs:?}", scenario["name"]));
    }
    Ok(())
}

/// One graph, many questions: each version of each package as the root.
fn large(scenario: &Value, index: &Index) -> Result<(), String> {
    let mut wrong = Vec::new();
    for root in scenario["roots"].as_array().into_iter().flatten() {
        let mut problem = Problem::new(pip(), Target::default());
        // pip would take hours over some of these; PubGrub answers them.
        problem.limits.rounds = 100;
        let line = root["requires"][0].as_str().unwrap_or_default();
        let requirement = Arc::new(line.parse().map_err(|_| format!("`{line}` is no requirement"))?);
        problem
            .requirements
            .push(RootRequirement { wanted: Wanted::Name(requirement), origin: Origin::default() });
        let answer = match resolve(&problem, index) {
            Resolution::Selected(selection) => violations(&problem, &selection).is_empty().then_some(true),
            Resolution::Conflict(_) => Some(false),
            Resolution::Missing(_) | Resolution::Stopped(_) => None,
        };
        if answer != root["satisfiable"].as_bool() {
            wrong.push(format!("{line}: {answer:?}"));
        }
    }
    if wrong.is_empty() { Ok(()) } else { Err(wrong.join(", ")) }
}

/// Requirements of picks that other picks do not satisfy.
fn violations(problem: &Problem, selection: &Selection) -> Vec<String> {
    let environment = problem.target.environment();
    let mut wrong = Vec::new();
    let mut check = |by: &str, requirement: &Requirement| match selection.picks.get(&requirement.name) {
        Some(pick) if requirement.specifiers.to_range().contains(&pick.version) => {}
        Some(pick) => wrong.push(format!("{by} asks for {requirement}, picked {}", pick.version)),
        None => wrong.push(format!("{by} asks for {requirement}, which is not picked")),
    };
    for root in &problem.requirements {
        if let Wanted::Name(requirement) = &root.wanted
            && requirement.applies(&environment, &[]) != Ok(false)
        {
            check("the person", requirement);
        }
    }
    for pick in selection.picks.values().filter(|_| !problem.no_deps) {
        let requires = pick.artifact.as_ref().and_then(|artifact| artifact.requires_dist.clone());
        for requirement in requires.iter().flat_map(|requires| requires.requirements().unwrap_or_default()) {
            if requirement.applies(&environment, &[]) != Ok(false) {
                check(pick.project.as_str(), requirement);
            }
        }
    }
    wrong
}

fn pip() -> Tool {
    Tool::Pip(Version::new([26, 3]))
}

fn problem(scenario: &Value, python: &str) -> Result<Problem, String> {
    let python = python.parse().map_err(|_| format!("`{python}` is no Python"))?;
    let mut problem = Problem::new(pip(), Target { python, ..Target::default() });
    let options = &scenario["options"];
    let texts = |value: &Value| -> Vec<String> {
        value.as_array().into_iter().flatten().filter_map(|text| Some(text.as_str()?.to_owned())).collect()
    };
    let names =
        |value: &Value| texts(value).iter().filter_map(|name| ProjectName::new(name)).collect::<Vec<_>>();
    for line in texts(&scenario["root"]["requires"]) {
        let requirement = Arc::new(line.parse().map_err(|_| format!("`{line}` is no requirement"))?);
        problem
            .requirements
            .push(RootRequirement { wanted: Wanted::Name(requirement), origin: Origin::default() });
    }
    for line in texts(&options["constraints"]).iter().flat_map(|text| text.lines()) {
        let line = line.split(" #").next().unwrap_or_default().trim();
        if line.is_empty() {
            continue;
        }
        let requirement = Arc::new(line.parse().map_err(|_| format!("`{line}` is no requirement"))?);
        problem.constraints.push(Constraint { requirement, origin: Origin::default() });
    }
    problem.pre = options["prereleases"] == true;
    problem.no_deps = options["pip"]["ignore_dependencies"] == true
        || texts(&options["pip_options"]).contains(&"--no-deps".to_owned());
    problem.ignore_requires_python = options["pip"]["ignore_requires_python"] == true;
    problem.formats.no_binary.extend(names(&options["no_binary"]));
    problem.formats.only_binary.extend(names(&options["no_build"]));
    Ok(problem)
}

fn index(packages: &Value) -> Index {
    let mut catalogue = Catalogue::default();
    for (name, releases) in packages.as_object().into_iter().flatten() {
        let Some(name) = ProjectName::new(name) else { continue };
        let mut project = Project::new(name.clone());
        for (version, release) in releases.as_object().into_iter().flatten() {
            let texts = |value: &Value| -> Vec<String> {
                value
                    .as_array()
                    .into_iter()
                    .flatten()
                    .filter_map(|text| Some(text.as_str()?.to_owned()))
                    .collect()
            };
            let stem = format!("{}-{version}", name.as_str().replace('-', "_"));
            // "In a file with `compact` a missing key means: ... wheel py3-none-any."
            let wheels = match &release["wheels"] {
                Value::Null => vec!["py3-none-any".to_owned()],
                wheels => texts(wheels),
            };
            let mut files: Vec<String> = wheels.iter().map(|tags| format!("{stem}-{tags}.whl")).collect();
            if release["sdist"] == true {
                files.push(format!("{stem}.tar.gz"));
            }
            for file in files {
                let Some(mut artifact) = Artifact::from_file_name(&file, Known::Catalogue) else { continue };
                artifact.requires_dist = Some(Arc::new(Dependencies::new(texts(&release["requires_dist"]))));
                artifact.requires_python =
                    release["requires_python"].as_str().and_then(|text| text.parse().ok()).map(Arc::new);
                artifact.provides_extra = release["provides_extra"].is_array().then(|| {
                    texts(&release["provides_extra"])
                        .iter()
                        .filter_map(|extra| ExtraName::new(extra))
                        .collect()
                });
                artifact.yanked = match &release["yanked"] {
                    Value::Bool(true) => Some(Yanked { reason: String::new() }),
                    Value::String(reason) => Some(Yanked { reason: reason.clone() }),
                    _ => None,
                };
                project.add(Arc::new(artifact));
            }
        }
        catalogue.insert_project(IndexUrl::pypi(), project);
    }
    // A project that is not in the scenario is not on the index.
    catalogue.others_absent(IndexUrl::pypi());
    Index { catalogue: Arc::new(catalogue), ..Index::default() }
}
