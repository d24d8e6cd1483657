//! The one list of programs that are about Python packages, and of Python's modules that are.

use super::{
    apk, apt, bootstrap,
    call::{Answer, Invocation, PackageTools, Tools, not_modelled, unmodelled_call},
    conda, hatch, pacman, pdm, pip, pip_tools, pipenv, pixi, poetry, pyenv, python, rpm, rye, uv, venv,
};
use crate::{
    simulate::{ProgramKind, State, files::file_name},
    syntax::command::{Argument, is_versioned, split},
};

/// How a tool runs.
type Run = fn(&PackageTools<'_>, &Invocation<'_>, &mut State) -> Answer;

/// A program that is about Python packages.
#[derive(Clone, Copy)]
pub(in crate::simulate) struct Tool {
    run: Run,
    /// A distribution's package manager: it is on the image, and a word that is not known names
    /// a library nearly always, so that those that are known decide.
    pub(in crate::simulate) of_distribution: bool,
}

/// The tool of this name, which may have a version behind it: `pip3.11`.
pub(in crate::simulate) fn tool(name: &str) -> Option<Tool> {
    let packages = |run: Run| Tool { run, of_distribution: false };
    let distribution = |run: Run| Tool { run, of_distribution: true };
    let stem = ["pip", "python", "pypy"].into_iter().find(|stem| is_versioned(name, stem));
    Some(match stem.unwrap_or(name) {
        "pip" => packages(pip::run),
        "python" | "pypy" => packages(python::run),
        "uv" => packages(uv::run),
        "uvx" => packages(uv::run_tool),
        "virtualenv" => packages(venv::virtualenv),
        "poetry" => packages(poetry::run),
        "pipenv" => packages(pipenv::run),
        "pdm" => packages(pdm::run),
        "hatch" => packages(hatch::run),
        "rye" => packages(rye::run),
        "pip-compile" => packages(pip_tools::compile),
        "pip-sync" => packages(pip_tools::sync),
        "conda" | "mamba" | "micromamba" => packages(conda::run),
        "pixi" => packages(pixi::run),
        "pyenv" => packages(pyenv::run),
        // Each program that it installs has an environment of its own.
        "pipx" => packages(uv::run_tool),
        "easy_install" | "flit" | "mim" | "conda-lock" | "spack" | "maturin" => packages(installs),
        "just" | "gmake" | "task" | "tox" | "nox" | "invoke" | "inv" | "fab" | "doit" | "rake" | "scons"
        | "meson" | "bazel" | "bazelisk" | "buck2" | "pants" | "parallel" | "ansible-playbook"
        | "ansible" | "asdf" | "mise" | "nix" | "nix-env" | "nix-shell" | "brew" | "xvfb-run"
        | "dbus-run-session" | "fakeroot" | "setpriv" | "runuser" | "flock" | "strace" | "coverage"
        | "watch" | "script" | "expect" | "run-parts" => packages(run_others),
        "spacy" => packages(spacy),
        "apt-get" | "apt" | "aptitude" => distribution(apt::run),
        "apk" => distribution(apk::run),
        "yum" | "dnf" | "microdnf" | "tdnf" | "zypper" => distribution(rpm::run),
        "pacman" => distribution(pacman::run),
        _ => return None,
    })
}

/// What `python -m name` runs, where that is about packages.
fn module(name: &str) -> Option<Run> {
    Some(match name {
        "venv" => venv::venv,
        "ensurepip" => bootstrap::ensurepip,
        "piptools" => pip_tools::module,
        "build" | "setuptools" | "flit_core" | "cibuildwheel" => unknown_module,
        name => tool(name).filter(|tool| !tool.of_distribution)?.run,
    })
}

/// Installs in a way that is not modelled.
fn installs(tools: &PackageTools<'_>, invocation: &Invocation<'_>, state: &mut State) -> Answer {
    let name = invocation.argv.first().map_or("", |word| file_name(word.as_str()));
    unmodelled_call(&format!("{name} is not modelled"), tools, invocation, state)
}

/// Runs what a file of the project, or a command line, says: nothing of it is known.
fn run_others(_: &PackageTools<'_>, invocation: &Invocation<'_>, state: &mut State) -> Answer {
    let name = invocation.argv.first().map_or("", |word| file_name(word.as_str()));
    not_modelled(&format!("what {name} runs"), invocation, state)
}

/// `spacy download` runs pip; its other commands work on data.
fn spacy(_: &PackageTools<'_>, invocation: &Invocation<'_>, state: &mut State) -> Answer {
    let downloads = invocation.argv.iter().any(|word| word.as_str() == "download");
    if downloads { not_modelled("spacy download", invocation, state) } else { Answer::assumed() }
}

/// A module that builds or installs in a way that is not modelled.
fn unknown_module(_: &PackageTools<'_>, invocation: &Invocation<'_>, state: &mut State) -> Answer {
    let words: Vec<&str> = invocation.argv.iter().take(3).map(Argument::as_str).collect();
    not_modelled(&words.join(" "), invocation, state)
}

impl Tools for PackageTools<'_> {
    fn call(&mut self, invocation: &Invocation<'_>, state: &mut State) -> Option<Answer> {
        let name = file_name(invocation.argv.first()?.as_str());
        // `python -m pip` is pip.
        let started = split(invocation.argv).filter(|(_, program, _)| program.module.is_some());
        let by_module = started.and_then(|(name, ..)| module(&name));
        let by_kind = invocation.program.and_then(|program| match program.kind {
            ProgramKind::Python => Some(python::run as Run),
            _ => None,
        });
        let run = by_module.or_else(|| tool(name).map(|tool| tool.run)).or(by_kind)?;
        Some(run(self, invocation, state))
    }
}
