//! `${NAME}` in a requirements file.

use super::tree::Variable;
use crate::{
    budget::BEYOND,
    text::{Mapped, SyntaxError, range},
};

/// By how many bytes the variables of one file may make it longer. Variables that name each
/// other double with each step; pip would go on until the memory ends.
pub(super) const MAX_GROWTH: usize = 1 << 20;

/// A line with its variables put in.
pub(super) struct Expanded {
    pub(super) line: Mapped,
    pub(super) unset: Vec<Variable>,
    pub(super) error: Option<SyntaxError>,
}

/// Puts in the values of `${NAME}`, names of upper-case letters, digits and `_` only.
///
/// As pip does it: the names are collected first, then replaced one after the other, so a value
/// may bring a name that is replaced too if it stands later in the line. An empty value counts
/// as none. `room` is by how many bytes the file may still grow.
pub(super) fn expand(line: &Mapped, value_of: &dyn Fn(&str) -> Option<String>, room: &mut usize) -> Expanded {
    let mut expanded = Expanded { line: line.clone(), unset: Vec::new(), error: None };
    let mut done: Vec<&str> = Vec::new();
    for (at, name) in names(line.as_str()) {
        let end = at + name.len() + "${}".len();
        if done.contains(&name) {
            continue;
        }
        let Some(value) = value_of(name).filter(|value| !value.is_empty()) else {
            let variable = Variable { name: name.to_owned(), range: line.source_range(range(at, end)) };
            expanded.unset.push(variable);
            continue;
        };
        done.push(name);
        let needle = format!("${{{name}}}");
        let Some(replaced) = replace(&expanded.line, &needle, &value, room) else {
            let place = line.source_range(range(at, end));
            let message =
                format!("{BEYOND}: the file grows by more than {MAX_GROWTH} bytes with `{needle}` put in");
            expanded.error = Some(SyntaxError::new(place, message));
            break;
        };
        expanded.line = replaced;
    }
    expanded
}

/// Each `${NAME}` and where it begins.
fn names(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.match_indices("${").filter_map(|(at, _)| {
        let rest = text.get(at + 2..)?;
        let length = rest
            .bytes()
            .take_while(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || *byte == b'_')
            .count();
        let (name, behind) = rest.split_at(length);
        (!name.is_empty() && behind.starts_with('}')).then_some((at, name))
    })
}

fn replace(line: &Mapped, needle: &str, value: &str, room: &mut usize) -> Option<Mapped> {
    let text = line.as_str();
    let count = text.matches(needle).count();
    *room = room.checked_sub(count * value.len().saturating_sub(needle.len()))?;
    let mut result = Mapped::default();
    let mut from = 0;
    for (at, _) in text.match_indices(needle) {
        let end = at + needle.len();
        result.push_slice(line, range(from, at));
        result.push_substitute(value, line.source_range(range(at, end)));
        from = end;
    }
    result.push_slice(line, range(from, text.len()));
    Some(result)
}
