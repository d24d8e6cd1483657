//! Ranges, releases and picks of a project, for the drawing and its table.

use super::{Bound, Interval, Party, Pick, Places, ProjectView, RangeRow, ReleaseTick, Verdict};
use crate::{
    findings::{Analysis, PartyKind},
    index::{ArtifactKind, IndexUrl, Lookup, SupportedTags},
    order::SortedSet,
    pep440::{self, Operator, Prereleases, Specifiers, VersionRange},
    pep508::{ProjectName, Target},
    resolve::{Asked, PickSource, Problem, Requirer, Resolution, Wanted},
    simulate::CallRun,
    text,
};

/// How many projects are shown, those of findings first.
const MOST_PROJECTS: usize = 40;

/// Every project that has something to show.
pub(super) fn projects(analysis: &Analysis, places: Places<'_>) -> Vec<ProjectView> {
    let calls = calls(analysis);
    let mut names: Vec<ProjectName> = Vec::new();
    let mut add = |name: &ProjectName| {
        if !names.contains(name) {
            names.push(name.clone());
        }
    };
    analysis.findings.iter().filter_map(|finding| finding.project.as_ref()).for_each(&mut add);
    for call in &calls {
        for root in call.run.problem.iter().flat_map(|problem| &problem.requirements) {
            if let Wanted::Name(requirement) = &root.wanted {
                add(&requirement.name);
            }
        }
    }
    names.truncate(MOST_PROJECTS);
    names.iter().map(|name| view(analysis, places, &calls, name)).collect()
}

/// A call with its place in the build.
struct CallAt<'a> {
    stage: usize,
    step: usize,
    step_location: text::Location,
    /// `RUN line 5`; without a Dockerfile, what is run.
    label: String,
    run: &'a CallRun,
}

fn calls(analysis: &Analysis) -> Vec<CallAt<'_>> {
    let stages = analysis.build.stages.iter().zip(&analysis.simulation.stages);
    let mut calls = Vec::new();
    for (stage, stage_run) in stages {
        for (step, step_run) in stage.steps.iter().zip(&stage_run.steps) {
            // The command's own line: a RUN may hold several.
            let line =
                |run: &CallRun| analysis.sources.line_column(run.location.unwrap_or(step.location)).line;
            calls.extend(step_run.calls.iter().map(|run| CallAt {
                stage: stage.index,
                step: step.index,
                step_location: step.location,
                label: match analysis.build.dockerfile {
                    Some(_) => format!("{} line {}", step.instruction, line(run)),
                    None => "pip install".to_owned(),
                },
                run,
            }));
        }
    }
    calls
}

fn view(analysis: &Analysis, places: Places<'_>, calls: &[CallAt<'_>], name: &ProjectName) -> ProjectView {
    let findings = || analysis.findings.iter().filter(|finding| finding.project.as_ref() == Some(name));
    let verdict = findings().filter_map(|finding| finding.verdict).min().unwrap_or(Verdict::Compatible);
    let rows = rows(analysis, places, calls, name);
    let overlap = rows.iter().fold(VersionRange::full(), |overlap, row| overlap.intersection(&row.range));
    let picks = picks(analysis, places, calls, name, &rows);
    let sentence = sentence(name, &rows, &overlap, &picks);
    ProjectView {
        project: name.to_string(),
        verdict,
        overlap: (!overlap.is_empty()).then(|| range_text(&overlap)),
        overlap_intervals: match overlap.is_empty() {
            true => Vec::new(),
            false => intervals(&overlap, rows.iter().flat_map(|row| &row.view.excluded)),
        },
        releases: releases(analysis, calls, name, &overlap),
        rows: rows.into_iter().map(|row| row.view).collect(),
        picks,
        sentence,
    }
}

/// A row, and the range it stands for.
struct Row {
    view: RangeRow,
    range: VersionRange,
}

fn rows(analysis: &Analysis, places: Places<'_>, calls: &[CallAt<'_>], name: &ProjectName) -> Vec<Row> {
    let mut rows: Vec<Row> = Vec::new();
    let is_guilty = |requirer: &str, specifier: &str| {
        analysis.findings.iter().filter(|finding| finding.project.as_ref() == Some(name)).any(|finding| {
            finding.guilty.iter().any(|party| party.requirer == requirer && party.specifier == specifier)
        })
    };
    let mut add = |call: &CallAt<'_>, kind, requirer: String, specifiers: &Specifiers, location| {
        let specifier = specifiers.to_string();
        let known = rows
            .iter()
            .any(|row| row.view.party.requirer == requirer && row.view.party.specifier == specifier);
        if known {
            return;
        }
        let (range, excluded) = (specifiers.to_range(), excluded(specifiers));
        let location: Option<text::Location> = location;
        rows.push(Row {
            view: RangeRow {
                guilty: is_guilty(&requirer, &specifier),
                intervals: intervals(&range, &excluded),
                excluded,
                stage: Some(call.stage),
                step: Some(call.step),
                party: Party {
                    stated: places.stated(&requirer),
                    kind,
                    requirer,
                    specifier,
                    location: location.map(|location| places.location(location)),
                },
            },
            range,
        });
    };
    for call in calls {
        let Some(problem) = call.run.problem.as_deref() else { continue };
        for root in &problem.requirements {
            match &root.wanted {
                Wanted::Name(requirement) if requirement.name == *name => {
                    let requirer = root
                        .origin
                        .location
                        .map_or_else(|| call.run.command.clone(), |location| places.label(location));
                    add(
                        call,
                        PartyKind::Requirement,
                        requirer,
                        &requirement.specifiers,
                        root.origin.location,
                    );
                }
                Wanted::Name(_) => {}
                Wanted::Direct(direct) => {
                    let requirements =
                        direct.artifact.requires_dist.as_ref().and_then(|lines| lines.requirements().ok());
                    let markers = problem.target.environment();
                    for requirement in requirements.into_iter().flatten() {
                        if requirement.name == *name && requirement.applies(&markers, &[]).unwrap_or(false) {
                            let requirer = format!("{} {}", direct.artifact.project, direct.artifact.version);
                            let location = root.origin.location;
                            add(call, PartyKind::Requirement, requirer, &requirement.specifiers, location);
                        }
                    }
                }
            }
        }
        for constraint in problem.constraints.iter().filter(|line| line.requirement.name == *name) {
            let requirer =
                constraint.origin.location.map_or_else(String::new, |location| places.label(location));
            let location = constraint.origin.location;
            add(call, PartyKind::Constraint, requirer, &constraint.requirement.specifiers, location);
        }
        for (requirer, specifiers, location) in package_rows(problem, call.run, name) {
            add(call, PartyKind::Requirement, requirer, &specifiers, location.or(call.run.location));
        }
    }
    rows
}

/// What packages require of a project: those a run picked, or met before it failed.
fn package_rows(
    problem: &Problem,
    run: &CallRun,
    name: &ProjectName,
) -> Vec<(String, Specifiers, Option<text::Location>)> {
    let edges = match run.resolution.as_deref() {
        Some(Resolution::Selected(selection)) => {
            selection.picks.get(name).map(|pick| pick.requested_by.as_slice()).unwrap_or_default()
        }
        Some(Resolution::Conflict(conflict)) => &conflict.causes,
        _ => &[],
    };
    edges
        .iter()
        .filter(|edge| edge.project == *name)
        .filter_map(|edge| match (&edge.requirer, &edge.asked) {
            (Requirer::Package { project, version, .. }, Asked::Name(requirement)) => {
                let location = brought_by(problem, run, project);
                Some((format!("{project} {version}"), requirement.specifiers.clone(), location))
            }
            _ => None,
        })
        .collect()
}

/// The line that brought a package, if the person named it.
fn brought_by(problem: &Problem, run: &CallRun, project: &ProjectName) -> Option<text::Location> {
    let named = problem.requirements.iter().find(|root| match &root.wanted {
        Wanted::Name(requirement) => requirement.name == *project,
        Wanted::Direct(direct) => direct.artifact.project == *project,
    });
    named.and_then(|root| root.origin.location).or(run.location)
}

fn picks(
    analysis: &Analysis,
    places: Places<'_>,
    calls: &[CallAt<'_>],
    name: &ProjectName,
    rows: &[Row],
) -> Vec<Pick> {
    let is_guilty = |run: text::Location| {
        let findings = analysis.findings.iter().filter(|finding| finding.project.as_ref() == Some(name));
        findings
            .flat_map(|finding| &finding.guilty)
            .any(|party| party.kind == PartyKind::Run && party.location == Some(run))
    };
    let mut picks = Vec::new();
    for call in calls {
        let Some(Resolution::Selected(selection)) = call.run.resolution.as_deref() else { continue };
        let Some(pick) = selection.picks.get(name).filter(|pick| pick.source != PickSource::Kept) else {
            continue;
        };
        // Bounds of other runs that would have ruled this version out.
        let unseen: SortedSet<String> = rows
            .iter()
            .filter(|row| !row.range.contains(&pick.version))
            .flat_map(|row| row.view.party.specifier.split(','))
            .filter(|clause| {
                clause
                    .parse::<Specifiers>()
                    .is_ok_and(|clause| !clause.contains(&pick.version, Prereleases::Allow))
            })
            .map(str::to_owned)
            .collect();
        let location = call.run.location.unwrap_or(call.step_location);
        picks.push(Pick {
            version: pick.version.to_string(),
            label: call.label.clone(),
            stage: call.stage,
            step: call.step,
            location: Some(places.location(location)),
            unseen: unseen.into_iter().collect(),
            guilty: is_guilty(location),
        });
    }
    picks
}

fn releases(
    analysis: &Analysis,
    calls: &[CallAt<'_>],
    name: &ProjectName,
    overlap: &VersionRange,
) -> Vec<ReleaseTick> {
    let Lookup::Known(project) = analysis.index.project(&IndexUrl::pypi(), name) else { return Vec::new() };
    let target: Option<Target> = calls.iter().find_map(|call| Some(call.run.problem.as_ref()?.target));
    let tags = target.as_ref().map(SupportedTags::of);
    let python = target.map(|target| target.python.full_version());
    let is_usable = |artifact: &crate::index::Artifact| {
        let fits_python = match (&artifact.requires_python, &python) {
            (Some(specifiers), Some(python)) => specifiers.contains(python, Prereleases::Allow),
            _ => true,
        };
        fits_python
            && match (&artifact.kind, &tags) {
                (ArtifactKind::Wheel(wheel), Some(tags)) => tags.rank(wheel).is_some(),
                _ => true,
            }
    };
    project
        .releases
        .values()
        .map(|release| ReleaseTick {
            version: release.version.to_string(),
            prerelease: release.version.any_prerelease(),
            yanked: release.is_yanked(),
            usable: release.artifacts.iter().any(|artifact| is_usable(artifact)),
            in_overlap: overlap.contains(&release.version),
        })
        .collect()
}

/// One or two sentences that say what to see.
fn sentence(name: &ProjectName, rows: &[Row], overlap: &VersionRange, picks: &[Pick]) -> String {
    if rows.is_empty() {
        return format!("Nobody bounds {name}.");
    }
    if overlap.is_empty() {
        let clash = rows.iter().enumerate().find_map(|(index, a)| {
            let b = rows.iter().skip(index + 1).find(|b| a.range.is_disjoint(&b.range))?;
            Some(format!(
                "{} ({}) and {} ({}) have no version in common.",
                named(&a.view.party.specifier),
                a.view.party.requirer,
                named(&b.view.party.specifier),
                b.view.party.requirer
            ))
        });
        return clash.unwrap_or_else(|| format!("No version of {name} lies in all ranges."));
    }
    let meet = match rows.len() {
        1 => format!("One range: {}.", range_text(overlap)),
        2 => format!("Both ranges meet in {}.", range_text(overlap)),
        count => format!("All {count} ranges meet in {}.", range_text(overlap)),
    };
    let versions: SortedSet<&str> = picks.iter().map(|pick| pick.version.as_str()).collect();
    if versions.len() < 2 {
        return meet;
    }
    // A run that harms nobody is told of only where it shows what another could have picked.
    let guilty: Vec<&Pick> = picks.iter().filter(|pick| pick.guilty).collect();
    let matters = |pick: &&Pick| {
        guilty.is_empty() || pick.guilty || guilty.iter().all(|other| other.version != pick.version)
    };
    let ran = |pick: &Pick| match pick.unseen.as_slice() {
        [] => format!("{} picked {}", pick.label, pick.version),
        unseen => format!("{} picked {} and never saw {}", pick.label, pick.version, unseen.join(",")),
    };
    format!("{meet} Yet {}.", picks.iter().filter(matters).map(ran).collect::<Vec<_>>().join("; "))
}

/// The releases that all rows accept, in words: `1.25.2 and older`, `1.24.0 to 1.25.2`. Without releases
/// in the overlap, the overlap; `None` where there is no overlap.
pub(super) fn accepted(view: &ProjectView) -> Option<String> {
    let (first, last) = (view.overlap_intervals.first()?, view.overlap_intervals.last()?);
    let is_offered = |release: &&ReleaseTick| release.in_overlap && !release.prerelease && !release.yanked;
    let mut offered = view.releases.iter().filter(is_offered).map(|release| release.version.as_str());
    let Some(oldest) = offered.next() else { return view.overlap.clone() };
    let newest = offered.next_back().unwrap_or(oldest);
    Some(match (&first.lower, &last.upper) {
        (None, None) => "in any version".to_owned(),
        (None, Some(_)) => format!("{newest} and older"),
        (Some(_), None) => format!("{oldest} and newer"),
        (Some(_), Some(_)) if oldest == newest => format!("{oldest} only"),
        (Some(_), Some(_)) => format!("{oldest} to {newest}"),
    })
}

fn named(specifier: &str) -> &str {
    if specifier.is_empty() { "any version" } else { specifier }
}

fn range_text(range: &VersionRange) -> String {
    let text = range.to_string();
    if range.is_full() || text.is_empty() { "any version".to_owned() } else { text }
}

/// The pieces of a range. Those that only a single version between them parts are one: it is among
/// the excluded.
fn intervals<'a>(range: &VersionRange, excluded: impl IntoIterator<Item = &'a String>) -> Vec<Interval> {
    let mut whole = range.clone();
    for version in excluded {
        let single = format!("=={version}").parse::<Specifiers>().ok().filter(|_| !version.ends_with(".*"));
        let Some(filled) = single.map(|single| whole.union(&single.to_range())) else { continue };
        if filled.intervals().len() < whole.intervals().len() {
            whole = filled;
        }
    }
    let bound = |boundary: pep440::Boundary| Bound {
        version: boundary.version.to_string(),
        inclusive: boundary.inclusive,
    };
    whole
        .intervals()
        .into_iter()
        .map(|interval| Interval { lower: interval.lower.map(bound), upper: interval.upper.map(bound) })
        .collect()
}

/// Versions that `!=` takes out, as written.
fn excluded(specifiers: &Specifiers) -> Vec<String> {
    let clauses = specifiers.clauses().iter();
    clauses
        .filter(|clause| clause.operator == Operator::NotEqual)
        .map(|clause| clause.to_string().trim_start_matches("!=").to_owned())
        .collect()
}
