use std::rc::Rc;

use yew::prelude::*;

use super::{Dispatch, Symbol, icon, verdict_symbol};
use crate::{
    report::{Report, Severity, Verdict},
    ui::state::{Action, Comparison, Failure, Field},
};

/// A verdict's word.
#[must_use]
pub fn verdict_word(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Disjoint => "Disjoint",
        Verdict::Duplicate => "Duplicate",
        Verdict::Unavailable => "Unavailable",
        Verdict::Fails => "Fails",
        Verdict::Broken => "Broken",
        Verdict::Unknown => "Unknown",
        Verdict::Compatible => "Compatible",
    }
}

/// The class that colours a verdict: three tones, for the word and the drawing tell the seven apart.
#[must_use]
pub fn verdict_class(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Disjoint | Verdict::Duplicate | Verdict::Unavailable | Verdict::Fails => "tone-bad",
        Verdict::Broken => "tone-warn",
        Verdict::Unknown => "tone-unknown",
        Verdict::Compatible => "tone-good",
    }
}

/// Properties of [`VerdictLine`].
#[derive(Debug, Clone, PartialEq, Properties)]
pub struct VerdictLineProps {
    /// What is known; `None` before the first answer.
    pub report: Option<Rc<Report>>,
    /// Why the analysis does not run.
    pub failed: Option<Failure>,
    /// The text has changed since.
    pub stale: bool,
    /// The second platform.
    pub comparison: Option<Comparison>,
    /// The list of problems is open.
    pub open: bool,
    /// Where to send what the person did.
    pub dispatch: Dispatch,
}

/// The verdict in one line, always in sight.
#[function_component]
pub fn VerdictLine(props: &VerdictLineProps) -> Html {
    if let Some(failed) = props.failed {
        let retry = props.dispatch.reform(|_| Action::Retry);
        return html! {
            <section class="verdict tone-bad" aria-label="Verdict" id="verdict">
                { icon(Symbol::Broken) }
                <p class="headline"><strong class="word">{ "Failed" }</strong>{ " " }{ failed.words() }</p>
                <button type="button" class="button" onclick={retry}>{ "Try again" }</button>
            </section>
        };
    }
    let Some(report) = &props.report else {
        return html! {
            <section class="verdict tone-unknown" aria-label="Verdict" id="verdict">
                <span class="pulse" aria-hidden="true" />
                <p class="headline"><strong class="word">{ "Reading" }</strong>{ " the files." }</p>
            </section>
        };
    };
    let open = props.open;
    let toggle = props.dispatch.reform(move |_| Action::Problems(!open));
    let next = props.dispatch.reform(|_| Action::Step { back: false });
    let class = classes!("verdict", verdict_class(report.verdict), props.stale.then_some("stale"));
    html! {
        <section {class} aria-label="Verdict" id="verdict" data-verdict={verdict_word(report.verdict).to_lowercase()}>
            { icon(verdict_symbol(report.verdict)) }
            <p class="headline">
                <strong class="word">{ &report.lead }</strong>
                { " " }
                <span class="reason">{ report.headline.strip_prefix(&report.lead).unwrap_or(&report.headline).trim() }</span>
                if report.unmodelled > 0 {
                    <span class="aside">{ unmodelled_words(report.unmodelled) }</span>
                }
            </p>
            if let Some(comparison) = &props.comparison {
                { compared(props, report, comparison) }
            }
            <div class="verdict-actions">
                <button type="button" class="button quiet" aria-expanded={open.to_string()} aria-controls="problems" onclick={toggle}>
                    { icon(Symbol::List) }
                    { problems_words(report) }
                </button>
                if !report.findings.is_empty() {
                    <button type="button" class="button quiet" aria-keyshortcuts="F8" onclick={next}>
                        { icon(Symbol::Next) }
                        { "Next" }
                        <kbd>{ "F8" }</kbd>
                    </button>
                }
            </div>
        </section>
    }
}

/// The second platform's verdict, and the way to look at it in full.
fn compared(props: &VerdictLineProps, report: &Report, comparison: &Comparison) -> Html {
    let swap = {
        let (dispatch, other) = (props.dispatch.clone(), comparison.platform.clone());
        let this = report.target.platform.value.clone();
        Callback::from(move |_: MouseEvent| {
            dispatch.emit(Action::Set(Field::Platform, Some(other.clone())));
            dispatch.emit(Action::Compare(Some(this.clone())));
        })
    };
    html! {
        <p class={classes!("compared", verdict_class(comparison.verdict))}>
            { icon(verdict_symbol(comparison.verdict)) }
            <span class="where">{ "On " }{ &comparison.platform }{ ":" }</span>
            <span class="reason">{ &comparison.headline }</span>
            <button type="button" class="button quiet" onclick={swap}>{ "Show why" }</button>
        </p>
    }
}

/// `1 problem, 2 notes`.
fn problems_words(report: &Report) -> String {
    let count = |info: bool| {
        report.findings.iter().filter(|finding| (finding.severity == Severity::Info) == info).count()
    };
    let words = |count: usize, one: &str| match count {
        1 => format!("1 {one}"),
        _ => format!("{count} {one}s"),
    };
    match (count(false), count(true)) {
        (0, 0) => "No problems".to_owned(),
        (problems, 0) => words(problems, "problem"),
        (0, notes) => words(notes, "note"),
        (problems, notes) => format!("{}, {}", words(problems, "problem"), words(notes, "note")),
    }
}

fn unmodelled_words(count: usize) -> String {
    match count {
        1 => "1 step is not fully modelled.".to_owned(),
        _ => format!("{count} steps are not fully modelled."),
    }
}
