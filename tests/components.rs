//! The page's components in a real browser: `cargo xtask test components`.

#![cfg(target_arch = "wasm32")]

use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};
use web_sys::Element;

wasm_bindgen_test_configure!(run_in_browser);

/// An element of its own for each test: the body belongs to the test runner.
fn host() -> Element {
    let host = gloo::utils::document().create_element("div").unwrap();
    gloo::utils::body().append_child(&host).unwrap();
    host
}

#[wasm_bindgen_test]
async fn the_page_is_drawn_inside_its_host() {
    let host = host();
    wheelstage::ui::mount(host.clone(), Default::default(), None);
    yew::scheduler::flush().await;
    let heading = host.query_selector("h1").unwrap().and_then(|heading| heading.text_content());
    assert_eq!(heading.as_deref(), Some("Wheelstage"));
}
