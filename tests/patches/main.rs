//! Patches: text in, text out. A fixture is the files of a build and what is known of packages;
//! what comes out are the fixes that hold, and why others do not.

mod fix_table;
#[path = "../support/scenarios.rs"]
mod recorded;
mod scenarios;
mod steps;
mod support;
