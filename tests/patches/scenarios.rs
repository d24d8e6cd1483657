//! What pip refused, cured: every unsatisfiable case of `../shared/truth/scenarios` (or of the
//! folder that `WHEELSTAGE_TRUTH` names), and the cures that were found for it with uv.

use std::{
    collections::BTreeMap,
    env, fs,
    path::{Path, PathBuf},
    sync::Arc,
};

use serde_json::Value;
use wheelstage::{
    findings::{Analysis, Severity, analyze},
    index::{Catalogue, Index, IndexUrl, Lookup},
    model::Settings,
    patch::{Fix, propose},
    pep508::ProjectName,
    text::Sources,
};

use crate::support::assert_applies;

#[test]
fn every_unsatisfiable_case_is_cured() {
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
    let mut scenarios: Vec<Value> =
        paths.iter().map(|path| serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap()).collect();
    scenarios.iter_mut().for_each(offer_built_wheels);
    let mut wrong = Vec::new();
    let (mut cases, mut cured, mut cures, mut lacking) = (0, 0, 0, 0);
    for scenario in &scenarios {
        if scenario["expected"]["satisfiable"] != false {
            continue;
        }
        cases += 1;
        let id = scenario["id"].as_str().unwrap_or_default().to_owned();
        let index = index(scenario, &scenarios);
        let analysis = analysis(scenario, &scenario["requirements"], &index);
        let fixes: Vec<Fix> = propose(&analysis).collect();
        fixes.iter().for_each(|fix| assert_applies(&analysis, fix));
        let titles: Vec<&str> = fixes.iter().map(|fix| fix.title.as_str()).collect();
        println!("{id}: {}", titles.join("; "));
        let others = scenario["expected"]["other_requirement_sets"].as_array().into_iter().flatten();
        let others = others.filter(|other| other["satisfiable"] == true);
        // What nobody looked at for any scenario is not known, and nothing is claimed through it.
        let (known, unknown): (Vec<&Value>, Vec<&Value>) = others
            .partition(|other| self::analysis(scenario, &other["requirements"], &index).missing().is_empty());
        lacking += unknown.len();
        cures += known.len();
        let is_cured = fixes.iter().any(|fix| fix.verified);
        cured += usize::from(is_cured);
        if !is_cured && !known.is_empty() {
            wrong.push(format!("{id}: nothing cures it"));
        }
        for other in known {
            if !fixes.iter().any(|fix| holds(&installed(&fix.after), &other["pins_of_interest"])) {
                wrong.push(format!("{id}: no fix comes to {}", other["requirements"]));
            }
        }
    }
    println!("{cured} of {cases} cases cured, {cures} cures found again, {lacking} more lack facts");
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

/// The scenario's own index. It holds what its requirements made the clients look at; what a cure
/// needs besides is in the shipped catalogue, or in another scenario's index of the same day.
fn index(scenario: &Value, scenarios: &[Value]) -> Arc<Index> {
    let pypi = IndexUrl::pypi();
    let mut catalogue = Catalogue::default();
    let shipped = Path::new(env!("CARGO_MANIFEST_DIR")).join("static/catalogue/projects");
    for entry in fs::read_dir(shipped).unwrap() {
        let path = entry.unwrap().path();
        if let Some(name) = path.file_stem().and_then(|name| ProjectName::new(&name.to_string_lossy())) {
            catalogue.insert_text(pypi.clone(), name, fs::read_to_string(path).unwrap());
        }
    }
    // What is added last is asked first.
    for recorded in scenarios.iter().chain([scenario]) {
        let own = Catalogue::from_json(&recorded.to_string()).unwrap();
        for name in recorded["index"].as_object().unwrap().keys().filter_map(|name| ProjectName::new(name)) {
            let Lookup::Known(recorded) = own.project(&pypi, &name) else { continue };
            let project = match catalogue.project(&pypi, &name) {
                Lookup::Known(known) => recorded.completed_by(&known),
                Lookup::Absent | Lookup::Missing => (*recorded).clone(),
            };
            catalogue.insert_project(pypi.clone(), project);
        }
    }
    Arc::new(Index { catalogue: Arc::new(catalogue), ..Index::default() })
}

/// The clients were given a wheel of what has none, made beforehand.
fn offer_built_wheels(scenario: &mut Value) {
    for (name, releases) in scenario["index"].as_object_mut().unwrap() {
        for (version, release) in releases.as_object_mut().unwrap() {
            let files = release["files"].as_array_mut().unwrap();
            let has_wheel =
                files.iter().any(|file| file["filename"].as_str().is_some_and(|file| file.ends_with(".whl")));
            if !has_wheel && name == "pkuseg" {
                files.push(serde_json::json!({ "filename": format!("{name}-{version}-py3-none-any.whl") }));
            }
        }
    }
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
