use std::collections::BTreeMap;

use super::*;
use crate::{findings::analyze, model::Settings, text::Sources};

/// Pages and metadata, by what is fetched: `app`, or `app-1.0-py3-none-any.whl`.
type Answers = BTreeMap<&'static str, &'static str>;

/// Asks until nothing more is lacking; what was fetched, in the order in which it was asked for.
fn settle(inquiry: &mut Inquiry, requirements: &str, answers: &Answers, last_first: bool) -> Vec<String> {
    let mut fetched = Vec::new();
    let sources = Sources::from_texts([("requirements.txt", requirements)]);
    loop {
        let index = Arc::new(inquiry.index().clone());
        let lacking: Vec<Lacking> = analyze(&sources, &index, &Settings::default()).lacking().collect();
        if !inquiry.want(&lacking) {
            return fetched;
        }
        let mut under_way = VecDeque::new();
        loop {
            while let Some(fetch) = inquiry.take() {
                under_way.push_back(fetch);
            }
            let next = if last_first { under_way.pop_back() } else { under_way.pop_front() };
            let Some(fetch) = next else { break };
            let (what, answer) = answer(&fetch, answers);
            fetched.push(what);
            inquiry.answered(fetch, answer);
        }
        assert!(inquiry.is_idle());
    }
}

fn answer(fetch: &Fetch, answers: &Answers) -> (String, Answer) {
    match fetch {
        Fetch::Page { name, .. } => {
            let answer = match answers.get(name.as_str()) {
                Some(text) => {
                    let files = text.split(' ').map(|file_name| PageFile {
                        file_name: file_name.to_owned(),
                        url: file_name.to_owned(),
                        ..PageFile::default()
                    });
                    Answer::Page("https://index.example/".into(), ProjectPage::from_files(name, files))
                }
                None => Answer::NotThere,
            };
            (name.to_string(), answer)
        }
        Fetch::Metadata { file, .. } => {
            let text = answers.get(file.file_name.as_str());
            let answer = text.map_or_else(
                || Answer::Failed(format!("{} is out of reach", file.file_name)),
                |text| Answer::Metadata(Metadata::parse(text)),
            );
            (file.file_name.clone(), answer)
        }
    }
}

fn answers() -> Answers {
    BTreeMap::from([
        ("app", "app-1.0-py3-none-any.whl app-2.0-py3-none-any.whl"),
        ("app-2.0-py3-none-any.whl", "Requires-Dist: base<2\nRequires-Dist: end\n"),
        ("base", "base-1.0-py3-none-any.whl base-2.0-py3-none-any.whl"),
        ("base-1.0-py3-none-any.whl", "Name: base\n"),
        ("end", "end-1.0-py3-none-any.whl"),
        ("end-1.0-py3-none-any.whl", "Name: end\n"),
    ])
}

#[test]
fn all_that_the_newest_releases_need_is_asked_for_once_whatever_comes_first() {
    for last_first in [false, true] {
        let mut inquiry = Inquiry::new(Index::empty(), None);
        let mut fetched = settle(&mut inquiry, "app\nbase<2\n", &answers(), last_first);
        fetched.sort();
        let all = [
            "app",
            "app-2.0-py3-none-any.whl",
            "base",
            "base-1.0-py3-none-any.whl",
            "end",
            "end-1.0-py3-none-any.whl",
        ];
        assert_eq!(fetched, all, "{last_first}");
        assert_eq!(inquiry.progress(), Progress { projects: 3, left: 0 });
    }
}

#[test]
fn what_could_not_be_had_is_said_and_asked_for_again_only_when_asked_to() {
    let mut inquiry = Inquiry::new(Index::empty(), None);
    let mut answers = answers();
    let metadata = answers.remove("end-1.0-py3-none-any.whl").unwrap();
    settle(&mut inquiry, "end\n", &answers, false);
    assert_eq!(inquiry.summary().failures, ["end-1.0-py3-none-any.whl is out of reach"]);
    answers.insert("end-1.0-py3-none-any.whl", metadata);
    assert!(settle(&mut inquiry, "end\n", &answers, false).is_empty());
    inquiry.restart();
    assert_eq!(settle(&mut inquiry, "end\n", &answers, false), ["end-1.0-py3-none-any.whl"]);
    assert!(inquiry.summary().failures.is_empty());
}

#[test]
fn what_was_given_up_is_asked_for_again() {
    let mut inquiry = Inquiry::new(Index::empty(), None);
    let sources = Sources::from_texts([("requirements.txt", "app\n")]);
    let index = Arc::new(inquiry.index().clone());
    let lacking: Vec<Lacking> = analyze(&sources, &index, &Settings::default()).lacking().collect();
    assert!(inquiry.want(&lacking));
    assert!(inquiry.take().is_some());
    assert!(!inquiry.is_idle());
    inquiry.restart();
    assert!(inquiry.is_idle());
    assert!(!settle(&mut inquiry, "app\n", &answers(), false).is_empty());
}
