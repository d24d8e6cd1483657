//! The state that a base image leaves.

use std::sync::Arc;

use super::{
    Certainty, Content, Entry, Environment, Installed, Origin, Program, ProgramKind, State, environments,
};
use crate::{
    index::{Index, IndexUrl, Lookup},
    model::{DEFAULT_PATH, Distribution, EnvironmentKind, Image, ImagePython, Settings, describe},
    order::SortedMap,
    pep440::parse_version,
    pep508::{Platform, ProjectName, PythonVersion},
    syntax::shell::Dialect,
};

/// Folders of every distribution in which there are files that are not listed here.
const UNLISTED_FOLDERS: [&str; 10] =
    ["/bin", "/dev", "/etc", "/lib", "/proc", "/run", "/sbin", "/sys", "/usr", "/var"];

/// Folders of every distribution with nothing in them that matters.
const EMPTY_FOLDERS: [&str; 7] = ["/home", "/media", "/mnt", "/opt", "/root", "/srv", "/tmp"];

/// Folders of Debian and Ubuntu besides: those of the package base-files and of its script
/// `postinst`, and those of dpkg and apt (their lists of files in Debian 12).
const DEBIAN_FOLDERS: [&str; 49] = [
    "/boot",
    "/etc/alternatives",
    "/etc/apt",
    "/etc/apt/apt.conf.d",
    "/etc/apt/keyrings",
    "/etc/apt/preferences.d",
    "/etc/apt/sources.list.d",
    "/etc/default",
    "/etc/dpkg",
    "/etc/opt",
    "/etc/profile.d",
    "/etc/skel",
    "/lib64",
    "/usr/bin",
    "/usr/games",
    "/usr/include",
    "/usr/lib",
    "/usr/local/bin",
    "/usr/local/etc",
    "/usr/local/games",
    "/usr/local/include",
    "/usr/local/lib",
    "/usr/local/sbin",
    "/usr/local/share",
    "/usr/local/share/man",
    "/usr/local/src",
    "/usr/sbin",
    "/usr/share",
    "/usr/share/dict",
    "/usr/share/info",
    "/usr/share/keyrings",
    "/usr/share/man",
    "/usr/share/misc",
    "/usr/src",
    "/var/backups",
    "/var/cache",
    "/var/cache/apt",
    "/var/cache/apt/archives",
    "/var/lib",
    "/var/lib/apt",
    "/var/lib/apt/lists",
    "/var/lib/dpkg",
    "/var/lib/misc",
    "/var/local",
    "/var/log",
    "/var/mail",
    "/var/opt",
    "/var/spool",
    "/var/tmp",
];

/// Folders of Alpine besides (aports, `main/alpine-baselayout`).
const ALPINE_FOLDERS: [&str; 22] = [
    "/etc/apk",
    "/etc/profile.d",
    "/usr/bin",
    "/usr/lib",
    "/usr/local/bin",
    "/usr/local/lib",
    "/usr/local/share",
    "/usr/sbin",
    "/usr/share",
    "/usr/share/man",
    "/usr/share/misc",
    "/var/cache",
    "/var/cache/apk",
    "/var/cache/misc",
    "/var/lib",
    "/var/lib/apk",
    "/var/lib/misc",
    "/var/local",
    "/var/log",
    "/var/opt",
    "/var/spool",
    "/var/tmp",
];

/// Why a folder of the image may hold more than is listed.
pub(super) const BASE_FILES: &str = "the base image has files of its own there";

/// The newest minor version of Python 3 of which an image's library is looked for.
const NEWEST_PYTHON: u32 = 20;

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
            homes: ["root", "0"].map(|user| (user.to_owned(), "/root".to_owned())).into(),
            shell: vec!["/bin/sh".to_owned(), "-c".to_owned()],
            image_sh: Dialect::Unknown,
            pip_config: SortedMap::new(),
            platform: Platform::LINUX,
            distribution: Distribution::Unknown,
            compiler: None,
            unknown_base: None,
            unknown_programs: None,
            packages_added: false,
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
    state.image_sh = image.distribution.sh();
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
    make_folders(&mut state, &image, origin);
    let asked = settings.python.as_deref().and_then(|text| text.parse::<PythonVersion>().ok());
    if let Some(reason) = &image.unknown {
        let named = image.python.as_ref().and_then(python_of);
        unknown_base(&mut state, reference, reason, asked.or(named), origin);
    } else if let Some(python) = &image.python {
        let python = match asked {
            Some(asked) => &python.with_version((asked.major, asked.minor), asked.patch),
            None => python,
        };
        add_python(&mut state, python, index, settings, origin);
    }
    if image.plain {
        list_pythons(&mut state);
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
    if platform.parse::<Platform>().is_err() {
        state.touch_environments(&format!("which wheels there are for {platform} is not modelled"), None);
    }
    state
}

/// The folders of the distribution, and what is not known of them.
fn make_folders(state: &mut State, image: &Image, origin: Origin) {
    let more: &[&str] = match image.distribution {
        Distribution::Debian(_) | Distribution::Ubuntu(..) => &DEBIAN_FOLDERS,
        Distribution::Alpine(_) => &ALPINE_FOLDERS,
        Distribution::Busybox => &["/usr/bin", "/usr/sbin"],
        Distribution::Unknown => &["/usr/bin", "/usr/lib", "/usr/local/bin", "/usr/local/lib", "/usr/sbin"],
    };
    // busybox has no folders for what it has not (its image's list of files).
    const BUSYBOX_EMPTY: [&str; 3] = ["/home", "/root", "/tmp"];
    let empty: &[&str] =
        if image.distribution == Distribution::Busybox { &BUSYBOX_EMPTY } else { &EMPTY_FOLDERS };
    for folder in UNLISTED_FOLDERS.iter().chain(empty).chain(more) {
        state.files.make_folder(folder, origin);
    }
    if image.unknown.is_some() {
        return;
    }
    let laid_over: &[&str] = if image.plain { &[] } else { &["/home", "/opt", "/srv"] };
    for folder in UNLISTED_FOLDERS.iter().chain(laid_over) {
        state.files.mark_uncertain(folder, BASE_FILES);
    }
    if image.plain {
        state.files.mark_uncertain("/usr/local/include", BASE_FILES);
        for folder in more.iter().filter(|folder| folder.starts_with("/usr/local/")) {
            state.files.mark_uncertain(folder, BASE_FILES);
        }
        state.files.mark_listed("/usr/local");
    }
    if let Distribution::Debian(_) | Distribution::Ubuntu(..) = image.distribution {
        for file in ["/root/.bashrc", "/root/.profile"] {
            state.files.insert(file, Entry::new(Content::Opaque(BASE_FILES.to_owned()), origin));
        }
    }
    // apt needs adduser up to Debian 12; the images without a compiler hold what is essential, and apt.
    if image.plain
        && image.compiler == Some(false)
        && matches!(image.distribution, Distribution::Debian(13..))
    {
        state.files.mark_listed(ADDUSER);
    }
    if image.plain && matches!(image.distribution, Distribution::Alpine(_)) {
        state.files.mark_listed(USERADD);
    }
}

/// Where `adduser` is on Debian, in its package of that name.
pub(super) const ADDUSER: &str = "/usr/sbin/adduser";

/// Where `useradd` is, in the package passwd of Debian and shadow of Alpine.
pub(super) const USERADD: &str = "/usr/sbin/useradd";

/// There is no library of a Python in `/usr/local` but the image's own.
fn list_pythons(state: &mut State) {
    let own = state.environments.get("/usr/local").and_then(|environment| environment.python);
    if state.environments.contains_key("/usr/local") && own.is_none() {
        return;
    }
    for minor in 0..=NEWEST_PYTHON {
        if own.is_none_or(|own| (own.major, own.minor) != (3, minor)) {
            state.files.mark_listed(&format!("/usr/local/lib/python3.{minor}"));
        }
    }
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
        certainty: Certainty::Uncertain { reason: reason.to_owned(), location: None },
        ..Environment::new(kind, asked, origin)
    };
    state.environments.insert(root.to_owned(), environment);
    environments::add_programs(state, root, asked, true, origin);
}

fn python_of(python: &ImagePython) -> Option<PythonVersion> {
    python.version.map(|(major, minor)| PythonVersion { major, minor, patch: python.patch })
}

fn add_python(state: &mut State, python: &ImagePython, index: &Index, settings: &Settings, origin: Origin) {
    let version = python_of(python);
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
    let environment = Environment { packages, ..Environment::new(EnvironmentKind::System, version, origin) };
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
    /// What `/bin/sh` is: the image's, or what a step has linked it to.
    #[must_use]
    pub fn sh(&self) -> Dialect {
        match self.files.entries.get("/bin/sh").map(|entry| &entry.content) {
            None => self.image_sh,
            Some(Content::Link(target)) if target.ends_with("busybox") => Dialect::Ash,
            Some(Content::Link(target)) if !target.ends_with("/sh") => {
                Dialect::of_program(target, Dialect::Unknown).unwrap_or(Dialect::Unknown)
            }
            Some(_) => Dialect::Unknown,
        }
    }

    /// The value of `HOME` that Docker sets for `USER`.
    #[must_use]
    pub fn home(&self) -> String {
        self.variables.get("HOME").cloned().unwrap_or_else(|| self.home_of(&self.user))
    }

    /// The home of a user, by name or number. Docker takes `/` for a number that has no user
    /// (moby, `GetExecUser`); a name is taken to have its folder in `/home`.
    #[must_use]
    pub fn home_of(&self, user: &str) -> String {
        match self.homes.get(if user.is_empty() { "root" } else { user }) {
            Some(home) => home.clone(),
            None if user.bytes().all(|byte| byte.is_ascii_digit()) => "/".to_owned(),
            None => format!("/home/{user}"),
        }
    }
}

/// A project on the public index.
pub(super) fn known_project(index: &Index, name: &ProjectName) -> Option<Arc<crate::index::Project>> {
    match index.project(&IndexUrl::pypi(), name) {
        Lookup::Known(project) => Some(project),
        Lookup::Absent | Lookup::Missing => None,
    }
}
