//! The build that the playground opens with, and every patch that it offers for it.

use std::{fs, path::Path, sync::Arc};

use wheelstage::{
    index::{Catalogue, Index},
    patch::propose,
    pep508::PythonVersion,
    text::{SourceFile, Sources},
};

use crate::replay::{Case, Machine, machine, python::as_for};

/// The pip of the example's image.
const PIP: &str = "23.0.1";

/// The Python of the example's image.
const PYTHON: PythonVersion = PythonVersion { major: 3, minor: 10, patch: None };

/// The example, with the packages that its catalogue knows.
fn report(machine: &Machine) -> Case {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut sources = Sources::default();
    for name in ["Dockerfile", "requirements.txt"] {
        let text = fs::read_to_string(root.join("static/examples/report").join(name)).unwrap();
        sources = sources.with_file(SourceFile::new(name, text));
    }
    let bundle = fs::read_to_string(root.join("static/catalogue/bundles/report.json")).unwrap();
    let mut catalogue = Catalogue::default();
    catalogue.insert_bundle(serde_json::from_str(&bundle).unwrap()).unwrap();
    let index = Index { catalogue: Arc::new(catalogue), ..Index::default() };
    Case::new(&sources, Arc::new(as_for(&index, PYTHON, machine.python())), PIP, machine)
}

#[test]
fn the_opening_example() {
    let Some(machine) = machine() else { return };
    if let Err(difference) = report(machine).replay(machine) {
        panic!("{difference}");
    }
}

#[test]
fn every_patch_of_the_opening_example() {
    let Some(machine) = machine() else { return };
    let case = report(machine);
    let analysis = case.analysis();
    let mut replayed = 0;
    for fix in propose(&analysis) {
        let patched = Case { sources: fix.after.sources.clone(), ..case.clone() };
        if let Err(difference) = patched.replay(machine) {
            panic!("{}: {}\n{difference}", fix.id, fix.diff);
        }
        replayed += 1;
    }
    assert!(replayed > 0, "no patch is offered");
    println!("replayed {replayed} patches of the opening example: no difference");
}
