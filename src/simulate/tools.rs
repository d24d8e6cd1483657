//! The programs that are about Python packages.

use super::{
    CallRun, Origin, Program, ProgramKind, Skipped, State, Text,
    environments::{Venv, make_venv},
    files::{file_name, normalize, parent},
    installers::{self, Context},
    programs::is_versioned,
};
use crate::{
    index::Index,
    pep440::Version,
    syntax::command::{Argument, Call, ConfigEntry, ConfigFile, PipVersion, Surroundings},
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
        let kind = invocation.program.map(|program| program.kind);
        match kind {
            Some(ProgramKind::Python) => return Some(self.python(invocation, state)),
            Some(ProgramKind::Pip) => return Some(self.installer(invocation, state)),
            Some(ProgramKind::Uv) => return Some(self.uv(invocation, state)),
            Some(ProgramKind::Activate) | None => {}
        }
        if is_versioned(&name, "python") || is_versioned(&name, "pypy") {
            return Some(self.python(invocation, state));
        }
        if is_versioned(&name, "pip") {
            return Some(self.installer(invocation, state));
        }
        match name.as_str() {
            "uv" => Some(self.uv(invocation, state)),
            "virtualenv" => Some(self.virtualenv(invocation, state, 1)),
            // Runs a tool in an environment of its own.
            "uvx" => Some(Answer::done()),
            "pipx" => Some(pipx(invocation)),
            "poetry" | "pdm" | "hatch" | "rye" => Some(project_manager(&name, invocation, state)),
            "pip-compile" => Some(compiled(invocation, state)),
            "pyenv" | "conda" | "mamba" | "micromamba" | "pixi" => Some(other(&name, invocation, state)),
            _ => Some(not_modelled(&name, invocation, state)),
        }
    }
}

impl PackageTools<'_> {
    /// The environment that a program runs in: its own, or the one its path lies in.
    fn environment(&self, invocation: &Invocation<'_>, state: &State) -> Option<String> {
        if let Some(program) = invocation.program.filter(|program| !program.environment.is_empty()) {
            return Some(program.environment.clone());
        }
        let root = parent(parent(invocation.path));
        if invocation.path.contains('/') && root != "/" {
            return Some(root.to_owned());
        }
        state.environments.keys().next().cloned()
    }

    /// pip, called by name or as `python -m pip`.
    fn installer(&self, invocation: &Invocation<'_>, state: &mut State) -> Answer {
        let Some(root) = self.environment(invocation, state) else {
            return not_modelled("pip", invocation, state);
        };
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
        self.run(invocation, state, surroundings, &root, version.as_ref())
    }

    fn run(
        &self,
        invocation: &Invocation<'_>,
        state: &mut State,
        surroundings: Surroundings<'_>,
        root: &str,
        version: Option<&Version>,
    ) -> Answer {
        let Some(call) = Call::parse(invocation.argv, surroundings) else {
            return not_modelled(invocation.path, invocation, state);
        };
        let context = Context {
            index: self.index,
            environment: root,
            version,
            origin: invocation.origin,
            location: invocation.location,
            argv: invocation.argv,
            stdin: invocation.stdin,
            offline: invocation.offline,
        };
        let outcome = installers::run(&call, state, &context);
        Answer {
            exit_code: outcome.run.exit_code,
            stdout: outcome.stdout,
            run: Some(outcome.run),
            skipped: outcome.skipped,
        }
    }

    fn uv(&self, invocation: &Invocation<'_>, state: &mut State) -> Answer {
        let words: Vec<&str> = invocation.argv.iter().map(Argument::as_str).collect();
        let verbs: Vec<&str> = words.iter().skip(1).copied().filter(|word| !word.starts_with('-')).collect();
        match verbs.as_slice() {
            ["venv", ..] => self.uv_venv(invocation, state),
            ["pip", ..] => {
                let root = uv_environment(invocation, state);
                let variables = state.variables.clone();
                let variable = |name: &str| variables.get(name).map(|value| Argument::unplaced(value));
                let surroundings =
                    Surroundings { pip: PipVersion::default(), variable: &variable, config: &[] };
                let version = tool_version(state, &root, "uv");
                self.run(invocation, state, surroundings, &root, version.as_ref())
            }
            [
                "cache"
                | "self"
                | "version"
                | "help"
                | "generate-shell-completion"
                | "python"
                | "tool"
                | "init",
                ..,
            ]
            | [] => Answer::done(),
            [verb, ..] => {
                let reason = format!("uv {verb} is not modelled");
                let touches =
                    matches!(*verb, "sync" | "add" | "remove" | "run" | "build" | "lock" | "export");
                if touches && *verb == "sync" || *verb == "add" || *verb == "remove" || *verb == "run" {
                    let root = uv_project_environment(state);
                    let environments = state.environments.clone();
                    if !environments.contains_key(&root) {
                        let base = environments.keys().next().cloned().unwrap_or_default();
                        let venv = Venv { root: root.clone(), base, ..Venv::default() };
                        make_venv(state, &venv, self.index, invocation.origin);
                    }
                    state.touch_environment(&root, &reason, invocation.location);
                    state.unknown_programs.get_or_insert_with(|| reason.clone());
                    return skipped(reason, invocation, true);
                }
                state.files.unlisted.get_or_insert_with(|| reason.clone());
                let folder = state.working_directory.clone();
                state.files.mark_uncertain(&folder, &reason);
                skipped(reason, invocation, touches)
            }
        }
    }

    fn uv_venv(&self, invocation: &Invocation<'_>, state: &mut State) -> Answer {
        let words = invocation.argv.iter().map(Argument::as_str).collect::<Vec<_>>();
        let at = words.iter().position(|word| *word == "venv").unwrap_or(0);
        let options = Options::read(
            words.get(at + 1..).unwrap_or_default(),
            &["-p", "--python", "--prompt", "--index-url", "--cache-dir", "--link-mode", "--exclude-newer"],
        );
        let root = options.operands.first().copied().unwrap_or(".venv");
        let root = normalize(root, &state.working_directory);
        let base = system_root(invocation, state);
        let venv = Venv {
            root: root.clone(),
            base,
            sees_base: options.has("--system-site-packages"),
            pip: options.has("--seed"),
            bundled: false,
            clear: true,
        };
        make_venv(state, &venv, self.index, invocation.origin);
        if let Some(asked) = options.value(&["-p", "--python"])
            && let Some(environment) = state.environments.get_mut(&state.files.resolve(&root))
            && let Ok(version) = asked.trim_start_matches("python").trim_start_matches("cpython-").parse()
        {
            environment.python = Some(version);
        }
        Answer { stdout: Some(Text::default()), ..Answer::done() }
    }

    /// `python -m venv`, from word `from` on; and `virtualenv`.
    fn virtualenv(&self, invocation: &Invocation<'_>, state: &mut State, from: usize) -> Answer {
        let words: Vec<&str> = invocation.argv.iter().skip(from).map(Argument::as_str).collect();
        let valued =
            ["-p", "--python", "--prompt", "--pip", "--setuptools", "--wheel", "--app-data", "--seeder"];
        let options = Options::read(&words, &valued);
        let Some(root) = options.operands.first() else { return Answer::failed(2) };
        let is_venv =
            from > 1 && invocation.argv.get(from - 1).is_some_and(|module| module.as_str() == "venv");
        let base = self.environment(invocation, state).unwrap_or_default();
        // A venv made with the Python of a venv stands on that one's base.
        let base = system_root_of(state, &base);
        for root in &options.operands {
            let venv = Venv {
                root: normalize(root, &state.working_directory),
                base: base.clone(),
                sees_base: options.has("--system-site-packages"),
                pip: !options.has("--without-pip") && !options.has("--no-pip"),
                bundled: is_venv && !options.has("--upgrade-deps"),
                clear: options.has("--clear"),
            };
            make_venv(state, &venv, self.index, invocation.origin);
        }
        let _ = root;
        Answer { stdout: Some(Text::default()), ..Answer::done() }
    }

    fn python(&self, invocation: &Invocation<'_>, state: &mut State) -> Answer {
        let words: Vec<&str> = invocation.argv.iter().map(Argument::as_str).collect();
        let mut at = 1;
        while let Some(word) = words.get(at) {
            match *word {
                "-c" => return python_text(words.get(at + 1).copied().unwrap_or(""), invocation, state),
                "-m" => {
                    return self.module(words.get(at + 1).copied().unwrap_or(""), at + 2, invocation, state);
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
                    return self.module(option.get(2..).unwrap_or(""), at + 1, invocation, state);
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

    fn module(&self, module: &str, from: usize, invocation: &Invocation<'_>, state: &mut State) -> Answer {
        match module {
            "pip" => self.installer(invocation, state),
            "uv" => self.uv(
                &Invocation { argv: invocation.argv.get(from - 1..).unwrap_or_default(), ..*invocation },
                state,
            ),
            "venv" | "virtualenv" => self.virtualenv(invocation, state, from),
            "ensurepip" => {
                let root = self.environment(invocation, state).unwrap_or_default();
                if let Some(environment) = state.environments.get(&root) {
                    let venv = Venv {
                        root: root.clone(),
                        base: environment.sees.clone().unwrap_or_default(),
                        pip: true,
                        bundled: true,
                        ..Venv::default()
                    };
                    let kind = environment.kind;
                    make_venv(state, &venv, self.index, invocation.origin);
                    if let Some(environment) = state.environments.get_mut(&root) {
                        environment.kind = kind;
                    }
                    if kind != crate::model::EnvironmentKind::Venv {
                        state.files.remove(&format!("{root}/bin/activate"));
                    }
                }
                Answer::done()
            }
            "build" | "spacy" | "pip_audit" | "pipx" | "poetry" | "pipenv" | "pdm" | "piptools"
            | "easy_install" | "setuptools" | "conda" | "mim" | "uvx" => {
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

/// Words behind a subcommand.
struct Options<'a> {
    flags: Vec<&'a str>,
    values: Vec<(&'a str, &'a str)>,
    operands: Vec<&'a str>,
}

impl<'a> Options<'a> {
    fn read(words: &[&'a str], valued: &[&str]) -> Self {
        let mut options = Self { flags: Vec::new(), values: Vec::new(), operands: Vec::new() };
        let mut at = 0;
        while let Some(word) = words.get(at).copied() {
            at += 1;
            if valued.contains(&word) {
                options.values.push((word, words.get(at).copied().unwrap_or("")));
                at += 1;
            } else if let Some((name, value)) = word.split_once('=').filter(|_| word.starts_with("--")) {
                options.values.push((name, value));
            } else if word.starts_with('-') {
                options.flags.push(word);
            } else {
                options.operands.push(word);
            }
        }
        options
    }

    fn has(&self, flag: &str) -> bool {
        self.flags.contains(&flag)
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

/// The environment that uv finds: `VIRTUAL_ENV`, a `.venv` here or above, and with `--system`
/// the first Python on `PATH`.
fn uv_environment(invocation: &Invocation<'_>, state: &State) -> String {
    let words: Vec<&str> = invocation.argv.iter().map(Argument::as_str).collect();
    let truthy = |name: &str| {
        state.variables.get(name).is_some_and(|value| matches!(value.as_str(), "1" | "true" | "yes"))
    };
    let system = words.contains(&"--system") || truthy("UV_SYSTEM_PYTHON");
    if let Some(python) = Options::read(&words, &["-p", "--python"]).value(&["-p", "--python"]).or(state
        .variables
        .get("UV_PYTHON")
        .map(String::as_str)
        .filter(|_| system))
        && python.contains('/')
    {
        let path = normalize(python, &state.working_directory);
        if let Some(super::Content::Program(program)) =
            state.files.resolved(&path).map(|entry| &entry.content)
        {
            return program.environment.clone();
        }
        // A folder is taken for the environment itself.
        return if state.files.is_folder(&path) { path } else { parent(parent(&path)).to_owned() };
    }
    if !system {
        if let Some(root) = state.variables.get("VIRTUAL_ENV").filter(|root| !root.is_empty()) {
            return normalize(root, &state.working_directory);
        }
        let mut folder = state.working_directory.as_str();
        loop {
            let root = super::files::join(folder, ".venv");
            if state.environments.contains_key(&root) {
                return root;
            }
            if folder == "/" {
                break;
            }
            folder = parent(folder);
        }
    }
    system_root(invocation, state)
}

/// `uv sync` installs here.
fn uv_project_environment(state: &State) -> String {
    let named = state.variables.get("UV_PROJECT_ENVIRONMENT").map_or(".venv", String::as_str);
    normalize(named, &state.working_directory)
}

/// The environment of the first Python on `PATH` that is not a virtual one.
fn system_root(_: &Invocation<'_>, state: &State) -> String {
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
    state.touch_environments(&reason, invocation.location);
    state.unknown_programs.get_or_insert_with(|| reason.clone());
    let folder = state.working_directory.clone();
    state.files.mark_uncertain(&folder, &reason);
    skipped(reason, invocation, true)
}

/// A text of Python.
fn python_text(text: &str, invocation: &Invocation<'_>, state: &mut State) -> Answer {
    if super::programs::mentions_packages(text) && !is_question(text) {
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

/// pipx keeps each program in an environment of its own.
fn pipx(_: &Invocation<'_>) -> Answer {
    Answer::done()
}

fn verb<'a>(invocation: &Invocation<'a>) -> &'a str {
    invocation.argv.iter().skip(1).map(Argument::as_str).find(|word| !word.starts_with('-')).unwrap_or("")
}

fn project_manager(name: &str, invocation: &Invocation<'_>, state: &mut State) -> Answer {
    match verb(invocation) {
        "config" | "cache" | "self" | "env" | "check" | "version" | "about" | "" | "shell" | "init"
        | "show" => Answer::done(),
        "export" | "lock" | "build" => {
            let reason = format!("what {name} writes is not known");
            let folder = state.working_directory.clone();
            state.files.mark_uncertain(&folder, &reason);
            let words: Vec<&str> = invocation.argv.iter().map(Argument::as_str).collect();
            if let Some(path) =
                Options::read(&words, &["-o", "--output", "-f", "--format"]).value(&["-o", "--output"])
            {
                let path = normalize(path, &folder);
                let entry = super::Entry::new(super::Content::Opaque(reason.clone()), invocation.origin);
                state.files.insert(&path, entry);
            }
            skipped(reason, invocation, false)
        }
        _ => not_modelled(name, invocation, state),
    }
}

/// `pip-compile` writes a file of pins.
fn compiled(invocation: &Invocation<'_>, state: &mut State) -> Answer {
    let reason = "what pip-compile writes is not known".to_owned();
    let folder = state.working_directory.clone();
    state.files.mark_uncertain(&folder, &reason);
    let words: Vec<&str> = invocation.argv.iter().map(Argument::as_str).collect();
    if let Some(path) = Options::read(&words, &["-o", "--output-file"]).value(&["-o", "--output-file"]) {
        let entry = super::Entry::new(super::Content::Opaque(reason.clone()), invocation.origin);
        state.files.insert(&normalize(path, &folder), entry);
    }
    skipped(reason, invocation, false)
}

fn other(name: &str, invocation: &Invocation<'_>, state: &mut State) -> Answer {
    match verb(invocation) {
        "clean" | "config" | "info" | "list" | "init" | "shell" | "rehash" | "tos" | "" => Answer::done(),
        _ => not_modelled(name, invocation, state),
    }
}
