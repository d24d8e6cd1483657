use yew::prelude::*;

use super::{Dispatch, Lights, is_lit, number::n, waiting};
use crate::{
    report::{Chip, ChipKind, CopyArrow, CopyKind, Lane, LaneStep, Location, Timeline},
    ui::state::Lit,
};

/// Sizes in SVG units (CSS pixels).
const HEAD: f64 = 30.0;
const STEP_HEAD: f64 = 46.0;
const CHIP: f64 = 30.0;
/// Between two lanes, and for each arrow in between.
const GAP: f64 = 18.0;
const TRACK: f64 = 22.0;
const PAD: f64 = 12.0;
const STEP_MIN: f64 = 160.0;
const STEP_MAX: f64 = 230.0;
/// Between arrows side by side.
const BESIDE: f64 = 14.0;
/// Width of a letter of the small text, and of a lane's name.
const LETTER: f64 = 7.0;
const NAME_LETTER: f64 = 8.0;
/// Letters of a path on an arrow, and of a command below the drawing.
const PATH: usize = 32;
const COMMAND: usize = 300;
/// What a lane says that has neither steps nor chips.
const EMPTY: &str = "nothing of interest";
/// Options that tell nothing of what a step does, or that an arrow tells.
const SILENT: [&str; 13] = [
    "--no-cache",
    "--no-build-isolation",
    "--disable-pip",
    "--no-input",
    "--no-warn",
    "--no-compile",
    "--root-user",
    "--quiet",
    "--verbose",
    "-q",
    "-v",
    "--from=",
    "--ch",
];

/// Properties of [`Lanes`].
#[derive(Debug, Clone, PartialEq, Properties)]
pub struct LanesProps {
    /// What to draw.
    pub timeline: Timeline,
    /// What to see, while nothing is lit.
    pub sentence: AttrValue,
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
                    // Words after all lines, so that none goes through them.
                    { for layout.arrows.iter().map(|arrow| arrow_html(props, arrow, arrow_line(arrow))) }
                    { for layout.arrows.iter().map(|arrow| arrow_html(props, arrow, arrow_words(arrow))) }
                </svg>
            </div>
            <p class="sentence">{ said(props) }</p>
        </>
    }
}

/// What the lit steps run, and what the lit chips stand for; what to see, and how to light one, where
/// none is.
fn said(props: &LanesProps) -> String {
    let lanes = &props.timeline.lanes;
    let is_lit = |place: &Option<Location>| is_lit(&props.lit, place.as_ref());
    let steps = lanes.iter().flat_map(|lane| &lane.steps).filter(|step| is_lit(&step.location));
    let chips = lanes.iter().flat_map(|lane| &lane.chips).filter(|chip| is_lit(&chip.location));
    let mut words: Vec<String> = steps
        .map(|step| format!("{}.", shortened(&step.label, COMMAND)))
        .chain(chips.map(|chip| format!("{} {}: {}", chip.project, chip.version, chip.because)))
        .collect();
    words.dedup();
    if words.is_empty() {
        return format!("{} Point at a step or a chip to read what it is.", props.sentence);
    }
    words.join(" ")
}

struct Layout<'a> {
    width: f64,
    height: f64,
    step: f64,
    /// Where lanes begin: what is left of it is for arrows that pass some.
    left: f64,
    lanes: Vec<Place>,
    arrows: Vec<Arrow<'a>>,
}

struct Place {
    top: f64,
    height: f64,
    /// Where the lane's name ends.
    named: f64,
    /// Where its chips begin.
    chips: f64,
    /// The steps of the lane, in order: their columns.
    columns: Vec<usize>,
}

impl Place {
    /// A lane at the top and the left.
    fn new(lane: &Lane) -> Self {
        let chips = HEAD + if lane.steps.is_empty() { 0.0 } else { STEP_HEAD };
        let rows = lane.chips.len().max(usize::from(!lane.steps.is_empty()));
        let (named, rest) =
            if rows == 0 { (lane.label.len() + EMPTY.len(), 0.0) } else { (lane.label.len(), PAD) };
        Self {
            top: 0.0,
            height: chips + CHIP * rows as f64 + rest,
            named: PAD * 2.0 + named as f64 * NAME_LETTER,
            chips,
            columns: lane.steps.iter().map(|step| step.step).collect(),
        }
    }

    /// The column of a step: of one that has none, the next one's.
    fn column(&self, step: usize) -> usize {
        self.columns.partition_point(|known| *known < step)
    }
}

/// Copies of one kind from one lane to one column of another.
struct Arrow<'a> {
    copies: Vec<&'a CopyArrow>,
    /// Positions of the lanes.
    from: usize,
    to: usize,
    column: usize,
    words: String,
    /// Where the words begin, and their middle: beside its last corner.
    at: (f64, f64),
    points: Vec<(f64, f64)>,
}

impl<'a> Layout<'a> {
    fn new(timeline: &'a Timeline, available: f64) -> Self {
        let mut lanes: Vec<Place> = timeline.lanes.iter().map(Place::new).collect();
        let mut arrows: Vec<Arrow<'a>> = Vec::new();
        let position = |stage: usize| timeline.lanes.iter().position(|lane| lane.stage == stage);
        for copy in &timeline.copies {
            let (Some(from), Some(to)) = (position(copy.from), position(copy.to)) else { continue };
            let column = lanes[to].column(copy.step);
            let same = arrows.iter_mut().find(|arrow| {
                (arrow.from, arrow.to, arrow.column) == (from, to, column)
                    && arrow.copies[0].kind == copy.kind
            });
            match same {
                Some(arrow) => arrow.copies.push(copy),
                None => arrows.push(Arrow {
                    copies: vec![copy],
                    from,
                    to,
                    column,
                    words: String::new(),
                    at: (0.0, 0.0),
                    points: Vec::new(),
                }),
            }
        }
        let left = BESIDE * arrows.iter().filter(|arrow| arrow.passes()).count() as f64;
        let most = timeline.lanes.iter().map(|lane| lane.steps.len()).max().unwrap_or(1).max(1);
        let step = ((available - left - PAD * 2.0) / most as f64).clamp(STEP_MIN, STEP_MAX);

        let mut top = 0.0;
        for (index, place) in lanes.iter_mut().enumerate() {
            if index > 0 {
                top += GAP + TRACK * arrows.iter().filter(|arrow| arrow.to == index).count() as f64;
            }
            place.top += top;
            place.chips += top;
            place.named += left;
            top += place.height;
        }
        let width = (left + step * most as f64 + PAD * 2.0).max(available);
        let mut layout = Self { width, height: top.max(CHIP), step, left, lanes, arrows: Vec::new() };
        let mut passed = 0.5;
        for index in 0..arrows.len() {
            let Arrow { from, to, column, .. } = arrows[index];
            let later = arrows.iter().skip(index).filter(|arrow| arrow.to == to).count();
            let beside = arrows.iter().take(index).filter(|arrow| (arrow.to, arrow.column) == (to, column));
            let (source, target) = (&layout.lanes[from], &layout.lanes[to]);
            let track = target.top - GAP + 6.0 - TRACK * (later as f64 - 0.5);
            let x = layout.column(column) + 20.0 + BESIDE * beside.count() as f64;
            // To the step, but not through the lane's name.
            let end = if x > target.named { target.top + HEAD - 2.0 } else { target.top };
            let arrow = &mut arrows[index];
            arrow.points = if arrow.passes() {
                let (way, out) = (left - BESIDE * passed, source.top + HEAD / 2.0);
                passed += 1.0;
                vec![(left, out), (way, out), (way, track), (x, track), (x, end)]
            } else {
                let start = (layout.column(source.columns.len()) - 20.0).max(layout.column(0) + 20.0);
                vec![(start, source.top + source.height), (start, track), (x, track), (x, end)]
            };
            arrow.words = arrow_label(&arrow.copies);
            arrow.at = (x + 12.0, track);
            layout.width = layout.width.max(arrow.at.0 + arrow.width() + 2.0);
        }
        layout.arrows = arrows;
        layout
    }

    /// Where a column begins.
    fn column(&self, column: usize) -> f64 {
        self.left + PAD + self.step * column as f64
    }

    /// Where a step's column begins.
    fn x(&self, lane: &Place, step: usize) -> f64 {
        self.column(lane.column(step))
    }
}

fn lane_html(props: &LanesProps, lane: &Lane, place: &Place, layout: &Layout<'_>) -> Html {
    let wrong = |step: &LaneStep| {
        step.failed
            || props.timeline.wrong_at.is_some_and(|(stage, at)| stage == lane.stage && at == step.step)
    };
    html! {
        <g class="lane">
            <rect class="lane-back" x={n(layout.left + 0.5)} y={n(place.top + 0.5)} width={n(layout.width - layout.left - 1.0)} height={n(place.height - 1.0)} rx="8" />
            <text class="lane-name" x={n(layout.column(0))} y={n(place.top + 20.0)}>{ &lane.label }</text>
            if lane.steps.is_empty() && lane.chips.is_empty() {
                <text class="step-line" x={n(layout.column(0) + NAME_LETTER * (lane.label.len() + 1) as f64)} y={n(place.top + 20.0)}>{ EMPTY }</text>
            }
            { for lane.steps.iter().map(|step| step_head(props, step, wrong(step), place, layout)) }
            { for lane.chips.iter().enumerate().map(|(row, chip)| chip_html(props, chip, row, place, layout)) }
        </g>
    }
}

fn step_head(props: &LanesProps, step: &LaneStep, wrong: bool, place: &Place, layout: &Layout<'_>) -> Html {
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
            // In one piece, so that the words come after the line's number however wide that is.
            <text class="step-line" x={n(x + 9.0)} y={n(top + 15.0)}>
                { line }
                if wrong {
                    <tspan class="step-wrong" dx="8">{ if step.failed { "✕ fails" } else { "✕ goes wrong" } }</tspan>
                }
            </text>
            <text class="step-label" x={n(x + 9.0)} y={n(top + 32.0)}>
                { shortened(&brief(&step.label), ((layout.step - 20.0) / LETTER) as usize) }
            </text>
        </g>
    }
}

fn chip_html(props: &LanesProps, chip: &Chip, row: usize, place: &Place, layout: &Layout<'_>) -> Html {
    let lights = Lights::new(&props.dispatch, chip.location.iter().cloned().collect());
    let lit = is_lit(&props.lit, chip.location.as_ref());
    let x = layout.x(place, chip.born) + 7.0;
    let end = match chip.died {
        Some(step) => layout.x(place, step) + layout.step * 0.5,
        None => layout.x(place, usize::MAX) - 12.0,
    };
    let y = place.chips + CHIP * row as f64;
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

impl Arrow<'_> {
    /// It goes past a lane.
    fn passes(&self) -> bool {
        self.from + 1 < self.to
    }

    fn width(&self) -> f64 {
        self.words.chars().count() as f64 * LETTER + 12.0
    }

    /// Through its corners, rounded.
    fn path(&self) -> String {
        let corner = |(index, (x, y)): (usize, &(f64, f64))| {
            let point = |index: usize| self.points.get(index);
            let near = |(to_x, to_y): &(f64, f64)| {
                [x + ((to_x - x) / 2.0).clamp(-8.0, 8.0), y + ((to_y - y) / 2.0).clamp(-8.0, 8.0)].map(n)
            };
            let [at_x, at_y] = [*x, *y].map(n);
            match (index.checked_sub(1).and_then(point), point(index + 1)) {
                (Some(before), Some(after)) => {
                    let ([from_x, from_y], [to_x, to_y]) = (near(before), near(after));
                    format!("L{from_x} {from_y}Q{at_x} {at_y} {to_x} {to_y}")
                }
                (None, _) => format!("M{at_x} {at_y}"),
                (_, None) => format!("L{at_x} {at_y}"),
            }
        };
        self.points.iter().enumerate().map(corner).collect()
    }
}

/// `COPY /wheels and 2 more`.
fn arrow_label(copies: &[&CopyArrow]) -> String {
    let Some(first) = copies.first() else { return String::new() };
    let word = match first.kind {
        CopyKind::From => return "FROM".to_owned(),
        CopyKind::Copy => "COPY",
        CopyKind::Mount => "mount",
    };
    let path = shortened(&first.path, PATH);
    match copies.len() - 1 {
        0 => format!("{word} {path}"),
        more => format!("{word} {path} and {more} more"),
    }
}

/// From the end of the lane before, or past lanes on their left, to the step that copies: solid for
/// `FROM`, dashed for `COPY`, dotted for a mount.
fn arrow_line(arrow: &Arrow<'_>) -> Html {
    html! { <path class="copy-line" d={arrow.path()} marker-end="url(#arrow-head)" /> }
}

fn arrow_words(arrow: &Arrow<'_>) -> Html {
    let (x, y) = arrow.at;
    html! {
        <>
            <rect class="copy-back" x={n(x)} y={n(y - 10.0)} width={n(arrow.width())} height="20" rx="4" />
            <text class="copy-text" x={n(x + 6.0)} y={n(y + 4.0)}>{ &arrow.words }</text>
        </>
    }
}

fn arrow_html(props: &LanesProps, arrow: &Arrow<'_>, drawn: Html) -> Html {
    let places: Vec<Location> = arrow.copies.iter().filter_map(|copy| copy.location.clone()).collect();
    let lit = places.iter().any(|place| is_lit(&props.lit, Some(place)));
    let lights = Lights::new(&props.dispatch, places);
    let kind = match arrow.copies.first().map(|copy| copy.kind) {
        Some(CopyKind::From) => "from",
        Some(CopyKind::Mount) => "mount",
        _ => "copy",
    };
    html! {
        <g
            class={classes!("copy-arrow", kind, lit.then_some("lit"))}
            onpointerenter={lights.enter}
            onpointerleave={lights.leave}
            onclick={lights.go}
        >
            { drawn }
        </g>
    }
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
            true => format!("{}: {EMPTY}", lane.label),
            false => format!("{}: {}", lane.label, chips.join(", ")),
        }
    });
    lanes.collect::<Vec<_>>().join(". ")
}

/// A command without what tells nothing of it: some options, and the folder that its program lies in.
fn brief(command: &str) -> String {
    let program = command.split(' ').next().and_then(|word| word.rsplit('/').next()).unwrap_or_default();
    let options = command.split(' ').skip(1);
    let telling = options.filter(|word| !SILENT.iter().any(|option| word.starts_with(option)));
    [program].into_iter().chain(telling).collect::<Vec<_>>().join(" ")
}

/// A text cut to so many letters, with an ellipsis.
fn shortened(text: &str, letters: usize) -> String {
    if text.chars().count() <= letters {
        return text.to_owned();
    }
    text.chars().take(letters.saturating_sub(1)).chain(['…']).collect()
}
