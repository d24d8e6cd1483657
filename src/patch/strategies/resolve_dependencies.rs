use super::Strategy;
use crate::patch::{Candidate, Change, diagnosis::Diagnosis, edit::line_start};
use crate::text::range;

/// Without `--no-deps`, pip sees what is missing.
pub(super) const STRATEGY: Strategy = Strategy { id: "resolve-dependencies", candidates };

fn candidates(diagnosis: &Diagnosis<'_>) -> Vec<Candidate> {
    let analysis = diagnosis.analysis;
    let findings = diagnosis.wrong().filter(|(_, finding)| finding.rule == "no-deps-hides");
    let candidates = findings.filter_map(|(index, finding)| {
        let place = diagnosis.site_of(finding)?.word("--no-deps")?.place?;
        let source = analysis.sources.text(place.file);
        let line = usize::from(line_start(analysis, place));
        let before = source.get(line..usize::from(place.range.start()))?;
        // The blank that parted it from the word before goes too.
        let start = line + before.trim_end_matches([' ', '\t']).len();
        let end = usize::from(place.range.end());
        let why = "pip then brings what the packages require.";
        Some(Candidate {
            strategy: STRATEGY.id,
            title: "Install with dependencies".to_owned(),
            why: why.to_owned(),
            changes: vec![Change::edit(place.file, range(start, end), "", why)],
            finding: index,
            means: finding.project.iter().cloned().collect(),
        })
    });
    candidates.collect()
}
