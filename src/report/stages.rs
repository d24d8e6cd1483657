//! Stages, steps, environments and wheelhouses.

use super::{
    Born, Call, Died, Environment, Modelled, Package, Places, Skipped, Stage, Step, Wheel, stage_label,
};
use crate::{
    findings::Analysis,
    model,
    order::{self, SortedMap},
    resolve::{PickSource, Resolution, pip_message},
    simulate::{
        self, CallRun, Certainty, Content, Entry, Failure, StageRun, State, StepRun, file_name, parent,
    },
};

/// Every stage of a build, as it was simulated.
pub(super) fn stages(analysis: &Analysis, places: Places<'_>) -> Vec<Stage> {
    let stages = analysis.build.stages.iter().zip(&analysis.simulation.stages);
    stages.map(|(stage, run)| of(stage_label(analysis, stage.index), stage, run, places)).collect()
}

/// `3.10`: the Python that a stage ends with.
pub(super) fn python(run: &StageRun) -> Option<String> {
    let end = end(run);
    let environments = end.environments.values();
    let python = environments.filter_map(|environment| environment.python).next_back()?;
    Some(format!("{}.{}", python.major, python.minor))
}

/// What a stage ends with.
pub(super) fn end(run: &StageRun) -> &State {
    run.steps.last().map_or(&run.start, |step| &step.after)
}

fn of(label: String, stage: &model::Stage, run: &StageRun, places: Places<'_>) -> Stage {
    Stage {
        index: stage.index,
        name: stage.name.clone(),
        label,
        base: stage.base_text.clone(),
        python: python(run),
        platform: stage.platform.clone(),
        location: Some(places.location(stage.location)),
        steps: stage.steps.iter().zip(&run.steps).map(|(step, run)| self::step(step, run, places)).collect(),
        environments: end(run)
            .environments
            .iter()
            .map(|(root, environment)| self::environment(root, environment, run.completes(), places))
            .collect(),
        wheelhouses: wheelhouses(stage.index, run),
    }
}

fn step(step: &model::Step, run: &StepRun, places: Places<'_>) -> Step {
    let touching = run.skipped.iter().any(|skipped| skipped.touches_packages);
    let modelled = match (run.skipped.is_empty(), touching && run.calls.is_empty()) {
        (true, _) if !run.reached => Modelled::No,
        (true, _) => Modelled::Yes,
        (false, true) => Modelled::No,
        (false, false) => Modelled::Partly,
    };
    Step {
        index: step.index,
        line: step.line,
        instruction: step.instruction.clone(),
        location: Some(places.location(step.location)),
        modelled,
        not_modelled: run
            .skipped
            .iter()
            .map(|skipped| Skipped {
                location: skipped.location.map(|location| places.location(location)),
                reason: skipped.reason.clone(),
            })
            .collect(),
        reached: run.reached,
        exit_code: run.exit_code.filter(|_| run.reached),
        calls: run.calls.iter().map(|run| call(run, places)).collect(),
    }
}

fn call(run: &CallRun, places: Places<'_>) -> Call {
    let picks = match run.resolution.as_deref() {
        Some(Resolution::Selected(selection)) => Some(&selection.picks),
        _ => None,
    };
    let taken = picks.into_iter().flatten().filter(|(_, pick)| pick.source != PickSource::Kept);
    Call {
        tool: run.tool.clone(),
        tool_version: run.tool_version.as_ref().map(ToString::to_string),
        command: run.command.clone(),
        environment: run.environment.clone().filter(|_| run.wheelhouse.is_none()),
        exit_code: run.exit_code,
        location: run.location.map(|location| places.location(location)),
        picked: taken.map(|(project, pick)| (project.to_string(), pick.version.to_string())).collect(),
        message: message(run),
    }
}

/// What the tool says of its failure, in short.
fn message(run: &CallRun) -> Option<String> {
    Some(match run.failure.as_ref()? {
        Failure::Resolution => match (&run.problem, run.resolution.as_deref()) {
            (Some(problem), Some(Resolution::Conflict(conflict))) => pip_message(problem, conflict),
            _ => return None,
        },
        Failure::Usage { message, .. } => format!("ERROR: {message}"),
        Failure::UnsupportedWheel { path, .. } => {
            format!("ERROR: {} is not a supported wheel on this platform.", file_name(path))
        }
        Failure::MissingFile { path, .. } => format!("ERROR: {path} does not exist"),
        Failure::Build { project, version, lacks } => {
            format!("ERROR: {}", lacks.sentence(project, version))
        }
        Failure::Hashes { message, .. } => format!("ERROR: {message}"),
        Failure::Check => {
            let lines: Vec<String> = run.left_broken.iter().map(simulate::install::check::line).collect();
            lines.join("\n")
        }
    })
}

/// `certain` where the stage comes to its end: one that fails leaves no image.
fn environment(
    root: &str,
    environment: &simulate::Environment,
    completes: bool,
    places: Places<'_>,
) -> Environment {
    let packages = environment.packages.iter().map(|(project, packages)| {
        let versions = packages.iter().map(|package| package.version.to_string()).collect();
        (project.to_string(), versions)
    });
    Environment {
        path: root.to_owned(),
        kind: environment.kind,
        python: environment.python.map(|python| format!("{}.{}", python.major, python.minor)),
        packages: packages.collect(),
        installed: installed(environment, places),
        certain: completes && environment.certainty == Certainty::Certain,
    }
}

fn installed(environment: &simulate::Environment, places: Places<'_>) -> Vec<Package> {
    let packages = environment.packages.iter().flat_map(|(project, packages)| {
        packages.iter().filter(|package| package.origin.step.is_some()).map(move |package| Package {
            project: project.to_string(),
            version: package.version.to_string(),
            requested_by: package.requested_by.to_vec(),
            location: package.location.map(|location| places.location(location)),
            stage: package.origin.stage,
            frozen: package.frozen(project).trim_end().to_owned(),
        })
    });
    packages.collect()
}

/// Folders that hold or held wheels: what is there at the end, and what died on the way.
fn wheelhouses(stage: usize, run: &StageRun) -> SortedMap<String, Vec<Wheel>> {
    let mut houses: SortedMap<String, Vec<Wheel>> = SortedMap::new();
    let mut alive: SortedMap<&str, (usize, &Entry)> = SortedMap::new();
    let mut keep = |path: &str, born: usize, entry: &Entry, died: Option<usize>| {
        if let Some(wheel) = wheel(stage, born, path, entry, died) {
            houses.entry(parent(path).to_owned()).or_default().push(wheel);
        }
    };
    for (path, entry) in artifacts(&run.start) {
        alive.insert(path, (0, entry));
    }
    for (index, step) in run.steps.iter().enumerate() {
        let now: SortedMap<&str, &Entry> = artifacts(&step.after).collect();
        alive.retain(|path, (born, entry)| {
            let stays = now.contains_key(path);
            if !stays {
                keep(path, *born, entry, Some(index));
            }
            stays
        });
        for (path, entry) in now {
            alive.entry(path).or_insert((index, entry));
        }
    }
    for (path, (born, entry)) in alive {
        keep(path, born, entry, None);
    }
    for wheels in houses.values_mut() {
        order::sort_by(wheels, |a, b| {
            (&a.project, &a.file, a.born.step).cmp(&(&b.project, &b.file, b.born.step))
        });
    }
    houses
}

/// Wheels and sdists of a state, by path.
pub(super) fn artifacts(state: &State) -> impl Iterator<Item = (&str, &Entry)> {
    let entries = state.files.entries.iter();
    entries
        .filter(|(_, entry)| matches!(entry.content, Content::Artifact { .. }))
        .map(|(path, entry)| (path.as_str(), entry))
}

fn wheel(stage: usize, step: usize, path: &str, entry: &Entry, died: Option<usize>) -> Option<Wheel> {
    let Content::Artifact { artifact, requested_by } = &entry.content else { return None };
    let origin = entry.origin;
    Some(Wheel {
        file: file_name(path).to_owned(),
        project: artifact.project.to_string(),
        version: artifact.version.to_string(),
        born: Born {
            stage: if origin.step.is_some() { origin.stage } else { stage },
            step: origin.step.unwrap_or(step),
            call: origin.call,
            requested_by: requested_by.to_vec(),
        },
        died: died.map(|step| Died { step }),
    })
}
