use super::Rule;
use crate::{
    findings::{Facts, Finding, Party, PartyKind, Severity},
    model::{EnvironmentKind, Step},
    simulate::{Certainty, Content, Environment, ProgramKind, State, join, normalize, parent},
    syntax::shell::{self, CommandKind, Dialect},
};

/// Packages go into one environment, and the image runs another.
pub(super) const RULE: Rule = Rule { id: "wrong-environment", page: page!("wrong-environment.md"), check };

fn check(facts: &Facts<'_>) -> Vec<Finding> {
    find(facts).into_iter().collect()
}

fn find(facts: &Facts<'_>) -> Option<Finding> {
    let target = facts.build.target_stage;
    let end = facts.end(target).filter(|_| facts.succeeds())?;
    let (step, program) = started(facts)?;
    let root = environment_of(end, &program)?;
    let runs = end.environments.get(&root)?;
    if runs.certainty != Certainty::Certain || has_own(runs) {
        return None;
    }
    let sees = |other: &String| runs.sees.as_ref() == Some(other);
    let (other, packages) = end.environments.iter().find_map(|(other, environment)| {
        let is_apart = *other != root && !sees(other);
        let kind = matches!(environment.kind, EnvironmentKind::System | EnvironmentKind::Venv);
        (is_apart && kind && has_own(environment)).then_some((other, environment))
    })?;
    let package = packages.packages.values().flatten().find(|package| package.origin.call.is_some())?;
    let origin = package.origin;
    let fact = facts.call(origin.stage, origin.step?, origin.call?)?;
    let location = fact.location();
    let line = facts.line(step.location);
    let message = format!(
        "{} installs into {other}, but line {line} runs the Python of {root}, which sees nothing of it.",
        facts.place(location)
    );
    Some(Finding {
        at: Some(fact.at),
        related: vec![step.location],
        guilty: vec![Party::new(PartyKind::Run, fact.call.command.clone(), String::new(), Some(location))],
        hints: vec![format!(
            "Call {}/bin/pip, or put {root}/bin first on PATH with ENV.",
            root.trim_end_matches('/')
        )],
        ..Finding::new(RULE.id, None, Severity::Warning, message, location)
    })
}

/// A line of this build installed something into it that was asked for, tools aside.
fn has_own(environment: &Environment) -> bool {
    const TOOLS: [&str; 8] = ["pip", "setuptools", "wheel", "uv", "poetry", "pipenv", "virtualenv", "pdm"];
    let mut packages = environment.packages.iter();
    packages.any(|(project, packages)| {
        let installed = packages.iter().any(|package| package.requested && package.origin.call.is_some());
        installed && !TOOLS.contains(&project.as_str())
    })
}

/// The line that says what the image runs, and the program in it.
fn started<'a>(facts: &Facts<'a>) -> Option<(&'a Step, String)> {
    let last = |instruction: &str| {
        facts.lineage(facts.build.target_stage).into_iter().find_map(|stage| {
            facts.build.stages.get(stage)?.steps.iter().rev().find(|step| step.instruction == instruction)
        })
    };
    let step = last("ENTRYPOINT").or_else(|| last("CMD"))?;
    let text = facts.sources.slice(step.location);
    let words = text.split_once(char::is_whitespace)?.1.trim();
    if let Ok(list) = serde_json::from_str::<Vec<String>>(words) {
        return Some((step, list.into_iter().next()?));
    }
    let script = shell::parse(words, Dialect::Dash).tree;
    let command = &script.items.first()?.first.commands.first()?.kind;
    let CommandKind::Simple { words, .. } = command else { return None };
    let mut words = words.iter().filter_map(super::scripts::literal);
    Some((step, words.find(|word| word != "exec")?))
}

/// The environment of a program by its path, or of `python` by `PATH`.
fn environment_of(end: &State, program: &str) -> Option<String> {
    if program.contains('/') {
        let path = normalize(program, &end.working_directory);
        let root = parent(parent(&path));
        return end.environments.contains_key(root).then(|| root.to_owned());
    }
    if !program.starts_with("python") {
        return None;
    }
    let folders = end.variables.get("PATH")?;
    folders.split(':').find_map(|folder| match &end.files.resolved(&join(folder, program))?.content {
        Content::Program(program) if program.kind == ProgramKind::Python => Some(program.environment.clone()),
        _ => None,
    })
}
