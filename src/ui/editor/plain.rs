//! What takes the editor's place where its script has not come: a plain text area. It can be typed into
//! and jumped to; what is wrong stands everywhere else on the page.

use gloo::utils::document;
use web_sys::HtmlTextAreaElement;
use yew::prelude::*;

use super::{
    EditorProps,
    offsets::{self, Offsets},
};
use crate::ui::state::Action;

/// Whether the editor's element is defined: its script runs before the page starts, or not at all.
pub(super) fn is_needed() -> bool {
    let element = document().create_element("wheelstage-editor");
    element.is_ok_and(|element| !element.matches(":defined").unwrap_or(false))
}

/// An editor of one file, without colours, completions and remarks.
#[function_component]
pub(super) fn Plain(props: &EditorProps) -> Html {
    let node = use_node_ref();
    // The text that the state has of this area. A slow render may end after the next key: what is
    // typed counts from here, never from what was drawn last.
    let known = use_mut_ref(String::new);
    {
        let (node, known, text) = (node.clone(), known.clone(), props.text.clone());
        use_effect_with(props.pushed, move |_| {
            let Some(area) = node.cast::<HtmlTextAreaElement>() else { return };
            let text = offsets::normalised(&text);
            // Setting what is there already would move the cursor to the end.
            if area.value() != text {
                area.set_value(&text);
            }
            known.replace(text);
        });
    }
    {
        let (node, path, text) = (node.clone(), props.path.clone(), props.text.clone());
        use_effect_with(props.jump.clone(), move |jump| {
            let jump = jump.as_ref().filter(|jump| *path == jump.to.file);
            if let (Some(jump), Some(area)) = (jump, node.cast::<HtmlTextAreaElement>()) {
                let offsets = Offsets::new(&text);
                // An area that went away takes no focus and has no selection.
                let _ = area.focus();
                let _ = area.set_selection_range(
                    super::unit(&offsets, jump.to.start),
                    super::unit(&offsets, jump.to.end),
                );
            }
        });
    }
    let oninput = {
        let (dispatch, path) = (props.dispatch.clone(), props.path.clone());
        Callback::from(move |event: InputEvent| {
            let typed = event.target_unchecked_into::<HtmlTextAreaElement>().value();
            let changes = offsets::changes(&known.borrow(), &typed);
            known.replace(typed);
            dispatch.emit(Action::Typed { path: path.to_string(), changes });
        })
    };
    html! {
        <textarea
            ref={node}
            class="plain-editor"
            aria-label={&props.label}
            placeholder={&props.hint}
            data-path={&props.path}
            hidden={!props.shown}
            spellcheck="false"
            autocomplete="off"
            {oninput}
        />
    }
}
