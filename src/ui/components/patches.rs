use std::rc::Rc;

use yew::prelude::*;

use super::{
    Diff, Dispatch, NOT_STARTED, Symbol, Tab, Tabs, icon, verdict_class, verdict_symbol, verdict_word,
    waiting,
};
use crate::{
    order::{self, SortedMap, SortedSet},
    report::{Fix, Report, Stage, Verdict},
    ui::{
        effects,
        state::{Action, Applied, Composition, DiffLayout},
    },
};

/// Properties of [`Patches`].
#[derive(Debug, Clone, PartialEq, Properties)]
pub struct PatchesProps {
    /// What is known; `None` before the first answer.
    pub report: Option<Rc<Report>>,
    /// The analysis does not run.
    pub failed: bool,
    /// The text has changed since: nothing can be applied.
    pub stale: bool,
    /// No more fixes will follow.
    pub complete: bool,
    /// The shown patch.
    pub selected: usize,
    /// Ids of the patches that are to go with it.
    pub beside: Vec<String>,
    /// What came of running them together; `None` while that is not known.
    pub composition: Option<Rc<Composition>>,
    /// Why the one that was chosen last is not among them.
    pub refused: Option<String>,
    /// How the diff is drawn.
    pub layout: DiffLayout,
    /// The patch that can be taken back.
    pub applied: Option<Applied>,
    /// Where to send what the person did.
    pub dispatch: Dispatch,
}

/// The corrected build stages: one tab for each verified fix, best first.
#[function_component]
pub fn Patches(props: &PatchesProps) -> Html {
    let fixes = props.report.as_ref().map(|report| report.fixes.as_slice()).unwrap_or_default();
    let selected = props.selected.min(fixes.len().saturating_sub(1));
    let tabs: Vec<Tab> = fixes
        .iter()
        .enumerate()
        .map(|(index, fix)| Tab {
            // All of them are in sight by their ranks; the title of the shown one stands below.
            label: html! {
                <>
                    <span class="rank">{ index + 1 }</span>
                    if index == 0 && fixes.len() > 1 {
                        <span class="tab-text" aria-hidden="true">{ "best" }</span>
                    }
                    <span class="hidden">{ &fix.title }</span>
                </>
            },
            title: Some(fix.title.clone().into()),
            panel: AttrValue::Static("patch-panel"),
        })
        .collect();
    let onselect = props.dispatch.reform(Action::Patch);
    html! {
        <section class="pane patch" id="patch" aria-label="Patch" aria-busy={(!props.failed && (props.stale || !props.complete)).to_string()}>
            <div class="pane-head">
                <h2>{ "Patch" }</h2>
                if !fixes.is_empty() {
                    <Tabs label="Patches, best first" id="patch" {tabs} {selected} {onselect} />
                }
            </div>
            if let Some(applied) = &props.applied {
                <p class="applied tone-good">
                    { icon(Symbol::Tick) }
                    <span>{ "Applied: " }{ &applied.title }</span>
                    <button type="button" class="button" onclick={props.dispatch.reform(|_| Action::Undo)}>
                        { icon(Symbol::Undo) }{ "Undo" }
                    </button>
                </p>
            }
            if let Some(fix) = fixes.get(selected) {
                <div class="pane-body" id="patch-panel" role="tabpanel" aria-labelledby={format!("patch-tab-{selected}")} tabindex="0">
                    if mends_more(fixes, fix) {
                        { beside(props, fixes, fix) }
                        { chosen(props, fix) }
                    } else {
                        { chosen(props, fix) }
                        { beside(props, fixes, fix) }
                    }
                </div>
            } else {
                <div class="pane-body" id="patch-panel" tabindex="-1">{ nothing(props) }</div>
            }
        </section>
    }
}

/// Why there is no patch.
fn nothing(props: &PatchesProps) -> Html {
    let Some(report) = &props.report else {
        return waiting(if props.failed { NOT_STARTED } else { "Reading the files." }, !props.failed);
    };
    let wanting =
        report.findings.iter().any(|finding| finding.verdict.is_some_and(|v| v != Verdict::Unknown));
    if !wanting && report.verdict == Verdict::Compatible {
        waiting("Nothing to fix.", false)
    } else if !props.failed && (props.stale || !props.complete) {
        waiting("Looking for patches, and running each of them.", true)
    } else {
        let advised = report.findings.iter().any(|finding| !finding.hints.is_empty());
        waiting(
            match advised {
                true => "No automatic fix found. Why says in words what helps.",
                false => "No automatic fix found.",
            },
            false,
        )
    }
}

/// The shown patch, or what several come to.
fn chosen(props: &PatchesProps, shown: &Fix) -> Html {
    if props.beside.is_empty() {
        return patch(props, shown);
    }
    match props.composition.as_ref().map(|composition| &composition.outcome) {
        None => waiting("Running these patches together.", true),
        Some(outcome) => patch(props, outcome.as_ref().unwrap_or(shown)),
    }
}

/// Whether another patch mends what the shown one does not: the others are offered first then. It does
/// not hang on what is ticked, so that a box stays where it is pressed.
fn mends_more(fixes: &[Fix], shown: &Fix) -> bool {
    fixes.iter().any(|fix| is_more(fix, shown))
}

/// Whether a patch mends what the shown one does not.
fn is_more(fix: &Fix, shown: &Fix) -> bool {
    fix.removes.iter().any(|finding| !shown.removes.contains(finding))
}

/// The other patches, to be taken along.
fn beside(props: &PatchesProps, fixes: &[Fix], shown: &Fix) -> Html {
    if fixes.len() < 2 {
        return Html::default();
    }
    let others = fixes.iter().enumerate().filter(|(_, fix)| fix.id != shown.id);
    html! {
        <details class="beside" open={!props.beside.is_empty() || props.refused.is_some() || mends_more(fixes, shown)}>
            <summary>{ "Together with other patches" }</summary>
            <ul>
                { for others.map(|(index, fix)| {
                    let id = fix.id.clone();
                    html! {
                        <li key={index}><label>
                            <input
                                type="checkbox"
                                checked={props.beside.contains(&fix.id)}
                                onchange={props.dispatch.reform(move |_| Action::Beside(id.clone()))}
                            />
                            <span class="rank">{ index + 1 }</span>
                            <span>
                                { &fix.title }
                                if is_more(fix, shown) {
                                    <span class="muted">{ ", mends more" }</span>
                                }
                            </span>
                        </label></li>
                    }
                }) }
            </ul>
            if let Some(reason) = &props.refused {
                <p class="refused tone-bad" role="status">{ icon(Symbol::Broken) }<span>{ reason }</span></p>
            }
        </details>
    }
}

fn patch(props: &PatchesProps, fix: &Fix) -> Html {
    let apply = {
        let (title, files) = (fix.title.clone(), new_texts(fix));
        props.dispatch.reform(move |_| Action::Apply { title: title.clone(), files: files.clone() })
    };
    let copy = {
        let (dispatch, diff) = (props.dispatch.clone(), fix.diff.clone());
        Callback::from(move |_: MouseEvent| effects::copy(&dispatch, &diff, "Patch copied."))
    };
    let download = {
        let (name, diff) = (format!("{}.patch", fix.id), fix.diff.clone());
        Callback::from(move |_: MouseEvent| effects::download(&name, &diff))
    };
    let other = match props.layout {
        DiffLayout::Unified => DiffLayout::Split,
        DiffLayout::Split => DiffLayout::Unified,
    };
    html! {
        <>
            <div class="patch-intro">
                <h3 class="patch-title">{ &fix.title }</h3>
                <p class="patch-why">{ &fix.why }</p>
                <ul class="costs" aria-label="What it costs">
                    { rerun(fix) }
                    { for costs(fix).map(|(good, text)| html! {
                        <li class={classes!("badge", if good { "good" } else { "cost" })}>{ text }</li>
                    }) }
                </ul>
                <div class="patch-actions">
                    <button type="button" class="button primary" disabled={props.stale} onclick={apply} aria-keyshortcuts="Control+Enter">
                        { "Apply" }<kbd>{ "Ctrl Enter" }</kbd>
                    </button>
                    <button type="button" class="button" onclick={copy}>{ icon(Symbol::Copy) }{ "Copy" }</button>
                    <button type="button" class="button" onclick={download}>{ icon(Symbol::Download) }{ "Download" }</button>
                    <button
                        type="button"
                        class="button quiet"
                        aria-pressed={(props.layout == DiffLayout::Split).to_string()}
                        onclick={props.dispatch.reform(move |_| Action::Diff(other))}
                    >{ "Side by side" }</button>
                </div>
            </div>
            { diffs(props, fix) }
            if let Some(report) = &props.report {
                { stages(report, fix) }
            }
        </>
    }
}

/// Path and text of each file after a fix.
pub fn new_texts(fix: &Fix) -> Vec<(String, String)> {
    fix.files.iter().map(|file| (file.path.clone(), file.after.clone())).collect()
}

fn rerun(fix: &Fix) -> Html {
    html! {
        <li class={classes!("badge", "rerun", verdict_class(fix.verdict_after))}>
            { icon(verdict_symbol(fix.verdict_after)) }
            { "re-run: " }{ verdict_word(fix.verdict_after).to_lowercase() }
        </li>
    }
}

/// What speaks for a fix, and what against it.
fn costs(fix: &Fix) -> impl Iterator<Item = (bool, String)> {
    let lines = match fix.cost.lines {
        1 => "1 line".to_owned(),
        lines => format!("{lines} lines"),
    };
    let facts = [
        (true, Some(lines)),
        (
            fix.cost.offline,
            Some(if fix.cost.offline { "stays offline" } else { "needs the network" }.to_owned()),
        ),
        (
            fix.cost.same_versions,
            Some(if fix.cost.same_versions { "same versions" } else { "changes versions" }.to_owned()),
        ),
        (true, fix.cost.survives_release.then(|| "survives new releases".to_owned())),
    ];
    let notes = fix.cost.notes.clone().into_iter().map(|note| (true, note));
    facts.into_iter().filter_map(|(good, text)| Some((good, text?))).chain(notes)
}

/// Each file's changes; the reasons are counted over all of them.
fn diffs(props: &PatchesProps, fix: &Fix) -> Html {
    let mut reasons = fix.hunks.iter().map(|hunk| hunk.why.clone());
    fix.files
        .iter()
        .map(|file| {
            let before = file.before.as_deref().unwrap_or_default();
            let hunks = super::diff::hunks(before, &file.after);
            let reasons: Vec<String> = reasons.by_ref().take(hunks).collect();
            html! { <Diff key={file.path.clone()} file={file.clone()} {reasons} layout={props.layout} dispatch={props.dispatch.clone()} /> }
        })
        .collect()
}

/// A row of the comparison: something that is other after a fix.
struct Difference {
    stage: String,
    /// What is compared, and the project that it is about, if it is one.
    what: String,
    project: Option<String>,
    /// `None` where it was not there.
    before: Option<String>,
    /// `None` where it is gone.
    after: Option<String>,
}

/// What is other in the stages of the corrected build: first of the projects whose problem a fix removes,
/// then what was there before, and what only comes on request.
fn stages(report: &Report, fix: &Fix) -> Html {
    let named = fix.removes.iter().filter_map(|finding| report.findings.get(*finding)?.project.as_deref());
    let named: SortedSet<&str> = named.collect();
    let is_named = |row: &Difference| row.project.as_deref().is_some_and(|project| named.contains(project));
    let mut rows = differences(&report.stages, &fix.stages_after);
    if rows.is_empty() {
        return Html::default();
    }
    order::sort_by_key(&mut rows, |row| (!is_named(row), row.before.is_none()));
    let known = rows.partition_point(|row| is_named(row) || row.before.is_some());
    let added = rows.split_off(known);
    html! {
        <div class="stages-after">
            <h3>{ "Stages before and after" }</h3>
            if !rows.is_empty() {
                { comparison(rows) }
            }
            if !added.is_empty() {
                <details>
                    <summary>
                        { if added.len() == 1 { "1 addition".to_owned() } else { format!("{} additions", added.len()) } }
                    </summary>
                    { comparison(added) }
                </details>
            }
        </div>
    }
}

fn comparison(rows: Vec<Difference>) -> Html {
    html! {
        <div class="scroll-x" tabindex="0" role="group" aria-label="Stages before and after">
            <table>
                <thead>
                    <tr><th scope="col">{ "Stage" }</th><th scope="col">{ "What" }</th><th scope="col">{ "Before" }</th><th scope="col">{ "After" }</th></tr>
                </thead>
                <tbody>
                    { for rows.into_iter().map(|row| html! {
                        <tr>
                            <th scope="row">{ row.stage }</th>
                            <td>{ row.what }</td>
                            { for [row.before, row.after].map(|value| html! {
                                <td><code>{ value.unwrap_or_else(|| "-".to_owned()) }</code></td>
                            }) }
                        </tr>
                    }) }
                </tbody>
            </table>
        </div>
    }
}

fn differences(before: &[Stage], after: &[Stage]) -> Vec<Difference> {
    let mut rows = Vec::new();
    for stage in after {
        let mut push =
            |what: &str, project: Option<&String>, before: Option<String>, after: Option<String>| {
                if before != after {
                    let (stage, what, project) = (stage.label.clone(), what.to_owned(), project.cloned());
                    rows.push(Difference { stage, what, project, before, after });
                }
            };
        let Some(old) = before.iter().find(|old| old.index == stage.index) else {
            push("stage", None, None, Some(stage.base.clone()));
            continue;
        };
        let exits = |stage: &Stage| {
            let failed = stage.steps.iter().find(|step| step.exit_code.is_some_and(|code| code != 0));
            Some(
                failed
                    .map_or_else(|| "all steps pass".to_owned(), |step| format!("line {} fails", step.line)),
            )
        };
        push("steps", None, exits(old), exits(stage));
        let (old, new) = (contents(old), contents(stage));
        let keys: SortedSet<&(String, String)> = old.keys().chain(new.keys()).collect();
        for key in keys {
            let (place, project) = key;
            let what = format!("{project} in {place}");
            push(&what, Some(project), old.get(key).cloned(), new.get(key).cloned());
        }
    }
    rows
}

/// Versions at the end of a stage, by place and project.
fn contents(stage: &Stage) -> SortedMap<(String, String), String> {
    let mut contents: SortedMap<(String, String), Vec<String>> = SortedMap::new();
    for environment in &stage.environments {
        for (project, versions) in &environment.packages {
            contents
                .entry((environment.path.clone(), project.clone()))
                .or_default()
                .extend(versions.iter().cloned());
        }
    }
    for (folder, wheels) in &stage.wheelhouses {
        for wheel in wheels.iter().filter(|wheel| wheel.died.is_none()) {
            contents.entry((folder.clone(), wheel.project.clone())).or_default().push(wheel.version.clone());
        }
    }
    contents.into_iter().map(|(key, versions)| (key, versions.join(" and "))).collect()
}
