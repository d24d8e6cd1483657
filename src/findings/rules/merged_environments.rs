use super::{Rule, broken};
use crate::{
    findings::{BreakCause, Facts, Finding, Party, PartyKind, Sentence, Severity, StepId, Verdict},
    model::{Action, Step},
    order::SortedSet,
    pep508::ProjectName,
    simulate::{Certainty, Environment, Installed},
    text::Location,
};

/// A copy lays one environment over another: two versions of one project lie side by side, or
/// packages meet that were never resolved together.
pub(super) const RULE: Rule =
    Rule { id: "merged-environments", page: page!("merged-environments.md"), check };

fn check(facts: &Facts<'_>) -> Vec<Finding> {
    let mut findings = broken::check(facts, RULE.id, BreakCause::Copy, |facts, one| {
        let place = facts.place(one.location);
        let have = match one.lines.first().and_then(|line| line.installed.as_ref()) {
            Some(version) => format!("{} {version} is there", one.project),
            None => format!("no {} is there", one.project),
        };
        format!(
            "{place} puts packages together that were never resolved together: {}, but {have}.",
            one.need()
        )
    });
    findings.extend(doubled(facts));
    findings
}

/// Two versions of one project in one environment at the end.
fn doubled(facts: &Facts<'_>) -> Vec<Finding> {
    let target = facts.build.target_stage;
    let Some(end) = facts.end(target).filter(|_| facts.succeeds()) else { return Vec::new() };
    let mut findings = Vec::new();
    for (root, environment) in &end.environments {
        let doubled: Vec<(&ProjectName, &Vec<Installed>)> =
            environment.packages.iter().filter(|(_, packages)| versions(packages).len() > 1).collect();
        let Some((project, packages)) = doubled.first() else { continue };
        if environment.certainty != Certainty::Certain {
            continue;
        }
        let Some((at, step)) = first_seen(facts, target, root, project) else { continue };
        let more = match doubled.len() {
            1 => String::new(),
            2 => " One more project is there twice.".to_owned(),
            n => format!(" {} more projects are there twice.", n - 1),
        };
        let list: Vec<String> = versions(packages).into_iter().collect();
        let message = format!(
            "{} leaves {project} {} side by side in {root}. Which one is imported is left to chance.{more}",
            facts.place(step.location),
            list.join(" and "),
        );
        let why: Vec<Sentence> =
            packages.iter().filter_map(|package| birth(facts, project, package)).collect();
        findings.push(Finding {
            project: Some((*project).clone()),
            at: Some(at),
            related: why.iter().filter_map(|sentence| sentence.location).collect(),
            why,
            guilty: vec![Party::new(
                PartyKind::Run,
                first_line(facts, step.location),
                String::new(),
                Some(step.location),
            )],
            ..Finding::new(RULE.id, Some(Verdict::Broken), Severity::Error, message, step.location)
        });
    }
    findings
}

fn versions(packages: &[Installed]) -> SortedSet<String> {
    packages.iter().map(|package| package.version.to_string()).collect()
}

fn first_seen<'a>(
    facts: &Facts<'a>,
    stage: usize,
    root: &str,
    project: &ProjectName,
) -> Option<(StepId, &'a Step)> {
    let lineage = facts.lineage(stage);
    let is_doubled = |environment: &Environment| {
        environment.packages.get(project).is_some_and(|packages| versions(packages).len() > 1)
    };
    facts.steps().filter(|(at, ..)| lineage.contains(&at.stage)).find_map(|(at, step, run)| {
        let doubled = run.after.environments.get(root).is_some_and(is_doubled);
        (doubled && matches!(step.action, Action::Copy(_) | Action::Add(_) | Action::Run { .. }))
            .then_some((at, step))
    })
}

fn birth(facts: &Facts<'_>, project: &ProjectName, package: &Installed) -> Option<Sentence> {
    let origin = package.origin;
    let fact = facts.call(origin.stage, origin.step?, origin.call?)?;
    let location = fact.location();
    let text = format!("{} installed {project} {}.", facts.place(location), package.version);
    Some(Sentence::new(text, Some(location)))
}

fn first_line(facts: &Facts<'_>, location: Location) -> String {
    facts.sources.slice(location).lines().next().unwrap_or("").trim().to_owned()
}
