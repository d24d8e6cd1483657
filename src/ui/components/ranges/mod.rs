//! The ranges of a project, the answer first: where they meet or miss each other, what each run took, and
//! the requirements that decide. Where things stand is worked out in [`picture`](crate::picture).

mod drawing;
mod handle;
mod signs;

use yew::prelude::*;

use super::{Dispatch, Lights, is_lit, place_button, verdict_word, waiting};
pub(super) use signs::{CROSS, DISC, key};

use crate::{
    order::SortedSet,
    picture::{self, Answer, Axis},
    report::{Location, Party, PartyKind, Pick, ProjectView, RangeRow, ReleaseTick, Verdict},
    ui::state::{Action, Lit},
};
use drawing::Drawing;

/// Width of the labels' column, and what it is where there is less for the whole than [`NARROW`]:
/// `drawings.css` has the same.
const LABELS: (f64, f64) = (208.0, 148.0);
const NARROW: f64 = 560.0;
/// The least that the drawing gets.
const LEAST: f64 = 44.0;

/// Properties of [`Ranges`].
#[derive(Debug, Clone, PartialEq, Properties)]
pub struct RangesProps {
    /// The project to draw.
    pub view: ProjectView,
    /// Lit places.
    pub lit: Lit,
    /// Requirers that the chosen finding speaks of: their rows are always shown.
    pub named: Vec<String>,
    /// Projects that nothing is known about: what they ask for is not in the picture.
    pub unknown: Vec<String>,
    /// Width at hand for the drawing and its labels, in CSS pixels.
    pub width: f64,
    /// Where to send what the person did.
    pub dispatch: Dispatch,
}

/// The answer, what was taken, and the ranges that decide, on one axis; the rest in a line.
#[function_component]
pub fn Ranges(props: &RangesProps) -> Html {
    let view = &props.view;
    let region = use_node_ref();
    let moved = use_state(|| None::<handle::Moved>);
    let release = use_state(|| None::<String>);
    let is_narrow = props.width < NARROW;
    let available = (props.width - if is_narrow { LABELS.1 } else { LABELS.0 }).max(LEAST);
    let (shown, folded) = picture::deciding(view, &props.named);
    let rows =
        |indexes: &[usize]| indexes.iter().filter_map(|index| view.rows.get(*index)).collect::<Vec<_>>();
    let (shown, folded): (Vec<&RangeRow>, Vec<&RangeRow>) = (rows(&shown), rows(&folded));
    let picks = picture::telling(&view.picks);
    let axis = Axis::new(view, &shown, &picks, available);
    // Where not even the labels have room the drawing scrolls, and begins at the answer.
    let (lower, upper) = picture::ends(view);
    let places = [lower, upper].into_iter().flatten().filter_map(|version| axis.x(version));
    let aim = places.reduce(|lower, upper| (lower + upper) / 2.0).unwrap_or_default() - available / 2.0;
    {
        let region = region.clone();
        use_effect_with((aim, axis.width), move |(aim, _)| {
            if let Some(region) = region.cast::<web_sys::Element>() {
                region.set_scroll_left(*aim as i32);
            }
        });
    }
    if view.rows.is_empty() && view.picks.is_empty() {
        return waiting("No requirement asks for a version of this project.", false);
    }
    let selected =
        release.as_ref().and_then(|version| view.releases.iter().find(|known| known.version == *version));
    let onrelease = {
        let setter = release.setter();
        Callback::from(move |version: String| setter.set(Some(version)))
    };
    let onkeydown = step_release(view, selected, &onrelease);
    let drawing = Drawing {
        axis: &axis,
        view,
        rows: &shown,
        picks: &picks,
        unknown: !props.unknown.is_empty(),
        props,
        moved: &moved,
        selected,
        onrelease: &onrelease,
    };
    html! {
        <>
        <div class={classes!("ranges", is_narrow.then_some("narrow"))}>
            <div class={classes!("range-labels", (axis.rows > 1).then_some("staggered"), (axis.rows > 2).then_some("twice"))}>
                <div class="axis-name">{ &view.project }</div>
                { answer_label(view) }
                { for picks.iter().map(|pick| pick_label(pick, props)) }
                { for shown.iter().map(|row| row_label(row, props)) }
                if let Some(unknown) = props.unknown.first() {
                    <div class="range-label unknown-label">
                        <span class="who">{ match props.unknown.len() - 1 {
                            0 => unknown.clone(),
                            more => format!("{unknown} and {more} more"),
                        } }</span>
                        <code>{ "not known" }</code>
                    </div>
                }
            </div>
            <div class="range-drawing" ref={region} tabindex="0" role="region" aria-label={format!("Ranges of {}", view.project)} {onkeydown}>
                { drawing.html() }
            </div>
        </div>
        if let Some(release) = selected {
            { chosen(view, release, props) }
        }
        { refusals(view) }
        { others(view, &folded, props) }
        { signs::signs(&axis, view, &shown, &picks) }
        </>
    }
}

/// Arrow keys walk over the releases.
fn step_release(
    view: &ProjectView,
    selected: Option<&ReleaseTick>,
    onrelease: &Callback<String>,
) -> Callback<KeyboardEvent> {
    let at = selected.and_then(|selected| view.releases.iter().position(|known| known == selected));
    let newest = view.releases.iter().rposition(|release| release.in_overlap);
    let start = newest.or(view.releases.len().checked_sub(1));
    let next = |step: isize| {
        let index = match at {
            Some(at) => at.checked_add_signed(step),
            None => start,
        };
        index.and_then(|index| view.releases.get(index)).map(|release| release.version.clone())
    };
    let (before, after, onrelease) = (next(-1), next(1), onrelease.clone());
    Callback::from(move |event: KeyboardEvent| {
        let version = match event.key().as_str() {
            "ArrowLeft" => &before,
            "ArrowRight" => &after,
            _ => return,
        };
        // A key on a handle moves its bound, and nothing else.
        if event.default_prevented() {
            return;
        }
        if let Some(version) = version {
            event.prevent_default();
            onrelease.emit(version.clone());
        }
    })
}

/// `all 18 accept`.
fn answer_label(view: &ProjectView) -> Html {
    let answer = picture::answer(view);
    let who = match (answer, view.rows.len()) {
        (Answer::Gap, 0..=2) => "no version is both".to_owned(),
        (Answer::Gap, _) => "no version is all".to_owned(),
        (_, 0 | 1) => "accepted".to_owned(),
        (_, 2) => "both accept".to_owned(),
        (_, count) => format!("all {count} accept"),
    };
    let class = match answer {
        Answer::Meet => None,
        Answer::Gap => Some("none"),
        Answer::Hollow => Some("hollow"),
    };
    html! {
        <div class={classes!("range-label", "answer-label", class)}>
            <span class="who">{ who }</span>
            <code>{ view.overlap.clone().unwrap_or_default() }</code>
        </div>
    }
}

fn row_label(row: &RangeRow, props: &RangesProps) -> Html {
    let lights = Lights::new(&props.dispatch, places(row));
    let lit = is_row_lit(&props.lit, row);
    html! {
        <button
            type="button"
            class={classes!("range-label", "row-label", row.guilty.then_some("guilty"), lit.then_some("lit"))}
            onpointerenter={lights.enter}
            onpointerleave={lights.leave}
            onfocus={lights.focus}
            onblur={lights.blur}
            onclick={lights.go}
        >
            <span class="who">
                { &row.party.requirer }
                if row.party.stated.is_some() {
                    <span class="badge yours">{ "your fact" }</span>
                }
            </span>
            <code>{ asks(&row.party) }</code>
        </button>
    }
}

fn pick_label(pick: &Pick, props: &RangesProps) -> Html {
    let lights = Lights::new(&props.dispatch, pick.location.iter().cloned().collect());
    let lit = is_lit(&props.lit, pick.location.as_ref());
    html! {
        <button
            type="button"
            class={classes!("range-label", "pick-label", pick.guilty.then_some("guilty"), lit.then_some("lit"))}
            onpointerenter={lights.enter}
            onpointerleave={lights.leave}
            onfocus={lights.focus}
            onblur={lights.blur}
            onclick={lights.go}
        >
            <span class="who">{ pick.label.strip_prefix("RUN ").unwrap_or(&pick.label) }{ " took" }</span>
            <code>{ &pick.version }</code>
        </button>
    }
}

/// Why the releases that everyone accepts cannot be had here.
fn refusals(view: &ProjectView) -> Html {
    if picture::answer(view) != Answer::Hollow {
        return Html::default();
    }
    html! {
        <ul class="refusals" aria-label="Why not">
            { for picture::refusals(view).into_iter().map(|(first, last, count, reason)| html! {
                <li>
                    <code>{ if count == 1 { first.to_owned() } else { format!("{first} … {last}") } }</code>
                    { " " }{ reason }
                    if count > 1 { { format!(" ({count} releases)") } }
                </li>
            }) }
        </ul>
    }
}

/// Who accepts a release and who does not, and the way to pin it.
fn chosen(view: &ProjectView, release: &ReleaseTick, props: &RangesProps) -> Html {
    let against: Vec<&str> = view
        .rows
        .iter()
        .filter(|row| !picture::accepts(row, &release.version))
        .map(|row| row.party.requirer.as_str())
        .collect();
    let words = match (against.as_slice(), view.rows.len()) {
        ([], 1) => "accepted".to_owned(),
        ([], 2) => "both accept it".to_owned(),
        ([], count) => format!("all {count} accept it"),
        ([one], _) => format!("{one} does not accept it"),
        ([one, more @ ..], _) => format!("{one} and {} more do not accept it", more.len()),
    };
    let place = view.rows.iter().find_map(|row| row.specifier_at.clone());
    let pin = place.map(|place| {
        let text = format!("=={}", release.version);
        let title = format!("Pin {} {}", view.project, release.version);
        props.dispatch.reform(move |_: MouseEvent| Action::Rewrite {
            title: title.clone(),
            place: place.clone(),
            text: text.clone(),
        })
    });
    html! {
        <p class="release" role="status">
            <code>{ &release.version }</code>
            { ": " }{ words }
            if let Some(reason) = release.refused() { { format!("; {reason}") } }
            { ". " }
            if let Some(onclick) = pin {
                <button type="button" class="button" {onclick}>{ format!("Pin {}", release.version) }</button>
            }
        </p>
    }
}

/// Everyone else who asks for the project, in one line that opens.
fn others(view: &ProjectView, folded: &[&RangeRow], props: &RangesProps) -> Html {
    if folded.is_empty() {
        return Html::default();
    }
    let is_wrong = !matches!(view.verdict, Verdict::Compatible | Verdict::Unknown);
    let requirers: SortedSet<&str> = folded.iter().map(|row| row.party.requirer.as_str()).collect();
    let mut words = match requirers.len() {
        1 => format!("1 other asks for {}", view.project),
        count => format!("{count} others ask for {}", view.project),
    };
    if is_wrong {
        words.insert_str(0, "Not the cause: ");
    }
    if let Some((_, newest)) = picture::offered(view) {
        words.push_str(&format!(
            "; {newest} satisfies {}",
            if requirers.len() == 1 { "it" } else { "them all" }
        ));
    }
    html! {
        <details class="others">
            <summary>{ words }</summary>
            <ul>
                { for folded.iter().map(|row| html! {
                    <li>
                        <span class="who">{ &row.party.requirer }</span>
                        { " " }<code>{ asks(&row.party) }</code>
                        if let Some(place) = &row.party.location {
                            { " " }{ place_button(place, &props.dispatch) }
                        }
                    </li>
                }) }
            </ul>
        </details>
    }
}

/// What a party asks for; nothing of one that is no requirer, such as a run.
pub(super) fn asks(party: &Party) -> &str {
    match party.kind {
        PartyKind::Requirement | PartyKind::Constraint if party.specifier.is_empty() => "any version",
        _ => &party.specifier,
    }
}

/// Where a row's requirer stands, and the person's fact that says what it asks for.
fn places(row: &RangeRow) -> Vec<Location> {
    [&row.party.location, &row.party.stated].into_iter().flatten().cloned().collect()
}

fn is_row_lit(lit: &Lit, row: &RangeRow) -> bool {
    is_lit(lit, row.party.location.as_ref()) || is_lit(lit, row.party.stated.as_ref())
}

/// The whole drawing in a few sentences.
fn summary(view: &ProjectView) -> String {
    let rows = view.rows.iter().map(|row| format!("{} asks for {}", row.party.requirer, asks(&row.party)));
    let picks = view.picks.iter().map(|pick| {
        let unseen = match pick.unseen.is_empty() {
            true => String::new(),
            false => format!(", which never saw {}", pick.unseen.join(", ")),
        };
        format!("{} took {}{unseen}", pick.label, pick.version)
    });
    let overlap = match &view.overlap {
        Some(overlap) => format!("All agree on {overlap}"),
        None => "No version is accepted by all".to_owned(),
    };
    let parts: Vec<String> = [overlap].into_iter().chain(picks).chain(rows).collect();
    format!("{}, {}: {}.", view.project, verdict_word(view.verdict).to_lowercase(), parts.join(". "))
}
