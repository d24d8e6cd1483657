//! What has to hold for any text, one module a parser.
//!
//! The fuzz targets ask it of whatever libFuzzer comes up with; `tests/laws` asks it of random
//! text, of damaged valid text, and of every file in `regressions/`.

pub mod dockerfile;
pub mod dockerfile_word;
pub mod link;
pub mod marker;
pub mod pip_command;
pub mod places;
pub mod pyproject;
pub mod requirement;
pub mod requirements;
pub mod shell;
pub mod specifiers;
