//! What Rust tells the editors: places, colours, completions, explanations.

use wasm_bindgen::JsCast;
use wasm_bindgen_test::wasm_bindgen_test;
use web_sys::HtmlTextAreaElement;
use wheelstage::{
    order::SortedMap,
    ui::{
        editor::{
            Editor, EditorProps,
            complete::{Words, complete},
            describe::describe,
            offsets::{Offsets, changes, normalised},
            tokens::tokens,
        },
        state::{Action, FACTS, Lit, State, reduce},
    },
};

use crate::{draw, recorder, sample};

/// A key may come before the last one is drawn: a slow machine's renders pause in between.
#[wasm_bindgen_test]
async fn two_keys_before_the_first_is_drawn_are_both_kept_in_their_order() {
    let mut state = State::new(sample::playground());
    let (dispatch, actions) = recorder();
    // Nothing here defines the editor's element, so this is the plain text area.
    let props = EditorProps {
        label: "requirements.txt".into(),
        hint: "".into(),
        shown: true,
        path: "requirements.txt".into(),
        text: sample::REQUIREMENTS.into(),
        pushed: state.pushed,
        report: None,
        stale: false,
        lit: Lit::default(),
        jump: None,
        words: Words::default().into(),
        dispatch,
    };
    let host = draw::<Editor>(props).await;
    let area = host.query_selector("textarea").unwrap().unwrap().unchecked_into::<HtmlTextAreaElement>();
    assert_eq!(area.value(), sample::REQUIREMENTS);
    for typed in ["n", "nu", "num\n", "num\np"] {
        area.set_value(typed);
        let options = web_sys::InputEventInit::new();
        options.set_bubbles(true);
        let event = web_sys::InputEvent::new_with_event_init_dict("input", &options).unwrap();
        area.dispatch_event(&event).unwrap();
    }
    for action in actions.take() {
        assert!(matches!(action, Action::Typed { .. }));
        state = reduce(&state, action);
    }
    let file = state.sources.find("requirements.txt").unwrap();
    assert_eq!(state.sources.text(file), "num\np");
    assert_eq!(area.value(), "num\np");
}

#[wasm_bindgen_test]
fn offsets_lead_there_and_back() {
    let text = "\u{e9}a\r\n\u{1F600}\rb\n";
    let offsets = Offsets::new(text);
    // One line end each for `\r\n`, `\r` and `\n`; two units for the emoji.
    assert_eq!(offsets.units(), normalised(text).encode_utf16().count());
    for (byte, unit) in [(0, 0), (2, 1), (3, 2), (5, 3), (9, 5), (10, 6), (11, 7), (12, 8)] {
        assert_eq!((offsets.unit(byte), offsets.byte(unit)), (unit, byte));
    }
    // Beyond the text, and inside a character.
    assert_eq!((offsets.byte(99), offsets.unit(99)), (12, 8));
    assert_eq!((offsets.byte(4), offsets.unit(7)), (5, 3));
}

#[wasm_bindgen_test]
fn changes_make_one_text_into_the_other() {
    #[track_caller]
    fn check(old: &str, new: &str, expected: &[(usize, usize, &str)]) {
        let found = changes(old, new);
        let brief: Vec<_> = found.iter().map(|c| (c.from, c.to, c.insert.as_str())).collect();
        assert_eq!(brief, expected);
        let units: Vec<u16> = old.encode_utf16().collect();
        let (mut at, mut made) = (0, Vec::new());
        for change in &found {
            made.extend(&units[at..change.from]);
            made.extend(change.insert.encode_utf16());
            at = change.to;
        }
        made.extend(&units[at..]);
        assert_eq!(String::from_utf16(&made).unwrap(), new);
    }
    check("a\nb\nc\n", "a\nb\nc\n", &[]);
    check("a\nbxb\nc\n", "a\nbyyb\nc\n", &[(3, 4, "yy")]);
    check("a\nc\n", "a\nb\nc\n", &[(2, 2, "b\n")]);
    check("a\nb\n", "b\n", &[(0, 2, "")]);
    check("", "\u{1F600}", &[(0, 0, "\u{1F600}")]);
    check("\u{1F600}a\nb\nc", "\u{1F600}b\nb\nd", &[(2, 3, "b"), (6, 7, "d")]);
}

/// Colours as `text:class`, in order.
fn colours(path: &str, text: &str) -> String {
    let one = |token: &wheelstage::ui::editor::tokens::Token| {
        let range = usize::from(token.range.start())..usize::from(token.range.end());
        format!("{}:{}", &text[range], token.kind.class())
    };
    tokens(path, text).iter().map(one).collect::<Vec<_>>().join(" ")
}

#[wasm_bindgen_test]
fn requirements_are_coloured_by_their_parts() {
    assert_eq!(
        colours("requirements.txt", "numpy[x]>=1.24 ; python_version > '3' # why\n--pre\n"),
        "numpy:project [x]:keyword >=1.24:version python_version > '3':marker # why:comment --pre:flag"
    );
}

#[wasm_bindgen_test]
fn dockerfiles_are_coloured_by_instruction_and_shell_word() {
    assert_eq!(
        colours(
            "Dockerfile",
            "# c\nFROM python:3.10 AS b\nRUN X=1 pip install -r \"a b\" $V\nCOPY --from=b /w /w\n"
        ),
        "# c:comment FROM:instruction python:3.10:image AS:keyword b:stage RUN:instruction X:variable pip:command \
         -r:flag a b:string $V:variable COPY:instruction --from=:flag b:stage"
    );
}

#[wasm_bindgen_test]
fn half_typed_text_is_coloured_as_far_as_it_goes() {
    for text in ["FROM", "RUN pip install \"", "COPY --from=", "RUN for x in", "\u{1F600} $( `"] {
        for path in ["Dockerfile", "requirements.txt"] {
            let colours = tokens(path, text);
            assert!(
                colours.iter().all(|token| text
                    .get(usize::from(token.range.start())..usize::from(token.range.end()))
                    .is_some()),
                "{path}: {text}"
            );
        }
    }
}

/// What is offered at the `|`.
fn offered(path: &str, marked: &str) -> Vec<String> {
    let at = marked.find('|').expect("a cursor");
    let text = marked.replacen('|', "", 1);
    let versions = ["2.2.6", "1.25.2", "2.3.0rc1"].map(str::to_owned).to_vec();
    let projects = SortedMap::from([("numpy".to_owned(), versions)]);
    labels(&Words { projects }, path, &text, at)
}

/// The best first, as the editor sorts what fits equally well.
fn labels(words: &Words, path: &str, text: &str, at: usize) -> Vec<String> {
    let mut options = complete(words, path, text, at, false).map_or(Vec::new(), |found| found.options);
    options.sort_by_key(|option| -option.boost);
    options.into_iter().map(|option| option.label).collect()
}

#[wasm_bindgen_test]
fn what_fits_is_offered() {
    assert_eq!(offered("requirements.txt", "nu|"), ["numpy"]);
    assert_eq!(offered("requirements.txt", "numpy==|"), ["2.2.6", "1.25.2", "2.3.0rc1"]);
    assert_eq!(offered("requirements.txt", "NumPy>=1.24,<2|"), ["2.2.6", "2.3.0rc1"]);
    assert_eq!(offered("requirements.txt", "# nu|"), [""; 0]);
    assert!(offered("requirements.txt", "--i|").contains(&"--index-url".to_owned()));
    assert!(offered("Dockerfile", "FROM a\nCO|").contains(&"COPY".to_owned()));
    assert!(offered("Dockerfile", "FROM a\nCOPY --f|").contains(&"--from=".to_owned()));
    assert_eq!(offered("Dockerfile", "FROM a AS one\nFROM b AS two\nCOPY --from=|"), ["one", "two"]);
    assert!(offered("Dockerfile", "FROM a\nRUN pip install --no-i|").contains(&"--no-index".to_owned()));
    assert_eq!(offered("Dockerfile", "FROM a\nRUN pip install nu|"), ["numpy"]);
    assert_eq!(offered("Dockerfile", "FROM a\nRUN apt-get install nu|"), [""; 0]);
    assert_eq!(offered(FACTS, "num|"), ["numpy"]);
    assert_eq!(offered(FACTS, "numpy 2|"), ["2.2.6", "2.3.0rc1"]);
    assert_eq!(offered(FACTS, "a 1 dep|"), ["depends on", "requires python"]);
    assert_eq!(offered(FACTS, "a 1 depends on nu|"), ["numpy"]);
    assert_eq!(offered(FACTS, "image a:1 holds numpy 1|"), ["1.25.2"]);
}

#[wasm_bindgen_test]
fn projects_that_are_used_come_first_then_short_names() {
    let known = [("numba", 1), ("numexpr", 0), ("numpy", 9), ("numx", 0)];
    let projects = known.map(|(name, versions)| (name.to_owned(), vec!["1".to_owned(); versions]));
    let words = Words { projects: projects.into() };
    assert_eq!(labels(&words, "requirements.txt", "num", 3), ["numpy", "numba", "numx", "numexpr"]);
    let text = "num\nnumexpr\n";
    assert_eq!(labels(&words, "requirements.txt", text, 3), ["numexpr", "numpy", "numba", "numx"]);
}

#[wasm_bindgen_test]
fn a_project_is_explained_by_its_ranges() {
    let at = sample::REQUIREMENTS.find("accelerate").unwrap();
    assert_eq!(describe(&sample::report(), "requirements.txt", sample::REQUIREMENTS, at), None);
    let about = describe(&sample::report(), "requirements.txt", "NumPy<3\n", 2).unwrap();
    assert_eq!((about.from, about.to), (0, 5));
    assert_eq!(
        about.lines,
        [
            "numpy",
            "chatterbox-tts 0.1.4 asks for <1.26.0,>=1.24.0",
            "accelerate 1.10.1 asks for <3.0.0,>=1.17",
            "pkuseg 0.0.25 asks for >=1.16.0",
            "All agree on >=1.24.0,<1.26.0, 1 release",
            "RUN line 3 picked 1.25.2",
            "RUN line 4 picked 2.2.6",
        ]
    );

    let mut many = sample::report();
    let rows = &mut many.projects[0].rows;
    *rows = [&rows[..]; 4].concat();
    let about = describe(&many, "requirements.txt", "NumPy<3\n", 2).unwrap();
    assert_eq!(about.lines[8..10], ["accelerate 1.10.1 asks for <3.0.0,>=1.17", "and 4 more"]);
}
