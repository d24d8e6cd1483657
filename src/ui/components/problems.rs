use std::rc::Rc;

use yew::prelude::*;

use super::{Dispatch, Lights, Symbol, icon, place_words, verdict_class, verdict_symbol, verdict_word};
use crate::{
    report::{Finding, Report, Severity},
    ui::{effects, state::Action},
};

/// Properties of [`Problems`].
#[derive(Debug, Clone, PartialEq, Properties)]
pub struct ProblemsProps {
    /// What is known.
    pub report: Rc<Report>,
    /// The finding that the why pane speaks of.
    pub selected: usize,
    /// Where to send what the person did.
    pub dispatch: Dispatch,
}

/// All findings, as a real list of buttons.
#[function_component]
pub fn Problems(props: &ProblemsProps) -> Html {
    let close = props.dispatch.reform(|_| Action::Problems(false));
    html! {
        <section class="problems" id="problems" aria-label="Problems">
            <div class="pane-head">
                <h2>{ "Problems" }</h2>
                <button type="button" class="button icon-only quiet" aria-label="Close the list of problems" onclick={close}>
                    { icon(Symbol::Close) }
                </button>
            </div>
            if props.report.findings.is_empty() {
                <p class="empty">{ "Nothing wrong was found." }</p>
            } else {
                <ol>
                    { for props.report.findings.iter().enumerate().map(|(index, finding)| html! {
                        <li key={index}>{ problem(props, index, finding) }</li>
                    }) }
                </ol>
            }
            if props.report.unmodelled > 0 {
                <h3>{ "Not modelled" }</h3>
                <ul class="skipped">
                    { for skipped(&props.report).map(|(step, reason)| html! {
                        <li><code>{ step }</code>{ " " }{ reason }</li>
                    }) }
                </ul>
            }
        </section>
    }
}

fn problem(props: &ProblemsProps, index: usize, finding: &Finding) -> Html {
    let places: Vec<_> = [&finding.location].into_iter().chain(&finding.related).cloned().collect();
    let lights = Lights::new(&props.dispatch, places);
    let (tone, symbol) = match finding.verdict {
        Some(verdict) => (verdict_class(verdict), verdict_symbol(verdict)),
        None if finding.severity == Severity::Info => ("tone-unknown", Symbol::Info),
        None => ("tone-warn", Symbol::Broken),
    };
    let word = match (finding.verdict, finding.severity) {
        (Some(verdict), _) => verdict_word(verdict),
        (None, Severity::Info) => "Note",
        (None, Severity::Warning) => "Warning",
        (None, Severity::Error) => "Error",
    };
    let choose = {
        let dispatch = props.dispatch.clone();
        move |_| {
            dispatch.emit(Action::Find(index));
            // There the list would hide what it leads to.
            if effects::is_phone() {
                dispatch.emit(Action::Problems(false));
            }
        }
    };
    html! {
        <button
            type="button"
            class={classes!("problem", tone)}
            aria-current={(index == props.selected).then_some("true")}
            onclick={choose}
            onpointerenter={lights.enter}
            onpointerleave={lights.leave}
            onfocus={lights.focus}
            onblur={lights.blur}
        >
            { icon(symbol) }
            <span class="problem-text">
                <strong>{ word }</strong>
                { " " }
                { &finding.message }
            </span>
            <span class="problem-place">{ place_words(&finding.location) }</span>
        </button>
    }
}

/// Steps that are not fully modelled: `Dockerfile line 5` and why.
fn skipped(report: &Report) -> impl Iterator<Item = (String, &str)> {
    report.stages.iter().flat_map(|stage| &stage.steps).flat_map(|step| {
        step.not_modelled.iter().map(|skipped| {
            let place = skipped.location.as_ref().or(step.location.as_ref());
            (place.map_or_else(|| format!("line {}", step.line), place_words), skipped.reason.as_str())
        })
    })
}
