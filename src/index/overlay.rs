use std::sync::Arc;

use super::{Artifact, Dependencies, Known, Project};
use crate::{
    order::SortedMap,
    pep440::{Specifiers, Version, VersionRange, parse_version},
    pep508::{ProjectName, Requirement},
    text::{FileId, Location, Parse, SourceFile, SyntaxError, TextRange, range},
};

/// Facts that the person states, in the page or in a pasted log of pip. They come first and
/// stay marked as the person's.
///
/// One a line; `#` begins a comment:
///
/// ```text
/// accelerate 1.10.1 depends on numpy<3.0.0 and >=1.17
/// accelerate 1.10.1 depends on nothing
/// accelerate 1.10.1 requires python >=3.9
/// image registry.example/base:1 holds numpy 1.26.4
/// ```
///
/// The first form is the one in which pip lists the causes of a conflict (PIP_RULES 27). Places in
/// the text are those of [`FileId::FACTS`].
#[derive(Debug, Clone, Default)]
pub struct Overlay {
    /// What was typed, under the name that places in it are shown with.
    pub source: SourceFile,
    projects: SortedMap<ProjectName, Arc<Project>>,
    images: SortedMap<String, Vec<ImageContent>>,
}

/// A package that a base image is said to hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImageContent {
    /// The project.
    pub project: ProjectName,
    /// Its version.
    pub version: Version,
    /// Where that is said.
    pub location: Location,
}

/// One line.
enum Fact {
    DependsOn { project: ProjectName, version: Version, requirement: Option<String> },
    RequiresPython { project: ProjectName, version: Version, specifiers: Specifiers },
    Holds { image: String, project: ProjectName, version: Version },
}

/// What is said of one release, gathered from all lines.
#[derive(Default)]
struct Stated {
    requires_dist: Option<Vec<String>>,
    requires_python: Option<Specifiers>,
    location: Option<Location>,
}

/// A project of which some releases are stated: there may be any others.
fn some_of(name: ProjectName) -> Project {
    Project { listed: VersionRange::empty(), ..Project::new(name) }
}

impl Overlay {
    /// Reads facts; lines that are none are errors, and the others count. `name` is what places in
    /// the text are shown with, as a file's path is.
    #[must_use]
    pub fn parse(name: &str, text: &str) -> Parse<Self> {
        let mut overlay = Self { source: SourceFile::new(name, text), ..Self::default() };
        let mut errors = Vec::new();
        let mut releases: SortedMap<(ProjectName, Version), Stated> = SortedMap::new();
        let mut offset = 0;
        for line in text.split_inclusive('\n') {
            let at = offset;
            offset += line.len();
            let code = line.split('#').next().unwrap_or("");
            let fact = code.trim();
            if fact.is_empty() {
                continue;
            }
            let start = at + (code.len() - code.trim_start().len());
            let place = range(start, start + fact.len());
            let location = Location { file: FileId::FACTS, range: place };
            match read(fact, place) {
                Err(error) => errors.push(error),
                Ok(Fact::Holds { image, project, version }) => {
                    overlay.images.entry(image).or_default().push(ImageContent {
                        project,
                        version,
                        location,
                    });
                }
                Ok(Fact::DependsOn { project, version, requirement }) => {
                    let stated = releases.entry((project, version)).or_default();
                    stated.location.get_or_insert(location);
                    stated.requires_dist.get_or_insert_default().extend(requirement);
                }
                Ok(Fact::RequiresPython { project, version, specifiers }) => {
                    let stated = releases.entry((project, version)).or_default();
                    stated.location.get_or_insert(location);
                    stated.requires_python = Some(specifiers);
                }
            }
        }
        let mut projects: SortedMap<ProjectName, Project> = SortedMap::new();
        for ((name, version), stated) in releases {
            let known = Known::Stated(stated.location);
            let mut artifact = Artifact::pure_wheel(name.clone(), version, Dependencies::default(), known);
            artifact.requires_dist = stated.requires_dist.map(|lines| Arc::new(Dependencies::new(lines)));
            artifact.requires_python = stated.requires_python.map(Arc::new);
            projects.entry(name.clone()).or_insert_with(|| some_of(name)).add(Arc::new(artifact));
        }
        overlay.projects = projects.into_iter().map(|(name, project)| (name, Arc::new(project))).collect();
        Parse { tree: overlay, errors }
    }

    /// What is stated of a project's releases.
    #[must_use]
    pub fn project(&self, name: &ProjectName) -> Option<Arc<Project>> {
        self.projects.get(name).cloned()
    }

    /// The projects of which releases are stated.
    pub fn projects(&self) -> impl Iterator<Item = &ProjectName> {
        self.projects.keys()
    }

    /// With one release more, as if it had been stated: a pure wheel that depends on nothing.
    #[must_use]
    pub fn with_release(&self, project: &ProjectName, version: &Version) -> Self {
        let mut overlay = self.clone();
        let nothing = Dependencies::new(Vec::<String>::new());
        let artifact = Artifact::pure_wheel(project.clone(), version.clone(), nothing, Known::Stated(None));
        let known = overlay.projects.get(project);
        let mut release = known.map_or_else(|| some_of(project.clone()), |known| Project::clone(known));
        release.add(Arc::new(artifact));
        overlay.projects.insert(project.clone(), Arc::new(release));
        overlay
    }

    /// What a base image is said to hold, as written in `FROM`; `None` where nothing is said.
    #[must_use]
    pub fn image(&self, image: &str) -> Option<&[ImageContent]> {
        self.images.get(image).map(Vec::as_slice)
    }

    /// Where something is stated of a release.
    #[must_use]
    pub fn release(&self, project: &ProjectName, version: &Version) -> Option<Location> {
        let release = self.projects.get(project)?.releases.get(version)?;
        release.artifacts.iter().find_map(|artifact| match artifact.known {
            Known::Stated(location) => location,
            _ => None,
        })
    }

    /// True where nothing is stated.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.projects.is_empty() && self.images.is_empty()
    }
}

fn read(line: &str, place: TextRange) -> Result<Fact, SyntaxError> {
    let error = || {
        SyntaxError::new(place, "this is no fact about a package")
            .with_hint("write `NAME VERSION depends on REQUIREMENT` or `image IMAGE holds NAME VERSION`")
    };
    if let Some(rest) = line.strip_prefix("image ") {
        let (image, held) = rest.split_once(" holds ").ok_or_else(error)?;
        let (project, version) = release(held).ok_or_else(error)?;
        return Ok(Fact::Holds { image: image.trim().to_owned(), project, version });
    }
    if let Some((subject, wanted)) = line.split_once(" depends on ") {
        let (project, version) = release(subject).ok_or_else(error)?;
        let wanted = wanted.trim();
        if wanted == "nothing" {
            return Ok(Fact::DependsOn { project, version, requirement: None });
        }
        let wanted = join_clauses(wanted);
        wanted.parse::<Requirement>().map_err(|invalid| SyntaxError::new(place, invalid.message))?;
        return Ok(Fact::DependsOn { project, version, requirement: Some(wanted) });
    }
    let (subject, wanted) = line.split_once(" requires python ").ok_or_else(error)?;
    let (project, version) = release(subject).ok_or_else(error)?;
    let specifiers = wanted.trim().parse().map_err(|_| error())?;
    Ok(Fact::RequiresPython { project, version, specifiers })
}

/// `numpy 1.26.4`, or `NAME[extra] 1.0` as pip writes it of an extra.
fn release(text: &str) -> Option<(ProjectName, Version)> {
    let (name, version) = text.trim().split_once(' ')?;
    let name = name.split('[').next()?;
    Some((ProjectName::new(name)?, parse_version(version)?))
}

/// pip writes `numpy<3.0.0 and >=1.17`: a comma stands there in the requirement. A marker comes
/// after `;` and keeps its `and`.
fn join_clauses(text: &str) -> String {
    match text.split_once(';') {
        Some((clauses, marker)) => format!("{}; {}", clauses.replace(" and ", ",").trim_end(), marker.trim()),
        None => text.replace(" and ", ","),
    }
}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};

    use super::*;

    /// Releases, images and errors, a line each.
    #[track_caller]
    fn check(text: &str, expected: &Expect) {
        let parse = Overlay::parse("facts", text);
        let mut lines = Vec::new();
        for project in parse.tree.projects.values() {
            for artifact in project.releases.values().flat_map(|release| &release.artifacts) {
                let requires = artifact.requires_dist.as_ref().map(|requires| requires.lines().join("; "));
                let python = artifact.requires_python.as_ref().map(ToString::to_string);
                let said = match artifact.known {
                    Known::Stated(Some(location)) => text.get(location.range.start().into()..).unwrap_or(""),
                    _ => "",
                };
                let line = said.lines().next().unwrap_or("");
                lines
                    .push(format!("{} {} {requires:?} {python:?} <- {line}", project.name, artifact.version));
            }
        }
        for (image, held) in &parse.tree.images {
            let held: Vec<String> =
                held.iter().map(|held| format!("{} {}", held.project, held.version)).collect();
            lines.push(format!("{image}: {}", held.join(", ")));
        }
        let shown =
            |range: TextRange| text.get(range.start().into()..range.end().into()).unwrap_or("").to_owned();
        lines.extend(parse.errors.iter().map(|error| format!("`{}`: {}", shown(error.range), error.message)));
        expected.assert_eq(&format!("{}\n", lines.join("\n")));
    }

    #[test]
    fn all_lines_about_a_release_are_one() {
        check(
            "accelerate 1.10.1 depends on numpy<3.0.0 and >=1.17\n  accelerate 1.10.1 depends on psutil # as pip says\nAccelerate 1.10.1 requires python >=3.9\n",
            &expect![[r#"
                accelerate 1.10.1 Some("numpy<3.0.0,>=1.17; psutil") Some(">=3.9") <- accelerate 1.10.1 depends on numpy<3.0.0 and >=1.17
            "#]],
        );
    }

    #[test]
    fn nothing_is_a_fact_too() {
        check(
            "a 1 depends on nothing\r\nb 2 requires python <4\r\n",
            &expect![[r#"
                a 1 Some("") None <- a 1 depends on nothing
                b 2 None Some("<4") <- b 2 requires python <4
            "#]],
        );
    }

    #[test]
    fn images_hold_packages() {
        check(
            "image registry.example/base:1 holds numpy 1.26.4\nimage registry.example/base:1 holds torch 2.6.0+cu124\n",
            &expect![[r"
                registry.example/base:1: numpy 1.26.4, torch 2.6.0+cu124
            "]],
        );
    }

    #[test]
    fn other_lines_are_errors_and_the_rest_counts() {
        check(
            "# facts\nnumpy is nice\na one depends on b\na 1 depends on b>=\n\na 1 depends on b\n",
            &expect![[r#"
                a 1 Some("b") None <- a 1 depends on b
                `numpy is nice`: this is no fact about a package
                `a one depends on b`: this is no fact about a package
                `a 1 depends on b>=`: A version is missing after >=
            "#]],
        );
    }
}
