//! `cargo bench --bench versions`: memberships and intersections beside `pep440_rs` and Python's
//! `packaging`, on one workload in one run.
//!
//! Prints nanoseconds an operation (the best of several rounds) and the ratio to `pep440_rs`.
//! `packaging` is asked through `$WHEELSTAGE_PYTHON`, else `python3`, where that has it.

use std::{
    env,
    hint::black_box,
    io::Write,
    process::{Command, Stdio},
    time::Instant,
};

use pep440_rs::VersionSpecifiers;
use version_ranges::Ranges;
use wheelstage::pep440::{Prereleases, Specifiers, Version, parse_version};

/// Specifier sets as published metadata has them.
const SETS: [&str; 32] = [
    ">=1.17,<3.0.0",
    ">=1.24.0,<1.26.0",
    ">=1.16.0",
    "==1.26.4",
    "~=1.4.2",
    "!=1.5.*,>=1.4",
    "<2",
    ">=2.8.1,<3",
    ">=3.7,<4.0,!=3.8.0",
    "==2.*",
    "~=4.1",
    ">1.0",
    "<=2.31.0",
    ">=1.0.0,<2.0.0,!=1.3.0,!=1.4.1",
    "==0.0.25",
    ">=0.20",
    ">=1.21.1,<1.27",
    "<1.0b2",
    ">=2.0rc1,<3",
    "!=1.2.3",
    ">=4.5,<5,!=4.9.0,!=4.9.1",
    "==1.5.0.post1",
    ">2.0.post1",
    "<=1.11.3",
    ">=2024.2.2",
    ">=1!1.0",
    "~=2.2.0",
    ">=0.1.dev0",
    "<0.29,>=0.24.0",
    "==3.0.0+cpu",
    ">=1.13.1,!=1.14.*",
    ">=5",
];

/// How often everything is done; the quickest round counts.
const ROUNDS: usize = 15;

/// Does the same with Python's `packaging`. Reads sets, versions and rounds from standard input;
/// prints nanoseconds for each measurement.
const PYTHON: &str = r#"
import json, sys, time
import packaging
from packaging.specifiers import SpecifierSet
from packaging.version import Version
work = json.load(sys.stdin)
texts, numbers = work["sets"], work["versions"]
sets, versions = [SpecifierSet(t) for t in texts], [Version(n) for n in numbers]
def best(action, count):
    times = []
    for _ in range(work["rounds"]):
        start = time.perf_counter_ns()
        result = action()
        times.append(time.perf_counter_ns() - start)
    return [min(times) / count, result]
def parse():
    return sum(len(SpecifierSet(t)) for t in texts)
def contains():
    return sum(s.contains(v, prereleases=True) for s in sets for v in versions)
def intersect():
    ranges = [s.to_range() for s in sets]
    return sum(not a.intersection(b).is_empty for a in ranges for b in ranges)
print(json.dumps({"release": packaging.__version__, "parse": best(parse, len(sets)),
    "contains": best(contains, len(sets) * len(versions)), "intersect": best(intersect, len(sets) ** 2)}))
"#;

fn main() {
    // `cargo test --all-targets` runs this file too, without the flag that `cargo bench` adds.
    if !env::args().any(|argument| argument == "--bench") {
        return;
    }
    let versions = versions();
    let packaging = packaging(&versions);
    let release = packaging.as_ref().and_then(|answer| answer["release"].as_str()).unwrap_or("not found");
    println!("{} specifier sets, {} versions; nanoseconds an operation", SETS.len(), versions.len());
    println!("{:<14}{:>12}{:>12}{:>8}   packaging ({release})", "", "wheelstage", "pep440_rs", "ratio");
    let row = |name: &str, ours: (f64, usize), theirs: (f64, usize)| {
        let python = packaging.as_ref().and_then(|answer| answer[name][0].as_f64());
        let python =
            python.map_or("-".to_owned(), |time| format!("{time:.0} ({:.0} times ours)", time / ours.0));
        println!("{name:<14}{:>12.1}{:>12.1}{:>8.2}   {python}", ours.0, theirs.0, ours.0 / theirs.0);
        let python = packaging.as_ref().and_then(|answer| answer[name][1].as_u64());
        let python = python.map_or("-".to_owned(), |count| count.to_string());
        println!("{:<14}{:>12}{:>12}{:>8}   {python}", "  found", ours.1, theirs.1, "");
    };

    let ours: Vec<Specifiers> = SETS.iter().map(|text| text.parse().expect("specifiers")).collect();
    let theirs: Vec<VersionSpecifiers> = SETS.iter().map(|text| text.parse().expect("specifiers")).collect();
    row(
        "parse",
        best(SETS.len(), || {
            SETS.iter().map(|text| text.parse::<Specifiers>().map_or(0, |set| set.clauses().len())).sum()
        }),
        best(SETS.len(), || {
            SETS.iter().map(|text| text.parse::<VersionSpecifiers>().map_or(0, |set| set.len())).sum()
        }),
    );
    let pairs = SETS.len() * versions.len();
    row(
        "contains",
        best(pairs, || {
            let fits = |set: &Specifiers| {
                versions.iter().filter(|version| set.contains(*version, Prereleases::Allow)).count()
            };
            ours.iter().map(fits).sum()
        }),
        best(pairs, || {
            let fits =
                |set: &VersionSpecifiers| versions.iter().filter(|version| set.contains(version)).count();
            theirs.iter().map(fits).sum()
        }),
    );
    let pairs = SETS.len() * SETS.len();
    let their_ranges = |sets: &[VersionSpecifiers]| -> Vec<Ranges<Version>> {
        sets.iter().cloned().map(Into::into).collect()
    };
    row(
        "intersect",
        best(pairs, || {
            let ranges: Vec<_> = ours.iter().map(Specifiers::to_range).collect();
            ranges.iter().map(|a| ranges.iter().filter(|b| !a.intersection(b).is_empty()).count()).sum()
        }),
        best(pairs, || {
            let ranges = their_ranges(&theirs);
            ranges.iter().map(|a| ranges.iter().filter(|b| !a.intersection(b).is_empty()).count()).sum()
        }),
    );
}

/// Versions as an index lists them: releases with a few pre-, post- and local ones among them.
fn versions() -> Vec<Version> {
    let mut versions = Vec::new();
    for major in 0..6 {
        for minor in 0..30 {
            for patch in ["", ".0", ".1", ".4", ".2rc1", ".0.dev3", ".1.post1", ".0+cpu"] {
                versions.extend(parse_version(&format!("{major}.{minor}{patch}")));
            }
        }
    }
    versions
}

/// Nanoseconds an operation in the best round, and what was found, so that nothing is left out.
fn best(operations: usize, mut action: impl FnMut() -> usize) -> (f64, usize) {
    let mut best = f64::INFINITY;
    let mut found = 0;
    for _ in 0..ROUNDS {
        let start = Instant::now();
        found = black_box(action());
        best = best.min(start.elapsed().as_nanos() as f64 / operations as f64);
    }
    (best, found)
}

fn packaging(versions: &[Version]) -> Option<serde_json::Value> {
    let python = env::var("WHEELSTAGE_PYTHON").unwrap_or_else(|_| "python3".to_owned());
    let versions: Vec<String> = versions.iter().map(ToString::to_string).collect();
    let work = serde_json::json!({ "sets": SETS, "versions": versions, "rounds": 3 });
    let mut child = Command::new(python)
        .args(["-c", PYTHON])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .ok()?;
    child.stdin.take()?.write_all(work.to_string().as_bytes()).ok()?;
    serde_json::from_slice(&child.wait_with_output().ok()?.stdout).ok()
}
