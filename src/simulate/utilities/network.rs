//! Programs that bring files from elsewhere: their bytes are not known.

use crate::{
    simulate::{
        Content, Entry,
        files::{file_name, join},
        shell::{Outcome, Shell, Stream},
    },
    syntax::command::{Argument, Placement, Subcommand, Table, parse_options},
    text::Location,
};

const CURL: Table = Table {
    flags: &[
        "remote-name|O|remote-name-all",
        "remote-header-name|J",
        "silent|s",
        "show-error|S",
        "location|L",
        "fail|f|fail-with-body",
        "insecure|k",
        "compressed",
        "create-dirs",
        "progress-bar|#",
        "verbose|v",
        "include|i",
        "head|I",
        "globoff|g",
        "ipv4|4",
        "ipv6|6",
        "no-buffer|N",
        "get|G",
        "tlsv1.2",
        "tlsv1.3",
        "http1.1",
        "http2",
        "retry-connrefused",
        "retry-all-errors",
    ],
    values: &[
        "output|o",
        "output-dir",
        "url",
        "header|H",
        "data|d|data-raw|data-binary|data-urlencode",
        "form|F",
        "request|X",
        "user|u",
        "user-agent|A",
        "referer|e",
        "cookie|b",
        "cookie-jar|c",
        "upload-file|T",
        "write-out|w",
        "proxy|x",
        "max-time|m",
        "connect-timeout",
        "retry",
        "retry-delay",
        "retry-max-time",
        "proto",
        "proto-redir",
        "cacert",
        "cert|E",
        "key",
        "config|K",
        "continue-at|C",
        "range|r",
        "dump-header|D",
        "limit-rate",
        "resolve",
        "netrc-file",
    ],
    variables: &[],
};

const WGET: Table = Table {
    flags: &[
        "quiet|q",
        "verbose|v",
        "continue|c",
        "recursive|r",
        "timestamping|N",
        "no-check-certificate",
        "show-progress",
        "inet4-only|4",
        "content-disposition",
        "retry-connrefused",
        "https-only",
        "spider",
        "server-response|S",
        "background|b",
    ],
    values: &[
        "output-document|O",
        "directory-prefix|P",
        "output-file|o",
        "append-output|a",
        "header",
        "tries|t",
        "timeout|T",
        "connect-timeout",
        "read-timeout",
        "user-agent|U",
        "waitretry",
        "wait|w",
        "user",
        "password",
        "post-data",
        "input-file|i",
        "base|B",
        "level|l",
        "accept|A",
        "reject|R",
        "ca-certificate",
        "limit-rate",
        "progress",
        "execute|e",
    ],
    variables: &[],
};

const GIT: Table = Table {
    flags: &[
        "quiet|q",
        "verbose|v",
        "recursive|recurse-submodules",
        "single-branch",
        "bare",
        "no-checkout|n",
    ],
    values: &[
        "C",
        "config|c",
        "branch|b",
        "depth",
        "origin|o",
        "jobs|j",
        "reference",
        "filter",
        "shallow-since",
        "git-dir",
        "work-tree",
    ],
    variables: &[],
};

/// What unpacks: where to, with the letters of each program that may stand before it in one word.
const TAR: Table = Table {
    flags: &["x|extract", "z|gzip", "j|bzip2", "J|xz", "v|verbose", "p", "k", "c|create", "t|list", "m", "o"],
    values: &[
        "C|directory",
        "f|file",
        "strip-components",
        "strip",
        "exclude",
        "transform",
        "use-compress-program|I",
    ],
    variables: &[],
};

const UNZIP: Table = Table { flags: &["q", "o", "n", "j", "u", "l"], values: &["d"], variables: &[] };

/// `curl`, `wget`: a file whose bytes are not known.
pub(super) fn download(
    shell: &mut Shell<'_, '_>,
    arguments: &[Argument],
    place: Option<Location>,
) -> Outcome {
    let wget = arguments.first().is_some_and(|name| file_name(name.as_str()) == "wget");
    let (table, output, prefix) =
        if wget { (&WGET, "output-document", "directory-prefix") } else { (&CURL, "output", "output-dir") };
    let words = arguments.get(1..).unwrap_or_default();
    let (given, words) = parse_options(&[table], words, Placement::Anywhere, &|_| None);
    let addresses: Vec<String> =
        given.all("url").iter().chain(&words).map(|word| word.as_str().to_owned()).collect();
    let outputs: Vec<String> = given.all(output).iter().map(|word| word.as_str().to_owned()).collect();
    let folder = given
        .last(prefix)
        .map_or_else(|| shell.process.folder.clone(), |folder| shell.absolute(folder.as_str()));
    let remote_name = wget || given.flag("remote-name").on || given.flag("remote-header-name").on;
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
    let call = Subcommand::parse(&GIT, arguments.get(1..).unwrap_or_default(), &[], &|_| None);
    let folder = call
        .given
        .last("C")
        .map_or_else(|| shell.process.folder.clone(), |path| shell.absolute(path.as_str()));
    let words: Vec<&str> = call.words.iter().map(Argument::as_str).collect();
    let unknown = || Stream::unknown("what git prints is not known");
    match (call.name.as_str(), words.as_slice()) {
        ("clone", [address, rest @ ..]) => {
            let name = file_name(address).trim_end_matches(".git").to_owned();
            let target = rest.first().map_or(name, |path| (*path).to_owned());
            let target = crate::simulate::files::normalize(&target, &folder);
            let reason = format!("{address} is cloned when the image is built");
            let origin = shell.world.origin;
            shell.world.state.files.make_folder(&target, origin);
            shell.world.state.files.mark_uncertain(&target, &reason);
            Outcome { status: Some(0), ..Outcome::default() }
        }
        ("config" | "init" | "lfs" | "remote" | "add" | "commit" | "gc" | "clean", _) => {
            Outcome { status: Some(0), stdout: unknown(), ..Outcome::default() }
        }
        (
            "checkout" | "pull" | "fetch" | "submodule" | "reset" | "apply" | "switch" | "restore" | "merge",
            _,
        ) => {
            shell.world.state.files.mark_uncertain(&folder, "git changes what is in this folder");
            Outcome { status: Some(0), stdout: unknown(), ..Outcome::default() }
        }
        _ => Outcome { status: None, stdout: unknown(), ..Outcome::default() },
    }
}

/// `tar`, `unzip`: a folder whose content is not known.
pub(super) fn unpack(shell: &mut Shell<'_, '_>, arguments: &[Argument], _: Option<Location>) -> Outcome {
    let name = arguments.first().map_or("", |name| file_name(name.as_str()));
    let table = if name == "unzip" { &UNZIP } else { &TAR };
    let words = arguments.get(1..).unwrap_or_default();
    let (given, words) = parse_options(&[table], words, Placement::Anywhere, &|_| None);
    // `7z x a.7z -o/opt` has the folder in one word.
    let inline = words.iter().chain(&given.unknown).find_map(|word| word.as_str().strip_prefix("-o"));
    let folder = given.last("C").or_else(|| given.last("d"));
    let folder = folder.as_ref().map(Argument::as_str).or(inline.filter(|_| name == "7z"));
    let folder = folder.map_or_else(|| shell.process.folder.clone(), |folder| shell.absolute(folder));
    let reason = "an archive is unpacked there";
    if folder == "/" || folder == "/usr/local" || folder == "/usr" {
        shell.world.state.files.unlisted.get_or_insert_with(|| reason.to_owned());
    } else {
        shell.world.state.files.mark_uncertain(&folder, reason);
        shell.world.state.files.unlisted.get_or_insert_with(|| reason.to_owned());
    }
    Outcome { status: Some(0), stdout: Stream::unknown(reason), ..Outcome::default() }
}
