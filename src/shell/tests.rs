//! What words come to, and what the shells themselves make of the same words.

use std::{collections::BTreeMap, process::Command};

use expect_test::{Expect, expect};

use super::{
    Pattern, Source,
    expand::{self, Field, Paths, Refusal, State, Value},
};
use crate::{
    syntax::{
        command::Argument,
        shell::{CommandKind, Dialect, Script, Word, parse},
    },
    text::{FileId, Location, Sources, range},
};

/// A shell with a few variables and files, in which commands print nothing that is known.
struct Sample {
    variables: BTreeMap<String, String>,
    positional: Vec<Argument>,
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
            ("sum", "1+2"),
        ];
        Self {
            variables: variables.map(|(name, value)| (name.to_owned(), value.to_owned())).into(),
            positional: ["one", "two words", ""].map(Argument::unplaced).to_vec(),
            files: vec!["a.whl", "b.whl", "b.txt", ".hidden.whl"],
        }
    }
}

impl State for Sample {
    fn variable(&mut self, name: &str) -> Option<Value> {
        match name {
            "secret" => Some(Value::Unknown("the value of `secret` is not known".to_owned())),
            name => self.variables.get(name).map(|text| Value::Known(Argument::unplaced(text))),
        }
    }

    fn positional(&self) -> &[Argument] {
        &self.positional
    }

    fn assign(&mut self, name: &str, value: Value) {
        if let Value::Known(text) = value {
            self.variables.insert(name.to_owned(), text.as_str().to_owned());
        }
    }

    fn command_output(&mut self, script: &Script) -> Value {
        let words = match script.items.as_slice() {
            [item] => match &item.first.commands[0].kind {
                CommandKind::Simple { words, .. } => words.as_slice(),
                _ => &[],
            },
            _ => &[],
        };
        let words: Vec<String> = words.iter().filter_map(literal).collect();
        match words.split_first() {
            Some((echo, rest)) if echo == "echo" => {
                Value::Known(Argument::unplaced(&format!("{}\n", rest.join(" "))))
            }
            _ => Value::Unknown("what this command prints is not modelled".to_owned()),
        }
    }

    fn process_substitution(&mut self, _output: bool, _script: &Script) -> Value {
        Value::Known(Argument::unplaced("/dev/fd/63"))
    }

    fn paths(&mut self, pattern: &Pattern) -> Paths {
        let files = self.files.iter().filter(|file| pattern.matches_file_name(file));
        let found: Vec<String> = files.map(|file| (*file).to_owned()).collect();
        if found.is_empty() { Paths::Itself } else { Paths::Found(found) }
    }

    fn home(&mut self, user: &str) -> Option<Value> {
        if user.is_empty() { self.variable("HOME") } else { None }
    }
}

/// The text of a word without expansions.
fn literal(word: &Word) -> Option<String> {
    let field = expand::text(word, &Source::default(), Dialect::Dash, &mut Sample::new()).ok()?;
    field.as_known().map(str::to_owned)
}

/// The words behind `printf`, and the text they stand in.
fn words(text: &str, dialect: Dialect) -> (Vec<Word>, Source) {
    let script = format!("printf {text}");
    let parsed = parse(&script, dialect);
    assert_eq!(parsed.errors, [], "{text}");
    match &parsed.tree.items[0].first.commands[0].kind {
        CommandKind::Simple { words, .. } => {
            (words[1..].to_vec(), Source { file: Some(file()), ..Source::unplaced(&script) })
        }
        other => panic!("{other:?}"),
    }
}

fn file() -> FileId {
    Sources::from_texts([("Dockerfile", "")]).find("Dockerfile").unwrap()
}

fn expanded(text: &str, dialect: Dialect) -> Result<Vec<Field>, Refusal> {
    let (words, source) = words(text, dialect);
    expand::fields(&words, &source, dialect, &mut Sample::new())
}

#[track_caller]
fn check_fields(text: &str, expected: &Expect) {
    check_fields_of(Dialect::Bash, text, expected);
}

#[track_caller]
fn check_fields_of(dialect: Dialect, text: &str, expected: &Expect) {
    let fields = match expanded(text, dialect) {
        Ok(fields) => fields,
        Err(refusal) => {
            return expected.assert_eq(&format!("exit {:?}: {}", refusal.status, refusal.message));
        }
    };
    let shown = fields.iter().map(|field| match field {
        Field::Unknown { reason, prefix, .. } => format!("<{prefix}> ? {reason}"),
        Field::Known(argument) => {
            // Where the text stands: `printf ` is not counted.
            let whole = range(0, argument.as_str().len());
            let place = argument.location_of(whole).map(|Location { range, .. }| range).unwrap();
            let exact = if argument.text.is_verbatim(whole) { "=" } else { "~" };
            let at = |offset: crate::text::TextSize| usize::from(offset).saturating_sub(7);
            format!("<{}> {exact}{}..{}", argument.as_str(), at(place.start()), at(place.end()))
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
            <> ? the value of `secret` is not known
            < a  b	c > ~31..36"#]],
    );
    check_fields("${}", &expect!["exit Some(1): bad substitution"]);
    check_fields("${unset:?has no value}", &expect!["exit Some(127): `unset`: has no value"]);
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
        "$((5>3)) $((1<<3)) $((010)) $((2>1?7:8)) $((0x1f)) $((~0)) $((!3)) $((-7/2)) $((-7%3)) $((1 && 0 || 1))",
        "$((n=3)) $n $((n+=2)) $n $((n)) $(($n*2)) $((${n}-${unset:-1})) $(( $(echo 4) + 1 )) $((1<<64))",
        "$((9223372036854775807 + 1)) $((3&6|1^4)) $((2*(1+1)))",
        "x$*y \"x$*y\" ${*:-none} \"${@:-none}\" ${@:+set}",
        "$(echo hi) `echo hi` \"$(echo 'a  b')\" $(echo 'a  b')",
        "~ ~/x \"~\" a~ ~nobody-here",
        "{a,b}==1.0 a{1..3} {a,{b,c}}d {a} {x..z} {a..c} {01..03} {01..3} a{,b}c '{a,b}' {a,'b c'}$version {3..1} {a,b",
        "$ a$ \"$\" $% \\$version \"\\$version \\a\" a\\\nb",
        "a#b \\# ${version}#x",
        "$version$list$version '$version'",
        "${unset:-${version:-x}} ${unset:-\"a  b\"c} ${unset:-$list} \"${unset:-'q'}\"",
        "${unset:-*.whl} \"${unset:-*.whl}\"",
    ];
    // What bash and ash have.
    let extended = [
        "${version//./_} ${version/./_} ${version//[0-9]/x} ${version//.} ${version/2.3/}",
        "${version:2} ${version:0:1} ${version: -1} ${version:1:-1} ${version:9} ${version:(-2)} ${version:1+1}",
        "${version:${#empty}:2} ${version:$((1+1))} ${version: -2:1} \"${version: -9}\" ${unset:1}",
        "$'a\\tb\\x41\\''",
        "$((2**3**2)) $((1,2)) $((16#ff)) $((n=5)) $((n++)) $n $((--n)) $n $((sum*3)) $(( ))",
        "$# \"$*\" ${version/#1/x}",
    ];
    let bash_only = [
        "$'\\u00e9' $\"a $version\" ${version/#1/x} ${version/%3/x} ${version/%?/} ${name^} ${name^^} ${name,,}",
        "x=~/y x=a:~/y x=\"a\"~ 1=~/y",
        "${@:2} ${@:1:1} ${@:9} ${*-none} ${#@} ${#*}",
        "{a..c}{1,2} {1..10..3} {c..a} {-1..1} {1..3}{a,b} x{} {,}x {1..03} {a,b{1,2}} \\{a,b\\} ${unset:-{a,b}}",
    ];
    let folder = std::env::temp_dir().join(format!("shell-words-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let sample = Sample::new();
    for file in &sample.files {
        std::fs::write(folder.join(file), "").unwrap();
    }
    for (dialect, program) in [(Dialect::Dash, "dash"), (Dialect::Bash, "bash"), (Dialect::Ash, "busybox")] {
        let extended = extended.iter().filter(|_| dialect.is_extended());
        let bash_only = bash_only.iter().filter(|_| dialect.is_bash());
        for text in texts.iter().chain(extended).chain(bash_only) {
            let script = format!("printf '<%s>\\n' {text}");
            let output = Command::new(program)
                .args((dialect == Dialect::Ash).then_some("sh"))
                .args(["-c", &script, program])
                .args(sample.positional.iter().map(Argument::as_str))
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
                .map(|field| format!("<{}>\n", field.as_known().unwrap_or("?")))
                .collect();
            assert_eq!(said.concat(), String::from_utf8_lossy(&output.stdout), "{program}: {text}");
        }
    }
    std::fs::remove_dir_all(&folder).unwrap();
}
