//! What makes virtual environments: `python -m venv`, `virtualenv`, `uv venv`.

use super::call::{Answer, Invocation, PackageTools, environment, tool_version};
use crate::{
    model::{DEFAULT_PATH, EnvironmentKind},
    pep440::Version,
    pep508::PythonVersion,
    simulate::{
        Content, Origin, State, Text,
        environments::{Venv, make_venv},
        files::{file_name, join, normalize, parent},
    },
    syntax::command::{Argument, VenvCall, VenvTool, split},
};

/// `python -m venv`.
pub(super) fn venv(tools: &PackageTools<'_>, invocation: &Invocation<'_>, state: &mut State) -> Answer {
    by(VenvTool::Venv, tools, invocation, state)
}

/// `virtualenv`, `python -m virtualenv`.
pub(super) fn virtualenv(tools: &PackageTools<'_>, invocation: &Invocation<'_>, state: &mut State) -> Answer {
    by(VenvTool::Virtualenv, tools, invocation, state)
}

fn by(tool: VenvTool, tools: &PackageTools<'_>, invocation: &Invocation<'_>, state: &mut State) -> Answer {
    let variables = state.variables.clone();
    let variable = |name: &str| variables.get(name).map(|value| Argument::unplaced(value));
    let Some((_, _, arguments)) = split(invocation.argv) else { return Answer::failed(2) };
    let call = VenvCall::parse(tool, arguments, &variable);
    let own = environment(invocation, state).unwrap_or_default();
    make(tools, &call, invocation, state, &own)
}

/// `python -m venv`, `virtualenv`, `uv venv`.
pub(super) fn make(
    tools: &PackageTools<'_>,
    call: &VenvCall,
    invocation: &Invocation<'_>,
    state: &mut State,
    own: &str,
) -> Answer {
    // A venv made with the Python of a venv stands on that one's base.
    let base = if call.tool == VenvTool::Uv { system_root(state) } else { system_root_of(state, own) };
    let default = Argument::unplaced(".venv");
    let directories = match call.directories.as_slice() {
        [] if call.tool == VenvTool::Uv => std::slice::from_ref(&default),
        [] => return Answer::failed(2),
        directories => directories,
    };
    for directory in directories {
        let root = normalize(directory.as_str(), &state.working_directory);
        if call.tool == VenvTool::Uv && !call.clear.on && uv_refuses(&root, call, state) {
            return Answer::failed(2);
        }
        let venv = Venv {
            root,
            base: base.clone(),
            sees_base: call.system_site_packages.on,
            pip: call.with_pip,
            bundled: call.tool == VenvTool::Venv && !call.given.flag("upgrade-deps").on,
            clear: call.clear.on || call.tool == VenvTool::Uv && !uv_keeps(call),
        };
        make_venv(state, &venv, tools.index, invocation.origin);
        let root = state.files.resolve(&venv.root);
        let pinned = pinned_python(call, state);
        if let Some(asked) = call.python.as_ref().map(Argument::as_str).or(pinned.as_deref()) {
            choose_python(state, &root, asked, call.tool, invocation.origin);
        }
    }
    Answer { stdout: Some(Text::default()), ..Answer::done() }
}

/// The Python that `.python-version` here or above names, which `uv venv` looks for.
fn pinned_python(call: &VenvCall, state: &State) -> Option<String> {
    if call.tool != VenvTool::Uv {
        return None;
    }
    let mut folder = state.working_directory.as_str();
    loop {
        if let Some(entry) = state.files.resolved(&join(folder, ".python-version")) {
            let Content::Text(text) = &entry.content else { return None };
            return text.lines.iter().map(|line| line.text.trim().to_owned()).find(|line| !line.is_empty());
        }
        if folder == "/" {
            return None;
        }
        folder = parent(folder);
    }
}

/// `--python`: the venv at `root` runs the Python that is asked for. uv fetches one that is not
/// there (docs.astral.sh/uv/concepts/python-versions).
fn choose_python(state: &mut State, root: &str, asked: &str, tool: VenvTool, origin: Origin) {
    let version = asked.trim_start_matches("cpython-").trim_start_matches("cpython@");
    let python = match file_name(version).trim_start_matches("python").parse::<PythonVersion>() {
        Ok(version) => Some(version),
        // `python3`, or a path: the Python that was found.
        Err(_) if file_name(asked).starts_with("python") => return,
        Err(_) => None,
    };
    let is_here = state.environments.values().any(|other| {
        other.kind == EnvironmentKind::System
            && other.python.zip(python).is_some_and(|(own, asked)| {
                (own.major, own.minor) == (asked.major, asked.minor)
                    && asked.patch.is_none_or(|patch| own.patch.is_none_or(|own| own == patch))
            })
    });
    let fetched = (tool == VenvTool::Uv && !is_here && !asked.contains('/')).then(|| uv_pythons(state));
    if let Some(folder) = &fetched {
        state.files.make_folder(folder, origin);
        state.files.mark_uncertain(folder, "uv keeps its Pythons there");
    }
    if let Some(environment) = state.environments.get_mut(root) {
        environment.python = python;
        environment.interpreter = fetched;
    }
}

/// The folder of the Pythons that uv fetches (`uv python dir`).
fn uv_pythons(state: &State) -> String {
    let variable = |name: &str| state.variables.get(name).filter(|value| !value.is_empty());
    match (variable("UV_PYTHON_INSTALL_DIR"), variable("XDG_DATA_HOME")) {
        (Some(folder), _) => normalize(folder, &state.working_directory),
        (None, Some(data)) => normalize("uv/python", data),
        (None, None) => normalize(".local/share/uv/python", &state.home()),
    }
}

/// `uv venv` leaves what is there.
fn uv_keeps(call: &VenvCall) -> bool {
    call.given.flag("allow-existing").on || call.given.flag("force").on
}

/// `uv venv` makes no environment in a folder that holds anything; before uv 0.8 it began anew.
fn uv_refuses(root: &str, call: &VenvCall, state: &State) -> bool {
    let begins_anew =
        tool_version(state, &system_root(state), "uv").is_some_and(|version| version < Version::new([0, 8]));
    !uv_keeps(call)
        && !begins_anew
        && (state.environments.contains_key(root) || state.files.children(root).next().is_some())
}

/// The environment of the first Python on `PATH` that is not a virtual one.
pub(super) fn system_root(state: &State) -> String {
    let path = state.variables.get("PATH").map_or(DEFAULT_PATH, String::as_str);
    for folder in path.split(':') {
        for name in ["python3", "python"] {
            let at = join(folder.trim_end_matches('/'), name);
            if let Some(Content::Program(program)) = state.files.resolved(&at).map(|entry| &entry.content) {
                return system_root_of(state, &program.environment);
            }
        }
    }
    state.environments.keys().next().cloned().unwrap_or_else(|| "/usr".to_owned())
}

/// A venv's base, where it is known; otherwise the environment itself.
fn system_root_of(state: &State, root: &str) -> String {
    match state.environments.get(root) {
        Some(environment) if environment.kind == EnvironmentKind::Venv => state
            .environments
            .iter()
            .find(|(_, other)| {
                other.kind == EnvironmentKind::System
                    && other.python.map(|python| (python.major, python.minor))
                        == environment.python.map(|python| (python.major, python.minor))
            })
            .map_or_else(|| root.to_owned(), |(root, _)| root.clone()),
        _ => root.to_owned(),
    }
}
