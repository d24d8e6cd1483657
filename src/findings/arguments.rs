//! Build arguments without a value: where they end up is where something is odd, and where they
//! are declared is where it is mended.

use std::cell::OnceCell;

use super::{Facts, Finding};
use crate::{model::BuildArg, order::SortedMap, simulate::State};

/// Names, in the hints of a finding, each build argument that its words use and that has no value.
pub(super) fn name_unset(finding: &mut Finding, facts: &Facts<'_>) {
    let Some(at) = finding.at else { return };
    let Some(step) = facts.build.stages.get(at.stage).and_then(|stage| stage.steps.get(at.step)) else {
        return;
    };
    if facts.build.args.is_empty() {
        return;
    }
    let Some(before) = facts.before(at.stage, at.step) else { return };
    let whole = facts.sources.slice(step.location);
    let call = at.call.and_then(|call| facts.call(at.stage, at.step, call));
    let places = [Some(finding.location), call.map(|fact| fact.location())];
    // Walks the stage: only for a finding whose words use a variable.
    let behind = OnceCell::new();
    for place in places.into_iter().flatten().filter(|place| Some(place.file) == facts.build.dockerfile) {
        for name in names(facts.sources.slice(place)) {
            let own = unset(facts, before, name).filter(|_| !is_set_in(whole, name));
            let Some(arg) = own
                .or_else(|| behind.get_or_init(|| unset_behind(facts, at.stage, at.step)).get(name).copied())
            else {
                continue;
            };
            let hint = words(facts, arg);
            if !finding.hints.contains(&hint) {
                finding.hints.push(hint);
            }
        }
    }
}

/// The build argument of that name, where it has no value in this state.
fn unset<'a>(facts: &Facts<'a>, state: &State, name: &str) -> Option<&'a BuildArg> {
    if state.variables.contains_key(name) {
        return None;
    }
    facts.build.args.iter().find(|arg| arg.name == name)
}

/// Variables that `ENV` and `ARG` before a step make of build arguments without a value.
fn unset_behind<'a>(facts: &Facts<'a>, stage: usize, step: usize) -> SortedMap<String, &'a BuildArg> {
    let mut found: SortedMap<String, &BuildArg> = SortedMap::new();
    let mut lineage = facts.lineage(stage);
    lineage.reverse();
    for own in lineage {
        let steps = facts.build.stages.get(own).map_or(&[][..], |stage| &stage.steps);
        let last = if own == stage { step } else { steps.len() };
        let assigning = steps.iter().take(last).filter(|step| matches!(&*step.instruction, "ENV" | "ARG"));
        for step in assigning {
            let Some(before) = facts.before(own, step.index) else { continue };
            for word in facts.sources.slice(step.location).split_whitespace() {
                let Some((name, value)) = word.split_once('=') else { continue };
                let source = names(value)
                    .find_map(|name| unset(facts, before, name).or_else(|| found.get(name).copied()));
                match source {
                    Some(arg) => found.insert(name.to_owned(), arg),
                    None => found.remove(name),
                };
            }
        }
    }
    found
}

/// The names behind `$` and `${` of a text. One that brings a value of its own, `${x:-y}`, is none.
fn names(text: &str) -> impl Iterator<Item = &str> {
    text.match_indices('$').filter_map(|(at, _)| {
        let rest = text.get(at + 1..)?;
        let braced = rest.strip_prefix('{');
        let rest = braced.unwrap_or(rest);
        let end = rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(rest.len());
        let name = rest.get(..end).filter(|name| !name.is_empty())?;
        let stands_in =
            braced.is_some() && rest.get(end..).is_some_and(|rest| rest.starts_with([':', '-', '+', '=']));
        (!stands_in).then_some(name)
    })
}

/// Whether a script gives the variable a value of its own.
fn is_set_in(script: &str, name: &str) -> bool {
    script.contains(&format!("{name}="))
        || script.contains(&format!("for {name} "))
        || script.contains("read ")
}

fn words(facts: &Facts<'_>, arg: &BuildArg) -> String {
    let line = facts.line(arg.location);
    match arg.value {
        None => arg.without_value(line),
        Some(_) => {
            let name = &arg.name;
            format!(
                "{name} has no value here: ARG {name} in line {line} does not reach this stage; write ARG {name} after its FROM, too."
            )
        }
    }
}
