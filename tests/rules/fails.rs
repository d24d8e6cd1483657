//! Steps that end the build for a reason that is not versions. What dash, BuildKit and the programs
//! of Debian do there was measured by running them.

use std::fmt::Write;

use expect_test::{Expect, expect};

/// The verdict, the loud findings, and what is said of the steps behind the failing one.
#[track_caller]
fn check(lines: &str, expected: Expect) {
    let dockerfile = format!("FROM python:3.12-slim\n{lines}\nRUN pip install six==1.17.0\n");
    let files = [("Dockerfile".to_owned(), dockerfile), ("r.txt".to_owned(), "flask\n".to_owned())];
    let analysis = super::build("six 1.17.0\nflask 3.0.0\n", &files);
    let report = wheelstage::report::report(&analysis, &[]);
    let mut text = format!("{:?}\n", analysis.verdict()).to_lowercase();
    for finding in report.findings.iter().filter(|finding| finding.rule != "will-drift") {
        let _ = writeln!(text, "{} (line {}): {}", finding.rule, finding.location.line, finding.message);
    }
    for step in report.stages.iter().flat_map(|stage| &stage.steps).filter(|step| !step.reached) {
        let _ = writeln!(text, "  line {} is not reached, modelled: {:?}", step.line, step.modelled);
    }
    for environment in report.stages.iter().flat_map(|stage| &stage.environments) {
        let _ = writeln!(text, "  {} is certain: {}", environment.path, environment.certain);
    }
    expected.assert_eq(&text);
}

#[test]
fn a_program_that_fails() {
    check(
        "RUN mkdir /no/such/x",
        expect![[r#"
        fails
        step-fails (line 2): `mkdir /no/such/x` exits with 1, and the build ends.
          line 3 is not reached, modelled: No
          /usr/local is certain: false
    "#]],
    );
    check(
        "RUN false && pip install flask",
        expect![[r#"
        fails
        step-fails (line 2): `false` exits with 1, and the build ends.
          line 3 is not reached, modelled: No
          /usr/local is certain: false
    "#]],
    );
    check(
        "RUN cp r.txt /x; exit 3",
        expect![[r#"
        fails
        step-fails (line 2): `exit 3` exits with 3, and the build ends.
          line 3 is not reached, modelled: No
          /usr/local is certain: false
    "#]],
    );
}

#[test]
fn a_program_that_is_not_there() {
    check(
        "RUN /opt/tool --version",
        expect![[r#"
        fails
        step-fails (line 2): /opt/tool is not in the image here: `/opt/tool --version` exits with 127, and the build ends.
          line 3 is not reached, modelled: No
          /usr/local is certain: false
    "#]],
    );
    check(
        "FROM ubuntu:24.04\nRUN pip install flask",
        expect![[r#"
        fails
        step-fails (line 3): pip is not in the image here: `pip install flask` exits with 127, and the build ends.
          line 4 is not reached, modelled: No
          /usr/local is certain: true
    "#]],
    );
}

#[test]
fn a_filter_that_leaves_nothing() {
    check(
        "COPY r.txt .\nRUN cat r.txt | grep -v flask > o.txt && pip install -r o.txt",
        expect![[r#"
        fails
        step-fails (line 3): `grep -v flask > o.txt` exits with 1, and the build ends.
          line 4 is not reached, modelled: No
          /usr/local is certain: false
    "#]],
    );
    check(
        "COPY r.txt .\nRUN grep -v flask < r.txt > o.txt && pip install -r o.txt",
        expect![[r#"
        fails
        step-fails (line 3): `grep -v flask < r.txt > o.txt` exits with 1, and the build ends.
          line 4 is not reached, modelled: No
          /usr/local is certain: false
    "#]],
    );
    check(
        "RUN echo flask > r.txt\nRUN grep -v flask r.txt > o.txt && pip install -r o.txt",
        expect![[r#"
            fails
            filter-drops-more (line 3): The pattern flask leaves no line of r.txt. grep then exits with 1, and the step fails.
              line 4 is not reached, modelled: No
              /usr/local is certain: false
        "#]],
    );
}

#[test]
fn a_script_that_dash_cannot_read() {
    check(
        "RUN cat <(echo a) && pip install flask",
        expect![[r#"
        fails
        syntax-error (line 2): A file name is missing after this.
          line 3 is not reached, modelled: No
          /usr/local is certain: false
    "#]],
    );
}

#[test]
fn a_copy_of_what_a_stage_does_not_hold() {
    check(
        "FROM python:3.12-slim AS b\nRUN mkdir /x\nFROM python:3.12-slim\nCOPY --from=b /x/y /y",
        expect![[r#"
        fails
        missing-file (line 5): /x/y is not in what COPY copies from, so it fails and the build ends.
          line 6 is not reached, modelled: No
          /usr/local is certain: true
          /usr/local is certain: true
          /usr/local is certain: false
    "#]],
    );
}

#[test]
fn what_is_tolerated_fails_nothing() {
    check(
        "RUN false || true; mkdir /no/such/x; true",
        expect![[r#"
        compatible
          /usr/local is certain: true
    "#]],
    );
    check(
        "RUN if [ -f /x ]; then exit 1; fi",
        expect![[r#"
        compatible
          /usr/local is certain: true
    "#]],
    );
}
