use super::Rule;
use crate::{
    findings::{Facts, Finding, Sentence, Severity},
    model::{Action, CopySource},
    order::SortedSet,
    pep508::ProjectName,
    resolve::{PickSource, Resolution, Wanted},
    simulate::{Content, parent},
};

/// Wheels are built and copied, and then the install takes the same projects from the index.
pub(super) const RULE: Rule = Rule { id: "unused-wheelhouse", page: page!("unused-wheelhouse.md"), check };

fn check(facts: &Facts<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (at, step, run) in facts.steps() {
        let Action::Copy(transfer) = &step.action else { continue };
        if !matches!(transfer.from, Some(CopySource::Stage(_))) {
            continue;
        }
        let before = at
            .step
            .checked_sub(1)
            .and_then(|previous| facts.simulation.stages.get(at.stage)?.steps.get(previous));
        let is_new = |path: &str| before.is_none_or(|before| before.after.files.resolved(path).is_none());
        let wheels: Vec<(&String, &ProjectName)> = run
            .after
            .files
            .entries
            .iter()
            .filter_map(|(path, entry)| match &entry.content {
                Content::Artifact { artifact, .. } if is_new(path) => Some((path, &artifact.project)),
                _ => None,
            })
            .collect();
        let Some(folder) = wheels.first().map(|(path, _)| parent(path)) else { continue };
        let built: SortedSet<&ProjectName> = wheels.iter().map(|(_, project)| *project).collect();
        let lineage_calls: Vec<_> = facts
            .calls
            .iter()
            .filter(|fact| fact.at.stage > at.stage || (fact.at.stage == at.stage && fact.at.step > at.step))
            .collect();
        // A call that could not be told may use the folder.
        let used = lineage_calls.iter().any(|fact| {
            let Some(problem) = &fact.call.problem else { return fact.call.exit_code != Some(0) };
            let direct = problem.requirements.iter().any(
                |root| matches!(&root.wanted, Wanted::Direct(direct) if direct.link.starts_with(folder)),
            );
            direct || problem.find_links.iter().any(|file| file.path.starts_with(folder))
        });
        if used || !facts.completes(at.stage) {
            continue;
        }
        let again = lineage_calls.iter().find_map(|fact| {
            let Some(Resolution::Selected(selection)) = fact.call.resolution.as_deref() else { return None };
            let taken = selection
                .picks
                .values()
                .filter(|pick| matches!(pick.source, PickSource::Index(_)) && built.contains(&pick.project));
            let count = taken.count();
            (count > 0).then_some((fact, count))
        });
        let Some((fact, count)) = again else { continue };
        let location = fact.location();
        let projects = if count == 1 { "1 project".to_owned() } else { format!("{count} projects") };
        let message = format!(
            "{} takes {projects} from the index, although {folder} holds wheels of the same.",
            facts.place(location)
        );
        let text = format!(
            "{} copies {} wheels to {folder}, and no line uses them.",
            facts.place(step.location),
            wheels.len()
        );
        findings.push(Finding {
            at: Some(fact.at),
            why: vec![Sentence::new(text, Some(step.location))],
            related: vec![step.location],
            hints: vec![format!("Add --no-index --find-links={folder}.")],
            ..Finding::new(RULE.id, None, Severity::Warning, message, location)
        });
    }
    findings
}
