//! A rule's page, in small Markdown: the file that the rule's test reads, beside the site.

use wasm_bindgen_futures::spawn_local;
use yew::prelude::*;

use super::waiting;
use crate::ui::fetch;

/// Properties of [`RulePage`].
#[derive(Debug, Clone, PartialEq, Properties)]
pub struct RulePageProps {
    /// The rule's id.
    pub rule: AttrValue,
}

/// The rule that a finding comes from; its page is fetched when it is opened.
#[function_component]
pub fn RulePage(props: &RulePageProps) -> Html {
    let text = use_state(|| None::<Result<String, String>>);
    let ontoggle = {
        let (text, rule) = (text.clone(), props.rule.clone());
        Callback::from(move |_: Event| {
            // What could not be had is asked for again.
            if !matches!(*text, Some(Ok(_))) {
                let (text, rule) = (text.setter(), rule.clone());
                spawn_local(async move { text.set(Some(fetch::text(&format!("rules/{rule}.md")).await)) });
            }
        })
    };
    html! {
        <details class="rule" {ontoggle}>
            <summary>{ "The rule " }<code>{ &props.rule }</code>{ ", with an example" }</summary>
            { match &*text {
                None => waiting("Fetching the page.", true),
                Some(Err(reason)) => html! { <p class="hint">{ reason }</p> },
                Some(Ok(text)) => html! { <div class="rule-page">{ for blocks(text).into_iter().map(drawn) }</div> },
            } }
        </details>
    }
}

/// A part of a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Block<'a> {
    /// `# Title`, `## Title`: how deep, and the words.
    Heading(usize, &'a str),
    /// Lines up to a blank one, as one.
    Paragraph(String),
    /// What stands between fences, and the word behind the first.
    Code(&'a str, String),
}

/// The parts of a page. Pages use headings, paragraphs and fences, and no other Markdown.
#[must_use]
pub fn blocks(text: &str) -> Vec<Block<'_>> {
    let mut blocks = Vec::new();
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        if let Some(name) = line.strip_prefix("```") {
            let code: Vec<&str> = lines.by_ref().take_while(|line| *line != "```").collect();
            blocks.push(Block::Code(name, code.join("\n")));
        } else if line.starts_with('#') {
            let title = line.trim_start_matches('#');
            blocks.push(Block::Heading(line.len() - title.len(), title.trim()));
        } else if !line.is_empty() {
            let more = lines.by_ref().take_while(|line| !line.is_empty());
            blocks.push(Block::Paragraph([line].into_iter().chain(more).collect::<Vec<_>>().join(" ")));
        }
    }
    blocks
}

fn drawn(block: Block<'_>) -> Html {
    match block {
        Block::Heading(_, title) => html! { <h4>{ title }</h4> },
        Block::Paragraph(text) => html! {
            <p>
                // Every second piece stands between backquotes.
                { for text.split('`').enumerate().map(|(index, piece)| match index % 2 {
                    0 => html! { { piece } },
                    _ => html! { <code>{ piece }</code> },
                }) }
            </p>
        },
        Block::Code(name, code) => html! {
            <figure>
                <figcaption>{ if name == "index" { "What the index has" } else { name } }</figcaption>
                <pre tabindex="0">{ code }</pre>
            </figure>
        },
    }
}
