//! On wasm32 this mounts the page; elsewhere it is the command line.

#[cfg(target_arch = "wasm32")]
fn main() {
    wheelstage::ui::start();
}

#[cfg(not(target_arch = "wasm32"))]
fn main() -> std::process::ExitCode {
    wheelstage::cli::run()
}
