use std::{cell::RefCell, rc::Rc};

use gloo::{
    events::{EventListener, EventListenerOptions},
    timers::callback::Timeout,
    utils::window,
};
use yew::prelude::*;

use crate::{
    link::{Fragment, MAX_CHARACTERS, Playground, secrets},
    ui::{
        components::Dispatch,
        drafts::{self, Banner, Draft, Keeper},
        effects,
        state::{Action, State},
    },
};

/// How long typing pauses before it is saved, in milliseconds.
const PAUSE: u32 = 400;

/// What can be done about drafts.
#[derive(Debug, Clone, PartialEq)]
pub struct Drafts {
    /// Opens a draft in place of what is open, which becomes the draft before it.
    pub restore: Callback<Draft>,
    /// Opens a playground that is not a draft, such as the opening example, in the same way.
    pub open: Callback<Playground>,
    /// Writes a link into the address.
    pub show_link: Callback<String>,
}

/// Saves what is typed: after a pause, and when the page is hidden or left; says so where the browser
/// does not keep it. Opens a link that is put into the address beside what is typed. Keeps a link that
/// is in the address the link of what is typed when the window loses the focus, unless it would then
/// hold what looks like a secret.
#[hook]
pub(in crate::ui) fn use_drafts(
    state: &UseReducerHandle<State>,
    dispatch: &Dispatch,
    keeper: Rc<RefCell<Keeper>>,
) -> Drafts {
    let latest = use_mut_ref(|| state.clone());
    *latest.borrow_mut() = state.clone();
    let keep = {
        let (latest, keeper, dispatch) = (latest.clone(), keeper.clone(), dispatch.clone());
        Rc::new(move || {
            let playground = latest.borrow().playground();
            keeper.borrow_mut().keep(&playground, &effects::link_fragment());
            // Told only where it changed: the whole page is drawn anew for it.
            if latest.borrow().unkept == drafts::stored() {
                dispatch.emit(Action::Kept(drafts::stored()));
            }
        })
    };
    {
        let keep = keep.clone();
        use_effect_with(state.revision, move |_| {
            let timer = Timeout::new(PAUSE, move || keep());
            move || drop(timer)
        });
    }
    let change = {
        let (dispatch, keeper, keep) = (dispatch.clone(), keeper.clone(), keep.clone());
        move |playground: Playground, draft: Option<Draft>| {
            keep();
            keeper.borrow_mut().opened(&playground, draft);
            effects::clear_link();
            dispatch.emit(Action::Open(playground));
            dispatch.emit(Action::Banner(None));
        }
    };
    let show_link = {
        let (keeper, keep) = (keeper.clone(), keep.clone());
        move |link: String| {
            keep();
            effects::show_link(&link);
            keeper.borrow_mut().shared(&effects::link_fragment());
        }
    };
    // The browser asks whether the page is to be left. Only while that would lose something: pages that
    // listen for this are not kept to come back to.
    use_effect_with(state.unkept, move |unkept| {
        let options = EventListenerOptions::enable_prevent_default();
        let listener = unkept.then(|| {
            EventListener::new_with_options(&window(), "beforeunload", options, |event| {
                event.prevent_default()
            })
        });
        move || drop(listener)
    });
    {
        let (latest, keep, dispatch, show_link) = (latest, keep, dispatch.clone(), show_link.clone());
        use_effect_with((), move |()| {
            let listen =
                |name: &'static str, act: Box<dyn Fn()>| EventListener::new(&window(), name, move |_| act());
            let hidden = keep.clone();
            let left = keep.clone();
            let listeners = [
                listen(
                    "pagehide",
                    Box::new(move || {
                        left();
                        drafts::leave();
                    }),
                ),
                // A page that comes back from the browser's cache was not loaded again.
                listen("pageshow", Box::new(drafts::come_back)),
                listen(
                    "blur",
                    Box::new(move || {
                        hidden();
                        let playground = latest.borrow().playground();
                        if effects::link_fragment().is_empty() || !secrets(&playground).is_empty() {
                            return;
                        }
                        let view = latest.borrow().view;
                        let link = effects::link(playground, view);
                        if link.len() <= MAX_CHARACTERS {
                            show_link(link);
                        }
                    }),
                ),
                listen(
                    "hashchange",
                    Box::new(move || match effects::address().0 {
                        Ok(Some(Fragment { state: Some(shared), .. })) => {
                            keep();
                            let mut keeper = keeper.borrow_mut();
                            keeper.opened(&shared, None);
                            let draft = keeper.tab.before.clone().map(Box::new);
                            let made = shared.c.clone();
                            dispatch.emit(Action::Open(shared));
                            dispatch.emit(Action::Banner(Some(Banner::Link { draft, made })));
                        }
                        Ok(_) => {}
                        Err(error) => dispatch.emit(Action::Banner(Some(Banner::BadLink(error.to_string())))),
                    }),
                ),
            ];
            move || drop(listeners)
        });
    }
    let restore = change.clone();
    Drafts {
        restore: Callback::from(move |draft: Draft| restore(draft.playground.clone(), Some(draft))),
        open: Callback::from(move |playground| change(playground, None)),
        show_link: Callback::from(show_link),
    }
}
