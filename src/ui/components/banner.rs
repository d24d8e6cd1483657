use js_sys::Date;
use wasm_bindgen::JsValue;
use yew::prelude::*;

use super::{Dispatch, Symbol, icon};
use crate::{
    link::Playground,
    ui::{
        drafts::{self, Banner, Draft},
        state::Action,
    },
};

/// Properties of [`OpenedNotice`].
#[derive(Debug, Clone, PartialEq, Properties)]
pub struct OpenedNoticeProps {
    /// What there is to say.
    pub banner: Banner,
    /// The date of the catalogue that findings come from.
    pub catalogue: Option<String>,
    /// The link brought the facts that its findings used.
    pub carried: bool,
    /// Opens a draft.
    pub onrestore: Callback<Draft>,
    /// Opens what is no draft.
    pub onopen: Callback<Playground>,
    /// The opening example.
    pub example: Playground,
    /// Where to send what the person did.
    pub dispatch: Dispatch,
}

/// Says what is open and how it came here, with the way back to what was open before.
#[function_component]
pub fn OpenedNotice(props: &OpenedNoticeProps) -> Html {
    let open = |playground: &Playground, label: &'static str| {
        let (onopen, playground) = (props.onopen.clone(), playground.clone());
        let onclick = Callback::from(move |_: MouseEvent| onopen.emit(playground.clone()));
        html! { <button type="button" class="button" {onclick}>{ label }</button> }
    };
    let restore = |draft: &Option<Box<Draft>>| {
        let Some(draft) = draft.clone() else { return html! {} };
        let onrestore = props.onrestore.clone();
        let onclick = Callback::from(move |_: MouseEvent| onrestore.emit((*draft).clone()));
        html! { <button type="button" class="button" {onclick}>{ "Restore my draft" }</button> }
    };
    let (tone, text, actions) = match &props.banner {
        Banner::Link { draft, made } => {
            let mut text = "This is a shared playground.".to_owned();
            if draft.is_some() {
                text.push_str(" Your draft is kept.");
            }
            match (made, &props.catalogue) {
                (_, Some(_)) if props.carried => text.push_str(" It brings the package data its findings came from."),
                // ISO 8601 dates compare as text.
                (Some(made), Some(now)) if made < now => text.push_str(&format!(
                    " It was made with the package data of {made}; here they are of {now}, so findings may differ."
                )),
                _ => {}
            }
            ("tone-info", text, restore(draft))
        }
        Banner::Edits { draft, shared } => (
            "tone-info",
            "These are your edits of a shared playground.".to_owned(),
            html! { <>{ open(shared, "Show it as it was shared") }{ restore(draft) }</> },
        ),
        Banner::Draft { saved } => (
            "tone-info",
            format!("This is your draft of {}.", moment(*saved)),
            open(&props.example, "Open the example instead"),
        ),
        Banner::BadLink(why) => ("tone-warn", format!("{why} Nothing you typed was changed."), html! {}),
    };
    html! {
        <section class={classes!("opened", tone)} role="status" aria-label="What is open">
            { icon(Symbol::Info) }
            <div><p>{ text }</p></div>
            { actions }
            <button
                type="button"
                class="button icon-only quiet"
                aria-label="Close"
                onclick={props.dispatch.reform(|_| Action::Banner(None))}
            >{ icon(Symbol::Close) }</button>
        </section>
    }
}

/// Properties of [`DraftList`].
#[derive(Debug, Clone, PartialEq, Properties)]
pub struct DraftListProps {
    /// Opens a draft.
    pub onrestore: Callback<Draft>,
    /// Opens what is no draft.
    pub onopen: Callback<Playground>,
    /// The opening example.
    pub example: Playground,
}

/// The drafts that are kept, and the opening example. Read when it is drawn.
#[function_component]
pub fn DraftList(props: &DraftListProps) -> Html {
    let example = {
        let (onopen, example) = (props.onopen.clone(), props.example.clone());
        Callback::from(move |_: MouseEvent| onopen.emit(example.clone()))
    };
    let kept = drafts::of_site();
    html! {
        <section class="drafts" aria-labelledby="drafts-title">
            <h3 id="drafts-title">{ "Drafts" }</h3>
            <p class="hint">
                if drafts::stored() {
                    { "The last five are kept in this browser, and nowhere else." }
                } else {
                    { "This browser does not store drafts for this page. They last until it is closed." }
                }
            </p>
            <ul>
                { for kept.into_iter().map(|draft| {
                    let label = format!("{}: {}", moment(draft.saved), summary(&draft.playground));
                    let key = draft.id.clone();
                    let onrestore = props.onrestore.clone();
                    let onclick = Callback::from(move |_: MouseEvent| onrestore.emit(draft.clone()));
                    html! { <li {key}><button type="button" class="button" {onclick}>{ label }</button></li> }
                }) }
                <li><button type="button" class="button" onclick={example}>{ "The opening example" }</button></li>
            </ul>
        </section>
    }
}

/// A time as the person's own settings write it.
fn moment(milliseconds: f64) -> String {
    let date = Date::new(&JsValue::from_f64(milliseconds));
    date.to_locale_string("default", &JsValue::UNDEFINED).into()
}

/// The first requirement, or what there is instead.
fn summary(playground: &Playground) -> String {
    let lines = playground.files.iter().flat_map(|(_, text)| text.lines());
    let first = lines.map(str::trim).find(|line| !line.is_empty() && !line.starts_with('#'));
    first.map_or_else(|| "no text".to_owned(), |line| line.chars().take(48).collect())
}
