//! The report's build, and the ways in which people try to mend it (PIP_RULES, section D).

use expect_test::{Expect, expect};

use crate::support::{check, check_edit};

const FACTS: &str = "\
//- facts
accelerate 1.10.1 depends on numpy<3.0.0 and >=1.17
chatterbox-tts 0.1.4 depends on numpy<1.26.0 and >=1.24.0
chatterbox-tts 0.1.4 depends on pkuseg==0.0.25
pkuseg 0.0.25 depends on numpy>=1.16.0
numpy 1.25.2 depends on nothing
numpy 2.2.6 depends on nothing
//- requirements.txt
accelerate==1.10.1
chatterbox-tts==0.1.4
";

const BUILDER: &str = "\
//- Dockerfile
FROM python:3.10-slim AS builder
COPY requirements.txt .
RUN pip wheel -r requirements.txt -w /wheels
RUN pip wheel pkuseg==0.0.25 -w /wheels

FROM python:3.10-slim
WORKDIR /app
COPY . .
COPY --from=builder /wheels /wheels
";

fn build(end: &str) -> String {
    format!("{FACTS}{BUILDER}{end}")
}

#[test]
fn all_files_by_a_glob() {
    check(
        &build("RUN pip install --no-index --find-links=/wheels /wheels/*\n"),
        expect![[r#"
            install-by-name: Install requirements.txt instead of /wheels/*
            +++ b/Dockerfile
            -RUN pip install --no-index --find-links=/wheels /wheels/*
            +RUN pip install --no-index --find-links=/wheels -r requirements.txt
            install-by-name-2: Install requirements.txt and pkuseg==0.0.25 instead of /wheels/*
            +++ b/Dockerfile
            -RUN pip install --no-index --find-links=/wheels /wheels/*
            +RUN pip install --no-index --find-links=/wheels -r requirements.txt pkuseg==0.0.25
            no-deps-on-later-run: Build the later run without its dependencies
            +++ b/Dockerfile
            -RUN pip wheel pkuseg==0.0.25 -w /wheels
            +RUN pip wheel --no-deps pkuseg==0.0.25 -w /wheels
            resolve-from-wheelhouse: Let the later run take from /wheels only
            +++ b/Dockerfile
            -RUN pip wheel pkuseg==0.0.25 -w /wheels
            +RUN pip wheel --no-index --find-links=/wheels pkuseg==0.0.25 -w /wheels
            drop-line: Drop the run of line 4
            +++ b/Dockerfile
            -RUN pip wheel pkuseg==0.0.25 -w /wheels
            remove-wheels-in-the-way: Remove the numpy wheel that is in the way
            +++ b/Dockerfile
            +RUN rm -f /wheels/numpy-2.2.6-*.whl
            single-resolution: Ask for everything in the run of line 3
            +++ b/Dockerfile
            -RUN pip wheel -r requirements.txt -w /wheels
            -RUN pip wheel pkuseg==0.0.25 -w /wheels
            +RUN pip wheel -r requirements.txt pkuseg==0.0.25 -w /wheels
            single-resolution-2: Ask for everything in the run of line 4
            +++ b/Dockerfile
            -RUN pip wheel -r requirements.txt -w /wheels
            -RUN pip wheel pkuseg==0.0.25 -w /wheels
            +RUN pip wheel pkuseg==0.0.25 -r requirements.txt -w /wheels
            remove-and-preinstall: Remove all numpy wheels and install numpy first
            +++ b/Dockerfile
            +RUN rm -f /wheels/numpy-*.whl
            +RUN pip install "numpy>=1.24,<1.26"
            constraints-file: Give every run the same bound on numpy
            +++ b/Dockerfile
            -RUN pip wheel -r requirements.txt -w /wheels
            -RUN pip wheel pkuseg==0.0.25 -w /wheels
            +COPY constraints.txt .
            +RUN pip wheel -c constraints.txt -r requirements.txt -w /wheels
            +RUN pip wheel -c constraints.txt pkuseg==0.0.25 -w /wheels
            +++ b/constraints.txt
            +numpy>=1.24,<1.26
        "#]],
    );
}

#[test]
fn wheels_removed_and_nothing_instead() {
    check(
        &build("RUN rm -f /wheels/numpy-*.whl && pip install --no-index --find-links=/wheels /wheels/*\n"),
        expect![[r#"
            drop-line: Keep the numpy wheels, then: install requirements.txt instead of /wheels/*
            +++ b/Dockerfile
            -RUN rm -f /wheels/numpy-*.whl && pip install --no-index --find-links=/wheels /wheels/*
            +RUN pip install --no-index --find-links=/wheels -r requirements.txt
            allow-index: Let the run of line 10 ask the index too
            +++ b/Dockerfile
            -RUN rm -f /wheels/numpy-*.whl && pip install --no-index --find-links=/wheels /wheels/*
            +RUN rm -f /wheels/numpy-*.whl && pip install --find-links=/wheels /wheels/*
            preinstall: Install numpy>=1.24,<1.26 first
            +++ b/Dockerfile
            +RUN pip install "numpy>=1.24,<1.26"
        "#]],
    );
}

#[test]
fn wheels_removed_with_another_numpy_there() {
    check(
        &build(
            "RUN pip install numpy==2.2.6\n\
             RUN rm -f /wheels/numpy-*.whl && pip install --no-index --find-links=/wheels /wheels/*\n",
        ),
        expect![[r#"
            bound-in-call: Ask for numpy>=1.24,<1.26 in the run of line 10
            +++ b/Dockerfile
            -RUN pip install numpy==2.2.6
            +RUN pip install "numpy>=1.24,<1.26"
            allow-index: Let the run of line 11 ask the index too
            +++ b/Dockerfile
            -RUN rm -f /wheels/numpy-*.whl && pip install --no-index --find-links=/wheels /wheels/*
            +RUN rm -f /wheels/numpy-*.whl && pip install --find-links=/wheels /wheels/*
            preinstall: Install numpy>=1.24,<1.26 first
            +++ b/Dockerfile
            +RUN pip install "numpy>=1.24,<1.26"
        "#]],
    );
}

#[test]
fn preinstalled_but_not_removed() {
    check(
        &build(
            "RUN pip install \"numpy>=1.24.0,<1.26.0\"\n\
             RUN pip install --no-index --find-links=/wheels /wheels/*\n",
        ),
        expect![[r#"
            install-by-name: Install requirements.txt instead of /wheels/*
            +++ b/Dockerfile
            -RUN pip install --no-index --find-links=/wheels /wheels/*
            +RUN pip install --no-index --find-links=/wheels -r requirements.txt
            install-by-name-2: Install requirements.txt and pkuseg==0.0.25 instead of /wheels/*
            +++ b/Dockerfile
            -RUN pip install --no-index --find-links=/wheels /wheels/*
            +RUN pip install --no-index --find-links=/wheels -r requirements.txt pkuseg==0.0.25
            no-deps-on-later-run: Build the later run without its dependencies
            +++ b/Dockerfile
            -RUN pip wheel pkuseg==0.0.25 -w /wheels
            +RUN pip wheel --no-deps pkuseg==0.0.25 -w /wheels
            resolve-from-wheelhouse: Let the later run take from /wheels only
            +++ b/Dockerfile
            -RUN pip wheel pkuseg==0.0.25 -w /wheels
            +RUN pip wheel --no-index --find-links=/wheels pkuseg==0.0.25 -w /wheels
            drop-line: Drop the run of line 4
            +++ b/Dockerfile
            -RUN pip wheel pkuseg==0.0.25 -w /wheels
            remove-wheels-in-the-way: Remove the numpy wheel that is in the way
            +++ b/Dockerfile
            +RUN rm -f /wheels/numpy-2.2.6-*.whl
            single-resolution: Ask for everything in the run of line 3
            +++ b/Dockerfile
            -RUN pip wheel -r requirements.txt -w /wheels
            -RUN pip wheel pkuseg==0.0.25 -w /wheels
            +RUN pip wheel -r requirements.txt pkuseg==0.0.25 -w /wheels
            single-resolution-2: Ask for everything in the run of line 4
            +++ b/Dockerfile
            -RUN pip wheel -r requirements.txt -w /wheels
            -RUN pip wheel pkuseg==0.0.25 -w /wheels
            +RUN pip wheel pkuseg==0.0.25 -r requirements.txt -w /wheels
            remove-and-preinstall: Remove all numpy wheels and install numpy first
            +++ b/Dockerfile
            +RUN rm -f /wheels/numpy-*.whl
            +RUN pip install "numpy>=1.24,<1.26"
            constraints-file: Give every run the same bound on numpy
            +++ b/Dockerfile
            -RUN pip wheel -r requirements.txt -w /wheels
            -RUN pip wheel pkuseg==0.0.25 -w /wheels
            +COPY constraints.txt .
            +RUN pip wheel -c constraints.txt -r requirements.txt -w /wheels
            +RUN pip wheel -c constraints.txt pkuseg==0.0.25 -w /wheels
            +++ b/constraints.txt
            +numpy>=1.24,<1.26
        "#]],
    );
}

#[test]
fn a_constraint_only_at_the_install() {
    check(
        &(build("RUN pip install -c constraints.txt --no-index --find-links=/wheels /wheels/*\n")
            + "//- constraints.txt\nnumpy<1.26\n"),
        expect![[r#"
            install-by-name: Install requirements.txt instead of /wheels/*
            +++ b/Dockerfile
            -RUN pip install -c constraints.txt --no-index --find-links=/wheels /wheels/*
            +RUN pip install -c constraints.txt --no-index --find-links=/wheels -r requirements.txt
            install-by-name-2: Install requirements.txt and pkuseg==0.0.25 instead of /wheels/*
            +++ b/Dockerfile
            -RUN pip install -c constraints.txt --no-index --find-links=/wheels /wheels/*
            +RUN pip install -c constraints.txt --no-index --find-links=/wheels -r requirements.txt pkuseg==0.0.25
            no-deps-on-later-run: Build the later run without its dependencies
            +++ b/Dockerfile
            -RUN pip wheel pkuseg==0.0.25 -w /wheels
            +RUN pip wheel --no-deps pkuseg==0.0.25 -w /wheels
            resolve-from-wheelhouse: Let the later run take from /wheels only
            +++ b/Dockerfile
            -RUN pip wheel pkuseg==0.0.25 -w /wheels
            +RUN pip wheel --no-index --find-links=/wheels pkuseg==0.0.25 -w /wheels
            drop-line: Drop the run of line 4
            +++ b/Dockerfile
            -RUN pip wheel pkuseg==0.0.25 -w /wheels
            remove-wheels-in-the-way: Remove the numpy wheel that is in the way
            +++ b/Dockerfile
            +RUN rm -f /wheels/numpy-2.2.6-*.whl
            single-resolution: Ask for everything in the run of line 3
            +++ b/Dockerfile
            -RUN pip wheel -r requirements.txt -w /wheels
            -RUN pip wheel pkuseg==0.0.25 -w /wheels
            +RUN pip wheel -r requirements.txt pkuseg==0.0.25 -w /wheels
            single-resolution-2: Ask for everything in the run of line 4
            +++ b/Dockerfile
            -RUN pip wheel -r requirements.txt -w /wheels
            -RUN pip wheel pkuseg==0.0.25 -w /wheels
            +RUN pip wheel pkuseg==0.0.25 -r requirements.txt -w /wheels
            remove-and-preinstall: Remove all numpy wheels and install numpy first
            +++ b/Dockerfile
            +RUN rm -f /wheels/numpy-*.whl
            +RUN pip install "numpy>=1.24,<1.26"
            constraints-file: Give every run the same bound on numpy
            +++ b/Dockerfile
            -RUN pip wheel -r requirements.txt -w /wheels
            -RUN pip wheel pkuseg==0.0.25 -w /wheels
            +COPY constraints.txt .
            +RUN pip wheel -c constraints.txt -r requirements.txt -w /wheels
            +RUN pip wheel -c constraints.txt pkuseg==0.0.25 -w /wheels
        "#]],
    );
}

/// What is written in place of the last line of the build, and why it is not offered.
#[track_caller]
fn check_looks_right(end: &str, expected: Expect) {
    let install = "RUN pip install --no-index --find-links=/wheels /wheels/*\n";
    check_edit(&build(install), install, end, expected);
}

#[test]
fn no_deps_does_not_help_with_two_files() {
    check_looks_right(
        "RUN pip install --no-deps --no-index --find-links=/wheels /wheels/*\n",
        expect!["Simulated again, the finding is still there."],
    );
}

#[test]
fn a_constraint_at_the_install_comes_too_late() {
    check_looks_right(
        "RUN echo 'numpy<1.26' > c.txt && pip install -c c.txt --no-index --find-links=/wheels /wheels/*\n",
        expect!["Simulated again, the finding is still there."],
    );
}

#[test]
fn removing_all_wheels_leaves_none() {
    check_looks_right(
        "RUN rm /wheels/numpy-*.whl && pip install --no-index --find-links=/wheels /wheels/*\n",
        expect![
            "Simulated again, it leads to another finding (wheels-removed-not-replaced): The numpy wheels are removed and nothing puts numpy back, but it is asked for by accelerate 1.10.1 (<3.0.0,>=1.17), chatterbox-tts 0.1.4 (<1.26.0,>=1.24.0) and 1 more."
        ],
    );
}

#[test]
fn removing_the_wrong_wheel_leaves_the_other() {
    check_looks_right(
        "RUN rm /wheels/numpy-1*.whl && pip install --no-index --find-links=/wheels /wheels/*\n",
        expect![
            "Simulated again, it leads to another finding (wheels-removed-not-replaced): The numpy wheels are removed and nothing puts numpy back, but it is asked for by accelerate 1.10.1 (<3.0.0,>=1.17), chatterbox-tts 0.1.4 (<1.26.0,>=1.24.0) and 1 more."
        ],
    );
}

#[test]
fn preinstalling_removes_no_wheel() {
    check_looks_right(
        "RUN pip install 'numpy<1.26'\nRUN pip install --no-index --find-links=/wheels /wheels/*\n",
        expect!["Simulated again, the finding is still there."],
    );
}

#[test]
fn preinstalling_what_others_reject() {
    check_looks_right(
        "RUN rm /wheels/numpy-*.whl && pip install numpy==2.2.6\n\
         RUN pip install --no-index --find-links=/wheels /wheels/*\n",
        expect![
            "Simulated again, it leads to another finding (installed-in-the-way): numpy 2.2.6 is installed and does not suit chatterbox-tts 0.1.4 (<1.26.0,>=1.24.0), and nothing offers another."
        ],
    );
}

#[test]
fn no_deps_hides_what_is_broken() {
    check_looks_right(
        "RUN rm /wheels/numpy-1*.whl && pip install --no-deps --no-index --find-links=/wheels /wheels/*\n",
        expect![
            "Simulated again, it leads to another finding (no-deps-hides): --no-deps hides that chatterbox-tts 0.1.4 needs numpy<1.26.0,>=1.24.0: numpy 2.2.6 is there."
        ],
    );
}
