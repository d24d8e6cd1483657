//! A build context from the disk.

use std::{
    fs,
    path::{Path, PathBuf},
};

use super::{Failure, arguments::Input};
use crate::{
    model::Settings,
    text::{SourceFile, Sources},
};

/// The largest file that is read: nothing that people write by hand comes near.
const MAX_FILE: u64 = 4 << 20;

/// The most files that are read: further ones count as there, with unknown content.
const MAX_FILES: usize = 2_000;

/// Folders of a context that no build wants and that are large.
const PASSED_OVER: [&str; 4] = [".git", "node_modules", "__pycache__", ".venv"];

/// What was read.
pub(super) struct Context {
    pub(super) sources: Sources,
    pub(super) settings: Settings,
    /// Things worth saying on stderr.
    pub(super) notes: Vec<String>,
}

/// The folder that paths in reports are relative to.
pub(super) fn folder(input: &Input) -> Result<PathBuf, Failure> {
    let path = &input.path;
    let kind = fs::metadata(path).map_err(|error| Failure(format!("{}: {error}", path.display())))?;
    if kind.is_dir() {
        return Ok(path.clone());
    }
    let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty());
    Ok(parent.unwrap_or(Path::new(".")).to_owned())
}

/// Reads a Dockerfile and its context, or the requirements files that stand alone.
pub(super) fn read(input: &Input) -> Result<Context, Failure> {
    let folder = folder(input)?;
    let mut notes = Vec::new();
    let mut settings = settings(input)?;
    let dockerfile = if input.path.is_file() { Some(input.path.clone()) } else { None };
    let mut sources = Sources::default();
    let mut paths = Vec::new();
    collect(&folder, &mut paths);
    paths.sort();
    if paths.len() > MAX_FILES {
        notes.push(format!("{} has more than {MAX_FILES} files; the rest is passed over", folder.display()));
        paths.truncate(MAX_FILES);
    }
    for path in paths {
        sources = add(sources, &folder, &path)?;
    }
    if let Some(dockerfile) = dockerfile {
        settings.dockerfile = Some(context_path(&folder, &dockerfile));
        sources = add(sources, &folder, &dockerfile)?;
    }
    for file in input.requirements.iter().chain(&input.constraints) {
        sources = add(sources, &folder, file)?;
    }
    settings.requirements = input.requirements.iter().map(|path| context_path(&folder, path)).collect();
    settings.constraints = input.constraints.iter().map(|path| context_path(&folder, path)).collect();
    let named = settings.dockerfile.as_deref().unwrap_or("Dockerfile");
    if sources.find(named).is_none()
        && sources.find("requirements.txt").is_none()
        && input.requirements.is_empty()
    {
        return Err(Failure(format!(
            "{}: there is neither a Dockerfile nor a requirements.txt; name one, or give -r FILE",
            folder.display()
        )));
    }
    Ok(Context { sources, settings, notes })
}

fn settings(input: &Input) -> Result<Settings, Failure> {
    let mut settings = Settings {
        python: input.python.clone(),
        pip: input.pip.clone(),
        platform: input.platform.clone(),
        stage: input.target.clone(),
        ..Settings::default()
    };
    for argument in &input.build_args {
        let Some((name, value)) = argument.split_once('=') else {
            return Err(Failure(format!("--build-arg {argument}: write it as KEY=VALUE")));
        };
        settings.args.insert(name.to_owned(), value.to_owned());
    }
    Ok(settings)
}

fn add(sources: Sources, folder: &Path, path: &Path) -> Result<Sources, Failure> {
    let bytes = fs::read(path).map_err(|error| Failure(format!("{}: {error}", path.display())))?;
    Ok(sources.with_file(SourceFile::from_bytes(context_path(folder, path), &bytes)))
}

/// A path as the Dockerfile would name it.
fn context_path(folder: &Path, path: &Path) -> String {
    let inside = path.strip_prefix(folder).unwrap_or(path);
    let parts: Vec<String> =
        inside.components().map(|part| part.as_os_str().to_string_lossy().into_owned()).collect();
    parts.join("/").trim_start_matches("./").to_owned()
}

/// Text files of a folder, those of folders in it too. What cannot be listed is not there.
fn collect(folder: &Path, paths: &mut Vec<PathBuf>) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for entry in entries.filter_map(Result::ok) {
        let (path, name) = (entry.path(), entry.file_name());
        let Ok(kind) = entry.file_type() else { continue };
        if kind.is_dir() && !PASSED_OVER.iter().any(|passed| name == *passed) && paths.len() <= MAX_FILES {
            collect(&path, paths);
        } else if kind.is_file()
            && entry.metadata().is_ok_and(|data| data.len() <= MAX_FILE)
            && is_read(&path)
        {
            paths.push(path);
        }
    }
}

/// Files whose text or presence a build with Python packages depends on.
fn is_read(path: &Path) -> bool {
    let name = path.file_name().map(|name| name.to_string_lossy().to_lowercase()).unwrap_or_default();
    let has_ending = |endings: &[&str]| endings.iter().any(|ending| name.ends_with(ending));
    has_ending(&[
        ".txt",
        ".in",
        ".toml",
        ".cfg",
        ".lock",
        ".sh",
        ".whl",
        ".tar.gz",
        ".conf",
        "setup.py",
        ".dockerignore",
    ]) || name.contains("dockerfile")
        || name.contains("requirements")
        || name == "makefile"
}
