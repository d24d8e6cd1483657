//! What is wrong with a build, why, and who is innocent.

mod verdict;

pub use verdict::{Severity, Verdict};
