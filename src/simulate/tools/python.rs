//! Python itself: a text, a module, a script.

use super::{
    bootstrap,
    call::{Answer, Invocation, PackageTools, environment, not_modelled, skipped, unmodelled_call},
};
use crate::{
    simulate::{
        Content, State,
        files::{file_name, normalize},
    },
    syntax::command::Argument,
};

/// `python`, `pypy`.
pub(super) fn run(tools: &PackageTools<'_>, invocation: &Invocation<'_>, state: &mut State) -> Answer {
    let words: Vec<&str> = invocation.argv.iter().map(Argument::as_str).collect();
    let mut at = 1;
    while let Some(word) = words.get(at) {
        match *word {
            "-c" => return python_text(words.get(at + 1).copied().unwrap_or(""), invocation, state),
            "-m" => {
                return module(words.get(at + 1).copied().unwrap_or(""), invocation, state);
            }
            "-V" | "--version" | "-VV" => {
                let python =
                    environment(invocation, state).and_then(|root| state.environments.get(&root)?.python);
                return match python.filter(|python| python.patch.is_some()) {
                    Some(python) => Answer::printed(&format!("Python {python}\n")),
                    None => Answer::done(),
                };
            }
            "-" => {
                let words = words.get(at + 1..).unwrap_or_default();
                return read_stdin(tools, words, invocation, state);
            }
            "-W" | "-X" => at += 2,
            option if option.starts_with("-m") && option.len() > 2 => {
                return module(option.get(2..).unwrap_or(""), invocation, state);
            }
            option if option.starts_with('-') => at += 1,
            script => {
                return script_file(
                    tools,
                    script,
                    words.get(at + 1..).unwrap_or_default(),
                    invocation,
                    state,
                );
            }
        }
    }
    read_stdin(tools, &[], invocation, state)
}

fn read_stdin(
    tools: &PackageTools<'_>,
    words: &[&str],
    invocation: &Invocation<'_>,
    state: &mut State,
) -> Answer {
    match (invocation.stdin_unknown, invocation.stdin) {
        (Some(reason), _) if bootstrap::is_get_pip(reason) => {
            bootstrap::get_pip(tools, words, invocation, state)
        }
        (Some(reason), _) => {
            not_modelled(&format!("Python with a program that is not known ({reason})"), invocation, state)
        }
        (None, Some(text)) => python_text(&text.to_string(), invocation, state),
        (None, None) => Answer::done(),
    }
}

/// `python -m module`, where that is no program for packages.
fn module(name: &str, invocation: &Invocation<'_>, state: &mut State) -> Answer {
    match name {
        "build" | "spacy" | "setuptools" => not_modelled(&format!("python -m {name}"), invocation, state),
        // Any other module does its own work.
        _ => {
            let reason = format!("python -m {name} makes files of its own");
            state.files.unlisted.get_or_insert(reason);
            Answer::assumed()
        }
    }
}

/// A text of Python.
fn python_text(text: &str, invocation: &Invocation<'_>, state: &mut State) -> Answer {
    if mentions_packages(text) && !is_question(text) {
        return not_modelled("a Python program that may install packages", invocation, state);
    }
    state.files.unlisted.get_or_insert_with(|| "a Python program makes files of its own".to_owned());
    // Where an import fails, so does the step: its success is what is looked at.
    Answer { exit_code: None, ..Answer::done() }
}

/// `import pip; print(pip.__version__)`.
fn is_question(text: &str) -> bool {
    !["subprocess", "system(", "popen", "main(", "exec(", "ensurepip", "runpy"]
        .iter()
        .any(|word| text.contains(word))
}

fn script_file(
    tools: &PackageTools<'_>,
    script: &str,
    rest: &[&str],
    invocation: &Invocation<'_>,
    state: &mut State,
) -> Answer {
    let name = file_name(script);
    if name == "get-pip.py" {
        return bootstrap::get_pip(tools, rest, invocation, state);
    }
    if name == "setup.py" && rest.iter().any(|word| matches!(*word, "install" | "develop")) {
        return unmodelled_call("`setup.py` runs code of the project", tools, invocation, state);
    }
    if name == "setup.py" && !rest.iter().any(|word| matches!(*word, "bdist_wheel" | "sdist")) {
        state.files.unlisted.get_or_insert_with(|| "setup.py makes files of its own".to_owned());
        return Answer { exit_code: None, ..Answer::done() };
    }
    let path = normalize(script, &state.working_directory);
    let text = match state.files.resolved(&path).map(|entry| &entry.content) {
        Some(Content::Text(text)) => Some(text.to_string()),
        _ => None,
    };
    match (name, text) {
        ("manage.py", _) => Answer::assumed(),
        (name, Some(text)) if name != "setup.py" => python_text(&text, invocation, state),
        _ => {
            let reason = format!("what {script} does is not known");
            state.touch_environments(&reason, invocation.location);
            state.files.unlisted.get_or_insert_with(|| reason.clone());
            skipped(reason, invocation, true)
        }
    }
}

/// A Python text that may start an installer.
pub(in crate::simulate) fn mentions_packages(text: &str) -> bool {
    ["pip", "subprocess", "os.system", "popen", "ensurepip", "setuptools", "runpy", "exec("]
        .iter()
        .any(|word| text.contains(word))
}
