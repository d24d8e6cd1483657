//! Plain data for the page and the command line, and the documented JSON of `--format json`.
//!
//! Every field is there from schema 1 on; one that is not known is empty or `null`, never
//! invented. Offsets are bytes, lines and columns count from 1, a `step` is the index of the
//! step in its stage, from 0.

mod types;

pub use types::*;
