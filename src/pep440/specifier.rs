use std::{
    collections::HashSet,
    fmt,
    hash::{Hash, Hasher},
    str::FromStr,
};

use pep440_rs::Version;

use super::{
    cut::Cut,
    legacy,
    range::VersionRange,
    version::{is_prerelease, is_python_blank, parse_version, significant_release},
};
use crate::{
    order,
    text::{Parse, SyntaxError, TextRange, range},
};

/// How a specifier compares: PEP 440, "Version specifiers".
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Operator {
    /// `~=`, compatible release.
    Compatible,
    /// `==`, equal, or beginning alike with `.*`.
    Equal,
    /// `!=`
    NotEqual,
    /// `<=`
    AtMost,
    /// `>=`
    AtLeast,
    /// `<`
    Less,
    /// `>`
    Greater,
    /// `===`, the same text.
    Arbitrary,
}

/// One clause of a set: `>=1.24`, `==1.5.*`, `===1.0-custom`.
///
/// Equal where they mean the same, as `packaging` says: `==1.0` and `== 1.0.0`, wherever they
/// stand.
#[derive(Debug, Clone)]
pub struct Specifier {
    /// How to compare.
    pub operator: Operator,
    /// The version's text as written, without blanks around it, with its `.*`.
    pub version: String,
    /// The version, without its `.*`. `None` only after `===`, which takes any text, and in what
    /// [`Self::parse_legacy`] reads.
    pub parsed: Option<Version>,
    /// True for `==1.5.*` and `!=1.5.*`.
    pub wildcard: bool,
    /// The whole clause, without blanks around it.
    pub range: TextRange,
    /// The operator in it.
    pub operator_range: TextRange,
    /// The version in it, with its `.*`.
    pub version_range: TextRange,
}

/// A set of clauses that all have to hold. No clause at all: any version.
///
/// Equal where they have the same clauses in any order.
#[derive(Debug, Clone)]
pub struct Specifiers {
    /// As written, in their order.
    clauses: Vec<Specifier>,
    /// What all clauses allow together; kept, because membership is asked again and again.
    range: VersionRange,
}

/// Whether pre-releases count, as `packaging` 26 has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash)]
pub enum Prereleases {
    /// Only where no final release fits, or where a clause names one (but for `!=`).
    #[default]
    Default,
    /// Always, like pip's `--pre`.
    Allow,
    /// Never.
    Forbid,
}

/// What is asked about: a version, or a text that may or may not be one.
///
/// The difference shows with `===`, which compares the text as it is.
#[derive(Debug, Clone, Copy)]
pub enum Candidate<'a> {
    /// A version; its text is the normal form.
    Version(&'a Version),
    /// A text, perhaps a version.
    Text(&'a str),
}

impl<'a> From<&'a Version> for Candidate<'a> {
    fn from(version: &'a Version) -> Self {
        Self::Version(version)
    }
}

impl<'a> From<&'a str> for Candidate<'a> {
    fn from(text: &'a str) -> Self {
        Self::Text(text)
    }
}

impl Operator {
    /// All operators, longest first, as a reader has to try them.
    pub const ALL: [Self; 8] = [
        Self::Arbitrary,
        Self::Compatible,
        Self::Equal,
        Self::NotEqual,
        Self::AtMost,
        Self::AtLeast,
        Self::Less,
        Self::Greater,
    ];

    /// As it is written.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Compatible => "~=",
            Self::Equal => "==",
            Self::NotEqual => "!=",
            Self::AtMost => "<=",
            Self::AtLeast => ">=",
            Self::Less => "<",
            Self::Greater => ">",
            Self::Arbitrary => "===",
        }
    }
}

impl fmt::Display for Operator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Specifier {
    /// True for a clause that one public version satisfies: `==1.2` and `===1.2`, not `==1.2.*`.
    #[must_use]
    pub fn is_pin(&self) -> bool {
        matches!(self.operator, Operator::Equal | Operator::Arbitrary) && !self.wildcard
    }

    /// Reads one clause; blanks around it and after its operator are allowed. Ranges count from
    /// `offset`, the place of `text` in its file.
    ///
    /// # Errors
    /// Where the text is no clause: what is wrong, and where.
    pub fn parse(text: &str, offset: usize) -> Result<Self, SyntaxError> {
        let start = offset + text.len() - text.trim_start_matches(is_python_blank).len();
        let text = text.trim_matches(is_python_blank);
        let whole = range(start, start + text.len());
        let Some(operator) = Operator::ALL.into_iter().find(|operator| text.starts_with(operator.as_str()))
        else {
            return Err(no_operator(text, whole));
        };
        let rest = text.get(operator.as_str().len()..).unwrap_or("");
        let version = rest.trim_start_matches(is_python_blank);
        let version_range = range(start + text.len() - version.len(), start + text.len());
        let mut specifier = Self {
            operator,
            version: version.to_owned(),
            parsed: None,
            wildcard: false,
            range: whole,
            operator_range: range(start, start + operator.as_str().len()),
            version_range,
        };
        if operator == Operator::Arbitrary {
            return match version.find(|c: char| is_python_blank(c) || matches!(c, ';' | ')')) {
                Some(_) => {
                    Err(SyntaxError::new(version_range, "The text after === may not hold blanks, `;` or `)`"))
                }
                None => {
                    specifier.parsed = parse_version(version);
                    Ok(specifier)
                }
            };
        }
        if version.is_empty() {
            return Err(SyntaxError::new(version_range, format!("A version is missing after {operator}"))
                .with_hint(format!("for example {operator}1.0")));
        }
        let base = version.strip_suffix(".*").unwrap_or(version);
        specifier.wildcard = base.len() < version.len();
        let parsed = parse_version(base).filter(|_| !base.ends_with(is_python_blank));
        let Some(parsed) = parsed else {
            let operators = ["<", ">", "=", "!=", "~="];
            if let Some(next) = operators.into_iter().filter_map(|operator| version.find(operator)).min() {
                let next = usize::from(version_range.start()) + next;
                return Err(SyntaxError::new(
                    range(next, whole.end().into()),
                    "Expected a comma before this",
                )
                .with_hint("clauses are separated by commas, as in >=1.0,<2"));
            }
            return Err(SyntaxError::new(version_range, format!("`{version}` is no version")));
        };
        specifier.check(&parsed)?;
        specifier.parsed = Some(parsed);
        Ok(specifier)
    }

    /// Reads one clause as installers did before they enforced PEP 440 (`LegacySpecifier` of
    /// packaging 21, in pip up to 24.0): where it is none by that standard, any text may stand for
    /// the version, such as `>dev` or `>=2.*`.
    ///
    /// # Errors
    /// Where it has no operator of old, or no text.
    pub fn parse_legacy(text: &str, offset: usize) -> Result<Self, SyntaxError> {
        let error = match Self::parse(text, offset) {
            Ok(specifier) => return Ok(specifier),
            Err(error) => error,
        };
        let start = offset + text.len() - text.trim_start_matches(is_python_blank).len();
        let text = text.trim_matches(is_python_blank);
        let operators = [
            Operator::Equal,
            Operator::NotEqual,
            Operator::AtMost,
            Operator::AtLeast,
            Operator::Less,
            Operator::Greater,
        ];
        let Some(operator) = operators.into_iter().find(|operator| text.starts_with(operator.as_str()))
        else {
            return Err(error);
        };
        let rest = text.get(operator.as_str().len()..).unwrap_or("");
        let version = rest.trim_start_matches(is_python_blank);
        if version.is_empty() || version.contains(is_python_blank) {
            return Err(error);
        }
        Ok(Self {
            operator,
            version: version.to_owned(),
            parsed: None,
            wildcard: false,
            range: range(start, start + text.len()),
            operator_range: range(start, start + operator.as_str().len()),
            version_range: range(start + text.len() - version.len(), start + text.len()),
        })
    }

    /// True for a clause that only [`Self::parse_legacy`] reads.
    #[must_use]
    pub fn is_legacy(&self) -> bool {
        self.parsed.is_none() && self.operator != Operator::Arbitrary
    }

    /// What the operator does not allow its version to be.
    fn check(&self, version: &Version) -> Result<(), SyntaxError> {
        let equality = matches!(self.operator, Operator::Equal | Operator::NotEqual);
        let error =
            |message: &str, hint: &str| Err(SyntaxError::new(self.version_range, message).with_hint(hint));
        if self.wildcard && !equality {
            return error("`.*` can only follow == and !=", "leave the `.*` out");
        }
        if self.wildcard && (version.any_prerelease() || version.is_post() || version.is_local()) {
            return error("`.*` can only follow release numbers", "for example ==1.2.*");
        }
        if version.is_local() && !equality {
            return error(
                "A local label can only be used with == and !=",
                "leave out the `+` and what follows",
            );
        }
        if self.operator == Operator::Compatible && version.release().len() < 2 {
            return error("~= needs at least two release numbers", "for example ~=1.4");
        }
        Ok(())
    }

    /// The versions this clause allows, pre-releases included.
    ///
    /// `===` compares texts, not versions: `===1.0` has the range of `==1.0`'s exact version
    /// here, though it allows that version only where it is spelled so, and is empty where the
    /// text is no version. A clause of [`Self::parse_legacy`] follows no order of versions and has
    /// the range of all. [`Specifiers::contains`] has the exact answer.
    #[must_use]
    pub fn to_range(&self) -> VersionRange {
        let Some(version) = &self.parsed else {
            return if self.is_legacy() { VersionRange::full() } else { VersionRange::empty() };
        };
        let epoch = version.epoch();
        let release = version.release();
        let before = || Some(Cut::before(version.clone()));
        match self.operator {
            Operator::Equal if self.wildcard => VersionRange::between(
                Some(Cut::before_prefix(epoch, release)),
                Cut::after_prefix(epoch, release),
            ),
            Operator::NotEqual => Self { operator: Operator::Equal, ..self.clone() }.to_range().complement(),
            // "If the specified version identifier is a public version identifier (no local
            // version label), then the local version label of any candidate versions MUST be
            // ignored when matching versions."
            Operator::Equal if version.is_local() => VersionRange::singleton(version.clone()),
            Operator::Equal => VersionRange::between(before(), Some(Cut::after_locals(version))),
            Operator::Arbitrary => VersionRange::singleton(version.clone()),
            Operator::AtLeast => VersionRange::between(before(), None),
            Operator::AtMost => VersionRange::between(None, Some(Cut::after_locals(version))),
            Operator::Greater => VersionRange::between(Some(Cut::after_posts(version)), None),
            // "The exclusive ordered comparison <V MUST NOT allow a pre-release of the specified
            // version unless the specified version is itself a pre-release."
            Operator::Less if is_prerelease(version) => VersionRange::between(None, before()),
            Operator::Less => {
                VersionRange::between(None, Some(Cut::before(version.clone().with_dev(Some(0)))))
            }
            Operator::Compatible => {
                let prefix = release.split_last().map_or(release, |(_, prefix)| prefix);
                VersionRange::between(before(), Cut::after_prefix(epoch, prefix))
            }
        }
    }

    /// True where the clause names a pre-release, and so lets pre-releases in by default.
    /// `!=` never does.
    #[must_use]
    pub fn opts_in_to_prereleases(&self) -> bool {
        self.operator != Operator::NotEqual && self.parsed.as_ref().is_some_and(is_prerelease)
    }

    /// What two clauses that mean the same have in common.
    fn canonical(&self) -> (Operator, bool, String) {
        let text = match &self.parsed {
            Some(version) if self.operator != Operator::Arbitrary && !self.wildcard => {
                // `~=1.0` and `~=1.0.0` differ in meaning; elsewhere zeros at the end do not count.
                if self.operator == Operator::Compatible {
                    version.to_string()
                } else {
                    version.clone().with_release(significant_release(version)).to_string()
                }
            }
            _ => self.version.clone(),
        };
        (self.operator, self.wildcard, text)
    }
}

fn no_operator(text: &str, whole: TextRange) -> SyntaxError {
    let hint =
        |operator: &str| format!("for example {operator}{}", text.trim_start_matches(['=', '~', '!', ' ']));
    if text.is_empty() {
        return SyntaxError::new(whole, "A version specifier is missing").with_hint("for example >=1.0");
    }
    if text.starts_with('=') {
        return SyntaxError::new(whole, "`=` is no comparison").with_hint(hint("=="));
    }
    if parse_version(text).is_some() {
        return SyntaxError::new(whole, "A version needs a comparison in front").with_hint(hint("=="));
    }
    SyntaxError::new(whole, "Expected a comparison and a version").with_hint("one of == != ~= < <= > >= ===")
}

impl PartialEq for Specifier {
    fn eq(&self, other: &Self) -> bool {
        self.canonical() == other.canonical()
    }
}

impl Eq for Specifier {}

impl Hash for Specifier {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.canonical().hash(state);
    }
}

impl fmt::Display for Specifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.operator, self.version)
    }
}

impl Specifiers {
    /// Any version: no clause.
    #[must_use]
    pub fn any() -> Self {
        Self { clauses: Vec::new(), range: VersionRange::full() }
    }

    /// A set of these clauses.
    #[must_use]
    pub fn from_clauses(clauses: Vec<Specifier>) -> Self {
        let range = intersect_all(clauses.iter().map(Specifier::to_range).collect());
        Self { clauses, range }
    }

    /// Reads a set, clauses separated by commas. Empty clauses are passed over, as `packaging`
    /// does; what is no clause is left out and reported.
    #[must_use]
    pub fn parse(text: &str) -> Parse<Self> {
        Self::parse_at(text, 0)
    }

    /// As [`Self::parse`], with ranges that count from `offset`, the text's place in its file.
    #[must_use]
    pub fn parse_at(text: &str, offset: usize) -> Parse<Self> {
        let mut clauses = Vec::new();
        let mut errors = Vec::new();
        let mut start = offset;
        for piece in text.split(',') {
            if !piece.chars().all(is_python_blank) {
                match Specifier::parse(piece, start) {
                    Ok(specifier) => clauses.push(specifier),
                    Err(error) => errors.push(error),
                }
            }
            start += piece.len() + 1;
        }
        Parse { tree: Self::from_clauses(clauses), errors }
    }

    /// The clauses, as written and in their order.
    #[must_use]
    pub fn clauses(&self) -> &[Specifier] {
        &self.clauses
    }

    /// True where there is no clause.
    #[must_use]
    pub fn is_any(&self) -> bool {
        self.clauses.is_empty()
    }

    /// The clauses of both. Every clause keeps its range, which may be of another file.
    #[must_use]
    pub fn and(&self, other: &Self) -> Self {
        Self {
            clauses: self.clauses.iter().chain(&other.clauses).cloned().collect(),
            range: self.range.intersection(&other.range),
        }
    }

    /// True where a clause compares texts (`===`), which [`Self::to_range`] cannot say exactly.
    #[must_use]
    pub fn has_arbitrary(&self) -> bool {
        self.clauses.iter().any(|clause| clause.operator == Operator::Arbitrary)
    }

    /// The versions that all clauses allow, pre-releases included. For `===` see
    /// [`Specifier::to_range`].
    #[must_use]
    pub fn to_range(&self) -> VersionRange {
        self.range.clone()
    }

    /// True where a clause names a pre-release: then [`Prereleases::Default`] is
    /// [`Prereleases::Allow`].
    #[must_use]
    pub fn opts_in_to_prereleases(&self) -> bool {
        self.clauses.iter().any(Specifier::opts_in_to_prereleases)
    }

    /// True where no version and no text can satisfy all clauses; with [`Prereleases::Forbid`],
    /// none that is no pre-release.
    #[must_use]
    pub fn is_unsatisfiable(&self, prereleases: Prereleases) -> bool {
        match self.clauses.iter().find(|clause| clause.operator == Operator::Arbitrary) {
            // Only this very text can.
            Some(clause) => !self.contains(clause.version.as_str(), prereleases),
            None if prereleases == Prereleases::Forbid => !self.range.has_final(),
            None => self.range.is_empty(),
        }
    }

    /// Whether one candidate satisfies all clauses, as `packaging` 26's `contains`: a single
    /// candidate has no alternative, so by default a pre-release does too. For a choice among
    /// several, ask [`Self::filter`].
    #[must_use]
    pub fn contains<'a>(&self, candidate: impl Into<Candidate<'a>>, prereleases: Prereleases) -> bool {
        let candidate = candidate.into();
        match candidate {
            Candidate::Version(version) => self.admits(candidate, Some(version), prereleases),
            Candidate::Text(text) => self.admits(candidate, parse_version(text).as_ref(), prereleases),
        }
    }

    fn admits(&self, candidate: Candidate<'_>, version: Option<&Version>, prereleases: Prereleases) -> bool {
        if prereleases == Prereleases::Forbid && version.is_some_and(is_prerelease) {
            return false;
        }
        if self.clauses.is_empty() {
            return true;
        }
        if !self.has_arbitrary() && !self.clauses.iter().any(Specifier::is_legacy) {
            return version.is_some_and(|version| self.range.contains(version));
        }
        self.clauses.iter().all(|clause| match (clause.operator, candidate) {
            (operator, candidate) if clause.is_legacy() => {
                let text = match candidate {
                    Candidate::Version(version) => version.to_string(),
                    Candidate::Text(text) => text.to_owned(),
                };
                legacy::holds(&text, operator, &clause.version)
            }
            (Operator::Arbitrary, Candidate::Text(text)) => {
                text.to_lowercase() == clause.version.to_lowercase()
            }
            (Operator::Arbitrary, Candidate::Version(version)) => {
                version.to_string() == clause.version.to_lowercase()
            }
            _ => version.is_some_and(|version| clause.to_range().contains(version)),
        })
    }

    /// Those of the items that satisfy all clauses, in their order: `packaging` 26's `filter`,
    /// the rule by which pip drops pre-releases. By default they come in only where no final
    /// release fits or a clause names one.
    pub fn filter<T>(
        &self,
        items: impl IntoIterator<Item = T>,
        candidate: impl for<'a> Fn(&'a T) -> Candidate<'a>,
        prereleases: Prereleases,
    ) -> Vec<T> {
        let mut fitting = Vec::new();
        for item in items {
            let asked = candidate(&item);
            let parsed;
            let version = match asked {
                Candidate::Version(version) => Some(version),
                Candidate::Text(text) => {
                    parsed = parse_version(text);
                    parsed.as_ref()
                }
            };
            if self.admits(asked, version, prereleases) {
                let prerelease = version.map(is_prerelease);
                fitting.push((item, prerelease));
            }
        }
        let found_final = fitting.iter().any(|(_, prerelease)| *prerelease == Some(false));
        let drop = prereleases == Prereleases::Default && !self.opts_in_to_prereleases() && found_final;
        fitting.retain(|(_, prerelease)| !(drop && *prerelease == Some(true)));
        fitting.into_iter().map(|(item, _)| item).collect()
    }

    fn sorted(&self) -> Vec<&Specifier> {
        let mut clauses: Vec<&Specifier> = self.clauses.iter().collect();
        order::sort_by_cached_key(&mut clauses, ToString::to_string);
        let mut seen = HashSet::new();
        clauses.retain(|clause| seen.insert(*clause));
        clauses
    }
}

/// Pair by pair, so that thousands of `!=` take no quadratic time.
fn intersect_all(mut ranges: Vec<VersionRange>) -> VersionRange {
    while ranges.len() > 1 {
        ranges = ranges
            .chunks(2)
            .map(|pair| match pair {
                [a, b] => a.intersection(b),
                rest => rest.first().cloned().unwrap_or_else(VersionRange::full),
            })
            .collect();
    }
    ranges.pop().unwrap_or_else(VersionRange::full)
}

impl Default for Specifiers {
    fn default() -> Self {
        Self::any()
    }
}

impl PartialEq for Specifiers {
    fn eq(&self, other: &Self) -> bool {
        self.sorted() == other.sorted()
    }
}

impl Eq for Specifiers {}

impl Hash for Specifiers {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.sorted().hash(state);
    }
}

/// As `packaging` prints it: clauses sorted and without repeats, `<1.26,>=1.24`.
/// [`VersionRange`] prints as a person would write it.
impl fmt::Display for Specifiers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, clause) in self.sorted().into_iter().enumerate() {
            if index > 0 {
                f.write_str(",")?;
            }
            write!(f, "{clause}")?;
        }
        Ok(())
    }
}

impl FromStr for Specifiers {
    type Err = SyntaxError;

    /// Reads a set that has to be right.
    fn from_str(text: &str) -> Result<Self, SyntaxError> {
        let Parse { tree, errors } = Self::parse(text);
        errors.into_iter().next().map_or(Ok(tree), Err)
    }
}
