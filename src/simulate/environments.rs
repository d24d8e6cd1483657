//! Environments: where their packages lie, what makes them, and how they move with files.

use std::sync::Arc;

use super::{
    Certainty, Content, Entry, Environment, FileSystem, Installed, Origin, Program, ProgramKind, State,
    base::known_project,
    files::{join, strip_folder},
};
use crate::{
    index::{Artifact, ArtifactKind, Index, Known},
    model::{Distribution, EnvironmentKind, bundled_pip},
    order::SortedMap,
    pep440::{Version, parse_version},
    pep508::{ProjectName, PythonVersion},
    text::Location,
};

impl Environment {
    /// An empty one.
    #[must_use]
    pub fn new(kind: EnvironmentKind, python: Option<PythonVersion>, origin: Origin) -> Self {
        Self {
            kind,
            python,
            packages: SortedMap::new(),
            interpreter: None,
            sees: None,
            externally_managed: false,
            certainty: Certainty::Certain,
            origin,
        }
    }
}

/// The folders that hold the packages of the environment at `root`.
#[must_use]
pub fn package_folders(root: &str, environment: &Environment) -> Vec<String> {
    if environment.kind == EnvironmentKind::Target {
        return vec![root.to_owned()];
    }
    let versioned = |folder: &str, name: &str| {
        let python = environment.python.map_or_else(
            || "python3".to_owned(),
            |python| format!("python{}.{}", python.major, python.minor),
        );
        format!("{}/lib/{python}/{name}", folder.trim_end_matches('/'))
    };
    if root.starts_with("/usr/lib/python") {
        // Another Python of Debian's kind beside its own.
        return vec![versioned("/usr/local", "dist-packages")];
    }
    if root == "/usr" {
        // Debian: its own packages, and those that pip installs.
        return vec![
            "/usr/lib/python3/dist-packages".to_owned(),
            versioned("/usr/local", "dist-packages"),
            versioned("/usr", "site-packages"),
        ];
    }
    vec![versioned(root, "site-packages")]
}

/// Makes the folders of an environment's packages, so that they can be copied by name.
pub(super) fn make_package_folders(state: &mut State, root: &str, origin: Origin) {
    let folders = state.environments.get(root).map(|environment| package_folders(root, environment));
    for folder in folders.into_iter().flatten() {
        state.files.make_folder(&folder, origin);
    }
}

/// A release's wheel, else any file of it.
pub(super) fn find_artifact(
    index: &Index,
    project: &ProjectName,
    version: &Version,
) -> Option<Arc<Artifact>> {
    let project = known_project(index, project)?;
    let release = project.releases.get(version)?;
    let wheel = release.artifacts.iter().find(|artifact| matches!(artifact.kind, ArtifactKind::Wheel(_)));
    wheel.or_else(|| release.artifacts.first()).cloned()
}

/// A package that is there without a call of an installer.
pub(super) fn preinstalled(
    index: &Index,
    project: &ProjectName,
    version: Version,
    origin: Origin,
) -> Installed {
    // The build tools depend on nothing.
    let artifact = find_artifact(index, project, &version).unwrap_or_else(|| {
        Arc::new(Artifact::pure_wheel(project.clone(), version.clone(), Default::default(), Known::Tool))
    });
    Installed {
        version,
        artifact: Some(artifact),
        requested: true,
        origin,
        location: None,
        requested_by: Arc::new([]),
        direct_reference: None,
    }
}

/// Where the scripts of what is installed at `root` go.
pub(super) fn scripts_folder(root: &str) -> String {
    // Debian's Pythons install into `/usr/local`.
    if root == "/usr" || root.starts_with("/usr/lib/python") {
        return "/usr/local/bin".to_owned();
    }
    join(root, "bin")
}

/// Puts the scripts of pip where the environment's scripts go.
pub(super) fn add_pip(state: &mut State, root: &str, origin: Origin) {
    let Some(environment) = state.environments.get(root) else { return };
    let versioned = environment.python.map(|python| format!("pip{}.{}", python.major, python.minor));
    let folder = scripts_folder(root);
    for name in ["pip".to_owned(), "pip3".to_owned()].into_iter().chain(versioned) {
        let content = Content::Program(Program { kind: ProgramKind::Pip, environment: root.to_owned() });
        state.files.insert(&join(&folder, &name), Entry::new(content, origin));
    }
}

/// Puts `python` and, with `pip`, `pip` into `root/bin`.
pub(super) fn add_programs(
    state: &mut State,
    root: &str,
    python: Option<PythonVersion>,
    pip: bool,
    origin: Origin,
) {
    let bin = join(root, "bin");
    let mut add = |kind: ProgramKind, name: String| {
        let content = Content::Program(Program { kind, environment: root.to_owned() });
        state.files.insert(&join(&bin, &name), Entry::new(content, origin));
    };
    let suffixes = [String::new(), "3".to_owned()]
        .into_iter()
        .chain(python.map(|python| format!("{}.{}", python.major, python.minor)));
    for suffix in suffixes {
        add(ProgramKind::Python, format!("python{suffix}"));
        if pip {
            add(ProgramKind::Pip, format!("pip{suffix}"));
        }
    }
}

/// How a virtual environment is made.
#[derive(Debug, Clone, Default)]
pub(super) struct Venv {
    /// Absolute path.
    pub(super) root: String,
    /// The environment whose Python it uses.
    pub(super) base: String,
    /// `--system-site-packages`.
    pub(super) sees_base: bool,
    /// With pip: `python -m venv`, `virtualenv`, `uv venv --seed`.
    pub(super) pip: bool,
    /// The version of that pip is `ensurepip`'s; otherwise it is not known.
    pub(super) bundled: bool,
    /// What was there before is removed.
    pub(super) clear: bool,
}

/// `python -m venv`, `virtualenv`, `uv venv`.
pub(super) fn make_venv(state: &mut State, venv: &Venv, index: &Index, origin: Origin) {
    let root = state.files.resolve(&venv.root);
    if venv.clear {
        state.files.remove(&root);
        state.environments.remove(&root);
    }
    let base = state.environments.get(&venv.base);
    let python = base.and_then(|base| base.python);
    let certainty = match base {
        // Which packages a venv starts with depends on Python's version alone.
        Some(base) if base.python.is_some() || base.certainty == Certainty::Certain => Certainty::Certain,
        _ => Certainty::Uncertain {
            reason: "the Python that it was made with is not known".to_owned(),
            location: None,
        },
    };
    let mut environment = state.environments.remove(&root).unwrap_or_else(|| Environment {
        certainty,
        ..Environment::new(EnvironmentKind::Venv, python, origin)
    });
    environment.sees = venv.sees_base.then(|| venv.base.clone());
    if venv.pip
        && venv.bundled
        && let Some(python) = python
    {
        let version = (python.major, python.minor);
        // ensurepip's setuptools: gone since Python 3.12 (PEP 632 and gh-95299).
        let setuptools = match version {
            (3, 10 | 11) => Some("65.5.0"),
            (3, 9) => Some("58.1.0"),
            (3, 8) => Some("56.0.0"),
            _ => None,
        };
        for (name, version) in [("pip", bundled_pip(version, python.patch)), ("setuptools", setuptools)] {
            let (Some(project), Some(version)) = (ProjectName::new(name), version.and_then(parse_version))
            else {
                continue;
            };
            let installed = preinstalled(index, &project, version, origin);
            environment.packages.entry(project).or_insert_with(|| vec![installed]);
        }
    }
    state.environments.insert(root.clone(), environment);
    state.files.make_folder(&root, origin);
    make_package_folders(state, &root, origin);
    add_programs(state, &root, python, venv.pip, origin);
    let activate = Content::Program(Program { kind: ProgramKind::Activate, environment: root.clone() });
    state.files.insert(&format!("{root}/bin/activate"), Entry::new(activate, origin));
}

/// The distribution's own Python, as `apt-get install python3` brings it; `pip` as
/// `python3-pip` does.
pub(super) fn distribution_python(state: &mut State, pip: bool, index: &Index, origin: Origin) {
    let Some(own) = state.distribution.python() else {
        let reason = "which Python the distribution has is not known";
        state.unknown_programs.get_or_insert_with(|| reason.to_owned());
        let environment = state
            .environments
            .entry("/usr".to_owned())
            .or_insert_with(|| Environment::new(EnvironmentKind::System, None, origin));
        environment.certainty = Certainty::Uncertain { reason: reason.to_owned(), location: None };
        add_programs(state, "/usr", None, pip, origin);
        return;
    };
    let version = PythonVersion { major: own.version.0, minor: own.version.1, patch: None };
    let mut environment = state
        .environments
        .remove("/usr")
        .unwrap_or_else(|| Environment::new(EnvironmentKind::System, Some(version), origin));
    environment.externally_managed = own.externally_managed;
    if pip {
        if let (Some(project), Some(version)) = (ProjectName::new("pip"), own.pip.and_then(parse_version)) {
            let installed = preinstalled(index, &project, version, origin);
            environment.packages.entry(project).or_insert_with(|| vec![installed]);
        }
        let debian = matches!(state.distribution, Distribution::Debian(_) | Distribution::Ubuntu(..));
        if debian {
            // python3-pip depends on python3-setuptools and python3-wheel.
            for (name, version) in debian_tools(state.distribution) {
                let (Some(project), Some(version)) = (ProjectName::new(name), parse_version(version)) else {
                    continue;
                };
                let installed = preinstalled(index, &project, version, origin);
                environment.packages.entry(project).or_insert_with(|| vec![installed]);
            }
        }
    }
    state.environments.insert("/usr".to_owned(), environment);
    let mut add = |kind: ProgramKind, name: String| {
        let path = format!("/usr/bin/{name}");
        if state.files.entries.contains_key(&path) {
            return;
        }
        let content = Content::Program(Program { kind, environment: "/usr".to_owned() });
        state.files.insert(&path, Entry::new(content, origin));
    };
    add(ProgramKind::Python, "python3".to_owned());
    add(ProgramKind::Python, format!("python{}.{}", version.major, version.minor));
    if pip {
        add(ProgramKind::Pip, "pip".to_owned());
        add(ProgramKind::Pip, "pip3".to_owned());
    }
}

/// `python3-setuptools` and `python3-wheel` (packages.debian.org, packages.ubuntu.com).
fn debian_tools(distribution: Distribution) -> Vec<(&'static str, &'static str)> {
    match distribution {
        Distribution::Debian(11) => vec![("setuptools", "52.0.0"), ("wheel", "0.34.2")],
        Distribution::Debian(12) => vec![("setuptools", "66.1.1"), ("wheel", "0.38.4")],
        Distribution::Debian(13) => vec![("setuptools", "78.1.1"), ("wheel", "0.46.1")],
        Distribution::Ubuntu(20, 4) => vec![("setuptools", "45.2.0"), ("wheel", "0.34.2")],
        Distribution::Ubuntu(22, 4) => vec![("setuptools", "59.6.0"), ("wheel", "0.37.1")],
        Distribution::Ubuntu(24, 4) => vec![("setuptools", "68.1.2"), ("wheel", "0.42.0")],
        _ => Vec::new(),
    }
}

/// Moves what is installed below `source` of `from` to `target`, as the files of a copy do:
/// merged into what is there.
pub(super) fn copy_environments(
    from: &State,
    source: &str,
    state: &mut State,
    target: &str,
    origin: Origin,
    location: Option<Location>,
) {
    let source = from.files.resolve(source);
    let target = state.files.resolve(target);
    for (root, environment) in &from.environments {
        let whole = strip_folder(root, &source);
        for folder in package_folders(root, environment) {
            if let Some(rest) = strip_folder(&folder, &source) {
                let moved = join(&target, rest);
                // A root that moved with its packages stays what it was.
                let new_root = whole.map(|rest| join(&target, rest));
                receive(state, &moved, new_root, root, environment, origin);
            } else if let Some(rest) = strip_folder(&source, &folder) {
                // A part of the packages' folder: which ones is not told by its name alone.
                let landed = state
                    .environments
                    .iter()
                    .find(|(root, own)| {
                        package_folders(root, own).iter().any(|own| strip_folder(&target, own).is_some())
                    })
                    .map(|(root, _)| root.clone());
                let known = copy_one(environment, rest);
                if let Some(root) = landed {
                    match known {
                        Some((project, installed)) => {
                            if let Some(own) = state.environments.get_mut(&root) {
                                merge_package(own, &project, &installed);
                            }
                        }
                        None => {
                            let reason = format!("a part of {folder} was copied into it");
                            state.touch_environment(&root, &reason, location);
                        }
                    }
                }
            }
        }
    }
    rehome_programs(&mut state.files, &source, &target, from);
}

/// The package whose metadata folder or module `rest` names.
fn copy_one(environment: &Environment, rest: &str) -> Option<(ProjectName, Vec<Installed>)> {
    let name = rest.split('/').next()?;
    let stem = name.strip_suffix(".dist-info").map_or(name, |stem| stem.split('-').next().unwrap_or(stem));
    let project = ProjectName::new(stem)?;
    let installed = environment.packages.get(&project)?;
    Some((project, installed.clone()))
}

/// Puts the packages of `environment` where their folder now is.
fn receive(
    state: &mut State,
    folder: &str,
    new_root: Option<String>,
    old_root: &str,
    environment: &Environment,
    origin: Origin,
) {
    let owner = state
        .environments
        .iter()
        .find(|(root, own)| package_folders(root, own).iter().any(|own| own == folder))
        .map(|(root, _)| root.clone());
    let root = owner.unwrap_or_else(|| {
        // `ROOT/lib/pythonX.Y/site-packages`, unless another Python lives at that root.
        let by_folder = folder.rsplitn(4, '/').nth(3).filter(|root| !root.is_empty()).map(str::to_owned);
        new_root
            .filter(|_| environment.kind != EnvironmentKind::Target)
            .or(by_folder.filter(|_| environment.kind != EnvironmentKind::Target))
            .filter(|root| !state.environments.contains_key(root))
            .unwrap_or_else(|| folder.to_owned())
    });
    let kind = match environment.kind {
        EnvironmentKind::System if root != old_root => EnvironmentKind::Prefix,
        kind if root == folder && kind != EnvironmentKind::Target => EnvironmentKind::Target,
        kind => kind,
    };
    let own = state.environments.entry(root).or_insert_with(|| Environment {
        sees: environment.sees.clone(),
        interpreter: environment.interpreter.clone(),
        ..Environment::new(kind, environment.python, origin)
    });
    for (project, installed) in &environment.packages {
        merge_package(own, project, installed);
    }
    if own.certainty == Certainty::Certain {
        own.certainty = environment.certainty.clone();
    }
}

/// A copied package lands beside one of another version: both then have their metadata there.
fn merge_package(environment: &mut Environment, project: &ProjectName, installed: &[Installed]) {
    let own = environment.packages.entry(project.clone()).or_default();
    for one in installed {
        own.retain(|other| other.version != one.version);
        own.push(one.clone());
    }
}

/// A copied `python` finds its environment by where it lies; a copied `pip` names the old one.
fn rehome_programs(files: &mut FileSystem, source: &str, target: &str, from: &State) {
    let paths: Vec<String> = files
        .below(target)
        .filter(|(_, entry)| {
            matches!(&entry.content, Content::Program(Program { kind: ProgramKind::Python, .. }))
        })
        .map(|(path, _)| path.to_owned())
        .collect();
    for path in paths {
        let Some(entry) = files.entries.get_mut(&path) else { continue };
        if let Content::Program(program) = &mut entry.content
            && let Some(rest) = strip_folder(&program.environment, source)
            && from.environments.contains_key(&program.environment)
            && strip_folder(&path, target).is_some()
        {
            program.environment = join(target, rest);
        }
    }
}

/// What `rm -rf` of a path takes with it.
pub(super) fn remove_environments(state: &mut State, path: &str) {
    let path = state.files.resolve(path);
    let gone = |folder: &str| strip_folder(folder, &path).is_some();
    state.environments.retain(|root, _| !gone(root));
    for (root, environment) in state.environments.iter_mut() {
        let folders = package_folders(root, environment);
        if folders.iter().all(|folder| gone(folder)) {
            environment.packages.clear();
            continue;
        }
        if let Some(rest) = folders.iter().find_map(|folder| strip_folder(&path, folder)) {
            match copy_one(environment, rest) {
                Some((project, _)) if rest.contains(".dist-info") => {
                    environment.packages.remove(&project);
                }
                // Caches and tests inside a package do not count.
                _ if rest.contains('/') || rest.contains("__pycache__") => {}
                _ => {
                    environment.certainty = Certainty::Uncertain {
                        reason: format!("{path} was removed from it"),
                        location: None,
                    };
                }
            }
        }
    }
}
