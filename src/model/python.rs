//! What official `python` images hold, by the version in their tag: `static/images/python.tsv` says
//! whence. A table in code, so that the page's first load does not carry it.

/// `(3, 12)`.
type Minor = (u32, u32);

/// The Python of `python:latest`, `python:3` and `python:slim` since 2026-10-09; such tags move
/// (docker-library/python, `versions.json` at 511023e08d52).
pub(super) const LATEST: Minor = (3, 15);

/// The newest release of each minor version that has images on the day of the table: what a tag
/// without a patch version stands for.
fn newest(version: Minor) -> Option<u32> {
    Some(match version {
        (3, 7) => 17,
        (3, 8) => 19,
        (3, 9) => 19,
        (3, 10) => 21,
        (3, 11) => 17,
        (3, 12) => 15,
        (3, 13) => 16,
        (3, 14) => 8,
        (3, 15) => 0,
        _ => return None,
    })
}

/// The version of the pip that this Python's `ensurepip` bundles, which the images take. A release
/// between two that are documented with one version has that. `None` where it is not documented.
pub(super) fn pip(version: Minor, patch: Option<u32>) -> Option<&'static str> {
    Some(match (version, patch.or_else(|| newest(version))?) {
        ((3, 7), 13..=16) | ((3, 8 | 9), 13..=16) | ((3, 10), 4) => "22.0.4",
        ((3, 7), 17) | ((3, 8 | 9), 17..) | ((3, 10), 11..) => "23.0.1",
        ((3, 10), 8) => "22.2.2",
        ((3, 11), 0) => "22.3",
        ((3, 10), 9 | 10) | ((3, 11), 1 | 2) => "22.3.1",
        ((3, 11), 4) => "23.1.2",
        ((3, 11), 6 | 7) | ((3, 12), 0 | 1) => "23.2.1",
        ((3, 11), 9..) | ((3, 12), 3 | 4) => "24.0",
        ((3, 12), 5..=7) | ((3, 13), 0) => "24.2",
        ((3, 12), 8 | 9) | ((3, 13), 1 | 2) => "24.3.1",
        ((3, 12), 10..) | ((3, 13), 3) => "25.0.1",
        ((3, 13), 4 | 5) => "25.1.1",
        ((3, 13), 6..=9) | ((3, 14), 0) => "25.2",
        ((3, 13), 10..=12) | ((3, 14), 1..=3) => "25.3",
        ((3, 13), 13) => "26.0.1",
        ((3, 13), 14) | ((3, 14), 6) => "26.1.2",
        ((3, 13), 15..) | ((3, 14), 7..) | ((3, 15), 0..) => "26.2.1",
        _ => return None,
    })
}

/// The version of setuptools in an image; none for Python 3.12 and later
/// (docker-library/python, issue 952).
pub(super) fn setuptools(version: Minor, patch: Option<u32>) -> Option<&'static str> {
    Some(match (version, patch.or_else(|| newest(version))?) {
        ((3, ..=8), _) => "57.5.0",
        ((3, 9), _) | ((3, 10), ..=7) => "58.1.0",
        ((3, 10), 8) => "63.2.0",
        ((3, 11), 0) => "65.5.0",
        ((3, 10), 9..=17) | ((3, 11), 1..=12) => "65.5.1",
        ((3, 10 | 11), _) => "79.0.1",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const TABLE: &str = include_str!("../../static/images/python.tsv");

    #[test]
    fn the_table_is_what_is_believed() {
        let rows: Vec<Vec<&str>> = TABLE
            .lines()
            .filter(|line| !line.starts_with('#'))
            .map(|line| line.split('\t').collect())
            .collect();
        assert!(rows.len() > 50, "the table has {} rows", rows.len());
        for row in rows {
            let [python, own_pip, own_setuptools, source] = row.as_slice() else { panic!("{row:?}") };
            let parts: Vec<u32> = python.split('.').map(|part| part.parse().unwrap()).collect();
            let (version, patch) = ((parts[0], parts[1]), Some(parts[2]));
            assert_eq!(pip(version, patch), Some(*own_pip), "pip of {python}");
            assert_eq!(setuptools(version, patch).unwrap_or("-"), *own_setuptools, "setuptools of {python}");
            assert!(!source.is_empty(), "{python} has no source");
        }
    }

    #[test]
    fn what_is_not_documented_is_not_believed() {
        assert_eq!(pip((3, 10), Some(6)), None);
        assert_eq!(pip((3, 11), Some(3)), None);
        assert_eq!(pip((3, 16), None), None);
        assert_eq!(pip((3, 12), None), Some("25.0.1"));
        assert_eq!(pip((3, 15), None), Some("26.2.1"));
    }
}
