use yew::prelude::*;

use super::{Dispatch, Symbol, icon};
use crate::ui::state::{Action, Theme, View};

/// Properties of [`Header`].
#[derive(Debug, Clone, PartialEq, Properties)]
pub struct HeaderProps {
    /// Colours.
    pub theme: Theme,
    /// Layout.
    pub view: View,
    /// Zoom in percent.
    pub zoom: u16,
    /// Where to send what the person did.
    pub dispatch: Dispatch,
    /// The target bar.
    pub children: Html,
}

/// Name, what it is for, target bar and what concerns the page as a whole.
#[function_component]
pub fn Header(props: &HeaderProps) -> Html {
    let present = props.view == View::Present;
    let (theme, theme_word) = match props.theme {
        Theme::System => (Theme::Dark, "system"),
        Theme::Dark => (Theme::Light, "dark"),
        Theme::Light => (Theme::System, "light"),
    };
    let view = if present { View::Work } else { View::Present };
    let zoom = |percent: u16| props.dispatch.reform(move |_: MouseEvent| Action::Zoom(percent));
    html! {
        <header class="header">
            <h1 class="name">
                <svg class="logo" viewBox="0 0 24 24" width="24" height="24" aria-hidden="true" focusable="false">
                    <circle cx="12" cy="9.5" r="6.5" class="logo-wheel" />
                    <circle cx="12" cy="9.5" r="1.8" class="logo-hub" />
                    <path d="M2.5 20.5h19M6 16.5h12" class="logo-stage" />
                </svg>
                { "Wheelstage" }
            </h1>
            <p class="tagline">{ "See why a Docker build cannot agree on Python packages" }</p>
            { props.children.clone() }
            <div class="header-actions">
                if present {
                    <div class="zoom" role="group" aria-label="Zoom">
                        <button type="button" class="button quiet" aria-label="A−, smaller" onclick={zoom(props.zoom.saturating_sub(25))}>{ "A−" }</button>
                        <output>{ format!("{} %", props.zoom) }</output>
                        <button type="button" class="button quiet" aria-label="A+, larger" onclick={zoom(props.zoom + 25)}>{ "A+" }</button>
                    </div>
                }
                <button
                    type="button"
                    class="button icon-only quiet"
                    aria-label={format!("Colours: {theme_word}")}
                    title={format!("Colours: {theme_word}")}
                    onclick={props.dispatch.reform(move |_| Action::Theme(theme))}
                >{ icon(Symbol::Theme) }</button>
                <button
                    type="button"
                    class="button icon-only quiet"
                    aria-label="Projector layout"
                    title="Projector layout"
                    aria-pressed={present.to_string()}
                    onclick={props.dispatch.reform(move |_| Action::View(view))}
                >{ icon(Symbol::Present) }</button>
                <button
                    type="button"
                    class="button icon-only quiet"
                    aria-label="Help"
                    title="Help (F1)"
                    aria-keyshortcuts="F1"
                    onclick={props.dispatch.reform(|_| Action::Help(true))}
                >{ icon(Symbol::Help) }</button>
                <button type="button" class="button link-button" aria-haspopup="dialog" title="Share a link to these files (Ctrl S copies it)" onclick={props.dispatch.reform(|_| Action::Share(true))}>
                    { icon(Symbol::Copy) }<span>{ "Share" }</span>
                </button>
            </div>
        </header>
    }
}
