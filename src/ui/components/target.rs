use std::rc::Rc;

use web_sys::{HtmlInputElement, HtmlSelectElement};
use yew::prelude::*;

use super::{Dispatch, Symbol, icon};
use crate::{
    order::SortedMap,
    report::{Report, Setting, SettingSource, TargetView},
    ui::state::{Action, Facts, Field},
};

const PYTHONS: [&str; 8] = ["3.7", "3.8", "3.9", "3.10", "3.11", "3.12", "3.13", "3.14"];
const PLATFORMS: [&str; 2] = ["linux/amd64", "linux/arm64"];
const PIPS: [&str; 7] = ["20.0.2", "21.2.4", "22.3.1", "23.0.1", "24.0", "25.0.1", "26.3"];

/// Properties of [`TargetBar`].
#[derive(Debug, Clone, PartialEq, Properties)]
pub struct TargetBarProps {
    /// What is known; `None` before the first answer.
    pub report: Option<Rc<Report>>,
    /// A second platform to compare with.
    pub compare: Option<String>,
    /// The catalogue.
    pub facts: Facts,
    /// Where to send what the person did.
    pub dispatch: Dispatch,
}

/// What the build is simulated for: read from the Dockerfile where it says so, and shown as such.
#[function_component]
pub fn TargetBar(props: &TargetBarProps) -> Html {
    let Some(report) = &props.report else {
        return html! { <div class="target" id="target" popover="auto" role="group" aria-label="Target" /> };
    };
    let target = &report.target;
    let stages: Vec<(String, String)> = report
        .stages
        .iter()
        .map(|stage| {
            let value = stage.name.clone().unwrap_or_else(|| stage.index.to_string());
            (value, stage.name.clone().unwrap_or_else(|| stage.label.clone()))
        })
        .collect();
    html! {
        <>
        <button type="button" class="button target-button" popovertarget="target" title="What the build is simulated for">
            <span class="hidden">{ "Target: " }</span>
            <span>{ summary(target) }</span>
            { icon(Symbol::Sliders) }
        </button>
        // On a phone it is a pane of its own: the style sheet shows it there.
        <div class="target" id="target" popover="auto" role="group" aria-label="Target">
            { typed(props, "Python", "target-python", Field::Python, &target.python, &PYTHONS) }
            { chosen(props, "Platform", "target-platform", Field::Platform, &target.platform, &PLATFORMS.map(|platform| (platform.to_owned(), platform.to_owned()))) }
            { typed(props, "pip", "target-pip", Field::Pip, &target.pip, &PIPS) }
            if stages.len() > 1 {
                { chosen(props, "Stage", "target-stage", Field::Stage, &target.stage, &stages) }
            }
            { args(props, &target.args) }
            { compared(props, &target.platform.value) }
            { catalogue(props, report) }
        </div>
        </>
    }
}

/// `py3.10 · amd64 · pip 23.0.1`: what is not known is left out.
fn summary(target: &TargetView) -> String {
    let platform = target.platform.value.strip_prefix("linux/").unwrap_or(&target.platform.value);
    let known = |value: &str, word: &str| (!value.is_empty()).then(|| format!("{word}{value}"));
    let parts = [known(&target.python.value, "py"), known(platform, ""), known(&target.pip.value, "pip ")];
    parts.into_iter().flatten().collect::<Vec<_>>().join(" · ")
}

/// The build arguments: many are folded away.
fn args(props: &TargetBarProps, args: &SortedMap<String, Setting>) -> Html {
    const FEW: usize = 2;
    let fields = args.iter().map(|(name, setting)| {
        typed(props, name, &format!("arg-{name}"), Field::Arg(name.clone()), setting, &[])
    });
    if args.len() <= FEW {
        return fields.collect();
    }
    html! {
        <details class="args">
            <summary class="button quiet">{ "Build args (" }{ args.len() }{ ")" }</summary>
            <div class="args-list">{ for fields }</div>
        </details>
    }
}

/// A value to type, with suggestions.
fn typed(
    props: &TargetBarProps,
    label: &str,
    id: &str,
    field: Field,
    setting: &Setting,
    known: &[&str],
) -> Html {
    let onchange = {
        let field = field.clone();
        let dispatch = props.dispatch.clone();
        Callback::from(move |event: Event| {
            let input = event.target_unchecked_into::<HtmlInputElement>();
            // The browser says what the pattern wants, beside the field.
            if input.report_validity() {
                dispatch.emit(Action::Set(field.clone(), Some(input.value())));
            }
        })
    };
    let pattern = match field {
        Field::Python => Some(r"3\.\d+(\.\d+)?"),
        Field::Pip => Some(r"\d+(\.\d+)*"),
        _ => None,
    };
    let list = format!("{id}-known");
    html! {
        <div class={classes!("field", source_class(setting))}>
            <label for={id.to_owned()}>{ label }</label>
            <input
                id={id.to_owned()}
                type="text"
                size={if setting.value.is_empty() { 9 } else { setting.value.chars().count().clamp(4, 14) }.to_string()}
                value={setting.value.clone()}
                placeholder="not known"
                list={list.clone()}
                autocomplete="off"
                spellcheck="false"
                {pattern}
                title={pattern.map_or_else(|| source_words(setting).to_owned(), |_| format!("{}. A version, such as {}", source_words(setting), known.last().copied().unwrap_or_default()))}
                {onchange}
            />
            <datalist id={list}>{ for known.iter().map(|value| html! { <option value={value.to_string()} /> }) }</datalist>
            { source(props, label, field, setting) }
        </div>
    }
}

/// A value to choose, each known one with the words for it.
fn chosen(
    props: &TargetBarProps,
    label: &str,
    id: &str,
    field: Field,
    setting: &Setting,
    known: &[(String, String)],
) -> Html {
    let onchange = {
        let field = field.clone();
        props.dispatch.reform(move |event: Event| {
            let value = event.target_unchecked_into::<HtmlSelectElement>().value();
            Action::Set(field.clone(), Some(value))
        })
    };
    let is_known = known.iter().any(|(value, _)| *value == setting.value);
    let other = (!is_known).then(|| (setting.value.clone(), setting.value.clone()));
    html! {
        <div class={classes!("field", source_class(setting))}>
            <label for={id.to_owned()}>{ label }</label>
            <select id={id.to_owned()} title={source_words(setting)} {onchange}>
                { for other.iter().chain(known).map(|(value, words)| html! {
                    <option value={value.clone()} selected={*value == setting.value}>{ words }</option>
                }) }
            </select>
            { source(props, label, field, setting) }
        </div>
    }
}

/// Who said so; a button to leave it to the Dockerfile again where it was the person.
fn source(props: &TargetBarProps, label: &str, field: Field, setting: &Setting) -> Html {
    match setting.source {
        SettingSource::Person => html! {
            <button
                type="button"
                class="button icon-only quiet reset"
                aria-label={format!("{label}: as the Dockerfile says")}
                title="As the Dockerfile says"
                onclick={props.dispatch.reform(move |_| Action::Set(field.clone(), None))}
            >{ icon(Symbol::Undo) }</button>
        },
        SettingSource::Dockerfile => {
            html! {
                <span class="origin" title={source_words(setting)}>
                    { icon(Symbol::Stack) }<span class="hidden">{ "from the Dockerfile" }</span>
                </span>
            }
        }
        SettingSource::Default => Html::default(),
    }
}

fn source_class(setting: &Setting) -> &'static str {
    match setting.source {
        SettingSource::Person => "by-person",
        SettingSource::Dockerfile => "by-dockerfile",
        SettingSource::Default => "by-default",
    }
}

fn source_words(setting: &Setting) -> &'static str {
    match setting.source {
        SettingSource::Person => "Set by you",
        SettingSource::Dockerfile => "The Dockerfile, or the image it names, says so",
        SettingSource::Default => "Nothing says so; this is the default",
    }
}

/// The second platform.
fn compared(props: &TargetBarProps, platform: &str) -> Html {
    let onchange = props.dispatch.reform(|event: Event| {
        let value = event.target_unchecked_into::<HtmlSelectElement>().value();
        Action::Compare((!value.is_empty()).then_some(value))
    });
    html! {
        <div class="field">
            <label for="target-compare">{ "Compare" }</label>
            <select id="target-compare" {onchange}>
                <option value="" selected={props.compare.is_none()}>{ "none" }</option>
                { for PLATFORMS.iter().filter(|known| **known != platform).map(|known| html! {
                    <option value={*known} selected={props.compare.as_deref() == Some(*known)}>{ *known }</option>
                }) }
            </select>
        </div>
    }
}

/// The catalogue's date, or why it is not there.
fn catalogue(props: &TargetBarProps, report: &Report) -> Html {
    let (words, title) = match (&props.facts, &report.catalogue) {
        (Facts::Loading, _) => ("loading".to_owned(), "The catalogue is on its way".to_owned()),
        (Facts::Failed(reason), _) => ("not all there".to_owned(), reason.clone()),
        (Facts::Ready, Some(date)) => (date.clone(), format!("What is known about packages, as of {date}")),
        (Facts::Ready, None) => ("not used".to_owned(), "Nothing here needed the catalogue".to_owned()),
    };
    html! {
        <p class="field catalogue" {title}>
            <span class="label">{ "Catalogue" }</span>
            <span class="value">{ words }</span>
        </p>
    }
}
