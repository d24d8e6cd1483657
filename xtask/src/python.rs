//! The oracles: pip, `packaging`, uv and BuildKit's parser, in virtual environments of any CPython
//! 3.10 or 3.11 that is found (pip 22.3.1 does not run on 3.12). They live in the cache of tools.

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, Result};

use crate::{
    apt,
    process::{output, run, say},
    project::write,
    tools,
};

/// Raised whenever what the environments hold changes, so that old ones are left alone.
const EDITION: &str = "2";

/// The pip of the simulator's newest rules, and what else the tests ask.
const NEWEST: &[&str] = &["pip==26.3", "packaging==26.3", "uv==0.13.9", "dockerfile==3.4.0"];

/// The pip of the simulator's oldest rules.
const OLDEST: &[&str] = &["pip==22.3.1"];

/// Wheels that replayed builds start from, each stage's root with one of these pips, and a pip for
/// every way in which pips search.
#[rustfmt::skip]
const WHEELS: &[&str] = &[
    "pip==26.3", "pip==26.0.1", "pip==25.1.1", "pip==25.0.1", "pip==23.2.1", "pip==23.0.1", "pip==22.3.1",
    "setuptools==65.5.1", "wheel==0.45.1",
];

/// What tests are told, as environment variables.
pub(crate) struct Oracles {
    /// `WHEELSTAGE_PYTHON`: has pip 26.3, `packaging`, `dockerfile`, and `uv` beside it.
    newest: PathBuf,
    /// `WHEELSTAGE_PYTHON_PIP_22_3_1`: has that pip and nothing else.
    oldest: PathBuf,
    /// `WHEELSTAGE_WHEELS`: a folder of [`WHEELS`].
    wheels: PathBuf,
}

/// Makes what is missing.
pub(crate) fn oracles() -> Result<Oracles> {
    let python = find()?;
    let newest = environment(&python, "pip-26.3", NEWEST)?;
    let wheels = wheels(&newest)?;
    Ok(Oracles { oldest: environment(&python, "pip-22.3.1", OLDEST)?, newest, wheels })
}

impl Oracles {
    /// Tells a program where the oracles are, and keeps this machine's own settings from them: a
    /// test that passes because of somebody's pip.conf is no test.
    pub(crate) fn tell(&self, command: &mut Command) {
        forget_settings(command);
        command
            .env("WHEELSTAGE_PYTHON", &self.newest)
            .env("WHEELSTAGE_PYTHON_PIP_22_3_1", &self.oldest)
            .env("WHEELSTAGE_WHEELS", &self.wheels)
            .env("WHEELSTAGE_UV", self.newest.with_file_name(format!("uv{}", env::consts::EXE_SUFFIX)))
            .env("PIP_CONFIG_FILE", if cfg!(windows) { "nul" } else { "/dev/null" })
            .env("UV_NO_CONFIG", "1");
    }
}

/// Removes what would steer Python, pip or uv.
fn forget_settings(command: &mut Command) {
    let steers =
        |name: &str| ["PIP_", "UV_", "PYTHON", "VIRTUAL_ENV"].iter().any(|start| name.starts_with(start));
    for (name, _) in env::vars_os() {
        if name.to_str().is_some_and(steers) {
            command.env_remove(name);
        }
    }
}

/// The Python of an environment that holds exactly these packages.
fn environment(python: &Path, name: &str, packages: &[&str]) -> Result<PathBuf> {
    let version = version(python).context("this Python went away")?;
    let folder = tools::folder(&format!("python-{version}-{name}"), EDITION)?;
    let programs = folder.join(if cfg!(windows) { "Scripts" } else { "bin" });
    let inside = programs.join(format!("python{}", env::consts::EXE_SUFFIX));
    let done = folder.join("complete");
    if !done.is_file() {
        say(format!("Installing {} for the tests, once on this machine (30 seconds)", packages.join(", ")));
        run(Command::new(python).args(["-m", "venv", "--clear"]).arg(&folder))?;
        // This machine's settings hold here: they may say which index can be reached.
        let install = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check"];
        run(Command::new(&inside).args(install).args(packages))?;
        write(&done, "")?;
    }
    Ok(inside)
}

/// The folder of [`WHEELS`], filled where it is not.
fn wheels(python: &Path) -> Result<PathBuf> {
    let folder = tools::folder("replay-wheels", EDITION)?;
    let done = folder.join("complete");
    if !done.is_file() {
        say(format!("Fetching {} for replayed builds, once on this machine (20 seconds)", WHEELS.join(", ")));
        for wheel in WHEELS {
            let download = ["-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps"];
            run(Command::new(python).args(download).arg("--dest").arg(&folder).arg(wheel))?;
        }
        write(&done, "")?;
    }
    Ok(folder)
}

/// A CPython 3.10 or 3.11 that can make environments.
fn find() -> Result<PathBuf> {
    if let Some(python) = candidates().into_iter().find(|python| version(python).is_some()) {
        return Ok(python);
    }
    apt::install(&["python3", "python3-venv"], "CPython 3.10 or 3.11 with its venv module")?;
    let python = PathBuf::from("/usr/bin/python3");
    version(&python).context("the tests need CPython 3.10 or 3.11, and this system's python3 is another")?;
    Ok(python)
}

/// The version, such as `3.11`, of a Python that will do.
fn version(python: &Path) -> Option<String> {
    const ASK: &str = "import sys, venv, ensurepip; print(sys.implementation.name, *sys.version_info[:2])";
    match output(Command::new(python).args(["-c", ASK])).ok()?.as_str() {
        "cpython 3 10" => Some("3.10".to_owned()),
        "cpython 3 11" => Some("3.11".to_owned()),
        _ => None,
    }
}

/// Pythons by name, the newest first, then those that pyenv keeps.
fn candidates() -> Vec<PathBuf> {
    let mut found: Vec<PathBuf> = ["/usr/bin/python3"].iter().map(PathBuf::from).collect();
    found
        .extend(["python3.11", "python3.10", "python3", "python"].iter().filter_map(|name| apt::which(name)));
    let pyenv =
        env::var_os("PYENV_ROOT").map(PathBuf::from).or_else(|| Some(env::home_dir()?.join(".pyenv")));
    if let Some(entries) = pyenv.and_then(|pyenv| fs::read_dir(pyenv.join("versions")).ok()) {
        found.extend(entries.flatten().map(|entry| entry.path().join("bin").join("python3")));
    }
    found
}
