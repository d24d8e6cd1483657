//! Every rule's page is a test: its Bad build yields the finding, its Good build does not. And
//! builds whose guilty and innocent are known (PIP_RULES, sections A to D).

mod blame;
mod fails;
mod hashes;
mod page;
#[path = "../support/index.rs"]
mod stubs;

use std::{collections::BTreeSet, sync::Arc};

use page::Page;
use wheelstage::{
    findings::{Analysis, RULES, Severity, analyze},
    index::{Catalogue, Index},
    model::Settings,
    text::Sources,
};

/// DESIGN, section 2.
const DESIGNED: [&str; 24] = [
    "separate-resolutions",
    "filter-drops-more",
    "filter-drops-less",
    "needs-compiler",
    "will-drift",
    "copied-across-pythons",
    "wrong-environment",
    "unused-wheelhouse",
    "duplicate-wheels",
    "disjoint-ranges",
    "unavailable-in-wheelhouse",
    "unavailable-for-target",
    "only-yanked",
    "installed-in-the-way",
    "late-constraint",
    "wheels-removed-not-replaced",
    "later-step-breaks",
    "local-build-lost",
    "no-deps-hides",
    "sdist-offline",
    "merged-environments",
    "redirected-bound",
    "missing-file",
    "not-modelled",
];

#[test]
fn every_designed_rule_is_there() {
    let ids: BTreeSet<&str> = RULES.iter().map(|rule| rule.id).collect();
    let missing: Vec<_> = DESIGNED.iter().filter(|id| !ids.contains(**id)).collect();
    assert!(missing.is_empty(), "{missing:?}");
    assert_eq!(ids.len(), RULES.len(), "two rules have one id");
}

#[test]
fn bad_yields_the_finding_and_good_does_not() {
    let mut wrong = Vec::new();
    for rule in RULES {
        let page = match Page::parse(rule.page) {
            Ok(page) => page,
            Err(error) => {
                wrong.push(format!("{}: {error}", rule.id));
                continue;
            }
        };
        let bad = build(&page.index, &page.bad);
        if loud(&bad, rule.id) != [rule.id] {
            wrong.push(format!("{}, Bad:\n{}", rule.id, said(&bad)));
        }
        let good = build(&page.index, &page.good);
        if !loud(&good, rule.id).is_empty() {
            wrong.push(format!("{}, Good:\n{}", rule.id, said(&good)));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn findings_speak_in_sentences_and_have_places() {
    for rule in RULES {
        let Ok(page) = Page::parse(rule.page) else { continue };
        let analysis = build(&page.index, &page.bad);
        for finding in &analysis.findings {
            let texts = std::iter::once(&finding.message)
                .chain(finding.why.iter().map(|sentence| &sentence.text))
                .chain(&finding.hints);
            for text in texts {
                assert!(text.ends_with('.'), "{}: {text}", rule.id);
                assert!(!text.contains("  ") && !text.ends_with(".."), "{}: {text}", rule.id);
            }
            let places = std::iter::once(finding.location).chain(finding.related.iter().copied());
            for place in places {
                let length = analysis.sources.text(place.file).len();
                assert!(usize::from(place.range.end()) <= length, "{}: {place:?}", rule.id);
            }
        }
    }
}

#[test]
fn what_would_have_to_change_is_told_once() {
    let mut advised = 0;
    for rule in RULES {
        let Ok(page) = Page::parse(rule.page) else { continue };
        let mut analysis = build(&page.index, &page.bad);
        advised += analysis.findings.iter().filter(|finding| finding.changes.is_some()).count();
        let hints = |analysis: &Analysis| -> Vec<Vec<String>> {
            analysis.findings.iter().map(|finding| finding.hints.clone()).collect()
        };
        let once = hints(&analysis);
        analysis.advise();
        assert_eq!(hints(&analysis), once, "{}", rule.id);
    }
    assert!(advised > 1, "the pages show it");
}

/// Rules of findings that are loud, and those of the rule itself.
fn loud(analysis: &Analysis, rule: &str) -> Vec<&'static str> {
    let findings = analysis.findings.iter();
    findings
        .filter(|finding| finding.severity < Severity::Info || finding.rule == rule)
        .map(|finding| finding.rule)
        .collect()
}

fn said(analysis: &Analysis) -> String {
    let findings = analysis.findings.iter().map(|finding| {
        let line = analysis.sources.line_column(finding.location).line;
        format!("  {:?} {} (line {line}): {}\n", finding.severity, finding.rule, finding.message)
    });
    findings.collect()
}

fn build(index: &str, files: &[(String, String)]) -> Analysis {
    let catalogue = serde_json::json!({"date": "2026-11-22", "index": stubs::index(index)}).to_string();
    let catalogue = Catalogue::from_json(&catalogue).unwrap();
    let index = Index { catalogue: Arc::new(catalogue), ..Index::default() };
    let sources = Sources::from_texts(files.iter().cloned());
    let mut analysis = analyze(&sources, &Arc::new(index), &Settings::default());
    analysis.advise();
    explains_its_failures(&analysis);
    analysis
}

/// A stage that an installer ends has an error that says why.
#[track_caller]
fn explains_its_failures(analysis: &Analysis) {
    let stages = analysis.simulation.stages.iter().enumerate();
    for (stage, run) in stages.filter(|(_, run)| run.needed) {
        let calls = run.steps.iter().flat_map(|step| &step.calls);
        for call in calls.filter(|call| call.exit_code.is_some_and(|code| code != 0)) {
            let said = analysis.findings.iter().any(|finding| {
                finding.severity == Severity::Error && finding.at.is_some_and(|at| at.stage == stage)
            });
            assert!(said, "nothing says why {} fails", call.command);
        }
    }
}
