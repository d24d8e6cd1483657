use std::fmt::Write as _;

use expect_test::{Expect, expect};

use super::*;
use crate::syntax::requirements::Parts;

fn print_dependencies(printed: &mut String, text: &str, what: &str, dependencies: &[Dependency]) {
    for dependency in dependencies {
        let Parts { subject, extras, specifiers, marker, .. } = dependency.parts;
        write!(printed, "{what}:").unwrap();
        for part in [subject, extras, specifiers, marker] {
            write!(printed, " {}", part.map_or("-", |part| &text[part])).unwrap();
        }
        writeln!(printed, "{}", if dependency.is_verbatim() { "" } else { " (escaped)" }).unwrap();
    }
}

/// Prints what a file says, the bytes of each part, then the errors with what they underline.
#[track_caller]
fn check(text: &str, expected: &Expect) {
    let Parse { tree, errors } = parse(text);
    let mut printed = String::new();
    let value = |text: &Option<Text>| text.as_ref().map_or("-".to_owned(), |text| text.as_str().to_owned());
    if let Some(project) = &tree.project {
        write!(printed, "project {} {}", value(&project.name), value(&project.version)).unwrap();
        if let Some(python) = &project.requires_python {
            write!(printed, " python {}", python.specifiers).unwrap();
        }
        let dynamic: Vec<&str> = project.dynamic.iter().map(Text::as_str).collect();
        writeln!(printed, " dynamic {dynamic:?}").unwrap();
        print_dependencies(&mut printed, text, "needs", &project.dependencies);
        for extra in &project.optional_dependencies {
            print_dependencies(&mut printed, text, &format!("[{}]", extra.name), &extra.dependencies);
        }
    }
    for group in &tree.dependency_groups {
        let Parse { tree: all, errors } = tree.group(&group.name);
        let all: Vec<&str> = all.iter().map(|dependency| dependency.text.as_str()).collect();
        writeln!(printed, "group {}: {all:?}, {} errors", group.name, errors.len()).unwrap();
    }
    if let Some(build) = &tree.build_system {
        writeln!(printed, "build backend {}", value(&build.backend)).unwrap();
        print_dependencies(&mut printed, text, "build needs", &build.requires);
    }
    print_dependencies(&mut printed, text, "override", &tree.uv.overrides);
    print_dependencies(&mut printed, text, "constraint", &tree.uv.constraints);
    print_dependencies(&mut printed, text, "dev", &tree.uv.dev_dependencies);
    for source in &tree.uv.sources {
        let kind = match &source.kind {
            UvSourceKind::Git { url, reference } => format!("git {} {}", url.as_str(), value(reference)),
            UvSourceKind::Url(url) => format!("url {}", url.as_str()),
            UvSourceKind::Path { path, editable } => format!("path {} {editable}", path.as_str()),
            UvSourceKind::Index(name) => format!("index {}", name.as_str()),
            UvSourceKind::Workspace => "workspace".to_owned(),
            UvSourceKind::Unknown => "unknown".to_owned(),
        };
        let marker = source.marker.as_ref().map_or(String::new(), |marker| format!(" if {marker}"));
        writeln!(printed, "source of {}: {kind}{marker}", source.name).unwrap();
    }
    for index in &tree.uv.indexes {
        writeln!(printed, "index {} {} {}", value(&index.name), value(&index.url), index.explicit).unwrap();
    }
    for error in errors {
        let hint = error.hint.map_or(String::new(), |hint| format!(" ({hint})"));
        writeln!(printed, "{:?}: {}{hint}", &text[error.range], error.message).unwrap();
    }
    expected.assert_eq(&printed);
}

#[test]
fn everything_that_asks_for_packages_is_read() {
    check(
        r#"
[build-system]
requires = ["hatchling>=1"]
build-backend = "hatchling.build"

[project]
name = "demo"
version = "1.0"
requires-python = ">=3.9"
dependencies = [
    "NumPy [all] >=1.24,<2 ; os_name == 'posix'",  # why
    'torch @ https://e/torch.whl',
    "pandas\u003e=2",
]
optional-dependencies.docs = ["sphinx"]

[dependency-groups]
Test_All = ["pytest>7", { include-group = "lint" }]
lint = ["ruff"]

[tool.uv]
override-dependencies = ["numpy==1.26"]
constraint-dependencies = ["scipy<2"]
dev-dependencies = ["ipython"]

[tool.uv.sources]
torch = [{ index = "cpu", marker = "sys_platform == 'linux'" }, { url = "https://e/t.whl" }]
local = { path = "../local", editable = true }
forked = { git = "https://e/r", tag = "v1" }
member = { workspace = true }

[[tool.uv.index]]
name = "cpu"
url = "https://e/cpu"
explicit = true
"#,
        &expect![[r#"
            project demo 1.0 python >=3.9 dynamic []
            needs: NumPy [all] >=1.24,<2 os_name == 'posix'
            needs: torch - - -
            needs: "pandas\u003e=2" - "pandas\u003e=2" - (escaped)
            [docs]: sphinx - - -
            group Test_All: ["pytest>7", "ruff"], 0 errors
            group lint: ["ruff"], 0 errors
            build backend hatchling.build
            build needs: hatchling - >=1 -
            override: numpy - ==1.26 -
            constraint: scipy - <2 -
            dev: ipython - - -
            source of torch: index cpu if sys_platform == "linux"
            source of torch: url https://e/t.whl
            source of local: path ../local true
            source of forked: git https://e/r v1
            source of member: workspace
            index cpu https://e/cpu true
        "#]],
    );
}

#[test]
fn half_typed_files_keep_what_can_be_read() {
    check(
        "[project]\nname = \"a\"\nversion = \"1\"\ndependencies = [\n  \"numpy>=\",\n  \"scipy",
        &expect![[r#"
            project a 1 dynamic []
            needs: numpy - >= -
            needs: scipy - - -
            "": A version is missing after >= (for example >=1.0)
            "": invalid basic string (expected `\"`)
            "": unclosed array (expected `]`)
        "#]],
    );
    check(
        "[project]\nname = \"a\"\nversion =\ndependencies = [\"b\"\n[build-system]\nrequires = [\"c\"]\n[",
        &expect![[r#"
            project a - dynamic []
            needs: b - - -
            build backend -
            build needs: c - - -
            "[project]": `project` lacks a `version` (expected version = "...", or "version" in dynamic)
            "": string values must be quoted (expected literal string)
            "": unclosed array (expected `]`)
            "": unquoted keys cannot be empty (expected letters, numbers, `-`, `_`)
        "#]],
    );
    check(
        "[dependency-groups]\na = [\n  \"b\",\n  [1, [\"c\"\n[[tool.uv.index]]\nname = \"n\"\n[project]\nname = \"p\"\ndynamic = [\"version\"\nx = 1\n",
        &expect![[r#"
            project p - dynamic ["version"]
            group a: ["b"], 0 errors
            index n - false
            "[1, [\"c\"": this is no item of a dependency group (expected a requirement, or { include-group = "..." })
            "": unclosed array (expected `]`)
            "": unclosed array (expected `]`)
        "#]],
    );
    check(
        "[project\nname = \"a\"\n= 3\n[build-system]\nrequires = [\"c\", 3]\n",
        &expect![[r#"
        project a - dynamic []
        build backend -
        build needs: c - - -
        "project": `project` lacks a `version` (expected version = "...", or "version" in dynamic)
        "": unclosed table (expected `]`)
        "": unquoted keys cannot be empty (expected letters, numbers, `-`, `_`)
        "3": this is no string (expected a string in quotes)
    "#]],
    );
}

#[test]
fn wrong_kinds_and_repeats_are_reported() {
    check(
        "[project]\nname = 3\nversion = \"x\"\ndependencies = \"numpy\"\ndynamic = [\"version\"]\nversion = \"2\"\n\
         [project]\nrequires-python = \">3,\"\n[build-system]\n[tool]\nuv = 1\n",
        &expect![[r#"
            project - x python >3 dynamic ["version"]
            build backend -
            "[project]": `project` lacks a `name` (expected name = "...")
            "3": `name` is no string (expected a string in quotes)
            "\"x\"": `x` is no version (expected a version such as 1.0)
            "\"numpy\"": `dependencies` is no list (expected [ ... ])
            "\"version\"": `version` is both given and dynamic (remove one of them)
            "version": `version` is there twice (the first one counts)
            "project": `project` is there twice (the first one counts)
            "[build-system]": `build-system` lacks `requires` (expected requires = ["setuptools"])
            "1": `uv` is no table (expected [uv])
        "#]],
    );
}

#[test]
fn groups_that_include_themselves_are_reported() {
    check(
        "[dependency-groups]\na = [\"x\", {include-group = \"B\"}]\nb = [{include-group = \"a\"}, \"y\"]\n\
         c = [{include-group = \"none\"}, 3]\nC = []\n",
        &expect![[r#"
            group a: ["x", "y"], 1 errors
            group b: ["x", "y"], 1 errors
            group c: [], 1 errors
            group C: [], 1 errors
            "{include-group = \"a\"}": the dependency group `a` includes itself (remove one of the includes)
            "{include-group = \"none\"}": there is no dependency group `none` (there are: a, b, c, C)
            "3": this is no item of a dependency group (expected a requirement, or { include-group = "..." })
            "C": `c` and `C` are one name (PEP 735 compares names in normal form)
        "#]],
    );
}

#[test]
fn deep_nesting_is_refused_and_not_followed() {
    for deep in ["[".repeat(100_000), "{a=".repeat(100_000), "a.".repeat(100_000)] {
        assert!(!parse(&format!("x = {deep}")).errors.is_empty());
        assert!(!parse(&format!("{deep} = 1\n[{deep}b]\n")).errors.is_empty());
    }
}
