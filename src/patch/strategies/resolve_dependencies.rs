use super::Strategy;
use crate::patch::{Candidate, diagnosis::Diagnosis, edit::without_word};

/// Without `--no-deps`, pip sees what is missing.
pub(super) const STRATEGY: Strategy = Strategy { id: "resolve-dependencies", candidates };

fn candidates(diagnosis: &Diagnosis<'_>) -> Vec<Candidate> {
    let analysis = diagnosis.analysis;
    let findings = diagnosis.wrong().filter(|(_, finding)| finding.rule == "no-deps-hides");
    let candidates = findings.filter_map(|(index, finding)| {
        let place = diagnosis.site_of(finding)?.word("--no-deps")?.place?;
        let why = "pip then brings what the packages require.";
        Some(Candidate {
            strategy: STRATEGY.id,
            title: "Install with dependencies".to_owned(),
            why: why.to_owned(),
            changes: vec![without_word(analysis, place, why)],
            finding: index,
            means: finding.project.iter().cloned().collect(),
        })
    });
    candidates.collect()
}
