use yew::prelude::*;

use super::{Dispatch, Symbol, icon};
use crate::ui::{
    effects,
    state::{Action, Crash, Facts},
};

/// What is said in the place of everything that the analysis would tell.
pub(super) const NOT_STARTED: &str = "The analysis could not be loaded, or stopped at once.";

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

/// Says that analysis failed, and whether it was started again, with everything needed to report it.
pub fn crash_notice(crash: &Crash, failed: bool, dispatch: &Dispatch) -> Html {
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
                    <strong>{ if failed { NOT_STARTED } else { "Analysis failed and was started again." } }</strong>
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
