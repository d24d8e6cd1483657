//! The shell of a `RUN` line: what `sh` and `bash` make of it.

mod lexer;
mod parser;
#[cfg(test)]
mod print;
#[cfg(test)]
mod tests;
mod tree;
mod words;

pub use parser::parse;
pub use tree::*;
