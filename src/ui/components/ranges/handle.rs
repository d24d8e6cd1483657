//! Moving a bound by its end: with a pointer, or with the arrow keys. Only ends that are written in a file
//! can be moved, from release to release.

use wasm_bindgen::JsCast;
use web_sys::Element;
use yew::prelude::*;

use super::RangesProps;
use crate::{
    picture::Axis,
    report::{Location, ProjectView, RangeRow},
    ui::{components::number::n, state::Action},
};

/// An end that is being dragged.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Moved {
    /// Where its version is written.
    place: Location,
    /// Where it is now.
    version: String,
    x: f64,
}

/// An end of a bar that can be moved.
pub(super) struct Handle<'a> {
    pub(super) axis: &'a Axis,
    pub(super) view: &'a ProjectView,
    pub(super) row: &'a RangeRow,
    /// It is the upper end.
    pub(super) upper: bool,
    pub(super) inclusive: bool,
    pub(super) version: &'a str,
    pub(super) place: &'a Location,
    pub(super) at: (f64, f64),
}

impl Handle<'_> {
    /// The handle, larger than the end that it lies on, and what it would be moved to.
    pub(super) fn html(&self, moved: &UseStateHandle<Option<Moved>>, props: &RangesProps) -> Html {
        let releases: Vec<(String, f64)> = self.releases();
        let now = moved.as_ref().filter(|moved| moved.place == *self.place);
        let (x, y) = (now.map_or(self.at.0, |moved| moved.x), self.at.1);
        let version = now.map_or(self.version, |moved| moved.version.as_str());
        let clause = format!("{}{version}", self.operator());
        let words = format!("{clause}, {}", self.left(version));
        let rewrite = {
            let (dispatch, place, project) =
                (props.dispatch.clone(), self.place.clone(), self.view.project.clone());
            let operator = self.operator();
            move |version: String| {
                let title = format!("{project}{operator}{version}");
                dispatch.emit(Action::Rewrite { title, place: place.clone(), text: version });
            }
        };
        let onkeydown = {
            let at = releases.partition_point(|(_, x)| *x < self.at.0 - 0.5);
            let is_at = releases.get(at).is_some_and(|(_, x)| (*x - self.at.0).abs() <= 0.5);
            let before =
                at.checked_sub(1).and_then(|at| releases.get(at)).map(|(version, _)| version.clone());
            let after = releases.get(at + usize::from(is_at)).map(|(version, _)| version.clone());
            let rewrite = rewrite.clone();
            Callback::from(move |event: KeyboardEvent| {
                let version = match event.key().as_str() {
                    "ArrowLeft" | "ArrowDown" => &before,
                    "ArrowRight" | "ArrowUp" => &after,
                    _ => return,
                };
                event.prevent_default();
                if let Some(version) = version {
                    rewrite(version.clone());
                }
            })
        };
        let onpointerdown = {
            let (moved, start) = (
                moved.clone(),
                Moved { place: self.place.clone(), version: self.version.to_owned(), x: self.at.0 },
            );
            Callback::from(move |event: PointerEvent| {
                event.prevent_default();
                if let Some(handle) = event.target().and_then(|target| target.dyn_into::<Element>().ok()) {
                    // Where it fails, the handle is followed as long as the pointer is over it.
                    drop(handle.set_pointer_capture(event.pointer_id()));
                }
                moved.set(Some(start.clone()));
            })
        };
        let onpointermove = {
            let (moved, is_held) = (moved.clone(), now.is_some());
            Callback::from(move |event: PointerEvent| {
                let drawing = event
                    .target()
                    .and_then(|target| target.dyn_into::<Element>().ok())
                    .and_then(|handle| handle.closest("svg").ok().flatten());
                let (true, Some(drawing)) = (is_held, drawing) else { return };
                let x = f64::from(event.client_x()) - drawing.get_bounding_client_rect().left();
                let nearest = releases.iter().min_by(|a, b| (a.1 - x).abs().total_cmp(&(b.1 - x).abs()));
                if let (Some((version, x)), Some(held)) = (nearest, (*moved).clone()) {
                    moved.set(Some(Moved { version: version.clone(), x: *x, ..held }));
                }
            })
        };
        let onpointerup = {
            let (moved, from) = (moved.clone(), self.version.to_owned());
            Callback::from(move |_: PointerEvent| {
                if let Some(held) = (*moved).clone().filter(|held| held.version != from) {
                    rewrite(held.version);
                }
                moved.set(None);
            })
        };
        let oncancel = {
            let moved = moved.clone();
            Callback::from(move |_: PointerEvent| moved.set(None))
        };
        let onclick = Callback::from(|event: MouseEvent| event.stop_propagation());
        html! {
            <g
                class={classes!("handle", now.is_some().then_some("held"))}
                role="slider"
                tabindex="0"
                aria-label={format!("{} bound of {}", if self.upper { "Upper" } else { "Lower" }, self.row.party.requirer)}
                aria-valuenow={n(x)}
                aria-valuemin="0"
                aria-valuemax={n(self.axis.width)}
                aria-valuetext={words.clone()}
                {onkeydown}
                {onpointerdown}
                {onpointermove}
                {onpointerup}
                onpointercancel={oncancel}
                {onclick}
            >
                <circle class="grip" cx={n(x)} cy={n(y)} r="11" />
                <title>{ format!("{words}. Drag it, or press the arrow keys.") }</title>
                if now.is_some() {
                    <text class="moving" x={n(x)} y={n(y - 11.0)} text-anchor="middle">{ words }</text>
                }
            </g>
        }
    }

    fn operator(&self) -> &'static str {
        match (self.upper, self.inclusive) {
            (true, true) => "<=",
            (true, false) => "<",
            (false, true) => ">=",
            (false, false) => ">",
        }
    }

    /// `12 releases left`, with the bound at a version.
    fn left(&self, version: &str) -> String {
        let count = crate::picture::left(self.view, self.row, self.upper, version);
        if count == 1 { "1 release left".to_owned() } else { format!("{count} releases left") }
    }

    /// Releases that are shown, with their places, ascending: of several that share one, the first.
    fn releases(&self) -> Vec<(String, f64)> {
        let mut releases: Vec<(String, f64)> = self
            .axis
            .ticks
            .iter()
            .filter_map(|tick| {
                Some((self.view.releases.get(*tick.releases.first()?)?.version.clone(), tick.x))
            })
            .collect();
        crate::order::sort_by(&mut releases, |a, b| a.1.total_cmp(&b.1));
        releases
    }
}
