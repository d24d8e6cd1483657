use std::{fs, path::Path, process::Command};

use expect_test::Expect;
use wheelstage::{
    findings::{Analysis, analyze},
    index::{Index, Overlay},
    model::Settings,
    patch::{Fix, candidates, propose, verify},
    text::{SourceFile, Sources},
};

/// The files of a build, `//- path` before each; `//- facts` says what is known of packages.
pub(crate) fn analysis(fixture: &str) -> Analysis {
    let mut sources = Sources::default();
    let mut index = Index::empty();
    for part in fixture.split("//- ").skip(1) {
        let (path, text) = part.split_once('\n').unwrap_or((part, ""));
        if path == "facts" {
            let facts = Sources::from_texts([(path, text)]);
            let parsed = Overlay::parse(facts.find(path).unwrap(), text);
            assert_eq!(parsed.errors, [], "the facts of a fixture are right");
            index.overlay = parsed.tree;
        } else {
            sources = sources.with_file(SourceFile::new(path, text));
        }
    }
    analyze(&sources, &index.into(), &Settings::default())
}

/// Every fix, with its diff; each was applied by `git apply` before.
#[track_caller]
pub(crate) fn check(fixture: &str, expected: Expect) {
    let analysis = analysis(fixture);
    let fixes: Vec<Fix> = propose(&analysis).collect();
    let mut text = String::new();
    for fix in &fixes {
        assert_applies(&analysis, fix);
        let changes = fix.diff.lines().filter(|line| !line.starts_with(' ') && !line.starts_with("@@"));
        let changes: Vec<&str> = changes.filter(|line| !line.starts_with("---")).collect();
        text.push_str(&format!("{}: {}\n{}\n", fix.id, fix.title, changes.join("\n")));
    }
    expected.assert_eq(&text);
}

/// Why the candidates of a strategy are not offered.
#[track_caller]
pub(crate) fn check_refused(fixture: &str, strategy: &str, expected: Expect) {
    let analysis = analysis(fixture);
    let mut text = String::new();
    for candidate in candidates(&analysis).iter().filter(|candidate| candidate.strategy == strategy) {
        let outcome = match verify(&analysis, candidate) {
            Ok(_) => "It holds.".to_owned(),
            Err(refusal) => refusal.to_string(),
        };
        text.push_str(&format!("{}: {outcome}\n", candidate.title));
    }
    expected.assert_eq(&text);
}

/// `git apply` makes of the files what the fix says, and touches nothing else.
#[track_caller]
pub(crate) fn assert_applies(analysis: &Analysis, fix: &Fix) {
    let folder = tempfile::tempdir().unwrap();
    let write = |path: &str, bytes: &[u8]| {
        let path = folder.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    };
    for (_, file) in analysis.sources.iter() {
        write(&file.path, file.text.as_bytes());
    }
    // Beside the folder, so that it is no file of the build.
    let diff = tempfile::NamedTempFile::new().unwrap();
    fs::write(diff.path(), &fix.diff).unwrap();
    let run = Command::new("git")
        .args(["apply", "--whitespace=nowarn"])
        .arg(diff.path())
        .current_dir(folder.path())
        .output()
        .unwrap();
    assert!(run.status.success(), "{}\n{}", String::from_utf8_lossy(&run.stderr), fix.diff);
    for (_, file) in fix.after.sources.iter() {
        let text = fs::read_to_string(folder.path().join(&file.path)).unwrap();
        assert_eq!(text, file.text, "{}", fix.diff);
    }
    assert_eq!(count(folder.path()), fix.after.sources.iter().count(), "{}", fix.diff);
}

fn count(folder: &Path) -> usize {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.map(|path| if path.is_dir() { count(&path) } else { 1 }).sum()
}
