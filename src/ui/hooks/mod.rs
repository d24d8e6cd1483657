//! Hooks: what components need of the browser.

mod dialog;
mod drafts;
mod keys;
mod settled;
mod width;

pub use dialog::use_dialog;
pub use drafts::Drafts;
pub(super) use drafts::use_drafts;
pub use keys::use_keys;
pub use settled::use_settled;
pub use width::use_width;
