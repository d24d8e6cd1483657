//! Links: whatever a playground holds comes back out of one.

use proptest::prelude::*;
use serde_json::json;
use wheelstage::{
    link::{Fragment, LinkError, MAX_CHARACTERS, Playground, View, masked, secrets},
    model::Settings,
    text::Encoding,
};

/// Texts as files hold them: every line ending, every plane of Unicode, and long runs of one line.
fn text() -> impl Strategy<Value = String> {
    let line = prop_oneof![
        "[a-zA-Z0-9=<>.,\\-_ #\"'\\\\$]{0,30}",
        "\\PC{0,10}",
        Just("RUN pip install --index-url https://me:pw@wheels.corp.example/simple x".to_owned()),
        Just("ENV HF_TOKEN=hf_0123456789abcdef".to_owned()),
    ];
    let ending = prop::sample::select(vec!["\n", "\r\n", "\r", ""]);
    prop::collection::vec((line, ending), 0..20)
        .prop_map(|lines| lines.into_iter().map(|(line, ending)| line + ending).collect())
}

fn settings() -> impl Strategy<Value = Settings> {
    let word = || prop::option::of("[a-z0-9./]{1,8}");
    let args = prop::collection::btree_map("[A-Z_]{1,6}", ".{0,6}", 0..3);
    let paths = || prop::collection::vec("[a-z./]{1,8}", 0..2);
    (word(), word(), word(), word(), word(), args, paths(), paths()).prop_map(
        |(dockerfile, python, platform, pip, stage, args, requirements, constraints)| Settings {
            dockerfile,
            python,
            platform,
            pip,
            stage,
            args: args.into_iter().collect(),
            requirements,
            constraints,
        },
    )
}

fn playground() -> impl Strategy<Value = Playground> {
    let encoding =
        prop::sample::select(vec![Encoding::Utf8Bom, Encoding::Utf16Le, Encoding::Utf32Be, Encoding::Latin1]);
    let files = prop::collection::hash_map(".{1,12}", (text(), prop::option::of(encoding)), 0..4);
    let images = prop::collection::btree_map("[a-z:0-9]{1,8}", text(), 0..2);
    let extra = || prop::option::of(any::<i64>().prop_map(|number| json!({ "some": [number, null, "é"] })));
    (files, settings(), text(), images, prop::option::of("[0-9-]{10}"), extra(), extra()).prop_map(
        |(files, target, overlay, images, c, lesson, facts)| {
            let encodings =
                files.iter().filter_map(|(path, (_, encoding))| Some((path.clone(), (*encoding)?))).collect();
            let files = files.into_iter().map(|(path, (text, _))| (path, text)).collect();
            Playground {
                files,
                encodings,
                target,
                overlay,
                images: images.into_iter().collect(),
                lesson,
                c,
                facts,
                ..Playground::default()
            }
        },
    )
}

fn fragment() -> impl Strategy<Value = Fragment> {
    let slug = || prop::option::of("[a-z][a-z0-9-]{0,10}");
    let view = prop::sample::select(vec![None, Some(View::Present), Some(View::Embed)]);
    (view, slug(), slug(), playground()).prop_map(|(view, lesson, pane, state)| Fragment {
        view,
        lesson,
        pane,
        state: Some(state),
    })
}

/// What secrets, their names and their surroundings are made of.
const SECRETS: &[&str] = &[
    " ",
    "\n",
    "=",
    ":",
    ": ",
    "\"",
    "'",
    "$",
    "${",
    ":-",
    "}",
    ",",
    "@",
    "/",
    "://",
    "-",
    "--",
    "_",
    ".",
    "\\",
    "&",
    "TOKEN",
    "password",
    "login",
    "machine",
    "key",
    "Authorization",
    "Bearer",
    "ENV",
    "curl -u",
    "set",
    "hf_",
    "a",
    "é",
    "0123456789abcdef",
    "eyJ",
    "AKIA",
    "-----BEGIN PRIVATE KEY-----",
    "-----END PRIVATE KEY-----",
    "--index-url",
    "https://me:pw@wheels.example",
    "MASKED",
    "GPG",
    "file",
];

proptest! {
    #![proptest_config(crate::cases(256))]

    #[test]
    fn everything_comes_back(fragment in fragment()) {
        let link = fragment.to_string();
        prop_assert_eq!(Fragment::parse(&link), Ok(Some(fragment)));
        // Nothing that a chat program would change, or end an address at.
        prop_assert!(link.chars().all(|c| c.is_ascii_alphanumeric() || "=&.-_".contains(c)));
        prop_assert!(link.ends_with(|c: char| c.is_ascii_alphanumeric() || "-_".contains(c)));
    }

    #[test]
    fn a_changed_character_is_noticed_or_changes_nothing(
        fragment in fragment(),
        place in any::<prop::sample::Index>(),
        letter in "[A-Za-z0-9_-]",
    ) {
        let link = fragment.to_string();
        let start = link.find("s=1.").expect("a state") + "s=1.".len();
        let at = start + place.index(link.len() - start);
        let changed = format!("{}{letter}{}", &link[..at], &link[at + 1..]);
        if let Ok(read) = Fragment::parse(&changed) {
            prop_assert_eq!(read, Some(fragment));
        }
    }

    /// Text of the pieces that secrets are made of, in any order.
    #[test]
    fn what_is_masked_of_any_text_holds_no_secret(pieces in prop::collection::vec(prop::sample::select(SECRETS), 0..24)) {
        let text = pieces.concat();
        for path in ["Dockerfile", "a.py", "a.yml", ".netrc"] {
            let masked = wheelstage::text::secrets::masked(path, &text);
            prop_assert_eq!(wheelstage::text::secrets::find(path, &masked), [], "{}", masked);
        }
    }

    #[test]
    fn what_is_masked_holds_no_secret(playground in playground()) {
        let masked = masked(&playground);
        prop_assert_eq!(secrets(&masked), []);
        if secrets(&playground).is_empty() {
            prop_assert_eq!(masked, playground);
        }
    }
}

/// What a link cannot hold is refused when it is opened, and says why.
#[test]
fn a_text_too_large_is_refused() {
    let words: String = (0_u32..60_000).map(|n| format!("{:x} ", n.wrapping_mul(2_654_435_761))).collect();
    let files = vec![("requirements.txt".to_owned(), words)];
    let state = Some(Playground { files, ..Playground::default() });
    let link = Fragment { state, ..Fragment::default() }.to_string();
    assert!(matches!(Fragment::parse(&link), Err(LinkError::TooLong(length)) if length > MAX_CHARACTERS));
}
