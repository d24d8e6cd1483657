//! Links as they were made on a day, and what they open to.
//!
//! **Rows are added, never edited and never removed**: a link that someone has kept opens to the same
//! texts and settings in every later version. What a change of the format breaks here is the change.

use serde_json::json;
use wheelstage::{
    link::{Fragment, Playground, View},
    model::Settings,
    text::Encoding,
};

#[track_caller]
fn check(link: &str, expected: Fragment) {
    assert_eq!(Fragment::parse(link), Ok(Some(expected)));
}

fn files<const N: usize>(files: [(&str, &str); N]) -> Vec<(String, String)> {
    files.map(|(path, text)| (path.to_owned(), text.to_owned())).into()
}

#[test]
fn of_2026_11_22_two_ranges() {
    let state =
        Playground { files: files([("requirements.txt", "numpy<1.26\nnumpy<3\n")]), ..Playground::default() };
    check(
        "#s=1.AUAAv_97InYiOjEsImZpbGVzIjp7InJlcXVpcmVtZW50cy50eHQiOiJudW1weTwxLjI2XG5udW1weTwzXG4ifX1fhNpF",
        Fragment { state: Some(state), ..Fragment::default() },
    );
}

#[test]
fn of_2026_11_22_everything_a_link_can_hold() {
    let state = Playground {
        files: files([
            ("requirements.txt", "accelerate==1.10.1\n"),
            (
                "Dockerfile",
                "FROM python:3.10-slim AS builder\nARG EXTRA\nRUN pip install -r requirements.txt\n",
            ),
        ]),
        target: Settings {
            dockerfile: Some("Dockerfile".to_owned()),
            python: Some("3.10".to_owned()),
            platform: Some("linux/arm64".to_owned()),
            pip: Some("26.3".to_owned()),
            stage: Some("builder".to_owned()),
            args: [("EXTRA".to_owned(), "a=b c".to_owned())].into(),
            requirements: vec!["requirements.txt".to_owned()],
            constraints: vec!["constraints.txt".to_owned()],
        },
        overlay: "accelerate 1.10.1 depends on numpy<3.0.0 and >=1.17\n".to_owned(),
        images: [("example/base:1".to_owned(), "numpy 1.26.4\n".to_owned())].into(),
        lesson: Some(json!({ "id": "two-wheels", "hints": ["one"] })),
        c: Some("2026-11-22".to_owned()),
        facts: Some(json!({ "date": "2026-11-22", "projects": [] })),
        ..Playground::default()
    };
    check(
        "#v=present&l=two-wheels&p=why&s=1.ZZHLTsMwEEV_xfI6SZO0KlJEkSrxWPFQAAmp7cJNJq3BsY3t9KGqf8CCT2acFCmUpWfuzD1zfaAbmiUBrbgAS7MDNfDZcAM1SGcjt3M0o6woQIBhDiaTJEriKJlLGtBrVXyA8YOouc0f74neu7WS2RA1oRW8JtNnsmy4KMHM5TS_IzdvL_l0LvPXB6K5Jlxax4QgoSHntuhwDKhjZgXOY5V9s55zQDtTrHpb_xbMVcrUWBFcNrsBM_V45BtcYy0dR0N8oPHKrzrhYQWt2gBaRn_1ZEkKD9FHo9nsf0KLgBYKTzGMnyS9Z6fANWoDRrD9nzxJFycpQYMsLVGSyKbW-8thFEcxYbIkVz7yizZwXiNzywg7VmsBgyWzkCW4sp3CbXjdqIsOv9P6WA50_UulJHhWXuKA26pwuwYQ1osLH0ycjsMkCdMUrSpWuNapRMrzpjbqHdr-bHE8Vk_fXz8",
        Fragment {
            view: Some(View::Present),
            lesson: Some("two-wheels".to_owned()),
            pane: Some("why".to_owned()),
            state: Some(state),
        },
    );
}

#[test]
fn of_2026_11_22_bytes_that_editors_change() {
    let state = Playground {
        files: files([
            ("Dockerfile", "FROM python\r\nRUN echo 'é \u{1F600}'\r"),
            ("requirements/caf\u{e9}.txt", ""),
            ("bom.txt", "numpy"),
        ]),
        encodings: [("Dockerfile".to_owned(), Encoding::Utf16Le), ("bom.txt".to_owned(), Encoding::Utf8Bom)]
            .into(),
        ..Playground::default()
    };
    check(
        "#v=embed&s=1.ZY0xCsIwGIWvEv6lDq3SRSSzuKlQcMui8U8bNElNE7GUgMdwc-45eiFvoBEchG7ve4-P18EVaJ6CkGdsgHawNPyE9otAYVVs16RuXWU0s0wXuw1BXhmSDD15PR_3hFlIweLFS4sKtWtmfC-GfupuLupxOxj1A-1V3UJIATU3R6nL8Z13Ip9nMf57sVxkESGEcvL2Hw",
        Fragment { view: Some(View::Embed), state: Some(state), ..Fragment::default() },
    );
}
