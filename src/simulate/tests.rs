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
            let quiet =
                code == "0" && step.calls.is_empty() && step.skipped.is_empty() && step.missing.is_empty();
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
            for missing in &step.missing {
                let _ = writeln!(text, "   missing {}", missing.path);
            }
        }
        if index + 1 == simulation.stages.len() {
            let end = stage.steps.last().map_or(&stage.start, |step| &step.after);
            text += &changes(&stage.start, end);
        }
    }
    expected.assert_eq(&text);
}

fn changes(start: &State, end: &State) -> String {
    let mut files = FileSystem::default();
    for (path, entry) in &end.files.entries {
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
fn the_opening_example_reaches_pip_with_the_files_it_makes() {
    let read = |name: &str| {
        let path = format!("{}/static/examples/report/{name}", env!("CARGO_MANIFEST_DIR"));
        std::fs::read_to_string(path).unwrap()
    };
    let fixture =
        format!("//- Dockerfile\n{}//- requirements.txt\n{}", read("Dockerfile"), read("requirements.txt"));
    check(
        &fixture,
        expect![[r#"
        stage 0
        2: ?
           pip install --no-cache-dir numpy Cython [/usr/local]
           skipped! `pip install --no-cache-dir numpy Cython`: nothing is known about numpy, cython
        3: ?
           pip wheel --no-cache-dir -r for_wheels.txt -w /wheels [/usr/local]
           skipped! `pip wheel --no-cache-dir -r for_wheels.txt -w /wheels`: nothing is known about accelerate, chatterbox-tts
        4: ?
           pip wheel --no-cache-dir pkuseg==0.0.25 --no-build-isolation -w /wheels [/usr/local]
           skipped! `pip wheel --no-cache-dir pkuseg==0.0.25 --no-build-isolation -w /wheels`: nothing is known about pkuseg
        stage 1
        2: ?
           pip install --no-cache-dir torch==2.6.0+cu124 torchaudio==2.6.0 --index-url https://download.pytorch.org/whl/cu124 [/usr/local]
           skipped! `pip install --no-cache-dir torch==2.6.0+cu124 torchaudio==2.6.0 \
              --index-url https://download.pytorch.org/whl/cu124`: nothing is known about torch, torchaudio
        4: ?
           skipped `rm -f /wheels/torch-*.whl /wheels/torchaudio-*.whl`: an argument of rm is not known: the files in /wheels are not all known: nothing is known about accelerate, chatterbox-tts
           skipped! `pip install --no-cache-dir --no-index --find-links=/wheels /wheels/*`: an argument is not known: the files in /wheels are not all known: nothing is known about accelerate, chatterbox-tts
        /app/
        /app/Dockerfile:
          # Stage 1 builds wheels.
          FROM python:3.10-slim AS builder
          WORKDIR /build
          COPY requirements.txt .
  
          # pkuseg comes as source; its setup needs these two.
          RUN pip install --no-cache-dir numpy Cython
  
          # torch is installed below, with CUDA; numpy comes with the rest.
          RUN grep -v "^torch" requirements.txt | grep -v "^numpy" > for_wheels.txt \
           && pip wheel --no-cache-dir -r for_wheels.txt -w /wheels
          RUN pip wheel --no-cache-dir pkuseg==0.0.25 --no-build-isolation -w /wheels
  
          # Stage 2 installs them.
          FROM python:3.10-slim
          WORKDIR /app
          COPY . .
          RUN pip install --no-cache-dir torch==2.6.0+cu124 torchaudio==2.6.0 \
                --index-url https://download.pytorch.org/whl/cu124
  
          COPY --from=builder /wheels /wheels
          RUN rm -f /wheels/torch-*.whl /wheels/torchaudio-*.whl \
           && pip install --no-cache-dir --no-index --find-links=/wheels /wheels/*
          CMD ["python", "app.py"]
        /app/requirements.txt:
          # A voice service
          numpy
          accelerate==1.10.1
          chatterbox-tts==0.1.4
          torch==2.6.0
          torchaudio==2.6.0
        /wheels/
        /app ... the rest of the build context is not among the files given
        /wheels ... nothing is known about accelerate, chatterbox-tts
        /usr/local: pip 23.0.1 setuptools 79.0.1 wheel 0.45.1 (uncertain: nothing is known about torch, torchaudio)
    "#]],
    );
}
