//! Requirements and markers, against PyPA's `packaging` 26.3.

use std::collections::BTreeSet;

use serde_json::Value;
use wheelstage::{
    order::SortedSet,
    pep508::{Environment, Marker, MarkerContext, MarkerError, MarkerVariable, Requirement},
};

use crate::{
    harness::{Exception, score},
    pep440::{HUGE_NUMBERS, same, texts},
};

/// `packaging` looks a text up in the environment where a variable should stand, so that
/// `"a" == "b"` has a value once somebody defines `b`. Our environment is PEP 508's alone.
const OWN_VARIABLES: Exception = Exception {
    reason: "the environment defines a variable that PEP 508 does not have",
    covers: |row| {
        let known = |name: &String| MarkerVariable::ALL.iter().any(|variable| variable.as_str() == name);
        row["environment"].as_object().is_some_and(|variables| !variables.keys().all(known))
    },
};

fn text<'a>(row: &'a Value, field: &str) -> &'a str {
    row[field].as_str().unwrap_or_default()
}

#[test]
fn pep508() {
    score("pep508.jsonl", &[], &[HUGE_NUMBERS, OWN_VARIABLES], |row| match text(row, "kind") {
        "requirement" => check_requirement(row),
        "marker" => check_marker(row),
        "marker_eval" => check_evaluation(row),
        kind => Err(format!("no check for {kind:?}")),
    });
}

fn check_requirement(row: &Value) -> Result<(), String> {
    let input = text(row, "input");
    let parsed = input.parse::<Requirement>();
    same(&format!("{input:?} {parsed:?}"), parsed.is_ok(), row["valid"] == true)?;
    let Ok(requirement) = parsed else { return Ok(()) };
    same("name", requirement.name_text.as_str(), text(row, "name"))?;
    same("normalized_name", requirement.name.as_str(), text(row, "normalized_name"))?;
    let as_written: BTreeSet<&str> = requirement.extras.iter().map(|extra| extra.text.as_str()).collect();
    same("extras", as_written, texts(&row["extras"]).into_iter().collect())?;
    let names = requirement.extra_names();
    let names: BTreeSet<&str> = names.iter().map(AsRef::as_ref).collect();
    same("normalized_extras", names, texts(&row["normalized_extras"]).into_iter().collect())?;
    same("specifier", requirement.specifiers.to_string().as_str(), text(row, "specifier_normalized"))?;
    same("url", requirement.url.as_ref().map(|url| url.text.as_str()), row["url"].as_str())?;
    let marker = requirement.marker.as_ref().map(ToString::to_string);
    same("marker", marker.as_deref(), row["marker"].as_str())?;
    same("normalized", requirement.to_string().as_str(), text(row, "normalized"))
}

fn check_marker(row: &Value) -> Result<(), String> {
    let input = text(row, "input");
    let parsed = input.parse::<Marker>();
    same(&format!("{input:?} {parsed:?}"), parsed.is_ok(), row["valid"] == true)?;
    let Ok(marker) = parsed else { return Ok(()) };
    same("normalized", marker.to_string().as_str(), text(row, "normalized"))
}

fn check_evaluation(row: &Value) -> Result<(), String> {
    let variables = &row["environment"];
    let variable = |name: &str| text(variables, name).to_owned();
    let environment = Environment {
        implementation_name: variable("implementation_name"),
        implementation_version: variable("implementation_version"),
        os_name: variable("os_name"),
        platform_machine: variable("platform_machine"),
        platform_python_implementation: variable("platform_python_implementation"),
        platform_release: variable("platform_release"),
        platform_system: variable("platform_system"),
        platform_version: variable("platform_version"),
        python_full_version: variable("python_full_version"),
        python_version: variable("python_version"),
        sys_platform: variable("sys_platform"),
    };
    let names = |field: &str| -> Option<SortedSet<String>> {
        variables.get(field).map(|names| texts(names).into_iter().map(str::to_owned).collect())
    };
    // The context gives defaults, which the environment overrides.
    let mut context = match text(row, "context") {
        "metadata" => MarkerContext::metadata(&environment, ""),
        "lock_file" => MarkerContext::lock_file(&environment, SortedSet::new(), SortedSet::new()),
        _ => MarkerContext::requirement(&environment),
    };
    context.extra = variables["extra"].as_str().map(str::to_owned).or(context.extra);
    context.extras = names("extras").or(context.extras);
    context.dependency_groups = names("dependency_groups").or(context.dependency_groups);
    let marker: Marker = text(row, "marker").parse().map_err(|error| format!("{error:?}"))?;
    let ours = marker.evaluate_in(&context).map_err(|error| match error {
        MarkerError::UndefinedComparison(_) => "UndefinedComparison",
        MarkerError::UndefinedVariable(_) => "UndefinedEnvironmentName",
        MarkerError::Malformed => "InvalidMarker",
    });
    let theirs = row["result"].as_bool().ok_or_else(|| text(&row["result"], "error"));
    same(&format!("{marker}"), ours, theirs)
}
