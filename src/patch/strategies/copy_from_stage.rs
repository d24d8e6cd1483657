use super::Strategy;
use crate::{
    findings::Analysis,
    patch::{
        Candidate,
        diagnosis::Diagnosis,
        edit::{CallSite, line_before},
    },
    simulate::{Failure, file_name, parent},
};

/// What a call reads, and what is not there, is copied from an earlier stage or from the build
/// context.
pub(super) const STRATEGY: Strategy = Strategy { id: "copy-from-stage", candidates };

fn candidates(diagnosis: &Diagnosis<'_>) -> Vec<Candidate> {
    let analysis = diagnosis.analysis;
    let mut candidates = Vec::new();
    for (index, finding) in diagnosis.wrong() {
        let Some(site) = diagnosis.site_of(finding) else { continue };
        for (path, title) in lacking(analysis, site).iter().flat_map(|path| copies(analysis, site, path)) {
            let why = "What the install reads has to be in its stage.";
            candidates.push(Candidate {
                strategy: STRATEGY.id,
                title,
                why: why.to_owned(),
                changes: vec![line_before(analysis, site.instruction, &path, why)],
                finding: index,
                means: Vec::new(),
                moves: Vec::new(),
            });
        }
    }
    candidates
}

/// Paths that the call names and that are not there: files, and folders that nothing lies in.
fn lacking(analysis: &Analysis, site: CallSite<'_>) -> Vec<String> {
    if let Some(Failure::MissingFile { path, .. }) = &site.call.failure {
        return vec![path.clone()];
    }
    let run = analysis.simulation.stages.get(site.at.stage);
    let Some(step) = run.and_then(|run| run.steps.get(site.at.step)) else { return Vec::new() };
    let state = &step.after;
    let words = site.call.argv.iter().skip(1).map(|word| word.as_str());
    let paths = words.filter_map(|word| {
        let path = word.rsplit_once('=').map_or(word, |(_, value)| value);
        let folder = if path.contains(['*', '?']) { parent(path) } else { path };
        (folder.starts_with('/') && folder != "/").then(|| folder.trim_end_matches('/').to_owned())
    });
    let mut lacking: Vec<String> = paths
        .filter(|folder| {
            state.files.resolved(folder).is_none()
                || !state.files.entries.keys().any(|path| parent(path) == folder)
        })
        .collect();
    lacking.dedup();
    lacking
}

/// `COPY` lines that bring a path, each with a title.
fn copies(analysis: &Analysis, site: CallSite<'_>, path: &str) -> Vec<(String, String)> {
    let mut copies = Vec::new();
    let earlier = analysis.build.stages.iter().zip(&analysis.simulation.stages).take(site.at.stage);
    for (stage, run) in earlier.rev() {
        let end = run.steps.last().map_or(&run.start, |step| &step.after);
        if end.files.resolved(path).is_some() {
            let name = stage.name.clone().unwrap_or_else(|| stage.index.to_string());
            copies.push((
                format!("COPY --from={name} {path} {path}"),
                format!("Copy {path} from stage {name}"),
            ));
        }
    }
    let name = file_name(path);
    let in_context = analysis.sources.iter().filter(|(_, file)| file_name(&file.path) == name);
    copies.extend(in_context.map(|(_, file)| {
        let folder = format!("{}/", parent(path).trim_end_matches('/'));
        (format!("COPY {} {folder}", file.path), format!("Copy {} into the stage", file.path))
    }));
    copies
}
