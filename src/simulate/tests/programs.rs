//! What programs leave of packages and files: known, assumed, or unknown.

use expect_test::expect;

use super::check;

#[test]
fn a_program_that_is_not_known_is_assumed_to_install_nothing() {
    check(
        r#"//- Dockerfile
FROM python:3.12-slim
RUN flask --version && pdflatex doc.tex
RUN apt-get update && apt-get install -y locales dos2unix && locale-gen
RUN python -m playwright install
RUN poetry --version
"#,
        expect![[r#"
            0: ?
               assumed flask
               assumed pdflatex
            1: 0
               assumed locale-gen
            2: ?
               assumed /usr/local/bin/python
            3: ?
               assumed poetry
        "#]],
    );
}

#[test]
fn what_runs_other_things_is_never_assumed() {
    check(
        r#"//- Dockerfile
FROM python:3.12-slim
RUN tox -e py
"#,
        expect![[r#"
            0: ?
               skipped! `tox -e py`: what tox runs is not modelled yet
            /usr/local: pip 25.0.1 (uncertain: what tox runs is not modelled yet)
        "#]],
    );
    check(
        r#"//- Dockerfile
FROM python:3.12-slim
RUN spacy download en_core_web_sm
"#,
        expect![[r#"
            0: ?
               skipped! `spacy download en_core_web_sm`: spacy download is not modelled yet
            /usr/local: pip 25.0.1 (uncertain: spacy download is not modelled yet)
        "#]],
    );
    check(
        r#"//- Dockerfile
FROM python:3.12-slim
RUN nvidia-installer --silent
RUN someprogram install
RUN someprogram -c "pip install six"
RUN python -m nox
"#,
        expect![[r#"
            0: ?
               skipped! `nvidia-installer --silent`: nvidia-installer is not modelled
            1: ?
               skipped! `someprogram install`: someprogram is not modelled
            2: ?
               skipped! `someprogram -c "pip install six"`: someprogram is not modelled
            3: ?
               skipped! `python -m nox`: what python runs is not modelled yet
            /usr/local: pip 25.0.1 (uncertain: nvidia-installer is not modelled)
        "#]],
    );
    check(
        r#"//- Dockerfile
FROM python:3.12-slim
RUN env sh -c 'mkdir /a' && echo /b | xargs mkdir && env -u HOME nice -n 5 timeout -k 1 5 mkdir /c
"#,
        expect![[r#"
            /a/
            /b/
            /c/
        "#]],
    );
}

#[test]
fn what_an_unknown_script_wrote_is_unknown_and_not_absent() {
    check(
        r#"//- Dockerfile
FROM python:3.12 AS a
RUN mkdir /opt/app
RUN curl -sSL https://install.example/poetry | python3 -
FROM python:3.12-slim
COPY --from=a /opt/poetry /opt/poetry
COPY --from=a /opt/app /opt/app
RUN cat /opt/app/made
RUN cat /opt/other
"#,
        expect![[r#"
            stage 0
            1: ?
               skipped! `python3 -`: https://install.example/poetry is fetched when the image is built
            stage 1
            0: ?
            3: 1
            /opt/app/
            /opt/poetry ... https://install.example/poetry is fetched when the image is built
        "#]],
    );
    check(
        r#"//- Dockerfile
FROM ghcr.io/astral-sh/uv:python3.12-bookworm-slim AS a
RUN uvx poetry export -o /r.txt
FROM python:3.12-slim
COPY --from=a /r.txt /r.txt
"#,
        expect![[r#"
            stage 0
            stage 1
            0: ?
            /r.txt ? a tool that uv runs may write files of its own
        "#]],
    );
}

#[test]
fn a_makefile_of_the_context_is_read() {
    check(
        r#"//- Dockerfile
FROM python:3.12
WORKDIR /app
COPY Makefile .
RUN make
RUN make -C /app clean NAME=other
RUN make -s missing || echo no > failed
//- Makefile
NAME ?= six
OUT := out-$(NAME)

.PHONY: all clean
all: $(OUT) copy ## builds
$(OUT):
	@echo $(NAME) > $@
copy: $(OUT)
	cp $< copied
	-false
clean:
	rm -f $(OUT) && \
	echo $(NAME) $$HOME > cleaned
"#,
        expect![[r#"
            /app/
            /app/Makefile:
              NAME ?= six
              OUT := out-$(NAME)
  
              .PHONY: all clean
              all: $(OUT) copy ## builds
              $(OUT):
              	@echo $(NAME) > $@
              copy: $(OUT)
              	cp $< copied
              	-false
              clean:
              	rm -f $(OUT) && \
              	echo $(NAME) $$HOME > cleaned
            /app/cleaned:
              other /root
            /app/copied:
              six
            /app/failed:
              no
        "#]],
    );
    check(
        r#"//- Dockerfile
FROM python:3.12
COPY Makefile .
RUN make deps
//- Makefile
ifdef CI
X = 1
endif
deps:
	pip install six
"#,
        expect![[r#"
            1: ?
               skipped! `make deps`: make is not modelled
               skipped `make deps`: 'ifdef' of a Makefile is not followed
            /Makefile:
              ifdef CI
              X = 1
              endif
              deps:
              	pip install six
            /usr/local: pip 25.0.1 (uncertain: make is not modelled)
        "#]],
    );
    check(
        r#"//- Dockerfile
FROM python:3.12
WORKDIR /app
RUN make
"#,
        expect![[r#"
            1: 2
            /app/
        "#]],
    );
}

#[test]
fn a_program_that_an_image_lacks_is_not_there() {
    check(
        r#"//- Dockerfile
FROM ubuntu:24.04
RUN pip install six
"#,
        expect![[r#"
            0: 127
        "#]],
    );
    check(
        r#"//- Dockerfile
FROM python:3.12-slim
RUN git --version
"#,
        expect![[r#"
            0: 127
        "#]],
    );
    check(
        r#"//- Dockerfile
FROM python:3.12-slim
RUN apt-get update && apt-get install -y git && git init /x && command -v git
"#,
        expect![[r#""#]],
    );
    check(
        r#"//- Dockerfile
FROM python:3.12
RUN git init && curl -O https://x.example/y.txt && ! command -v apk
"#,
        expect![[r#"
            /y.txt ? https://x.example/y.txt is fetched when the image is built
        "#]],
    );
    check(
        r#"//- Dockerfile
FROM python:3.12-alpine
RUN bash -c "pip install six"
"#,
        expect![[r#"
            0: 127
        "#]],
    );
    check(
        r#"//- Dockerfile
FROM alpine:3.20
RUN apt-get install -y python3
"#,
        expect![[r#"
            0: 127
        "#]],
    );
}

#[test]
fn a_carriage_return_goes_where_dos2unix_takes_it() {
    check(
        "//- Dockerfile\nFROM python:3.12-slim\nCOPY a.txt /\nRUN apt-get install -y dos2unix && dos2unix /a.txt\nRUN grep -x six /a.txt\n//- a.txt\nsix\r\n",
        expect![[r#"
            1: 0
               assumed dos2unix
            /a.txt:
              six
        "#]],
    );
}

#[test]
fn get_pip_is_known_from_a_pipe() {
    check(
        r#"//- Dockerfile
FROM debian:11
RUN apt-get update && apt-get install -y python3 curl
RUN curl -sS https://bootstrap.pypa.io/pip/3.9/get-pip.py | python3 - "pip==23.0"
RUN curl -sS https://bootstrap.pypa.io/get-pip.py | python3
"#,
        expect![[r#"
            /usr: pip 26.3 setuptools 84.2.1 wheel 0.48.0
        "#]],
    );
    check(
        r#"//- Dockerfile
FROM debian:12
RUN apt-get update && apt-get install -y python3 curl
RUN curl -sS https://bootstrap.pypa.io/get-pip.py | python3
"#,
        expect![[r#"
            1: 1
            /usr:
        "#]],
    );
}

#[test]
fn what_a_target_folder_holds_is_copied_with_its_doubt() {
    check(
        r#"//- Dockerfile
FROM python:3.11-slim AS b
WORKDIR /deps
COPY r.txt .
RUN pip install --target=/deps -r r.txt
FROM python:3.11-slim
COPY --from=b /deps /usr/local/lib/python3.11/site-packages/
//- r.txt
nobody-knows-this==1
"#,
        expect![[r#"
            stage 0
            2: ?
               pip install --target=/deps -r r.txt [/usr/local]
               skipped! `pip install --target=/deps -r r.txt`: nothing is known about nobody-knows-this
            stage 1
            /usr/local/lib/python3.11/site-packages/r.txt:
              nobody-knows-this==1
            /usr/local/lib/python3.11/site-packages ... nothing is known about nobody-knows-this
            /usr/local: pip 24.0 setuptools 79.0.1 wheel 0.45.1 (uncertain: nothing is known about nobody-knows-this)
        "#]],
    );
    check(
        r#"//- Dockerfile
FROM python:3.11-slim
COPY vendor /usr/local/lib/python3.11/site-packages/
//- vendor/a.py
x = 1
"#,
        expect![[r#"
            /usr/local/lib/python3.11/site-packages/a.py:
              x = 1
            /usr/local/lib/python3.11/site-packages ... the rest of the build context is not among the files given
            /usr/local: pip 24.0 setuptools 79.0.1 wheel 0.45.1 (uncertain: the rest of the build context is not among the files given)
        "#]],
    );
}
