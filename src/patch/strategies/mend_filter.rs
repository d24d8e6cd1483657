use super::Strategy;
use crate::patch::{Candidate, Change, diagnosis::Diagnosis, script::commands};

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
            let written = analysis.sources.slice(*place).chars().next();
            let quote = written.filter(|c| matches!(c, '"' | '\'')).unwrap_or('"');
            let with = |title: String, why: String, option: Option<String>, pattern: String| {
                let pattern = format!("{quote}{pattern}{quote}");
                let option = option.map(|option| Change::edit(at.file, at.range, option, &why));
                let pattern = Change::edit(place.file, place.range, pattern, &why);
                Candidate {
                    strategy: STRATEGY.id,
                    title,
                    changes: option.into_iter().chain([pattern]).collect(),
                    why,
                    finding: index,
                    means: finding.project.iter().cloned().collect(),
                    moves: Vec::new(),
                }
            };
            if finding.rule == "filter-drops-more" {
                candidates.push(with(
                    format!("End the pattern where {name} ends"),
                    format!("The filter then drops {name} itself, and nothing that only begins like it."),
                    None,
                    format!("^{name}[=<>!~ ]"),
                ));
            }
            let extended = ["i", "E"].into_iter().filter(|letter| !option.contains(letter));
            candidates.push(with(
                format!("Filter out {name} by its whole name"),
                format!("The filter then takes {name} itself, however it is written, and nothing else."),
                Some(format!("{option}{}", extended.collect::<String>())),
                format!("^ *{name} *([^a-z0-9._-]|$)"),
            ));
        }
    }
    candidates
}

fn is_name(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| c.is_ascii_alphanumeric() || "-_".contains(c))
}
