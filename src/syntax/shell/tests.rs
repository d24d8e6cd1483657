use expect_test::{Expect, expect};

use super::{Dialect, parse, print};

/// The tree and the errors of a script, as text.
fn tree(text: &str, dialect: Dialect) -> String {
    let parsed = parse(text, dialect);
    let mut lines = vec![print::script(&parsed.tree)];
    lines.extend(parsed.errors.iter().map(|error| format!("{:?}: {}", error.range, error.message)));
    lines.join("\n")
}

#[track_caller]
fn check(text: &str, expected: &Expect) {
    expected.assert_eq(&tree(text, Dialect::Sh));
}

#[test]
fn commands_lists_and_redirections() {
    check(
        "set -e; A=1 pip install 'a b' \"$X\"/*.whl > log 2>&1 && ! cmd | tee x & (cd s; ls) || { a; }",
        &expect![[
            r#"set -e; A=1 pip install "a b" "${X}"./*.whl Write:log 2DuplicateOutput:1 && ! cmd | tee x &; (cd s; ls) || {a}"#
        ]],
    );
}
