//! Package managers of distributions, downloads, and questions about the machine.

use crate::{
    model::Distribution,
    model::EnvironmentKind,
    pep508::{Machine, PythonVersion},
    simulate::{
        Content, Entry, Environment, Program, ProgramKind,
        environments::distribution_python,
        files::{file_name, join},
        shell::{Field, Outcome, Shell, Stream},
    },
    syntax::command::Argument,
    text::Location,
};

pub(super) fn is_package_manager(name: &str) -> bool {
    matches!(
        name,
        "apt-get" | "apt" | "aptitude" | "apk" | "yum" | "dnf" | "microdnf" | "zypper" | "pacman" | "tdnf"
    )
}

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

/// `apt-get install`, `apt-get remove`.
pub(super) fn apt(shell: &mut Shell<'_, '_>, arguments: &[Argument], place: Option<Location>) -> Outcome {
    let words = operands(arguments, &["-o", "-t", "-c", "--target-release", "--option"]);
    note_compiler(shell, &words);
    match words.split_first() {
        Some((&"install" | &"satisfy" | &"build-dep", packages)) => {
            // `python3-*` may bring anything; `package=version` and `package/suite` name the package.
            for package in packages {
                let name = package.split(['=', '/', ':']).next().unwrap_or(package);
                debian_package(shell, name, place);
            }
        }
        Some((&"remove" | &"purge" | &"autoremove", packages)) => removed(shell, packages, place),
        _ => {}
    }
    printed(Some(0))
}

fn printed(status: Option<i32>) -> Outcome {
    Outcome {
        status,
        stdout: Stream::unknown("what a package manager prints is not known"),
        stderr: Stream::default(),
    }
}

fn debian_package(shell: &mut Shell<'_, '_>, name: &str, place: Option<Location>) {
    let has_own = |name: &str| {
        matches!(
            name,
            "python3"
                | "python3-minimal"
                | "python3-dev"
                | "python3-venv"
                | "python3-full"
                | "python3-distutils"
                | "python-is-python3"
                | "libpython3-dev"
                | "python3-dbg"
                | "python3-lib2to3"
                | "python3-tk"
                | "python3-gdbm"
                | "python3-doc"
        )
    };
    match name {
        "python3-pip" | "python3-setuptools" | "python3-wheel" | "python3-pip-whl" => {
            add_own(shell, name == "python3-pip");
        }
        "python-is-python3" => {
            add_own(shell, false);
            let program = Program { kind: ProgramKind::Python, environment: "/usr".to_owned() };
            let entry = Entry::new(Content::Program(program), shell.world.origin);
            shell.world.state.files.insert("/usr/bin/python", entry);
        }
        "virtualenv" | "python3-virtualenv" => add_own(shell, false),
        "pipx" | "pipenv" => add_own(shell, false),
        name if has_own(name) => add_own(shell, false),
        name => {
            if let Some(version) = versioned_python(name) {
                add_versioned(shell, version);
            } else if name.starts_with("python3-")
                || name.starts_with("python-")
                || name.starts_with("python2")
            {
                add_own(shell, false);
                let reason = format!("{name} puts Python packages there");
                distribution_touched(shell, &reason, place);
            }
        }
    }
}

/// Whether a C compiler comes, or may go, with the packages that `words` install or remove.
fn note_compiler(shell: &mut Shell<'_, '_>, words: &[&str]) {
    /// Packages that are, or depend on, a C compiler (Debian, Alpine, Fedora).
    const COMPILERS: [&str; 8] =
        ["build-essential", "build-base", "alpine-sdk", "gcc", "g++", "gcc-c++", "clang", "gfortran"];
    let Some((action, packages)) = words.split_first() else { return };
    let is_compiler = |package: &&str| {
        let name = package.split(['=', '/', ':', '~', '<', '>', '@']).next().unwrap_or(package);
        let stem = name.trim_end_matches(|c: char| c.is_ascii_digit() || c == '-' || c == '.');
        COMPILERS.contains(&name) || COMPILERS.contains(&stem)
    };
    let compiler = &mut shell.world.state.compiler;
    match *action {
        "install" | "satisfy" | "add" | "in" | "-S" | "-Sy" if packages.iter().any(is_compiler) => {
            *compiler = Some(true);
        }
        // What the package is built with, and groups of packages, are not listed here.
        "build-dep" | "groupinstall" | "group" => *compiler = None,
        // A virtual package of Alpine's takes what was added with it.
        "remove" | "purge" | "autoremove" | "del" | "erase" if *compiler == Some(true) => *compiler = None,
        _ => {}
    }
}

fn add_own(shell: &mut Shell<'_, '_>, pip: bool) {
    let origin = shell.world.origin;
    // The tools for packages know the index; here only the versions count.
    distribution_python(&mut shell.world.state, pip, &crate::index::Index::empty(), origin);
}

/// `python3.11`, `python3.11-dev`: another Python beside the distribution's own.
fn versioned_python(name: &str) -> Option<PythonVersion> {
    let rest = name.strip_prefix("python3.")?;
    let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
    let (minor, behind) = rest.split_at_checked(digits)?;
    let known = matches!(
        behind,
        "" | "-dev" | "-venv" | "-minimal" | "-distutils" | "-full" | "-lib2to3" | "-tk" | "-dbg"
    );
    known.then_some(PythonVersion { major: 3, minor: minor.parse().ok()?, patch: None })
}

fn add_versioned(shell: &mut Shell<'_, '_>, version: PythonVersion) {
    let own = shell.world.state.distribution.python();
    if own.is_some_and(|own| own.version == (version.major, version.minor)) {
        add_own(shell, false);
        return;
    }
    let origin = shell.world.origin;
    let name = format!("python{}.{}", version.major, version.minor);
    let root = format!("/usr/lib/{name}");
    let state = &mut shell.world.state;
    state
        .environments
        .entry(root.clone())
        .or_insert_with(|| Environment::new(EnvironmentKind::System, Some(version), origin));
    let program = Program { kind: ProgramKind::Python, environment: root };
    state.files.insert(&join("/usr/bin", &name), Entry::new(Content::Program(program), origin));
}

fn distribution_touched(shell: &mut Shell<'_, '_>, reason: &str, place: Option<Location>) {
    if shell.world.state.environments.contains_key("/usr") {
        shell.world.state.touch_environment("/usr", reason, place);
        shell.skip(place, reason, true);
    } else if shell.world.state.distribution == Distribution::Unknown {
        shell.world.touch_everything(reason, place);
        shell.skip(place, reason, true);
    }
}

fn removed(shell: &mut Shell<'_, '_>, packages: &[&str], place: Option<Location>) {
    if packages.iter().any(|package| package.starts_with("python3") || *package == "python") {
        distribution_touched(shell, "packages of the distribution's Python are removed", place);
    }
}

/// Alpine's `apk add`.
pub(super) fn apk(shell: &mut Shell<'_, '_>, arguments: &[Argument], place: Option<Location>) -> Outcome {
    let words = operands(arguments, &["-t", "--virtual", "-X", "--repository", "-p", "--root"]);
    note_compiler(shell, &words);
    match words.split_first() {
        Some((&"add", packages)) => {
            for package in packages {
                let name = package.split(['=', '~', '<', '>', '@']).next().unwrap_or(package);
                match name {
                    "python3" | "python3-dev" | "python3-tkinter" => add_own(shell, false),
                    "py3-pip" => add_own(shell, true),
                    "py3-setuptools" | "py3-wheel" | "py3-virtualenv" => add_own(shell, false),
                    name if name.starts_with("py3-") => {
                        add_own(shell, false);
                        distribution_touched(shell, &format!("{name} puts Python packages there"), place);
                    }
                    _ => {}
                }
            }
        }
        Some((&"del", packages)) => removed(shell, packages, place),
        _ => {}
    }
    printed(Some(0))
}

/// Package managers whose Python is not modelled.
pub(super) fn other_packages(
    shell: &mut Shell<'_, '_>,
    arguments: &[Argument],
    place: Option<Location>,
) -> Outcome {
    let words = operands(arguments, &["-c", "--enablerepo", "--disablerepo"]);
    note_compiler(shell, &words);
    let python = words.iter().any(|word| word.starts_with("python") || word.starts_with("pip"));
    let installs = words.iter().any(|word| matches!(*word, "install" | "-S" | "-Sy" | "in"));
    if python && installs {
        let name = arguments.first().map_or("", Argument::as_str);
        let reason = format!("the Python that {name} installs is not modelled");
        shell.skip(place, &reason, true);
        shell.world.touch_everything(&reason, place);
    }
    printed(Some(0))
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

/// `uname -m`, `dpkg --print-architecture`.
pub(super) fn machine(shell: &mut Shell<'_, '_>, arguments: &[Argument], _: Option<Location>) -> Outcome {
    let machine = shell.world.state.platform.machine();
    let name = arguments.first().map_or("", |name| file_name(name.as_str()));
    let option = arguments.get(1).map_or("", Argument::as_str);
    let kernel = match machine {
        Machine::X86_64 => "x86_64",
        Machine::Aarch64 => "aarch64",
    };
    let debian = match machine {
        Machine::X86_64 => "amd64",
        Machine::Aarch64 => "arm64",
    };
    match (name, option) {
        ("uname", "-m" | "-p" | "-i" | "--machine") | ("arch", _) => Outcome::line(kernel),
        ("uname", "" | "-s") => Outcome::line("Linux"),
        ("dpkg", "--print-architecture") => Outcome::line(debian),
        ("dpkg", "-i" | "--install" | "--configure" | "--add-architecture" | "-r" | "-P") => printed(Some(0)),
        ("nproc", _) => {
            Outcome { status: Some(0), ..Outcome::unknown("the number of processors is not known") }
        }
        _ => printed(None),
    }
}

/// `whoami`, `id -u`.
pub(super) fn user(shell: &mut Shell<'_, '_>, arguments: &[Argument], _: Option<Location>) -> Outcome {
    let name = arguments.first().map_or("", |name| file_name(name.as_str()));
    let root = matches!(shell.world.state.user.as_str(), "root" | "0" | "");
    match (name, arguments.get(1).map_or("", Argument::as_str), arguments.len()) {
        ("whoami", ..) => {
            Outcome::line(if root { "root".to_owned() } else { shell.world.state.user.clone() })
        }
        ("id", "-u" | "-g", 2) if root => Outcome::line("0"),
        _ => printed(None),
    }
}

pub(super) fn which(shell: &mut Shell<'_, '_>, arguments: &[Argument], _: Option<Location>) -> Outcome {
    let fields: Vec<Field> = arguments.iter().skip(1).cloned().map(Field::Known).collect();
    shell.find_program(&fields)
}
