use super::{
    Strategy,
    bound_in_call::accepted,
    wheelhouse::{Wheelhouse, copies_of, relative, shell_word, state_before},
};
use crate::{
    findings::Analysis,
    patch::{
        Candidate, Change,
        diagnosis::Diagnosis,
        edit::{CallSite, ending, line_before},
        requirement::as_specifiers,
    },
    pep508::ProjectName,
    simulate::{file_name, join},
    text::{FileId, SourceFile, range},
};

/// The file's name where there is none yet.
const PATH: &str = "constraints.txt";

/// One file of bounds for every run (PIP_RULES 15 and 25).
pub(super) const STRATEGY: Strategy = Strategy { id: "constraints-file", candidates };

fn candidates(diagnosis: &Diagnosis<'_>) -> Vec<Candidate> {
    let mut candidates = Vec::new();
    for house in Wheelhouse::all(diagnosis) {
        let bound = as_specifiers(&house.accepted());
        candidates.extend(of(diagnosis.analysis, house.finding, house.project, bound, &house.runs));
    }
    for (index, finding) in diagnosis.wrong().filter(|(_, finding)| finding.rule == "later-step-breaks") {
        let (Some(site), Some(project)) = (diagnosis.site_of(finding), &finding.project) else { continue };
        let bound = as_specifiers(&accepted(diagnosis.analysis, site, project));
        let is_beside = |other: &&CallSite<'_>| {
            other.at <= site.at
                && other.at.stage == site.at.stage
                && other.call.environment == site.call.environment
                && other.call.problem.is_some()
        };
        let sites: Vec<CallSite<'_>> = diagnosis.sites.iter().filter(is_beside).copied().collect();
        candidates.extend(of(diagnosis.analysis, index, project, bound, &sites));
    }
    candidates
}

/// All these runs keep to one file: the one that is there, else a new one.
fn of(
    analysis: &Analysis,
    finding: usize,
    project: &ProjectName,
    bound: Option<String>,
    runs: &[CallSite<'_>],
) -> Option<Candidate> {
    let mut changes = Vec::new();
    let file = analysis.sources.iter().find(|(_, file)| file_name(&file.path) == PATH);
    let why = format!("Every run sees the bound on {project}, so none brings another version.");
    match file {
        Some((id, file)) if !mentions(&file.text, project) => {
            changes.push(appended(id, file, &format!("{project}{}", bound?), &why))
        }
        Some(_) => {}
        None => {
            let like = runs.first()?.instruction.file;
            let line = format!("{project}{}{}", bound?, ending(analysis, like));
            changes.push(Change::Add { file: SourceFile::new(PATH, line), why: why.clone() });
        }
    }
    let source = file.map_or(PATH, |(_, file)| &file.path);
    let mut copied: Option<(usize, String)> = None;
    for run in runs.iter().filter(|run| run.word("-c").is_none() && run.word("--constraint").is_none()) {
        let state = state_before(analysis, *run)?;
        let copies = file.map(|(id, _)| copies_of(analysis, id, state)).unwrap_or_default();
        let at_hand = copies.first().or(match &copied {
            Some((stage, path)) if *stage == run.at.stage => Some(path),
            _ => None,
        });
        let path = match at_hand {
            Some(path) => path.clone(),
            None => {
                let copy = format!("COPY {source} .");
                changes.push(line_before(analysis, run.instruction, &copy, "The runs need the file."));
                let path = join(&state.working_directory, PATH);
                copied = Some((run.at.stage, path.clone()));
                path
            }
        };
        let path = shell_word(&relative(&path, &state.working_directory));
        changes.push(run.with_options(&format!("-c {path}"), "The run keeps to the bounds.")?);
    }
    Some(Candidate {
        strategy: STRATEGY.id,
        title: format!("Give every run the same bound on {project}"),
        why,
        changes,
        finding,
        means: vec![project.clone()],
        moves: Vec::new(),
    })
}

/// A line of a constraints file is about the project.
fn mentions(text: &str, project: &ProjectName) -> bool {
    text.lines().any(|line| {
        let end =
            line.find(|c: char| !(c.is_ascii_alphanumeric() || "-_.".contains(c))).unwrap_or(line.len());
        line.get(..end).and_then(ProjectName::new).is_some_and(|name| name == *project)
    })
}

fn appended(id: FileId, file: &SourceFile, line: &str, why: &str) -> Change {
    let end = file.text.len();
    let ending = file.line_ending();
    let before = if file.text.is_empty() || file.text.ends_with('\n') { "" } else { ending };
    Change::edit(id, range(end, end), format!("{before}{line}{ending}"), why)
}
