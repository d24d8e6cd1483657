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
    expected.assert_eq(&tree(text, Dialect::Dash));
}

#[track_caller]
fn check_bash(text: &str, expected: &Expect) {
    expected.assert_eq(&tree(text, Dialect::Bash));
}

#[test]
fn commands_lists_and_redirections() {
    check(
        "set -e; A=1 pip install 'a b' \"$X\"/*.whl > log 2>&1 && ! cmd | tee x & (cd s; ls) || { a; }",
        &expect![[
            r#"set -e; A=1 pip install "a b" "${X}"./*.whl Write:log 2DuplicateOutput:1 && ! cmd | tee x &; (cd s; ls) || {a}"#
        ]],
    );
    check(
        "a # no\n\n; b",
        &expect![[r#"
        a; REFUSED b
        8..9: `;` is not expected here"#]],
    );
    check("A=$x B= \\\n C='d e'f", &expect![[r#"A=${x} B= C="d e".f"#]]);
    check(
        ">x <y 3>>z a 2>&1 <&- >|f",
        &expect!["a Write:x Read:y 3Append:z 2DuplicateOutput:1 DuplicateInput:- Write:f"],
    );
}

#[test]
fn compound_commands() {
    check(
        "if a; then b; elif c && d; then e; else f; fi > log",
        &expect!["if {a} {b} if {c && d} {e} else {f} fi Write:log"],
    );
    check(
        "for p in a \"$b\" *.txt\ndo pip install $p; done; for q; do :; done",
        &expect![[r#"for p in a "${b}" *.txt {pip install ${p}}; for q {:}"#]],
    );
    check(
        "while read l; do echo $l; done < f | until x; do y; done",
        &expect!["while {read l} {echo ${l}} Read:f | until {x} {y}"],
    );
    check(
        "case \"$A\" in amd64|x86*) a;; (b) ;; *) c & esac",
        &expect![[r#"case "${A}" amd64|x86*) {a} b) {} *) {c &}"#]],
    );
    check(
        "f() { pip install \"$@\"; } 2>&1; f x",
        &expect![[r#"f() {pip install "${@}"} 2DuplicateOutput:1; f x"#]],
    );
    check_bash(
        "function f { a; }; [[ $a == b* && ( -f c || ! d =~ ^(x|y)$ ) ]]",
        &expect!["f() {a}; conditional(${a} == b* && ( -f c || ! d =~ ^(x|y).$ ))"],
    );
}

#[test]
fn words_and_quotes() {
    check(
        "a\"b $c \\$d\"'e'\\ f$g-${h}i \"\" ~/x ~u y~",
        &expect![[r#"a."b "."${c}"." "."$"."d"."e"." ".f.${g}.-.${h}.i "" ~./x ~u y~"#]],
    );
    check(
        "${a:-b c} ${a-} \"${a:+[$b]}\" ${a:?no} ${#a} ${a%%.*} ${a#\"*\"} ${a:=~/x}",
        &expect![[r#"${a:-b c} ${a-} "${a:+"["."${b}"."]"}" ${a:?no} ${#a} ${a%%.*} ${a#"*"} ${a:=~./x}"#]],
    );
    check(
        "$(cat r | grep x) `echo \\`date\\`` $((1 + (2*x))) $((a) ) $@ $1",
        &expect![[r#"$(cat r | grep x) $(echo $(date)) $(("1 + (2*x)")) $((a)) ${@} ${1}"#]],
    );
    check_bash(
        "${a//x/y} ${a/b} ${a:1:2} ${a[0]} ${!a} ${a^^} <(b) $'\\x41\\n' $\"c\"",
        &expect![[
            r#"${a//x/y} ${a/b/} ${a:"1":"2"} <arrays are not modelled> <indirect expansion is not modelled> ${a^^} <(b) "A\n" "c""#
        ]],
    );
    check("x${a//b/c}", &expect!["x.<bad substitution>"]);
}

#[test]
fn here_documents() {
    check(
        "cat > r <<EOF\nfoo==$V `x`\nEOF\npip install -r r",
        &expect![[r#"cat Write:r HereDocument:EOF="foo=="."${V}"." "."$(x)"."\n"; pip install -r r"#]],
    );
    check(
        "cat <<-'A' <<B | sh\n\tone $x\n\tA\ntwo\nB\nend",
        &expect![[r#"cat HereDocument:"A"="one $x\n" HereDocument:B="two\n" | sh; end"#]],
    );
    check("x=$(cat <<A\nb\nA\n); y", &expect![[r#"x=$(cat HereDocument:A="b\n"); y"#]]);
    check("cat <<A\nnever ended", &expect![[r#"cat HereDocument:A="never ended""#]]);
    check_bash(
        "cat <<< \"$x\" &> log |& tee",
        &expect![[r#"cat HereString:"${x}" WriteBoth { append: false }:log 2DuplicateOutput:"1" | tee"#]],
    );
}

#[test]
fn sh_and_bash_differ() {
    for text in ["a &> b", "[[ -f a ]]", "x=(a b)", "a |& b", "a <<< b", "function f { a; }"] {
        let (sh, bash) = (tree(text, Dialect::Dash), tree(text, Dialect::Bash));
        assert_ne!(sh, bash, "{text}");
    }
    check("a &> b; [[ -f c ]] && d", &expect!["a &;  Write:b; [[ -f c ]] && d"]);
    check_bash(
        "a &> b; x=(c d) y[1]=e z+=f; ((i++)); for ((;;)); do g; done",
        &expect![[
            r#"a WriteBoth { append: false }:b; x=<arrays are not modelled> y=<arrays are not modelled> z+=f; (("i++")); <`for ((...))` is not modelled>"#
        ]],
    );
}

/// A shell has run the lines before the one in which it meets a syntax error.
#[test]
fn errors_leave_the_rest_readable() {
    check(
        "a\nb; if c; then d\n",
        &expect![[r#"
        a; REFUSED b; if {c} {d} fi
        5..7: this is not closed: `fi` is missing"#]],
    );
    check(
        "a && | b; fi\npip install c",
        &expect![[r#"
        REFUSED a; b; pip install c
        2..4: a command is missing after this
        5..6: `|` is not expected here
        10..12: `fi` is not expected here"#]],
    );
    check(
        "pip install \"a\npip install b",
        &expect![[r#"
        REFUSED pip install "a\npip install b"
        12..13: this quote is not closed"#]],
    );
    check(
        "echo (a) b\nc",
        &expect![[r#"
        REFUSED <a syntax error>; b; c
        5..6: `(` is not expected here
        9..10: a `;` is missing before this"#]],
    );
    check(
        "a ${b",
        &expect![[r#"
        REFUSED a ${b}
        2..4: this is not closed: `}` is missing"#]],
    );
    check(
        "(a) b",
        &expect![[r#"
        REFUSED (a); b
        4..5: a `;` is missing before this"#]],
    );
}

#[test]
fn deep_nesting_ends_in_an_opaque_node() {
    let text = format!("a; {}", "$(b ".repeat(100));
    let printed = tree(&text, Dialect::Dash);
    assert!(printed.contains("<commands are nested too deeply to be read>"), "{printed}");
    assert!(!printed.contains("REFUSED"), "{printed}");
}
