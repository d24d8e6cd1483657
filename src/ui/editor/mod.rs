//! The editors: CodeMirror in a custom element (`editor/src/editor.js`), told by Rust what to
//! colour, underline, complete and explain.
//!
//! CodeMirror owns the text while it is typed and sends changes, not documents. The state keeps
//! the files' bytes ([`Sources`](crate::text::Sources)); what changes there by other means (a
//! patch, a link) is brought into the editor as one undoable step when `pushed` grows.

pub mod complete;
pub mod describe;
pub mod offsets;
mod plain;
pub mod tokens;

use std::{borrow::Cow, cell::RefCell, iter, rc::Rc};

use gloo::events::EventListener;
use js_sys::{Array, Function, JSON, Uint32Array};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use wasm_bindgen::prelude::*;
use web_sys::CustomEvent;
use yew::prelude::*;

use self::offsets::{Change, Offsets};
use super::{
    components::{Dispatch, fact_errors, new_texts},
    state::{Action, FACTS, Jump, Lit},
};
use crate::report::{Location, ProjectView, Report, Severity, Verdict};

#[wasm_bindgen]
extern "C" {
    #[derive(Debug, Clone)]
    #[wasm_bindgen(extends = web_sys::HtmlElement)]
    type EditorElement;

    #[wasm_bindgen(method, getter)]
    fn text(this: &EditorElement) -> String;
    #[wasm_bindgen(method, getter)]
    fn revision(this: &EditorElement) -> u32;
    #[wasm_bindgen(method, js_name = setText)]
    fn set_text(this: &EditorElement, text: &str, revision: u32);
    #[wasm_bindgen(method, js_name = applyChanges)]
    fn apply_changes(this: &EditorElement, changes: &JsValue);
    #[wasm_bindgen(method, js_name = setHighlights)]
    fn set_highlights(this: &EditorElement, revision: u32, ranges: &Uint32Array, classes: &Array);
    #[wasm_bindgen(method, js_name = setProblems)]
    fn set_problems(this: &EditorElement, revision: u32, problems: &JsValue);
    #[wasm_bindgen(method)]
    fn reveal(this: &EditorElement, from: u32, to: u32, focus: bool);
    #[wasm_bindgen(method)]
    fn show(this: &EditorElement, at: u32);
    #[wasm_bindgen(method, setter, js_name = colourSource)]
    fn set_colour_source(this: &EditorElement, source: &Function);
    #[wasm_bindgen(method, setter)]
    fn set_colours(this: &EditorElement, classes: &Array);
    #[wasm_bindgen(method, setter, js_name = completionSource)]
    fn set_completion_source(this: &EditorElement, source: &Function);
    #[wasm_bindgen(method, setter, js_name = hoverSource)]
    fn set_hover_source(this: &EditorElement, source: &Function);
}

/// Properties of [`Editor`].
#[derive(Debug, Clone, PartialEq, Properties)]
pub struct EditorProps {
    /// What the editor is called.
    pub label: AttrValue,
    /// What stands there while the text is empty.
    pub hint: AttrValue,
    /// Whether it is to be seen: an editor out of sight keeps its history.
    pub shown: bool,
    /// The file.
    pub path: AttrValue,
    /// Its text.
    pub text: AttrValue,
    /// Grows when a text changes by other means than typing here.
    pub pushed: u64,
    /// What is known.
    pub report: Option<Rc<Report>>,
    /// The report speaks of an earlier text: underlines stay where the editor moved them.
    pub stale: bool,
    /// Lit places.
    pub lit: Lit,
    /// The latest jump.
    pub jump: Option<Jump>,
    /// What can be completed.
    pub words: Rc<complete::Words>,
    /// Where to send what the person did.
    pub dispatch: Dispatch,
}

/// A change as the element writes and reads it.
#[derive(Debug, Serialize, Deserialize)]
struct WireChange {
    from: usize,
    to: usize,
    insert: String,
}

/// What `wheelstage-change` tells.
#[derive(Debug, Deserialize)]
struct Changed {
    changes: Vec<WireChange>,
}

/// What `wheelstage-selection` tells.
#[derive(Debug, Deserialize)]
struct Selected {
    from: usize,
}

/// What `wheelstage-action` tells.
#[derive(Debug, Deserialize)]
struct Chosen {
    id: String,
}

/// What is wrong in a file, as the element reads it.
#[derive(Debug, Serialize)]
struct Wrong<'a> {
    underlines: Vec<Underline<'a>>,
    notes: Vec<Note>,
}

/// An underline as the element reads it.
#[derive(Debug, Serialize)]
struct Underline<'a> {
    from: usize,
    to: usize,
    severity: &'static str,
    message: Cow<'a, str>,
    source: &'a str,
    actions: Vec<FixName<'a>>,
}

/// A remark below a line as the element reads it.
#[derive(Debug, PartialEq, Serialize)]
struct Note {
    at: usize,
    severity: &'static str,
    text: String,
}

#[derive(Debug, Serialize)]
struct FixName<'a> {
    id: &'a str,
    name: &'a str,
}

/// The properties as they are now: the element asks and tells at any time, about what is shown then.
type Latest = Rc<RefCell<EditorProps>>;

/// An editor of one file; a plain text area where the element's script has not come.
#[function_component]
pub fn Editor(props: &EditorProps) -> Html {
    let is_plain = use_memo((), |()| plain::is_needed());
    if *is_plain {
        html! { <plain::Plain ..props.clone() /> }
    } else {
        html! { <Coloured ..props.clone() /> }
    }
}

/// The element, and what it is told.
#[function_component]
fn Coloured(props: &EditorProps) -> Html {
    let node = use_node_ref();
    let latest: Latest = use_mut_ref(|| props.clone());
    *latest.borrow_mut() = props.clone();
    {
        let node = node.clone();
        use_effect_with((), move |()| {
            let connection = node.get().map(|node| connect(&node.unchecked_into(), &latest));
            move || drop(connection)
        });
    }
    // What is drawn must be about the text that the element has. Where a key was pressed since, it
    // is not, and a later render comes.
    let current = {
        let (node, text) = (node.clone(), props.text.clone());
        move || {
            let element = node.get()?.unchecked_into::<EditorElement>();
            (element.text() == offsets::normalised(&text)).then_some(element)
        }
    };
    {
        let (node, text) = (node.clone(), props.text.clone());
        use_effect_with(props.pushed, move |_| {
            if let Some(node) = node.get() {
                push(&node.unchecked_into(), &offsets::normalised(&text));
            }
        });
    }
    {
        let (current, text) = (current.clone(), props.text.clone());
        let report = props.report.clone().filter(|_| !props.stale);
        // What the element was told, and of which of its texts: telling it the same again would lay
        // it out for nothing, and most answers are news for one file.
        let told = use_mut_ref(|| None::<(u32, String)>);
        use_effect_with((props.path.clone(), report), move |(path, report)| {
            let (Some(element), Some(report)) = (current(), report) else { return };
            let wrong =
                Wrong { underlines: underlines(report, path, &text), notes: notes(report, path, &text) };
            let tell = (element.revision(), json(&wrong));
            if told.borrow().as_ref() != Some(&tell) {
                element.set_problems(tell.0, &parsed(&tell.1));
                *told.borrow_mut() = Some(tell);
            }
        });
    }
    {
        let (current, text) = (current.clone(), props.text.clone());
        let report = props.report.as_ref().filter(|_| !props.stale);
        let culprit = report.and_then(|report| culprit(report, &props.path)).map(|place| place.start);
        use_effect_with((culprit, props.shown), move |(culprit, _)| {
            if let (Some(element), Some(culprit)) = (current(), culprit) {
                element.show(unit(&Offsets::new(&text), *culprit));
            }
        });
    }
    {
        let (current, text) = (current.clone(), props.text.clone());
        let here = props.lit.places.iter().filter(|place| *props.path == place.file);
        use_effect_with(here.cloned().collect::<Vec<Location>>(), move |places| {
            let Some(element) = current() else { return };
            let offsets = Offsets::new(&text);
            let ranges: Vec<u32> = places
                .iter()
                .flat_map(|place| [unit(&offsets, place.start), unit(&offsets, place.end), 0])
                .collect();
            let classes = Array::of1(&"highlight".into());
            element.set_highlights(element.revision(), &Uint32Array::from(ranges.as_slice()), &classes);
        });
    }
    {
        let text = props.text.clone();
        use_effect_with(props.jump.clone(), {
            let path = props.path.clone();
            move |jump| {
                let jump = jump.as_ref().filter(|jump| *path == jump.to.file);
                if let (Some(element), Some(jump)) = (current(), jump) {
                    let offsets = Offsets::new(&text);
                    element.reveal(unit(&offsets, jump.to.start), unit(&offsets, jump.to.end), true);
                }
            }
        });
    }
    html! {
        <wheelstage-editor
            ref={node}
            label={&props.label}
            placeholder={&props.hint}
            data-path={&props.path}
            hidden={!props.shown}
        />
    }
}

/// Keeps alive what the element calls.
struct Connection {
    _listeners: [EventListener; 3],
    _colour: Closure<dyn Fn(String) -> Uint32Array>,
    _complete: Closure<dyn Fn(u32, bool) -> JsValue>,
    _describe: Closure<dyn Fn(u32) -> JsValue>,
}

fn connect(element: &EditorElement, latest: &Latest) -> Connection {
    let colour = {
        let path = latest.borrow().path.clone();
        Closure::new(move |text: String| Uint32Array::from(colours(&path, &text).as_slice()))
    };
    element.set_colours(&tokens::Kind::ALL.iter().map(|kind| JsValue::from_str(kind.class())).collect());
    element.set_colour_source(colour.as_ref().unchecked_ref());
    element.set_text(&offsets::normalised(&latest.borrow().text), 0);
    let complete = {
        let (element, latest) = (element.clone(), latest.clone());
        Closure::new(move |at: u32, asked: bool| {
            let props = latest.borrow();
            let text = element.text();
            let offsets = Offsets::new(&text);
            let answer =
                complete::complete(&props.words, &props.path, &text, offsets.byte(at as usize), asked);
            answer.map_or(JsValue::NULL, |mut answer| {
                answer.from = offsets.unit(answer.from);
                value(&answer)
            })
        })
    };
    let describe = {
        let latest = latest.clone();
        Closure::new(move |at: u32| {
            let props = latest.borrow();
            let offsets = Offsets::new(&props.text);
            let report = props.report.as_ref().filter(|_| !props.stale);
            let about = report.and_then(|report| {
                describe::describe(report, &props.path, &props.text, offsets.byte(at as usize))
            });
            about.map_or(JsValue::NULL, |mut about| {
                (about.from, about.to) = (offsets.unit(about.from), offsets.unit(about.to));
                value(&about)
            })
        })
    };
    element.set_completion_source(complete.as_ref().unchecked_ref());
    element.set_hover_source(describe.as_ref().unchecked_ref());
    let changed = tells(element, "wheelstage-change", latest, |props, Changed { changes }| {
        let changes = changes.into_iter().map(|WireChange { from, to, insert }| Change { from, to, insert });
        Some(Action::Typed { path: props.path.to_string(), changes: changes.collect() })
    });
    let selected = tells(element, "wheelstage-selection", latest, |props, Selected { from }| {
        Some(Action::Cursor { path: props.path.to_string(), offset: from })
    });
    let chosen = tells(element, "wheelstage-action", latest, |props, Chosen { id }| {
        let report = props.report.as_ref().filter(|_| !props.stale)?;
        let fix = report.fixes.iter().find(|fix| fix.id == id)?;
        Some(Action::Apply { title: fix.title.clone(), files: new_texts(fix) })
    });
    let _listeners = [changed, selected, chosen];
    Connection { _listeners, _colour: colour, _complete: complete, _describe: describe }
}

/// Sends what an event of the element means. The properties are let go of before: what is sent may
/// render this editor again.
fn tells<T: DeserializeOwned>(
    element: &EditorElement,
    event: &'static str,
    latest: &Latest,
    meaning: impl Fn(&EditorProps, T) -> Option<Action> + 'static,
) -> EventListener {
    let latest = latest.clone();
    EventListener::new(element, event, move |event| {
        let detail = event.dyn_ref::<CustomEvent>().and_then(|event| JSON::stringify(&event.detail()).ok());
        let told = detail.and_then(|detail| serde_json::from_str(&String::from(detail)).ok());
        let (action, dispatch) = {
            let props = latest.borrow();
            (told.and_then(|told| meaning(&props, told)), props.dispatch.clone())
        };
        if let Some(action) = action {
            dispatch.emit(action);
        }
    })
}

/// Brings the element's text to the state's, as one step that can be undone.
fn push(element: &EditorElement, text: &str) {
    let changes = offsets::changes(&element.text(), text);
    if !changes.is_empty() {
        let changes = changes.into_iter().map(|Change { from, to, insert }| WireChange { from, to, insert });
        element.apply_changes(&value(&changes.collect::<Vec<_>>()));
    }
}

/// Where each coloured piece begins, where it ends, and the number of its kind.
fn colours(path: &str, text: &str) -> Vec<u32> {
    let offsets = Offsets::new(text);
    tokens::tokens(path, text)
        .into_iter()
        .flat_map(|token| {
            let (from, to) = (token.range.start().into(), token.range.end().into());
            [unit(&offsets, from), unit(&offsets, to), token.kind as u32]
        })
        .collect()
}

fn underlines<'a>(report: &'a Report, path: &str, text: &str) -> Vec<Underline<'a>> {
    let offsets = Offsets::new(text);
    let mut underlines: Vec<Underline<'a>> = report
        .findings
        .iter()
        .filter(|finding| finding.location.file == path)
        .map(|finding| Underline {
            from: offsets.unit(finding.location.start),
            to: offsets.unit(finding.location.end),
            severity: match finding.severity {
                Severity::Error => "error",
                Severity::Warning => "warning",
                Severity::Info => "info",
            },
            message: Cow::Borrowed(&finding.message),
            source: &finding.rule,
            actions: finding
                .fixes
                .iter()
                .filter_map(|id| report.fixes.iter().find(|fix| fix.id == *id))
                .map(|fix| FixName { id: &fix.id, name: &fix.title })
                .collect(),
        })
        .collect();
    if path == FACTS {
        underlines.extend(fact_errors(text).into_iter().map(|(place, message)| Underline {
            from: offsets.unit(place.start),
            to: offsets.unit(place.end),
            severity: "error",
            message: Cow::Owned(message),
            source: FACTS,
            actions: Vec::new(),
        }));
    }
    underlines
}

/// What a file is to be scrolled to: where the first problem stands, else who has part in it.
fn culprit<'a>(report: &'a Report, path: &str) -> Option<&'a Location> {
    let finding = report.findings.iter().find(|finding| finding.severity != Severity::Info)?;
    let parties = finding.guilty.iter().filter_map(|party| party.location.as_ref());
    iter::once(&finding.location).chain(parties).find(|place| place.file == path)
}

/// What stands below lines: for each project that something is wrong with, who is guilty of it
/// and what each run made of it.
fn notes(report: &Report, path: &str, text: &str) -> Vec<Note> {
    let offsets = Offsets::new(text);
    let wrong = |view: &&ProjectView| !matches!(view.verdict, Verdict::Compatible | Verdict::Unknown);
    let mut notes = Vec::new();
    for view in report.projects.iter().filter(wrong) {
        let mut note = |place: &Option<Location>, severity, text: String| {
            if let Some(place) = place.as_ref().filter(|place| place.file == path) {
                let note = Note { at: offsets.unit(place.end), severity, text };
                if !notes.contains(&note) {
                    notes.push(note);
                }
            }
        };
        for row in view.rows.iter().filter(|row| row.guilty && !row.party.specifier.is_empty()) {
            note(&row.party.location, "warning", format!("asks for {}{}", view.project, row.party.specifier));
        }
        for pick in &view.picks {
            let severity = if pick.guilty { "error" } else { "info" };
            let unseen = match pick.unseen.is_empty() {
                true => String::new(),
                false => format!(", never saw {}", pick.unseen.join(", ")),
            };
            note(&pick.location, severity, format!("picks {} {}{unseen}", view.project, pick.version));
        }
    }
    notes
}

/// A byte offset as the element counts.
fn unit(offsets: &Offsets<'_>, byte: usize) -> u32 {
    u32::try_from(offsets.unit(byte)).unwrap_or(u32::MAX)
}

/// Plain data as JavaScript has it.
fn value(data: &impl Serialize) -> JsValue {
    parsed(&json(data))
}

/// Plain data as text: strings and numbers cannot fail to be written.
fn json(data: &impl Serialize) -> String {
    serde_json::to_string(data).unwrap_or_default()
}

/// What was written by [`json`].
fn parsed(text: &str) -> JsValue {
    JSON::parse(text).unwrap_or(JsValue::NULL)
}
