//! `link` and `open`.

use std::fs;

use wheelstage::link::{Fragment, Playground};

use crate::{folder, refused, run};

fn link_to(files: &[(&str, &str)]) -> String {
    let files = files.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned())).collect();
    let state = Some(Playground { files, ..Playground::default() });
    format!("https://example.org/#{}", Fragment { state, ..Fragment::default() })
}

/// Line endings, encodings and folders survive.
#[test]
fn a_folder_comes_out_of_its_link() {
    let files: [(&str, &[u8]); 4] = [
        ("Dockerfile", b"FROM python:3.10\r\nCOPY . .\r\n"),
        ("requirements.txt", b"\xEF\xBB\xBFnumpy<3\n"),
        ("requirements/dev.txt", b"\xFF\xFEn\0u\0m\0p\0y\0"),
        ("latin.txt", b"# caf\xE9\n"),
    ];
    let (from, to) = (folder(&files), folder(&[]));
    let made = run(from.path(), ["link", "--address", "https://example.org/w/"]);
    assert_eq!((made.code, made.errors.as_str()), (Some(0), ""));
    assert!(made.output.starts_with("https://example.org/w/#s=1."), "{}", made.output);

    let opened = run(to.path(), ["open", made.output.trim()]);
    assert_eq!(opened.code, Some(0), "{opened:?}");
    let mut listed: Vec<&str> = opened.output.lines().collect();
    listed.sort_unstable();
    assert_eq!(listed, ["Dockerfile", "latin.txt", "requirements.txt", "requirements/dev.txt"]);
    for (path, bytes) in files {
        assert_eq!(fs::read(to.path().join(path)).unwrap(), bytes, "{path}");
    }
}

#[test]
fn settings_come_along() {
    let from = folder(&[("Dockerfile", b"FROM python AS a\nFROM a\n")]);
    let made = run(
        from.path(),
        [
            "link",
            ".",
            "--python",
            "3.11",
            "--target",
            "a",
            "--platform",
            "linux/arm64",
            "--build-arg",
            "K=V=W",
        ],
    );
    let fragment = made.output.trim().split_once('#').expect("a fragment").1;
    let target = Fragment::parse(fragment).unwrap().unwrap().state.unwrap().target;
    assert_eq!(target.python.as_deref(), Some("3.11"));
    assert_eq!(target.stage.as_deref(), Some("a"));
    assert_eq!(target.platform.as_deref(), Some("linux/arm64"));
    assert_eq!(target.args.get("K").map(String::as_str), Some("V=W"));
}

#[test]
fn stated_facts_come_along() {
    let facts = "image example/base:1 holds numpy 1.26.4\n";
    let from = folder(&[("requirements.txt", b"numpy\n"), ("facts.txt", facts.as_bytes())]);
    let made = run(from.path(), ["link", "--overlay", "facts.txt"]);
    let fragment = made.output.trim().split_once('#').expect("a fragment").1;
    assert_eq!(Fragment::parse(fragment).unwrap().unwrap().state.unwrap().overlay, facts);

    // A link that has them from the page has no file of them yet.
    let state = Some(Playground { overlay: facts.to_owned(), ..Playground::default() });
    let to = folder(&[]);
    let opened = run(to.path(), ["open", &Fragment { state, ..Fragment::default() }.to_string()]);
    assert_eq!(opened.output, "facts.txt\n");
    assert_eq!(fs::read_to_string(to.path().join("facts.txt")).unwrap(), facts);
}

#[test]
fn files_that_are_there_are_replaced_only_by_force() {
    let here = folder(&[("requirements.txt", b"mine\n")]);
    // The file that is not there yet comes first: it is not written either.
    let link = link_to(&[("Dockerfile", "FROM python\n"), ("requirements.txt", "theirs\n")]);
    refused(&run(here.path(), ["open", &link]), "requirements.txt is there already");
    assert_eq!(fs::read(here.path().join("requirements.txt")).unwrap(), b"mine\n");
    assert!(!here.path().join("Dockerfile").exists());

    assert_eq!(run(here.path(), ["open", &link, "--force"]).code, Some(0));
    assert_eq!(fs::read(here.path().join("requirements.txt")).unwrap(), b"theirs\n");
}

#[test]
fn a_link_writes_into_the_folder_only() {
    let outer = folder(&[("inner/kept.txt", b"")]);
    let inner = outer.path().join("inner");
    for path in ["../outside.txt", "/outside.txt", "a/../../outside.txt", "./x", "a//b", "C:\\x", "..", ""] {
        let link = link_to(&[("requirements.txt", "numpy\n"), (path, "x\n")]);
        refused(&run(&inner, ["open", &link, "--force"]), "into this folder only");
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
        refused(&run(&inner, ["open", &link_to(&[(path, "x\n")]), "--force"]), "symbolic link");
    }
    assert!(!outer.path().join("elsewhere/new.txt").exists());
}

#[test]
fn a_link_that_cannot_be_read_says_why() {
    let here = folder(&[]);
    let link = link_to(&[("requirements.txt", "numpy<1.26\n")]);
    refused(&run(here.path(), ["open", &link[..link.len() - 9]]), "cut off");
    refused(&run(here.path(), ["open", "#s=2.AAAA"]), "newer");
    refused(&run(here.path(), ["open", "https://example.org/#top"]), "holds no playground");
    assert_eq!(fs::read_dir(here.path()).unwrap().count(), 0);
}

#[test]
fn secrets_are_named_before_the_link_leaves() {
    let here = folder(&[("Dockerfile", b"FROM python\nENV HF_TOKEN=hf_0123456789abcdef\n")]);
    let made = run(here.path(), ["link"]);
    assert_eq!(made.code, Some(0));
    assert!(made.errors.contains("Dockerfile line 2 looks like a token"), "{}", made.errors);
    // The warning itself does not repeat it.
    assert!(!made.errors.contains("hf_0123456789abcdef"));
}
