//! `COPY`, `ADD` and what `--mount` makes visible.

use std::sync::Arc;

use super::{
    Content, Ending, EndingCause, Entry, FileSystem, MissingFile, Origin, State, Text,
    environments::{copy_environments, package_folders},
    files::{file_name, join, normalize, strip_folder},
    world::World,
};
use crate::{
    index::{Artifact, Index, Known},
    model::{Build, Transfer},
    shell::Pattern,
    syntax::dockerfile::Ignore,
    text::{Listed, Location, Sources},
};

/// Why a file may be in a folder of the context although it is not among those given.
pub(super) const CONTEXT: &str = "the rest of the build context is not among the files given";

/// Why the text of a file in the context is not known.
const NOT_READ: &str = "it is in the build context, but was not read as a text";

/// The build context as a file system: the files given and what else is listed, less what
/// `.dockerignore` keeps out.
pub(super) fn context(sources: &Sources, build: &Build, index: &Index) -> FileSystem {
    let origin = Origin { stage: 0, step: None, call: None };
    let own_ignore = build
        .dockerfile
        .and_then(|file| sources.get(file))
        .and_then(|file| sources.find(&format!("{}.dockerignore", file.path)));
    let ignore = own_ignore.or_else(|| sources.find(".dockerignore"));
    let ignore = Ignore::parse(ignore.map_or("", |file| sources.text(file))).tree;
    let is_kept = |path: &str| ignore.patterns.is_empty() || !ignore.is_ignored(path);
    let listing = sources.listing();
    let mut files = FileSystem::default();
    for (path, listed) in listing.entries.iter().filter(|(path, _)| is_kept(path)) {
        let path = normalize(path, "/");
        let content = match listed {
            Listed::File { bytes } => match artifact_of_file(file_name(&path), index) {
                Some(artifact) => Content::Artifact { artifact, requested_by: Arc::new([]) },
                None if *bytes == Some(0) => Content::Text(Text::unplaced("").into()),
                None => Content::Opaque(NOT_READ.to_owned()),
            },
            Listed::Folder => {
                files.make_folder(&path, origin);
                continue;
            }
            Listed::Unread => {
                files.make_folder(&path, origin);
                files.mark_uncertain(&path, "what is in this folder of the build context was not listed");
                continue;
            }
            Listed::Unknown => {
                files.mark_uncertain(&path, "it is a link out of the build context, or no regular file");
                continue;
            }
        };
        files.insert(&path, Entry::new(content, origin));
    }
    for (id, file) in sources.iter() {
        let path = normalize(&file.path, "/");
        if !is_kept(path.trim_start_matches('/')) {
            continue;
        }
        let artifact = artifact_of_file(file_name(&path), index);
        let content = match artifact {
            Some(artifact) => Content::Artifact { artifact, requested_by: Arc::new([]) },
            None => Content::Text(Text::from_source(id, file).into()),
        };
        let location = Some(Location { file: id, range: sources.whole(id).range });
        files.insert(&path, Entry { content, origin, location });
    }
    if !listing.whole {
        files.unlisted = Some(CONTEXT.to_owned());
    }
    files
}

/// A wheel or sdist by its file name, with what the index knows of it.
pub(super) fn artifact_of_file(name: &str, index: &Index) -> Option<Arc<Artifact>> {
    let stated = Artifact::from_file_name(name, Known::Stated(None))?;
    let known = super::base::known_project(index, &stated.project)
        .and_then(|project| project.releases.get(&stated.version).cloned())
        .and_then(|release| release.artifacts.into_iter().find(|artifact| artifact.file_name == name));
    Some(known.unwrap_or_else(|| Arc::new(stated)))
}

/// What a copy takes from.
pub(super) enum From<'a> {
    /// The build context.
    Context(&'a FileSystem),
    /// A stage as it ends, or an image.
    State(&'a State),
    /// Not known. Says why.
    Unknown(String),
}

/// Whether a copy goes through.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Copied {
    Done,
    /// Some of it is not known.
    Unknown,
    /// BuildKit ends the build.
    Failed,
}

/// Runs `COPY` or `ADD`.
pub(super) fn transfer(world: &mut World<'_>, from: &From<'_>, transfer: &Transfer, is_add: bool) -> Copied {
    let folder = world.state.working_directory.clone();
    let mut destination = normalize(&transfer.destination, &folder);
    let into_folder = transfer.destination.ends_with('/')
        || matches!(transfer.destination.as_str(), "." | "..")
        || transfer.destination.ends_with("/.")
        || transfer.sources.len() + transfer.here_files.len() > 1
        || world.state.files.is_folder(&destination);
    destination = world.state.files.resolve(&destination);
    let origin = world.origin;
    let mut result = Copied::Done;
    for file in &transfer.here_files {
        let path = if into_folder { join(&destination, &file.name) } else { destination.clone() };
        let source_file = transfer_file(world, transfer);
        let text = Text::from_mapped(&file.content, source_file);
        let location = text.lines.first().and_then(|line| line.origin);
        let content = Content::Text(text.into());
        world.state.files.insert(&path, Entry { content, origin, location });
    }
    for (source, location) in &transfer.sources {
        let done = if is_add && is_remote(source) {
            add_remote(world, source, &destination, into_folder, *location);
            Copied::Unknown
        } else {
            copy_one(world, from, transfer, source, *location, &destination, into_folder, is_add)
        };
        result = match (result, done) {
            (Copied::Failed, _) | (_, Copied::Failed) => return Copied::Failed,
            (Copied::Unknown, _) | (_, Copied::Unknown) => Copied::Unknown,
            _ => Copied::Done,
        };
    }
    result
}

fn transfer_file(world: &World<'_>, transfer: &Transfer) -> Option<crate::text::FileId> {
    transfer.sources.first().map(|(_, location)| location.file).or(world.file)
}

fn is_remote(source: &str) -> bool {
    ["http://", "https://", "git@", "git://", "ssh://"].iter().any(|scheme| source.starts_with(scheme))
}

fn add_remote(world: &mut World<'_>, source: &str, destination: &str, into_folder: bool, location: Location) {
    let reason = format!("{source} is fetched when the image is built");
    let repository =
        source.starts_with("git") || source.split('#').next().is_some_and(|url| url.ends_with(".git"));
    if repository {
        world.state.files.make_folder(destination, world.origin);
        world.state.files.mark_uncertain(destination, &reason);
        return;
    }
    let name = source.split(['?', '#']).next().map_or("", file_name);
    let path = if into_folder { join(destination, name) } else { destination.to_owned() };
    let content = match Artifact::from_file_name(name, Known::Stated(Some(location))) {
        Some(artifact) => Content::Artifact { artifact: Arc::new(artifact), requested_by: Arc::new([]) },
        None => Content::Opaque(reason),
    };
    world.state.files.insert(&path, Entry { content, origin: world.origin, location: Some(location) });
}

#[expect(clippy::too_many_arguments, reason = "the parts of one COPY source, each with its own meaning")]
fn copy_one(
    world: &mut World<'_>,
    from: &From<'_>,
    transfer: &Transfer,
    source: &str,
    location: Location,
    destination: &str,
    into_folder: bool,
    is_add: bool,
) -> Copied {
    let files = match from {
        From::Context(files) => *files,
        From::State(state) => &state.files,
        From::Unknown(reason) => {
            unknown_copy(world, source, destination, into_folder, reason, location);
            return Copied::Unknown;
        }
    };
    let in_context = matches!(from, From::Context(_));
    // Sources are seen from the root of what is copied from.
    let pattern = Pattern::new(&normalize(source, "/"));
    let literal = (!pattern.is_pattern()).then(|| pattern.text());
    let paths: Vec<String> = match literal {
        Some(path) => vec![path],
        None => files.glob(&pattern, "/"),
    };
    let found: Vec<&String> = paths
        .iter()
        .filter(|path| files.is_folder(path) || files.resolved(path).is_some() || holds_packages(from, path))
        .collect();
    if found.is_empty() {
        return absent(world, from, source, destination, into_folder, location);
    }
    let excluded = Ignore::parse(&transfer.exclude.join("\n")).tree;
    for path in found {
        let is_folder = files.is_folder(path) || holds_packages(from, path);
        let target = if transfer.parents {
            let kept = match source.split_once("/./") {
                Some((pivot, _)) => strip_folder(path, &normalize(pivot, "/")).unwrap_or(path),
                None => path.trim_start_matches('/'),
            };
            join(destination, kept)
        } else if is_folder || !into_folder {
            destination.to_owned()
        } else {
            join(destination, file_name(path))
        };
        if is_add && !is_folder && is_archive(path) && in_context {
            world.state.files.make_folder(&target, world.origin);
            world.state.files.mark_uncertain(destination, &format!("{path} is unpacked there"));
            continue;
        }
        let origin = world.origin;
        let keep = |rest: &str| !excluded.is_ignored(rest);
        let change = |entry: &Entry| {
            // A wheel stays the work of the run that built it.
            let made_here = in_context || entry.is_folder();
            Entry { origin: if made_here { origin } else { entry.origin }, ..entry.clone() }
        };
        if is_folder {
            world.state.files.make_folder(&target, origin);
        }
        world.state.files.copy_from(files, path, &target, &keep, &change);
        if let (true, true, Some(reason)) = (is_folder, in_context, &files.unlisted) {
            world.state.files.mark_uncertain(&target, reason);
        }
        if is_folder && !holds_packages(from, path) {
            let reason = if in_context { Some(CONTEXT) } else { files.uncertainty(path) };
            if let Some(reason) = reason {
                touch_packages(world, &target, reason, location);
            }
        }
        if let From::State(state) = from {
            copy_environments(state, path, &mut world.state, &target, origin, Some(location));
        }
    }
    Copied::Done
}

/// A folder of packages, or a package in one: known by its environment, not by its files.
fn holds_packages(from: &From<'_>, path: &str) -> bool {
    let From::State(state) = from else { return false };
    state.environments.iter().any(|(root, environment)| {
        package_folders(root, environment)
            .iter()
            .any(|folder| strip_folder(folder, path).is_some() || strip_folder(path, folder).is_some())
    })
}

/// A folder of which not everything is known lands where packages lie: it may hold packages.
fn touch_packages(world: &mut World<'_>, target: &str, reason: &str, location: Location) {
    let target = world.state.files.resolve(target);
    let landed: Vec<String> = world
        .state
        .environments
        .iter()
        .filter(|(root, own)| {
            package_folders(root, own).iter().any(|own| strip_folder(&target, own).is_some())
        })
        .map(|(root, _)| root.clone())
        .collect();
    for root in landed {
        world.state.touch_environment(&root, reason, Some(location));
    }
}

fn is_archive(path: &str) -> bool {
    [".tar", ".tar.gz", ".tgz", ".tar.xz", ".txz", ".tar.bz2"].iter().any(|ending| path.ends_with(ending))
}

/// A source that is not there.
fn absent(
    world: &mut World<'_>,
    from: &From<'_>,
    source: &str,
    destination: &str,
    into_folder: bool,
    location: Location,
) -> Copied {
    let is_pattern = Pattern::new(source).is_pattern();
    match from {
        // BuildKit copies nothing where a pattern matches nothing, and ends the build where a plain
        // path is not there (`AllowEmptyWildcard` of its COPY).
        From::Context(files) if files.doubt(&normalize(source, "/")).is_none() => {
            if is_pattern {
                return Copied::Done;
            }
            let cause = EndingCause::NoSource { path: normalize(source, "/") };
            world.ending = Some(Ending { location: Some(location), cause });
            Copied::Failed
        }
        From::Context(_) => {
            let path = normalize(source, "/").trim_start_matches('/').to_owned();
            world.missing.push(MissingFile { path: path.clone(), location });
            let reason = format!("{path} is not among the files given");
            unknown_copy(world, source, destination, into_folder, &reason, location);
            Copied::Unknown
        }
        From::State(state) => {
            let path = normalize(source, "/");
            let reason = state.files.doubt(&state.files.resolve(&path)).map(str::to_owned);
            match reason {
                Some(reason) => {
                    unknown_copy(world, source, destination, into_folder, &reason, location);
                    Copied::Unknown
                }
                None => {
                    let cause = EndingCause::NoSource { path };
                    world.ending = Some(Ending { location: Some(location), cause });
                    Copied::Failed
                }
            }
        }
        From::Unknown(_) => Copied::Unknown,
    }
}

/// Something unknown lands at the destination.
fn unknown_copy(
    world: &mut World<'_>,
    source: &str,
    destination: &str,
    into_folder: bool,
    reason: &str,
    location: Location,
) {
    let name = file_name(source);
    let is_pattern = source.contains(['*', '?', '[']);
    let looks_like_file = name.contains('.') && !matches!(name, "." | "..") && !is_pattern;
    let origin = world.origin;
    if looks_like_file {
        let path = if into_folder { join(destination, name) } else { destination.to_owned() };
        let content = match Artifact::from_file_name(name, Known::Stated(Some(location))) {
            Some(artifact) => Content::Artifact { artifact: Arc::new(artifact), requested_by: Arc::new([]) },
            None => Content::Opaque(reason.to_owned()),
        };
        world.state.files.insert(&path, Entry { content, origin, location: Some(location) });
        return;
    }
    // A folder or a file: which is not told by its name.
    world.state.files.make_folder(super::files::parent(destination), origin);
    world.state.files.mark_uncertain(destination, reason);
    let packages = |text: &str| {
        ["site-packages", "dist-packages", "venv", ".local", "/usr/local", "/opt/conda", "/install", "/lib"]
            .iter()
            .any(|part| text.contains(part))
            || text == "/usr"
    };
    // What lands where packages lie may be packages.
    let landed: Vec<String> = world
        .state
        .environments
        .iter()
        .filter(|(root, environment)| {
            let folders = package_folders(root, environment);
            let whole = packages(&normalize(source, "/"));
            folders.iter().any(|own| {
                strip_folder(destination, own).is_some()
                    || (whole && strip_folder(own, destination).is_some())
            })
        })
        .map(|(root, _)| root.clone())
        .collect();
    for root in landed {
        world.state.touch_environment(&root, reason, Some(location));
    }
}
