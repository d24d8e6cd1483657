//! pip's commands.

use super::call::{Answer, Invocation, PackageTools, Printed, environment, not_modelled, tool_version};
use crate::{
    order::SortedSet,
    pep440::Version,
    pep508::ProjectName,
    resolve::{FormatControl, Tool, Upgrade},
    simulate::{
        CallRun, Content, Failure, Program, ProgramKind, Skipped, State, Text,
        files::{self, normalize},
        install::{self, Context, Destination, Request, Stop, check, known_target, seen, user_root},
    },
    syntax::command::{
        Argument, ConfigEntry, ConfigFile, OptionValue, PipCall, PipCommand, PipConfig, PipInstall,
        PipVersion, Surroundings, UpgradeStrategy, UsageError,
    },
};

/// The oldest pip whose rules are modelled; an older one is taken for it, and that is said.
const OLDEST: [u64; 2] = [22, 3];

/// The newest pip whose rules are known: what stands in where the version is not known.
const NEWEST: [u64; 2] = [26, 3];

/// `pip`, `python -m pip`.
pub(super) fn run(tools: &PackageTools<'_>, invocation: &Invocation<'_>, state: &mut State) -> Answer {
    let own = environment(invocation, state).unwrap_or_default();
    let version = tool_version(state, &own, "pip");
    let part = |index: usize| {
        let parts = version.as_ref().map_or(&[][..], |version| version.release());
        parts.get(index).and_then(|n| u16::try_from(*n).ok()).unwrap_or(0)
    };
    let pip = match &version {
        Some(_) => PipVersion { major: part(0), minor: part(1) },
        None => PipVersion::default(),
    };
    let variables = state.variables.clone();
    let variable = |name: &str| variables.get(name).map(|value| Argument::unplaced(value));
    let config = config_files(state, &own);
    let surroundings = Surroundings { pip, variable: &variable, config: &config };
    let Some(call) = PipCall::parse(invocation.argv, surroundings) else {
        return not_modelled("pip", invocation, state);
    };
    // `--python`: this pip, run by that Python.
    let root = match &call.python {
        None => own,
        Some(python) => match other_python(python, state) {
            Some(other) => other,
            None => return not_modelled("pip for a Python that is not known", invocation, state),
        },
    };
    let command = command_name(&call.command);
    let mut answer = tools.record(
        invocation,
        state,
        &root,
        version.as_ref(),
        ("pip", command),
        |state, context, record| run_command(&call, state, context, record),
    );
    let note = version_note(version.as_ref());
    answer.skipped.splice(
        ..0,
        note.map(|reason| Skipped { location: invocation.location, reason, touches_packages: false }),
    );
    answer
}

/// The environment that `pip --python` names: its folder, or its interpreter.
fn other_python(python: &Argument, state: &State) -> Option<String> {
    let path = normalize(python.as_str(), &state.working_directory);
    let path = if state.files.is_folder(&path) { files::join(&path, "bin/python") } else { path };
    match &state.files.resolved(&path)?.content {
        Content::Program(Program { kind: ProgramKind::Python, environment }) => Some(environment.clone()),
        _ => None,
    }
}

/// pip's configuration files that are there, weakest first, with `pip config set` on top.
fn config_files(state: &State, root: &str) -> Vec<ConfigFile> {
    let home = state.home();
    let mut paths = vec![
        "/etc/xdg/pip/pip.conf".to_owned(),
        "/etc/pip.conf".to_owned(),
        format!("{home}/.pip/pip.conf"),
        format!("{home}/.config/pip/pip.conf"),
        format!("{root}/pip.conf"),
    ];
    paths.extend(state.variables.get("PIP_CONFIG_FILE").cloned());
    let texts = paths.iter().filter_map(|path| match &state.files.resolved(path)?.content {
        Content::Text(text) => Some(text.clone()),
        _ => None,
    });
    let mut files: Vec<ConfigFile> = texts
        .filter_map(|text| {
            let (mapped, file) = text.to_mapped();
            Some(ConfigFile::parse(mapped.as_str(), file?))
        })
        .collect();
    let entries: Vec<ConfigEntry> = state
        .pip_config
        .iter()
        .map(|(key, value)| {
            let (section, name) = key.split_once('.').unwrap_or(("global", key));
            let (section, key) = (section.to_owned(), name.to_owned());
            ConfigEntry { section, key, value: Argument::unplaced(value) }
        })
        .collect();
    files.extend((!entries.is_empty()).then_some(ConfigFile { entries }));
    files
}

/// Runs one command of pip.
fn run_command(
    call: &PipCall,
    state: &mut State,
    context: &Context<'_>,
    record: &mut CallRun,
) -> Result<Printed, Stop> {
    if let Some(error) = call.refusal() {
        return Err(refused(&error, context));
    }
    // Progress is told on standard output; "-q" leaves warnings and errors, which go to the other.
    let said = || is_quiet(call).then(Text::default);
    match &call.command {
        PipCommand::Install(install) => {
            let request = request(install, Command::Install, state, context)?;
            install::run(&request, state, context, record).map(|()| said())
        }
        PipCommand::Wheel(install) => {
            let request = request(install, Command::Wheel, state, context)?;
            install::run(&request, state, context, record).map(|()| said())
        }
        PipCommand::Download(install) => {
            let request = request(install, Command::Download, state, context)?;
            install::run(&request, state, context, record).map(|()| said())
        }
        PipCommand::Lock(_) => Err(Stop::unknown("pip lock is not modelled", context.location)),
        PipCommand::Uninstall(uninstall) => {
            if !uninstall.requirement_files.is_empty() {
                return Err(Stop::unknown("pip uninstall -r is not modelled", context.location));
            }
            let tool = Tool::Pip(context.version.cloned().unwrap_or_else(|| Version::new(NEWEST)));
            install::remove(&uninstall.packages, uninstall.yes.on, &tool, state, context, record)?;
            Ok(said())
        }
        PipCommand::Check => run_check(state, context, record),
        PipCommand::Config(config) => {
            configure(config, state);
            Ok(said())
        }
        PipCommand::Print { name, .. } if name == "freeze" => frozen(state, context),
        PipCommand::Cache(_) | PipCommand::Print { .. } | PipCommand::Help => Ok(None),
        PipCommand::Invalid(error) => Err(refused(error, context)),
    }
}

fn is_quiet(call: &PipCall) -> bool {
    let count = |name: &str| match call.options.given.get(name) {
        Some(OptionValue::Count(count)) => *count,
        _ => 0,
    };
    count("quiet") > count("verbose")
}

/// What pip refuses before it looks for a package, with its exit code.
fn refused(error: &UsageError, context: &Context<'_>) -> Stop {
    let location = error.argument.as_ref().and_then(|argument| argument.place).or(context.location);
    Stop::Failed(Failure::Usage { message: error.message.clone(), location }, error.exit_code)
}

/// The name of a command, as people type it.
fn command_name(command: &PipCommand) -> &str {
    match command {
        PipCommand::Install(_) => "install",
        PipCommand::Wheel(_) => "wheel",
        PipCommand::Download(_) => "download",
        PipCommand::Lock(_) => "lock",
        PipCommand::Uninstall(_) => "uninstall",
        PipCommand::Check => "check",
        PipCommand::Config(_) => "config",
        PipCommand::Cache(_) => "cache",
        PipCommand::Print { name, .. } => name,
        PipCommand::Help | PipCommand::Invalid(_) => "",
    }
}

/// What is only partly modelled because of pip's version.
fn version_note(version: Option<&Version>) -> Option<String> {
    match version {
        None => Some(format!("pip's version is not known; the rules of {} are taken", Version::new(NEWEST))),
        Some(version) if *version < Version::new(OLDEST) => {
            Some(format!("pip {version} is older than {}, whose rules are taken", Version::new(OLDEST)))
        }
        Some(_) => None,
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Command {
    Install,
    Wheel,
    Download,
}

fn request(
    install: &PipInstall,
    command: Command,
    state: &State,
    context: &Context<'_>,
) -> Result<Request, Stop> {
    refuse_unmodelled(install, context)?;
    let version = context.version.cloned().unwrap_or_else(|| Version::new(NEWEST));
    let names = |set: &SortedSet<String>| set.iter().filter_map(|name| ProjectName::new(name)).collect();
    let formats = &install.index.format_control;
    let upgrade = match (install.upgrade.on, install.upgrade_strategy) {
        (false, _) => Upgrade::No,
        (true, UpgradeStrategy::OnlyIfNeeded) => Upgrade::OnlyIfNeeded,
        (true, UpgradeStrategy::Eager) => Upgrade::Eager,
    };
    Ok(Request {
        tool: Tool::Pip(version),
        destination: destination(install, command, state, context)?,
        constraint_files: install.constraint_files.clone(),
        words: install.requirements.clone(),
        editables: install.editables.clone(),
        requirement_files: install.requirement_files.clone(),
        find_links: install.index.find_links.clone(),
        index_url: install.index.index_url.clone(),
        extra_index_urls: install.index.extra_index_urls.clone(),
        first_index: false,
        no_index: install.index.no_index.on,
        no_deps: install.no_deps.on,
        pre: install.index.pre.on || install.index.release_control.all_releases.contains(":all:"),
        upgrade,
        force_reinstall: install.force_reinstall.on,
        ignore_installed: install.ignore_installed.on,
        formats: FormatControl {
            only_binary_all: formats.only_binary.contains(":all:"),
            only_binary: names(&formats.only_binary),
            no_binary_all: formats.no_binary.contains(":all:"),
            no_binary: names(&formats.no_binary),
        },
        prefer_binary: install.index.prefer_binary.on,
        ignore_requires_python: install.ignore_requires_python.on,
        build_isolation: install.build_isolation.on,
        break_system_packages: install.break_system_packages.on,
        require_hashes: install.require_hashes.on,
        no_require_hashes: install.no_require_hashes.on,
        dry_run: install.dry_run.on,
    })
}

/// Options that change the outcome in ways that are not modelled.
fn refuse_unmodelled(install: &PipInstall, context: &Context<'_>) -> Result<(), Stop> {
    let foreign_target = install.python_version.is_some()
        || !install.platforms.is_empty()
        || !install.abis.is_empty()
        || install.implementation.is_some();
    let reason = if foreign_target {
        "installing for another Python or platform is not modelled"
    } else if install.root.is_some() {
        "--root is not modelled"
    } else if install.only_deps.on {
        "--only-deps is not modelled"
    } else if !install.groups.is_empty() {
        "--group is not modelled"
    } else if !install.scripts.is_empty() {
        "--requirements-from-script is not modelled"
    } else if install.legacy_resolver {
        "the legacy resolver is not modelled"
    } else {
        return Ok(());
    };
    Err(Stop::unknown(reason, context.location))
}

fn destination(
    install: &PipInstall,
    command: Command,
    state: &State,
    context: &Context<'_>,
) -> Result<Destination, Stop> {
    let folder = |argument: &Argument| files::normalize(argument.as_str(), &state.working_directory);
    let directory = || install.directory.as_ref().map_or_else(|| state.working_directory.clone(), folder);
    match command {
        Command::Wheel => return Ok(Destination::Wheels(directory())),
        Command::Download => return Ok(Destination::Files(directory())),
        Command::Install => {}
    }
    if let Some(target) = &install.target {
        return Ok(Destination::Target(folder(target)));
    }
    if let Some(prefix) = &install.prefix {
        return Ok(Destination::Prefix(folder(prefix)));
    }
    let is_root = matches!(state.user.as_str(), "" | "root" | "0");
    let environment = state.environments.get(context.environment);
    let is_system =
        environment.is_some_and(|environment| environment.kind == crate::model::EnvironmentKind::System);
    // "Defaulting to user installation because normal site-packages is not writeable".
    let user = install.user.as_ref().map_or(!is_root && is_system, |user| user.on);
    if !user {
        return Ok(Destination::Environment);
    }
    match home(state) {
        Some(home) => Ok(Destination::User(user_root(&home))),
        None => Err(Stop::unknown("the home directory of the user is not known", context.location)),
    }
}

/// The home directory of the user that runs the step.
fn home(state: &State) -> Option<String> {
    if let Some(home) = state.variables.get("HOME") {
        return Some(home.clone());
    }
    match state.user.as_str() {
        "" | "root" | "0" => Some("/root".to_owned()),
        user if user.bytes().all(|byte| byte.is_ascii_digit()) => None,
        user => Some(format!("/home/{user}")),
    }
}

fn run_check(state: &State, context: &Context<'_>, record: &mut CallRun) -> Result<Printed, Stop> {
    let target = known_target(state, context)?;
    record.left_broken = check::broken(state, context.environment, &target.environment());
    if record.left_broken.is_empty() {
        return Ok(Some(Text::unplaced("No broken requirements found.\n")));
    }
    Err(Stop::failed(Failure::Check))
}

/// `pip freeze`: names as pip prints them are not known, so normalised ones stand in.
fn frozen(state: &State, context: &Context<'_>) -> Result<Printed, Stop> {
    known_target(state, context)?;
    let tools = ["pip", "setuptools", "wheel", "distribute"];
    let lines: String = seen(state, context.environment)
        .into_iter()
        .filter(|(project, _)| !tools.contains(&project.as_str()))
        .map(|(project, package)| package.frozen(project))
        .collect();
    Ok(Some(Text::unplaced(&lines)))
}

/// `pip config set KEY VALUE` and `unset`; the other commands print.
fn configure(config: &PipConfig, state: &mut State) {
    let words: Vec<&str> = config.words.iter().map(Argument::as_str).collect();
    match words.as_slice() {
        ["set", key, value] => {
            state.pip_config.insert((*key).to_owned(), (*value).to_owned());
        }
        ["unset", key] => {
            state.pip_config.remove(*key);
        }
        _ => {}
    }
}
