//! Names, requirements, markers, and the target they are evaluated for.
//!
//! The grammar is PEP 508's as `packaging` 26.3 reads it, with recovery: half-typed text gives a
//! tree of what is there, and errors that say what was expected and where.
//!
//! ```
//! use wheelstage::pep508::{Requirement, Target};
//!
//! let text = r#"accelerate [torch] >=1.0,<2 ; python_version < "3.11""#;
//! let requirement: Requirement = text.parse().unwrap();
//! assert_eq!(requirement.name.as_str(), "accelerate");
//! assert_eq!(&text[requirement.extras[0].range], "torch");
//! assert!(!requirement.applies(&Target::default().environment(), &[]).unwrap());
//!
//! let half = Requirement::parse("numpy>=1.2,<");
//! assert_eq!(half.tree.unwrap().to_string(), "numpy>=1.2");
//! assert_eq!(half.errors[0].message, "A version is missing after <");
//! ```

mod environment;
mod marker;
mod name;
mod requirement;
mod scan;
mod target;

pub use environment::Environment;
pub use marker::{
    Comparison, Marker, MarkerContext, MarkerError, MarkerKind, MarkerOperator, MarkerVariable, Operand,
    OperandValue,
};
pub use name::{ExtraName, InvalidName, ProjectName, canonicalize};
pub use requirement::{Extra, Requirement, Url};
pub use target::{InvalidTarget, Libc, Machine, Platform, PythonVersion, Target};
