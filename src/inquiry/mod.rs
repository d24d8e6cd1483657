//! What to ask a package index, so that an analysis which lacks facts can go on. Whoever has a network
//! fetches what [`Inquiry::take`] names and hands back what came ([`Inquiry::answered`]): threads on
//! the command line, a worker's requests in the page.
//!
//! A resolver names what it lacks one level of dependencies at a time, so that from each fact the search
//! goes on ahead: from a page to the newest release that is asked for, and from its metadata to the
//! pages of what it depends on.

mod progress;
mod question;
#[cfg(test)]
mod tests;

use std::{
    collections::{HashMap, HashSet, VecDeque},
    sync::Arc,
};

pub use progress::Progress;
use question::{Job, Question, best_file, newest, wanted};

use crate::{
    findings::Lacking,
    index::{Day, Index, IndexUrl, Lookup, Metadata, PageFile, ProjectPage, SupportedTags},
    order::SortedSet,
    pep440::{Version, is_prerelease},
    pep508::{ProjectName, Requirement},
    report::LookUps,
    resolve::{MissingFact, Problem, Wanted},
};

/// Questions that are under way at once.
pub const MOST_AT_ONCE: usize = 16;

/// Requests of one inquiry.
pub const MOST_REQUESTS: u32 = 5_000;

/// Times that an analysis is asked again. Each brings facts that were not there before, and a closure
/// that needs more is one that nobody waits for.
pub const MOST_ROUNDS: usize = 60;

/// Seconds after which nothing more is asked: nobody waits longer, and what is known by then counts.
pub const LONGEST: u32 = 120;

/// The page of a project, in JSON (PEP 691): what comes first in a request's `Accept`.
pub const PAGE_JSON: &str = "application/vnd.pypi.simple.v1+json";

/// Releases besides the one that is asked for whose metadata is fetched when a project is asked for
/// again and again.
const MOST_AHEAD: usize = 256;

/// Something to fetch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fetch {
    /// The page of a project.
    Page {
        /// The index that the build means.
        index: IndexUrl,
        /// The project.
        name: ProjectName,
    },
    /// The metadata of a file.
    Metadata {
        /// The index that the build means.
        index: IndexUrl,
        /// The project.
        name: ProjectName,
        /// The address of the page, to which the file's may be relative.
        page: Arc<str>,
        /// The file.
        file: PageFile,
        /// Some file of this page has metadata beside it: where this one has none announced, there is
        /// none.
        announces: bool,
    },
}

/// What came of fetching.
#[derive(Debug, Clone)]
pub enum Answer {
    /// A project's page, and where it was.
    Page(Arc<str>, ProjectPage),
    /// A file's metadata.
    Metadata(Metadata),
    /// The server does not have it.
    NotThere,
    /// Why it could not be had, in words without user and password.
    Failed(String),
}

/// All that was learnt, and what is still to be asked.
#[derive(Debug, Clone)]
pub struct Inquiry {
    index: Index,
    /// What was uploaded after it does not count.
    as_of: Option<Day>,
    /// Fetches that are under way, or were answered.
    fetches: HashMap<Key, Fetched>,
    queue: VecDeque<Job>,
    /// What is to be fetched next.
    ready: VecDeque<Fetch>,
    /// Jobs that were queued.
    seen: HashSet<Question>,
    /// How often a release of a project was asked for.
    asked: HashMap<ProjectName, u32>,
    /// Projects about which something was asked.
    projects: SortedSet<ProjectName>,
    notes: SortedSet<String>,
    under_way: usize,
}

type Key = (IndexUrl, ProjectName, Option<String>);

#[derive(Debug, Clone)]
enum Fetched {
    /// And these jobs wait for it.
    UnderWay(Vec<Job>),
    /// `None`: there is none, or it could not be had.
    Page(Option<(Arc<str>, Arc<ProjectPage>)>),
    Metadata,
}

impl Inquiry {
    /// An inquiry that starts from what is known.
    #[must_use]
    pub fn new(index: Index, as_of: Option<Day>) -> Self {
        Self {
            index,
            as_of,
            fetches: HashMap::new(),
            queue: VecDeque::new(),
            ready: VecDeque::new(),
            seen: HashSet::new(),
            asked: HashMap::new(),
            projects: SortedSet::new(),
            notes: SortedSet::new(),
            under_way: 0,
        }
    }

    /// All that is known now.
    #[must_use]
    pub fn index(&self) -> &Index {
        &self.index
    }

    /// The facts of other sources than the index, which may have grown since.
    pub fn sources_are(&mut self, known: &Index) {
        self.index.catalogue = Arc::clone(&known.catalogue);
        self.index.overlay = known.overlay.clone();
    }

    /// Asks for facts; whether anything is asked that had not been asked before.
    pub fn want(&mut self, lacking: &[Lacking]) -> bool {
        let mut asks = false;
        for Lacking { fact, problem } in lacking {
            for question in self.questions(fact, problem) {
                asks |= self.queue_up(question, problem);
            }
        }
        asks
    }

    /// The next thing to fetch; `None` where nothing is to be fetched before something under way is
    /// answered.
    pub fn take(&mut self) -> Option<Fetch> {
        loop {
            if let Some(fetch) = self.ready.pop_front() {
                self.under_way += 1;
                return Some(fetch);
            }
            let job = self.queue.pop_front()?;
            self.work(job);
        }
    }

    /// Nothing is under way.
    #[must_use]
    pub fn is_idle(&self) -> bool {
        self.under_way == 0
    }

    /// How far it has come.
    #[must_use]
    pub fn progress(&self) -> Progress {
        Progress { projects: self.projects.len(), left: self.queue.len() + self.ready.len() + self.under_way }
    }

    /// Takes in what came of fetching.
    pub fn answered(&mut self, fetch: Fetch, answer: Answer) {
        self.under_way = self.under_way.saturating_sub(1);
        let key = key(&fetch);
        let fetched = match fetch {
            Fetch::Page { index, name } => {
                self.projects.insert(name.clone());
                Fetched::Page(self.page(index, name, answer))
            }
            Fetch::Metadata { index, file, .. } => {
                match answer {
                    Answer::Metadata(metadata) => {
                        self.index.live.insert_metadata(&index, &file.file_name, &metadata);
                    }
                    Answer::Failed(reason) => drop(self.notes.insert(reason)),
                    Answer::NotThere | Answer::Page(..) => {}
                }
                Fetched::Metadata
            }
        };
        if let Some(Fetched::UnderWay(waiting)) = self.fetches.insert(key, fetched) {
            waiting.into_iter().rev().for_each(|job| self.queue.push_front(job));
        }
    }

    /// Asks nothing more, for this reason.
    pub fn stop(&mut self, note: String) {
        self.queue.clear();
        self.ready.clear();
        self.notes.insert(note);
    }

    /// Gives up on what is queued and under way: it may be asked for again, and so may what could not
    /// be had.
    pub fn restart(&mut self) {
        self.queue.clear();
        self.ready.clear();
        self.seen.clear();
        self.notes = SortedSet::new();
        self.under_way = 0;
        self.fetches.retain(|_, fetched| matches!(fetched, Fetched::Page(Some(_))));
    }

    /// What was asked, for a report: without what only the transport knows.
    #[must_use]
    pub fn summary(&self) -> LookUps {
        LookUps {
            as_of: self.as_of.as_ref().map(Day::to_string),
            projects: self.projects.iter().map(ToString::to_string).collect(),
            failures: self.notes.iter().cloned().collect(),
            ..LookUps::default()
        }
    }

    fn page(
        &mut self,
        index: IndexUrl,
        name: ProjectName,
        answer: Answer,
    ) -> Option<(Arc<str>, Arc<ProjectPage>)> {
        let (url, page) = match answer {
            Answer::Page(url, page) => (url, page),
            Answer::Failed(reason) => {
                self.notes.insert(reason);
                return None;
            }
            Answer::NotThere | Answer::Metadata(_) => {
                self.index.live.insert_absent(index, name);
                return None;
            }
        };
        let page = match &self.as_of {
            None => page,
            Some(day) => match page.as_of(day) {
                Some(page) => page,
                None => {
                    let page = IndexUrl::new(&url);
                    let silent = format!("{page}/ does not say when its files were uploaded");
                    self.notes.insert(format!("{silent}, so that what there was on {day} is not known"));
                    return None;
                }
            },
        };
        self.index.live.insert(index, page.project.clone());
        Some((url, Arc::new(page)))
    }

    fn questions(&mut self, fact: &MissingFact, problem: &Arc<Problem>) -> Vec<Question> {
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
        let times = self.asked.entry(name.clone()).or_default();
        *times += 1;
        let ahead = match *times {
            1 => 0,
            times => (1_usize << times.min(8)).min(MOST_AHEAD),
        };
        let older = self.releases_below(problem, &name, &version, ahead);
        let older = older.into_iter().map(|version| Question::Release {
            name: name.clone(),
            version,
            extras: Vec::new(),
            goes_on: false,
        });
        let this = Question::Release { name: name.clone(), version, extras: Vec::new(), goes_on: true };
        [this].into_iter().chain(older).collect()
    }

    /// Queues a question, unless it was queued before.
    fn queue_up(&mut self, question: Question, problem: &Arc<Problem>) -> bool {
        if problem.indexes.is_empty() || !self.seen.insert(question.clone()) {
            return false;
        }
        self.queue.push_back(Job { question, problem: Arc::clone(problem) });
        true
    }

    /// Goes on with a job, or has it wait for what it needs.
    fn work(&mut self, job: Job) {
        let needed = self.needed(&job);
        let mut waits = false;
        for fetch in needed {
            let key = key(&fetch);
            match self.fetches.get_mut(&key) {
                // It waits for one at a time: all that it needs are asked for.
                Some(Fetched::UnderWay(waiting)) => {
                    if !waits {
                        waiting.push(job.clone());
                    }
                }
                Some(_) => continue,
                None => {
                    let waiting = if waits { Vec::new() } else { vec![job.clone()] };
                    self.fetches.insert(key, Fetched::UnderWay(waiting));
                    self.ready.push_back(fetch);
                }
            }
            waits = true;
        }
        if !waits {
            self.go_on(&job);
        }
    }

    /// What must be there before a job can go on. Some of it may be there.
    fn needed(&self, job: &Job) -> Vec<Fetch> {
        let indexes = &job.problem.indexes;
        let page =
            |index: &IndexUrl, name: &ProjectName| Fetch::Page { index: index.clone(), name: name.clone() };
        match &job.question {
            Question::Project { name, afresh, .. } => indexes
                .iter()
                .filter(|index| *afresh || matches!(self.index.project(index, name), Lookup::Missing))
                .map(|index| page(index, name))
                .collect(),
            Question::Release { name, version, .. } => {
                if self.requirements(&job.problem, name, version).is_some() {
                    return Vec::new();
                }
                let tags = SupportedTags::of(&job.problem.target);
                let needed = indexes.iter().filter_map(|index| {
                    match self.fetches.get(&(index.clone(), name.clone(), None)) {
                        Some(Fetched::Page(Some((url, there)))) => {
                            metadata(index, url, there, version, &tags)
                        }
                        Some(Fetched::Page(None)) => None,
                        _ => Some(page(index, name)),
                    }
                });
                needed.collect()
            }
        }
    }

    fn go_on(&mut self, job: &Job) {
        let problem = &job.problem;
        match &job.question {
            Question::Project { name, specifiers, extras, .. } => {
                let specifiers = specifiers.parse().unwrap_or_default();
                let newest = problem.indexes.iter().filter_map(|index| {
                    let Lookup::Known(project) = self.index.project(index, name) else { return None };
                    newest(&project, &specifiers, problem)
                });
                if let Some(version) = newest.max() {
                    let (name, extras) = (name.clone(), extras.clone());
                    self.queue_up(Question::Release { name, version, extras, goes_on: true }, problem);
                }
            }
            Question::Release { name, version, extras, goes_on: true } => {
                let environment = problem.target.environment();
                let requirements = self.requirements(problem, name, version);
                let applying = requirements.into_iter().flatten().filter(|requirement| {
                    requirement.url.is_none() && requirement.applies(&environment, extras).unwrap_or(false)
                });
                for requirement in applying {
                    self.queue_up(wanted(&requirement, false), problem);
                }
            }
            Question::Release { .. } => {}
        }
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
}

/// The metadata of a release: of the wheel that would be installed here, else of another.
fn metadata(
    index: &IndexUrl,
    url: &Arc<str>,
    page: &ProjectPage,
    version: &Version,
    tags: &SupportedTags,
) -> Option<Fetch> {
    let file_name = best_file(page.project.releases.get(version)?, tags)?;
    let file = page.files.iter().find(|file| file.file_name == file_name)?;
    Some(Fetch::Metadata {
        index: index.clone(),
        name: page.project.name.clone(),
        page: Arc::clone(url),
        file: file.clone(),
        announces: page.announces_metadata(),
    })
}

/// By what a fetch is known: one of a page, or of a file.
fn key(fetch: &Fetch) -> Key {
    match fetch {
        Fetch::Page { index, name } => (index.clone(), name.clone(), None),
        Fetch::Metadata { index, name, file, .. } => {
            (index.clone(), name.clone(), Some(file.file_name.clone()))
        }
    }
}
