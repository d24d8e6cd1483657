//! What holds for every input, whatever it is: asked of random text, of valid text that was
//! damaged, and of everything that once broke (`fuzz/regressions`).

#[allow(unreachable_pub, reason = "public in the crate of the fuzz targets")]
#[path = "../../fuzz/src/lib.rs"]
mod fuzz;

mod dockerfile;
mod links;
mod parsers;
mod ranges;
mod resolve;
mod shell;
mod simulate;
