//! uv's command line, as uv 0.13 has it.

use super::{
    Argument, Flag, VenvCall, VenvTool,
    options::{Given, Placement, Table, parse_options},
};

/// One run of uv.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UvCall {
    /// What it is to do.
    pub command: UvCommand,
    /// `--directory`: where it is to do it.
    pub directory: Option<Argument>,
    /// Every option that was given.
    pub given: Given,
}

/// What uv is to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum UvCommand {
    /// `uv pip install`.
    PipInstall(Box<UvInstall>),
    /// `uv pip sync`: what the files do not name is removed.
    PipSync(Box<UvInstall>),
    /// `uv pip compile`: its source files are [`UvInstall::requirement_files`].
    PipCompile(Box<UvInstall>),
    /// `uv pip uninstall`.
    PipUninstall {
        /// Names.
        packages: Vec<Argument>,
        /// `-r`.
        requirement_files: Vec<Argument>,
        /// Where from.
        target: Box<UvTarget>,
    },
    /// `uv pip check`.
    PipCheck(Box<UvTarget>),
    /// `uv pip freeze`.
    PipFreeze(Box<UvTarget>),
    /// `uv venv`.
    Venv(Box<VenvCall>),
    /// `uv sync`, `uv add`, `uv remove`, `uv run`: works on the project's environment.
    Project {
        /// The command.
        name: String,
    },
    /// `uv lock`, `uv export`: writes what it works out for the project.
    Write {
        /// The command.
        name: String,
    },
    /// `uv tool install`, `uv tool run` (`uvx`): each has an environment of its own.
    Tool,
    /// `uv python install` and its kin.
    Python,
    /// `uv build`: sources become a wheel and a source distribution.
    Build,
    /// What changes no environment: `cache`, `version`, `pip list` ...
    Print {
        /// The command.
        name: String,
    },
}

/// The environment that `uv pip` works in.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct UvTarget {
    /// `--system`.
    pub system: Flag,
    /// `-p`: a version, a name or a path.
    pub python: Option<Argument>,
    /// `-t`.
    pub target: Option<Argument>,
    /// `--prefix`.
    pub prefix: Option<Argument>,
    /// `--break-system-packages`.
    pub break_system_packages: Flag,
}

/// Where uv finds candidates.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct UvIndex {
    /// `--index`, first before later; each may be `NAME=URL`.
    pub indexes: Vec<Argument>,
    /// `--default-index`, or `-i`; `None` for PyPI.
    pub default_index: Option<Argument>,
    /// `--extra-index-url`; asked before the default index.
    pub extra_index_urls: Vec<Argument>,
    /// `-f`.
    pub find_links: Vec<Argument>,
    /// `--no-index`.
    pub no_index: Flag,
    /// `--index-strategy`; `first-index` without.
    pub strategy: Option<Argument>,
    /// `--prerelease`.
    pub prerelease: Option<Argument>,
    /// `--resolution`.
    pub resolution: Option<Argument>,
    /// `--exclude-newer`.
    pub exclude_newer: Option<Argument>,
    /// `--offline`.
    pub offline: Flag,
    /// `--torch-backend`.
    pub torch_backend: Option<Argument>,
}

/// `uv pip install`, `sync` and `compile`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct UvInstall {
    /// Names with specifiers, files, folders and URLs.
    pub requirements: Vec<Argument>,
    /// `-r`, or the words of `sync` and `compile`.
    pub requirement_files: Vec<Argument>,
    /// `-e`.
    pub editables: Vec<Argument>,
    /// `-c`.
    pub constraint_files: Vec<Argument>,
    /// `--overrides`.
    pub override_files: Vec<Argument>,
    /// `--excludes`.
    pub exclude_files: Vec<Argument>,
    /// `--extra`.
    pub extras: Vec<Argument>,
    /// `--all-extras`.
    pub all_extras: Flag,
    /// `--group`.
    pub groups: Vec<Argument>,
    /// `--no-deps`.
    pub no_deps: Flag,
    /// Where to.
    pub target: UvTarget,
    /// Where from.
    pub index: UvIndex,
    /// `-U`.
    pub upgrade: Flag,
    /// `-P`.
    pub upgrade_packages: Vec<Argument>,
    /// `--reinstall`.
    pub reinstall: Flag,
    /// `--reinstall-package`.
    pub reinstall_packages: Vec<Argument>,
    /// `--no-binary`.
    pub no_binary: Vec<Argument>,
    /// `--only-binary`.
    pub only_binary: Vec<Argument>,
    /// `--no-build`.
    pub no_build: Flag,
    /// `--no-build-isolation`.
    pub no_build_isolation: Flag,
    /// `--require-hashes`.
    pub require_hashes: Flag,
    /// `--exact`: what nothing asks for is removed.
    pub exact: Flag,
    /// `--dry-run`.
    pub dry_run: Flag,
    /// `--python-version`.
    pub python_version: Option<Argument>,
    /// `--python-platform`.
    pub python_platform: Option<Argument>,
}

const GLOBAL: Table = Table {
    flags: &[
        "help|h",
        "managed-python",
        "no-managed-python",
        "no-cache|n|no-cache-dir",
        "no-config",
        "no-progress",
        "no-python-downloads",
        "offline",
        "quiet|q",
        "system-certs|native-tls",
        "verbose|v",
        "version|V",
        "disable-pip-version-check",
        "no-color",
    ],
    values: &[
        "allow-insecure-host|trusted-host",
        "cache-dir",
        "color",
        "config-file",
        "directory",
        "project",
        "python|p",
        "python-preference",
        "python-fetch",
        "cert",
        "preview-features",
    ],
    variables: &[
        ("UV_PYTHON", "python", None),
        ("UV_OFFLINE", "offline", None),
        ("UV_PROJECT", "project", None),
        ("UV_WORKING_DIR", "directory", None),
    ],
};

const INDEX: Table = Table {
    flags: &["no-index", "refresh", "pre"],
    values: &[
        "index",
        "default-index",
        "index-url|i|pypi-url",
        "extra-index-url",
        "find-links|f",
        "index-strategy",
        "keyring-provider",
        "exclude-newer",
        "exclude-newer-package",
        "link-mode",
        "refresh-package",
        "resolution",
        "prerelease",
        "prerelease-package",
        "fork-strategy",
        "torch-backend",
    ],
    variables: &[
        ("UV_INDEX", "index", Some(' ')),
        ("UV_DEFAULT_INDEX", "default-index", None),
        ("UV_INDEX_URL", "index-url", None),
        ("UV_EXTRA_INDEX_URL", "extra-index-url", Some(' ')),
        ("UV_FIND_LINKS", "find-links", Some(',')),
        ("UV_NO_INDEX", "no-index", None),
        ("UV_INDEX_STRATEGY", "index-strategy", None),
        ("UV_EXCLUDE_NEWER", "exclude-newer", None),
        ("UV_RESOLUTION", "resolution", None),
        ("UV_PRERELEASE", "prerelease", None),
        ("UV_TORCH_BACKEND", "torch-backend", None),
    ],
};

const BUILDS: Table = Table {
    flags: &[
        "upgrade|U",
        "reinstall|force-reinstall",
        "compile-bytecode|compile",
        "no-compile",
        "no-build-isolation",
        "no-sources",
        "no-build",
        "dry-run",
        "check",
        "strict",
        "require-build-hashes",
        "no-verify-hashes",
        "all-extras",
        "no-editable",
    ],
    values: &[
        "upgrade-package|P",
        "upgrade-group",
        "reinstall-package",
        "config-setting|C|config-settings",
        "config-settings-package",
        "no-build-isolation-package",
        "no-sources-package",
        "no-editable-package",
        "python-platform",
        "output-format",
        "constraints|c|constraint",
        "build-constraints|b|build-constraint",
        "overrides|override",
        "excludes|exclude",
        "extra",
        "group",
    ],
    variables: &[
        ("UV_NO_BUILD", "no-build", None),
        ("UV_NO_BUILD_ISOLATION", "no-build-isolation", None),
        ("UV_CONSTRAINT", "constraints", Some(' ')),
        ("UV_OVERRIDE", "overrides", Some(' ')),
        ("UV_EXCLUDE", "excludes", Some(' ')),
        ("UV_BUILD_CONSTRAINT", "build-constraints", Some(' ')),
        ("UV_NO_EDITABLE", "no-editable", None),
    ],
};

const PIP: Table = Table {
    flags: &[
        "system",
        "break-system-packages",
        "no-deps",
        "require-hashes",
        "exact",
        "inexact",
        "user",
        "allow-empty-requirements",
        "generate-hashes",
        "universal",
        "no-header",
        "no-annotate",
        "no-strip-extras",
        "no-strip-markers",
        "emit-index-url",
        "emit-find-links",
        "emit-build-options",
        "emit-index-annotation",
        "outdated",
        "exclude-editable",
    ],
    values: &[
        "requirements|r|requirement",
        "editable|e",
        "target|t",
        "prefix",
        "no-binary",
        "only-binary",
        "python-version",
        "output-file|o",
        "no-emit-package",
        "annotation-style",
        "custom-compile-command",
        "format",
        "path",
    ],
    variables: &[
        ("UV_SYSTEM_PYTHON", "system", None),
        ("UV_BREAK_SYSTEM_PACKAGES", "break-system-packages", None),
        ("UV_REQUIRE_HASHES", "require-hashes", None),
    ],
};

const PROJECT: Table = Table {
    flags: &[
        "frozen",
        "locked",
        "all-groups",
        "no-default-groups",
        "dev",
        "no-dev",
        "only-dev",
        "no-install-project",
        "no-install-workspace",
        "no-install-local",
        "only-install-project",
        "no-emit-project",
        "no-emit-workspace",
        "no-emit-local",
        "inexact",
        "exact",
        "active",
        "no-sync",
        "all-packages",
        "no-hashes",
        "no-header",
        "no-annotate",
        "emit-index-url",
        "emit-find-links",
        "no-binary",
        "no-project",
        "isolated",
        "no-env-file",
        "lfs",
        "raw",
        "workspace",
        "no-workspace",
        "check-exists",
        "no-require-build-hashes",
    ],
    values: &[
        "no-extra",
        "no-group",
        "only-group",
        "no-install-package",
        "no-emit-package",
        "package",
        "prune",
        "no-binary-package",
        "no-build-package",
        "output-file|o",
        "format",
        "with|w",
        "with-editable",
        "with-requirements",
        "env-file",
        "script",
        "requirements|r|requirement",
        "optional",
        "branch",
        "rev",
        "tag",
        "bounds",
    ],
    variables: &[
        ("UV_FROZEN", "frozen", None),
        ("UV_LOCKED", "locked", None),
        ("UV_NO_DEV", "no-dev", None),
        ("UV_DEV", "dev", None),
        ("UV_NO_SYNC", "no-sync", None),
        ("UV_NO_DEFAULT_GROUPS", "no-default-groups", None),
        ("UV_NO_INSTALL_PROJECT", "no-install-project", None),
        ("UV_NO_INSTALL_LOCAL", "no-install-local", None),
    ],
};

/// `-m` and `-s` mean other things to `uv run`, and `--editable` and `-m` to `uv add`.
const RUN: Table = Table { flags: &["module|m", "script|s", "gui-script"], values: &[], variables: &[] };
const ADD: Table = Table { flags: &["editable"], values: &["marker|m"], variables: &[] };

const VENV: Table = Table {
    flags: &[
        "no-project",
        "seed",
        "clear|c",
        "allow-existing",
        "force",
        "system-site-packages",
        "relocatable",
        "system",
    ],
    values: &["prompt"],
    variables: &[("UV_VENV_SEED", "seed", None), ("UV_VENV_CLEAR", "clear", None)],
};

const TOOL: Table = Table {
    flags: &["force", "editable|e", "isolated", "no-env-file", "lfs"],
    values: &[
        "with|w",
        "with-editable",
        "with-requirements",
        "with-executables-from",
        "from",
        "env-file",
        "no-binary-package",
        "no-build-package",
    ],
    variables: &[],
};

const PYTHON: Table = Table {
    flags: &["default", "force|f", "no-bin", "no-registry", "reinstall|r", "upgrade|U", "compile-bytecode"],
    values: &["install-dir|i", "mirror", "pypy-mirror", "graalpy-mirror", "pyodide-mirror"],
    variables: &[],
};

const BUILD: Table = Table {
    flags: &[
        "sdist",
        "wheel",
        "clear",
        "all-packages",
        "force-pep517",
        "no-build-logs",
        "no-create-gitignore",
        "require-hashes",
    ],
    values: &["out-dir|o", "package"],
    variables: &[],
};

impl UvCall {
    /// Reads what stands behind `uv`.
    #[must_use]
    pub fn parse(arguments: &[Argument], variable: &dyn Fn(&str) -> Option<Argument>) -> Self {
        let nothing = |_: &str| None;
        let (before, words) = parse_options(&[&GLOBAL], arguments, Placement::Leading, &nothing);
        let mut words = words.into_iter();
        let first = words.next();
        let mut rest: Vec<Argument> = words.collect();
        let name = first.as_ref().map_or("", |word| word.as_str()).to_owned();
        // `uv pip install`: options may stand between the two words.
        let mut between = Given::default();
        let mut action = String::new();
        if matches!(name.as_str(), "pip" | "tool" | "python") {
            let (given, words) = parse_options(&[&GLOBAL], &rest, Placement::Leading, &nothing);
            between = given;
            let mut words = words.into_iter();
            action = words.next().map_or_else(String::new, |word| word.as_str().to_owned());
            rest = words.collect();
        }
        let tables: &[&Table] = match name.as_str() {
            "pip" => &[&PIP, &GLOBAL, &INDEX, &BUILDS],
            "sync" | "lock" | "export" | "remove" => &[&PROJECT, &GLOBAL, &INDEX, &BUILDS],
            "add" => &[&ADD, &PROJECT, &GLOBAL, &INDEX, &BUILDS],
            "run" => &[&RUN, &PROJECT, &GLOBAL, &INDEX, &BUILDS],
            "venv" => &[&VENV, &GLOBAL, &INDEX],
            "tool" => &[&TOOL, &GLOBAL, &INDEX, &BUILDS],
            "python" => &[&PYTHON, &GLOBAL],
            "build" => &[&BUILD, &GLOBAL, &INDEX, &BUILDS],
            _ => &[&GLOBAL],
        };
        let leading = name == "run" || (name == "tool" && action == "run");
        let placement = if leading { Placement::Leading } else { Placement::Anywhere };
        let (mut given, words) = parse_options(tables, &rest, placement, variable);
        for earlier in [before, between] {
            given.and_before(earlier);
        }
        let stops = given.flag("help").on || given.flag("version").on;
        let command = match (name.as_str(), action.as_str()) {
            _ if stops => UvCommand::Print { name },
            ("venv", _) => UvCommand::Venv(Box::new(VenvCall {
                tool: VenvTool::Uv,
                directories: if words.is_empty() { vec![Argument::unplaced(".venv")] } else { words },
                system_site_packages: given.flag("system-site-packages"),
                with_pip: given.flag("seed").on,
                clear: given.flag("clear"),
                python: given.last("python"),
                given: given.clone(),
            })),
            ("pip", "install") => UvCommand::PipInstall(Box::new(UvInstall::new(words, Vec::new(), &given))),
            ("pip", "sync") => UvCommand::PipSync(Box::new(UvInstall::new(Vec::new(), words, &given))),
            ("pip", "compile") => UvCommand::PipCompile(Box::new(UvInstall::new(Vec::new(), words, &given))),
            ("pip", "uninstall") => UvCommand::PipUninstall {
                packages: words,
                requirement_files: given.all("requirements"),
                target: Box::new(UvTarget::new(&given)),
            },
            ("pip", "check") => UvCommand::PipCheck(Box::new(UvTarget::new(&given))),
            // `--exclude`, `--path` and the like print less, or something else.
            ("pip", "freeze") if given.unknown.is_empty() => {
                UvCommand::PipFreeze(Box::new(UvTarget::new(&given)))
            }
            ("sync" | "add" | "remove" | "run", _) => UvCommand::Project { name },
            ("lock" | "export", _) => UvCommand::Write { name },
            ("tool", _) => UvCommand::Tool,
            ("python", _) => UvCommand::Python,
            ("build", _) => UvCommand::Build,
            _ => UvCommand::Print { name },
        };
        let directory = given.last("directory");
        Self { command, directory, given }
    }
}

impl UvTarget {
    fn new(given: &Given) -> Self {
        Self {
            system: given.flag("system"),
            python: given.last("python"),
            target: given.last("target"),
            prefix: given.last("prefix"),
            break_system_packages: given.flag("break-system-packages"),
        }
    }
}

impl UvIndex {
    fn new(given: &Given) -> Self {
        Self {
            indexes: given.all("index"),
            default_index: given.last("default-index").or_else(|| given.last("index-url")),
            extra_index_urls: given.all("extra-index-url"),
            find_links: given.all("find-links"),
            no_index: given.flag("no-index"),
            strategy: given.last("index-strategy"),
            prerelease: given.last("prerelease").or_else(|| {
                // "--pre" is `--prerelease allow`.
                given
                    .flag("pre")
                    .given
                    .map(|word| Argument { place: word.place, ..Argument::unplaced("allow") })
            }),
            resolution: given.last("resolution"),
            exclude_newer: given.last("exclude-newer"),
            offline: given.flag("offline"),
            torch_backend: given.last("torch-backend"),
        }
    }
}

impl UvInstall {
    fn new(requirements: Vec<Argument>, files: Vec<Argument>, given: &Given) -> Self {
        Self {
            requirements,
            requirement_files: [files, given.all("requirements")].concat(),
            editables: given.all("editable"),
            constraint_files: given.all("constraints"),
            override_files: given.all("overrides"),
            exclude_files: given.all("excludes"),
            extras: given.listed("extra"),
            all_extras: given.flag("all-extras"),
            groups: given.all("group"),
            no_deps: given.flag("no-deps"),
            target: UvTarget::new(given),
            index: UvIndex::new(given),
            upgrade: given.flag("upgrade"),
            upgrade_packages: given.all("upgrade-package"),
            reinstall: given.flag("reinstall"),
            reinstall_packages: given.all("reinstall-package"),
            no_binary: given.listed("no-binary"),
            only_binary: given.listed("only-binary"),
            no_build: given.flag("no-build"),
            no_build_isolation: given.flag("no-build-isolation"),
            require_hashes: given.flag("require-hashes"),
            exact: given.flag("exact"),
            dry_run: given.flag("dry-run"),
            python_version: given.last("python-version"),
            python_platform: given.last("python-platform"),
        }
    }
}
