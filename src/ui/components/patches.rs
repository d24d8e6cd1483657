use std::rc::Rc;

use yew::prelude::*;

use super::{
    Diff, Dispatch, Packages, Symbol, Tab, Tabs, icon, notices::unanswered, verdict_class, verdict_symbol,
    verdict_word, waiting,
};
use crate::{
    order::{self, SortedMap, SortedSet},
    patch::{FileChange, replaced_lines},
    report::{Fix, Report, Stage, Verdict, counted},
    text::diff,
    ui::{
        effects,
        state::{Action, Applied, Composition, DiffLayout, Failure},
    },
};

/// Properties of [`Patches`].
#[derive(Debug, Clone, PartialEq, Properties)]
pub struct PatchesProps {
    /// What is known; `None` before the first answer.
    pub report: Option<Rc<Report>>,
    /// Why the analysis does not run.
    pub failed: Option<Failure>,
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
    /// What is other than before the first fix was applied.
    pub changes: Vec<FileChange>,
    /// What was said before that.
    pub was: Option<String>,
    /// Where to send what the person did.
    pub dispatch: Dispatch,
}

/// How many fixes are listed before the rest is asked for.
const LISTED: usize = 2;

/// The corrected build stages: a list of verified fixes, best first, and the chosen one's changes.
#[function_component]
pub fn Patches(props: &PatchesProps) -> Html {
    let unfolded = use_state(|| false);
    let fixes = props.report.as_ref().map(|report| report.fixes.as_slice()).unwrap_or_default();
    let selected = props.selected.min(fixes.len().saturating_sub(1));
    // A rest of one would take the line that it needs itself.
    let all = *unfolded || selected >= LISTED || fixes.len() <= LISTED + 1;
    let listed = if all { fixes.len() } else { LISTED };
    let tabs: Vec<Tab> = fixes
        .iter()
        .take(listed)
        .map(|fix| Tab { label: listed_fix(fix), title: None, panel: AttrValue::Static("patch-panel") })
        .collect();
    let onselect = props.dispatch.reform(Action::Patch);
    let unfold = Callback::from(move |_: MouseEvent| unfolded.set(true));
    html! {
        <section class="pane patch" id="patch" aria-label="Fix" aria-busy={(props.failed.is_none() && (props.stale || !props.complete)).to_string()}>
            <div class="pane-head"><h2>{ "Fix" }</h2></div>
            if let Some(applied) = &props.applied {
                <p class="applied tone-good">
                    { icon(Symbol::Tick) }
                    <span>{ applied_words(props, applied) }</span>
                    <button type="button" class="button" onclick={props.dispatch.reform(|_| Action::Undo)}>
                        { icon(Symbol::Undo) }{ "Undo" }
                    </button>
                </p>
            }
            <div class="pane-body" role="group" aria-label="Fixes and what they change" tabindex="0">
                if let Some(fix) = fixes.get(selected) {
                    <Tabs label="Fixes, best first" id="patch" vertical=true {tabs} {selected} {onselect} />
                    if listed < fixes.len() {
                        <button type="button" class="button quiet more-fixes" aria-expanded="false" onclick={unfold}>
                            { fixes.len() - listed }{ " more" }
                        </button>
                    }
                    <div class="patch-panel" id="patch-panel" role="tabpanel" aria-labelledby={format!("patch-tab-{selected}")}>
                        { chosen(props, fix) }
                        { beside(props, fixes, fix) }
                    </div>
                } else {
                    { nothing(props) }
                }
                if !props.changes.is_empty() {
                    { your_changes(props, fixes.is_empty()) }
                }
                if let Some(report) = props.report.as_ref().filter(|report| fixes.is_empty() && is_well(report)) {
                    <Packages report={report.clone()} dispatch={props.dispatch.clone()} />
                }
            </div>
        </section>
    }
}

/// A line of the list: what is done, how much changes, and what came of it.
fn listed_fix(fix: &Fix) -> Html {
    html! {
        <>
            <span class="mark" aria-hidden="true" />
            <span class="tab-text">{ &fix.title }</span>
            <span class="lines">{ lines(fix) }</span>
            <span class={classes!("outcome", verdict_class(fix.verdict_after))}>
                { icon(verdict_symbol(fix.verdict_after)) }{ outcome(fix.verdict_after) }
            </span>
        </>
    }
}

/// What a build comes to, in a word or two.
fn outcome(verdict: Verdict) -> String {
    match verdict {
        Verdict::Compatible => "builds".to_owned(),
        Verdict::Broken => "builds, but breaks".to_owned(),
        _ => verdict_word(verdict).to_lowercase(),
    }
}

fn lines(fix: &Fix) -> String {
    counted(fix.cost.lines, "line")
}

/// Nothing is known to go wrong.
fn is_well(report: &Report) -> bool {
    matches!(report.verdict, Verdict::Compatible | Verdict::Unknown)
}

/// What an applied fix came to, once that is known.
fn applied_words(props: &PatchesProps, applied: &Applied) -> String {
    let is_fixed = !props.stale
        && props.report.as_ref().is_some_and(|report| report.verdict == Verdict::Compatible)
        && !props.changes.is_empty();
    if is_fixed {
        format!("Fixed with {}: {}", counted(replaced_lines(&props.changes), "line"), applied.title)
    } else {
        format!("Applied: {}", applied.title)
    }
}

/// What came of the fixes and of what was typed since, to take home.
fn your_changes(props: &PatchesProps, open: bool) -> Html {
    let diffs =
        props.changes.iter().map(|file| diff::unified(&file.path, file.before.as_deref(), &file.after).0);
    let diff: String = diffs.collect();
    let now = props.report.as_ref().filter(|_| !props.stale).map(|report| report.headline.clone());
    let was = props.was.as_ref().filter(|was| !was.is_empty()).map(|was| format!("Before: {was}\n\n"));
    let markdown = format!(
        "{}\n\n{}```diff\n{diff}```\n",
        now.unwrap_or_else(|| "Changes".to_owned()),
        was.unwrap_or_default()
    );
    let copy = |text: &str, done: &'static str| {
        let (dispatch, text) = (props.dispatch.clone(), text.to_owned());
        Callback::from(move |_: MouseEvent| effects::copy(&dispatch, &text, done))
    };
    let save = |name: &str, text: &str| {
        let (name, text) = (name.to_owned(), text.to_owned());
        Callback::from(move |_: MouseEvent| effects::download(&name, &text))
    };
    html! {
        <details class="changes" {open}>
            <summary><h3>{ "Your changes" }</h3></summary>
            { for props.changes.iter().map(|file| html! {
                <Diff key={file.path.clone()} file={file.clone()} reasons={Vec::new()} layout={props.layout} dispatch={props.dispatch.clone()} />
            }) }
            <div class="patch-actions">
                <button type="button" class="button" onclick={copy(&diff, "Changes copied as a patch.")}>{ icon(Symbol::Copy) }{ "Copy patch" }</button>
                <button type="button" class="button" onclick={copy(&markdown, "Changes copied as Markdown.")}>{ icon(Symbol::Copy) }{ "Copy for a pull request" }</button>
                <button type="button" class="button" onclick={save("wheelstage.patch", &diff)}>{ icon(Symbol::Download) }{ "Save patch" }</button>
                { for props.changes.iter().map(|file| {
                    let name = file.path.rsplit('/').next().unwrap_or(&file.path);
                    html! {
                        <button key={file.path.clone()} type="button" class="button" onclick={save(name, &file.after)}>
                            { icon(Symbol::Download) }{ "Save " }{ &file.path }
                        </button>
                    }
                }) }
            </div>
        </details>
    }
}

/// Why there is no patch.
fn nothing(props: &PatchesProps) -> Html {
    let Some(report) = &props.report else {
        return unanswered(props.failed);
    };
    let wanting =
        report.findings.iter().any(|finding| finding.verdict.is_some_and(|v| v != Verdict::Unknown));
    if !wanting && report.verdict == Verdict::Compatible {
        // What was applied says it better.
        if props.applied.is_some() {
            return Html::default();
        }
        html! { <p class="well">{ icon(Symbol::Tick) }{ "Nothing to fix." }</p> }
    } else if props.failed.is_none() && (props.stale || !props.complete) {
        waiting("Looking for fixes, and running each of them.", true)
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
        None => waiting("Running these fixes together.", true),
        Some(outcome) => patch(props, outcome.as_ref().unwrap_or(shown)),
    }
}

/// Whether another patch mends what the shown one does not: the others are in sight then. It does not
/// hang on what is ticked, so that a box stays where it is pressed.
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
            <summary>{ "Together with other fixes" }</summary>
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
            // The list has the titles of single ones.
            if !props.beside.is_empty() {
                <h3 class="patch-title">{ &fix.title }</h3>
            }
            { diffs(props, fix) }
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
            <ul class="costs" aria-label="What it costs">
                { rerun(fix) }
                { for costs(fix).map(|(good, text)| html! {
                    <li class={classes!("badge", if good { "good" } else { "cost" })}>{ text }</li>
                }) }
            </ul>
            <p class="patch-why">{ &fix.why }</p>
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
            { "checked: " }{ outcome(fix.verdict_after) }
        </li>
    }
}

/// What speaks for a fix, and what against it.
fn costs(fix: &Fix) -> impl Iterator<Item = (bool, String)> {
    let facts = [
        (true, Some(lines(fix))),
        (
            fix.cost.offline,
            Some(if fix.cost.offline { "no extra network" } else { "needs the network" }.to_owned()),
        ),
        (
            fix.cost.same_versions,
            Some(if fix.cost.same_versions { "same versions" } else { "changes versions" }.to_owned()),
        ),
        (true, fix.cost.survives_release.then(|| "still works when newer versions appear".to_owned())),
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
                        { counted(added.len(), "addition") }
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
