//! What holds for every input, whatever it is: asked of random text, of valid text that was
//! damaged, and of everything that once broke (`fuzz/regressions`).

#[allow(unreachable_pub, reason = "public in the crate of the fuzz targets")]
#[path = "../../fuzz/src/lib.rs"]
mod fuzz;

mod changes;
mod dockerfile;
mod links;
mod parsers;
mod ranges;
mod resolve;
mod shell;
mod simulate;
#[allow(dead_code, reason = "not every kind of release is needed here")]
#[path = "../support/index.rs"]
mod stubs;
mod unknown;
mod verdicts;

use proptest::test_runner::{Config, RngSeed};

/// The same cases in every run, so that nothing but a change can break a law. `PROPTEST_RNG_SEED`
/// and `PROPTEST_CASES` ask for others, and for more.
fn cases(cases: u32) -> Config {
    Config { cases, rng_seed: RngSeed::Fixed(440), ..Config::default() }
}
