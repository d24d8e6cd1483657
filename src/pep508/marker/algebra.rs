//! What can be said of markers whatever the environment, by `pep508_rs`'s decision diagrams.
//!
//! `pep508_rs` panics on some comparisons and differs from `packaging` on others, so it is only
//! handed expressions built here, of the kinds on which the two agree. Any other comparison
//! counts as one that may hold or not. Markers have no negation, so this widens the marker and
//! never narrows it: "never true" and "never both" stay right.

use pep508_rs::{
    ExtraName, ExtraOperator, MarkerExpression, MarkerOperator as Op, MarkerTree, MarkerValueExtra,
    MarkerValueString, MarkerValueVersion,
    pep440_rs::{self, VersionSpecifier},
};
use std::str::FromStr;

use super::{Comparison, Marker, MarkerKind, MarkerOperator, MarkerVariable, OperandValue};
use crate::pep440::{Operator, parse_version};

/// A marker of more comparisons is not asked about: a decision diagram can grow with their
/// number without bound.
const MOST_COMPARISONS: usize = 32;

impl Marker {
    /// True where no environment and no extra can make the marker hold. False where that is so,
    /// or is not known.
    #[must_use]
    pub fn is_never(&self) -> bool {
        self.tree().is_some_and(|tree| tree.is_false())
    }

    /// True where no environment and no extra can make both hold. False where some can, or
    /// where that is not known.
    #[must_use]
    pub fn is_disjoint(&self, other: &Self) -> bool {
        self.tree().zip(other.tree()).is_some_and(|(a, b)| a.is_disjoint(&b))
    }

    fn tree(&self) -> Option<MarkerTree> {
        (self.comparisons().len() <= MOST_COMPARISONS).then(|| self.widened())
    }

    fn widened(&self) -> MarkerTree {
        match &self.kind {
            MarkerKind::And(parts) => parts.iter().fold(MarkerTree::TRUE, |mut all, part| {
                all.and(part.widened());
                all
            }),
            MarkerKind::Or(parts) => parts.iter().fold(MarkerTree::FALSE, |mut any, part| {
                any.or(part.widened());
                any
            }),
            MarkerKind::Group(inner) => inner.widened(),
            MarkerKind::Comparison(comparison) => {
                expression(comparison).map_or(MarkerTree::TRUE, MarkerTree::expression)
            }
            MarkerKind::Error => MarkerTree::TRUE,
        }
    }
}

/// The comparison for `pep508_rs`, if it is of a kind on which it agrees with `packaging`: a
/// variable on the left, and release numbers or a plain text on the right.
fn expression(comparison: &Comparison) -> Option<MarkerExpression> {
    let MarkerOperator::Version(operator) = comparison.operator else { return None };
    let (OperandValue::Variable(variable), OperandValue::Text(text)) = comparison.normalized() else {
        return None;
    };
    if let Some(key) = version_key(variable) {
        let version = parse_version(text.strip_suffix(".*").unwrap_or(&text))?;
        let plain =
            !version.any_prerelease() && !version.is_post() && !version.is_local() && version.epoch() == 0;
        let known = variable != MarkerVariable::PythonVersion || version.release().len() == 2;
        let operator = version_operator(operator, text.ends_with(".*"))?;
        if !plain || !known {
            return None;
        }
        let specifier = VersionSpecifier::from_version(operator, version).ok()?;
        return Some(MarkerExpression::Version { key, specifier });
    }
    let equal = match operator {
        Operator::Equal => true,
        Operator::NotEqual => false,
        _ => return None,
    };
    if variable == MarkerVariable::Extra {
        let operator = if equal { ExtraOperator::Equal } else { ExtraOperator::NotEqual };
        let name = MarkerValueExtra::Extra(ExtraName::from_str(&text).ok()?);
        return Some(MarkerExpression::Extra { operator, name });
    }
    let operator = if equal { Op::Equal } else { Op::NotEqual };
    Some(MarkerExpression::String { key: string_key(variable)?, operator, value: text })
}

fn version_key(variable: MarkerVariable) -> Option<MarkerValueVersion> {
    match variable {
        MarkerVariable::PythonVersion => Some(MarkerValueVersion::PythonVersion),
        MarkerVariable::PythonFullVersion => Some(MarkerValueVersion::PythonFullVersion),
        MarkerVariable::ImplementationVersion => Some(MarkerValueVersion::ImplementationVersion),
        _ => None,
    }
}

fn version_operator(operator: Operator, wildcard: bool) -> Option<pep440_rs::Operator> {
    Some(match (operator, wildcard) {
        (Operator::Equal, false) => pep440_rs::Operator::Equal,
        (Operator::Equal, true) => pep440_rs::Operator::EqualStar,
        (Operator::NotEqual, false) => pep440_rs::Operator::NotEqual,
        (Operator::NotEqual, true) => pep440_rs::Operator::NotEqualStar,
        (Operator::AtLeast, false) => pep440_rs::Operator::GreaterThanEqual,
        (Operator::AtMost, false) => pep440_rs::Operator::LessThanEqual,
        (Operator::Less, false) => pep440_rs::Operator::LessThan,
        (Operator::Greater, false) => pep440_rs::Operator::GreaterThan,
        _ => return None,
    })
}

fn string_key(variable: MarkerVariable) -> Option<MarkerValueString> {
    match variable {
        MarkerVariable::ImplementationName => Some(MarkerValueString::ImplementationName),
        MarkerVariable::OsName => Some(MarkerValueString::OsName),
        MarkerVariable::PlatformMachine => Some(MarkerValueString::PlatformMachine),
        MarkerVariable::PlatformPythonImplementation => Some(MarkerValueString::PlatformPythonImplementation),
        MarkerVariable::PlatformSystem => Some(MarkerValueString::PlatformSystem),
        MarkerVariable::SysPlatform => Some(MarkerValueString::SysPlatform),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn marker(text: &str) -> Marker {
        text.parse().unwrap()
    }

    #[test]
    fn what_never_holds_is_found() {
        for never in [
            "python_version < '3.8' and python_version >= '3.8'",
            "(sys_platform == 'linux' or sys_platform == 'darwin') and sys_platform == 'win32'",
            "extra == 'A_b' and extra != 'a-b'",
            "python_full_version < '3.9' and python_version >= '3.9'",
        ] {
            assert!(marker(never).is_never(), "{never}");
        }
        for perhaps in [
            "python_version < '3.9' and python_version >= '3.8'",
            "sys_platform == 'linux' and 'win' in sys_platform",
            "python_version == '3.8.1' and os_name == 'nt'",
            "'3' ~= os_name and os_name == 'nt'",
        ] {
            assert!(!marker(perhaps).is_never(), "{perhaps}");
        }
    }

    #[test]
    fn markers_that_exclude_each_other_are_found() {
        let old = marker("python_version < '3.11'");
        assert!(old.is_disjoint(&marker("python_version >= '3.11' and os_name == 'nt'")));
        assert!(!old.is_disjoint(&marker("python_version >= '3.10'")));
        assert!(!old.is_disjoint(&marker("platform_release >= '3.11'")));
    }

    #[test]
    fn too_many_comparisons_are_not_asked_about() {
        let long = vec!["os_name == 'nt'"; MOST_COMPARISONS].join(" and ") + " and os_name != 'nt'";
        assert!(!marker(&long).is_never());
    }
}
