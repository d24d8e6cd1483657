use std::{cell::OnceCell, sync::Arc};

use super::edit::CallSite;
use crate::{
    findings::{Analysis, Finding, Severity},
    resolve::{self, Change, ConflictKind, Explanation, Problem, Resolution, Unavailable},
};

/// What the strategies read, each fact computed once and only where it is asked for.
pub(super) struct Diagnosis<'a> {
    /// The build and what is wrong with it.
    pub(super) analysis: &'a Analysis,
    /// Every call of an installer, in the order of the build.
    pub(super) sites: Vec<CallSite<'a>>,
    /// Resolutions that fail and are a finding each.
    pub(super) failures: Vec<Failure<'a>>,
}

/// A resolution that fails.
pub(super) struct Failure<'a> {
    /// Index of its finding.
    pub(super) finding: usize,
    /// The call.
    pub(super) site: CallSite<'a>,
    /// What the call is asked.
    pub(super) problem: &'a Problem,
    /// Why it fails.
    pub(super) explanation: Arc<Explanation>,
    changes: OnceCell<Vec<Change>>,
}

impl<'a> Diagnosis<'a> {
    pub(super) fn new(analysis: &'a Analysis) -> Self {
        let sites = CallSite::all(analysis);
        let findings = wrong(analysis).filter_map(|(index, finding)| {
            let site = sites.iter().copied().find(|site| Some(site.at) == finding.at)?;
            Failure::of(analysis, index, site)
        });
        let failures = findings.collect();
        Self { analysis, sites, failures }
    }

    /// Findings that are more than advice.
    pub(super) fn wrong(&self) -> impl Iterator<Item = (usize, &'a Finding)> {
        wrong(self.analysis)
    }

    /// The call that a finding is about.
    pub(super) fn site_of(&self, finding: &Finding) -> Option<CallSite<'a>> {
        self.sites.iter().copied().find(|site| Some(site.at) == finding.at)
    }
}

fn wrong(analysis: &Analysis) -> impl Iterator<Item = (usize, &Finding)> {
    analysis.findings.iter().enumerate().filter(|(_, finding)| finding.severity != Severity::Info)
}

impl<'a> Failure<'a> {
    fn of(analysis: &'a Analysis, finding: usize, site: CallSite<'a>) -> Option<Self> {
        let problem = site.call.problem.as_deref()?;
        let Resolution::Conflict(_) = site.call.resolution.as_deref()? else { return None };
        let explanation = analysis.findings.get(finding)?.explanation.clone()?;
        Some(Self { finding, site, problem, explanation, changes: OnceCell::new() })
    }

    /// There would be files for another Python.
    pub(super) fn needs_another_target(&self) -> bool {
        matches!(
            self.explanation.kind,
            ConflictKind::Unavailable(
                Unavailable::NoFileForTarget(_)
                    | Unavailable::RequiresPython { .. }
                    | Unavailable::Dependencies
            )
        )
    }

    /// Other versions of the guilty requirers with which it would work.
    pub(super) fn changes<'s>(&'s self, analysis: &'s Analysis) -> &'s [Change] {
        if let Some(changes) =
            analysis.findings.get(self.finding).and_then(|finding| finding.changes.as_ref())
        {
            return changes;
        }
        let ask = || resolve::changes(self.problem, &analysis.index, &self.explanation).found;
        self.changes.get_or_init(ask)
    }
}
