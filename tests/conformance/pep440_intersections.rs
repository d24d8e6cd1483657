//! What several specifier sets leave of a pool of versions, against PyPA's `packaging` 26.3.

use wheelstage::pep440::{Candidate, Prereleases, Specifiers, Version, VersionRange, parse_version};

use crate::{
    harness::score,
    pep440::{HUGE_NUMBERS, MODES, same, texts},
};

#[test]
fn intersections() {
    score("pep440_intersections.jsonl", &[], &[HUGE_NUMBERS], |row| {
        let mut all = Specifiers::any();
        let mut range = VersionRange::full();
        for text in texts(&row["specifiers"]) {
            let set: Specifiers = text.parse().map_err(|error| format!("{text}: {error:?}"))?;
            range = range.intersection(&set.to_range());
            all = all.and(&set);
        }
        let joined: Result<Specifiers, _> = row["joined"].as_str().unwrap_or_default().parse();
        same("joined", Ok(&all), joined.as_ref())?;
        let expected = &row["expected"];
        for (mode, prereleases) in MODES {
            let ours = all.filter(texts(&row["versions"]), |text| Candidate::Text(text), prereleases);
            same(mode, ours, texts(&expected[mode]))?;
        }
        let unsatisfiable = expected["unsatisfiable_by_any_version"] == true;
        same("unsatisfiable", all.is_unsatisfiable(Prereleases::Default), unsatisfiable)?;
        if all.has_arbitrary() {
            return Ok(());
        }
        same("empty", range.is_empty(), unsatisfiable)?;
        let versions: Vec<Version> = texts(&row["versions"]).into_iter().filter_map(parse_version).collect();
        let inside = versions.iter().filter(|version| range.contains(version)).count();
        same("in the range", inside, texts(&expected["prereleases_true"]).len())
    });
}
