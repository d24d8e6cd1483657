use std::rc::Rc;

use yew::prelude::*;

use super::{
    Dispatch, FactsTable, Lanes, Ranges, RulePage, Symbol, Tab, Tabs, icon,
    notices::unanswered,
    place_button,
    ranges::{CROSS, DISC, asks, key},
    verdict_class, verdict_symbol, verdict_word, waiting,
};
use crate::{
    report::{Finding, Location, Party, ProjectView, Report, Verdict},
    ui::{
        hooks::use_width,
        state::{Action, FACTS, Failure, Lit, WhyTab},
    },
};

const TABS: [(WhyTab, &str); 3] =
    [(WhyTab::Ranges, "Ranges"), (WhyTab::Stages, "Wheels by stage"), (WhyTab::Table, "Table")];

/// Properties of [`Why`].
#[derive(Debug, Clone, PartialEq, Properties)]
pub struct WhyProps {
    /// What is known; `None` before the first answer.
    pub report: Option<Rc<Report>>,
    /// Why the analysis does not run.
    pub failed: Option<Failure>,
    /// The chosen view.
    pub tab: WhyTab,
    /// Index of the finding to speak of.
    pub finding: usize,
    /// The project to draw; `None`: the finding's, else the first.
    pub project: Option<String>,
    /// Lit places.
    pub lit: Lit,
    /// Where to send what the person did.
    pub dispatch: Dispatch,
}

/// The reasons, in three views of the same facts, and in a sentence.
#[function_component]
pub fn Why(props: &WhyProps) -> Html {
    let body = use_node_ref();
    let width = use_width(&body);
    let selected = TABS.iter().position(|(tab, _)| *tab == props.tab).unwrap_or(0);
    let tabs: Vec<Tab> = TABS
        .iter()
        .map(|(_, label)| Tab { label: html! { label }, title: None, panel: AttrValue::Static("why-panel") })
        .collect();
    let onselect = props
        .dispatch
        .reform(|index: usize| Action::Why(TABS.get(index).map_or(WhyTab::default(), |(tab, _)| *tab)));
    html! {
        <section class="pane why" id="why" aria-label="Why">
            <div class="pane-head">
                <h2>{ "Why" }</h2>
                <Tabs label="Views of the reasons" id="why" {tabs} {selected} {onselect} />
            </div>
            <div class="pane-body" id="why-panel" role="tabpanel" aria-labelledby={format!("why-tab-{selected}")} tabindex="0">
                // Measured by itself, so that a scroll bar is taken off the width.
                <div class="measure" ref={body} />
                { match &props.report {
                    None => unanswered(props.failed),
                    Some(report) => shown(props, report, width),
                } }
            </div>
        </section>
    }
}

fn shown(props: &WhyProps, report: &Rc<Report>, width: f64) -> Html {
    // Where a project was chosen that nothing is wrong with, no finding speaks of it.
    let finding = report.findings.get(props.finding);
    let finding = finding.filter(|finding| props.project.is_none() || finding.project == props.project);
    let asked = props.project.as_ref().or_else(|| finding.and_then(|finding| finding.project.as_ref()));
    // A step that fails whatever the versions has no ranges: another project's would not be its reason.
    let has_ranges = asked.is_some() || finding.is_none_or(|finding| finding.verdict != Some(Verdict::Fails));
    let view = asked
        .and_then(|asked| report.projects.iter().find(|view| view.project == *asked))
        .or_else(|| report.projects.first().filter(|_| has_ranges));
    html! {
        <>
            { match props.tab {
                WhyTab::Ranges => ranges(props, report, view, finding, width),
                WhyTab::Stages => html! {
                    <>
                        <Lanes
                            timeline={report.timeline.clone()}
                            sentence={view.map_or_else(String::new, |view| view.sentence.clone())}
                            lit={props.lit.clone()}
                            {width}
                            dispatch={props.dispatch.clone()}
                        />
                        { lane_key() }
                    </>
                },
                WhyTab::Table => html! { <FactsTable report={report.clone()} dispatch={props.dispatch.clone()} /> },
            } }
            if let Some(finding) = finding {
                { explained(props, finding) }
            }
        </>
    }
}

fn ranges(
    props: &WhyProps,
    report: &Rc<Report>,
    view: Option<&ProjectView>,
    finding: Option<&Finding>,
    width: f64,
) -> Html {
    let Some(view) = view else {
        let text = match finding.and_then(|finding| finding.verdict) {
            Some(Verdict::Fails) => "This step fails whatever the versions are. What happens is told below.",
            _ => "No two requirers ask for the same project. Add one that does to see their ranges.",
        };
        return html! {
            <>
                if !report.projects.is_empty() {
                    { project_choice(report, "", &props.dispatch) }
                }
                { waiting(text, false) }
            </>
        };
    };
    html! {
        <>
            if report.projects.len() > 1 {
                { project_choice(report, &view.project, &props.dispatch) }
            }
            <Ranges
                key={view.project.clone()}
                view={view.clone()}
                lit={props.lit.clone()}
                named={finding.map(named).unwrap_or_default()}
                unknown={if view.verdict == Verdict::Unknown { report.missing.clone() } else { Vec::new() }}
                {width}
                dispatch={props.dispatch.clone()}
            />
            // Where there is a finding, its reasons say it; what everyone accepts is in the picture.
            if finding.is_none_or(|finding| finding.why.is_empty()) && view.picks.iter().any(|pick| !pick.unseen.is_empty()) {
                <p class="sentence">{ &view.sentence }</p>
            }
        </>
    }
}

/// Who a finding speaks of.
fn named(finding: &Finding) -> Vec<String> {
    finding.guilty.iter().chain(&finding.innocent).map(|party| party.requirer.clone()).collect()
}

/// The first few projects as buttons, all of them in a list.
fn project_choice(report: &Report, chosen: &str, dispatch: &Dispatch) -> Html {
    const BUTTONS: usize = 5;
    let choose = |project: &str| {
        let project = project.to_owned();
        dispatch.reform(move |_: MouseEvent| Action::Project(project.clone()))
    };
    let onchange = dispatch.reform(|event: Event| {
        Action::Project(event.target_unchecked_into::<web_sys::HtmlSelectElement>().value())
    });
    let rest: Vec<&ProjectView> = report.projects.iter().skip(BUTTONS).collect();
    html! {
        <div class="projects" role="group" aria-label="Project">
            { for report.projects.iter().take(BUTTONS).map(|view| {
                let pressed = view.project == chosen;
                html! {
                    <button
                        key={view.project.clone()}
                        type="button"
                        class={classes!("pill", verdict_class(view.verdict))}
                        aria-pressed={pressed.to_string()}
                        title={format!("{}: {}", view.project, verdict_word(view.verdict).to_lowercase())}
                        onclick={choose(&view.project)}
                    >
                        { icon(verdict_symbol(view.verdict)) }
                        { &view.project }
                    </button>
                }
            }) }
            if !rest.is_empty() {
                <select aria-label="More projects" {onchange}>
                    <option disabled=true selected={!rest.iter().any(|view| view.project == chosen)}>
                        { format!("{} more", rest.len()) }
                    </option>
                    { for rest.iter().map(|view| html! {
                        <option value={view.project.clone()} selected={view.project == chosen}>{ &view.project }</option>
                    }) }
                </select>
            }
        </div>
    }
}

/// The chain of reasons of a finding, and who is part of it.
fn explained(props: &WhyProps, finding: &Finding) -> Html {
    html! {
        <section class="explained" aria-label="The chosen finding">
            <h3 class={finding.verdict.map(verdict_class)}>
                if let Some(verdict) = finding.verdict {
                    { icon(verdict_symbol(verdict)) }
                } else {
                    { icon(Symbol::Info) }
                }
                { &finding.message }
            </h3>
            if !finding.why.is_empty() {
                <ol class="chain">
                    { for finding.why.iter().map(|sentence| html! {
                        <li>
                            { &sentence.text }
                            if let Some(place) = &sentence.location {
                                { " " }{ place_button(place, &props.dispatch) }
                            }
                        </li>
                    }) }
                </ol>
            }
            <div class="parties">
                { parties(props, "The cause", "Without these it would work.", &finding.guilty, "guilty") }
                { parties(props, "Not the cause", "pip lists them anyway.", &finding.innocent, "innocent") }
            </div>
            { for finding.hints.iter().map(|hint| html! { <p class="hint">{ hint }</p> }) }
            if finding.verdict == Some(Verdict::Unknown) {
                { unknown(props) }
            }
            <RulePage key={finding.rule.clone()} rule={finding.rule.clone()} />
        </section>
    }
}

/// Whose facts are missing, and what settles it.
fn unknown(props: &WhyProps) -> Html {
    let missing = props.report.as_ref().map(|report| report.missing.as_slice()).unwrap_or_default();
    if missing.is_empty() {
        return Html::default();
    }
    let place = Location { file: FACTS.to_owned(), start: 0, end: 0, line: 1, column: 1 };
    html! {
        <p class="hint">
            { format!("The catalogue has no facts about {}. ", missing.join(", ")) }
            <button type="button" class="button" onclick={props.dispatch.reform(move |_| Action::Go(place.clone()))}>
                { "State them" }
            </button>
        </p>
    }
}

fn parties(props: &WhyProps, title: &str, about: &str, parties: &[Party], class: &'static str) -> Html {
    if parties.is_empty() {
        return Html::default();
    }
    html! {
        <div class={classes!("party-list", class)}>
            <h4>{ title }<span>{ about }</span></h4>
            <ul>
                { for parties.iter().map(|party| html! {
                    <li>
                        <span class="who">{ &party.requirer }</span>
                        { " " }<code>{ asks(party) }</code>
                        if let Some(place) = &party.location {
                            { " " }{ place_button(place, &props.dispatch) }
                        }
                        if let Some(place) = &party.stated {
                            { " by " }{ place_button(place, &props.dispatch) }
                        }
                    </li>
                }) }
            </ul>
        </div>
    }
}

fn lane_key() -> Html {
    let signs = [
        ("mark wheel", DISC, "wheel in a folder"),
        ("mark installed", DISC, "installed"),
        ("death", CROSS, "removed"),
        ("copy-line", "M1 8h14", "copied to another stage"),
    ];
    key(signs.into_iter())
}
