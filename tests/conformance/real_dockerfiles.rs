//! Real Dockerfiles with the files of their build contexts: each is simulated to its end, and
//! the share of `RUN` lines of which nothing is skipped is printed.

use std::{
    collections::{BTreeMap, BTreeSet},
    env, fs,
    path::{Path, PathBuf},
};

use serde_json::Value;
use wheelstage::{
    index::Index,
    model::{Action, Settings, lower},
    resolve::Resolution,
    simulate::{Certainty, Simulation, State, StepRun, simulate},
    text::{SourceFile, Sources},
};

fn folder() -> PathBuf {
    env::var_os("WHEELSTAGE_DOCKERFILES")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/dockerfiles"), PathBuf::from)
}

/// Everything below a folder but other versions of the same build.
fn sources(folder: &Path) -> Sources {
    let mut sources = Sources::default();
    let mut open = vec![folder.to_owned()];
    while let Some(next) = open.pop() {
        let mut entries: Vec<PathBuf> =
            fs::read_dir(&next).into_iter().flatten().flatten().map(|entry| entry.path()).collect();
        entries.sort();
        for path in entries {
            if path.is_dir() {
                if !path.join("Dockerfile").exists() {
                    open.push(path);
                }
                continue;
            }
            let name = path.strip_prefix(folder).unwrap_or(&path).to_string_lossy().into_owned();
            if name != "SOURCE" {
                let bytes = fs::read(&path).unwrap_or_default();
                sources = sources.with_file(SourceFile::from_bytes(name, &bytes));
            }
        }
    }
    sources
}

fn dockerfile_folders(folder: &Path, found: &mut Vec<PathBuf>) {
    if folder.join("Dockerfile").exists() {
        found.push(folder.to_owned());
    }
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        if entry.path().is_dir() {
            dockerfile_folders(&entry.path(), found);
        }
    }
    found.sort();
}

/// What of a step is not modelled and may change packages. That nothing is known about a package,
/// or about the environment before the step, is not the step's own lack.
fn skipped<'a>(step: &'a StepRun, before: &State) -> Vec<&'a str> {
    let uncertain = |root: &str| {
        before
            .environments
            .get(root)
            .is_some_and(|own| own.certainty != Certainty::Certain || own.python.is_none())
    };
    let explained: Vec<_> = step
        .calls
        .iter()
        .filter(|call| {
            matches!(call.resolution.as_deref(), Some(Resolution::Missing(_)))
                || call.environment.as_deref().is_none_or(uncertain)
        })
        .map(|call| call.location)
        .collect();
    step.skipped
        .iter()
        .filter(|skipped| skipped.touches_packages && !explained.contains(&skipped.location))
        // What a call before it in the same step left uncertain.
        .filter(|skipped| !skipped.reason.contains(" holds is not known: nothing is known about "))
        .map(|skipped| skipped.reason.as_str())
        .collect()
}

#[test]
fn real_dockerfiles_are_simulated_to_their_end() {
    let root = folder();
    let Ok(rows) = fs::read_to_string(root.join("run_lines.jsonl")) else {
        println!("dockerfiles: passed over, {} is not there", root.display());
        return;
    };
    let mut wanted: BTreeSet<(String, u64)> = BTreeSet::new();
    for line in rows.lines().filter(|line| !line.trim().is_empty()) {
        let row: Value = serde_json::from_str(line).unwrap();
        wanted.insert((row["folder"].as_str().unwrap().to_owned(), row["line"].as_u64().unwrap()));
    }
    let mut folders = Vec::new();
    dockerfile_folders(&root, &mut folders);
    assert!(!folders.is_empty());
    let (mut asked, mut reached, mut modelled) = (0, 0, 0);
    let mut reasons: BTreeMap<String, usize> = BTreeMap::new();
    for folder in &folders {
        let sources = sources(folder);
        let settings = Settings::default();
        let build = lower(&sources, &settings);
        assert!(!build.stages.is_empty(), "{}: no stage", folder.display());
        let simulation: Simulation = simulate(&build, &sources, &Index::empty(), &settings);
        assert_eq!(simulation.stages.len(), build.stages.len());
        let name = folder.strip_prefix(&root).unwrap().to_string_lossy().into_owned();
        let mut seen = BTreeSet::new();
        for (stage, run) in build.stages.iter().zip(&simulation.stages) {
            assert_eq!(stage.steps.len(), run.steps.len());
            let mut state = &run.start;
            for (step, run) in stage.steps.iter().zip(&run.steps) {
                let before = std::mem::replace(&mut state, &run.after);
                let key = (name.clone(), u64::from(step.line));
                if !matches!(step.action, Action::Run { .. })
                    || !wanted.contains(&key)
                    || !seen.insert(step.line)
                {
                    continue;
                }
                asked += 1;
                reached += usize::from(run.reached);
                let skipped = skipped(run, before);
                modelled += usize::from(run.reached && skipped.is_empty());
                if !run.reached {
                    *reasons.entry(format!("not reached: {name}")).or_default() += 1;
                }
                for reason in skipped {
                    *reasons.entry(reason.to_owned()).or_default() += 1;
                }
            }
        }
    }
    println!(
        "dockerfiles: {} simulated; of {asked} RUN lines for packages {reached} are reached, {modelled} modelled in full",
        folders.len()
    );
    let mut reasons: Vec<(usize, String)> =
        reasons.into_iter().map(|(reason, count)| (count, reason)).collect();
    reasons.sort_by(|a, b| b.cmp(a));
    for (count, reason) in reasons {
        println!("  {count} {reason}");
    }
    assert_eq!(asked, wanted.len(), "a RUN line of the table is no step");
}
