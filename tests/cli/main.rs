//! The command line, run as a program.

mod check;
mod context;
mod faults;
mod links;
mod lookup;
mod opening;
mod showing;

use std::{
    ffi::OsStr,
    fs,
    path::Path,
    process::{Command, Output, Stdio},
};

use tempfile::TempDir;

/// What a run left behind.
#[derive(Debug, PartialEq, Eq)]
struct Run {
    code: Option<i32>,
    output: String,
    errors: String,
}

/// `wheelstage`, to be run in a folder with nothing on its standard input, without a network.
fn command<A: AsRef<OsStr>>(folder: &Path, arguments: impl IntoIterator<Item = A>) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_wheelstage"));
    command.args(arguments).current_dir(folder).env("WHEELSTAGE_OFFLINE", "1").stdin(Stdio::null());
    command
}

/// Runs `wheelstage` in a folder, without a network.
fn run<A: AsRef<OsStr>>(folder: &Path, arguments: impl IntoIterator<Item = A>) -> Run {
    finished(command(folder, arguments).output().expect("the program runs"))
}

/// Runs `wheelstage` in a folder, with these variables and whatever network they say.
fn run_with<A: AsRef<OsStr>>(
    folder: &Path,
    arguments: impl IntoIterator<Item = A>,
    variables: &[(&str, &str)],
) -> Run {
    let mut command = command(folder, arguments);
    command.env_remove("WHEELSTAGE_OFFLINE");
    finished(command.envs(variables.iter().copied()).output().expect("the program runs"))
}

fn finished(output: Output) -> Run {
    Run {
        code: output.status.code(),
        output: String::from_utf8(output.stdout).expect("text on stdout"),
        errors: String::from_utf8(output.stderr).expect("text on stderr"),
    }
}

/// A folder with these files.
fn folder(files: &[(&str, &[u8])]) -> TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    for (path, bytes) in files {
        let path = folder.path().join(path);
        fs::create_dir_all(path.parent().expect("inside the folder")).expect("a folder");
        fs::write(path, bytes).expect("a file");
    }
    folder
}

/// The run could not begin: nothing on stdout, one line on stderr that says so, exit code 2.
#[track_caller]
fn refused(run: &Run, says: &str) {
    assert_eq!((run.code, run.output.as_str()), (Some(2), ""), "{run:?}");
    assert_eq!(run.errors.lines().count(), 1, "{run:?}");
    assert!(run.errors.starts_with("wheelstage: ") && run.errors.contains(says), "{run:?}");
}
