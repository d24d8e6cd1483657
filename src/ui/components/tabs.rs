use wasm_bindgen::JsCast;
use web_sys::HtmlElement;
use yew::prelude::*;

/// One tab.
#[derive(Debug, Clone, PartialEq)]
pub struct Tab {
    /// What stands on it.
    pub label: Html,
    /// What it says when it is pointed at, where the label is short.
    pub title: Option<AttrValue>,
    /// The id of the panel it shows.
    pub panel: AttrValue,
}

/// Properties of [`Tabs`].
#[derive(Debug, Clone, PartialEq, Properties)]
pub struct TabsProps {
    /// What the tabs choose between.
    pub label: AttrValue,
    /// Prefix of the tabs' ids: `why` gives `why-tab-0`.
    pub id: AttrValue,
    /// The tabs.
    pub tabs: Vec<Tab>,
    /// The chosen one.
    pub selected: usize,
    /// One below the other.
    #[prop_or_default]
    pub vertical: bool,
    /// One was chosen.
    pub onselect: Callback<usize>,
}

/// A row of tabs: one of them in the tab order, arrow keys between them (ARIA authoring practices).
#[function_component]
pub fn Tabs(props: &TabsProps) -> Html {
    let list = use_node_ref();
    let count = props.tabs.len();
    let (before, after) = if props.vertical { ("ArrowUp", "ArrowDown") } else { ("ArrowLeft", "ArrowRight") };
    let onkeydown = {
        let (list, onselect, selected) = (list.clone(), props.onselect.clone(), props.selected);
        Callback::from(move |event: KeyboardEvent| {
            let last = count.saturating_sub(1);
            let next = match event.key().as_str() {
                key if key == after && selected == last => 0,
                key if key == after => selected + 1,
                key if key == before && selected == 0 => last,
                key if key == before => selected - 1,
                "Home" => 0,
                "End" => last,
                _ => return,
            };
            event.prevent_default();
            onselect.emit(next);
            let tab = list
                .cast::<web_sys::Element>()
                .and_then(|list| list.children().item(u32::try_from(next).unwrap_or(0)))
                .and_then(|tab| tab.dyn_into::<HtmlElement>().ok());
            if let Some(tab) = tab {
                // A tab that went away meanwhile takes no focus; nothing to do about it.
                let _ = tab.focus();
            }
        })
    };
    html! {
        <div
            class={classes!("tabs", props.vertical.then_some("vertical"))}
            role="tablist"
            aria-orientation={props.vertical.then_some("vertical")}
            aria-label={&props.label} ref={list} {onkeydown}>
            { for props.tabs.iter().enumerate().map(|(index, tab)| {
                let chosen = index == props.selected;
                let onselect = props.onselect.clone();
                html! {
                    <button
                        key={index}
                        type="button"
                        role="tab"
                        id={format!("{}-tab-{index}", props.id)}
                        class="tab"
                        aria-selected={chosen.to_string()}
                        aria-controls={chosen.then(|| tab.panel.clone())}
                        title={tab.title.clone()}
                        tabindex={if chosen { "0" } else { "-1" }}
                        onclick={move |_| onselect.emit(index)}
                    >{ tab.label.clone() }</button>
                }
            }) }
        </div>
    }
}
