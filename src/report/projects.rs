//! Ranges, releases and picks of a project, for the drawing and its table.

use super::{Bound, Interval, Location, Party, Pick, Places, ProjectView, RangeRow, ReleaseTick, Verdict};
use crate::{
    findings::{Analysis, PartyKind},
    index::{Artifact, ArtifactKind, IndexUrl, Lookup, Release, SupportedTags},
    order::SortedSet,
    pep440::{self, Operator, Prereleases, Specifiers, Version, VersionRange},
    pep508::{ProjectName, Target},
    resolve::{Asked, PickSource, Problem, Requirer, Resolution, Wanted},
    simulate::{CallRun, State},
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
    before: &'a State,
    /// `RUN line 5`; without a Dockerfile, what is run.
    label: String,
    run: &'a CallRun,
}

fn calls(analysis: &Analysis) -> Vec<CallAt<'_>> {
    let stages = analysis.build.stages.iter().zip(&analysis.simulation.stages);
    let mut calls = Vec::new();
    for (stage, stage_run) in stages {
        let mut before = &stage_run.start;
        for (step, step_run) in stage.steps.iter().zip(&stage_run.steps) {
            // The command's own line: a RUN may hold several.
            let line =
                |run: &CallRun| analysis.sources.line_column(run.location.unwrap_or(step.location)).line;
            calls.extend(step_run.calls.iter().map(|run| CallAt {
                stage: stage.index,
                step: step.index,
                step_location: step.location,
                before,
                label: match analysis.build.dockerfile {
                    Some(_) => format!("{} line {}", step.instruction, line(run)),
                    None => "pip install".to_owned(),
                },
                run,
            }));
            before = &step_run.after;
        }
    }
    calls
}

fn view(analysis: &Analysis, places: Places<'_>, calls: &[CallAt<'_>], name: &ProjectName) -> ProjectView {
    let findings = || analysis.findings.iter().filter(|finding| finding.project.as_ref() == Some(name));
    let undecided = match analysis.coverage.unknown.contains(name) {
        true => Verdict::Unknown,
        false => Verdict::Compatible,
    };
    let verdict = findings().filter_map(|finding| finding.verdict).min().unwrap_or(undecided);
    let rows = rows(analysis, places, calls, name);
    let overlap = rows.iter().fold(VersionRange::full(), |overlap, row| overlap.intersection(&row.range));
    let picks = picks(analysis, places, calls, name, &rows);
    let typed: Vec<Typed<'_>> =
        rows.iter().flat_map(|row| row.view.party.specifier.split(',')).map(Typed::new).collect();
    let excluded: Vec<String> = rows.iter().flat_map(|row| row.view.excluded.iter().cloned()).collect();
    let overlap_intervals = match overlap.is_empty() {
        true => Vec::new(),
        false => intervals(&overlap, &excluded, &typed),
    };
    let overlap_text = (!overlap.is_empty()).then(|| range_text(&overlap_intervals, &excluded, &overlap));
    let sentence = sentence(name, &rows, overlap_text.as_deref(), &picks);
    ProjectView {
        project: name.to_string(),
        verdict,
        overlap: overlap_text,
        overlap_intervals,
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
        let typed: Vec<Typed<'_>> = specifier.split(',').map(Typed::new).collect();
        let intervals = intervals(&range, &excluded, &typed);
        // What a package asks for stands in no file of the person's.
        let is_written = location.is_some_and(|location| requirer == places.label(location));
        let at = |bound: Option<&Bound>| {
            let (bound, location) = (bound?, location.filter(|_| is_written)?);
            bound_place(places, location, bound)
        };
        let lower_at = at(intervals.first().and_then(|interval| interval.lower.as_ref()));
        let upper_at = at(intervals.last().and_then(|interval| interval.upper.as_ref()));
        rows.push(Row {
            view: RangeRow {
                guilty: is_guilty(&requirer, &specifier),
                intervals,
                excluded,
                specifier_at: location
                    .filter(|_| is_written)
                    .map(|location| specifier_place(places, location)),
                lower_at,
                upper_at,
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
            replaces: replaced(call, name).filter(|before| *before != pick.version.to_string()),
        });
    }
    picks
}

/// The version that lay in a call's environment before its step.
fn replaced(call: &CallAt<'_>, name: &ProjectName) -> Option<String> {
    let root = call.run.environment.as_ref().filter(|_| call.run.wheelhouse.is_none())?;
    let packages = &call.before.environments.get(root)?.packages;
    Some(packages.get(name)?.last()?.version.to_string())
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
    let fits_python = |artifact: &Artifact| match (&artifact.requires_python, &python) {
        (Some(specifiers), Some(python)) => specifiers.contains(python, Prereleases::Allow),
        _ => true,
    };
    let fits_tags = |artifact: &Artifact| match (&artifact.kind, &tags) {
        (ArtifactKind::Wheel(wheel), Some(tags)) => tags.rank(wheel).is_some(),
        _ => true,
    };
    let here = target.map_or_else(
        || "this target".to_owned(),
        |target| format!("Python {}.{}", target.python.major, target.python.minor),
    );
    let reason = |release: &Release| {
        let artifacts = || release.artifacts.iter();
        let mut usable =
            artifacts().filter(|artifact| fits_python(artifact) && fits_tags(artifact)).peekable();
        Some(if release.is_yanked() {
            "yanked".to_owned()
        } else if usable.peek().is_some() {
            if usable.any(|artifact| matches!(artifact.kind, ArtifactKind::Wheel(_))) {
                return None;
            }
            "source only".to_owned()
        } else {
            match artifacts()
                .find(|artifact| !fits_python(artifact))
                .and_then(|artifact| artifact.requires_python.as_ref())
            {
                Some(python) => format!("needs Python {python}"),
                None => format!("no file for {here}"),
            }
        })
    };
    project
        .releases
        .values()
        .map(|release| ReleaseTick {
            version: release.version.to_string(),
            prerelease: release.version.any_prerelease(),
            yanked: release.is_yanked(),
            usable: release.artifacts.iter().any(|artifact| fits_python(artifact) && fits_tags(artifact)),
            in_overlap: overlap.contains(&release.version),
            reason: reason(release),
        })
        .collect()
}

/// One or two sentences that say what to see.
fn sentence(name: &ProjectName, rows: &[Row], overlap: Option<&str>, picks: &[Pick]) -> String {
    let Some(overlap) = overlap else {
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
        return clash.unwrap_or_else(|| format!("No version of {name} is in all ranges."));
    };
    let agree = match rows.len() {
        0 => return format!("No requirement asks for {name}."),
        1 => format!("One requirement: {overlap}."),
        2 => format!("Both agree on {overlap}."),
        count => format!("All {count} agree on {overlap}."),
    };
    let versions: SortedSet<&str> = picks.iter().map(|pick| pick.version.as_str()).collect();
    if versions.len() < 2 {
        return agree;
    }
    let told = picks.iter().filter(|pick| !pick.unseen.is_empty());
    // A run that harms nobody is told of only where no other is to blame.
    let has_guilty = picks.iter().any(|pick| pick.guilty);
    let told = told.filter(|pick| pick.guilty || !has_guilty).map(|pick| {
        let (label, unseen) = (ran(&pick.label), pick.unseen.join(","));
        format!(" {label} runs on its own, so it never heard of {unseen:?} and took {}.", pick.version)
    });
    std::iter::once(agree).chain(told).collect()
}

/// `Line 12`, of `RUN line 12`: that it is a RUN is seen there.
fn ran(label: &str) -> String {
    label.strip_prefix("RUN l").map_or_else(|| label.to_owned(), |rest| format!("L{rest}"))
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

/// The pieces of a range as a person would write them: `>=1.24,<1.26`, with `!=` of what is taken out of
/// one.
fn range_text(intervals: &[Interval], excluded: &[String], range: &VersionRange) -> String {
    let piece = |interval: &Interval| {
        let clause = |bound: &Option<Bound>, [inside, outside]: [&str; 2]| {
            bound
                .as_ref()
                .map(|bound| format!("{}{}", if bound.inclusive { inside } else { outside }, bound.version))
        };
        match (&interval.lower, &interval.upper) {
            (Some(lower), Some(upper)) if lower.version == upper.version => format!("=={}", lower.version),
            (lower, upper) => {
                let ends = [clause(lower, [">=", ">"]), clause(upper, ["<=", "<"])];
                ends.into_iter().flatten().collect::<Vec<_>>().join(",")
            }
        }
    };
    let mut text = intervals.iter().map(piece).collect::<Vec<_>>().join(" or ");
    // One that a later bound rules out anyway is not worth a word.
    let is_hole = |version: &&String| {
        let hole = format!("=={version}").parse::<Specifiers>();
        hole.is_ok_and(|hole| {
            let hole = hole.to_range();
            let around = range.union(&hole);
            around != *range && around.intervals().len() <= range.intervals().len()
        })
    };
    for version in excluded.iter().filter(is_hole).collect::<SortedSet<_>>() {
        text.push_str(if text.is_empty() { "!=" } else { ",!=" });
        text.push_str(version);
    }
    if text.is_empty() { "any version".to_owned() } else { text }
}

/// A version as somebody typed it.
struct Typed<'a> {
    text: &'a str,
    version: Option<Version>,
}

impl<'a> Typed<'a> {
    /// Of a clause.
    fn new(clause: &'a str) -> Self {
        let text = clause.trim().trim_start_matches(['<', '>', '=', '!', '~', ' ']);
        let text = text.strip_suffix(".*").unwrap_or(text);
        Self { text, version: pep440::parse_version(text) }
    }
}

/// The pieces of a range. Those that only a single version between them parts are one: it is among
/// the excluded. Ends are spelled as they were typed.
fn intervals(range: &VersionRange, excluded: &[String], typed: &[Typed<'_>]) -> Vec<Interval> {
    let mut whole = range.clone();
    for version in excluded {
        let single = format!("=={version}").parse::<Specifiers>().ok().filter(|_| !version.ends_with(".*"));
        let Some(filled) = single.map(|single| whole.union(&single.to_range())) else { continue };
        // One at the very end of a range leaves as many pieces, and moves the end to what was typed.
        if filled.intervals().len() <= whole.intervals().len() {
            whole = filled;
        }
    }
    let spelled = |version: &Version| {
        let known = typed.iter().find(|typed| typed.version.as_ref() == Some(version));
        if let Some(known) = known {
            return known.text.to_owned();
        }
        // Where all pre-releases of 1.23 are out too, a range ends before the first of them.
        let text = version.to_string();
        text.strip_suffix(".dev0").unwrap_or(&text).to_owned()
    };
    let bound = |boundary: pep440::Boundary| Bound {
        version: spelled(&boundary.version),
        inclusive: boundary.inclusive,
    };
    whole
        .intervals()
        .into_iter()
        .map(|interval| Interval { lower: interval.lower.map(bound), upper: interval.upper.map(bound) })
        .collect()
}

/// Where the specifier of a requirement stands: between its name, with its extras, and its marker, options
/// or comment.
fn specifier_place(places: Places<'_>, requirement: text::Location) -> Location {
    let written = places.sources.slice(requirement);
    let name = written.find(|letter: char| "<>=!~;#(@ \t\\".contains(letter)).unwrap_or(written.len());
    let (_, rest) = written.split_at(name);
    let end = rest.find([';', '#', '\\']).or_else(|| rest.find(" --")).unwrap_or(rest.len());
    let length = rest.get(..end).unwrap_or_default().trim_end().len();
    let start = usize::from(requirement.range.start()) + name;
    let range = text::range(start, start + length);
    places.location(text::Location { file: requirement.file, range })
}

/// Where the version of a bound stands in a requirement that is written in a file.
fn bound_place(places: Places<'_>, requirement: text::Location, bound: &Bound) -> Option<Location> {
    let written = places.sources.slice(requirement);
    // A version that is written twice is not to be told apart.
    let mut found = written.match_indices(bound.version.as_str()).filter(|(at, _)| {
        let (before, rest) = written.split_at(*at);
        let after = rest.get(bound.version.len()..).unwrap_or_default();
        before.trim_end().ends_with(['<', '>', '='])
            && !after.starts_with(|next: char| next.is_alphanumeric() || next == '.')
    });
    let (at, _) = found.next()?;
    if found.next().is_some() {
        return None;
    }
    let start = usize::from(requirement.range.start()) + at;
    let range = text::range(start, start + bound.version.len());
    Some(places.location(text::Location { file: requirement.file, range }))
}

/// Versions that `!=` takes out, as written.
fn excluded(specifiers: &Specifiers) -> Vec<String> {
    let clauses = specifiers.clauses().iter();
    clauses
        .filter(|clause| clause.operator == Operator::NotEqual)
        .map(|clause| clause.to_string().trim_start_matches("!=").to_owned())
        .collect()
}
