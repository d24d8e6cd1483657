//! Programs that bring files from elsewhere: their bytes are not known.

use crate::{
    simulate::{
        Content, Entry,
        files::{file_name, join},
        shell::{Outcome, Shell, Stream},
    },
    syntax::command::Argument,
    text::Location,
};

fn operands<'a>(arguments: &'a [Argument], valued: &[&str]) -> Vec<&'a str> {
    let mut found = Vec::new();
    let mut at = 1;
    while let Some(argument) = arguments.get(at) {
        let text = argument.as_str();
        at += 1;
        if valued.contains(&text) {
            at += 1;
        } else if !text.starts_with('-') || text == "-" {
            found.push(text);
        }
    }
    found
}

/// `curl`, `wget`: a file whose bytes are not known.
pub(super) fn download(
    shell: &mut Shell<'_, '_>,
    arguments: &[Argument],
    place: Option<Location>,
) -> Outcome {
    let wget = arguments.first().is_some_and(|name| file_name(name.as_str()) == "wget");
    let mut addresses = Vec::new();
    let mut outputs: Vec<String> = Vec::new();
    let mut folder = shell.process.folder.clone();
    let mut remote_name = wget;
    let mut at = 1;
    while let Some(text) = arguments.get(at).map(Argument::as_str) {
        at += 1;
        let mut next = || {
            at += 1;
            arguments.get(at - 1).map_or("", Argument::as_str).to_owned()
        };
        match text {
            "-o" if wget => {
                next();
            }
            "-O" if !wget => remote_name = true,
            "-o" | "--output" | "-O" | "--output-document" => outputs.push(next()),
            "-P" | "--directory-prefix" | "--output-dir" => folder = shell.absolute(&next()),
            "--remote-name" | "-J" | "-OJ" => remote_name = true,
            "-H" | "-d" | "-X" | "-u" | "-A" | "-e" | "-b" | "-c" | "-m" | "-w" | "-x" | "-T" | "-t"
            | "-U" | "--header" | "--data" | "--request" | "--user" | "--retry" | "--retry-delay"
            | "--retry-max-time" | "--connect-timeout" | "--max-time" | "--tries" | "--timeout"
            | "--proto" | "--cacert" | "--user-agent" | "--url" | "--waitretry" => {
                // `-c` of wget and `-T` of curl stand alone or not; neither is an address.
                let value = next();
                if value.contains("://") {
                    addresses.push(value);
                }
            }
            option if option.starts_with("--output-document=") || option.starts_with("--output=") => {
                outputs.push(option.split_once('=').map_or("", |(_, value)| value).to_owned());
            }
            option if option.starts_with('-') && option.len() > 1 && !option.starts_with("--") => {
                let letters = option.get(1..).unwrap_or("");
                // Letters in one word: the last may take a value, as in `-fsSLo file`.
                if let Some(path) = letters.split_once('O').filter(|_| wget).map(|(_, path)| path) {
                    outputs.push(if path.is_empty() { next() } else { path.to_owned() });
                } else if letters.contains('O') {
                    remote_name = true;
                } else if letters.ends_with('o') && !wget {
                    outputs.push(next());
                } else if letters.ends_with(['H', 'd', 'X', 'u', 'A']) && !wget {
                    next();
                }
            }
            option if option.starts_with('-') => {}
            address => addresses.push(address.to_owned()),
        }
    }
    let reason = format!("{} is fetched when the image is built", addresses.join(", "));
    let origin = shell.world.origin;
    let mut to_stdout = outputs.iter().any(|path| path == "-" || path == "/dev/stdout");
    let put = |shell: &mut Shell<'_, '_>, path: &str| {
        let content =
            crate::index::Artifact::from_file_name(file_name(path), crate::index::Known::Stated(place))
                .map_or_else(
                    || Content::Opaque(reason.clone()),
                    |artifact| Content::Artifact {
                        artifact: artifact.into(),
                        requested_by: std::sync::Arc::new([]),
                    },
                );
        shell.world.state.files.insert(path, Entry { content, origin, location: place });
    };
    for path in outputs.iter().filter(|path| !matches!(path.as_str(), "-" | "/dev/stdout" | "/dev/null" | ""))
    {
        let path = crate::simulate::files::normalize(path, &folder);
        put(shell, &path);
    }
    if outputs.is_empty() && remote_name {
        for address in &addresses {
            let name = file_name(address.split(['?', '#']).next().unwrap_or(address));
            if !name.is_empty() {
                put(shell, &join(&folder, name));
            }
        }
    } else if outputs.is_empty() {
        to_stdout = true;
    }
    let stdout = if to_stdout { Stream::unknown(reason) } else { Stream::default() };
    Outcome { status: Some(0), stdout, stderr: Stream::default() }
}

/// `git clone` makes a folder whose content is not known; other commands change what is there.
pub(super) fn git(shell: &mut Shell<'_, '_>, arguments: &[Argument], _: Option<Location>) -> Outcome {
    const VALUED: [&str; 12] = [
        "-b",
        "--branch",
        "--depth",
        "-C",
        "-c",
        "--config",
        "-o",
        "--origin",
        "-j",
        "--jobs",
        "--reference",
        "--filter",
    ];
    let words = operands(arguments, &VALUED);
    let mut folder = shell.process.folder.clone();
    if let Some(at) = arguments.iter().position(|argument| argument.as_str() == "-C")
        && let Some(path) = arguments.get(at + 1)
    {
        folder = shell.absolute(path.as_str());
    }
    let unknown = || Stream::unknown("what git prints is not known");
    match words.as_slice() {
        ["clone", address, rest @ ..] => {
            let name = file_name(address).trim_end_matches(".git").to_owned();
            let target = rest.first().map_or(name, |path| (*path).to_owned());
            let target = crate::simulate::files::normalize(&target, &folder);
            let reason = format!("{address} is cloned when the image is built");
            let origin = shell.world.origin;
            shell.world.state.files.make_folder(&target, origin);
            shell.world.state.files.mark_uncertain(&target, &reason);
            Outcome { status: Some(0), ..Outcome::default() }
        }
        ["config" | "init" | "lfs" | "remote" | "add" | "commit" | "gc" | "clean", ..] => {
            Outcome { status: Some(0), stdout: unknown(), ..Outcome::default() }
        }
        [
            "checkout" | "pull" | "fetch" | "submodule" | "reset" | "apply" | "switch" | "restore" | "merge",
            ..,
        ] => {
            shell.world.state.files.mark_uncertain(&folder, "git changes what is in this folder");
            Outcome { status: Some(0), stdout: unknown(), ..Outcome::default() }
        }
        _ => Outcome { status: None, stdout: unknown(), ..Outcome::default() },
    }
}

/// `tar`, `unzip`: a folder whose content is not known.
pub(super) fn unpack(shell: &mut Shell<'_, '_>, arguments: &[Argument], _: Option<Location>) -> Outcome {
    let mut folder = shell.process.folder.clone();
    for (index, argument) in arguments.iter().enumerate() {
        let value = || arguments.get(index + 1).map_or("", Argument::as_str).to_owned();
        let text = argument.as_str();
        if matches!(text, "-C" | "--directory" | "-d") {
            folder = shell.absolute(&value());
        } else if let Some(path) = text.strip_prefix("--directory=") {
            folder = shell.absolute(path);
        }
    }
    let reason = "an archive is unpacked there";
    if folder == "/" || folder == "/usr/local" || folder == "/usr" {
        shell.world.state.files.unlisted.get_or_insert_with(|| reason.to_owned());
    } else {
        shell.world.state.files.mark_uncertain(&folder, reason);
        shell.world.state.files.unlisted.get_or_insert_with(|| reason.to_owned());
    }
    Outcome { status: Some(0), stdout: Stream::unknown(reason), ..Outcome::default() }
}
