//! What puts pip into an environment: `python -m ensurepip`, `get-pip.py`.

use super::call::{Answer, Invocation, PackageTools, environment, not_modelled};
use crate::{
    index::Index,
    model::bundled_pip,
    pep440::parse_version,
    pep508::ProjectName,
    simulate::{
        Origin, State,
        base::known_project,
        environments::{add_pip, preinstalled},
    },
};

/// `python -m ensurepip`: the pip that comes with this Python.
pub(super) fn ensurepip(tools: &PackageTools<'_>, invocation: &Invocation<'_>, state: &mut State) -> Answer {
    let root = environment(invocation, state).unwrap_or_default();
    let Some(environment) = state.environments.get(&root) else {
        return not_modelled("ensurepip", invocation, state);
    };
    let bundled =
        environment.python.and_then(|python| bundled_pip((python.major, python.minor), python.patch));
    put_tool(state, &root, "pip", bundled, tools.index, invocation.origin);
    add_pip(state, &root, invocation.origin);
    Answer::done()
}

/// What is read is `get-pip.py`, by the address in the reason why it is not known.
pub(in crate::simulate) fn is_get_pip(reason: &str) -> bool {
    reason.contains("bootstrap.pypa.io/") && reason.contains("get-pip.py")
}

/// `get-pip.py`, and `get-pip.py "pip==23.0"`: the newest pip, or the one that is named; with
/// setuptools and wheel before Python 3.12.
pub(super) fn get_pip(
    tools: &PackageTools<'_>,
    words: &[&str],
    invocation: &Invocation<'_>,
    state: &mut State,
) -> Answer {
    let root = environment(invocation, state).unwrap_or_default();
    let Some(environment) = state.environments.get(&root) else {
        return not_modelled("get-pip.py", invocation, state);
    };
    // It runs `pip install pip`, which a distribution's Python refuses (PEP 668).
    let may_break = words.contains(&"--break-system-packages")
        || state
            .variables
            .get("PIP_BREAK_SYSTEM_PACKAGES")
            .is_some_and(|text| !matches!(text.as_str(), "" | "0"));
    if environment.externally_managed && !may_break {
        return Answer::failed(1);
    }
    let with_tools = environment.python.is_some_and(|python| (python.major, python.minor) < (3, 12));
    let pinned = words.iter().find_map(|word| word.strip_prefix("pip=="));
    put_tool(state, &root, "pip", pinned, tools.index, invocation.origin);
    for tool in ["setuptools", "wheel"] {
        let is_there = state.environments.get(&root).is_some_and(|own| own.packages.contains_key(tool));
        if with_tools && !is_there {
            put_tool(state, &root, tool, None, tools.index, invocation.origin);
        }
    }
    add_pip(state, &root, invocation.origin);
    Answer::done()
}

/// Puts a build tool into an environment; one whose version is not known leaves none.
fn put_tool(state: &mut State, root: &str, name: &str, version: Option<&str>, index: &Index, origin: Origin) {
    let Some(project) = ProjectName::new(name) else { return };
    let newest = || {
        let known = known_project(index, &project)?;
        known.releases.keys().rev().find(|version| !version.any_prerelease()).cloned()
    };
    let version = version.and_then(parse_version).or_else(newest);
    let Some(environment) = state.environments.get_mut(root) else { return };
    environment.packages.remove(&project);
    if let Some(version) = version {
        let installed = preinstalled(index, &project, version, origin);
        environment.packages.insert(project, vec![installed]);
    }
}
