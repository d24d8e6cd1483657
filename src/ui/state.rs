//! The page's state: one value, one closed set of actions, one pure function between them.
//!
//! ```text
//! keys, clicks, worker ── Action ──> reduce ──> State ──> components
//! ```
//!
//! Effects (worker, storage, focus, clipboard) stand outside: they watch the state and send
//! actions. A [`Playground`] is the part of it that a link or a draft keeps.

use std::rc::Rc;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use yew::Reducible;

use super::{
    drafts::Banner,
    editor::offsets::{self, Change, Offsets},
};
use crate::{
    link::Playground,
    model::Settings,
    patch::{FileChange, file_changes},
    report::{Finding, Fix, Location, RangeRow, Report, Verdict},
    text::{Edit, FileId, SourceFile, Sources, range},
};

pub use crate::model::is_dockerfile;

/// What the text of stated facts is called: the path of its editor, and of places in it.
pub const FACTS: &str = "your facts";

/// A field of the target bar.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Field {
    /// The Python version.
    Python,
    /// The platform.
    Platform,
    /// The pip version.
    Pip,
    /// The target stage.
    Stage,
    /// A build argument, by name.
    Arg(String),
}

/// The three views of the same facts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum WhyTab {
    /// Ranges on one axis.
    #[default]
    Ranges,
    /// Wheels by stage.
    Stages,
    /// All in words.
    Table,
}

/// How a diff is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum DiffLayout {
    /// One column.
    #[default]
    Unified,
    /// Before and after beside each other.
    Split,
}

/// The panes, as the phone's tabs and F6 see them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Pane {
    /// The requirements side.
    #[default]
    Files,
    /// The Dockerfile.
    Dockerfile,
    /// Why.
    Why,
    /// Patches.
    Patch,
    /// Target and settings, on a phone only.
    More,
}

/// Colours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Theme {
    /// What the system asks for.
    #[default]
    System,
    /// Light.
    Light,
    /// Dark.
    Dark,
}

/// Which of the page's layouts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum View {
    /// To work with.
    #[default]
    Work,
    /// For a projector: `v=present`.
    Present,
}

/// A divider between panes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Divider {
    /// Between the requirements side and the Dockerfile.
    Files,
    /// Between the editors and what is below them.
    Editors,
    /// Between why and patch.
    Why,
}

/// Where the dividers stand: the share of the pane before each, in percent.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Dividers {
    files: f64,
    editors: f64,
    why: f64,
}

impl Default for Dividers {
    fn default() -> Self {
        Self { files: 34.0, editors: 33.0, why: 54.0 }
    }
}

impl Dividers {
    /// Where one stands.
    #[must_use]
    pub fn of(&self, divider: Divider) -> f64 {
        match divider {
            Divider::Files => self.files,
            Divider::Editors => self.editors,
            Divider::Why => self.why,
        }
    }

    fn set(&mut self, divider: Divider, share: f64) {
        *match divider {
            Divider::Files => &mut self.files,
            Divider::Editors => &mut self.editors,
            Divider::Why => &mut self.why,
        } = share;
    }
}

/// Places that are lit up on all sides.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Lit {
    /// The places; none where nothing is lit.
    pub places: Vec<Location>,
}

/// A place to show: its file comes to the front and the bytes are selected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Jump {
    /// Where to.
    pub to: Location,
    /// Grows with every jump, so that the same place can be jumped to twice.
    pub count: u64,
}

/// A patch that was applied and can be taken back.
#[derive(Debug, Clone, PartialEq)]
pub struct Applied {
    /// Its title.
    pub title: String,
    /// The files before it.
    before: Sources,
    /// The revision it made: an edit after it ends the offer to take it back.
    revision: u64,
}

/// What was there before the first fix was applied: what [changes](State::changes) are counted from.
#[derive(Debug, Clone, PartialEq)]
pub struct Original {
    /// The files.
    sources: Sources,
    /// What was said of them.
    pub headline: String,
}

/// The verdict for a second platform.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Comparison {
    /// `linux/arm64`.
    pub platform: String,
    /// The worst verdict there.
    pub verdict: Verdict,
    /// One line.
    pub headline: String,
}

/// What came of running several fixes together.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Composition {
    /// Their ids, best first.
    pub fixes: Vec<String>,
    /// One fix that does what all of them do; else why they cannot be had together.
    pub outcome: Result<Fix, String>,
}

/// What a worker left behind when it died.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Crash {
    /// What it said, or that it was silent.
    pub message: String,
    /// The files it was given, as text to copy.
    pub given: String,
}

/// Why there is no answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Failure {
    /// The analysis could not be loaded, or stopped at once.
    NotStarted,
    /// It was stopped, for it took longer than it may.
    TookTooLong,
}

impl Failure {
    /// What is said in the place of everything that the analysis would tell.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::NotStarted => "The analysis could not be loaded, or stopped at once.",
            Self::TookTooLong => "The analysis took too long, and was stopped.",
        }
    }
}

/// Whether the shipped catalogue is there.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Facts {
    /// On its way.
    #[default]
    Loading,
    /// There.
    Ready,
    /// Could not be had: why.
    Failed(String),
}

/// The whole state of the page.
#[derive(Debug, Clone, PartialEq)]
pub struct State {
    /// The files.
    pub sources: Sources,
    /// Grows when a text changes by other means than typing: editors then take it from here.
    pub pushed: u64,
    /// The file shown on the requirements side; [`FileId::FACTS`]: what the person states.
    pub tab: Option<FileId>,
    /// What the person set in the target bar; what is `None` is read from the Dockerfile.
    pub settings: Settings,
    /// Facts the person states about packages, as typed.
    pub overlay: String,
    /// A second platform to compare with.
    pub compare: Option<String>,
    /// Grows with every change that analysis must follow.
    pub revision: u64,
    /// The latest report.
    pub report: Option<Rc<Report>>,
    /// The revision it came from.
    pub reported: u64,
    /// All its fixes have been proposed.
    pub complete: bool,
    /// Keys are coming: what they make of the report is not drawn yet.
    pub typing: bool,
    /// The report that all but the verdict draws. A half-typed version can turn all of it over with
    /// every key, which would cost more than the key itself: it follows when typing pauses.
    pub drawn: Option<Rc<Report>>,
    /// The second platform's verdict.
    pub comparison: Option<Comparison>,
    /// The catalogue.
    pub facts: Facts,
    /// A worker died.
    pub crash: Option<Rc<Crash>>,
    /// There is no answer, and none is asked for before the person does, or the text changes.
    pub failed: Option<Failure>,
    /// Grows whenever a worker is to be started.
    pub starts: u64,
    /// Lit places.
    pub lit: Lit,
    /// The latest jump.
    pub jump: Option<Jump>,
    /// The finding that the why pane speaks of.
    pub finding: usize,
    /// The project that the ranges view shows; `None`: the finding's.
    pub project: Option<String>,
    /// The view of why.
    pub why: WhyTab,
    /// The patch that is shown.
    pub patch: usize,
    /// Ids of the patches that are chosen to go with it.
    pub beside: Vec<String>,
    /// What came of the latest choice of several patches that go together.
    pub composition: Option<Rc<Composition>>,
    /// Why the patch that was chosen last does not go with the others.
    pub refused: Option<String>,
    /// How diffs are drawn.
    pub diff: DiffLayout,
    /// The patch that can be taken back.
    pub applied: Option<Applied>,
    /// What was there before the first fix; `None` while none was applied to what is open.
    pub original: Option<Rc<Original>>,
    /// Files that were removed and can be had again, the latest last.
    pub removed: Vec<(FileId, SourceFile)>,
    /// Where the dividers stand.
    pub dividers: Dividers,
    /// The pane in front, on a phone.
    pub pane: Pane,
    /// The list of problems is open.
    pub problems: bool,
    /// The help is open.
    pub help: bool,
    /// Colours.
    pub theme: Theme,
    /// Layout.
    pub view: View,
    /// Percent of the natural size: 100 to 200.
    pub zoom: u16,
    /// A short message for the status line, such as "Copied".
    pub notice: Option<String>,
    /// What there is to say about what is open.
    pub banner: Option<Banner>,
    /// The browser does not keep what is typed: it is lost when the page is closed.
    pub unkept: bool,
    /// The share dialog is open.
    pub share: bool,
    /// Facts that the opened link carries, in the catalogue's own form.
    pub carried: Option<Rc<Value>>,
}

/// Everything that can happen.
#[derive(Debug, Clone, PartialEq)]
pub enum Action {
    /// An editor changed its text.
    Typed {
        /// The file's path.
        path: String,
        /// Changes, none seeing another.
        changes: Vec<Change>,
    },
    /// Typing pauses.
    Rested,
    /// A cursor moved: UTF-16 offset in an editor's text.
    Cursor {
        /// The file's path.
        path: String,
        /// Where.
        offset: usize,
    },
    /// Opens a playground in place of the present one.
    Open(Playground),
    /// Adds a file, or replaces the one of that path, and shows it.
    Add {
        /// Its path.
        path: String,
        /// Its bytes.
        bytes: Vec<u8>,
    },
    /// Gives a file another path.
    Rename(FileId, String),
    /// Removes a file.
    Remove(FileId),
    /// Brings the file back that was removed last.
    BringBack,
    /// Keeps removed files no longer.
    Forget,
    /// Shows a file on the requirements side.
    Show(FileId),
    /// Sets a field of the target bar, or leaves it to the Dockerfile again.
    Set(Field, Option<String>),
    /// Compares with a second platform, or no more.
    Compare(Option<String>),
    /// The worker answered.
    Reported {
        /// The revision the answer is about.
        revision: u64,
        /// What it says.
        report: Rc<Report>,
        /// No more fixes will follow.
        complete: bool,
    },
    /// The worker answered for the second platform.
    Compared {
        /// The revision the answer is about.
        revision: u64,
        /// What it says.
        comparison: Comparison,
    },
    /// The worker ran several fixes together.
    Composed {
        /// The revision the answer is about.
        revision: u64,
        /// What came of it.
        composition: Rc<Composition>,
    },
    /// The worker died.
    Died {
        /// What it said.
        message: String,
        /// Why nothing is to be expected of another; `None` where this one had answered before.
        failed: Option<Failure>,
    },
    /// Starts a worker once more.
    Retry,
    /// The report of a dead worker was read.
    DismissCrash,
    /// News of the catalogue.
    Facts(Facts),
    /// Lights places up; none: all dark.
    Light(Vec<Location>),
    /// Goes to a place.
    Go(Location),
    /// Goes to a finding.
    Find(usize),
    /// Goes to the next finding, or the previous one.
    Step {
        /// Backwards.
        back: bool,
    },
    /// Shows a project's ranges.
    Project(String),
    /// Shows a view of why.
    Why(WhyTab),
    /// Shows a patch.
    Patch(usize),
    /// Takes a patch, by its id, along with the one that is shown, or no more.
    Beside(String),
    /// Draws diffs otherwise.
    Diff(DiffLayout),
    /// Applies patches: title and whole files.
    Apply {
        /// What to call it.
        title: String,
        /// Path and new text of each file.
        files: Vec<(String, String)>,
    },
    /// Puts another text in the place of one that the drawn report speaks of. Taken back by [`Action::Undo`].
    Rewrite {
        /// What to call it.
        title: String,
        /// What is replaced.
        place: Location,
        /// What is there instead.
        text: String,
    },
    /// Takes the applied patch back.
    Undo,
    /// Moves a divider: the share of the pane before it, in percent.
    Divide(Divider, f64),
    /// Brings a pane to the front.
    Pane(Pane),
    /// Opens or closes the list of problems.
    Problems(bool),
    /// Opens or closes the help.
    Help(bool),
    /// Colours.
    Theme(Theme),
    /// Layout.
    View(View),
    /// Zoom in percent.
    Zoom(u16),
    /// A short message.
    Notice(Option<String>),
    /// What there is to say about what is open.
    Banner(Option<Banner>),
    /// What is typed was kept, or could not be.
    Kept(bool),
    /// Opens or closes the share dialog.
    Share(bool),
}

impl State {
    /// The state at the start, with these files.
    pub fn new(playground: Playground) -> Self {
        let state = Self {
            sources: Sources::default(),
            pushed: 0,
            tab: None,
            settings: Settings::default(),
            overlay: String::new(),
            compare: None,
            revision: 0,
            report: None,
            reported: 0,
            complete: false,
            typing: false,
            drawn: None,
            comparison: None,
            facts: Facts::Loading,
            crash: None,
            failed: None,
            starts: 0,
            lit: Lit::default(),
            jump: None,
            finding: 0,
            project: None,
            why: WhyTab::default(),
            patch: 0,
            beside: Vec::new(),
            composition: None,
            refused: None,
            diff: DiffLayout::default(),
            applied: None,
            original: None,
            removed: Vec::new(),
            dividers: Dividers::default(),
            pane: Pane::default(),
            problems: false,
            help: false,
            theme: Theme::default(),
            view: View::default(),
            zoom: 100,
            notice: None,
            banner: None,
            unkept: false,
            share: false,
            carried: None,
        };
        reduce(&state, Action::Open(playground))
    }

    /// What a link or a draft keeps of this.
    pub fn playground(&self) -> Playground {
        Playground {
            target: self.settings.clone(),
            overlay: self.overlay.clone(),
            c: self.report.as_ref().and_then(|report| report.catalogue.clone()),
            facts: self.carried.as_deref().cloned(),
            ..Playground::from_sources(&self.sources)
        }
    }

    /// The Dockerfile, if there is one.
    pub fn dockerfile(&self) -> Option<FileId> {
        self.sources
            .find("Dockerfile")
            .or_else(|| self.sources.iter().find(|(_, file)| is_dockerfile(&file.path)).map(|(id, _)| id))
    }

    /// The files of the requirements side, in tab order.
    pub fn left(&self) -> impl Iterator<Item = (FileId, &SourceFile)> {
        let dockerfile = self.dockerfile();
        self.sources.iter().filter(move |(id, _)| Some(*id) != dockerfile)
    }

    /// The applied patch, while nothing was changed since.
    pub fn undoable(&self) -> Option<&Applied> {
        self.applied.as_ref().filter(|applied| applied.revision == self.sources.revision())
    }

    /// What is other than before the first fix was applied, file by file.
    pub fn changes(&self) -> Vec<FileChange> {
        let original = self.original.as_ref();
        original.map(|original| file_changes(&original.sources, &self.sources)).unwrap_or_default()
    }

    /// The ids of the patches that are to be applied together, best first: the shown one, and those
    /// chosen to go with it.
    pub fn chosen(&self) -> Vec<String> {
        let fixes = self.report.as_ref().map(|report| report.fixes.as_slice()).unwrap_or_default();
        let ranked = fixes.iter().enumerate();
        ranked
            .filter(|(rank, fix)| *rank == self.patch || self.beside.contains(&fix.id))
            .map(|(_, fix)| fix.id.clone())
            .collect()
    }

    /// What came of the present choice of several patches; `None` where that is not known yet, or
    /// only one is chosen.
    pub fn composed(&self) -> Option<&Rc<Composition>> {
        let chosen = self.chosen();
        self.composition.as_ref().filter(|composition| composition.fixes == chosen)
    }

    /// What is applied: the shown patch, or what several came to.
    pub fn offered(&self) -> Option<&Fix> {
        let report = self.drawn.as_ref().filter(|_| !self.drawn_stale())?;
        match self.beside.is_empty() {
            true => report.fixes.get(self.patch),
            false => self.composed()?.outcome.as_ref().ok(),
        }
    }

    /// The report does not speak of the present text yet.
    pub fn stale(&self) -> bool {
        self.report.is_none() || self.reported != self.revision
    }

    /// What is drawn does not speak of the present text yet.
    pub fn drawn_stale(&self) -> bool {
        let same = |(drawn, report)| Rc::ptr_eq(drawn, report);
        self.stale() || !self.drawn.as_ref().zip(self.report.as_ref()).is_some_and(same)
    }

    /// The finding that the why pane speaks of.
    pub fn current_finding(&self) -> Option<&Finding> {
        self.report.as_ref()?.findings.get(self.finding)
    }
}

impl Reducible for State {
    type Action = Action;

    fn reduce(self: Rc<Self>, action: Action) -> Rc<Self> {
        Rc::new(reduce(&self, action))
    }
}

/// The state after an action.
#[must_use]
pub fn reduce(state: &State, action: Action) -> State {
    let mut next = state.clone();
    match action {
        Action::Typed { path, changes } => type_in(&mut next, &path, &changes),
        Action::Rested => rest(&mut next),
        Action::Cursor { path, offset } => {
            next.lit = Lit { places: related_to_cursor(state, &path, offset) };
        }
        Action::Open(playground) => {
            next.sources = restored(&state.sources, &playground.sources());
            next.overlay = playground.stated();
            next.settings = playground.target;
            next.carried = playground.facts.map(Rc::new);
            next.applied = None;
            next.original = None;
            next.removed.clear();
            next.finding = 0;
            next.project = None;
            show_patch(&mut next, 0);
            pushed(&mut next);
        }
        Action::Add { path, bytes } => {
            let file = SourceFile::from_bytes(path.clone(), &bytes);
            if file.text.contains('\0') {
                next.notice = Some(path + " is no text and was not opened.");
            } else {
                next.sources = next.sources.with_file(file);
                pushed(&mut next);
                show_file(&mut next, path);
            }
        }
        Action::Rename(file, path) => rename(&mut next, file, &path),
        Action::Remove(file) => remove(&mut next, file),
        Action::BringBack => {
            if let Some((id, file)) = next.removed.pop() {
                let path = file.path.clone();
                next.sources = next.sources.with_file_at(id, file);
                pushed(&mut next);
                show_file(&mut next, path);
            }
        }
        Action::Forget => next.removed.clear(),
        Action::Show(file) => next.tab = Some(file),
        Action::Set(field, value) => {
            set(&mut next.settings, field, value);
            next.revision += 1;
        }
        Action::Compare(platform) => {
            next.compare = platform;
            next.comparison = None;
            next.revision += 1;
        }
        Action::Reported { revision, report, complete } => {
            if revision == state.revision {
                accept(&mut next, report, complete);
            }
        }
        Action::Compared { revision, comparison } => {
            if revision == state.revision {
                next.comparison = Some(comparison);
            }
        }
        Action::Composed { revision, composition } => {
            if revision == state.revision {
                compose(&mut next, composition);
            }
        }
        Action::Died { message, failed } => {
            next.crash = Some(Rc::new(Crash { message, given: given(&state.sources) }));
            next.failed = failed;
            // One that is at work still is ended by its successor.
            next.starts += u64::from(failed != Some(Failure::NotStarted));
        }
        Action::Retry => {
            next.crash = None;
            next.failed = None;
            next.starts += 1;
            next.revision += 1;
        }
        Action::DismissCrash => next.crash = None,
        Action::Facts(facts) => {
            // Only what is new can change an answer.
            next.revision += u64::from(facts == Facts::Ready);
            next.facts = facts;
        }
        Action::Light(places) => next.lit = Lit { places },
        Action::Go(place) => go(&mut next, place),
        Action::Find(index) => find(&mut next, index),
        Action::Step { back } => {
            let count = state.report.as_ref().map_or(0, |report| report.findings.len());
            if count > 0 {
                // The first step goes to the first finding, not past it.
                let index = match (&state.jump, back) {
                    (None, _) => 0,
                    (Some(_), false) => (state.finding + 1) % count,
                    (Some(_), true) => (state.finding + count - 1) % count,
                };
                find(&mut next, index);
            }
        }
        Action::Project(project) => {
            let findings = state.report.iter().flat_map(|report| &report.findings);
            let about = findings.map(|finding| finding.project.as_ref()).position(|of| of == Some(&project));
            next.finding = about.unwrap_or(state.finding);
            next.project = Some(project);
        }
        Action::Why(tab) => next.why = tab,
        Action::Patch(index) => show_patch(&mut next, index),
        Action::Beside(id) => {
            next.refused = None;
            match next.beside.iter().position(|known| *known == id) {
                Some(at) => drop(next.beside.remove(at)),
                None => next.beside.push(id),
            }
        }
        Action::Diff(layout) => next.diff = layout,
        Action::Apply { title, files } => {
            let before = state.sources.clone();
            next.lit = Lit::default();
            for (path, text) in files {
                let old = before.find(&path).map_or("", |file| before.text(file));
                next.lit.places.extend(changed_places(&path, old, &text));
                let encoding = before.find(&path).and_then(|id| before.get(id)).map(|file| file.encoding);
                let encoding = encoding.unwrap_or_default();
                next.sources = next.sources.with_file(SourceFile { path, text, encoding });
            }
            let headline = || state.report.as_ref().map(|report| report.headline.clone()).unwrap_or_default();
            next.original
                .get_or_insert_with(|| Rc::new(Original { sources: before.clone(), headline: headline() }));
            next.applied = Some(Applied { title, before, revision: next.sources.revision() });
            show_patch(&mut next, 0);
            pushed(&mut next);
        }
        Action::Rewrite { title, place, text } => {
            // Places of an earlier text are not those of this one.
            let file = state.sources.find(&place.file).filter(|_| !state.drawn_stale());
            let written = file.map(|file| state.sources.text(file));
            let around =
                written.and_then(|written| Some((written.get(..place.start)?, written.get(place.end..)?)));
            if let Some((before, after)) = around {
                let files = vec![(place.file, format!("{before}{text}{after}"))];
                return reduce(state, Action::Apply { title, files });
            }
        }
        Action::Undo => {
            if let Some(applied) = next.applied.take() {
                next.sources = restored(&state.sources, &applied.before);
                pushed(&mut next);
            }
        }
        Action::Divide(divider, share) => next.dividers.set(divider, share),
        Action::Pane(pane) => next.pane = pane,
        Action::Problems(open) => next.problems = open,
        Action::Help(open) => next.help = open,
        Action::Theme(theme) => next.theme = theme,
        Action::View(view) => next.view = view,
        Action::Zoom(percent) => next.zoom = percent.clamp(100, 200),
        Action::Notice(notice) => next.notice = notice,
        Action::Banner(banner) => next.banner = banner,
        Action::Kept(kept) => next.unkept = !kept,
        Action::Share(open) => next.share = open,
    }
    next
}

/// A name as the person typed it, as a path in the build context; `None` where it names nothing
/// there.
pub fn context_path(typed: &str) -> Option<String> {
    let parts: Vec<&str> = typed.trim().split('/').filter(|part| !part.is_empty() && *part != ".").collect();
    (!parts.is_empty() && !parts.contains(&"..")).then(|| parts.join("/"))
}

/// Texts changed by other means than typing: editors take them over, analysis follows, and the
/// shown tab is one that exists.
fn pushed(state: &mut State) {
    state.typing = false;
    state.pushed += 1;
    state.revision += 1;
    let tab = state.tab.filter(|tab| *tab == FileId::FACTS || state.left().any(|(id, _)| id == *tab));
    let first = state.left().next().map(|(id, _)| id);
    state.tab = tab.or(first);
}

fn type_in(state: &mut State, path: &str, changes: &[Change]) {
    let typed = if path == FACTS {
        let facts = Sources::from_texts([(FACTS, state.overlay.as_str())]);
        edited(&facts, path, changes).map(|facts| {
            state.overlay = facts.find(FACTS).map_or_else(String::new, |id| facts.text(id).to_owned());
        })
    } else {
        edited(&state.sources, path, changes).map(|sources| state.sources = sources)
    };
    match typed {
        Some(()) => {
            state.revision += 1;
            state.typing = true;
            // What was pointed at may have moved.
            state.lit = Lit::default();
        }
        // The editor and the state disagree: the state's text is the one that is analysed, so
        // the editor takes it over.
        None => state.pushed += 1,
    }
}

/// The files with what was typed in one of them; `None` where it has no such places.
fn edited(sources: &Sources, path: &str, changes: &[Change]) -> Option<Sources> {
    let file = sources.find(path)?;
    let source = sources.get(file)?;
    let offsets = Offsets::new(&source.text);
    let ending = source.line_ending();
    let edits: Vec<Edit> = changes
        .iter()
        .map(|change| Edit {
            file,
            range: range(offsets.byte(change.from), offsets.byte(change.to)),
            insert: if ending == "\n" { change.insert.clone() } else { change.insert.replace('\n', ending) },
        })
        .collect();
    sources.edited(&edits).ok()
}

/// Shows a file, with the focus at its start.
fn show_file(state: &mut State, path: String) {
    go(state, Location { file: path, start: 0, end: 0, line: 1, column: 1 });
}

/// Removes a file and keeps it at hand. Its neighbour is shown in its place.
fn remove(state: &mut State, file: FileId) {
    let Some(source) = state.sources.get(file).cloned() else { return };
    if state.tab == Some(file) {
        let ids = || state.left().map(|(id, _)| id);
        let after = ids().skip_while(|id| *id != file).nth(1);
        state.tab = after.or_else(|| ids().take_while(|id| *id != file).last());
    }
    state.sources = state.sources.clone().without(file);
    state.removed.push((file, source));
    pushed(state);
}

fn rename(state: &mut State, file: FileId, path: &str) {
    let Some(path) = context_path(path) else { return };
    let Some(source) = state.sources.get(file).cloned() else { return };
    if state.sources.find(&path).is_some() {
        return;
    }
    state.sources = state.sources.clone().without(file).with_file_at(file, SourceFile { path, ..source });
    pushed(state);
}

fn set(settings: &mut Settings, field: Field, value: Option<String>) {
    let value = value.map(|value| value.trim().to_owned()).filter(|value| !value.is_empty());
    match field {
        Field::Python => settings.python = value,
        Field::Platform => settings.platform = value,
        Field::Pip => settings.pip = value,
        Field::Stage => settings.stage = value,
        Field::Arg(name) => match value {
            Some(value) => drop(settings.args.insert(name, value)),
            None => drop(settings.args.remove(&name)),
        },
    }
}

fn accept(state: &mut State, report: Rc<Report>, complete: bool) {
    state.composition = None;
    state.refused = None;
    state.report = Some(report);
    state.reported = state.revision;
    state.complete = complete;
    if !state.typing {
        rest(state);
    }
}

/// Draws what is known. What was chosen stays chosen where it is still there.
fn rest(state: &mut State) {
    state.typing = false;
    state.drawn = state.report.clone();
    let Some(report) = &state.report else { return };
    state.finding = state.finding.min(report.findings.len().saturating_sub(1));
    state.patch = state.patch.min(report.fixes.len().saturating_sub(1));
    state.beside.retain(|id| report.fixes.iter().any(|fix| fix.id == *id));
    if state
        .project
        .as_ref()
        .is_some_and(|project| !report.projects.iter().any(|view| view.project == *project))
    {
        state.project = None;
    }
}

/// Shows one patch, by itself.
fn show_patch(state: &mut State, index: usize) {
    state.patch = index;
    state.beside.clear();
    state.refused = None;
}

/// Takes in what came of several patches. Where they do not go together, the one that was chosen
/// last is let go of, so that what is shown can always be applied.
fn compose(state: &mut State, composition: Rc<Composition>) {
    match &composition.outcome {
        Ok(_) => state.composition = Some(composition),
        Err(reason) if composition.fixes == state.chosen() => {
            state.refused = Some(reason.clone());
            state.beside.pop();
        }
        Err(_) => {}
    }
}

fn go(state: &mut State, place: Location) {
    let file = state.sources.find(&place.file);
    if place.file == FACTS {
        state.tab = Some(FileId::FACTS);
        state.pane = Pane::Files;
    } else if let Some(file) = file {
        if Some(file) == state.dockerfile() {
            state.pane = Pane::Dockerfile;
        } else {
            state.tab = Some(file);
            state.pane = Pane::Files;
        }
    }
    state.lit = Lit { places: vec![place.clone()] };
    state.jump = Some(Jump { to: place, count: state.jump.as_ref().map_or(1, |jump| jump.count + 1) });
}

fn find(state: &mut State, index: usize) {
    let Some(finding) = state.report.as_ref().and_then(|report| report.findings.get(index)).cloned() else {
        return;
    };
    rest(state);
    state.finding = index;
    state.project = None;
    if let Some(fix) = finding.fixes.first() {
        let fixes = state.report.as_ref().map(|report| &report.fixes);
        let at = fixes.and_then(|fixes| fixes.iter().position(|known| known.id == *fix));
        if let Some(at) = at {
            show_patch(state, at);
        }
    }
    go(state, finding.location.clone());
    state.lit.places.extend(finding.related);
}

/// Other places that have to do with the one under the cursor: of each finding and of each
/// project's ranges that speak of it.
fn related_to_cursor(state: &State, path: &str, offset: usize) -> Vec<Location> {
    let Some(report) = state.report.as_ref().filter(|_| !state.stale()) else { return Vec::new() };
    let text = match state.sources.find(path) {
        Some(file) => state.sources.text(file),
        None if path == FACTS => &state.overlay,
        None => return Vec::new(),
    };
    let byte = Offsets::new(text).byte(offset);
    let here = |place: &&Location| place.file == path && place.start <= byte && byte <= place.end;
    let mut lit: Vec<Location> = Vec::new();
    for finding in &report.findings {
        let parties =
            finding.guilty.iter().chain(&finding.innocent).filter_map(|party| party.location.as_ref());
        let places: Vec<&Location> =
            [&finding.location].into_iter().chain(&finding.related).chain(parties).collect();
        if places.iter().any(here) {
            lit.extend(places.into_iter().cloned());
        }
    }
    for project in &report.projects {
        // Who asks, and the run that heard them: either lights the other.
        let asks =
            |row: &RangeRow| [row.party.location.clone(), row.party.stated.clone()].into_iter().flatten();
        for row in &project.rows {
            let runs = project.picks.iter();
            let runs = runs.filter(|pick| (Some(pick.stage), Some(pick.step)) == (row.stage, row.step));
            let both: Vec<Location> =
                asks(row).chain(runs.filter_map(|pick| pick.location.clone())).collect();
            if both.iter().any(|place| here(&place)) {
                lit.extend(both);
            }
        }
        let picks = project.picks.iter().filter_map(|pick| pick.location.as_ref());
        lit.extend(picks.filter(here).cloned());
    }
    let mut unique: Vec<Location> = Vec::new();
    for place in lit {
        if !unique.contains(&place) {
            unique.push(place);
        }
    }
    unique
}

/// What a patch changed in a file, to be lit up.
fn changed_places(path: &str, old: &str, new: &str) -> Vec<Location> {
    let file = SourceFile::new(path, new);
    offsets::changed(old, new)
        .into_iter()
        .map(|bytes| {
            let at = file.line_column(bytes.start);
            Location {
                file: path.to_owned(),
                start: bytes.start,
                end: bytes.end,
                line: at.line,
                column: at.column,
            }
        })
        .collect()
}

/// The files of `before`, encodings included, with a revision that grows.
fn restored(sources: &Sources, before: &Sources) -> Sources {
    let gone: Vec<FileId> =
        sources.iter().filter(|(_, file)| before.find(&file.path).is_none()).map(|(id, _)| id).collect();
    let kept = gone.into_iter().fold(sources.clone(), Sources::without);
    before.iter().fold(kept, |sources, (_, file)| sources.with_file(file.clone()))
}

/// All files as text to copy.
fn given(sources: &Sources) -> String {
    sources.iter().map(|(_, file)| format!("==> {} <==\n{}\n", file.path, file.text)).collect()
}
