//! A build, run for real and run by the simulator, and what the two end in.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt, fs, io,
    path::{Path, PathBuf},
    sync::Arc,
};

use serde_json::Value;
use wheelstage::{
    index::{Catalogue, Index, IndexUrl, parse_file_name},
    model::{Action, Base, Build, CopySource, RunForm, Settings, Stage, Transfer, lower},
    simulate::{Certainty, Content, Simulation},
    text::Sources,
};

use crate::{
    sandbox::{Machine, copy_entry, copy_tree},
    stubs,
};

/// A build context with its packages.
#[derive(Debug, Clone)]
pub(crate) struct Case {
    /// Its files. In the Dockerfile, `FROM base` is a Python image of this machine's version.
    pub(crate) files: Vec<(String, String)>,
    /// The public index, in the form of `--catalogue`.
    pub(crate) index: Value,
    /// Further indexes, by the name they are written with: `https://wheels.example/cu124`.
    pub(crate) further: Vec<(String, Value)>,
    /// The pip of the base image.
    pub(crate) pip: String,
}

/// What a build ends in.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Outcome {
    /// One for each stage.
    pub(crate) stages: Vec<StageOutcome>,
}

/// What a stage ends in.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct StageOutcome {
    /// Of each `RUN`, by the index of its step; `None` for one that is not reached.
    pub(crate) exits: BTreeMap<usize, Option<i32>>,
    /// Wheels and sdists, by path.
    pub(crate) files: BTreeSet<String>,
    /// Versions by environment and project. pip, setuptools and wheel are the image's.
    pub(crate) packages: BTreeMap<String, BTreeMap<String, BTreeSet<String>>>,
}

/// What the base image brings, which no case is about.
const OF_THE_IMAGE: [&str; 3] = ["pip", "setuptools", "wheel"];

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, stage) in self.stages.iter().enumerate() {
            writeln!(f, "stage {index}")?;
            for (step, exit) in &stage.exits {
                let exit = exit.map_or_else(|| "not reached".to_owned(), |code| format!("exit {code}"));
                writeln!(f, "  step {step}: {exit}")?;
            }
            for file in &stage.files {
                writeln!(f, "  {file}")?;
            }
            for (environment, packages) in &stage.packages {
                let list: Vec<String> = packages
                    .iter()
                    .map(|(name, versions)| {
                        format!("{name} {}", versions.iter().cloned().collect::<Vec<_>>().join("|"))
                    })
                    .collect();
                writeln!(f, "  {environment}: {}", list.join(", "))?;
            }
        }
        Ok(())
    }
}

impl Case {
    /// The Dockerfile and other files, with the base image's name put in.
    pub(crate) fn sources(&self, machine: &Machine) -> Sources {
        let image = format!("FROM python:{}-slim", machine.python_version);
        Sources::from_texts(
            self.files.iter().map(|(path, text)| (path.clone(), text.replace("FROM base", &image))),
        )
    }

    /// The pip of the base image, said by the person.
    pub(crate) fn settings(&self) -> Settings {
        Settings { pip: Some(self.pip.clone()), ..Settings::default() }
    }

    /// What is known about packages: the case's indexes and nothing else.
    pub(crate) fn knowledge(&self) -> Arc<Index> {
        let mut catalogue = Catalogue::default();
        let all = self.further.iter().map(|(url, index)| (IndexUrl::new(url), index));
        for (url, index) in all.chain([(IndexUrl::pypi(), &self.index)]) {
            let text = serde_json::json!({ "index": index }).to_string();
            let recorded = Catalogue::from_json(&text).expect("a case's index has the form of a catalogue");
            for name in recorded.names() {
                if let wheelstage::index::Lookup::Known(project) = recorded.project(&IndexUrl::pypi(), &name)
                {
                    catalogue.insert_project(url.clone(), (*project).clone());
                }
            }
        }
        Arc::new(Index { catalogue: Arc::new(catalogue), ..Index::default() })
    }

    /// What the simulator says the build ends in.
    pub(crate) fn simulated(&self, machine: &Machine) -> Outcome {
        let (sources, settings) = (self.sources(machine), self.settings());
        let build = lower(&sources, &settings);
        let simulation = wheelstage::simulate::simulate(&build, &sources, &self.knowledge(), &settings);
        outcome_of(&build, &simulation)
    }

    /// Runs the build for real below `folder`. The second value is what the commands printed.
    pub(crate) fn run(&self, machine: &Machine, folder: &Path) -> io::Result<(Outcome, String)> {
        let index = folder.join("index");
        stubs::write_index(&self.index, &index.join("pypi"))?;
        for (number, (_, further)) in self.further.iter().enumerate() {
            stubs::write_index(further, &index.join(format!("further{number}")))?;
        }
        let context = folder.join("context");
        for (path, text) in &self.files {
            let path = context.join(path);
            fs::create_dir_all(path.parent().unwrap_or(&context))?;
            fs::write(path, text)?;
        }
        let build = lower(&self.sources(machine), &self.settings());
        let mut run = Run { case: self, machine, folder, log: String::new(), failed: Vec::new() };
        let mut outcome = Outcome::default();
        for stage in &build.stages {
            outcome.stages.push(run.stage(&build, stage)?);
        }
        Ok((outcome, run.log))
    }
}

struct Run<'a> {
    case: &'a Case,
    machine: &'a Machine,
    folder: &'a Path,
    log: String,
    /// By stage.
    failed: Vec<bool>,
}

/// What instructions before it leave for a `RUN`.
#[derive(Clone)]
struct Surroundings {
    variables: BTreeMap<String, String>,
    folder: String,
    shell: Vec<String>,
}

impl Run<'_> {
    fn root(&self, stage: usize) -> PathBuf {
        self.folder.join(format!("stage{stage}"))
    }

    fn stage(&mut self, build: &Build, stage: &Stage) -> io::Result<StageOutcome> {
        let root = self.root(stage.index);
        let mut failed = false;
        match stage.base {
            Base::Stage(base) => {
                copy_tree(&self.root(base), &root)?;
                failed = self.failed[base];
            }
            _ => self.machine.root(&self.case.pip, &root)?,
        }
        let mut around = Surroundings {
            variables: inherited(build, stage),
            folder: "/".to_owned(),
            shell: vec!["/bin/sh".to_owned(), "-c".to_owned()],
        };
        let mut outcome = StageOutcome::default();
        for step in &stage.steps {
            match &step.action {
                Action::Env(pairs) => around.variables.extend(pairs.iter().cloned()),
                Action::Arg(pairs) => {
                    for (name, value) in pairs {
                        if let Some(value) = value {
                            around.variables.entry(name.clone()).or_insert_with(|| value.clone());
                        }
                    }
                }
                Action::Workdir(path) => {
                    around.folder = absolute(&around.folder, path);
                    fs::create_dir_all(inside(&root, &around.folder))?;
                }
                Action::Shell(words) => around.shell = words.clone(),
                Action::Copy(transfer) | Action::Add(transfer) if !failed => {
                    failed = self.copy(transfer, &root, &around.folder).is_err();
                }
                Action::Run { form, .. } => {
                    let exit = if failed { None } else { Some(self.command(form, &root, &around)?) };
                    failed |= exit != Some(0);
                    outcome.exits.insert(step.index, exit);
                }
                _ => {}
            }
        }
        self.failed.push(failed);
        collect(&root, &root, &mut outcome)?;
        Ok(outcome)
    }

    fn command(&mut self, form: &RunForm, root: &Path, around: &Surroundings) -> io::Result<i32> {
        let mut command = self.machine.enter(root, &self.folder.join("index"));
        for (name, value) in &around.variables {
            command.args(["--setenv", name, &self.local(value)]);
        }
        command.args(["--chdir", &around.folder]);
        match form {
            RunForm::Exec(words) => {
                command.args(words.iter().map(|(word, _)| self.local(word)));
            }
            RunForm::Shell { script, .. } => {
                let text = script.as_str();
                command.args(&around.shell).arg(self.local(text));
            }
        }
        let output = command.output()?;
        let said = [output.stdout, output.stderr].concat();
        self.log.push_str(&String::from_utf8_lossy(&said));
        Ok(output.status.code().unwrap_or(-1))
    }

    /// With the addresses of further indexes leading to their folders.
    fn local(&self, text: &str) -> String {
        self.case.further.iter().enumerate().fold(text.to_owned(), |text, (number, (url, _))| {
            text.replace(url.as_str(), &format!("file:///index/further{number}"))
        })
    }

    fn copy(&self, transfer: &Transfer, root: &Path, folder: &str) -> io::Result<()> {
        let from = match transfer.from {
            None => self.folder.join("context"),
            Some(CopySource::Stage(stage)) if self.failed[stage] => {
                return Err(io::Error::other("the stage it copies from failed"));
            }
            Some(CopySource::Stage(stage)) => self.root(stage),
            _ => return Err(io::Error::other("images are not replayed")),
        };
        let mut sources = Vec::new();
        for (pattern, _) in &transfer.sources {
            let pattern = inside(&from, &absolute("/", pattern));
            let found = glob::glob(&pattern.to_string_lossy()).map_err(io::Error::other)?;
            let before = sources.len();
            sources.extend(found.filter_map(Result::ok));
            if sources.len() == before {
                return Err(io::Error::other(format!("{} is not there", pattern.display())));
            }
        }
        let destination = inside(root, &absolute(folder, &transfer.destination));
        let into_folder = transfer.destination.ends_with('/')
            || transfer.destination.ends_with("/.")
            || transfer.destination == "."
            || sources.len() > 1
            || destination.is_dir();
        for source in sources {
            if source.is_dir() {
                copy_tree(&source, &destination)?;
            } else if into_folder {
                fs::create_dir_all(&destination)?;
                copy_entry(&source, &destination.join(source.file_name().unwrap_or_default()))?;
            } else {
                fs::create_dir_all(destination.parent().unwrap_or(root))?;
                copy_entry(&source, &destination)?;
            }
        }
        Ok(())
    }
}

/// Variables that the stages below leave.
fn inherited(build: &Build, stage: &Stage) -> BTreeMap<String, String> {
    let Base::Stage(base) = stage.base else { return BTreeMap::new() };
    let Some(base) = build.stages.get(base) else { return BTreeMap::new() };
    let mut variables = inherited(build, base);
    for step in &base.steps {
        if let Action::Env(pairs) = &step.action {
            variables.extend(pairs.iter().cloned());
        }
    }
    variables
}

/// `path` against `folder`, without `.` and `..`.
fn absolute(folder: &str, path: &str) -> String {
    let joined = if path.starts_with('/') { path.to_owned() } else { format!("{folder}/{path}") };
    let mut parts: Vec<&str> = Vec::new();
    for part in joined.split('/') {
        match part {
            "" | "." => {}
            ".." => drop(parts.pop()),
            _ => parts.push(part),
        }
    }
    format!("/{}", parts.join("/"))
}

fn inside(root: &Path, absolute: &str) -> PathBuf {
    root.join(absolute.trim_start_matches('/'))
}

/// Wheels, sdists and installed packages below `folder`.
fn collect(root: &Path, folder: &Path, outcome: &mut StageOutcome) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let absolute = format!("/{}", path.strip_prefix(root).map_err(io::Error::other)?.display());
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let kind = fs::symlink_metadata(&path)?.file_type();
        if kind.is_dir() {
            if let Some((project, version)) =
                name.strip_suffix(".dist-info").and_then(|stem| stem.split_once('-'))
            {
                record(outcome, &absolute, project, version);
            } else if !["/proc", "/dev", "/index"].contains(&absolute.as_str()) {
                collect(root, &path, outcome)?;
            }
        } else if kind.is_file() && parse_file_name(&name).is_some() {
            outcome.files.insert(absolute);
        }
    }
    Ok(())
}

fn record(outcome: &mut StageOutcome, dist_info: &str, project: &str, version: &str) {
    let project = project.to_lowercase().replace(['_', '.'], "-");
    if OF_THE_IMAGE.contains(&project.as_str()) {
        return;
    }
    let site = dist_info.rsplit_once('/').map_or("", |(site, _)| site);
    let root = site.strip_suffix("/site-packages").and_then(|lib| lib.rsplit_once("/lib/python"));
    let environment = root.map_or(site, |(root, _)| root).to_owned();
    let version = version.to_owned();
    outcome.packages.entry(environment).or_default().entry(project).or_default().insert(version);
}

/// What a simulation ends in. What it does not claim to know stands as a project of its own, so
/// that it never agrees with anything.
fn outcome_of(build: &Build, simulation: &Simulation) -> Outcome {
    let mut outcome = Outcome::default();
    for (stage, run) in build.stages.iter().zip(&simulation.stages) {
        let mut ends = StageOutcome::default();
        for (step, step_run) in stage.steps.iter().zip(&run.steps) {
            if matches!(step.action, Action::Run { .. }) {
                let exit = if step_run.reached { step_run.exit_code.or(Some(UNKNOWN)) } else { None };
                ends.exits.insert(step.index, exit);
            }
        }
        let end = run.steps.last().map_or(&run.start, |step| &step.after);
        for (path, entry) in &end.files.entries {
            if matches!(entry.content, Content::Artifact { .. }) {
                ends.files.insert(path.clone());
            }
        }
        for (root, environment) in &end.environments {
            let packages =
                environment.packages.iter().filter(|(project, _)| !OF_THE_IMAGE.contains(&project.as_str()));
            for (project, installed) in packages {
                let versions = installed.iter().map(|package| package.version.to_string()).collect();
                let packages = ends.packages.entry(root.clone()).or_default();
                packages.insert(project.to_string(), versions);
            }
            if environment.certainty != Certainty::Certain {
                let packages = ends.packages.entry(root.clone()).or_default();
                packages.insert("not known".to_owned(), BTreeSet::new());
            }
        }
        outcome.stages.push(ends);
    }
    outcome
}

/// Stands for an exit code that the simulator does not claim to know.
const UNKNOWN: i32 = i32::MIN;
