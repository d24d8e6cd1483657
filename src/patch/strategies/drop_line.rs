use super::{
    Strategy,
    wheelhouse::{Wheelhouse, words_of},
};
use crate::{
    patch::{
        Candidate, Move, diagnosis::Diagnosis, edit::CallSite, requirement::RequirementPlace,
        script::commands,
    },
    resolve::Wanted,
};

/// A line, a command or a word goes that others make needless.
pub(super) const STRATEGY: Strategy = Strategy { id: "drop-line", candidates };

fn candidates(diagnosis: &Diagnosis<'_>) -> Vec<Candidate> {
    let mut candidates = runs(diagnosis);
    candidates.extend(requirements(diagnosis));
    candidates.extend(breaking_runs(diagnosis));
    candidates.extend(removals(diagnosis));
    candidates
}

/// Runs whose projects another run brings already.
fn runs(diagnosis: &Diagnosis<'_>) -> Vec<Candidate> {
    let mut candidates = Vec::new();
    for house in Wheelhouse::all(diagnosis) {
        for run in house.guilty_runs() {
            let names: Vec<String> = words_of(run).into_keys().map(|name| name.to_string()).collect();
            let names = if names.is_empty() { "what it asks for".to_owned() } else { names.join(", ") };
            let why = format!("Another run writes {names} too, in one resolution with the rest.");
            candidates.extend(without_run(diagnosis, house.finding, run, why, Vec::new()));
        }
    }
    candidates
}

fn without_run(
    diagnosis: &Diagnosis<'_>,
    finding: usize,
    run: CallSite<'_>,
    why: String,
    means: Vec<crate::pep508::ProjectName>,
) -> Option<Candidate> {
    let analysis = diagnosis.analysis;
    let line = run.line(analysis);
    Some(Candidate {
        strategy: STRATEGY.id,
        title: format!("Drop the run of line {line}"),
        changes: vec![run.without(analysis, &why)?],
        why,
        finding,
        means,
        moves: Vec::new(),
    })
}

/// Requirements on the contested project, where others ask for it too.
fn requirements(diagnosis: &Diagnosis<'_>) -> Vec<Candidate> {
    let mut candidates = Vec::new();
    for failure in &diagnosis.failures {
        let project = &failure.explanation.project;
        let others = failure.explanation.guilty.len() + failure.explanation.innocent.len();
        let roots = failure.problem.requirements.iter().filter_map(|root| {
            let is_on = matches!(&root.wanted, Wanted::Name(requirement) if requirement.name == *project);
            root.origin.location.filter(|_| is_on)
        });
        let constraints = failure.problem.constraints.iter().filter_map(|constraint| {
            constraint.origin.location.filter(|_| constraint.requirement.name == *project)
        });
        for at in roots.chain(constraints).filter(|_| others > 1) {
            let why = format!("What needs {project} asks for it, and brings a version that suits.");
            let place = RequirementPlace::find(diagnosis.analysis, at);
            let Some(change) = place.and_then(|place| place.removed(diagnosis.analysis, &why)) else {
                continue;
            };
            candidates.push(Candidate {
                strategy: STRATEGY.id,
                title: format!("Drop {}", diagnosis.analysis.sources.slice(at).trim()),
                changes: vec![change],
                why,
                finding: failure.finding,
                means: vec![project.clone()],
                moves: vec![Move::Dropped { project: project.clone() }],
            });
        }
    }
    candidates
}

/// A later run that breaks what an earlier one has brought.
fn breaking_runs(diagnosis: &Diagnosis<'_>) -> Vec<Candidate> {
    let broken = diagnosis.wrong().filter(|(_, finding)| finding.rule == "later-step-breaks");
    let candidates = broken.filter_map(|(index, finding)| {
        let (site, project) = (diagnosis.site_of(finding)?, finding.project.as_ref()?);
        let why = format!("Without it, the {project} stays that suits what is installed.");
        without_run(diagnosis, index, site, why, vec![project.clone()])
    });
    candidates.collect()
}

/// An `rm` of the wheels that a later call needs.
fn removals(diagnosis: &Diagnosis<'_>) -> Vec<Candidate> {
    let analysis = diagnosis.analysis;
    let mut candidates = Vec::new();
    let offline = diagnosis.failures.iter().filter(|failure| failure.problem.indexes.is_empty());
    for failure in offline {
        let (site, project) = (failure.site, &failure.explanation.project);
        let stem = format!("{}-", project.as_str().replace('-', "_"));
        for step in 0..=site.at.step {
            for command in commands(analysis, site.at.stage, step) {
                let files = command.words.iter().skip(1).filter(|(word, _)| !word.starts_with('-'));
                let names = files
                    .filter(|(word, _)| crate::simulate::file_name(word).to_lowercase().starts_with(&stem));
                let (files, others): (Vec<_>, usize) = (names.collect(), command.words.len());
                let (Some((_, place)), "rm") = (files.first(), command.program()) else { continue };
                let instruction = analysis
                    .build
                    .stages
                    .get(site.at.stage)
                    .and_then(|stage| stage.steps.get(step))
                    .map_or(site.instruction, |step| step.location);
                let why = format!("The {project} wheels stay, and one of them suits.");
                let is_only =
                    command.words.iter().skip(1).filter(|(word, _)| !word.starts_with('-')).count() == 1;
                let change = if is_only && others > 1 {
                    crate::patch::edit::without_command(analysis, instruction, command.location, &why)
                } else {
                    Some(crate::patch::edit::without_word(analysis, *place, &why))
                };
                candidates.extend(change.map(|change| Candidate {
                    strategy: STRATEGY.id,
                    title: format!("Keep the {project} wheels"),
                    why,
                    changes: vec![change],
                    finding: failure.finding,
                    means: vec![project.clone()],
                    moves: Vec::new(),
                }));
            }
        }
    }
    candidates
}
