//! Versions and specifiers, against PyPA's `packaging` 26.3.

use std::collections::BTreeSet;

use serde_json::Value;
use wheelstage::pep440::{
    Candidate, Prereleases, Specifiers, Version, VersionRange, is_prerelease, parse_version,
};

use crate::harness::{Exception, score};

/// Versions keep their numbers in 64 bits, as `pep440_rs` does, which also keeps the greatest for
/// itself; Python's integers have no end.
pub(crate) const HUGE_NUMBERS: Exception =
    Exception { reason: "a number does not fit into 64 bits", covers: names_a_huge_number };

/// True where some text of the row has a run of digits that 64 bits cannot hold.
fn names_a_huge_number(row: &Value) -> bool {
    match row {
        Value::String(text) => text.split(|c: char| !c.is_ascii_digit()).any(|digits| {
            !digits.is_empty() && digits.parse::<u64>().map_or(true, |number| number == u64::MAX)
        }),
        Value::Array(items) => items.iter().any(names_a_huge_number),
        Value::Object(fields) => fields.values().any(names_a_huge_number),
        _ => false,
    }
}

fn text<'a>(row: &'a Value, field: &str) -> &'a str {
    row[field].as_str().unwrap_or_default()
}

pub(crate) fn texts(value: &Value) -> Vec<&str> {
    value.as_array().into_iter().flatten().filter_map(Value::as_str).collect()
}

fn specifiers(text: &str) -> Result<Specifiers, String> {
    text.parse().map_err(|error| format!("{text:?}: {error:?}"))
}

fn version(text: &str) -> Result<Version, String> {
    parse_version(text).ok_or_else(|| format!("{text:?} is no version"))
}

/// Whether the two agree, and if not, what each says.
pub(crate) fn same<T: PartialEq + std::fmt::Debug>(what: &str, ours: T, theirs: T) -> Result<(), String> {
    if ours == theirs { Ok(()) } else { Err(format!("{what}: {ours:?}, not {theirs:?}")) }
}

/// The three answers `packaging` gives: by default, with and without pre-releases.
pub(crate) const MODES: [(&str, Prereleases); 3] = [
    ("default", Prereleases::Default),
    ("prereleases_true", Prereleases::Allow),
    ("prereleases_false", Prereleases::Forbid),
];

#[test]
fn pep440() {
    score("pep440.jsonl", &[], &[HUGE_NUMBERS], |row| match text(row, "kind") {
        "version" => check_version(row),
        "order" => check_order(row),
        "compare" => check_comparison(row),
        "specifier" => check_specifiers(row),
        "contains" => check_membership(row),
        "filter" => check_filter(row),
        "relation" => check_relation(row),
        "unsatisfiable" => check_unsatisfiable(row),
        kind => Err(format!("no check for {kind:?}")),
    });
}

fn check_version(row: &Value) -> Result<(), String> {
    let input = text(row, "input");
    let parsed = parse_version(input);
    same(input, parsed.is_some(), row["valid"] == true)?;
    let Some(version) = parsed else { return Ok(()) };
    let canonical = VersionRange::singleton(version.clone()).to_string();
    same("normalized", version.to_string().as_str(), text(row, "normalized"))?;
    same("canonical", canonical.trim_start_matches("=="), text(row, "canonical"))?;
    same("epoch", version.epoch().to_string().as_str(), text(row, "epoch"))?;
    let release: Vec<String> = version.release().iter().map(u64::to_string).collect();
    same("release", release.iter().map(String::as_str).collect(), texts(&row["release"]))?;
    same("post", version.post().map(|n| n.to_string()).as_deref(), row["post"].as_str())?;
    same("dev", version.dev().map(|n| n.to_string()).as_deref(), row["dev"].as_str())?;
    let pre = version.pre().map(|pre| format!("{}{}", pre.kind, pre.number));
    same("pre", pre.unwrap_or_default(), texts(&row["pre"]).concat())?;
    same("is_prerelease", is_prerelease(&version), row["is_prerelease"] == true)?;
    same("public", version.without_local().to_string().as_str(), text(row, "public"))
}

fn check_order(row: &Value) -> Result<(), String> {
    let groups: Vec<Vec<Version>> = row["groups"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|group| texts(group).into_iter().map(version).collect())
        .collect::<Result<_, _>>()?;
    let ranked: Vec<(usize, &Version)> = groups
        .iter()
        .enumerate()
        .flat_map(|(rank, group)| group.iter().map(move |version| (rank, version)))
        .collect();
    for (a_rank, a) in &ranked {
        for (b_rank, b) in &ranked {
            same(&format!("{a} <=> {b}"), a.cmp(b), a_rank.cmp(b_rank))?;
        }
    }
    Ok(())
}

fn check_comparison(row: &Value) -> Result<(), String> {
    let order = version(text(row, "a"))?.cmp(&version(text(row, "b"))?);
    same("order", order, row["cmp"].as_i64().unwrap_or_default().cmp(&0))
}

fn check_specifiers(row: &Value) -> Result<(), String> {
    let input = text(row, "input");
    let parsed = input.parse::<Specifiers>();
    same(input, parsed.is_ok(), row["valid"] == true)?;
    let Ok(set) = parsed else { return Ok(()) };
    let ours: BTreeSet<(&str, &str)> =
        set.clauses().iter().map(|clause| (clause.operator.as_str(), clause.version.as_str())).collect();
    let theirs = row["clauses"].as_array().into_iter().flatten();
    let theirs = theirs.map(|clause| (text(clause, "operator"), text(clause, "version"))).collect();
    same("clauses", ours, theirs)?;
    same("normalized", set.to_string().as_str(), text(row, "normalized"))?;
    same("opts in", set.opts_in_to_prereleases(), row["opts_in_to_prereleases"] == true)
}

fn check_membership(row: &Value) -> Result<(), String> {
    let set = specifiers(text(row, "specifier"))?;
    for (mode, prereleases) in MODES {
        let ours = set.contains(text(row, "version"), prereleases);
        same(mode, ours, row["expected"][mode] == true)?;
    }
    Ok(())
}

fn check_filter(row: &Value) -> Result<(), String> {
    let set = specifiers(text(row, "specifier"))?;
    for (mode, prereleases) in MODES {
        let ours = set.filter(texts(&row["versions"]), |text| Candidate::Text(text), prereleases);
        same(mode, ours, texts(&row["expected"][mode]))?;
    }
    Ok(())
}

fn check_relation(row: &Value) -> Result<(), String> {
    let (left, right) = (specifiers(text(row, "left"))?, specifiers(text(row, "right"))?);
    let expected = &row["expected"];
    // A set with `===` is no set of versions: `packaging` refuses to relate it, we say so.
    if expected["is_subset"]["error"].is_string() {
        return same("has ===", left.has_arbitrary() || right.has_arbitrary(), true);
    }
    let (left, right) = (left.to_range(), right.to_range());
    same("is_subset", left.is_subset(&right), expected["is_subset"] == true)?;
    same("is_superset", right.is_subset(&left), expected["is_superset"] == true)?;
    same("is_disjoint", left.is_disjoint(&right), expected["is_disjoint"] == true)
}

fn check_unsatisfiable(row: &Value) -> Result<(), String> {
    let set = specifiers(text(row, "specifier"))?;
    let ours = [Prereleases::Default, Prereleases::Forbid].map(|mode| set.is_unsatisfiable(mode));
    let expected = &row["expected"];
    same("unsatisfiable", ours, ["default", "prereleases_false"].map(|mode| expected[mode] == true))
}
