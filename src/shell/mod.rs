//! What dash, bash and busybox ash make of words: expansion, patterns, regular expressions of
//! the tools that scripts call, quoting.
//!
//! The grammar is in [`crate::syntax::shell`]. Here is what the words come to, without any
//! notion of a build or of a package: what a shell holds is asked of an [`expand::State`].

pub mod expand;
mod pattern;
mod quote;
pub mod regex;
mod source;
#[cfg(test)]
mod tests;

pub use pattern::{Pattern, named_class};
pub use quote::quoted;
pub use source::Source;
