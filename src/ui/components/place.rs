use yew::prelude::*;

use super::Dispatch;
use crate::{
    report::Location,
    ui::state::{Action, Lit},
};

/// What to do when a pointer or the focus comes to a thing that stands for a place, and leaves.
#[derive(Clone, PartialEq)]
pub struct Lights {
    /// A pointer came.
    pub enter: Callback<PointerEvent>,
    /// It left.
    pub leave: Callback<PointerEvent>,
    /// The focus came.
    pub focus: Callback<FocusEvent>,
    /// It left.
    pub blur: Callback<FocusEvent>,
    /// Pressed: go there.
    pub go: Callback<MouseEvent>,
    /// Pressed by Enter or the space bar, for what is drawn and no real button.
    pub press: Callback<KeyboardEvent>,
}

impl Lights {
    /// Lights `places`; pressed, goes to the first of them.
    #[must_use]
    pub fn new(dispatch: &Dispatch, places: Vec<Location>) -> Self {
        let first = places.first().cloned();
        let on = {
            let dispatch = dispatch.clone();
            move || dispatch.emit(Action::Light(places.clone()))
        };
        let off = {
            let dispatch = dispatch.clone();
            move || dispatch.emit(Action::Light(Vec::new()))
        };
        let go = {
            let dispatch = dispatch.clone();
            move || {
                if let Some(place) = &first {
                    dispatch.emit(Action::Go(place.clone()));
                }
            }
        };
        let press = go.clone();
        let (on_focus, off_blur) = (on.clone(), off.clone());
        Self {
            enter: Callback::from(move |_| on()),
            leave: Callback::from(move |_| off()),
            focus: Callback::from(move |_| on_focus()),
            blur: Callback::from(move |_| off_blur()),
            go: Callback::from(move |_| go()),
            press: Callback::from(move |event: KeyboardEvent| {
                if matches!(event.key().as_str(), "Enter" | " ") {
                    event.prevent_default();
                    press();
                }
            }),
        }
    }
}

/// Whether a place shares a byte with a lit one.
#[must_use]
pub fn is_lit(lit: &Lit, place: Option<&Location>) -> bool {
    place.is_some_and(|place| {
        lit.places
            .iter()
            .any(|lit| lit.file == place.file && lit.start <= place.end && place.start <= lit.end)
    })
}

/// `Dockerfile line 5`.
#[must_use]
pub fn place_words(place: &Location) -> String {
    format!("{} line {}", place.file, place.line)
}

/// A place in words that lights up its line, and goes there when pressed.
pub fn place_button(place: &Location, dispatch: &Dispatch) -> Html {
    let lights = Lights::new(dispatch, vec![place.clone()]);
    html! {
        <button
            type="button"
            class="place"
            onpointerenter={lights.enter}
            onpointerleave={lights.leave}
            onfocus={lights.focus}
            onblur={lights.blur}
            onclick={lights.go}
        >{ place_words(place) }</button>
    }
}
