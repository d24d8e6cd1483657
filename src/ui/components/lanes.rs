use yew::prelude::*;

use super::{Dispatch, Lights, is_lit, number::n, waiting};
use crate::{
    report::{Chip, ChipKind, CopyArrow, CopyKind, Lane, LaneStep, Timeline},
    ui::state::Lit,
};

/// Sizes in SVG units (CSS pixels).
const HEAD: f64 = 30.0;
const STEP_HEAD: f64 = 46.0;
const CHIP: f64 = 30.0;
const GAP: f64 = 40.0;
const PAD: f64 = 12.0;
const STEP_MIN: f64 = 132.0;
const STEP_MAX: f64 = 230.0;
/// Width of a letter of the small text.
const LETTER: f64 = 7.0;

/// Properties of [`Lanes`].
#[derive(Debug, Clone, PartialEq, Properties)]
pub struct LanesProps {
    /// What to draw.
    pub timeline: Timeline,
    /// Lit places.
    pub lit: Lit,
    /// Width at hand for the drawing, in CSS pixels.
    pub width: f64,
    /// Where to send what the person did.
    pub dispatch: Dispatch,
}

/// A lane for each stage, a chip for each version in it: born at the step that brought it, gone
/// at the step that removed it, carried on by an arrow where a later stage copies it.
#[function_component]
pub fn Lanes(props: &LanesProps) -> Html {
    let timeline = &props.timeline;
    if timeline.lanes.iter().all(|lane| lane.chips.is_empty() && lane.steps.is_empty()) {
        return waiting("No step of this build makes wheels or installs packages.", false);
    }
    let layout = Layout::new(timeline, props.width);
    html! {
        <>
            <div class="lanes" tabindex="0" role="region" aria-label="Wheels by stage">
                <svg
                    role="group"
                    aria-label={summary(timeline)}
                    width={n(layout.width)}
                    height={n(layout.height)}
                    viewBox={format!("0 0 {} {}", n(layout.width), n(layout.height))}
                >
                    <defs>
                        <marker id="arrow-head" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" markerHeight="8" orient="auto">
                            <path d="M0 0l8 4l-8 4z" class="arrow-head" />
                        </marker>
                    </defs>
                    { for timeline.lanes.iter().zip(&layout.lanes).map(|(lane, place)| lane_html(props, lane, place, &layout)) }
                    { for timeline.copies.iter().filter_map(|copy| arrow(props, copy, &layout)) }
                </svg>
            </div>
            <p class="sentence">{ said(props) }</p>
        </>
    }
}

/// What the lit chips stand for; how to light one where none is.
fn said(props: &LanesProps) -> String {
    let chips = props.timeline.lanes.iter().flat_map(|lane| &lane.chips);
    let mut words: Vec<String> = chips
        .filter(|chip| is_lit(&props.lit, chip.location.as_ref()))
        .map(|chip| format!("{} {}: {}", chip.project, chip.version, chip.because))
        .collect();
    words.dedup();
    if words.is_empty() {
        return "Point at a chip, or move the focus to it, to read why it is there.".to_owned();
    }
    words.join(" ")
}

struct Layout {
    width: f64,
    height: f64,
    step: f64,
    lanes: Vec<Place>,
}

struct Place {
    stage: usize,
    top: f64,
    height: f64,
    /// The steps of the lane, in order: their columns.
    columns: Vec<usize>,
}

impl Layout {
    fn new(timeline: &Timeline, available: f64) -> Self {
        let columns_of = |lane: &Lane| lane.steps.iter().map(|step| step.step).collect::<Vec<usize>>();
        let most = timeline.lanes.iter().map(|lane| lane.steps.len()).max().unwrap_or(1).max(1);
        let step = ((available - PAD * 2.0) / most as f64).clamp(STEP_MIN, STEP_MAX);
        let mut top = 0.0;
        let lanes = timeline
            .lanes
            .iter()
            .map(|lane| {
                let height = HEAD + STEP_HEAD + CHIP * lane.chips.len().max(1) as f64 + PAD;
                let place = Place { stage: lane.stage, top, height, columns: columns_of(lane) };
                top += height + GAP;
                place
            })
            .collect();
        Self {
            width: (step * most as f64 + PAD * 2.0).max(available),
            height: (top - GAP).max(CHIP),
            step,
            lanes,
        }
    }

    fn lane(&self, stage: usize) -> Option<&Place> {
        self.lanes.iter().find(|lane| lane.stage == stage)
    }

    /// Where a step's column begins: of a step that has none, the next one's.
    fn x(&self, lane: &Place, step: usize) -> f64 {
        let column = lane.columns.partition_point(|known| *known < step);
        PAD + self.step * column as f64
    }
}

fn lane_html(props: &LanesProps, lane: &Lane, place: &Place, layout: &Layout) -> Html {
    let wrong = |step: &LaneStep| {
        step.failed
            || props.timeline.wrong_at.is_some_and(|(stage, at)| stage == lane.stage && at == step.step)
    };
    html! {
        <g class="lane">
            <rect class="lane-back" x="0.5" y={n(place.top + 0.5)} width={n(layout.width - 1.0)} height={n(place.height - 1.0)} rx="8" />
            <text class="lane-name" x={n(PAD)} y={n(place.top + 20.0)}>{ &lane.label }</text>
            { for lane.steps.iter().map(|step| step_head(props, step, wrong(step), place, layout)) }
            { for lane.chips.iter().enumerate().map(|(row, chip)| chip_html(props, chip, row, place, layout)) }
        </g>
    }
}

fn step_head(props: &LanesProps, step: &LaneStep, wrong: bool, place: &Place, layout: &Layout) -> Html {
    let x = layout.x(place, step.step);
    let top = place.top + HEAD;
    let lights = Lights::new(&props.dispatch, step.location.iter().cloned().collect());
    let line = step.location.as_ref().map_or_else(String::new, |place| format!("line {}", place.line));
    let lit = is_lit(&props.lit, step.location.as_ref());
    html! {
        <g
            class={classes!("lane-step", wrong.then_some("wrong"), lit.then_some("lit"))}
            role="button"
            tabindex="0"
            aria-description={step.label.clone()}
            onpointerenter={lights.enter}
            onpointerleave={lights.leave}
            onfocus={lights.focus}
            onblur={lights.blur}
            onkeydown={lights.press}
            onclick={lights.go}
        >
            <rect class="step-back" x={n(x + 1.0)} y={n(top)} width={n(layout.step - 6.0)} height={n(place.height - HEAD - 6.0)} rx="6" />
            <text class="step-line" x={n(x + 9.0)} y={n(top + 15.0)}>{ line }</text>
            if wrong {
                <text class="step-wrong" x={n(x + layout.step - 12.0)} y={n(top + 15.0)} text-anchor="end">
                    { if step.failed { "✕ fails" } else { "✕ goes wrong" } }
                </text>
            }
            <text class="step-label" x={n(x + 9.0)} y={n(top + 32.0)}>{ shortened(&step.label, layout.step - 20.0) }</text>
        </g>
    }
}

fn chip_html(props: &LanesProps, chip: &Chip, row: usize, place: &Place, layout: &Layout) -> Html {
    let lights = Lights::new(&props.dispatch, chip.location.iter().cloned().collect());
    let lit = is_lit(&props.lit, chip.location.as_ref());
    let x = layout.x(place, chip.born) + 7.0;
    let end = match chip.died {
        Some(step) => layout.x(place, step) + layout.step * 0.5,
        None => layout.x(place, usize::MAX) - 12.0,
    };
    let y = place.top + HEAD + STEP_HEAD + CHIP * row as f64;
    let middle = y + CHIP / 2.0 - 2.0;
    let words = format!("{} {}", chip.project, chip.version);
    let width = words.len() as f64 * LETTER + 30.0;
    html! {
        <g
            class={classes!("chip", chip.guilty.then_some("guilty"), lit.then_some("lit"), kind_class(chip.kind))}
            role="button"
            tabindex="0"
            aria-label={chip_words(chip)}
            onpointerenter={lights.enter}
            onpointerleave={lights.leave}
            onfocus={lights.focus}
            onblur={lights.blur}
            onkeydown={lights.press}
            onclick={lights.go}
        >
            if end > x + width {
                <line class="life" x1={n(x + width)} x2={n(end)} y1={n(middle)} y2={n(middle)} />
            }
            if chip.died.is_some() {
                <path class="death" d={format!("M{} {2}l8 8M{} {2}l-8 8", n(end - 4.0), n(end + 4.0), n(middle - 4.0))} />
            }
            <rect class="chip-back" x={n(x)} y={n(y + 2.0)} width={n(width)} height={n(CHIP - 8.0)} rx={if chip.kind == ChipKind::Wheel { "4" } else { "11" }} />
            { chip_mark(chip.kind, x + 12.0, middle) }
            <text aria-hidden="true" class="chip-text" x={n(x + 22.0)} y={n(middle + 4.0)}>{ words }</text>
        </g>
    }
}

/// A ring for a wheel in a folder, a disc for what is installed.
fn chip_mark(kind: ChipKind, x: f64, y: f64) -> Html {
    match kind {
        ChipKind::Wheel => html! { <circle class="mark wheel" cx={n(x)} cy={n(y)} r="4.5" /> },
        ChipKind::Installed => html! { <circle class="mark installed" cx={n(x)} cy={n(y)} r="4.5" /> },
    }
}

fn kind_class(kind: ChipKind) -> &'static str {
    match kind {
        ChipKind::Wheel => "kind-wheel",
        ChipKind::Installed => "kind-installed",
    }
}

/// From the end of the source lane to the step that copies: solid for `FROM`, dashed for `COPY`,
/// dotted for a mount.
fn arrow(props: &LanesProps, copy: &CopyArrow, layout: &Layout) -> Option<Html> {
    let (from, to) = (layout.lane(copy.from)?, layout.lane(copy.to)?);
    let lights = Lights::new(&props.dispatch, copy.location.iter().cloned().collect());
    let lit = is_lit(&props.lit, copy.location.as_ref());
    let x_from = layout.x(from, usize::MAX) - 20.0;
    let x_to = layout.x(to, copy.step) + 20.0;
    let (y_from, y_to) = (from.top + from.height, to.top + HEAD - 2.0);
    let turn = to.top - GAP / 2.0;
    let (kind, word) = match copy.kind {
        CopyKind::From => ("from", "FROM"),
        CopyKind::Copy => ("copy", "COPY"),
        CopyKind::Mount => ("mount", "mount"),
    };
    let side = if x_to < x_from { -1.0 } else { 1.0 };
    let round = ((x_to - x_from).abs() / 2.0).min(8.0);
    let [start, top, before, corner, aside, behind, bottom] =
        [x_from, y_from, turn - round, round, side * round, x_to - side * round, y_to].map(n);
    let path = format!(
        "M{start} {top}V{before}q0 {corner} {aside} {corner}H{behind}q{aside} 0 {aside} {corner}V{bottom}"
    );
    let label = format!("{word} {}", copy.path);
    let wide = label.len() as f64 * LETTER + 12.0;
    let middle = (x_from + x_to) / 2.0;
    Some(html! {
        <g
            class={classes!("copy-arrow", kind, lit.then_some("lit"))}
            onpointerenter={lights.enter}
            onpointerleave={lights.leave}
            onclick={lights.go}
        >
            <path class="copy-line" d={path} marker-end="url(#arrow-head)" />
            <rect class="copy-back" x={n(middle - wide / 2.0)} y={n(turn - 10.0)} width={n(wide)} height="20" rx="4" />
            <text class="copy-text" x={n(middle)} y={n(turn + 4.0)} text-anchor="middle">{ label }</text>
        </g>
    })
}

fn chip_words(chip: &Chip) -> String {
    let kind = match chip.kind {
        ChipKind::Wheel => "wheel in",
        ChipKind::Installed => "installed in",
    };
    format!("{} {}, {kind} {}. {}", chip.project, chip.version, chip.place, chip.because)
}

fn summary(timeline: &Timeline) -> String {
    let lanes = timeline.lanes.iter().map(|lane| {
        let chips: Vec<String> =
            lane.chips.iter().map(|chip| format!("{} {}", chip.project, chip.version)).collect();
        match chips.is_empty() {
            true => format!("Stage {}: nothing of interest", lane.label),
            false => format!("Stage {}: {}", lane.label, chips.join(", ")),
        }
    });
    lanes.collect::<Vec<_>>().join(". ")
}

/// A label cut to a width, with an ellipsis.
fn shortened(text: &str, width: f64) -> String {
    let fits = (width / LETTER).max(4.0) as usize;
    if text.chars().count() <= fits {
        return text.to_owned();
    }
    text.chars().take(fits - 1).chain(['…']).collect()
}
