//! uv: `uv pip` as it runs. What works on a project is not modelled, and says so.

use super::{
    call::{Answer, Invocation, PackageTools, Printed, environment, tool_version},
    venv::{self, system_root},
};
use crate::{
    order::SortedSet,
    pep508::ProjectName,
    resolve::{FormatControl, Tool, Upgrade},
    simulate::{
        CallRun, Content, Failure, State, Text,
        environments::{Venv, make_venv},
        files::{self, normalize, parent},
        install::{self, Context, Destination, Request, Stop, check, known_target},
    },
    syntax::command::{Argument, UvCall, UvCommand, UvInstall, UvTarget, split},
};

/// `uv`, `python -m uv`.
pub(super) fn run(tools: &PackageTools<'_>, invocation: &Invocation<'_>, state: &mut State) -> Answer {
    let variables = state.variables.clone();
    let variable = |name: &str| variables.get(name).map(|value| Argument::unplaced(value));
    let Some((_, _, arguments)) = split(invocation.argv) else { return Answer::done() };
    let call = UvCall::parse(arguments, &variable);
    let target = match &call.command {
        UvCommand::PipInstall(install) | UvCommand::PipSync(install) | UvCommand::PipCompile(install) => {
            Some(install.target.clone())
        }
        UvCommand::PipUninstall { target, .. }
        | UvCommand::PipCheck(target)
        | UvCommand::PipFreeze(target) => Some(UvTarget::clone(target)),
        _ => None,
    };
    let project = matches!(call.command, UvCommand::Project { .. });
    match &call.command {
        UvCommand::Venv(venv) => {
            let own = environment(invocation, state).unwrap_or_default();
            return venv::make(tools, venv, invocation, state, &own);
        }
        UvCommand::Tool => return run_tool(tools, invocation, state),
        // A Python that uv fetches is none of the environments.
        UvCommand::Python => return Answer::done(),
        _ => {}
    }
    let changes = matches!(
        &call.command,
        UvCommand::PipInstall(_) | UvCommand::PipSync(_) | UvCommand::PipUninstall { .. }
    );
    let (root, refusal) = match &target {
        _ if project => (uv_project_environment(state), None),
        target => match uv_environment(target.as_ref().unwrap_or(&UvTarget::default()), changes, state) {
            Ok(root) => (root, None),
            Err(message) => (system_root(state), Some(message)),
        },
    };
    if project && !state.environments.contains_key(&root) {
        let venv = Venv { root: root.clone(), base: system_root(state), ..Venv::default() };
        make_venv(state, &venv, tools.index, invocation.origin);
    }
    let writes =
        matches!(call.command, UvCommand::Write { .. } | UvCommand::Build | UvCommand::PipCompile(_));
    let version = tool_version(state, &root, "uv");
    let command = command_name(&call.command);
    let answer = tools.record(
        invocation,
        state,
        &root,
        version.as_ref(),
        ("uv", command),
        |state, context, record| match refusal {
            Some(message) => Err(Stop::usage(message, context.location).of_uv()),
            None => run_command(&call, state, context, record),
        },
    );
    if let (None, Some(skipped)) = (answer.exit_code, answer.skipped.first()) {
        if project {
            state.touch_environment(&root, &skipped.reason, invocation.location);
            state.unknown_programs.get_or_insert_with(|| skipped.reason.clone());
        } else if writes {
            let folder = state.working_directory.clone();
            state.files.mark_uncertain(&folder, &skipped.reason);
        }
    }
    answer
}

/// `uvx`, `uv tool run`, `uv tool install`: each tool has an environment of its own, and may write
/// files.
pub(super) fn run_tool(_: &PackageTools<'_>, _: &Invocation<'_>, state: &mut State) -> Answer {
    state.files.unlisted.get_or_insert_with(|| "a tool that uv runs may write files of its own".to_owned());
    Answer::done()
}

/// The environment that uv finds: the one of `--python`, `VIRTUAL_ENV`, a `.venv` here or above;
/// otherwise the first Python on `PATH`, which it `changes` only where `--system`, a path, `--target`
/// or `--prefix` says so (docs.astral.sh/uv/pip/environments). `Err` says what it lacks.
fn uv_environment(target: &UvTarget, changes: bool, state: &State) -> Result<String, String> {
    let asked = target.python.as_ref().map(Argument::as_str);
    let here = |text: &str| normalize(text, &state.working_directory);
    if let Some(python) = asked.filter(|text| text.contains('/') || state.files.is_folder(&here(text))) {
        let path = here(python);
        if let Some(Content::Program(program)) = state.files.resolved(&path).map(|entry| &entry.content) {
            return Ok(program.environment.clone());
        }
        // A folder is taken for the environment itself.
        return Ok(if state.files.is_folder(&path) { path } else { parent(parent(&path)).to_owned() });
    }
    if target.system.on {
        return Ok(system_root(state));
    }
    let may_be_there = |path: &str| state.unknown_base.is_some() || state.files.doubt(path).is_some();
    if let Some(named) = state.variables.get("VIRTUAL_ENV").filter(|root| !root.is_empty()) {
        let root = normalize(named, &state.working_directory);
        if state.environments.contains_key(&state.files.resolve(&root)) || may_be_there(&root) {
            return Ok(root);
        }
        return Err(format!(
            "Failed to inspect Python interpreter from active virtual environment at `{named}/bin/python`"
        ));
    }
    let mut is_certain = true;
    let mut folder = state.working_directory.as_str();
    loop {
        let root = files::join(folder, ".venv");
        if state.environments.contains_key(&root) {
            return Ok(root);
        }
        is_certain &= !may_be_there(&root);
        if folder == "/" {
            break;
        }
        folder = parent(folder);
    }
    if changes && is_certain && target.target.is_none() && target.prefix.is_none() {
        return Err("No virtual environment found; run `uv venv` to create an environment, or pass `--system` to install into a non-virtual environment".to_owned());
    }
    Ok(system_root(state))
}

/// `uv sync` installs here.
fn uv_project_environment(state: &State) -> String {
    let named = state.variables.get("UV_PROJECT_ENVIRONMENT").map_or(".venv", String::as_str);
    normalize(named, &state.working_directory)
}

/// Runs one command of uv.
fn run_command(
    call: &UvCall,
    state: &mut State,
    context: &Context<'_>,
    record: &mut CallRun,
) -> Result<Printed, Stop> {
    if let Some(directory) = &call.directory {
        return Err(Stop::unknown("uv --directory is not modelled", directory.place.or(context.location)));
    }
    match &call.command {
        UvCommand::PipInstall(install) => {
            let request = request(install, state, context)?;
            install::run(&request, state, context, record)?;
            if install.exact.on {
                install::keep_only(state, context, record);
            }
            Ok(Some(Text::default()))
        }
        UvCommand::PipSync(install) => {
            let request = Request { no_deps: true, ..request(install, state, context)? };
            install::run(&request, state, context, record)?;
            install::keep_only(state, context, record);
            Ok(Some(Text::default()))
        }
        UvCommand::PipUninstall { packages, requirement_files, target } => {
            refuse_target(target, context)?;
            if !requirement_files.is_empty() {
                return Err(Stop::unknown("uv pip uninstall -r is not modelled", context.location));
            }
            install::remove(packages, true, &Tool::Uv, state, context, record)?;
            Ok(Some(Text::default()))
        }
        UvCommand::PipCheck(target) => {
            refuse_target(target, context)?;
            let markers = known_target(state, context)?.environment();
            record.left_broken = check::broken(state, context.environment, &markers);
            if record.left_broken.is_empty() { Ok(None) } else { Err(Stop::failed(Failure::Check)) }
        }
        UvCommand::PipFreeze(target) => {
            refuse_target(target, context)?;
            known_target(state, context)?;
            let own = state.environments.get(context.environment);
            let packages = own.into_iter().flat_map(|own| &own.packages);
            let lines: String = packages
                .flat_map(|(project, packages)| packages.iter().map(move |package| (project, package)))
                .map(|(project, package)| package.frozen(project))
                .collect();
            Ok(Some(Text::unplaced(&lines)))
        }
        UvCommand::Print { .. } => Ok(None),
        other => Err(Stop::unknown(format!("uv {} is not modelled", command_name(other)), context.location)),
    }
}

/// The name of a command, as people type it.
fn command_name(command: &UvCommand) -> &str {
    match command {
        UvCommand::PipInstall(_) => "pip install",
        UvCommand::PipSync(_) => "pip sync",
        UvCommand::PipCompile(_) => "pip compile",
        UvCommand::PipUninstall { .. } => "pip uninstall",
        UvCommand::PipCheck(_) => "pip check",
        UvCommand::PipFreeze(_) => "pip freeze",
        UvCommand::Venv(_) => "venv",
        UvCommand::Tool => "tool",
        UvCommand::Python => "python",
        UvCommand::Build => "build",
        UvCommand::Project { name } | UvCommand::Write { name } | UvCommand::Print { name } => name,
    }
}

fn request(install: &UvInstall, state: &State, context: &Context<'_>) -> Result<Request, Stop> {
    if install.requirements.is_empty() && install.editables.is_empty() && install.requirement_files.is_empty()
    {
        let message = "the following required arguments were not provided: <PACKAGE|--requirements <REQUIREMENTS>|--editable <EDITABLE>>";
        return Err(Stop::usage(message, context.location).of_uv());
    }
    refuse_unmodelled(install, context)?;
    let names = |words: &[Argument]| -> SortedSet<ProjectName> {
        words.iter().filter_map(|word| ProjectName::new(word.as_str())).collect()
    };
    let all = |words: &[Argument]| words.iter().any(|word| word.as_str() == ":all:");
    let index = &install.index;
    let plain = |argument: &Argument| {
        // `NAME=URL`.
        let text = argument.as_str();
        match text.split_once('=') {
            Some((name, url)) if url.contains("://") && !name.contains(':') => {
                argument.slice_from(text.len() - url.len())
            }
            _ => argument.clone(),
        }
    };
    let folder = |argument: &Argument| files::normalize(argument.as_str(), &state.working_directory);
    let destination = match (&install.target.target, &install.target.prefix) {
        (Some(target), _) => Destination::Target(folder(target)),
        (None, Some(prefix)) => Destination::Prefix(folder(prefix)),
        (None, None) => Destination::Environment,
    };
    let strategy = index.strategy.as_ref().map_or("first-index", Argument::as_str);
    Ok(Request {
        tool: Tool::Uv,
        destination,
        constraint_files: install.constraint_files.clone(),
        words: install.requirements.clone(),
        editables: install.editables.clone(),
        requirement_files: install.requirement_files.clone(),
        find_links: index.find_links.clone(),
        index_url: index.default_index.as_ref().map(plain),
        extra_index_urls: index.indexes.iter().chain(&index.extra_index_urls).map(plain).collect(),
        first_index: strategy == "first-index",
        no_index: index.no_index.on,
        no_deps: install.no_deps.on,
        pre: index.prerelease.as_ref().is_some_and(|value| value.as_str() == "allow"),
        upgrade: if install.upgrade.on { Upgrade::Eager } else { Upgrade::No },
        force_reinstall: install.reinstall.on,
        ignore_installed: false,
        formats: FormatControl {
            only_binary_all: install.no_build.on || all(&install.only_binary),
            only_binary: names(&install.only_binary),
            no_binary_all: all(&install.no_binary),
            no_binary: names(&install.no_binary),
        },
        prefer_binary: false,
        ignore_requires_python: false,
        build_isolation: !install.no_build_isolation.on,
        break_system_packages: install.target.break_system_packages.on,
        require_hashes: install.require_hashes.on,
        no_require_hashes: false,
        dry_run: install.dry_run.on,
    })
}

/// Options that change the outcome in ways that are not modelled.
fn refuse_unmodelled(install: &UvInstall, context: &Context<'_>) -> Result<(), Stop> {
    let index = &install.index;
    let given = [
        (install.python_version.is_some() || install.python_platform.is_some(), "another Python or platform"),
        (!install.override_files.is_empty() || !install.exclude_files.is_empty(), "overrides"),
        (!install.extras.is_empty() || install.all_extras.on, "--extra"),
        (!install.groups.is_empty(), "--group"),
        (!install.upgrade_packages.is_empty(), "--upgrade-package"),
        (!install.reinstall_packages.is_empty(), "--reinstall-package"),
        (index.resolution.is_some(), "--resolution"),
        (
            index.strategy.as_ref().is_some_and(|strategy| strategy.as_str() == "unsafe-first-match"),
            "--index-strategy unsafe-first-match",
        ),
        (index.exclude_newer.is_some(), "--exclude-newer"),
        (index.torch_backend.is_some(), "--torch-backend"),
    ];
    match given.iter().find(|(is_given, _)| *is_given) {
        Some((_, what)) => {
            Err(Stop::unknown(format!("uv pip with {what} is not modelled"), context.location))
        }
        None => Ok(()),
    }
}

fn refuse_target(target: &UvTarget, context: &Context<'_>) -> Result<(), Stop> {
    if target.target.is_some() || target.prefix.is_some() {
        return Err(Stop::unknown(
            "uv pip on a --target or --prefix is only modelled for install",
            context.location,
        ));
    }
    Ok(())
}
