//! Several fixes at once: chosen together, or one behind the other.

use std::fmt;

use super::{Candidate, Change, Fix, Refusal, verify};
use crate::{
    findings::Analysis,
    order,
    text::{Edit, FileId, Sources, range},
};

/// Why several fixes cannot be had together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ComposeError {
    /// None was chosen.
    Nothing,
    /// These two, by their places in what was chosen, change the same bytes in different ways.
    SameBytes(usize, usize),
    /// This one, by its place in what was chosen, no longer removes what it removes alone.
    Undone(usize),
    /// Together they do not hold when they are simulated.
    Refused(Refusal),
}

impl fmt::Display for ComposeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Nothing => write!(f, "No patch was chosen."),
            Self::SameBytes(a, b) => {
                write!(f, "Patches {} and {} change the same words in different ways.", a + 1, b + 1)
            }
            Self::Undone(fix) => write!(f, "Together with the others, patch {} no longer helps.", fix + 1),
            Self::Refused(refusal) => write!(f, "Together they do not hold. {refusal}"),
        }
    }
}

/// One fix that does what all the chosen ones do, simulated as a whole.
///
/// # Errors
/// Why they cannot be had together.
pub fn compose(analysis: &Analysis, chosen: &[&Fix]) -> Result<Fix, ComposeError> {
    let (first, rest) = chosen.split_first().ok_or(ComposeError::Nothing)?;
    let mut composed = first.candidate.clone();
    for (number, fix) in rest.iter().enumerate() {
        let added: Vec<Change> = fix
            .candidate
            .changes
            .iter()
            .filter(|change| !composed.changes.contains(change))
            .cloned()
            .collect();
        if added.is_empty() {
            continue;
        }
        composed.changes.extend(added);
        if !is_consistent(&composed, analysis) {
            let others = chosen.iter().take(number + 1);
            let with = |other: &&Fix| {
                let mut pair = other.candidate.clone();
                pair.changes.extend(fix.candidate.changes.iter().cloned());
                is_consistent(&pair, analysis)
            };
            let other = others.map(with).position(|fits| !fits).unwrap_or(0);
            return Err(ComposeError::SameBytes(other, number + 1));
        }
        composed.means.extend(fix.candidate.means.iter().cloned());
        composed.moves.extend(fix.candidate.moves.iter().cloned());
        composed.title = format!("{}; {}", composed.title, fix.title);
        composed.why = format!("{} {}", composed.why, fix.why);
    }
    let fix = verify(analysis, &composed).map_err(ComposeError::Refused)?;
    let undone = chosen.iter().position(|one| one.removes.iter().any(|index| !fix.removes.contains(index)));
    undone.map_or(Ok(fix), |number| Err(ComposeError::Undone(number)))
}

/// No two changes say different things about the same bytes or the same new file.
fn is_consistent(candidate: &Candidate, analysis: &Analysis) -> bool {
    let added = |change: &Change| match change {
        Change::Add { file, .. } => Some(file.path.clone()),
        Change::Edit { .. } => None,
    };
    let mut paths: Vec<String> = candidate.changes.iter().filter_map(added).collect();
    let count = paths.len();
    order::sort(&mut paths);
    paths.dedup();
    paths.len() == count && candidate.apply(&analysis.sources).is_ok()
}

/// A candidate that does what `first` does, and then `second`, whose changes are those of the
/// files that `first` leaves.
pub(super) fn one_after_the_other(
    analysis: &Analysis,
    first: &Candidate,
    between: &Sources,
    second: &Candidate,
) -> Option<Candidate> {
    let mut changes: Vec<Change> = first.changes.clone();
    // From the last one on, so that each leaves the places of those before it as they are.
    let mut edits: Vec<(&Edit, &str)> = Vec::new();
    for change in &second.changes {
        match change {
            Change::Add { .. } => changes.push(change.clone()),
            Change::Edit { edit, why } => edits.push((edit, why)),
        }
    }
    order::sort_by_key(&mut edits, |(edit, _)| (edit.file, edit.range.start(), edit.range.end()));
    for (edit, why) in edits.into_iter().rev() {
        let path = &between.get(edit.file)?.path;
        let bytes = (usize::from(edit.range.start()), usize::from(edit.range.end()));
        match analysis.sources.find(path) {
            Some(file) => then_edit(&mut changes, file, bytes, &edit.insert, why)?,
            None => then_edit_added(&mut changes, path, bytes, &edit.insert)?,
        }
    }
    let mut means = first.means.clone();
    means.extend(second.means.iter().cloned());
    let moves = first.moves.iter().chain(&second.moves).cloned().collect();
    Some(Candidate {
        strategy: first.strategy,
        title: format!("{}, then: {}", first.title, lower(&second.title)),
        why: format!("{} {}", first.why, second.why),
        changes,
        finding: first.finding,
        means,
        moves,
    })
}

fn lower(title: &str) -> String {
    let mut letters = title.chars();
    letters.next().map_or_else(String::new, |first| first.to_lowercase().chain(letters).collect())
}

fn then_edit_added(
    changes: &mut [Change],
    path: &str,
    (start, end): (usize, usize),
    insert: &str,
) -> Option<()> {
    let file = changes.iter_mut().find_map(|change| match change {
        Change::Add { file, .. } if file.path == path => Some(file),
        _ => None,
    })?;
    file.text.get(start..end)?;
    file.text.replace_range(start..end, insert);
    Some(())
}

/// Edits `start..end` of the text that the edits so far leave of a file. Edits that it meets or
/// touches become one with it.
fn then_edit(
    changes: &mut Vec<Change>,
    file: FileId,
    (start, end): (usize, usize),
    insert: &str,
    why: &str,
) -> Option<()> {
    let mut earlier: Vec<(usize, usize, String, String)> = Vec::new();
    let mut others = Vec::new();
    for change in changes.drain(..) {
        match change {
            Change::Edit { edit, why } if edit.file == file => {
                earlier.push((edit.range.start().into(), edit.range.end().into(), edit.insert, why));
            }
            other => others.push(other),
        }
    }
    // Stable: two insertions at one place stay in their order.
    order::sort_by_key(&mut earlier, |(start, end, ..)| (*start, *end));
    // How far the text behind the edits seen so far has moved: what they put in, and took out.
    let (mut added, mut removed) = (0, 0);
    let (mut old_start, mut old_end) = (None, None);
    let mut text = insert.to_owned();
    let mut reasons = Vec::new();
    let mut shift = None;
    for (from, to, inserted, reason) in earlier {
        let new_from = from + added - removed;
        let new_to = new_from + inserted.len();
        let (was_added, was_removed) = (added, removed);
        added += inserted.len();
        removed += to - from;
        if new_to < start {
            shift = Some((added, removed));
        } else if new_from <= end {
            // What it put in before and behind the bytes that now change stays.
            let head = inserted.get(..start.saturating_sub(new_from).min(inserted.len()))?;
            let tail = inserted.get(end.saturating_sub(new_from).min(inserted.len())..)?;
            // Of several, the first one says where it begins.
            old_start = old_start
                .or_else(|| Some(if new_from <= start { from } else { start + was_removed - was_added }));
            old_end = Some(if new_to >= end { to } else { end + removed - added });
            text = format!("{head}{text}{tail}");
            reasons.push(reason);
            continue;
        }
        others.push(Change::edit(file, range(from, to), inserted, reason));
    }
    let (added, removed) = shift.unwrap_or((0, 0));
    let place = match old_start.zip(old_end) {
        Some((start, end)) => range(start, end),
        None => range(start + removed - added, end + removed - added),
    };
    if !reasons.iter().any(|reason| reason == why) {
        reasons.push(why.to_owned());
    }
    others.push(Change::edit(file, place, text, reasons.join(" ")));
    *changes = others;
    Some(())
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::{findings::analyze, index::Index, model::Settings, text::SourceFile};

    /// Bytes that go, and what comes instead.
    type Replaced = (usize, usize, &'static str);

    const TEXT: &str = "abcd";

    fn analysis() -> Analysis {
        let sources = Sources::from_texts([("notes.txt", TEXT)]);
        analyze(&sources, &Arc::new(Index::empty()), &Settings::default())
    }

    fn candidate(sources: &Sources, path: &str, edits: &[Replaced], why: &str) -> Candidate {
        let file = sources.find(path).unwrap();
        let edit = |&(start, end, insert): &Replaced| Change::edit(file, range(start, end), insert, why);
        Candidate {
            strategy: "by-hand",
            title: format!("{why} title"),
            why: why.to_owned(),
            changes: edits.iter().map(edit).collect(),
            finding: 0,
            means: Vec::new(),
            moves: Vec::new(),
        }
    }

    /// Both at once make of the files what one makes of those that the other leaves.
    #[track_caller]
    fn check(analysis: &Analysis, first: &Candidate, path: &str, second: &[Replaced]) {
        let between = first.apply(&analysis.sources).unwrap();
        let second = candidate(&between, path, second, "Second.");
        let Ok(expected) = second.apply(&between) else { panic!("edits that meet: {second:?}") };
        let both = one_after_the_other(analysis, first, &between, &second).expect("they compose");
        let made = both.apply(&analysis.sources).expect("no two edits of the composed one meet");
        let texts = |sources: &Sources| -> Vec<(String, String)> {
            sources.iter().map(|(_, file)| (file.path.clone(), file.text.clone())).collect()
        };
        assert_eq!(texts(&made), texts(&expected), "{:?} then {:?}", first.changes, second.changes);
    }

    /// Every replacement of some bytes of a text by nothing, by less or by more.
    fn replacements(length: usize) -> Vec<Replaced> {
        let ranges = (0..=length).flat_map(|start| (start..=length).map(move |end| (start, end)));
        let inserts = ["", "X", "XYZ"];
        ranges.flat_map(|(start, end)| inserts.map(|insert| (start, end, insert))).collect()
    }

    #[test]
    fn any_edit_behind_any_other() {
        let analysis = analysis();
        for one in replacements(TEXT.len()) {
            let first = candidate(&analysis.sources, "notes.txt", &[one], "First.");
            let length = TEXT.len() - (one.1 - one.0) + one.2.len();
            for two in replacements(length) {
                check(&analysis, &first, "notes.txt", &[two]);
            }
        }
    }

    #[test]
    fn an_edit_behind_several() {
        let analysis = analysis();
        let first = [(0, 1, "XY"), (1, 2, ""), (3, 4, "Z")];
        let first = candidate(&analysis.sources, "notes.txt", &first, "First.");
        for two in replacements("XYcZ".len()) {
            check(&analysis, &first, "notes.txt", &[two]);
        }
    }

    #[test]
    fn several_edits_behind_one() {
        let analysis = analysis();
        let first = candidate(&analysis.sources, "notes.txt", &[(1, 3, "XYZ")], "First.");
        for (start, end, insert) in replacements(2) {
            check(&analysis, &first, "notes.txt", &[(start, end, insert), (3, 4, "W"), (5, 5, "V")]);
        }
    }

    #[test]
    fn an_edit_of_a_file_that_the_first_adds() {
        let analysis = analysis();
        let mut first = candidate(&analysis.sources, "notes.txt", &[], "First.");
        first.changes.push(Change::Add { file: SourceFile::new("new.txt", "ab"), why: "First.".to_owned() });
        for two in replacements(2) {
            check(&analysis, &first, "new.txt", &[two]);
        }
    }

    #[test]
    fn each_reason_is_kept_and_given_once() {
        let analysis = analysis();
        let first = candidate(&analysis.sources, "notes.txt", &[(0, 1, "X")], "First.");
        let between = first.apply(&analysis.sources).unwrap();
        let reasons = |edit: Replaced, why: &str| {
            let second = candidate(&between, "notes.txt", &[edit], why);
            let both = one_after_the_other(&analysis, &first, &between, &second).unwrap();
            let reason = |change: &Change| match change {
                Change::Edit { why, .. } | Change::Add { why, .. } => why.clone(),
            };
            both.changes.iter().map(reason).collect::<Vec<_>>()
        };
        assert_eq!(reasons((0, 1, "Y"), "Second."), ["First. Second."]);
        assert_eq!(reasons((0, 1, "Y"), "First."), ["First."]);
        assert_eq!(reasons((3, 4, "Y"), "Second."), ["First.", "Second."]);
    }
}
