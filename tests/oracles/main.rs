//! Other programs asked on the spot: needs a Python that has them, named by
//! `WHEELSTAGE_PYTHON` (`cargo xtask test` makes one). Without it a test says so and passes.

mod dockerfile;
