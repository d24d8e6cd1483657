//! A report as the core would make it, small enough to see through: two runs, two wheels.

use serde_json::{Value, json};
use wheelstage::{
    link::Playground,
    report::{Location, Report},
};

/// The requirements of the sample.
pub(crate) const REQUIREMENTS: &str = "accelerate==1.10.1\nchatterbox-tts==0.1.4\n";

/// The Dockerfile of the sample.
pub(crate) const DOCKERFILE: &str = "\
FROM python:3.10-slim AS builder
COPY requirements.txt .
RUN pip wheel -r requirements.txt -w /wheels
RUN pip wheel pkuseg==0.0.25 -w /wheels
FROM python:3.10-slim
COPY --from=builder /wheels /wheels
RUN pip install --no-index /wheels/*
";

/// The files of the sample.
pub(crate) fn playground() -> Playground {
    let files = [("requirements.txt", REQUIREMENTS), ("Dockerfile", DOCKERFILE)];
    Playground {
        files: files.map(|(path, text)| (path.to_owned(), text.to_owned())).into(),
        ..Playground::default()
    }
}

/// Where `needle` first stands in a file of the sample.
pub(crate) fn place(file: &str, needle: &str) -> Location {
    let text = if file == "Dockerfile" { DOCKERFILE } else { REQUIREMENTS };
    let start = text.find(needle).expect(needle);
    let line = u32::try_from(text[..start].matches('\n').count()).unwrap() + 1;
    Location { file: file.to_owned(), start, end: start + needle.len(), line, column: 1 }
}

/// What there is to say about the sample.
pub(crate) fn report() -> Report {
    let at = |file: &str, needle: &str| serde_json::to_value(place(file, needle)).unwrap();
    let first = at("Dockerfile", "pip wheel -r requirements.txt");
    let second = at("Dockerfile", "pip wheel pkuseg==0.0.25");
    let glob = at("Dockerfile", "/wheels/*");
    let accelerate =
        party("accelerate 1.10.1", "<3.0.0,>=1.17", &at("requirements.txt", "accelerate==1.10.1"));
    let chatterbox =
        party("chatterbox-tts 0.1.4", "<1.26.0,>=1.24.0", &at("requirements.txt", "chatterbox-tts==0.1.4"));
    let pkuseg = party("pkuseg 0.0.25", ">=1.16.0", &second);
    let release = |version: &str, agreed: bool| json!({ "version": version, "prerelease": version.contains("rc"), "yanked": false, "usable": true, "in_overlap": agreed });
    let setting = |value: &str| json!({ "value": value, "source": "dockerfile" });
    let after = DOCKERFILE.replace("/wheels/*", "-r requirements.txt");
    serde_json::from_value(json!({
        "schema": 1, "version": "0.1.0", "catalogue": "2026-11-22", "verdict": "duplicate",
        "headline": "Build fails at line 7. /wheels holds two versions of numpy.", "lead": "Build fails at line 7.",
        "findings": [{
            "rule": "duplicate-wheels", "verdict": "duplicate", "severity": "error",
            "message": "Two files of numpy are demanded at once.",
            "why": [{ "text": "The second run resolves alone.", "location": second }],
            "project": "numpy", "stage": 1, "step": 1, "location": glob, "related": [second],
            "guilty": [chatterbox], "innocent": [accelerate], "hints": [], "fixes": ["install-by-name"]
        }, {
            "rule": "will-drift", "verdict": null, "severity": "info", "message": "pkuseg may drift.", "why": [],
            "project": null, "stage": 0, "step": 2, "location": second, "related": [],
            "guilty": [], "innocent": [], "hints": [], "fixes": []
        }],
        "stages": [],
        "fixes": [{
            "id": "install-by-name", "strategy": "install-by-name", "title": "Install by name",
            "why": "The folder becomes a pool.", "diff": "--- a\n", "verified": true,
            "files": [{ "path": "Dockerfile", "before": DOCKERFILE, "after": after }],
            "hunks": [{ "why": "Only what is named is demanded." }],
            "cost": { "lines": 2, "offline": true, "same_versions": true, "survives_release": false, "runs": 0, "packages": 3, "notes": [] },
            "stages_after": [], "verdict_after": "compatible", "removes": [0]
        }],
        "target": {
            "python": setting("3.10"), "platform": setting("linux/amd64"), "pip": setting("23.0.1"),
            "stage": setting("1"), "args": {}
        },
        "projects": [{
            "project": "numpy", "verdict": "duplicate",
            "rows": [
                row(&pkuseg, false, ("1.16.0", None), 3),
                row(&accelerate, false, ("1.17", Some("3.0.0")), 2),
                row(&chatterbox, true, ("1.24.0", Some("1.26.0")), 2)
            ],
            "overlap": ">=1.24.0,<1.26.0", "overlap_intervals": [interval("1.24.0", Some("1.26.0"))],
            "releases": [release("1.25.2", true), release("2.0.0rc1", false), release("2.2.6", false)],
            "picks": [
                { "version": "1.25.2", "label": "RUN line 3", "stage": 0, "step": 1, "location": first, "unseen": [], "guilty": false },
                { "version": "2.2.6", "label": "RUN line 4", "stage": 0, "step": 2, "location": second, "unseen": ["<1.26.0"], "guilty": true }
            ],
            "sentence": "The ranges meet."
        }],
        "timeline": {
            "lanes": [
                { "stage": 0, "label": "stage builder",
                  "steps": [
                      { "step": 1, "label": "pip wheel -r requirements.txt", "location": first, "failed": false },
                      { "step": 2, "label": "pip wheel pkuseg==0.0.25", "location": second, "failed": false }
                  ],
                  "chips": [chip("1.25.2", 1, None, &first), chip("2.2.6", 2, None, &second)] },
                { "stage": 1, "label": "stage 1",
                  "steps": [{ "step": 1, "label": "pip install /wheels/*", "location": glob, "failed": true }],
                  "chips": [chip("1.25.2", 0, Some(0), &first)] }
            ],
            "copies": [{ "kind": "copy", "from": 0, "to": 1, "step": 0, "path": "/wheels",
                         "location": at("Dockerfile", "COPY --from=builder /wheels /wheels") }],
            "wrong_at": [1, 1]
        },
        "missing": [], "unmodelled": 0
    }))
    .unwrap()
}

fn party(requirer: &str, specifier: &str, location: &Value) -> Value {
    json!({ "kind": "requirement", "requirer": requirer, "specifier": specifier, "location": location })
}

fn row(party: &Value, guilty: bool, (lower, upper): (&str, Option<&str>), step: usize) -> Value {
    json!({ "party": party, "guilty": guilty, "intervals": [interval(lower, upper)], "excluded": [], "stage": 0, "step": step })
}

fn interval(lower: &str, upper: Option<&str>) -> Value {
    let upper = upper.map(|version| json!({ "version": version, "inclusive": false }));
    json!({ "lower": { "version": lower, "inclusive": true }, "upper": upper })
}

fn chip(version: &str, born: usize, from_stage: Option<usize>, location: &Value) -> Value {
    json!({ "kind": "wheel", "project": "numpy", "version": version, "place": "/wheels", "born": born, "died": null,
            "from_stage": from_stage, "guilty": version == "2.2.6", "because": "Asked for.", "location": location })
}
