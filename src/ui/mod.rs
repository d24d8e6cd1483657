//! The page, and the worker that thinks for it. wasm only; the one module beside `cli` that does IO.
//!
//! Page and worker are one wasm module, started twice: [`start`] looks at where it runs.

mod app;
mod worker;

/// Mounts the page, or, inside a worker, waits for the page's questions.
pub fn start() {
    if worker::is_here() {
        worker::serve();
    } else {
        mount(gloo::utils::body().into());
    }
}

/// Draws the page inside `host`, in place of what is there.
pub fn mount(host: web_sys::Element) {
    yew::Renderer::<app::App>::with_root(host).render();
}
