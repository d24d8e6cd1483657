use wasm_bindgen::JsCast;
use web_sys::Element;
use yew::prelude::*;

/// Which way a splitter moves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Axis {
    /// Left and right.
    Columns,
    /// Up and down.
    Rows,
}

/// Properties of [`Splitter`].
#[derive(Debug, Clone, PartialEq, Properties)]
pub struct SplitterProps {
    /// What it divides.
    pub label: AttrValue,
    /// The id of the pane before it.
    pub controls: AttrValue,
    /// Which way it moves.
    pub axis: Axis,
    /// Share of the pane before it, in percent.
    pub value: f64,
    /// Where it stood at first.
    pub initial: f64,
    /// It was moved.
    pub onmove: Callback<f64>,
}

/// The least and the most that a pane gets, in percent.
const LIMITS: (f64, f64) = (15.0, 85.0);

/// A divider to drag, or to move by arrow keys; a double press or Enter puts it back.
#[function_component]
pub fn Splitter(props: &SplitterProps) -> Html {
    let held = use_mut_ref(|| false);
    let set = {
        let onmove = props.onmove.clone();
        move |value: f64| onmove.emit(value.clamp(LIMITS.0, LIMITS.1))
    };
    let onkeydown = {
        let (set, value, initial, axis) = (set.clone(), props.value, props.initial, props.axis);
        Callback::from(move |event: KeyboardEvent| {
            let next = match (event.key().as_str(), axis) {
                ("ArrowLeft", Axis::Columns) | ("ArrowUp", Axis::Rows) => value - 2.0,
                ("ArrowRight", Axis::Columns) | ("ArrowDown", Axis::Rows) => value + 2.0,
                ("Home", _) => LIMITS.0,
                ("End", _) => LIMITS.1,
                ("Enter", _) => initial,
                _ => return,
            };
            event.prevent_default();
            set(next);
        })
    };
    let onpointerdown = {
        let held = held.clone();
        Callback::from(move |event: PointerEvent| {
            if let Some(element) = event.target().and_then(|target| target.dyn_into::<Element>().ok()) {
                // Without the capture the pointer is lost only when it leaves the divider quickly.
                let _ = element.set_pointer_capture(event.pointer_id());
                *held.borrow_mut() = true;
                event.prevent_default();
            }
        })
    };
    let onpointermove = {
        let (held, set, axis) = (held.clone(), set.clone(), props.axis);
        Callback::from(move |event: PointerEvent| {
            if !*held.borrow() {
                return;
            }
            let parent = event
                .target()
                .and_then(|target| target.dyn_into::<Element>().ok())
                .and_then(|element| element.parent_element());
            if let Some(parent) = parent {
                let frame = parent.get_bounding_client_rect();
                let (at, size) = match axis {
                    Axis::Columns => (f64::from(event.client_x()) - frame.left(), frame.width()),
                    Axis::Rows => (f64::from(event.client_y()) - frame.top(), frame.height()),
                };
                if size > 0.0 {
                    set(at / size * 100.0);
                }
            }
        })
    };
    let release = Callback::from(move |_: PointerEvent| *held.borrow_mut() = false);
    let reset = {
        let (set, initial) = (set, props.initial);
        Callback::from(move |_: MouseEvent| set(initial))
    };
    let (class, orientation) = match props.axis {
        Axis::Columns => ("splitter columns", "vertical"),
        Axis::Rows => ("splitter rows", "horizontal"),
    };
    html! {
        <div
            {class}
            role="separator"
            tabindex="0"
            aria-label={&props.label}
            aria-controls={&props.controls}
            aria-orientation={orientation}
            aria-valuemin={(LIMITS.0 as i32).to_string()}
            aria-valuemax={(LIMITS.1 as i32).to_string()}
            aria-valuenow={(props.value.round() as i32).to_string()}
            {onkeydown}
            {onpointerdown}
            {onpointermove}
            onpointerup={release.clone()}
            onpointercancel={release}
            ondblclick={reset}
        />
    }
}
