//! `uv pip`. The rest of uv is not modelled here, and says so.

use super::{
    Context, check,
    outcome::Stop,
    pip::{self, Printed, known_environment},
    request::{Destination, Request},
    run,
};
use crate::{
    order::SortedSet,
    pep508::ProjectName,
    resolve::{FormatControl, Resolution, Tool, Upgrade},
    simulate::{CallRun, Change, Failure, State, Text, files},
    syntax::command::{Argument, UvCall, UvCommand, UvInstall, UvTarget},
};

/// Runs one command of uv.
pub(super) fn run_command(
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
            run::run(&request, state, context, record)?;
            if install.exact.on {
                remove_others(state, context, record);
            }
            Ok(Some(Text::default()))
        }
        UvCommand::PipSync(install) => {
            let request = Request { no_deps: true, ..request(install, state, context)? };
            run::run(&request, state, context, record)?;
            remove_others(state, context, record);
            Ok(Some(Text::default()))
        }
        UvCommand::PipUninstall { packages, requirement_files, target } => {
            refuse_target(target, context)?;
            if !requirement_files.is_empty() {
                return Err(Stop::unknown("uv pip uninstall -r is not modelled", context.location));
            }
            pip::remove(packages, true, &Tool::Uv, state, context, record)?;
            Ok(Some(Text::default()))
        }
        UvCommand::PipCheck(target) => {
            refuse_target(target, context)?;
            let markers = known_environment(state, context)?.environment();
            record.left_broken = check::broken(state, context.environment, &markers);
            if record.left_broken.is_empty() { Ok(None) } else { Err(Stop::failed(Failure::Check)) }
        }
        UvCommand::PipFreeze(target) => {
            refuse_target(target, context)?;
            known_environment(state, context)?;
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
pub(super) fn command_name(command: &UvCommand) -> &str {
    match command {
        UvCommand::PipInstall(_) => "pip install",
        UvCommand::PipSync(_) => "pip sync",
        UvCommand::PipCompile(_) => "pip compile",
        UvCommand::PipUninstall { .. } => "pip uninstall",
        UvCommand::PipCheck(_) => "pip check",
        UvCommand::PipFreeze(_) => "pip freeze",
        UvCommand::Sync(_) => "sync",
        UvCommand::Lock(_) => "lock",
        UvCommand::Export(_) => "export",
        UvCommand::Add(_) => "add",
        UvCommand::Remove(_) => "remove",
        UvCommand::Run(_) => "run",
        UvCommand::Tool { .. } => "tool",
        UvCommand::Python { .. } => "python",
        UvCommand::Build { .. } => "build",
        UvCommand::Print { name } => name,
    }
}

/// uv ends with 2 where it cannot begin: its words, or a file that they name, are not to be had.
pub(super) fn refused(stop: Stop) -> Stop {
    match stop {
        Stop::Failed(failure, _) => Stop::Failed(failure, 2),
        unknown @ Stop::Unknown(_) => unknown,
    }
}

fn request(install: &UvInstall, state: &State, context: &Context<'_>) -> Result<Request, Stop> {
    if install.requirements.is_empty() && install.editables.is_empty() && install.requirement_files.is_empty()
    {
        let message = "the following required arguments were not provided: <PACKAGE|--requirements <REQUIREMENTS>|--editable <EDITABLE>>";
        return Err(refused(Stop::usage(message, context.location)));
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

/// `uv pip sync`: what the resolution does not hold goes, uv's own tools included.
fn remove_others(state: &mut State, context: &Context<'_>, record: &mut CallRun) {
    let Some(Resolution::Selected(selection)) = record.resolution.as_deref() else { return };
    let Some(environment) = state.environments.get_mut(context.environment) else { return };
    // "uv pip sync" leaves pip, setuptools and wheel of a seeded environment alone.
    let is_seed = |project: &ProjectName| ["pip", "setuptools", "wheel", "uv"].contains(&project.as_str());
    let extra: Vec<ProjectName> = environment
        .packages
        .keys()
        .filter(|project| !selection.picks.contains_key(*project) && !is_seed(project))
        .cloned()
        .collect();
    for project in extra {
        for package in environment.packages.remove(&project).into_iter().flatten() {
            record.changes.push(Change::Uninstall { project: project.clone(), version: package.version });
        }
    }
}
