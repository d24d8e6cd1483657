use super::Strategy;
use crate::{
    patch::{Candidate, Change, diagnosis::Diagnosis, script::commands},
    text::range,
};

/// `grep -v "^torch"` drops torchvision too and misses `Torch`: the exact name instead
/// (PIP_RULES 18).
pub(super) const STRATEGY: Strategy = Strategy { id: "mend-filter", candidates };

fn candidates(diagnosis: &Diagnosis<'_>) -> Vec<Candidate> {
    let analysis = diagnosis.analysis;
    let mut candidates = Vec::new();
    for (index, finding) in diagnosis.wrong() {
        let Some(at) = finding.at.filter(|_| finding.rule.starts_with("filter-drops")) else { continue };
        for command in commands(analysis, at.stage, at.step) {
            let is_grep = command.program() == "grep";
            let option = command.words.iter().find(|(word, _)| word.starts_with("-") && word.contains('v'));
            let pattern = command.words.iter().skip(1).find(|(word, _)| !word.starts_with('-'));
            let (Some((option, at)), Some((pattern, place)), true) = (option, pattern, is_grep) else {
                continue;
            };
            let Some(name) = pattern.strip_prefix('^').filter(|name| is_name(name)) else { continue };
            let extended = ["i", "E"].into_iter().filter(|letter| !option.contains(letter));
            let option = format!("{option}{}", extended.collect::<String>());
            let quote = analysis
                .sources
                .slice(*place)
                .chars()
                .next()
                .filter(|c| matches!(c, '"' | '\''))
                .unwrap_or('"');
            let exact = format!("{quote}^ *{name} *([^a-z0-9._-]|$){quote}");
            let why =
                format!("The filter then takes {name} itself, however it is written, and nothing else.");
            candidates.push(Candidate {
                strategy: STRATEGY.id,
                title: format!("Filter out {name} by its whole name"),
                changes: vec![
                    Change::edit(at.file, at.range, option, &why),
                    Change::edit(
                        place.file,
                        range(place.range.start().into(), place.range.end().into()),
                        exact,
                        &why,
                    ),
                ],
                why,
                finding: index,
                means: finding.project.iter().cloned().collect(),
            });
        }
    }
    candidates
}

fn is_name(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| c.is_ascii_alphanumeric() || "-_".contains(c))
}
