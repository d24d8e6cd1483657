//! The Dockerfile, as BuildKit reads it, with every byte's place.

mod tree;

pub use tree::*;
