use crate::order::SortedMap;
use serde::{Deserialize, Serialize};

pub use crate::{
    findings::{PartyKind, Severity, Verdict},
    model::EnvironmentKind,
    patch::{Cost, FileChange, Hunk},
};

/// The version of the JSON's shape. Grows when a field changes its meaning or goes.
pub const SCHEMA: u32 = 1;

/// Everything there is to say about a build.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    /// [`SCHEMA`].
    pub schema: u32,
    /// Wheelstage's version.
    pub version: String,
    /// The catalogue's date, `2026-11-22`; `null` where only the person's facts were used.
    pub catalogue: Option<String>,
    /// The worst verdict of all findings; `compatible` where there is none.
    pub verdict: Verdict,
    /// One line in plain words: what it comes to, and why. Begins with `lead`.
    pub headline: String,
    /// The headline's first sentence: `Build fails at line 24.`
    #[serde(default)]
    pub lead: String,
    /// Worst first, then by place.
    pub findings: Vec<Finding>,
    /// The build's stages, in order.
    pub stages: Vec<Stage>,
    /// Verified fixes, best first. Empty until proposed.
    pub fixes: Vec<Fix>,
    /// What the build was simulated for.
    pub target: TargetView,
    /// Ranges of each project that has something to show: those of findings first, then those
    /// that several requirers ask for.
    pub projects: Vec<ProjectView>,
    /// Where wheels and installed packages were born, copied and died.
    pub timeline: Timeline,
    /// Projects whose facts are missing: fetching them and asking again would say more.
    pub missing: Vec<String>,
    /// Number of steps that are reached and not, or only partly, modelled.
    pub unmodelled: usize,
    /// How much is known, and why the rest is not.
    #[serde(default)]
    pub coverage: Coverage,
    /// What was asked from package indexes for it; `null` where nothing was to be asked.
    pub look_ups: Option<LookUps>,
}

/// How much of a build is known: of the stages that the target needs, and of the steps that are
/// reached.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Coverage {
    /// Steps that can change Python packages.
    pub steps: StepCoverage,
    /// Projects that are asked for or installed, without pip, setuptools and wheel.
    pub projects: ProjectCoverage,
    /// Commands that are taken to install nothing, each once, in the order of the build.
    pub assumed: Vec<AssumedCommand>,
    /// Calls that are given hashes, which are taken to be those of the published files.
    #[serde(default)]
    pub unchecked_hashes: usize,
    /// Why something is not known, each once, in the order of the build.
    pub causes: Vec<UnknownCause>,
}

/// Numbers of steps.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct StepCoverage {
    /// It is known what they do.
    pub known: usize,
    /// It is known but for commands that are taken to install nothing, and hashes that are taken to be
    /// those of the files.
    pub assumed: usize,
    /// It is not known what they do, or to which packages.
    pub unknown: usize,
}

impl StepCoverage {
    /// All of them.
    #[must_use]
    pub fn all(self) -> usize {
        self.known + self.assumed + self.unknown
    }
}

/// Numbers of projects.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct ProjectCoverage {
    /// It is known which version is picked or installed.
    pub known: usize,
    /// They are asked for, and it is not known what comes of it. What a step that is not known may
    /// ask for is not counted.
    pub unknown: usize,
}

impl ProjectCoverage {
    /// All of them.
    #[must_use]
    pub fn all(self) -> usize {
        self.known + self.unknown
    }
}

/// A command that is taken to install nothing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AssumedCommand {
    /// The program as it is called: `flask`.
    pub program: String,
    /// The words of the command.
    pub location: Option<Location>,
}

/// Why something is not known.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UnknownCause {
    /// A sentence.
    pub reason: String,
    /// Where it is met first.
    pub location: Option<Location>,
    /// Number of steps that it leaves unknown.
    pub steps: usize,
    /// The projects that it leaves unknown, normalised; empty where they cannot be told.
    pub projects: Vec<String>,
}

/// Questions to package indexes.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct LookUps {
    /// The day, in UTC, at whose end the indexes were looked at; `null` for now.
    #[serde(default)]
    pub as_of: Option<String>,
    /// The addresses of the indexes, without user and password.
    pub indexes: Vec<String>,
    /// The projects that were asked for, normalised.
    pub projects: Vec<String>,
    /// Requests that were sent; what was in the cache needs none.
    pub requests: u32,
    /// What could not be asked or read, and why, a sentence each.
    pub failures: Vec<String>,
}

/// Something wrong, or worth knowing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// A rule id of DESIGN section 2: `duplicate-wheels`.
    pub rule: String,
    /// `null` for advice.
    pub verdict: Option<Verdict>,
    /// How loud.
    pub severity: Severity,
    /// One or two plain sentences: what happens.
    pub message: String,
    /// Why, in short sentences, the shortest sufficient chain first; each with the place it
    /// speaks of.
    pub why: Vec<Sentence>,
    /// The project, normalised.
    pub project: Option<String>,
    /// Index of the stage.
    pub stage: Option<usize>,
    /// Index of the step in its stage.
    pub step: Option<usize>,
    /// Where to look first.
    pub location: Location,
    /// Other places that matter.
    pub related: Vec<Location>,
    /// Requirements without which the finding would go.
    pub guilty: Vec<Party>,
    /// Those pip would name all the same.
    pub innocent: Vec<Party>,
    /// What to do, in words, where no fix says it.
    pub hints: Vec<String>,
    /// Ids of the fixes that remove it, best first.
    pub fixes: Vec<String>,
}

/// A sentence and the place its subject stands at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sentence {
    /// Plain text.
    pub text: String,
    /// The subject's place, if it has one in a file.
    pub location: Option<Location>,
}

/// A place in a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Location {
    /// Path in the build context.
    pub file: String,
    /// First byte.
    pub start: usize,
    /// One past the last byte.
    pub end: usize,
    /// Line of `start`, from 1.
    pub line: u32,
    /// Column of `start` in characters, from 1.
    pub column: u32,
}

/// One who asks for something.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Party {
    /// What it is.
    pub kind: PartyKind,
    /// `chatterbox-tts 0.1.4`, `requirements.txt line 2`, `/wheels/numpy-2.2.6-...whl`.
    pub requirer: String,
    /// What it asks, as pip would write it; empty where nothing is asked.
    pub specifier: String,
    /// Its place, if it has one in a file. A package's place is that of the line that brought it.
    pub location: Option<Location>,
    /// Where the person states what this package asks for; `null` where they do not.
    pub stated: Option<Location>,
}

/// A stage after it was simulated.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stage {
    /// From 0.
    pub index: usize,
    /// After `AS`.
    pub name: Option<String>,
    /// What people call it: `stage builder`, `final stage`, `stage of line 5`.
    pub label: String,
    /// As written, variables expanded.
    pub base: String,
    /// The Python that `python` starts, `3.10`; `null` where not known.
    pub python: Option<String>,
    /// `linux/amd64`.
    pub platform: String,
    /// Its place: the `FROM` line.
    pub location: Option<Location>,
    /// One for each instruction after `FROM`.
    pub steps: Vec<Step>,
    /// At the end of the stage.
    pub environments: Vec<Environment>,
    /// Folders of wheels by path: what is there at the end, and what died on the way.
    pub wheelhouses: SortedMap<String, Vec<Wheel>>,
}

/// How much of a step is modelled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Modelled {
    /// All of it.
    Yes,
    /// What was skipped is named.
    Partly,
    /// Nothing.
    No,
}

/// One instruction of a stage.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    /// From 0, `FROM` not counted.
    pub index: usize,
    /// Its first line in the Dockerfile.
    pub line: u32,
    /// `RUN`.
    pub instruction: String,
    /// Its place.
    pub location: Option<Location>,
    /// How much of it.
    pub modelled: Modelled,
    /// What was skipped.
    pub not_modelled: Vec<Skipped>,
    /// False behind a step that fails: the build ends before it.
    #[serde(default = "reached")]
    pub reached: bool,
    /// `null` where not known, or not reached.
    pub exit_code: Option<i32>,
    /// Installers it calls, in order.
    pub calls: Vec<Call>,
}

/// Reports written before the field was there ran every step that they tell of.
fn reached() -> bool {
    true
}

/// What of a step was not modelled, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Skipped {
    /// The words.
    pub location: Option<Location>,
    /// Why, as a sentence.
    pub reason: String,
}

/// A call of an installer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Call {
    /// `pip`, `uv`, ...
    pub tool: String,
    /// `23.0.1`; `null` where not known.
    pub tool_version: Option<String>,
    /// The command as the shell hands it over.
    pub command: String,
    /// Root of the environment it changes; `null` for none.
    pub environment: Option<String>,
    /// `null` where not known.
    pub exit_code: Option<i32>,
    /// Its place.
    pub location: Option<Location>,
    /// What it picked: project to version.
    pub picked: SortedMap<String, String>,
    /// What pip would print of it when it fails: its own words, in short.
    pub message: Option<String>,
}

/// An environment at the end of a stage.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Environment {
    /// Its root: `/usr/local`, `/opt/venv`.
    pub path: String,
    /// What it is.
    pub kind: EnvironmentKind,
    /// `3.10`; `null` where not known.
    pub python: Option<String>,
    /// Versions by project; two where a merged copy left both.
    pub packages: SortedMap<String, Vec<String>>,
    /// The packages that steps of the build installed, by project. Only of the build as it is: the
    /// stages after a fix have none.
    #[serde(default)]
    pub installed: Vec<Package>,
    /// False where something not modelled may have changed it.
    pub certain: bool,
}

/// A package that a step installed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Package {
    /// Normalised.
    pub project: String,
    /// Its version.
    pub version: String,
    /// Who asked for it, as pip's messages would name them: `torch 2.6.0 (numpy<3)`; the project
    /// itself where it was asked for by name.
    pub requested_by: Vec<String>,
    /// The words that asked for it.
    pub location: Option<Location>,
    /// Index of the stage whose step installed it.
    pub stage: usize,
    /// Its line in `pip freeze`.
    pub frozen: String,
}

/// A wheel (or sdist) in a folder.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Wheel {
    /// Its name, without folder.
    pub file: String,
    /// Normalised.
    pub project: String,
    /// Its version.
    pub version: String,
    /// Where it came from.
    pub born: Born,
    /// Where it went, if it did.
    pub died: Option<Died>,
}

/// Where a wheel came from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Born {
    /// The stage it was first made in.
    pub stage: usize,
    /// The step in that stage.
    pub step: usize,
    /// Index of the call in that step; `null` for a copied context file.
    pub call: Option<usize>,
    /// Who asked for it: `chatterbox-tts 0.1.4 (numpy<1.26.0,>=1.24.0)`.
    pub requested_by: Vec<String>,
}

/// Where a wheel went.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Died {
    /// The step of the stage it lay in.
    pub step: usize,
}

/// A verified fix.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fix {
    /// Unique in a report: the strategy's id, numbered where it is there more than once.
    pub id: String,
    /// A strategy id of DESIGN section 2: `install-by-name`.
    pub strategy: String,
    /// What it does, in a few words.
    pub title: String,
    /// One sentence: why it works.
    pub why: String,
    /// A unified diff that `git apply` and `patch -p1` take.
    pub diff: String,
    /// Applied, parsed and simulated again: the finding is gone and none was added. Always true: what
    /// could not be checked is not among the fixes.
    pub verified: bool,
    /// The whole files.
    pub files: Vec<FileChange>,
    /// Why, for each hunk of the diff, in order.
    pub hunks: Vec<Hunk>,
    /// What it costs.
    pub cost: Cost,
    /// The stages of the corrected build.
    pub stages_after: Vec<Stage>,
    /// Verdict of the corrected build.
    pub verdict_after: Verdict,
    /// Indexes of the findings it removes.
    pub removes: Vec<usize>,
}

/// What the build was simulated for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TargetView {
    /// `3.10`.
    pub python: Setting,
    /// `linux/amd64`.
    pub platform: Setting,
    /// `23.0.1`.
    pub pip: Setting,
    /// The target stage's name or number.
    pub stage: Setting,
    /// Build arguments: those the Dockerfile declares, and their values.
    pub args: SortedMap<String, Setting>,
}

/// A value and who said so.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Setting {
    /// Empty where not known.
    pub value: String,
    /// Who said so.
    pub source: SettingSource,
}

/// Who said what a setting is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SettingSource {
    /// The Dockerfile, or the image it names.
    Dockerfile,
    /// The person, in the page or on the command line.
    Person,
    /// Nobody.
    Default,
}

/// All about one project's ranges, for the drawing and its table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProjectView {
    /// Normalised.
    pub project: String,
    /// Verdict on this project: the worst of its findings; where it has none, `unknown` if it is not
    /// known what comes of it, else `compatible`.
    pub verdict: Verdict,
    /// A row for each requirer, in the order of the build.
    pub rows: Vec<RangeRow>,
    /// Where all rows meet, as a person would write it; `null` where they do not.
    pub overlap: Option<String>,
    /// The overlap's intervals; empty where there is none.
    pub overlap_intervals: Vec<Interval>,
    /// Releases known, ascending.
    pub releases: Vec<ReleaseTick>,
    /// What each run picked.
    pub picks: Vec<Pick>,
    /// One or two sentences that say what to see.
    pub sentence: String,
}

/// One requirer's range.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RangeRow {
    /// Who asks.
    pub party: Party,
    /// Guilty of a finding.
    pub guilty: bool,
    /// The range, ascending and disjoint.
    pub intervals: Vec<Interval>,
    /// Versions taken out by `!=`.
    pub excluded: Vec<String>,
    /// Where the specifier is written in a file, empty where there is none: what to change to pin it.
    #[serde(default)]
    pub specifier_at: Option<Location>,
    /// Where the version of its lower bound is written in a file: what to change to move the bound.
    #[serde(default)]
    pub lower_at: Option<Location>,
    /// Where the version of its upper bound is written.
    #[serde(default)]
    pub upper_at: Option<Location>,
    /// Stage in which it counts.
    pub stage: Option<usize>,
    /// Step in which it counts.
    pub step: Option<usize>,
}

/// An interval of versions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Interval {
    /// `None`: no lower bound.
    pub lower: Option<Bound>,
    /// `None`: no upper bound.
    pub upper: Option<Bound>,
}

/// An end of an interval.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bound {
    /// The version at the end.
    pub version: String,
    /// The version itself lies inside.
    pub inclusive: bool,
}

/// A release on the axis.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReleaseTick {
    /// Its version.
    pub version: String,
    /// A pre-release or development release.
    pub prerelease: bool,
    /// Withdrawn.
    pub yanked: bool,
    /// Has a file that this target can use.
    pub usable: bool,
    /// Accepted by all rows.
    pub in_overlap: bool,
    /// Why it cannot be had as a wheel here: `source only`, `no file for Python 3.13`; `null` where it can.
    #[serde(default)]
    pub reason: Option<String>,
}

impl ReleaseTick {
    /// Why nobody gets it here without building it, if so.
    #[must_use]
    pub fn refused(&self) -> Option<&str> {
        match &self.reason {
            Some(reason) => Some(reason),
            None if self.yanked => Some("yanked"),
            None if !self.usable => Some("no file for this target"),
            None => None,
        }
    }
}

/// What a run picked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pick {
    /// The version.
    pub version: String,
    /// `RUN line 5`.
    pub label: String,
    /// Stage of the run.
    pub stage: usize,
    /// Step of the run.
    pub step: usize,
    /// Its place.
    pub location: Option<Location>,
    /// The bounds it never saw, as written, because another run asked for them.
    pub unseen: Vec<String>,
    /// A finding about this project names the run as guilty.
    pub guilty: bool,
    /// The version that was installed before, in the environment that the run changed.
    #[serde(default)]
    pub replaces: Option<String>,
}

/// Where versions were born, copied and died.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Timeline {
    /// One lane a stage.
    pub lanes: Vec<Lane>,
    /// Arrows between lanes.
    pub copies: Vec<CopyArrow>,
    /// The step where it goes wrong: stage and step.
    pub wrong_at: Option<(usize, usize)>,
}

/// A stage's lane.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lane {
    /// Index of the stage.
    pub stage: usize,
    /// Its name, or its number and base.
    pub label: String,
    /// Steps that change packages or wheels, in order.
    pub steps: Vec<LaneStep>,
    /// Its chips: projects of interest only.
    pub chips: Vec<Chip>,
}

/// A step of a lane.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LaneStep {
    /// Index in the stage.
    pub step: usize,
    /// What it does: the calls as the shell hands them over, else the instruction's first line.
    pub label: String,
    /// Its place.
    pub location: Option<Location>,
    /// It failed.
    pub failed: bool,
}

/// What a chip stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ChipKind {
    /// A file in a folder.
    Wheel,
    /// A package in an environment.
    Installed,
}

/// A version's life in a lane.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Chip {
    /// Wheel or installed package.
    pub kind: ChipKind,
    /// Normalised.
    pub project: String,
    /// Its version.
    pub version: String,
    /// The folder or the environment's root.
    pub place: String,
    /// Step it appears at.
    pub born: usize,
    /// Step it goes at.
    pub died: Option<usize>,
    /// Came by `COPY --from`, or with the base stage: index of that stage.
    pub from_stage: Option<usize>,
    /// It is part of what goes wrong.
    pub guilty: bool,
    /// One sentence: who asked for it.
    pub because: String,
    /// Place of the line that made it.
    pub location: Option<Location>,
}

/// How things move between stages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum CopyKind {
    /// `FROM stage`.
    From,
    /// `COPY --from`.
    Copy,
    /// `RUN --mount=from=`.
    Mount,
}

/// An arrow between lanes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CopyArrow {
    /// How.
    pub kind: CopyKind,
    /// Source stage.
    pub from: usize,
    /// Destination stage.
    pub to: usize,
    /// Step of the destination it happens at.
    pub step: usize,
    /// Path it copies.
    pub path: String,
    /// Its place.
    pub location: Option<Location>,
}
