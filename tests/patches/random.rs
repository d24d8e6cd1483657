//! Random builds that fail, written by different hands: whatever is offered applies, leaves all
//! other bytes alone, and holds when its text is read again; and real pip ends what it makes as the
//! simulator says.
//!
//! `WHEELSTAGE_PATCHES=SEED:COUNT` asks for others than the fixed ones.

use std::{cell::Cell, collections::BTreeMap, env};

use proptest::{prelude::*, test_runner::TestCaseError};
use wheelstage::{
    findings::{Analysis, Severity, analyze},
    model::Settings,
    patch::{Fix, propose},
    text::Sources,
};

use crate::{
    builds::{Bounds, Build, build, runner},
    support::{apply, index, replay, unsaid},
};

const SEED: u64 = 20_261_122;
const COUNT: u32 = 40;

/// How an author writes a Dockerfile.
#[derive(Debug, Clone, Copy)]
struct Hand {
    /// Lines end in CRLF.
    crlf: bool,
    /// Each instruction has a comment above it.
    comments: bool,
    /// The runs of a stage are one instruction, over several lines.
    joined: bool,
    /// The last line of each file has no end.
    unfinished: bool,
}

fn hand() -> impl Strategy<Value = Hand> {
    any::<(bool, bool, bool, bool)>().prop_map(|(crlf, comments, joined, unfinished)| Hand {
        crlf,
        comments,
        joined,
        unfinished,
    })
}

impl Hand {
    fn files(self, build: &Build) -> Vec<(String, String)> {
        let Build { builder, runtime, requirements, .. } = build;
        let (builder, runtime) = (self.instructions(builder), self.instructions(runtime));
        let dockerfile = format!(
            "FROM python:3.11-slim AS builder\nWORKDIR /build\nCOPY requirements.txt .\n{builder}\nFROM python:3.11-slim\nWORKDIR /app\nCOPY requirements.txt .\nCOPY --from=builder /build /build\n{runtime}"
        );
        let requirements = format!("# what is installed\n{}\n", requirements.join("  # why\n"));
        [("Dockerfile", dockerfile), ("requirements.txt", requirements)]
            .map(|(path, text)| (path.to_owned(), self.ended(text)))
            .into()
    }

    fn instructions(self, steps: &[String]) -> String {
        let comment = if self.comments { "# what this does\n" } else { "" };
        if self.joined {
            let commands: Vec<&str> = steps.iter().map(|step| step.trim_start_matches("RUN ")).collect();
            return format!("{comment}RUN {}\n", commands.join(" \\\n && "));
        }
        steps.iter().map(|step| format!("{comment}{step}\n")).collect()
    }

    fn ended(self, text: String) -> String {
        let text = if self.unfinished { text.trim_end().to_owned() } else { text };
        if self.crlf { text.replace('\n', "\r\n") } else { text }
    }
}

/// Any build that ends in a finding which is more than advice, and its analysis.
fn analysis(build: &Build, hand: Hand) -> Analysis {
    let sources = Sources::from_texts(hand.files(build));
    let settings = Settings { pip: Some("26.3".to_owned()), ..Settings::default() };
    analyze(&sources, &index(&build.index), &settings)
}

/// The errors of a build, as its author reads them.
fn errors(analysis: &Analysis) -> Vec<&str> {
    let errors = analysis.findings.iter().filter(|finding| finding.severity == Severity::Error);
    errors.map(|finding| finding.message.as_str()).collect()
}

fn holds(before: &Analysis, hand: Hand, fix: &Fix) -> Result<(), String> {
    let patched = apply(before, fix)?;
    for (path, text) in &patched {
        let is_changed = fix.files.iter().any(|file| file.path == *path);
        let old = before.sources.find(path).map(|file| before.sources.text(file));
        if !is_changed && old != Some(text) {
            return Err(format!("{path} is other than it was"));
        }
        if hand.crlf && text.replace("\r\n", "").contains(['\r', '\n']) {
            return Err(format!("{path} has lines that end in two ways:\n{text:?}"));
        }
    }
    let after = analyze(&Sources::from_texts(patched), &before.index, &before.settings);
    if errors(&after) != errors(&fix.after) {
        return Err(format!("read again: {:?}", errors(&after)));
    }
    if fix.removes.is_empty() {
        return Err("it removes nothing".to_owned());
    }
    let (known, left) = (kinds(before), kinds(&after));
    if let Some((kind, _)) = left.iter().find(|(kind, count)| known.get(*kind).unwrap_or(&0) < *count) {
        return Err(format!("it adds {kind:?}"));
    }
    unsaid(before, fix).map_or(Ok(()), |what| Err(format!("it does not say that {what}")))
}

/// How many errors there are of each rule, project and stage: a patch moves lines, so places do
/// not count.
fn kinds(analysis: &Analysis) -> BTreeMap<(&str, Option<String>, Option<usize>), usize> {
    let mut kinds = BTreeMap::new();
    for error in analysis.findings.iter().filter(|finding| finding.severity == Severity::Error) {
        let project = error.project.as_ref().map(ToString::to_string);
        *kinds.entry((error.rule, project, error.at.map(|at| at.stage))).or_default() += 1;
    }
    kinds
}

#[test]
fn offered_patches_hold() {
    let asked = env::var("WHEELSTAGE_PATCHES").ok();
    let (seed, count) = asked.as_deref().map_or((SEED, COUNT), |text| {
        let (seed, count) = text.split_once(':').expect("WHEELSTAGE_PATCHES is SEED:COUNT");
        (seed.parse().expect("a seed is a number"), count.parse().expect("a count is a number"))
    });
    let broken = (prop_oneof![3 => build(Bounds::Likely), 1 => build(Bounds::Any)], hand()).prop_filter_map(
        "nothing is wrong with it",
        |(build, hand)| {
            let analysis = analysis(&build, hand);
            (!errors(&analysis).is_empty()).then_some((build, hand))
        },
    );
    let (cured, offered) = (Cell::new(0), Cell::new(0));
    let result = runner(seed, count, 60).run(&broken, |(build, hand)| {
        let analysis = analysis(&build, hand);
        let fixes: Vec<Fix> = propose(&analysis).collect();
        cured.set(cured.get() + u32::from(!fixes.is_empty()));
        offered.set(offered.get() + fixes.len());
        for fix in &fixes {
            holds(&analysis, hand, fix).and_then(|()| replay(fix)).map_err(|why| {
                let files: String = analysis
                    .sources
                    .iter()
                    .map(|(_, file)| format!("-- {} --\n{}", file.path, file.text))
                    .collect();
                TestCaseError::fail(format!("{}: {why}\n{}\n{}{files}", fix.title, fix.diff, build.index))
            })?;
        }
        Ok(())
    });
    if let Err(error) = result {
        panic!("seed {seed}: {error}");
    }
    println!("{count} broken builds of seed {seed}: {} cured, by {} patches", cured.get(), offered.get());
}
