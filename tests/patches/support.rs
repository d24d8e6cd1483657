use std::{collections::BTreeSet, fs, path::Path, process::Command, sync::Arc};

use expect_test::Expect;
use serde_json::json;
use wheelstage::{
    findings::{Analysis, analyze},
    index::{Catalogue, Index, IndexUrl, Overlay},
    model::Settings,
    patch::{Candidate, Change, Fix, compose, propose, verify},
    pep508::PythonVersion,
    simulate::{Installed, StepRun},
    text::{SourceFile, Sources, range},
};

use crate::replay::{self, Case, machine, python::as_for};

/// The files of a build, `//- path` before each; `//- facts` says what is known of packages, and
/// `//- index` all that there is.
pub(crate) fn analysis(fixture: &str) -> Analysis {
    let mut sources = Sources::default();
    let mut index = Index::empty();
    for part in fixture.split("//- ").skip(1) {
        let (path, text) = part.split_once('\n').unwrap_or((part, ""));
        if path == "facts" {
            let parsed = Overlay::parse(path, text);
            assert_eq!(parsed.errors, [], "the facts of a fixture are right");
            index.overlay = parsed.tree;
        } else if path == "index" {
            let mut catalogue = recorded(text);
            catalogue.others_absent(IndexUrl::pypi());
            index.catalogue = Arc::new(catalogue);
        } else {
            sources = sources.with_file(SourceFile::new(path, text));
        }
    }
    analyze(&sources, &index.into(), &Settings::default())
}

/// An index written as text.
pub(crate) fn index(lines: &str) -> Arc<Index> {
    Arc::new(Index { catalogue: Arc::new(recorded(lines)), ..Index::default() })
}

fn recorded(lines: &str) -> Catalogue {
    Catalogue::from_json(&json!({ "index": replay::index::index(lines) }).to_string()).unwrap()
}

/// Every fix, with its diff; each was applied before, and run for real.
#[track_caller]
pub(crate) fn check(fixture: &str, expected: Expect) {
    let analysis = analysis(fixture);
    let fixes: Vec<Fix> = propose(&analysis).collect();
    let mut text = String::new();
    for fix in &fixes {
        assert_applies(&analysis, fix);
        assert_eq!(unsaid(&analysis, fix), None, "{}", fix.diff);
        if let Err(difference) = replay(fix) {
            panic!("{}\n{difference}", fix.diff);
        }
        let changes = fix.diff.lines().filter(|line| !line.starts_with(' ') && !line.starts_with("@@"));
        let changes: Vec<&str> = changes.filter(|line| !line.starts_with("---")).collect();
        text.push_str(&format!("{}: {}\n{}\n", fix.id, fix.title, changes.join("\n")));
    }
    expected.assert_eq(&text);
}

/// Every fix, with what it costs besides its lines.
#[track_caller]
pub(crate) fn check_costs(fixture: &str, expected: Expect) {
    let analysis = analysis(fixture);
    let costs = propose(&analysis).map(|Fix { id, title, cost, .. }| {
        let versions = if cost.same_versions { "same versions" } else { "other versions" };
        let notes: String = cost.notes.iter().map(|note| format!("; {note}")).collect();
        format!("{id}: {title}: {versions}{notes}\n")
    });
    expected.assert_eq(&costs.collect::<String>());
}

/// Real pip ends the corrected build as the simulator says, or how it does not. There is one Python
/// here: the index has for it what it has for the build's own, and the verdict stays.
pub(crate) fn replay(fix: &Fix) -> Result<(), String> {
    let Some(machine) = machine() else { return Ok(()) };
    let mut sources = fix.after.sources.clone();
    if sources.find("Dockerfile").is_none() {
        let implied = "FROM python:slim\nCOPY . .\nRUN pip install -r requirements.txt\n";
        sources = sources.with_file(SourceFile::new("Dockerfile", implied));
    }
    let starts = fix.after.simulation.stages.iter().flat_map(|stage| stage.start.environments.values());
    let pythons: BTreeSet<PythonVersion> = starts.filter_map(|environment| environment.python).collect();
    let python = *pythons.first().unwrap();
    assert_eq!(pythons.len(), 1, "builds with several Pythons are not replayed");
    let index = as_for(&fix.after.index, python, machine.python());
    let case = Case::new(&sources, index.into(), "26.3", machine);
    let (here, there) = (case.analysis().verdict(), fix.after.verdict());
    if here != there {
        return Err(format!("{there:?} for {python} is {here:?} for {}", machine.python_version));
    }
    case.replay(machine)
}

/// A version that steps of the final stage had installed before anything failed, that the corrected
/// build does not end with, and of which the fix does not say so.
pub(crate) fn unsaid(before: &Analysis, fix: &Fix) -> Option<String> {
    let run = before.simulation.stages.get(before.build.target_stage)?;
    let went_well = |step: &&StepRun| step.reached && step.exit_code.is_none_or(|code| code == 0);
    let then = &run.steps.iter().take_while(went_well).last()?.after;
    let now = &fix.after.simulation.stages.get(fix.after.build.target_stage)?.steps.last()?.after;
    let packages = then.environments.iter().flat_map(|(root, environment)| {
        environment.packages.iter().map(move |(project, installed)| (root, project, installed))
    });
    for (root, project, installed) in packages {
        let version = |installed: &[Installed]| installed.last().map(|package| package.version.to_string());
        let other = now.environments.get(root).and_then(|environment| environment.packages.get(project));
        let (then, other) = (version(installed), other.and_then(|installed| version(installed)));
        let is_said = fix.candidate.means.contains(project)
            || fix.cost.notes.iter().any(|note| note.starts_with(&format!("{project} ")));
        // Steps that had not been reached may pin it otherwise.
        let pin = format!("{project}=={}", other.clone().unwrap_or_default());
        let is_asked = fix.after.sources.iter().any(|(_, file)| file.text.contains(&pin));
        if then != other && !is_said && !is_asked {
            return Some(format!("{project} {then:?} becomes {other:?}"));
        }
    }
    None
}

/// What becomes of other text in place of a part of the Dockerfile: why it is not offered as a
/// cure of the first finding.
#[track_caller]
pub(crate) fn check_edit(fixture: &str, from: &str, to: &str, expected: Expect) {
    let analysis = analysis(fixture);
    let file = analysis.sources.find("Dockerfile").unwrap();
    let start = analysis.sources.text(file).find(from).unwrap();
    let first = analysis.findings.first().unwrap();
    let candidate = Candidate {
        strategy: "by-hand",
        title: "By hand".to_owned(),
        why: String::new(),
        changes: vec![Change::edit(file, range(start, start + from.len()), to, "")],
        finding: 0,
        means: first.project.iter().cloned().collect(),
        moves: Vec::new(),
    };
    let outcome =
        verify(&analysis, &candidate).map_or_else(|refusal| refusal.to_string(), |_| "It holds.".to_owned());
    expected.assert_eq(&outcome);
}

/// The fixes of these ids as one, or why they cannot be had together.
#[track_caller]
pub(crate) fn check_composed(fixture: &str, ids: &[&str], expected: Expect) {
    let analysis = analysis(fixture);
    let fixes: Vec<Fix> = propose(&analysis).collect();
    let chosen: Vec<&Fix> = ids
        .iter()
        .map(|id| fixes.iter().find(|fix| fix.id == *id).unwrap_or_else(|| panic!("no fix {id}")))
        .collect();
    let text = match compose(&analysis, &chosen) {
        Ok(fix) => {
            assert_applies(&analysis, &fix);
            if let Err(difference) = replay(&fix) {
                panic!("{}\n{difference}", fix.diff);
            }
            let changes = fix.diff.lines().filter(|line| !line.starts_with(' '));
            format!("{}\n{}\n", fix.title, changes.collect::<Vec<_>>().join("\n"))
        }
        Err(error) => error.to_string(),
    };
    expected.assert_eq(&text);
}

/// The diff makes of the files what the fix says.
#[track_caller]
pub(crate) fn assert_applies(analysis: &Analysis, fix: &Fix) {
    if let Err(why) = apply(analysis, fix) {
        panic!("{}: {why}\n{}", fix.title, fix.diff);
    }
}

/// The files after the diff was applied, by `git apply` and by `patch -p1` alike, or how they
/// differ from what the fix says.
pub(crate) fn apply(analysis: &Analysis, fix: &Fix) -> Result<Vec<(String, String)>, String> {
    let mut expected: Vec<(String, String)> =
        fix.after.sources.iter().map(|(_, file)| (file.path.clone(), file.text.clone())).collect();
    expected.sort();
    // `patch` takes a diff against its working folder only; both touch no other file.
    for words in [
        &["git", "apply", "--whitespace=nowarn"][..],
        &["patch", "-p1", "--binary", "--no-backup-if-mismatch", "--fuzz=0", "-i"],
    ] {
        let folder = tempfile::tempdir().unwrap();
        for (_, file) in analysis.sources.iter() {
            let path = folder.path().join(&file.path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, file.text.as_bytes()).unwrap();
        }
        // Beside the folder, so that it is no file of the build.
        let diff = tempfile::NamedTempFile::new().unwrap();
        fs::write(diff.path(), &fix.diff).unwrap();
        let (program, options) = words.split_first().unwrap();
        let run =
            Command::new(program).args(options).arg(diff.path()).current_dir(folder.path()).output().unwrap();
        if !run.status.success() {
            let said = [run.stdout, run.stderr].concat();
            return Err(format!("{program}: {}", String::from_utf8_lossy(&said)));
        }
        let mut made = Vec::new();
        collect(folder.path(), folder.path(), &mut made);
        made.sort();
        if made != expected {
            return Err(format!("{program} makes {made:?}"));
        }
    }
    Ok(expected)
}

fn collect(root: &Path, folder: &Path, files: &mut Vec<(String, String)>) {
    for path in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
        if path.is_dir() {
            collect(root, &path, files);
        } else {
            let name = path.strip_prefix(root).unwrap().to_string_lossy().into_owned();
            files.push((name, String::from_utf8(fs::read(path).unwrap()).unwrap()));
        }
    }
}
