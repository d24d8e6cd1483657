//! `cargo bench --bench requirements`: requirements files and `pyproject.toml` of growing length.
//!
//! Prints nanoseconds a line (the best of several rounds) for 1,000, 10,000 and 100,000 lines, and
//! how the longest compares to the shortest: 1.0 where time is proportional to length.

use std::{env, hint::black_box, time::Instant};

use wheelstage::syntax::{pyproject, requirements};

const LINES: [usize; 3] = [1_000, 10_000, 100_000];

/// How often everything is done; the quickest round counts.
const ROUNDS: usize = 5;

fn main() {
    // `cargo test --all-targets` runs this file too, without the flag that `cargo bench` adds.
    if !env::args().any(|argument| argument == "--bench") {
        return;
    }
    let plain = |n: usize| -> String {
        (0..n).map(|i| format!("project-{i}[a]>=1.{i},<3 ; python_version < '3.11'  # why\n")).collect()
    };
    let hashes = |n: usize| format!("numpy==1.26.4{}\n", " \\\n    --hash=sha256:0123456789abcdef".repeat(n));
    let table = |n: usize| {
        let items: String = (0..n).map(|i| format!("  \"project-{i}>=1.{i}\",\n")).collect();
        format!("[project]\nname = \"a\"\nversion = \"1\"\ndependencies = [\n{items}]\n")
    };
    measure("requirements, a line each", plain, |text| drop(black_box(requirements::parse(text))));
    measure("requirements, one continued line", hashes, |text| drop(black_box(requirements::parse(text))));
    measure("pyproject, one list", table, |text| drop(black_box(pyproject::parse(text))));
    measure(
        "pyproject, list left open",
        |n| table(n).replace("\n]\n", "\n"),
        |text| {
            drop(black_box(pyproject::parse(text)));
        },
    );
}

fn measure(what: &str, text_of: impl Fn(usize) -> String, parse: impl Fn(&str)) {
    let mut nanoseconds = Vec::new();
    for lines in LINES {
        let text = text_of(lines);
        let rounds = (0..ROUNDS).map(|_| {
            let start = Instant::now();
            parse(&text);
            start.elapsed().as_secs_f64()
        });
        nanoseconds.push(rounds.fold(f64::INFINITY, f64::min) * 1e9 / lines as f64);
    }
    let ratio = nanoseconds.last().unwrap_or(&0.0) / nanoseconds.first().unwrap_or(&1.0);
    let shown: Vec<String> = nanoseconds.iter().map(|each| format!("{each:>7.0}")).collect();
    println!("{what:<34}{} ns a line, {ratio:.2} times as much at the end", shown.join(""));
}
