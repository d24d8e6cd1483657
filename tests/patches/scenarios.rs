//! What pip refused, cured: every recorded case that cannot be had, and the cures that were found
//! for it with uv.

use std::{collections::BTreeMap, sync::Arc};

use serde_json::Value;
use wheelstage::{
    findings::{Analysis, Severity, analyze},
    index::Index,
    model::Settings,
    patch::{Fix, propose},
    text::Sources,
};

use crate::{
    recorded::Scenarios,
    replay::machine,
    support::{assert_applies, replay, unsaid},
};

#[test]
fn every_unsatisfiable_case_is_cured() {
    let Some(scenarios) = Scenarios::read() else { return };
    let mut wrong = Vec::new();
    let (mut cases, mut cures, mut patches) = (0, 0, 0);
    for scenario in &scenarios.all {
        if scenario["expected"]["satisfiable"] != false {
            continue;
        }
        cases += 1;
        let id = scenario["id"].as_str().unwrap_or_default().to_owned();
        let index = scenarios.index(scenario);
        let analysis = analysis(scenario, &scenario["requirements"], &index);
        let fixes: Vec<Fix> = propose(&analysis).collect();
        for fix in &fixes {
            assert_applies(&analysis, fix);
            assert_eq!(unsaid(&analysis, fix), None, "{}", fix.diff);
            if let Err(difference) = replay(fix) {
                wrong.push(format!("{id}: {}: {difference}", fix.title));
            }
        }
        patches += fixes.len();
        let titles: Vec<&str> = fixes.iter().map(|fix| fix.title.as_str()).collect();
        println!("{id}: {}", titles.join("; "));
        let others = scenario["expected"]["other_requirement_sets"].as_array().into_iter().flatten();
        let others = others.filter(|other| other["satisfiable"] == true);
        if fixes.is_empty() {
            wrong.push(format!("{id}: nothing cures it"));
        }
        for other in others {
            cures += 1;
            if !fixes.iter().any(|fix| holds(&installed(&fix.after), &other["pins_of_interest"])) {
                wrong.push(format!("{id}: no fix comes to {}", other["requirements"]));
            }
        }
    }
    let replayed = if machine().is_some() { "each replayed" } else { "not replayed" };
    println!(
        "{cases} cases, {cures} cures that uv found, {patches} patches, {replayed}; {} wrong",
        wrong.len()
    );
    assert!(cases > 0 && wrong.is_empty(), "{}", wrong.join("\n"));
}

/// As its sole build step would install it.
fn analysis(scenario: &Value, requirements: &Value, index: &Arc<Index>) -> Analysis {
    let lines: Vec<&str> = requirements.as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    let python = scenario["python"].as_str().unwrap();
    let dockerfile = format!(
        "FROM python:{python}-slim\nCOPY requirements.txt .\nRUN pip install --only-binary=:all: -r requirements.txt\n"
    );
    let sources =
        Sources::from_texts([("Dockerfile", dockerfile), ("requirements.txt", lines.join("\n") + "\n")]);
    let settings = Settings { pip: Some("26.3".to_owned()), ..Settings::default() };
    analyze(&sources, index, &settings)
}

/// What the build ends with; nothing where it fails.
fn installed(analysis: &Analysis) -> BTreeMap<String, String> {
    if analysis.findings.iter().any(|finding| finding.severity == Severity::Error) {
        return BTreeMap::new();
    }
    let end = analysis.simulation.stages.last().and_then(|stage| stage.steps.last()).unwrap();
    let environments = end.after.environments.values();
    let packages = environments.flat_map(|environment| &environment.packages);
    packages
        .filter_map(|(project, packages)| Some((project.to_string(), packages.last()?.version.to_string())))
        .collect()
}

fn holds(installed: &BTreeMap<String, String>, pins: &Value) -> bool {
    let mut pins = pins.as_object().into_iter().flatten();
    pins.all(|(project, version)| installed.get(project).map(String::as_str) == version.as_str())
}
