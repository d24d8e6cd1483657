//! The grammar of a `RUN` line: what dash, bash and busybox ash read in it.

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
