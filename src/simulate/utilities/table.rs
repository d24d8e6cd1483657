//! What each program does that is known by its name: one table, and one look-up.

use super::{awk, files, find, grep, machine, make, network, sed, text, users, wrappers};
use crate::{
    simulate::{
        shell::{Field, Outcome, Shell},
        tools::{self, Tool},
    },
    syntax::{command::Argument, shell::Dialect},
    text::Location,
};

/// Runs another command, some of whose words may not be known.
pub(super) type Wrapper = fn(&mut Shell<'_, '_>, &[Field], Option<Location>) -> Outcome;

/// Is run over the simulated files; its first word is its name.
pub(super) type Utility = fn(&mut Shell<'_, '_>, &[Argument], Option<Location>) -> Outcome;

/// A program that is known by its name.
#[derive(Clone, Copy)]
pub(super) struct Program {
    pub(super) does: Does,
    /// On `PATH` of every image.
    pub(super) everywhere: bool,
}

/// What a program does.
#[derive(Clone, Copy)]
pub(super) enum Does {
    /// Reads commands.
    Shell,
    /// Runs another command.
    Wrap(Wrapper),
    /// Reads files and prints.
    Read(Utility),
    /// Changes the files that its words name.
    Change(Utility),
    /// Is about Python packages.
    Packages(Tool),
    /// Nothing that counts; the exit code is `None` where it is an answer that is not known.
    Quiet(Option<i32>),
    /// Writes files of its own; it is taken to succeed.
    WriteFiles,
    /// Is taken to leave Python packages as they are; with its exit code.
    Assume(Leaves, Option<i32>),
}

/// What a program that is not modelled leaves of files.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Leaves {
    /// None that count.
    Nothing,
    /// Its own, in the folder that it runs in or elsewhere.
    Files,
}

/// The program of this name.
pub(super) fn program(name: &str) -> Option<Program> {
    let everywhere = |does| Program { does, everywhere: true };
    let installed = |does| Program { does, everywhere: false };
    let read = |run: Utility| everywhere(Does::Read(run));
    let change = |run: Utility| everywhere(Does::Change(run));
    let wrap = |run: Wrapper| everywhere(Does::Wrap(run));
    if Dialect::of_program(name, Dialect::Unknown).is_some() {
        return Some(everywhere(Does::Shell));
    }
    if let Some(tool) = tools::tool(name) {
        return Some(Program { does: Does::Packages(tool), everywhere: tool.of_distribution });
    }
    Some(match name {
        "env" => wrap(wrappers::env),
        "nice" | "ionice" => wrap(wrappers::nice),
        "nohup" | "setsid" => wrap(wrappers::plain),
        "stdbuf" => wrap(wrappers::stdbuf),
        "timeout" => wrap(wrappers::timeout),
        "chroot" => wrap(wrappers::behind_one),
        "busybox" => wrap(wrappers::busybox),
        "xargs" => wrap(wrappers::xargs),
        "sudo" | "doas" => installed(Does::Wrap(wrappers::with_user)),
        "eatmydata" | "tini" | "dumb-init" | "catchsegv" | "linux32" | "linux64" => {
            installed(Does::Wrap(wrappers::plain))
        }
        "gosu" | "su-exec" => installed(Does::Wrap(wrappers::behind_one)),
        "time" => installed(Does::Wrap(wrappers::time)),
        "su" => installed(Does::Wrap(wrappers::su)),
        "cat" | "zcat" | "tac" => read(text::cat),
        "head" => read(text::head),
        "tail" => read(text::tail),
        "sort" => read(text::sort),
        "uniq" => read(text::uniq),
        "tr" => read(text::tr),
        "cut" => read(text::cut),
        "wc" => read(text::wc),
        "tee" => change(text::tee),
        "basename" => read(text::basename),
        "dirname" => read(text::dirname),
        "seq" => read(text::seq),
        "realpath" | "readlink" => read(text::realpath),
        "grep" | "egrep" | "fgrep" => read(grep::grep),
        "sed" => change(sed::sed),
        "awk" | "gawk" | "mawk" => read(awk::awk),
        "cp" => change(files::cp),
        "install" => change(files::install),
        "mv" => change(files::mv),
        "rm" => change(files::rm),
        "unlink" => read(files::rm),
        "rmdir" => read(files::rmdir),
        "mkdir" => read(files::mkdir),
        "touch" => read(files::touch),
        "ln" => change(files::ln),
        "truncate" => read(files::truncate),
        "mktemp" => read(files::mktemp),
        "ls" => read(files::ls),
        "rsync" => change(files::rsync),
        "find" => change(find::find),
        "curl" | "wget" => read(network::download),
        "git" => read(network::git),
        "tar" | "unzip" | "gunzip" | "bunzip2" | "unxz" | "7z" => read(network::unpack),
        "uname" | "arch" | "nproc" | "dpkg" | "dpkg-architecture" => read(machine::machine),
        "useradd" => read(users::useradd),
        "adduser" => read(users::adduser),
        "usermod" => read(users::usermod),
        "whoami" | "id" => read(machine::user),
        "which" => read(machine::which),
        "dos2unix" => installed(Does::Change(text::dos2unix)),
        "make" => installed(Does::Wrap(make::make)),
        "true" => wrap(|_, _, _| Outcome::status(0)),
        "false" => wrap(|_, _, _| Outcome::failed(1)),
        "echo" => wrap(|shell, rest, place| wrappers::builtin(shell, "echo", rest, place)),
        "printf" => wrap(|shell, rest, place| wrappers::builtin(shell, "printf", rest, place)),
        "test" => wrap(|shell, rest, place| wrappers::builtin(shell, "test", rest, place)),
        "[" => wrap(|shell, rest, place| wrappers::builtin(shell, "[", rest, place)),
        // Of every distribution, without an effect on files that count.
        "chmod"
        | "chown"
        | "chgrp"
        | "groupadd"
        | "addgroup"
        | "groupmod"
        | "userdel"
        | "deluser"
        | "passwd"
        | "chpasswd"
        | "sleep"
        | "date"
        | "printenv"
        | "hostname"
        | "sync"
        | "ldconfig"
        | "update-ca-certificates"
        | "debconf-set-selections"
        | "apt-key"
        | "apt-mark"
        | "apt-cache"
        | "gpgconf"
        | "gpgv"
        | "update-alternatives"
        | "dpkg-divert"
        | "lsb_release"
        | "ps"
        | "df"
        | "du"
        | "free"
        | "mount"
        | "umount"
        | "md5sum"
        | "sha1sum"
        | "sha256sum"
        | "sha512sum"
        | "file"
        | "strip"
        | "ldd"
        | "locale"
        | "setcap"
        | "yes"
        | "od"
        | "xxd"
        | "hexdump"
        | "base64"
        | "mknod"
        | "mkfifo"
        | "sysctl"
        | "crontab"
        | "stty"
        | "chsh"
        | "tput"
        | "clear" => everywhere(Does::Quiet(Some(0))),
        // The same, and the exit code is an answer.
        "gpg" | "dpkg-query" | "kill" | "killall" | "cmp" | "diff" | "stat" | "getent" | "expr" | "comm" => {
            everywhere(Does::Quiet(None))
        }
        // Often there, and about something else than packages.
        "jq" | "yq" | "openssl" | "ssh-keygen" | "ssh-keyscan" | "service" | "systemctl" | "nginx"
        | "redis-cli" | "psql" | "mysql" | "sqlite3" | "ffmpeg" | "shellcheck" | "curl-config"
        | "fc-cache" => installed(Does::Quiet(Some(0))),
        "nvidia-smi" | "lsof" => installed(Does::Quiet(None)),
        // Taken to install no Python package: the distribution's own, and programs that people add.
        "locale-gen" | "localedef" | "update-locale" | "dpkg-reconfigure" | "add-apt-repository" => {
            everywhere(Does::Assume(Leaves::Nothing, Some(0)))
        }
        "java" | "javac" | "code" | "bats" | "node" | "nvm" | "corepack" | "helm" | "kubectl" | "aws"
        | "gcloud" | "az" | "docker" | "terraform" | "supervisord" | "uvicorn" | "gunicorn"
        | "django-admin" | "celery" | "black" | "ruff" | "flake8" | "pip-licenses" | "pip-audit"
        | "playwright" | "pre-commit" | "nltk" => installed(Does::Assume(Leaves::Nothing, Some(0))),
        "nvcc" | "pytest" | "mypy" | "rpm" => installed(Does::Assume(Leaves::Nothing, None)),
        // The same, and they build or fetch something of their own.
        "npm" | "npx" | "yarn" | "pnpm" | "bun" | "go" | "cargo" | "rustup" | "rustc" | "mvn" | "gradle"
        | "gcc" | "g++" | "cc" | "c++" | "clang" | "ld" | "ar" | "cmake" | "ninja" | "autoconf"
        | "automake" | "autoreconf" | "libtoolize" | "aclocal" | "patch" | "wasm-pack" | "protoc" | "gem"
        | "bundle" | "cpan" | "luarocks" | "envsubst" | "msgfmt" => {
            installed(Does::Assume(Leaves::Files, Some(0)))
        }
        "gzip" | "xz" | "bzip2" | "zip" | "split" | "dd" => everywhere(Does::WriteFiles),
        _ => return None,
    })
}
