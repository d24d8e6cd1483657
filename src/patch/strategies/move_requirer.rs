use super::{Strategy, edit_specifier::moved};
use crate::{
    patch::{Candidate, diagnosis::Diagnosis},
    resolve::Wanted,
};

/// A guilty requirer moves to a version that fits.
pub(super) const STRATEGY: Strategy = Strategy { id: "move-requirer", candidates };

fn candidates(diagnosis: &Diagnosis<'_>) -> Vec<Candidate> {
    let mut candidates = Vec::new();
    for failure in &diagnosis.failures {
        let changes = failure.changes(diagnosis.analysis).iter();
        for change in changes.filter(|change| change.project != failure.explanation.project) {
            let requirement = failure.problem.requirements.iter().find_map(|root| match &root.wanted {
                Wanted::Name(requirement) if root.origin.location == change.location => Some(requirement),
                _ => None,
            });
            candidates.extend(requirement.into_iter().flat_map(|requirement| {
                moved(diagnosis.analysis, failure, requirement, change, STRATEGY.id)
            }));
        }
    }
    candidates
}
