//! Drafts: what was typed is never lost, whatever is opened over it.
//!
//! - A tab has its own draft, in `sessionStorage`, and the one that was there before a link was
//!   opened over it.
//! - Every draft is also kept for the site, under a key of its own, so that two tabs cannot
//!   overwrite each other; the five latest stay.
//! - What is opened: a valid link, else a draft, else the opening example ([`opening`]).
//! - Saving begins with the first edit: looking at a link leaves nothing behind.

use std::cell::RefCell;

use serde::{Deserialize, Serialize};

use super::storage::{self, Place};
use crate::{
    link::{Fragment, LinkError, Playground, View},
    order,
};

/// How many drafts the site keeps.
const KEPT: usize = 5;

/// The key of a tab's drafts.
const TAB: &str = "wheelstage.tab";

/// Set while a tab's page is gone. A copy of a tab copies its storage too, while the page is there:
/// that is how the copy knows that the draft's id is not its own.
const LEFT: &str = "wheelstage.left";

/// The beginning of the key of every draft of the site.
const PREFIX: &str = "wheelstage.draft.";

/// Something typed, and when.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Draft {
    /// Its own, for as long as it is edited in one tab.
    pub id: String,
    /// When it was saved, in milliseconds since 1970.
    pub saved: f64,
    /// The fragment in the address meanwhile, `#` included; empty where it held no playground.
    pub fragment: String,
    /// The text and settings.
    pub playground: Playground,
}

/// A tab's drafts.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct TabDrafts {
    /// The one that is edited.
    pub current: Option<Draft>,
    /// The one that a link was opened over.
    pub before: Option<Draft>,
}

impl TabDrafts {
    /// After something was typed before the page's program had come.
    pub(super) fn typed(self, playground: Playground) -> Self {
        let saved = js_sys::Date::now();
        let typed = Draft { id: new_id(), saved, fragment: String::new(), playground };
        Self { current: Some(typed), before: self.current }
    }
}

/// What there is to say about what is open. It stays until it is closed.
#[derive(Debug, Clone, PartialEq)]
pub enum Banner {
    /// A link was opened.
    Link {
        /// The draft beside it.
        draft: Option<Box<Draft>>,
        /// The date of the catalogue that the link was made with.
        made: Option<String>,
    },
    /// A shared playground was opened again, with the edits made to it in this tab.
    Edits {
        /// The draft beside it.
        draft: Option<Box<Draft>>,
        /// The playground as it was shared.
        shared: Box<Playground>,
    },
    /// The latest draft of another visit was opened.
    Draft {
        /// When it was saved.
        saved: f64,
    },
    /// A link could not be opened: why.
    BadLink(String),
}

/// What is shown at the start.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Opening {
    /// The text and settings; `None`: the opening example.
    pub playground: Option<Playground>,
    /// What becomes of the tab's drafts.
    pub tab: TabDrafts,
    /// What there is to say.
    pub banner: Option<Banner>,
}

/// What an address and the kept drafts come to: a valid link, else a draft, else the example.
#[must_use]
pub fn opening(
    link: Result<Option<Fragment>, LinkError>,
    fragment: &str,
    tab: TabDrafts,
    site: &[Draft],
) -> Opening {
    let drafts = || tab.current.iter().chain(&tab.before);
    let other = |fragment: &str| drafts().find(|draft| draft.fragment != fragment).cloned();
    let made_here = |fragment: &str| drafts().find(|draft| draft.fragment == fragment).cloned();
    let shared = link.as_ref().ok().and_then(|link| link.as_ref()?.state.clone());
    if let Some(shared) = shared {
        let before = other(fragment);
        let draft = before.clone().map(Box::new);
        return match made_here(fragment) {
            Some(current) => Opening {
                playground: Some(current.playground.clone()),
                tab: TabDrafts { current: Some(current), before },
                banner: Some(Banner::Edits { draft, shared: Box::new(shared) }),
            },
            None => {
                let made = shared.c.clone();
                Opening {
                    playground: Some(shared),
                    tab: TabDrafts { current: None, before },
                    banner: Some(Banner::Link { draft, made }),
                }
            }
        };
    }
    let bad = link.err().map(|error| Banner::BadLink(error.to_string()));
    if let Some(current) = made_here("").or_else(|| tab.current.clone()) {
        let before = drafts().find(|draft| draft.id != current.id).cloned();
        let playground = Some(current.playground.clone());
        return Opening { playground, tab: TabDrafts { current: Some(current), before }, banner: bad };
    }
    match site.first() {
        // Under an id of its own from its first edit on: the other tab may be open still.
        Some(latest) => Opening {
            playground: Some(latest.playground.clone()),
            tab: TabDrafts::default(),
            banner: bad.or(Some(Banner::Draft { saved: latest.saved })),
        },
        None => Opening { playground: None, tab: TabDrafts::default(), banner: bad },
    }
}

/// The drafts of this tab, and what of them is stored.
#[derive(Debug)]
pub(super) struct Keeper {
    /// The drafts.
    pub(super) tab: TabDrafts,
    /// What is open as it was opened or last saved: a text that equals it is not saved.
    unchanged: Playground,
    /// Nothing is saved inside another site's page.
    enabled: bool,
}

thread_local! {
    /// Drafts that the browser did not store, while the page is open.
    static UNSTORED: RefCell<Vec<Draft>> = const { RefCell::new(Vec::new()) };
}

impl Keeper {
    /// Of a tab in which this was opened.
    pub(super) fn new(opening: &Opening, opened: &Playground, view: Option<View>) -> Self {
        Self { tab: opening.tab.clone(), unchanged: opened.clone(), enabled: view != Some(View::Embed) }
    }

    /// Saves what is typed, if it was edited. `fragment` is what the address holds.
    pub(super) fn keep(&mut self, playground: &Playground, fragment: &str) {
        if !self.enabled || same(playground, &self.unchanged) {
            return;
        }
        self.unchanged = playground.clone();
        let id = self.tab.current.as_ref().map_or_else(new_id, |draft| draft.id.clone());
        let draft = Draft {
            id,
            saved: js_sys::Date::now(),
            fragment: fragment.to_owned(),
            playground: playground.clone(),
        };
        keep_for_site(&draft);
        self.tab.current = Some(draft);
        self.store();
    }

    /// The address now holds another link to what is typed.
    pub(super) fn shared(&mut self, fragment: &str) {
        if let Some(draft) = &mut self.tab.current {
            fragment.clone_into(&mut draft.fragment);
            self.store();
        }
    }

    /// Another playground is opened over what was typed, which is kept before this is called.
    pub(super) fn opened(&mut self, playground: &Playground, current: Option<Draft>) {
        let own = |id: &str| self.tab.current.iter().chain(&self.tab.before).any(|draft| draft.id == id);
        let current = current.map(|draft| Draft {
            // One that is not this tab's may be another's that is open still.
            id: if own(&draft.id) { draft.id } else { new_id() },
            fragment: String::new(),
            ..draft
        });
        let before = self.tab.current.take().or(self.tab.before.take());
        self.tab.before =
            before.filter(|draft| current.as_ref().is_none_or(|current| current.id != draft.id));
        self.tab.current = current;
        self.unchanged = playground.clone();
        if self.tab.current.is_some() {
            self.store();
        }
    }

    fn store(&self) {
        if let Ok(text) = serde_json::to_string(&self.tab) {
            // A tab whose storage is full or off keeps its drafts in memory, where they are.
            let _ = storage::write(Place::Tab, TAB, &text);
        }
    }
}

/// The page is left: what is stored for the tab is its own when it comes back.
pub(super) fn leave() {
    let _ = storage::write(Place::Tab, LEFT, "1");
}

/// The page is there again.
pub(super) fn come_back() {
    storage::remove(Place::Tab, LEFT);
}

/// The drafts of this tab, as they were when it was left.
pub(super) fn of_tab() -> TabDrafts {
    let own = storage::read(Place::Tab, LEFT).is_some();
    come_back();
    let stored = storage::read(Place::Tab, TAB);
    let mut tab: TabDrafts = stored.and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default();
    if !own {
        for draft in tab.current.iter_mut().chain(&mut tab.before) {
            draft.id = new_id();
        }
    }
    tab
}

/// The drafts that the site keeps, latest first.
pub(super) fn of_site() -> Vec<Draft> {
    let mut drafts = UNSTORED.with_borrow(Clone::clone);
    let stored = storage::keys(Place::Site, PREFIX).into_iter().filter_map(|key| {
        let text = storage::read(Place::Site, &key)?;
        serde_json::from_str::<Draft>(&text).ok()
    });
    for draft in stored {
        if drafts.iter().all(|known| known.id != draft.id) {
            drafts.push(draft);
        }
    }
    latest_first(&mut drafts, js_sys::Date::now());
    drafts.truncate(KEPT);
    drafts
}

/// Sorts drafts, the latest first. Those of a time to come were saved while the clock was wrong: they
/// come last, or nothing new would be kept beside them.
pub fn latest_first(drafts: &mut [Draft], now: f64) {
    order::sort_by(drafts, |a, b| {
        let ahead = |draft: &Draft| draft.saved > now;
        ahead(a).cmp(&ahead(b)).then_with(|| b.saved.total_cmp(&a.saved))
    });
}

/// Whether every draft so far was stored, and not only held in memory.
pub(super) fn stored() -> bool {
    UNSTORED.with_borrow(Vec::is_empty)
}

fn keep_for_site(draft: &Draft) {
    let text = serde_json::to_string(draft).unwrap_or_default();
    let stored = storage::write(Place::Site, &format!("{PREFIX}{}", draft.id), &text);
    UNSTORED.with_borrow_mut(|unstored| {
        unstored.retain(|known| known.id != draft.id);
        if !stored {
            unstored.push(draft.clone());
        }
    });
    let kept: Vec<String> = of_site().iter().map(|draft| format!("{PREFIX}{}", draft.id)).collect();
    for key in storage::keys(Place::Site, PREFIX) {
        if !kept.contains(&key) {
            storage::remove(Place::Site, &key);
        }
    }
}

/// Equal but for the catalogue's date, which the person does not type.
fn same(a: &Playground, b: &Playground) -> bool {
    let typed = |playground: &Playground| Playground { c: None, facts: None, ..playground.clone() };
    typed(a) == typed(b)
}

fn new_id() -> String {
    format!("{:x}", js_sys::Math::random().to_bits())
}
