//! From the words of a call to what the resolver is asked: the files they name are read, paths
//! looked up, in pip's order (`RequirementCommand.get_requirements`): constraints, words,
//! editables, requirements files.

use std::{borrow::Cow, sync::Arc};

use super::{
    hashes::{Given, Hashes},
    outcome::{Stop, Unknown},
    request::{Context, Request},
};
use crate::{
    index::{Artifact, ArtifactKind, Dependencies, IndexUrl, Known, Lookup, SupportedTags, parse_file_name},
    model::EnvironmentKind,
    order::{SortedMap, SortedSet},
    pep440::{Operator, Version, parse_version},
    pep508::{ExtraName, ProjectName, PythonVersion, Requirement, Target},
    resolve::{Constraint, Direct, Installed, Origin, PoolFile, Problem, RootRequirement, Tool, Wanted},
    simulate::{Certainty, Content, Environment, Installed as Package, PassedOver, State, Text, files},
    syntax::{
        command::Argument,
        pyproject,
        requirements::{self, LoadError, LoadErrorKind, LoadedRequirement, Mode, Place, Surroundings},
    },
    text::{Location, Mapped},
};

/// Reads everything a call names. `Err` where pip stops, or where something is not known that
/// the answer depends on.
pub(super) fn problem(
    request: &Request,
    state: &State,
    context: &Context<'_>,
    target: Target,
    installed: SortedMap<ProjectName, Installed>,
) -> Result<(Problem, Hashes, Vec<PassedOver>), Stop> {
    let mut gatherer = Gatherer {
        state,
        context,
        folder: &state.working_directory,
        tags: SupportedTags::of(&target),
        settings: settings_of(request),
        passed_over: Vec::new(),
        hashes: Hashes::default(),
        problem: Problem {
            installed,
            upgrade: request.upgrade,
            force_reinstall: request.force_reinstall,
            ignore_installed: request.ignore_installed,
            no_deps: request.no_deps,
            pre: request.pre,
            formats: request.formats.clone(),
            prefer_binary: request.prefer_binary,
            first_index: request.first_index,
            ignore_requires_python: request.ignore_requires_python,
            ..Problem::new(request.tool.clone(), target)
        },
    };
    for file in &request.constraint_files {
        gatherer.read(file, Mode::Constraints)?;
    }
    for word in &request.words {
        let origin = Origin { label: String::new(), location: word.place };
        gatherer.add(&word.text, false, &[], origin)?;
    }
    for word in &request.editables {
        let origin = Origin { label: String::new(), location: word.place };
        gatherer.add(&word.text, true, &[], origin)?;
    }
    for file in &request.requirement_files {
        gatherer.read(file, Mode::Requirements)?;
    }
    gatherer.pools()?;
    gatherer.hashes.required = gatherer.settings.require_hashes;
    gatherer.hashes.not_required = gatherer.settings.no_require_hashes;
    Ok((gatherer.problem, gatherer.hashes, gatherer.passed_over))
}

struct Gatherer<'a> {
    state: &'a State,
    context: &'a Context<'a>,
    folder: &'a str,
    tags: SupportedTags,
    /// Indexes and pools, as the command line and the files add up.
    settings: requirements::Settings,
    hashes: Hashes,
    problem: Problem,
    passed_over: Vec<PassedOver>,
}

fn settings_of(request: &Request) -> requirements::Settings {
    let setting =
        |argument: &Argument| requirements::Setting { value: argument.as_str().to_owned(), place: None };
    let first = request.index_url.as_ref().map_or_else(
        || requirements::Setting { value: IndexUrl::pypi().as_str().to_owned(), place: None },
        setting,
    );
    requirements::Settings {
        index_urls: std::iter::once(first).chain(request.extra_index_urls.iter().map(setting)).collect(),
        find_links: request.find_links.iter().map(setting).collect(),
        no_index: request.no_index,
        require_hashes: request.require_hashes,
        no_require_hashes: request.no_require_hashes,
        ..requirements::Settings::default()
    }
}

/// Whether a path is named as PEP 751 says that locks are: `pylock.toml`, `pylock.NAME.toml`.
fn is_lock(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    let Some(middle) = name.strip_prefix("pylock").and_then(|rest| rest.strip_suffix(".toml")) else {
        return false;
    };
    middle.is_empty() || middle.strip_prefix('.').is_some_and(|name| !name.is_empty() && !name.contains('.'))
}

impl Gatherer<'_> {
    /// A requirements or constraints file, and all it includes.
    fn read(&mut self, file: &Argument, mode: Mode) -> Result<(), Stop> {
        if mode == Mode::Requirements && self.takes_locks() && is_lock(file.as_str()) {
            let reason = format!("what {} locks is not modelled", file.as_str());
            return Err(Stop::Unknown(Unknown { reason, location: file.place }));
        }
        let files = Files { state: self.state, stdin: self.context.stdin };
        let variables = |name: &str| self.state.variables.get(name).cloned();
        let budget = self.context.budget;
        let surroundings = Surroundings { folder: self.folder, files: &files, variables: &variables, budget };
        let name = match (&self.problem.tool, file.as_str()) {
            (Tool::Uv, "-") => "/dev/stdin",
            (_, name) => name,
        };
        let loaded = requirements::load(name, mode, &surroundings, self.settings.clone());
        self.settings = loaded.settings;
        self.passed_over.extend(loaded.ignored.into_iter().filter_map(|ignored| {
            Some(PassedOver { location: files.locate(&ignored.place)?, why: ignored.why })
        }));
        for requirement in &loaded.requirements {
            self.add_loaded(requirement)?;
        }
        let Some(error) = loaded.error else { return Ok(()) };
        Err(self.refused(self.unreadable(error, file)))
    }

    /// Whether `-r` takes a PEP 751 lock: uv does, and pip from 26.1 on. An older pip reads it as a
    /// requirements file, at whose first line it stops.
    fn takes_locks(&self) -> bool {
        match &self.problem.tool {
            Tool::Uv => true,
            Tool::Pip(version) => *version >= Version::new([26, 1]),
        }
    }

    /// Why a file cannot be read.
    fn unreadable(&self, error: LoadError, file: &Argument) -> Stop {
        let files = Files { state: self.state, stdin: self.context.stdin };
        let location = error.place.as_ref().and_then(|place| files.locate(place)).or(file.place);
        match error.kind {
            LoadErrorKind::NotFetched | LoadErrorKind::TooLarge => {
                Stop::Unknown(Unknown { reason: error.message, location })
            }
            LoadErrorKind::NoFile => {
                let missing = error.file.to_string();
                if let Some(reason) = self.state.files.doubt(&missing) {
                    let reason = format!("{missing} may or may not be there: {reason}");
                    return Stop::Unknown(Unknown { reason, location });
                }
                Stop::missing_file(missing, location)
            }
            LoadErrorKind::Folder | LoadErrorKind::Recursion | LoadErrorKind::Option => {
                Stop::usage(error.message, location)
            }
        }
    }

    /// How the tool ends where it cannot begin.
    fn refused(&self, stop: Stop) -> Stop {
        if self.problem.tool == Tool::Uv { stop.of_uv() } else { stop }
    }

    fn add_loaded(&mut self, loaded: &LoadedRequirement) -> Result<(), Stop> {
        let files = Files { state: self.state, stdin: self.context.stdin };
        let origin = Origin { label: loaded.comes_from.clone(), location: files.locate(&loaded.place) };
        if loaded.mode == Mode::Requirements {
            return self.add(&loaded.text, loaded.editable, &loaded.hashes, origin);
        }
        let text = loaded.text.as_str();
        let Ok(requirement) = text.trim().parse::<Requirement>() else {
            return Err(self.invalid(text, &format!("{text:?}"), origin.location));
        };
        // uv takes the bound and leaves the extras.
        if !requirement.extras.is_empty() && self.problem.tool != Tool::Uv {
            return Err(Stop::usage("Constraints cannot have extras".to_owned(), origin.location));
        }
        self.hashes.of_constraints.push(Given::new(&loaded.hashes, text));
        self.problem.constraints.push(Constraint { requirement: Arc::new(requirement), origin });
        Ok(())
    }

    /// A name, path or address.
    fn add(
        &mut self,
        text: &Mapped,
        editable: bool,
        hashes: &[(String, String)],
        origin: Origin,
    ) -> Result<(), Stop> {
        let word = text.as_str().trim();
        let wanted = self.wanted(word, editable, &origin)?;
        self.hashes.of_requirements.push(Given::new(hashes, word));
        self.problem.requirements.push(RootRequirement { wanted, origin });
        Ok(())
    }

    /// `parse_req_from_line` of pip.
    fn wanted(&self, word: &str, editable: bool, origin: &Origin) -> Result<Wanted, Stop> {
        if let Some((_, path)) = word.split_once("file://").filter(|(before, _)| before.is_empty()) {
            return self.direct_path(path, editable, origin);
        }
        if is_address(word) {
            return self.direct_address(word, editable, origin);
        }
        let (path, _) = split_extras(word);
        let looks_like_path = path.contains('/') || path.starts_with('.');
        let absolute_path = absolute(self.folder, path);
        let is_folder = looks_like_path && self.state.files.is_folder(&absolute_path);
        // `_get_url_from_path`: `name @ file:///x.whl` is no path, unless a file has that name.
        let is_named =
            word.split_once('@').is_some_and(|(before, _)| !before.contains('/') && !before.starts_with('.'));
        let is_archive =
            is_archive_name(path) && (!is_named || self.state.files.resolved(&absolute_path).is_some());
        if editable || is_folder || is_archive {
            return self.direct_path(word, editable, origin);
        }
        match word.parse::<Requirement>() {
            Ok(requirement) if requirement.url.is_some() => {
                let address = requirement.url.as_ref().map_or("", |url| url.text.as_str());
                self.direct_address(address, editable, origin)
            }
            Ok(requirement) => Ok(Wanted::Name(Arc::new(requirement))),
            Err(error) => {
                if looks_like_path && let Some(reason) = self.state.files.doubt(&absolute_path) {
                    let reason = format!("{absolute_path} may or may not be there: {reason}");
                    return Err(Stop::Unknown(Unknown { reason, location: origin.location }));
                }
                let hint = if looks_like_path { ": there is no such file" } else { "" };
                Err(self.invalid(word, &format!("'{word}'{hint} ({})", error.message), origin.location))
            }
        }
    }

    /// pip refuses what is no requirement. Up to 24.0 it takes any text for a version, such as
    /// `>=2.*`, and compares it by older rules than PEP 440's.
    fn invalid(&self, word: &str, said: &str, location: Option<Location>) -> Stop {
        let (project, specifiers) = word.split_at(word.find(['<', '>', '=', '!', '~']).unwrap_or(word.len()));
        let named = project.parse::<Requirement>().is_ok();
        let compares = |text: &str| Operator::ALL.iter().any(|operator| text.starts_with(operator.as_str()));
        match &self.problem.tool {
            Tool::Pip(version) if *version < Version::new([24, 1]) && named && compares(specifiers) => {
                Stop::unknown(
                    format!("how pip {version} compares '{}' is not modelled", specifiers.trim()),
                    location,
                )
            }
            _ => self.refused(Stop::usage(format!("Invalid requirement: {said}"), location)),
        }
    }

    /// A wheel, an sdist, or the folder of a project.
    fn direct_path(&self, word: &str, editable: bool, origin: &Origin) -> Result<Wanted, Stop> {
        let (path, extras) = split_extras(word);
        let path = absolute(self.folder, path);
        if self.state.files.is_folder(&path) {
            return self.project_folder(&path, extras, editable, origin);
        }
        let entry = self.state.files.resolved(&path);
        let Some(Content::Artifact { artifact, .. }) = entry.map(|entry| &entry.content) else {
            if let Some(reason) = self.state.files.doubt(&path) {
                let reason = format!("{path} may or may not be there: {reason}");
                return Err(Stop::Unknown(Unknown { reason, location: origin.location }));
            }
            if entry.is_some() {
                let reason = format!("what {path} holds is not known");
                return Err(Stop::Unknown(Unknown { reason, location: origin.location }));
            }
            return Err(Stop::missing_file(path, origin.location));
        };
        self.check_supported(artifact, &path, origin)?;
        Ok(Wanted::Direct(Direct { link: path, artifact: artifact.clone(), extras, editable }))
    }

    /// pip refuses a wheel file of another Python or platform at once (PIP_RULES 20).
    fn check_supported(&self, artifact: &Artifact, path: &str, origin: &Origin) -> Result<(), Stop> {
        match &artifact.kind {
            ArtifactKind::Wheel(tags) if self.tags.rank(tags).is_none() => {
                Err(Stop::unsupported_wheel(path.to_owned(), origin.location))
            }
            _ => Ok(()),
        }
    }

    /// `.`, `-e .`, `./package`: what its `pyproject.toml` says.
    fn project_folder(
        &self,
        path: &str,
        extras: Vec<ExtraName>,
        editable: bool,
        origin: &Origin,
    ) -> Result<Wanted, Stop> {
        let unknown = |reason: String| Err(Stop::Unknown(Unknown { reason, location: origin.location }));
        let at = |name: &str| format!("{}/{name}", path.trim_end_matches('/'));
        let Some(text) = text_at(self.state, &at("pyproject.toml")) else {
            let has_setup =
                ["setup.py", "setup.cfg"].iter().any(|name| self.state.files.resolved(&at(name)).is_some());
            if has_setup {
                return unknown(format!(
                    "what {path} depends on is decided by its setup.py, which is not run"
                ));
            }
            if let Some(reason) = self.state.files.doubt(&at("pyproject.toml")) {
                return unknown(format!("{} may or may not be there: {reason}", at("pyproject.toml")));
            }
            let message = format!(
                "Directory '{path}' is not installable. Neither 'setup.py' nor 'pyproject.toml' found"
            );
            return Err(Stop::usage(message, origin.location));
        };
        let project = pyproject::parse(&text.to_string()).tree.project;
        let name = project.as_ref().and_then(|project| ProjectName::new(project.name.as_ref()?.as_str()));
        let (Some(project), Some(name)) = (project, name) else {
            return unknown(format!("{} does not say the project's name", at("pyproject.toml")));
        };
        if project.dynamic.iter().any(|field| field.as_str() == "dependencies") {
            return unknown(format!("the dependencies of {name} are dynamic: its build decides them"));
        }
        // A dynamic version is whatever the build says; nothing can ask for one of a folder.
        let version = project.version.as_ref().and_then(|version| parse_version(version.as_str()));
        let version = version.unwrap_or_else(|| Version::new([0]));
        let own = project.dependencies.iter().map(|dependency| dependency.text.as_str().to_owned());
        let optional = project.optional_dependencies.iter().flat_map(|optional| {
            let lines = optional.dependencies.iter();
            lines.map(|dependency| with_extra(dependency.text.as_str(), &optional.name))
        });
        let lines: Vec<String> = own.chain(optional).collect();
        let mut artifact = Artifact::pure_wheel(name, version, Dependencies::new(lines), Known::Built);
        let provided = project.optional_dependencies.iter().filter_map(|optional| optional.extra.clone());
        artifact.provides_extra = Some(provided.collect());
        artifact.requires_python =
            project.requires_python.map(|requires_python| Arc::new(requires_python.specifiers));
        Ok(Wanted::Direct(Direct { link: path.to_owned(), artifact: Arc::new(artifact), extras, editable }))
    }

    /// `https://.../numpy-1.25.2-....whl`: its metadata where the index knows that file.
    fn direct_address(&self, address: &str, editable: bool, origin: &Origin) -> Result<Wanted, Stop> {
        let (plain, _) = address.split_once('#').unwrap_or((address, ""));
        if let Some(path) = plain.strip_prefix("file://") {
            return self.direct_path(path, editable, origin);
        }
        let (plain, extras) = split_extras(plain);
        let known = parse_file_name(files::file_name(plain)).and_then(|name| {
            let Lookup::Known(project) = self.context.index.project(&IndexUrl::pypi(), &name.project) else {
                return None;
            };
            let release = project.releases.get(&name.version)?;
            release.artifacts.iter().find(|artifact| artifact.file_name == files::file_name(plain)).cloned()
        });
        let Some(artifact) = known else {
            let reason = format!("what {address} holds is not known");
            return Err(Stop::Unknown(Unknown { reason, location: origin.location }));
        };
        self.check_supported(&artifact, address, origin)?;
        Ok(Wanted::Direct(Direct { link: plain.to_owned(), artifact, extras, editable }))
    }

    /// What `--find-links` and the indexes offer.
    fn pools(&mut self) -> Result<(), Stop> {
        let location = self.context.location;
        for setting in &self.settings.find_links {
            let path = setting.value.strip_prefix("file://").unwrap_or(&setting.value);
            if is_address(path) {
                let reason = format!("what {path} lists is not known");
                return Err(Stop::Unknown(Unknown { reason, location }));
            }
            let folder = absolute(self.folder, path);
            if let Some(reason) = self.state.files.uncertainty(&folder) {
                let reason = format!("what {folder} holds is not known: {reason}");
                return Err(Stop::Unknown(Unknown { reason, location }));
            }
            // pip only warns of a folder that is not there.
            let is_there = self.state.files.is_folder(&folder) || self.state.files.doubt(&folder).is_some();
            if self.problem.tool == Tool::Uv && !is_there {
                return Err(self.refused(Stop::missing_file(folder, location)));
            }
            for (path, entry) in self.state.files.children(&folder) {
                if let Content::Artifact { artifact, .. } = &entry.content {
                    let file = PoolFile { path: path.to_owned(), artifact: artifact.clone() };
                    self.problem.find_links.push(file);
                }
            }
        }
        self.problem.indexes = if self.settings.no_index {
            Vec::new()
        } else {
            self.settings.index_urls.iter().map(|setting| IndexUrl::new(&setting.value)).collect()
        };
        if self.problem.tool == Tool::Uv && !self.problem.indexes.is_empty() {
            // "the default index is always treated as lowest priority" (docs.astral.sh/uv/concepts/indexes).
            self.problem.indexes.rotate_left(1);
        }
        let names = |set: &SortedSet<String>| {
            set.iter().filter_map(|name| ProjectName::new(name)).collect::<Vec<_>>()
        };
        let formats = &mut self.problem.formats;
        formats.only_binary.extend(names(&self.settings.only_binary));
        formats.no_binary.extend(names(&self.settings.no_binary));
        formats.only_binary_all |= self.settings.only_binary.contains(":all:");
        formats.no_binary_all |= self.settings.no_binary.contains(":all:");
        self.problem.prefer_binary |= self.settings.prefer_binary;
        self.problem.pre |= self.settings.all_releases.contains(":all:");
        Ok(())
    }
}

/// The environments in which an interpreter finds packages, by root, in the order of its `sys.path`
/// (`site.py`): a virtual environment, the user's packages, the interpreter's own. A virtual
/// environment without `--system-site-packages` finds nothing but its own.
pub(super) fn chain<'a>(
    state: &'a State,
    root: &str,
) -> impl Iterator<Item = (&'a str, &'a Environment)> + use<'a> {
    let at = |root: &str| {
        let mut environments =
            state.environments.iter().map(|(root, environment)| (root.as_str(), environment));
        environments.find(|(other, _)| *other == root)
    };
    let own = at(root);
    let behind = own.and_then(|(_, environment)| at(environment.sees.as_deref()?));
    let is_virtual = own.is_some_and(|(_, environment)| environment.kind == EnvironmentKind::Venv);
    let has_users = behind.is_some() || !is_virtual;
    let users = at(&user_root(&state.home())).filter(|(_, users)| {
        let minor = |python: Option<PythonVersion>| python.map(|python| (python.major, python.minor));
        let same_python = own.is_some_and(|(_, own)| minor(own.python) == minor(users.python));
        let is_off = state.variables.get("PYTHONNOUSERSITE").is_some_and(|value| !value.is_empty());
        has_users && same_python && users.kind == EnvironmentKind::User && !is_off
    });
    let order = if is_virtual { [own, users, behind] } else { [users, own, behind] };
    order.into_iter().flatten()
}

/// Where `pip install --user` puts packages.
pub(in crate::simulate) fn user_root(home: &str) -> String {
    files::join(home, ".local")
}

/// Root of the environment whose copy of a project pip uninstalls: the one that its interpreter
/// finds. What lies outside a virtual environment it leaves alone (`is_local`).
pub(super) fn uninstalled_from(state: &State, root: &str, project: &ProjectName) -> Option<String> {
    let (holder, _) =
        chain(state, root).find(|(_, environment)| environment.packages.contains_key(project))?;
    let is_virtual =
        state.environments.get(root).is_some_and(|environment| environment.kind == EnvironmentKind::Venv);
    (holder == root || !is_virtual).then(|| holder.to_owned())
}

/// What an environment holds, and what else its interpreter finds.
pub(in crate::simulate) fn seen<'a>(state: &'a State, root: &str) -> SortedMap<&'a ProjectName, &'a Package> {
    let mut seen = SortedMap::new();
    for (project, packages) in chain(state, root).flat_map(|(_, environment)| &environment.packages) {
        if let Some(package) = packages.first() {
            seen.entry(project).or_insert(package);
        }
    }
    seen
}

/// What an environment holds, as the resolver sees it.
pub(super) fn installed(state: &State, root: &str) -> (SortedMap<ProjectName, Installed>, Certainty) {
    let seen =
        seen(state, root).into_iter().map(|(project, package)| (project.clone(), as_installed(package)));
    let uncertain = chain(state, root).map(|(_, environment)| &environment.certainty);
    let mut uncertain = uncertain.filter(|certainty| **certainty != Certainty::Certain);
    (seen.collect(), uncertain.next().cloned().unwrap_or(Certainty::Certain))
}

/// The same without what the environment sees behind itself: uv looks no further. A folder that is
/// no environment yet holds nothing.
pub(super) fn installed_here(state: &State, root: &str) -> (SortedMap<ProjectName, Installed>, Certainty) {
    let Some(environment) = state.environments.get(root) else {
        let certainty = state.files.uncertainty(root).map_or(Certainty::Certain, |reason| {
            Certainty::Uncertain { reason: reason.to_owned(), location: None }
        });
        return (SortedMap::new(), certainty);
    };
    let packages = environment.packages.iter();
    let installed =
        packages.filter_map(|(project, packages)| Some((project.clone(), as_installed(packages.first()?))));
    (installed.collect(), environment.certainty.clone())
}

fn as_installed(package: &Package) -> Installed {
    Installed { version: package.version.clone(), artifact: package.artifact.clone() }
}

/// The simulated files, as the requirements loader sees them.
struct Files<'a> {
    state: &'a State,
    stdin: Option<&'a Text>,
}

impl Files<'_> {
    fn find(&self, path: &str) -> Option<&Text> {
        match path {
            "/dev/stdin" | "/proc/self/fd/0" | "-" => self.stdin,
            path => text_at(self.state, path),
        }
    }

    /// Where the author wrote the bytes of a place in a simulated file.
    fn locate(&self, place: &Place) -> Option<Location> {
        self.find(&place.path)?.location_of(place.range)
    }
}

impl requirements::Files for Files<'_> {
    fn text(&self, path: &str) -> Option<Cow<'_, str>> {
        self.find(path).map(|text| Cow::Owned(text.to_string()))
    }

    fn is_file(&self, path: &str) -> bool {
        self.state.files.resolved(path).is_some_and(|entry| !matches!(entry.content, Content::Folder))
    }

    fn is_folder(&self, path: &str) -> bool {
        self.state.files.is_folder(path)
    }
}

/// What pip takes for the path of an archive, there or not (`is_archive_file`).
fn is_archive_name(path: &str) -> bool {
    const ENDINGS: [&str; 10] =
        [".whl", ".zip", ".tar.gz", ".tgz", ".tar", ".tar.bz2", ".tbz", ".tar.xz", ".txz", ".tlz"];
    let name = files::file_name(path).to_ascii_lowercase();
    ENDINGS.iter().any(|ending| name.ends_with(ending))
}

fn text_at<'a>(state: &'a State, path: &str) -> Option<&'a Text> {
    match &state.files.resolved(path)?.content {
        Content::Text(text) => Some(text),
        _ => None,
    }
}

/// `name; marker` with `extra == "..."` added, as METADATA writes an optional dependency.
fn with_extra(requirement: &str, extra: &str) -> String {
    match requirement.split_once(';') {
        Some((before, marker)) => format!("{before}; ({}) and extra == \"{extra}\"", marker.trim()),
        None => format!("{requirement}; extra == \"{extra}\""),
    }
}

/// `https://…`, `git+ssh://…`.
fn is_address(word: &str) -> bool {
    word.split_once("://").is_some_and(|(scheme, _)| {
        !scheme.is_empty() && scheme.chars().all(|c| c.is_ascii_alphanumeric() || "+.-".contains(c))
    })
}

/// `./package[extra]` into its path and extras.
fn split_extras(word: &str) -> (&str, Vec<ExtraName>) {
    let Some((path, extras)) = word.strip_suffix(']').and_then(|rest| rest.rsplit_once('[')) else {
        return (word, Vec::new());
    };
    (path, extras.split(',').filter_map(|extra| ExtraName::new(extra.trim())).collect())
}

/// `path` against `folder`.
pub(super) fn absolute(folder: &str, path: &str) -> String {
    files::normalize(path, folder)
}

/// The target of an environment whose contents are all known.
pub(in crate::simulate) fn known_target(state: &State, context: &Context<'_>) -> Result<Target, Stop> {
    let environment = state.environments.get(context.environment);
    let Some(python) = environment.and_then(|environment| environment.python) else {
        return Err(Stop::unknown_python(context.location));
    };
    if let (_, Certainty::Uncertain { reason, location }) = installed(state, context.environment) {
        let reason = format!("what {} holds is not known: {reason}", context.environment);
        return Err(Stop::Unknown(Unknown { reason, location: location.or(context.location) }));
    }
    Ok(Target { python, platform: state.platform })
}
