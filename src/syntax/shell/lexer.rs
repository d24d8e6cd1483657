//! Characters with their places, and the tokens that need no grammar: blanks, comments,
//! operators, reserved words, the bodies of here-documents.

use crate::text::{SyntaxError, TextRange, range};

use super::{Dialect, HereDocument, Word, WordPart, WordPartKind};

/// Commands, words and substitutions inside one another, beyond which nothing is read.
pub(super) const DEPTH: usize = 48;

/// A character and the byte it stands at. Not simply the text: inside backquotes some
/// backslashes are taken out before the rest is read again.
#[derive(Debug, Clone, Copy)]
pub(super) struct Char {
    pub(super) at: u32,
    pub(super) c: char,
}

/// What all parts of the parser share: where it is, and what it has to say.
pub(super) struct Lexer {
    pub(super) dialect: Dialect,
    pub(super) input: Vec<Char>,
    /// Byte offset behind the last character.
    pub(super) end: u32,
    /// Index into `input`.
    pub(super) at: usize,
    pub(super) depth: usize,
    /// `$(` and backquotes around this point.
    pub(super) substitutions: usize,
    /// The words of `export` or `readonly` are being read.
    pub(super) declares: bool,
    pub(super) errors: Vec<SyntaxError>,
    /// Reading has been given up, and the rest skipped: nothing that is missing is an error.
    pub(super) gave_up: bool,
    here: Option<HereLine>,
}

/// A line with here-documents: their bodies follow it, and its line end leads behind them.
struct HereLine {
    newline: usize,
    resume: usize,
    substitutions: usize,
}

/// What ends a word outside quotes.
pub(super) fn is_meta(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\n' | ';' | '&' | '|' | '(' | ')' | '<' | '>')
}

/// What a variable's name may begin with.
pub(super) fn is_name_start(c: char) -> bool {
    c.is_ascii_alphabetic() || c == '_'
}

/// What a variable's name may go on with.
pub(super) fn is_name(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_'
}

const RESERVED: [&str; 15] = [
    "if", "then", "elif", "else", "fi", "for", "in", "while", "until", "do", "done", "case", "esac", "{", "}",
];
const RESERVED_EXTENDED: [&str; 2] = ["[[", "function"];
const RESERVED_BASH: [&str; 2] = ["select", "coproc"];

impl Lexer {
    pub(super) fn new(input: Vec<Char>, end: u32, dialect: Dialect) -> Self {
        Self {
            dialect,
            input,
            end,
            at: 0,
            depth: 0,
            substitutions: 0,
            declares: false,
            errors: Vec::new(),
            gave_up: false,
            here: None,
        }
    }

    pub(super) fn bash(&self) -> bool {
        self.dialect.is_bash()
    }

    /// The character `ahead` of the next one.
    pub(super) fn peek_at(&self, ahead: usize) -> Option<char> {
        self.input.get(self.at + ahead).map(|char| char.c)
    }

    pub(super) fn peek(&self) -> Option<char> {
        self.peek_at(0)
    }

    pub(super) fn bump(&mut self) -> Option<char> {
        let c = self.peek()?;
        self.at += 1;
        Some(c)
    }

    pub(super) fn starts_with(&self, text: &str) -> bool {
        text.chars().enumerate().all(|(ahead, c)| self.peek_at(ahead) == Some(c))
    }

    /// Takes `text`, if it is next.
    pub(super) fn eat(&mut self, text: &str) -> bool {
        let found = self.starts_with(text);
        if found {
            self.at += text.chars().count();
        }
        found
    }

    /// The byte at which the character `index` begins.
    pub(super) fn byte(&self, index: usize) -> usize {
        self.input.get(index).map_or(self.end, |char| char.at) as usize
    }

    /// The bytes of the characters from `start` to before `end`.
    pub(super) fn range(&self, start: usize, end: usize) -> TextRange {
        let from = self.byte(start);
        let last = end.checked_sub(1).filter(|&last| last >= start).and_then(|last| self.input.get(last));
        range(from, last.map_or(from, |char| char.at as usize + char.c.len_utf8()))
    }

    /// The bytes from the character `start` to here.
    pub(super) fn since(&self, start: usize) -> TextRange {
        self.range(start, self.at)
    }

    pub(super) fn text(&self, start: usize, end: usize) -> String {
        self.input.get(start..end).unwrap_or_default().iter().map(|char| char.c).collect()
    }

    pub(super) fn error(&mut self, range: TextRange, message: impl Into<String>) {
        if !self.gave_up {
            self.errors.push(SyntaxError::new(range, message));
        }
    }

    /// Skips the rest: what cannot be read any further ends in one opaque node.
    pub(super) fn give_up(&mut self) {
        self.gave_up = true;
        self.at = self.input.len();
    }

    /// Blanks, continued lines, and a comment.
    pub(super) fn skip_blanks(&mut self) {
        loop {
            match self.peek() {
                Some(' ' | '\t') => self.at += 1,
                Some('\\') if self.peek_at(1) == Some('\n') => self.at += 2,
                Some('#') => {
                    while self.peek().is_some_and(|c| c != '\n') {
                        self.at += 1;
                    }
                }
                _ => return,
            }
        }
    }

    /// Takes a line end, and the bodies of the here-documents of the line.
    pub(super) fn eat_newline(&mut self) -> bool {
        if self.peek() != Some('\n') {
            return false;
        }
        match self.here.take() {
            Some(here) if here.newline == self.at => self.at = here.resume,
            other => {
                self.here = other;
                self.at += 1;
            }
        }
        true
    }

    /// Blanks, comments and line ends.
    pub(super) fn skip_lines(&mut self) {
        loop {
            self.skip_blanks();
            if !self.eat_newline() {
                return;
            }
        }
    }

    /// The reserved word that is next, at a place where one may be.
    pub(super) fn reserved(&self) -> Option<&'static str> {
        let extended: &[&str] = if self.dialect.is_extended() { &RESERVED_EXTENDED } else { &[] };
        let bash: &[&str] = if self.bash() { &RESERVED_BASH } else { &[] };
        RESERVED
            .iter()
            .chain(extended)
            .chain(bash)
            .copied()
            .find(|word| self.starts_with(word) && self.peek_at(word.chars().count()).is_none_or(is_meta))
    }

    /// Takes the reserved word `word`, if it is next.
    pub(super) fn eat_reserved(&mut self, word: &str) -> bool {
        self.reserved() == Some(word) && self.eat(word)
    }

    /// The body of a here-document whose `<<WORD` has just been read. The end of the script ends
    /// it too, as for both shells. `None` where its place depends on how the rest of the line is
    /// read.
    pub(super) fn here_document(
        &mut self,
        delimiter: &str,
        strip_tabs: bool,
        quoted: bool,
    ) -> Option<HereDocument> {
        let (newline, mut at) = match &self.here {
            Some(here) if self.at <= here.newline => {
                if here.substitutions != self.substitutions {
                    return None;
                }
                (here.newline, here.resume)
            }
            _ => {
                let newline = self.line_end();
                (newline, (newline + 1).min(self.input.len()))
            }
        };
        let mut pieces: Vec<(usize, usize)> = Vec::new();
        while at < self.input.len() {
            let length = self.input[at..].iter().position(|char| char.c == '\n');
            let end = length.map_or(self.input.len(), |length| at + length);
            let next = (end + 1).min(self.input.len());
            let tabs = if strip_tabs {
                self.input[at..end].iter().take_while(|char| char.c == '\t').count()
            } else {
                0
            };
            if self.input[at + tabs..end].iter().map(|char| char.c).eq(delimiter.chars()) {
                at = next;
                break;
            }
            pieces.push((at + tabs, next));
            at = next;
        }
        let start = pieces.first().map_or(at, |piece| piece.0);
        let last = pieces.last().map_or(start, |piece| piece.1);
        self.here = Some(HereLine { newline, resume: at, substitutions: self.substitutions });
        let body_range = self.range(start, last);
        let chars: Vec<Char> =
            pieces.iter().flat_map(|&(from, to)| self.input[from..to].iter().copied()).collect();
        let parts = if quoted {
            let text = chars.iter().map(|char| char.c).collect();
            vec![WordPart { kind: WordPartKind::Literal(text), quoted: true, range: body_range }]
        } else {
            self.inner(chars, usize::from(body_range.end()), Self::here_document_parts)
        };
        Some(HereDocument { body: Word { parts, range: body_range }, expand: !quoted })
    }

    /// Reads `chars` with a lexer of its own, one level deeper.
    pub(super) fn inner<T>(&mut self, chars: Vec<Char>, end: usize, read: impl FnOnce(&mut Self) -> T) -> T {
        let end = u32::try_from(end).unwrap_or(u32::MAX);
        let mut inner = Self::new(chars, end, self.dialect);
        inner.depth = self.depth + 1;
        inner.gave_up = self.gave_up;
        let result = read(&mut inner);
        self.errors.append(&mut inner.errors);
        result
    }

    /// The index of the line end behind which the bodies of this line's here-documents begin.
    fn line_end(&self) -> usize {
        let mut at = self.at;
        let mut quote = None;
        let mut parentheses = 0_usize;
        let mut blank = false;
        while let Some(char) = self.input.get(at) {
            match (quote, char.c) {
                (None | Some('"'), '\\') => at += 1,
                (None, '\n') if parentheses == 0 => return at,
                (None, '\'' | '"') => quote = Some(char.c),
                (Some(open), c) if open == c => quote = None,
                (None, '(') => parentheses += 1,
                (None, ')') => parentheses = parentheses.saturating_sub(1),
                (None, '#') if blank => {
                    while self.input.get(at + 1).is_some_and(|char| char.c != '\n') {
                        at += 1;
                    }
                }
                _ => {}
            }
            blank = matches!(char.c, ' ' | '\t');
            at += 1;
        }
        self.input.len()
    }
}
