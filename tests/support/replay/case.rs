//! A build, run for real and run by the simulator, and what the two end in.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt, fs, io,
    path::{Path, PathBuf},
    sync::Arc,
};

use wheelstage::{
    findings::{Analysis, analyze},
    index::{Catalogue, Index, IndexUrl, Lookup, parse_file_name},
    model::{Action, Base, Build, CopySource, Mount, MountKind, RunForm, Settings, Stage, Transfer},
    pep508::ProjectName,
    simulate::{Certainty, Content, Simulation},
    text::{SourceFile, Sources},
};

use super::{
    index::index,
    sandbox::{Machine, copy_entry, copy_tree},
    stubs::{self, IndexFolder},
};

/// Files of a build, and what is known of packages. The Python of its images is this machine's.
#[derive(Debug, Clone)]
pub(crate) struct Case {
    /// The build context and the Dockerfile.
    pub(crate) sources: Sources,
    /// Everything that the replay's indexes have.
    pub(crate) index: Arc<Index>,
    /// Say the Python and the pip of the base image.
    pub(crate) settings: Settings,
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
    /// These files, with `FROM base` and every `FROM python:...` an official image of this machine's
    /// Python with this pip. A build that asks for several Pythons is not replayed truly.
    pub(crate) fn new(sources: &Sources, index: Arc<Index>, pip: &str, machine: &Machine) -> Self {
        let mut here = Sources::default();
        for (_, file) in sources.iter() {
            here = here.with_file(SourceFile::new(&file.path, on_this_machine(&file.text, machine)));
        }
        let settings = Settings { pip: Some(pip.to_owned()), ..Settings::default() };
        Self { sources: here, index, settings }
    }

    /// Files of a fixture: `-- path --` on a line of its own begins each. `index` and
    /// `index ADDRESS` are releases, see [`index`]; there are no others.
    pub(crate) fn fixture(text: &str, pip: &str, machine: &Machine) -> Self {
        let (mut files, mut catalogue) = (Vec::new(), Catalogue::default());
        catalogue.others_absent(IndexUrl::pypi());
        for part in text.split("\n-- ").map(|part| part.strip_prefix("-- ").unwrap_or(part)) {
            let Some((name, body)) = part.split_once(" --\n") else {
                assert!(part.trim().is_empty(), "text before the first file: {part}");
                continue;
            };
            match name.strip_prefix("index") {
                Some("") => add_releases(&mut catalogue, &IndexUrl::pypi(), body),
                Some(address) => {
                    let url = IndexUrl::new(address);
                    add_releases(&mut catalogue, &url, body);
                    catalogue.others_absent(url);
                }
                None => files.push((name.to_owned(), format!("{}\n", body.trim_end()))),
            }
        }
        let index = Index { catalogue: Arc::new(catalogue), ..Index::default() };
        Self::new(&Sources::from_texts(files), Arc::new(index), pip, machine)
    }

    /// What is made of the build.
    pub(crate) fn analysis(&self) -> Analysis {
        analyze(&self.sources, &self.index, &self.settings)
    }

    /// Runs the build for real and compares: the difference, with what the commands printed, is
    /// the error.
    pub(crate) fn replay(&self, machine: &Machine) -> Result<(), String> {
        self.printed(machine).map(drop)
    }

    /// The same, with what the commands printed where there is no difference.
    pub(crate) fn printed(&self, machine: &Machine) -> Result<String, String> {
        let folder = tempfile::tempdir_in(machine.scratch()).map_err(|error| error.to_string())?;
        let analysis = self.analysis();
        let (real, log) = self.run(&analysis, machine, folder.path()).map_err(|error| error.to_string())?;
        let simulated = outcome_of(&analysis.build, &analysis.simulation);
        if real == simulated {
            return Ok(log);
        }
        let files: String =
            self.sources.iter().map(|(_, file)| format!("-- {} --\n{}", file.path, file.text)).collect();
        let pip = self.settings.pip.as_deref().unwrap_or_default();
        Err(format!("pip {pip}\n{files}\n== real\n{real}\n== simulated\n{simulated}\n== printed\n{log}"))
    }

    /// The second value is what the commands printed.
    fn run(&self, analysis: &Analysis, machine: &Machine, folder: &Path) -> io::Result<(Outcome, String)> {
        let cache = machine.scratch().join("indexes-1");
        let (index, indexes) = stubs::indexes(&self.index, &machine.wheels, &cache)?;
        let mut run = Run { machine, folder, index, indexes, log: String::new(), failed: Vec::new() };
        let context = folder.join("context");
        for (_, file) in self.sources.iter() {
            let path = context.join(&file.path);
            fs::create_dir_all(path.parent().unwrap_or(&context))?;
            fs::write(path, run.local(&file.text))?;
        }
        let mut outcome = Outcome::default();
        for (stage, simulated) in analysis.build.stages.iter().zip(&analysis.simulation.stages) {
            let pip = simulated.start.environments.get("/usr/local").and_then(|environment| {
                let pip = environment.packages.get(&ProjectName::new("pip")?)?.first()?;
                Some(pip.version.to_string())
            });
            outcome.stages.push(run.stage(&analysis.build, stage, pip.as_deref())?);
        }
        Ok((outcome, run.log))
    }
}

/// `FROM base` and `FROM python:3.10-slim` become an image whose Python this machine has, with the
/// setuptools and wheel of [`Machine`]'s roots. Which pip it has is not documented: the settings say.
fn on_this_machine(text: &str, machine: &Machine) -> String {
    let here = format!("python:{}.4-slim", machine.python_version);
    text.split_inclusive('\n')
        .map(|line| {
            let mut words = line.split_whitespace();
            let image = words.find(|word| !word.eq_ignore_ascii_case("FROM") && !word.starts_with("--"));
            match image {
                Some(image)
                    if line.starts_with("FROM ") && (image == "base" || image.starts_with("python:")) =>
                {
                    line.replacen(image, &here, 1)
                }
                _ => line.to_owned(),
            }
        })
        .collect()
}

fn add_releases(catalogue: &mut Catalogue, url: &IndexUrl, lines: &str) {
    let text = serde_json::json!({ "index": index(lines) }).to_string();
    let recorded = Catalogue::from_json(&text).expect("releases written as text have the form of an index");
    for name in recorded.names() {
        if let Lookup::Known(project) = recorded.project(&IndexUrl::pypi(), &name) {
            catalogue.insert_project(url.clone(), (*project).clone());
        }
    }
}

struct Run<'a> {
    machine: &'a Machine,
    folder: &'a Path,
    index: PathBuf,
    indexes: Vec<IndexFolder>,
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

    fn stage(&mut self, build: &Build, stage: &Stage, pip: Option<&str>) -> io::Result<StageOutcome> {
        let root = self.root(stage.index);
        let mut failed = false;
        match stage.base {
            Base::Stage(base) => {
                copy_tree(&self.root(base), &root)?;
                failed = self.failed[base];
            }
            _ => {
                let pip = pip.ok_or_else(|| {
                    io::Error::other(format!("{} is no Python image that is replayed", stage.base_text))
                })?;
                self.machine.root(pip, &root)?;
            }
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
                Action::Run { form, mounts, .. } => {
                    failed |= mounts.iter().any(|mount| self.is_failed(mount.from.as_ref()));
                    let exit = if failed { None } else { Some(self.command(form, mounts, &root, &around)?) };
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

    /// The stage that is copied from, or mounted, came to no good end.
    fn is_failed(&self, source: Option<&CopySource>) -> bool {
        matches!(source, Some(CopySource::Stage(stage)) if self.failed[*stage])
    }

    /// Where a step's sources are on this machine.
    fn tree(&self, source: Option<&CopySource>) -> io::Result<PathBuf> {
        match source {
            None => Ok(self.folder.join("context")),
            Some(CopySource::Stage(stage)) => Ok(self.root(*stage)),
            Some(_) => Err(io::Error::other("images are not replayed")),
        }
    }

    fn command(
        &mut self,
        form: &RunForm,
        mounts: &[Mount],
        root: &Path,
        around: &Surroundings,
    ) -> io::Result<i32> {
        let mut command = self.machine.enter(root, &self.index);
        for mount in mounts.iter().filter(|mount| mount.kind == MountKind::Bind) {
            let source = inside(&self.tree(mount.from.as_ref())?, &absolute("/", &mount.source));
            command.arg("--ro-bind").arg(source).arg(absolute(&around.folder, &mount.target));
        }
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

    /// With the addresses of indexes leading to their folders, also behind a name and password.
    fn local(&self, text: &str) -> String {
        self.indexes.iter().fold(text.to_owned(), |text, index| {
            let folder = format!("file:///index/{}", index.name);
            let Some((scheme, place)) = index.url.as_str().split_once("://") else { return text };
            let text = text.replace(index.url.as_str(), &folder);
            let behind = format!("@{place}");
            let mut parts = text.split(&behind);
            let first = parts.next().unwrap_or_default().to_owned();
            parts.fold(first, |mut before, after| {
                match before.rfind(&format!("{scheme}://")) {
                    Some(start) => before.replace_range(start.., &folder),
                    None => before += &behind,
                }
                before + after
            })
        })
    }

    fn copy(&self, transfer: &Transfer, root: &Path, folder: &str) -> io::Result<()> {
        if self.is_failed(transfer.from.as_ref()) {
            return Err(io::Error::other("the stage it copies from failed"));
        }
        let from = self.tree(transfer.from.as_ref())?;
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
        for (path, entry) in end.files.entries.iter() {
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
