use super::Rule;
use crate::{
    findings::{Facts, Finding, Party, PartyKind, Sentence, Severity, Verdict},
    model::{Base, EnvironmentKind},
    order::SortedMap,
    pep508::PythonVersion,
    simulate::{Environment, Installed, State},
};

/// Packages of one Python are copied to where another one runs.
pub(super) const RULE: Rule =
    Rule { id: "copied-across-pythons", page: page!("copied-across-pythons.md"), check };

fn check(facts: &Facts<'_>) -> Vec<Finding> {
    let target = facts.build.target_stage;
    let bases = facts.lineage(target);
    let from_scratch = bases
        .last()
        .and_then(|stage| facts.build.stages.get(*stage))
        .is_none_or(|stage| stage.base == Base::Scratch);
    let Some(end) = facts.end(target).filter(|end| end.unknown_base.is_none() && !from_scratch) else {
        return Vec::new();
    };
    let environments = end.environments.iter();
    environments.filter_map(|(root, environment)| foreign(facts, end, root, environment)).collect()
}

/// `3.10`.
fn short(python: PythonVersion) -> String {
    format!("{}.{}", python.major, python.minor)
}

fn foreign(facts: &Facts<'_>, end: &State, root: &str, environment: &Environment) -> Option<Finding> {
    let runs = interpreters(end);
    let own = short(environment.python?);
    let is_interpreter = matches!(environment.kind, EnvironmentKind::System | EnvironmentKind::Conda)
        || environment.interpreter.as_ref().is_some_and(|folder| end.files.is_folder(folder));
    // By the Python that installed them: how many, and one of them.
    let mut made_for: SortedMap<String, (usize, &Installed)> = SortedMap::new();
    for package in environment.packages.values().flatten() {
        let Some(python) = python_of(facts, package) else { continue };
        let wrong = if is_interpreter { python != own } else { !runs.contains(&python) };
        if wrong {
            made_for.entry(python).or_insert((0, package)).0 += 1;
        }
    }
    let (python, (count, package)) = made_for.into_iter().next()?;
    let (at, step, _) = facts
        .steps()
        .filter(|(at, ..)| facts.lineage(facts.build.target_stage).contains(&at.stage))
        .find(|(_, _, run)| run.after.environments.get(root).is_some_and(|now| holds(now, package)))?;
    let here = match (is_interpreter, runs.first()) {
        (true, _) => format!("runs Python {own}"),
        (false, Some(first)) => format!("runs Python {first}"),
        (false, None) => "has no Python".to_owned(),
    };
    let packages = if count == 1 { "package".to_owned() } else { format!("{count} packages") };
    let what = if count == 1 { format!("a {packages}") } else { packages };
    let message = format!(
        "{} copies {what} made for Python {python}, but this stage {here}.",
        facts.place(step.location)
    );
    let origin = package.origin;
    let fact = origin.step.zip(origin.call).and_then(|(step, call)| facts.call(origin.stage, step, call));
    let why: Vec<Sentence> = fact
        .map(|fact| {
            let place = fact.location();
            Sentence::new(
                format!("{} installed them, with Python {python}.", facts.place(place)),
                Some(place),
            )
        })
        .into_iter()
        .collect();
    Some(Finding {
        at: Some(at),
        related: why.iter().filter_map(|sentence| sentence.location).collect(),
        why,
        guilty: vec![Party::new(
            PartyKind::Run,
            facts.sources.slice(step.location).lines().next().unwrap_or("").to_owned(),
            String::new(),
            Some(step.location),
        )],
        hints: vec!["Start both stages from images with the same Python.".to_owned()],
        ..Finding::new(RULE.id, Some(Verdict::Broken), Severity::Error, message, step.location)
    })
}

fn holds(environment: &Environment, package: &Installed) -> bool {
    environment
        .packages
        .values()
        .flatten()
        .any(|other| other.origin == package.origin && other.version == package.version)
}

/// The Pythons that this image can run.
fn interpreters(end: &State) -> Vec<String> {
    let interpreters = end
        .environments
        .values()
        .filter(|environment| matches!(environment.kind, EnvironmentKind::System | EnvironmentKind::Conda));
    interpreters.filter_map(|environment| Some(short(environment.python?))).collect()
}

/// The Python of the call that installed a package.
fn python_of(facts: &Facts<'_>, package: &Installed) -> Option<String> {
    let origin = package.origin;
    let fact = facts.call(origin.stage, origin.step?, origin.call?)?;
    let root = fact.call.environment.as_ref()?;
    Some(short(fact.before.environments.get(root).or_else(|| fact.after.environments.get(root))?.python?))
}
