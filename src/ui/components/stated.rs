use yew::prelude::*;

use super::{Dispatch, Symbol, icon, place_button};
use crate::{index::Overlay, report::Location, ui::state::FACTS};

/// The ways to state a fact.
const FORMS: [&str; 3] = [
    "NAME VERSION depends on REQUIREMENT",
    "NAME VERSION requires python SPECIFIER",
    "image IMAGE holds NAME VERSION",
];

/// Lines that are no facts: where they stand, and what to write instead.
pub fn fact_errors(text: &str) -> Vec<(Location, String)> {
    let parsed = Overlay::parse(FACTS, text);
    let source = &parsed.tree.source;
    let errors = parsed.errors.into_iter().map(|error| {
        let at = source.line_column(error.range.start().into());
        let place = Location {
            file: FACTS.to_owned(),
            start: error.range.start().into(),
            end: error.range.end().into(),
            line: at.line,
            column: at.column,
        };
        let hint = error.hint.map_or_else(String::new, |hint| format!(": {hint}"));
        (place, format!("{}{hint}.", error.message))
    });
    errors.collect()
}

/// What stands below the facts that the person states: what is wrong with them, else what they are
/// for.
pub fn stated_facts(text: &str, dispatch: &Dispatch) -> Html {
    let errors = fact_errors(text);
    if errors.is_empty() {
        return html! {
            <div class="facts-about" tabindex="0">
                <p>{ "What you state here, one fact a line, comes before the catalogue and is marked as yours." }</p>
                <ul>{ for FORMS.iter().map(|form| html! { <li><code>{ *form }</code></li> }) }</ul>
            </div>
        };
    }
    html! {
        <ul class="facts-about tone-bad" tabindex="0" aria-label="Lines that are no facts">
            { for errors.iter().map(|(place, message)| html! {
                <li>{ icon(Symbol::Broken) }{ place_button(place, dispatch) }<span>{ message }</span></li>
            }) }
        </ul>
    }
}
