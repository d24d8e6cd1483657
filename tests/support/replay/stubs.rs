//! Stub wheels and sdists made from metadata, laid out as package indexes on disk.

use std::{
    collections::BTreeSet,
    fmt::Write as _,
    fs,
    io::{self, Cursor, Write},
    path::{Path, PathBuf},
    sync::Arc,
};

use sha2::{Digest, Sha256};
use wheelstage::{
    index::{Artifact, Index, IndexUrl, Lookup, Project},
    pep508::ProjectName,
};
use zip::{CompressionMethod, ZipWriter, write::SimpleFileOptions};

/// An index and the folder that stands for it.
pub(crate) struct IndexFolder {
    /// As the build names it.
    pub(crate) url: IndexUrl,
    /// `pypi`, `index1`: below `/index` in a stage's root.
    pub(crate) name: String,
}

/// All that `index` knows, each index in a folder of its own below a folder in `cache`, which is only
/// read afterwards: the fixes of a build, and the next run of the tests, have the same. The files of
/// `tools` (pip, setuptools, uv) are real ones.
pub(crate) fn indexes(index: &Index, tools: &Path, cache: &Path) -> io::Result<(PathBuf, Vec<IndexFolder>)> {
    let mut urls: BTreeSet<IndexUrl> = index.catalogue.listed().map(|(url, _)| url.clone()).collect();
    urls.remove(&IndexUrl::pypi());
    let urls = [IndexUrl::pypi()].into_iter().chain(urls).enumerate();
    let folders: Vec<IndexFolder> = urls
        .map(|(number, url)| IndexFolder {
            url,
            name: if number == 0 { "pypi".to_owned() } else { format!("index{number}") },
        })
        .collect();
    let mut digest = Sha256::new();
    for folder in &folders {
        digest.update(format!("{}\n", folder.name));
        for project in projects(index, &folder.url) {
            digest.update(page(&project));
            for artifact in described(&project) {
                let text = if artifact.is_wheel() { metadata(artifact) } else { setup(artifact) };
                digest.update(format!("{}\n{text}\n", artifact.file_name));
            }
        }
    }
    let key: String = digest.finalize().iter().take(16).map(|byte| format!("{byte:02x}")).collect();
    let whole = cache.join(format!("index-{key}"));
    if whole.is_dir() {
        return Ok((whole, folders));
    }
    fs::create_dir_all(cache)?;
    let unfinished = tempfile::tempdir_in(cache)?;
    for folder in &folders {
        write_index(index, &folder.url, &unfinished.path().join(&folder.name))?;
    }
    write_tools(tools, &unfinished.path().join("pypi"))?;
    // Another thread or process may have been quicker.
    if fs::rename(unfinished.path(), &whole).is_ok() {
        let _ = unfinished.keep();
    }
    Ok((whole, folders))
}

/// Writes what `index` knows of the index at `url` as a simple index (PEP 503):
/// `folder/NAME/index.html`.
pub(crate) fn write_index(index: &Index, url: &IndexUrl, folder: &Path) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    for project in projects(index, url) {
        let folder = folder.join(project.name.as_str());
        fs::create_dir_all(&folder)?;
        for artifact in described(&project) {
            write_file(&folder.join(&artifact.file_name), artifact)?;
        }
        write_page(&folder, &page(&project))?;
    }
    Ok(())
}

/// The projects that the index at `url` has.
fn projects(index: &Index, url: &IndexUrl) -> Vec<Arc<Project>> {
    let listed = index.catalogue.listed().filter(|(listed, _)| *listed == url).map(|(_, name)| name);
    let names: BTreeSet<&ProjectName> = listed.chain(index.overlay.projects()).collect();
    let known = names.into_iter().filter_map(|name| match index.project(url, name) {
        Lookup::Known(project) => Some(project),
        _ => None,
    });
    known.collect()
}

/// The files that are written. One whose dependencies are not known is listed and not there, so
/// that no run can take it unnoticed.
fn described(project: &Project) -> impl Iterator<Item = &Arc<Artifact>> {
    let artifacts = project.releases.values().flat_map(|release| &release.artifacts);
    artifacts.filter(|artifact| artifact.requires_dist.is_some())
}

/// The links of a project's page.
fn page(project: &Project) -> String {
    let mut links = String::new();
    for artifact in project.releases.values().flat_map(|release| &release.artifacts) {
        let name = &artifact.file_name;
        let python = artifact.requires_python.as_ref().map(|python| {
            let python = python.to_string().replace('>', "&gt;").replace('<', "&lt;");
            format!(" data-requires-python=\"{python}\"")
        });
        let yanked = if artifact.yanked.is_some() { " data-yanked=\"\"" } else { "" };
        links += &format!("<a href=\"{name}\"{}{yanked}>{name}</a>\n", python.unwrap_or_default());
    }
    links
}

/// The tools that builds ask for: `pip install -U pip`, isolated builds, `pip install uv`.
fn write_tools(tools: &Path, folder: &Path) -> io::Result<()> {
    for entry in fs::read_dir(tools)? {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let Some((project, _)) = name.split_once('-').filter(|_| name.ends_with(".whl")) else { continue };
        let page = folder.join(project);
        fs::create_dir_all(&page)?;
        if fs::hard_link(&path, page.join(&name)).is_err() {
            fs::copy(&path, page.join(&name))?;
        }
        let mut names: Vec<String> = fs::read_dir(&page)?
            .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
            .filter(|name| name.ends_with(".whl"))
            .collect();
        names.sort();
        let links: String = names.iter().map(|name| format!("<a href=\"{name}\">{name}</a>\n")).collect();
        write_page(&page, &links)?;
    }
    Ok(())
}

fn write_page(folder: &Path, links: &str) -> io::Result<()> {
    fs::write(
        folder.join("index.html"),
        format!(
            "<!DOCTYPE html><html><head><meta name=\"pypi:repository-version\" content=\"1.0\"></head><body>\n{links}</body></html>\n"
        ),
    )
}

/// One wheel or sdist.
fn write_file(path: &Path, artifact: &Artifact) -> io::Result<()> {
    fs::write(path, if artifact.is_wheel() { wheel(artifact)? } else { sdist(artifact)? })
}

fn requirements(artifact: &Artifact) -> Vec<&str> {
    let lines = artifact.requires_dist.as_ref().map_or(&[][..], |dependencies| dependencies.lines());
    lines.iter().map(|line| &**line).collect()
}

fn metadata(artifact: &Artifact) -> String {
    let Artifact { project, version, .. } = artifact;
    let mut text = format!("Metadata-Version: 2.1\nName: {project}\nVersion: {version}\n");
    if let Some(python) = &artifact.requires_python {
        let _ = writeln!(text, "Requires-Python: {python}");
    }
    for extra in extras(artifact) {
        let _ = writeln!(text, "Provides-Extra: {extra}");
    }
    for requirement in requirements(artifact) {
        let _ = writeln!(text, "Requires-Dist: {requirement}");
    }
    text
}

/// Those stated, else those that the requirements' markers speak of.
fn extras(artifact: &Artifact) -> BTreeSet<String> {
    if let Some(stated) = &artifact.provides_extra {
        return stated.iter().map(ToString::to_string).collect();
    }
    requirements(artifact)
        .iter()
        .flat_map(|requirement| requirement.split("extra ==").skip(1))
        .filter_map(|rest| rest.trim().get(1..)?.split(['"', '\'']).next().map(str::to_owned))
        .collect()
}

fn wheel(artifact: &Artifact) -> io::Result<Vec<u8>> {
    let stem = artifact.file_name.trim_end_matches(".whl");
    let mut parts = stem.split('-');
    let name = format!("{}-{}", parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
    let tags: Vec<&str> = stem.rsplitn(4, '-').collect();
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
    let info = format!("{name}.dist-info");
    let wheel = format!("Wheel-Version: 1.0\nGenerator: stub\nRoot-Is-Purelib: true\n{tag_lines}");
    let files = [
        (format!("{}_stub.py", artifact.project.as_str().replace('-', "_")), String::new()),
        (format!("{info}/METADATA"), metadata(artifact)),
        (format!("{info}/WHEEL"), wheel),
    ];
    let record: String =
        files.iter().map(|(path, _)| format!("{path},,\n")).chain([format!("{info}/RECORD,,\n")]).collect();
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    for (path, text) in files.into_iter().chain([(format!("{info}/RECORD"), record)]) {
        // Not compressed: the tests' own code is not optimised, and the files are short.
        archive
            .start_file(path, SimpleFileOptions::default().compression_method(CompressionMethod::Stored))?;
        archive.write_all(text.as_bytes())?;
    }
    Ok(archive.finish()?.into_inner())
}

/// What a stub's `setup.py` looks for instead of compiling: `apt-get install gcc` makes it.
pub(crate) const COMPILER: &str = "/usr/local/sbin/gcc";

/// The `setup.py` of a source archive.
fn setup(artifact: &Artifact) -> String {
    let mut setup =
        String::from("import importlib.metadata, os, sys\nfrom setuptools import setup, Distribution\n");
    let build = artifact.build.as_deref().cloned().unwrap_or_default();
    for import in &build.imports {
        let _ = writeln!(setup, "importlib.metadata.version({import:?})");
    }
    if build.compiles {
        setup += "class Distribution(Distribution):\n    def has_ext_modules(self): return True\n";
        let _ = writeln!(
            setup,
            "if {{'bdist_wheel', 'install'}} & set(sys.argv) and not os.path.exists({COMPILER:?}): sys.exit(\"error: command 'gcc' failed\")"
        );
    }
    let python =
        artifact.requires_python.as_ref().map(|python| format!(", python_requires={:?}", python.to_string()));
    let _ = writeln!(
        setup,
        "setup(name={:?}, version={:?}, py_modules=[], distclass=Distribution, install_requires={:?}{})",
        artifact.project.as_str(),
        artifact.version.to_string(),
        requirements(artifact),
        python.unwrap_or_default(),
    );
    setup
}

/// A source archive with a `setup.py` and no `pyproject.toml`, like those of old projects.
fn sdist(artifact: &Artifact) -> io::Result<Vec<u8>> {
    let folder = artifact.file_name.trim_end_matches(".tar.gz");
    let mut archive =
        tar::Builder::new(flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast()));
    for (name, text) in [("setup.py", setup(artifact)), ("PKG-INFO", metadata(artifact))] {
        let mut header = tar::Header::new_gnu();
        header.set_size(text.len() as u64);
        header.set_mode(0o644);
        archive.append_data(&mut header, format!("{folder}/{name}"), text.as_bytes())?;
    }
    archive.into_inner()?.finish()
}
