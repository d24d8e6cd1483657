use super::Rule;
use crate::{
    findings::{CallFact, Facts, Finding, Sentence, Severity},
    order::SortedSet,
    pep508::{ExtraName, ProjectName},
    resolve::{Pick, PickSource, Resolution, Wanted},
    text::Location,
};

/// A wheel was made for `name[extra]`, and is installed without the extra: a file's name has no place
/// for it, and nothing else asks for what the extra brings.
pub(super) const RULE: Rule = Rule { id: "lost-extra", page: page!("lost-extra.md"), check };

fn check(facts: &Facts<'_>) -> Vec<Finding> {
    let installs = facts.calls.iter().filter(|fact| fact.call.exit_code == Some(0));
    let installs = installs.filter(|fact| fact.call.wheelhouse.is_none());
    installs.flat_map(|fact| lost(facts, fact)).collect()
}

fn lost(facts: &Facts<'_>, fact: &CallFact<'_>) -> Vec<Finding> {
    let Some(Resolution::Selected(selection)) = fact.call.resolution.as_deref() else { return Vec::new() };
    selection.picks.values().filter_map(|pick| finding(facts, fact, pick)).collect()
}

fn finding(facts: &Facts<'_>, fact: &CallFact<'_>, pick: &Pick) -> Option<Finding> {
    let (PickSource::Direct(path) | PickSource::Pool(path)) = &pick.source else { return None };
    let origin = fact.before.files.resolved(path).or_else(|| fact.after.files.resolved(path))?.origin;
    let maker = facts.call(origin.stage, origin.step?, origin.call?)?;
    let (extra, asked) = extras(maker, &pick.project).into_iter().find(|(extra, _)| {
        !pick.extras.contains(extra)
            && missing(facts, fact, pick, extra).is_some_and(|names| !names.is_empty())
    })?;
    let names = missing(facts, fact, pick, &extra)?;
    let (project, place) = (&pick.project, fact.location());
    let file = path.rsplit('/').next().unwrap_or(path);
    let lacking = match names.as_slice() {
        [one] => one.to_string(),
        [one, two] => format!("{one} and {two}"),
        [one, two, rest @ ..] => format!("{one}, {two} and {} more", rest.len()),
        [] => return None,
    };
    let message = format!(
        "{} installs {project} without its extra {extra}: {lacking} will not be there.",
        facts.place(place)
    );
    let why = vec![
        Sentence::new(format!("{} made {file} for {project}[{extra}].", facts.place(asked)), Some(asked)),
        Sentence::new(
            "The file says nothing of the extra, and what installs it does not ask for the extra again.",
            Some(place),
        ),
    ];
    Some(Finding {
        project: Some(project.clone()),
        at: Some(fact.at),
        related: vec![asked],
        why,
        hints: vec![format!("Install by name, as \"{project}[{extra}]\", with --find-links.")],
        ..Finding::new(RULE.id, None, Severity::Warning, message, place)
    })
}

/// The extras with which a call asks for a project by name, each with where it does.
fn extras(maker: &CallFact<'_>, project: &ProjectName) -> Vec<(ExtraName, Location)> {
    let Some(problem) = &maker.call.problem else { return Vec::new() };
    let environment = problem.target.environment();
    let asked = problem.requirements.iter().filter_map(|root| match &root.wanted {
        Wanted::Name(requirement)
            if requirement.name == *project && requirement.applies(&environment, &[]).unwrap_or(false) =>
        {
            Some((requirement, root.origin.location.unwrap_or_else(|| maker.location())))
        }
        _ => None,
    });
    asked
        .flat_map(|(requirement, place)| {
            requirement.extra_names().into_iter().map(move |extra| (extra, place))
        })
        .collect()
}

/// What the extra asks for and the stage does not have when it ends; `None` where that is not known.
fn missing(
    facts: &Facts<'_>,
    fact: &CallFact<'_>,
    pick: &Pick,
    extra: &ExtraName,
) -> Option<Vec<ProjectName>> {
    let requirements = pick.artifact.as_ref()?.requires_dist.as_ref()?.requirements().ok()?;
    let root = fact.call.environment.as_ref()?;
    let end = facts.end(fact.at.stage)?.environments.get(root)?;
    let environment = fact.call.problem.as_ref()?.target.environment();
    let extra = std::slice::from_ref(extra);
    let names: SortedSet<ProjectName> = requirements
        .iter()
        .filter(|requirement| {
            let with = |extras| requirement.applies(&environment, extras).unwrap_or(false);
            with(extra) && !with(&[]) && !end.packages.contains_key(&requirement.name)
        })
        .map(|requirement| requirement.name.clone())
        .collect();
    Some(names.into_iter().collect())
}
