//! `check` and `fix`: exit codes, and the shape of what is printed.

use std::{collections::BTreeSet, fs, process::Command};

use serde_json::{Value, json};

use crate::{Run, folder, refused, run};

/// One project, two releases.
const CATALOGUE: &[u8] = br#"{ "index": { "numpy": {
    "1.25.2": { "requires_dist": [], "files": [{ "filename": "numpy-1.25.2-py3-none-any.whl" }] },
    "2.2.6": { "requires_dist": [], "files": [{ "filename": "numpy-2.2.6-py3-none-any.whl" }] } } } }"#;

/// The opening example.
const EXAMPLE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/static/examples/report");

fn json(run: &Run) -> Value {
    serde_json::from_str(&run.output).unwrap_or_else(|error| panic!("{error}: {run:?}"))
}

/// An object has these keys at least.
#[track_caller]
fn has_keys(value: &Value, path: &str, keys: &str) {
    let there: BTreeSet<&str> =
        value.as_object().unwrap_or_else(|| panic!("{path} is {value}")).keys().map(String::as_str).collect();
    for key in keys.split_whitespace() {
        assert!(there.contains(key), "{path} has no {key}: {there:?}");
    }
}

#[test]
fn nothing_wrong_is_0() {
    let here = folder(&[("requirements.txt", b"numpy<3\n"), ("index.json", CATALOGUE)]);
    let run = run(here.path(), ["check", "--python", "3.10", "--catalogue", "index.json"]);
    assert_eq!((run.code, run.errors.as_str()), (Some(0), ""), "{run:?}");
    assert!(run.output.starts_with("compatible: "), "{}", run.output);
}

#[test]
fn an_error_is_1() {
    let run = run(folder(&[]).path(), ["check", EXAMPLE]);
    assert_eq!((run.code, run.errors.as_str()), (Some(1), ""), "{run:?}");
    assert!(run.output.starts_with("duplicate: Build fails at line 24. /wheels holds"), "{}", run.output);
}

/// pip takes PEP 751 locks from 26.1 on; up to 26.0.1 it reads them as requirements.
#[test]
fn a_lock_is_no_requirements_file() {
    let lock = "lock-version = \"1.0\"\n[[packages]]\nname = \"six\"\nversion = \"1.17.0\"\n";
    let verdict = |pip: &str, file: &str| {
        let dockerfile = format!("FROM python:3.12-slim\nCOPY {file} .\nRUN pip install -r {file}\n");
        let here = folder(&[("Dockerfile", dockerfile.as_bytes()), (file, lock.as_bytes())]);
        let run = run(here.path(), ["check", "--pip", pip, "--format", "json"]);
        json(&run)["verdict"].as_str().unwrap_or_default().to_owned()
    };
    assert_eq!(verdict("26.1", "pylock.toml"), "unknown");
    assert_eq!(verdict("26.3", "pylock.prod.toml"), "unknown");
    assert_eq!(verdict("26.0.1", "pylock.toml"), "fails");
    assert_eq!(verdict("26.3", "my-pylock.toml"), "fails");
}

#[test]
fn what_is_not_modelled_is_1_when_strict() {
    let build: [(&str, &[u8]); 1] = [("Dockerfile", b"FROM python:3.10\nRUN conda install numpy\n")];
    let here = folder(&build);
    assert_eq!(run(here.path(), ["check"]).code, Some(0));
    assert_eq!(run(here.path(), ["check", "--strict"]).code, Some(1));
}

#[test]
fn what_cannot_be_read_is_2_and_one_line() {
    let empty = folder(&[]);
    refused(&run(empty.path(), ["check"]), "neither a Dockerfile nor a requirements.txt");
    refused(&run(empty.path(), ["check", "nowhere"]), "nowhere");
    refused(&run(empty.path(), ["check", "-r", "nowhere.txt"]), "nowhere.txt");
    refused(&run(empty.path(), ["fix", "nowhere/Dockerfile"]), "nowhere");
    refused(&run(empty.path(), ["link", "nowhere"]), "nowhere");

    let here = folder(&[("requirements.txt", b"numpy\n"), ("broken.json", b"{")]);
    refused(&run(here.path(), ["check", "--catalogue", "broken.json"]), "broken.json");
    refused(&run(here.path(), ["check", "--catalogue", "nowhere"]), "nowhere");
}

/// What the person says of Python and pip counts before the image's tag.
#[test]
fn the_person_s_python_and_pip_count_first() {
    let here = folder(&[("Dockerfile", b"FROM python:3.10-slim\nRUN pip --version\n")]);
    let run = run(here.path(), ["check", "--python", "3.13", "--pip", "25.0", "--format", "json"]);
    let report: Value = serde_json::from_str(&run.output).unwrap();
    let environment = &report["stages"][0]["environments"][0];
    assert_eq!((&environment["python"], &environment["packages"]["pip"]), (&json!("3.13"), &json!(["25.0"])));
}

/// A Python that the build installs itself is not the person's to say, and is not shown as if it were.
#[test]
fn what_is_shown_as_the_person_s_is_what_was_simulated() {
    let here =
        folder(&[("Dockerfile", b"FROM debian:12\nRUN apt-get update && apt-get install -y python3\n")]);
    let run = run(here.path(), ["check", "--python", "3.13", "--format", "json"]);
    let report: Value = serde_json::from_str(&run.output).unwrap();
    assert_eq!(report["target"]["python"], json!({ "value": "3.11", "source": "dockerfile" }));
}

/// What a stage says that is not built is told apart: that it fails, or nothing.
#[test]
fn a_stage_that_is_not_built_is_said_to_fail_only_where_it_does() {
    let headline = |dockerfile: &[u8]| {
        let here = folder(&[("Dockerfile", dockerfile)]);
        let run = run(here.path(), ["check", "--format", "json"]);
        let report: Value = serde_json::from_str(&run.output).unwrap();
        report["headline"].as_str().unwrap().to_owned()
    };
    let last = "\nFROM python:3.12-slim\nRUN pip install six==1.17.0\n";
    let with = |first: &str| headline(format!("FROM python:3.12-slim AS tools\n{first}{last}").as_bytes());
    // A note about drift is no failure.
    assert_eq!(
        headline(last.trim_start().as_bytes()),
        "No conflicts. 1 stage, 1 package, all requirements met."
    );
    assert_eq!(with("RUN pip install six"), headline(last.trim_start().as_bytes()));
    assert_eq!(
        with("RUN pip install six==1.16.9"),
        "No conflicts. All that the final stage needs ends well. A stage that it does not need fails, and is not built."
    );
}

#[test]
fn bad_usage_is_2() {
    let here = folder(&[("requirements.txt", b"numpy\n")]);
    for arguments in [
        &["explain"][..],
        &["check", "--format", "xml"],
        &["check", "--python", "snake"],
        &["check", "--pip", "new"],
        &["open"],
        &[],
    ] {
        let run = run(here.path(), arguments);
        assert_eq!((run.code, run.output.as_str()), (Some(2), ""), "{arguments:?}: {run:?}");
    }
    assert_eq!(run(here.path(), ["--help"]).code, Some(0));
}

/// `fix` prints a diff; with `--write` it changes the files, and `check` agrees.
#[test]
fn a_fix_that_is_written_leaves_nothing_wrong() {
    let example = |name: &str| fs::read(format!("{EXAMPLE}/{name}")).expect("the example");
    let (dockerfile, requirements) = (example("Dockerfile"), example("requirements.txt"));
    let here = folder(&[("Dockerfile", &dockerfile), ("requirements.txt", &requirements)]);
    let printed = run(here.path(), ["fix"]);
    assert_eq!(printed.code, Some(0), "{printed:?}");
    assert!(printed.output.starts_with("--- a/Dockerfile\n+++ b/Dockerfile\n"), "{printed:?}");
    assert_eq!(fs::read(here.path().join("Dockerfile")).unwrap(), dockerfile);

    let written = run(here.path(), ["fix", "--write"]);
    assert_eq!(written, printed);
    assert_ne!(fs::read(here.path().join("Dockerfile")).unwrap(), dockerfile);
    assert_eq!(run(here.path(), ["check"]).code, Some(0));
}

/// Two findings in two stages: pins that never meet, and a bound that the shell takes for a
/// redirection.
fn two_findings() -> tempfile::TempDir {
    let dockerfile = b"FROM python:3.10-slim AS tools\nRUN pip install numpy>=1.24\n\nFROM tools\nRUN pip install numpy==2.2.6 'numpy<2'\n";
    folder(&[("Dockerfile", dockerfile), ("index.json", CATALOGUE)])
}

#[test]
fn a_fix_of_a_strategy() {
    let here = two_findings();
    let run = run(here.path(), ["fix", "--catalogue", "index.json", "--strategy", "quote-specifier"]);
    assert_eq!(run.code, Some(0), "{run:?}");
    assert!(run.output.contains("+RUN pip install \"numpy>=1.24\"\n"), "{run:?}");
    assert!(run.errors.starts_with("Put numpy>=1.24 in quotes: "), "{run:?}");
}

#[test]
fn several_strategies_make_one_fix() {
    let here = two_findings();
    let both =
        ["fix", "--catalogue", "index.json", "--strategy", "quote-specifier", "--strategy", "drop-line"];
    let printed = run(here.path(), both);
    assert_eq!(printed.code, Some(0), "{printed:?}");
    let diff = tempfile::NamedTempFile::new().unwrap();
    fs::write(diff.path(), &printed.output).unwrap();
    let written = run(here.path(), both.into_iter().chain(["--write"]));
    assert_eq!(written, printed);
    assert_eq!(run(here.path(), ["check", "--catalogue", "index.json"]).code, Some(0));

    // What was printed is what was written.
    let there = two_findings();
    let applied =
        Command::new("git").arg("apply").arg(diff.path()).current_dir(there.path()).status().unwrap();
    assert!(applied.success(), "{}", printed.output);
    let text = |folder: &tempfile::TempDir| fs::read(folder.path().join("Dockerfile")).unwrap();
    assert_eq!(text(&here), text(&there));
}

#[test]
fn fixes_that_do_not_go_together_say_why() {
    let here = two_findings();
    let both = ["fix", "--catalogue", "index.json", "--strategy", "drop-line", "--strategy", "drop-line-2"];
    let run = run(here.path(), both);
    assert_eq!((run.code, run.output.as_str()), (Some(1), ""), "{run:?}");
    assert!(run.errors.contains("Together they do not hold"), "{run:?}");
}

#[test]
fn a_strategy_that_does_not_help_says_why() {
    let here = two_findings();
    let run = run(here.path(), ["fix", "--catalogue", "index.json", "--strategy", "change-base-python"]);
    assert_eq!((run.code, run.output.as_str()), (Some(1), ""), "{run:?}");
    assert!(run.errors.starts_with("wheelstage: no fix change-base-python was found"), "{run:?}");
}

#[test]
fn a_strategy_that_does_not_exist_is_2() {
    refused(&run(two_findings().path(), ["fix", "--strategy", "pray"]), "there is no strategy pray");
}

/// A patch may add a file.
#[test]
fn a_fix_that_adds_a_file_writes_it() {
    let example = |name: &str| fs::read(format!("{EXAMPLE}/{name}")).expect("the example");
    let (dockerfile, requirements) = (example("Dockerfile"), example("requirements.txt"));
    let here = folder(&[("Dockerfile", &dockerfile), ("requirements.txt", &requirements)]);
    let written = run(here.path(), ["fix", "--strategy", "constraints-file", "--write"]);
    assert_eq!(written.code, Some(0), "{written:?}");
    assert!(written.output.contains("--- /dev/null\n+++ b/constraints.txt\n"), "{written:?}");
    assert!(here.path().join("constraints.txt").is_file());
    assert_eq!(run(here.path(), ["check"]).code, Some(0));
}

/// The report of the opening example, with the built-in catalogue, has every key that is documented.
#[test]
fn the_json_report_has_its_keys() {
    let run = run(folder(&[]).path(), ["check", EXAMPLE, "--format", "json"]);
    assert_eq!(run.code, Some(1), "{}", run.errors);
    let report = json(&run);
    has_keys(&report, "report", "schema version catalogue verdict findings stages fixes");
    assert_eq!(report["schema"], 1);
    assert_eq!(report["verdict"], "duplicate");

    let location = "file start end line column";
    let finding = &report["findings"][0];
    has_keys(
        finding,
        "finding",
        "rule verdict severity message project stage step location related guilty innocent hints fixes",
    );
    has_keys(&finding["location"], "location", location);
    has_keys(&finding["related"][0], "related", location);
    let mut parties = 0;
    for finding in report["findings"].as_array().unwrap() {
        for role in ["guilty", "innocent"] {
            for party in finding[role].as_array().unwrap() {
                has_keys(party, role, "kind requirer specifier location");
                parties += 1;
            }
        }
    }
    assert!(parties > 0);

    let has_stages = |stages: &Value| {
        let mut seen = BTreeSet::new();
        for stage in stages.as_array().unwrap() {
            has_keys(stage, "stage", "index name base python platform steps environments wheelhouses");
            for step in stage["steps"].as_array().unwrap() {
                has_keys(step, "step", "index line instruction modelled not_modelled exit_code calls");
                for call in step["calls"].as_array().unwrap() {
                    has_keys(call, "call", "tool tool_version command environment exit_code");
                    seen.insert("call");
                }
            }
            for environment in stage["environments"].as_array().unwrap() {
                has_keys(environment, "environment", "path kind python packages");
                seen.insert("environment");
            }
            for wheels in stage["wheelhouses"].as_object().unwrap().values() {
                for wheel in wheels.as_array().unwrap() {
                    has_keys(wheel, "wheel", "file project version born died");
                    has_keys(&wheel["born"], "born", "step call requested_by");
                    seen.insert("wheel");
                }
            }
        }
        assert_eq!(seen.into_iter().collect::<Vec<_>>(), ["call", "environment", "wheel"]);
    };
    has_stages(&report["stages"]);

    let fix = &report["fixes"][0];
    has_keys(fix, "fix", "id strategy title why diff verified files hunks cost stages_after");
    has_keys(&fix["files"][0], "file", "path before after");
    has_keys(&fix["hunks"][0], "hunk", "why");
    has_keys(&fix["cost"], "cost", "lines offline same_versions survives_release runs packages");
    assert_eq!(fix["verified"], true);
    has_stages(&fix["stages_after"]);
}

/// For the drawing, a version that `!=` takes out is a mark in a range, and parts it into no two.
#[test]
fn a_single_version_that_is_taken_out_parts_no_range() {
    let here = folder(&[("requirements.txt", b"numpy<1.26,!=1.24.0,!=3.0\nnumpy>=1.20,!=1.22.*\n")]);
    let report = json(&run(here.path(), ["check", "--format", "json"]));
    let numpy = &report["projects"][0];
    let pieces = |of: &Value| of.as_array().map_or(0, Vec::len);
    assert_eq!(numpy["rows"][0]["excluded"], serde_json::json!(["1.24.0", "3.0"]));
    assert_eq!(pieces(&numpy["rows"][0]["intervals"]), 1);
    assert_eq!(pieces(&numpy["rows"][1]["intervals"]), 2);
    assert_eq!(pieces(&numpy["overlap_intervals"]), 2);
    assert_eq!(numpy["picks"][0]["label"], "pip install");
}

/// They come before the catalogue, and every one who stands in a finding because of them is marked.
#[test]
fn facts_that_the_person_states_count_and_are_marked() {
    let facts = "# Measured here.\none 1.0 depends on three<2\ntwo 1.0 depends on three>=2\nthree 1.0 depends on nothing\nthree 2.0 depends on nothing\n";
    let here = folder(&[("requirements.txt", b"one==1.0\ntwo==1.0\n"), ("facts.txt", facts.as_bytes())]);
    let run = run(here.path(), ["check", "--overlay", "facts.txt", "--format", "json"]);
    let report = json(&run);
    assert_eq!(report["verdict"], "disjoint");
    let parties = report["findings"][0]["guilty"].as_array().unwrap();
    let stated = parties.iter().map(|party| {
        let (place, stated) = (&party["location"], &party["stated"]);
        format!("{} {} {} {}", place["file"], place["line"], stated["file"], stated["line"])
    });
    assert_eq!(
        stated.collect::<Vec<_>>(),
        [r#""requirements.txt" 1 "facts.txt" 2"#, r#""requirements.txt" 2 "facts.txt" 3"#]
    );
}

#[test]
fn a_line_that_is_no_fact_is_refused_with_what_to_write() {
    let here = folder(&[("requirements.txt", b"one\n"), ("facts.txt", b"\none depends on two\n")]);
    let run = run(here.path(), ["check", "--overlay", "facts.txt"]);
    refused(&run, "facts.txt line 2: ");
    assert!(run.errors.contains("write `NAME VERSION depends on REQUIREMENT`"), "{run:?}");
}

/// What SARIF 2.1.0 requires (3.13, 3.14, 3.19, 3.27), and a place in a file.
#[test]
fn sarif_has_its_keys() {
    let run = run(folder(&[]).path(), ["check", EXAMPLE, "--format", "sarif"]);
    assert_eq!(run.code, Some(1), "{}", run.errors);
    let log = json(&run);
    has_keys(&log, "log", "$schema version runs");
    assert_eq!(log["version"], "2.1.0");
    let driver = &log["runs"][0]["tool"]["driver"];
    has_keys(driver, "driver", "name version rules");
    let rules: BTreeSet<&str> =
        driver["rules"].as_array().unwrap().iter().filter_map(|rule| rule["id"].as_str()).collect();
    let results = log["runs"][0]["results"].as_array().unwrap();
    assert!(!results.is_empty());
    for result in results {
        has_keys(result, "result", "ruleId level message locations");
        has_keys(&result["message"], "message", "text");
        assert!(rules.contains(result["ruleId"].as_str().unwrap()), "{result}");
        assert!(["error", "warning", "note"].contains(&result["level"].as_str().unwrap()));
        let place = &result["locations"][0]["physicalLocation"];
        let file = place["artifactLocation"]["uri"].as_str().unwrap();
        assert!(["Dockerfile", "requirements.txt"].contains(&file), "{file}");
        has_keys(&place["region"], "region", "startLine startColumn byteOffset byteLength");
    }
}

/// A release in wheels for an old Python and as an sdist, and a newer one.
const COMPILED: &[u8] = br#"{ "index": { "fast": {
    "1.4": { "requires_dist": [], "files": [
        { "filename": "fast-1.4-cp39-cp39-manylinux_2_17_x86_64.whl" }, { "filename": "fast-1.4.tar.gz" }] },
    "2.0": { "requires_dist": [], "files": [
        { "filename": "fast-2.0-cp313-cp313-manylinux_2_17_x86_64.whl" }, { "filename": "fast-2.0.tar.gz" }] } } } }"#;

#[test]
fn what_would_be_compiled_is_not_known_to_build() {
    let build = b"FROM python:3.13-slim\nRUN pip install fast==1.4\n";
    let here = folder(&[("Dockerfile", build), ("index.json", COMPILED)]);
    let run = run(here.path(), ["check", "--catalogue", "index.json", "--format", "json"]);
    let report = json(&run);
    assert_eq!(report["verdict"], "unknown", "{run:?}");
    let said = report["findings"].to_string();
    let words = "fast 1.4 has no wheel for Python 3.13; pip would compile it here, and that often fails; fast 2.0 has one";
    assert!(said.contains(words) && said.contains("for Python 3.9 there is a wheel"), "{said}");
}

#[test]
fn requirements_alone_take_the_newest_python_that_has_wheels() {
    let here = folder(&[("requirements.txt", b"fast<2\n"), ("index.json", COMPILED)]);
    let check = |more: &[&str]| {
        let usual = ["check", "--catalogue", "index.json", "--format", "json"];
        let report = json(&run(here.path(), usual.iter().chain(more)));
        (report["verdict"].clone(), report["stages"][0]["python"].clone())
    };
    assert_eq!(check(&[]), (json!("compatible"), json!("3.9")));
    // Where the person chose one, that is the one.
    assert_eq!(check(&["--python", "3.13"]).0, json!("unknown"));
}

/// A Dockerfile and how it is answered: what is printed, what stderr says, and the exit codes
/// without and with `--strict`.
#[track_caller]
fn answers(dockerfile: &str, arguments: &[&str], expected: &expect_test::Expect) {
    let catalogue = br#"{ "index": { "six": {
        "1.17.0": { "requires_dist": [], "files": [{ "filename": "six-1.17.0-py3-none-any.whl" }] } } } }"#;
    let here = folder(&[("Dockerfile", dockerfile.as_bytes()), ("index.json", catalogue)]);
    let check = ["check", "--catalogue", "index.json"];
    let plain = run(here.path(), check.iter().chain(arguments));
    let strict = run(here.path(), check.iter().chain(&["--strict"]));
    let codes = (plain.code.unwrap(), strict.code.unwrap());
    expected.assert_eq(&format!("{}{}{codes:?}\n", plain.output, plain.errors));
}

/// A cause is told once, however many lines follow from it, and stderr ends with how much is not
/// known.
#[test]
fn what_is_not_known_is_told_by_its_causes() {
    let build = "FROM python:3.12\nRUN pip install six==1.17.0\nRUN curl https://example.org/a | sh\nRUN pip install six\nRUN pip install six\n";
    answers(
        build,
        &[],
        &expect_test::expect![[r#"
            unknown: No conflict found so far; known: 1 of 4 steps, 1 package. A script that is not known is run: https://example.org/a is fetched when the image is built.

            coverage: 1 of 4 steps known; 1 package
              Dockerfile:3:34: A script that is not known is run: https://example.org/a is fetched when the image is built. (3 steps)
            wheelstage: not known: 3 of 4 steps
            (0, 1)
        "#]],
    );
    answers(
        "FROM python:3.12\nRUN pip install six==1.17.0 nobody\nRUN pip wheel nobody other\n",
        &[],
        &expect_test::expect![[r#"
            unknown: No conflict found so far; known: 0 of 2 steps, 1 of 3 packages. Nothing is known about nobody, other.

            coverage: 0 of 2 steps known; 1 of 3 packages known
              Dockerfile:2:5: Nothing is known about nobody, other. (2 steps, 2 packages)
            wheelstage: not known: 2 of 2 steps, 2 of 3 packages
            (0, 1)
        "#]],
    );
    // Of a stage that the target does not need, nothing has to be known.
    answers(
        "FROM python:3.12 AS tools\nRUN curl https://example.org/a | sh\nFROM python:3.12\nRUN pip install six==1.17.0\n",
        &[],
        &expect_test::expect![[r#"
            compatible: No conflicts. 1 stage, 1 package, all requirements met.

            Dockerfile:2:34: info[not-modelled]: A script that is not known is run: https://example.org/a is fetched when the image is built. Which packages are there afterwards is not known.
            (0, 0)
        "#]],
    );
}

#[test]
fn no_more_than_five_causes_are_told_unless_all_are_asked_for() {
    let mut build = "FROM python:3.12\n".to_owned();
    for letter in "abcdefg".chars() {
        build += &format!("RUN curl https://example.org/{letter} | sh\n");
    }
    answers(
        &build,
        &[],
        &expect_test::expect![[r#"
        unknown: No conflict found so far; known: 0 of 7 steps.

        coverage: 0 of 7 steps known
          Dockerfile:2:34: A script that is not known is run: https://example.org/a is fetched when the image is built. (1 step)
          Dockerfile:3:34: A script that is not known is run: https://example.org/b is fetched when the image is built. (1 step)
          Dockerfile:4:34: A script that is not known is run: https://example.org/c is fetched when the image is built. (1 step)
          Dockerfile:5:34: A script that is not known is run: https://example.org/d is fetched when the image is built. (1 step)
          Dockerfile:6:34: A script that is not known is run: https://example.org/e is fetched when the image is built. (1 step)
          and 2 more causes; -v tells them
        wheelstage: not known: 7 of 7 steps
        (0, 1)
    "#]],
    );
    answers(
        &build,
        &["-v"],
        &expect_test::expect![[r#"
            unknown: No conflict found so far; known: 0 of 7 steps.

            coverage: 0 of 7 steps known
              Dockerfile:2:34: A script that is not known is run: https://example.org/a is fetched when the image is built. (1 step)
              Dockerfile:3:34: A script that is not known is run: https://example.org/b is fetched when the image is built. (1 step)
              Dockerfile:4:34: A script that is not known is run: https://example.org/c is fetched when the image is built. (1 step)
              Dockerfile:5:34: A script that is not known is run: https://example.org/d is fetched when the image is built. (1 step)
              Dockerfile:6:34: A script that is not known is run: https://example.org/e is fetched when the image is built. (1 step)
              Dockerfile:7:34: A script that is not known is run: https://example.org/f is fetched when the image is built. (1 step)
              Dockerfile:8:34: A script that is not known is run: https://example.org/g is fetched when the image is built. (1 step)
            wheelstage: not known: 7 of 7 steps
            (0, 1)
        "#]],
    );
}

#[test]
fn what_is_assumed_is_said_and_counts_when_strict() {
    let with = |line: &str| format!("FROM python:3.12\nRUN pip install six==1.17.0\n{line}\n");
    answers(
        &with("RUN locale-gen"),
        &[],
        &expect_test::expect![[r#"
        compatible: No conflicts. 1 stage, 1 package, all requirements met, assuming that 1 command installs nothing.

        coverage: 1 of 2 steps known, 1 assumed; 1 package
          assumed to install nothing: locale-gen
        (0, 1)
    "#]],
    );
    answers(
        &with("RUN locale-gen && flask --version"),
        &[],
        &expect_test::expect![[r#"
        compatible: No conflicts. 1 stage, 1 package, all requirements met, assuming that 2 commands install nothing.

        coverage: 1 of 2 steps known, 1 assumed; 1 package
          assumed to install nothing: locale-gen, flask
        (0, 1)
    "#]],
    );
}

/// A build argument without a value is named where it ends up.
#[test]
fn a_build_argument_without_a_value_is_named() {
    let with = |lines: &str| lines.replace(" / ", "\n") + "\n";
    answers(
        &with("FROM python:3.12 / ARG V / COPY requirements.$V.txt /r.txt"),
        &[],
        &expect_test::expect![[r#"
            fails: Build stops at line 3. requirements..txt is not in the build context, so COPY fails and the build ends.

            Dockerfile:3:6: error[missing-file]: requirements..txt is not in the build context, so COPY fails and the build ends.
              hint: V has no value: ARG V in line 2 has no default; give --build-arg V=...
            (1, 1)
        "#]],
    );
    answers(
        &with("ARG V / FROM python:$V / RUN pip install six"),
        &[],
        &expect_test::expect![[r#"
            unknown: No conflict found so far; known: 0 of 1 step. The base image is named in part: V has no value: ARG V in line 1 has no default; give --build-arg V=...

            coverage: 0 of 1 step known
              Dockerfile:2:1: The base image is named in part: V has no value: ARG V in line 1 has no default; give --build-arg V=... (1 step)
            wheelstage: not known: 1 of 1 step
            (0, 1)
        "#]],
    );
    answers(
        &with("ARG V=1.17.0 / FROM python:3.12 / RUN pip install six==$V"),
        &[],
        &expect_test::expect![[r#"
            fails: Build stops at line 3. pip refuses this call: Invalid requirement: 'six==' (A version is missing after ==).

            Dockerfile:3:17: error[usage-error]: pip refuses this call: Invalid requirement: 'six==' (A version is missing after ==).
              hint: V has no value here: ARG V in line 1 does not reach this stage; write ARG V after its FROM, too.
            (1, 1)
        "#]],
    );
    answers(
        &with("FROM python:3.12 / ARG V / ENV W=${V} / RUN pip install \"six==${W}\""),
        &[],
        &expect_test::expect![[r#"
            fails: Build stops at line 4. pip refuses this call: Invalid requirement: 'six==' (A version is missing after ==).

            Dockerfile:4:17: error[usage-error]: pip refuses this call: Invalid requirement: 'six==' (A version is missing after ==).
              hint: V has no value: ARG V in line 2 has no default; give --build-arg V=...
            (1, 1)
        "#]],
    );
    // One that has a value, from wherever it comes, is not.
    for lines in [
        "FROM python:3.12 / ARG V=1.16 / RUN pip install six==$V",
        "FROM python:3.12 / ARG V / RUN V=1.16; pip install six==$V",
        "FROM python:3.12 / ARG V / RUN pip install six==${V:-1.16}",
        "FROM python:3.12 / ARG V / ENV V=1.16 / RUN pip install six==$V",
    ] {
        let here = folder(&[("Dockerfile", with(lines).as_bytes()), ("index.json", CATALOGUE)]);
        let run = run(here.path(), ["check", "--catalogue", "index.json"]);
        assert!(!run.output.contains("no value"), "{lines}: {run:?}");
    }
}
