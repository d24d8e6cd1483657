//! What the page says about the thing under the pointer.

use std::cmp::Reverse;

use pep440_rs::Version;
use serde::Serialize;

use super::tokens::{self, Kind};
use crate::{
    order,
    picture::bounds,
    report::{ProjectView, RangeRow, Report},
};

/// How many requirers are named: more would hide the page below.
const REQUIRERS: usize = 8;

/// A few lines about a place, as the editor reads them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct About {
    /// First byte of the thing.
    pub from: usize,
    /// One past the last.
    pub to: usize,
    /// A title and what there is to say.
    pub lines: Vec<String>,
}

/// About the project or the stage at byte `at`. Problems are shown by their underlines.
#[must_use]
pub fn describe(report: &Report, path: &str, text: &str, at: usize) -> Option<About> {
    let (from, to) = word_at(text, at)?;
    let word = text.get(from..to)?;
    let kind = tokens::tokens(path, text)
        .into_iter()
        .filter(|token| usize::from(token.range.start()) <= at && at < usize::from(token.range.end()))
        .map(|token| token.kind)
        .next_back();
    let lines = match kind {
        Some(Kind::Stage | Kind::Image) => about_stage(report, word)?,
        Some(Kind::Comment | Kind::Instruction | Kind::Flag) => return None,
        _ => about_project(report, word)?,
    };
    Some(About { from, to, lines })
}

fn about_project(report: &Report, word: &str) -> Option<Vec<String>> {
    let name = word.to_ascii_lowercase().replace(['_', '.'], "-");
    let view = report.projects.iter().find(|view| view.project == name)?;
    let mut rows: Vec<&RangeRow> = view.rows.iter().collect();
    order::sort_by_cached_key(&mut rows, |row| (!row.guilty, tightness(row)));
    let shown = rows.iter().take(REQUIRERS).map(|row| match row.party.specifier.as_str() {
        "" => format!("{} asks for any version", row.party.requirer),
        specifier => format!("{} asks for {specifier}", row.party.requirer),
    });
    let more = rows.len().saturating_sub(REQUIRERS);
    let more = (more > 0).then(|| format!("and {more} more"));
    let overlap = match &view.overlap {
        Some(overlap) => format!("All agree on {overlap}{}", in_overlap(view)),
        None => "No version is accepted by all".to_owned(),
    };
    let picks = view.picks.iter().map(|pick| format!("{} picked {}", pick.label, pick.version));
    Some([name].into_iter().chain(shown).chain(more).chain([overlap]).chain(picks).collect())
}

/// Orders requirers by what they leave out: the lowest upper bound first, then the highest lower one.
fn tightness(row: &RangeRow) -> (bool, Option<Version>, Reverse<Option<Version>>) {
    let version = |text: Option<&str>| text.and_then(|text| text.parse().ok());
    let (lower, upper) = bounds(&row.intervals);
    let upper = version(upper);
    (upper.is_none(), upper, Reverse(version(lower)))
}

/// `, 9 releases`.
fn in_overlap(view: &ProjectView) -> String {
    match view.releases.iter().filter(|release| release.in_overlap).count() {
        0 => String::new(),
        1 => ", 1 release".to_owned(),
        count => format!(", {count} releases"),
    }
}

fn about_stage(report: &Report, word: &str) -> Option<Vec<String>> {
    let stage = report.stages.iter().find(|stage| {
        stage.name.as_deref().is_some_and(|name| name.eq_ignore_ascii_case(word)) || stage.base == word
    })?;
    let mut lines = vec![stage.label.clone()];
    lines.push(format!("{} on {}", stage.base, stage.platform));
    if let Some(python) = &stage.python {
        lines.push(format!("Python {python}"));
    }
    for environment in &stage.environments {
        lines.push(format!("{}: {} packages at the end", environment.path, environment.packages.len()));
    }
    for (folder, wheels) in &stage.wheelhouses {
        let left = wheels.iter().filter(|wheel| wheel.died.is_none()).count();
        lines.push(format!("{folder}: {left} files at the end"));
    }
    Some(lines)
}

/// The word around a byte.
fn word_at(text: &str, at: usize) -> Option<(usize, usize)> {
    let part = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.' | ':' | '/');
    let before = text.get(..at)?;
    let from =
        before.char_indices().rev().take_while(|(_, c)| part(*c)).last().map_or(at, |(start, _)| start);
    let to = text
        .get(at..)?
        .char_indices()
        .take_while(|(_, c)| part(*c))
        .last()
        .map_or(at, |(offset, c)| at + offset + c.len_utf8());
    (from < to).then_some((from, to))
}
