//! What an installer's call does, whichever tool makes it: requirements are gathered, resolved,
//! built where they are sources, and applied to an environment or a folder.
//!
//! pip and uv read their own command lines (`tools`) and ask here for a `Request`
//! to be run.

mod apply;
mod build;
pub(crate) mod check;
mod gather;
mod hashes;
mod outcome;
mod remove;
mod request;
mod run;

pub(super) use gather::{known_target, seen, user_root};
pub(super) use outcome::{Stop, Unknown};
pub(super) use remove::{keep_only, remove};
pub(super) use request::{Context, Destination, Request};
pub(super) use run::run;
