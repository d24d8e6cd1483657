use wasm_bindgen::prelude::*;
use web_sys::{Element, ResizeObserver};
use yew::prelude::*;

/// The width of an element in CSS pixels, followed as it changes; a usual one before it is known.
#[hook]
pub fn use_width(node: &NodeRef) -> f64 {
    let width = use_state(|| 640.0);
    {
        let (node, width) = (node.clone(), width.setter());
        use_effect_with((), move |()| {
            let observed = node.cast::<Element>().and_then(|element| {
                let measured = element.clone();
                let callback = Closure::<dyn Fn()>::new(move || {
                    let now = f64::from(measured.client_width());
                    // A pane out of sight has no width: it keeps the one it had.
                    if now > 0.0 {
                        width.set(now);
                    }
                });
                let observer = ResizeObserver::new(callback.as_ref().unchecked_ref()).ok()?;
                observer.observe(&element);
                Some((observer, callback))
            });
            move || {
                if let Some((observer, _callback)) = observed {
                    observer.disconnect();
                }
            }
        });
    }
    *width
}
