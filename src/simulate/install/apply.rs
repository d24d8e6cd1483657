//! What a resolution changes: packages of environments, files of folders.

use std::sync::Arc;

use super::{
    gather,
    request::{Context, Destination, Request},
};
use crate::{
    index::{Artifact, ArtifactKind, Known, WheelTags},
    model::EnvironmentKind,
    order::SortedSet,
    pep508::{ProjectName, PythonVersion, Target},
    resolve::{Asked, Edge, Pick, PickSource, Problem, Requirer, RootRequirement, Selection, Tool, Wanted},
    simulate::{
        Certainty, Change, Content, Entry, Environment, Installed, Origin, State,
        environments::make_package_folders, files,
    },
};

/// Installs or writes what was picked, and says what changed.
pub(super) fn apply(
    selection: &Selection,
    problem: &Problem,
    request: &Request,
    state: &mut State,
    context: &Context<'_>,
) -> Vec<Change> {
    let picks = selection.picks.values();
    match &request.destination {
        Destination::Wheels(folder) => {
            picks.filter_map(|pick| write(pick, folder, true, problem, state, context)).collect()
        }
        Destination::Files(folder) => {
            picks.filter_map(|pick| write(pick, folder, false, problem, state, context)).collect()
        }
        destination => {
            let picks = picks.filter(|pick| pick.source != PickSource::Kept);
            picks.map(|pick| install(pick, destination, problem, request, state, context)).collect()
        }
    }
}

/// Root of the environment that an installation goes to.
pub(super) fn destination_root<'a>(destination: &'a Destination, own: &'a str) -> &'a str {
    match destination {
        Destination::Target(root) | Destination::Prefix(root) | Destination::User(root) => root,
        _ => own,
    }
}

fn install(
    pick: &Pick,
    destination: &Destination,
    problem: &Problem,
    request: &Request,
    state: &mut State,
    context: &Context<'_>,
) -> Change {
    let root = destination_root(destination, context.environment).to_owned();
    let is_root_requirement = |edge: &Edge| matches!(edge.requirer, Requirer::Root(_));
    let package = Installed {
        version: pick.version.clone(),
        artifact: pick.artifact.clone(),
        requested: pick.requested_by.iter().any(is_root_requirement),
        origin: context.origin,
        location: location_of(pick, problem).or(context.location),
        requested_by: requested_by(pick, problem),
        direct_reference: direct_reference(pick, problem),
    };
    // `--ignore-installed` and `--target` write beside what is there (PIP_RULES 9). Otherwise the copy
    // that pip's interpreter finds goes, even where the new one goes to a `--prefix`; with `--user`,
    // the user's own alone (`get_dist_to_uninstall`).
    let from = match (&request.tool, destination) {
        _ if request.ignore_installed => None,
        (Tool::Uv, _) | (Tool::Pip(_), Destination::User(_)) => Some(root.clone()),
        (Tool::Pip(_), Destination::Target(_)) => None,
        (Tool::Pip(_), _) => gather::uninstalled_from(state, context.environment, &pick.project),
    };
    let uninstalled = from.and_then(|from| state.environments.get_mut(&from)?.packages.remove(&pick.project));
    let replaced = uninstalled.into_iter().flatten().map(|installed| installed.version).collect();
    let environment = environment(state, &root, destination, Some(problem.target.python), context.origin);
    let packages = environment.packages.entry(pick.project.clone()).or_default();
    packages.retain(|installed| installed.version != package.version);
    packages.push(package);
    Change::Install { project: pick.project.clone(), version: pick.version.clone(), replaced }
}

fn direct_reference(pick: &Pick, problem: &Problem) -> Option<String> {
    let PickSource::Direct(link) = &pick.source else { return None };
    let is_editable = |root: &RootRequirement| matches!(&root.wanted, Wanted::Direct(direct) if direct.editable && direct.link == *link);
    if problem.requirements.iter().any(is_editable) {
        return Some(format!("-e {link}"));
    }
    let scheme = if link.starts_with('/') { "file://" } else { "" };
    Some(format!("{} @ {scheme}{link}", pick.project))
}

/// The environment at `root`, made where it is not there: a folder given by `--target`,
/// `--prefix` or `--user`.
pub(super) fn environment<'a>(
    state: &'a mut State,
    root: &str,
    destination: &Destination,
    python: Option<PythonVersion>,
    origin: Origin,
) -> &'a mut Environment {
    let kind = match destination {
        Destination::Target(_) => EnvironmentKind::Target,
        Destination::Prefix(_) => EnvironmentKind::Prefix,
        Destination::User(_) => EnvironmentKind::User,
        _ => EnvironmentKind::System,
    };
    let certainty = match state.files.uncertainty(root) {
        Some(reason) if !state.environments.contains_key(root) => {
            Certainty::Uncertain { reason: reason.to_owned(), location: None }
        }
        _ => Certainty::Certain,
    };
    state.files.make_folder(root, origin);
    let fresh = || Environment { certainty: certainty.clone(), ..Environment::new(kind, python, origin) };
    if !state.environments.contains_key(root) {
        state.environments.insert(root.to_owned(), fresh());
        make_package_folders(state, root, origin);
    }
    state.environments.entry(root.to_owned()).or_insert_with(fresh)
}

/// Writes a wheel or sdist into a folder; `None` where it lies there already. An sdist becomes a
/// wheel where `build`.
fn write(
    pick: &Pick,
    folder: &str,
    build: bool,
    problem: &Problem,
    state: &mut State,
    context: &Context<'_>,
) -> Option<Change> {
    let artifact = pick.artifact.as_ref()?;
    let artifact = match artifact.kind {
        ArtifactKind::Sdist if build => Arc::new(built(artifact, &problem.target)),
        _ => artifact.clone(),
    };
    let path = files::join(folder, &artifact.file_name);
    if let PickSource::Pool(source) | PickSource::Direct(source) = &pick.source
        && *source == path
    {
        return None;
    }
    let content = Content::Artifact { artifact, requested_by: requested_by(pick, problem) };
    let location = location_of(pick, problem).or(context.location);
    state.files.insert(&path, Entry { content, origin: context.origin, location });
    Some(Change::Write { path, project: pick.project.clone(), version: pick.version.clone() })
}

/// The wheel that building an sdist makes: for this interpreter and machine where it compiles,
/// else for any.
fn built(sdist: &Artifact, target: &Target) -> Artifact {
    let compiles = sdist.build.as_ref().is_some_and(|build| build.compiles);
    let tags = if compiles { WheelTags::native(target) } else { WheelTags::pure() };
    Artifact {
        file_name: format!("{}-{}-{tags}.whl", sdist.project.as_str().replace('-', "_"), sdist.version),
        kind: ArtifactKind::Wheel(tags),
        known: Known::Built,
        ..sdist.clone()
    }
}

/// Who asked for a pick, as people say it: `chatterbox-tts 0.1.4 (numpy<1.26.0,>=1.24.0)`.
pub(super) fn requested_by(pick: &Pick, problem: &Problem) -> Arc<[String]> {
    let describe = |edge: &Edge| match &edge.requirer {
        Requirer::Root(index) => {
            let label = problem.requirements.get(*index).map_or("", |root| &root.origin.label);
            let words = match problem.requirements.get(*index).map(|root| &root.wanted) {
                Some(Wanted::Direct(direct)) => direct.link.clone(),
                Some(Wanted::Name(requirement)) => requirement.to_string(),
                None => String::new(),
            };
            if label.is_empty() { words } else { format!("{words} ({label})") }
        }
        Requirer::Package { project, version, .. } => match &edge.asked {
            Asked::Name(requirement) => {
                format!("{project} {version} ({}{})", requirement.name_text, requirement.specifiers)
            }
            _ => format!("{project} {version}"),
        },
    };
    let mut seen = SortedSet::new();
    pick.requested_by.iter().map(describe).filter(|text| seen.insert(text.clone())).collect()
}

/// The place of the root requirement that brought a pick, if only one did by itself.
fn location_of(pick: &Pick, problem: &Problem) -> Option<crate::text::Location> {
    pick.requested_by.iter().find_map(|edge| match edge.requirer {
        Requirer::Root(index) => problem.requirements.get(index)?.origin.location,
        Requirer::Package { .. } => None,
    })
}

/// Projects that a run put into an environment.
pub(super) fn installed_projects(changes: &[Change]) -> SortedSet<ProjectName> {
    changes
        .iter()
        .filter_map(|change| match change {
            Change::Install { project, .. } => Some(project.clone()),
            _ => None,
        })
        .collect()
}
