//! Writing `static/catalogue/`.

use std::{collections::BTreeMap, fs, path::Path};

use anyhow::Result;
use serde::Serialize;
use wheelstage::{
    index::{
        ArtifactKind, Bundle, Index, IndexUrl, Lookup, Manifest, Project, ProjectFile, ReleaseRow, wheel_stem,
    },
    pep440::{Version, parse_version},
};

use super::{Builds, Needed};

pub(super) fn all(
    folder: &Path,
    date: &str,
    index: &Index,
    everything: &Needed,
    bundles: &BTreeMap<String, Needed>,
    builds: &Builds,
) -> Result<()> {
    let project_file = |project: &Project, url: &IndexUrl, oldest, plain| ProjectFile {
        build: builds.get(&project.name).cloned(),
        ..project_file(project, url, oldest, plain)
    };
    for part in ["projects", "bundles"] {
        fs::remove_dir_all(folder.join(part)).ok();
        fs::create_dir_all(folder.join(part))?;
    }
    let mut manifest = Manifest { date: date.to_owned(), ..Manifest::default() };
    for (url, name) in everything.keys() {
        if matches!(index.project(url, name), Lookup::Known(_)) {
            manifest.indexes.entry(url.to_string()).or_default().push(name.to_string());
        }
    }
    // What `roots.txt` mirrors it names in full.
    manifest.complete =
        manifest.indexes.keys().filter(|address| **address != IndexUrl::pypi().as_str()).cloned().collect();
    for (url, name) in everything.keys() {
        let Lookup::Known(project) = index.project(url, name) else { continue };
        let Some(file_name) = manifest.file_name(url, name) else { continue };
        json(&folder.join("projects").join(file_name), &project_file(&project, url, None, false))?;
    }
    for (name, needed) in bundles {
        let mut bundle =
            Bundle { date: date.to_owned(), projects: Vec::new(), complete: manifest.complete.clone() };
        for ((url, name), versions) in needed {
            let Lookup::Known(project) = index.project(url, name) else { continue };
            // Everything that pip meets on its way down from the newest.
            let oldest = versions.iter().filter_map(|version| parse_version(version)).min();
            bundle.projects.push(project_file(&project, url, oldest, true));
        }
        manifest.bundles.push(name.clone());
        json(&folder.join("bundles").join(format!("{name}.json")), &bundle)?;
    }
    json(&folder.join("manifest.json"), &manifest)
}

fn json(path: &Path, value: &impl Serialize) -> Result<()> {
    fs::write(path, serde_json::to_string(value)? + "\n")?;
    Ok(())
}

/// `oldest`: leave out older releases. `plain`: leave out what only extras ask for.
fn project_file(project: &Project, url: &IndexUrl, oldest: Option<Version>, plain: bool) -> ProjectFile {
    let mut file = ProjectFile {
        name: project.name.to_string(),
        index: (*url != IndexUrl::pypi()).then(|| url.to_string()),
        ..ProjectFile::default()
    };
    let older_ones = |oldest: &Version| project.releases.keys().any(|version| version < oldest);
    file.oldest = oldest.as_ref().filter(|oldest| older_ones(oldest)).map(ToString::to_string);
    let mut dropped = false;
    for (version, release) in project.releases.iter().rev() {
        if oldest.as_ref().is_some_and(|oldest| version < oldest) {
            break;
        }
        let mut row = ReleaseRow { v: version.to_string(), ..ReleaseRow::default() };
        row.p = release.requires_python().map(|specifiers| place(&mut file.pythons, specifiers.to_string()));
        let requires = release.artifacts.iter().find_map(|artifact| artifact.requires_dist.as_ref());
        row.r = requires.map(|requires| {
            let lines: Vec<String> = requires.lines().iter().map(ToString::to_string).collect();
            let kept: Vec<String> =
                lines.iter().filter(|line| !plain || !is_behind_extra(line)).cloned().collect();
            dropped |= kept.len() < lines.len();
            place(&mut file.requires, kept)
        });
        let stem = wheel_stem(&project.name, version);
        let mut wheels = Vec::new();
        for artifact in &release.artifacts {
            match &artifact.kind {
                ArtifactKind::Sdist => row.s = Some(artifact.file_name.clone()),
                ArtifactKind::Wheel(tags) => {
                    let written = artifact.file_name.strip_suffix(&format!("-{tags}.whl")).unwrap_or(&stem);
                    if written != stem {
                        row.n = Some(written.to_owned());
                    }
                    wheels.push(place(&mut file.tags, tags.to_string()));
                }
            }
        }
        row.w = (!wheels.is_empty()).then(|| place(&mut file.wheels, wheels));
        if release.is_yanked() {
            let reason = release.artifacts.iter().find_map(|artifact| artifact.yanked.as_ref());
            row.y = reason.map(|yanked| yanked.reason.clone());
        }
        file.releases.push(row);
    }
    file.extras = dropped.then(Vec::new);
    file
}

/// The marker of these asks for an extra; PEP 508 has no other use for the word before `==`.
fn is_behind_extra(line: &str) -> bool {
    line.split_once(';').is_some_and(|(_, marker)| {
        let marker = marker.replace(' ', "");
        marker.contains("extra==") && !marker.contains("or")
    })
}

/// The number of a value in a table, where it is put if it is not there.
fn place<T: PartialEq>(table: &mut Vec<T>, value: T) -> usize {
    table.iter().position(|known| *known == value).unwrap_or_else(|| {
        table.push(value);
        table.len() - 1
    })
}
