//! What `open` writes, and what it never does.

use std::{fs, path::Path};

use crate::{folder, links::link_to, refused, run};

#[test]
fn files_that_are_there_are_replaced_only_by_force() {
    let here = folder(&[("requirements.txt", b"mine\n")]);
    // The file that is not there yet comes first: it is not written either.
    let link = link_to(&[("Dockerfile", "FROM python\n"), ("requirements.txt", "theirs\n")]);
    refused(&run(here.path(), ["open", "--yes", &link]), "requirements.txt is there already");
    assert_eq!(fs::read(here.path().join("requirements.txt")).unwrap(), b"mine\n");
    assert!(!here.path().join("Dockerfile").exists());

    assert_eq!(run(here.path(), ["open", "--yes", &link, "--force"]).code, Some(0));
    assert_eq!(fs::read(here.path().join("requirements.txt")).unwrap(), b"theirs\n");
}

#[test]
fn a_link_writes_into_the_folder_only() {
    let outer = folder(&[("inner/kept.txt", b"")]);
    let inner = outer.path().join("inner");
    for path in ["../outside.txt", "/outside.txt", "a/../../outside.txt", "./x", "a//b", "C:\\x", "..", ""] {
        let link = link_to(&[("requirements.txt", "numpy\n"), (path, "x\n")]);
        refused(&run(&inner, ["open", "--yes", &link, "--force"]), "into this folder only");
    }
    assert!(!outer.path().join("outside.txt").exists());
    assert!(!inner.join("requirements.txt").exists());
}

#[cfg(unix)]
#[test]
fn a_link_does_not_write_through_symbolic_links() {
    let outer = folder(&[("inner/kept.txt", b""), ("elsewhere/kept.txt", b"")]);
    let inner = outer.path().join("inner");
    std::os::unix::fs::symlink("../elsewhere", inner.join("folder")).unwrap();
    std::os::unix::fs::symlink("../elsewhere/new.txt", inner.join("file.txt")).unwrap();
    for path in ["folder/new.txt", "file.txt"] {
        refused(&run(&inner, ["open", "--yes", &link_to(&[(path, "x\n")]), "--force"]), "symbolic link");
    }
    assert!(!outer.path().join("elsewhere/new.txt").exists());
}

/// Files whose names other programs look for, and run what they say.
#[test]
fn a_link_cannot_leave_something_that_is_run() {
    for path in [
        ".git/config",
        ".bash_profile",
        ".ssh/authorized_keys",
        ".vscode/tasks.json",
        ".envrc",
        "sub/.git/hooks/post-checkout",
        ".GIT/config",
        ".git./config",
        ".git /config",
        "GIT~1/config",
        "CON",
        "a/nul.txt",
        "x\u{202e}fdp.sh",
        "a\u{1b}[2Jb",
        "a\nb",
    ] {
        let here = folder(&[]);
        let link = link_to(&[("requirements.txt", "numpy\n"), (path, "x\n")]);
        refused(&run(here.path(), ["open", "--yes", "--force", &link]), "nothing was written");
        assert_eq!(entries(here.path()), 0, "{path:?}");
    }
    let here = folder(&[]);
    let ignore = link_to(&[("Dockerfile", "FROM python\n"), (".dockerignore", "*\n")]);
    assert_eq!(run(here.path(), ["open", "--yes", &ignore]).code, Some(0));
}

/// Without a terminal to ask on, `--yes` is the answer; what would be written is listed.
#[test]
fn without_an_answer_nothing_is_written() {
    let here = folder(&[]);
    let link = link_to(&[("Dockerfile", "FROM python\n"), ("requirements.txt", "numpy\n")]);
    let asked = run(here.path(), ["open", &link]);
    refused(&asked, "Dockerfile, requirements.txt");
    assert_eq!(entries(here.path()), 0);
}

#[test]
fn files_that_cannot_lie_side_by_side_are_refused() {
    let here = folder(&[("there", b"")]);
    refused(
        &run(here.path(), ["open", "--yes", &link_to(&[("a", "x"), ("a/b", "x")])]),
        "a file and a folder",
    );
    refused(&run(here.path(), ["open", "--yes", &link_to(&[("a.txt", "x"), ("A.txt", "y")])]), "twice");
    refused(&run(here.path(), ["open", "--yes", "--force", &link_to(&[("there/b", "x")])]), "no folder");
    assert_eq!(entries(here.path()), 1);
}

/// The second file cannot be written, so the first is not there either, and nothing else.
#[cfg(unix)]
#[test]
fn all_files_are_written_or_none() {
    use std::os::unix::fs::PermissionsExt;

    let here = folder(&[("locked/kept.txt", b""), ("a.txt", b"mine\n")]);
    // A name of 300 bytes is too long for any file system, also for those who may write everywhere.
    let long = format!("new/{}", "x".repeat(300));
    let link = link_to(&[("a.txt", "theirs\n"), ("new/b.txt", "x\n"), (&long, "x\n")]);
    let run = run(here.path(), ["open", "--yes", "--force", &link]);
    refused(&run, "nothing was changed");
    assert_eq!(fs::read(here.path().join("a.txt")).unwrap(), b"mine\n");
    assert_eq!(entries(here.path()), 2);
    assert!(fs::metadata(here.path().join("a.txt")).unwrap().permissions().mode() & 0o400 != 0);
}

/// `--force` replaces the name: another name of the same file keeps what it had, a pipe gets nothing.
#[cfg(unix)]
#[test]
fn force_replaces_names_and_writes_through_none() {
    let outer = folder(&[("elsewhere.txt", b"mine\n"), ("inner/kept.txt", b"")]);
    let inner = outer.path().join("inner");
    fs::hard_link(outer.path().join("elsewhere.txt"), inner.join("hard.txt")).unwrap();
    let made = std::process::Command::new("mkfifo").arg(inner.join("pipe.txt")).status().unwrap();
    assert!(made.success());
    let link = link_to(&[("hard.txt", "theirs\n"), ("pipe.txt", "theirs\n")]);
    assert_eq!(run(&inner, ["open", "--yes", "--force", &link]).code, Some(0));
    assert_eq!(fs::read(outer.path().join("elsewhere.txt")).unwrap(), b"mine\n");
    for name in ["hard.txt", "pipe.txt"] {
        assert_eq!(fs::read(inner.join(name)).unwrap(), b"theirs\n", "{name}");
    }
    assert_eq!(entries(&inner), 3);
}

fn entries(folder: &Path) -> usize {
    fs::read_dir(folder).unwrap().count()
}
