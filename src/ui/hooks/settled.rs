use gloo::timers::callback::Timeout;
use yew::prelude::*;

/// A value once it has not changed for so many milliseconds: what a screen reader is told.
#[hook]
pub fn use_settled(value: AttrValue, milliseconds: u32) -> AttrValue {
    let settled = use_state(AttrValue::default);
    {
        let settled = settled.setter();
        use_effect_with(value, move |value| {
            let value = value.clone();
            let timer = Timeout::new(milliseconds, move || settled.set(value));
            move || drop(timer)
        });
    }
    (*settled).clone()
}
