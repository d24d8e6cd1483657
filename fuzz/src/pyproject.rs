//! `pyproject.toml`.

use wheelstage::{
    syntax::{
        pyproject::{Dependency, GroupItem, parse},
        requirements::Parts,
    },
    text::{Parse, range},
};

use super::places;

/// Any text gives what can be read of it, with its places; groups that include each other end.
pub fn check(text: &str) {
    let Parse { tree, errors } = parse(text);
    places::errors(text, &errors);
    if let Some(project) = &tree.project {
        places::slice(text, project.range);
        for part in [&project.name, &project.version].into_iter().flatten().chain(&project.dynamic) {
            places::slice(text, part.range);
        }
        project.dependencies.iter().for_each(|dependency| check_dependency(text, dependency));
        for extra in &project.optional_dependencies {
            places::slice(text, extra.name_range);
            extra.dependencies.iter().for_each(|dependency| check_dependency(text, dependency));
        }
    }
    let all: usize = tree.dependency_groups.iter().map(|group| group.items.len()).sum();
    for group in &tree.dependency_groups {
        places::slice(text, group.name_range);
        for item in &group.items {
            match item {
                GroupItem::Dependency(dependency) => check_dependency(text, dependency),
                GroupItem::Include { group, range } => places::nest(*range, [group.range]),
            }
        }
    }
    if let Some(group) = tree.dependency_groups.first() {
        let Parse { tree: found, errors } = tree.group(&group.name);
        assert!(found.len() <= all);
        errors.iter().for_each(|error| places::errors(text, std::slice::from_ref(error)));
    }
    let build = tree.build_system.iter().flat_map(|build| &build.requires);
    let uv = [&tree.uv.overrides, &tree.uv.constraints, &tree.uv.dev_dependencies].into_iter().flatten();
    build.chain(uv).for_each(|dependency| check_dependency(text, dependency));
    tree.uv.sources.iter().for_each(|source| places::nest(range(0, text.len()), [source.range]));
}

#[track_caller]
fn check_dependency(text: &str, dependency: &Dependency) {
    places::slice(text, dependency.text.range);
    let Parts { subject, extras, specifiers, url, marker } = dependency.parts;
    let parts = [subject, extras, specifiers, url, marker].into_iter().flatten();
    if !dependency.is_verbatim() {
        parts.for_each(|part| places::nest(dependency.text.range, [part]));
        return;
    }
    places::nest(dependency.text.range, parts);
    if let (Some(requirement), Some(subject)) = (&dependency.requirement, subject) {
        assert_eq!(places::slice(text, subject), requirement.name_text);
    }
}
