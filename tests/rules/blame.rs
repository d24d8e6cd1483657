//! Builds as text, findings as text: which rule, which verdict, who is guilty and who is innocent.
//! The rows of PIP_RULES, section D, each with what pip was measured to do.

use std::{fmt::Write, sync::Arc};

use expect_test::{Expect, expect};
use wheelstage::{
    findings::{Analysis, Party, analyze},
    index::Index,
    model::Settings,
    text::Sources,
};

/// Two packages with ranges that meet, one without a cap, and a build for CUDA.
const INDEX: &str = "
    numpy 1.24.4
    numpy 1.25.2
    numpy 2.2.6
    accelerate 1.10.1: numpy>=1.17,<3.0.0
    chatterbox-tts 0.1.4: numpy>=1.24.0,<1.26.0; accelerate==1.10.1; torch==2.6.0
    pkuseg 0.0.25: numpy>=1.16.0
    torch 2.6.0
    torch 2.6.0+cu124
    torchvision 0.21.0: torch==2.6.0; numpy
";

const REQUIREMENTS: &str = "accelerate==1.10.1\nchatterbox-tts==0.1.4\npkuseg==0.0.25\n";

/// What the report's builder does: two runs, two numpy wheels.
const TWO_RUNS: &str = "\
COPY requirements.txt .
RUN pip wheel chatterbox-tts==0.1.4 accelerate==1.10.1 -w /wheels && rm /wheels/torch-*
RUN pip wheel pkuseg==0.0.25 -w /wheels
";

/// The lines of the last stage, behind its `COPY --from=builder /wheels /wheels`.
#[track_caller]
fn runtime(builder: &str, lines: &str, expected: Expect) {
    let dockerfile = format!(
        "FROM python:3.10-slim AS builder\n{builder}\nFROM python:3.10-slim\nCOPY requirements.txt constraints.txt ./\n\
         COPY --from=builder /wheels /wheels\nRUN pip install torch==2.6.0+cu124\n{lines}\n"
    );
    let files = [
        ("Dockerfile", dockerfile.as_str()),
        ("requirements.txt", REQUIREMENTS),
        ("constraints.txt", "numpy<1.26,>=1.24\n"),
    ];
    let files = files.map(|(path, text)| (path.to_owned(), text.to_owned()));
    expected.assert_eq(&told(&super::build(INDEX, &files)));
}

/// Requirements alone, and nothing known about any project.
#[track_caller]
fn requirements(text: &str, expected: Expect) {
    let sources = Sources::from_texts([("requirements.txt", text)]);
    let analysis = analyze(&sources, &Arc::new(Index::empty()), &Settings::default());
    expected.assert_eq(&told(&analysis));
}

fn told(analysis: &Analysis) -> String {
    let mut text = format!("{:?}\n", analysis.verdict()).to_lowercase();
    for finding in &analysis.findings {
        let line = analysis.sources.line_column(finding.location).line;
        let _ = writeln!(text, "{} (line {line}): {}", finding.rule, finding.message);
        let mut parties = |role: &str, parties: &[Party]| {
            for party in parties {
                let _ = writeln!(text, "  {role} {} {}", party.requirer, party.specifier);
            }
        };
        parties("guilty", &finding.guilty);
        parties("innocent", &finding.innocent);
    }
    text.lines().map(|line| format!("{}\n", line.trim_end())).collect()
}

#[test]
fn e14_each_file_of_the_folder_is_demanded() {
    runtime(
        TWO_RUNS,
        "RUN pip install --no-index --find-links=/wheels /wheels/*",
        expect![[r#"
        duplicate
        duplicate-wheels (line 10): /wheels holds two versions of numpy, 1.25.2 and 2.2.6, and /wheels/* asks pip to install both.
          guilty pip wheel pkuseg==0.0.25 -w /wheels numpy 2.2.6
          guilty /wheels/*
          innocent accelerate 1.10.1 <3.0.0,>=1.17
          innocent pkuseg 0.0.25 >=1.16.0
    "#]],
    );
}

#[test]
fn e05_by_name_the_folder_is_a_pool() {
    runtime(
        TWO_RUNS,
        "RUN pip install --no-index --find-links=/wheels -r requirements.txt",
        expect![[r#"
        compatible
        separate-resolutions (line 4): /wheels holds numpy 1.25.2 and 2.2.6, because runs that fill it resolve alone.
    "#]],
    );
}

#[test]
fn e06_wheels_removed_and_nothing_preinstalled() {
    runtime(
        TWO_RUNS,
        "RUN rm -f /wheels/numpy-*.whl && pip install --no-index --find-links=/wheels /wheels/*",
        expect![[r#"
            unavailable
            wheels-removed-not-replaced (line 10): The numpy wheels are removed and nothing puts numpy back, but it is asked for by accelerate 1.10.1 (<3.0.0,>=1.17), chatterbox-tts 0.1.4 (<1.26.0,>=1.24.0) and 1 more.
              guilty RUN rm -f /wheels/numpy-*.whl && pip install --no-index --find-links=/wheels /wheels/*
              innocent accelerate 1.10.1 <3.0.0,>=1.17
              innocent chatterbox-tts 0.1.4 <1.26.0,>=1.24.0
              innocent pkuseg 0.0.25 >=1.16.0
        "#]],
    );
}

#[test]
fn e07_wheels_removed_and_the_right_numpy_preinstalled() {
    runtime(
        TWO_RUNS,
        "RUN rm -f /wheels/numpy-*.whl\nRUN pip install 'numpy>=1.24.0,<1.26.0'\n\
         RUN pip install --no-index --find-links=/wheels /wheels/*",
        expect![[r#"
            compatible
            will-drift (line 11): Dockerfile does not pin numpy: on another day, this build may get other versions.
        "#]],
    );
}

#[test]
fn e08_wheels_removed_and_the_wrong_numpy_there() {
    runtime(
        TWO_RUNS,
        "RUN pip install numpy==2.2.6\nRUN rm -f /wheels/numpy-*.whl\n\
         RUN pip install --no-index --find-links=/wheels /wheels/*",
        expect![[r#"
            unavailable
            installed-in-the-way (line 12): numpy 2.2.6 is installed and does not suit chatterbox-tts 0.1.4 (<1.26.0,>=1.24.0), and nothing offers another.
              guilty chatterbox-tts 0.1.4 <1.26.0,>=1.24.0
              guilty numpy 2.2.6
              innocent accelerate 1.10.1 <3.0.0,>=1.17
        "#]],
    );
}

#[test]
fn e10_numpy_preinstalled_and_the_wheels_not_removed() {
    runtime(
        TWO_RUNS,
        "RUN pip install numpy==1.25.2\nRUN pip install --no-index --find-links=/wheels /wheels/*",
        expect![[r#"
            duplicate
            duplicate-wheels (line 11): /wheels holds two versions of numpy, 1.25.2 and 2.2.6, and /wheels/* asks pip to install both.
              guilty pip wheel pkuseg==0.0.25 -w /wheels numpy 2.2.6
              guilty /wheels/*
              innocent accelerate 1.10.1 <3.0.0,>=1.17
              innocent pkuseg 0.0.25 >=1.16.0
        "#]],
    );
}

#[test]
fn e13_a_constraint_at_the_install_alone() {
    runtime(
        TWO_RUNS,
        "RUN pip install --no-index --find-links=/wheels -c constraints.txt /wheels/*",
        expect![[r#"
            duplicate
            duplicate-wheels (line 10): /wheels holds two versions of numpy, 1.25.2 and 2.2.6, and /wheels/* asks pip to install both.
              guilty pip wheel pkuseg==0.0.25 -w /wheels numpy 2.2.6
              guilty /wheels/*
              innocent accelerate 1.10.1 <3.0.0,>=1.17
              innocent pkuseg 0.0.25 >=1.16.0
        "#]],
    );
}

#[test]
fn e15_one_run() {
    runtime(
        "COPY requirements.txt .\nRUN pip wheel -r requirements.txt -w /wheels && rm /wheels/torch-*",
        "RUN pip install --no-index --find-links=/wheels /wheels/*",
        expect![[r#"
            compatible
        "#]],
    );
}

#[test]
fn e19b_no_deps_and_one_wrong_numpy() {
    runtime(
        "RUN pip wheel --no-deps chatterbox-tts==0.1.4 accelerate==1.10.1 numpy==2.2.6 -w /wheels",
        "RUN pip install --no-deps --no-index --find-links=/wheels /wheels/*",
        expect![[r#"
            broken
            no-deps-hides (line 7): --no-deps hides that chatterbox-tts 0.1.4 needs numpy<1.26.0,>=1.24.0: numpy 2.2.6 is there.
              guilty pip install --no-deps --no-index --find-links=/wheels /wheels/accelerate-1.10.1-py3-none-any.whl /wheels/chatterbox_tts-0.1.4-py3-none-any.whl /wheels/numpy-2.2.6-py3-none-any.whl numpy 2.2.6
              guilty chatterbox-tts 0.1.4 <1.26.0,>=1.24.0
        "#]],
    );
}

#[test]
fn e20_a_later_install_breaks_an_earlier_one() {
    runtime(
        "RUN mkdir /wheels",
        "RUN pip install -r requirements.txt\nRUN pip install numpy==2.2.6",
        expect![[r#"
            broken
            later-step-breaks (line 8): Line 8 replaces numpy 1.25.2 by 2.2.6, but chatterbox-tts 0.1.4 needs numpy<1.26.0,>=1.24.0. pip exits with 0 all the same.
              guilty pip install numpy==2.2.6 numpy 2.2.6
              guilty chatterbox-tts 0.1.4 <1.26.0,>=1.24.0
        "#]],
    );
}

#[test]
fn e29_a_plain_torch_wheel_in_the_folder() {
    runtime(
        "RUN pip wheel --no-deps torch===2.6.0 -w /wheels",
        "RUN pip install --no-index --find-links=/wheels /wheels/*",
        expect![[r#"
            broken
            local-build-lost (line 7): The build torch 2.6.0+cu124 is swapped for the plain 2.6.0. pip exits with 0.
              guilty pip install --no-index --find-links=/wheels /wheels/torch-2.6.0-py3-none-any.whl torch 2.6.0
        "#]],
    );
}

#[test]
fn e29c_a_plain_torch_wheel_by_name() {
    runtime(
        "RUN pip wheel --no-deps torch===2.6.0 -w /wheels",
        "RUN pip install --no-index --find-links=/wheels torch",
        expect![[r#"
            compatible
        "#]],
    );
}

#[test]
fn e24_an_empty_folder_leaves_the_glob() {
    runtime(
        "RUN mkdir /wheels",
        "RUN pip install /wheels/*",
        expect![[r#"
            fails
            usage-error (line 7): pip refuses this call: Invalid requirement: '/wheels/*': there is no such file (Expected a project name).
        "#]],
    );
}

#[test]
fn e27_two_pins_in_one_command() {
    runtime(
        "RUN mkdir /wheels",
        "RUN pip install numpy==1.25.2 -r requirements.txt numpy==2.2.6",
        expect![[r#"
            disjoint
            disjoint-ranges (line 7): No version of numpy satisfies both the command line (==1.25.2) and the command line (==2.2.6).
              guilty the command line ==1.25.2
              guilty the command line ==2.2.6
        "#]],
    );
}

#[test]
fn a_check_that_fails_is_explained() {
    runtime(
        "RUN mkdir /wheels",
        "RUN pip install numpy==2.2.6\nRUN pip install --no-deps pkuseg==0.0.25 chatterbox-tts==0.1.4\nRUN pip check",
        expect![[r#"
            broken
            no-deps-hides (line 8): --no-deps hides that chatterbox-tts 0.1.4 needs numpy<1.26.0,>=1.24.0, and one more requirement is not met: numpy 2.2.6 is there.
              guilty pip install --no-deps pkuseg==0.0.25 chatterbox-tts==0.1.4 numpy 2.2.6
              guilty chatterbox-tts 0.1.4 <1.26.0,>=1.24.0
              guilty chatterbox-tts 0.1.4 ==1.10.1
        "#]],
    );
}

#[test]
fn ranges_need_no_facts_to_be_disjoint() {
    requirements(
        "numpy<1.26\nnumpy>=2\n",
        expect![[r#"
        disjoint
        disjoint-ranges (line 1): No version of numpy satisfies both requirements.txt line 1 (<1.26) and requirements.txt line 2 (>=2).
          guilty requirements.txt line 1 <1.26
          guilty requirements.txt line 2 >=2
    "#]],
    );
    requirements(
        "numpy<1.26\nnumpy<3\nnumpy>=2\n",
        expect![[r#"
            disjoint
            disjoint-ranges (line 1): No version of numpy satisfies both requirements.txt line 1 (<1.26) and requirements.txt line 3 (>=2).
              guilty requirements.txt line 1 <1.26
              guilty requirements.txt line 3 >=2
              innocent requirements.txt line 2 <3
        "#]],
    );
    requirements(
        "numpy>=2,<1\n",
        expect![[r#"
            disjoint
            disjoint-ranges (line 1): No version of numpy can satisfy requirements.txt line 1 (<1,>=2).
              guilty requirements.txt line 1 <1,>=2
        "#]],
    );
    requirements(
        "numpy<1.26\nnumpy<3\n",
        expect![[r#"
            unknown
            not-modelled (line 1): Nothing is known about numpy. Which packages are there afterwards is not known.
        "#]],
    );
    requirements(
        "numpy<1.26; python_version < '3'\nnumpy>=2\n",
        expect![[r#"
            unknown
            not-modelled (line 1): Nothing is known about numpy. Which packages are there afterwards is not known.
        "#]],
    );
    requirements(
        "numpy=>2\n",
        expect![[r#"
            fails
            syntax-error (line 1): requirements.txt line 1 stops pip: `=` is no comparison.
        "#]],
    );
}

#[test]
fn ranges_that_meet_are_compatible() {
    let check = |text: &str, expected: Expect| {
        let files = [("requirements.txt".to_owned(), text.to_owned())];
        expected.assert_eq(&told(&super::build(INDEX, &files)));
    };
    check(
        "numpy<1.26\nnumpy<3\n",
        expect![[r#"
        compatible
        will-drift (line 1): requirements.txt does not pin numpy: on another day, this build may get other versions.
    "#]],
    );
    check(
        "chatterbox-tts==0.1.4\nnumpy>=2\n",
        expect![[r#"
        disjoint
        disjoint-ranges (line 1): No version of numpy satisfies both requirements.txt line 2 (>=2) and chatterbox-tts 0.1.4 (<1.26.0,>=1.24.0).
          guilty requirements.txt line 2 >=2
          guilty chatterbox-tts 0.1.4 <1.26.0,>=1.24.0
    "#]],
    );
    check(
        "accelerate==1.10.1\nchatterbox-tts==0.1.4\n",
        expect![[r#"
        compatible
    "#]],
    );
    check(
        "-r missing.txt\n",
        expect![[r#"
            unknown
            not-modelled (line 1): /missing.txt may or may not be there: the rest of the build context is not among the files given. Which packages are there afterwards is not known.
        "#]],
    );
}

#[test]
fn a_stage_that_the_target_does_not_need_decides_nothing() {
    let check = |target: &str, expected: Expect| {
        let dockerfile = format!(
            "FROM python:3.10-slim AS tried\nRUN pip install numpy==1.25.2 numpy==2.2.6\nFROM {target}\nRUN pip install numpy==1.25.2\n"
        );
        expected.assert_eq(&told(&super::build(INDEX, &[("Dockerfile".to_owned(), dockerfile)])));
    };
    check(
        "python:3.10-slim",
        expect![[r#"
        compatible
        disjoint-ranges (line 2): No version of numpy satisfies both the command line (==1.25.2) and the command line (==2.2.6).
          guilty the command line ==1.25.2
          guilty the command line ==2.2.6
    "#]],
    );
    check(
        "tried",
        expect![[r#"
        disjoint
        disjoint-ranges (line 2): No version of numpy satisfies both the command line (==1.25.2) and the command line (==2.2.6).
          guilty the command line ==1.25.2
          guilty the command line ==2.2.6
    "#]],
    );
}

#[test]
fn rule_31_the_legacy_resolver_is_said_not_to_be_modelled() {
    runtime(
        TWO_RUNS,
        "RUN pip install --use-deprecated=legacy-resolver --no-index --find-links=/wheels /wheels/*",
        expect![[r#"
            unknown
            not-modelled (line 10): The legacy resolver is not modelled. Which packages are there afterwards is not known.
        "#]],
    );
}

#[test]
fn what_an_image_may_bring_is_not_claimed_to_be_missing() {
    let dockerfile = "FROM pytorch/pytorch:2.6.0-cuda12.4-cudnn9-runtime\nCOPY requirements.txt .\n\
        RUN grep -v '^torch' requirements.txt > rest.txt && pip install -r rest.txt\n";
    let files = [("Dockerfile", dockerfile), ("requirements.txt", "torch\ntorchvision\naccelerate\n")];
    let files = files.map(|(path, text)| (path.to_owned(), text.to_owned()));
    expect![[r#"
        unknown
        not-modelled (line 3): The version of Python is not known; name it in the tag of the base image, or state it for the target. Which packages are there afterwards is not known.
    "#]].assert_eq(&told(&super::build(INDEX, &files)));
}

/// A build of a Dockerfile alone.
fn of_dockerfile(index: &str, dockerfile: &str) -> Analysis {
    super::build(index, &[("Dockerfile".to_owned(), dockerfile.to_owned())])
}

#[test]
fn what_is_not_known_is_said_where_it_begins_only() {
    let dockerfile = "FROM example.org/own/python AS builder\nRUN pip wheel -w /wheels numpy\n\
        FROM example.org/own/python\nCOPY --from=builder /wheels /wheels\nRUN pip install /wheels/*\n";
    expect![[r#"
        unknown
        not-modelled (line 2): The version of Python is not known; name it in the tag of the base image, or state it for the target. Which packages are there afterwards is not known.
    "#]].assert_eq(&told(&of_dockerfile(INDEX, dockerfile)));
}

#[test]
fn what_is_compiled_from_source_is_named() {
    let dockerfile = "FROM python:3.9-alpine\nRUN pip install frames\n";
    let named = |index: &str| -> Vec<String> {
        let steps =
            of_dockerfile(index, dockerfile).simulation.stages.into_iter().flat_map(|stage| stage.steps);
        steps.flat_map(|step| step.skipped).map(|skipped| skipped.reason).collect()
    };
    let index = "frames 1.3 sdist tags=cp39-cp39-win_amd64,cp39-cp39-manylinux_2_17_x86_64";
    assert_eq!(
        named(index),
        ["frames 1.3 has no wheel for Python 3.9; pip would compile it here, and that often fails"]
    );
    assert_eq!(named("frames 1.3 sdist"), [""; 0], "nothing says that this one is compiled");
}
