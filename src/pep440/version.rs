use pep440_rs::Version;

/// Reads a version as PEP 440 and `packaging` do: `v` in front, blanks around it and spellings
/// such as `1.0-ALPHA` allowed.
///
/// `None` where the text is no version, or where one of its numbers does not fit into 64 bits,
/// which [`Version`] cannot hold. (A development release's number ends one lower: `pep440_rs`
/// orders the greatest as if there were none.)
#[must_use]
pub fn parse_version(text: &str) -> Option<Version> {
    let text = text.trim_matches(is_python_blank);
    // Digits of a local label that exceed 64 bits would be kept as letters, and sort wrongly.
    if let Some((_, local)) = text.split_once('+')
        && local.split(['.', '-', '_']).any(is_huge_number)
    {
        return None;
    }
    text.parse().ok().filter(|version: &Version| version.dev() != Some(u64::MAX))
}

/// What Python's `str.strip` and the `\s` of its regular expressions take for a blank: Unicode
/// white space and the four ASCII separators.
#[must_use]
pub fn is_python_blank(c: char) -> bool {
    c.is_whitespace() || matches!(c, '\u{1c}'..='\u{1f}')
}

/// An alpha, beta, release candidate or development version: what PEP 440 calls a pre-release.
#[must_use]
pub fn is_prerelease(version: &Version) -> bool {
    version.any_prerelease()
}

/// The release numbers without the zeros at their end, at least one number: `1.0.0` and `1` are
/// the same release.
#[must_use]
pub(crate) fn significant_release(version: &Version) -> &[u64] {
    let release = version.release();
    let length = release.iter().rposition(|&number| number != 0).map_or(1, |last| last + 1);
    release.get(..length).unwrap_or(release)
}

fn is_huge_number(segment: &str) -> bool {
    !segment.is_empty()
        && segment.bytes().all(|byte| byte.is_ascii_digit())
        && segment.parse::<u64>().is_err()
}
