//! Where versions were born, copied and died.

use super::{
    Chip, ChipKind, CopyArrow, CopyKind, Lane, LaneStep, Places, ProjectView, Timeline, stage_label, stages,
};
use crate::{
    findings::Analysis,
    model::{Action, Base, CopySource, Stage},
    order::{self, SortedMap, SortedSet},
    simulate::{Content, StageRun, State, parent},
    text,
};

/// Projects whose chips are shown where no finding names one.
const MOST_PROJECTS: usize = 6;

/// The life of the versions of all projects of interest: those of findings, else the first ones
/// that the build asks for.
pub(super) fn timeline(analysis: &Analysis, places: Places<'_>, projects: &[ProjectView]) -> Timeline {
    let named: SortedSet<String> =
        analysis.findings.iter().filter_map(|finding| Some(finding.project.as_ref()?.to_string())).collect();
    let wanted = if named.is_empty() {
        projects.iter().take(MOST_PROJECTS).map(|view| view.project.clone()).collect()
    } else {
        named
    };
    let mut timeline = Timeline::default();
    for (stage, run) in analysis.build.stages.iter().zip(&analysis.simulation.stages) {
        let lane = Lane {
            stage: stage.index,
            label: stage_label(analysis, stage.index),
            steps: lane_steps(stage, run, places),
            chips: chips(stage, run, places, &wanted, projects),
        };
        timeline.lanes.push(lane);
        timeline.copies.extend(copies(stage, places));
    }
    let wrong = analysis.findings.iter().find(|finding| finding.verdict.is_some());
    timeline.wrong_at = wrong.and_then(|finding| finding.at).map(|at| (at.stage, at.step));
    timeline
}

/// Steps that call an installer, copy from another stage, or change wheels.
fn lane_steps(stage: &Stage, run: &StageRun, places: Places<'_>) -> Vec<LaneStep> {
    let mut steps = Vec::new();
    let mut before: &State = &run.start;
    for (step, step_run) in stage.steps.iter().zip(&run.steps) {
        let changed = stages::artifacts(before).count() != stages::artifacts(&step_run.after).count();
        if changed || !step_run.calls.is_empty() {
            let calls: Vec<&str> = step_run.calls.iter().map(|call| call.command.as_str()).collect();
            // Without a call the instruction says it best: `COPY --from=builder /wheels /wheels`.
            let written = places.sources.slice(step.location).lines().next().unwrap_or_default();
            let label = if calls.is_empty() { written.to_owned() } else { calls.join("; ") };
            steps.push(LaneStep {
                step: step.index,
                label,
                location: Some(places.location(step.location)),
                failed: step_run.exit_code.is_some_and(|code| code != 0),
            });
        }
        before = &step_run.after;
    }
    steps
}

/// What a chip stands for: kind, place, project and version.
type Key = (u8, String, String, String);

/// Where something came from, and why.
struct Life {
    born: usize,
    from_stage: Option<usize>,
    because: String,
    location: Option<text::Location>,
}

fn chips(
    stage: &Stage,
    run: &StageRun,
    places: Places<'_>,
    wanted: &SortedSet<String>,
    projects: &[ProjectView],
) -> Vec<Chip> {
    let mut alive: SortedMap<Key, Life> = SortedMap::new();
    let mut chips = Vec::new();
    let base = match stage.base {
        Base::Stage(index) => Some(index),
        _ => None,
    };
    for (key, requested_by, location) in things(&run.start, wanted) {
        let because = because(&key.2, requested_by, projects);
        alive.insert(key, Life { born: 0, from_stage: base, because, location });
    }
    let is_guilty = |key: &Key, born: usize| {
        let view = projects.iter().find(|view| view.project == key.2);
        view.is_some_and(|view| {
            let is_rejected = |tick: &super::ReleaseTick| tick.version == key.3 && !tick.in_overlap;
            // What a run brought that nobody blames harms nobody, where another is blamed.
            let is_spared = |pick: &super::Pick| {
                !pick.guilty && (pick.stage, pick.step) == (stage.index, born) && pick.version == key.3
            };
            view.verdict != super::Verdict::Compatible
                && view.releases.iter().any(is_rejected)
                && !(view.picks.iter().any(|pick| pick.guilty) && view.picks.iter().any(is_spared))
        })
    };
    let chip = |key: Key, life: Life, died: Option<usize>| Chip {
        guilty: is_guilty(&key, life.born),
        kind: if key.0 == 0 { ChipKind::Wheel } else { ChipKind::Installed },
        place: key.1,
        project: key.2,
        version: key.3,
        born: life.born,
        died,
        from_stage: life.from_stage,
        because: life.because,
        location: life.location.map(|location| places.location(location)),
    };
    for (step, step_run) in stage.steps.iter().zip(&run.steps) {
        let now: SortedMap<Key, (&[String], Option<text::Location>)> = things(&step_run.after, wanted)
            .map(|(key, requested_by, location)| (key, (requested_by, location)))
            .collect();
        let gone: Vec<Key> = alive.keys().filter(|key| !now.contains_key(*key)).cloned().collect();
        for key in gone {
            if let Some(life) = alive.remove(&key) {
                chips.push(chip(key, life, Some(step.index)));
            }
        }
        let from_stage = match &step.action {
            Action::Copy(transfer) | Action::Add(transfer) => match transfer.from {
                Some(CopySource::Stage(stage)) => Some(stage),
                _ => None,
            },
            _ => None,
        };
        for (key, (requested_by, location)) in now {
            if alive.contains_key(&key) {
                continue;
            }
            let location = if from_stage.is_some() { None } else { location }.or(Some(step.location));
            let because = because(&key.2, requested_by, projects);
            alive.insert(key, Life { born: step.index, from_stage, because, location });
        }
    }
    chips.extend(alive.into_iter().map(|(key, life)| chip(key, life, None)));
    order::sort_by(&mut chips, |a, b| {
        (a.born, &a.project, &a.version).cmp(&(b.born, &b.project, &b.version))
    });
    chips
}

/// Files and installed packages of the wanted projects, who asked for them, and where.
fn things<'a>(
    state: &'a State,
    wanted: &'a SortedSet<String>,
) -> impl Iterator<Item = (Key, &'a [String], Option<text::Location>)> + 'a {
    let files = stages::artifacts(state).filter_map(|(path, entry)| {
        let Content::Artifact { artifact, requested_by } = &entry.content else { return None };
        let key = (0, parent(path).to_owned(), artifact.project.to_string(), artifact.version.to_string());
        Some((key, &**requested_by, entry.location))
    });
    let installed = state.environments.iter().flat_map(|(root, environment)| {
        environment.packages.iter().flat_map(move |(project, packages)| {
            packages.iter().map(move |package| {
                let key = (1, root.clone(), project.to_string(), package.version.to_string());
                (key, &*package.requested_by, package.location)
            })
        })
    });
    files.chain(installed).filter(|(key, ..)| wanted.contains(&key.2))
}

/// Who asked for something, the one first that ruled out what others picked.
fn because(project: &str, requested_by: &[String], projects: &[ProjectView]) -> String {
    let view = projects.iter().find(|view| view.project == project);
    let unseen: Vec<&String> =
        view.iter().flat_map(|view| &view.picks).flat_map(|pick| &pick.unseen).collect();
    let rules_out = |who: &&String| unseen.iter().any(|clause| who.contains(clause.as_str()));
    let first = requested_by.iter().find(rules_out).or(requested_by.first());
    match (first, requested_by.len().saturating_sub(1)) {
        (None, _) => String::new(),
        (Some(first), 0) if first == project => "Asked for by name.".to_owned(),
        (Some(first), 0) => format!("Asked for by {first}."),
        (Some(first), more) => format!("Asked for by {first} and {more} more."),
    }
}

fn copies(stage: &Stage, places: Places<'_>) -> Vec<CopyArrow> {
    let mut arrows = Vec::new();
    let mut add = |kind, from, step, path: &str, location| {
        let location = Some(places.location(location));
        arrows.push(CopyArrow { kind, from, to: stage.index, step, path: path.to_owned(), location });
    };
    if let Base::Stage(base) = stage.base {
        add(CopyKind::From, base, 0, "/", stage.location);
    }
    for step in &stage.steps {
        match &step.action {
            Action::Copy(transfer) | Action::Add(transfer) => {
                if let Some(CopySource::Stage(from)) = transfer.from {
                    let path = transfer.sources.first().map_or("", |(path, _)| path);
                    add(CopyKind::Copy, from, step.index, path, step.location);
                }
            }
            Action::Run { mounts, .. } => {
                for mount in mounts {
                    if let Some(CopySource::Stage(from)) = mount.from {
                        add(CopyKind::Mount, from, step.index, &mount.source, mount.location);
                    }
                }
            }
            _ => {}
        }
    }
    arrows
}
