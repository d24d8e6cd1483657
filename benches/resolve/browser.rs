//! What `main.rs` measures "inside", as wasm in a headless browser. `cargo xtask bench resolve` runs
//! it, and lays the scenarios where the test runner's server finds them.

#![cfg(target_arch = "wasm32")]

mod answer;

use answer::{RUNS, SCENARIOS, answer};
use wasm_bindgen_test::{console_log, wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_browser);

#[wasm_bindgen_test]
async fn resolve() {
    let clock = gloo::utils::window().performance().unwrap();
    for name in SCENARIOS {
        let request = gloo::net::http::Request::get(&format!("/target/scenarios/{name}.json"));
        let Ok(response) = request.send().await else { continue };
        if !response.ok() {
            console_log!("passed over: {name} is not there");
            continue;
        }
        let text = response.text().await.unwrap();
        let mut times: Vec<f64> = (0..RUNS)
            .map(|_| {
                let start = clock.now();
                answer(&text);
                clock.now() - start
            })
            .collect();
        times.sort_by(f64::total_cmp);
        console_log!("wasm {name}={:.2}", times[RUNS / 2]);
    }
}
