//! How versions were compared before PEP 440: `_legacy_cmpkey` of packaging 21.3, which pip carried
//! until 24.0. A clause that PEP 440 does not know makes both sides such texts.

use super::Operator;

/// Whether a version, in normal form, satisfies a clause of old.
pub(super) fn holds(version: &str, operator: Operator, text: &str) -> bool {
    let (version, text) = (key(version), key(text));
    match operator {
        Operator::Equal => version == text,
        Operator::NotEqual => version != text,
        Operator::AtMost => version <= text,
        Operator::AtLeast => version >= text,
        Operator::Less => version < text,
        Operator::Greater => version > text,
        Operator::Compatible | Operator::Arbitrary => false,
    }
}

/// Numbers are filled up to eight digits; words get a star in front, so that they sort below
/// numbers.
fn key(version: &str) -> Vec<String> {
    let mut parts: Vec<String> = Vec::new();
    for part in pieces(&version.to_lowercase()).into_iter().chain(["*final".to_owned()]) {
        if part.starts_with('*') {
            if part.as_str() < "*final" {
                while parts.last().is_some_and(|last| last == "*final-") {
                    parts.pop();
                }
            }
            while parts.last().is_some_and(|last| last == "00000000") {
                parts.pop();
            }
        }
        parts.push(part);
    }
    parts
}

/// Runs of digits, runs of letters, hyphens, and whatever lies between; dots only part.
fn pieces(version: &str) -> Vec<String> {
    let kind = |c: char| match c {
        '0'..='9' => 0,
        'a'..='z' => 1,
        '.' => 2,
        '-' => 3,
        _ => 4,
    };
    let mut runs: Vec<(u8, String)> = Vec::new();
    for c in version.chars() {
        match runs.last_mut() {
            Some((last, run)) if *last == kind(c) && !matches!(kind(c), 2 | 3) => run.push(c),
            _ => runs.push((kind(c), c.to_string())),
        }
    }
    let piece = |(kind, run): (u8, String)| match (kind, run.as_str()) {
        (0, digits) => Some(format!("{digits:0>8}")),
        (2, _) => None,
        (_, "pre" | "preview" | "rc") => Some("*c".to_owned()),
        (_, "-") => Some("*final-".to_owned()),
        (_, "dev") => Some("*@".to_owned()),
        (_, other) => Some(format!("*{other}")),
    };
    runs.into_iter().filter_map(piece).collect()
}

#[cfg(test)]
mod tests {
    use crate::pep440::{Prereleases, Specifier, Specifiers};

    /// Measured with packaging 21.3, `SpecifierSet(clause).contains(version, prereleases=True)`.
    #[test]
    fn clauses_of_old_compare_as_packaging_21_does() {
        let table = [
            (">dev", "2021.3", true),
            ("<dev", "2021.3", false),
            (">=3.7.*", "4.15.0", true),
            (">=3.7.*", "3.7", true),
            (">=3.7.*", "3.7.1", true),
            (">=3.7.*", "3.6.9", false),
            ("<2.*", "1.26.4", true),
            ("<2.*", "2.0.0", false),
            ("<2.*", "2.0.1", false),
            ("<=0.29.*", "0.29", false),
            ("<=0.29.*", "0.29.1", false),
            (">=1.0<2", "1.5", true),
            (">=1.0<2", "3.0", true),
            ("==1.0-foo", "1.0", false),
            ("!=1.0-foo", "1.0", true),
        ];
        for (clause, version, expected) in table {
            let set = Specifiers::from_clauses(vec![Specifier::parse_legacy(clause, 0).unwrap()]);
            assert!(set.clauses()[0].is_legacy(), "{clause}");
            assert_eq!(set.contains(version, Prereleases::Allow), expected, "{version} {clause}");
        }
    }

    #[test]
    fn what_pep_440_knows_stays_what_it_is() {
        assert!(!Specifier::parse_legacy(">=1.0", 0).unwrap().is_legacy());
        assert!(Specifier::parse_legacy("~=1.*", 0).is_err());
        assert!(Specifier::parse_legacy(">=", 0).is_err());
        assert!(Specifier::parse_legacy("1.0", 0).is_err());
    }
}
