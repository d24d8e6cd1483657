//! Components: plain data in, drawing out.

use std::{rc::Rc, str::FromStr};

use wasm_bindgen::JsCast;
use wasm_bindgen_test::wasm_bindgen_test;
use web_sys::{Element, HtmlElement};
use wheelstage::{
    report::{CopyArrow, CopyKind, FileChange, Fix, Lane, ProjectView, ReleaseTick, Stage, Verdict},
    ui::{
        components::{
            Axis, Block, Diff, DiffProps, FactsTable, FactsTableProps, Lanes, LanesProps, Patches,
            PatchesProps, Problems, ProblemsProps, Ranges, RangesProps, Splitter, SplitterProps, VerdictLine,
            VerdictLineProps, Why, WhyProps, blocks,
        },
        state::{Action, Composition, DiffLayout, Lit, WhyTab},
    },
};
use yew::Callback;

use crate::{draw, recorder, sample, texts};

fn count(host: &Element, selector: &str) -> u32 {
    host.query_selector_all(selector).unwrap().length()
}

fn click(host: &Element, selector: &str) {
    host.query_selector(selector).unwrap().expect(selector).unchecked_into::<HtmlElement>().click();
}

fn press(host: &Element, selector: &str, key: &str) {
    let options = web_sys::KeyboardEventInit::new();
    options.set_key(key);
    options.set_bubbles(true);
    let event = web_sys::KeyboardEvent::new_with_keyboard_event_init_dict("keydown", &options).unwrap();
    host.query_selector(selector).unwrap().expect(selector).dispatch_event(&event).unwrap();
}

async fn ranges(view: ProjectView) -> Element {
    ranges_in(view, 800.0).await
}

async fn ranges_in(view: ProjectView, width: f64) -> Element {
    let (dispatch, _) = recorder();
    draw::<Ranges>(RangesProps {
        view,
        lit: Lit::default(),
        named: Vec::new(),
        unknown: Vec::new(),
        width,
        dispatch,
    })
    .await
}

fn x(element: &Element, attribute: &str) -> f64 {
    element.get_attribute(attribute).unwrap().parse().unwrap()
}

#[wasm_bindgen_test]
async fn a_duplicate_shows_the_overlap_then_the_picks_and_the_guilty_one_outside() {
    let host = ranges(sample::report().projects.remove(0)).await;
    assert_eq!(
        texts(&host, ".range-label"),
        [
            "all 3 accept>=1.24.0,<1.26.0",
            "line 3 took1.25.2",
            "line 4 took2.2.6",
            "pkuseg 0.0.25>=1.16.0",
            "accelerate 1.10.1<3.0.0,>=1.17",
            "chatterbox-tts 0.1.4<1.26.0,>=1.24.0",
        ]
    );
    assert_eq!(texts(&host, ".offered"), ["1.25.2"]);
    assert_eq!(
        texts(&host, ".verdict-word"),
        ["1.25.2 ✓ inside", "2.2.6 ✗ outside: ran alone, never saw <1.26.0"]
    );
    assert_eq!((count(&host, ".pick-row.outside.guilty"), count(&host, ".pick-row.outside")), (1, 1));
    assert_eq!(count(&host, ".bar-row .bar"), 3);
    // All begin with a bound that is included; one has no upper bound and runs off the axis.
    assert_eq!((count(&host, ".bar-row .end"), count(&host, ".bar-row .end.included")), (5, 3));
    assert_eq!((count(&host, ".bar-row .arrow"), count(&host, ".answer-row .bar")), (1, 1));
    assert_eq!(texts(&host, ".stop"), ["1.16.0", "1.17", "1.24.0", "1.25.2", "1.26.0", "2.2.6", "3.0.0"]);
    let label = host.query_selector("svg[role=group]").unwrap().unwrap().get_attribute("aria-label").unwrap();
    assert!(label.contains("RUN line 4 took 2.2.6, which never saw <1.26.0"), "{label}");
}

#[wasm_bindgen_test]
async fn ranges_that_miss_each_other_show_the_gap_and_nothing_accepted() {
    let mut view = sample::report().projects.remove(0);
    (view.verdict, view.overlap, view.overlap_intervals) = (Verdict::Disjoint, None, Vec::new());
    view.picks.clear();
    view.rows.remove(0);
    view.rows[0].guilty = true;
    view.rows[0].intervals[0].lower.as_mut().unwrap().version = "2.0".to_owned();
    for release in &mut view.releases {
        release.in_overlap = false;
    }
    let host = ranges(view).await;
    assert_eq!(texts(&host, ".answer-label"), ["no version is both"]);
    assert_eq!(texts(&host, ".answer-row text"), ["no version"]);
    assert_eq!((count(&host, ".answer-row .bar"), count(&host, ".tick.agreed")), (0, 0));
    // The band lies between the end of one bar and the beginning of the other.
    let band = host.query_selector(".gap-band").unwrap().unwrap();
    let bars = host.query_selector_all(".bar-row .bar").unwrap();
    let bar = |at: u32| -> Element { bars.item(at).unwrap().unchecked_into() };
    let (later, earlier) = (bar(0), bar(1));
    assert_eq!(x(&band, "x"), x(&earlier, "x") + x(&earlier, "width"));
    assert!((x(&band, "x") + x(&band, "width") - x(&later, "x")).abs() < 0.2);
}

#[wasm_bindgen_test]
async fn what_cannot_be_had_is_hollow_and_says_why_of_each_release() {
    let mut view = sample::report().projects.remove(0);
    view.verdict = Verdict::Unavailable;
    view.releases[0].reason = Some("no file for Python 3.13".to_owned());
    let host = ranges(view).await;
    assert_eq!((count(&host, ".answer-row.hollow .bar"), count(&host, ".answer-row .refused")), (1, 1));
    assert_eq!(count(&host, ".offered"), 0);
    assert_eq!(texts(&host, ".refusals li"), ["1.25.2 no file for Python 3.13"]);
    assert!(texts(&host, ".key li").contains(&"cannot be had here".to_owned()));
}

#[wasm_bindgen_test]
async fn what_breaks_shows_before_and_after_on_one_axis() {
    let mut view = sample::report().projects.remove(0);
    view.verdict = Verdict::Broken;
    view.picks.remove(0);
    view.picks[0].replaces = Some("1.25.2".to_owned());
    view.picks[0].unseen.clear();
    let host = ranges(view).await;
    assert_eq!((count(&host, ".before"), count(&host, ".replacing"), count(&host, ".diamond")), (1, 1, 2));
    assert_eq!(texts(&host, ".verdict-word"), ["2.2.6 ✗ outside: replaces 1.25.2"]);
}

#[wasm_bindgen_test]
async fn what_is_not_known_is_hatched_below_what_is() {
    let (dispatch, _) = recorder();
    let mut view = sample::report().projects.remove(0);
    view.verdict = Verdict::Unknown;
    let unknown = vec!["ansible-core".to_owned(), "other".to_owned()];
    let host = draw::<Ranges>(RangesProps {
        view,
        lit: Lit::default(),
        named: Vec::new(),
        unknown,
        width: 800.0,
        dispatch,
    })
    .await;
    assert_eq!(texts(&host, ".unknown-label"), ["ansible-core and 1 morenot known"]);
    assert_eq!((count(&host, ".not-known"), count(&host, ".answer-row .bar")), (1, 1));
}

#[wasm_bindgen_test]
async fn the_answer_fits_into_its_height() {
    let host = ranges(sample::report().projects.remove(0)).await;
    let drawing = host.query_selector(".range-drawing svg").unwrap().unwrap();
    assert!(x(&drawing, "height") <= 240.0);
    // The labels stand beside their rows.
    let labels = host.query_selector(".range-labels").unwrap().unwrap().unchecked_into::<HtmlElement>();
    assert!(f64::from(labels.offset_height()) <= 240.0);
}

#[wasm_bindgen_test]
async fn many_releases_fit_into_the_width_at_hand() {
    let mut view = sample::report().projects.remove(0);
    let release = view.releases.remove(0);
    view.releases.clear();
    // Most of them before the first stop.
    for number in 0..400 {
        let version = if number < 300 { format!("0.{number}") } else { format!("2.{number}") };
        view.releases.push(ReleaseTick { version, in_overlap: false, ..release.clone() });
    }
    for (width, labels, rows) in [(800.0, 208.0, 1), (366.0, 148.0, 2), (296.0, 148.0, 3)] {
        let host = ranges_in(view.clone(), width).await;
        let drawing = host.query_selector(".range-drawing svg").unwrap().unwrap();
        assert_eq!(x(&drawing, "width"), width - labels);
        let stops = host.query_selector_all(".stop").unwrap();
        let stops: Vec<Element> =
            (0..stops.length()).map(|at| stops.item(at).unwrap().unchecked_into()).collect();
        assert!(stops.iter().all(|stop| (0.0..width - labels).contains(&x(stop, "x"))));
        // In as few rows as will do.
        let mut heights: Vec<String> = stops.iter().filter_map(|stop| stop.get_attribute("y")).collect();
        heights.sort();
        heights.dedup();
        assert_eq!(heights.len(), rows, "{width}");
        assert_eq!(texts(&host, ".crowd title")[0], "300 releases are left out");
        assert!(texts(&host, ".key li").contains(&"left out".to_owned()));
    }
}

#[wasm_bindgen_test]
async fn a_sign_is_explained_where_it_is_drawn() {
    let mut view = sample::report().projects.remove(0);
    let host = ranges(view.clone()).await;
    assert!(!texts(&host, ".key li").contains(&"yanked".to_owned()));
    view.releases[0].yanked = true;
    let host = ranges(view).await;
    assert!(texts(&host, ".key li").contains(&"yanked".to_owned()));
}

#[wasm_bindgen_test]
async fn of_many_requirers_those_are_shown_that_decide() {
    let mut view = sample::report().projects.remove(0);
    for number in 0..4 {
        let mut wide = view.rows[0].clone();
        wide.party.requirer = format!("somebody {number}.0");
        wide.intervals[0].lower = None;
        view.rows.insert(0, wide);
    }
    let host = ranges(view).await;
    assert_eq!(texts(&host, ".row-label .who"), ["chatterbox-tts 0.1.4"]);
    assert_eq!(
        texts(&host, ".others summary"),
        ["Not the cause: 6 others ask for numpy; 1.25.2 satisfies them all"]
    );
    assert_eq!(count(&host, ".others li"), 6);
}

#[wasm_bindgen_test]
async fn text_that_is_no_version_is_left_out_of_the_drawing() {
    let mut view = sample::report().projects.remove(0);
    view.picks[0].version = "not a version".to_owned();
    view.releases[0].version = String::new();
    let host = ranges(view).await;
    assert_eq!(count(&host, ".pick-row"), 1);
}

#[wasm_bindgen_test]
async fn a_bound_that_is_written_in_a_file_is_moved_by_keys_from_release_to_release() {
    let (dispatch, actions) = recorder();
    let mut view = sample::report().projects.remove(0);
    let place = sample::place("requirements.txt", "0.1.4");
    let row = view.rows.last_mut().unwrap();
    row.upper_at = Some(place.clone());
    let props =
        RangesProps { view, lit: Lit::default(), named: vec![], unknown: vec![], width: 800.0, dispatch };
    let host = draw::<Ranges>(props).await;
    // Only this one of all ends.
    assert_eq!(count(&host, "[role=slider]"), 1);
    let handle = host.query_selector("[role=slider]").unwrap().unwrap();
    assert_eq!(handle.get_attribute("aria-valuetext").as_deref(), Some("<1.26.0, 1 release left"));
    press(&host, "[role=slider]", "ArrowRight");
    press(&host, "[role=slider]", "ArrowLeft");
    let moved = |version: &str| Action::Rewrite {
        title: format!("numpy<{version}"),
        place: place.clone(),
        text: version.to_owned(),
    };
    assert_eq!(*actions.borrow(), [moved("2.0.0rc1"), moved("1.25.2")]);
}

#[wasm_bindgen_test]
async fn a_release_is_chosen_by_keys_and_pinned() {
    let (dispatch, actions) = recorder();
    let mut view = sample::report().projects.remove(0);
    let place = sample::place("requirements.txt", "==0.1.4");
    view.rows[2].specifier_at = Some(place.clone());
    let props =
        RangesProps { view, lit: Lit::default(), named: vec![], unknown: vec![], width: 800.0, dispatch };
    let host = draw::<Ranges>(props).await;
    press(&host, ".range-drawing", "ArrowRight");
    yew::scheduler::flush().await;
    assert_eq!(texts(&host, ".release"), ["1.25.2: all 3 accept it. Pin 1.25.2"]);
    click(&host, ".release button");
    let title = "Pin numpy 1.25.2".to_owned();
    assert_eq!(*actions.borrow(), [Action::Rewrite { title, place, text: "==1.25.2".to_owned() }]);
    press(&host, ".range-drawing", "ArrowRight");
    press(&host, ".range-drawing", "ArrowRight");
    yew::scheduler::flush().await;
    assert!(texts(&host, ".release")[0].contains("chatterbox-tts 0.1.4 does not accept it"));
}

#[wasm_bindgen_test]
async fn wheels_are_born_copied_and_meet_their_end_in_lanes() {
    let (dispatch, actions) = recorder();
    let lit = Lit { places: vec![sample::place("Dockerfile", "pip wheel pkuseg==0.0.25")] };
    let timeline = sample::report().timeline;
    let host = draw::<Lanes>(LanesProps { timeline, sentence: "".into(), lit, width: 600.0, dispatch }).await;
    assert_eq!(texts(&host, ".lane-name"), ["stage builder", "stage 1"]);
    assert_eq!(texts(&host, ".chip-text"), ["numpy 1.25.2", "numpy 2.2.6", "numpy 1.25.2"]);
    assert_eq!(texts(&host, ".copy-text"), ["COPY /wheels"]);
    assert_eq!((count(&host, ".lane-step.wrong"), count(&host, ".chip.guilty.lit")), (1, 1));
    assert_eq!(texts(&host, ".sentence"), ["pip wheel pkuseg==0.0.25. numpy 2.2.6: Asked for."]);
    press(&host, ".lane-step.wrong", "Enter");
    assert_eq!(*actions.borrow(), [Action::Go(sample::place("Dockerfile", "/wheels/*"))]);
}

#[wasm_bindgen_test]
async fn a_step_says_first_what_it_is_about() {
    let (dispatch, _) = recorder();
    let mut timeline = sample::report().timeline;
    let step = &mut timeline.lanes[0].steps[1];
    step.label =
        "pip wheel --no-cache-dir --no-index pkuseg==0.0.25 --no-build-isolation -w /wheels".to_owned();
    let lit = Lit { places: step.location.iter().cloned().collect() };
    let host = draw::<Lanes>(LanesProps { timeline, sentence: "".into(), lit, width: 600.0, dispatch }).await;
    assert_eq!(texts(&host, ".step-label")[1], "pip wheel --no-index pkuseg==…");
    assert!(
        texts(&host, ".sentence")[0].starts_with("pip wheel --no-cache-dir --no-index pkuseg==0.0.25 --no")
    );
}

/// Left, top, right and bottom of what a selector finds, in the drawing's units.
fn boxes(host: &Element, selector: &str) -> Vec<[f64; 4]> {
    let found = host.query_selector_all(selector).unwrap();
    (0..found.length())
        .map(|at| {
            let place = found.item(at).unwrap().unchecked_into::<Element>().get_bounding_client_rect();
            [place.left(), place.top(), place.right(), place.bottom()]
        })
        .collect()
}

#[wasm_bindgen_test]
async fn words_of_arrows_stand_between_lanes_and_beside_each_other() {
    let (dispatch, _) = recorder();
    let mut timeline = sample::report().timeline;
    // A stage with nothing in it between the two, and copies that go past it.
    timeline
        .lanes
        .insert(1, Lane { stage: 5, label: "stage between".to_owned(), steps: vec![], chips: vec![] });
    let copy = timeline.copies[0].clone();
    let mut add = |kind, from, step, path: &str| {
        timeline.copies.push(CopyArrow { kind, from, step, path: path.to_owned(), ..copy.clone() });
    };
    add(CopyKind::From, 0, 0, "/");
    add(CopyKind::Copy, 5, 0, "/a/rather/long/path/of/site-packages/somewhere");
    add(CopyKind::Mount, 5, 1, "");
    add(CopyKind::Copy, 0, 0, "/more");
    let host = draw::<Lanes>(LanesProps {
        timeline,
        sentence: "".into(),
        lit: Lit::default(),
        width: 360.0,
        dispatch,
    })
    .await;
    assert_eq!(texts(&host, ".copy-text")[0], "COPY /wheels and 1 more");
    assert_eq!(count(&host, ".copy-line"), 4);
    // Words of arrows stand between the lanes, each beside the others.
    let words = [boxes(&host, ".copy-back"), boxes(&host, ".lane-back")].concat();
    for (index, a) in words.iter().enumerate() {
        for b in &words[..index] {
            let apart = a[0] >= b[2] || b[0] >= a[2] || a[1] >= b[3] || b[1] >= a[3];
            assert!(apart, "{a:?} {b:?}");
        }
    }
    let drawing = boxes(&host, "svg")[0];
    assert!(words.iter().all(|word| word[0] >= drawing[0] && word[2] <= drawing[2]));
}

#[wasm_bindgen_test]
async fn the_table_says_it_all_and_sorts() {
    let (dispatch, _) = recorder();
    let host = draw::<FactsTable>(FactsTableProps { report: Rc::new(sample::report()), dispatch }).await;
    // A line ends after a clause.
    assert_eq!(count(&host, "tbody tr:nth-child(3) wbr"), 2);
    assert!(texts(&host, "tbody td:nth-child(3)").contains(&"/wheels, stage builder".to_owned()));
    let facts = texts(&host, "tbody td:nth-child(2)");
    assert_eq!(facts.len(), 10);
    assert_eq!(facts[3], "asked for, guilty");
    for (direction, first) in [("ascending", "1.25.2"), ("descending", "no version")] {
        click(&host, "th:nth-child(4) button");
        yew::scheduler::flush().await;
        let sorted = host.query_selector("th:nth-child(4)").unwrap().unwrap().get_attribute("aria-sort");
        assert_eq!(sorted.as_deref(), Some(direction));
        let versions: Vec<String> =
            texts(&host, "tbody td:nth-child(4)").into_iter().filter(|text| !text.is_empty()).collect();
        // 1.9 comes before 1.26, and what is no version comes last.
        let mut expected = versions.clone();
        expected.sort_by_key(|text| {
            let version = pep440_rs::Version::from_str(text).ok();
            (version.is_none(), version, text.clone())
        });
        if direction == "descending" {
            expected.reverse();
        }
        assert_eq!(versions, expected, "{first}");
    }
}

async fn diff(before: Option<&str>, after: &str, layout: DiffLayout) -> Element {
    let file =
        FileChange { path: "f".to_owned(), before: before.map(str::to_owned), after: after.to_owned() };
    draw::<Diff>(DiffProps { file, reasons: vec!["because".to_owned()], layout, dispatch: recorder().0 })
        .await
}

#[wasm_bindgen_test]
async fn a_diff_marks_the_words_and_says_in_text_what_colour_says() {
    let host = diff(Some("a\nb one c\nd\n"), "a\nb two c\nd\n", DiffLayout::Unified).await;
    assert_eq!(
        texts(&host, "tr"),
        ["because f line 2", "11a", "2−removed: b one c", "2+added: b two c", "33d"]
    );
    assert_eq!(texts(&host, "mark"), ["one", "two"]);
    let host = diff(Some("a\nb\n"), "a\nb\nc\n", DiffLayout::Split).await;
    assert_eq!(texts(&host, "tr"), ["because f line 2", "2b2b", "3added: c"]);
    // Beside the first row's one cell, these are what columns have their widths from.
    assert_eq!(count(&host, "col"), 5);
    let host = diff(None, "new\n", DiffLayout::Unified).await;
    assert_eq!(texts(&host, "caption"), ["fnew file"]);
}

#[wasm_bindgen_test]
async fn a_patch_is_shown_with_its_proof_and_cost_and_applied() {
    let (dispatch, actions) = recorder();
    let report = sample::report();
    let fix = report.fixes[0].clone();
    let props = |stale: bool, dispatch| PatchesProps {
        report: Some(Rc::new(sample::report())),
        failed: None,
        stale,
        complete: true,
        selected: 0,
        beside: Vec::new(),
        composition: None,
        refused: None,
        layout: DiffLayout::Unified,
        applied: None,
        changes: Vec::new(),
        was: None,
        dispatch,
    };
    let host = draw::<Patches>(props(false, dispatch.clone())).await;
    assert_eq!(
        texts(&host, ".costs li"),
        ["checked: builds", "2 lines", "no extra network", "same versions"]
    );
    click(&host, ".button.primary");
    let files = vec![("Dockerfile".to_owned(), fix.files[0].after.clone())];
    assert_eq!(*actions.borrow(), [Action::Apply { title: fix.title, files }]);
    // While the text is ahead of the report there is nothing to apply.
    let host = draw::<Patches>(props(true, dispatch)).await;
    assert_eq!(count(&host, ".button.primary:disabled"), 1);
}

#[wasm_bindgen_test]
async fn where_all_is_well_one_reads_what_each_stage_gets() {
    let package = |project: &str, version: &str, requested_by: &[&str], stage: usize| {
        serde_json::json!({ "project": project, "version": version, "requested_by": requested_by, "stage": stage,
            "location": sample::place("requirements.txt", "accelerate==1.10.1"), "frozen": format!("{project}=={version}") })
    };
    let stage = |index: usize,
                 label: &str,
                 installed: &[serde_json::Value],
                 wheelhouses: serde_json::Value|
     -> Stage {
        serde_json::from_value(serde_json::json!({
            "index": index, "name": null, "label": label, "base": "python:3.10", "python": "3.10", "platform": "linux/amd64",
            "location": null, "steps": [], "wheelhouses": wheelhouses,
            "environments": [{ "path": "/usr/local", "kind": "system", "python": "3.10", "packages": {}, "installed": installed, "certain": true }]
        }))
        .unwrap()
    };
    let wheel = serde_json::json!({ "file": "numpy-1.25.2-any.whl", "project": "numpy", "version": "1.25.2", "died": null,
        "born": { "stage": 0, "step": 1, "call": 0, "requested_by": ["chatterbox-tts 0.1.4 (numpy<1.26)"] } });
    let mut report = sample::report();
    report.verdict = Verdict::Compatible;
    report.fixes.clear();
    report.findings.clear();
    report.stages = vec![
        stage(
            0,
            "stage builder",
            &[package("wheel-tool", "1.0", &["wheel-tool"], 0)],
            serde_json::json!({ "/wheels": [wheel] }),
        ),
        stage(
            1,
            "final stage",
            &[
                package("accelerate", "1.10.1", &["accelerate"], 1),
                package("numpy", "2.2.6", &["accelerate 1.10.1 (numpy<3)", "torch 2.6.0 (numpy)"], 1),
                package("wheel-tool", "1.0", &["wheel-tool"], 0),
            ],
            serde_json::json!({}),
        ),
    ];
    let (dispatch, actions) = recorder();
    let props = PatchesProps {
        report: Some(Rc::new(report)),
        failed: None,
        stale: false,
        complete: true,
        selected: 0,
        beside: Vec::new(),
        composition: None,
        refused: None,
        layout: DiffLayout::Unified,
        applied: None,
        changes: vec![FileChange {
            path: "Dockerfile".into(),
            before: Some("a\nb\n".into()),
            after: "a\nc\n".into(),
        }],
        was: Some("Build fails at line 7.".into()),
        dispatch,
    };
    let host = draw::<Patches>(props).await;
    assert_eq!(
        texts(&host, ".gets summary"),
        [
            "final stage /usr/local 3 packages",
            "stage builder /usr/local 1 package",
            "stage builder /wheels 1 wheel"
        ]
    );
    assert_eq!(count(&host, ".gets[open]"), 1, "what is shipped is open");
    assert_eq!(
        texts(&host, ".gets:first-of-type tbody tr"),
        [
            "accelerate1.10.1requirements.txt line 1",
            "numpy2.2.6 was 1.25.2 in stage builderaccelerate 1.10.1 (numpy<3) and 1 more requirements.txt line 1",
            "wheel-tool1.0 from stage builderrequirements.txt line 1",
        ]
    );
    click(&host, ".gets .place");
    let place = sample::place("requirements.txt", "accelerate==1.10.1");
    assert_eq!(*actions.borrow(), [Action::Go(place)]);
    assert_eq!(texts(&host, ".changes[open] .code"), ["a", "removed: b", "added: c"]);
    assert_eq!(
        texts(&host, ".changes button"),
        ["Copy patch", "Copy for a pull request", "Save patch", "Save Dockerfile"]
    );
}

#[wasm_bindgen_test]
async fn a_comparison_of_stages_begins_with_the_finding_and_keeps_additions_for_later() {
    let stage = |packages: &[(&str, &str)]| -> Stage {
        let packages: std::collections::BTreeMap<&str, [&str; 1]> =
            packages.iter().map(|(project, version)| (*project, [*version])).collect();
        serde_json::from_value(serde_json::json!({
            "index": 0, "name": null, "label": "stage 0", "base": "python:3.10", "python": "3.10", "platform": "linux/amd64",
            "location": null, "steps": [], "wheelhouses": {},
            "environments": [{ "path": "/usr/local", "kind": "system", "python": "3.10", "packages": packages, "certain": true }]
        }))
        .unwrap()
    };
    let mut report = sample::report();
    report.stages = vec![stage(&[("left", "1"), ("other", "1"), ("same", "1")])];
    report.fixes[0].stages_after =
        vec![stage(&[("added", "1"), ("more", "2"), ("numpy", "1.25.2"), ("other", "2"), ("same", "1")])];
    let host = draw::<Patches>(PatchesProps {
        report: Some(Rc::new(report)),
        stale: false,
        complete: true,
        selected: 0,
        failed: None,
        beside: Vec::new(),
        refused: None,
        composition: None,
        layout: DiffLayout::Unified,
        applied: None,
        changes: Vec::new(),
        was: None,
        dispatch: recorder().0,
    })
    .await;
    assert_eq!(
        texts(&host, ".stages-after > div td:nth-child(2)"),
        ["numpy in /usr/local", "left in /usr/local", "other in /usr/local"]
    );
    assert_eq!(texts(&host, ".stages-after summary"), ["2 additions"]);
    assert_eq!(texts(&host, "details td:nth-child(2)"), ["added in /usr/local", "more in /usr/local"]);
}

#[wasm_bindgen_test]
async fn several_patches_are_shown_as_what_they_came_to_or_why_they_cannot_be_had() {
    let (dispatch, actions) = recorder();
    let mut report = sample::report();
    let more = Fix { id: "lock".to_owned(), removes: vec![0, 1], ..report.fixes[0].clone() };
    report.fixes.push(Fix { title: "Lock".to_owned(), ..more.clone() });
    let report = Rc::new(report);
    let props = |beside: &[&str], outcome: Option<Result<Fix, String>>| PatchesProps {
        report: Some(report.clone()),
        failed: None,
        stale: false,
        complete: true,
        selected: 0,
        beside: beside.iter().map(ToString::to_string).collect(),
        composition: outcome.map(|outcome| {
            Rc::new(Composition { fixes: vec!["install-by-name".into(), "lock".into()], outcome })
        }),
        refused: None,
        layout: DiffLayout::Unified,
        applied: None,
        changes: Vec::new(),
        was: None,
        dispatch: dispatch.clone(),
    };
    let host = draw::<Patches>(props(&[], None)).await;
    assert_eq!(texts(&host, ".beside li"), ["2Lock, mends more"]);
    click(&host, ".beside input");
    assert_eq!(*actions.borrow(), [Action::Beside("lock".to_owned())]);

    let host = draw::<Patches>(props(&["lock"], None)).await;
    assert_eq!((count(&host, ".pulse"), count(&host, ".button.primary")), (1, 0));
    let refused = PatchesProps { refused: Some("They meet.".to_owned()), ..props(&[], None) };
    let host = draw::<Patches>(refused).await;
    assert_eq!(texts(&host, ".beside .refused"), ["They meet."]);
    assert_eq!(count(&host, ".button.primary"), 1);
    let both = Fix { title: "Both".to_owned(), ..more };
    let host = draw::<Patches>(props(&["lock"], Some(Ok(both)))).await;
    assert!(texts(&host, ".costs li")[0].starts_with("checked: "), "{:?}", texts(&host, ".costs li"));
}

#[wasm_bindgen_test]
async fn the_verdict_is_one_line_with_its_word() {
    let (dispatch, actions) = recorder();
    let report = Some(Rc::new(sample::report()));
    let props =
        VerdictLineProps { report, failed: None, stale: false, comparison: None, open: false, dispatch };
    let host = draw::<VerdictLine>(props).await;
    assert_eq!(texts(&host, ".headline"), ["Build fails at line 7. /wheels holds two versions of numpy."]);
    assert_eq!(texts(&host, ".verdict-actions button"), ["1 problem, 1 note", "NextF8"]);
    click(&host, ".verdict-actions button:last-child");
    assert_eq!(*actions.borrow(), [Action::Step { back: false }]);
}

#[wasm_bindgen_test]
async fn problems_are_buttons_that_lead_to_their_places() {
    let (dispatch, actions) = recorder();
    let report = Rc::new(sample::report());
    let host = draw::<Problems>(ProblemsProps { report, selected: 0, dispatch }).await;
    assert_eq!(
        texts(&host, ".problem"),
        [
            "Duplicate Two files of numpy are demanded at once.Dockerfile line 7",
            "Note pkuseg may drift.Dockerfile line 4",
        ]
    );
    click(&host, "li:last-child .problem");
    assert_eq!(*actions.borrow(), [Action::Find(1)]);
}

#[wasm_bindgen_test]
async fn a_divider_moves_by_keys_within_its_limits() {
    let moves = Rc::new(std::cell::RefCell::new(Vec::new()));
    let log = moves.clone();
    let host = draw::<Splitter>(SplitterProps {
        label: "a and b".into(),
        controls: "a".into(),
        axis: Axis::Columns,
        value: 84.0,
        initial: 40.0,
        onmove: Callback::from(move |share| log.borrow_mut().push(share)),
    })
    .await;
    for key in ["ArrowLeft", "ArrowRight", "ArrowUp", "Home", "End", "Enter"] {
        press(&host, "[role=separator]", key);
    }
    assert_eq!(*moves.borrow(), [82.0, 85.0, 15.0, 85.0, 40.0]);
}

#[wasm_bindgen_test]
fn a_rule_s_page_is_headings_paragraphs_and_fences() {
    let page =
        "# Two files\n\nA `wheel` is\none file.\n\n## Bad\n\n```Dockerfile\nFROM a\n\n# b\n```\nMore.\n";
    assert_eq!(
        blocks(page),
        [
            Block::Heading(1, "Two files"),
            Block::Paragraph("A `wheel` is one file.".to_owned()),
            Block::Heading(2, "Bad"),
            Block::Code("Dockerfile", "FROM a\n\n# b".to_owned()),
            Block::Paragraph("More.".to_owned()),
        ]
    );
}

#[wasm_bindgen_test]
async fn a_step_that_fails_whatever_the_versions_shows_no_ranges_of_another_project() {
    let mut report = sample::report();
    report.findings.truncate(1);
    (report.findings[0].verdict, report.findings[0].project) = (Some(Verdict::Fails), None);
    let props = WhyProps {
        report: Some(Rc::new(report)),
        failed: None,
        tab: WhyTab::Ranges,
        finding: 0,
        project: None,
        lit: Lit::default(),
        dispatch: recorder().0,
    };
    let host = draw::<Why>(props).await;
    assert_eq!(count(&host, ".answer-row"), 0);
    assert!(!texts(&host, ".projects button").is_empty(), "{}", host.inner_html());
}
