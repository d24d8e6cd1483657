//! What a marker says of an environment, as `packaging` 26.3 has it.

use std::{borrow::Cow, fmt};

use super::{Comparison, Marker, MarkerKind, MarkerOperator, MarkerVariable, OperandValue};
use crate::{
    order::SortedSet,
    pep440::{Operator, Prereleases, Specifier, Specifiers},
    pep508::{
        environment::Environment,
        name::{ExtraName, canonicalize},
    },
};

/// Who asks: the environment and what depends on the asker.
///
/// A variable that is `None` is not defined, and a marker that asks for it is an error.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MarkerContext<'a> {
    /// The machine and its Python.
    pub environment: &'a Environment,
    /// `extra`: the one being asked for, empty where none is.
    pub extra: Option<String>,
    /// `extras` of a lock file.
    pub extras: Option<SortedSet<String>>,
    /// `dependency_groups` of a lock file.
    pub dependency_groups: Option<SortedSet<String>>,
}

/// Why a marker has no value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MarkerError {
    /// `~=` or `===` on texts that are no versions, or a set where only a text can stand.
    UndefinedComparison(String),
    /// A variable that is not defined here, or a comparison of two texts.
    UndefinedVariable(String),
    /// The marker has a syntax error.
    Malformed,
}

enum Value<'a> {
    Text(Cow<'a, str>),
    Set(&'a SortedSet<String>),
}

impl<'a> MarkerContext<'a> {
    /// For the metadata of a project, and for requirement files: `extra` is defined, the sets
    /// of lock files are not.
    #[must_use]
    pub fn metadata(environment: &'a Environment, extra: &str) -> Self {
        Self { environment, extra: Some(extra.to_owned()), extras: None, dependency_groups: None }
    }

    /// For a lock file (PEP 751): the sets are defined, `extra` is not.
    #[must_use]
    pub fn lock_file(
        environment: &'a Environment,
        extras: SortedSet<String>,
        dependency_groups: SortedSet<String>,
    ) -> Self {
        Self { environment, extra: None, extras: Some(extras), dependency_groups: Some(dependency_groups) }
    }

    /// For anything else: neither `extra` nor the sets are defined.
    #[must_use]
    pub fn requirement(environment: &'a Environment) -> Self {
        Self { environment, extra: None, extras: None, dependency_groups: None }
    }

    fn value(&self, variable: MarkerVariable) -> Result<Value<'_>, MarkerError> {
        let value = match variable {
            MarkerVariable::Extra => {
                self.extra.as_deref().map(|extra| Value::Text(canonicalize(extra).into()))
            }
            MarkerVariable::Extras => self.extras.as_ref().map(Value::Set),
            MarkerVariable::DependencyGroups => self.dependency_groups.as_ref().map(Value::Set),
            // A Python built from a checkout calls itself 3.12.0+, which is no version.
            MarkerVariable::PythonFullVersion if self.environment.python_full_version.ends_with('+') => {
                Some(Value::Text(format!("{}local", self.environment.python_full_version).into()))
            }
            other => self.environment.get(other).map(|text| Value::Text(text.into())),
        };
        value.ok_or_else(|| MarkerError::UndefinedVariable(variable.as_str().to_owned()))
    }
}

impl Marker {
    /// Whether the marker holds, as pip asks it: for any of the extras wanted, or, where none
    /// is, for the empty one.
    ///
    /// # Errors
    /// Where `packaging` raises: see [`MarkerError`].
    pub fn evaluate(&self, environment: &Environment, extras: &[ExtraName]) -> Result<bool, MarkerError> {
        if extras.is_empty() {
            return self.evaluate_in(&MarkerContext::metadata(environment, ""));
        }
        for extra in extras {
            if self.evaluate_in(&MarkerContext::metadata(environment, extra.as_str()))? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Whether the marker holds for this asker.
    ///
    /// # Errors
    /// Where `packaging` raises. As there, every comparison is made, so that an error in one
    /// that could not matter counts too.
    pub fn evaluate_in(&self, context: &MarkerContext<'_>) -> Result<bool, MarkerError> {
        match &self.kind {
            MarkerKind::And(parts) => {
                parts.iter().try_fold(true, |all, part| Ok(part.evaluate_in(context)? && all))
            }
            MarkerKind::Or(parts) => {
                parts.iter().try_fold(false, |any, part| Ok(part.evaluate_in(context)? || any))
            }
            MarkerKind::Group(inner) => inner.evaluate_in(context),
            MarkerKind::Comparison(comparison) => comparison.evaluate(context),
            MarkerKind::Error => Err(MarkerError::Malformed),
        }
    }
}

impl Comparison {
    fn evaluate(&self, context: &MarkerContext<'_>) -> Result<bool, MarkerError> {
        // The variable decides how to compare: the left side if it is one, else the right. The
        // other side counts as a text, even where it is a variable's name.
        let (left, right) = self.normalized();
        match (left, right) {
            (OperandValue::Variable(variable), other) => {
                let other = match other {
                    OperandValue::Variable(other) => other.as_str().to_owned(),
                    OperandValue::Text(text) => text,
                };
                match context.value(variable)? {
                    Value::Text(left) => self.compare(&left, &Value::Text(other.into()), variable),
                    Value::Set(_) => Err(MarkerError::UndefinedComparison(format!(
                        "{} is a set, and can only stand to the right of `in`",
                        variable.as_str()
                    ))),
                }
            }
            (OperandValue::Text(left), OperandValue::Variable(variable)) => {
                self.compare(&left, &context.value(variable)?, variable)
            }
            (OperandValue::Text(left), OperandValue::Text(right)) => {
                let variable = MarkerVariable::ALL
                    .into_iter()
                    .find(|variable| variable.as_str() == right)
                    .ok_or(MarkerError::UndefinedVariable(right))?;
                self.compare(&left, &context.value(variable)?, variable)
            }
        }
    }

    fn compare(&self, left: &str, right: &Value<'_>, variable: MarkerVariable) -> Result<bool, MarkerError> {
        let right = match right {
            Value::Text(text) => text,
            Value::Set(names) => {
                let left = canonicalize(left);
                let is_in = names.iter().any(|name| canonicalize(name) == left);
                return match self.operator {
                    MarkerOperator::In => Ok(is_in),
                    MarkerOperator::NotIn => Ok(!is_in),
                    // A text never equals a set, and has no order to it.
                    MarkerOperator::Version(Operator::NotEqual) => Ok(true),
                    MarkerOperator::Version(Operator::Compatible | Operator::Arbitrary) => {
                        Err(undefined(self.operator, &left, variable.as_str()))
                    }
                    MarkerOperator::Version(_) => Ok(false),
                };
            }
        };
        let operator = match self.operator {
            MarkerOperator::In => return Ok(right.contains(left)),
            MarkerOperator::NotIn => return Ok(!right.contains(left)),
            MarkerOperator::Version(operator) => operator,
        };
        // "The <marker_op> operators that are not in <version_cmp> perform the same as they do
        // for strings in Python. The <version_cmp> operators use the version comparison rules
        // of the version specifier specification when those are defined (that is when both
        // sides have a valid version specifier)."
        if variable.is_version()
            && let Ok(specifier) = Specifier::parse(&format!("{operator}{right}"), 0)
        {
            return Ok(Specifiers::from_clauses(vec![specifier]).contains(left, Prereleases::Allow));
        }
        match operator {
            Operator::Equal | Operator::AtMost | Operator::AtLeast => Ok(left == right),
            Operator::NotEqual => Ok(left != right),
            // Texts have no order: `packaging` 26 no longer compares them alphabetically.
            Operator::Less | Operator::Greater => Ok(false),
            Operator::Compatible | Operator::Arbitrary => Err(undefined(self.operator, left, right)),
        }
    }
}

fn undefined(operator: MarkerOperator, left: &str, right: &str) -> MarkerError {
    MarkerError::UndefinedComparison(format!(
        "{} is not defined on `{left}` and `{right}`",
        operator.as_str()
    ))
}

impl fmt::Display for MarkerError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UndefinedComparison(why) => f.write_str(why),
            Self::UndefinedVariable(name) => write!(f, "`{name}` is not defined here"),
            Self::Malformed => f.write_str("the marker has a syntax error"),
        }
    }
}

impl std::error::Error for MarkerError {}
