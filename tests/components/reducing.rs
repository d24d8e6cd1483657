//! The one state and its actions.

use std::rc::Rc;

use wasm_bindgen_test::wasm_bindgen_test;
use wheelstage::{
    link::Playground,
    report::{Fix, Location, Report},
    text::FileId,
    ui::{
        drafts::{Draft, latest_first},
        editor::offsets::Change,
        state::{
            Action, Composition, FACTS, Failure, Field, Pane, State, context_path, is_dockerfile, reduce,
        },
    },
};

use crate::sample::{self, place};

fn opened() -> State {
    State::new(sample::playground())
}

/// The sample, with its report.
fn reported() -> State {
    let state = opened();
    let revision = state.revision;
    reduce(&state, Action::Reported { revision, report: Rc::new(sample::report()), complete: true })
}

fn text<'a>(state: &'a State, path: &str) -> &'a str {
    state.sources.find(path).map_or("not there", |file| state.sources.text(file))
}

fn typed(path: &str, from: usize, to: usize, insert: &str) -> Action {
    Action::Typed { path: path.to_owned(), changes: vec![Change { from, to, insert: insert.to_owned() }] }
}

#[wasm_bindgen_test]
fn typing_keeps_the_line_endings_of_the_file() {
    let files = vec![("requirements.txt".to_owned(), "a\r\n\u{1F600}b\r\n".to_owned())];
    let state = State::new(Playground { files, ..Playground::default() });
    // In the editor: `a`, line end, two units of an emoji, `b`, line end.
    let state = reduce(&state, typed("requirements.txt", 4, 5, "c\nd"));
    assert_eq!(text(&state, "requirements.txt"), "a\r\n\u{1F600}c\r\nd\r\n");
}

#[wasm_bindgen_test]
fn a_change_that_does_not_fit_leaves_the_text_and_brings_it_back_to_the_editor() {
    let state = opened();
    let changes = [(0, 4), (2, 6)].map(|(from, to)| Change { from, to, insert: String::new() });
    let next = reduce(&state, Action::Typed { path: "requirements.txt".to_owned(), changes: changes.into() });
    assert_eq!(text(&next, "requirements.txt"), sample::REQUIREMENTS);
    assert!(next.pushed > state.pushed);
}

#[wasm_bindgen_test]
fn an_answer_about_an_earlier_text_is_dropped() {
    let state = opened();
    let revision = state.revision;
    let state = reduce(&state, typed("requirements.txt", 0, 0, "x"));
    let late = Action::Reported { revision, report: Rc::new(sample::report()), complete: true };
    let state = reduce(&state, late);
    assert!(state.report.is_none());
    assert!(state.stale());
}

#[wasm_bindgen_test]
fn an_applied_patch_can_be_taken_back_until_something_else_changes() {
    let state = reported();
    let fix = &state.report.as_ref().unwrap().fixes[0];
    let files = wheelstage::ui::components::new_texts(fix);
    let applied = reduce(&state, Action::Apply { title: fix.title.clone(), files });
    assert!(text(&applied, "Dockerfile").contains("-r requirements.txt\n"));
    assert!(applied.pushed > state.pushed && applied.revision > state.revision);
    let lit = &applied.lit.places[0];
    assert_eq!(&text(&applied, "Dockerfile")[lit.start..lit.end], "-r requirements.txt");

    let undone = reduce(&applied, Action::Undo);
    assert_eq!(text(&undone, "Dockerfile"), sample::DOCKERFILE);
    assert!(undone.revision > applied.revision);

    let changed = reduce(&applied, typed("requirements.txt", 0, 0, "x"));
    assert!(applied.undoable().is_some() && changed.undoable().is_none());

    // What one takes home is counted from the first fix, with what was typed since.
    let changes = |state: &State| state.changes().into_iter().map(|file| file.path).collect::<Vec<_>>();
    assert_eq!([changes(&state), changes(&undone)], [[""; 0], [""; 0]]);
    assert_eq!(changes(&changed), ["requirements.txt", "Dockerfile"]);
    assert_eq!(applied.original.unwrap().headline, state.report.unwrap().headline);
}

#[wasm_bindgen_test]
fn the_cursor_lights_up_what_belongs_to_its_place() {
    let state = reported();
    let glob = place("Dockerfile", "/wheels/*");
    let state = reduce(&state, Action::Cursor { path: "Dockerfile".to_owned(), offset: glob.start + 1 });
    assert!(state.lit.places.contains(&place("requirements.txt", "chatterbox-tts==0.1.4")));
    let state = reduce(&state, Action::Cursor { path: "Dockerfile".to_owned(), offset: 0 });
    assert_eq!(state.lit.places, []);
}

#[wasm_bindgen_test]
fn stepping_goes_round_the_findings_and_shows_where_they_are() {
    let mut state = reported();
    let mut seen = Vec::new();
    for back in [false, false, false, true] {
        state = reduce(&state, Action::Step { back });
        seen.push((state.finding, state.jump.as_ref().unwrap().to.line));
    }
    assert_eq!(seen, [(0, 7), (1, 4), (0, 7), (1, 4)]);
    assert_eq!(state.pane, Pane::Dockerfile);
}

#[wasm_bindgen_test]
fn files_are_added_renamed_and_removed_beside_each_other() {
    let add = |path: &str| Action::Add { path: path.to_owned(), bytes: b"\xEF\xBB\xBFx".to_vec() };
    let paths = |state: &State| state.left().map(|(_, file)| file.path.clone()).collect::<Vec<_>>();
    let state = reduce(&opened(), add("constraints.txt"));
    let added = state.sources.find("constraints.txt").unwrap();
    assert_eq!(state.tab, Some(added));
    assert_eq!(state.sources.get(added).unwrap().to_bytes(), b"\xEF\xBB\xBFx");

    // A name that is taken stays with whom it belongs to.
    let same = reduce(&state, Action::Rename(added, "requirements.txt".to_owned()));
    assert_eq!(paths(&same), ["requirements.txt", "constraints.txt"]);
    let renamed = reduce(&state, Action::Rename(added, "./caps.txt".to_owned()));
    assert_eq!(paths(&renamed), ["requirements.txt", "caps.txt"]);
    assert_eq!(renamed.tab, renamed.sources.find("caps.txt"));
    assert_eq!(renamed.sources.get(renamed.tab.unwrap()).unwrap().to_bytes(), b"\xEF\xBB\xBFx");

    let removed = reduce(&renamed, Action::Remove(renamed.tab.unwrap()));
    assert_eq!(paths(&removed), ["requirements.txt"]);
    assert_eq!(removed.tab, removed.sources.find("requirements.txt"));

    // What is no text is not opened as one.
    let refused = reduce(&removed, Action::Add { path: "bin.whl".to_owned(), bytes: b"PK\x03\0".to_vec() });
    assert_eq!(paths(&refused), ["requirements.txt"]);
    assert_eq!(refused.notice.as_deref(), Some("bin.whl is no text and was not opened."));
}

#[wasm_bindgen_test]
fn removed_files_come_back_to_their_places() {
    let add = |path: &str| Action::Add { path: path.to_owned(), bytes: path.as_bytes().to_vec() };
    let paths = |state: &State| state.left().map(|(_, file)| file.path.clone()).collect::<Vec<_>>();
    let state = ["a.txt", "b.txt", "c.txt"].iter().fold(opened(), |state, path| reduce(&state, add(path)));
    let file = |path: &str| state.sources.find(path).unwrap();
    let shown = reduce(&state, Action::Show(file("b.txt")));
    let without = reduce(&shown, Action::Remove(file("b.txt")));
    // The neighbour is shown, the last one where there is none behind.
    assert_eq!(without.tab, Some(file("c.txt")));
    let without = reduce(&without, Action::Remove(file("c.txt")));
    assert_eq!(without.tab, Some(file("a.txt")));

    // Typing elsewhere takes no offer back.
    let typed = reduce(&without, typed("a.txt", 0, 0, "x"));
    let back = reduce(&reduce(&typed, Action::BringBack), Action::BringBack);
    assert_eq!(paths(&back), ["requirements.txt", "a.txt", "b.txt", "c.txt"]);
    assert_eq!((text(&back, "a.txt"), text(&back, "b.txt")), ("xa.txt", "b.txt"));
    assert!(back.tab == Some(file("b.txt")) && back.removed.is_empty());
    // It takes the focus.
    assert_eq!(back.jump.unwrap().to.file, "b.txt");
}

#[wasm_bindgen_test]
fn what_the_person_sets_is_part_of_the_playground() {
    let state = reduce(&opened(), Action::Set(Field::Python, Some(" 3.11 ".to_owned())));
    assert_eq!(state.playground().target.python.as_deref(), Some("3.11"));
    let state = reduce(&state, Action::Set(Field::Python, Some(String::new())));
    assert_eq!(state.playground().target.python, None);
    assert_eq!(State::new(state.playground()).playground(), state.playground());
}

#[wasm_bindgen_test]
fn what_the_person_states_is_typed_analysed_and_kept() {
    let stated = "accelerate 1.10.1 depends on numpy<2\n";
    let opened = opened();
    let state = reduce(&opened, typed(FACTS, 0, 0, stated));
    assert!(state.revision > opened.revision);
    assert_eq!(state.playground().overlay, stated);
    assert_eq!(text(&state, "requirements.txt"), sample::REQUIREMENTS);
    assert_eq!(State::new(state.playground()).playground(), state.playground());

    let place = Location { file: FACTS.to_owned(), start: 0, end: 10, line: 1, column: 1 };
    let shown = reduce(&state, Action::Go(place));
    assert_eq!((shown.tab, shown.pane), (Some(FileId::FACTS), Pane::Files));
}

#[wasm_bindgen_test]
fn what_images_hold_is_stated_like_the_rest() {
    let playground = Playground {
        overlay: "a 1 depends on b<2".to_owned(),
        images: [("example/base:1".to_owned(), "numpy 1.26.4\n\nscipy 1.13\n".to_owned())].into(),
        ..sample::playground()
    };
    let kept = State::new(playground).playground();
    let expected = "a 1 depends on b<2\nimage example/base:1 holds numpy 1.26.4\nimage example/base:1 holds scipy 1.13\n";
    assert_eq!(kept.overlay, expected);
    assert!(kept.images.is_empty());
}

#[wasm_bindgen_test]
fn the_panes_follow_when_typing_pauses() {
    let state = reduce(&reported(), typed("requirements.txt", 0, 0, "x"));
    let (revision, report) = (state.revision, Rc::new(Report { findings: Vec::new(), ..sample::report() }));
    let state = reduce(&state, Action::Reported { revision, report: report.clone(), complete: true });
    let found = |state: &State| state.drawn.as_ref().map(|report| report.findings.len());
    // The verdict speaks of the present text, the panes do not yet: nothing of theirs is applied.
    assert!(!state.stale() && state.drawn_stale());
    assert_eq!((found(&state), state.offered()), (Some(sample::report().findings.len()), None));

    let state = reduce(&state, Action::Rested);
    assert!(!state.drawn_stale() && state.offered().is_some());
    assert_eq!(found(&state), Some(0));
    // Without keys, an answer is drawn at once.
    let again =
        reduce(&state, Action::Reported { revision, report: Rc::new(sample::report()), complete: true });
    assert!(!again.drawn_stale());
}

#[wasm_bindgen_test]
fn several_patches_are_offered_only_once_they_were_run_together() {
    let mut report = sample::report();
    let other = Fix { id: "lock".to_owned(), ..report.fixes[0].clone() };
    report.fixes.push(other.clone());
    let state = opened();
    let revision = state.revision;
    let state = reduce(&state, Action::Reported { revision, report: Rc::new(report), complete: true });
    let offered = |state: &State| state.offered().map(|fix| fix.title.clone());
    assert_eq!(offered(&state).as_deref(), Some("Install by name"));

    let state = reduce(&state, Action::Beside("lock".to_owned()));
    assert_eq!(state.chosen(), ["install-by-name", "lock"]);
    assert_eq!(offered(&state), None);
    let came = |fixes: &[String], outcome| Action::Composed {
        revision,
        composition: Rc::new(Composition { fixes: fixes.to_vec(), outcome }),
    };
    let both = Fix { title: "Both".to_owned(), ..other };
    let composed = reduce(&state, came(&state.chosen(), Ok(both.clone())));
    assert_eq!(offered(&composed).as_deref(), Some("Both"));
    // What does not go along is let go of: the shown one can be applied as before.
    let refused = reduce(&state, came(&state.chosen(), Err("They meet.".to_owned())));
    assert_eq!(refused.refused.as_deref(), Some("They meet."));
    assert_eq!(offered(&refused).as_deref(), Some("Install by name"));
    assert_eq!(reduce(&refused, Action::Beside("lock".to_owned())).refused, None);
    // An answer about another choice says nothing about this one.
    assert_eq!(offered(&reduce(&state, came(&["lock".to_owned()], Ok(both)))), None);

    let alone = reduce(&composed, Action::Patch(1));
    assert_eq!(alone.chosen(), ["lock"]);
    assert_eq!(offered(&alone).as_deref(), Some("Install by name"));
    let typed = reduce(&composed, typed("requirements.txt", 0, 0, "x"));
    assert_eq!(offered(&typed), None);
}

#[wasm_bindgen_test]
fn a_dead_worker_leaves_the_text_and_a_report_of_it() {
    let died = |failed| Action::Died { message: "unreachable".to_owned(), failed };
    let state = reduce(&opened(), died(None));
    let crash = state.crash.as_ref().unwrap();
    assert_eq!(crash.message, "unreachable");
    assert!(crash.given.contains(sample::DOCKERFILE));
    assert_eq!(text(&state, "Dockerfile"), sample::DOCKERFILE);
    assert_eq!((state.failed, state.starts), (None, 1));

    // One that never answered would die for ever: another is started when it is asked for.
    let failed = reduce(&state, died(Some(Failure::NotStarted)));
    assert_eq!((failed.failed, failed.starts), (Some(Failure::NotStarted), 1));
    let again = reduce(&failed, Action::Retry);
    assert_eq!((again.failed, again.starts, again.crash), (None, 2, None));
    assert!(again.revision > failed.revision);

    // One that thinks for ever makes room for another, which is not asked the same at once.
    let slow = reduce(&state, died(Some(Failure::TookTooLong)));
    assert_eq!((slow.failed, slow.starts), (Some(Failure::TookTooLong), 2));
    assert_eq!(slow.revision, state.revision);
}

#[wasm_bindgen_test]
fn a_project_that_is_chosen_brings_its_finding() {
    let state = reduce(&reported(), Action::Find(1));
    let state = reduce(&state, Action::Project("numpy".to_owned()));
    assert_eq!((state.finding, state.project.as_deref()), (0, Some("numpy")));
}

#[wasm_bindgen_test]
fn dockerfiles_are_known_by_their_names() {
    let check = |path: &str, expected: bool| assert_eq!(is_dockerfile(path), expected, "{path}");
    for path in ["Dockerfile", "docker/Dockerfile.gpu", "gpu.Dockerfile", "Containerfile"] {
        check(path, true);
    }
    for path in ["requirements.txt", "Dockerfiles", "myDockerfile", ".dockerignore"] {
        check(path, false);
    }
}

#[wasm_bindgen_test]
fn names_lead_nowhere_outside_the_build_context() {
    let check = |typed: &str, expected: Option<&str>| assert_eq!(context_path(typed).as_deref(), expected);
    check(" ./a//b.txt ", Some("a/b.txt"));
    check("/etc/passwd", Some("etc/passwd"));
    check("../up.txt", None);
    check(" / ", None);
}

#[wasm_bindgen_test]
fn drafts_of_a_time_to_come_are_the_first_to_go() {
    let draft = |id: &str, saved: f64| Draft {
        id: id.to_owned(),
        saved,
        fragment: String::new(),
        playground: sample::playground(),
    };
    let mut drafts = [draft("ahead", 90.0), draft("old", 10.0), draft("far ahead", 99.0), draft("new", 50.0)];
    latest_first(&mut drafts, 50.0);
    assert_eq!(drafts.map(|draft| draft.id), ["new", "old", "far ahead", "ahead"]);
}
