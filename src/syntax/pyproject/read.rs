//! From TOML to what it says about dependencies.

use super::{
    toml::{Entry, Table, Text, Value},
    tree::{
        BuildSystem, Dependency, DependencyGroup, GroupItem, OptionalDependencies, Project, Pyproject,
        RequiresPython, Uv, UvIndex, UvSource, UvSourceKind,
    },
};
use crate::{
    pep440::{Specifiers, parse_version},
    pep508::{ExtraName, Marker, ProjectName, Requirement},
    syntax::requirements::Parts,
    text::{Parse, SyntaxError, TextRange},
};

pub(super) fn read(root: &Table) -> Parse<Pyproject> {
    let mut reader = Reader { errors: Vec::new() };
    let tree = Pyproject {
        project: reader.table(root, "project").map(|(table, range)| reader.project(table, range)),
        dependency_groups: reader.dependency_groups(root),
        build_system: reader
            .table(root, "build-system")
            .map(|(table, range)| reader.build_system(table, range)),
        uv: reader.uv(root),
    };
    Parse { tree, errors: reader.errors }
}

struct Reader {
    errors: Vec<SyntaxError>,
}

impl Reader {
    fn project(&mut self, table: &Table, range: TextRange) -> Project {
        let project = Project {
            range,
            name: self.text(table, "name"),
            version: self.text(table, "version"),
            requires_python: self.text(table, "requires-python").map(|text| self.requires_python(text)),
            dependencies: self.dependencies(table, "dependencies"),
            optional_dependencies: self.optional_dependencies(table),
            dynamic: self.texts(table, "dynamic"),
        };
        match &project.name {
            None => self.report(range, "`project` lacks a `name`", "expected name = \"...\""),
            Some(name) if ProjectName::new(name.as_str()).is_none() => {
                let message = format!("`{}` is no name of a project", name.as_str());
                self.report(name.range, message, "letters, digits, and `-`, `_`, `.` between them");
            }
            Some(_) => {}
        }
        let is_dynamic = |field: &str| project.dynamic.iter().any(|name| name.as_str() == field);
        match &project.version {
            None if !is_dynamic("version") => {
                let hint = "expected version = \"...\", or \"version\" in dynamic";
                self.report(range, "`project` lacks a `version`", hint);
            }
            Some(version) if parse_version(version.as_str()).is_none() => {
                let message = format!("`{}` is no version", version.as_str());
                self.report(version.range, message, "expected a version such as 1.0");
            }
            _ => {}
        }
        // PEP 621: "Build back-ends MUST raise an error if the metadata specifies a field
        // statically as well as being listed in dynamic."
        for field in project.dynamic.iter().filter(|field| table.get(field.as_str()).is_some()) {
            let message = format!("`{}` is both given and dynamic", field.as_str());
            self.report(field.range, message, "remove one of them");
        }
        project
    }

    fn requires_python(&mut self, text: Text) -> RequiresPython {
        let Parse { tree, errors } = Specifiers::parse(text.as_str());
        self.errors.extend(errors.into_iter().map(|error| in_file(error, &text)));
        RequiresPython { text, specifiers: tree }
    }

    fn optional_dependencies(&mut self, project: &Table) -> Vec<OptionalDependencies> {
        let Some((table, _)) = self.table(project, "optional-dependencies") else { return Vec::new() };
        let mut all = Vec::new();
        for entry in &table.entries {
            let extra = ExtraName::new(&entry.key);
            if extra.is_none() {
                let message = format!("`{}` is no name of an extra", entry.key);
                self.report(entry.key_range, message, "letters, digits, and `-`, `_`, `.` between them");
            }
            all.push(OptionalDependencies {
                name: entry.key.clone(),
                name_range: entry.key_range,
                extra,
                dependencies: self.dependency_list(entry),
            });
        }
        all
    }

    fn dependency_groups(&mut self, root: &Table) -> Vec<DependencyGroup> {
        let Some((table, _)) = self.table(root, "dependency-groups") else { return Vec::new() };
        let mut groups = Vec::new();
        for entry in &table.entries {
            let mut items = Vec::new();
            for item in self.list(entry) {
                items.extend(self.group_item(item));
            }
            groups.push(DependencyGroup { name: entry.key.clone(), name_range: entry.key_range, items });
        }
        groups
    }

    fn group_item(&mut self, item: &Value) -> Option<GroupItem> {
        match item {
            Value::Text(text) => Some(GroupItem::Dependency(Box::new(self.dependency(text.clone())))),
            Value::Table(table, range) if table.get("include-group").is_some() => {
                let group = self.text(table, "include-group")?;
                Some(GroupItem::Include { group, range: *range })
            }
            other => {
                let hint = "expected a requirement, or { include-group = \"...\" }";
                self.report_kind(other, "this is no item of a dependency group", hint);
                None
            }
        }
    }

    fn build_system(&mut self, table: &Table, range: TextRange) -> BuildSystem {
        if table.get("requires").is_none() {
            self.report(range, "`build-system` lacks `requires`", "expected requires = [\"setuptools\"]");
        }
        BuildSystem {
            range,
            requires: self.dependencies(table, "requires"),
            backend: self.text(table, "build-backend"),
        }
    }

    fn uv(&mut self, root: &Table) -> Uv {
        let table = self.table(root, "tool").and_then(|(tool, _)| self.table(tool, "uv"));
        let Some((table, _)) = table else { return Uv::default() };
        Uv {
            sources: self.uv_sources(table),
            overrides: self.dependencies(table, "override-dependencies"),
            constraints: self.dependencies(table, "constraint-dependencies"),
            dev_dependencies: self.dependencies(table, "dev-dependencies"),
            indexes: self.uv_indexes(table),
        }
    }

    fn uv_sources(&mut self, uv: &Table) -> Vec<UvSource> {
        let Some((table, _)) = self.table(uv, "sources") else { return Vec::new() };
        let mut sources = Vec::new();
        for entry in &table.entries {
            let values = match &entry.value {
                Value::Array(values, _) => values.iter().collect(),
                value => vec![value],
            };
            for value in values {
                let Value::Table(table, range) = value else {
                    let hint = "expected a table such as { git = \"...\" }";
                    self.report_kind(value, format!("`{}` is no source", entry.key), hint);
                    continue;
                };
                sources.push(self.uv_source(entry, table, *range));
            }
        }
        sources
    }

    fn uv_source(&mut self, entry: &Entry, table: &Table, range: TextRange) -> UvSource {
        let kind = if let Some(url) = self.text(table, "git") {
            let mut references = ["rev", "tag", "branch"].into_iter();
            UvSourceKind::Git { url, reference: references.find_map(|key| self.text(table, key)) }
        } else if let Some(url) = self.text(table, "url") {
            UvSourceKind::Url(url)
        } else if let Some(path) = self.text(table, "path") {
            UvSourceKind::Path { path, editable: self.flag(table, "editable") }
        } else if let Some(index) = self.text(table, "index") {
            UvSourceKind::Index(index)
        } else if self.flag(table, "workspace") {
            UvSourceKind::Workspace
        } else {
            let hint = "expected git, url, path, index or workspace = true";
            self.report(range, format!("the source of `{}` is not said", entry.key), hint);
            UvSourceKind::Unknown
        };
        let marker = self.text(table, "marker").map(|text| {
            let Parse { tree, errors } = Marker::parse(text.as_str());
            self.errors.extend(errors.into_iter().map(|error| in_file(error, &text)));
            tree
        });
        UvSource {
            name: entry.key.clone(),
            name_range: entry.key_range,
            project: ProjectName::new(&entry.key),
            range,
            kind,
            marker,
            extra: self.text(table, "extra"),
            group: self.text(table, "group"),
        }
    }

    fn uv_indexes(&mut self, uv: &Table) -> Vec<UvIndex> {
        let Some(entry) = uv.get("index") else { return Vec::new() };
        let mut indexes = Vec::new();
        for item in self.list(entry) {
            let Value::Table(table, _) = item else {
                self.report_kind(item, "this is no index", "expected a table with a url");
                continue;
            };
            indexes.push(UvIndex {
                name: self.text(table, "name"),
                url: self.text(table, "url"),
                default: self.flag(table, "default"),
                explicit: self.flag(table, "explicit"),
            });
        }
        indexes
    }

    fn dependencies(&mut self, table: &Table, key: &str) -> Vec<Dependency> {
        table.get(key).map_or_else(Vec::new, |entry| self.dependency_list(entry))
    }

    fn dependency_list(&mut self, entry: &Entry) -> Vec<Dependency> {
        self.text_list(entry).into_iter().map(|text| self.dependency(text)).collect()
    }

    fn dependency(&mut self, text: Text) -> Dependency {
        let Parse { tree, errors } = Requirement::parse(text.as_str());
        self.errors.extend(errors.into_iter().map(|error| in_file(error, &text)));
        let parts = tree.as_ref().map_or_else(Parts::default, |tree| Parts::of(tree, &text.text));
        Dependency { text, requirement: tree, parts }
    }

    fn table<'t>(&mut self, table: &'t Table, key: &str) -> Option<(&'t Table, TextRange)> {
        let entry = table.get(key)?;
        match &entry.value {
            Value::Table(table, range) => Some((table, *range)),
            other => {
                self.report_kind(other, format!("`{key}` is no table"), format!("expected [{key}]"));
                None
            }
        }
    }

    fn text(&mut self, table: &Table, key: &str) -> Option<Text> {
        match &table.get(key)?.value {
            Value::Text(text) => Some(text.clone()),
            other => {
                self.report_kind(other, format!("`{key}` is no string"), "expected a string in quotes");
                None
            }
        }
    }

    fn flag(&mut self, table: &Table, key: &str) -> bool {
        match table.get(key).map(|entry| &entry.value) {
            None => false,
            Some(Value::Boolean(value, _)) => *value,
            Some(other) => {
                self.report(
                    other.range(),
                    format!("`{key}` is neither true nor false"),
                    "expected true or false",
                );
                false
            }
        }
    }

    fn texts(&mut self, table: &Table, key: &str) -> Vec<Text> {
        table.get(key).map_or_else(Vec::new, |entry| self.text_list(entry))
    }

    fn text_list(&mut self, entry: &Entry) -> Vec<Text> {
        let mut texts = Vec::new();
        for item in self.list(entry) {
            match item {
                Value::Text(text) => texts.push(text.clone()),
                other => self.report_kind(other, "this is no string", "expected a string in quotes"),
            }
        }
        texts
    }

    fn list<'t>(&mut self, entry: &'t Entry) -> &'t [Value] {
        match &entry.value {
            Value::Array(items, _) => items,
            other => {
                self.report_kind(other, format!("`{}` is no list", entry.key), "expected [ ... ]");
                &[]
            }
        }
    }

    /// Reports a value of the wrong kind, unless it is none at all and reported already.
    fn report_kind(&mut self, value: &Value, message: impl Into<String>, hint: impl Into<String>) {
        if !matches!(value, Value::Invalid(_)) {
            self.report(value.range(), message, hint);
        }
    }

    fn report(&mut self, range: TextRange, message: impl Into<String>, hint: impl Into<String>) {
        self.errors.push(SyntaxError::new(range, message).with_hint(hint));
    }
}

/// An error in a string's value, with its place in the file. A string with nothing in it is
/// pointed at as a whole.
fn in_file(error: SyntaxError, text: &Text) -> SyntaxError {
    let range = if text.as_str().is_empty() { text.range } else { text.text.source_range(error.range) };
    SyntaxError { range, ..error }
}
