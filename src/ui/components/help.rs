use yew::prelude::*;

use super::{Dispatch, Symbol, icon, verdict_class, verdict_symbol, verdict_word};
use crate::{
    report::Verdict,
    ui::{hooks::use_dialog, state::Action},
};

const KEYS: [(&str, &str); 9] = [
    ("F8, Shift F8", "Next problem, previous problem"),
    ("Ctrl Shift M", "Open or close the list of problems"),
    ("Ctrl Enter", "Apply the patch that is shown"),
    ("Ctrl S", "Copy a link to these files"),
    ("F6, Shift F6", "Next pane, previous pane"),
    ("Ctrl Space", "Complete, in an editor"),
    ("Ctrl .", "Patches for the problem at the cursor, in an editor"),
    ("Esc, then Tab", "Leave an editor; Ctrl M lets Tab leave always"),
    ("F1", "This help"),
];

const VERDICTS: [(Verdict, &str); 7] = [
    (Verdict::Disjoint, "The ranges have no version in common, whatever is published."),
    (Verdict::Duplicate, "Two files of one project are demanded at once."),
    (Verdict::Unavailable, "The ranges overlap, but no candidate lies in the overlap here."),
    (
        Verdict::Fails,
        "The step ends the build for a reason that is not versions: an exit code, a file that is not there.",
    ),
    (Verdict::Broken, "The step passes, yet leaves an environment that pip check rejects."),
    (
        Verdict::Unknown,
        "Nothing is proven wrong, and something that can change Python packages is not known.",
    ),
    (Verdict::Compatible, "A version exists that everyone accepts."),
];

/// Properties of [`Help`].
#[derive(Debug, Clone, PartialEq, Properties)]
pub struct HelpProps {
    /// Whether it is shown.
    pub open: bool,
    /// Where to send what the person did.
    pub dispatch: Dispatch,
    /// What stands at the end.
    #[prop_or_default]
    pub children: Html,
}

/// Keys and words, in a dialog: the browser keeps the focus inside and gives it back.
#[function_component]
pub fn Help(props: &HelpProps) -> Html {
    let dialog = use_dialog(props.open);
    let close = props.dispatch.reform(|_: MouseEvent| Action::Help(false));
    html! {
        <dialog ref={dialog} class="help" aria-labelledby="help-title" onclose={props.dispatch.reform(|_| Action::Help(false))}>
            <div class="pane-head">
                <h2 id="help-title">{ "Help" }</h2>
                <button type="button" class="button icon-only quiet" aria-label="Close the help" onclick={close}>
                    { icon(Symbol::Close) }
                </button>
            </div>
            <div class="help-body">
                <p>
                    { "Edit the requirements on the left and the Dockerfile on the right. Wheelstage works out which \
                       packages every build stage would get, shows where versions cannot be had together and why, and \
                       proposes corrected stages that it has run again. Nothing you type leaves this page. What the catalogue \
                       lacks or has wrong, state under Facts." }
                </p>
                <h3>{ "Verdicts, worst first" }</h3>
                <dl class="verdicts">
                    { for VERDICTS.iter().map(|(verdict, text)| html! {
                        <div class={verdict_class(*verdict)}>
                            <dt>{ icon(verdict_symbol(*verdict)) }{ verdict_word(*verdict) }</dt>
                            <dd>{ *text }</dd>
                        </div>
                    }) }
                </dl>
                <h3>{ "Keys" }</h3>
                <dl class="keys">
                    { for KEYS.iter().map(|(keys, text)| html! {
                        <div><dt><kbd>{ *keys }</kbd></dt><dd>{ *text }</dd></div>
                    }) }
                </dl>
                <p class="hint">{ "On a Mac, Command does what Ctrl does here." }</p>
                { props.children.clone() }
            </div>
        </dialog>
    }
}
