//! What is wrong with a build, why, and who is innocent.
//!
//! [`analyze`] walks the whole line from text to findings. Each rule is a file of its own in
//! `rules/`, with a page that explains it; rules read shared [`Facts`] and change nothing.

mod advice;
mod arguments;
mod breaks;
mod coverage;
mod facts;
mod finding;
mod rules;
mod verdict;

use std::sync::Arc;

use breaks::breaks;
pub use breaks::{Break, BreakCause};
pub(crate) use coverage::TOOLS;
pub use coverage::{Cause, Coverage};
pub use facts::{CallFact, Facts};
pub use finding::{Finding, StepId};
pub use rules::{RULES, Rule, rule};
pub use verdict::{Severity, Verdict};

pub use crate::resolve::{Party, PartyKind, Sentence};

use crate::{
    index::Index,
    model::{Build, Settings, lower},
    order::{self, SortedSet},
    pep508::ProjectName,
    resolve::{Answers, MissingFact, Problem, Resolution},
    simulate::{CallRun, Simulation, StageRun, simulate_with},
    text::Sources,
};

/// Everything that is known about a build after it was simulated.
#[derive(Debug, Clone)]
pub struct Analysis {
    /// The files.
    pub sources: Sources,
    /// What is known about packages.
    pub index: Arc<Index>,
    /// What the person set.
    pub settings: Settings,
    /// The build.
    pub build: Build,
    /// The build, run.
    pub simulation: Simulation,
    /// Worst first, then by place.
    pub findings: Vec<Finding>,
    /// How much of it is known.
    pub coverage: Coverage,
}

/// A fact that is lacking, and for what: the problem names the indexes to ask and the target.
#[derive(Debug, Clone)]
pub struct Lacking {
    /// The fact.
    pub fact: MissingFact,
    /// What an installer was asked.
    pub problem: Arc<Problem>,
}

/// Simulates a build and finds what is wrong with it. Total and deterministic.
///
/// Requirements without a Dockerfile say nothing of a Python. Where the person chose none either, and
/// something would be compiled on the usual one, the newest Python for which everything has wheels is
/// taken: [`Analysis::settings`] name it.
#[must_use]
pub fn analyze(sources: &Sources, index: &Arc<Index>, settings: &Settings) -> Analysis {
    let with = |settings: &Settings| analyze_with(sources, index, settings, &Answers::default());
    let analysis = with(settings);
    if analysis.build.dockerfile.is_some() || settings.python.is_some() || !analysis.would_compile() {
        return analysis;
    }
    let on = |minor: &u32| with(&Settings { python: Some(format!("3.{minor}")), ..settings.clone() });
    let fits = |analysis: &Analysis| {
        let mut calls = analysis.calls().peekable();
        calls.peek().is_some() && calls.all(|call| call.exit_code == Some(0))
    };
    IMPLIED_PYTHONS.iter().map(on).find(fits).unwrap_or(analysis)
}

/// Minor versions of Python 3 that may stand in for the usual one, newest first.
const IMPLIED_PYTHONS: &[u32] = &[14, 13, 11, 10, 9, 8];

fn analyze_with(sources: &Sources, index: &Arc<Index>, settings: &Settings, answers: &Answers) -> Analysis {
    let build = lower(sources, settings);
    let simulation = simulate_with(&build, sources, index, settings, answers);
    let facts = Facts::new(sources, index, &build, &simulation);
    let mut findings: Vec<Finding> = RULES.iter().flat_map(|rule| (rule.check)(&facts)).collect();
    let explained: Vec<bool> = findings
        .iter()
        .map(|finding| finding.rule == "step-fails" && rules::is_explained(&facts, finding, &findings))
        .collect();
    let mut explained = explained.into_iter();
    findings.retain(|_| !explained.next().unwrap_or(false));
    for finding in &mut findings {
        let call = finding.at.and_then(|at| facts.calls.iter().find(|fact| fact.at == at));
        finding.explanation = call.and_then(|fact| fact.explanation.clone());
        arguments::name_unset(finding, &facts);
        quieten(finding, &facts);
    }
    order::sort_by_key(&mut findings, |finding| {
        (finding.severity, finding.verdict, finding.location.file, finding.location.range.start())
    });
    let coverage = Coverage::of(&build, &simulation);
    Analysis {
        sources: sources.clone(),
        index: index.clone(),
        settings: settings.clone(),
        coverage,
        build,
        simulation,
        findings,
    }
}

/// BuildKit passes over a stage that the target does not need: what is wrong there is worth
/// knowing, and the build is none the worse.
fn quieten(finding: &mut Finding, facts: &Facts<'_>) {
    let Some(stage) = finding.at.and_then(|at| facts.build.stages.get(at.stage)) else { return };
    if facts.simulation.stages.get(stage.index).is_none_or(|run| run.needed) {
        return;
    }
    finding.verdict = None;
    finding.severity = Severity::Info;
    let name = stage.name.clone().unwrap_or_else(|| stage.index.to_string());
    finding.hints.insert(
        0,
        format!("The stage that is built does not need stage {name}, so that BuildKit passes over it."),
    );
}

impl Analysis {
    /// Other files for the same build: what both ask is not resolved again.
    #[must_use]
    pub fn again(&self, sources: &Sources) -> Self {
        let answers = self.calls().filter_map(|call| Some((call.problem.clone()?, call.resolution.clone()?)));
        analyze_with(sources, &self.index, &self.settings, &answers.collect())
    }

    /// The worst verdict of all findings. Where none is proven, a build that does not come to its end
    /// fails all the same, and one of which something is not known is unknown.
    #[must_use]
    pub fn verdict(&self) -> Verdict {
        let found = self.findings.iter().filter_map(|finding| finding.verdict).min();
        let mut needed = self.simulation.stages.iter().filter(|stage| stage.needed);
        match found {
            // `pip check` ends a build for what an earlier line broke, and that is what is said.
            Some(proven) if proven <= Verdict::Broken => proven,
            _ if !needed.all(StageRun::completes) => Verdict::Fails,
            _ if self.coverage.is_partial() => Verdict::Unknown,
            _ => found.unwrap_or(Verdict::Compatible),
        }
    }

    /// Every call of an installer, in the order of the build.
    fn calls(&self) -> impl Iterator<Item = &CallRun> {
        self.simulation.stages.iter().flat_map(|stage| &stage.steps).flat_map(|step| &step.calls)
    }

    /// Versions were found, and whether they can be installed is not known: something has no wheel.
    fn would_compile(&self) -> bool {
        self.calls().any(|call| {
            call.exit_code.is_none() && matches!(call.resolution.as_deref(), Some(Resolution::Selected(_)))
        })
    }

    /// Projects about which facts are missing: to be fetched before asking again.
    #[must_use]
    pub fn missing(&self) -> Vec<ProjectName> {
        let projects: SortedSet<ProjectName> = self.lacking().map(|lacking| lacking.fact.project).collect();
        projects.into_iter().collect()
    }

    /// Facts that calls of installers would have needed.
    pub fn lacking(&self) -> impl Iterator<Item = Lacking> {
        self.calls().flat_map(|call| {
            let facts = match call.resolution.as_deref() {
                Some(Resolution::Missing(facts)) => facts.as_slice(),
                _ => &[],
            };
            let problem = call.problem.as_ref();
            facts
                .iter()
                .filter_map(move |fact| Some(Lacking { fact: fact.clone(), problem: Arc::clone(problem?) }))
        })
    }
}
