use super::{Strategy, wheelhouse::shell_word};
use crate::{
    findings::Analysis,
    patch::{
        Candidate,
        diagnosis::Diagnosis,
        edit::CallSite,
        requirement::{RequirementPlace, as_specifiers},
    },
    pep440::VersionRange,
    pep508::{ProjectName, Requirement},
    resolve::{ConflictKind, Wanted, helpful_pin},
};

/// The run that breaks what is installed is told what the installed packages accept, and the one
/// whose search gives up, a version that it can have: in the requirement it has on the project,
/// else by one more word.
pub(super) const STRATEGY: Strategy = Strategy { id: "bound-in-call", candidates };

fn candidates(diagnosis: &Diagnosis<'_>) -> Vec<Candidate> {
    let mut candidates = Vec::new();
    let broken = ["later-step-breaks", "local-build-lost", "installed-in-the-way"];
    for (index, finding) in diagnosis.wrong().filter(|(_, finding)| broken.contains(&finding.rule)) {
        let (Some(site), Some(project)) = (diagnosis.site_of(finding), &finding.project) else { continue };
        let Some((site, specifiers)) = bound(diagnosis, index, site, project) else { continue };
        candidates.extend(of(diagnosis.analysis, index, site, project, &specifiers));
    }
    for failure in &diagnosis.failures {
        let ConflictKind::GivenUp(set) = &failure.explanation.kind else { continue };
        let pin = helpful_pin(failure.problem, &diagnosis.analysis.index, set);
        candidates.extend(pin.and_then(|(project, version)| {
            of(diagnosis.analysis, failure.finding, failure.site, &project, &format!("=={version}"))
        }));
    }
    candidates
}

/// The run that brought the project, and what all who need it accept.
fn bound<'a>(
    diagnosis: &Diagnosis<'a>,
    finding: usize,
    site: CallSite<'a>,
    project: &ProjectName,
) -> Option<(CallSite<'a>, String)> {
    let failure = diagnosis.failures.iter().find(|failure| failure.finding == finding);
    if let Some(failure) = failure {
        let origin = installed(diagnosis.analysis, site, project)?.origin;
        let writer = diagnosis.sites.iter().copied().find(|site| site.wrote(origin))?;
        return Some((writer, as_specifiers(&failure.explanation.overlap)?));
    }
    let had = installed(diagnosis.analysis, site, project);
    if let Some(local) = had.map(|package| &package.version).filter(|version| !version.local().is_empty()) {
        return Some((site, format!("=={local}")));
    }
    let accepted = accepted(diagnosis.analysis, site, project);
    Some((site, as_specifiers(&accepted)?))
}

/// What is installed of a project before a call's step.
fn installed<'a>(
    analysis: &'a Analysis,
    site: CallSite<'a>,
    project: &ProjectName,
) -> Option<&'a crate::simulate::Installed> {
    let state = super::wheelhouse::state_before(analysis, site)?;
    state.environments.get(site.call.environment.as_deref()?)?.packages.get(project)?.last()
}

/// What the packages in a call's environment accept of a project, once the step has ended.
pub(super) fn accepted(analysis: &Analysis, site: CallSite<'_>, project: &ProjectName) -> VersionRange {
    let stage = analysis.simulation.stages.get(site.at.stage);
    let state = stage.and_then(|stage| stage.steps.get(site.at.step)).map(|step| &step.after);
    let environment = site.call.environment.as_deref().and_then(|root| state?.environments.get(root));
    let markers = site.call.problem.as_ref().map(|problem| problem.target.environment());
    let packages = environment.into_iter().flat_map(|environment| environment.packages.values().flatten());
    let requirements = packages
        .filter_map(|package| package.artifact.as_ref()?.requires_dist.as_ref()?.requirements().ok())
        .flatten();
    let is_on = |requirement: &&std::sync::Arc<Requirement>| {
        requirement.name == *project
            && markers.as_ref().is_none_or(|markers| requirement.applies(markers, &[]).unwrap_or(false))
    };
    requirements.filter(is_on).fold(VersionRange::full(), |range, requirement| {
        range.intersection(&requirement.specifiers.to_range())
    })
}

fn of(
    analysis: &Analysis,
    finding: usize,
    site: CallSite<'_>,
    project: &ProjectName,
    specifiers: &str,
) -> Option<Candidate> {
    let wanted = format!("{project}{specifiers}");
    let why = format!("The run then keeps to what suits everyone: {wanted}.");
    let root = site.call.problem.iter().flat_map(|problem| &problem.requirements).find_map(|root| {
        let is_on = matches!(&root.wanted, Wanted::Name(requirement) if requirement.name == *project);
        root.origin.location.filter(|_| is_on)
    });
    let change = match root {
        Some(at) => RequirementPlace::find(analysis, at)?.with_specifiers(analysis, specifiers, &why)?,
        None => site.with_word(&shell_word(&wanted), &why)?,
    };
    let line = site.line(analysis);
    Some(Candidate {
        strategy: STRATEGY.id,
        title: format!("Ask for {wanted} in the run of line {line}"),
        why,
        changes: vec![change],
        finding,
        means: vec![project.clone()],
        moves: Vec::new(),
    })
}
