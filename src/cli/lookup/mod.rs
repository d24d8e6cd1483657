//! Look-ups: what catalogue and facts lack is asked from the package index, as pip and uv do. What is
//! asked is [`crate::inquiry`]'s to say; here threads ask it.

mod cache;
mod client;
mod html;
mod places;
mod remote;

use std::{
    collections::BTreeSet,
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
    index::{Index, IndexUrl, PageFile, ProjectPage},
    inquiry::{Answer, Fetch, Inquiry, LONGEST, MOST_AT_ONCE, MOST_REQUESTS, PAGE_JSON, Progress},
    pep508::ProjectName,
    report::LookUps,
};

/// The page of a project, in JSON (PEP 691) where the index has it, else in HTML (PEP 503).
const PAGE: &str =
    "application/vnd.pypi.simple.v1+json, application/vnd.pypi.simple.v1+html;q=0.2, text/html;q=0.1";

/// Whoever asks, and all that was learnt so far.
pub(super) struct Lookups<'a> {
    client: Client<'a>,
    places: &'a Places,
    started: Instant,
    state: Mutex<State>,
    wake: Condvar,
}

struct State {
    inquiry: Inquiry,
    indexes: BTreeSet<String>,
    notes: BTreeSet<String>,
}

impl<'a> Lookups<'a> {
    /// # Errors
    /// The person's configuration cannot be used.
    pub(super) fn new(places: &'a Places, input: &Input, index: &Index) -> Result<Self, String> {
        let state = State {
            inquiry: Inquiry::new(index.clone(), input.as_of.clone()),
            indexes: BTreeSet::new(),
            notes: BTreeSet::new(),
        };
        Ok(Self {
            client: Client::new(places, Cache::of_user(), input.refresh)?,
            places,
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
        Arc::new(self.state().inquiry.index().clone())
    }

    /// Asks for facts; whether anything was asked that had not been asked before.
    pub(super) fn look_up(&self, lacking: &[Lacking]) -> bool {
        if !lacking.is_empty() && self.started.elapsed() > Duration::from_secs(LONGEST.into()) {
            let note = format!("asking took more than {LONGEST} seconds, and was given up");
            self.state().notes.insert(note);
            return false;
        }
        let asked = self.state().inquiry.want(lacking);
        if asked {
            self.work();
        }
        asked
    }

    /// Works until nothing is queued.
    fn work(&self) {
        thread::scope(|scope| {
            for _ in 0..MOST_AT_ONCE {
                scope.spawn(|| {
                    while let Some(fetch) = self.next() {
                        let answer = self.answer(&fetch);
                        let mut state = self.state();
                        state.inquiry.answered(fetch, answer);
                        show(state.inquiry.progress());
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

    /// What to fetch next; `None` once nothing is queued and nobody may queue more.
    fn next(&self) -> Option<Fetch> {
        let mut state = self.state();
        loop {
            if self.client.requests() >= MOST_REQUESTS {
                state.inquiry.stop(format!("more than {MOST_REQUESTS} requests would be needed"));
            }
            if let Some(fetch) = state.inquiry.take() {
                return Some(fetch);
            }
            if state.inquiry.is_idle() {
                return None;
            }
            state = self.wake.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }

    fn answer(&self, fetch: &Fetch) -> Answer {
        let answer = match fetch {
            Fetch::Page { index, name } => self.page(index, name),
            Fetch::Metadata { name, page, file, .. } => self.metadata(name, page, file),
        };
        answer.unwrap_or_else(|failure| match failure {
            Failure::NotFound => Answer::NotThere,
            Failure::Other(reason) => Answer::Failed(reason),
        })
    }

    fn page(&self, index: &IndexUrl, name: &ProjectName) -> Result<Answer, Failure> {
        let base = self.places.of_index(index).map_err(|refused| Failure::Other(refused.to_string()))?;
        let url = base.join(&format!("{name}/")).map_err(|error| Failure::Other(error.to_string()))?;
        let bare = client::bare(&url);
        self.state().indexes.insert(client::bare(&base).trim_end_matches('/').to_owned());
        let answer = self.client.page(&url, PAGE)?;
        let text = String::from_utf8_lossy(&answer.body);
        let page = match answer.media_type.as_str() {
            PAGE_JSON | "application/json" => {
                ProjectPage::parse(name, &text).map_err(|error| Failure::Other(format!("{bare}: {error}")))?
            }
            _ => html::project_page(name, &text),
        };
        // Its files may lie where the same user and password are asked for.
        Ok(Answer::Page(url.as_str().into(), page))
    }

    fn metadata(&self, name: &ProjectName, page: &str, file: &PageFile) -> Result<Answer, Failure> {
        let Ok(page) = Url::parse(page) else { return Ok(Answer::NotThere) };
        let Ok(url) = page.join(&file.url) else { return Ok(Answer::NotThere) };
        if !self.places.may_follow(&page, &url) {
            let host = url.host_str().unwrap_or_default();
            return Err(Failure::Other(format!("{host}, where files of {name} lie, was not asked")));
        }
        let metadata = remote::metadata(&self.client, &url, file)?;
        Ok(metadata.map_or(Answer::NotThere, Answer::Metadata))
    }

    /// What was asked, for the report.
    pub(super) fn summary(&self) -> LookUps {
        self.client.tidy();
        let state = self.state();
        let summary = state.inquiry.summary();
        let mut failures: Vec<String> = self.client.unreachable();
        let notes: BTreeSet<&String> = state.notes.iter().chain(&summary.failures).collect();
        let is_new = |note: &&&String| !failures.contains(note);
        let notes: Vec<String> = notes.iter().filter(is_new).map(|note| (*note).clone()).collect();
        failures.extend(notes);
        LookUps {
            indexes: state.indexes.iter().cloned().collect(),
            requests: self.client.requests(),
            failures,
            ..summary
        }
    }

    /// Time since the first question, in seconds.
    pub(super) fn seconds(&self) -> f64 {
        self.started.elapsed().as_secs_f64()
    }
}

fn show(progress: Progress) {
    if std::io::stderr().is_terminal() {
        let Progress { projects, left } = progress;
        eprint!("\r\x1b[KLooking up {projects} projects, {left} questions left");
        // Nobody is there to read what cannot be shown.
        let _ = std::io::stderr().flush();
    }
}
