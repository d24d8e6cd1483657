//! `pyproject.toml`: what `pip install .` and `uv sync` start from.
//!
//! ```
//! use wheelstage::syntax::pyproject::parse;
//!
//! let text = "[project]\nname = \"a\"\nversion = \"1\"\ndependencies = [\"numpy>=1.24,<2\"]\n";
//! let project = parse(text).tree.project.unwrap();
//! let specifiers = project.dependencies[0].parts.specifiers.unwrap();
//! assert_eq!(&text[specifiers], ">=1.24,<2");
//! ```

mod groups;
mod read;
mod toml;
mod tree;
mod unclosed;

pub use toml::Text;
pub use tree::{
    BuildSystem, Dependency, DependencyGroup, GroupItem, OptionalDependencies, Project, Pyproject,
    RequiresPython, Uv, UvIndex, UvSource, UvSourceKind,
};

use crate::text::Parse;

/// Reads a `pyproject.toml`. What cannot be read is reported and left out, the rest is kept.
#[must_use]
pub fn parse(text: &str) -> Parse<Pyproject> {
    let Parse { tree: root, mut errors } = toml::parse(text);
    let read = read::read(&root);
    errors.extend(read.errors);
    errors.extend(groups::check(&read.tree.dependency_groups));
    Parse::new(read.tree, errors)
}

#[cfg(test)]
mod tests;
