//! The shell of a `RUN` line: what `sh` and `bash` make of it.

mod tree;

pub use tree::*;
