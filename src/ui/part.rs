//! The analysis is a wasm module of its own, so that the page is there before it is. In Rust there is
//! one program: the build cuts it in two (`xtask/src/split.rs`), and a call from one side to the other
//! looks like any other. What is left to do here is to have the other side fetched in good time.

use wasm_bindgen::prelude::*;

#[wasm_bindgen(module = "/static/analysis.js")]
extern "C" {
    #[wasm_bindgen(js_name = analysisIs)]
    fn analysis_is(exports: &JsValue, address: &str);
    #[wasm_bindgen(catch, js_name = fetchAnalysis)]
    async fn fetch_analysis() -> Result<(), JsValue>;
    #[wasm_bindgen(js_name = analysisNow)]
    fn analysis_now();
}

/// Says where the analysis lies: called before anything of it is.
pub(super) fn locate() {
    analysis_is(&wasm_bindgen::exports(), &format!("{}_analysis.wasm", super::worker::program()));
}

/// Fetches the analysis.
pub(super) async fn fetch() {
    if fetch_analysis().await.is_err() {
        // Once more. What fails this time ends the worker, in the browser's words, and the page shows it.
        analysis_now();
    }
}
