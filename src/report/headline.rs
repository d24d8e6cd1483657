//! The answer in one line, in plain words: what happens, where, and why.

use super::{Party, Places, ProjectView, counted, stage_label};
use crate::{
    findings::{self, Analysis, PartyKind, StepId, TOOLS, Verdict},
    order::SortedSet,
    simulate::StageRun,
};

/// The answer, in two pieces.
pub(super) struct Headline {
    /// What it comes to, as a sentence of its own: `Build fails at line 24.`
    pub(super) lead: String,
    /// Why, or what there is instead.
    pub(super) reason: String,
}

impl Headline {
    fn new(lead: impl Into<String>, reason: impl Into<String>) -> Self {
        Self { lead: lead.into(), reason: reason.into() }
    }
}

/// What the build comes to: by its worst proven finding, the first of those; where there is none, by
/// what was asked for and installed.
pub(super) fn headline(analysis: &Analysis, places: Places<'_>, projects: &[ProjectView]) -> Headline {
    let verdict = analysis.verdict();
    let finding = analysis.findings.iter().find(|finding| finding.verdict == Some(verdict));
    match (verdict, finding) {
        (Verdict::Unknown, _) => unknown(analysis),
        (_, Some(finding)) => of_finding(analysis, places, finding, verdict),
        (Verdict::Compatible, None) => assuming(compatible(analysis, projects), analysis),
        (_, None) => Headline::new("The build stops.", "A step that it needs fails."),
    }
}

/// Nothing is proven wrong, and something is not known: how much is.
fn unknown(analysis: &Analysis) -> Headline {
    let coverage = &analysis.coverage;
    let (known, all) = (coverage.steps_known + coverage.steps_assumed, coverage.steps());
    let steps = format!("{known} of {}", counted(all, "step"));
    let known = coverage.known.len();
    let packages = match coverage.unknown.len() {
        0 => counted(known, "package"),
        unknown => format!("{known} of {}", counted(known + unknown, "package")),
    };
    let known = match (analysis.build.dockerfile, known + coverage.unknown.len()) {
        (_, 0) => steps,
        // One command is no step to anybody.
        (None, _) => packages,
        (Some(_), _) => format!("{steps}, {packages}"),
    };
    let cause = match coverage.causes.as_slice() {
        [only] => format!(" {}", only.sentence()),
        _ => String::new(),
    };
    Headline::new("No conflict found so far;", format!("known: {known}.{cause}"))
}

/// `..., assuming that 2 commands install nothing and that the hashes are those of the files.`
fn assuming(headline: Headline, analysis: &Analysis) -> Headline {
    let coverage = &analysis.coverage;
    let commands = match coverage.assumed.len() {
        0 => None,
        1 => Some("1 command installs nothing".to_owned()),
        count => Some(format!("{count} commands install nothing")),
    };
    let hashes = (coverage.unchecked_hashes > 0).then(|| "the hashes are those of the files".to_owned());
    let taken: Vec<String> = commands.into_iter().chain(hashes).collect();
    if taken.is_empty() {
        return headline;
    }
    let commands = taken.join(" and that ");
    let reason = headline.reason.strip_suffix('.').unwrap_or(&headline.reason);
    Headline { reason: format!("{reason}, assuming that {commands}."), ..headline }
}

fn of_finding(
    analysis: &Analysis,
    places: Places<'_>,
    finding: &findings::Finding,
    verdict: Verdict,
) -> Headline {
    let place = place(analysis, places, finding);
    let lead = match verdict {
        Verdict::Broken => {
            let broken = finding.guilty.iter().find(|party| party.kind != PartyKind::Run);
            match broken.and_then(|party| party.requirer.split(' ').next()) {
                Some(project) => format!("Builds, but breaks {project}."),
                None => "Builds, but what it leaves is broken.".to_owned(),
            }
        }
        Verdict::Fails => match place {
            Some(place) => format!("Build stops at {place}."),
            None => "pip install fails.".to_owned(),
        },
        _ => match (place, fails(analysis, finding.at)) {
            (Some(place), true) => format!("Build fails at {place}."),
            (Some(place), false) => format!("Conflict at {place}."),
            (None, _) if verdict == Verdict::Unavailable => "pip install fails.".to_owned(),
            (None, _) => "Conflict.".to_owned(),
        },
    };
    let reason = match verdict {
        Verdict::Disjoint => disjoint(places, finding).unwrap_or_else(|| finding.message.clone()),
        _ => finding.message.clone(),
    };
    Headline { lead, reason }
}

/// `line 24`, with the stage where there are several that fail; `None` without a Dockerfile, where
/// there is but one command, which nobody wrote.
fn place(analysis: &Analysis, places: Places<'_>, finding: &findings::Finding) -> Option<String> {
    let dockerfile = analysis.build.dockerfile?;
    let at = finding.at.and_then(|at| {
        let call = analysis.simulation.stages.get(at.stage)?.steps.get(at.step)?.calls.get(at.call?)?;
        call.location
    });
    let step = || {
        let at = finding.at?;
        Some(analysis.build.stages.get(at.stage)?.steps.get(at.step)?.location)
    };
    let own = Some(finding.location).filter(|location| location.file == dockerfile);
    // One command has one line number everywhere, its own.
    let location = at.filter(|location| location.file == dockerfile).or(own).or_else(step)?;
    Some(format!("line {}", places.location(location).line))
}

/// Whether the step of a finding ends the build.
fn fails(analysis: &Analysis, at: Option<StepId>) -> bool {
    let run = at.and_then(|at| analysis.simulation.stages.get(at.stage)?.steps.get(at.step));
    run.is_some_and(|run| run.exit_code.is_some_and(|code| code != 0))
}

/// `Line 1 wants numpy<1.26, line 2 wants numpy>=2. No version is both.`
fn disjoint(places: Places<'_>, finding: &findings::Finding) -> Option<String> {
    let project = finding.project.as_ref()?;
    let parties: Vec<Party> = finding.guilty.iter().map(|party| places.party(party)).collect();
    let [first, second] = parties.as_slice() else { return None };
    let wants = |party: &Party| format!("{} wants {project}{}", by(party, &parties), party.specifier);
    let text = format!("{}, {}. No version is both.", wants(first), wants(second));
    let mut letters = text.chars();
    Some(letters.next()?.to_uppercase().chain(letters).collect())
}

/// Who asks: by its line alone where all stand in one file.
fn by(party: &Party, all: &[Party]) -> String {
    let file = |party: &Party| party.location.as_ref().map(|location| location.file.clone());
    let alone = all.iter().all(|other| super::is_typed(other) && file(other) == file(party));
    match &party.location {
        Some(location) if alone => format!("line {}", location.line),
        _ => party.requirer.clone(),
    }
}

/// What can be said where no finding has a verdict.
fn compatible(analysis: &Analysis, projects: &[ProjectView]) -> Headline {
    let stages = &analysis.simulation.stages;
    let fails = |run: &StageRun| !run.completes();
    if stages.iter().any(|run| !run.needed && fails(run)) {
        let target = stage_label(analysis, analysis.build.target_stage);
        return Headline::new(
            "No conflicts.",
            format!(
                "All that the {target} needs ends well. A stage that it does not need fails, and is not built."
            ),
        );
    }
    let needed: Vec<&StageRun> = stages.iter().filter(|run| run.needed).collect();
    if !needed.iter().flat_map(|run| &run.steps).any(|step| !step.calls.is_empty()) {
        return match analysis.build.dockerfile {
            Some(_) => Headline::new("No conflicts.", "No step installs a Python package."),
            None => nothing(),
        };
    }
    if analysis.build.dockerfile.is_none()
        && let Some(answer) = agreed(projects)
    {
        return Headline::new("No conflict.", answer);
    }
    let packages: SortedSet<&str> = needed
        .iter()
        .filter_map(|run| run.steps.last())
        .flat_map(|step| step.after.environments.values())
        .flat_map(|environment| environment.packages.keys())
        .map(|project| project.as_str())
        .filter(|project| !TOOLS.contains(project))
        .collect();
    if analysis.build.dockerfile.is_none() && packages.is_empty() && projects.is_empty() {
        return nothing();
    }
    let packages = counted(packages.len(), "package");
    let reason = match analysis.build.dockerfile {
        Some(_) => format!("{}, {packages}, all requirements met.", counted(needed.len(), "stage")),
        None => format!("{packages}, all requirements met."),
    };
    Headline::new("No conflicts.", reason)
}

fn nothing() -> Headline {
    Headline::new("Nothing to check yet.", "Type or paste requirements, or a Dockerfile.")
}

/// `Both accept numpy 1.25.2 and older.`: of projects that several typed lines ask for.
fn agreed(projects: &[ProjectView]) -> Option<String> {
    let typed = |view: &&ProjectView| view.rows.iter().filter(|row| super::is_typed(&row.party)).count();
    let mut shared = projects.iter().filter(|view| typed(view) > 1);
    let view = shared.next()?;
    let accepted = super::projects::accepted(view)?;
    let who = match view.rows.len() {
        2 => "Both".to_owned(),
        count => format!("All {count}"),
    };
    let more = match shared.count() {
        0 => String::new(),
        more => format!(" {} agree too.", counted(more, "other project")),
    };
    Some(format!("{who} accept {} {accepted}.{more}", view.project))
}
