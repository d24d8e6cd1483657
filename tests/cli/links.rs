//! `link` and `open`.

use std::fs;

use wheelstage::link::{Fragment, Playground};

use crate::{folder, refused, run};

pub(crate) fn link_to(files: &[(&str, &str)]) -> String {
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
    let packed = "wheelstage: the link holds Dockerfile, latin.txt, requirements.txt, requirements/dev.txt\n";
    assert_eq!((made.code, made.errors.as_str()), (Some(0), packed));
    assert!(made.output.starts_with("https://example.org/w/#s=1."), "{}", made.output);

    let opened = run(to.path(), ["open", "--yes", made.output.trim()]);
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
    let opened = run(to.path(), ["open", "--yes", &Fragment { state, ..Fragment::default() }.to_string()]);
    assert_eq!(opened.output, "facts.txt\n");
    assert_eq!(fs::read_to_string(to.path().join("facts.txt")).unwrap(), facts);
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

/// What `link` leaves in the fragment that it prints.
fn packed(output: &str) -> Playground {
    let fragment = output.trim().split_once('#').expect("a fragment").1;
    Fragment::parse(fragment).unwrap().unwrap().state.unwrap()
}

#[test]
fn secrets_leave_only_when_the_person_says_how() {
    let here = folder(&[
        ("Dockerfile", b"FROM python\nENV HF_TOKEN=hf_0123456789abcdef\nCOPY pip.conf /etc/\n"),
        ("pip.conf", b"[global]\nindex-url = https://me:hunter2@pypi.org/simple\n"),
    ]);
    let asked = run(here.path(), ["link"]);
    assert_eq!((asked.code, asked.output.as_str()), (Some(1), ""), "{asked:?}");
    assert!(asked.errors.contains("Dockerfile line 2 looks like a token"), "{}", asked.errors);
    assert!(asked.errors.contains("pip.conf line 2 looks like a user and password"), "{}", asked.errors);
    assert!(asked.errors.contains("--mask") && asked.errors.contains("--with-secrets"), "{}", asked.errors);
    // What is said does not repeat them.
    assert!(!asked.errors.contains("hf_0123456789abcdef") && !asked.errors.contains("hunter2"));

    let masked = run(here.path(), ["link", "--mask"]);
    assert_eq!(masked.code, Some(0), "{masked:?}");
    let texts = packed(&masked.output).files.into_iter().map(|(_, text)| text).collect::<String>();
    assert!(texts.contains("HF_TOKEN=MASKED") && texts.contains("https://MASKED@pypi.org"), "{texts}");
    assert!(!texts.contains("hunter2"), "{texts}");

    let whole = run(here.path(), ["link", "--with-secrets"]);
    assert!(packed(&whole.output).files.iter().any(|(_, text)| text.contains("hunter2")), "{whole:?}");
    assert_eq!(run(here.path(), ["link", "--mask", "--with-secrets"]).code, Some(2));
}

#[test]
fn a_build_argument_may_be_a_secret() {
    let here = folder(&[("Dockerfile", b"FROM python\n")]);
    let asked = run(here.path(), ["link", "--build-arg", "API_TOKEN=abc"]);
    assert_eq!(asked.code, Some(1), "{asked:?}");
    assert!(asked.errors.contains("build argument API_TOKEN"), "{asked:?}");
    let masked = run(here.path(), ["link", "--build-arg", "API_TOKEN=abc", "--mask"]);
    assert_eq!(packed(&masked.output).target.args.get("API_TOKEN").map(String::as_str), Some("MASKED"));
}

/// What the build cannot see does not leave, and what `open` would refuse is only said to be there.
#[test]
fn a_link_holds_what_the_build_can_see_and_opens() {
    let here = folder(&[
        ("Dockerfile", b"FROM python:3.12\nCOPY . .\nRUN cat .python-version private.txt x.whl\n"),
        (".dockerignore", b"private.txt\n"),
        ("private.txt", b"mine\n"),
        (".python-version", b"3.12\n"),
        (".venv/pyvenv.cfg", b"x\n"),
        ("six-1.16.0-py2.py3-none-any.whl", b"PK\0\0"),
    ]);
    let made = run(here.path(), ["link"]);
    assert_eq!(made.code, Some(0), "{made:?}");
    assert!(made.errors.contains(".python-version is not packed"), "{made:?}");
    let playground = packed(&made.output);
    let files: Vec<&str> = playground.files.iter().map(|(path, _)| path.as_str()).collect();
    assert_eq!(files, ["Dockerfile", ".dockerignore"]);
    let mut there = playground.there.clone();
    there.sort();
    assert_eq!(there, [".python-version", ".venv/", "six-1.16.0-py2.py3-none-any.whl"]);
    assert!(playground.whole);

    let to = folder(&[]);
    let opened = run(to.path(), ["open", "--yes", made.output.trim()]);
    assert_eq!((opened.code, opened.output.as_str()), (Some(0), "Dockerfile\n.dockerignore\n"), "{opened:?}");
}

/// A file that was named and lies elsewhere comes along under its own name.
#[test]
fn a_named_file_from_elsewhere_comes_along() {
    let here = folder(&[("ctx/requirements.txt", b"six\n"), ("docker/Dockerfile", b"FROM python:3.12\n")]);
    let made = run(&here.path().join("ctx"), ["link", "-f", "../docker/Dockerfile"]);
    assert_eq!(made.code, Some(0), "{made:?}");
    let playground = packed(&made.output);
    assert_eq!(playground.target.dockerfile.as_deref(), Some("Dockerfile"));
    assert!(playground.files.iter().any(|(path, _)| path == "Dockerfile"), "{playground:?}");
}
