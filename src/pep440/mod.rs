//! Versions, specifiers and exact sets of versions, as PEP 440 and PyPA's `packaging` 26 read them.
//!
//! [`Version`] is `pep440_rs`'s. What lies over it is ours, because the last few per cent of the
//! answers are what a verdict hangs on: specifiers that keep their place in the text, and
//! [`VersionRange`], a set whose ends are points *between* versions.
//!
//! ```
//! use wheelstage::pep440::{Prereleases, Specifiers};
//!
//! let capped: Specifiers = ">=1.24,<1.26".parse().unwrap();
//! assert!(capped.contains("1.25.2", Prereleases::Default));
//! assert!(!capped.contains("1.26.0rc1", Prereleases::Allow));
//! ```

mod cut;
mod display;
mod legacy;
mod range;
mod specifier;
mod version;

pub(crate) use cut::Cut;
pub use pep440_rs::{LocalSegment, Version};
pub use range::{Boundary, Interval, VersionRange};
pub use specifier::{Candidate, Operator, Prereleases, Specifier, Specifiers};
pub use version::{is_prerelease, is_python_blank, parse_version};
