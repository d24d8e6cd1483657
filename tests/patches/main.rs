//! Patches: text in, text out. A fixture is the files of a build and what is known of packages;
//! what comes out are the fixes that hold, and why others do not.

#[path = "../support/builds.rs"]
mod builds;
mod fix_table;
mod random;
#[path = "../support/scenarios.rs"]
mod recorded;
#[path = "../support/index.rs"]
mod releases;
mod scenarios;
mod steps;
mod support;
