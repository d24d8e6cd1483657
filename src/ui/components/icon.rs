use yew::prelude::*;

use crate::report::Verdict;

/// The drawings in use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Symbol {
    /// Two bars that do not meet.
    Disjoint,
    /// Two sheets, one over the other.
    Duplicate,
    /// A circle crossed out.
    Unavailable,
    /// A square with a cross: a stop.
    Fails,
    /// A triangle with a mark.
    Broken,
    /// A circle with a question mark.
    Unknown,
    /// A circle with a tick.
    Compatible,
    /// A circle with an i.
    Info,
    /// A tick.
    Tick,
    /// A cross.
    Close,
    /// A plus.
    Plus,
    /// A pencil.
    Pencil,
    /// Two sheets.
    Copy,
    /// An arrow into a tray.
    Download,
    /// An arrow turning back.
    Undo,
    /// Half a disc.
    Theme,
    /// A screen on a stand.
    Present,
    /// A question mark.
    Help,
    /// An arrow down.
    Next,
    /// Three lines.
    List,
    /// An arrow right.
    Arrow,
    /// Three sliders.
    Sliders,
    /// A page with lines.
    File,
    /// Stacked boxes.
    Stack,
    /// A branching path.
    Why,
}

/// A small drawing in the colour of the text around it. Never the only carrier of a meaning.
pub fn icon(symbol: Symbol) -> Html {
    let path = match symbol {
        Symbol::Disjoint => "M1.5 5.5h5M1.5 3.5v4M6.5 3.5v4M9.5 10.5h5M9.5 8.5v4M14.5 8.5v4",
        Symbol::Duplicate => "M5.5 5.5h8v8h-8zM10.5 5.5v-3h-8v8h3",
        Symbol::Unavailable => "M8 1.75a6.25 6.25 0 1 1 0 12.5a6.25 6.25 0 0 1 0-12.5M3.6 3.6l8.8 8.8",
        Symbol::Fails => "M2.5 2.5h11v11h-11zM5.5 5.5l5 5M10.5 5.5l-5 5",
        Symbol::Broken => "M8 2l6.5 11.5h-13zM8 6.5v3M8 11.5v.2",
        Symbol::Unknown => {
            "M8 1.75a6.25 6.25 0 1 1 0 12.5a6.25 6.25 0 0 1 0-12.5M6 6.200a2 2 0 1 1 2.7 1.900c-.5.2-.7.5-.7 1.100M8 11.300v.2"
        }
        Symbol::Compatible => "M8 1.75a6.25 6.25 0 1 1 0 12.5a6.25 6.25 0 0 1 0-12.5M5 8.200l2.1 2.100l4-4.4",
        Symbol::Info => "M8 1.75a6.25 6.25 0 1 1 0 12.5a6.25 6.25 0 0 1 0-12.5M8 7.25v4M8 4.700v.2",
        Symbol::Tick => "M3 8.5l3.3 3.300l6.7-7.3",
        Symbol::Close => "M4 4l8 8M12 4l-8 8",
        Symbol::Plus => "M8 3v10M3 8h10",
        Symbol::Pencil => "M3 13l.6-2.800l7.2-7.200l2.2 2.200l-7.2 7.200z",
        Symbol::Copy => "M6 5.5h7.5v8.5h-7.5zM3.5 11h-1v-9h7.5v1.5",
        Symbol::Download => "M8 2v8M4.7 7l3.3 3.300l3.3-3.300M2.5 13.5h11",
        Symbol::Undo => "M3 6.5h6.5a3.5 3.5 0 0 1 0 7h-4M6 3.5l-3 3l3 3",
        Symbol::Theme => "M8 2a6 6 0 1 1 0 12a6 6 0 0 1 0-12M8 2v12M8 5h3.5M8 8h5.800M8 11h3.5",
        Symbol::Present => "M2 2.5h12v8h-12zM8 10.5v3M5 13.5h6",
        Symbol::Help => "M5.3 5.5a2.7 2.7 0 1 1 3.7 2.5c-.7.3-1 .7-1 1.6M8 12.5v.2",
        Symbol::Next => "M8 3v10M4 9l4 4l4-4",
        Symbol::List => "M5.5 4h8M5.5 8h8M5.5 12h8M2.5 4h.2M2.5 8h.2M2.5 12h.2",
        Symbol::Arrow => "M3 8h10M9 4l4 4l-4 4",
        Symbol::Sliders => "M2 4.5h6M11 4.5h3M9.5 3v3M2 11.5h3M8 11.5h6M6.5 10v3",
        Symbol::File => "M3.5 1.75h6l3 3v9.5h-9zM6 8h4M6 11h4",
        Symbol::Stack => "M2.5 2.5h11v4h-11zM2.5 9.5h11v4h-11zM5 4.5h.2M5 11.5h.2",
        Symbol::Why => "M2 4h5M2 12h7M5 8h9M2 2.5v3M7 2.5v3M9 10.5v3M5 6.5v3M14 6.5v3",
    };
    html! {
        <svg class="icon" viewBox="0 0 16 16" width="16" height="16" aria-hidden="true" focusable="false">
            <path d={path} />
        </svg>
    }
}

/// The drawing of a verdict.
#[must_use]
pub fn verdict_symbol(verdict: Verdict) -> Symbol {
    match verdict {
        Verdict::Disjoint => Symbol::Disjoint,
        Verdict::Duplicate => Symbol::Duplicate,
        Verdict::Unavailable => Symbol::Unavailable,
        Verdict::Fails => Symbol::Fails,
        Verdict::Broken => Symbol::Broken,
        Verdict::Unknown => Symbol::Unknown,
        Verdict::Compatible => Symbol::Compatible,
    }
}
