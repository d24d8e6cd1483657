use std::{collections::BTreeMap, process::Command};

use expect_test::{Expect, expect};

use super::{
    CommandKind, Dialect, Pattern, Script, Word,
    expand::{self, State, Value},
    parse, print,
};

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
        &expect!["$(cat r | grep x) $(echo $(date)) $((1 + (2*x))) $((a)) ${@} ${1}"],
    );
    check_bash(
        "${a//x/y} ${a/b} ${a:1:2} ${a[0]} ${!a} ${a^^} <(b) $'\\x41\\n' $\"c\"",
        &expect![[
            r#"${a//x/y} ${a/b/} ${a:1:2} <arrays are not modelled> <indirect expansion is not modelled> <changing the case of a value is not modelled> <(b) "A\n" "c""#
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
        &expect![[r#"cat HereString:"${x}" WriteBoth:log 2DuplicateOutput:"1" | tee"#]],
    );
}

#[test]
fn sh_and_bash_differ() {
    for text in ["a &> b", "[[ -f a ]]", "x=(a b)", "a |& b", "a <<< b", "function f { a; }"] {
        let (sh, bash) = (tree(text, Dialect::Sh), tree(text, Dialect::Bash));
        assert_ne!(sh, bash, "{text}");
    }
    check("a &> b; [[ -f c ]] && d", &expect!["a &;  Write:b; [[ -f c ]] && d"]);
    check_bash(
        "a &> b; x=(c d) y[1]=e z+=f; ((i++)); for ((;;)); do g; done",
        &expect![
            "a WriteBoth:b; x=<arrays are not modelled> y=<arrays are not modelled> z+=f; <arithmetic commands are not modelled>; <`for ((...))` is not modelled>"
        ],
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
    let printed = tree(&text, Dialect::Sh);
    assert!(printed.contains("<commands are nested too deeply to be read>"), "{printed}");
    assert!(!printed.contains("REFUSED"), "{printed}");
}

/// A shell with a few variables and files, in which commands print nothing that is known.
struct Sample {
    variables: BTreeMap<String, String>,
    positional: Vec<String>,
    files: Vec<&'static str>,
}

impl Sample {
    fn new() -> Self {
        let variables = [
            ("version", "1.2.3"),
            ("list", " a  b\tc "),
            ("colons", "a:b::c"),
            ("empty", ""),
            ("star", "*.whl"),
            ("HOME", "/root"),
            ("name", "numpy-1.26.4-cp310.whl"),
        ];
        Self {
            variables: variables.map(|(name, value)| (name.to_owned(), value.to_owned())).into(),
            positional: vec!["one".to_owned(), "two words".to_owned(), String::new()],
            files: vec!["a.whl", "b.whl", "b.txt", ".hidden.whl"],
        }
    }
}

impl State for Sample {
    fn variable(&mut self, name: &str) -> Value {
        match name {
            "secret" => Value::Unknown("the value of `secret` is not known".to_owned()),
            name => self.variables.get(name).cloned().map_or(Value::Unset, Value::Text),
        }
    }

    fn positional(&self) -> &[String] {
        &self.positional
    }

    fn assign(&mut self, name: &str, value: Value) {
        if let Value::Text(text) = value {
            self.variables.insert(name.to_owned(), text);
        }
    }

    fn command_output(&mut self, script: &Script) -> Value {
        match print::script(script).strip_prefix("echo ") {
            Some(text) => Value::Text(format!("{}\n", text.replace('"', ""))),
            None => Value::Unknown("what this command prints is not modelled".to_owned()),
        }
    }

    fn paths(&mut self, pattern: &Pattern) -> Option<Vec<String>> {
        let files = self.files.iter().filter(|file| pattern.matches_file_name(file));
        Some(files.map(|file| (*file).to_owned()).collect())
    }

    fn home(&mut self, user: &str) -> Value {
        if user.is_empty() { self.variable("HOME") } else { Value::Unset }
    }
}

/// The words behind the first one.
fn words(text: &str, dialect: Dialect) -> Vec<Word> {
    let parsed = parse(&format!("printf {text}"), dialect);
    assert_eq!(parsed.errors, [], "{text}");
    match &parsed.tree.items[0].first.commands[0].kind {
        CommandKind::Simple { words, .. } => words[1..].to_vec(),
        other => panic!("{other:?}"),
    }
}

fn expanded(text: &str, dialect: Dialect) -> Result<Vec<expand::Field>, expand::Refusal> {
    expand::fields(&words(text, dialect), dialect, &mut Sample::new())
}

#[track_caller]
fn check_fields(text: &str, expected: &Expect) {
    let fields = match expanded(text, Dialect::Bash) {
        Ok(fields) => fields,
        Err(refusal) => return expected.assert_eq(&format!("exit {}: {}", refusal.status, refusal.message)),
    };
    let shown = fields.iter().map(|field| match &field.unknown {
        Some(unknown) => format!("<{}> ? {}", field.text.as_str(), unknown.reason),
        None => {
            // Where the text stands: `printf ` is not counted.
            let whole = crate::text::range(0, field.text.as_str().len());
            let place = field.text.source_range(whole);
            let exact = if field.text.is_verbatim(whole) { "=" } else { "~" };
            let at = |offset: crate::text::TextSize| usize::from(offset).saturating_sub(7);
            format!("<{}> {exact}{}..{}", field.text.as_str(), at(place.start()), at(place.end()))
        }
    });
    expected.assert_eq(&shown.collect::<Vec<_>>().join("\n"));
}

#[test]
fn fields_keep_their_places() {
    check_fields(
        "'numpy<2' foo==$version",
        &expect![[r#"
        <numpy<2> =1..8
        <foo==1.2.3> ~10..23"#]],
    );
    check_fields(
        "*.whl nothing-* \"*.whl\"",
        &expect![[r#"
        <a.whl> ~0..5
        <b.whl> ~0..5
        <nothing-*> =6..15
        <*.whl> =17..22"#]],
    );
    check_fields(
        "{a,b}==1.0 x{1..3} ${unset:-a b}",
        &expect![[r#"
        <a==1.0> ~1..10
        <b==1.0> ~3..10
        <x1> ~11..17
        <x2> ~11..17
        <x3> ~11..17
        <a> =28..29
        <b> =30..31"#]],
    );
    check_fields(
        "foo==$(cat version) $secret/x \"$list\"",
        &expect![[r#"
        <foo==> ? what this command prints is not modelled
        </x> ? the value of `secret` is not known
        < a  b	c > ~31..36"#]],
    );
    check_fields("${}", &expect!["exit 1: bad substitution"]);
    check_fields("${unset:?has no value}", &expect!["exit 127: `unset`: has no value"]);
}

/// What the shells themselves make of words, asked of them where they are installed.
#[test]
fn shells_agree_on_words() {
    let texts = [
        "a 'b c' \"d $version\" e\\ f pi\"p\" '' \"\"",
        "$list \"$list\" x$list'y' $empty \"$empty\" $unset",
        "$star \"$star\" '*.whl' *.whl ? [ab].whl nothing-* ./*.none [!a].* [[:alpha:]].txt",
        "${version} ${unset:-a b} ${unset-'a b'} \"${unset:-a  b}\" ${empty:-x} ${empty-x} ${version:-y}",
        "${empty:+x} ${version:+\"$version\"-y} ${unset+x} ${empty+x} [${unset:=set}] $unset",
        "${#version} ${#unset} $# $1 \"$2\" $2 ${3:-none} $9",
        "\"$@\" end",
        "x\"$@\"y $* \"$*\"",
        "${version%.*} ${version%%.*} ${version#*.} ${version##*.} ${name%-*} ${name#*-[0-9]}",
        "\"${version%'.3'}\" ${version%$empty} ${version%\"*\"}",
        "$((1+2*3)) $(( 7 % 4 )) a$((010))b $((version_unset + 1))",
        "$(echo hi) `echo hi` \"$(echo 'a  b')\" $(echo 'a  b')",
        "~ ~/x \"~\" a~ ~nobody-here/x",
        "{a,b}==1.0 a{1..3} {a,{b,c}}d {a} {x..z} {01..3} a{,b}c '{a,b}' {a,'b c'}$version {3..1} {a,b",
        "$ a$ \"$\" $% \\$version \"\\$version \\a\" a\\\nb",
        "a#b \\# ${version}#x",
        "$version$list$version '$version'",
        "${unset:-${version:-x}} ${unset:-\"a  b\"c} ${unset:-$list} \"${unset:-'q'}\"",
        "${unset:-*.whl} \"${unset:-*.whl}\"",
    ];
    let bash_only = [
        "${version//./_} ${version/./_} ${version//[0-9]/x} ${version//.} ${version/2.3/}",
        "${version:2} ${version:0:1} ${version: -1} ${version:1:-1} ${version:9}",
        "$'a\\tb\\x41\\'' $\"a $version\" $'\\u00e9'",
        "x=~/y x=a:~/y x=\"a\"~ 1=~/y",
    ];
    let folder = std::env::temp_dir().join(format!("shell-words-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let sample = Sample::new();
    for file in &sample.files {
        std::fs::write(folder.join(file), "").unwrap();
    }
    for (dialect, program) in [(Dialect::Sh, "dash"), (Dialect::Bash, "bash")] {
        for text in texts.iter().chain(bash_only.iter().filter(|_| dialect == Dialect::Bash)) {
            let script = format!("printf '<%s>\\n' {text}");
            let output = Command::new(program)
                .args(["-c", &script, program])
                .args(&sample.positional)
                .env_clear()
                .env("PATH", "/usr/bin:/bin")
                .env("LC_ALL", "C.UTF-8")
                .envs(&sample.variables)
                .current_dir(&folder)
                .output();
            let Ok(output) = output else {
                println!("passed over, {program} is not there");
                break;
            };
            let said: Vec<String> = expanded(text, dialect)
                .unwrap()
                .iter()
                .map(|field| format!("<{}>\n", field.known().unwrap_or("?")))
                .collect();
            assert_eq!(said.concat(), String::from_utf8_lossy(&output.stdout), "{program}: {text}");
        }
    }
    std::fs::remove_dir_all(&folder).unwrap();
}
