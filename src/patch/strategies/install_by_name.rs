use super::{
    Strategy,
    wheelhouse::{Wheelhouse, copies_of, relative, shell_word, words_of},
};
use crate::{
    findings::Analysis,
    patch::{Candidate, Change, diagnosis::Diagnosis, edit::line_before},
    simulate::file_name,
};

/// Names instead of files: the folder becomes a choice instead of a demand (PIP_RULES 3).
pub(super) const STRATEGY: Strategy = Strategy { id: "install-by-name", candidates };

fn candidates(diagnosis: &Diagnosis<'_>) -> Vec<Candidate> {
    let analysis = diagnosis.analysis;
    Wheelhouse::all(diagnosis).iter().flat_map(|house| of(analysis, house)).collect()
}

fn of(analysis: &Analysis, house: &Wheelhouse<'_>) -> Vec<Candidate> {
    let glob = analysis.sources.slice(house.glob);
    let why_edit = format!("{glob} demands every file; names leave pip the choice.");
    let why = format!(
        "By name, {} is only a pool: pip picks the one {} that everybody accepts.",
        house.folder, house.project
    );
    let pool = pool_options(house);
    let make = |title: String, words: String, further: Option<Change>| {
        let text = format!("{pool}{words}");
        let edit = Change::edit(house.glob.file, house.glob.range, text, &why_edit);
        Candidate {
            strategy: STRATEGY.id,
            title,
            why: why.clone(),
            changes: further.into_iter().chain([edit]).collect(),
            finding: house.finding,
            means: Vec::new(),
            moves: Vec::new(),
        }
    };
    let named: Vec<String> = house
        .runs
        .iter()
        .flat_map(|run| words_of(*run).into_values())
        .map(|word| shell_word(&word))
        .collect();
    let mut candidates = Vec::new();
    for file in house.requirement_files() {
        let Some(source) = analysis.sources.get(file) else { continue };
        let copies = copies_of(analysis, file, house.state);
        let (path, copy) = match copies.first() {
            Some(path) => (relative(path, &house.state.working_directory), None),
            None => {
                let name = file_name(&source.path);
                let why = format!("The stage needs {name} to install by name.");
                let line = format!("COPY {} .", source.path);
                (name.to_owned(), Some(line_before(analysis, house.install.instruction, &line, why)))
            }
        };
        let words = format!("-r {}", shell_word(&path));
        let name = file_name(&path);
        candidates.push(make(format!("Install {name} instead of {glob}"), words.clone(), copy.clone()));
        if !named.is_empty() {
            let words = format!("{words} {}", named.join(" "));
            candidates.push(make(
                format!("Install {name} and {} instead of {glob}", named.join(", ")),
                words,
                copy,
            ));
        }
    }
    if !named.is_empty() {
        let title = format!("Install the projects by name instead of {glob}");
        candidates.push(make(title, named.join(" "), None));
    }
    candidates
}

/// `--find-links`, where the call does not name the folder as one yet.
fn pool_options(house: &Wheelhouse<'_>) -> String {
    let inside = format!("{}/", house.folder);
    let is_pool = house
        .install
        .call
        .problem
        .as_ref()
        .is_some_and(|problem| problem.find_links.iter().any(|file| file.path.starts_with(&inside)));
    if is_pool { String::new() } else { format!("--no-index --find-links={} ", shell_word(&house.folder)) }
}
