use std::{collections::BTreeMap, fmt::Write as _};

use expect_test::{Expect, expect};

use super::*;
use crate::budget::Budget;

struct Texts(BTreeMap<String, String>);

impl Files for Texts {
    fn text(&self, path: &str) -> Option<std::borrow::Cow<'_, str>> {
        self.0.get(path).map(|text| text.as_str().into())
    }

    fn is_file(&self, path: &str) -> bool {
        self.0.contains_key(path)
    }

    fn is_folder(&self, path: &str) -> bool {
        let inside = format!("{path}/");
        self.0.keys().any(|file| file.starts_with(&inside))
    }
}

/// Loads `/app/r.txt` of files given as `== path` and the lines below.
#[track_caller]
fn check(files: &str, expected: &Expect) {
    let mut texts = Texts(BTreeMap::new());
    for file in files.split("== ").skip(1) {
        let (path, text) = file.split_once('\n').unwrap();
        texts.0.insert(format!("/app/{path}"), text.to_owned());
    }
    let surroundings =
        Surroundings { folder: "/app", files: &texts, variables: &|_| None, budget: &Budget::default() };
    let loaded = load("r.txt", Mode::Requirements, &surroundings, Settings::default());
    let at = |place: &Place| {
        let start = usize::from(place.range.start());
        format!("{} {:?}", place.path, &texts.0[&*place.path][start..usize::from(place.range.end())])
    };
    let mut printed = String::new();
    for requirement in &loaded.requirements {
        let wanted = match &requirement.wanted {
            Ok(wanted) => format!(
                "{}{} {} {:?}",
                wanted.project_text.as_deref().unwrap_or("?"),
                wanted.extras.iter().fold(String::new(), |extras, extra| extras + "[" + extra + "]"),
                wanted.specifiers,
                wanted.link.as_ref().map(|link| &link.target)
            ),
            Err(error) => format!("refused: {}", error.message),
        };
        writeln!(printed, "{}: {wanted}", requirement.comes_from).unwrap();
    }
    for warning in &loaded.warnings {
        writeln!(printed, "warning: {}: {}", at(&warning.place), warning.message).unwrap();
    }
    for ignored in &loaded.ignored {
        writeln!(printed, "ignored: {}: {:?}", at(&ignored.place), ignored.why).unwrap();
    }
    for (index, setting) in loaded.settings.index_urls.iter().enumerate() {
        writeln!(printed, "index {index}: {}", setting.value).unwrap();
    }
    if let Some(error) = &loaded.error {
        let place = error.place.as_ref().map_or(String::new(), at);
        writeln!(printed, "error: {place}: {}", error.message).unwrap();
    }
    expected.assert_eq(&printed);
}

#[test]
fn what_pip_drops_in_silence_is_kept_as_a_fact() {
    check(
        "== r.txt\n--pre numpy\nfoo --pre -r c.txt\n-r a.txt -r b.txt --no-index\n-e ./p ; os_name=='nt'\n\
         -C k=v\n--hash sha256:1\n--extra-index-url https://x\n-i https://y\nbar==${V}\n== a.txt\n\
         == p/setup.py\n",
        &expect![[r#"
            -r r.txt (line 2): foo  None
            -r r.txt (line 4): ?  Some(Folder("/app/p"))
            -r r.txt (line 9): refused: `${V}` is no version
            warning: /app/r.txt "--hash sha256:1": r.txt line 6 has --hash but no requirement, and will be ignored
            ignored: /app/r.txt "numpy": WordAfterOption
            ignored: /app/r.txt "--pre": GlobalOptionOnRequirement(Pre)
            ignored: /app/r.txt "-r c.txt": GlobalOptionOnRequirement(Requirement)
            ignored: /app/r.txt "-r b.txt": OnlyFirstCounts(Requirement)
            ignored: /app/r.txt "--no-index": BesideInclude(NoIndex)
            ignored: /app/r.txt "; os_name=='nt'": WordAfterOption
            ignored: /app/r.txt "-C k=v": SettingsWithoutRequirement
            ignored: /app/r.txt "--extra-index-url https://x": IndexReplaced
            ignored: /app/r.txt "${V}": UnsetVariable("V")
            index 0: https://y
        "#]],
    );
}

#[test]
fn includes_are_followed_in_order_and_an_error_keeps_what_came_before() {
    check(
        "== r.txt\na\n-r sub/b.txt\n-c none.txt\nlost\n== sub/b.txt\n-c c.txt\nb>1\n== sub/c.txt\nb<2\n",
        &expect![[r#"
            -r r.txt (line 1): a  None
            -c /app/sub/c.txt (line 1): b <2 None
            -r /app/sub/b.txt (line 2): b >1 None
            error: /app/r.txt "-c none.txt": there is no constraints file `/app/none.txt`
        "#]],
    );
    check(
        "== r.txt\n-r a.txt\n== a.txt\n-c ./r.txt\n",
        &expect![[r#"
            error: /app/a.txt "-c ./r.txt": `/app/r.txt` includes itself
        "#]],
    );
}

#[test]
fn paths_are_looked_up() {
    check(
        "== r.txt\n./w/a-1.0-py3-none-any.whl\n./p\n./q\n./none\n-e ./q\n./w/bad.whl\n== p/setup.py\n== q/x\n",
        &expect![[r#"
            -r r.txt (line 1): a ==1.0 Some(File("/app/w/a-1.0-py3-none-any.whl"))
            -r r.txt (line 2): ?  Some(Folder("/app/p"))
            -r r.txt (line 3): refused: the folder `./q` holds no project
            -r r.txt (line 4): refused: there is no folder `./none`
            -r r.txt (line 5): ?  Some(Folder("/app/q"))
            -r r.txt (line 6): refused: `bad.whl` is not the name of a wheel
        "#]],
    );
}

#[test]
fn extras_at_the_end_are_in_small_letters_and_a_host_has_brackets_for_addresses_only() {
    check(
        "== r.txt
Foo[A_B]
Foo[A_B]>=1
foo[q] @ https://e.example/x[A]
https://[::1]/foo-1.0.zip
https://[fe80::1%eth0]:80/foo-1.0.zip
https://e[1]/foo-1.0.zip
https://[::1/foo-1.0.zip
https://[1.2.3.4]/foo-1.0.zip
https://e.example/-1.0-py3-none-any.whl
",
        &expect![[r#"
            -r r.txt (line 1): Foo[a_b]  None
            -r r.txt (line 2): Foo[A_B] >=1 None
            -r r.txt (line 3): foo[a]  Some(Remote)
            -r r.txt (line 4): ?  Some(Remote)
            -r r.txt (line 5): ?  Some(Remote)
            -r r.txt (line 6): refused: the brackets in the host of this URL do not enclose an IPv6 address
            -r r.txt (line 7): refused: the brackets in the host of this URL do not enclose an IPv6 address
            -r r.txt (line 8): refused: the brackets in the host of this URL do not enclose an IPv6 address
            -r r.txt (line 9): refused: `-1.0-py3-none-any.whl` is not the name of a wheel
        "#]],
    );
}
