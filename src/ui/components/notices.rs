use yew::prelude::*;

use super::{Dispatch, Symbol, icon};
use crate::ui::{
    effects,
    state::{Action, Crash},
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

/// Says that analysis failed and was started again, with everything needed to report it.
pub fn crash_notice(crash: &Crash, dispatch: &Dispatch) -> Html {
    let report = format!("{}\n\n{}", crash.message, crash.given);
    let copy = {
        let (dispatch, report) = (dispatch.clone(), report.clone());
        Callback::from(move |_: MouseEvent| effects::copy(&dispatch, &report, "Report copied."))
    };
    html! {
        <section class="crash tone-bad" role="alert">
            { icon(Symbol::Broken) }
            <div>
                <p><strong>{ "Analysis failed and was started again." }</strong>{ " Your text is untouched." }</p>
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
