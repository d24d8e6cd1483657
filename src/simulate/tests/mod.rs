mod bombs;
mod images;
mod programs;
mod shells;

use std::fmt::Write as _;

use expect_test::{Expect, expect};

use super::{Certainty, FileSystem, Simulation, State, simulate};
use crate::{
    index::{Catalogue, Index},
    model::{Settings, lower},
    text::{SourceFile, Sources},
};

/// Several files in one text: `//- path` begins each.
fn sources(fixture: &str) -> Sources {
    let mut sources = Sources::default();
    for part in fixture.split("//- ").skip(1) {
        let (path, text) = part.split_once('\n').unwrap_or((part, ""));
        sources = sources.with_file(SourceFile::new(path.trim(), text));
    }
    sources
}

fn run(fixture: &str) -> (Sources, Simulation) {
    let sources = sources(fixture);
    let settings = Settings::default();
    let build = lower(&sources, &settings);
    let mut index = Index::empty();
    index.catalogue = Catalogue::default().into();
    let simulation = simulate(&build, &sources, &index, &settings);
    (sources, simulation)
}

/// What each step runs and leaves, and the files and environments at the end of the last stage,
/// less what the base image brings.
#[track_caller]
fn check(fixture: &str, expected: Expect) {
    let (sources, simulation) = run(fixture);
    let mut text = String::new();
    for (index, stage) in simulation.stages.iter().enumerate() {
        if simulation.stages.len() > 1 {
            let _ = writeln!(text, "stage {index}{}", if stage.needed { "" } else { " (not needed)" });
        }
        for (number, step) in stage.steps.iter().enumerate() {
            let code = match (step.reached, step.exit_code) {
                (false, _) => "not reached".to_owned(),
                (true, None) => "?".to_owned(),
                (true, Some(code)) => code.to_string(),
            };
            let quiet = code == "0"
                && step.calls.is_empty()
                && step.skipped.is_empty()
                && step.assumed.is_empty()
                && step.missing.is_empty();
            if !quiet {
                let _ = writeln!(text, "{number}: {code}");
            }
            for call in &step.calls {
                let root = call.environment.as_deref().unwrap_or("-");
                let _ = writeln!(text, "   {} [{root}]", call.command);
            }
            for skipped in &step.skipped {
                let words = skipped.location.map_or("", |location| sources.slice(location));
                let mark = if skipped.touches_packages { "!" } else { "" };
                let _ = writeln!(text, "   skipped{mark} `{words}`: {}", skipped.reason);
            }
            for assumed in &step.assumed {
                let _ = writeln!(text, "   assumed {}", assumed.program);
            }
            for missing in &step.missing {
                let _ = writeln!(text, "   missing {}", missing.path);
            }
        }
        if index + 1 == simulation.stages.len() {
            let end = stage.steps.last().map_or(&stage.start, |step| &step.after);
            text += &changes(&stage.start, end);
        }
    }
    // An expectation keeps no blanks at the ends of its lines.
    let lines: Vec<&str> = text.lines().map(str::trim_end).collect();
    expected.assert_eq(&lines.iter().map(|line| format!("{line}\n")).collect::<String>());
}

fn changes(start: &State, end: &State) -> String {
    let mut files = FileSystem::default();
    for (path, entry) in end.files.entries.iter() {
        let program = matches!(entry.content, super::Content::Program(_));
        if !start.files.entries.contains_key(path) && !program {
            files.entries.insert(path.clone(), entry.clone());
        }
    }
    for (folder, reason) in &end.files.uncertain {
        if !start.files.uncertain.contains_key(folder) {
            files.uncertain.insert(folder.clone(), reason.clone());
        }
    }
    let mut text = files.to_string();
    for (root, environment) in &end.environments {
        let mut line = format!("{root}:");
        for (project, installed) in &environment.packages {
            for one in installed {
                let _ = write!(line, " {project} {}", one.version);
            }
        }
        if environment.certainty != Certainty::Certain {
            let _ = write!(line, " ({})", environment.certainty);
        }
        if !start.environments.contains_key(root) || environment.certainty != Certainty::Certain {
            let _ = writeln!(text, "{line}");
        }
    }
    text
}

#[test]
fn a_filtered_file_keeps_the_places_of_its_lines() {
    let (sources, simulation) = run(r#"//- Dockerfile
FROM python:3.10-slim
WORKDIR /build
COPY requirements.txt .
RUN grep -v "^torch" requirements.txt | grep -v "^numpy" > for_wheels.txt && echo "Cython>=3" >> for_wheels.txt \
 && pip --version $(tail -1 for_wheels.txt)
//- requirements.txt
numpy
accelerate==1.10.1
torch==2.6.0
"#);
    let step = simulation.stages[0].steps.last().unwrap();
    let entry = step.after.files.resolved("/build/for_wheels.txt").unwrap();
    let super::Content::Text(text) = &entry.content else { panic!("not a text") };
    let lines: Vec<(&str, &str, bool)> = text
        .lines
        .iter()
        .map(|line| {
            (line.text.as_str(), line.origin.map_or("", |origin| sources.slice(origin)), line.verbatim)
        })
        .collect();
    assert_eq!(lines, [("accelerate==1.10.1", "accelerate==1.10.1", true), ("Cython>=3", "Cython>=3", true)]);
    let words: Vec<&str> =
        step.calls[0].argv.iter().map(|word| word.place.map_or("", |place| sources.slice(place))).collect();
    assert_eq!(words, ["pip", "--version", "Cython>=3"]);
}

#[test]
fn files_move_between_stages_and_wheels_keep_their_run() {
    check(
        r#"//- Dockerfile
FROM python:3.10-slim AS one
WORKDIR /w
COPY a.txt sub/ ./
RUN mkdir -p /out/deep && cp a.txt /out/deep/ && echo new > /out/n.txt
FROM scratch AS unused
FROM python:3.10-slim
COPY --from=one /out /copied
COPY --from=0 /out/n.txt /single
COPY --from=one /nothing /x
RUN true
//- a.txt
a
//- sub/b.txt
b
"#,
        expect![[r#"
            stage 0
            stage 1 (not needed)
            stage 2
            2: 1
            3: not reached
            /copied/
            /copied/deep/
            /copied/deep/a.txt:
              a
            /copied/n.txt:
              new
            /single:
              new
        "#]],
    );
}

#[test]
fn environments_move_with_their_folders() {
    check(
        r#"//- Dockerfile
FROM python:3.11-slim AS build
RUN python -m venv /opt/venv && /opt/venv/bin/pip --version
FROM python:3.12-slim AS other
FROM python:3.11-slim
COPY --from=build /opt/venv /opt/venv
COPY --from=other /usr/local/lib/python3.12/site-packages /usr/local/lib/python3.12/site-packages
ENV PATH=/opt/venv/bin:$PATH
RUN pip --version && python -m pip --version
RUN . /opt/venv/bin/activate && echo $VIRTUAL_ENV > /where
"#,
        expect![[r#"
            stage 0
            0: 0
               /opt/venv/bin/pip --version [/opt/venv]
            stage 1
            stage 2
            3: 0
               pip --version [/opt/venv]
               python -m pip --version [/opt/venv]
            /opt/venv/
            /opt/venv/bin/
            /opt/venv/lib/
            /opt/venv/lib/python3.11/
            /opt/venv/lib/python3.11/site-packages/
            /usr/local/lib/python3.12/
            /usr/local/lib/python3.12/site-packages/
            /where:
              /opt/venv
            /usr/local/lib/python3.12/site-packages ... the base image has files of its own there
            /opt/venv: pip 24.0 setuptools 65.5.0
            /usr/local/lib/python3.12/site-packages: pip 25.0.1
        "#]],
    );
}

#[test]
fn every_environment_has_its_own_way_to_be_chosen() {
    check(
        r#"//- Dockerfile
FROM python:3.11-slim
RUN python3 -m venv venv && uv venv /uv && virtualenv /v2
RUN venv/bin/pip --version && /v2/bin/python -m pip --version && pip3.11 --version
RUN uv pip freeze && uv pip freeze --system && VIRTUAL_ENV=/uv uv pip freeze && uv pip freeze --python /v2/bin/python
RUN /uv/bin/pip --version
"#,
        expect![[r#"
            1: 0
               venv/bin/pip --version [/venv]
               /v2/bin/python -m pip --version [/v2]
               pip3.11 --version [/usr/local]
               skipped `/v2/bin/python -m pip --version`: pip's version is not known; the rules of 26.3 are taken
            2: 0
               uv pip freeze [/usr/local]
               uv pip freeze --system [/usr/local]
               uv pip freeze [/uv]
               uv pip freeze --python /v2/bin/python [/v2]
            3: 127
            /uv/
            /uv/bin/
            /uv/lib/
            /uv/lib/python3.11/
            /uv/lib/python3.11/site-packages/
            /v2/
            /v2/bin/
            /v2/lib/
            /v2/lib/python3.11/
            /v2/lib/python3.11/site-packages/
            /venv/
            /venv/bin/
            /venv/lib/
            /venv/lib/python3.11/
            /venv/lib/python3.11/site-packages/
            /uv:
            /v2:
            /venv: pip 24.0 setuptools 65.5.0
        "#]],
    );
}

#[test]
fn a_distribution_brings_its_own_python() {
    check(
        r#"//- Dockerfile
FROM ubuntu:22.04
RUN pip3 --version
"#,
        expect![[r#"
            0: 127
        "#]],
    );
    check(
        r#"//- Dockerfile
FROM nvidia/cuda:12.4.1-runtime-ubuntu22.04
RUN apt-get update && apt-get install -y --no-install-recommends python3 python3-pip git
RUN pip3 --version && python3 -m pip --version && python --version
"#,
        expect![[r#"
            1: 127
               pip3 --version [/usr]
               python3 -m pip --version [/usr]
               skipped `pip3 --version`: pip 22.0.2 is older than 22.3, whose rules are taken
               skipped `python3 -m pip --version`: pip 22.0.2 is older than 22.3, whose rules are taken
            /usr: pip 22.0.2 setuptools 59.6.0 wheel 0.37.1
        "#]],
    );
    check(
        r#"//- Dockerfile
FROM debian:12
RUN apt-get install -y python3-pip python3-numpy
"#,
        expect![[r#"
            0: 0
               skipped! `apt-get install -y python3-pip python3-numpy`: python3-numpy puts Python packages there
            /usr: pip 23.0.1 setuptools 66.1.1 wheel 0.38.4 (uncertain: python3-numpy puts Python packages there)
        "#]],
    );
}

#[test]
fn what_depends_on_the_unknown_is_uncertain() {
    check(
        r#"//- Dockerfile
FROM python:3.11
WORKDIR /a
RUN if curl -f https://x.example > /dev/null && grep -q x /etc/os-release; then echo 1 > f; else echo 2 > f; fi; echo same > g
RUN grep -q x /etc/os-release && pip install numpy; true
RUN test -n "$PYTHON_VERSION" || echo harmless
RUN grep -q x /etc/os-release && pip install numpy
"#,
        expect![[r#"
            2: 0
               skipped! `pip install numpy`: nothing is known about numpy
               skipped! `pip install numpy`: whether this runs depends on an exit code that is not known
            4: ?
               pip install numpy [/usr/local]
               skipped! `pip install numpy`: what /usr/local holds is not known: whether this runs depends on an exit code that is not known
            /a/
            /a/f ? which branch runs depends on something that is not known
            /a/g:
              same
            /usr/local: pip 24.0 setuptools 79.0.1 wheel 0.45.1 (uncertain: whether this runs depends on an exit code that is not known)
        "#]],
    );
}

#[test]
fn older_pips_take_any_text_for_a_version() {
    check(
        r#"//- Dockerfile
FROM python:3.11-slim
RUN pip install 'numpy>=2.*'
FROM python:3.13-slim
RUN pip install 'numpy>=2.*'
"#,
        expect![[r#"
            stage 0 (not needed)
            0: ?
               pip install 'numpy>=2.*' [/usr/local]
               skipped! `'numpy>=2.*'`: how pip 24.0 compares '>=2.*' is not modelled
            stage 1
            0: 1
               pip install 'numpy>=2.*' [/usr/local]
        "#]],
    );
}

#[test]
fn a_line_without_python_packages_costs_nothing() {
    check(
        r#"//- Dockerfile
FROM python:3.11-slim
RUN apt-get update && apt-get install -y libgl1 && rm -rf /var/lib/apt/lists/* && useradd -m app
RUN groupadd -r app && chown -R app:app /srv && curl -sSL https://x.example/a -o /usr/bin/a && chmod +x /usr/bin/a
RUN curl -sL https://deb.nodesource.com/setup_18.x | bash - && apt-get install -y nodejs && npm ci
USER app
EXPOSE 80
HEALTHCHECK CMD true
CMD ["python", "x.py"]
"#,
        expect![[r#"
            2: 0
               assumed npm
            /home/app/
            /usr/bin/a ? https://x.example/a is fetched when the image is built
        "#]],
    );
}

#[test]
fn unknown_programs_and_scripts_make_environments_uncertain() {
    check(
        r#"//- Dockerfile
FROM python:3.11-slim
COPY install.sh known.sh /
RUN sh /known.sh && cat /made
RUN bash /install.sh
RUN /opt/tool --do
//- known.sh
set -e
echo made > /made
"#,
        expect![[r#"
            0: ?
               missing install.sh
            2: ?
               skipped! `bash /install.sh`: what /install.sh does is not known
            3: ?
               skipped! `/opt/tool --do`: /opt/tool is not modelled
            /install.sh ? install.sh is not among the files given
            /known.sh:
              set -e
              echo made > /made
            /made:
              made
            /usr/local: pip 24.0 setuptools 79.0.1 wheel 0.45.1 (uncertain: what /install.sh does is not known)
        "#]],
    );
}

#[test]
fn mounts_are_seen_while_a_step_runs() {
    check(
        r#"//- Dockerfile
FROM python:3.11-slim AS w
RUN mkdir /wheels && echo x > /wheels/x.txt
FROM python:3.11-slim
WORKDIR /app
RUN --mount=type=bind,source=r.txt,target=r.txt --mount=type=cache,target=/root/.cache cat r.txt > kept.txt
RUN --mount=from=w,source=/wheels,target=/wheels cat /wheels/x.txt > wheel.txt
RUN ls /wheels; [ -f r.txt ] || echo gone > gone.txt
RUN --mount=type=bind,source=nothing.txt,target=n.txt cat n.txt > unknown.txt
//- r.txt
from the context
"#,
        expect![[r#"
            stage 0
            stage 1
            4: 0
               missing nothing.txt
            /app/
            /app/gone.txt:
              gone
            /app/kept.txt:
              from the context
            /app/unknown.txt ? nothing.txt is not among the files given
            /app/wheel.txt:
              x
        "#]],
    );
}

#[test]
fn variables_and_onbuild_follow_buildkit() {
    check(
        r#"//- Dockerfile
ARG V=1
ARG BASE=python
FROM ${BASE}:3.11-slim AS one
ARG V
ARG W=2
ENV E=$V-$W W=env
ONBUILD RUN echo "trigger $V" > /trigger
RUN echo "$E $W $V" > /one
FROM one
ARG X=${V:-none}
RUN echo "$E $W $V $X" > /two
COPY <<EOF /here.txt
value $W
EOF
RUN <<EOF
echo "script ${V}" > /script
EOF
RUN cat <<A > /doc
$W
A
"#,
        expect![[r#"
            stage 0
            stage 1
            /doc:
              env
            /here.txt:
              value env
            /script:
              script 1
            /trigger:
              trigger 1
            /two:
              1-2 env 1 1
        "#]],
    );
}

#[test]
fn a_failing_step_stops_what_needs_it() {
    check(
        r#"//- Dockerfile
FROM python:3.11-slim AS one
RUN grep x /dev/null
RUN echo never > /never
FROM python:3.11-slim AS two
RUN echo fine > /fine
COPY --from=one /never /never
RUN echo after > /after
"#,
        expect![[r#"
            stage 0
            0: 1
            1: not reached
            stage 1
            1: not reached
            2: not reached
            /fine:
              fine
        "#]],
    );
}

#[test]
fn the_context_keeps_out_what_dockerignore_says() {
    check(
        r#"//- Dockerfile
FROM scratch
COPY . /all
COPY *.txt /texts/
COPY missing.txt requirements/*.txt /m/
//- .dockerignore
# comment
**/*.log
docs
!docs/keep.txt
//- a.txt
a
//- x/b.log
b
//- docs/c.txt
c
//- docs/keep.txt
k
"#,
        expect![[r#"
            2: ?
               missing missing.txt
               missing requirements/*.txt
            /all/
            /all/.dockerignore:
              # comment
              **/*.log
              docs
              !docs/keep.txt
            /all/Dockerfile:
              FROM scratch
              COPY . /all
              COPY *.txt /texts/
              COPY missing.txt requirements/*.txt /m/
            /all/a.txt:
              a
            /all/docs/
            /all/docs/keep.txt:
              k
            /m/
            /m/missing.txt ? missing.txt is not among the files given
            /texts/
            /texts/a.txt:
              a
            /all ... the rest of the build context is not among the files given
            /m ... requirements/*.txt is not among the files given
        "#]],
    );
}

#[test]
fn requirements_alone_are_one_implied_step() {
    check(
        r#"//- requirements.txt
numpy<2
//- constraints.txt
numpy<3
"#,
        expect![[r#"
            0: ?
               pip install -r requirements.txt -c constraints.txt [/usr/local]
               skipped! `numpy<2
            `: nothing is known about numpy
            /usr/local: pip 26.3 (uncertain: nothing is known about numpy)
        "#]],
    );
}
