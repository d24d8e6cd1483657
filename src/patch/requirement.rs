//! The place of a requirement in a file, so that a part of it can be replaced as its author
//! would have written it.

use super::{Change, edit::without_word};
use crate::{
    findings::Analysis,
    pep440::Specifiers,
    pep508::Requirement,
    syntax::requirements::{self, Flag, LineKind},
    text::{FileId, Location, TextRange, range},
};

/// A requirement by name, as it stands in a file.
pub(super) struct RequirementPlace {
    file: FileId,
    /// A whole line with its end, or a word with its quotes.
    whole: TextRange,
    /// The requirement itself.
    bytes: TextRange,
    /// Behind the name and its extras.
    behind_name: usize,
    specifiers: Option<TextRange>,
    form: Form,
}

/// What a requirement is a part of.
#[derive(PartialEq)]
enum Form {
    /// A line of a requirements or constraints file.
    Line,
    /// A word of a command without quotes.
    Bare,
    /// A word of a command, or a string, in quotes.
    Quoted,
    /// A line of a file that a command writes, with no shell between: in a string, or in a heredoc.
    Written,
    /// The same as a bare word: `echo numpy==1.26 > constraints.txt`.
    WrittenBare,
}

impl RequirementPlace {
    /// The requirement that was read from here: a line of a requirements file, or a word.
    /// `None` where its parts cannot be replaced in place, for a variable in them, or where a
    /// hash holds them.
    pub(super) fn find(analysis: &Analysis, at: Location) -> Option<Self> {
        let path = &analysis.sources.get(at.file)?.path;
        let is_dockerfile = analysis.build.dockerfile == Some(at.file);
        if is_dockerfile || path.ends_with(".toml") || path.ends_with(".sh") {
            return Self::word(analysis, at);
        }
        Self::line(analysis, at)
    }

    fn line(analysis: &Analysis, at: Location) -> Option<Self> {
        let source = analysis.sources.text(at.file);
        let file = requirements::parse(source).tree;
        let line = file.line_at(at.range.start().into())?;
        let LineKind::Requirement(requirement) = &line.kind else { return None };
        let is_held = !line.unset_variables.is_empty() || line.values_of(Flag::Hash).next().is_some();
        if is_held || requirement.editable || !matches!(requirement.form, requirements::Form::Named(_)) {
            return None;
        }
        let parts = requirement.parts;
        let name = parts.subject?;
        let end = parts.extras.map_or(name.end(), TextRange::end);
        let last = parts.specifiers.map_or(end, TextRange::end);
        Some(Self {
            file: at.file,
            whole: line.range,
            bytes: TextRange::new(name.start(), last),
            behind_name: end.into(),
            specifiers: parts.specifiers,
            form: Form::Line,
        })
    }

    fn word(analysis: &Analysis, at: Location) -> Option<Self> {
        let word = analysis.sources.slice(at);
        let start = usize::from(at.range.start());
        let is_quote = |c: &char| matches!(c, '"' | '\'');
        let quote = word.chars().next().filter(is_quote);
        let (inner, offset) = match quote {
            Some(quote) => (word.strip_prefix(quote)?.strip_suffix(quote)?, start + 1),
            None => (word, start),
        };
        if inner.contains(['$', '\\', '"', '\'', '`']) {
            return None;
        }
        let parsed = Requirement::parse_at(inner, offset);
        let requirement =
            parsed.tree.filter(|requirement| parsed.errors.is_empty() && requirement.url.is_none())?;
        let end = requirement.extras_range.map_or(requirement.name_range.end(), TextRange::end);
        Some(Self {
            file: at.file,
            whole: at.range,
            bytes: requirement.range,
            behind_name: end.into(),
            specifiers: requirement.specifiers_range,
            form: match quote {
                Some(_) => Form::Quoted,
                None if is_argument(analysis, at) => Form::Bare,
                None => Self::written(analysis, at),
            },
        })
    }

    /// What stands around a line that a command writes into a file.
    fn written(analysis: &Analysis, at: Location) -> Form {
        let source = analysis.sources.text(at.file);
        let before = source.get(..usize::from(at.range.start())).and_then(|text| text.chars().next_back());
        let after = source.get(usize::from(at.range.end())..).and_then(|text| text.chars().next());
        match (before, after) {
            (Some(open @ ('"' | '\'')), Some(close)) if open == close => Form::Written,
            (Some('\n'), Some('\r' | '\n')) => Form::Written,
            _ => Form::WrittenBare,
        }
    }

    /// With other specifiers. Keeps how the author spaces clauses, and quotes what a shell would
    /// read otherwise.
    pub(super) fn with_specifiers(
        &self,
        analysis: &Analysis,
        specifiers: &str,
        why: impl Into<String>,
    ) -> Option<Change> {
        let source = analysis.sources.text(self.file);
        let place = self.specifiers.unwrap_or(range(self.behind_name, self.behind_name));
        let old = source.get(usize::from(place.start())..usize::from(place.end()))?;
        let new = in_the_manner_of(old, specifiers);
        let needs_quotes = new.contains(['<', '>', '!', ' ', '*', ';', '~']);
        match self.form {
            Form::Bare if needs_quotes => {}
            Form::WrittenBare if needs_quotes => return None,
            _ => return Some(Change::edit(self.file, place, new, why)),
        }
        let bytes = |from: usize, to: usize| source.get(from..to);
        let head = bytes(self.bytes.start().into(), place.start().into())?;
        let tail = bytes(place.end().into(), self.whole.end().into())?;
        Some(Change::edit(self.file, self.whole, format!("\"{head}{new}{tail}\""), why))
    }

    /// Without it: the whole line, or the word and the blanks before it. `None` where a command
    /// writes it.
    pub(super) fn removed(&self, analysis: &Analysis, why: impl Into<String>) -> Option<Change> {
        match self.form {
            Form::Line => Some(Change::edit(self.file, self.whole, "", why)),
            Form::Bare | Form::Quoted => {
                Some(without_word(analysis, Location { file: self.file, range: self.whole }, why))
            }
            Form::Written | Form::WrittenBare => None,
        }
    }
}

/// Some call has this as a word of its own.
fn is_argument(analysis: &Analysis, at: Location) -> bool {
    let steps = analysis.simulation.stages.iter().flat_map(|stage| &stage.steps);
    let mut words = steps.flat_map(|step| &step.calls).flat_map(|call| call.argv.iter());
    words.any(|word| word.place == Some(at))
}

/// Clauses with the blanks that the author puts between them and behind operators.
fn in_the_manner_of(old: &str, new: &str) -> String {
    let (open, inner) = match old.strip_prefix('(').and_then(|rest| rest.strip_suffix(')')) {
        Some(inner) => (true, inner),
        None => (false, old),
    };
    let blank = inner.trim_start_matches(['<', '>', '=', '!', '~']).starts_with(' ');
    let comma = if blank || inner.contains(", ") { ", " } else { "," };
    let clauses = new.split(',').map(|clause| {
        let version = clause.trim_start_matches(['<', '>', '=', '!', '~']);
        let operator = clause.get(..clause.len() - version.len()).unwrap_or("");
        if blank { format!("{operator} {version}") } else { clause.to_owned() }
    });
    let text = clauses.collect::<Vec<_>>().join(comma);
    if open { format!("({text})") } else { text }
}

/// Exactly one version is asked for: `==1.2`, not `==1.*`.
pub(super) fn is_pin(specifiers: &Specifiers) -> bool {
    match specifiers.clauses() {
        [one] => one.is_pin(),
        _ => false,
    }
}

/// A range in the words of specifiers; `None` for one that no specifiers say, and for all and
/// none.
pub(super) fn as_specifiers(accepted: &crate::pep440::VersionRange) -> Option<String> {
    if accepted.is_full() || accepted.is_empty() {
        return None;
    }
    if let Some(version) = accepted.as_singleton() {
        return Some(format!("=={version}"));
    }
    let text = accepted.to_string();
    let read: Specifiers = text.parse().ok()?;
    (read.to_range() == *accepted).then_some(text)
}
