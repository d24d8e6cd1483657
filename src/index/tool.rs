use std::sync::Arc;

use super::{Artifact, Dependencies, Known, Project};
use crate::{
    pep440::{Specifiers, parse_version},
    pep508::ProjectName,
};

/// What `pip install -U pip` and its like find where no catalogue covers it: the newest release
/// of each build tool on the day this was written, and what it requires. None but `wheel` has
/// dependencies.
const TOOLS: [(&str, &str, &str, &[&str]); 4] = [
    ("pip", "26.3", ">=3.10", &[]),
    ("setuptools", "84.2.1", ">=3.10", &[]),
    ("wheel", "0.48.0", ">=3.9", &["packaging>=24.0"]),
    ("uv", "0.13.9", ">=3.8", &[]),
];

/// pip, setuptools, wheel or uv, as far as it is known without a catalogue.
pub(super) fn project(name: &ProjectName) -> Option<Arc<Project>> {
    let (_, version, requires_python, requires) = TOOLS.iter().find(|(tool, ..)| *tool == name.as_str())?;
    let version = parse_version(version)?;
    let mut artifact = Artifact::pure_wheel(
        name.clone(),
        version.clone(),
        Dependencies::new(requires.iter().copied()),
        Known::Tool,
    );
    artifact.requires_python = requires_python.parse::<Specifiers>().ok().map(Arc::new);
    let mut project = Project::new(name.clone());
    project.add(Arc::new(artifact));
    project.list_from(Some(&version));
    Some(Arc::new(project))
}
