//! `RUN` lines of the corpus, each a build of its own: what the shell and the real pip and uv make of
//! them on an index of stub wheels.

use serde_json::Value;

use crate::{
    harness::{Exception, score},
    replay::{Case, machine},
};

/// What the lines name, and something else that some of it wants.
const INDEX: &str = "\
-- index --
a 1.0
a 2.0
b 2.0: a<2
foo 1
foo 1.0.1
foo 1.2.3
foo 2.0: bar<2
bar 1.5
bar 2.0
fallback 1.0
early 1.0
late 1.0
django 4.2
django 5.0
requests 2.0: a;extra == \"socks\"
-- index https://i.example/simple --
a 1.0
a 2.1rc1
";

const EXCEPTIONS: &[Exception] = &[
    Exception {
        reason: "what these programs install is not modelled: such a step is unknown",
        covers: |row| ["pipenv ", "conda ", "easy_install "].iter().any(|name| text(row).starts_with(name)),
    },
    Exception {
        reason: "a repository cannot be read: such a step is unknown",
        covers: |row| text(row).contains("git+"),
    },
    Exception {
        reason: "whether a program is there that nothing tells of is not known",
        covers: |row| text(row).contains("\n  b"),
    },
    Exception {
        reason: "how a Python program ends is not known",
        covers: |row| text(row).starts_with("python -c"),
    },
    Exception {
        reason: "the words in which pip tells of its progress are not known",
        covers: |row| text(row).contains("| grep"),
    },
    Exception {
        reason: "the sandbox has these programs, which the image that is simulated lacks",
        covers: |row| ["sudo ", "apk "].iter().any(|name| text(row).starts_with(name)),
    },
    Exception { reason: "pipx is not in the sandbox", covers: |row| text(row).starts_with("pipx ") },
    Exception {
        reason: "pip has no cache in the sandbox",
        covers: |row| text(row).starts_with("pip cache "),
    },
];

fn text(row: &Value) -> &str {
    row["shell_text"].as_str().unwrap_or_default()
}

/// The row as a build: its files and variables, and its text as the body of a heredoc.
fn fixture(row: &Value) -> String {
    let mut fixture = INDEX.to_owned();
    for (path, content) in row["files"].as_object().into_iter().flatten() {
        let content = content.as_str().filter(|content| !content.is_empty() && *content != "a stand-in");
        if let Some(content) = content {
            fixture += &format!("-- {path} --\n{content}");
        }
    }
    fixture += "-- Dockerfile --\nFROM base\nWORKDIR /work/sub\nWORKDIR /work\nCOPY *.txt ./\n";
    for (name, value) in row["env"].as_object().into_iter().flatten() {
        fixture += &format!("ENV {name}=\"{}\"\n", value.as_str().unwrap_or_default());
    }
    fixture + &format!("RUN <<'END_OF_SCRIPT'\n{}\nEND_OF_SCRIPT\n", text(row).trim_end_matches('\n'))
}

#[test]
fn run_lines_of_the_corpus() {
    let Some(machine) = machine() else { return };
    score("pip_commands.jsonl", &["run_pip_calls"], EXCEPTIONS, |row| {
        Case::fixture(&fixture(row), "26.3", machine).replay(machine)
    });
}
