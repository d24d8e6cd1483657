//! Set-up, build, test and measurement of Wheelstage: `cargo xtask help`.
fn main() {}
