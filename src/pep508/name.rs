use std::{borrow::Borrow, fmt, str::FromStr, sync::Arc};

use pep508_rs::PackageName;

/// A project's name in the normal form of PEP 503: `Zope.Interface` is `zope-interface`.
///
/// Cheap to clone. Ordered and hashed as its text.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ProjectName(Arc<str>);

/// An extra's name in the normal form of PEP 685, which is that of project names.
///
/// Cheap to clone. Ordered and hashed as its text.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ExtraName(Arc<str>);

/// A text that is no name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvalidName(pub String);

impl ProjectName {
    /// The normal form of a name; `None` where the text is no name.
    #[must_use]
    pub fn new(text: &str) -> Option<Self> {
        normalized(text).map(Self)
    }

    /// The normal form.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl ExtraName {
    /// The normal form of a name; `None` where the text is no name.
    #[must_use]
    pub fn new(text: &str) -> Option<Self> {
        normalized(text).map(Self)
    }

    /// The normal form.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// PEP 503's normal form of any text, name or not: runs of `-`, `_` and `.` become one `-`,
/// letters small. Markers compare extras by it.
#[must_use]
pub fn canonicalize(text: &str) -> String {
    let mut canonical = String::with_capacity(text.len());
    for c in text.chars() {
        if matches!(c, '-' | '_' | '.') {
            if !canonical.ends_with('-') {
                canonical.push('-');
            }
        } else {
            canonical.extend(c.to_lowercase());
        }
    }
    canonical
}

/// PEP 508 wants a letter or digit at both ends, but `packaging` takes a `_` at the end too
/// (its pattern ends at a word boundary), and `foo_` then normalizes to `foo-`.
fn normalized(text: &str) -> Option<Arc<str>> {
    let closed = text.strip_suffix('_').map(|open| open.trim_end_matches(['-', '_', '.']));
    let body = closed.unwrap_or(text);
    // The crate takes an empty text for a name.
    let name = PackageName::from_str(body).ok().filter(|name| !name.as_ref().is_empty())?;
    Some(if closed.is_some() { Arc::from(format!("{name}-")) } else { Arc::from(name.as_ref()) })
}

impl fmt::Display for InvalidName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` is no name: letters, digits, and `-`, `_`, `.` between them", self.0)
    }
}

impl std::error::Error for InvalidName {}

macro_rules! text_like {
    ($name:ty) => {
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                self.as_str()
            }
        }

        impl Borrow<str> for $name {
            fn borrow(&self) -> &str {
                self.as_str()
            }
        }

        impl FromStr for $name {
            type Err = InvalidName;

            fn from_str(text: &str) -> Result<Self, InvalidName> {
                Self::new(text).ok_or_else(|| InvalidName(text.to_owned()))
            }
        }
    };
}

text_like!(ProjectName);
text_like!(ExtraName);
