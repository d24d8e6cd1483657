//! Programs that have nothing to do with Python packages.

use crate::simulate::shell::{Field, Outcome, Shell, Stream};

/// What a program leaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Effect {
    /// Nothing that counts.
    Nothing,
    /// Files of its own, in the folder it runs in or elsewhere.
    Files,
}

/// Programs of every distribution without an effect on files that count.
const EVERYWHERE: [&str; 76] = [
    "chmod",
    "chown",
    "chgrp",
    "useradd",
    "adduser",
    "groupadd",
    "addgroup",
    "usermod",
    "groupmod",
    "userdel",
    "deluser",
    "passwd",
    "chpasswd",
    "sleep",
    "date",
    "env",
    "printenv",
    "hostname",
    "sync",
    "true",
    "false",
    "echo",
    "printf",
    "test",
    "[",
    "ldconfig",
    "update-ca-certificates",
    "locale-gen",
    "localedef",
    "dpkg-reconfigure",
    "debconf-set-selections",
    "add-apt-repository",
    "apt-key",
    "apt-mark",
    "apt-cache",
    "gpg",
    "gpgconf",
    "gpgv",
    "update-locale",
    "update-alternatives",
    "dpkg-query",
    "dpkg-divert",
    "lsb_release",
    "ps",
    "kill",
    "killall",
    "df",
    "du",
    "free",
    "mount",
    "umount",
    "md5sum",
    "sha1sum",
    "sha256sum",
    "sha512sum",
    "cmp",
    "diff",
    "file",
    "stat",
    "strip",
    "ldd",
    "locale",
    "setcap",
    "getent",
    "yes",
    "expr",
    "od",
    "xxd",
    "hexdump",
    "comm",
    "base64",
    "mknod",
    "mkfifo",
    "sysctl",
    "crontab",
    "stty",
];

/// Programs that are often there and do nothing to packages.
const HARMLESS: [&str; 51] = [
    "jq",
    "yq",
    "openssl",
    "ssh-keygen",
    "ssh-keyscan",
    "service",
    "systemctl",
    "supervisord",
    "nginx",
    "redis-cli",
    "psql",
    "mysql",
    "sqlite3",
    "java",
    "javac",
    "ffmpeg",
    "nvidia-smi",
    "nvcc",
    "code",
    "bats",
    "shellcheck",
    "lsof",
    "curl-config",
    "node",
    "nvm",
    "corepack",
    "helm",
    "kubectl",
    "aws",
    "gcloud",
    "az",
    "docker",
    "terraform",
    "uvicorn",
    "gunicorn",
    "django-admin",
    "celery",
    "pytest",
    "tox",
    "black",
    "ruff",
    "mypy",
    "flake8",
    "clear",
    "tput",
    "fc-cache",
    "chsh",
    "pip-licenses",
    "pip-audit",
    "playwright",
    "nltk",
];

/// Programs whose exit code is an answer.
const ASKED: [&str; 16] = [
    "getent",
    "cmp",
    "diff",
    "expr",
    "dpkg-query",
    "nvidia-smi",
    "nvcc",
    "stat",
    "kill",
    "killall",
    "pytest",
    "tox",
    "mypy",
    "lsof",
    "gpg",
    "comm",
];

/// Programs that build or fetch something of their own.
const BUILDERS: [&str; 34] = [
    "npm",
    "npx",
    "yarn",
    "pnpm",
    "bun",
    "go",
    "cargo",
    "rustup",
    "rustc",
    "mvn",
    "gradle",
    "gcc",
    "g++",
    "cc",
    "c++",
    "clang",
    "ld",
    "ar",
    "cmake",
    "ninja",
    "autoconf",
    "automake",
    "autoreconf",
    "libtoolize",
    "aclocal",
    "patch",
    "wasm-pack",
    "protoc",
    "gem",
    "bundle",
    "cpan",
    "luarocks",
    "gzip",
    "xz",
];

/// Programs that are on `PATH` of every image.
pub(super) fn is_everywhere(name: &str) -> bool {
    EVERYWHERE.contains(&name)
}

/// What a program leaves; `None` where it may be about packages.
pub(super) fn effect(name: &str, rest: &[Field]) -> Option<Effect> {
    if is_everywhere(name) || HARMLESS.contains(&name) {
        return Some(Effect::Nothing);
    }
    if BUILDERS.contains(&name) || matches!(name, "bzip2" | "zip" | "split" | "dd" | "envsubst" | "msgfmt") {
        return Some(Effect::Files);
    }
    // Targets of make may install anything.
    if name == "make" {
        let installs = rest.iter().any(|field| {
            field.as_known().is_none_or(|text| {
                let text = text.to_ascii_lowercase();
                ["install", "dep", "venv", "pip", "py", "setup", "dev", "req"]
                    .iter()
                    .any(|word| text.contains(word))
            })
        });
        let named = rest
            .iter()
            .any(|field| field.as_known().is_some_and(|text| !text.starts_with('-') && !text.contains('=')));
        return (!installs && !named).then_some(Effect::Files);
    }
    None
}

pub(super) fn run(shell: &mut Shell<'_, '_>, name: &str, effect: Effect) -> Outcome {
    let prints = format!("what {name} prints is not known");
    if effect == Effect::Files {
        let reason = format!("{name} makes files of its own");
        let folder = shell.process.folder.clone();
        if folder != "/" {
            shell.world.state.files.mark_uncertain(&folder, &reason);
        }
        shell.world.state.files.unlisted.get_or_insert(reason);
    }
    // Such a program is taken to succeed, but for those that are asked questions.
    let status = (!ASKED.contains(&name)).then_some(0);
    Outcome { status, stdout: Stream::unknown(prints), stderr: Stream::default() }
}
