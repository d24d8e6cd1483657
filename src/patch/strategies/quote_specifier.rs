use super::Strategy;
use crate::patch::{Candidate, Change, diagnosis::Diagnosis};

/// Quotes, so that the shell does not take a bound for a redirection.
pub(super) const STRATEGY: Strategy = Strategy { id: "quote-specifier", candidates };

fn candidates(diagnosis: &Diagnosis<'_>) -> Vec<Candidate> {
    let findings = diagnosis.wrong().filter(|(_, finding)| finding.rule == "redirected-bound");
    let candidates = findings.map(|(index, finding)| {
        let text = diagnosis.analysis.sources.slice(finding.location);
        let why = format!("In quotes, {text} reaches pip as one word.");
        let place = finding.location;
        Candidate {
            strategy: STRATEGY.id,
            title: format!("Put {text} in quotes"),
            changes: vec![Change::edit(place.file, place.range, format!("\"{text}\""), &why)],
            why,
            finding: index,
            means: finding.project.iter().cloned().chain(named(text)).collect(),
            moves: Vec::new(),
        }
    });
    candidates.collect()
}

/// The project that a word names.
fn named(word: &str) -> Option<crate::pep508::ProjectName> {
    let end = word.find(['<', '>', '[']).unwrap_or(word.len());
    crate::pep508::ProjectName::new(word.get(..end)?)
}
