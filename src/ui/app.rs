//! The page's root component.

use std::rc::Rc;

use yew::prelude::*;

use super::worker::{self, Answer, Question};

/// The page.
#[function_component]
pub(super) fn App() -> Html {
    let status = use_state(String::new);
    let worker = {
        let status = status.setter();
        use_memo((), move |()| {
            let died = status.clone();
            worker::spawn(
                move |Answer { revision }| status.set(format!("Revision {revision} read.")),
                move |reason| died.set(format!("The analysis stopped: {reason}")),
            )
        })
    };
    use_effect_with((), move |()| {
        if let Ok(worker) = Rc::as_ref(&worker) {
            worker.bridge.send(Question { revision: 1 });
        }
    });
    html! {
        <main>
            <h1>{ "Wheelstage" }</h1>
            <p role="status">{ &*status }</p>
        </main>
    }
}
