//! The shell of a `RUN` line: what `sh` and `bash` make of it.

mod arithmetic;
mod braces;
pub mod expand;
mod glob;
mod lexer;
mod parser;
#[cfg(test)]
mod print;
#[cfg(test)]
mod tests;
mod tree;
mod words;

pub use glob::Pattern;
pub use parser::parse;
pub use tree::*;
