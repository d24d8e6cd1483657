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
    let props = app::AppProps { playground, notice };
    match document().get_element_by_id("page") {
        Some(root) => yew::Renderer::<app::App>::with_root_and_props(root, props).render(),
        None => yew::Renderer::<app::App>::with_props(props).render(),
    };
}
