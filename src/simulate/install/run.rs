//! One resolving run: gather, resolve, build, apply.

use std::sync::Arc;

use super::{
    apply::{apply, destination_root, environment, installed_projects},
    build, check, gather,
    outcome::{Stop, Unknown},
    request::{Context, Destination, Request},
};
use crate::{
    pep440::Version,
    pep508::{ProjectName, Target},
    resolve::{PickSource, Problem, Resolution, Selection, Tool, known_part, lacking, root_conflict},
    simulate::{BuildNeed, CallRun, Certainty, Failure, State},
};

/// Runs what `pip install`, `pip wheel`, `pip download` or `uv pip install` asks, and completes
/// the record of the call. What it may have changed where the outcome is not known is marked.
pub(in crate::simulate) fn run(
    request: &Request,
    state: &mut State,
    context: &Context<'_>,
    call: &mut CallRun,
) -> Result<(), Stop> {
    call.wheelhouse = request.destination.folder().map(str::to_owned);
    let result = attempt(request, state, context, call);
    if let Err(Stop::Unknown(unknown)) = &result {
        spoil(request, unknown, state, context);
    }
    result
}

fn attempt(
    request: &Request,
    state: &mut State,
    context: &Context<'_>,
    call: &mut CallRun,
) -> Result<(), Stop> {
    let Some(environment) = state.environments.get(context.environment) else {
        let reason = format!("the environment {} is not known", context.environment);
        return Err(Stop::unknown(reason, context.location));
    };
    if environment.externally_managed && refuses_managed(request) {
        let message = "externally-managed-environment: this Python belongs to the distribution";
        let stop = Stop::usage(message, context.location);
        return Err(if request.tool == Tool::Uv { stop.of_uv() } else { stop });
    }
    let Some(python) = environment.python else {
        return Err(match &environment.certainty {
            // A base image that the Dockerfile does not name is named there, not in the target.
            Certainty::Uncertain { reason, location: location @ Some(_) }
                if state.unknown_base.as_ref() == Some(reason) =>
            {
                Stop::unknown(reason.clone(), *location)
            }
            // A step made it, and not the image.
            Certainty::Uncertain { reason, location } if environment.origin.step.is_some() => {
                let reason = format!("which Python {} runs is not known: {reason}", context.environment);
                Stop::unknown(reason, location.or(context.location))
            }
            _ => Stop::unknown_python(context.location),
        });
    };
    let target = Target { python, platform: state.platform };
    let (ignores_installed, (installed, certainty)) = match &request.tool {
        Tool::Pip(_) => (
            request.destination.folder().is_some() || matches!(request.destination, Destination::Target(_)),
            gather::installed(state, context.environment),
        ),
        // To uv, a folder that packages go to is an environment like any other.
        Tool::Uv => {
            let root = destination_root(&request.destination, context.environment);
            (false, gather::installed_here(state, root))
        }
    };
    if let (false, Certainty::Uncertain { reason, location }) = (ignores_installed, &certainty) {
        let reason = format!("what {} holds is not known: {reason}", context.environment);
        return Err(Stop::unknown(reason, location.or(context.location)));
    }
    let installed = if ignores_installed { Default::default() } else { installed };
    let (problem, hashes, passed_over) = gather::problem(request, state, context, target, installed)?;
    let problem = Arc::new(problem);
    call.passed_over = passed_over;
    call.problem = Some(problem.clone());
    let resolution = context.answers.resolve(&problem, context.index);
    call.resolution = Some(resolution.clone());
    call.unchecked_hashes = hashes.any();
    let selection = match &*resolution {
        Resolution::Selected(selection) => {
            hashes.check_lines(&problem, state)?;
            hashes.check_picks(selection, &problem, state)?;
            selection
        }
        Resolution::Conflict(_) => return Err(Stop::failed(Failure::Resolution)),
        // What is not known cannot mend ranges that never meet.
        Resolution::Missing(_) if root_conflict(&problem).is_some() => {
            return Err(Stop::failed(Failure::Resolution));
        }
        Resolution::Missing(facts) => {
            hashes.check_lines(&problem, state)?;
            call.known_part = known_part(&problem, context.index).map(Arc::new);
            return Err(Stop::unknown(lacking(facts), context.location));
        }
        Resolution::Stopped(_) => {
            hashes.check_lines(&problem, state)?;
            return Err(Stop::unknown("the resolution takes too long", context.location));
        }
    };
    if context.offline && selection.picks.values().any(|pick| matches!(pick.source, PickSource::Index(_))) {
        return Err(Stop::usage("the step has no network (--network=none)", context.location));
    }
    build_all(selection, &problem, request, state, context, call)?;
    // `pip download` asks a build for its metadata alone.
    if call.subcommand != "download"
        && let Some(reason) = build::compiled(selection, &problem, context.index)
    {
        return Err(Stop::unknown(reason, context.location));
    }
    if request.dry_run {
        return Ok(());
    }
    call.changes = apply(selection, &problem, request, state, context);
    if request.destination.folder().is_none() && matches!(request.tool, Tool::Pip(_)) && !request.no_deps {
        let root = destination_root(&request.destination, context.environment);
        let broken = check::broken(state, root, &target.environment());
        call.left_broken = check::after_install(broken, &installed_projects(&call.changes));
    }
    Ok(())
}

/// Sdists become wheels in `pip install` and `pip wheel`; `pip download` builds their metadata
/// alone. What `pip wheel` can make, it writes even where it cannot make the rest.
fn build_all(
    selection: &Selection,
    problem: &Problem,
    request: &Request,
    state: &mut State,
    context: &Context<'_>,
    call: &mut CallRun,
) -> Result<(), Stop> {
    let (installed, _) = gather::installed(state, context.environment);
    let is_installed = |name: &str| installed.keys().any(|project| project.as_str() == name);
    let compiler = state.compiler.filter(|_| state.unknown_programs.is_none());
    let site = build::Site::new(request, &is_installed, compiler);
    let metadata_alone = matches!(request.destination, Destination::Files(_)) || request.dry_run;
    let failed: Vec<(&ProjectName, &Version, BuildNeed)> = selection
        .picks
        .values()
        .filter(|pick| pick.source != PickSource::Kept)
        .filter(|pick| pick.artifact.as_ref().is_some_and(|artifact| !artifact.is_wheel()))
        .filter_map(|pick| Some((&pick.project, &pick.version, site.lacks(pick, problem)?)))
        .filter(|(_, _, need)| !(metadata_alone && need.is_for_wheel()))
        .collect();
    // Metadata comes first, of all.
    let first = failed.iter().find(|(_, _, need)| !need.is_for_wheel()).or(failed.first());
    let Some((project, version, need)) = first else { return Ok(()) };
    if need.is_for_wheel() && matches!(request.destination, Destination::Wheels(_)) {
        let mut rest = selection.clone();
        rest.picks.retain(|_, pick| failed.iter().all(|(project, ..)| **project != pick.project));
        call.changes = apply(&rest, problem, request, state, context);
    }
    Err(Stop::build((*project).clone(), (*version).clone(), need.clone()))
}

/// PEP 668: only the interpreter's own folder is protected.
fn refuses_managed(request: &Request) -> bool {
    matches!(request.destination, Destination::Environment | Destination::User(_))
        && !request.break_system_packages
        && !request.dry_run
}

/// Marks what an unknown outcome may have changed.
fn spoil(request: &Request, unknown: &Unknown, state: &mut State, context: &Context<'_>) {
    match request.destination.folder() {
        Some(folder) => {
            state.files.make_folder(folder, context.origin);
            state.files.mark_uncertain(folder, &unknown.reason);
        }
        None => {
            let root = destination_root(&request.destination, context.environment).to_owned();
            let is_folder = request.destination != Destination::Environment;
            if is_folder {
                // Packages that are not known come into the folder all the same, and may be copied
                // from there.
                let python = state.environments.get(context.environment).and_then(|own| own.python);
                environment(state, &root, &request.destination, python, context.origin);
                state.files.mark_uncertain(&root, &unknown.reason);
            }
            // The first reason stays: the later ones follow from it.
            if state.environments.contains_key(&root) {
                state.touch_environment(&root, &unknown.reason, unknown.location);
            } else {
                state.files.mark_uncertain(&root, &unknown.reason);
            }
        }
    }
}
