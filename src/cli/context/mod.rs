//! What is judged, from the disk: only what was named, and the folder that it is built in.

mod needed;
mod reading;
mod walk;

use std::{
    collections::HashSet,
    env, fs,
    path::{Component, Path, PathBuf},
};

use reading::read_limited;
pub(super) use reading::{read_catalogue, read_text};

use super::{Failure, arguments::Input};
use crate::{
    model::{Settings, is_dockerfile, lower},
    syntax::dockerfile::Ignore,
    text::{Listed, Listing, SourceFile, Sources},
};

/// The names that a build tool looks for in a folder, in its order: BuildKit's two, then Podman's.
const DEFAULT_NAMES: [&str; 3] = ["Dockerfile", "dockerfile", "Containerfile"];

/// What a Dockerfile from standard input is called.
const STDIN_NAME: &str = "stdin.Dockerfile";

/// The most files in sub-folders that a hint names.
const MOST_HINTS: usize = 5;

/// What was read.
pub(super) struct Context {
    pub(super) sources: Sources,
    pub(super) settings: Settings,
    /// Things worth saying on stderr.
    pub(super) notes: Vec<String>,
    /// The folder that is the context; `None` where a Dockerfile came without one.
    folder: Option<PathBuf>,
    /// Files that were named, by their paths in `sources`; `None` for standard input and pipes.
    named: Vec<(String, Option<PathBuf>)>,
}

impl Context {
    /// Where a file of `sources` lies on the disk.
    pub(super) fn on_disk(&self, path: &str) -> Result<PathBuf, Failure> {
        if let Some((_, named)) = self.named.iter().find(|(name, _)| name == path) {
            let lost =
                || Failure(format!("{path} came through a pipe, so the fix cannot be written into it"));
            return named.clone().ok_or_else(lost);
        }
        let folder = self
            .folder
            .as_ref()
            .ok_or_else(|| Failure(format!("there is no folder to write {path} into")))?;
        let joined = folder.join(path);
        // A link inside the context leads to the file that was read, and that is to be changed.
        Ok(if joined.is_symlink() { fs::canonicalize(&joined).unwrap_or(joined) } else { joined })
    }
}

/// Reads what was named, lists its folder, and reads what of the folder a build may need.
pub(super) fn read(input: &Input) -> Result<Context, Failure> {
    let mut context = Context {
        sources: Sources::default(),
        settings: settings(input),
        notes: Vec::new(),
        folder: None,
        named: Vec::new(),
    };
    let mut dockerfile = input.file.clone();
    if input.path.as_os_str() == "-" {
        dockerfile = Some(input.path.clone());
    } else {
        let kind = fs::metadata(&input.path)
            .map_err(|error| Failure(format!("{}: {error}", input.path.display())))?;
        if kind.is_dir() {
            context.folder = Some(input.path.clone());
        } else if let Some(file) = &input.file {
            let (path, file) = (input.path.display(), file.display());
            return Err(Failure(format!(
                "{path} is not a folder; with -f {file}, name the folder to build in"
            )));
        } else {
            // A pipe or a device lies in no folder of a build.
            if kind.is_file() {
                let parent = input.path.parent().filter(|parent| !parent.as_os_str().is_empty());
                context.folder = Some(parent.unwrap_or(Path::new(".")).to_owned());
            }
            dockerfile = Some(input.path.clone());
        }
    }

    // What is named comes first, whatever else there is.
    if let Some(file) = &dockerfile {
        let path = context.add_named(file)?;
        context.settings.dockerfile = Some(path);
    }
    for file in &input.requirements {
        let path = context.add_named(file)?;
        context.settings.requirements.push(path);
    }
    for file in &input.constraints {
        let path = context.add_named(file)?;
        context.settings.constraints.push(path);
    }
    if let Some(folder) = context.folder.clone() {
        context.read_folder(&folder, input)?;
    }
    context.check_target(input)?;
    Ok(context)
}

impl Context {
    /// Reads a file that the person named, whatever it is, and gives its path in `sources`.
    fn add_named(&mut self, file: &Path) -> Result<String, Failure> {
        let (path, bytes, place) = if file.as_os_str() == "-" {
            (STDIN_NAME.to_owned(), read_limited(&mut std::io::stdin().lock(), "standard input")?, None)
        } else {
            let bytes = read_text(file)?;
            let place = file.is_file().then(|| file.to_owned());
            (self.context_path(file), bytes, place)
        };
        self.add(SourceFile::from_bytes(path.clone(), &bytes));
        self.named.push((path.clone(), place));
        if let Some(ignore) = beside(file).filter(|ignore| ignore.is_file()) {
            let text = read_text(&ignore)?;
            self.add(SourceFile::from_bytes(format!("{path}.dockerignore"), &text));
        }
        Ok(path)
    }

    fn add(&mut self, file: SourceFile) {
        self.sources = std::mem::take(&mut self.sources).with_file(file);
    }

    /// A path as the Dockerfile would name it: relative to the context where it lies in it.
    fn context_path(&self, path: &Path) -> String {
        let absolute = |path: &Path| std::path::absolute(path).map(|path| without_dots(&path));
        let inside = self.folder.as_ref().and_then(|folder| {
            let (folder, path) = (absolute(folder).ok()?, absolute(path).ok()?);
            path.strip_prefix(&folder).map(Path::to_owned).ok()
        });
        let path = inside.unwrap_or_else(|| path.to_owned());
        let parts: Vec<_> = path.components().filter(|part| *part != Component::CurDir).collect();
        let text: PathBuf = parts.into_iter().collect();
        text.to_string_lossy().replace('\\', "/")
    }

    /// Finds the Dockerfile where none was named, lists the folder and reads what may be needed.
    fn read_folder(&mut self, folder: &Path, input: &Input) -> Result<(), Failure> {
        if self.settings.dockerfile.is_none() {
            for name in DEFAULT_NAMES {
                let path = folder.join(name);
                if fs::symlink_metadata(&path).is_err() {
                    continue;
                }
                if !walk::is_inside(folder, &path) {
                    return Err(Failure(format!(
                        "{} is a link that leads out of the folder",
                        path.display()
                    )));
                }
                if !path.is_file() {
                    return Err(Failure(format!(
                        "{} is not a file; name what is to be read by -f",
                        path.display()
                    )));
                }
                let path = self.add_named(&path)?;
                self.settings.dockerfile = Some(path);
                break;
            }
        }
        let own_ignore = self.settings.dockerfile.as_ref().map(|path| format!("{path}.dockerignore"));
        let own_ignore = own_ignore.and_then(|path| self.sources.find(&path));
        if own_ignore.is_none() && folder.join(".dockerignore").is_file() {
            let text = read_text(&folder.join(".dockerignore"))?;
            self.add(SourceFile::from_bytes(".dockerignore", &text));
        }
        let ignore = own_ignore.or_else(|| self.sources.find(".dockerignore"));
        let ignore = Ignore::parse(ignore.map_or("", |file| self.sources.text(file))).tree;
        let found = walk::list(folder, &ignore);
        if !found.is_whole {
            self.notes.push(format!(
                "{} has more than {} files; what is beyond them is not known",
                folder.display(),
                walk::MOST_ENTRIES
            ));
        }
        if self.settings.dockerfile.is_none() {
            self.without_dockerfile(folder, input, &found.files)?;
        }
        for file in needed::read(folder, &found.files, &self.sources) {
            self.add(file);
        }
        let read: HashSet<&str> = self.sources.iter().map(|(_, file)| file.path.as_str()).collect();
        let unread = found.files.into_iter().filter(|path| !read.contains(path.as_str()));
        let entries = unread
            .map(|path| (path, Listed::File { bytes: None }))
            .chain(found.folders.into_iter().map(|path| (path, Listed::Folder)))
            .chain(found.unread.into_iter().map(|path| (path, Listed::Unread)))
            .chain(found.unknown.into_iter().map(|path| (path, Listed::Unknown)));
        let listing = Listing { entries: entries.collect(), whole: found.is_whole };
        self.sources = std::mem::take(&mut self.sources).with_listing(listing);
        Ok(())
    }

    /// Without a Dockerfile in the folder, requirements are judged: those that were named, else the
    /// folder's own. Dockerfiles of sub-folders are told of, and not taken.
    fn without_dockerfile(&mut self, folder: &Path, input: &Input, files: &[String]) -> Result<(), Failure> {
        let others: Vec<&String> = files.iter().filter(|path| is_dockerfile(path)).collect();
        let place = input.path.display();
        let commands = others.iter().take(MOST_HINTS).map(|path| {
            let file = folder.join(path);
            format!("{path} is not looked at; for it: wheelstage check -f {} {place}", file.display())
        });
        self.notes.extend(commands);
        if others.len() > MOST_HINTS {
            self.notes
                .push(format!("there are {} Dockerfiles more in the folder", others.len() - MOST_HINTS));
        }
        if !self.settings.requirements.is_empty() {
            return Ok(());
        }
        if !files.iter().any(|path| path == "requirements.txt") {
            let hint = match others.first() {
                Some(path) => {
                    format!("; there is {path}: wheelstage check -f {} {place}", folder.join(path).display())
                }
                None => String::new(),
            };
            return Err(Failure(format!(
                "{}: there is neither a Dockerfile nor a requirements.txt; name one, or give -r FILE{hint}",
                folder.display()
            )));
        }
        let path = self.add_named(&folder.join("requirements.txt"))?;
        self.settings.requirements.push(path);
        if self.settings.constraints.is_empty() && files.iter().any(|path| path == "constraints.txt") {
            let path = self.add_named(&folder.join("constraints.txt"))?;
            self.settings.constraints.push(path);
        }
        Ok(())
    }

    /// A stage that is asked for has to be there.
    fn check_target(&self, input: &Input) -> Result<(), Failure> {
        let Some(wanted) = &input.target else { return Ok(()) };
        let build = lower(&self.sources, &self.settings);
        let is_it = |stage: &crate::model::Stage| {
            stage.name.as_ref().is_some_and(|name| name.eq_ignore_ascii_case(wanted))
                || wanted.parse() == Ok(stage.index)
        };
        if build.dockerfile.is_some() && build.stages.iter().any(is_it) {
            return Ok(());
        }
        let names: Vec<String> = match build.dockerfile {
            None => Vec::new(),
            Some(_) => build
                .stages
                .iter()
                .map(|stage| stage.name.clone().unwrap_or_else(|| stage.index.to_string()))
                .collect(),
        };
        let there = if names.is_empty() {
            "there are no stages".to_owned()
        } else {
            format!("there are {}", names.join(", "))
        };
        Err(Failure(format!("--target {wanted}: there is no such stage; {there}")))
    }
}

/// The `.dockerignore` that belongs to one Dockerfile lies beside it.
fn beside(file: &Path) -> Option<PathBuf> {
    let name = file.file_name()?.to_string_lossy().into_owned();
    is_dockerfile(&name).then(|| file.with_file_name(format!("{name}.dockerignore")))
}

/// An absolute path without `..`; a link before a `..` is taken for a folder, as people read paths.
fn without_dots(path: &Path) -> PathBuf {
    let mut result = PathBuf::new();
    for part in path.components() {
        match part {
            Component::ParentDir => drop(result.pop()),
            Component::CurDir => {}
            part => result.push(part),
        }
    }
    result
}

fn settings(input: &Input) -> Settings {
    // As docker has it: `K` alone takes K's value from the environment, and none where it has none.
    let args = input.build_args.iter().filter_map(|argument| match argument.split_once('=') {
        Some((name, value)) => Some((name.to_owned(), value.to_owned())),
        None => Some((argument.clone(), env::var(argument).ok()?)),
    });
    Settings {
        python: input.python.clone(),
        pip: input.pip.clone(),
        platform: input.platform.clone(),
        stage: input.target.clone(),
        args: args.collect(),
        ..Settings::default()
    }
}
