use gloo::file::{File, callbacks::FileReader};
use wasm_bindgen::JsCast;
use web_sys::{DragEvent, Element, HtmlElement, HtmlInputElement};
use yew::prelude::*;

use super::{Dispatch, Symbol, fact_errors, icon};
use crate::{
    text::FileId,
    ui::state::{Action, context_path},
};

/// Properties of [`FileTabs`].
#[derive(Debug, Clone, PartialEq, Properties)]
pub struct FileTabsProps {
    /// The files, in tab order, with the number of problems in each.
    pub files: Vec<(FileId, String, usize)>,
    /// The shown one.
    pub selected: Option<FileId>,
    /// The Dockerfile's path.
    pub dockerfile: Option<String>,
    /// Names of files that the Dockerfile copies and that are not there yet.
    pub wanted: Vec<String>,
    /// What the person states about packages, as typed.
    pub facts: String,
    /// Where to send what the person did.
    pub dispatch: Dispatch,
}

/// The shown file's tab; without files, the way to add one.
const CHOSEN: &str = ".chosen .file-name, [title^=Add]";

/// What the name field is for.
#[derive(Debug, Clone, PartialEq)]
enum Naming {
    Add,
    Rename(FileId),
}

/// The files of the requirements side: choose, add, rename, remove, drop one in.
#[function_component]
pub fn FileTabs(props: &FileTabsProps) -> Html {
    let naming = use_state(|| None::<Naming>);
    let wrong = use_state(|| "");
    let field = use_node_ref();
    let tabs = use_node_ref();
    // What takes the focus once it is drawn: what had it went away.
    let next = use_mut_ref(|| None::<&'static str>);
    {
        let (next, tabs) = (next.clone(), tabs.clone());
        use_effect(move || {
            let found = next.take().and_then(|next| tabs.cast::<Element>()?.query_selector(next).ok()?);
            if let Some(element) = found.and_then(|element| element.dyn_into::<HtmlElement>().ok()) {
                let _ = element.focus();
            }
        });
    }
    let given = match &*naming {
        Some(Naming::Rename(file)) => props
            .files
            .iter()
            .find(|(id, ..)| id == file)
            .map(|(_, path, _)| path.clone())
            .unwrap_or_default(),
        _ => props.wanted.first().cloned().unwrap_or_else(|| "constraints.txt".to_owned()),
    };
    {
        let field = field.clone();
        use_effect_with(naming.is_some(), move |open| {
            if let Some(input) = field.cast::<HtmlInputElement>().filter(|_| *open) {
                // Once: what is typed stays while the tabs are drawn anew.
                input.set_value(&given);
                // A field that went away meanwhile takes no focus.
                let _ = input.focus();
                input.select();
            }
        });
    }
    let start = |what: Naming| {
        let (naming, wrong) = (naming.clone(), wrong.clone());
        Callback::from(move |_: MouseEvent| {
            wrong.set("");
            naming.set(Some(what.clone()));
        })
    };
    let onsubmit = {
        let (naming, field, dispatch) = (naming.clone(), field.clone(), props.dispatch.clone());
        let (wrong, next) = (wrong.clone(), next.clone());
        let files: Vec<(Option<FileId>, String)> = props
            .files
            .iter()
            .map(|(file, path, _)| (Some(*file), path.clone()))
            .chain(props.dockerfile.iter().map(|path| (None, path.clone())))
            .collect();
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            let typed = field.cast::<HtmlInputElement>().map(|input| input.value()).unwrap_or_default();
            let Some(path) = context_path(&typed) else {
                return wrong.set("This names no file of the build context.");
            };
            let renamed = match &*naming {
                Some(Naming::Rename(file)) => Some(*file),
                _ => None,
            };
            match files.iter().find(|(_, known)| *known == path) {
                // The name it has.
                Some((file, _)) if renamed.is_some() && *file == renamed => {}
                Some(_) => return wrong.set("There is a file of this name."),
                None => dispatch.emit(match renamed {
                    Some(file) => Action::Rename(file, path),
                    None => Action::Add { path, bytes: Vec::new() },
                }),
            }
            // The editor of a new file takes the focus itself.
            *next.borrow_mut() = renamed.map(|_| CHOSEN);
            naming.set(None);
        })
    };
    let cancel = {
        let (naming, next) = (naming.clone(), next.clone());
        Callback::from(move |event: KeyboardEvent| {
            if event.key() == "Escape" {
                event.stop_propagation();
                *next.borrow_mut() =
                    Some(if *naming == Some(Naming::Add) { "[title^=Add]" } else { "[title=Rename]" });
                naming.set(None);
            }
        })
    };
    html! {
        <div class="file-tabs" role="group" aria-label="Files" ref={tabs}>
            { for props.files.iter().map(|(file, path, problems)| {
                let (file, chosen) = (*file, Some(*file) == props.selected);
                html! {
                    <span key={path.clone()} class={classes!("file-tab", chosen.then_some("chosen"))}>
                        <button
                            type="button"
                            class="file-name"
                            aria-pressed={chosen.to_string()}
                            onclick={props.dispatch.reform(move |_| Action::Show(file))}
                        >
                            { path }
                            if *problems > 0 {
                                <span class="count" title={format!("{problems} problems")}>{ problems }<span class="hidden">{ " problems" }</span></span>
                            }
                        </button>
                        if chosen {
                            <button type="button" class="button icon-only quiet" aria-label={format!("Rename {path}")} title="Rename" onclick={start(Naming::Rename(file))}>
                                { icon(Symbol::Pencil) }
                            </button>
                            <button
                                type="button"
                                class="button icon-only quiet"
                                aria-label={format!("Remove {path}")}
                                title="Remove"
                                onclick={
                                    let next = next.clone();
                                    props.dispatch.reform(move |_| {
                                        *next.borrow_mut() = Some(CHOSEN);
                                        Action::Remove(file)
                                    })
                                }
                            >
                                { icon(Symbol::Close) }
                            </button>
                        }
                    </span>
                }
            }) }
            if let Some(what) = &*naming {
                <form class="file-form" {onsubmit} onkeydown={cancel}>
                    <input
                        ref={field}
                        type="text"
                        aria-label={if *what == Naming::Add { "Name of the new file" } else { "New name" }}
                        list="wanted-files"
                        autocomplete="off"
                        spellcheck="false"
                        aria-describedby="file-wrong"
                    />
                    <datalist id="wanted-files">
                        { for props.wanted.iter().map(|name| html! { <option value={name.clone()} /> }) }
                    </datalist>
                    <button type="submit" class="button">{ if *what == Naming::Add { "Add" } else { "Rename" } }</button>
                    <span id="file-wrong" class="file-wrong" role="alert">{ *wrong }</span>
                </form>
            } else {
                <button type="button" class="button icon-only quiet" aria-label="Add a file" title="Add a file" onclick={start(Naming::Add)}>
                    { icon(Symbol::Plus) }
                </button>
            }
            { facts_tab(props) }
        </div>
    }
}

/// The way to the facts that the person states, with how many they are, and how many are none.
fn facts_tab(props: &FileTabsProps) -> Html {
    let chosen = props.selected == Some(FileId::FACTS);
    let wrong = fact_errors(&props.facts).len();
    let lines = props.facts.lines().map(str::trim);
    let stated = lines.filter(|line| !line.is_empty() && !line.starts_with('#')).count();
    html! {
        <span class={classes!("file-tab", "facts-tab", chosen.then_some("chosen"))}>
            <button
                type="button"
                class="file-name"
                aria-pressed={chosen.to_string()}
                title="Facts about packages and images that you state yourself"
                onclick={props.dispatch.reform(|_| Action::Show(FileId::FACTS))}
            >
                { icon(Symbol::Info) }
                { "Facts" }
                if wrong > 0 {
                    <span class="count">{ wrong }<span class="hidden">{ " problems" }</span></span>
                } else if stated > 0 {
                    <span class="rank">{ stated }<span class="hidden">{ " stated" }</span></span>
                }
            </button>
        </span>
    }
}

/// Properties of [`DropZone`].
#[derive(Debug, Clone, PartialEq, Properties)]
pub struct DropZoneProps {
    /// Classes of the box.
    pub class: Classes,
    /// The box's id.
    pub id: AttrValue,
    /// What the box is called.
    pub label: AttrValue,
    /// What is in it.
    pub children: Html,
    /// Where to send what the person did.
    pub dispatch: Dispatch,
}

/// A box that files can be dropped on. The bytes are read as they are: line endings, byte order
/// mark and encoding survive.
#[function_component]
pub fn DropZone(props: &DropZoneProps) -> Html {
    let readers = use_mut_ref(Vec::<FileReader>::new);
    let over = use_state(|| false);
    let holds_files = |event: &DragEvent| {
        event.data_transfer().is_some_and(|data| data.types().includes(&"Files".into(), 0))
    };
    let ondragover = {
        let over = over.clone();
        Callback::from(move |event: DragEvent| {
            if holds_files(&event) {
                event.prevent_default();
                over.set(true);
            }
        })
    };
    let ondragleave = {
        let over = over.clone();
        Callback::from(move |_: DragEvent| over.set(false))
    };
    let ondrop = {
        let (over, dispatch) = (over.clone(), props.dispatch.clone());
        Callback::from(move |event: DragEvent| {
            if !holds_files(&event) {
                return;
            }
            event.prevent_default();
            over.set(false);
            let files = event.data_transfer().and_then(|data| data.files());
            let files = files.map(|list| gloo::file::FileList::from(list).to_vec()).unwrap_or_default();
            *readers.borrow_mut() = files.into_iter().filter_map(|file| read(file, &dispatch)).collect();
        })
    };
    html! {
        <section
            id={&props.id}
            class={classes!(props.class.clone(), (*over).then_some("dropping"))}
            aria-label={&props.label}
            {ondragover}
            {ondragleave}
            {ondrop}
        >{ props.children.clone() }</section>
    }
}

/// Reads a dropped file; one of more than a megabyte is no text that pip or BuildKit reads.
fn read(file: File, dispatch: &Dispatch) -> Option<FileReader> {
    let name = file.name();
    if file.size() > 1_000_000 {
        dispatch.emit(Action::Notice(Some(format!("{name} is larger than 1 MB and was not opened."))));
        return None;
    }
    let path = context_path(&name)?;
    let dispatch = dispatch.clone();
    Some(gloo::file::callbacks::read_as_bytes(&file, move |bytes| match bytes {
        Ok(bytes) => dispatch.emit(Action::Add { path, bytes }),
        Err(error) => dispatch.emit(Action::Notice(Some(format!("{path} could not be read: {error}")))),
    }))
}
