//! Stub wheels and sdists made from metadata, laid out as a package index on disk.

use std::{
    fs,
    io::{self, Cursor, Write},
    path::Path,
};

use serde_json::Value;
use wheelstage::index::{FileName, parse_file_name};
use zip::{ZipWriter, write::SimpleFileOptions};

#[path = "../support/index.rs"]
mod index;

pub(crate) use index::index;

/// Writes every file of `index` below `folder`, with the pages of a simple index (PEP 503):
/// `folder/NAME/index.html`.
pub(crate) fn write_index(index: &Value, folder: &Path) -> io::Result<()> {
    for (project, releases) in index.as_object().into_iter().flatten() {
        let page_folder = folder.join(project);
        fs::create_dir_all(&page_folder)?;
        let mut page = String::from("<!DOCTYPE html><html><body>\n");
        for (version, release) in releases.as_object().into_iter().flatten() {
            let requires_python = release["requires_python"].as_str();
            for file in release["files"].as_array().into_iter().flatten() {
                let name = file["filename"].as_str().unwrap_or_default();
                let requires: Vec<&str> = release["requires_dist"]
                    .as_array()
                    .into_iter()
                    .flatten()
                    .filter_map(Value::as_str)
                    .collect();
                write_file(&page_folder.join(name), project, version, &requires, requires_python)?;
                let python = requires_python
                    .map(|text| {
                        format!(
                            " data-requires-python=\"{}\"",
                            text.replace('>', "&gt;").replace('<', "&lt;")
                        )
                    })
                    .unwrap_or_default();
                let yanked = if release["yanked"].as_bool() == Some(true) { " data-yanked=\"\"" } else { "" };
                page.push_str(&format!("<a href=\"{name}\"{python}{yanked}>{name}</a>\n"));
            }
        }
        page.push_str("</body></html>\n");
        fs::write(page_folder.join("index.html"), page)?;
    }
    Ok(())
}

/// One wheel or sdist.
pub(crate) fn write_file(
    path: &Path,
    project: &str,
    version: &str,
    requires: &[&str],
    requires_python: Option<&str>,
) -> io::Result<()> {
    let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    let Some(FileName { .. }) = parse_file_name(name) else {
        return Err(io::Error::other(format!("{name} is neither a wheel nor an sdist")));
    };
    if name.ends_with(".whl") {
        fs::write(path, wheel(name, project, version, requires, requires_python)?)
    } else {
        fs::write(path, sdist(name, project, version, requires, requires_python)?)
    }
}

fn metadata(project: &str, version: &str, requires: &[&str], requires_python: Option<&str>) -> String {
    let mut text = format!("Metadata-Version: 2.1\nName: {project}\nVersion: {version}\n");
    if let Some(python) = requires_python {
        text.push_str(&format!("Requires-Python: {python}\n"));
    }
    for extra in extras(requires) {
        text.push_str(&format!("Provides-Extra: {extra}\n"));
    }
    for requirement in requires {
        text.push_str(&format!("Requires-Dist: {requirement}\n"));
    }
    text
}

/// Extras that the requirements' markers speak of.
fn extras(requires: &[&str]) -> Vec<String> {
    let mut extras: Vec<String> = requires
        .iter()
        .filter_map(|requirement| requirement.split_once("extra =="))
        .map(|(_, extra)| extra.trim().trim_matches(['"', '\'']).to_owned())
        .collect();
    extras.sort();
    extras.dedup();
    extras
}

fn wheel(
    file: &str,
    project: &str,
    version: &str,
    requires: &[&str],
    requires_python: Option<&str>,
) -> io::Result<Vec<u8>> {
    let mut parts = file.trim_end_matches(".whl").split('-');
    let stem = format!("{}-{}", parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
    let tags: Vec<&str> = file.trim_end_matches(".whl").rsplitn(4, '-').collect();
    let tag_lines: String = match tags.as_slice() {
        [platforms, abis, pythons, ..] => platforms
            .split('.')
            .flat_map(|platform| abis.split('.').map(move |abi| (platform, abi)))
            .flat_map(|(platform, abi)| {
                pythons.split('.').map(move |python| format!("Tag: {python}-{abi}-{platform}\n"))
            })
            .collect(),
        _ => String::new(),
    };
    let info = format!("{stem}.dist-info");
    let wheel = format!("Wheel-Version: 1.0\nGenerator: stub\nRoot-Is-Purelib: true\n{tag_lines}");
    let files = [
        (format!("{}_stub.py", project.replace(['-', '.'], "_")), String::new()),
        (format!("{info}/METADATA"), metadata(project, version, requires, requires_python)),
        (format!("{info}/WHEEL"), wheel),
    ];
    let record: String =
        files.iter().map(|(path, _)| format!("{path},,\n")).chain([format!("{info}/RECORD,,\n")]).collect();
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    for (path, text) in files.into_iter().chain([(format!("{info}/RECORD"), record)]) {
        archive.start_file(path, SimpleFileOptions::default())?;
        archive.write_all(text.as_bytes())?;
    }
    Ok(archive.finish()?.into_inner())
}

/// A source archive with a `setup.py` and no `pyproject.toml`, like those of old projects.
fn sdist(
    file: &str,
    project: &str,
    version: &str,
    requires: &[&str],
    requires_python: Option<&str>,
) -> io::Result<Vec<u8>> {
    let folder = file.trim_end_matches(".tar.gz");
    let setup = format!(
        "from setuptools import setup\nsetup(name={project:?}, version={version:?}, py_modules=[], install_requires={requires:?}{})\n",
        requires_python.map(|python| format!(", python_requires={python:?}")).unwrap_or_default()
    );
    let mut archive =
        tar::Builder::new(flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast()));
    for (name, text) in
        [("setup.py", setup), ("PKG-INFO", metadata(project, version, requires, requires_python))]
    {
        let mut header = tar::Header::new_gnu();
        header.set_size(text.len() as u64);
        header.set_mode(0o644);
        archive.append_data(&mut header, format!("{folder}/{name}"), text.as_bytes())?;
    }
    archive.into_inner()?.finish()
}
