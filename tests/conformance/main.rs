//! Cases with known answers, read from where they lie: `../shared/corpora`, or the folder of
//! that layout that `WHEELSTAGE_CORPORA` names. Without them a test says so and passes.
//!
//! Each corpus file has a module here, and prints one line: passed, failed, excepted, and the
//! ids excepted. An exception is a named predicate with a reason, never a list of rows.

mod dockerfile_words;
mod dockerfiles;
mod harness;
mod pep440;
mod pep440_intersections;
mod pep508;
mod pip_commands;
mod real_dockerfiles;
mod requirements_txt;
mod resolver_scenarios;
mod run_pip_calls;
mod shell_syntax;
