//! What reaches the terminal, and what happens where it cannot be written.

use std::fs;

use crate::{command, finished, folder, run};

/// A Dockerfile cannot drive the terminal, nor show another text than the one that is read.
#[test]
fn control_and_bidirectional_characters_are_written_out() {
    let here = folder(&[
        ("Dockerfile", "FROM python:3.12\nRUN pip install 'six\u{1b}[2J==1' \u{202e}x \u{9b}1m\nCOPY a\u{1b}]0;x\u{7}.txt /\n".as_bytes()),
        ("requirements\u{202e}.txt", b"six\n"),
    ]);
    for format in ["human", "json", "markdown", "sarif"] {
        let run = run(here.path(), ["check", "--format", format]);
        let text = format!("{}{}", run.output, run.errors);
        let shows = |c: char| (c.is_control() && c != '\n') || ('\u{202a}'..='\u{202e}').contains(&c);
        assert!(!text.contains(shows), "{format}: {text:?}");
    }
    let human = run(here.path(), ["check"]);
    assert!(human.output.contains("\\x1b"), "{human:?}");
}

#[test]
fn a_dockerfile_in_utf_16_is_not_read_by_docker() {
    let text = "FROM python:3.12\nRUN pip install six==1.17.0\n";
    let bytes: Vec<u8> =
        [0xFF, 0xFE].into_iter().chain(text.encode_utf16().flat_map(u16::to_le_bytes)).collect();
    let here = folder(&[("Dockerfile", &bytes)]);
    let run = run(here.path(), ["check"]);
    assert_eq!(run.code, Some(1), "{run:?}");
    assert!(run.output.contains("UTF-16"), "{run:?}");
}

/// A report that nobody gets is no success.
#[cfg(target_os = "linux")]
#[test]
fn a_report_that_cannot_be_written_is_2() {
    let here = folder(&[("Dockerfile", b"FROM python:3.12\n")]);
    let full = || fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
    for arguments in [&["check"][..], &["check", "--format", "json"], &["link"], &["--help"]] {
        let run = finished(command(here.path(), arguments).stdout(full()).output().unwrap());
        assert_eq!(run.code, Some(2), "{arguments:?}: {run:?}");
    }
}

/// The old file stays where the new one cannot be written whole.
#[cfg(unix)]
#[test]
fn a_fix_that_cannot_be_written_changes_nothing() {
    let text = b"FROM python:3.12\nRUN pip install six==1.17.0 'six<1.17'\n";
    let here = folder(&[("Dockerfile", text)]);
    // A limit on the size of files: 0 blocks.
    let script = "ulimit -f 0; trap '' XFSZ; \"$W\" fix --write";
    let mut limited = std::process::Command::new("bash");
    limited
        .args(["-c", script])
        .env("W", env!("CARGO_BIN_EXE_wheelstage"))
        .env("WHEELSTAGE_OFFLINE", "1")
        .current_dir(here.path());
    let run = finished(limited.output().unwrap());
    assert_eq!(run.code, Some(2), "{run:?}");
    assert_eq!(fs::read(here.path().join("Dockerfile")).unwrap(), text);
    assert_eq!(fs::read_dir(here.path()).unwrap().count(), 1);
}
