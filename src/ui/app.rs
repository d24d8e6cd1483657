//! The page's root component: the state, and what watches it.

use std::{cell::Cell, rc::Rc};

use gloo::{events::EventListener, timers::callback::Timeout, utils::window};
use wasm_bindgen_futures::spawn_local;
use web_sys::Element;
use yew::prelude::*;

use super::{
    components::{
        Axis, Dispatch, DraftList, DropZone, FileTabs, Header, Help, OpenedNotice, Patches, Problems, Share,
        Splitter, Symbol, TargetBar, VerdictLine, Why, crash_notice, facts_notice, fixed, icon, new_texts,
        removed_notice, stated_facts, unkept_notice,
    },
    drafts::{Keeper, Opening},
    editor::{Editor, complete::Words},
    effects, fetch,
    hooks::{Drafts, use_drafts, use_keys, use_settled},
    state::{Action, Divider, Dividers, FACTS, Facts, Failure, Pane, State},
    wanted::wanted,
    worker::{self, Answer, Question, Running},
};
use crate::{
    index::Manifest,
    link::{self, Playground},
    order::{SortedMap, SortedSet},
    report::Severity,
    text::FileId,
};

/// How long the worker may think before it counts as dead, in milliseconds.
const PATIENCE: u32 = 30_000;

/// How long no key comes before typing counts as paused, in milliseconds: longer than between the
/// keys of a quick typist.
const REST: u32 = 200;

/// Properties of [`App`].
#[derive(Debug, Clone, PartialEq, Properties)]
pub(super) struct AppProps {
    /// What is opened at the start.
    pub(super) opening: Opening,
    /// What is shown where there is nothing else.
    pub(super) example: Playground,
    /// What the address asks for.
    pub(super) view: Option<link::View>,
}

/// The page.
#[function_component]
pub(super) fn App(props: &AppProps) -> Html {
    let opened = || props.opening.playground.clone().unwrap_or_else(|| props.example.clone());
    // An answer about an earlier text changes nothing, and nothing is drawn for it.
    let state = use_reducer_eq(|| State {
        theme: effects::stored_theme(),
        view: effects::address().1,
        zoom: effects::stored_zoom(),
        banner: props.opening.banner.clone(),
        ..State::new(opened())
    });
    let dispatch: Dispatch = {
        let dispatcher = state.dispatcher();
        use_memo((), move |()| Callback::from(move |action| dispatcher.dispatch(action))).as_ref().clone()
    };
    let words = use_analysis(&state, &dispatch);
    let keeper = use_mut_ref(|| Keeper::new(&props.opening, &opened(), props.view));
    let drafts = use_drafts(&state, &dispatch, keeper);
    use_shortcuts(&state, &dispatch, &drafts);
    use_effect_with(state.theme, |theme| effects::show_theme(*theme));
    use_effect_with(state.problems, |open| {
        if !*open {
            effects::leave_problems();
        }
    });
    use_effect_with((state.view, state.zoom), |(view, zoom)| effects::show_view(*view, *zoom));
    {
        let dispatch = dispatch.clone();
        use_effect_with(state.notice.clone(), move |notice| {
            let timer =
                notice.as_ref().map(|_| Timeout::new(5_000, move || dispatch.emit(Action::Notice(None))));
            move || drop(timer)
        });
    }
    {
        let dispatch = dispatch.clone();
        use_effect_with((state.typing, state.revision), move |(typing, _)| {
            let timer = typing.then(|| Timeout::new(REST, move || dispatch.emit(Action::Rested)));
            move || drop(timer)
        });
    }
    let work = use_node_ref();
    {
        let work = work.clone();
        use_effect_with(state.dividers, move |dividers| {
            if let Some(work) = work.cast::<Element>() {
                for (divider, name) in
                    [(Divider::Files, "--files"), (Divider::Editors, "--editors"), (Divider::Why, "--why")]
                {
                    effects::set_property(&work, name, &format!("{}%", fixed(dividers.of(divider), 2)));
                }
            }
        });
    }
    let spoken = state
        .report
        .as_ref()
        .filter(|_| !state.stale())
        .map_or_else(String::new, |report| report.headline.clone());
    let spoken = use_settled(spoken.into(), 500);
    let pane = match state.pane {
        Pane::Files => "files",
        Pane::Dockerfile => "dockerfile",
        Pane::Why => "why",
        Pane::Patch => "patch",
        Pane::More => "more",
    };
    html! {
        <div class="app" data-pane={pane}>
            <Header theme={state.theme} view={state.view} zoom={state.zoom} dispatch={dispatch.clone()}>
                <TargetBar
                    report={state.report.clone()}
                    compare={state.compare.clone()}
                    facts={state.facts.clone()}
                    dispatch={dispatch.clone()}
                />
            </Header>
            <div class="told">
                if let Some(crash) = &state.crash {
                    { crash_notice(crash, state.failed, &dispatch) }
                }
                if let Facts::Failed(reason) = &state.facts {
                    { facts_notice(reason, &dispatch) }
                }
                if state.unkept {
                    { unkept_notice(&dispatch) }
                }
                if let Some(banner) = state.banner.clone() {
                    <OpenedNotice
                        {banner}
                        catalogue={state.report.as_ref().and_then(|report| report.catalogue.clone())}
                        carried={state.carried.is_some()}
                        onrestore={drafts.restore.clone()}
                        onopen={drafts.open.clone()}
                        example={props.example.clone()}
                        dispatch={dispatch.clone()}
                    />
                }
            </div>
            <main class="work" ref={work}>
                <div class="editors">
                    { files(&state, &dispatch, &words) }
                    { splitter(&state, &dispatch, Divider::Files, Axis::Columns, "Files and Dockerfile", "files") }
                    { dockerfile(&state, &dispatch, &words) }
                </div>
                { splitter(&state, &dispatch, Divider::Editors, Axis::Rows, "Editors and reasons", "files") }
                <VerdictLine
                    report={state.report.clone()}
                    failed={state.failed}
                    stale={state.stale()}
                    comparison={state.comparison.clone()}
                    open={state.problems}
                    dispatch={dispatch.clone()}
                />
                if let Some(report) = state.report.clone().filter(|_| state.problems) {
                    <Problems {report} selected={state.finding} dispatch={dispatch.clone()} />
                }
                <div class="reasons">
                    <Why
                        report={state.drawn.clone()}
                        failed={state.failed}
                        tab={state.why}
                        finding={state.finding}
                        project={state.project.clone()}
                        lit={state.lit.clone()}
                        dispatch={dispatch.clone()}
                    />
                    { splitter(&state, &dispatch, Divider::Why, Axis::Columns, "Why and fix", "why") }
                    <Patches
                        report={state.drawn.clone()}
                        failed={state.failed}
                        stale={state.drawn_stale()}
                        complete={state.complete}
                        selected={state.patch}
                        beside={state.beside.clone()}
                        composition={state.composed().cloned()}
                        refused={state.refused.clone()}
                        layout={state.diff}
                        applied={state.undoable().cloned()}
                        changes={state.changes()}
                        was={state.original.as_ref().map(|original| original.headline.clone())}
                        dispatch={dispatch.clone()}
                    />
                </div>
            </main>
            { phone_tabs(&state, &dispatch) }
            <p class="hidden" role="status" aria-live="polite">{ spoken }</p>
            <div class="notices" role="status">
                if let Some(notice) = &state.notice {
                    <p class="notice">{ notice }</p>
                }
            </div>
            <Help open={state.help} dispatch={dispatch.clone()}>
                if state.help {
                    <DraftList onrestore={drafts.restore.clone()} onopen={drafts.open.clone()} example={props.example.clone()} />
                }
            </Help>
            <Share
                playground={state.share.then(|| state.playground())}
                view={state.view}
                onshare={drafts.show_link.clone()}
                dispatch={dispatch.clone()}
            />
        </div>
    }
}

/// The requirements side: tabs, and an editor for each file, one of them to be seen.
fn files(state: &State, dispatch: &Dispatch, words: &Rc<Words>) -> Html {
    let problems = |path: &str| {
        state.drawn.as_ref().map_or(0, |report| {
            let here = |finding: &&crate::report::Finding| {
                finding.severity != Severity::Info && finding.location.file == path
            };
            report.findings.iter().filter(here).count()
        })
    };
    let files: Vec<(FileId, String, usize)> =
        state.left().map(|(id, file)| (id, file.path.clone(), problems(&file.path))).collect();
    let dockerfile = state.dockerfile().map_or("", |id| state.sources.text(id));
    html! {
        <DropZone id="files" class="pane files" label="Requirements" dispatch={dispatch.clone()}>
            <div class="pane-head">
                <FileTabs
                    files={files.clone()}
                    selected={state.tab}
                    dockerfile={state.dockerfile().and_then(|id| state.sources.get(id)).map(|file| file.path.clone())}
                    wanted={wanted(&state.sources, dockerfile)}
                    facts={state.overlay.clone()}
                    dispatch={dispatch.clone()}
                />
            </div>
            if let Some((_, file)) = state.removed.last() {
                { removed_notice(&file.path, dispatch) }
            }
            <div class="editor-stack">
                if files.is_empty() && state.tab != Some(FileId::FACTS) {
                    <p class="empty">{ "No file. Add requirements.txt, or drop a file here." }</p>
                }
                { for files.iter().map(|(id, path, _)| {
                    let hint = "One requirement a line, for example numpy<1.26";
                    editor(state, dispatch, words, *id, path, Some(*id) == state.tab, hint)
                }) }
                { facts(state, dispatch, words) }
            </div>
        </DropZone>
    }
}

/// What the person states about packages. Its editor is there from the first look at it on.
fn facts(state: &State, dispatch: &Dispatch, words: &Rc<Words>) -> Html {
    let shown = state.tab == Some(FileId::FACTS);
    html! {
        <div class="facts-editor" hidden={!shown}>
            if shown || !state.overlay.is_empty() {
                { editor(state, dispatch, words, FileId::FACTS, FACTS, shown, "accelerate 1.10.1 depends on numpy<3.0.0 and >=1.17") }
                { stated_facts(&state.overlay, dispatch) }
            }
        </div>
    }
}

fn dockerfile(state: &State, dispatch: &Dispatch, words: &Rc<Words>) -> Html {
    let file = state.dockerfile().and_then(|id| Some((id, state.sources.get(id)?)));
    html! {
        <DropZone id="dockerfile" class="pane dockerfile" label="Dockerfile" dispatch={dispatch.clone()}>
            <div class="pane-head">
                <h2 class="file-title">
                    { icon(Symbol::Stack) }
                    { file.map_or("Dockerfile", |(_, file)| file.path.as_str()) }
                </h2>
            </div>
            <div class="editor-stack">
                if let Some((id, file)) = file {
                    { editor(state, dispatch, words, id, &file.path, true, "No Dockerfile: the requirements are installed in one step") }
                } else {
                    <p class="empty">
                        { "No Dockerfile: the requirements are installed in one step. " }
                        <button
                            type="button"
                            class="button"
                            onclick={dispatch.reform(|_| Action::Add { path: "Dockerfile".to_owned(), bytes: Vec::new() })}
                        >{ "Add one" }</button>
                    </p>
                }
            </div>
        </DropZone>
    }
}

fn editor(
    state: &State,
    dispatch: &Dispatch,
    words: &Rc<Words>,
    file: FileId,
    path: &str,
    shown: bool,
    hint: &'static str,
) -> Html {
    html! {
        <Editor
            key={path.to_owned()}
            label={path.to_owned()}
            {hint}
            {shown}
            path={path.to_owned()}
            text={if file == FileId::FACTS { state.overlay.clone() } else { state.sources.text(file).to_owned() }}
            pushed={state.pushed}
            report={state.drawn.clone()}
            stale={state.drawn_stale()}
            lit={state.lit.clone()}
            jump={state.jump.clone()}
            words={words.clone()}
            dispatch={dispatch.clone()}
        />
    }
}

fn splitter(
    state: &State,
    dispatch: &Dispatch,
    divider: Divider,
    axis: Axis,
    label: &'static str,
    controls: &'static str,
) -> Html {
    html! {
        <Splitter
            {label}
            {controls}
            {axis}
            value={state.dividers.of(divider)}
            initial={Dividers::default().of(divider)}
            onmove={dispatch.reform(move |share| Action::Divide(divider, share))}
        />
    }
}

/// On a phone: one pane at a time.
fn phone_tabs(state: &State, dispatch: &Dispatch) -> Html {
    let problems = |dockerfile: bool| {
        let path = state.dockerfile().and_then(|id| state.sources.get(id)).map(|file| file.path.as_str());
        state.drawn.as_ref().is_some_and(|report| {
            report.findings.iter().any(|finding| {
                finding.severity != Severity::Info
                    && (Some(finding.location.file.as_str()) == path) == dockerfile
            })
        })
    };
    let fixes = state.drawn.as_ref().is_some_and(|report| !report.fixes.is_empty());
    let tabs = [
        (Pane::Files, "Files", Symbol::File, problems(false)),
        (Pane::Dockerfile, "Docker", Symbol::Stack, problems(true)),
        (Pane::Why, "Why", Symbol::Why, false),
        (Pane::Patch, "Fix", Symbol::Tick, fixes),
        (Pane::More, "Target", Symbol::Sliders, false),
    ];
    html! {
        <nav class="phone-tabs" aria-label="Panes">
            { for tabs.into_iter().map(|(pane, label, symbol, mark)| html! {
                <button
                    key={label}
                    type="button"
                    aria-current={(state.pane == pane).then_some("true")}
                    onclick={dispatch.reform(move |_| Action::Pane(pane))}
                >
                    { icon(symbol) }
                    { label }
                    if mark {
                        <span class="dot"><span class="hidden">{ if pane == Pane::Patch { "has fixes" } else { "has problems" } }</span></span>
                    }
                </button>
            }) }
        </nav>
    }
}

/// Copies the link; where there is something to decide first, opens the dialog instead.
fn copy_link(state: &State, dispatch: &Dispatch, drafts: &Drafts) {
    let playground = state.playground();
    let asks = !link::secrets(&playground).is_empty();
    let link = effects::link(playground, state.view);
    if asks || link.len() > link::MAX_CHARACTERS {
        dispatch.emit(Action::Share(true));
        return;
    }
    drafts.show_link.emit(link.clone());
    effects::copy(dispatch, &link, "Link copied. It holds the files themselves; nothing was sent anywhere.");
}

/// The keys of the page.
#[hook]
fn use_shortcuts(state: &UseReducerHandle<State>, dispatch: &Dispatch, drafts: &Drafts) {
    let (state, dispatch, drafts) = (state.clone(), dispatch.clone(), drafts.clone());
    use_keys(move |event| {
        let command = event.ctrl_key() || event.meta_key();
        let shift = event.shift_key();
        match event.key().as_str() {
            "Enter" if command => {
                if let Some(fix) = state.offered() {
                    dispatch.emit(Action::Apply { title: fix.title.clone(), files: new_texts(fix) });
                }
            }
            "s" if command && !shift => copy_link(&state, &dispatch, &drafts),
            "m" | "M" if command && shift => dispatch.emit(Action::Problems(!state.problems)),
            "F8" => dispatch.emit(Action::Step { back: shift }),
            "F6" => {
                let pane = effects::next_pane(shift);
                dispatch.emit(Action::Pane(pane));
                // On a phone the pane is shown first.
                Timeout::new(0, move || effects::focus_pane(pane)).forget();
            }
            "F1" => dispatch.emit(Action::Help(!state.help)),
            "Escape" if state.problems && !event.default_prevented() => {
                dispatch.emit(Action::Problems(false));
                // A dialog closes by it as well.
                return false;
            }
            _ => return false,
        }
        true
    });
}

/// The worker and what it was taught.
#[derive(Default)]
struct Analysis {
    running: Option<Running>,
    manifest: Option<Manifest>,
    /// The files of the catalogue that were fetched, by path: a new worker is taught them again.
    taught: SortedMap<String, String>,
    /// What can be completed: every name of the catalogue, and the versions that were fetched.
    words: Words,
    /// Files that are on their way or there.
    asked: SortedSet<String>,
    /// The running worker has said anything: it was loaded.
    heard: Rc<Cell<bool>>,
    watch: Option<Timeout>,
}

/// Asks the worker about every revision, fetches what it misses, restarts it when it dies after an
/// answer: one that dies before would do so for ever. Gives what the catalogue can complete.
#[hook]
fn use_analysis(state: &UseReducerHandle<State>, dispatch: &Dispatch) -> Rc<Words> {
    let analysis = use_mut_ref(Analysis::default);
    let words = use_state(|| Rc::new(Words::default()));
    let learn = {
        let (analysis, dispatch) = (analysis.clone(), dispatch.clone());
        Rc::new(move |path: String, text: String| {
            let mut analysis = analysis.borrow_mut();
            if let Some(running) = &analysis.running {
                running.bridge.send(Question::Learn(vec![text.clone()]));
            }
            analysis.taught.insert(path, text);
            drop(analysis);
            dispatch.emit(Action::Facts(Facts::Ready));
        })
    };
    // The catalogue: once, and whenever it is asked for anew.
    {
        let (analysis, learn, dispatch) = (analysis.clone(), learn.clone(), dispatch.clone());
        let words = words.setter();
        use_effect_with(state.facts == Facts::Loading, move |wanted| {
            if !*wanted {
                return;
            }
            spawn_local(async move {
                let failed = |reason| dispatch.emit(Action::Facts(Facts::Failed(reason)));
                if analysis.borrow().taught.contains_key(fetch::OPENING) {
                    // What is missing is asked for with the next answer.
                    dispatch.emit(Action::Facts(Facts::Ready));
                } else {
                    match fetch::bundle(fetch::OPENING).await {
                        Ok(text) => learn(fetch::OPENING.to_owned(), text),
                        Err(reason) => return failed(reason),
                    }
                }
                if analysis.borrow().manifest.is_some() {
                    return;
                }
                // Without its table of contents the catalogue is no more than what the bundle holds.
                let manifest = match fetch::manifest().await {
                    Ok(manifest) => manifest,
                    Err(reason) => return failed(reason),
                };
                let analysis = &mut *analysis.borrow_mut();
                for name in manifest.indexes.values().flatten() {
                    analysis.words.projects.entry(name.clone()).or_default();
                }
                analysis.manifest = Some(manifest);
                words.set(Rc::new(analysis.words.clone()));
            });
        });
    }
    // What could not be had may be there once the browser is online again.
    {
        let dispatch = dispatch.clone();
        use_effect_with(matches!(state.facts, Facts::Failed(_)), move |failed| {
            let online = move |_: &Event| dispatch.emit(Action::Facts(Facts::Loading));
            let listener = failed.then(|| EventListener::new(&window(), "online", online));
            move || drop(listener)
        });
    }
    // A worker, and another when it dies.
    {
        let (analysis, dispatch) = (analysis.clone(), dispatch.clone());
        let words = words.setter();
        use_effect_with(state.starts, move |_| {
            let has_answered = Rc::<Cell<bool>>::default();
            let has_spoken = Rc::<Cell<bool>>::default();
            let answered = {
                let (analysis, words, dispatch) = (analysis.clone(), words, dispatch.clone());
                let (has_answered, has_spoken) = (has_answered.clone(), has_spoken.clone());
                move |answer| {
                    has_spoken.set(true);
                    let action = match answer {
                        Answer::Learned(projects) => {
                            let mut analysis = analysis.borrow_mut();
                            analysis.words.learn(projects);
                            return words.set(Rc::new(analysis.words.clone()));
                        }
                        Answer::Report { revision, report, complete } => {
                            Action::Reported { revision, report: Rc::from(report), complete }
                        }
                        Answer::Compared { revision, comparison } => {
                            Action::Compared { revision, comparison }
                        }
                        Answer::Composed { revision, composition } => {
                            Action::Composed { revision, composition: Rc::from(composition) }
                        }
                    };
                    has_answered.set(true);
                    dispatch.emit(action);
                }
            };
            let died = {
                let (analysis, dispatch) = (analysis.clone(), dispatch.clone());
                let has_answered = has_answered.clone();
                move |message: String| {
                    analysis.borrow_mut().watch = None;
                    let failed = (!has_answered.get()).then_some(Failure::NotStarted);
                    dispatch.emit(Action::Died { message, failed });
                }
            };
            let mut analysis = analysis.borrow_mut();
            analysis.heard = has_spoken;
            match worker::spawn(answered, died) {
                Ok(running) => {
                    running.bridge.send(Question::Learn(analysis.taught.values().cloned().collect()));
                    analysis.running = Some(running);
                }
                Err(_) => {
                    analysis.running = None;
                    let message = "The browser did not start a worker.".to_owned();
                    dispatch.emit(Action::Died { message, failed: Some(Failure::NotStarted) });
                }
            }
            // The first question follows from the revision's own effect. A later worker is asked when
            // the text changes: its predecessor may have died of this very text.
        });
    }
    // A question for every revision.
    {
        let (analysis, dispatch) = (analysis.clone(), dispatch.clone());
        let asking = state.clone();
        use_effect_with(state.revision, move |revision| {
            if asking.failed.is_some() {
                return dispatch.emit(Action::Retry);
            }
            let mut analysis = analysis.borrow_mut();
            if let Some(running) = &analysis.running {
                running.bridge.send(Question::Analyse {
                    revision: *revision,
                    playground: Box::new(asking.playground()),
                    compare: asking.compare.clone(),
                });
            }
            let heard = analysis.heard.clone();
            analysis.watch = Some(Timeout::new(PATIENCE, move || {
                let message = format!("No answer within {} seconds.", PATIENCE / 1000);
                let failed = if heard.get() { Failure::TookTooLong } else { Failure::NotStarted };
                dispatch.emit(Action::Died { message, failed: Some(failed) });
            }));
        });
    }
    // A question for every choice of several patches, once they are all there.
    {
        let analysis = analysis.clone();
        let chosen = state.chosen();
        let asks = !state.beside.is_empty() && state.complete && !state.stale();
        use_effect_with((state.revision, asks.then_some(chosen)), move |(revision, chosen)| {
            if let (Some(running), Some(fixes)) = (&analysis.borrow().running, chosen) {
                running.bridge.send(Question::Compose { revision: *revision, fixes: fixes.clone() });
            }
        });
    }
    // What the report misses is fetched, where the catalogue has it.
    {
        let (analysis, learn, dispatch) = (analysis.clone(), learn.clone(), dispatch.clone());
        let answered = !state.stale();
        let missing = state.report.as_ref().map(|report| report.missing.clone()).unwrap_or_default();
        let has_manifest = analysis.borrow().manifest.is_some();
        use_effect_with(
            (state.reported, answered, has_manifest, missing),
            move |(_, answered, _, missing)| {
                if *answered {
                    analysis.borrow_mut().watch = None;
                }
                let paths: Vec<String> = {
                    let Analysis { manifest: Some(manifest), asked, .. } = &mut *analysis.borrow_mut() else {
                        return;
                    };
                    let paths = missing.iter().flat_map(|project| fetch::project_files(manifest, project));
                    paths.filter(|path| asked.insert(path.clone())).collect()
                };
                for path in paths {
                    let (analysis, learn, dispatch) = (analysis.clone(), learn.clone(), dispatch.clone());
                    spawn_local(async move {
                        match fetch::text(&path).await {
                            Ok(text) => learn(path, text),
                            Err(reason) => {
                                // Asked for again when the next answer misses it.
                                analysis.borrow_mut().asked.remove(&path);
                                dispatch.emit(Action::Facts(Facts::Failed(reason)));
                            }
                        }
                    });
                }
            },
        );
    }
    (*words).clone()
}
