//! Links that were made once open to the same texts and settings for ever.

mod golden;
mod size;
