//! What the page does to the world around it, fetching aside: clipboard, downloads, focus,
//! storage, the address.

use gloo::utils::{document, window};
use js_sys::Reflect;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Element, HtmlAnchorElement, HtmlElement, HtmlTextAreaElement};

use super::{
    components::Dispatch,
    state::{Action, Pane, Theme, View},
    storage::{self, Place},
};
use crate::link::{Fragment, LinkError, Playground};

/// Puts text on the clipboard and says so.
pub(super) fn copy(dispatch: &Dispatch, text: &str, done: &'static str) {
    let (dispatch, text) = (dispatch.clone(), text.to_owned());
    wasm_bindgen_futures::spawn_local(async move {
        let notice = match write(&text).await {
            Ok(()) => done.to_owned(),
            Err(_) => "The browser does not let this page use the clipboard.".to_owned(),
        };
        dispatch.emit(Action::Notice(Some(notice)));
    });
}

async fn write(text: &str) -> Result<(), JsValue> {
    let navigator = window().navigator();
    // There is no clipboard where the page is not served securely.
    if Reflect::get(&navigator, &"clipboard".into())?.is_undefined() {
        return Err(JsValue::UNDEFINED);
    }
    JsFuture::from(navigator.clipboard().write_text(text)).await.map(drop)
}

/// Offers text as a file to save.
pub(super) fn download(name: &str, text: &str) {
    let blob = gloo::file::Blob::new_with_options(text, Some("text/plain;charset=utf-8"));
    let url = gloo::file::ObjectUrl::from(blob);
    let anchor = document().create_element("a").ok().and_then(|a| a.dyn_into::<HtmlAnchorElement>().ok());
    if let Some(anchor) = anchor {
        anchor.set_href(&url);
        anchor.set_download(name);
        anchor.click();
        // The address must outlive the click's own handling.
        gloo::timers::callback::Timeout::new(10_000, move || drop(url)).forget();
    }
}

/// The link to a playground, at the address of this page.
pub(super) fn link(playground: Playground, view: View) -> String {
    let view = (view == View::Present).then_some(crate::link::View::Present);
    let fragment = Fragment { view, state: Some(playground), ..Fragment::default() };
    let href = window().location().href().unwrap_or_default();
    let page = href.split('#').next().unwrap_or_default();
    format!("{page}#{fragment}")
}

/// Writes the link into the address bar. A browser that limits how often may refuse.
pub(super) fn show_link(link: &str) {
    if let Ok(history) = window().history() {
        let _ = history.replace_state_with_url(&JsValue::NULL, "", Some(link));
    }
}

/// The fragment of the address, `#` included, where it holds a playground; else nothing.
pub(super) fn link_fragment() -> String {
    let hash = window().location().hash().unwrap_or_default();
    match Fragment::parse(&hash) {
        Ok(Some(Fragment { state: Some(_), .. })) => hash,
        _ => String::new(),
    }
}

/// Takes the link out of the address bar: what is open is not its playground any more.
pub(super) fn clear_link() {
    let href = window().location().href().unwrap_or_default();
    if let Some((page, _)) = href.split_once('#') {
        show_link(page);
    }
}

/// What the address asks for: a playground, and the layout.
pub(super) fn address() -> (Result<Option<Fragment>, LinkError>, View) {
    let hash = window().location().hash().unwrap_or_default();
    let present = hash.trim_start_matches('#').split('&').any(|pair| pair == "v=present");
    (Fragment::parse(&hash), if present { View::Present } else { View::Work })
}

/// The files that the static page was served with.
pub(super) fn static_files() -> Vec<(String, String)> {
    static_texts(|area| area.default_value().unwrap_or_default())
}

/// The files of the static page with what was typed into them before this ran; `None` where
/// nothing was.
pub(super) fn typed_files() -> Option<Vec<(String, String)>> {
    let typed = static_texts(HtmlTextAreaElement::value);
    (typed != static_files()).then_some(typed)
}

fn static_texts(text: fn(&HtmlTextAreaElement) -> String) -> Vec<(String, String)> {
    let Ok(areas) = document().query_selector_all("textarea[data-path]") else { return Vec::new() };
    (0..areas.length())
        .filter_map(|index| areas.item(index)?.dyn_into::<HtmlTextAreaElement>().ok())
        .filter_map(|area| Some((area.get_attribute("data-path")?, text(&area))))
        .collect()
}

const THEME: &str = "wheelstage.theme";

/// The colours chosen at an earlier visit.
pub(super) fn stored_theme() -> Theme {
    match storage::read(Place::Site, THEME).as_deref() {
        Some("dark") => Theme::Dark,
        Some("light") => Theme::Light,
        _ => Theme::System,
    }
}

/// Colours the page, and remembers it.
pub(super) fn show_theme(theme: Theme) {
    let word = match theme {
        Theme::System => None,
        Theme::Light => Some("light"),
        Theme::Dark => Some("dark"),
    };
    root_attribute("data-theme", word);
    match word {
        // A browser that stores nothing forgets the choice; the page works on.
        Some(word) => drop(storage::write(Place::Site, THEME, word)),
        None => storage::remove(Place::Site, THEME),
    }
}

const ZOOM: &str = "wheelstage.zoom";

/// The zoom chosen at an earlier visit.
pub(super) fn stored_zoom() -> u16 {
    let stored = storage::read(Place::Site, ZOOM).and_then(|zoom| zoom.parse().ok());
    stored.unwrap_or(100).clamp(100, 200)
}

/// Whether one pane is shown at a time: `static/styles/layout.css` says so below this width.
pub(super) fn is_phone() -> bool {
    window().inner_width().ok().and_then(|width| width.as_f64()).is_some_and(|width| width < 700.0)
}

/// Gives the focus to what opens the list of problems, where it was in the list and went away.
pub(super) fn leave_problems() {
    let toggle = document().query_selector("#verdict [aria-controls=problems]").ok().flatten();
    if document().active_element().is_none_or(|element| element.tag_name() == "BODY")
        && let Some(toggle) = toggle.and_then(|toggle| toggle.dyn_into::<HtmlElement>().ok())
    {
        let _ = toggle.focus();
    }
}

/// Lays the page out, and remembers the zoom.
pub(super) fn show_view(view: View, zoom: u16) {
    match zoom {
        100 => storage::remove(Place::Site, ZOOM),
        // A browser that stores nothing forgets the choice; the page works on.
        _ => drop(storage::write(Place::Site, ZOOM, &zoom.to_string())),
    }
    root_attribute("data-view", (view == View::Present).then_some("present"));
    let zoom = (view == View::Present && zoom > 100).then(|| zoom.to_string());
    root_attribute("data-zoom", zoom.as_deref());
}

fn root_attribute(name: &str, value: Option<&str>) {
    if let Some(root) = document().document_element() {
        // Fails only for a name that is no attribute's.
        let _ = match value {
            Some(value) => root.set_attribute(name, value),
            None => root.remove_attribute(name),
        };
    }
}

/// Sets a custom property of an element, which a `style` attribute may not under the policy.
pub(super) fn set_property(element: &Element, name: &str, value: &str) {
    if let Some(element) = element.dyn_ref::<HtmlElement>() {
        let _ = element.style().set_property(name, value);
    }
}

const PANES: [(Pane, &str); 4] =
    [(Pane::Files, "files"), (Pane::Dockerfile, "dockerfile"), (Pane::Why, "why"), (Pane::Patch, "patch")];

/// The pane after the one with the focus, or before it.
pub(super) fn next_pane(back: bool) -> Pane {
    let focused = document().active_element();
    let here = PANES.iter().position(|(_, id)| {
        focused.as_ref().is_some_and(|element| element.closest(&format!("#{id}")).ok().flatten().is_some())
    });
    let count = PANES.len();
    let next = match (here, back) {
        (None, _) => 0,
        (Some(here), false) => (here + 1) % count,
        (Some(here), true) => (here + count - 1) % count,
    };
    PANES.get(next).map_or(Pane::Files, |(pane, _)| *pane)
}

/// Takes the focus into a pane: its editor, else its panel.
pub(super) fn focus_pane(pane: Pane) {
    let Some((_, id)) = PANES.iter().find(|(known, _)| *known == pane) else { return };
    let target = format!("#{id} [data-path]:not([hidden]), #{id} .pane-body");
    if let Some(element) = document().query_selector(&target).ok().flatten()
        && let Some(element) = element.dyn_ref::<HtmlElement>()
    {
        let _ = element.focus();
    }
}
