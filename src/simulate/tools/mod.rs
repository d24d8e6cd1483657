//! The programs that are about Python packages, a file each.

mod apk;
mod apt;
mod bootstrap;
mod call;
mod conda;
mod distribution;
mod hatch;
mod pacman;
mod pdm;
mod pip;
mod pip_tools;
mod pipenv;
mod pixi;
mod poetry;
mod pyenv;
mod python;
mod rpm;
mod rye;
mod table;
mod uv;
mod venv;

pub(super) use bootstrap::is_get_pip;
pub(super) use call::PackageTools;
pub use call::{Answer, Invocation, Tools};
pub(super) use python::mentions_packages;
pub(super) use table::{Tool, tool};
