//! `conda`, `mamba` and `micromamba`.

use super::{
    Argument, Program,
    given::{self, Given, Manner, Table},
};

/// One run of `conda`, `mamba` or `micromamba`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CondaCall {
    /// How it was started.
    pub program: Program,
    /// What it is to do.
    pub command: CondaCommand,
    /// `-n`: an environment by name; `base` or the active one without.
    pub name: Option<Argument>,
    /// `-p`: an environment by path.
    pub prefix: Option<Argument>,
    /// Every option that was given.
    pub given: Given,
}

/// What conda is to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CondaCommand {
    /// `install`, and `create`, which makes the environment first.
    Install {
        /// `create`.
        create: bool,
        /// conda's own specifications: `numpy=1.26`, `python`.
        packages: Vec<Argument>,
        /// `-f`.
        files: Vec<Argument>,
    },
    /// `env create`, `env update`: from an `environment.yml`.
    Environment {
        /// `env create`.
        create: bool,
        /// `-f`; `environment.yml` without.
        file: Option<Argument>,
    },
    /// `update`.
    Update(Vec<Argument>),
    /// `remove`, `uninstall`.
    Remove(Vec<Argument>),
    /// `run`: a command line in the environment.
    Run(Vec<Argument>),
    /// `activate`, `deactivate`.
    Activate(Option<Argument>),
    /// `config` and what changes no package.
    Other {
        /// The command.
        name: String,
        /// Its words.
        words: Vec<Argument>,
    },
}

const CONDA: Table = Table {
    flags: &[
        "help|h",
        "version|V",
        "yes|y",
        "quiet|q",
        "verbose|v",
        "json",
        "dry-run|d",
        "download-only",
        "show-channel-urls",
        "use-index-cache|C",
        "use-local",
        "override-channels",
        "strict-channel-priority",
        "no-channel-priority",
        "no-deps|no-dependencies",
        "only-deps",
        "no-pin|freeze-installed",
        "copy",
        "always-copy",
        "always-softlink",
        "force-reinstall",
        "update-deps",
        "update-all|all|a",
        "update-specs",
        "satisfied-skip-solve|S",
        "clobber",
        "offline",
        "insecure|k",
        "mkdir",
        "no-default-packages",
        "prune",
        "force",
        "force-remove",
        "system",
        "append-flag",
        "no-capture-output|live-stream",
        "no-update-deps",
        "no-rc",
        "no-env",
        "no-py-pin",
        "always-yes",
        "tarballs|t",
        "packages",
        "index-cache|i",
        "force-pkgs-dirs",
        "dev",
        "debug-wrapper-scripts",
        "attach",
        "stdin",
        "use-lockfile",
        "no-user",
    ],
    values: &[
        "name|n",
        "prefix|p",
        "channel|c",
        "file|f",
        "solver|experimental-solver",
        "revision",
        "repodata-fn",
        "platform|subdir",
        "set",
        "add",
        "append",
        "prepend",
        "get",
        "remove",
        "remove-key",
        "cwd",
        "root-prefix|r",
        "rc-file",
        "clone",
        "category",
        "channel-priority",
        "log-level",
    ],
    variables: &[],
};

/// Reads what stands behind `conda`.
pub(super) fn parse(program: Program, arguments: &[Argument]) -> CondaCall {
    let nothing = |_: &str| None;
    let (before, words) = given::parse(&[&CONDA], arguments, Manner::Leading, &nothing);
    let mut words = words.into_iter();
    let mut name = words.next().map_or_else(String::new, |word| word.as_str().to_owned());
    let mut rest: Vec<Argument> = words.collect();
    if name == "env" && !rest.is_empty() {
        name = format!("env {}", rest.remove(0).as_str());
    }
    let manner = if name == "run" { Manner::Leading } else { Manner::Anywhere };
    let (mut given, words) = given::parse(&[&CONDA], &rest, manner, &nothing);
    for (option, values) in before.values {
        given.values.entry(option).or_insert(values);
    }
    given.unknown.extend(before.unknown);
    let command = match name.as_str() {
        "install" | "create" => {
            CondaCommand::Install { create: name == "create", packages: words, files: given.all("file") }
        }
        "env create" | "env update" => {
            let file = given.last("file").or_else(|| words.into_iter().next());
            CondaCommand::Environment { create: name == "env create", file }
        }
        "update" | "upgrade" => CondaCommand::Update(words),
        "remove" | "uninstall" => CondaCommand::Remove(words),
        "run" => CondaCommand::Run(words),
        "activate" => CondaCommand::Activate(words.into_iter().next()),
        "deactivate" => CondaCommand::Activate(None),
        _ => CondaCommand::Other { name, words },
    };
    let (name, prefix) = (given.last("name"), given.last("prefix"));
    CondaCall { program, command, name, prefix, given }
}
