//! The recorded scenarios: requirements, an index as it was that day, and what pip and uv said.
//!
//! Read from `../shared/truth/scenarios`, or from the folder of that layout that
//! `WHEELSTAGE_TRUTH` names.

use std::{
    collections::BTreeSet,
    env, fs,
    path::{Path, PathBuf},
    sync::Arc,
};

use serde_json::Value;
use wheelstage::{
    index::{Catalogue, Index, IndexUrl, Lookup, Project},
    pep508::{ExtraName, ProjectName, Requirement, Target},
};

/// What variants of the scenarios install besides what the scenarios record.
const FURTHER: &str = include_str!("../data/cures.json");

/// All scenarios, and what they know together.
pub(crate) struct Scenarios {
    /// One for each file, by path.
    pub(crate) all: Vec<Value>,
    /// Every project: from the shipped catalogue, completed by all that is recorded.
    together: Catalogue,
}

impl Scenarios {
    /// `None`, and a line that says so, where they are not there.
    pub(crate) fn read() -> Option<Self> {
        let folder = env::var_os("WHEELSTAGE_TRUTH").map_or_else(
            || Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/truth/scenarios"),
            PathBuf::from,
        );
        let Ok(entries) = fs::read_dir(&folder) else {
            println!("passed over, {} is not there", folder.display());
            return None;
        };
        let mut paths: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
        paths.retain(|path| path.extension().is_some_and(|extension| extension == "json"));
        paths.sort();
        let read = |path: &PathBuf| serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap();
        let mut all: Vec<Value> = paths.iter().map(read).collect();
        all.iter_mut().for_each(offer_built_wheels);
        let mut together = shipped();
        for recorded in all.iter().map(Value::to_string).chain([FURTHER.to_owned()]) {
            let recorded = Catalogue::from_json(&recorded).unwrap();
            for name in recorded.names() {
                let project = known(&recorded, &name).unwrap();
                let project = known(&together, &name)
                    .map_or_else(|| Project::clone(&project), |before| project.completed_by(&before));
                together.insert_project(IndexUrl::pypi(), project);
            }
        }
        Some(Self { all, together })
    }

    /// A scenario's own index, and behind it what is known besides: the scenario holds only what
    /// its own requirements made the clients look at, and a variant of them may need more. Projects
    /// that none of these leads to are left out.
    pub(crate) fn index(&self, scenario: &Value) -> Arc<Index> {
        let own = Catalogue::from_json(&scenario.to_string()).unwrap();
        let mut catalogue = Catalogue::default();
        let target =
            Target { python: scenario["python"].as_str().unwrap().parse().unwrap(), ..Target::default() };
        let environment = target.environment();
        // A project, and one of its extras.
        let mut open: Vec<(ProjectName, Option<ExtraName>)> =
            own.names().into_iter().map(|name| (name, None)).chain(asked_for(scenario)).collect();
        let mut seen: BTreeSet<_> = open.iter().cloned().collect();
        while let Some((name, extra)) = open.pop() {
            let Some(all) = known(&self.together, &name) else { continue };
            let project =
                known(&own, &name).map_or_else(|| Project::clone(&all), |own| own.completed_by(&all));
            let artifacts = project.releases.values().flat_map(|release| &release.artifacts);
            let lines = artifacts.filter_map(|artifact| artifact.requires_dist.as_ref()?.requirements().ok());
            let extras: Vec<ExtraName> = extra.into_iter().collect();
            for requirement in lines.flatten() {
                if requirement.applies(&environment, &extras).unwrap_or(true) {
                    open.extend(wanted(requirement).filter(|wanted| seen.insert(wanted.clone())));
                }
            }
            catalogue.insert_project(IndexUrl::pypi(), project);
        }
        Arc::new(Index { catalogue: Arc::new(catalogue), ..Index::default() })
    }
}

/// The project of a requirement, and each extra of it that is asked for.
fn wanted(requirement: &Requirement) -> impl Iterator<Item = (ProjectName, Option<ExtraName>)> {
    let name = requirement.name.clone();
    let extras = requirement.extra_names().into_iter().map(Some);
    extras.chain([None]).map(move |extra| (name.clone(), extra))
}

/// What the requirements of a scenario and of its variants ask for.
fn asked_for(scenario: &Value) -> Vec<(ProjectName, Option<ExtraName>)> {
    let variants = scenario["expected"]["other_requirement_sets"].as_array().into_iter().flatten();
    let lists = [scenario].into_iter().chain(variants).map(|asking| &asking["requirements"]);
    let lines = lists.filter_map(Value::as_array).flatten().filter_map(Value::as_str);
    let requirements: Vec<Requirement> = lines.filter_map(|line| line.parse().ok()).collect();
    requirements.iter().flat_map(wanted).collect()
}

/// The shipped catalogue's part of the public index.
fn shipped() -> Catalogue {
    let mut catalogue = Catalogue::default();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("static/catalogue/projects");
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        // `torch@0.json` is of another index.
        if let Some(name) = path.file_stem().and_then(|name| ProjectName::new(&name.to_string_lossy())) {
            catalogue.insert_text(IndexUrl::pypi(), name, fs::read_to_string(path).unwrap());
        }
    }
    catalogue
}

fn known(catalogue: &Catalogue, name: &ProjectName) -> Option<Arc<Project>> {
    match catalogue.project(&IndexUrl::pypi(), name) {
        Lookup::Known(project) => Some(project),
        Lookup::Absent | Lookup::Missing => None,
    }
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
