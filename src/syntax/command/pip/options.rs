//! pip's options, command by command and version by version: what the `optparse` tables of pip
//! 20.3 to 26.3 hold (`pip._internal.cli.cmdoptions`, `pip._internal.commands`).

use super::PipVersion;

/// The commands of pip, in the order of its help.
pub(super) const COMMANDS: [(&str, Since); 18] = [
    ("install", ALWAYS),
    ("lock", Since(25, 1)),
    ("download", ALWAYS),
    ("uninstall", ALWAYS),
    ("freeze", ALWAYS),
    ("inspect", Since(22, 2)),
    ("list", ALWAYS),
    ("show", ALWAYS),
    ("check", ALWAYS),
    ("config", ALWAYS),
    ("search", ALWAYS),
    ("cache", ALWAYS),
    ("index", Since(21, 2)),
    ("wheel", ALWAYS),
    ("hash", ALWAYS),
    ("completion", ALWAYS),
    ("debug", ALWAYS),
    ("help", ALWAYS),
];

/// The first version that has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Since(pub(super) u16, pub(super) u16);

const ALWAYS: Since = Since(0, 0);
/// Later than every version: never dropped.
const FOREVER: Since = Since(u16::MAX, 0);

/// What an option does with its value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Action {
    /// Sets its destination to true or false.
    Flag(bool),
    /// Counts how often it is given.
    Count,
    /// The last value counts.
    Store(Kind),
    /// All values count.
    Append(Kind),
    /// `--no-cache-dir`.
    NoCacheDir,
    /// `--no-binary`, `--only-final`: a set of names, apart from that of its counterpart.
    Names {
        /// Whether it fills the second set of its destination.
        second: bool,
    },
    /// `--python-version`.
    PythonVersion,
    /// `--group`.
    Group,
    /// `-C KEY=VALUE`.
    Setting,
    /// Prints help and stops.
    Help,
    /// `completion --bash`: stores its own name.
    Name,
}

/// How a value is checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Text,
    Integer,
    Number,
    Choice(&'static [&'static str]),
}

/// One option.
#[derive(Debug, Clone, Copy)]
pub(super) struct Spec {
    /// Long and short, blanks between.
    names: &'static str,
    /// pip's own variable.
    pub(super) dest: &'static str,
    pub(super) action: Action,
    /// The commands that have it, blanks between; `*` for all, and before any command; none where it
    /// stands only before one.
    commands: &'static str,
    since: Since,
    /// The first version without it.
    until: Since,
}

impl Spec {
    pub(super) fn names(&self) -> impl Iterator<Item = &'static str> {
        self.names.split(' ')
    }

    pub(super) fn takes_value(&self) -> bool {
        !matches!(
            self.action,
            Action::Flag(_) | Action::Count | Action::NoCacheDir | Action::Help | Action::Name
        )
    }

    fn stands_in(&self, command: Option<&str>, version: PipVersion) -> bool {
        let here = match command {
            None => matches!(self.commands, "*" | ""),
            Some(command) => self.commands == "*" || self.commands.split(' ').any(|name| name == command),
        };
        here && at_least(version, self.since) && !at_least(version, self.until)
    }
}

/// Whether a version has what came with `since`.
pub(super) fn at_least(version: PipVersion, since: Since) -> bool {
    (version.major, version.minor) >= (since.0, since.1)
}

/// The options of a command, or those before any command.
pub(super) fn of(command: Option<&str>, version: PipVersion) -> Vec<&'static Spec> {
    SPECS.iter().filter(|spec| spec.stands_in(command, version)).collect()
}

/// The value a flag has when nobody gives it.
pub(super) fn default_flag(dest: &str) -> bool {
    matches!(
        dest,
        "build_isolation"
            | "compile"
            | "include_editable"
            | "use_pep517"
            | "warn_about_conflicts"
            | "warn_script_location"
    )
}

const fn spec(names: &'static str, dest: &'static str, action: Action, commands: &'static str) -> Spec {
    Spec { names, dest, action, commands, since: ALWAYS, until: FOREVER }
}

const fn since(major: u16, minor: u16, spec: Spec) -> Spec {
    Spec { since: Since(major, minor), ..spec }
}

const fn until(major: u16, minor: u16, spec: Spec) -> Spec {
    Spec { until: Since(major, minor), ..spec }
}

const ON: Action = Action::Flag(true);
const OFF: Action = Action::Flag(false);
const TEXT: Action = Action::Store(Kind::Text);
const TEXTS: Action = Action::Append(Kind::Text);
const FIRST: Action = Action::Names { second: false };
const SECOND: Action = Action::Names { second: true };

const fn one_of(choices: &'static [&'static str]) -> Action {
    Action::Store(Kind::Choice(choices))
}

const fn some_of(choices: &'static [&'static str]) -> Action {
    Action::Append(Kind::Choice(choices))
}

const RESOLVE: &str = "install lock download wheel";
const FINDER: &str = "install lock download list index wheel";
const TARGET: &str = "install download index debug";

#[rustfmt::skip]
const SPECS: &[Spec] = &[
    // General options.
    spec("-h --help", "help", Action::Help, "*"),
    since(21, 3, spec("--debug", "debug_mode", ON, "*")),
    spec("--isolated", "isolated_mode", ON, "*"),
    spec("--require-virtualenv --require-venv", "require_venv", ON, "*"),
    since(22, 3, spec("--python", "python", TEXT, "*")),
    spec("-v --verbose", "verbose", Action::Count, "*"),
    spec("-V --version", "version", ON, ""),
    spec("-q --quiet", "quiet", Action::Count, "*"),
    spec("--log --log-file --local-log", "log", TEXT, "*"),
    spec("--no-input", "no_input", ON, "*"),
    since(23, 1, spec("--keyring-provider", "keyring_provider", one_of(&["auto", "disabled", "import", "subprocess"]), "*")),
    spec("--proxy", "proxy", TEXT, "*"),
    since(26, 2, spec("--no-proxy-env", "no_proxy_env", ON, "*")),
    spec("--retries", "retries", Action::Store(Kind::Integer), "*"),
    spec("--timeout --default-timeout", "timeout", Action::Store(Kind::Number), "*"),
    spec("--exists-action", "exists_action", some_of(&["s", "i", "w", "b", "a"]), "*"),
    spec("--trusted-host", "trusted_hosts", TEXTS, "*"),
    spec("--cert", "cert", TEXT, "*"),
    spec("--client-cert", "client_cert", TEXT, "*"),
    spec("--cache-dir", "cache_dir", TEXT, "*"),
    spec("--no-cache-dir", "cache_dir", Action::NoCacheDir, "*"),
    spec("--disable-pip-version-check", "disable_pip_version_check", ON, "*"),
    spec("--no-color", "no_color", ON, "*"),
    spec("--no-python-version-warning", "no_python_version_warning", ON, "*"),
    until(21, 2, spec("--use-feature", "features_enabled", some_of(&["2020-resolver", "fast-deps"]), "*")),
    since(21, 2, until(22, 1, spec("--use-feature", "features_enabled", some_of(&["2020-resolver", "fast-deps", "in-tree-build"]), "*"))),
    since(22, 1, until(22, 2, spec("--use-feature", "features_enabled", some_of(&["2020-resolver", "fast-deps"]), "*"))),
    since(22, 2, until(22, 3, spec("--use-feature", "features_enabled", some_of(&["2020-resolver", "fast-deps", "truststore"]), "*"))),
    since(22, 3, until(25, 3, spec("--use-feature", "features_enabled", some_of(&["fast-deps", "truststore", "no-binary-enable-wheel-cache"]), "*"))),
    since(25, 3, until(26, 0, spec("--use-feature", "features_enabled", some_of(&["fast-deps", "build-constraint", "truststore", "no-binary-enable-wheel-cache"]), "*"))),
    since(26, 0, until(26, 2, spec("--use-feature", "features_enabled", some_of(&["fast-deps", "build-constraint", "inprocess-build-deps", "truststore", "no-binary-enable-wheel-cache"]), "*"))),
    since(26, 2, spec("--use-feature", "features_enabled", some_of(&["fast-deps", "inprocess-build-deps", "venv-isolation", "truststore", "no-binary-enable-wheel-cache", "build-constraint"]), "*")),
    until(21, 2, spec("--use-deprecated", "deprecated_features_enabled", some_of(&["legacy-resolver"]), "*")),
    since(21, 2, until(22, 0, spec("--use-deprecated", "deprecated_features_enabled", some_of(&["legacy-resolver", "out-of-tree-build"]), "*"))),
    since(22, 0, until(22, 2, spec("--use-deprecated", "deprecated_features_enabled", some_of(&["legacy-resolver", "out-of-tree-build", "backtrack-on-build-failures", "html5lib"]), "*"))),
    since(22, 2, until(24, 2, spec("--use-deprecated", "deprecated_features_enabled", some_of(&["legacy-resolver"]), "*"))),
    since(24, 2, spec("--use-deprecated", "deprecated_features_enabled", some_of(&["legacy-resolver", "legacy-certs"]), "*")),
    since(25, 1, spec("--resume-retries", "resume_retries", Action::Store(Kind::Integer), "*")),
    // What to resolve.
    spec("-r --requirement", "requirements", TEXTS, "install lock download uninstall freeze wheel"),
    since(26, 0, spec("--requirements-from-script", "requirements_from_scripts", TEXTS, RESOLVE)),
    spec("-c --constraint", "constraints", TEXTS, RESOLVE),
    since(25, 3, spec("--build-constraint", "build_constraints", TEXTS, RESOLVE)),
    spec("-e --editable", "editables", TEXTS, "install lock wheel"),
    since(25, 1, spec("--group", "dependency_groups", Action::Group, RESOLVE)),
    spec("--no-deps --no-dependencies", "ignore_dependencies", ON, RESOLVE),
    since(26, 2, spec("--only-deps --only-dependencies", "only_dependencies", ON, RESOLVE)),
    spec("--ignore-requires-python", "ignore_requires_python", ON, "install lock download index wheel"),
    spec("--require-hashes", "require_hashes", ON, RESOLVE),
    since(26, 2, spec("--no-require-hashes", "no_require_hashes", ON, RESOLVE)),
    // Where from.
    spec("-i --index-url --pypi-url", "index_url", TEXT, FINDER),
    spec("--extra-index-url", "extra_index_urls", TEXTS, FINDER),
    spec("--no-index", "no_index", ON, FINDER),
    spec("-f --find-links", "find_links", TEXTS, FINDER),
    until(21, 2, spec("-f --find-links", "find_links", TEXTS, "freeze")),
    since(26, 0, spec("--uploaded-prior-to", "uploaded_prior_to", TEXT, FINDER)),
    since(26, 2, spec("--refresh-package", "refresh_package", TEXTS, FINDER)),
    spec("--pre", "pre", ON, FINDER),
    since(26, 0, spec("--all-releases", "release_control", FIRST, FINDER)),
    since(26, 0, spec("--only-final", "release_control", SECOND, FINDER)),
    spec("--no-binary", "format_control", FIRST, "install lock download index wheel"),
    spec("--only-binary", "format_control", SECOND, "install lock download index wheel"),
    since(26, 0, spec("--no-binary", "format_control", FIRST, "list")),
    since(26, 0, spec("--only-binary", "format_control", SECOND, "list")),
    spec("--prefer-binary", "prefer_binary", ON, RESOLVE),
    since(26, 0, spec("--prefer-binary", "prefer_binary", ON, "list index")),
    // For which target.
    spec("--platform", "platforms", TEXTS, TARGET),
    spec("--python-version", "python_version", Action::PythonVersion, TARGET),
    spec("--implementation", "implementation", TEXT, TARGET),
    spec("--abi", "abis", TEXTS, TARGET),
    // How to build.
    spec("--no-build-isolation", "build_isolation", OFF, RESOLVE),
    spec("--use-pep517", "use_pep517", ON, RESOLVE),
    until(25, 3, spec("--no-use-pep517", "use_pep517", OFF, RESOLVE)),
    since(22, 1, spec("--check-build-dependencies", "check_build_deps", ON, RESOLVE)),
    since(22, 1, until(23, 1, spec("--config-settings", "config_settings", Action::Setting, "install wheel"))),
    since(23, 1, spec("-C --config-settings", "config_settings", Action::Setting, "install lock wheel")),
    until(25, 3, spec("--global-option", "global_options", TEXTS, "install download wheel")),
    until(25, 3, spec("--build-option", "build_options", TEXTS, "wheel")),
    until(23, 1, spec("--install-option", "install_options", TEXTS, "install")),
    until(21, 3, spec("-b --build --build-dir --build-directory", "build_dir", TEXT, "install download wheel")),
    spec("--src --source --source-dir --source-directory", "src_dir", TEXT, RESOLVE),
    spec("--no-clean", "no_clean", ON, RESOLVE),
    until(22, 1, spec("--progress-bar", "progress_bar", one_of(&["off", "on", "ascii", "pretty", "emoji"]), RESOLVE)),
    since(22, 1, until(24, 1, spec("--progress-bar", "progress_bar", one_of(&["on", "off"]), RESOLVE))),
    since(24, 1, until(25, 2, spec("--progress-bar", "progress_bar", one_of(&["on", "off", "raw"]), RESOLVE))),
    since(25, 2, spec("--progress-bar", "progress_bar", one_of(&["auto", "on", "off", "raw"]), RESOLVE)),
    // Where to.
    since(22, 2, spec("--dry-run", "dry_run", ON, "install")),
    spec("-t --target", "target_dir", TEXT, "install"),
    spec("--user", "use_user_site", ON, "install"),
    spec("--no-user", "use_user_site", OFF, "install"),
    spec("--root", "root_path", TEXT, "install"),
    spec("--prefix", "prefix_path", TEXT, "install"),
    spec("-U --upgrade", "upgrade", ON, "install"),
    spec("--upgrade-strategy", "upgrade_strategy", one_of(&["only-if-needed", "eager"]), "install"),
    spec("--force-reinstall", "force_reinstall", ON, "install"),
    spec("-I --ignore-installed", "ignore_installed", ON, "install"),
    spec("--compile", "compile", ON, "install"),
    spec("--no-compile", "compile", OFF, "install"),
    spec("--no-warn-script-location", "warn_script_location", OFF, "install"),
    spec("--no-warn-conflicts", "warn_about_conflicts", OFF, "install"),
    since(22, 2, spec("--report", "json_report_file", TEXT, "install")),
    since(22, 1, spec("--root-user-action", "root_user_action", one_of(&["warn", "ignore"]), "install uninstall")),
    since(23, 0, spec("--break-system-packages", "override_externally_managed", ON, "install uninstall")),
    spec("-w --wheel-dir", "wheel_dir", TEXT, "wheel"),
    spec("--no-verify", "no_verify", ON, "wheel"),
    spec("-d --dest --destination-dir --destination-directory", "download_dir", TEXT, "download"),
    spec("-o --output", "output_file", TEXT, "lock"),
    // The other commands.
    spec("-y --yes", "yes", ON, "uninstall"),
    spec("-l --local", "local", ON, "freeze list"),
    spec("--local", "local", ON, "inspect"),
    spec("--user", "user", ON, "freeze inspect list"),
    spec("--path", "path", TEXTS, "freeze inspect list"),
    spec("--all", "freeze_all", ON, "freeze"),
    spec("--exclude-editable", "exclude_editable", ON, "freeze"),
    spec("--exclude", "excludes", TEXTS, "freeze list"),
    spec("-o --outdated", "outdated", ON, "list"),
    spec("-u --uptodate", "uptodate", ON, "list"),
    spec("-e --editable", "editable", ON, "list"),
    spec("--format", "list_format", one_of(&["columns", "freeze", "json"]), "list"),
    spec("--not-required", "not_required", ON, "list"),
    spec("--exclude-editable", "include_editable", OFF, "list"),
    spec("--include-editable", "include_editable", ON, "list"),
    spec("-f --files", "files", ON, "show"),
    spec("--editor", "editor", TEXT, "config"),
    spec("--global", "global_file", ON, "config"),
    spec("--user", "user_file", ON, "config"),
    spec("--site", "site_file", ON, "config"),
    spec("--format", "list_format", one_of(&["human", "abspath"]), "cache"),
    since(25, 1, spec("--json", "json", ON, "index")),
    spec("-a --algorithm", "algorithm", one_of(&["sha256", "sha384", "sha512"]), "hash"),
    spec("-i --index", "index", TEXT, "search"),
    spec("-b --bash", "shell", Action::Name, "completion"),
    spec("-z --zsh", "shell", Action::Name, "completion"),
    spec("-f --fish", "shell", Action::Name, "completion"),
    since(22, 1, spec("-p --powershell", "shell", Action::Name, "completion")),
];
