//! Patches: text in, text out. A fixture is the files of a build and what is known of packages;
//! what comes out are the fixes that hold, and why others do not.

#[path = "../support/builds.rs"]
mod builds;
mod composed;
mod costs;
mod fix_table;
mod random;
#[path = "../support/scenarios.rs"]
mod recorded;
#[path = "../support/replay/mod.rs"]
#[expect(dead_code, reason = "builds written as one text are for the tests of the simulator")]
mod replay;
mod scenarios;
mod steps;
mod support;
