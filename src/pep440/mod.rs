//! Versions, specifiers and exact sets of versions, as PEP 440 and PyPA's `packaging` 26 read them.

pub use pep440_rs::Version;
