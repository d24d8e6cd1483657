use super::{Strategy, wheelhouse::Wheelhouse};
use crate::{
    findings::Analysis,
    patch::{Candidate, diagnosis::Diagnosis, edit::CallSite},
    pep508::ProjectName,
    syntax::command::{Argument, PipInstall},
};

/// Several runs become one, so that all requirements are seen together (PIP_RULES 4 and 15).
pub(super) const STRATEGY: Strategy = Strategy { id: "single-resolution", candidates };

fn candidates(diagnosis: &Diagnosis<'_>) -> Vec<Candidate> {
    let analysis = diagnosis.analysis;
    let mut candidates = Vec::new();
    for house in Wheelhouse::all(diagnosis) {
        let Some((first, rest)) = house.runs.split_first() else { continue };
        for later in rest {
            candidates.extend(merged(analysis, house.finding, house.project, *first, *later));
        }
    }
    for (index, finding) in diagnosis.wrong() {
        let (Some(late), Some(project)) = (diagnosis.site_of(finding), &finding.project) else { continue };
        let is_beside = |site: &&CallSite<'_>| {
            site.at.stage == late.at.stage
                && site.at < late.at
                && site.call.environment == late.call.environment
                && site.call.wheelhouse == late.call.wheelhouse
        };
        for early in diagnosis.sites.iter().filter(is_beside) {
            candidates.extend(merged(analysis, index, project, *early, late));
        }
    }
    candidates
}

/// Both runs where the first one stands, and both where the second one does.
fn merged(
    analysis: &Analysis,
    finding: usize,
    project: &ProjectName,
    first: CallSite<'_>,
    second: CallSite<'_>,
) -> Vec<Candidate> {
    let (Some(a), Some(b)) = (first.read(), second.read()) else { return Vec::new() };
    if !are_alike(&a, &b) || first.call.subcommand != second.call.subcommand {
        return Vec::new();
    }
    let why = format!("One run sees everything that is asked of {project} at once.");
    let directions = [((first, &a), (second, &b)), ((second, &b), (first, &a))];
    let candidates = directions.into_iter().filter_map(|((into, has), (from, brings))| {
        let words = words(analysis, brings, has)?;
        Some(Candidate {
            strategy: STRATEGY.id,
            title: format!("Ask for everything in the run of line {}", into.line(analysis)),
            changes: vec![
                into.with_word(&words, &why)?,
                from.without(analysis, "What it asked for is asked above or below, with the rest.")?,
            ],
            why: why.clone(),
            finding,
            means: vec![project.clone()],
            moves: Vec::new(),
        })
    });
    candidates.collect()
}

/// Nothing but what is asked for, and where from, differs.
fn are_alike(a: &PipInstall, b: &PipInstall) -> bool {
    let text = |word: &Option<Argument>| word.as_ref().map(|word| word.as_str().to_owned());
    let places = |call: &PipInstall| [&call.target, &call.prefix, &call.root, &call.directory].map(text);
    let switches = |call: &PipInstall| {
        [
            call.no_deps.on,
            call.upgrade.on,
            call.force_reinstall.on,
            call.ignore_installed.on,
            call.index.no_index.on,
        ]
    };
    places(a) == places(b)
        && switches(a) == switches(b)
        && a.editables.is_empty()
        && b.editables.is_empty()
        && a.groups.is_empty()
        && b.groups.is_empty()
}

/// What one call asks for and the other does not, as its author wrote it. `None` where a part of
/// it stands in no file.
fn words(analysis: &Analysis, brings: &PipInstall, has: &PipInstall) -> Option<String> {
    let written = |word: &Argument| word.place.map(|place| analysis.sources.slice(place).to_owned());
    let new = |words: &[Argument], known: &[Argument]| -> Vec<Argument> {
        let is_new = |word: &&Argument| known.iter().all(|other| other.as_str() != word.as_str());
        words.iter().filter(is_new).cloned().collect()
    };
    let mut words: Vec<String> = Vec::new();
    if !brings.build_isolation.on && has.build_isolation.on {
        words.push("--no-build-isolation".to_owned());
    }
    if brings.index.pre.on && !has.index.pre.on {
        words.push("--pre".to_owned());
    }
    let indexes =
        [brings.index.index_url.clone()].into_iter().flatten().chain(brings.index.extra_index_urls.clone());
    let known: Vec<Argument> =
        has.index.index_url.iter().chain(&has.index.extra_index_urls).cloned().collect();
    for url in new(&indexes.collect::<Vec<_>>(), &known) {
        words.push(format!("--extra-index-url {}", written(&url)?));
    }
    for (option, values, known) in [
        ("--find-links", &brings.index.find_links, &has.index.find_links),
        ("-c", &brings.constraint_files, &has.constraint_files),
        ("-r", &brings.requirement_files, &has.requirement_files),
    ] {
        for value in new(values, known) {
            words.push(format!("{option} {}", written(&value)?));
        }
    }
    for word in new(&brings.requirements, &has.requirements) {
        words.push(written(&word)?);
    }
    (!words.is_empty()).then(|| words.join(" "))
}
