//! The state that a base image leaves.

use std::sync::Arc;

use super::{
    Certainty, Content, Entry, Environment, Installed, Origin, Program, ProgramKind, State, environments,
};
use crate::{
    index::{Index, IndexUrl, Lookup},
    model::{DEFAULT_PATH, Distribution, EnvironmentKind, ImagePython, Settings, describe},
    order::SortedMap,
    pep440::parse_version,
    pep508::{Platform, ProjectName, PythonVersion},
};

/// Folders of a distribution in which there are files that are not listed here.
const UNLISTED_FOLDERS: [&str; 18] = [
    "/bin",
    "/dev",
    "/etc",
    "/lib",
    "/lib64",
    "/proc",
    "/run",
    "/sbin",
    "/sys",
    "/usr/bin",
    "/usr/lib",
    "/usr/sbin",
    "/usr/share",
    "/usr/include",
    "/usr/local/bin",
    "/usr/local/lib",
    "/usr/local/include",
    "/var",
];

/// Folders that are there, with nothing in them that matters.
const EMPTY_FOLDERS: [&str; 9] =
    ["/boot", "/home", "/media", "/mnt", "/opt", "/root", "/srv", "/tmp", "/usr/src"];

/// The home of a user (`/etc/passwd` of Debian and Alpine).
pub(super) fn home_of(user: &str) -> String {
    match user {
        "" | "root" | "0" => "/root".to_owned(),
        user => format!("/home/{user}"),
    }
}

impl State {
    /// An empty file system: `FROM scratch`.
    #[must_use]
    pub fn scratch() -> Self {
        Self {
            files: super::FileSystem::default(),
            environments: SortedMap::new(),
            variables: SortedMap::from([("PATH".to_owned(), DEFAULT_PATH.to_owned())]),
            working_directory: "/".to_owned(),
            user: "root".to_owned(),
            shell: vec!["/bin/sh".to_owned(), "-c".to_owned()],
            pip_config: SortedMap::new(),
            platform: Platform::LINUX,
            distribution: Distribution::Unknown,
            compiler: None,
            unknown_base: None,
            unknown_programs: None,
        }
    }
}

/// The state of a stage that starts from an image.
pub(super) fn image(
    reference: &str,
    platform: &str,
    index: &Index,
    settings: &Settings,
    origin: Origin,
) -> State {
    let image = describe(reference);
    let mut state = State::scratch();
    state.distribution = image.distribution;
    state.compiler = image.compiler;
    state.platform = platform.parse().unwrap_or(Platform::LINUX).with_libc(image.distribution.libc());
    state.variables.extend(image.variables.iter().cloned());
    for path in &image.programs {
        let content = match path.rsplit('/').next() {
            Some("uv") => Content::Program(Program { kind: ProgramKind::Uv, environment: String::new() }),
            _ => Content::Opaque("a program of the base image".to_owned()),
        };
        state.files.insert(path, Entry::new(content, origin));
    }
    if image.python.is_none() && image.distribution == Distribution::Unknown && image.unknown.is_none() {
        // Programs and nothing else: uv's own image.
        return state;
    }
    for folder in UNLISTED_FOLDERS.into_iter().chain(EMPTY_FOLDERS) {
        state.files.make_folder(folder, origin);
    }
    let asked = settings.python.as_deref().and_then(|text| text.parse::<PythonVersion>().ok());
    if let Some(reason) = &image.unknown {
        unknown_base(&mut state, reference, reason, asked, origin);
    } else {
        for folder in UNLISTED_FOLDERS {
            state.files.mark_uncertain(folder, "the base image has files of its own there");
        }
    }
    if let Some(python) = &image.python {
        let python = match asked {
            Some(asked) => &python.with_version((asked.major, asked.minor), asked.patch),
            None => python,
        };
        add_python(&mut state, python, index, settings, origin);
    }
    for content in index.overlay.image(reference).unwrap_or_default() {
        let Some((_, environment)) = state.environments.iter_mut().next() else { break };
        let installed = Installed {
            version: content.version.clone(),
            artifact: environments::find_artifact(index, &content.project, &content.version),
            requested: true,
            origin,
            location: Some(content.location),
            requested_by: Arc::new([]),
            direct_reference: None,
        };
        environment.packages.insert(content.project.clone(), vec![installed]);
    }
    state
}

/// An image of which nothing is known has a Python somewhere, and may have anything in it.
fn unknown_base(
    state: &mut State,
    reference: &str,
    reason: &str,
    asked: Option<PythonVersion>,
    origin: Origin,
) {
    const CONDA: [&str; 6] =
        ["conda", "mamba", "jupyter", "pytorch/pytorch", "anaconda", "tensorflow-notebook"];
    state.files.uncertain.insert("/".to_owned(), reason.to_owned());
    state.unknown_base = Some(reason.to_owned());
    state.unknown_programs = Some(reason.to_owned());
    let conda = CONDA.iter().any(|name| reference.contains(name));
    let (root, kind) =
        if conda { ("/opt/conda", EnvironmentKind::Conda) } else { ("/usr/local", EnvironmentKind::System) };
    if conda {
        state.variables.insert("PATH".to_owned(), format!("{root}/bin:{DEFAULT_PATH}"));
    }
    let environment = Environment {
        kind,
        python: asked,
        packages: SortedMap::new(),
        sees: None,
        externally_managed: false,
        certainty: Certainty::Uncertain { reason: reason.to_owned(), location: None },
        origin,
    };
    state.environments.insert(root.to_owned(), environment);
    environments::add_programs(state, root, asked, true, origin);
}

fn add_python(state: &mut State, python: &ImagePython, index: &Index, settings: &Settings, origin: Origin) {
    let version = python.version.map(|(major, minor)| PythonVersion { major, minor, patch: python.patch });
    let mut packages = SortedMap::new();
    for (name, documented) in &python.packages {
        let version = match (*name, documented) {
            ("pip", documented) => settings.pip.as_deref().or(*documented),
            (_, documented) => *documented,
        };
        let (Some(project), Some(version)) = (ProjectName::new(name), version.and_then(parse_version)) else {
            continue;
        };
        packages.insert(project.clone(), vec![environments::preinstalled(index, &project, version, origin)]);
    }
    let environment = Environment {
        kind: EnvironmentKind::System,
        python: version,
        packages,
        sees: None,
        externally_managed: false,
        certainty: Certainty::Certain,
        origin,
    };
    state.environments.insert(python.root.clone(), environment);
    environments::make_package_folders(state, &python.root, origin);
    environments::add_programs(state, &python.root, version, true, origin);
}

/// The state of the one stage that requirements without a Dockerfile imply: the newest pip that
/// is modelled, or the person's, and the files in `/`.
pub(super) fn implied(
    reference: &str,
    platform: &str,
    index: &Index,
    settings: &Settings,
    origin: Origin,
) -> State {
    /// The newest pip whose rules were measured (PIP_RULES).
    const NEWEST_PIP: &str = "26.3";
    let mut state = image(reference, platform, index, settings, origin);
    if let Ok(platform) = platform.parse() {
        state.platform = platform;
    }
    let wanted = settings.pip.as_deref().unwrap_or(NEWEST_PIP);
    let root = state.environments.keys().next().cloned();
    if let (Some(project), Some(version), Some(root)) = (ProjectName::new("pip"), parse_version(wanted), root)
        && let Some(environment) = state.environments.get_mut(&root)
    {
        let installed = environments::preinstalled(index, &project, version, origin);
        environment.packages.insert(project, vec![installed]);
    }
    state
}

impl State {
    /// The value of `HOME` that Docker sets for `USER`.
    #[must_use]
    pub fn home(&self) -> String {
        self.variables.get("HOME").cloned().unwrap_or_else(|| home_of(&self.user))
    }
}

/// A project on the public index.
pub(super) fn known_project(index: &Index, name: &ProjectName) -> Option<Arc<crate::index::Project>> {
    match index.project(&IndexUrl::pypi(), name) {
        Lookup::Known(project) => Some(project),
        Lookup::Absent | Lookup::Missing => None,
    }
}
