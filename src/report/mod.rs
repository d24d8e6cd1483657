//! Plain data for the page and the command line, and the documented JSON of `--format json`.
//!
//! Every field is there from schema 1 on; one that is not known is empty or `null`, never
//! invented. Offsets are bytes, lines and columns count from 1, a `step` is the index of the
//! step in its stage, from 0.

mod headline;
mod projects;
mod stages;
mod timeline;
mod types;

pub use types::*;

use crate::{
    findings::{self, Analysis},
    index::Overlay,
    model,
    order::SortedMap,
    patch,
    pep440::parse_version,
    pep508::ProjectName,
    simulate::StageRun,
    text::{self, FileId, Sources},
};

/// All there is to say about an analysis and the fixes proposed for it so far.
#[must_use]
pub fn report(analysis: &Analysis, fixes: &[patch::Fix]) -> Report {
    let places = Places::of(analysis);
    let findings = analysis.findings.iter().enumerate();
    let findings: Vec<Finding> =
        findings.map(|(index, finding)| places.finding(finding, index, fixes)).collect();
    let stages = stages::stages(analysis, places);
    let unmodelled = stages
        .iter()
        .flat_map(|stage| &stage.steps)
        .filter(|step| step.reached && step.modelled != Modelled::Yes)
        .count();
    let projects = projects::projects(analysis, places);
    let headline = headline::headline(analysis, places, &projects);
    let missing = analysis.missing().iter().map(ToString::to_string).collect();
    Report {
        schema: SCHEMA,
        version: env!("CARGO_PKG_VERSION").to_owned(),
        catalogue: analysis.index.catalogue.date.clone(),
        verdict: analysis.verdict(),
        headline: format!("{} {}", headline.lead, headline.reason),
        lead: headline.lead,
        timeline: timeline::timeline(analysis, places, &projects),
        findings,
        stages,
        fixes: fixes.iter().map(fix).collect(),
        target: target(analysis),
        projects,
        missing,
        unmodelled,
        coverage: coverage(&analysis.coverage, places),
        look_ups: None,
    }
}

/// `1 stage`, `2 stages`.
#[must_use]
pub fn counted(count: usize, one: &str) -> String {
    if count == 1 { format!("1 {one}") } else { format!("{count} {one}s") }
}

/// How much is known.
fn coverage(coverage: &findings::Coverage, places: Places<'_>) -> Coverage {
    let place = |location: Option<text::Location>| location.map(|location| places.location(location));
    Coverage {
        steps: StepCoverage {
            known: coverage.steps_known,
            assumed: coverage.steps_assumed,
            unknown: coverage.steps_unknown,
        },
        projects: ProjectCoverage { known: coverage.known.len(), unknown: coverage.unknown.len() },
        assumed: coverage
            .assumed
            .iter()
            .map(|assumed| AssumedCommand {
                program: assumed.program.clone(),
                location: place(assumed.location),
            })
            .collect(),
        unchecked_hashes: coverage.unchecked_hashes,
        causes: coverage
            .causes
            .iter()
            .map(|cause| UnknownCause {
                reason: cause.sentence(),
                location: place(cause.location),
                steps: cause.steps,
                projects: cause.projects.iter().map(ToString::to_string).collect(),
            })
            .collect(),
    }
}

/// What people call a stage: by its name, the last one, or by where it begins.
fn stage_label(analysis: &Analysis, index: usize) -> String {
    let stages = &analysis.build.stages;
    match stages.get(index) {
        _ if analysis.build.dockerfile.is_none() => "requirements".to_owned(),
        Some(model::Stage { name: Some(name), .. }) => format!("stage {name}"),
        Some(_) if index + 1 == stages.len() => "final stage".to_owned(),
        Some(stage) => {
            format!("stage of line {}", analysis.sources.line_column(stage.location).line)
        }
        None => format!("stage {index}"),
    }
}

/// Whether a party is a line that the person wrote, and no package.
fn is_typed(party: &Party) -> bool {
    party.location.as_ref().is_some_and(|at| party.requirer == format!("{} line {}", at.file, at.line))
}

/// Turns places of the core into places of the report.
#[derive(Clone, Copy)]
struct Places<'a> {
    sources: &'a Sources,
    overlay: &'a Overlay,
}

impl<'a> Places<'a> {
    fn of(analysis: &'a Analysis) -> Self {
        Self { sources: &analysis.sources, overlay: &analysis.index.overlay }
    }

    fn location(self, location: text::Location) -> Location {
        let stated = || (location.file == FileId::FACTS).then_some(&self.overlay.source);
        let file = self.sources.get(location.file).or_else(stated);
        let at = file.map(|file| file.line_column(location.range.start().into()));
        let at = at.unwrap_or(text::LineColumn { line: 1, column: 1 });
        Location {
            file: file.map_or_else(String::new, |file| file.path.clone()),
            start: location.range.start().into(),
            end: location.range.end().into(),
            line: at.line,
            column: at.column,
        }
    }

    /// `requirements.txt line 2`.
    fn label(self, location: text::Location) -> String {
        let Location { file, line, .. } = self.location(location);
        format!("{file} line {line}")
    }

    fn finding(self, finding: &findings::Finding, index: usize, fixes: &[patch::Fix]) -> Finding {
        let sentence = |sentence: &findings::Sentence| Sentence {
            text: sentence.text.clone(),
            location: sentence.location.map(|location| self.location(location)),
        };
        Finding {
            rule: finding.rule.to_owned(),
            verdict: finding.verdict,
            severity: finding.severity,
            message: finding.message.clone(),
            why: finding.why.iter().map(sentence).collect(),
            project: finding.project.as_ref().map(ToString::to_string),
            stage: finding.at.map(|at| at.stage),
            step: finding.at.map(|at| at.step),
            location: self.location(finding.location),
            related: finding.related.iter().map(|location| self.location(*location)).collect(),
            guilty: finding.guilty.iter().map(|party| self.party(party)).collect(),
            innocent: finding.innocent.iter().map(|party| self.party(party)).collect(),
            hints: finding.hints.clone(),
            fixes: fixes
                .iter()
                .filter(|fix| fix.removes.contains(&index))
                .map(|fix| fix.id.clone())
                .collect(),
        }
    }

    fn party(self, party: &findings::Party) -> Party {
        Party {
            kind: party.kind,
            requirer: party.requirer.clone(),
            specifier: party.specifier.clone(),
            location: party.location.map(|location| self.location(location)),
            stated: self.stated(&party.requirer),
        }
    }

    /// Where the person states facts of a requirer, which is a package as `accelerate 1.10.1`.
    fn stated(self, requirer: &str) -> Option<Location> {
        let (project, version) = requirer.split_once(' ')?;
        let stated = self.overlay.release(&ProjectName::new(project)?, &parse_version(version)?)?;
        Some(self.location(stated))
    }
}

/// A fix as the page and the command line show it.
#[must_use]
pub fn fix(fix: &patch::Fix) -> Fix {
    let mut stages_after = stages::stages(&fix.after, Places::of(&fix.after));
    for environment in stages_after.iter_mut().flat_map(|stage| &mut stage.environments) {
        environment.installed.clear();
    }
    Fix {
        id: fix.id.clone(),
        strategy: fix.strategy.to_owned(),
        title: fix.title.clone(),
        why: fix.why.clone(),
        diff: fix.diff.clone(),
        verified: true,
        files: fix.files.clone(),
        hunks: fix.hunks.clone(),
        cost: fix.cost.clone(),
        stages_after,
        verdict_after: fix.after.verdict(),
        removes: fix.removes.clone(),
    }
}

/// What the build was simulated for, and who said so.
fn target(analysis: &Analysis) -> TargetView {
    let settings = &analysis.settings;
    let index = analysis.build.target_stage;
    let stage = analysis.build.stages.get(index);
    let setting = |given: &Option<String>, found: Option<String>| match (given, found) {
        (Some(value), _) => Setting { value: value.clone(), source: SettingSource::Person },
        (None, Some(value)) => Setting { value, source: SettingSource::Dockerfile },
        (None, None) => Setting { value: String::new(), source: SettingSource::Default },
    };
    let run = analysis.simulation.stages.get(index);
    let args = analysis.build.args.iter().map(|arg| {
        let source = if arg.given { SettingSource::Person } else { SettingSource::Dockerfile };
        (arg.name.clone(), Setting { value: arg.value.clone().unwrap_or_default(), source })
    });
    let implied = analysis.build.dockerfile.is_none();
    // They count in base images with a Python; elsewhere they are not what was simulated.
    let is_of = |given: &str, found: &str| {
        given.strip_prefix(found).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
    };
    let taken = |given: &Option<String>, found: &Option<String>| {
        given.clone().filter(|given| found.as_deref().is_some_and(|found| is_of(given, found)))
    };
    let (python, pip) = (run.and_then(stages::python), run.and_then(pip_version));
    let mut view = TargetView {
        python: setting(&taken(&settings.python, &python), python),
        platform: setting(&settings.platform, stage.map(|stage| stage.platform.clone())),
        pip: setting(&taken(&settings.pip, &pip), pip),
        stage: setting(
            &settings.stage,
            stage.map(|stage| stage.name.clone().unwrap_or_else(|| stage.index.to_string())),
        ),
        args: args.collect::<SortedMap<_, _>>(),
    };
    // Without a Dockerfile, nobody said so.
    for setting in [&mut view.python, &mut view.platform, &mut view.pip, &mut view.stage] {
        if implied && setting.source == SettingSource::Dockerfile {
            setting.source = SettingSource::Default;
        }
    }
    view
}

/// The version of pip that a stage starts with.
fn pip_version(run: &StageRun) -> Option<String> {
    let mut environments = run.start.environments.values();
    let pip = environments
        .find_map(|environment| environment.packages.iter().find(|(project, _)| project.as_str() == "pip"))?;
    pip.1.last().map(|package| package.version.to_string())
}
