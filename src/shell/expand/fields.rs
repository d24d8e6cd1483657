//! From the pieces of a word to fields: POSIX 2.6.5, and the text of each with its places.

use super::{Field, Piece, Text};
use crate::{
    shell::Pattern,
    syntax::command::Argument,
    text::{Location, Mapped, range},
};

/// A field that is being put together.
#[derive(Debug, Default)]
pub(super) struct Draft {
    runs: Vec<Text>,
    /// Why it cannot be told, and the known text before what cannot.
    unknown: Option<(String, String)>,
}

impl Draft {
    pub(super) fn push(&mut self, text: Text) {
        self.runs.push(text);
    }

    pub(super) fn note(&mut self, reason: &str) {
        if self.unknown.is_none() {
            let prefix = self.runs.iter().map(|run| run.text.as_str()).collect();
            self.unknown = Some((reason.to_owned(), prefix));
        }
    }

    /// Each character, and whether it was quoted.
    pub(super) fn characters(&self) -> Vec<(char, bool)> {
        self.runs.iter().flat_map(|run| run.text.as_str().chars().map(|c| (c, run.quoted))).collect()
    }

    /// The pattern that it is, if it is one.
    pub(super) fn pattern(&self) -> Option<Pattern> {
        let special = |run: &Text| !run.quoted && run.text.as_str().contains(['*', '?', '[']);
        if self.unknown.is_some() || !self.runs.iter().any(special) {
            return None;
        }
        Some(Pattern::from_characters(self.characters())).filter(Pattern::is_pattern)
    }

    /// The text before the first sign of a pattern.
    pub(super) fn literal_prefix(&self) -> String {
        let characters = self.characters();
        let fixed = characters.iter().take_while(|(c, quoted)| *quoted || !matches!(c, '*' | '?' | '['));
        fixed.map(|(c, _)| *c).collect()
    }

    /// The field, of the word at `place`.
    pub(super) fn field(&self, place: Option<Location>) -> Field {
        if let Some((reason, prefix)) = &self.unknown {
            return Field::Unknown { reason: reason.clone(), place, prefix: prefix.clone() };
        }
        let mut visible =
            self.runs.iter().filter(|run| !run.text.as_str().is_empty() || run.stands_for.is_none());
        // A word that is wholly one value keeps the value's own places.
        if let (Some(Text { text, file: Some(file), stands_for: Some(_), .. }), None) =
            (visible.next(), visible.next())
        {
            let own = text.source_range(range(0, text.as_str().len()));
            return Field::Known(Argument {
                text: text.clone(),
                place: Some(Location { file: *file, range: own }),
            });
        }
        let mut whole = Mapped::default();
        for run in &self.runs {
            match run.stands_for {
                Some(stands_for) => whole.push_substitute(run.text.as_str(), stands_for),
                None => whole.push_mapped(&run.text),
            }
        }
        Field::Known(Argument { text: whole, place })
    }
}

/// Field splitting. Where the separators cannot be told, neither can what they split.
pub(super) fn split(pieces: Vec<Piece>, separators: Result<&str, &String>) -> Vec<Draft> {
    let separators = match separators {
        Ok(separators) => separators,
        Err(reason) => {
            let splits = |piece: &Piece| matches!(piece, Piece::Text(text) if text.split && !text.text.as_str().is_empty());
            if pieces.iter().any(splits) {
                let mut draft = Draft::default();
                draft.note(reason);
                return vec![draft];
            }
            ""
        }
    };
    let is_blank = |c: char| matches!(c, ' ' | '\t' | '\n') && separators.contains(c);
    let mut drafts: Vec<Draft> = Vec::new();
    let mut open: Option<Draft> = None;
    // A field has just been ended by blanks only: a separator that follows belongs to them.
    let mut blanks = false;
    for piece in pieces {
        match piece {
            Piece::Break { .. } => {
                drafts.extend(open.take());
                blanks = false;
            }
            Piece::Unknown(reason) => open.get_or_insert_default().note(&reason),
            Piece::Text(text) if !text.split => open.get_or_insert_default().push(text),
            Piece::Text(text) => {
                let whole = text.text.as_str();
                let part =
                    |from: usize, to: usize| Text { text: text.text.slice(range(from, to)), ..text.clone() };
                let mut start = 0;
                for (at, c) in whole.char_indices() {
                    if !separators.contains(c) {
                        blanks = false;
                        continue;
                    }
                    if at > start {
                        open.get_or_insert_default().push(part(start, at));
                    }
                    start = at + c.len_utf8();
                    let ended = open.take();
                    if is_blank(c) {
                        blanks |= ended.is_some();
                        drafts.extend(ended);
                    } else {
                        if ended.is_some() || !blanks {
                            drafts.push(ended.unwrap_or_default());
                        }
                        blanks = false;
                    }
                }
                if start < whole.len() {
                    open.get_or_insert_default().push(part(start, whole.len()));
                }
            }
        }
    }
    drafts.extend(open);
    drafts
}
