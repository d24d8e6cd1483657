//! What would have to change, where requirements conflict: found by asking, and said to be unknown
//! where it cannot be asked.

use std::sync::Arc;

use serde_json::{Value, json};
use wheelstage::{
    index::{Catalogue, Index},
    pep440::Version,
    pep508::Target,
    resolve::{
        Change, Origin, Problem, Resolution, RootRequirement, Tool, Wanted, changes, explain, resolve,
    },
};

/// A release that depends on this; `None` where that is not known.
fn release(name: &str, version: u32, requires: Option<&[&str]>) -> (String, Value) {
    let file = format!("{name}-{version}-py3-none-any.whl");
    (version.to_string(), json!({ "requires_dist": requires, "files": [{ "filename": file }] }))
}

#[track_caller]
fn check(index: &Value, roots: &[&str], expected: &str) {
    let catalogue = Catalogue::from_json(&json!({ "index": index }).to_string()).unwrap();
    let index = Index { catalogue: Arc::new(catalogue), ..Index::default() };
    let mut problem = Problem::new(Tool::Pip(Version::new([26, 3])), Target::default());
    for line in roots {
        let wanted = Wanted::Name(Arc::new(line.parse().unwrap()));
        problem.requirements.push(RootRequirement { wanted, origin: Origin::default() });
    }
    let Resolution::Conflict(conflict) = resolve(&problem, &index) else { panic!("no conflict") };
    let explanation = explain(&problem, &index, &conflict).unwrap();
    let changes = changes(&problem, &index, &explanation);
    let said = |change: &Change| {
        let version = |version: &Option<Version>| version.as_ref().map_or("-".to_owned(), Version::to_string);
        let (below, above) = (version(&change.below), version(&change.above));
        format!("{} {}: {below}, {above}", change.project, version(&change.current))
    };
    let found = changes.found.iter().map(said);
    let unknown = changes.unknown.iter().map(|project| format!("{project} unknown"));
    assert_eq!(found.chain(unknown).collect::<Vec<_>>().join("\n"), expected);
}

fn project(releases: impl IntoIterator<Item = (String, Value)>) -> Value {
    Value::Object(releases.into_iter().collect())
}

#[test]
fn the_nearest_version_on_each_side_is_found() {
    let index = json!({
        "a": project([
            release("a", 1, Some(&["c==3"])),
            release("a", 2, Some(&["c==2"])),
            release("a", 3, Some(&["c==1"])),
            release("a", 4, Some(&["c==1"])),
            release("a", 5, Some(&["c>1"])),
        ]),
        "b": project([release("b", 1, Some(&["c>=2"]))]),
        "c": project([1, 2, 3].map(|version| release("c", version, Some(&[])))),
    });
    check(&index, &["a==4", "b"], "a 4: 2, 5");
}

#[test]
fn what_cannot_be_asked_is_said_to_be_unknown() {
    let index = json!({
        "a": project([release("a", 1, Some(&["c==1"])), release("a", 2, None)]),
        "b": project([release("b", 1, Some(&["c>=2"]))]),
        "c": project([1, 2].map(|version| release("c", version, Some(&[])))),
    });
    check(&index, &["a==1", "b"], "a unknown");
}

#[test]
fn nothing_is_invented_where_no_version_would_do() {
    let index = json!({
        "a": project([1, 2].map(|version| release("a", version, Some(&["c==1"])))),
        "b": project([release("b", 1, Some(&["c>=2"]))]),
        "c": project([1, 2].map(|version| release("c", version, Some(&[])))),
    });
    check(&index, &["a==1", "b"], "");
}
