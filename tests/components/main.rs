//! The page's components in a real browser: `cargo xtask test components`.

#![cfg(target_arch = "wasm32")]

mod drawings;
mod editing;
mod reducing;
mod sample;

use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};
use web_sys::Element;
use yew::{BaseComponent, Callback};

use wheelstage::ui::{components::Dispatch, state::Action};

wasm_bindgen_test_configure!(run_in_browser);

/// An element of its own for each test: the body belongs to the test runner.
fn host() -> Element {
    let host = gloo::utils::document().create_element("div").unwrap();
    gloo::utils::body().append_child(&host).unwrap();
    host
}

/// A component, drawn.
async fn draw<C: BaseComponent>(props: C::Properties) -> Element {
    let host = host();
    yew::Renderer::<C>::with_root_and_props(host.clone(), props).render();
    yew::scheduler::flush().await;
    host
}

/// Where a component sends what was done, and what came there.
fn recorder() -> (Dispatch, std::rc::Rc<std::cell::RefCell<Vec<Action>>>) {
    let actions = std::rc::Rc::new(std::cell::RefCell::new(Vec::new()));
    let log = actions.clone();
    (Callback::from(move |action| log.borrow_mut().push(action)), actions)
}

/// The text of every element that a selector finds, blanks joined.
fn texts(host: &Element, selector: &str) -> Vec<String> {
    let found = host.query_selector_all(selector).unwrap();
    (0..found.length())
        .filter_map(|index| found.item(index)?.text_content())
        .map(|text| text.split_whitespace().collect::<Vec<_>>().join(" "))
        .collect()
}

#[wasm_bindgen_test]
async fn the_page_is_drawn_inside_its_host() {
    let host = host();
    wheelstage::ui::mount(host.clone(), Default::default(), Default::default(), None);
    yew::scheduler::flush().await;
    let heading = host.query_selector("h1").unwrap().and_then(|heading| heading.text_content());
    assert_eq!(heading.as_deref(), Some("Wheelstage"));
}
