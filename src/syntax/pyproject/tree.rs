use super::toml::Text;
use crate::{
    pep440::Specifiers,
    pep508::{ExtraName, Marker, ProjectName, Requirement},
    syntax::requirements::Parts,
    text::{Mapped, TextRange},
};

/// What a `pyproject.toml` says about dependencies. Ranges are bytes of the file.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Pyproject {
    /// `[project]`, PEP 621. `None` where the file has none.
    pub project: Option<Project>,
    /// `[dependency-groups]`, PEP 735.
    pub dependency_groups: Vec<DependencyGroup>,
    /// `[build-system]`, PEP 518. `None` where the file has none; pip then builds with
    /// `setuptools>=40.8.0`.
    pub build_system: Option<BuildSystem>,
    /// `[tool.uv]`.
    pub uv: Uv,
}

/// `[project]`.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Project {
    /// The header, or all of an inline table.
    pub range: TextRange,
    /// `name`.
    pub name: Option<Text>,
    /// `version`, where it is not dynamic.
    pub version: Option<Text>,
    /// `requires-python`.
    pub requires_python: Option<RequiresPython>,
    /// `dependencies`.
    pub dependencies: Vec<Dependency>,
    /// `optional-dependencies`, in the order of the file.
    pub optional_dependencies: Vec<OptionalDependencies>,
    /// `dynamic`: fields that the build backend fills in. What they are is not known from here.
    pub dynamic: Vec<Text>,
}

/// `requires-python = ">=3.9"`.
#[derive(Debug, Clone, PartialEq)]
pub struct RequiresPython {
    /// As written.
    pub text: Text,
    /// As understood; ranges are bytes of the text.
    pub specifiers: Specifiers,
}

/// A string that is a requirement.
#[derive(Debug, Clone, PartialEq)]
pub struct Dependency {
    /// As written.
    pub text: Text,
    /// As understood; ranges are bytes of the text. `None` where not even a name is there.
    pub requirement: Option<Requirement>,
    /// Where its parts stand in the file, for edits.
    pub parts: Parts,
}

/// The dependencies of one extra.
#[derive(Debug, Clone, PartialEq)]
pub struct OptionalDependencies {
    /// As written.
    pub name: String,
    /// The key.
    pub name_range: TextRange,
    /// The extra's name; `None` where it is not one.
    pub extra: Option<ExtraName>,
    /// In order.
    pub dependencies: Vec<Dependency>,
}

/// A group of `[dependency-groups]`.
#[derive(Debug, Clone, PartialEq)]
pub struct DependencyGroup {
    /// As written.
    pub name: String,
    /// The key.
    pub name_range: TextRange,
    /// In order.
    pub items: Vec<GroupItem>,
}

/// An item of a dependency group.
#[derive(Debug, Clone, PartialEq)]
pub enum GroupItem {
    /// A requirement.
    Dependency(Box<Dependency>),
    /// `{ include-group = "name" }`.
    Include {
        /// The name of the other group.
        group: Text,
        /// The whole item.
        range: TextRange,
    },
}

/// `[build-system]`.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct BuildSystem {
    /// The header, or all of an inline table.
    pub range: TextRange,
    /// `requires`.
    pub requires: Vec<Dependency>,
    /// `build-backend`.
    pub backend: Option<Text>,
}

/// What uv reads, and pip does not.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Uv {
    /// `[tool.uv.sources]`.
    pub sources: Vec<UvSource>,
    /// `override-dependencies`: replace what any package asks for.
    pub overrides: Vec<Dependency>,
    /// `constraint-dependencies`: bound what any package asks for.
    pub constraints: Vec<Dependency>,
    /// `dev-dependencies`, in place of a dependency group `dev`.
    pub dev_dependencies: Vec<Dependency>,
    /// `[[tool.uv.index]]`.
    pub indexes: Vec<UvIndex>,
}

/// Where uv gets one project from.
#[derive(Debug, Clone, PartialEq)]
pub struct UvSource {
    /// As written.
    pub name: String,
    /// The key.
    pub name_range: TextRange,
    /// The project; `None` where the key is no name.
    pub project: Option<ProjectName>,
    /// The whole source.
    pub range: TextRange,
    /// What it is.
    pub kind: UvSourceKind,
    /// When it counts.
    pub marker: Option<Marker>,
    /// For which extra only.
    pub extra: Option<Text>,
    /// For which dependency group only.
    pub group: Option<Text>,
}

/// Kinds of sources.
#[derive(Debug, Clone, PartialEq)]
pub enum UvSourceKind {
    /// `git`, with what is checked out.
    Git {
        /// The repository.
        url: Text,
        /// `rev`, `tag` or `branch`.
        reference: Option<Text>,
    },
    /// `url`.
    Url(Text),
    /// `path`.
    Path {
        /// Relative to the file.
        path: Text,
        /// `editable = true`.
        editable: bool,
    },
    /// `index`: the name of one of [`Uv::indexes`].
    Index(Text),
    /// `workspace = true`.
    Workspace,
    /// None of these; an error says so.
    Unknown,
}

/// `[[tool.uv.index]]`.
#[derive(Debug, Clone, PartialEq)]
pub struct UvIndex {
    /// `name`.
    pub name: Option<Text>,
    /// `url`.
    pub url: Option<Text>,
    /// In place of the public index.
    pub default: bool,
    /// Only for projects whose source names it.
    pub explicit: bool,
}

impl Dependency {
    /// True where the string has no escapes, so that edits of its parts can be made in place.
    #[must_use]
    pub fn is_verbatim(&self) -> bool {
        let text: &Mapped = &self.text.text;
        text.is_verbatim(crate::text::range(0, text.as_str().len()))
    }
}
