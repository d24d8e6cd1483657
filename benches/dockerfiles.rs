//! `cargo bench --bench dockerfiles`: every Dockerfile of `../shared/dockerfiles`, beside
//! BuildKit's own parser, on the same files in one run.
//!
//! That one is PyPI's `dockerfile`, asked through `$WHEELSTAGE_PYTHON`, else `python3`, where that
//! has it. Its times include making Python tuples of what the Go parser found; ours include the
//! checks of instructions that BuildKit makes after its parser, and all places. Prints
//! microseconds for all files together, the best of several rounds.

use std::{
    env, fs,
    hint::black_box,
    io::Write,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::Instant,
};

use serde_json::{Value, json};
use wheelstage::syntax::dockerfile::parse;

/// How often everything is done; the quickest round counts.
const ROUNDS: usize = 50;

/// Reads texts and rounds from standard input; prints microseconds and instructions.
const PYTHON: &str = r#"
import json, sys, time
import dockerfile
work = json.load(sys.stdin)
times = []
for _ in range(work["rounds"]):
    start = time.perf_counter_ns()
    found = sum(len(dockerfile.parse_string(text)) for text in work["texts"])
    times.append(time.perf_counter_ns() - start)
print(json.dumps([min(times) / 1000, found]))
"#;

fn main() {
    // `cargo test --all-targets` runs this file too, without the flag that `cargo bench` adds.
    if !env::args().any(|argument| argument == "--bench") {
        return;
    }
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/dockerfiles");
    let mut texts = Vec::new();
    collect(&folder, &mut texts);
    let bytes: usize = texts.iter().map(String::len).sum();
    println!("{} Dockerfiles, {bytes} bytes; microseconds for all", texts.len());
    let (ours, found) = ours(&texts);
    println!("{:<12}{ours:>10.0}   {found} instructions", "wheelstage");
    match theirs(&texts) {
        Some((time, found)) => {
            println!(
                "{:<12}{time:>10.0}   {found} instructions, {:.1} times ours",
                "dockerfile",
                time / ours
            );
        }
        None => println!("{:<12}{:>10}   no Python here has it", "dockerfile", "-"),
    }
}

fn collect(folder: &Path, texts: &mut Vec<String>) {
    let mut paths: Vec<PathBuf> =
        fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path()).collect();
    paths.sort();
    for path in paths {
        if path.is_dir() {
            collect(&path, texts);
        } else if path.file_name().is_some_and(|name| name == "Dockerfile") {
            texts.extend(fs::read_to_string(&path));
        }
    }
}

fn ours(texts: &[String]) -> (f64, usize) {
    let mut best = f64::INFINITY;
    let mut found = 0;
    for _ in 0..ROUNDS {
        let start = Instant::now();
        found = texts.iter().map(|text| black_box(parse(black_box(text))).tree.instructions.len()).sum();
        best = best.min(start.elapsed().as_secs_f64() * 1e6);
    }
    (best, found)
}

fn theirs(texts: &[String]) -> Option<(f64, u64)> {
    let python = env::var_os("WHEELSTAGE_PYTHON").unwrap_or_else(|| "python3".into());
    let mut child = Command::new(python)
        .args(["-c", PYTHON])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .ok()?;
    let work = json!({ "texts": texts, "rounds": ROUNDS }).to_string();
    // The script reads all of it before it prints anything; without the package it reads nothing.
    let written = child.stdin.take()?.write_all(work.as_bytes());
    let output = child.wait_with_output().ok()?;
    written.ok()?;
    let answer: Value = serde_json::from_slice(&output.stdout).ok()?;
    Some((answer[0].as_f64()?, answer[1].as_u64()?))
}
