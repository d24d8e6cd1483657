use super::{TextRange, range};

/// Text put together from pieces of a file, that still knows where each byte came from.
///
/// A `RUN` line loses its continuations and comments before the shell reads it, and gains the
/// values of variables; a fix must nevertheless edit the bytes the author typed.
///
/// ```text
/// file:    pip install \⏎  a==${V}
/// mapped:  pip install a==1.0
///                         ^^^ stands for the 4 bytes ${V}
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Mapped {
    text: String,
    /// Ascending by `at`; each piece reaches to the next one's `at`.
    pieces: Vec<Piece>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Piece {
    /// Where the piece begins in `text`.
    at: usize,
    source: TextRange,
    /// Byte for byte the source's text, so that offsets inside it count. Otherwise the whole
    /// piece stands for the whole source range.
    exact: bool,
}

impl Mapped {
    /// A piece of a file as it stands: `text` are the bytes at `offset`.
    #[must_use]
    pub fn verbatim(text: &str, offset: usize) -> Self {
        let mut mapped = Self::default();
        mapped.push_verbatim(text, offset);
        mapped
    }

    /// Appends bytes that stand at `offset` of the file.
    pub fn push_verbatim(&mut self, text: &str, offset: usize) {
        if text.is_empty() {
            return;
        }
        let source = range(offset, offset + text.len());
        match self.pieces.last_mut() {
            Some(last) if last.exact && last.source.end() == source.start() => {
                last.source = last.source.cover(source);
            }
            _ => self.pieces.push(Piece { at: self.text.len(), source, exact: true }),
        }
        self.text.push_str(text);
    }

    /// Appends bytes that stand for `source` as a whole, such as a variable's value.
    pub fn push_substitute(&mut self, text: &str, source: TextRange) {
        if text.is_empty() {
            return;
        }
        self.pieces.push(Piece { at: self.text.len(), source, exact: false });
        self.text.push_str(text);
    }

    /// Appends another text with its places.
    pub fn push_mapped(&mut self, other: &Self) {
        self.push_slice(other, range(0, other.text.len()));
    }

    /// The same text, when its places are bytes of `outer`'s text: with places of the file that
    /// `outer` came from.
    #[must_use]
    pub fn through(&self, outer: &Self) -> Self {
        let mut result = Self::default();
        for (index, piece) in self.pieces.iter().enumerate() {
            let end = self.pieces.get(index + 1).map_or(self.text.len(), |next| next.at);
            let Some(text) = self.text.get(piece.at..end) else { continue };
            if piece.exact {
                result.push_mapped(&outer.slice(piece.source));
            } else {
                result.push_substitute(text, outer.source_range(piece.source));
            }
        }
        result
    }

    /// The text itself.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Where the bytes `within` (a range of [`Self::as_str`]) stand in the file: the smallest
    /// range that covers all they came from. An empty range maps to a point.
    #[must_use]
    pub fn source_range(&self, within: TextRange) -> TextRange {
        let (start, end) = (usize::from(within.start()), usize::from(within.end()));
        let Some(first) = self.pieces.first() else {
            return range(0, 0);
        };
        let index_at =
            |offset: usize| self.pieces.partition_point(|piece| piece.at <= offset).saturating_sub(1);
        let from = self.pieces[index_at(start)];
        // A range's last byte decides where it ends, so that it does not reach into the next piece.
        let last = if end > start { end - 1 } else { start };
        let to = self.pieces[index_at(last)];
        let offset_in = |piece: Piece, offset: usize| {
            let source = usize::from(piece.source.start()) + offset.saturating_sub(piece.at);
            source.min(usize::from(piece.source.end()))
        };
        let source_start = if from.exact { offset_in(from, start) } else { usize::from(from.source.start()) };
        if end <= start {
            return if start < first.at { first.source } else { range(source_start, source_start) };
        }
        let source_end = if to.exact { offset_in(to, last) + 1 } else { usize::from(to.source.end()) };
        range(source_start, source_end)
    }

    /// True when the bytes `within` stand in the file exactly so, one after the other: only
    /// such bytes can be replaced in place.
    #[must_use]
    pub fn is_verbatim(&self, within: TextRange) -> bool {
        let mut touched = self.pieces_in(usize::from(within.start()), usize::from(within.end()));
        match (touched.next(), touched.next()) {
            (None, _) => true,
            (Some((piece, _, _)), None) => piece.exact,
            (Some(_), Some(_)) => false,
        }
    }

    /// A part of this text, with its places.
    #[must_use]
    pub fn slice(&self, within: TextRange) -> Self {
        let mut part = Self::default();
        part.push_slice(self, within);
        part
    }

    /// Appends a part of another text, with its places.
    pub fn push_slice(&mut self, other: &Self, within: TextRange) {
        for (piece, from, to) in other.pieces_in(usize::from(within.start()), usize::from(within.end())) {
            let Some(text) = other.text.get(from..to) else { continue };
            if piece.exact {
                self.push_verbatim(text, usize::from(piece.source.start()) + from - piece.at);
            } else {
                self.push_substitute(text, piece.source);
            }
        }
    }

    /// The pieces that have bytes in `start..end`, each with the part of it that lies inside.
    fn pieces_in(&self, start: usize, end: usize) -> impl Iterator<Item = (Piece, usize, usize)> {
        let end = end.min(self.text.len());
        let first = self.pieces.partition_point(|piece| piece.at <= start).saturating_sub(1);
        let pieces = self.pieces.get(first..).unwrap_or_default();
        pieces.iter().enumerate().map_while(move |(index, piece)| {
            let piece_end = pieces.get(index + 1).map_or(self.text.len(), |next| next.at);
            let (from, to) = (piece.at.max(start), piece_end.min(end));
            (from < to).then_some((*piece, from, to))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample() -> Mapped {
        // file: `pip install \⏎  a==${V} b`
        let mut mapped = Mapped::verbatim("pip install ", 0);
        mapped.push_verbatim("  a==", 14);
        mapped.push_substitute("1.0", range(19, 23));
        mapped.push_verbatim(" b", 23);
        mapped
    }

    #[test]
    fn a_range_maps_to_the_bytes_it_came_from() {
        let mapped = sample();
        assert_eq!(mapped.as_str(), "pip install   a==1.0 b");
        assert_eq!(mapped.source_range(range(0, 3)), range(0, 3));
        assert_eq!(mapped.source_range(range(14, 20)), range(16, 23));
        assert_eq!(mapped.source_range(range(18, 19)), range(19, 23));
        assert_eq!(mapped.source_range(range(21, 22)), range(24, 25));
    }

    #[test]
    fn only_unbroken_bytes_are_verbatim() {
        let mapped = sample();
        assert!(mapped.is_verbatim(range(14, 17)));
        assert!(!mapped.is_verbatim(range(14, 20)));
        assert!(!mapped.is_verbatim(range(10, 15)));
    }

    #[test]
    fn places_are_followed_through_two_mappings() {
        // A shell word of the mapped text above: `'a'==1.0`, its quotes taken off.
        let mut word = Mapped::verbatim("a==1", 14);
        word.push_substitute("x", range(18, 20));
        let word = word.through(&sample());
        assert_eq!(word.as_str(), "a==1x");
        assert_eq!(word.source_range(range(0, 1)), range(16, 17));
        assert_eq!(word.source_range(range(3, 4)), range(19, 23));
        assert_eq!(word.source_range(range(4, 5)), range(19, 23));
    }

    #[test]
    fn a_slice_keeps_its_places() {
        let part = sample().slice(range(14, 22));
        assert_eq!(part.as_str(), "a==1.0 b");
        assert_eq!(part.source_range(range(0, 6)), range(16, 23));
        assert_eq!(part.source_range(range(7, 8)), range(24, 25));
    }
}
