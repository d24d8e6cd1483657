use std::fmt::Write as _;

use expect_test::{Expect, expect};

use super::*;

/// Prints each line that is not blank, then the errors with what they underline.
#[track_caller]
fn check(text: &str, expected: &Expect) {
    let value_of = |name: &str| (name == "V").then(|| "1.2".to_owned());
    let Parse { tree, errors } = parse_with(text, &value_of);
    assert_eq!(tree.print(text), text);
    let mut printed = String::new();
    for line in &tree.lines {
        match &line.kind {
            LineKind::Blank => continue,
            LineKind::Requirement(requirement) => {
                let editable = if requirement.editable { "editable " } else { "" };
                write!(printed, "{}: {editable}{:?}", line.number, requirement.text.as_str()).unwrap();
            }
            LineKind::Options => write!(printed, "{}: options", line.number).unwrap(),
            LineKind::Invalid => write!(printed, "{}: invalid", line.number).unwrap(),
        }
        for option in &line.options {
            write!(printed, " {}={:?}@{:?}", option.flag.name(), option.value.as_str(), &text[option.range])
                .unwrap();
        }
        if !line.dropped.is_empty() {
            let words: Vec<&str> = line.dropped.iter().map(|words| &text[*words]).collect();
            write!(printed, " dropped {words:?}").unwrap();
        }
        for variable in &line.unset_variables {
            write!(printed, " unset {}", &text[variable.range]).unwrap();
        }
        printed.push('\n');
    }
    for error in errors {
        let hint = error.hint.map_or(String::new(), |hint| format!(" ({hint})"));
        writeln!(printed, "{:?}: {}{hint}", &text[error.range], error.message).unwrap();
    }
    expected.assert_eq(&printed);
}

#[test]
fn options_of_a_requirement_stand_behind_it() {
    check(
        "numpy >= 1 \\\n --hash=sha256:ab --has 'sha512:c d' -C k=v stray\n",
        &expect![[r#"
            1: "numpy >= 1 " --hash="sha256:ab"@"--hash=sha256:ab" --hash="sha512:c d"@"--has 'sha512:c d'" --config-settings="k=v"@"-C k=v" dropped ["stray"]
        "#]],
    );
}

#[test]
fn options_alone_drop_other_words() {
    check(
        "--pre numpy\n-rbase.txt -c 'a b.txt'\n-e ./pkg ; marker\n-- x\n",
        &expect![[r#"
            1: options --pre=""@"--pre" dropped ["numpy"]
            2: options --requirement="base.txt"@"-rbase.txt" --constraint="a b.txt"@"-c 'a b.txt'"
            3: editable "./pkg" --editable="./pkg"@"-e ./pkg" dropped ["; marker"]
            4: options dropped ["x"]
        "#]],
    );
}

#[test]
fn variables_are_put_in_after_comments_are_cut() {
    check(
        "a==${V} # ${V}\nb==${v}${W}\n--index-url https://${V}/\n",
        &expect![[r#"
            1: "a==1.2"
            2: "b==${v}${W}" unset ${W}
            3: options --index-url="https://1.2/"@"--index-url https://${V}/"
        "#]],
    );
}

#[test]
fn what_pip_refuses_is_underlined() {
    check(
        "--no\n--bogus\n-x\n-r\n--pre=1\n-i 'x\na --hash=md5:0\na --hash=0\n--no-binary --pre\n-C a\n",
        &expect![[r#"
            1: invalid
            2: invalid
            3: invalid
            4: invalid
            5: invalid
            6: invalid
            7: invalid
            8: invalid
            9: invalid
            10: invalid
            "--no": `--no` could be several options (expected one of --no-index, --no-binary, --no-require-hashes)
            "--bogus": pip has no option `--bogus` in a requirements file (options of pip's command line belong to the command; a comment needs a blank before #)
            "-x": pip has no option `-x` in a requirements file (expected -r, -c, -e, -i, -f or -C)
            "-r": --requirement needs a value (expected the path of a file)
            "--pre=1": --pre takes no value
            "'x": the quote `'` is never closed (expected another `'`)
            "--hash=md5:0": pip does not accept `md5` hashes (expected sha256, sha384, sha512)
            "--hash=0": a hash needs the name of its algorithm (expected a hash like sha256:2cf24dba)
            "--pre": --no-binary needs a value (expected project names with commas between them, or :all: or :none:)
            "a": a setting needs a value (expected KEY=VALUE)
        "#]],
    );
}

#[test]
fn a_line_does_not_grow_without_end() {
    let value_of = |_: &str| Some("x".repeat(1 << 19));
    let Parse { tree, errors } = parse_with("${A}${B}${C}", &value_of);
    assert_eq!(errors.len(), 1);
    assert!(tree.lines[0].text.as_str().len() < 3 << 19);
}

/// Prints the form of each requirement and the bytes of its parts, then the errors.
#[track_caller]
fn check_parts(text: &str, expected: &Expect) {
    let Parse { tree, errors } = parse(text);
    let mut printed = String::new();
    for line in &tree.lines {
        let LineKind::Requirement(requirement) = &line.kind else { continue };
        let form = match &requirement.form {
            Form::Named(_) => "named",
            Form::Url(_) => "url",
            Form::Archive(_) => "archive",
            Form::Folder(_) => "folder",
            Form::Invalid => "invalid",
        };
        write!(printed, "{form}").unwrap();
        let Parts { subject, extras, specifiers, url, marker } = requirement.parts;
        for part in [subject, extras, specifiers, url, marker] {
            write!(printed, " {:?}", part.map_or("-", |part| &text[part])).unwrap();
        }
        writeln!(printed).unwrap();
    }
    for error in errors {
        writeln!(printed, "{:?}: {}", &text[error.range], error.message).unwrap();
    }
    expected.assert_eq(&printed);
}

#[test]
fn parts_stand_where_their_author_typed_them() {
    check_parts(
        "NumPy [a, b] >=1, \\\n <2 ; os_name=='nt'  # why\nfoo @ https://e/x.zip ; os_name == 'nt'\n",
        &expect![[r#"
            named "NumPy" "[a, b]" ">=1, \\\n <2" "-" "os_name=='nt'"
            named "foo" "-" "-" "https://e/x.zip" "os_name == 'nt'"
        "#]],
    );
}

#[test]
fn what_is_not_a_name_is_a_url_a_file_or_a_folder() {
    check_parts(
        "https://e/a.whl;b ; os_name=='nt'\ngit+ssh://git@e/o/r.git@v1#egg=r\n./w/a-1-py3-none-any.whl[x]\n\
         a-1.tar.gz;os_name=='nt'\n../pkg[x]\n-e pkg[x]\n-e git://e/r#egg=r\n-e 'r @ git+https://e/r'\n\
         foo@1.0.zip\n",
        &expect![[r#"
            url "https://e/a.whl;b" "-" "-" "-" "os_name=='nt'"
            url "git+ssh://git@e/o/r.git@v1#egg=r" "-" "-" "-" "-"
            archive "./w/a-1-py3-none-any.whl" "[x]" "-" "-" "-"
            archive "a-1.tar.gz" "-" "-" "-" "os_name=='nt'"
            folder "../pkg" "[x]" "-" "-" "-"
            folder "pkg" "[x]" "-" "-" "-"
            url "git://e/r#egg=r" "-" "-" "-" "-"
            named "r" "-" "-" "git+https://e/r" "-"
            named "foo" "-" "-" "1.0.zip" "-"
        "#]],
    );
}

#[test]
fn half_typed_requirements_keep_what_is_there() {
    check_parts(
        "numpy>=\nfoo[a\nbar; python_version <\n>=1\n./x[a b]\nfoo==${V}\n",
        &expect![[r#"
        named "numpy" "-" ">=" "-" "-"
        named "foo" "[a" "-" "-" "-"
        named "bar" "-" "-" "-" "python_version <"
        invalid "-" "-" "-" "-" "-"
        folder "./x" "[a b]" "-" "-" "-"
        named "foo" "-" "==${V}" "-" "-"
        "": A version is missing after >=
        "": Expected `]` after the extras
        "": Expected a marker variable or a quoted text
        ">=1": Expected a project name
        "[a b]": these are not names of extras
    "#]],
    );
}
