//! Look-ups: what catalogue and facts lack is asked from the package index, as pip and uv do.
//!
//! The core names the facts that it lacks ([`Lacking`]); they are fetched, and it is asked again. A
//! resolver names them one level of dependencies at a time, so that from each fact the search goes on
//! ahead: from a page to the newest release that is asked for, and from its metadata to the pages of
//! what it depends on.

mod cache;
mod client;
mod html;
mod places;
mod remote;

use std::{
    collections::{BTreeSet, HashMap, HashSet, VecDeque},
    io::{IsTerminal, Write},
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
    thread,
    time::{Duration, Instant},
};

use url::Url;

use cache::Cache;
use client::{Client, Failure};
pub(super) use places::Places;

use super::arguments::Input;
use crate::{
    findings::Lacking,
    index::{Day, Index, IndexUrl, Lookup, Metadata, Project, ProjectPage, Release, SupportedTags},
    pep440::{Prereleases, Version, is_prerelease},
    pep508::{ExtraName, ProjectName, Requirement},
    report::LookUps,
    resolve::{MissingFact, Problem, Wanted},
};

/// Questions that are under way at once.
const MOST_AT_ONCE: usize = 16;

/// Requests of one run.
const MOST_REQUESTS: u32 = 5_000;

/// The page of a project, in JSON (PEP 691) where the index has it, else in HTML (PEP 503).
const PAGE: &str =
    "application/vnd.pypi.simple.v1+json, application/vnd.pypi.simple.v1+html;q=0.2, text/html;q=0.1";

/// Releases besides the one that is asked for whose metadata is fetched when a project is asked for
/// again and again.
const MOST_AHEAD: usize = 256;

/// Time after which nothing more is asked: nobody waits longer, and what is known by then counts.
const LONGEST: Duration = Duration::from_secs(120);

/// Whoever asks, and all that was learnt so far.
pub(super) struct Lookups<'a> {
    client: Client<'a>,
    places: &'a Places,
    /// What was uploaded after it does not count.
    as_of: Option<Day>,
    started: Instant,
    state: Mutex<State>,
    wake: Condvar,
}

struct State {
    index: Index,
    /// Pages that were asked for.
    pages: HashMap<(IndexUrl, ProjectName), Asked>,
    queue: VecDeque<Job>,
    /// Jobs that were queued.
    seen: HashSet<Question>,
    running: usize,
    /// How often a release of a project was asked for.
    asked: HashMap<ProjectName, u32>,
    /// Projects about which something was asked.
    projects: BTreeSet<String>,
    indexes: BTreeSet<String>,
    notes: BTreeSet<String>,
}

struct Page {
    /// Its address, to which those of its files may be relative.
    url: Url,
    page: ProjectPage,
}

/// What became of asking for a page.
enum Asked {
    /// Another thread has asked, and will tell.
    UnderWay,
    /// `None` where there is none.
    Answered(Option<Arc<Page>>),
}

struct Job {
    question: Question,
    problem: Arc<Problem>,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Question {
    /// The page, and then the newest release within these specifiers. With `afresh` also where the
    /// catalogue has a list, which may have grown since.
    Project { name: ProjectName, specifiers: String, extras: Vec<ExtraName>, afresh: bool },
    /// The metadata of a release, and with `goes_on` the projects that it depends on.
    Release { name: ProjectName, version: Version, extras: Vec<ExtraName>, goes_on: bool },
}

impl<'a> Lookups<'a> {
    /// # Errors
    /// The person's configuration cannot be used.
    pub(super) fn new(places: &'a Places, input: &Input, index: &Index) -> Result<Self, String> {
        let state = State {
            index: index.clone(),
            pages: HashMap::new(),
            queue: VecDeque::new(),
            seen: HashSet::new(),
            running: 0,
            asked: HashMap::new(),
            projects: BTreeSet::new(),
            indexes: BTreeSet::new(),
            notes: BTreeSet::new(),
        };
        Ok(Self {
            client: Client::new(places, Cache::of_user(), input.refresh)?,
            places,
            as_of: input.as_of.clone(),
            started: Instant::now(),
            state: Mutex::new(state),
            wake: Condvar::new(),
        })
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// All that is known now.
    pub(super) fn index(&self) -> Arc<Index> {
        Arc::new(self.state().index.clone())
    }

    /// Asks for facts; whether anything was asked that had not been asked before.
    pub(super) fn look_up(&self, lacking: &[Lacking]) -> bool {
        if !lacking.is_empty() && self.started.elapsed() > LONGEST {
            let note = format!("asking took more than {} seconds, and was given up", LONGEST.as_secs());
            self.state().notes.insert(note);
            return false;
        }
        let mut asked = false;
        for Lacking { fact, problem } in lacking {
            for question in self.questions(fact, problem) {
                asked |= self.state().queue_up(question, problem);
            }
        }
        if asked {
            self.work();
        }
        asked
    }

    fn questions(&self, fact: &MissingFact, problem: &Arc<Problem>) -> Vec<Question> {
        let name = fact.project.clone();
        let Some(version) = fact.release.clone() else {
            let root = problem.requirements.iter().find_map(|root| match &root.wanted {
                Wanted::Name(requirement) if requirement.name == name => Some(requirement),
                _ => None,
            });
            let afresh = fact.newest_listed.is_some();
            return vec![match root {
                Some(requirement) => wanted(requirement, afresh),
                None => Question::Project { name, specifiers: String::new(), extras: Vec::new(), afresh },
            }];
        };
        let mut state = self.state();
        let times = state.asked.entry(name.clone()).or_default();
        *times += 1;
        let ahead = match *times {
            1 => 0,
            times => (1_usize << times.min(8)).min(MOST_AHEAD),
        };
        let older = state.releases_below(problem, &name, &version, ahead);
        let older = older.into_iter().map(|version| Question::Release {
            name: name.clone(),
            version,
            extras: Vec::new(),
            goes_on: false,
        });
        let this = Question::Release { name: name.clone(), version, extras: Vec::new(), goes_on: true };
        [this].into_iter().chain(older).collect()
    }

    /// Works until nothing is queued.
    fn work(&self) {
        thread::scope(|scope| {
            for _ in 0..MOST_AT_ONCE {
                scope.spawn(|| {
                    while let Some(job) = self.next() {
                        self.answer(&job);
                        let mut state = self.state();
                        state.running -= 1;
                        self.progress(&state);
                        drop(state);
                        self.wake.notify_all();
                    }
                });
            }
        });
        if std::io::stderr().is_terminal() {
            eprint!("\r\x1b[K");
        }
    }

    /// The next job; `None` once nothing is queued and nobody may queue more.
    fn next(&self) -> Option<Job> {
        let mut state = self.state();
        loop {
            if self.client.requests() >= MOST_REQUESTS {
                state.queue.clear();
                state.notes.insert(format!("more than {MOST_REQUESTS} requests would be needed"));
            }
            if let Some(job) = state.queue.pop_front() {
                state.running += 1;
                return Some(job);
            }
            if state.running == 0 {
                return None;
            }
            state = self.wake.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }

    fn progress(&self, state: &State) {
        if std::io::stderr().is_terminal() {
            let (waiting, projects) = (state.queue.len() + state.running, state.projects.len());
            eprint!("\r\x1b[KLooking up {projects} projects, {waiting} questions left");
            // Nobody is there to read what cannot be shown.
            let _ = std::io::stderr().flush();
        }
    }

    fn answer(&self, job: &Job) {
        let problem = &job.problem;
        match &job.question {
            Question::Project { name, specifiers, extras, afresh } => {
                for index in &problem.indexes {
                    let known = self.state().index.project(index, name);
                    if *afresh || matches!(known, Lookup::Missing) {
                        self.page(index, name);
                    }
                }
                let specifiers = specifiers.parse().unwrap_or_default();
                let newest = problem.indexes.iter().filter_map(|index| {
                    let Lookup::Known(project) = self.state().index.project(index, name) else { return None };
                    newest(&project, &specifiers, problem)
                });
                if let Some(version) = newest.max() {
                    let release = Question::Release {
                        name: name.clone(),
                        version,
                        extras: extras.clone(),
                        goes_on: true,
                    };
                    self.state().queue_up(release, problem);
                }
            }
            Question::Release { name, version, extras, goes_on } => {
                let known = || self.state().requirements(problem, name, version);
                let mut requirements = known();
                if requirements.is_none() {
                    self.metadata(problem, name, version);
                    requirements = known();
                }
                if !goes_on {
                    return;
                }
                let environment = problem.target.environment();
                let applying = requirements.into_iter().flatten();
                let applying = applying.filter(|requirement| {
                    requirement.url.is_none() && requirement.applies(&environment, extras).unwrap_or(false)
                });
                for requirement in applying {
                    self.state().queue_up(wanted(&requirement, false), problem);
                }
            }
        }
        self.wake.notify_all();
    }

    /// The page of a project, asked for once: a second answer would put the page without what was
    /// learnt of its releases in the place of the first.
    fn page(&self, index: &IndexUrl, name: &ProjectName) -> Option<Arc<Page>> {
        let key = (index.clone(), name.clone());
        let mut state = self.state();
        loop {
            match state.pages.get(&key) {
                Some(Asked::Answered(page)) => return page.clone(),
                Some(Asked::UnderWay) => {
                    state = self.wake.wait(state).unwrap_or_else(PoisonError::into_inner);
                }
                None => break,
            }
        }
        state.pages.insert(key.clone(), Asked::UnderWay);
        drop(state);
        let page = self.places.of_index(index).map_err(|refused| refused.to_string()).and_then(|base| {
            let url = base.join(&format!("{name}/")).map_err(|error| error.to_string())?;
            self.state().indexes.insert(client::bare(&base).trim_end_matches('/').to_owned());
            match self.client.page(&url, PAGE) {
                Ok(answer) => {
                    let text = String::from_utf8_lossy(&answer.body);
                    let page = match answer.media_type.as_str() {
                        "application/vnd.pypi.simple.v1+json" | "application/json" => {
                            ProjectPage::parse(name, &text)
                                .map_err(|error| format!("{}: {error}", client::bare(&url)))?
                        }
                        _ => html::project_page(name, &text),
                    };
                    let page = match &self.as_of {
                        None => page,
                        Some(day) => page.as_of(day).ok_or_else(|| {
                            let url = client::bare(&url);
                            let silent = format!("{url} does not say when its files were uploaded");
                            format!("{silent}, so that what there was on {day} is not known")
                        })?,
                    };
                    Ok(Some(Arc::new(Page { url, page })))
                }
                Err(Failure::NotFound) => Ok(None),
                Err(Failure::Other(reason)) => Err(reason),
            }
        });
        let mut state = self.state();
        state.projects.insert(name.to_string());
        let page = match page {
            Ok(page) => {
                match &page {
                    Some(page) => state.index.live.insert(index.clone(), page.page.project.clone()),
                    None => state.index.live.insert_absent(index.clone(), name.clone()),
                }
                page
            }
            Err(reason) => {
                state.notes.insert(reason);
                None
            }
        };
        state.pages.insert(key, Asked::Answered(page.clone()));
        drop(state);
        self.wake.notify_all();
        page
    }

    /// Fetches the metadata of a release: of the wheel that would be installed here, else of another.
    fn metadata(&self, problem: &Problem, name: &ProjectName, version: &Version) {
        let tags = SupportedTags::of(&problem.target);
        for index in &problem.indexes {
            let Some(page) = self.page(index, name) else { continue };
            let Some(release) = page.page.project.releases.get(version) else { continue };
            let Some(file_name) = best_file(release, &tags) else { continue };
            let Some(file) = page.page.files.iter().find(|file| file.file_name == file_name) else {
                continue;
            };
            let Ok(url) = page.url.join(&file.url) else { continue };
            if !self.places.may_follow(&page.url, &url) {
                let host = url.host_str().unwrap_or_default().to_owned();
                self.state().notes.insert(format!("{host}, where files of {name} lie, was not asked"));
                continue;
            }
            match remote::metadata(&self.client, &url, file) {
                Ok(Some(metadata)) => self.state().learn(index, file_name, &metadata),
                Ok(None) | Err(Failure::NotFound) => {}
                Err(Failure::Other(reason)) => drop(self.state().notes.insert(reason)),
            }
        }
    }

    /// What was asked, for the report.
    pub(super) fn summary(&self) -> LookUps {
        self.client.tidy();
        let state = self.state();
        let mut failures: Vec<String> = self.client.unreachable();
        let is_new = |note: &&String| !failures.contains(note);
        let notes: Vec<String> = state.notes.iter().filter(is_new).cloned().collect();
        failures.extend(notes);
        LookUps {
            as_of: self.as_of.as_ref().map(Day::to_string),
            indexes: state.indexes.iter().cloned().collect(),
            projects: state.projects.iter().cloned().collect(),
            requests: self.client.requests(),
            failures,
        }
    }

    /// Time since the first question, in seconds.
    pub(super) fn seconds(&self) -> f64 {
        self.started.elapsed().as_secs_f64()
    }
}

impl State {
    /// Queues a question, unless it was queued before.
    fn queue_up(&mut self, question: Question, problem: &Arc<Problem>) -> bool {
        if problem.indexes.is_empty() || !self.seen.insert(question.clone()) {
            return false;
        }
        self.queue.push_back(Job { question, problem: Arc::clone(problem) });
        true
    }

    /// What a release depends on, where that is known.
    fn requirements(
        &self,
        problem: &Problem,
        name: &ProjectName,
        version: &Version,
    ) -> Option<Vec<Arc<Requirement>>> {
        problem.indexes.iter().find_map(|index| {
            let Lookup::Known(project) = self.index.project(index, name) else { return None };
            let release = project.releases.get(version)?;
            let dependencies =
                release.artifacts.iter().find_map(|artifact| artifact.requires_dist.clone())?;
            Some(dependencies.requirements().ok()?.to_vec())
        })
    }

    /// The nearest releases below a version, without those that are pre-releases.
    fn releases_below(
        &self,
        problem: &Problem,
        name: &ProjectName,
        version: &Version,
        count: usize,
    ) -> Vec<Version> {
        let lookups = problem.indexes.iter().map(|index| self.index.project(index, name));
        let projects = lookups.filter_map(|lookup| match lookup {
            Lookup::Known(project) => Some(project),
            Lookup::Absent | Lookup::Missing => None,
        });
        let Some(project) = projects.max_by_key(|project| project.releases.len()) else { return Vec::new() };
        let below = project.releases.keys().rev().filter(|other| *other < version && !is_prerelease(other));
        below.take(count).cloned().collect()
    }

    fn learn(&mut self, index: &IndexUrl, file_name: &str, metadata: &Metadata) {
        self.index.live.insert_metadata(index, file_name, metadata);
    }
}

fn wanted(requirement: &Requirement, afresh: bool) -> Question {
    Question::Project {
        name: requirement.name.clone(),
        specifiers: requirement.specifiers.to_string(),
        extras: requirement.extra_names().into_iter().collect(),
        afresh,
    }
}

/// The newest release that may be installed here: what an installer looks at first.
fn newest(project: &Project, specifiers: &crate::pep440::Specifiers, problem: &Problem) -> Option<Version> {
    let tags = SupportedTags::of(&problem.target);
    let python = problem.target.python.full_version();
    let releases = project.releases.iter().rev();
    let mut fitting = releases.filter(|(version, release)| {
        specifiers.contains(*version, Prereleases::Default)
            && !release.is_yanked()
            && best_file(release, &tags).is_some()
            && release.requires_python().is_none_or(|required| required.contains(&python, Prereleases::Allow))
    });
    fitting.next().map(|(version, _)| version.clone())
}

/// The file of a release that speaks for it: the wheel that an installer here ranks first, else any
/// wheel, since those of one release nearly always depend on the same; else the sdist.
fn best_file<'r>(release: &'r Release, tags: &SupportedTags) -> Option<&'r str> {
    use crate::index::ArtifactKind;

    let key = |artifact: &crate::index::Artifact| match &artifact.kind {
        ArtifactKind::Wheel(wheel) => tags.rank(wheel).map_or((1, 0), |rank| (0, rank)),
        ArtifactKind::Sdist => (2, 0),
    };
    let best = release.artifacts.iter().min_by_key(|artifact| key(artifact))?;
    Some(&best.file_name)
}
