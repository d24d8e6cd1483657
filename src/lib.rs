//! Wheelstage reads `requirements.txt` and a `Dockerfile` side by side, works out which Python
//! packages every build stage would hold, says which cannot be had together and why, and
//! proposes the corrected build stages as a patch that it has already re-run.
//!
//! # One straight line
//!
//! ```text
//! text -> parsed -> model -> analysis -> findings -> patches -> view
//! ```
//!
//! The modules below are declared in reading order, and **a module may use only the modules
//! declared above it**: reading order, dependency order and data flow are one list. A test
//! (`tests/architecture.rs`) holds the crate to it.
//!
//! | module | from | to |
//! |---|---|---|
//! | [`order`] | items | sorted items, small maps and sets |
//! | [`budget`] | what is spent | whether there is more: work and memory of one analysis |
//! | [`text`] | bytes | [`text::Sources`]: files, places in them, edits |
//! | [`pep440`], [`pep508`] | a specifier, a requirement | versions, ranges, markers, the target |
//! | [`syntax`] | a file's text | [`text::Parse`]: a tree and its errors; never a refusal |
//! | [`shell`] | words of a script | what dash, bash and ash make of them |
//! | [`model`] | trees | [`model::Build`]: stages of steps, variables settled |
//! | [`index`] | catalogue, overlay, live pages | what is known about projects and releases |
//! | [`resolve`] | requirements and an index | [`resolve::Resolution`] |
//! | [`simulate`] | a build and an index | files and environments before and after each step |
//! | [`findings`] | a simulation | what is wrong, who is guilty, who is innocent |
//! | [`patch`] | findings | fixes, each simulated again before it is offered |
//! | [`report`] | all of these | plain data for the page and the command line |
//! | [`inquiry`] | what an analysis lacks | what to ask a package index, and what comes of the answers |
//! | [`picture`] | a project of a report, and a width | where everything stands in its drawing |
//! | [`link`](mod@link) | a playground's state | a URL fragment, and back |
//!
//! Everything up to `picture` is synchronous, total and deterministic, and does no IO: a fact
//! that is missing is a value, and whoever can fetch it calls again. The command line
//! (`cli`, native only) and the page (`ui`, wasm only) stand at the rim.

pub mod order;

pub mod budget;

pub mod text;

pub mod pep440;

pub mod pep508;

pub mod syntax;

pub mod shell;

pub mod model;

pub mod index;

pub mod resolve;

pub mod simulate;

pub mod findings;

pub mod patch;

pub mod report;

pub mod inquiry;

pub mod picture;

pub mod link;

#[cfg(not(target_arch = "wasm32"))]
pub mod cli;

#[cfg(target_arch = "wasm32")]
pub mod ui;
