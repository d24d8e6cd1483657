use super::{
    Strategy,
    wheelhouse::{Wheelhouse, shell_word},
};
use crate::patch::{
    Candidate,
    diagnosis::Diagnosis,
    edit::{line_after, line_before},
};

/// All files of the project go, and the versions that everybody accepts are installed before:
/// pip keeps what is installed and fits (PIP_RULES 8). Needs the network.
pub(super) const STRATEGY: Strategy = Strategy { id: "remove-and-preinstall", candidates };

fn candidates(diagnosis: &Diagnosis<'_>) -> Vec<Candidate> {
    let analysis = diagnosis.analysis;
    let mut candidates = Vec::new();
    for house in Wheelhouse::all(diagnosis) {
        let is_failing = house.install.call.exit_code != Some(0);
        let Some(last) = house.runs.last().filter(|_| is_failing) else { continue };
        let Some(folder) = last.call.wheelhouse.as_deref() else { continue };
        let project = house.project;
        let stem = &house.stem;
        let remove = format!("RUN rm -f {}/{stem}-*.whl", shell_word(folder));
        let wanted = shell_word(&format!("{project}{}", house.accepted()));
        let preinstall = format!("RUN pip install{} {wanted}", house.house_style());
        let why_remove = format!("No {project} wheel is left that could be demanded.");
        let why_install =
            format!("{project} is there before the others ask for it, in a version that suits them all.");
        candidates.push(Candidate {
            strategy: STRATEGY.id,
            title: format!("Remove all {project} wheels and install {project} first"),
            why: format!(
                "pip keeps an installed {project} that everybody accepts; the price is an install from the network."
            ),
            changes: vec![
                line_after(analysis, last.instruction, &remove, why_remove),
                line_before(analysis, house.install.instruction, &preinstall, why_install),
            ],
            finding: house.finding,
            means: vec![project.clone()],
            moves: Vec::new(),
        });
    }
    candidates
}
