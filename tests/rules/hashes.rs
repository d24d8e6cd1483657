//! Hash-checking mode. How pip 22.3.1, 24.0, 26.0.1, 26.1 and 26.3 and uv 0.13 end was measured with
//! stub wheels on an index; the exit codes below are theirs, but where a digest decides.

use std::sync::Arc;

use expect_test::{Expect, expect};
use wheelstage::{
    findings::analyze,
    index::{Catalogue, Index},
    model::Settings,
    text::Sources,
};

const INDEX: &str = "\
flask 2.3.2: click>=8
click 8.1.0
click 8.2.0
six 1.0
five 1.0: click>=8
";

/// What a `RUN` ends in by pip 26.0.1 and by pip 26.3, and what is said of it. `#` is a hash.
#[track_caller]
fn check(run: &str, requirements: &str, constraints: &str, expected: Expect) {
    let ends = ["26.0.1", "26.3"].map(|pip| outcome(run, requirements, constraints, pip));
    let [(old, said), (new, now)] = &ends;
    let said = if said == now { said.clone() } else { format!("{said}{now}") };
    expected.assert_eq(&format!("{old}/{new}\n{said}"));
}

fn outcome(run: &str, requirements: &str, constraints: &str, pip: &str) -> (String, String) {
    let hashed = |text: &str| text.replace(" #", &format!(" --hash=sha256:{}", "0a".repeat(32)));
    let project = "[project]\nname = 'proj'\nversion = '1'\n";
    let files = [
        ("Dockerfile", format!("FROM python:3.11-slim\nCOPY . /app/\nWORKDIR /app\nRUN {run}\n")),
        ("r.txt", hashed(requirements)),
        ("c.txt", hashed(constraints)),
        ("proj/pyproject.toml", project.to_owned()),
    ];
    let text = serde_json::json!({ "index": super::stubs::index(INDEX) }).to_string();
    let catalogue = Catalogue::from_json(&text).expect("releases written as text have the form of an index");
    let index = Index { catalogue: Arc::new(catalogue), ..Index::default() };
    let sources = Sources::from_texts(files.map(|(path, text)| (path.to_owned(), text)));
    let settings = Settings { pip: Some(pip.to_owned()), ..Settings::default() };
    let analysis = analyze(&sources, &Arc::new(index), &settings);
    let step = &analysis.simulation.stages[0].steps.last().expect("a RUN").clone();
    let code = step.exit_code.map_or_else(|| "?".to_owned(), |code| code.to_string());
    let mut said: String = analysis
        .findings
        .iter()
        .filter(|finding| finding.verdict.is_some())
        .map(|finding| format!("{}: {}\n", finding.rule, finding.message))
        .collect();
    if code == "0" {
        said += &format!("{:?}\n", analysis.verdict()).to_lowercase();
        for skipped in &step.skipped {
            said += &format!("({})\n", skipped.reason);
        }
    }
    (code, said)
}

/// `pip install -r r.txt`.
#[track_caller]
fn file(requirements: &str, expected: Expect) {
    check("pip install -r r.txt", requirements, "", expected);
}

#[test]
fn everything_is_hashed_or_nothing() {
    file(
        "flask==2.3.2 #\nclick==8.2.0 #\n",
        expect![[r#"
        0/0
        compatible
        (the hashes are taken to be those of the files: digests are not compared)
    "#]],
    );
    file(
        "flask==2.3.2 #\nclick==8.2.0\n",
        expect![[r#"
        1/1
        step-fails: click==8.2.0 has no --hash: with one hashed line pip wants a hash for everything.
    "#]],
    );
    file(
        "flask==2.3.2 #\n",
        expect![[r#"
        1/1
        step-fails: click, which flask 2.3.2 requires, has no --hash: with one hashed line pip wants a hash for everything.
    "#]],
    );
    check(
        "pip install --no-deps -r r.txt",
        "flask==2.3.2 #\n",
        "",
        expect![[r#"
        0/0
        no-deps-hides: --no-deps hides that flask 2.3.2 needs click>=8: no click is there.
        broken
        (the hashes are taken to be those of the files: digests are not compared)
    "#]],
    );
    check(
        "pip install --no-deps -r r.txt",
        "flask==2.3.2 #\nclick==8.2.0\n",
        "",
        expect![[r#"
        1/1
        step-fails: click==8.2.0 has no --hash: with one hashed line pip wants a hash for everything.
    "#]],
    );
    check(
        "pip install -r r.txt six==1.0",
        "click==8.2.0 #\n",
        "",
        expect![[r#"
        1/1
        step-fails: six==1.0 has no --hash: with one hashed line pip wants a hash for everything.
    "#]],
    );
    file(
        "five==1.0 #\nclick==8.2.0 #\n",
        expect![[r#"
        0/0
        compatible
        (the hashes are taken to be those of the files: digests are not compared)
    "#]],
    );
}

#[test]
fn the_mode_is_asked_for() {
    check(
        "pip install --require-hashes flask==2.3.2",
        "",
        "",
        expect![[r#"
        1/1
        step-fails: flask==2.3.2 has no --hash: with --require-hashes pip wants a hash for everything.
    "#]],
    );
    check(
        "PIP_REQUIRE_HASHES=1 pip install click==8.2.0",
        "",
        "",
        expect![[r#"
        1/1
        step-fails: click==8.2.0 has no --hash: with --require-hashes pip wants a hash for everything.
    "#]],
    );
    check(
        "PIP_REQUIRE_HASHES=0 pip install click==8.2.0",
        "",
        "",
        expect![[r#"
        0/0
        compatible
    "#]],
    );
    file(
        "six==1.0\n--require-hashes\n",
        expect![[r#"
        1/1
        step-fails: six==1.0 has no --hash: with --require-hashes pip wants a hash for everything.
    "#]],
    );
    check(
        "pip wheel --require-hashes -w /w six==1.0",
        "",
        "",
        expect![[r#"
        1/1
        step-fails: six==1.0 has no --hash: with --require-hashes pip wants a hash for everything.
    "#]],
    );
    check(
        "pip download --require-hashes -d /w six==1.0",
        "",
        "",
        expect![[r#"
        1/1
        step-fails: six==1.0 has no --hash: with --require-hashes pip wants a hash for everything.
    "#]],
    );
    check(
        "pip install --require-hashes six==1.0 || true",
        "",
        "",
        expect![[r#"
        0/0
        compatible
    "#]],
    );
}

#[test]
fn a_line_that_does_not_count_here() {
    file(
        "six==1.0\nclick==8.2.0; python_version<'3' #\n",
        expect![[r#"
        1/1
        step-fails: six==1.0 has no --hash: with one hashed line pip wants a hash for everything.
    "#]],
    );
    file(
        "six==1.0 #\nclick>=8; python_version<'3'\n",
        expect![[r#"
        0/0
        compatible
        (the hashes are taken to be those of the files: digests are not compared)
    "#]],
    );
}

#[test]
fn pins() {
    file(
        "click>=8 #\n",
        expect![[r#"
        1/?
        step-fails: click>=8 is a range: with one hashed line pip 26.0.1 wants one == alone; from 26.1 on pip takes a hash for a range too.
        not-modelled: Which release of click the hash is of is not known, and pip takes that one: digests of published files are not compared. Which packages are there afterwards is not known.
    "#]],
    );
    file(
        "click #\n",
        expect![[r#"
        1/?
        step-fails: click has no version: with one hashed line pip 26.0.1 wants one == alone; from 26.1 on pip takes a hash for a range too.
        not-modelled: Which release of click the hash is of is not known, and pip takes that one: digests of published files are not compared. Which packages are there afterwards is not known.
    "#]],
    );
    file(
        "click==8.* #\n",
        expect![[r#"
        ?/?
        not-modelled: Which release of click the hash is of is not known, and pip takes that one: digests of published files are not compared. Which packages are there afterwards is not known.
    "#]],
    );
    file(
        "click===8.2.0 #\n",
        expect![[r#"
        0/0
        compatible
        (the hashes are taken to be those of the files: digests are not compared)
    "#]],
    );
    file(
        "click==8.2.0,>=0 #\n",
        expect![[r#"
        1/0
        step-fails: click==8.2.0,>=0 has more than one bound: with one hashed line pip 26.0.1 wants one == alone; from 26.1 on pip takes a hash for a range too.
        compatible
        (the hashes are taken to be those of the files: digests are not compared)
    "#]],
    );
    file(
        "click==8.2.0 #\nclick>=8\n",
        expect![[r#"
        0/0
        compatible
        (the hashes are taken to be those of the files: digests are not compared)
    "#]],
    );
    file(
        "click>=8\nclick==8.2.0 #\n",
        expect![[r#"
        1/1
        step-fails: click>=8 has no --hash: with one hashed line pip wants a hash for everything.
    "#]],
    );
    file(
        "click==8.2.0\nclick==8.2.0 #\n",
        expect![[r#"
        1/1
        step-fails: click==8.2.0 has no --hash: with one hashed line pip wants a hash for everything.
    "#]],
    );
}

#[test]
fn constraints() {
    check(
        "pip install -r r.txt -c c.txt",
        "click\n",
        "click==8.2.0 #\n",
        expect![[r#"
            1/0
            step-fails: click has no --hash: with one hashed line pip 26.0.1 wants a hash for everything; from 26.1 on that of a constraint will do.
            compatible
            (the hashes are taken to be those of the files: digests are not compared)
        "#]],
    );
    check(
        "pip install -r r.txt -c c.txt",
        "click==8.2.0\n",
        "click==8.2.0 #\n",
        expect![[r#"
            1/0
            step-fails: click==8.2.0 has no --hash: with one hashed line pip 26.0.1 wants a hash for everything; from 26.1 on that of a constraint will do.
            compatible
            (the hashes are taken to be those of the files: digests are not compared)
        "#]],
    );
    check(
        "pip install -r r.txt -c c.txt",
        "click #\n",
        "click==8.2.0\n",
        expect![[r#"
        1/0
        step-fails: click has no version: with one hashed line pip 26.0.1 wants one == alone; from 26.1 on pip takes a hash for a range too.
        compatible
        (the hashes are taken to be those of the files: digests are not compared)
    "#]],
    );
    check(
        "pip install -r r.txt -c c.txt",
        "flask==2.3.2 #\n",
        "click==8.2.0 #\n",
        expect![[r#"
            1/0
            step-fails: click, which flask 2.3.2 requires, has no --hash: with one hashed line pip 26.0.1 wants a hash for everything; from 26.1 on that of a constraint will do.
            compatible
            (the hashes are taken to be those of the files: digests are not compared)
        "#]],
    );
    check(
        "pip install -r r.txt -c c.txt",
        "click==8.2.0\n",
        "six==1.0 #\n",
        expect![[r#"
        1/1
        step-fails: click==8.2.0 has no --hash: with one hashed line pip wants a hash for everything.
    "#]],
    );
}

#[test]
fn what_is_installed_needs_none() {
    check(
        "pip install click==8.2.0 && pip install --require-hashes click==8.2.0",
        "",
        "",
        expect![[r#"
        0/0
        compatible
    "#]],
    );
    check(
        "pip install click==8.2.0 && pip install --require-hashes click",
        "",
        "",
        expect![[r#"
        0/0
        compatible
    "#]],
    );
    check(
        "pip install click==8.2.0 && pip install -r r.txt",
        "flask==2.3.2 #\n",
        "",
        expect![[r#"
        0/0
        compatible
        (the hashes are taken to be those of the files: digests are not compared)
    "#]],
    );
    check(
        "pip install click==8.1.0 && pip install --require-hashes click==8.2.0",
        "",
        "",
        expect![[r#"
        1/1
        step-fails: click==8.2.0 has no --hash: with --require-hashes pip wants a hash for everything.
    "#]],
    );
    check(
        "pip install click==8.2.0 && pip install --force-reinstall --require-hashes click==8.2.0",
        "",
        "",
        expect![[r#"
            1/1
            step-fails: click==8.2.0 has no --hash: with --require-hashes pip wants a hash for everything.
        "#]],
    );
}

#[test]
fn folders_and_files() {
    file(
        "click==8.2.0 #\n./proj\n",
        expect![[r#"
        1/1
        step-fails: /app/proj is a folder, of which there is no hash: with one hashed line pip wants a hash for everything.
    "#]],
    );
    file(
        "click==8.2.0 #\n-e ./proj\n",
        expect![[r#"
        1/1
        step-fails: /app/proj is editable, of which there is no hash: with one hashed line pip wants a hash for everything.
    "#]],
    );
    check(
        "pip download -d . six==1.0 && pip install --require-hashes ./six-1.0-py3-none-any.whl",
        "",
        "",
        expect![[r#"
            1/1
            step-fails: /app/six-1.0-py3-none-any.whl has no --hash: with --require-hashes pip wants a hash for everything.
        "#]],
    );
    check(
        "pip download -d . six==1.0 && pip install -r r.txt",
        "./six-1.0-py3-none-any.whl #\n",
        "",
        expect![[r#"
            0/0
            compatible
            (the hashes are taken to be those of the files: digests are not compared)
        "#]],
    );
}

#[test]
fn a_hash_of_nothing() {
    file(
        "click==8.2.0 --hash=sha256:ab\n",
        expect![[r#"
        1/1
        step-fails: no hash of click==8.2.0 is the digest of a file: a sha256 has 64 hexadecimal digits, a sha384 96 and a sha512 128.
    "#]],
    );
    file(
        "click==8.2.0 --hash=sha256:ab #\n",
        expect![[r#"
        0/0
        compatible
        (the hashes are taken to be those of the files: digests are not compared)
    "#]],
    );
}

#[test]
fn what_is_not_known_does_not_hide_a_missing_hash() {
    check(
        "pip install --require-hashes nowhere==1",
        "",
        "",
        expect![[r#"
        1/1
        step-fails: nowhere==1 has no --hash: with --require-hashes pip wants a hash for everything.
    "#]],
    );
    file(
        "nowhere==1 #\nclick==8.2.0\n",
        expect![[r#"
        1/1
        step-fails: click==8.2.0 has no --hash: with one hashed line pip wants a hash for everything.
    "#]],
    );
    file(
        "nowhere==1 #\n",
        expect![[r#"
        ?/?
        not-modelled: Nothing is known about nowhere. Which packages are there afterwards is not known.
    "#]],
    );
}

#[test]
fn uv_hashes_what_it_is_asked_to() {
    check(
        "pip install uv && uv pip install --system -r r.txt",
        "flask==2.3.2 #\nclick==8.2.0\n",
        "",
        expect![[r#"
            0/0
            compatible
            (the hashes are taken to be those of the files: digests are not compared)
        "#]],
    );
    check(
        "pip install uv && uv pip install --system -r r.txt",
        "click>=8 #\n",
        "",
        expect![[r#"
        0/0
        compatible
        (the hashes are taken to be those of the files: digests are not compared)
    "#]],
    );
    check(
        "pip install uv && uv pip install --system --require-hashes -r r.txt",
        "flask==2.3.2 #\nclick==8.2.0\n",
        "",
        expect![[r#"
            2/2
            step-fails: click==8.2.0 has no --hash: with --require-hashes uv wants a hash for everything.
        "#]],
    );
    check(
        "pip install uv && uv pip install --system --require-hashes -r r.txt",
        "flask==2.3.2 #\nclick==8.2.0 #\n",
        "",
        expect![[r#"
            0/0
            compatible
            (the hashes are taken to be those of the files: digests are not compared)
        "#]],
    );
    check(
        "pip install uv && uv pip install --system --require-hashes -r r.txt",
        "flask==2.3.2 #\n",
        "",
        expect![[r#"
            1/1
            step-fails: click, which flask 2.3.2 requires, has no --hash: with --require-hashes uv wants a hash for everything.
        "#]],
    );
    check(
        "pip install uv && uv pip install --system --require-hashes -r r.txt",
        "click>=8 #\n",
        "",
        expect![[r#"
            2/2
            step-fails: click>=8 is a range: with --require-hashes uv wants one == alone.
        "#]],
    );
    check(
        "pip install uv && uv pip install --system --require-hashes -r r.txt",
        "click==8.* #\n",
        "",
        expect![[r#"
            2/2
            step-fails: click==8.* is a range: with --require-hashes uv wants one == alone.
        "#]],
    );
    check(
        "pip install uv && uv pip install --system --require-hashes -r r.txt -c c.txt",
        "flask==2.3.2 #\n",
        "click==8.2.0 #\n",
        expect![[r#"
            0/0
            compatible
            (the hashes are taken to be those of the files: digests are not compared)
        "#]],
    );
    check(
        "pip install uv && uv pip install --system click==8.2.0 && uv pip install --system --require-hashes click",
        "",
        "",
        expect![[r#"
            0/0
            compatible
        "#]],
    );
}

#[test]
fn no_require_hashes() {
    check(
        "pip install --no-require-hashes -r r.txt",
        "six==1.0\nclick==8.2.0 #\n",
        "",
        expect![[r#"
        2/0
        usage-error: pip refuses this call: no such option: --no-require-hashes.
        compatible
        (the hashes are taken to be those of the files: digests are not compared)
    "#]],
    );
    check(
        "pip install --require-hashes --no-require-hashes -r r.txt",
        "six==1.0\nclick==8.2.0 #\n",
        "",
        expect![[r#"
            2/1
            usage-error: pip refuses this call: no such option: --no-require-hashes.
            usage-error: pip refuses this call: --require-hashes and --no-require-hashes are mutually exclusive.
        "#]],
    );
}
