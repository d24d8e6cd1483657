//! A build for one Python, replayed with another: what an index has for the one, as files of the
//! other.

use std::sync::Arc;

use wheelstage::{
    index::{
        Artifact, ArtifactKind, Catalogue, Dependencies, Index, IndexUrl, Lookup, Project, SupportedTags,
        parse_file_name,
    },
    pep440::{Prereleases, Specifiers, parse_version},
    pep508::{ExtraName, Platform, PythonVersion, Requirement, Target},
};

/// The index as it is to `python`, for the Python `own`: a file suits, and asks for others, exactly
/// where it did.
pub(crate) fn as_for(index: &Index, python: PythonVersion, own: PythonVersion) -> Index {
    if (python.major, python.minor) == (own.major, own.minor) {
        return index.clone();
    }
    let supported = SupportedTags::of(&Target { python, platform: Platform::LINUX });
    let listed = index.catalogue.listed().map(|(url, name)| (url.clone(), name.clone()));
    let stated = index.overlay.projects().map(|name| (IndexUrl::pypi(), name.clone()));
    let mut catalogue = Catalogue::default();
    for (url, name) in listed.chain(stated) {
        let Lookup::Known(project) = index.project(&url, &name) else { continue };
        let mut here = Project { releases: Default::default(), ..(*project).clone() };
        for artifact in project.releases.values().flat_map(|release| &release.artifacts) {
            here.add(Arc::new(file_for(artifact, python, own, &supported)));
        }
        catalogue.insert_project(url, here);
    }
    Index { catalogue: Arc::new(catalogue), ..Index::default() }
}

fn file_for(
    artifact: &Artifact,
    python: PythonVersion,
    own: PythonVersion,
    supported: &SupportedTags,
) -> Artifact {
    let (file_name, is_usable) = match &artifact.kind {
        ArtifactKind::Sdist => (artifact.file_name.clone(), true),
        ArtifactKind::Wheel(tags) => {
            (wheel_for(&artifact.file_name, python, own), supported.rank(tags).is_some())
        }
    };
    let [major, minor, patch] = python.full();
    let version = parse_version(&format!("{major}.{minor}.{patch}")).unwrap();
    let suits = |specifiers: &&Arc<Specifiers>| specifiers.contains(&version, Prereleases::Allow);
    let refused = artifact.requires_python.as_ref().filter(|specifiers| !suits(specifiers));
    // Nobody looks into a wheel that does not suit.
    let requires_dist = artifact.requires_dist.as_ref().filter(|_| is_usable);
    Artifact {
        kind: parse_file_name(&file_name).unwrap().kind,
        file_name,
        requires_dist: requires_dist.map(|lines| Arc::new(lines_for(lines, python))),
        requires_python: refused.map(|_| Arc::new("<3".parse().unwrap())),
        ..artifact.clone()
    }
}

/// `cp310-cp310` is this Python's, `cp37-abi3` is every later one's too (PEP 425).
fn wheel_for(file_name: &str, python: PythonVersion, own: PythonVersion) -> String {
    let tag = |python: PythonVersion| format!("cp{}{}", python.major, python.minor);
    let parts: Vec<&str> = file_name.rsplitn(4, '-').collect();
    let [platform, abi, pythons, stem] = parts[..] else { panic!("{file_name} has no tags") };
    let minor = |tag: &str| tag.strip_prefix("cp3").and_then(|minor| minor.parse::<u32>().ok());
    let swapped = |text: &str| text.replace(&tag(own), "cp399").replace(&tag(python), &tag(own));
    let (pythons, abi) = match abi {
        "abi3" if pythons.split('.').filter_map(minor).any(|minor| minor <= python.minor) => {
            ("cp32".to_owned(), abi.to_owned())
        }
        "abi3" => ("cp399".to_owned(), abi.to_owned()),
        _ => (swapped(pythons), swapped(abi)),
    };
    format!("{stem}-{pythons}-{abi}-{platform}")
}

/// Markers that ask for the Python are answered for the one that is meant.
fn lines_for(lines: &Dependencies, python: PythonVersion) -> Dependencies {
    let environment = Target { python, platform: Platform::LINUX }.environment();
    let mut here: Vec<String> = Vec::new();
    for line in lines.lines() {
        let asks = line.contains("python_version") || line.contains("python_full_version");
        let (true, Ok(requirement), Some((wanted, marker))) =
            (asks, line.parse::<Requirement>(), line.split_once(';'))
        else {
            here.push(line.to_string());
            continue;
        };
        if requirement.applies(&environment, &[]).unwrap_or(false) {
            here.push(wanted.to_owned());
            continue;
        }
        for extra in marker.split("extra ==").skip(1).filter_map(|rest| rest.split(['"', '\'']).nth(1)) {
            let name = ExtraName::new(extra).unwrap();
            if requirement.applies(&environment, &[name]).unwrap_or(false) {
                here.push(format!("{wanted}; extra == \"{extra}\""));
            }
        }
    }
    Dependencies::new(here)
}
