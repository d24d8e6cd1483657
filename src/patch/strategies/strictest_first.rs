use super::Strategy;
use crate::patch::{
    Candidate, Change,
    diagnosis::Diagnosis,
    edit::{ending, with_comments, without},
};
use crate::text::{Location, range};

/// The install with the tighter demands goes first; the other then keeps what suits it too
/// (PIP_RULES 8).
pub(super) const STRATEGY: Strategy = Strategy { id: "strictest-first", candidates };

fn candidates(diagnosis: &Diagnosis<'_>) -> Vec<Candidate> {
    let analysis = diagnosis.analysis;
    let mut candidates = Vec::new();
    for (index, finding) in diagnosis.wrong() {
        let Some(late) = diagnosis.site_of(finding).filter(|site| site.call.wheelhouse.is_none()) else {
            continue;
        };
        let Some(project) = &finding.project else { continue };
        let environment = &late.call.environment;
        let earlier = diagnosis.sites.iter().filter(|site| {
            site.at.stage == late.at.stage
                && site.at.step < late.at.step
                && site.call.environment == *environment
                && site.call.problem.is_some()
        });
        for early in earlier {
            let Some((move_up, text)) = taken_out(diagnosis, late.instruction) else { continue };
            let start = with_comments(analysis, early.instruction);
            let why = format!("The later install keeps the {project} that the stricter one has brought.");
            let put = Change::edit(early.instruction.file, range(start, start), text, &why);
            let line = analysis.sources.line_column(late.instruction).line;
            candidates.push(Candidate {
                strategy: STRATEGY.id,
                title: format!("Run the install of line {line} first"),
                changes: vec![put, move_up],
                why,
                finding: index,
                means: vec![project.clone()],
                moves: Vec::new(),
            });
        }
    }
    candidates
}

/// An instruction with the comments above it: the change that takes it out, and its text.
fn taken_out(diagnosis: &Diagnosis<'_>, instruction: Location) -> Option<(Change, String)> {
    let change = without(diagnosis.analysis, instruction, "The install runs earlier.");
    let Change::Edit { edit, .. } = &change else { return None };
    let text = diagnosis.analysis.sources.slice(Location { file: edit.file, range: edit.range });
    let end = if text.ends_with('\n') { "" } else { ending(diagnosis.analysis, edit.file) };
    let text = format!("{text}{end}");
    Some((change, text))
}
