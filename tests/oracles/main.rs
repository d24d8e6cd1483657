//! Other programs asked on the spot: a Python that has them, named by `WHEELSTAGE_PYTHON`
//! (`cargo xtask test` makes one), and the shells of this machine. Without them a test says so
//! and passes.

mod dockerfile;
mod pip_search;
mod shell;
mod tags;
