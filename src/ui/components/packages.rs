use std::rc::Rc;

use web_sys::HtmlInputElement;
use yew::prelude::*;

use super::{Dispatch, Symbol, icon, place_button};
use crate::{
    report::{Environment, Location, Report, Stage, Wheel, counted},
    ui::effects,
};

/// Properties of [`Packages`].
#[derive(Debug, Clone, PartialEq, Properties)]
pub struct PackagesProps {
    /// Where nothing is known to go wrong.
    pub report: Rc<Report>,
    /// Where to send what the person did.
    pub dispatch: Dispatch,
}

/// A filter is worth its place from here.
const MANY: usize = 8;

/// A row: a package or a wheel.
struct Row<'a> {
    project: &'a str,
    version: &'a str,
    requested_by: &'a [String],
    location: Option<&'a Location>,
    /// What there is to know of it against the stage before.
    change: Option<String>,
}

/// What each stage gets: every package and wheel, who asked for it, and where. The final stage first:
/// it is what people ship.
#[function_component]
pub fn Packages(props: &PackagesProps) -> Html {
    let filter = use_state(String::new);
    let oninput = {
        let filter = filter.clone();
        Callback::from(move |event: InputEvent| {
            filter.set(event.target_unchecked_into::<HtmlInputElement>().value().to_lowercase());
        })
    };
    let stages = &props.report.stages;
    let places: Vec<Html> = stages.iter().rev().flat_map(|stage| places(props, stage, &filter)).collect();
    if places.is_empty() {
        return Html::default();
    }
    let all =
        stages.iter().flat_map(|stage| &stage.environments).map(|environment| environment.installed.len());
    html! {
        <section class="packages" aria-labelledby="packages-title">
            <h3 id="packages-title">{ "What each stage gets" }</h3>
            if all.sum::<usize>() > MANY {
                <input
                    type="search"
                    placeholder="Filter packages"
                    aria-label="Filter packages"
                    spellcheck="false"
                    value={(*filter).clone()}
                    {oninput}
                />
            }
            { places }
        </section>
    }
}

/// The environments of a stage, and the folders that it made wheels in.
fn places(props: &PackagesProps, stage: &Stage, filter: &str) -> Vec<Html> {
    let environments = stage.environments.iter().filter(|environment| !environment.installed.is_empty());
    let environments = environments.map(|environment| {
        let rows = environment.installed.iter().map(|package| Row {
            project: &package.project,
            version: &package.version,
            requested_by: &package.requested_by,
            location: package.location.as_ref(),
            change: change(&props.report.stages, stage, package.stage, &package.project, &package.version),
        });
        let what = counted(environment.installed.len(), "package");
        let sure = if environment.certain { "" } else { ", and what is not known" };
        place(
            props,
            stage,
            filter,
            &environment.path,
            format!("{what}{sure}"),
            rows.collect(),
            Some(environment),
        )
    });
    let houses = stage.wheelhouses.iter().filter_map(|(folder, wheels)| {
        let made = |wheel: &&Wheel| wheel.died.is_none() && wheel.born.stage == stage.index;
        let rows: Vec<Row<'_>> = wheels
            .iter()
            .filter(made)
            .map(|wheel| Row {
                project: &wheel.project,
                version: &wheel.version,
                requested_by: &wheel.born.requested_by,
                location: None,
                change: None,
            })
            .collect();
        let what = counted(rows.len(), "wheel");
        (!rows.is_empty()).then(|| place(props, stage, filter, folder, what, rows, None))
    });
    environments.chain(houses).collect()
}

fn place(
    props: &PackagesProps,
    stage: &Stage,
    filter: &str,
    path: &str,
    what: String,
    rows: Vec<Row<'_>>,
    environment: Option<&Environment>,
) -> Html {
    let is_last = props.report.stages.last().is_some_and(|last| last.index == stage.index);
    let shown: Vec<&Row<'_>> = rows.iter().filter(|row| row.project.contains(filter)).collect();
    let copy = environment.map(|environment| {
        let lines: String =
            environment.installed.iter().map(|package| format!("{}\n", package.frozen)).collect();
        let dispatch = props.dispatch.clone();
        Callback::from(move |_: MouseEvent| effects::copy(&dispatch, &lines, "Packages copied."))
    });
    html! {
        <details class="gets" open={is_last || !filter.is_empty()}>
            <summary>
                <strong>{ &stage.label }</strong>{ " " }<code>{ path }</code>{ " " }<span class="muted">{ what }</span>
            </summary>
            if shown.is_empty() {
                <p class="muted">{ "None of these has that in its name." }</p>
            } else {
                <div class="scroll-x" tabindex="0" role="group" aria-label={format!("{}, {path}", stage.label)}>
                    <table>
                        <thead>
                            <tr><th scope="col">{ "Package" }</th><th scope="col">{ "Version" }</th><th scope="col">{ "Asked for by" }</th></tr>
                        </thead>
                        <tbody>
                            { for shown.into_iter().map(|row| self::row(props, row)) }
                        </tbody>
                    </table>
                </div>
            }
            if let Some(onclick) = copy {
                <button type="button" class="button" {onclick}>{ icon(Symbol::Copy) }{ "Copy as pip freeze" }</button>
            }
        </details>
    }
}

fn row(props: &PackagesProps, row: &Row<'_>) -> Html {
    let more = row.requested_by.len().saturating_sub(1);
    let by_name = row.requested_by.first().is_none_or(|first| first == row.project);
    html! {
        <tr>
            <th scope="row">{ row.project }</th>
            <td>
                <code>{ row.version }</code>
                if let Some(change) = &row.change {
                    <span class="muted">{ " " }{ change }</span>
                }
            </td>
            <td title={(more > 0).then(|| row.requested_by.join(", "))}>
                if !by_name {
                    { row.requested_by.first().map(String::as_str).unwrap_or_default() }
                    if more > 0 {
                        <span class="muted">{ format!(" and {more} more") }</span>
                    }
                    { " " }
                }
                if let Some(location) = row.location {
                    { place_button(location, &props.dispatch) }
                }
            </td>
        </tr>
    }
}

/// `was 1.25.2 in stage builder`, `from stage builder`: what is other than in the stage before this
/// one, and what came from there.
fn change(stages: &[Stage], stage: &Stage, from: usize, project: &str, version: &str) -> Option<String> {
    if from != stage.index {
        return stages.get(from).map(|from| format!("from {}", from.label));
    }
    let before = stages.get(stage.index.checked_sub(1)?)?;
    let installed = before.environments.iter().flat_map(|environment| &environment.installed);
    let installed = installed.filter(|package| package.project == project).map(|package| &package.version);
    let wheels = before.wheelhouses.values().flatten();
    let wheels = wheels.filter(|wheel| wheel.died.is_none() && wheel.project == project);
    let versions: Vec<&String> = installed.chain(wheels.map(|wheel| &wheel.version)).collect();
    let other = versions.first().filter(|_| versions.iter().all(|before| *before != version))?;
    Some(format!("was {other} in {}", before.label))
}
