use std::{rc::Rc, str::FromStr};

use pep440_rs::Version;
use yew::prelude::*;

use super::{Dispatch, Symbol, icon, place_button, ranges::asks, verdict_word};
use crate::{
    order,
    report::{ChipKind, Location, Report},
    ui::effects,
};

const COLUMNS: [&str; 5] = ["Project", "Fact", "Who or where", "Version", "Line"];

/// Properties of [`FactsTable`].
#[derive(Debug, Clone, PartialEq, Properties)]
pub struct FactsTableProps {
    /// What is known.
    pub report: Rc<Report>,
    /// Where to send what the person did.
    pub dispatch: Dispatch,
}

/// One line of the table.
#[derive(Debug, Clone, PartialEq)]
struct Row {
    project: String,
    fact: &'static str,
    who: String,
    version: String,
    place: Option<Location>,
}

/// Everything that the drawings show, in words; sortable, and copyable as tab-separated text.
#[function_component]
pub fn FactsTable(props: &FactsTableProps) -> Html {
    let order = use_state(|| None::<(usize, bool)>);
    let mut rows = rows(&props.report);
    if let Some((column, descending)) = *order {
        order::sort_by(&mut rows, |a, b| key(a, column).cmp(&key(b, column)));
        if descending {
            rows.reverse();
        }
    }
    let copy = {
        let (dispatch, text) = (props.dispatch.clone(), tab_separated(&rows));
        Callback::from(move |_: MouseEvent| effects::copy(&dispatch, &text, "Table copied."))
    };
    html! {
        <div class="facts">
            <div class="facts-tools">
                <p>{ format!("{} facts", rows.len()) }</p>
                <button type="button" class="button" onclick={copy}>{ icon(Symbol::Copy) }{ "Copy table" }</button>
            </div>
            <div class="scroll-x" tabindex="0" role="region" aria-label="All facts">
                <table>
                    <thead>
                        <tr>
                            { for COLUMNS.iter().enumerate().map(|(column, name)| {
                                let sorted = order.filter(|(by, _)| *by == column).map(|(_, descending)| descending);
                                let onclick = {
                                    let order = order.clone();
                                    Callback::from(move |_| order.set(Some((column, sorted == Some(false)))))
                                };
                                let direction = match sorted {
                                    Some(false) => "ascending",
                                    Some(true) => "descending",
                                    None => "none",
                                };
                                html! {
                                    <th scope="col" aria-sort={direction}>
                                        <button type="button" {onclick}>
                                            { *name }
                                            <span class="sort" aria-hidden="true">
                                                { match sorted { Some(false) => "▲", Some(true) => "▼", None => "" } }
                                            </span>
                                        </button>
                                    </th>
                                }
                            }) }
                        </tr>
                    </thead>
                    <tbody>
                        { for rows.iter().map(|row| html! {
                            <tr>
                                <th scope="row">{ &row.project }</th>
                                <td>{ row.fact }</td>
                                <td>{ &row.who }</td>
                                // A line ends between two clauses, never within one.
                                <td><code>
                                    { for row.version.split_inclusive(',').map(|clause| html! { <>{ clause }<wbr /></> }) }
                                </code></td>
                                <td>
                                    if let Some(place) = &row.place {
                                        { place_button(place, &props.dispatch) }
                                    }
                                </td>
                            </tr>
                        }) }
                    </tbody>
                </table>
            </div>
        </div>
    }
}

fn rows(report: &Report) -> Vec<Row> {
    let mut rows = Vec::new();
    for view in &report.projects {
        let row = |fact, who: &str, version: &str, place: Option<&Location>| Row {
            project: view.project.clone(),
            fact,
            who: who.to_owned(),
            version: version.to_owned(),
            place: place.cloned(),
        };
        rows.push(row("verdict", verdict_word(view.verdict), "", None));
        for range in &view.rows {
            let fact = match (range.guilty, range.party.stated.is_some()) {
                (false, false) => "asked for",
                (true, false) => "asked for, guilty",
                (false, true) => "asked for, your fact",
                (true, true) => "asked for, guilty, your fact",
            };
            rows.push(row(fact, &range.party.requirer, asks(&range.party), range.party.location.as_ref()));
        }
        rows.push(row("all agree on", "", view.overlap.as_deref().unwrap_or("no version"), None));
        for pick in &view.picks {
            let unseen = match pick.unseen.is_empty() {
                true => String::new(),
                false => format!(", never saw {}", pick.unseen.join(", ")),
            };
            rows.push(row(
                "picked by",
                &format!("{}{unseen}", pick.label),
                &pick.version,
                pick.location.as_ref(),
            ));
        }
    }
    for lane in &report.timeline.lanes {
        for chip in &lane.chips {
            let fact = match (chip.kind, chip.died.is_some()) {
                (ChipKind::Wheel, false) => "wheel",
                (ChipKind::Wheel, true) => "wheel, removed",
                (ChipKind::Installed, false) => "installed",
                (ChipKind::Installed, true) => "installed, removed",
            };
            rows.push(Row {
                project: chip.project.clone(),
                fact,
                who: format!("{}, {}", chip.place, lane.label),
                version: chip.version.clone(),
                place: chip.location.clone(),
            });
        }
    }
    rows
}

/// What a column is sorted by: versions as versions, before what is none, and lines as numbers.
fn key(row: &Row, column: usize) -> (bool, Option<Version>, &str, u32) {
    let (text, line) = match column {
        0 => (row.project.as_str(), 0),
        1 => (row.fact, 0),
        2 => (row.who.as_str(), 0),
        3 => {
            let version = Version::from_str(&row.version).ok();
            return (version.is_none(), version, &row.version, 0);
        }
        _ => row.place.as_ref().map_or(("", 0), |place| (place.file.as_str(), place.line)),
    };
    (false, None, text, line)
}

fn tab_separated(rows: &[Row]) -> String {
    let head = COLUMNS.join("\t");
    let lines = rows.iter().map(|row| {
        let place = row.place.as_ref().map(super::place_words).unwrap_or_default();
        [row.project.as_str(), row.fact, &row.who, &row.version, &place].join("\t")
    });
    [head].into_iter().chain(lines).collect::<Vec<_>>().join("\n")
}
