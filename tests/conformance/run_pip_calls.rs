//! Which programs a `RUN` line starts, with which words, in which folder, reading what: as dash
//! and bash start stand-ins for them.

use serde_json::{Value, json};
use wheelstage::{
    simulate::{Answer, Content, Entry, Invocation, Origin, State, Text, Tools, normalize, run_script},
    syntax::shell::Dialect,
};

use crate::harness::{Exception, score};

/// Stand-ins on `PATH`; those that are not recorded only exit.
const RECORDED: [&str; 9] =
    ["pip", "pip3", "python", "python3", "uv", "pipenv", "pipx", "easy_install", "virtualenv"];

const FOLDER: &str = "/work";

const EXCEPTIONS: &[Exception] = &[Exception {
    reason: "bash's arrays are not modelled: such a step is unknown",
    covers: |row| row["shell_text"].as_str().is_some_and(|text| text.contains("[@]}")),
}];

#[derive(Default)]
struct Recorder {
    calls: Vec<Value>,
}

impl Tools for Recorder {
    fn call(&mut self, invocation: &Invocation<'_>, state: &mut State) -> Option<Answer> {
        let argv: Vec<&str> = invocation.argv.iter().map(|argument| argument.as_str()).collect();
        let name = argv[0].rsplit('/').next().unwrap_or_default();
        let fails = argv.iter().any(|argument| argument.starts_with("fails-"));
        if RECORDED.contains(&name) {
            let folder = state.working_directory.strip_prefix(FOLDER).unwrap_or_default();
            let folder = folder.trim_start_matches('/');
            let pip: serde_json::Map<String, Value> = state
                .variables
                .iter()
                .filter(|(name, _)| name.starts_with("PIP_"))
                .map(|(name, value)| (name.clone(), json!(value)))
                .collect();
            let folder = if folder.is_empty() { "." } else { folder };
            let mut call = json!({ "argv": argv, "cwd": folder, "pip_env": pip });
            if argv.contains(&"/dev/stdin")
                && let Some(text) = invocation.stdin
            {
                call["stdin"] = json!(text.to_string());
            }
            self.calls.push(call);
        }
        let exit_code = Some(i32::from(fails));
        Some(Answer {
            exit_code,
            stdout: Some(Text::default()),
            run: None,
            skipped: Vec::new(),
            assumed: false,
        })
    }
}

fn state(row: &Value) -> State {
    let origin = Origin { stage: 0, step: None, call: None };
    let mut state = State::scratch();
    state.working_directory = FOLDER.to_owned();
    state.files.make_folder(FOLDER, origin);
    for name in RECORDED.into_iter().chain(["conda"]) {
        let entry = Entry::new(Content::Opaque("a stand-in".to_owned()), origin);
        state.files.insert(&format!("/stand-ins/{name}"), entry);
    }
    state.variables.insert("PATH".to_owned(), "/stand-ins:/usr/bin:/bin".to_owned());
    for (name, value) in row["env"].as_object().into_iter().flatten() {
        state.variables.insert(name.clone(), value.as_str().unwrap_or_default().to_owned());
    }
    for (path, content) in row["files"].as_object().into_iter().flatten() {
        let at = normalize(path, FOLDER);
        match content.as_str() {
            None => state.files.make_folder(&at, origin),
            Some("a stand-in") => {
                let entry = Entry::new(Content::Opaque("a stand-in".to_owned()), origin);
                state.files.insert(&at, entry);
            }
            Some(text) => {
                let entry = Entry::new(Content::Text(Text::unplaced(text).into()), origin);
                state.files.insert(&at, entry);
            }
        }
    }
    state
}

fn answer(row: &Value) -> Result<(), String> {
    let script = row["shell_text"].as_str().unwrap_or_default();
    for (name, dialect) in [("sh", Dialect::Dash), ("bash", Dialect::Bash)] {
        let expected = match &row["expected"][name] {
            Value::Null => &row["expected"]["sh"],
            expected => expected,
        };
        let mut recorder = Recorder::default();
        let exit_code = run_script(script, dialect, &mut state(row), &mut recorder);
        let found = json!({ "exit_code": exit_code, "calls": recorder.calls });
        if found["exit_code"] != expected["exit_code"] || found["calls"] != expected["calls"] {
            return Err(format!("{name} of {script:?}: expected {expected}, got {found}"));
        }
    }
    Ok(())
}

#[test]
fn a_run_line_starts_the_programs_that_the_shell_starts() {
    score("pip_commands.jsonl", &["run_pip_calls"], EXCEPTIONS, answer);
}
