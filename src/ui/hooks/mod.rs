//! Hooks: what components need of the browser.

mod keys;
mod settled;
mod width;

pub use keys::use_keys;
pub use settled::use_settled;
pub use width::use_width;
