use std::rc::Rc;

use yew::prelude::*;

use super::{Dispatch, Icon, Symbol};
use crate::ui::{
    effects,
    state::{Action, Crash},
};

/// Properties of [`Waiting`].
#[derive(Debug, Clone, PartialEq, Properties)]
pub struct WaitingProps {
    /// What is waited for, or missing.
    pub text: AttrValue,
    /// Work is under way.
    #[prop_or_default]
    pub busy: bool,
}

/// Says why a pane has nothing to show.
#[function_component]
pub fn Waiting(props: &WaitingProps) -> Html {
    html! {
        <p class="empty">
            if props.busy {
                <span class="pulse" aria-hidden="true" />
            }
            { &props.text }
        </p>
    }
}

/// Properties of [`CrashNotice`].
#[derive(Debug, Clone, PartialEq, Properties)]
pub struct CrashNoticeProps {
    /// What the worker left behind.
    pub crash: Rc<Crash>,
    /// Where to send what the person did.
    pub dispatch: Dispatch,
}

/// Says that analysis failed and was started again, with everything needed to report it.
#[function_component]
pub fn CrashNotice(props: &CrashNoticeProps) -> Html {
    let report = format!("{}\n\n{}", props.crash.message, props.crash.given);
    let copy = {
        let (dispatch, report) = (props.dispatch.clone(), report.clone());
        Callback::from(move |_: MouseEvent| effects::copy(&dispatch, &report, "Report copied."))
    };
    html! {
        <section class="crash tone-bad" role="alert">
            <Icon symbol={Symbol::Broken} />
            <div>
                <p><strong>{ "Analysis failed and was started again." }</strong>{ " Your text is untouched." }</p>
                <details>
                    <summary>{ "What happened" }</summary>
                    <pre tabindex="0">{ report }</pre>
                </details>
            </div>
            <button type="button" class="button" onclick={copy}><Icon symbol={Symbol::Copy} />{ "Copy report" }</button>
            <button
                type="button"
                class="button icon-only quiet"
                aria-label="Close"
                onclick={props.dispatch.reform(|_| Action::DismissCrash)}
            ><Icon symbol={Symbol::Close} /></button>
        </section>
    }
}
