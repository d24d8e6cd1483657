use super::{
    super::{Argument, Program, UsageError, is_versioned, split},
    configuration::{self, ConfigFile},
    options::{self, COMMANDS},
    optparse::{self, Stop},
    similar,
    values::{Flag, OptionValue, Options},
};
use crate::order::SortedSet;

/// A version of pip, as far as its options depend on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct PipVersion {
    /// 26 of 26.3.
    pub major: u16,
    /// 3 of 26.3.
    pub minor: u16,
}

impl Default for PipVersion {
    /// The newest one that is modelled.
    fn default() -> Self {
        Self { major: 26, minor: 3 }
    }
}

/// One run of pip.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PipCall {
    /// How pip was started.
    pub program: Program,
    /// What it is to do.
    pub command: PipCommand,
    /// `pip --python PATH`: the environment it is to do it in.
    pub python: Option<Argument>,
    /// `--require-virtualenv`.
    pub require_virtualenv: Flag,
    /// Every option that was given, also those without a meaning for packages.
    pub options: Options,
}

/// What pip is to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PipCommand {
    /// `pip install`.
    Install(Box<PipInstall>),
    /// `pip wheel`: to [`PipInstall::directory`].
    Wheel(Box<PipInstall>),
    /// `pip download`: to [`PipInstall::directory`].
    Download(Box<PipInstall>),
    /// `pip lock`: to [`PipInstall::directory`], a file here.
    Lock(Box<PipInstall>),
    /// `pip uninstall`.
    Uninstall(PipUninstall),
    /// `pip check`.
    Check,
    /// `pip config`.
    Config(PipConfig),
    /// `pip cache` with its words.
    Cache(Vec<Argument>),
    /// Commands that only print: `list`, `freeze`, `show`, `inspect`, `hash`, `debug` ...
    Print {
        /// The command.
        name: String,
        /// Its words.
        words: Vec<Argument>,
    },
    /// Prints help or its version and stops; exit code 0.
    Help,
    /// Is refused.
    Invalid(UsageError),
}

/// What `install`, `wheel`, `download` and `lock` have in common, and what each adds.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PipInstall {
    /// Names with specifiers, files, folders and URLs, as written.
    pub requirements: Vec<Argument>,
    /// `-r`.
    pub requirement_files: Vec<Argument>,
    /// `-c`.
    pub constraint_files: Vec<Argument>,
    /// `--build-constraint`.
    pub build_constraint_files: Vec<Argument>,
    /// `-e`.
    pub editables: Vec<Argument>,
    /// `--group`: `GROUP` or `PATH:GROUP`.
    pub groups: Vec<Argument>,
    /// `--requirements-from-script`.
    pub scripts: Vec<Argument>,
    /// `--no-deps`.
    pub no_deps: Flag,
    /// `--only-deps`.
    pub only_deps: Flag,
    /// Where candidates come from, and which count.
    pub index: IndexOptions,
    /// `-U`.
    pub upgrade: Flag,
    /// `--upgrade-strategy`.
    pub upgrade_strategy: UpgradeStrategy,
    /// `--force-reinstall`.
    pub force_reinstall: Flag,
    /// `-I`.
    pub ignore_installed: Flag,
    /// `-t`.
    pub target: Option<Argument>,
    /// `--prefix`.
    pub prefix: Option<Argument>,
    /// `--root`.
    pub root: Option<Argument>,
    /// `--user` or `--no-user`; `None` for neither.
    pub user: Option<Flag>,
    /// False for `--no-build-isolation`.
    pub build_isolation: Flag,
    /// `--require-hashes`.
    pub require_hashes: Flag,
    /// `--no-require-hashes`.
    pub no_require_hashes: Flag,
    /// `--dry-run`.
    pub dry_run: Flag,
    /// `--ignore-requires-python`.
    pub ignore_requires_python: Flag,
    /// `--break-system-packages`.
    pub break_system_packages: Flag,
    /// `--python-version`, taken apart.
    pub python_version: Option<(Argument, Vec<u32>)>,
    /// `--platform`.
    pub platforms: Vec<Argument>,
    /// `--abi`.
    pub abis: Vec<Argument>,
    /// `--implementation`.
    pub implementation: Option<Argument>,
    /// `-C KEY=VALUE`.
    pub config_settings: Vec<Argument>,
    /// `-w` of `wheel`, `-d` of `download`, `-o` of `lock`.
    pub directory: Option<Argument>,
    /// `--use-deprecated=legacy-resolver`.
    pub legacy_resolver: bool,
}

/// Where candidates come from, and which count.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct IndexOptions {
    /// `-i`; `None` for PyPI.
    pub index_url: Option<Argument>,
    /// `--extra-index-url`.
    pub extra_index_urls: Vec<Argument>,
    /// `--no-index`.
    pub no_index: Flag,
    /// `-f`.
    pub find_links: Vec<Argument>,
    /// `--pre`.
    pub pre: Flag,
    /// `--no-binary` and `--only-binary`.
    pub format_control: FormatControl,
    /// `--all-releases` and `--only-final`.
    pub release_control: ReleaseControl,
    /// `--prefer-binary`.
    pub prefer_binary: Flag,
    /// `--uploaded-prior-to`.
    pub uploaded_prior_to: Option<Argument>,
}

/// Names of projects, or `:all:`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct FormatControl {
    /// `--no-binary`.
    pub no_binary: SortedSet<String>,
    /// `--only-binary`.
    pub only_binary: SortedSet<String>,
}

/// Names of projects, or `:all:`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ReleaseControl {
    /// `--all-releases`.
    pub all_releases: SortedSet<String>,
    /// `--only-final`.
    pub only_final: SortedSet<String>,
}

/// `--upgrade-strategy`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum UpgradeStrategy {
    /// Dependencies only where they no longer satisfy.
    #[default]
    OnlyIfNeeded,
    /// Dependencies too.
    Eager,
}

/// `pip uninstall`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PipUninstall {
    /// Names.
    pub packages: Vec<Argument>,
    /// `-r`.
    pub requirement_files: Vec<Argument>,
    /// `-y`; without it pip asks, and a build has no one to answer.
    pub yes: Flag,
}

/// `pip config`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PipConfig {
    /// `set`, `unset`, `get`, `list`, `edit`, `debug`, and what belongs to it.
    pub words: Vec<Argument>,
    /// `--global`.
    pub global: bool,
    /// `--site`.
    pub site: bool,
    /// `--user`.
    pub user: bool,
}

/// What a command line is read in: pip's version, variables, and configuration.
#[derive(Clone, Copy)]
pub struct Surroundings<'a> {
    /// Which pip it is.
    pub pip: PipVersion,
    /// A variable's value, with the place that set it.
    pub variable: &'a dyn Fn(&str) -> Option<Argument>,
    /// pip's configuration files that are there, weakest first: global, user, the environment's
    /// own, `PIP_CONFIG_FILE`.
    pub config: &'a [ConfigFile],
}

impl PipCall {
    /// Reads a command line; `None` for a program that is not pip.
    #[must_use]
    pub fn parse(argv: &[Argument], surroundings: Surroundings) -> Option<Self> {
        let (_, program, arguments) = split(argv).filter(|(name, ..)| is_versioned(name, "pip"))?;
        let mut call = Self {
            program,
            command: PipCommand::Help,
            python: None,
            require_virtualenv: Flag::default(),
            options: Options::default(),
        };
        call.command = match call.read(arguments, surroundings) {
            Ok(command) => command,
            Err(Stop::Help) => PipCommand::Help,
            Err(Stop::Error(error)) => PipCommand::Invalid(error),
        };
        Some(call)
    }

    /// pip parses twice: all options before the command, then everything but the command.
    fn read(&mut self, arguments: &[Argument], surroundings: Surroundings) -> Result<PipCommand, Stop> {
        let Surroundings { pip, variable, config } = surroundings;
        let general = options::of(None, pip);
        let mut before = Options::default();
        configuration::apply(&general, "global", config, variable, &mut before)?;
        let words = optparse::parse(&general, arguments, false, &mut before)?;
        self.python = before.one("python");
        if before.flag("version").on {
            return Ok(PipCommand::Help);
        }
        let Some(name) = words.first() else { return Ok(PipCommand::Help) };
        let command = name.as_str();
        if command == "help" {
            return Ok(PipCommand::Help);
        }
        let commands: Vec<&'static str> = COMMANDS
            .iter()
            .filter(|(_, since)| options::at_least(pip, *since))
            .map(|(name, _)| *name)
            .collect();
        if !commands.contains(&command) {
            let mut message = format!("unknown command \"{command}\"");
            if let Some(similar) = similar::closest(&command.to_lowercase(), &commands) {
                message += &format!(" - maybe you meant \"{similar}\"");
            }
            return Err(Stop::Error(UsageError { message, exit_code: 1, argument: Some(name.clone()) }));
        }
        // "all the args without the subcommand" (pip), which takes out the first word of that
        // text, whatever it was there for.
        let mut arguments = arguments.to_vec();
        if let Some(at) = arguments.iter().position(|argument| argument.as_str() == command) {
            arguments.remove(at);
        }
        let isolated = arguments.iter().any(|argument| argument.as_str() == "--isolated");
        let nothing = |_: &str| None;
        let environment = if isolated { &nothing } else { variable };
        let specs = options::of(Some(command), pip);
        configuration::apply(&specs, command, config, environment, &mut self.options)?;
        let words = optparse::parse(&specs, &arguments, true, &mut self.options)?;
        let options = &self.options;
        self.python = self.python.take().or_else(|| options.one("python"));
        self.require_virtualenv = options.flag("require_venv");
        Ok(match command {
            "install" => PipCommand::Install(Box::new(PipInstall::new(words, options))),
            "wheel" => PipCommand::Wheel(Box::new(PipInstall::new(words, options))),
            "download" => PipCommand::Download(Box::new(PipInstall::new(words, options))),
            "lock" => PipCommand::Lock(Box::new(PipInstall::new(words, options))),
            "uninstall" => PipCommand::Uninstall(PipUninstall {
                packages: words,
                requirement_files: options.many("requirements"),
                yes: options.flag("yes"),
            }),
            "check" => PipCommand::Check,
            "config" => PipCommand::Config(PipConfig {
                words,
                global: options.flag("global_file").on,
                site: options.flag("site_file").on,
                user: options.flag("user_file").on,
            }),
            "cache" => PipCommand::Cache(words),
            _ => PipCommand::Print { name: command.to_owned(), words },
        })
    }
}

impl PipInstall {
    fn new(words: Vec<Argument>, options: &Options) -> Self {
        let eager = options.one("upgrade_strategy").is_some_and(|value| value.as_str() == "eager");
        let (no_binary, only_binary) = options.names("format_control");
        let (all_releases, only_final) = options.names("release_control");
        Self {
            requirements: words,
            requirement_files: options.many("requirements"),
            constraint_files: options.many("constraints"),
            build_constraint_files: options.many("build_constraints"),
            editables: options.many("editables"),
            groups: options.many("dependency_groups"),
            scripts: options.many("requirements_from_scripts"),
            no_deps: options.flag("ignore_dependencies"),
            only_deps: options.flag("only_dependencies"),
            index: IndexOptions {
                index_url: options.one("index_url"),
                extra_index_urls: options.many("extra_index_urls"),
                no_index: options.flag("no_index"),
                find_links: options.many("find_links"),
                pre: options.flag("pre"),
                format_control: FormatControl { no_binary, only_binary },
                release_control: ReleaseControl { all_releases, only_final },
                prefer_binary: options.flag("prefer_binary"),
                uploaded_prior_to: options.one("uploaded_prior_to"),
            },
            upgrade: options.flag("upgrade"),
            upgrade_strategy: if eager { UpgradeStrategy::Eager } else { UpgradeStrategy::OnlyIfNeeded },
            force_reinstall: options.flag("force_reinstall"),
            ignore_installed: options.flag("ignore_installed"),
            target: options.one("target_dir"),
            prefix: options.one("prefix_path"),
            root: options.one("root_path"),
            user: options.given.get("use_user_site").and_then(|value| match value {
                OptionValue::Flag(flag) => Some(flag.clone()),
                _ => None,
            }),
            build_isolation: options.flag("build_isolation"),
            require_hashes: options.flag("require_hashes"),
            no_require_hashes: options.flag("no_require_hashes"),
            dry_run: options.flag("dry_run"),
            ignore_requires_python: options.flag("ignore_requires_python"),
            break_system_packages: options.flag("override_externally_managed"),
            python_version: options.one("python_version").map(|value| {
                let parts = optparse::python_version(value.as_str()).unwrap_or_default();
                (value, parts)
            }),
            platforms: options.many("platforms"),
            abis: options.many("abis"),
            implementation: options.one("implementation"),
            config_settings: options.many("config_settings"),
            directory: ["wheel_dir", "download_dir", "output_file"]
                .into_iter()
                .find_map(|dest| options.one(dest)),
            legacy_resolver: options
                .many("deprecated_features_enabled")
                .iter()
                .any(|value| value.as_str() == "legacy-resolver"),
        }
    }
}
