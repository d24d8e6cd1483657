//! Which build is judged, and what of its folder is known.

use std::{fs, path::Path};

use serde_json::Value;

use crate::{Run, command, finished, folder, refused, run};

/// The report of a check, as JSON.
#[track_caller]
fn report(folder: &Path, arguments: &[&str]) -> Value {
    let run = run(folder, ["check", "--format", "json"].iter().chain(arguments));
    serde_json::from_str(&run.output).unwrap_or_else(|error| panic!("{error}: {run:?}"))
}

/// Exit codes of the `RUN` steps of the last stage.
#[track_caller]
fn run_codes(folder: &Path, arguments: &[&str]) -> Vec<Value> {
    let report = report(folder, arguments);
    let stages = report["stages"].as_array().unwrap();
    let steps = stages.last().unwrap()["steps"].as_array().unwrap();
    let runs = steps.iter().filter(|step| step["instruction"] == "RUN");
    runs.map(|step| step["exit_code"].clone()).collect()
}

#[test]
fn what_is_named_is_what_is_judged() {
    let here = folder(&[
        ("requirements.txt", b"six==1.17.0\nsix==1.16.0\n"),
        ("other/requirements.txt", b"nothing-of-this\n"),
        ("docker/Dockerfile", b"FROM python:3.12\n"),
    ]);
    let named = run(here.path(), ["check", "-r", "requirements.txt"]);
    assert_eq!(named.code, Some(1), "{named:?}");
    assert!(named.output.starts_with("disjoint"), "{named:?}");
    assert!(!named.output.contains("nothing-of-this"), "{named:?}");
    assert!(named.errors.contains("wheelstage check -f ./docker/Dockerfile ."), "{named:?}");

    // A file that is named and lies elsewhere.
    let elsewhere = folder(&[("docker/Dockerfile", b"FROM python:3.12\n")]);
    let file = here.path().join("requirements.txt");
    let named = run(elsewhere.path(), ["check", "-r", file.to_str().unwrap()]);
    assert!(named.output.starts_with("disjoint"), "{named:?}");
}

#[test]
fn a_dockerfile_in_a_sub_folder_is_a_hint() {
    let here =
        folder(&[("docker/Dockerfile", b"FROM python:3.12\n"), ("Dockerfile.gpu", b"FROM python:3.12\n")]);
    let asked = run(here.path(), ["check"]);
    assert_eq!((asked.code, asked.output.as_str()), (Some(2), ""), "{asked:?}");
    assert!(asked.errors.contains("check -f ./Dockerfile.gpu ."), "{asked:?}");
    let judged = run(here.path(), ["check", "-f", "docker/Dockerfile", "."]);
    assert_eq!(judged.code, Some(0), "{judged:?}");
}

#[test]
fn a_dockerfile_of_another_place_is_built_in_the_folder() {
    let here = folder(&[
        (
            "docker/Dockerfile",
            b"FROM python:3.12\nCOPY requirements.txt .\nRUN pip install -r requirements.txt\n",
        ),
        ("docker/Dockerfile.dockerignore", b"secret.txt\n"),
        ("requirements.txt", b"six==1.17.0\nsix==1.16.0\n"),
        ("app/x", b""),
    ]);
    let run_at = |folder: &Path, arguments: &[&str]| run(folder, ["check"].iter().chain(arguments)).output;
    assert!(run_at(here.path(), &["-f", "docker/Dockerfile"]).starts_with("disjoint"));
    assert!(run_at(&here.path().join("app"), &["-f", "../docker/Dockerfile", ".."]).starts_with("disjoint"));
    refused(&run(here.path(), ["check", "-f", "docker/Dockerfile", "requirements.txt"]), "not a folder");
    refused(&run(here.path(), ["check", "-f", "nowhere"]), "nowhere");

    // A fix goes into the files that were read.
    let fixed = run(&here.path().join("app"), ["fix", "--write", "-f", "../docker/Dockerfile", ".."]);
    assert_eq!(fixed.code, Some(0), "{fixed:?}");
    assert_ne!(fs::read(here.path().join("requirements.txt")).unwrap(), b"six==1.17.0\nsix==1.16.0\n");
}

#[test]
fn podman_s_name_and_small_letters() {
    for name in ["Containerfile", "dockerfile"] {
        let here = folder(&[(name, b"FROM python:3.12\nRUN pip install six==1.17.0 six==1.16.0\n")]);
        assert_eq!(run(here.path(), ["check"]).code, Some(1), "{name}");
    }
}

#[cfg(unix)]
#[test]
fn a_dockerfile_from_standard_input_and_pipes() {
    let text = "FROM python:3.12\nCOPY requirements.txt .\nRUN pip install -r requirements.txt\n";
    let here = folder(&[
        ("requirements.txt", b"six==1.17.0\nsix==1.16.0\n"),
        ("Dockerfile", b"FROM python:3.12\n"),
        ("text", text.as_bytes()),
    ]);
    let with_input = |arguments: &[&str]| -> Run {
        let input = fs::File::open(here.path().join("text")).unwrap();
        finished(command(here.path(), arguments).stdin(input).output().unwrap())
    };
    assert!(with_input(&["check", "-f", "-", "."]).output.starts_with("disjoint"));
    // Without a context nothing is known of the file.
    assert!(with_input(&["check", "-"]).output.starts_with("unknown"));
    refused(&with_input(&["fix", "--write", "-f", "-", "--strategy", "drop-line-x"]), "no strategy");

    let shell = |script: &str| {
        let mut command = std::process::Command::new("bash");
        command
            .args(["-c", script])
            .env("W", env!("CARGO_BIN_EXE_wheelstage"))
            .env("WHEELSTAGE_OFFLINE", "1")
            .current_dir(here.path());
        finished(command.output().unwrap())
    };
    // A pipe that is named is read, and its folder's Dockerfile does not take its place.
    let piped = shell("$W check <(printf 'FROM python:3.12\\nRUN pip install six==1.17.0 six==1.16.0\\n')");
    assert!(piped.output.starts_with("disjoint"), "{piped:?}");
    fs::remove_file(here.path().join("Dockerfile")).unwrap();
    let piped = shell("$W check -r <(printf 'six==1.17.0\\nsix==1.16.0\\n')");
    assert!(piped.output.starts_with("disjoint"), "{piped:?}");
}

#[cfg(target_os = "linux")]
#[test]
fn a_file_without_an_end_is_refused() {
    let here = folder(&[("requirements.txt", b"six\n")]);
    for arguments in [
        ["check", "/dev/zero"].as_slice(),
        &["check", "-r", "/dev/zero"],
        &["check", "-c", "/dev/zero"],
        &["check", "-f", "/dev/zero"],
        &["check", "--overlay", "/dev/zero"],
    ] {
        refused(&run(here.path(), arguments), "larger than 4 MiB");
    }
}

#[test]
fn bad_values_are_refused_in_one_line() {
    let here = folder(&[
        ("Dockerfile", b"FROM python:3.12 AS build\nFROM build\n"),
        ("r/requirements.txt", b"six\n"),
    ]);
    for (arguments, says) in [
        (["--target", "nope"], "there are build, 1"),
        (["--target", "7"], "no such stage"),
        (["--platform", "bogus"], "linux/amd64"),
        (["--platform", "linux/bogus"], "linux/amd64"),
        (["--pip", "latest"], "26.3"),
        (["--python", "snake"], "snake"),
        (["--build-arg", "=x"], "KEY=VALUE"),
        (["--build-arg", ""], "KEY=VALUE"),
    ] {
        refused(&run(here.path(), ["check"].iter().chain(&arguments)), says);
    }
    refused(&run(here.path(), ["check", "r", "--target", "0"]), "there are no stages");
    for arguments in [["--target", "BUILD"], ["--target", "1"], ["--platform", "linux/arm/v7"]] {
        assert_eq!(run(here.path(), ["check"].iter().chain(&arguments)).code, Some(0), "{arguments:?}");
    }
}

/// A platform whose wheels are not modelled is not another one.
#[test]
fn a_platform_that_is_not_modelled_is_unknown() {
    let here = folder(&[("Dockerfile", b"FROM python:3.12\nRUN pip install six==1.17.0\n")]);
    let run = run(here.path(), ["check", "--platform", "linux/s390x"]);
    assert!(run.output.starts_with("unknown"), "{run:?}");
}

/// As docker has it: a name alone takes its value from the environment.
#[test]
fn build_arguments_as_docker_has_them() {
    let here = folder(&[("Dockerfile", b"FROM python:3.12\nARG V=none\nRUN test \"$V\" = here\nRUN test \"$V\" = ''\nRUN test \"$V\" = none\n")]);
    let codes = |argument: &str| {
        let output = command(here.path(), ["check", "--format", "json", "--build-arg", argument])
            .env("V", "here")
            .env_remove("W")
            .output()
            .unwrap();
        let run = finished(output);
        let report: Value = serde_json::from_str(&run.output).unwrap();
        let steps = report["stages"][0]["steps"].as_array().unwrap();
        steps.iter().position(|step| step["exit_code"] == 1).unwrap()
    };
    // The first of the three tests that fails.
    assert_eq!(codes("V"), 2);
    assert_eq!(codes("V="), 1);
    let unset = run_codes(here.path(), &["--build-arg", "W"]);
    assert_eq!(unset.first(), Some(&Value::from(1)));
}

#[test]
fn many_other_files_hide_nothing_that_is_named() {
    let here = folder(&[
        ("z/requirements.txt", b"six==1.17.0\nsix==1.16.0\n"),
        ("Dockerfile", b"FROM python:3.12\nCOPY z/requirements.txt .\nRUN pip install -r requirements.txt\n"),
    ]);
    fs::create_dir(here.path().join("a")).unwrap();
    for number in 0..2_100 {
        fs::write(here.path().join(format!("a/{number}.txt")), "x\n").unwrap();
    }
    assert!(run(here.path(), ["check"]).output.starts_with("disjoint"));
}

#[cfg(unix)]
#[test]
fn links_inside_the_folder_count_and_links_out_of_it_do_not() {
    use std::os::unix::fs::symlink;

    let outer = folder(&[
        (
            "ctx/docker/Dockerfile",
            b"FROM python:3.12\nCOPY req/r.txt link.txt .\nRUN [ -f r.txt ] && [ -f link.txt ]\n",
        ),
        ("ctx/real/r.txt", b"six\n"),
        ("outside.txt", b"six\n"),
    ]);
    let ctx = outer.path().join("ctx");
    symlink("docker/Dockerfile", ctx.join("Dockerfile")).unwrap();
    symlink("real", ctx.join("req")).unwrap();
    symlink("real/r.txt", ctx.join("link.txt")).unwrap();
    symlink("..", ctx.join("real/circle")).unwrap();
    assert_eq!(run_codes(&ctx, &[]), [Value::from(0)]);

    fs::remove_file(ctx.join("link.txt")).unwrap();
    symlink("../outside.txt", ctx.join("link.txt")).unwrap();
    assert_ne!(run_codes(&ctx, &[]), [Value::from(0)]);
    fs::remove_file(ctx.join("Dockerfile")).unwrap();
    symlink("../outside.txt", ctx.join("Dockerfile")).unwrap();
    refused(&run(&ctx, ["check"]), "leads out of the folder");
}

/// The folder is known whole: what is in it is there, and what is not in it is not.
#[test]
fn what_is_in_the_folder_is_known_and_what_is_not() {
    let here = folder(&[
        ("Dockerfile", b"FROM python:3.12\nWORKDIR /app\nCOPY . .\nRUN [ -f core.constraints ]\nRUN [ ! -e nothing ] && [ -d data ]\nRUN ls data\nRUN ./bin/install\nRUN [ -e ignored ]\n"),
        (".dockerignore", b"ignored\n"),
        ("core.constraints", b""),
        ("data/picture.bin", b"\0\0"),
        ("ignored", b""),
        ("bin/install", b"#!/bin/sh\nexit 0\n"),
    ]);
    assert_eq!(run_codes(here.path(), &[]), [0, 0, 0, 0, 1].map(Value::from));
}

#[test]
fn a_file_that_is_not_in_the_folder_ends_the_build() {
    let here = folder(&[("Dockerfile", b"FROM python:3.12\nCOPY nofile /x\nRUN pip install six==1.17.0\n")]);
    let run = run(here.path(), ["check"]);
    assert_eq!(run.code, Some(1), "{run:?}");
    assert!(run.output.contains("nofile is not in the build context"), "{run:?}");
    // A pattern may match nothing.
    let here =
        folder(&[("Dockerfile", b"FROM python:3.12\nCOPY nofile* /x/\nRUN pip install six==1.17.0\n")]);
    assert_eq!(crate::run(here.path(), ["check"]).code, Some(0));
}
