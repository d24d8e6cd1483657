use std::{collections::BTreeMap, process::Command};

use serde_json::{Map, Value, json};
use wheelstage::syntax::{
    command::{Argument, OptionValue, PipCall, PipCommand, PipVersion, Surroundings},
    shell::{Dialect, parse},
};

use crate::harness::score;

/// The options in the shape pip's own parser gives: by variable, only what differs from the
/// default.
fn options(call: &PipCall) -> Map<String, Value> {
    let text = |argument: &Argument| argument.as_str().to_owned();
    let mut result = Map::new();
    for (&dest, value) in &call.options.given {
        let value = match (dest, value) {
            ("dependency_groups", OptionValue::Many(groups)) => groups
                .iter()
                .map(|group| match group.as_str().rsplit_once(':') {
                    Some((path, name)) => json!([path, name]),
                    None => json!(["pyproject.toml", group.as_str()]),
                })
                .collect(),
            ("config_settings", OptionValue::Many(settings)) => {
                let pairs = settings.iter().filter_map(|setting| setting.as_str().split_once('='));
                json!(pairs.collect::<BTreeMap<_, _>>())
            }
            ("python_version", OptionValue::One(_)) => match &call.command {
                PipCommand::Install(install) | PipCommand::Download(install) => {
                    json!(install.python_version.as_ref().map(|(_, version)| version))
                }
                // Nothing is asked of the version for which `pip list` lists.
                _ => continue,
            },
            ("timeout", OptionValue::One(value)) => {
                json!(format!("{:?}", value.as_str().parse::<f64>().unwrap()))
            }
            ("retries", OptionValue::One(value)) => json!(value.as_str().parse::<i64>().unwrap()),
            (_, OptionValue::One(value)) => json!(text(value)),
            (_, OptionValue::Many(values)) => json!(values.iter().map(text).collect::<Vec<_>>()),
            (_, OptionValue::Count(count)) => json!(count),
            ("compile" | "use_pep517", OptionValue::Flag(flag)) if flag.on => continue,
            (_, OptionValue::Flag(flag)) => json!(flag.on),
            ("format_control", OptionValue::Names(no, only)) => json!({"no_binary": no, "only_binary": only}),
            (_, OptionValue::Names(all, only)) => json!({"all_releases": all, "only_final": only}),
        };
        result.insert(dest.to_owned(), value);
    }
    result
}

fn words(call: &PipCall) -> Vec<String> {
    let words: Vec<&Argument> = match &call.command {
        PipCommand::Install(install)
        | PipCommand::Wheel(install)
        | PipCommand::Download(install)
        | PipCommand::Lock(install) => install.requirements.iter().collect(),
        PipCommand::Uninstall(uninstall) => uninstall.packages.iter().collect(),
        PipCommand::Config(config) => config.words.iter().collect(),
        PipCommand::Cache(words) | PipCommand::Print { words, .. } => words.iter().collect(),
        PipCommand::Check | PipCommand::Help | PipCommand::Invalid(_) => Vec::new(),
    };
    words.into_iter().map(|word| word.as_str().to_owned()).collect()
}

fn command(call: &PipCall) -> &str {
    match &call.command {
        PipCommand::Install(_) => "install",
        PipCommand::Wheel(_) => "wheel",
        PipCommand::Download(_) => "download",
        PipCommand::Lock(_) => "lock",
        PipCommand::Uninstall(_) => "uninstall",
        PipCommand::Check => "check",
        PipCommand::Config(_) => "config",
        PipCommand::Cache(_) => "cache",
        PipCommand::Print { name, .. } => name,
        PipCommand::Help | PipCommand::Invalid(_) => "",
    }
}

#[test]
fn pip_cli() {
    score("pip_commands.jsonl", &["pip_cli"], &[], |row| {
        let argv: Vec<Argument> = std::iter::once("pip")
            .chain(row["argv"].as_array().unwrap().iter().map(|word| word.as_str().unwrap()))
            .map(Argument::unplaced)
            .collect();
        let surroundings = Surroundings { pip: PipVersion::default(), variable: &|_| None, config: &[] };
        let Some(call) = PipCall::parse(&argv, surroundings) else {
            return Err("not taken for pip".to_owned());
        };
        let answer = match &call.command {
            PipCommand::Help => {
                json!({"error": "exit", "exit_code": 0, "message": "(prints its help or version and stops)"})
            }
            // pip raises its own error class for these, and exits with 1.
            PipCommand::Invalid(error) if error.exit_code == 1 => {
                json!({"error": "CommandError", "message": error.message})
            }
            PipCommand::Invalid(error) => {
                json!({"error": "exit", "exit_code": error.exit_code, "message": error.message})
            }
            _ => json!({"command": command(&call), "arguments": words(&call), "options": options(&call)}),
        };
        if answer == row["expected"] { Ok(()) } else { Err(format!("{answer} for {}", row["expected"])) }
    });
}

/// `sh -n` and `bash -n` say what is a syntax error; a row on a machine without them asks only
/// that a script which ran has none.
#[test]
fn run_pip_calls_syntax() {
    score("pip_commands.jsonl", &["run_pip_calls"], &[], |row| {
        let text = row["shell_text"].as_str().unwrap();
        for (dialect, name) in [(Dialect::Dash, "dash"), (Dialect::Bash, "bash")] {
            let expected = match &row["expected"][if name == "dash" { "sh" } else { name }] {
                Value::Null => &row["expected"]["sh"],
                expected => expected,
            };
            let refused = match Command::new(name).args(["-n", "-c", text]).output() {
                Ok(output) => !output.status.success(),
                Err(_) if expected["exit_code"] == 0 => false,
                Err(_) => continue,
            };
            let errors = parse(text, dialect).errors;
            if refused == errors.is_empty() {
                return Err(format!("{name}: {text:?}: {errors:?}, but refused: {refused}"));
            }
        }
        Ok(())
    });
}
