//! Programs that copy, move, remove and make files.

use crate::{
    budget::{NAME_MAX, PATH_TOO_LONG},
    simulate::{
        Content, Entry, Lookup, Text,
        environments::{copy_environments, remove_environments},
        files::{file_name, is_too_long, join, normalize, parent, strip_folder},
        shell::{Outcome, Shell, Stream},
    },
    syntax::command::Argument,
    text::Location,
};

/// Options and operands of a call; `valued` options take the next word.
struct Arguments<'a> {
    letters: String,
    long: Vec<&'a str>,
    values: Vec<(&'a str, &'a str)>,
    operands: Vec<&'a str>,
}

impl<'a> Arguments<'a> {
    fn read(arguments: &'a [Argument], valued: &[&str]) -> Self {
        let mut read =
            Self { letters: String::new(), long: Vec::new(), values: Vec::new(), operands: Vec::new() };
        let mut at = 1;
        let mut only_operands = false;
        while let Some(text) = arguments.get(at).map(Argument::as_str) {
            at += 1;
            if only_operands || !text.starts_with('-') || text == "-" {
                read.operands.push(text);
            } else if text == "--" {
                only_operands = true;
            } else if valued.contains(&text) {
                read.values.push((text, arguments.get(at).map_or("", Argument::as_str)));
                at += 1;
            } else if let Some(option) = text.strip_prefix("--") {
                match option.split_once('=') {
                    Some((name, value)) => read.values.push((name, value)),
                    None => read.long.push(option),
                }
            } else {
                read.letters.push_str(text.get(1..).unwrap_or(""));
            }
        }
        read
    }

    fn has(&self, letters: &[char], long: &str) -> bool {
        self.letters.contains(letters) || self.long.contains(&long)
    }

    fn value(&self, names: &[&str]) -> Option<&'a str> {
        self.values.iter().find(|(name, _)| names.contains(name)).map(|(_, value)| *value)
    }
}

/// Where each source goes: into the target where that is a folder.
fn targets<'a>(shell: &Shell<'_, '_>, read: &Arguments<'a>) -> Result<(Vec<&'a str>, String, bool), Outcome> {
    if let Some(folder) = read.value(&["-t", "target-directory"]) {
        return Ok((read.operands.clone(), shell.absolute(folder), true));
    }
    let Some((target, sources)) = read.operands.split_last().filter(|(_, sources)| !sources.is_empty())
    else {
        return Err(Outcome::failed(1));
    };
    let path = shell.absolute(target);
    let into = !read.has(&['T'], "no-target-directory") && shell.world.state.files.is_folder(&path);
    if sources.len() > 1 && !into && shell.world.state.files.uncertainty(&path).is_none() {
        return Err(Outcome::failed(1));
    }
    Ok((sources.to_vec(), path, into || target.ends_with('/') || sources.len() > 1))
}

pub(super) fn cp(shell: &mut Shell<'_, '_>, arguments: &[Argument], place: Option<Location>) -> Outcome {
    let read = Arguments::read(arguments, &["-t", "-S"]);
    let recursive = read.has(&['r', 'R', 'a'], "recursive") || read.long.contains(&"archive");
    copy(shell, &read, recursive, false, place)
}

/// `install -D source target`, `install -d folder`.
pub(super) fn install(shell: &mut Shell<'_, '_>, arguments: &[Argument], place: Option<Location>) -> Outcome {
    let read = Arguments::read(arguments, &["-m", "-o", "-g", "-t", "--mode", "--owner", "--group"]);
    if read.has(&['d'], "directory") {
        for folder in &read.operands {
            let folder = shell.absolute(folder);
            let origin = shell.world.origin;
            shell.world.state.files.make_folder(&folder, origin);
        }
        return Outcome::status(0);
    }
    copy(shell, &read, false, false, place)
}

pub(super) fn mv(shell: &mut Shell<'_, '_>, arguments: &[Argument], place: Option<Location>) -> Outcome {
    copy(shell, &Arguments::read(arguments, &["-t", "-S"]), true, true, place)
}

fn copy(
    shell: &mut Shell<'_, '_>,
    read: &Arguments<'_>,
    recursive: bool,
    moves: bool,
    place: Option<Location>,
) -> Outcome {
    let (sources, target, into) = match targets(shell, read) {
        Ok(targets) => targets,
        Err(outcome) => return outcome,
    };
    let no_clobber = read.has(&['n'], "no-clobber");
    let mut status = Some(0);
    for source in sources {
        let from = shell.absolute(source);
        let files = &shell.world.state.files;
        let is_folder = files.is_folder(&from);
        if !is_folder && files.resolved(&from).is_none() && !files.entries.contains_key(&from) {
            match unknown_reason(shell, &from) {
                Some(reason) => {
                    status = status.and(None);
                    land_unknown(shell, source, &target, into, &reason, place);
                }
                None => status = Some(1),
            }
            continue;
        }
        if is_folder && !recursive {
            status = Some(1);
            continue;
        }
        // `cp -r a/. b` copies what is in it.
        let contents = source.ends_with("/.") || source == ".";
        let to =
            if into && !(contents && is_folder) { join(&target, file_name(&from)) } else { target.clone() };
        let to = shell.world.state.files.resolve(&to);
        if no_clobber && shell.world.state.files.resolved(&to).is_some() && !is_folder {
            continue;
        }
        if strip_folder(&to, &from).is_some() {
            status = if to == from { Some(1) } else { status };
            continue;
        }
        let before = shell.world.state.clone();
        let origin = shell.world.origin;
        // A moved or copied wheel stays the work of the run that built it.
        let change = |entry: &Entry| match &entry.content {
            Content::Artifact { .. } => entry.clone(),
            _ => Entry { origin, ..entry.clone() },
        };
        shell.world.state.files.copy_from(&before.files, &from, &to, &|_| true, &change);
        copy_environments(&before, &from, &mut shell.world.state, &to, origin, place);
        if moves {
            remove_environments(&mut shell.world.state, &from);
            shell.world.state.files.remove(&from);
        }
    }
    Outcome { status, ..Outcome::default() }
}

/// Why a path that is not listed may be there.
fn unknown_reason(shell: &Shell<'_, '_>, path: &str) -> Option<String> {
    let files = &shell.world.state.files;
    files.doubt(&files.resolve(path)).map(str::to_owned)
}

fn land_unknown(
    shell: &mut Shell<'_, '_>,
    source: &str,
    target: &str,
    into: bool,
    reason: &str,
    place: Option<Location>,
) {
    let path = if into { join(target, file_name(source)) } else { target.to_owned() };
    let path = shell.world.state.files.resolve(&path);
    if shell.world.state.files.is_folder(&path) {
        shell.world.state.files.mark_uncertain(&path, reason);
        return;
    }
    let origin = shell.world.origin;
    let entry = Entry { content: Content::Opaque(reason.to_owned()), origin, location: place };
    shell.world.state.files.insert(&path, entry);
}

pub(super) fn rsync(shell: &mut Shell<'_, '_>, arguments: &[Argument], place: Option<Location>) -> Outcome {
    let read = Arguments::read(arguments, &["--exclude", "--include", "-e"]);
    let Some((target, _)) = read.operands.split_last() else { return Outcome::failed(1) };
    let target = shell.absolute(target);
    let reason = "rsync is not modelled";
    shell.skip(place, reason, false);
    let origin = shell.world.origin;
    shell.world.state.files.make_folder(&target, origin);
    shell.world.state.files.mark_uncertain(&target, reason);
    Outcome { status: Some(0), ..Outcome::unknown(reason) }
}

pub(super) fn rm(shell: &mut Shell<'_, '_>, arguments: &[Argument], _: Option<Location>) -> Outcome {
    let read = Arguments::read(arguments, &[]);
    let recursive = read.has(&['r', 'R'], "recursive");
    let force = read.has(&['f'], "force");
    let mut status = Some(0);
    for path in &read.operands {
        let path = shell.world.state.files.resolve_parent(&shell.absolute(path));
        let Some(entry) = shell.world.state.files.entries.get(&path) else {
            if shell.world.state.files.doubt(&path).is_none() && !force {
                status = Some(1);
            } else if !force {
                status = status.and(None);
            }
            continue;
        };
        if entry.is_folder() && !recursive {
            status = Some(1);
            continue;
        }
        remove_environments(&mut shell.world.state, &path);
        shell.world.state.files.remove(&path);
    }
    Outcome { status, ..Outcome::default() }
}

pub(super) fn rmdir(shell: &mut Shell<'_, '_>, arguments: &[Argument], _: Option<Location>) -> Outcome {
    let read = Arguments::read(arguments, &[]);
    for path in &read.operands {
        let path = shell.absolute(path);
        if shell.world.state.files.children(&path).next().is_some() {
            return Outcome::failed(1);
        }
        shell.world.state.files.remove(&path);
    }
    Outcome::status(0)
}

pub(super) fn mkdir(shell: &mut Shell<'_, '_>, arguments: &[Argument], place: Option<Location>) -> Outcome {
    let read = Arguments::read(arguments, &["-m", "--mode"]);
    let parents = read.has(&['p'], "parents");
    let mut status = Some(0);
    for folder in &read.operands {
        let path = shell.absolute(folder);
        if path.split('/').any(|name| name.len() > NAME_MAX) {
            status = Some(1);
            continue;
        }
        // GNU's `mkdir -p` steps down folder by folder and gets there, others do not.
        if is_too_long(&path) {
            shell.skip(place, PATH_TOO_LONG, false);
            shell.world.state.files.lose(&path);
            status = status.filter(|status| *status != 0);
            continue;
        }
        let files = &shell.world.state.files;
        let above = files.lookup(parent(&path));
        let there = files.resolved(&path).is_some();
        if !parents && (there || !files.is_folder(parent(&path)) && !matches!(above, Lookup::Unknown(_))) {
            status = Some(1);
            continue;
        }
        if !parents && matches!(above, Lookup::Unknown(_)) && status == Some(0) {
            status = None;
        }
        let origin = shell.world.origin;
        shell.world.state.files.make_folder(&path, origin);
    }
    Outcome { status, ..Outcome::status(0) }
}

pub(super) fn touch(shell: &mut Shell<'_, '_>, arguments: &[Argument], place: Option<Location>) -> Outcome {
    let read = Arguments::read(arguments, &["-r", "-d", "-t"]);
    for path in &read.operands {
        let path = shell.world.state.files.resolve(&shell.absolute(path));
        let files = &shell.world.state.files;
        if files.resolved(&path).is_some() {
            continue;
        }
        let content = match files.uncertainty(&path) {
            Some(reason) => Content::Opaque(reason.to_owned()),
            None => Content::Text(Text::default().into()),
        };
        let origin = shell.world.origin;
        shell.world.state.files.insert(&path, Entry { content, origin, location: place });
    }
    Outcome::status(0)
}

pub(super) fn truncate(
    shell: &mut Shell<'_, '_>,
    arguments: &[Argument],
    place: Option<Location>,
) -> Outcome {
    let read = Arguments::read(arguments, &["-s", "--size"]);
    let empties = read.value(&["-s", "--size", "size"]) == Some("0") || read.letters.ends_with('0');
    for path in &read.operands {
        let path = shell.absolute(path);
        let content = if empties {
            Content::Text(Text::default().into())
        } else {
            Content::Opaque("truncate changed its size".to_owned())
        };
        let origin = shell.world.origin;
        shell.world.state.files.insert(&path, Entry { content, origin, location: place });
    }
    Outcome::status(0)
}

pub(super) fn ln(shell: &mut Shell<'_, '_>, arguments: &[Argument], place: Option<Location>) -> Outcome {
    let read = Arguments::read(arguments, &["-t", "-S"]);
    let symbolic = read.has(&['s'], "symbolic");
    let force = read.has(&['f'], "force");
    let keeps_link = read.has(&['n', 'T'], "no-dereference");
    let (sources, target) = match (read.value(&["-t"]), read.operands.split_last()) {
        (Some(folder), _) => (read.operands.clone(), folder),
        (None, Some((source, []))) => (vec![*source], "."),
        (None, Some((target, sources))) => (sources.to_vec(), *target),
        (None, None) => return Outcome::failed(1),
    };
    let target = shell.absolute(target);
    for source in sources {
        let into = !keeps_link && shell.world.state.files.is_folder(&target);
        let path = if into { join(&target, file_name(source)) } else { target.clone() };
        let path = shell.world.state.files.resolve_parent(&path);
        if shell.world.state.files.entries.contains_key(&path) && !force {
            return Outcome::failed(1);
        }
        let origin = shell.world.origin;
        if symbolic {
            // A relative link is seen from its own folder.
            let leads = normalize(source, parent(&path));
            shell.world.state.files.remove(&path);
            shell
                .world
                .state
                .files
                .insert(&path, Entry { content: Content::Link(leads), origin, location: place });
        } else if let Some(entry) = shell.world.state.files.resolved(&shell.absolute(source)).cloned() {
            shell.world.state.files.insert(&path, entry);
        }
    }
    Outcome::status(0)
}

/// `mktemp`: a name that is made up here.
pub(super) fn mktemp(shell: &mut Shell<'_, '_>, arguments: &[Argument], _: Option<Location>) -> Outcome {
    let read = Arguments::read(arguments, &["-p", "--suffix"]);
    let origin = shell.world.origin;
    let number = (0..1_000)
        .find(|number| !shell.world.state.files.entries.contains_key(&format!("/tmp/tmp.{number}")));
    let path = format!("/tmp/tmp.{}", number.unwrap_or(0));
    if read.has(&['d'], "directory") {
        shell.world.state.files.make_folder(&path, origin);
    } else {
        shell.world.state.files.insert(&path, Entry::new(Content::Text(Text::default().into()), origin));
    }
    Outcome::line(path)
}

/// `ls folder`: the names in it.
pub(super) fn ls(shell: &mut Shell<'_, '_>, arguments: &[Argument], _: Option<Location>) -> Outcome {
    let read = Arguments::read(arguments, &[]);
    if read.letters.contains(['l', 'R', 'a', 'd', 'A', 't', 'r']) {
        return Outcome { status: Some(0), ..Outcome::unknown("this form of ls is not modelled") };
    }
    let operands = if read.operands.is_empty() { vec!["."] } else { read.operands.clone() };
    let mut names = Vec::new();
    for operand in &operands {
        let path = shell.absolute(operand);
        let files = &shell.world.state.files;
        if let Some(reason) = files.uncertainty(&files.resolve(&path)) {
            return Outcome { status: None, stdout: Stream::unknown(reason), ..Outcome::default() };
        }
        if files.is_folder(&path) {
            if operands.len() > 1 {
                return Outcome { status: Some(0), ..Outcome::unknown("this form of ls is not modelled") };
            }
            names.extend(
                files
                    .children(&files.resolve(&path))
                    .map(|(path, _)| file_name(path).to_owned())
                    .filter(|name| !name.starts_with('.')),
            );
        } else if files.resolved(&path).is_some() {
            names.push((*operand).to_owned());
        } else {
            return Outcome::failed(2);
        }
    }
    Outcome::printed(Text::from_lines(names.into_iter().map(crate::simulate::TextLine::unplaced).collect()))
}
