//! What holds for every input, whatever it is: asked of random text, of valid text that was
//! damaged, and of everything that once broke (`fuzz/regressions`).

#[path = "../../fuzz/src/lib.rs"]
mod fuzz;

mod dockerfile;
mod parsers;
mod ranges;
