//! Files, places in them, and edits.
//!
//! Every later station points back here: a place is a [`Location`], a change is an [`Edit`].
//! Offsets are bytes of the file's decoded UTF-8 text, byte order mark excluded, line endings
//! as they are in the file.

pub mod diff;
pub mod secrets;

mod listing;
mod mapped;
mod parse;
mod shown;
mod sources;

pub use listing::{Listed, Listing};
pub use mapped::Mapped;
pub use parse::{Parse, SyntaxError};
pub use shown::{is_invisible, shown};
pub use sources::{Edit, EditError, Encoding, FileId, LineColumn, Location, SourceFile, Sources};
pub use text_size::{TextRange, TextSize};

/// A range from byte offsets.
///
/// Offsets beyond 4 GiB are clamped; no file of that size gets here.
#[must_use]
pub fn range(start: usize, end: usize) -> TextRange {
    let clamp = |offset: usize| TextSize::new(u32::try_from(offset).unwrap_or(u32::MAX));
    let start = clamp(start);
    TextRange::new(start, clamp(end).max(start))
}
