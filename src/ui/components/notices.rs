use yew::prelude::*;

use super::{Dispatch, Symbol, icon};
use crate::ui::{
    effects,
    state::{Action, Crash, Facts, Failure},
};

/// Says why a pane has nothing to show; `busy` while work is under way.
pub fn waiting(text: &'static str, busy: bool) -> Html {
    html! {
        <p class="empty">
            if busy {
                <span class="pulse" aria-hidden="true" />
            }
            { text }
        </p>
    }
}

/// Says what a pane waits for before the first answer, or why none comes.
pub(super) fn unanswered(failed: Option<Failure>) -> Html {
    waiting(failed.map_or("Reading the files.", Failure::words), failed.is_none())
}

/// Says that analysis failed, and whether it was started again, with everything needed to report it.
pub fn crash_notice(crash: &Crash, failed: Option<Failure>, dispatch: &Dispatch) -> Html {
    let report = format!("{}\n\n{}", crash.message, crash.given);
    let copy = {
        let (dispatch, report) = (dispatch.clone(), report.clone());
        Callback::from(move |_: MouseEvent| effects::copy(&dispatch, &report, "Report copied."))
    };
    html! {
        <section class="crash tone-bad" role="alert">
            { icon(Symbol::Broken) }
            <div>
                <p>
                    <strong>{ failed.map_or("Analysis failed and was started again.", Failure::words) }</strong>
                    { " Your text is untouched." }
                </p>
                <details>
                    <summary>{ "What happened" }</summary>
                    <pre tabindex="0">{ report }</pre>
                </details>
            </div>
            <button type="button" class="button" onclick={copy}>{ icon(Symbol::Copy) }{ "Copy report" }</button>
            <button
                type="button"
                class="button icon-only quiet"
                aria-label="Close"
                onclick={dispatch.reform(|_| Action::DismissCrash)}
            >{ icon(Symbol::Close) }</button>
        </section>
    }
}

/// Says that what is known about packages is not all there: verdicts may be about less than the catalogue has.
pub fn facts_notice(reason: &str, dispatch: &Dispatch) -> Html {
    html! {
        <section class="opened tone-warn" role="status" aria-label="Catalogue">
            { icon(Symbol::Broken) }
            <div><p title={reason.to_owned()}>{ "What is known about some packages could not be fetched: offline?" }</p></div>
            <button type="button" class="button" onclick={dispatch.reform(|_| Action::Facts(Facts::Loading))}>
                { "Try again" }
            </button>
        </section>
    }
}

/// Says that what is typed is lost with the page, with the ways to keep it.
pub fn unkept_notice(dispatch: &Dispatch) -> Html {
    html! {
        <section class="opened tone-warn" role="alert" aria-label="Drafts">
            { icon(Symbol::Broken) }
            <div><p>
                <strong>{ "Your text is not kept." }</strong>
                { " This browser has no room for it, or stores nothing for this page. It is lost when the page is closed." }
            </p></div>
            <button type="button" class="button" onclick={dispatch.reform(|_| Action::Share(true))}>{ "Make a link" }</button>
        </section>
    }
}

/// Says which file was removed last, with the way to have it back.
pub fn removed_notice(path: &str, dispatch: &Dispatch) -> Html {
    html! {
        <p class="applied tone-unknown" role="status">
            <span>{ path }{ " removed" }</span>
            <button type="button" class="button" onclick={dispatch.reform(|_| Action::BringBack)}>
                { icon(Symbol::Undo) }{ "Undo" }
            </button>
            <button
                type="button"
                class="button icon-only quiet"
                aria-label="Close"
                onclick={dispatch.reform(|_| Action::Forget)}
            >{ icon(Symbol::Close) }</button>
        </p>
    }
}
