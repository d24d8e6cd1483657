//! Environment markers: `python_version < "3.11" and extra == "gpu"`.

mod algebra;
mod evaluate;
mod parse;

use std::fmt;

pub use evaluate::{MarkerContext, MarkerError};

use super::name::canonicalize;
use crate::{pep440::Operator, text::TextRange};

/// A marker, or a part of one, with its place.
///
/// Equal where they print alike, wherever they stand.
#[derive(Debug, Clone)]
pub struct Marker {
    /// What it says.
    pub kind: MarkerKind,
    /// Where it stands.
    pub range: TextRange,
}

/// What a marker says.
#[derive(Debug, Clone)]
pub enum MarkerKind {
    /// `a and b and c`: all of two or more.
    And(Vec<Marker>),
    /// `a or b or c`: any of two or more. `and` binds tighter.
    Or(Vec<Marker>),
    /// `(a)`
    Group(Box<Marker>),
    /// `os_name == "nt"`
    Comparison(Comparison),
    /// Text that is no marker; it was reported. It evaluates to an error.
    Error,
}

/// One comparison of a marker.
#[derive(Debug, Clone)]
pub struct Comparison {
    /// What stands on the left.
    pub left: Operand,
    /// How they are compared.
    pub operator: MarkerOperator,
    /// Where the operator stands.
    pub operator_range: TextRange,
    /// What stands on the right.
    pub right: Operand,
}

/// One side of a comparison.
#[derive(Debug, Clone)]
pub struct Operand {
    /// A variable or a text.
    pub value: OperandValue,
    /// Where it stands, quotes included.
    pub range: TextRange,
}

/// What stands on one side of a comparison.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OperandValue {
    /// `os_name`
    Variable(MarkerVariable),
    /// `"nt"`, without its quotes and with Python's escapes resolved.
    Text(String),
}

/// How a marker compares.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum MarkerOperator {
    /// As a specifier does, where both sides are versions; else `==` and its kind on texts.
    Version(Operator),
    /// `in`
    In,
    /// `not in`
    NotIn,
}

/// A variable of a marker: PEP 508 and, for `extras` and `dependency_groups`, PEP 751.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum MarkerVariable {
    /// `implementation_name`
    ImplementationName,
    /// `implementation_version`
    ImplementationVersion,
    /// `os_name`, formerly `os.name`
    OsName,
    /// `platform_machine`, formerly `platform.machine`
    PlatformMachine,
    /// `platform_python_implementation`, formerly `python_implementation`
    PlatformPythonImplementation,
    /// `platform_release`
    PlatformRelease,
    /// `platform_system`
    PlatformSystem,
    /// `platform_version`, formerly `platform.version`
    PlatformVersion,
    /// `python_full_version`
    PythonFullVersion,
    /// `python_version`
    PythonVersion,
    /// `sys_platform`, formerly `sys.platform`
    SysPlatform,
    /// `extra`
    Extra,
    /// `extras`, a set, in lock files
    Extras,
    /// `dependency_groups`, a set, in lock files
    DependencyGroups,
}

impl MarkerVariable {
    /// All variables.
    pub const ALL: [Self; 14] = [
        Self::ImplementationName,
        Self::ImplementationVersion,
        Self::OsName,
        Self::PlatformMachine,
        Self::PlatformPythonImplementation,
        Self::PlatformRelease,
        Self::PlatformSystem,
        Self::PlatformVersion,
        Self::PythonFullVersion,
        Self::PythonVersion,
        Self::SysPlatform,
        Self::Extra,
        Self::Extras,
        Self::DependencyGroups,
    ];

    /// Its name today.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::ImplementationName => "implementation_name",
            Self::ImplementationVersion => "implementation_version",
            Self::OsName => "os_name",
            Self::PlatformMachine => "platform_machine",
            Self::PlatformPythonImplementation => "platform_python_implementation",
            Self::PlatformRelease => "platform_release",
            Self::PlatformSystem => "platform_system",
            Self::PlatformVersion => "platform_version",
            Self::PythonFullVersion => "python_full_version",
            Self::PythonVersion => "python_version",
            Self::SysPlatform => "sys_platform",
            Self::Extra => "extra",
            Self::Extras => "extras",
            Self::DependencyGroups => "dependency_groups",
        }
    }

    /// True for the variables that `packaging` compares as versions where the other side is one.
    #[must_use]
    pub fn is_version(self) -> bool {
        matches!(
            self,
            Self::ImplementationVersion
                | Self::PlatformRelease
                | Self::PythonFullVersion
                | Self::PythonVersion
        )
    }

    /// True for the variables that hold a set of names.
    #[must_use]
    pub fn is_set(self) -> bool {
        matches!(self, Self::Extras | Self::DependencyGroups)
    }
}

impl MarkerOperator {
    /// As it is written.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Version(operator) => operator.as_str(),
            Self::In => "in",
            Self::NotIn => "not in",
        }
    }
}

impl Marker {
    /// All comparisons, in the order they are written.
    #[must_use]
    pub fn comparisons(&self) -> Vec<&Comparison> {
        match &self.kind {
            MarkerKind::And(parts) | MarkerKind::Or(parts) => {
                parts.iter().flat_map(Self::comparisons).collect()
            }
            MarkerKind::Group(inner) => inner.comparisons(),
            MarkerKind::Comparison(comparison) => vec![comparison],
            MarkerKind::Error => Vec::new(),
        }
    }

    fn without_groups(&self) -> &Self {
        match &self.kind {
            MarkerKind::Group(inner) => inner.without_groups(),
            _ => self,
        }
    }

    fn write(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.kind {
            MarkerKind::And(parts) => write_joined(parts, " and ", f),
            MarkerKind::Or(parts) => write_joined(parts, " or ", f),
            MarkerKind::Group(inner) => match &inner.without_groups().kind {
                MarkerKind::And(_) | MarkerKind::Or(_) => {
                    f.write_str("(")?;
                    inner.without_groups().write(f)?;
                    f.write_str(")")
                }
                _ => inner.without_groups().write(f),
            },
            MarkerKind::Comparison(comparison) => write!(f, "{comparison}"),
            MarkerKind::Error => f.write_str("?"),
        }
    }
}

fn write_joined(parts: &[Marker], joint: &str, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    for (index, part) in parts.iter().enumerate() {
        if index > 0 {
            f.write_str(joint)?;
        }
        part.write(f)?;
    }
    Ok(())
}

/// As `packaging` prints it: double quotes, today's names, extras in normal form, and no
/// parentheses around the whole or around a single comparison.
impl fmt::Display for Marker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.without_groups().write(f)
    }
}

impl PartialEq for Marker {
    fn eq(&self, other: &Self) -> bool {
        self.to_string() == other.to_string()
    }
}

impl Eq for Marker {}

impl std::hash::Hash for Marker {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.to_string().hash(state);
    }
}

impl Comparison {
    /// Both sides as `packaging` keeps them: a text held against `extra`, or asked for in a set
    /// of names, is brought to its normal form (PEP 685, PEP 735).
    pub(crate) fn normalized(&self) -> (OperandValue, OperandValue) {
        use OperandValue::{Text, Variable};
        match (&self.left.value, &self.right.value) {
            (left @ Variable(MarkerVariable::Extra), Text(text)) => (left.clone(), Text(canonicalize(text))),
            (Text(text), right @ Variable(variable))
                if *variable == MarkerVariable::Extra || variable.is_set() =>
            {
                (Text(canonicalize(text)), right.clone())
            }
            (left, right) => (left.clone(), right.clone()),
        }
    }
}

impl fmt::Display for Comparison {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (left, right) = self.normalized();
        write!(f, "{left} {} {right}", self.operator.as_str())
    }
}

impl fmt::Display for OperandValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Variable(variable) => f.write_str(variable.as_str()),
            Self::Text(text) if !text.contains('"') => write!(f, "\"{text}\""),
            Self::Text(text) if !text.contains('\'') => write!(f, "'{text}'"),
            // Both quotes, which only an escape can bring: one of them goes back behind it.
            Self::Text(text) => write!(f, "\"{}\"", text.replace('\\', "\\\\").replace('"', "\\x22")),
        }
    }
}
