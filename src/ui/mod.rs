//! The page, and the worker that thinks for it. wasm only; the one module beside `cli` that does IO.
//!
//! ```text
//! editors ── Action ──> state ── Question ──> worker ── Answer ──> state ──> components
//! ```
//!
//! - [`state`]: the one state, the closed set of actions, the pure function between them.
//! - `app`: the root component: watches the state and does what follows from it.
//! - [`components`]: plain data in, drawing out.
//! - [`editor`]: CodeMirror, and what Rust tells it.
//! - `worker`, `thinking`: analysis beside the page, in the same wasm module started again.
//! - [`drafts`]: what was typed, kept. `storage`: where the browser keeps it.
//! - `fetch`: the shipped catalogue. `effects`: clipboard, focus, the address.
//!
//! Page and worker are one program, started twice: [`start`] looks at where it runs. What only the
//! worker runs is a wasm module of its own (`part`), so that the page need not wait for it.

mod app;
pub mod components;
pub mod drafts;
pub mod editor;
mod effects;
mod fetch;
pub mod hooks;
mod part;
pub mod state;
mod storage;
mod thinking;
mod wanted;
mod worker;

use gloo::utils::document;

use crate::link::{Playground, View};

/// Mounts the page, or, inside a worker, waits for the page's questions.
pub fn start() {
    part::locate();
    if worker::is_here() {
        worker::serve();
        return;
    }
    let example = Playground { files: effects::static_files(), ..Playground::default() };
    let mut tab = drafts::of_tab();
    if let Some(files) = effects::typed_files() {
        tab = tab.typed(Playground { files, ..Playground::default() });
    }
    let (link, _) = effects::address();
    let view = link.as_ref().ok().and_then(|link| link.as_ref()?.view);
    let opening = drafts::opening(link, &effects::link_fragment(), tab, &drafts::of_site());
    let host = document().get_element_by_id("page").unwrap_or_else(|| gloo::utils::body().into());
    mount(host, opening, example, view);
}

/// Draws the page inside `host`, in place of what is there. `example` is what is shown where nothing
/// else is, `view` what the address asks for.
pub fn mount(host: web_sys::Element, opening: drafts::Opening, example: Playground, view: Option<View>) {
    yew::Renderer::<app::App>::with_root_and_props(host, app::AppProps { opening, example, view }).render();
}
