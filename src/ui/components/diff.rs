use yew::prelude::*;

use super::{Dispatch, place_button};
use crate::{
    report::{FileChange, Location},
    text::diff::{self, CONTEXT, DiffOp, DiffTag, group_diff_ops},
    ui::state::DiffLayout,
};

/// Those of them that are drawn: what changes is to be seen at once.
const DRAWN: usize = 1;

/// Properties of [`Diff`].
#[derive(Debug, Clone, PartialEq, Properties)]
pub struct DiffProps {
    /// The file before and after.
    pub file: FileChange,
    /// Why, for each group of changes of this file, in order.
    pub reasons: Vec<String>,
    /// One column or two.
    pub layout: DiffLayout,
    /// Where to send what the person did.
    pub dispatch: Dispatch,
}

/// A piece of a line: changed within the line, or not.
type Piece = (bool, String);

/// A line of one side.
#[derive(Debug, Clone, PartialEq)]
struct Line {
    number: usize,
    pieces: Vec<Piece>,
}

/// A row of the drawing: a line on one side or on both.
#[derive(Debug, Clone, PartialEq)]
enum Row {
    Same(Line, Line),
    Gone(Line),
    Come(Line),
    Changed(Line, Line),
}

/// A file's changes, as a table with the words marked that differ. `+` and `−` and hidden words
/// say what colour says.
#[function_component]
pub fn Diff(props: &DiffProps) -> Html {
    let before = props.file.before.as_deref().unwrap_or_default();
    let groups = groups(before, &props.file.after);
    let is_split = props.layout == DiffLayout::Split;
    let columns = if is_split { 5 } else { 4 };
    html! {
        <div class="diff scroll-x" tabindex="0" role="region" aria-label={format!("Changes of {}", props.file.path)}>
            <table class={if is_split { "split" } else { "unified" }}>
                <caption>
                    { &props.file.path }
                    if props.file.before.is_none() {
                        <span class="badge">{ "new file" }</span>
                    }
                </caption>
                if is_split {
                    // The first row may be one cell over all columns, which tells nothing of their widths.
                    <colgroup>
                        { for ["number", "code", "middle", "number", "code"].map(|class| html! { <col {class} /> }) }
                    </colgroup>
                }
                { for groups.iter().enumerate().map(|(index, rows)| html! {
                    <tbody key={index}>
                        { gap(rows, index, columns) }
                        if let Some(reason) = props.reasons.get(index) {
                            <tr class="reason">
                                <td colspan={columns.to_string()}>
                                    <div>
                                        { reason }{ " " }
                                        { changed(&props.file.path, before, rows).map(|place| place_button(&place, &props.dispatch)) }
                                    </div>
                                </td>
                            </tr>
                        }
                        { for rows.iter().map(|row| match props.layout {
                            DiffLayout::Unified => unified(row),
                            DiffLayout::Split => split(row),
                        }) }
                    </tbody>
                }) }
            </table>
        </div>
    }
}

/// The lines of the file before that a group changes, or puts lines behind.
fn changed(path: &str, before: &str, rows: &[Row]) -> Option<Location> {
    let lines = |row: &Row| match row {
        Row::Gone(line) | Row::Changed(line, _) => Some(line.number),
        Row::Same(..) | Row::Come(_) => None,
    };
    let behind = rows.iter().take_while(|row| !matches!(row, Row::Come(_))).filter_map(|row| match row {
        Row::Same(line, _) => Some(line.number),
        _ => None,
    });
    let first = rows.iter().find_map(lines).or_else(|| behind.last())?;
    let last = rows.iter().rev().find_map(lines).unwrap_or(first);
    let start = |number: usize| before.split_inclusive('\n').take(number - 1).map(str::len).sum::<usize>();
    let end = start(last + 1);
    Some(Location {
        file: path.to_owned(),
        start: start(first),
        end: end - usize::from(before.get(..end).is_some_and(|text| text.ends_with('\n'))),
        line: u32::try_from(first).unwrap_or(u32::MAX),
        column: 1,
    })
}

/// What is left out between groups.
fn gap(rows: &[Row], index: usize, columns: usize) -> Html {
    let first = rows.iter().find_map(|row| match row {
        Row::Same(line, _) | Row::Gone(line) | Row::Changed(line, _) => Some(line.number),
        Row::Come(_) => None,
    });
    match first {
        Some(number) if index > 0 => html! {
            <tr class="gap" aria-hidden="true"><td colspan={columns.to_string()}>{ format!("⋯ from line {number}") }</td></tr>
        },
        _ => Html::default(),
    }
}

fn unified(row: &Row) -> Html {
    match row {
        Row::Same(before, after) => html! {
            <tr>{ number(Some(before)) }{ number(Some(after)) }<td class="sign" />{ code(after, None) }</tr>
        },
        Row::Gone(before) => gone(before),
        Row::Come(after) => come(after),
        Row::Changed(before, after) => html! { <>{ gone(before) }{ come(after) }</> },
    }
}

fn gone(line: &Line) -> Html {
    html! { <tr class="gone">{ number(Some(line)) }{ number(None) }<td class="sign">{ "−" }</td>{ code(line, Some("removed: ")) }</tr> }
}

fn come(line: &Line) -> Html {
    html! { <tr class="come">{ number(None) }{ number(Some(line)) }<td class="sign">{ "+" }</td>{ code(line, Some("added: ")) }</tr> }
}

fn split(row: &Row) -> Html {
    let (before, after, changed) = match row {
        Row::Same(before, after) => (Some(before), Some(after), false),
        Row::Gone(before) => (Some(before), None, true),
        Row::Come(after) => (None, Some(after), true),
        Row::Changed(before, after) => (Some(before), Some(after), true),
    };
    let side = |line: Option<&Line>, class: &'static str, words: &'static str| match line {
        Some(line) => html! {
            <>
                { number(Some(line)) }
                <td class={classes!("code", changed.then_some(class))}>{ hidden(changed.then_some(words)) }{ pieces(line) }</td>
            </>
        },
        None => html! { <><td class="number" /><td class="code nothing" /></> },
    };
    html! {
        <tr>
            { side(before, "gone", "removed: ") }
            <td class="middle" aria-hidden="true" />
            { side(after, "come", "added: ") }
        </tr>
    }
}

fn number(line: Option<&Line>) -> Html {
    html! { <td class="number">{ line.map(|line| line.number) }</td> }
}

fn code(line: &Line, words: Option<&'static str>) -> Html {
    html! { <td class="code">{ hidden(words) }{ pieces(line) }</td> }
}

fn hidden(words: Option<&'static str>) -> Html {
    words.map(|words| html! { <span class="hidden">{ words }</span> }).unwrap_or_default()
}

fn pieces(line: &Line) -> Html {
    line.pieces
        .iter()
        .map(|(changed, text)| {
            if *changed {
                html! { <mark>{ text }</mark> }
            } else {
                html! { text }
            }
        })
        .collect()
}

/// How many groups of rows a file's changes are drawn as.
pub(super) fn hunks(before: &str, after: &str) -> usize {
    groups(before, after).len()
}

/// Groups of rows, as a unified diff with [`CONTEXT`] has them.
fn groups(before: &str, after: &str) -> Vec<Vec<Row>> {
    let (old, new) = (diff::lines(before), diff::lines(after));
    group_diff_ops(diff::operations(&old, &new), CONTEXT)
        .iter()
        .map(|group| drawn(group.iter().flat_map(|op| rows(op, &old, &new)).collect()))
        .collect()
}

/// A group without all but [`DRAWN`] of the unchanged lines at its ends.
fn drawn(mut rows: Vec<Row>) -> Vec<Row> {
    let same = |row: &Row| matches!(row, Row::Same(..));
    let after = rows.iter().rev().take_while(|row| same(row)).count();
    rows.truncate(rows.len() - after.saturating_sub(DRAWN));
    let before = rows.iter().take_while(|row| same(row)).count();
    rows.drain(..before.saturating_sub(DRAWN));
    rows
}

fn rows(op: &DiffOp, old: &[&str], new: &[&str]) -> Vec<Row> {
    let line = |lines: &[&str], index: usize| Line {
        number: index + 1,
        pieces: vec![(false, trimmed(lines.get(index).copied().unwrap_or_default()).to_owned())],
    };
    let (before, after) = (op.old_range(), op.new_range());
    match op.tag() {
        DiffTag::Equal => before.zip(after).map(|(a, b)| Row::Same(line(old, a), line(new, b))).collect(),
        DiffTag::Delete => before.map(|a| Row::Gone(line(old, a))).collect(),
        DiffTag::Insert => after.map(|b| Row::Come(line(new, b))).collect(),
        DiffTag::Replace => {
            let shared = before.len().min(after.len());
            let pairs = before.clone().zip(after.clone()).map(|(a, b)| {
                let words = words(
                    trimmed(old.get(a).copied().unwrap_or_default()),
                    trimmed(new.get(b).copied().unwrap_or_default()),
                );
                Row::Changed(Line { number: a + 1, pieces: words.0 }, Line { number: b + 1, pieces: words.1 })
            });
            let gone = before.clone().skip(shared).map(|a| Row::Gone(line(old, a)));
            let come = after.clone().skip(shared).map(|b| Row::Come(line(new, b)));
            pairs.chain(gone).chain(come).collect()
        }
    }
}

/// Both lines in pieces, those marked that differ.
fn words(before: &str, after: &str) -> (Vec<Piece>, Vec<Piece>) {
    let (old, new) = (diff::words(before), diff::words(after));
    let mut sides = (Vec::new(), Vec::new());
    for op in diff::operations(&old, &new) {
        let changed = op.tag() != DiffTag::Equal;
        let text =
            |words: &[&str], range| words.get::<std::ops::Range<usize>>(range).unwrap_or_default().concat();
        push(&mut sides.0, changed, &text(&old, op.old_range()));
        push(&mut sides.1, changed, &text(&new, op.new_range()));
    }
    // Lines without a word in common read better unmarked.
    let alike = |pieces: &[Piece]| pieces.iter().any(|(changed, text)| !changed && !text.trim().is_empty());
    if alike(&sides.0) { sides } else { (vec![(false, before.to_owned())], vec![(false, after.to_owned())]) }
}

fn push(pieces: &mut Vec<Piece>, changed: bool, text: &str) {
    if text.is_empty() {
        return;
    }
    match pieces.last_mut() {
        Some((last, known)) if *last == changed => known.push_str(text),
        _ => pieces.push((changed, text.to_owned())),
    }
}

fn trimmed(line: &str) -> &str {
    line.trim_end_matches(['\n', '\r'])
}
