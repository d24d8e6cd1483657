use web_sys::HtmlInputElement;
use yew::prelude::*;

use super::{Dispatch, Symbol, icon};
use crate::{
    link::{MAX_CHARACTERS, Playground, Secret, masked, secrets},
    ui::{
        effects,
        hooks::use_dialog,
        state::{Action, View},
    },
};

/// The longest link that fits into one message of Discord, the tightest of the usual places.
const FITS_ANYWHERE: usize = 2_000;

/// The longest link that most programs and servers take.
const FITS_MOSTLY: usize = 8_000;

/// Properties of [`Share`].
#[derive(Debug, Clone, PartialEq, Properties)]
pub struct ShareProps {
    /// What is shared; `None` while it is not shown.
    pub playground: Option<Playground>,
    /// The layout that the link asks for.
    pub view: View,
    /// Told of a link that leaves.
    pub onshare: Callback<String>,
    /// Where to send what the person did.
    pub dispatch: Dispatch,
}

/// The link, how long it is, and what in it may not be meant for others.
#[function_component]
pub fn Share(props: &ShareProps) -> Html {
    let dialog = use_dialog(props.playground.is_some());
    let close = props.dispatch.reform(|_: MouseEvent| Action::Share(false));
    html! {
        <dialog ref={dialog} class="help share" aria-labelledby="share-title" onclose={props.dispatch.reform(|_| Action::Share(false))}>
            <div class="pane-head">
                <h2 id="share-title">{ "Share" }</h2>
                <button type="button" class="button icon-only quiet" aria-label="Close sharing" onclick={close}>
                    { icon(Symbol::Close) }
                </button>
            </div>
            if let Some(playground) = &props.playground {
                { body(props, playground) }
            }
        </dialog>
    }
}

fn body(props: &ShareProps, shared: &Playground) -> Html {
    let link = effects::link(shared.clone(), props.view);
    let found = secrets(shared);
    let fits = link.len() <= MAX_CHARACTERS;
    let copy = |playground: &Playground, markdown: bool, done: &'static str| {
        let (props, playground) = (props.clone(), playground.clone());
        Callback::from(move |_: MouseEvent| {
            let link = effects::link(playground.clone(), props.view);
            props.onshare.emit(link.clone());
            let text = if markdown { format!("[Wheelstage playground]({link})") } else { link };
            effects::copy(&props.dispatch, &text, done);
            props.dispatch.emit(Action::Share(false));
        })
    };
    let select = Callback::from(|event: FocusEvent| {
        if let Some(field) = event.target_dyn_into::<HtmlInputElement>() {
            field.select();
        }
    });
    let save_link = {
        let link = link.clone();
        Callback::from(move |_: MouseEvent| effects::download("wheelstage-link.txt", &format!("{link}\n")))
    };
    html! {
        <div class="help-body">
            <p>{ "The link holds the files themselves. Nothing is sent anywhere until you give it to someone." }</p>
            if !found.is_empty() {
                { warning(&found) }
                <p class="patch-actions">
                    <button type="button" class="button primary" onclick={copy(&masked(shared), false, "Link copied, with what looked like secrets masked.")}>
                        { icon(Symbol::Tick) }{ "Mask and copy link" }
                    </button>
                </p>
            }
            if fits {
                <input class="share-link" type="text" readonly=true aria-label="Link" value={link.clone()} onfocus={select} />
            }
            { length(link.len()) }
            <p class="patch-actions">
                if fits {
                    <button type="button" class={classes!("button", found.is_empty().then_some("primary"))} onclick={copy(shared, false, "Link copied.")}>
                        { icon(Symbol::Copy) }{ if found.is_empty() { "Copy link" } else { "Copy link as it is" } }
                    </button>
                    <button type="button" class="button" onclick={copy(shared, true, "Markdown link copied.")}>
                        { icon(Symbol::Copy) }{ if found.is_empty() { "Copy Markdown link" } else { "Copy Markdown link as it is" } }
                    </button>
                    <button type="button" class="button" onclick={save_link}>
                        { icon(Symbol::Download) }{ "Save link as a file" }
                    </button>
                }
                { for shared.files.iter().map(|(path, text)| {
                    let (name, text) = (path.rsplit('/').next().unwrap_or(path).to_owned(), text.clone());
                    html! {
                        <button key={path.clone()} type="button" class="button" onclick={Callback::from(move |_: MouseEvent| effects::download(&name, &text))}>
                            { icon(Symbol::Download) }{ format!("Save {path}") }
                        </button>
                    }
                }) }
            </p>
        </div>
    }
}

/// How long the link is, and what that means where it is pasted.
fn length(characters: usize) -> Html {
    let (tone, symbol, meaning) = match characters {
        ..=FITS_ANYWHERE => ("tone-good", Symbol::Tick, "It fits into a chat message."),
        length if length <= FITS_MOSTLY => {
            ("tone-warn", Symbol::Info, "Discord takes 2,000 at most. Mail, issues and most chats take it.")
        }
        length if length <= MAX_CHARACTERS => (
            "tone-bad",
            Symbol::Info,
            "Many programs cut an address of this length off. Send it as a file instead.",
        ),
        _ => (
            "tone-bad",
            Symbol::Info,
            "That is longer than browsers keep. Send the files themselves instead.",
        ),
    };
    html! {
        <p class={classes!("share-length", tone)}>
            { icon(symbol) }
            <span><strong>{ format!("{} characters. ", thousands(characters)) }</strong>{ meaning }</span>
        </p>
    }
}

fn warning(found: &[Secret]) -> Html {
    html! {
        <div class="share-warning tone-warn" role="alert">
            <p>{ icon(Symbol::Broken) }<strong>{ "This may not be meant for others:" }</strong></p>
            <ul>
                { for found.iter().map(|secret| {
                    html! { <li>{ format!("{}, line {}: {}", secret.file, secret.line, secret.kind) }</li> }
                }) }
            </ul>
        </div>
    }
}

/// `12,345`.
fn thousands(number: usize) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}
