use web_sys::HtmlDialogElement;
use yew::prelude::*;

/// Shows a dialog while `open`: the browser keeps the focus inside and gives it back.
#[hook]
pub fn use_dialog(open: bool) -> NodeRef {
    let dialog = use_node_ref();
    {
        let dialog = dialog.clone();
        use_effect_with(open, move |open| {
            let Some(dialog) = dialog.cast::<HtmlDialogElement>() else { return };
            if *open && !dialog.open() {
                // Fails only for a dialog that is shown already, or not in the page.
                let _ = dialog.show_modal();
            } else if !*open && dialog.open() {
                dialog.close();
            }
        });
    }
    dialog
}
