//! The command lines of pip, uv and their kin, parsed into one typed call.

mod argument;

pub use argument::Argument;
