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
//! - `fetch`: the shipped catalogue. `effects`: clipboard, storage, focus, the address.
//!
//! Page and worker are one wasm module, started twice: [`start`] looks at where it runs.

mod app;
pub mod components;
pub mod editor;
mod effects;
mod fetch;
pub mod hooks;
pub mod state;
mod thinking;
mod wanted;
mod worker;

use gloo::utils::document;

use crate::link::Playground;

/// Mounts the page, or, inside a worker, waits for the page's questions.
pub fn start() {
    if worker::is_here() {
        worker::serve();
        return;
    }
    let shown = Playground { files: effects::static_files(), ..Playground::default() };
    let (playground, notice) = match effects::address().0 {
        Ok(fragment) => (fragment.and_then(|fragment| fragment.state).unwrap_or(shown), None),
        // A bad link takes nothing away: the page opens as it would without it.
        Err(error) => (shown, Some(error.to_string())),
    };
    let host = document().get_element_by_id("page").unwrap_or_else(|| gloo::utils::body().into());
    mount(host, playground, notice);
}

/// Draws the page inside `host`, in place of what is there.
pub fn mount(host: web_sys::Element, playground: Playground, notice: Option<String>) {
    yew::Renderer::<app::App>::with_root_and_props(host, app::AppProps { playground, notice }).render();
}
