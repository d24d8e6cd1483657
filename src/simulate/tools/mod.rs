//! The programs that are about Python packages.

use super::{
    CallRun, Change, Origin, Program, ProgramKind, Skipped, State, Text,
    base::known_project,
    environments::{Venv, add_pip, make_venv, preinstalled},
    files::{file_name, normalize, parent},
    install::{self, Context},
    utilities::is_versioned,
};
use crate::{
    index::Index,
    model::bundled_pip,
    pep440::{Version, parse_version},
    pep508::ProjectName,
    resolve::Answers,
    syntax::command::{
        Argument, Call, ConfigEntry, ConfigFile, PipVersion, Surroundings, UvCall, UvCommand, UvTarget,
        VenvCall, VenvTool,
    },
    text::Location,
};

/// A call of a program that is about Python packages.
#[derive(Debug, Clone, Copy)]
pub struct Invocation<'a> {
    /// All words, the program first.
    pub argv: &'a [Argument],
    /// Where the program was found, else its first word.
    pub path: &'a str,
    /// What it is, where it is known.
    pub program: Option<&'a Program>,
    /// What it reads; `None` where that is empty or a terminal.
    pub stdin: Option<&'a Text>,
    /// The words of the command.
    pub location: Option<Location>,
    /// Stage, step and call.
    pub origin: Origin,
    /// `--network=none`.
    pub offline: bool,
}

/// What came of it.
#[derive(Debug, Clone)]
pub struct Answer {
    /// `None` where not known.
    pub exit_code: Option<i32>,
    /// What it printed; `None` where not known.
    pub stdout: Option<Text>,
    /// The call of an installer that it was.
    pub run: Option<CallRun>,
    /// What of it is not modelled.
    pub skipped: Vec<Skipped>,
}

/// Whoever runs the programs that are about Python packages. Their variables and working
/// directory are those of the state while they run.
pub trait Tools {
    /// Runs one; `None` where it is not known what it does.
    fn call(&mut self, invocation: &Invocation<'_>, state: &mut State) -> Option<Answer>;
}

/// pip, uv, Python itself, and the makers of virtual environments.
pub(super) struct PackageTools<'a> {
    pub(super) index: &'a Index,
    /// What was resolved from it before.
    pub(super) answers: &'a Answers,
}

impl Answer {
    fn done() -> Self {
        Self { exit_code: Some(0), stdout: None, run: None, skipped: Vec::new() }
    }

    fn printed(text: &str) -> Self {
        Self { stdout: Some(Text::unplaced(text)), ..Self::done() }
    }

    fn failed(exit_code: i32) -> Self {
        Self { exit_code: Some(exit_code), ..Self::done() }
    }
}

impl Tools for PackageTools<'_> {
    fn call(&mut self, invocation: &Invocation<'_>, state: &mut State) -> Option<Answer> {
        let name = file_name(invocation.argv.first()?.as_str()).to_owned();
        let root = self.environment(invocation, state).unwrap_or_default();
        let version = tool_version(state, &root, "pip");
        let pip = version.as_ref().map_or_else(PipVersion::default, |version| {
            let part =
                |index: usize| version.release().get(index).and_then(|n| u16::try_from(*n).ok()).unwrap_or(0);
            PipVersion { major: part(0), minor: part(1) }
        });
        let variables = state.variables.clone();
        let variable = |name: &str| variables.get(name).map(|value| Argument::unplaced(value));
        let config = config_files(state, &root);
        let surroundings = Surroundings { pip, variable: &variable, config: &config };
        Some(match Call::parse(invocation.argv, surroundings) {
            Some(Call::Pip(call)) => match call.python.as_ref().map(|python| other_python(python, state)) {
                None => self.run(&Call::Pip(call), invocation, state, &root, version.as_ref(), None),
                // This pip, run by that Python.
                Some(Some(other)) => {
                    self.run(&Call::Pip(call), invocation, state, &other, version.as_ref(), None)
                }
                Some(None) => not_modelled("pip for a Python that is not known", invocation, state),
            },
            Some(Call::Venv(venv)) => self.venv(&venv, invocation, state, &root),
            Some(Call::Uv(uv)) => self.uv(uv, invocation, state),
            Some(Call::Bootstrap { program, words }) => {
                self.bootstrap(program.module.is_some(), &words, state, &root, invocation)
            }
            Some(call @ (Call::Tool(_) | Call::Conda(_) | Call::Unmodelled { .. } | Call::System(_))) => {
                match project_manager(&name, invocation, state) {
                    Some(answer) => answer,
                    None => {
                        let answer = self.run(&call, invocation, state, &root, None, None);
                        let reason = format!("{name} is not modelled yet");
                        spoil(&reason, invocation, state);
                        answer
                    }
                }
            }
            None => match invocation.program.map(|program| program.kind) {
                Some(ProgramKind::Python) => self.python(invocation, state),
                _ if is_versioned(&name, "python") || is_versioned(&name, "pypy") => {
                    self.python(invocation, state)
                }
                _ => match project_manager(&name, invocation, state) {
                    Some(answer) => answer,
                    None => not_modelled(&name, invocation, state),
                },
            },
        })
    }
}

impl PackageTools<'_> {
    /// The environment that a program runs in: its own, or the one its path lies in.
    fn environment(&self, invocation: &Invocation<'_>, state: &State) -> Option<String> {
        if let Some(program) = invocation.program.filter(|program| !program.environment.is_empty()) {
            return Some(program.environment.clone());
        }
        let root = parent(parent(invocation.path));
        if invocation.path.contains('/') && root != "/" && state.environments.contains_key(root) {
            return Some(root.to_owned());
        }
        state.environments.keys().next().cloned()
    }

    /// Hands a call to the installers.
    fn run(
        &self,
        call: &Call,
        invocation: &Invocation<'_>,
        state: &mut State,
        root: &str,
        version: Option<&Version>,
        refusal: Option<&str>,
    ) -> Answer {
        let context = Context {
            index: self.index,
            answers: self.answers,
            environment: root,
            refusal,
            version,
            origin: invocation.origin,
            location: invocation.location,
            argv: invocation.argv,
            stdin: invocation.stdin,
            offline: invocation.offline,
        };
        let outcome = install::run(call, state, &context);
        // Installing pip brings its scripts.
        let brings_pip =
            |change: &Change| matches!(change, Change::Install { project, .. } if project.as_str() == "pip");
        if let Some(root) =
            outcome.run.environment.as_deref().filter(|_| outcome.run.changes.iter().any(brings_pip))
        {
            add_pip(state, root, invocation.origin);
        }
        Answer {
            exit_code: outcome.run.exit_code,
            stdout: outcome.stdout,
            run: Some(outcome.run),
            skipped: outcome.skipped,
        }
    }

    fn uv(&self, call: UvCall, invocation: &Invocation<'_>, state: &mut State) -> Answer {
        let target = match &call.command {
            UvCommand::PipInstall(install) | UvCommand::PipSync(install) | UvCommand::PipCompile(install) => {
                Some(install.target.clone())
            }
            UvCommand::PipUninstall { target, .. }
            | UvCommand::PipCheck(target)
            | UvCommand::PipFreeze(target) => Some(UvTarget::clone(target)),
            _ => None,
        };
        let project = matches!(
            call.command,
            UvCommand::Sync(_) | UvCommand::Add(_) | UvCommand::Remove(_) | UvCommand::Run(_)
        );
        if matches!(call.command, UvCommand::Tool { .. } | UvCommand::Python { .. }) {
            // Each tool has an environment of its own; a Python that uv fetches is none of these.
            return Answer::done();
        }
        let changes = matches!(
            &call.command,
            UvCommand::PipInstall(_) | UvCommand::PipSync(_) | UvCommand::PipUninstall { .. }
        );
        let (root, refusal) = match &target {
            _ if project => (uv_project_environment(state), None),
            target => match uv_environment(target.as_ref().unwrap_or(&UvTarget::default()), changes, state) {
                Ok(root) => (root, None),
                Err(message) => (system_root(state), Some(message)),
            },
        };
        if project && !state.environments.contains_key(&root) {
            let venv = Venv { root: root.clone(), base: system_root(state), ..Venv::default() };
            make_venv(state, &venv, self.index, invocation.origin);
        }
        let writes = matches!(
            call.command,
            UvCommand::Lock(_) | UvCommand::Export(_) | UvCommand::Build { .. } | UvCommand::PipCompile(_)
        );
        let version = tool_version(state, &root, "uv");
        let answer =
            self.run(&Call::Uv(call), invocation, state, &root, version.as_ref(), refusal.as_deref());
        if let (None, Some(skipped)) = (answer.exit_code, answer.skipped.first()) {
            if project {
                state.touch_environment(&root, &skipped.reason, invocation.location);
                state.unknown_programs.get_or_insert_with(|| skipped.reason.clone());
            } else if writes {
                let folder = state.working_directory.clone();
                state.files.mark_uncertain(&folder, &skipped.reason);
            }
        }
        answer
    }

    /// `python -m venv`, `virtualenv`, `uv venv`.
    fn venv(&self, call: &VenvCall, invocation: &Invocation<'_>, state: &mut State, own: &str) -> Answer {
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
            make_venv(state, &venv, self.index, invocation.origin);
            let root = state.files.resolve(&venv.root);
            let asked = call.python.as_ref().map(|python| python.as_str());
            if let Some(asked) = asked
                && let Some(environment) = state.environments.get_mut(&root)
            {
                let version = asked.trim_start_matches("cpython-").trim_start_matches("cpython@");
                match file_name(version).trim_start_matches("python").parse() {
                    Ok(version) => environment.python = Some(version),
                    // `python3`, or a path: the Python that was found.
                    Err(_) if file_name(asked).starts_with("python") => {}
                    Err(_) => environment.python = None,
                }
            }
        }
        Answer { stdout: Some(Text::default()), ..Answer::done() }
    }

    /// `python -m ensurepip`, with the bundled pip; `get-pip.py`, with the newest.
    fn bootstrap(
        &self,
        ensurepip: bool,
        words: &[Argument],
        state: &mut State,
        root: &str,
        invocation: &Invocation<'_>,
    ) -> Answer {
        let Some(environment) = state.environments.get(root) else {
            return not_modelled("get-pip.py", invocation, state);
        };
        let (python, origin) = (environment.python, invocation.origin);
        if ensurepip {
            let version = python.and_then(|python| bundled_pip((python.major, python.minor), python.patch));
            put_tool(state, root, "pip", version, self.index, origin);
        } else {
            // `get-pip.py "pip==23.0"`; without a word the newest, with setuptools and wheel
            // before Python 3.12.
            let pinned = words.iter().find_map(|word| word.as_str().strip_prefix("pip=="));
            put_tool(state, root, "pip", pinned, self.index, origin);
            let with_tools = python.is_some_and(|python| (python.major, python.minor) < (3, 12));
            for tool in ["setuptools", "wheel"] {
                if with_tools
                    && !state.environments.get(root).is_some_and(|own| own.packages.contains_key(tool))
                {
                    put_tool(state, root, tool, None, self.index, origin);
                }
            }
        }
        add_pip(state, root, origin);
        Answer::done()
    }

    fn python(&self, invocation: &Invocation<'_>, state: &mut State) -> Answer {
        let words: Vec<&str> = invocation.argv.iter().map(Argument::as_str).collect();
        let mut at = 1;
        while let Some(word) = words.get(at) {
            match *word {
                "-c" => return python_text(words.get(at + 1).copied().unwrap_or(""), invocation, state),
                "-m" => {
                    return self.module(words.get(at + 1).copied().unwrap_or(""), invocation, state);
                }
                "-V" | "--version" | "-VV" => {
                    let python = self
                        .environment(invocation, state)
                        .and_then(|root| state.environments.get(&root)?.python);
                    return match python.filter(|python| python.patch.is_some()) {
                        Some(python) => Answer::printed(&format!("Python {python}\n")),
                        None => Answer::done(),
                    };
                }
                "-" => {
                    return match invocation.stdin {
                        Some(text) => python_text(&text.to_string(), invocation, state),
                        None => Answer::done(),
                    };
                }
                "-W" | "-X" => at += 2,
                option if option.starts_with("-m") && option.len() > 2 => {
                    return self.module(option.get(2..).unwrap_or(""), invocation, state);
                }
                option if option.starts_with('-') => at += 1,
                script => {
                    return script_file(script, words.get(at + 1..).unwrap_or_default(), invocation, state);
                }
            }
        }
        match invocation.stdin {
            Some(text) => python_text(&text.to_string(), invocation, state),
            None => Answer::done(),
        }
    }

    /// `python -m module`, where that is no program for packages.
    fn module(&self, module: &str, invocation: &Invocation<'_>, state: &mut State) -> Answer {
        match module {
            "build" | "spacy" | "setuptools" => {
                not_modelled(&format!("python -m {module}"), invocation, state)
            }
            // Any other module does its own work.
            _ => {
                let reason = format!("python -m {module} makes files of its own");
                state.files.unlisted.get_or_insert(reason);
                Answer::done()
            }
        }
    }
}

/// The environment that `pip --python` names: its folder, or its interpreter.
fn other_python(python: &Argument, state: &State) -> Option<String> {
    let path = normalize(python.as_str(), &state.working_directory);
    let path = if state.files.is_folder(&path) { super::files::join(&path, "bin/python") } else { path };
    match &state.files.resolved(&path)?.content {
        super::Content::Program(Program { kind: ProgramKind::Python, environment }) => {
            Some(environment.clone())
        }
        _ => None,
    }
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

/// Options of a call that take a value.
struct Options<'a> {
    values: Vec<(&'a str, &'a str)>,
}

impl<'a> Options<'a> {
    fn read(words: &[&'a str], valued: &[&str]) -> Self {
        let mut values = Vec::new();
        for (at, word) in words.iter().enumerate() {
            if valued.contains(word) {
                values.push((*word, words.get(at + 1).copied().unwrap_or("")));
            } else if let Some((name, value)) = word.split_once('=').filter(|_| word.starts_with("--")) {
                values.push((name, value));
            }
        }
        Self { values }
    }

    fn value(&self, names: &[&str]) -> Option<&'a str> {
        self.values.iter().find(|(name, _)| names.contains(name)).map(|(_, value)| *value)
    }
}

/// The version of an installed tool.
fn tool_version(state: &State, root: &str, name: &str) -> Option<Version> {
    let environment = state.environments.get(root)?;
    let installed = environment.packages.get(name)?;
    installed.first().map(|installed| installed.version.clone())
}

/// pip's configuration files that are there, weakest first, with `pip config set` on top.
fn config_files(state: &State, root: &str) -> Vec<ConfigFile> {
    let home = state.home();
    let mut paths = vec![
        "/etc/xdg/pip/pip.conf".to_owned(),
        "/etc/pip.conf".to_owned(),
        format!("{home}/.pip/pip.conf"),
        format!("{home}/.config/pip/pip.conf"),
        format!("{root}/pip.conf"),
    ];
    paths.extend(state.variables.get("PIP_CONFIG_FILE").cloned());
    let texts = paths.iter().filter_map(|path| match &state.files.resolved(path)?.content {
        super::Content::Text(text) => Some(text.clone()),
        _ => None,
    });
    let mut files: Vec<ConfigFile> = texts
        .filter_map(|text| {
            let (mapped, file) = text.to_mapped();
            Some(ConfigFile::parse(mapped.as_str(), file?))
        })
        .collect();
    let entries: Vec<ConfigEntry> = state
        .pip_config
        .iter()
        .map(|(key, value)| {
            let (section, name) = key.split_once('.').unwrap_or(("global", key));
            let (section, key) = (section.to_owned(), name.to_owned());
            ConfigEntry { section, key, value: Argument::unplaced(value) }
        })
        .collect();
    files.extend((!entries.is_empty()).then_some(ConfigFile { entries }));
    files
}

/// The environment that uv finds: the one of `--python`, `VIRTUAL_ENV`, a `.venv` here or above;
/// otherwise the first Python on `PATH`, which it `changes` only where `--system`, a path, `--target`
/// or `--prefix` says so (docs.astral.sh/uv/pip/environments). `Err` says what it lacks.
fn uv_environment(target: &UvTarget, changes: bool, state: &State) -> Result<String, String> {
    let asked = target.python.as_ref().map(Argument::as_str);
    let here = |text: &str| normalize(text, &state.working_directory);
    if let Some(python) = asked.filter(|text| text.contains('/') || state.files.is_folder(&here(text))) {
        let path = here(python);
        if let Some(super::Content::Program(program)) =
            state.files.resolved(&path).map(|entry| &entry.content)
        {
            return Ok(program.environment.clone());
        }
        // A folder is taken for the environment itself.
        return Ok(if state.files.is_folder(&path) { path } else { parent(parent(&path)).to_owned() });
    }
    if target.system.on {
        return Ok(system_root(state));
    }
    let may_be_there = |path: &str| state.unknown_base.is_some() || state.files.doubt(path).is_some();
    if let Some(named) = state.variables.get("VIRTUAL_ENV").filter(|root| !root.is_empty()) {
        let root = normalize(named, &state.working_directory);
        if state.environments.contains_key(&state.files.resolve(&root)) || may_be_there(&root) {
            return Ok(root);
        }
        return Err(format!(
            "Failed to inspect Python interpreter from active virtual environment at `{named}/bin/python`"
        ));
    }
    let mut is_certain = true;
    let mut folder = state.working_directory.as_str();
    loop {
        let root = super::files::join(folder, ".venv");
        if state.environments.contains_key(&root) {
            return Ok(root);
        }
        is_certain &= !may_be_there(&root);
        if folder == "/" {
            break;
        }
        folder = parent(folder);
    }
    if changes && is_certain && target.target.is_none() && target.prefix.is_none() {
        return Err("No virtual environment found; run `uv venv` to create an environment, or pass `--system` to install into a non-virtual environment".to_owned());
    }
    Ok(system_root(state))
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

/// `uv sync` installs here.
fn uv_project_environment(state: &State) -> String {
    let named = state.variables.get("UV_PROJECT_ENVIRONMENT").map_or(".venv", String::as_str);
    normalize(named, &state.working_directory)
}

/// The environment of the first Python on `PATH` that is not a virtual one.
fn system_root(state: &State) -> String {
    let path = state.variables.get("PATH").map_or(crate::model::DEFAULT_PATH, String::as_str);
    for folder in path.split(':') {
        for name in ["python3", "python"] {
            let at = super::files::join(folder.trim_end_matches('/'), name);
            if let Some(super::Content::Program(program)) =
                state.files.resolved(&at).map(|entry| &entry.content)
            {
                return system_root_of(state, &program.environment);
            }
        }
    }
    state.environments.keys().next().cloned().unwrap_or_else(|| "/usr".to_owned())
}

/// A venv's base, where it is known; otherwise the environment itself.
fn system_root_of(state: &State, root: &str) -> String {
    match state.environments.get(root) {
        Some(environment) if environment.kind == crate::model::EnvironmentKind::Venv => state
            .environments
            .iter()
            .find(|(_, other)| {
                other.kind == crate::model::EnvironmentKind::System
                    && other.python.map(|python| (python.major, python.minor))
                        == environment.python.map(|python| (python.major, python.minor))
            })
            .map_or_else(|| root.to_owned(), |(root, _)| root.clone()),
        _ => root.to_owned(),
    }
}

fn skipped(reason: String, invocation: &Invocation<'_>, touches_packages: bool) -> Answer {
    Answer {
        exit_code: None,
        skipped: vec![Skipped { location: invocation.location, reason, touches_packages }],
        ..Answer::done()
    }
}

/// A program that changes environments in a way that is not modelled.
fn not_modelled(name: &str, invocation: &Invocation<'_>, state: &mut State) -> Answer {
    let reason = format!("{name} is not modelled yet");
    spoil(&reason, invocation, state);
    skipped(reason, invocation, true)
}

/// Marks what such a program may have changed.
fn spoil(reason: &str, invocation: &Invocation<'_>, state: &mut State) {
    state.touch_environments(reason, invocation.location);
    state.unknown_programs.get_or_insert_with(|| reason.to_owned());
    let folder = state.working_directory.clone();
    state.files.mark_uncertain(&folder, reason);
}

/// A text of Python.
fn python_text(text: &str, invocation: &Invocation<'_>, state: &mut State) -> Answer {
    if super::utilities::mentions_packages(text) && !is_question(text) {
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

fn script_file(script: &str, rest: &[&str], invocation: &Invocation<'_>, state: &mut State) -> Answer {
    let name = file_name(script);
    if name == "setup.py"
        && !rest.iter().any(|word| matches!(*word, "install" | "develop" | "bdist_wheel" | "sdist"))
    {
        state.files.unlisted.get_or_insert_with(|| "setup.py makes files of its own".to_owned());
        return Answer { exit_code: None, ..Answer::done() };
    }
    let path = normalize(script, &state.working_directory);
    let text = match state.files.resolved(&path).map(|entry| &entry.content) {
        Some(super::Content::Text(text)) => Some(text.to_string()),
        _ => None,
    };
    match (name, text) {
        ("manage.py", _) => Answer { exit_code: None, ..Answer::done() },
        (name, Some(text)) if name != "setup.py" => python_text(&text, invocation, state),
        _ => {
            let reason = format!("what {script} does is not known");
            state.touch_environments(&reason, invocation.location);
            state.files.unlisted.get_or_insert_with(|| reason.clone());
            skipped(reason, invocation, true)
        }
    }
}

/// What the managers of projects and environments do that installs nothing where pip would;
/// `None` where one installs.
fn project_manager(name: &str, invocation: &Invocation<'_>, state: &mut State) -> Option<Answer> {
    let words: Vec<&str> = invocation.argv.iter().skip(1).map(Argument::as_str).collect();
    let verb = words.iter().copied().find(|word| !word.starts_with('-')).unwrap_or("");
    let writes = match (name, verb) {
        // Each program that pipx installs has an environment of its own.
        ("pipx", _) => false,
        ("poetry" | "pdm" | "hatch" | "rye" | "pipenv", "export" | "lock" | "build" | "requirements") => true,
        (
            "poetry" | "pdm" | "hatch" | "rye" | "pipenv",
            "config" | "cache" | "self" | "env" | "check" | "version" | "about" | "shell" | "init" | "show"
            | "",
        ) => false,
        (
            "conda" | "mamba" | "micromamba" | "pixi" | "pyenv",
            "clean" | "config" | "info" | "list" | "init" | "shell" | "rehash" | "tos" | "",
        ) => false,
        ("pip-compile", _) => true,
        _ => return None,
    };
    if !writes {
        return Some(Answer::done());
    }
    let reason = format!("what {name} writes is not known");
    let folder = state.working_directory.clone();
    state.files.mark_uncertain(&folder, &reason);
    let outputs = ["-o", "--output", "--output-file"];
    if let Some(path) =
        Options::read(&words, &["-o", "--output", "--output-file", "-f", "--format"]).value(&outputs)
    {
        let entry = super::Entry::new(super::Content::Opaque(reason.clone()), invocation.origin);
        state.files.insert(&normalize(path, &folder), entry);
    }
    Some(skipped(reason, invocation, false))
}
