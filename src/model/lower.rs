use super::{
    Action, Base, Build, BuildArg, CopySource, HereFile, Mount, MountKind, RunForm, Settings, Stage, Step,
    Transfer,
    image::{DEFAULT_PATH, describe},
    names::is_dockerfile,
};
use crate::{
    budget::{Budget, MOST_STEPS, TOO_MANY_STEPS},
    order::{self, SortedMap},
    shell::quoted,
    syntax::dockerfile::{
        self, CommandForm, Flag, Heredoc, Instruction, InstructionKind, Word, expand_heredoc, expand_word,
    },
    text::{Encoding, FileId, Location, Mapped, Sources, SyntaxError, TextRange, range},
};

/// The platform where nobody names one.
const DEFAULT_PLATFORM: &str = "linux/amd64";

/// Settles variables, stages and copies of a Dockerfile, or implies a build from requirements
/// files alone. Never fails: what is wrong is in [`Build::errors`], and a step that cannot be
/// understood says so in its place.
#[must_use]
pub fn lower(sources: &Sources, settings: &Settings) -> Build {
    let file = match settings.dockerfile.as_deref() {
        Some(path) => sources.find(path),
        // Who names requirements and no Dockerfile means no other than the one that is always meant.
        None if !settings.requirements.is_empty() => sources.find("Dockerfile"),
        None => find_dockerfile(sources),
    };
    match file {
        Some(file) => Lowering::new(sources, settings, file).run(),
        None => implied(sources, settings),
    }
}

/// `Dockerfile`, else the first file that is named like one.
fn find_dockerfile(sources: &Sources) -> Option<FileId> {
    sources
        .find("Dockerfile")
        .or_else(|| sources.iter().find(|(_, file)| is_dockerfile(&file.path)).map(|(id, _)| id))
}

/// Requirements without a Dockerfile: one stage, one step that installs them.
fn implied(sources: &Sources, settings: &Settings) -> Build {
    let name_of = |path: &str| path.rsplit('/').next().unwrap_or(path).to_ascii_lowercase();
    let by_name = |wanted: &dyn Fn(&str) -> bool| -> Vec<(FileId, String)> {
        sources
            .iter()
            .filter(|(_, file)| wanted(&name_of(&file.path)))
            .map(|(id, file)| (id, file.path.clone()))
            .collect()
    };
    let given = |paths: &[String]| -> Vec<(FileId, String)> {
        paths.iter().filter_map(|path| Some((sources.find(path)?, path.clone()))).collect()
    };
    let mut requirements = given(&settings.requirements);
    if settings.requirements.is_empty() {
        requirements = by_name(&|name| name == "requirements.txt");
    }
    if settings.requirements.is_empty() && requirements.is_empty() {
        requirements = by_name(&|name| {
            let text = name.ends_with(".txt") || name.ends_with(".in");
            text && name.contains("requirements") && !name.contains("constraints")
        });
    }
    let mut constraints = given(&settings.constraints);
    if settings.constraints.is_empty() && settings.requirements.is_empty() {
        constraints = by_name(&|name| name == "constraints.txt");
    }
    let Some((first, _)) = requirements.first() else {
        return Build::default();
    };
    let location = sources.whole(*first);
    let mut script = String::from("pip install");
    for (option, files) in [("-r", &requirements), ("-c", &constraints)] {
        for (_, path) in files {
            script += &format!(" {option} {}", quoted(path));
        }
    }
    let mut mapped = Mapped::default();
    mapped.push_substitute(&script, location.range);
    let step = Step {
        index: 0,
        line: 1,
        instruction: "RUN".to_owned(),
        location,
        action: Action::Run {
            form: RunForm::Shell { script: mapped, interpreter: None },
            mounts: Vec::new(),
            offline: false,
        },
    };
    let base = format!("python:{}", settings.python.as_deref().unwrap_or("3.12"));
    let stage = Stage {
        index: 0,
        name: None,
        base: Base::Image(base.clone()),
        base_text: base,
        platform: settings.platform.clone().unwrap_or_else(|| DEFAULT_PLATFORM.to_owned()),
        steps: vec![step],
        location,
    };
    Build { stages: vec![stage], ..Build::default() }
}

type Variables = SortedMap<String, String>;

/// What a stage has at its end, for the stages built on it.
#[derive(Clone, Default)]
struct Scope {
    /// `ENV`, and the image's.
    environment: Variables,
    /// `ARG`.
    arguments: Variables,
    /// `ONBUILD`, for direct children.
    triggers: Vec<Instruction>,
    platform: String,
}

impl Scope {
    /// "Environment variables defined using the ENV instruction always override an ARG
    /// instruction of the same name" (Dockerfile reference, ARG).
    fn lookup(&self, name: &str) -> Option<String> {
        self.environment.get(name).or_else(|| self.arguments.get(name)).cloned()
    }
}

struct Lowering<'a> {
    sources: &'a Sources,
    settings: &'a Settings,
    file: FileId,
    escape: char,
    build: Build,
    /// `ARG` before the first `FROM`, and the platform variables.
    global: Variables,
    /// One a stage.
    scopes: Vec<Scope>,
    steps: usize,
    /// What variables come to.
    budget: Budget,
}

impl<'a> Lowering<'a> {
    fn new(sources: &'a Sources, settings: &'a Settings, file: FileId) -> Self {
        let build = Build { dockerfile: Some(file), ..Build::default() };
        Self {
            sources,
            settings,
            file,
            escape: '\\',
            build,
            global: SortedMap::new(),
            scopes: Vec::new(),
            steps: 0,
            budget: Budget::default(),
        }
    }

    fn run(mut self) -> Build {
        if let Some(error) = self.unreadable() {
            self.build.errors.push((self.file, error));
            return self.build;
        }
        let parse = dockerfile::parse(self.sources.text(self.file));
        self.escape = parse.tree.escape;
        self.build.errors = parse.errors.into_iter().map(|error| (self.file, error)).collect();
        let platform = self.settings.platform.clone().unwrap_or_else(|| DEFAULT_PLATFORM.to_owned());
        self.global = platform_arguments(&platform);
        for instruction in &parse.tree.instructions {
            let too_many = (self.steps + self.build.stages.len() > MOST_STEPS).then_some(TOO_MANY_STEPS);
            if let Some(reason) = self.budget.beyond().or(too_many) {
                self.push(instruction, Action::Invalid(reason.to_owned()));
                break;
            }
            match &instruction.kind {
                InstructionKind::From { image, name } => {
                    self.begin_stage(instruction, image, name.as_ref(), &platform);
                }
                InstructionKind::Arg(pairs) if self.build.stages.is_empty() => {
                    for (name, default) in pairs {
                        let default = default.as_ref().map(|word| {
                            let global = self.global.clone();
                            self.expand(word, &|name| global.get(name).cloned())
                        });
                        let name = name.text.as_str().to_owned();
                        let value = self.declare(&name, default.flatten(), instruction.range);
                        if let Some(value) = value {
                            self.global.insert(name, value);
                        }
                    }
                }
                _ if self.build.stages.is_empty() => {}
                _ => self.push_step(instruction, instruction),
            }
        }
        self.build.target_stage = self.target_stage();
        order::sort_by_key(&mut self.build.errors, |(_, error)| (error.range.start(), error.range.end()));
        self.build
    }

    /// BuildKit reads a Dockerfile as UTF-8 and takes only that mark off its beginning; in another
    /// encoding of Unicode its first word is no instruction.
    fn unreadable(&self) -> Option<SyntaxError> {
        let file = self.sources.get(self.file)?;
        let encoding = match file.encoding {
            Encoding::Utf8 | Encoding::Utf8Bom | Encoding::Latin1 => return None,
            Encoding::Utf16Le | Encoding::Utf16Be => "UTF-16",
            Encoding::Utf32Le | Encoding::Utf32Be => "UTF-32",
        };
        let first = file.text.lines().next().unwrap_or("");
        let message = format!("The file is in {encoding}, and docker reads UTF-8 only: unknown instruction");
        Some(SyntaxError::new(range(0, first.len()), message).with_hint("Save it as UTF-8"))
    }

    fn target_stage(&self) -> usize {
        let last = self.build.stages.len().saturating_sub(1);
        let Some(wanted) = &self.settings.stage else { return last };
        self.stage_named(wanted)
            .or_else(|| wanted.parse().ok().filter(|index| *index < self.build.stages.len()))
            .unwrap_or(last)
    }

    /// The latest earlier stage of that name. BuildKit compares names in lower case.
    fn stage_named(&self, name: &str) -> Option<usize> {
        self.build
            .stages
            .iter()
            .rposition(|stage| stage.name.as_ref().is_some_and(|own| own.eq_ignore_ascii_case(name)))
    }

    fn location(&self, range: TextRange) -> Location {
        Location { file: self.file, range }
    }

    fn expand(&mut self, word: &Word, lookup: &dyn Fn(&str) -> Option<String>) -> Option<String> {
        match expand_word(&word.text, self.escape, lookup) {
            Ok(value) => self.budget.hold(2 * value.as_str().len()).ok().map(|()| value.as_str().to_owned()),
            Err(error) => {
                self.refuse(error);
                None
            }
        }
    }

    /// Keeps an error of the file's. A limit is none: the step says that it is not known.
    fn refuse(&mut self, error: SyntaxError) {
        if !error.is_limit() {
            self.build.errors.push((self.file, error));
        }
    }

    /// Expands in the scope of the last stage.
    fn expand_here(&mut self, word: &Word) -> Option<String> {
        let scope = self.scopes.last().cloned().unwrap_or_default();
        self.expand(word, &|name| scope.lookup(name))
    }

    /// Records an `ARG` and gives the value it has from here on.
    fn declare(&mut self, name: &str, default: Option<String>, range: TextRange) -> Option<String> {
        let given = self.settings.args.get(name).cloned();
        let value = given.clone().or(default);
        if !self.build.args.iter().any(|known| known.name == name) {
            self.build.args.push(BuildArg {
                name: name.to_owned(),
                value: value.clone(),
                given: given.is_some(),
                location: self.location(range),
            });
        }
        value
    }

    /// Why a variable of a `FROM` has no value, and what to do.
    fn no_value(&self, name: &str) -> String {
        match self.build.args.iter().find(|arg| arg.name == name) {
            Some(arg) if arg.value.is_none() => {
                arg.without_value(self.sources.line_column(arg.location).line)
            }
            Some(arg) => {
                let line = self.sources.line_column(arg.location).line;
                format!(
                    "{name} has no value: ARG {name} in line {line} stands behind the first FROM; write it before"
                )
            }
            None => format!("{name} has no value: no ARG {name} stands before the first FROM"),
        }
    }

    fn begin_stage(&mut self, from: &Instruction, image: &Word, name: Option<&Word>, platform: &str) {
        let global = self.global.clone();
        let lookup = |name: &str| global.get(name).cloned();
        let unset = unset_variable(image, &global);
        let base_text = self.expand(image, &lookup);
        let own_platform = flag(from, "platform")
            .and_then(|flag| flag.value.as_ref())
            .and_then(|word| self.expand(word, &lookup))
            .filter(|value| !value.is_empty());
        let base = match base_text.as_deref() {
            None => Base::Unknown("the base image could not be read".to_owned()),
            Some("") => match &unset {
                Some(variable) => {
                    Base::Unknown(format!("the base image is not named: {}", self.no_value(variable)))
                }
                None => Base::Unknown("FROM names no image".to_owned()),
            },
            Some("scratch") => Base::Scratch,
            Some(text) => match (self.stage_named(text), &unset) {
                (Some(stage), _) => Base::Stage(stage),
                (None, Some(variable)) => {
                    Base::Unknown(format!("the base image is named in part: {}", self.no_value(variable)))
                }
                (None, None) => Base::Image(text.to_owned()),
            },
        };
        let mut scope = match &base {
            Base::Stage(stage) => self.scopes.get(*stage).cloned().unwrap_or_default(),
            Base::Image(image) => Scope { environment: image_variables(image), ..Scope::default() },
            _ => Scope::default(),
        };
        if let Some(own) = own_platform {
            scope.platform = own;
        } else if scope.platform.is_empty() {
            scope.platform = platform.to_owned();
        }
        if matches!(base, Base::Unknown(_)) {
            scope.environment = image_variables("");
        }
        let triggers = std::mem::take(&mut scope.triggers);
        let index = self.build.stages.len();
        self.build.stages.push(Stage {
            index,
            name: name.map(|word| word.text.as_str().to_owned()).filter(|name| !name.is_empty()),
            base,
            base_text: base_text.unwrap_or_else(|| image.text.as_str().to_owned()),
            platform: scope.platform.clone(),
            steps: Vec::new(),
            location: self.location(from.range),
        });
        self.scopes.push(scope);
        for trigger in &triggers {
            self.push_step(trigger, trigger);
        }
    }

    fn push_step(&mut self, instruction: &Instruction, place: &Instruction) {
        let action = self.action(instruction);
        self.push(place, action);
    }

    fn push(&mut self, place: &Instruction, action: Action) {
        self.steps += 1;
        let location = self.location(place.range);
        let line = self.sources.line_column(self.location(place.keyword_range)).line;
        if let Some(stage) = self.build.stages.last_mut() {
            stage.steps.push(Step {
                index: stage.steps.len(),
                line,
                instruction: place.keyword.to_ascii_uppercase(),
                location,
                action,
            });
        }
    }

    fn action(&mut self, instruction: &Instruction) -> Action {
        if !instruction.valid {
            return Action::Invalid("this instruction cannot be read".to_owned());
        }
        match &instruction.kind {
            InstructionKind::Run(form) => self.run_action(instruction, form),
            InstructionKind::Copy { sources, destination } => {
                self.transfer(instruction, sources, destination).map_or_else(invalid_word, Action::Copy)
            }
            InstructionKind::Add { sources, destination } => {
                self.transfer(instruction, sources, destination).map_or_else(invalid_word, Action::Add)
            }
            InstructionKind::Env(pairs) => {
                // "variable substitution will use the same value for each variable throughout the
                // entire instruction" (Dockerfile reference).
                let mut values = Vec::new();
                for pair in pairs {
                    let (Some(key), Some(value)) =
                        (self.expand_here(&pair.key), self.expand_here(&pair.value))
                    else {
                        return invalid_word();
                    };
                    values.push((key, value));
                }
                if let Some(scope) = self.scopes.last_mut() {
                    scope.environment.extend(values.iter().cloned());
                }
                Action::Env(values)
            }
            InstructionKind::Arg(pairs) => {
                let mut values = Vec::new();
                for (name, default) in pairs {
                    let name = name.text.as_str().to_owned();
                    let default = match default {
                        Some(word) => self.expand_here(word),
                        None => self.global.get(&name).cloned(),
                    };
                    let value = self.declare(&name, default, instruction.range);
                    if let (Some(scope), Some(value)) = (self.scopes.last_mut(), &value) {
                        scope.arguments.insert(name.clone(), value.clone());
                    }
                    values.push((name, value));
                }
                Action::Arg(values)
            }
            InstructionKind::Workdir(path) => {
                self.expand_here(path).map_or_else(invalid_word, Action::Workdir)
            }
            InstructionKind::User(user) => self.expand_here(user).map_or_else(invalid_word, Action::User),
            InstructionKind::Shell(words) => {
                Action::Shell(words.iter().map(|word| word.text.as_str().to_owned()).collect())
            }
            InstructionKind::Onbuild(inner) => {
                if let Some(scope) = self.scopes.last_mut() {
                    scope.triggers.push((**inner).clone());
                }
                Action::Nothing
            }
            InstructionKind::Invalid => Action::Invalid("this instruction cannot be read".to_owned()),
            InstructionKind::From { .. }
            | InstructionKind::Cmd(_)
            | InstructionKind::Entrypoint(_)
            | InstructionKind::Label(_)
            | InstructionKind::Other(_) => Action::Nothing,
        }
    }

    fn run_action(&mut self, instruction: &Instruction, form: &CommandForm) -> Action {
        let mounts = instruction
            .flags
            .iter()
            .filter(|flag| flag.name == "mount")
            .filter_map(|flag| self.mount(flag))
            .collect();
        let network = flag(instruction, "network").and_then(|flag| flag.value.as_ref());
        let offline = network.is_some_and(|word| word.text.as_str() == "none");
        let form = match form {
            CommandForm::Exec(words) => RunForm::Exec(
                words.iter().map(|word| (word.text.as_str().to_owned(), self.location(word.range))).collect(),
            ),
            CommandForm::Shell => shell_form(instruction),
        };
        Action::Run { form, mounts, offline }
    }

    /// `--mount=type=bind,from=builder,source=/wheels,target=/wheels`.
    fn mount(&mut self, flag: &Flag) -> Option<Mount> {
        let text = self.expand_here(flag.value.as_ref()?)?;
        let mut mount = Mount {
            kind: MountKind::Bind,
            target: String::new(),
            from: None,
            source: String::new(),
            writable: false,
            location: self.location(flag.range),
        };
        for field in text.split(',') {
            let field = field.trim_matches('"');
            let (key, value) = field.split_once('=').unwrap_or((field, ""));
            match key.trim().to_ascii_lowercase().as_str() {
                "type" => {
                    mount.kind = match value {
                        "cache" => MountKind::Cache,
                        "tmpfs" => MountKind::Tmpfs,
                        "secret" | "ssh" => MountKind::Secret,
                        _ => MountKind::Bind,
                    }
                }
                "target" | "dst" | "destination" => mount.target = value.to_owned(),
                "source" | "src" => mount.source = value.to_owned(),
                "from" => mount.from = Some(self.copy_source(value)),
                "rw" | "readwrite" => mount.writable = value != "false",
                _ => {}
            }
        }
        Some(mount)
    }

    /// A stage by name or number, else an image.
    fn copy_source(&self, text: &str) -> CopySource {
        // The stage that is being described is not yet there to be copied from.
        let earlier = self.build.stages.len().saturating_sub(1);
        if let Some(stage) = self.stage_named(text).filter(|stage| *stage < earlier) {
            return CopySource::Stage(stage);
        }
        match text.parse::<usize>() {
            Ok(index) if index < earlier => CopySource::Stage(index),
            Ok(index) => CopySource::Unknown(format!("there is no earlier stage {index}")),
            Err(_) if text.is_empty() => CopySource::Unknown("the stage to copy from has no name".to_owned()),
            Err(_) => CopySource::Image(text.to_owned()),
        }
    }

    fn transfer(
        &mut self,
        instruction: &Instruction,
        sources: &[Word],
        destination: &Word,
    ) -> Option<Transfer> {
        let from = match flag(instruction, "from").and_then(|flag| flag.value.as_ref()) {
            Some(word) => {
                let text = self.expand_here(word)?;
                Some(self.copy_source(&text))
            }
            None => None,
        };
        let mut here_files = Vec::new();
        let mut paths = Vec::new();
        let mut heredocs = instruction.heredocs.iter();
        for word in sources {
            if word.text.as_str().starts_with("<<") {
                if let Some(heredoc) = heredocs.next() {
                    here_files.push(self.here_file(heredoc)?);
                }
                continue;
            }
            paths.push((self.expand_here(word)?, self.location(word.range)));
        }
        let mut exclude = Vec::new();
        for flag in instruction.flags.iter().filter(|flag| flag.name == "exclude") {
            exclude.extend(flag.value.as_ref().and_then(|word| self.expand_here(word)));
        }
        let parents = flag(instruction, "parents")
            .is_some_and(|flag| flag.value.as_ref().is_none_or(|word| word.text.as_str() != "false"));
        let chown = match flag(instruction, "chown").and_then(|flag| flag.value.as_ref()) {
            Some(word) => self.expand_here(word),
            None => None,
        };
        let destination = self.expand_here(destination)?;
        Some(Transfer { from, sources: paths, here_files, destination, parents, exclude, chown })
    }

    fn here_file(&mut self, heredoc: &Heredoc) -> Option<HereFile> {
        let mut content = body_of(heredoc);
        if heredoc.expand {
            let scope = self.scopes.last().cloned().unwrap_or_default();
            match expand_heredoc(&content, &|name| scope.lookup(name)) {
                Ok(expanded) => content = expanded,
                Err(error) => {
                    self.refuse(error);
                    return None;
                }
            }
        }
        Some(HereFile { name: heredoc.name.clone(), content })
    }
}

fn invalid_word() -> Action {
    Action::Invalid("a variable in this instruction cannot be expanded".to_owned())
}

fn flag<'a>(instruction: &'a Instruction, name: &str) -> Option<&'a Flag> {
    instruction.flags.iter().find(|flag| flag.name == name)
}

/// The first variable of a word that has neither a value nor a default.
fn unset_variable(word: &Word, known: &Variables) -> Option<String> {
    let text = word.text.as_str();
    text.match_indices('$').find_map(|(at, _)| {
        let rest = text.get(at + 1..)?;
        let braced = rest.strip_prefix('{');
        let rest = braced.unwrap_or(rest);
        let end = rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(rest.len());
        let name = rest.get(..end)?;
        let plain = braced.is_none() || rest.get(end..).is_some_and(|rest| rest.starts_with('}'));
        (plain && !name.is_empty() && !known.contains_key(name)).then(|| name.to_owned())
    })
}

/// The variables that `docker build` predefines for `FROM` and, once declared, for stages.
fn platform_arguments(platform: &str) -> Variables {
    let mut parts = platform.splitn(3, '/');
    let (os, machine) = (parts.next().unwrap_or("linux"), parts.next().unwrap_or("amd64"));
    let variant = parts.next().unwrap_or("");
    let mut variables = SortedMap::new();
    for kind in ["BUILD", "TARGET"] {
        let mut set = |name: &str, value: &str| variables.insert(format!("{kind}{name}"), value.to_owned());
        set("PLATFORM", platform);
        set("OS", os);
        set("ARCH", machine);
        set("VARIANT", variant);
    }
    variables
}

/// `ENV` of an image. One that is not known has at least the `PATH` that BuildKit sets.
fn image_variables(reference: &str) -> Variables {
    let mut variables: Variables = describe(reference).variables.into_iter().collect();
    variables.entry("PATH".to_owned()).or_insert_with(|| DEFAULT_PATH.to_owned());
    variables
}

/// What the shell reads for `RUN` in shell form.
///
/// BuildKit: a heredoc alone on the line is the script itself, run by the interpreter of its
/// `#!` line if it has one; otherwise the shell gets the line and all heredocs as they stand.
fn shell_form(instruction: &Instruction) -> RunForm {
    let line = instruction.body.as_str().trim();
    if let [heredoc] = instruction.heredocs.as_slice()
        && is_redirection_alone(line, heredoc)
    {
        let script = body_of(heredoc);
        let first = script.as_str().lines().next().unwrap_or("");
        let interpreter = first.strip_prefix("#!").map(|program| program.trim().to_owned());
        return RunForm::Shell { script, interpreter };
    }
    let mut script = instruction.body.clone();
    for heredoc in &instruction.heredocs {
        let end: usize = heredoc.body_range.end().into();
        script.push_substitute("\n", range(end, end));
        script.push_verbatim(&heredoc.body, heredoc.body_range.start().into());
        script.push_substitute(&heredoc.name, range(end, end));
    }
    RunForm::Shell { script, interpreter: None }
}

/// The whole line is `<<EOF`, `<<-EOF`, `<<"EOF"`.
fn is_redirection_alone(line: &str, heredoc: &Heredoc) -> bool {
    let Some(rest) = line.strip_prefix("<<") else { return false };
    let rest = rest.strip_prefix('-').unwrap_or(rest);
    rest.replace(['"', '\'', '\\'], "") == heredoc.name
}

/// A heredoc's text; `<<-` takes the tabs off its lines.
fn body_of(heredoc: &Heredoc) -> Mapped {
    let start: usize = heredoc.body_range.start().into();
    if !heredoc.chomp {
        return Mapped::verbatim(&heredoc.body, start);
    }
    let mut body = Mapped::default();
    let mut at = start;
    for line in heredoc.body.split_inclusive('\n') {
        let cut = line.trim_start_matches('\t');
        body.push_verbatim(cut, at + line.len() - cut.len());
        at += line.len();
    }
    body
}
