//! No build is called compatible that is known to end early, or of which something is not known.

use std::sync::Arc;

use proptest::prelude::*;
use wheelstage::{
    findings::{Verdict, analyze},
    index::{Catalogue, Index},
    model::Settings,
    text::Sources,
};

use crate::stubs;

/// What a command comes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Outcome {
    /// It exits with 0, and what it installs is known.
    Done,
    /// It exits with another code.
    Fails,
    /// What it installs is not known, nor how it exits.
    Unknown,
}

use Outcome::{Done, Fails, Unknown};

/// Commands in an image that has curl and make, without a Makefile.
const COMMANDS: [(&str, Outcome); 18] = [
    ("true", Done),
    ("pip install six", Done),
    ("pip install 'idna<3' six", Done),
    ("pip wheel -w /wheels needy==1", Done),
    ("pip install --no-deps six==1.17", Done),
    ("mkdir -p /some/folder", Done),
    ("locale-gen en_US.UTF-8", Done),
    ("frobnicate --version", Done),
    ("false", Fails),
    ("mkdir /no/such/x", Fails),
    ("cat /no/such/file", Fails),
    ("make all", Fails),
    ("pip install six==0.5", Fails),
    ("pip install six==1.16 needy==1", Fails),
    ("pip install -r /no/such.txt", Fails),
    ("curl https://example.org/install | sh", Unknown),
    ("pip install nobody", Unknown),
    ("pip install six nobody==2", Unknown),
];

fn index() -> Arc<Index> {
    let releases = stubs::index(
        "six 1.16
         six 1.17
         idna 2.10
         idna 3.1
         needy 1: six>=1.17",
    );
    let text = serde_json::json!({ "index": releases }).to_string();
    let catalogue = Arc::new(Catalogue::from_json(&text).expect("a catalogue"));
    Arc::new(Index { catalogue, ..Index::default() })
}

/// One or two commands and what joins them, as `sh` runs them.
fn step() -> impl Strategy<Value = (String, Outcome)> {
    let command = || prop::sample::select(&COMMANDS[..]);
    // Known commands come more often: a build of some lines is to come to its end now and then.
    let usual = || prop_oneof![3 => prop::sample::select(&COMMANDS[..8]), 2 => command()];
    (usual(), usual(), 0..5_u8).prop_map(|((first, a), (second, b), joined)| match joined {
        // That pip fails is told, whatever the shell makes of it: the law has nothing to say.
        1 | 2 if a == Fails && first.starts_with("pip") => (first.to_owned(), a),
        0 => (format!("{first} && {second}"), if a == Done { b } else { a }),
        1 => (format!("{first} || true"), if a == Fails { Done } else { a }),
        2 => (
            format!("{first}; {second}"),
            match (a, b) {
                // However the first ends, the second ends the step.
                (_, Fails) => Fails,
                (Unknown, _) => Unknown,
                (_, b) => b,
            },
        ),
        _ => (first.to_owned(), a),
    })
}

/// What all steps of a stage come to: the first that does not end well says.
fn of_all(steps: &[(String, Outcome)]) -> Outcome {
    match steps.iter().map(|(_, outcome)| *outcome).find(|outcome| *outcome != Done) {
        Some(Fails) => Fails,
        // What is not known may fail, and what comes after fails whatever it did.
        Some(_) => Unknown,
        None => Done,
    }
}

fn stage(from: &str, steps: &[(String, Outcome)]) -> String {
    let lines: String = steps.iter().map(|(command, _)| format!("RUN {command}\n")).collect();
    format!("FROM {from}\n{lines}")
}

proptest! {
    #![proptest_config(crate::cases(150))]

    #[test]
    fn compatible_is_said_of_what_is_known_to_end_well_and_of_nothing_else(
        first in prop::collection::vec(step(), 0..3),
        last in prop::collection::vec(step(), 0..3),
        joined in any::<bool>(),
    ) {
        let base = if joined { "tools" } else { "python:3.12" };
        let text = stage("python:3.12 AS tools", &first) + &stage(base, &last);
        let sources = Sources::from_texts([("Dockerfile", &*text)]);
        let analysis = analyze(&sources, &index(), &Settings::default());
        let (verdict, coverage) = (analysis.verdict(), &analysis.coverage);
        let all: Vec<_> = if joined { first.into_iter().chain(last).collect() } else { last };
        match of_all(&all) {
            Done => {
                prop_assert_eq!(verdict, Verdict::Compatible, "{}", text);
                prop_assert!(!coverage.is_partial(), "{}{:?}", text, coverage);
            }
            Fails => prop_assert!(verdict < Verdict::Broken, "{:?} of\n{}", verdict, text),
            Unknown => {
                prop_assert!(verdict != Verdict::Compatible, "{}", text);
                prop_assert!(coverage.is_partial() && !coverage.causes.is_empty(), "{}{:?}", text, coverage);
            }
        }
    }
}
