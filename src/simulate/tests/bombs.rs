//! Builds that are made to be large: they end within the budget, and what is beyond is unknown.

use std::{collections::HashSet, ptr, sync::Arc};

use super::super::{Certainty, Content, Simulation, simulate_within};
use super::sources;
use crate::{
    budget::{Budget, MEMORY, WORK},
    index::Index,
    model::{Settings, lower},
    resolve::Answers,
};

/// Bytes of all paths and texts in all states, each counted once.
fn bytes_held(simulation: &Simulation) -> usize {
    let mut seen = HashSet::new();
    let mut bytes = 0;
    for stage in &simulation.stages {
        for state in std::iter::once(&stage.start).chain(stage.steps.iter().map(|step| &step.after)) {
            let entries = &*state.files.entries;
            if !seen.insert(ptr::from_ref(entries).addr()) {
                continue;
            }
            for (path, entry) in entries {
                bytes += path.len();
                if let Content::Text(text) = &entry.content
                    && seen.insert(Arc::as_ptr(text).addr())
                {
                    bytes += text.len();
                }
            }
        }
    }
    bytes
}

/// Runs a build. Gives why its last environment is not certain, empty where it is.
#[track_caller]
fn explode(fixture: &str) -> (Simulation, String) {
    let sources = sources(fixture);
    let settings = Settings::default();
    let build = lower(&sources, &settings);
    assert_eq!(build.errors, [], "a limit is no error of the build");
    let budget = Budget::default();
    let simulation =
        simulate_within(&build, &sources, &Index::empty(), &settings, &Answers::default(), &budget);
    assert!(budget.worked() <= WORK && budget.held() <= MEMORY);
    let bytes = bytes_held(&simulation);
    assert!(bytes <= MEMORY, "{bytes} bytes are held");
    let stage = simulation.stages.last().unwrap();
    let end = stage.steps.last().map_or(&stage.start, |step| &step.after);
    let reason = match &end.environments.get("/usr/local").unwrap().certainty {
        Certainty::Certain => String::new(),
        Certainty::Uncertain { reason, .. } => reason.clone(),
    };
    (simulation, reason)
}

const TOO_LARGE: &str =
    "more than this tool simulates: the files and variables of the build come to more than 64 MiB";

fn lines(count: usize, line: impl Fn(usize) -> String) -> String {
    (0..count).map(|number| line(number) + "\n").collect()
}

#[test]
fn a_path_that_is_too_long_is_not_followed() {
    let long = "a/".repeat(32_000);
    let (simulation, reason) = explode(&format!(
        "//- Dockerfile\nFROM python:3.12-slim\nRUN mkdir -p /x && mkdir -p /x/{long}\nRUN mkdir -p /y/{}\n",
        "b".repeat(256)
    ));
    let steps = &simulation.stages[0].steps;
    // GNU's mkdir makes it, busybox's does not. A name of 256 bytes no file system takes.
    assert_eq!((steps[0].exit_code, steps[1].exit_code), (None, Some(1)));
    assert_eq!(steps[0].skipped[0].reason, "more than this tool simulates: a path is longer than 4095 bytes");
    assert!(steps[0].after.files.doubt("/x/a").is_some());
    assert_eq!(reason, "");
}

#[test]
fn many_long_paths_come_to_an_end() {
    let folders = lines(100, |number| format!("RUN mkdir -p /x{number}/{}", "a/".repeat(2_000)));
    let (_, reason) = explode(&format!("//- Dockerfile\nFROM python:3.12-slim\n{folders}"));
    assert_eq!(reason, TOO_LARGE);
}

#[test]
fn a_file_that_doubles_is_not_followed() {
    let doubled = lines(30, |_| "RUN cat f f > g && mv g f".to_owned());
    let text = "x".repeat(1_000);
    let (simulation, _) =
        explode(&format!("//- Dockerfile\nFROM python:3.12-slim\nRUN echo {text} > f\n{doubled}RUN cat f\n"));
    let end = &simulation.stages[0].steps.last().unwrap().after;
    let Some(Content::Opaque(reason)) = end.files.resolved("/f").map(|entry| &entry.content) else {
        panic!("a text that is longer than any")
    };
    assert_eq!(reason, "more than this tool simulates: the text is longer than 4 MiB");
}

#[test]
fn a_text_that_sed_multiplies_is_not_followed() {
    let multiplied = lines(12, |_| "RUN sed -i 's/a*/&&&&&&&&&&/' f".to_owned());
    let (simulation, _) =
        explode(&format!("//- Dockerfile\nFROM python:3.12-slim\nRUN echo aaa > f\n{multiplied}"));
    let end = &simulation.stages[0].steps.last().unwrap().after;
    assert!(matches!(end.files.resolved("/f").unwrap().content, Content::Opaque(_)));
}

#[test]
fn files_that_include_each_other_twice_come_to_an_end() {
    let mut files =
        lines(40, |number| format!("//- r{number}.txt\n-r r{}.txt\n-r r{}.txt", number + 1, number + 1));
    files += "//- r40.txt\nsix==1.16.0\n";
    let (simulation, reason) = explode(&format!(
        "{files}//- Dockerfile\nFROM python:3.12-slim\nCOPY . .\nRUN pip install -r r0.txt\nRUN true\n"
    ));
    assert_eq!(reason, TOO_LARGE);
    assert_eq!(simulation.stages[0].steps[1].exit_code, None);
}

#[test]
fn a_file_that_every_step_appends_to_is_followed_so_far() {
    let appended = lines(3_000, |_| "RUN echo line >> file".to_owned());
    let (simulation, reason) =
        explode(&format!("//- Dockerfile\nFROM python:3.12-slim\n{appended}RUN pip install six\n"));
    assert_eq!(reason, TOO_LARGE);
    // Told once, where it begins.
    let told = simulation.stages[0].steps.iter().filter(|step| !step.skipped.is_empty()).count();
    assert_eq!(told, 1);
}

#[test]
fn variables_that_double_are_not_followed() {
    let doubled = lines(40, |_| "ENV A=$A$A$A$A".to_owned());
    let (simulation, reason) =
        explode(&format!("//- Dockerfile\nFROM python:3.12-slim\nENV A=12345678\n{doubled}RUN true\n"));
    assert_eq!(reason, "a variable in this instruction cannot be expanded");
    assert_eq!(simulation.stages[0].steps.last().unwrap().exit_code, Some(0));
    let doubled = "a=$a$a$a$a; ".repeat(40);
    let (_, reason) = explode(&format!(
        "//- Dockerfile\nFROM python:3.12-slim\nRUN a=12345678; {doubled} pip install $a\n"
    ));
    assert!(reason.ends_with("the word is longer than 1 MiB"), "{reason}");
}

#[test]
fn branches_spend_from_one_budget() {
    let files = lines(300, |number| format!("/long/name/of/a/file/{number} \\")) + "/last";
    let branches = lines(4_000, |number| format!("if [ $RANDOM = 1 ]; then touch /f{number}; fi"));
    let (_, reason) = explode(&format!(
        "//- Dockerfile\nFROM python:3.12-slim\nSHELL [\"bash\", \"-c\"]\nRUN touch {files}\nRUN <<EOF\n{branches}EOF\n"
    ));
    assert_eq!(reason, TOO_LARGE);
}

#[test]
fn a_loop_without_end_leaves_the_other_stages_what_they_need() {
    let endless = "while true; do while true; do :; done; done";
    let (simulation, reason) = explode(&format!(
        "//- Dockerfile\nFROM python:3.12-slim AS one\nRUN {endless}\nFROM python:3.12-slim\nRUN true\n"
    ));
    assert_eq!(simulation.stages[0].steps[0].exit_code, None);
    assert_eq!((simulation.stages[1].steps[0].exit_code, reason.as_str()), (Some(0), ""));
}

#[test]
fn ten_thousand_steps_are_followed_and_more_are_unknown() {
    let (simulation, reason) = explode(&format!(
        "//- Dockerfile\nFROM python:3.12-slim\n{}",
        lines(10_000, |_| "RUN true".to_owned())
    ));
    assert_eq!((simulation.stages[0].steps.len(), reason.as_str()), (10_000, ""));
    let (_, reason) = explode(&format!(
        "//- Dockerfile\nFROM python:3.12-slim\n{}",
        lines(13_000, |_| "RUN true".to_owned())
    ));
    assert_eq!(reason, "more than this tool simulates: the file has more than 12000 steps");
}
