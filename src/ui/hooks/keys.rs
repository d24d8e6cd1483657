use gloo::{
    events::{EventListener, EventListenerOptions},
    utils::window,
};
use wasm_bindgen::JsCast;
use yew::prelude::*;

/// Calls `pressed` for every key pressed in the page. Where it returns true the browser does
/// nothing else with the key.
#[hook]
pub fn use_keys(pressed: impl Fn(&KeyboardEvent) -> bool + 'static) {
    let latest = use_mut_ref(|| None::<Box<dyn Fn(&KeyboardEvent) -> bool>>);
    *latest.borrow_mut() = Some(Box::new(pressed));
    use_effect_with((), move |()| {
        let options = EventListenerOptions::enable_prevent_default();
        let listener = EventListener::new_with_options(&window(), "keydown", options, move |event| {
            if let (Some(event), Some(pressed)) = (event.dyn_ref::<KeyboardEvent>(), &*latest.borrow())
                && pressed(event)
            {
                event.prevent_default();
            }
        });
        move || drop(listener)
    });
}
