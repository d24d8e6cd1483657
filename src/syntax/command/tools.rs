//! `poetry`, `pipenv` and pip-tools.

use super::{
    Argument, Program,
    given::{self, Given, Manner, Table},
};

/// One run of a tool with lock files of its own: `poetry`, `pipenv`, `pip-compile`, `pip-sync`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ToolCall {
    /// How it was started.
    pub program: Program,
    /// Which tool.
    pub tool: Tool,
    /// The command: `install`, `sync`, `export` ...; empty for pip-tools, which have none.
    pub command: String,
    /// The words behind it: requirements, files, a key and its value, or for `run` a command line.
    pub words: Vec<Argument>,
    /// Every option that was given, by its long name.
    pub given: Given,
}

/// A tool with lock files of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tool {
    /// `poetry`: `poetry.lock`.
    Poetry,
    /// `pipenv`: `Pipfile.lock`.
    Pipenv,
    /// `pip-compile`: writes pins.
    PipCompile,
    /// `pip-sync`: makes an environment as the pins say.
    PipSync,
}

const POETRY: Table = Table {
    flags: &[
        "help|h",
        "quiet|q",
        "version|V",
        "ansi",
        "no-ansi",
        "no-interaction|n",
        "no-plugins",
        "no-cache",
        "verbose|v|vv|vvv",
        "no-root",
        "no-directory",
        "dry-run",
        "sync",
        "compile",
        "all-extras|all",
        "all-groups",
        "only-root",
        "no-dev",
        "remove-untracked",
        "dev-only",
        "without-hashes",
        "without-urls",
        "with-credentials",
        "dev|D",
        "editable|e",
        "allow-prereleases",
        "lock",
        "no-update",
        "check",
        "regenerate",
        "local",
        "list",
        "unset",
        "skip-existing",
        "build",
        "strict",
        "migrate",
    ],
    values: &[
        "directory|C",
        "project|P",
        "with",
        "without",
        "only",
        "extras|E",
        "format|f",
        "output|o",
        "group|G",
        "source",
        "python",
        "platform",
        "optional",
        "config-settings|c",
    ],
    variables: &[],
};

const PIPENV: Table = Table {
    flags: &[
        "help|h",
        "version",
        "quiet|q",
        "verbose|v",
        "system",
        "deploy",
        "dev|d",
        "dev-only",
        "ignore-pipfile",
        "skip-lock",
        "pre",
        "clear",
        "site-packages",
        "keep-outdated",
        "three",
        "bare",
        "support",
        "venv",
        "where",
        "rm",
        "hash",
        "exclude-markers",
        "all",
        "all-dev",
        "lock",
        "outdated",
    ],
    values: &[
        "python",
        "requirements|r",
        "index|i|pypi-mirror",
        "categories",
        "editable|e",
        "extra-pip-args",
        "from-pipfile",
    ],
    variables: &[
        ("PIPENV_SYSTEM", "system", None),
        ("PIPENV_DEV", "dev", None),
        ("PIPENV_IGNORE_PIPFILE", "ignore-pipfile", None),
        ("PIPENV_SKIP_LOCK", "skip-lock", None),
    ],
};

const PIP_TOOLS: Table = Table {
    flags: &[
        "help|h",
        "version|V",
        "verbose|v",
        "quiet|q",
        "dry-run|n",
        "pre|p",
        "rebuild|r",
        "no-index",
        "header",
        "emit-trusted-host",
        "annotate",
        "upgrade|U",
        "allow-unsafe",
        "strip-extras",
        "generate-hashes",
        "reuse-hashes",
        "build-isolation",
        "emit-find-links",
        "emit-index-url",
        "emit-options",
        "all-extras",
        "all-build-deps",
        "only-build-deps",
        "no-config",
        "force",
        "ask|a",
        "user",
        "emit-build-options",
    ],
    values: &[
        "find-links|f",
        "index-url|i",
        "extra-index-url",
        "cert",
        "client-cert",
        "trusted-host",
        "upgrade-package|P",
        "output-file|o",
        "newline",
        "max-rounds",
        "extra",
        "src-file",
        "cache-dir",
        "pip-args",
        "resolver",
        "constraint|c",
        "unsafe-package",
        "annotation-style",
        "config",
        "python-executable",
        "build-deps-for",
    ],
    variables: &[],
};

/// Reads what stands behind the tool's name.
pub(super) fn parse(
    program: Program,
    tool: Tool,
    arguments: &[Argument],
    variable: &dyn Fn(&str) -> Option<Argument>,
) -> ToolCall {
    let table = match tool {
        Tool::Poetry => &POETRY,
        Tool::Pipenv => &PIPENV,
        Tool::PipCompile | Tool::PipSync => &PIP_TOOLS,
    };
    if matches!(tool, Tool::PipCompile | Tool::PipSync) {
        let (given, words) = given::parse(&[table], arguments, Manner::Anywhere, variable);
        return ToolCall { program, tool, command: String::new(), words, given };
    }
    let nothing = |_: &str| None;
    let (before, words) = given::parse(&[table], arguments, Manner::Leading, &nothing);
    let mut words = words.into_iter();
    let command = words.next().map_or_else(String::new, |word| word.as_str().to_owned());
    let rest: Vec<Argument> = words.collect();
    let manner = if command == "run" { Manner::Leading } else { Manner::Anywhere };
    let (mut given, words) = given::parse(&[table], &rest, manner, variable);
    for (option, word) in before.flags {
        given.flags.entry(option).or_insert(word);
    }
    for (option, values) in before.values {
        given.values.entry(option).or_insert(values);
    }
    given.unknown.extend(before.unknown);
    ToolCall { program, tool, command, words, given }
}
