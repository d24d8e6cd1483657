//! Cures for steps that fail, and for those that end well and leave an environment broken.

use expect_test::expect;

use crate::support::check;

const FACTS: &str = "\
//- facts
accelerate 1.10.1 depends on numpy<3.0.0 and >=1.17
chatterbox-tts 0.1.3 depends on nothing
chatterbox-tts 0.1.4 depends on numpy<1.26.0 and >=1.24.0
numpy 1.25.2 depends on nothing
numpy 2.2.6 depends on nothing
fastapi 0.95.0 depends on pydantic<2
fastapi 0.100.0 depends on pydantic<3
pydantic 1.10.27 depends on nothing
pydantic 2.5.0 depends on nothing
torch 2.6.0 depends on nothing
torch 2.6.0+cu124 depends on nothing
torchvision 0.21.0 depends on torch==2.6.0
";

fn build(files: &str) -> String {
    format!("{FACTS}{files}")
}

#[test]
fn ranges_that_never_meet() {
    check(
        &build(
            "//- requirements.txt\n# pins\naccelerate==1.10.1\nchatterbox-tts == 0.1.4  # voice\nnumpy == 2.2.6  # fast\n",
        ),
        expect![[r#"
            move-requirer: Move chatterbox-tts to 0.1.3
            +++ b/requirements.txt
            -chatterbox-tts == 0.1.4  # voice
            +chatterbox-tts == 0.1.3  # voice
            edit-specifier: Ask for numpy==1.25.2
            +++ b/requirements.txt
            -numpy == 2.2.6  # fast
            +numpy == 1.25.2  # fast
            drop-line: Drop numpy == 2.2.6
            +++ b/requirements.txt
            -numpy == 2.2.6  # fast
        "#]],
    );
}

#[test]
fn two_conflicts_one_behind_the_other() {
    check(
        &build(
            "//- requirements.txt\nchatterbox-tts==0.1.4\nnumpy==2.2.6\nfastapi==0.95.0\npydantic==2.5.0\n",
        ),
        expect![[r#"
            move-requirer: Move chatterbox-tts to 0.1.3, then: move fastapi to 0.100.0
            +++ b/requirements.txt
            -chatterbox-tts==0.1.4
            +chatterbox-tts==0.1.3
            -fastapi==0.95.0
            +fastapi==0.100.0
        "#]],
    );
}

#[test]
fn words_of_a_command() {
    check(
        &build(
            "//- Dockerfile\nFROM python:3.10-slim\nRUN pip install --no-cache-dir \\\n    chatterbox-tts==0.1.4 \\\n    numpy==2.2.6\n",
        ),
        expect![[r#"
            move-requirer: Move chatterbox-tts to 0.1.3
            +++ b/Dockerfile
            -    chatterbox-tts==0.1.4 \
            +    chatterbox-tts==0.1.3 \
            edit-specifier: Ask for numpy==1.25.2
            +++ b/Dockerfile
            -    numpy==2.2.6
            +    numpy==1.25.2
            drop-line: Drop numpy==2.2.6
            +++ b/Dockerfile
            -    chatterbox-tts==0.1.4 \
            -    numpy==2.2.6
            +    chatterbox-tts==0.1.4
        "#]],
    );
}

#[test]
fn a_later_step_breaks() {
    check(
        &build(
            "//- Dockerfile\nFROM python:3.10-slim\nRUN pip install chatterbox-tts==0.1.4\nRUN pip install -U numpy\n",
        ),
        expect![[r#"
            bound-in-call: Ask for numpy>=1.24,<1.26 in the run of line 3
            +++ b/Dockerfile
            -RUN pip install -U numpy
            +RUN pip install -U "numpy>=1.24,<1.26"
            drop-line: Drop the run of line 3
            +++ b/Dockerfile
            -RUN pip install -U numpy
            strictest-first: Run the install of line 3 first
            +++ b/Dockerfile
            +RUN pip install -U numpy
            -RUN pip install -U numpy
            constraints-file: Give every run the same bound on numpy
            +++ b/Dockerfile
            -RUN pip install chatterbox-tts==0.1.4
            -RUN pip install -U numpy
            +COPY constraints.txt .
            +RUN pip install -c constraints.txt chatterbox-tts==0.1.4
            +RUN pip install -c constraints.txt -U numpy
            +++ b/constraints.txt
            +numpy>=1.24,<1.26
        "#]],
    );
}

#[test]
fn a_bound_without_quotes() {
    check(
        &build("//- Dockerfile\nFROM python:3.10-slim\nRUN pip install numpy>=1.24 accelerate\n"),
        expect![[r#"
            quote-specifier: Put numpy>=1.24 in quotes
            +++ b/Dockerfile
            -RUN pip install numpy>=1.24 accelerate
            +RUN pip install "numpy>=1.24" accelerate
        "#]],
    );
}

#[test]
fn a_file_that_is_not_in_the_stage() {
    check(
        &build(
            "//- requirements.txt\naccelerate==1.10.1\n//- Dockerfile\nFROM python:3.10-slim\nWORKDIR /app\nRUN pip install -r requirements.txt\n",
        ),
        expect![[r#"
            copy-from-stage: Copy requirements.txt into the stage
            +++ b/Dockerfile
            +COPY requirements.txt /app/
        "#]],
    );
}

#[test]
fn a_wheelhouse_that_is_not_in_the_stage() {
    check(
        &build(
            "//- Dockerfile\nFROM python:3.10-slim AS builder\nRUN pip wheel -w /wheels accelerate\n\nFROM python:3.10-slim\nRUN pip install --no-index --find-links=/wheels accelerate\n",
        ),
        expect![[r#"
            copy-from-stage: Copy /wheels from stage builder
            +++ b/Dockerfile
            +COPY --from=builder /wheels /wheels
            allow-index: Let the run of line 5 ask the index too
            +++ b/Dockerfile
            -RUN pip install --no-index --find-links=/wheels accelerate
            +RUN pip install --find-links=/wheels accelerate
            preinstall: Install accelerate first
            +++ b/Dockerfile
            +RUN pip install accelerate
        "#]],
    );
}

#[test]
fn dependencies_left_out() {
    check(
        &build("//- Dockerfile\nFROM python:3.10-slim\nRUN pip install --no-deps accelerate\n"),
        expect![[r#"
        resolve-dependencies: Install with dependencies
        +++ b/Dockerfile
        -RUN pip install --no-deps accelerate
        +RUN pip install accelerate
    "#]],
    );
}

#[test]
fn a_local_build_lost() {
    check(
        &build(
            "//- Dockerfile\nFROM python:3.10-slim AS builder\nRUN pip wheel -w /wheels torchvision torch===2.6.0\n\nFROM python:3.10-slim\nRUN pip install torch==2.6.0+cu124\nCOPY --from=builder /wheels /wheels\nRUN pip install --no-index --find-links=/wheels /wheels/*\n",
        ),
        expect![[r#"
            keep-local-build: Remove the plain torch wheel
            +++ b/Dockerfile
            +RUN rm -f /wheels/torch-*.whl
        "#]],
    );
}

#[test]
fn another_python() {
    check(
        "//- facts\nold 1.0 depends on nothing\nold 1.0 requires python <3.11\n//- Dockerfile\nFROM python:3.12.1-slim\nRUN pip install old\n",
        expect![[r#"
            change-base-python: Build on Python 3.10
            +++ b/Dockerfile
            -FROM python:3.12.1-slim
            +FROM python:3.10-slim
        "#]],
    );
}

#[test]
fn line_endings_stay() {
    check(
        &build("//- requirements.txt\nchatterbox-tts==0.1.4\r\nnumpy==2.2.6\r\n"),
        expect![[r#"
            move-requirer: Move chatterbox-tts to 0.1.3
            +++ b/requirements.txt
            -chatterbox-tts==0.1.4
            +chatterbox-tts==0.1.3
            edit-specifier: Ask for numpy==1.25.2
            +++ b/requirements.txt
            -numpy==2.2.6
            +numpy==1.25.2
            drop-line: Drop numpy==2.2.6
            +++ b/requirements.txt
            -numpy==2.2.6
        "#]],
    );
}

#[test]
fn a_filter_that_drops_more() {
    check(
        "//- facts\ntorch 2.6.0 depends on nothing\ntorchmetrics 1.0 depends on nothing\nflask 3.0 depends on nothing\n\
         //- requirements.txt\ntorch==2.6.0\ntorchmetrics==1.0\nflask\n\
         //- Dockerfile\nFROM python:3.10-slim\nCOPY requirements.txt .\nRUN pip install torch==2.6.0\nRUN grep -v \"^torch\" requirements.txt > rest.txt \\\n && pip install -r rest.txt\n",
        expect![[r#"
            mend-filter: End the pattern where torch ends
            +++ b/Dockerfile
            -RUN grep -v "^torch" requirements.txt > rest.txt \
            +RUN grep -v "^torch[=<>!~ ]" requirements.txt > rest.txt \
            mend-filter-2: Filter out torch by its whole name
            +++ b/Dockerfile
            -RUN grep -v "^torch" requirements.txt > rest.txt \
            +RUN grep -viE "^ *torch *([^a-z0-9._-]|$)" requirements.txt > rest.txt \
        "#]],
    );
}

#[test]
fn a_filter_that_drops_less() {
    check(
        "//- facts\ntorch 2.6.0 depends on nothing\ntorch 2.7.0 depends on nothing\nflask 3.0 depends on nothing\n\
         //- requirements.txt\nTorch==2.7.0\nflask\n\
         //- Dockerfile\nFROM python:3.10-slim\nCOPY requirements.txt .\nRUN pip install torch==2.6.0\nRUN grep -v '^torch' requirements.txt > rest.txt && pip install -r rest.txt\n",
        expect![[r#"
            mend-filter: Filter out torch by its whole name
            +++ b/Dockerfile
            -RUN grep -v '^torch' requirements.txt > rest.txt && pip install -r rest.txt
            +RUN grep -viE '^ *torch *([^a-z0-9._-]|$)' requirements.txt > rest.txt && pip install -r rest.txt
        "#]],
    );
}

#[test]
fn a_wheel_that_nobody_built() {
    check(
        &build(
            "//- requirements.txt\nchatterbox-tts==0.1.4\n//- Dockerfile\nFROM python:3.10-slim AS builder\nCOPY requirements.txt .\nRUN pip wheel -w /wheels -r requirements.txt\n\nFROM python:3.10-slim\nCOPY requirements.txt .\nCOPY --from=builder /wheels /wheels\nRUN pip install --no-index --find-links=/wheels -r requirements.txt accelerate\n",
        ),
        expect![[r#"
            supply-wheel: Ask for accelerate in the run of line 3 too
            +++ b/Dockerfile
            -RUN pip wheel -w /wheels -r requirements.txt
            +RUN pip wheel -w /wheels -r requirements.txt accelerate
            allow-index: Let the run of line 8 ask the index too
            +++ b/Dockerfile
            -RUN pip install --no-index --find-links=/wheels -r requirements.txt accelerate
            +RUN pip install --find-links=/wheels -r requirements.txt accelerate
            preinstall: Install accelerate first
            +++ b/Dockerfile
            +RUN pip install accelerate
        "#]],
    );
}

#[test]
fn releases_that_never_were() {
    check(
        "//- index\nfastapi 0.95.0: pydantic<2\nfastapi 0.100.0: pydantic<3\npydantic 1.10.27\npydantic 2.5.0\n\
         //- requirements.txt\nfastapi==0.99.9\npydantic<1\n",
        expect![[r#"
            edit-specifier: Ask for pydantic<=1.10.27, then: ask for fastapi==0.100.0
            +++ b/requirements.txt
            -fastapi==0.99.9
            -pydantic<1
            +fastapi==0.100.0
            +pydantic<=1.10.27
        "#]],
    );
}

#[test]
fn a_line_that_a_command_writes() {
    check(
        &build(
            "//- Dockerfile\nFROM python:3.10-slim\nRUN echo 'numpy==2.2.6' > c.txt\nRUN pip install -c c.txt chatterbox-tts==0.1.4\n",
        ),
        expect![[r#"
            move-requirer: Move chatterbox-tts to 0.1.3
            +++ b/Dockerfile
            -RUN pip install -c c.txt chatterbox-tts==0.1.4
            +RUN pip install -c c.txt chatterbox-tts==0.1.3
            edit-specifier: Ask for numpy==1.25.2
            +++ b/Dockerfile
            -RUN echo 'numpy==2.2.6' > c.txt
            +RUN echo 'numpy==1.25.2' > c.txt
        "#]],
    );
}

#[test]
fn a_wheel_that_a_run_was_asked_for() {
    check(
        &build(
            "//- requirements.txt\nchatterbox-tts==0.1.4\nnumpy==2.2.6\n//- Dockerfile\nFROM python:3.10-slim AS builder\nCOPY requirements.txt .\nRUN pip wheel --no-deps -w /wheels -r requirements.txt\n\nFROM python:3.10-slim\nCOPY --from=builder /wheels /wheels\nRUN pip install --no-cache /wheels/*\n",
        ),
        expect![[r#"
            edit-specifier: Ask for numpy==1.25.2
            +++ b/requirements.txt
            -numpy==2.2.6
            +numpy==1.25.2
            edit-specifier-2: Ask for numpy>=1.24,<1.26
            +++ b/requirements.txt
            -numpy==2.2.6
            +numpy>=1.24,<1.26
            remove-wheels-in-the-way: Remove the numpy wheel that is in the way
            +++ b/Dockerfile
            +RUN rm -f /wheels/numpy-2.2.6-*.whl
            remove-and-preinstall: Remove all numpy wheels and install numpy first
            +++ b/Dockerfile
            +RUN rm -f /wheels/numpy-*.whl
            +RUN pip install --no-cache "numpy>=1.24,<1.26"
        "#]],
    );
}

#[test]
fn an_install_that_would_overrule_the_author() {
    check(
        "//- facts\nsolver 1.0 depends on nothing\nsolver 2.0 depends on nothing\ntool 1.0 depends on solver>1.0\n\
         //- requirements.txt\nsolver==1.0\n\
         //- Dockerfile\nFROM python:3.10-slim\nCOPY requirements.txt .\nRUN pip install tool==1.0\nRUN pip install -r requirements.txt\n",
        expect![[r#"
            bound-in-call: Ask for solver>1 in the run of line 4
            +++ b/requirements.txt
            -solver==1.0
            +solver>1
            drop-line: Drop the run of line 4
            +++ b/Dockerfile
            -RUN pip install -r requirements.txt
        "#]],
    );
}

#[test]
fn wheels_are_built_with_what_they_require_and_no_cure_stands_in_front_of_another() {
    check(
        "\
//- facts
requests 2.32.3 depends on certifi>=2017.4.17
certifi 2024.8.30 depends on nothing
click 8.1.7 depends on nothing
//- requirements.txt
requests==2.32.3
//- Dockerfile
FROM python:3.10-slim AS builder
COPY requirements.txt .
RUN pip wheel --no-deps --wheel-dir /wheels -r requirements.txt
RUN pip wheel --wheel-dir /wheels --no-deps click
FROM python:3.10-slim
COPY --from=builder /wheels/ /wheels/
RUN pip install --no-index /wheels/*.whl
",
        expect![[r#"
            resolve-dependencies: Build the wheels of line 3 with their dependencies
            +++ b/Dockerfile
            -RUN pip wheel --no-deps --wheel-dir /wheels -r requirements.txt
            +RUN pip wheel --wheel-dir /wheels -r requirements.txt
            supply-wheel: Ask for certifi>=2017.4.17 in the run of line 3 too
            +++ b/Dockerfile
            -RUN pip wheel --no-deps --wheel-dir /wheels -r requirements.txt
            +RUN pip wheel --no-deps --wheel-dir /wheels -r requirements.txt "certifi>=2017.4.17"
            supply-wheel-2: Ask for certifi>=2017.4.17 in the run of line 4 too
            +++ b/Dockerfile
            -RUN pip wheel --wheel-dir /wheels --no-deps click
            +RUN pip wheel --wheel-dir /wheels --no-deps click "certifi>=2017.4.17"
            allow-index: Let the run of line 7 ask the index too
            +++ b/Dockerfile
            -RUN pip install --no-index /wheels/*.whl
            +RUN pip install /wheels/*.whl
            preinstall: Install certifi>=2017.4.17 first
            +++ b/Dockerfile
            +RUN pip install "certifi>=2017.4.17"
        "#]],
    );
}
