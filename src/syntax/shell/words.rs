//! The grammar of words: POSIX Shell Command Language 2.2 (quoting), 2.6 (expansions), and what
//! bash adds.

use super::{
    Matches, ParameterOperation, Script, Word, WordPart, WordPartKind,
    lexer::{Char, DEPTH, Lexer, is_meta, is_name, is_name_start},
    parser::ARRAYS,
};

/// Where a word stands, which decides what ends it and what quotes mean.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Context {
    /// On a command line.
    Plain,
    /// Behind `NAME=`: a tilde may stand behind each colon too.
    Value,
    /// Behind `=~` in `[[ ]]`: parentheses and bars are part of it.
    Regex,
    /// Between double quotes.
    Quoted,
    /// In `${x...}`, up to `}`; for a pattern that is to be replaced also up to `/`.
    Brace { quoted: bool, pattern: bool, slash: bool },
    /// The body of a here-document.
    Here,
    /// In `$((...))`.
    Arithmetic,
}

impl Context {
    fn quoted(self) -> bool {
        matches!(self, Self::Quoted | Self::Here | Self::Arithmetic | Self::Brace { quoted: true, .. })
    }
}

/// Parts of a word as they come; letters are gathered into literals.
#[derive(Default)]
struct Parts {
    done: Vec<WordPart>,
    literal: String,
    /// Index of the literal's first character.
    start: usize,
}

impl Parts {
    fn letter(&mut self, lexer: &Lexer, c: char) {
        if self.literal.is_empty() {
            self.start = lexer.at;
        }
        self.literal.push(c);
    }

    fn flush(&mut self, lexer: &Lexer, quoted: bool) {
        if !self.literal.is_empty() {
            let kind = WordPartKind::Literal(std::mem::take(&mut self.literal));
            self.done.push(WordPart { kind, quoted, range: lexer.since(self.start) });
        }
    }
}

impl Lexer {
    /// The word that is next, if one is.
    pub(super) fn word(&mut self) -> Option<Word> {
        self.word_in(Context::Plain)
    }

    /// The value of an assignment, if it has one.
    pub(super) fn value(&mut self) -> Option<Word> {
        self.word_in(Context::Value)
    }

    /// The regular expression behind `=~`.
    pub(super) fn regex_word(&mut self) -> Option<Word> {
        self.word_in(Context::Regex)
    }

    fn word_in(&mut self, context: Context) -> Option<Word> {
        let start = self.at;
        let parts = self.parts(context);
        (self.at > start).then(|| Word { parts, range: self.since(start) })
    }

    /// The whole input as the body of a here-document with an unquoted delimiter.
    pub(super) fn here_document_parts(&mut self) -> Vec<WordPart> {
        self.parts(Context::Here)
    }

    fn parts(&mut self, context: Context) -> Vec<WordPart> {
        if self.depth >= DEPTH {
            let start = self.at;
            self.give_up();
            return vec![self.opaque(start, context.quoted(), "words are nested too deeply to be read")];
        }
        self.depth += 1;
        let parts = self.parts_within(context);
        self.depth -= 1;
        parts
    }

    fn parts_within(&mut self, context: Context) -> Vec<WordPart> {
        let quoted = context.quoted();
        let mut parts = Parts::default();
        let first = self.at;
        let assigns = self.assigns(context);
        while let Some(c) = self.peek() {
            let ends = match context {
                Context::Plain | Context::Value => {
                    let substitution =
                        self.dialect.is_extended() && matches!(c, '<' | '>') && self.peek_at(1) == Some('(');
                    is_meta(c) && !substitution
                }
                Context::Regex => matches!(c, ' ' | '\t' | '\n'),
                Context::Quoted => c == '"',
                Context::Brace { slash, .. } => c == '}' || (slash && c == '/'),
                Context::Here | Context::Arithmetic => false,
            };
            if ends {
                break;
            }
            match c {
                '\\' if self.peek_at(1) == Some('\n') => {
                    parts.flush(self, quoted);
                    self.at += 2;
                }
                '\\' if self.escapes(context) => {
                    parts.flush(self, quoted);
                    self.at += 1;
                    let start = self.at;
                    if let Some(escaped) = self.bump() {
                        let kind = WordPartKind::Literal(escaped.to_string());
                        parts.done.push(WordPart { kind, quoted: true, range: self.since(start) });
                    }
                }
                '\'' if !quoted || matches!(context, Context::Brace { pattern: true, .. }) => {
                    parts.flush(self, quoted);
                    parts.done.push(self.single_quoted());
                }
                // A quote in arithmetic is taken off by some shells, and refused by none.
                '"' if context == Context::Arithmetic => {
                    parts.flush(self, quoted);
                    self.at += 1;
                }
                '"' if context != Context::Here => {
                    parts.flush(self, quoted);
                    self.double_quoted(&mut parts.done);
                }
                '`' => {
                    parts.flush(self, quoted);
                    let part = self.backquoted(quoted);
                    parts.done.push(part);
                }
                '$' => {
                    let start = self.at;
                    parts.flush(self, quoted);
                    match self.dollar(quoted) {
                        Some(mut dollar) => parts.done.append(&mut dollar),
                        None => {
                            self.at = start;
                            parts.letter(self, '$');
                            self.at += 1;
                        }
                    }
                }
                '<' | '>' if matches!(context, Context::Plain | Context::Value) => {
                    parts.flush(self, quoted);
                    let start = self.at;
                    self.at += 2;
                    let script = self.substituted_script(start);
                    let kind = WordPartKind::ProcessSubstitution { output: c == '>', script };
                    parts.done.push(WordPart { kind, quoted, range: self.since(start) });
                }
                '~' if self.tilde_may_stand(context, first, assigns) => self.tilde(&mut parts),
                _ => {
                    parts.letter(self, c);
                    self.at += 1;
                }
            }
        }
        parts.flush(self, quoted);
        parts.done
    }

    /// "A tilde-prefix consists of an unquoted <tilde> character at the beginning of a word [...].
    /// In an assignment, multiple tilde-prefixes can be used: at the beginning of the word [...],
    /// following any unquoted <colon>, or both." (POSIX 2.6.1)
    fn tilde_may_stand(&self, context: Context, first: usize, assigns: bool) -> bool {
        let before = self.at.checked_sub(1).and_then(|at| self.input.get(at)).map(|char| char.c);
        match context {
            Context::Plain => self.at == first || (assigns && matches!(before, Some('=' | ':'))),
            Context::Value => self.at == first || before == Some(':'),
            Context::Brace { quoted, .. } => self.at == first && !quoted,
            Context::Regex | Context::Quoted | Context::Here | Context::Arithmetic => false,
        }
    }

    /// Whether the word that begins here is `NAME=...` to the shell: for bash on every command
    /// line, for sh behind `export`.
    fn assigns(&self, context: Context) -> bool {
        if context != Context::Plain || !(self.bash() || self.declares) {
            return false;
        }
        let name = self.input.iter().skip(self.at).take_while(|char| is_name(char.c)).count();
        self.peek().is_some_and(is_name_start) && self.peek_at(name) == Some('=')
    }

    fn tilde(&mut self, parts: &mut Parts) {
        let start = self.at;
        let mut end = start + 1;
        let letter = |at: usize| self.input.get(at).map(|char| char.c);
        while letter(end).is_some_and(|c| is_name(c) || matches!(c, '-' | '.')) {
            end += 1;
        }
        if letter(end).is_none_or(|c| is_meta(c) || matches!(c, '/' | ':' | '}')) {
            parts.flush(self, false);
            self.at = end;
            let kind = WordPartKind::Tilde(self.text(start + 1, end));
            parts.done.push(WordPart { kind, quoted: false, range: self.since(start) });
        } else {
            parts.letter(self, '~');
            self.at += 1;
        }
    }

    /// Whether the backslash that is next escapes what follows it.
    fn escapes(&self, context: Context) -> bool {
        match (context, self.peek_at(1)) {
            (Context::Quoted, Some(next)) => matches!(next, '$' | '`' | '"' | '\\'),
            (Context::Here | Context::Arithmetic, Some(next)) => matches!(next, '$' | '`' | '\\'),
            (Context::Brace { quoted: true, .. }, Some(next)) => {
                matches!(next, '$' | '`' | '"' | '\\' | '}')
            }
            // A backslash at the very end stands for itself.
            (_, next) => next.is_some(),
        }
    }

    fn single_quoted(&mut self) -> WordPart {
        let open = self.at;
        self.at += 1;
        let start = self.at;
        while self.peek().is_some_and(|c| c != '\'') {
            self.at += 1;
        }
        let kind = WordPartKind::Literal(self.text(start, self.at));
        let range = self.since(start);
        if !self.eat("'") {
            self.error(self.range(open, start), "this quote is not closed");
        }
        WordPart { kind, quoted: true, range }
    }

    fn double_quoted(&mut self, parts: &mut Vec<WordPart>) {
        let open = self.at;
        self.at += 1;
        let start = self.at;
        let mut inner = self.parts(Context::Quoted);
        if inner.is_empty() {
            let kind = WordPartKind::Literal(String::new());
            inner.push(WordPart { kind, quoted: true, range: self.range(start, start) });
        }
        parts.append(&mut inner);
        if !self.eat("\"") {
            self.error(self.range(open, start), "this quote is not closed");
        }
    }

    fn backquoted(&mut self, quoted: bool) -> WordPart {
        let start = self.at;
        self.at += 1;
        let mut chars: Vec<Char> = Vec::new();
        // "Within the backquoted style of command substitution, <backslash> shall retain its
        // literal meaning, except when followed by: '$', '`', or <backslash>." (POSIX 2.6.3)
        while let Some(&char) = self.input.get(self.at) {
            if char.c == '`' {
                break;
            }
            self.at += 1;
            let escaped = self.input.get(self.at).copied().filter(|next| {
                char.c == '\\' && (matches!(next.c, '$' | '`' | '\\') || (quoted && next.c == '"'))
            });
            if escaped.is_some() {
                self.at += 1;
            }
            chars.push(escaped.unwrap_or(char));
        }
        let end = self.byte(self.at);
        if !self.eat("`") {
            self.error(self.range(start, start + 1), "this backquote is not closed");
        }
        let range = self.since(start);
        if self.depth + 1 >= DEPTH {
            let kind =
                WordPartKind::Opaque { reason: "substitutions are nested too deeply to be read".into() };
            return WordPart { kind, quoted, range };
        }
        let script = self.inner(chars, end, |lexer| {
            let script = lexer.script();
            if lexer.peek().is_some() {
                let start = lexer.at;
                lexer.error(lexer.range(start, start + 1), "this is not expected here");
            }
            script
        });
        WordPart { kind: WordPartKind::Command(script), quoted, range }
    }

    /// What a `$` begins; `None` where it stands for itself.
    fn dollar(&mut self, quoted: bool) -> Option<Vec<WordPart>> {
        let start = self.at;
        self.at += 1;
        let c = self.peek()?;
        let kind = match c {
            '(' => {
                self.at += 1;
                match self.arithmetic_end(self.at + 1).filter(|_| self.peek() == Some('(')) {
                    Some(end) => {
                        self.at += 1;
                        let expression = self.expression(end);
                        self.at = end + 2;
                        WordPartKind::Arithmetic(expression)
                    }
                    None => WordPartKind::Command(self.substituted_script(start)),
                }
            }
            '{' => return Some(vec![self.braced(start, quoted)]),
            '\'' if self.dialect.is_extended() && !quoted => return Some(vec![self.ansi_quoted()]),
            '"' if self.bash() && !quoted => {
                let mut parts = Vec::new();
                self.double_quoted(&mut parts);
                return Some(parts);
            }
            c if is_name_start(c) => {
                let from = self.at;
                while self.peek().is_some_and(is_name) {
                    self.at += 1;
                }
                plain(self.text(from, self.at))
            }
            '0'..='9' | '@' | '*' | '#' | '?' | '-' | '$' | '!' => {
                self.at += 1;
                plain(c.to_string())
            }
            _ => return None,
        };
        Some(vec![WordPart { kind, quoted, range: self.since(start) }])
    }

    /// The script of `$(`, `<(` or `>(`, which has been read, and its `)`.
    fn substituted_script(&mut self, start: usize) -> Script {
        let opener = self.since(start);
        if self.depth >= DEPTH {
            // The command inside says so itself.
            return self.script();
        }
        self.substitutions += 1;
        let script = self.script();
        self.skip_lines();
        if !self.eat(")") {
            self.error(opener, "this is not closed: `)` is missing");
        }
        self.substitutions -= 1;
        script
    }

    /// The index of the `))` that closes an arithmetic expression beginning at `from`.
    pub(super) fn arithmetic_end(&self, from: usize) -> Option<usize> {
        let mut parentheses = 0_usize;
        for (ahead, char) in self.input.get(from..)?.iter().enumerate() {
            match char.c {
                '(' => parentheses += 1,
                ')' if parentheses > 0 => parentheses -= 1,
                ')' => {
                    let next = self.input.get(from + ahead + 1);
                    return next.is_some_and(|next| next.c == ')').then_some(from + ahead);
                }
                _ => {}
            }
        }
        None
    }

    fn opaque(&self, start: usize, quoted: bool, reason: &str) -> WordPart {
        let kind = WordPartKind::Opaque { reason: reason.to_owned() };
        WordPart { kind, quoted, range: self.since(start) }
    }

    /// `${...}`; the `$` has been read.
    fn braced(&mut self, start: usize, quoted: bool) -> WordPart {
        self.at += 1;
        let opener = self.since(start);
        let kind = self.braced_kind(quoted);
        if self.peek() != Some('}') {
            self.skip_to_brace();
        }
        if !self.eat("}") {
            self.error(opener, "this is not closed: `}` is missing");
        }
        WordPart { kind, quoted, range: self.since(start) }
    }

    /// What stands between the braces. Where the result is a refusal, or opaque, some of it may
    /// be left.
    fn braced_kind(&mut self, quoted: bool) -> WordPartKind {
        if self.peek() == Some('#') && !matches!(self.peek_at(1), Some('}' | ':' | '#' | '%') | None) {
            self.at += 1;
            let name = self.parameter_name();
            return match self.peek() {
                Some('}') if !name.is_empty() => {
                    WordPartKind::Parameter { name, operation: ParameterOperation::Length }
                }
                Some('[') if self.bash() => arrays(),
                _ => WordPartKind::BadSubstitution,
            };
        }
        if self.bash() && self.peek() == Some('!') && self.peek_at(1).is_some_and(is_name) {
            return WordPartKind::Opaque { reason: "indirect expansion is not modelled".into() };
        }
        let name = self.parameter_name();
        if name.is_empty() {
            return WordPartKind::BadSubstitution;
        }
        if self.bash() && self.peek() == Some('[') {
            return arrays();
        }
        if matches!(self.peek(), Some('}') | None) {
            return plain(name);
        }
        let colon = self.peek() == Some(':') && matches!(self.peek_at(1), Some('-' | '=' | '+' | '?'));
        self.at += usize::from(colon);
        let operator = self.peek();
        self.at += 1;
        let operation = match operator {
            Some('-') => ParameterOperation::Default { colon, word: self.brace_word(quoted, false, false) },
            Some('=') => ParameterOperation::Assign { colon, word: self.brace_word(quoted, false, false) },
            Some('+') => {
                ParameterOperation::Alternative { colon, word: self.brace_word(quoted, false, false) }
            }
            Some('?') => ParameterOperation::Error { colon, word: self.brace_word(quoted, false, false) },
            Some('#') => {
                let longest = self.eat("#");
                ParameterOperation::RemovePrefix { longest, pattern: self.brace_word(quoted, true, false) }
            }
            Some('%') => {
                let longest = self.eat("%");
                ParameterOperation::RemoveSuffix { longest, pattern: self.brace_word(quoted, true, false) }
            }
            Some('/') if self.dialect.is_extended() => {
                // ash has no anchors.
                let matches = if self.eat("/") {
                    Matches::All
                } else if self.bash() && self.eat("#") {
                    Matches::Prefix
                } else if self.bash() && self.eat("%") {
                    Matches::Suffix
                } else {
                    Matches::First
                };
                let pattern = self.brace_word(quoted, true, true);
                let replacement =
                    if self.eat("/") { self.brace_word(quoted, true, false) } else { Word::default() };
                ParameterOperation::Replace { matches, pattern, replacement }
            }
            Some(':') if self.dialect.is_extended() => self.substring(),
            Some(sign @ ('^' | ',')) if self.bash() => {
                let all = self.eat(if sign == '^' { "^" } else { "," });
                if self.peek() != Some('}') {
                    let reason = "changing the case of some letters of a value is not modelled".into();
                    return WordPartKind::Opaque { reason };
                }
                ParameterOperation::ChangeCase { upper: sign == '^', all }
            }
            Some('@') if self.bash() => {
                return WordPartKind::Opaque { reason: "`${x@...}` is not modelled".into() };
            }
            _ => return WordPartKind::BadSubstitution,
        };
        WordPartKind::Parameter { name, operation }
    }

    /// `offset` and `offset:length` of `${x:offset:length}`. A colon inside parentheses, or behind
    /// a `?`, separates nothing.
    fn substring(&mut self) -> ParameterOperation {
        let mut ends = vec![];
        let (mut parentheses, mut braces, mut choices) = (0_usize, 0_usize, 0_usize);
        let mut at = self.at;
        while let Some(c) = self.input.get(at).map(|char| char.c) {
            match c {
                '\n' => break,
                '}' if braces == 0 => break,
                '}' => braces -= 1,
                '{' => braces += 1,
                '(' => parentheses += 1,
                ')' => parentheses = parentheses.saturating_sub(1),
                '?' if parentheses == 0 && braces == 0 => choices += 1,
                ':' if parentheses == 0 && braces == 0 && choices > 0 => choices -= 1,
                ':' if parentheses == 0 && braces == 0 && ends.is_empty() => ends.push(at),
                _ => {}
            }
            at += 1;
        }
        ends.push(at);
        let mut words = ends.into_iter().map(|end| {
            let word = self.expression(end);
            self.at = if end < at { end + 1 } else { end };
            word
        });
        let offset = words.next().unwrap_or_default();
        let length = words.next();
        ParameterOperation::Substring { offset, length }
    }

    /// The characters from here to before `end` as an arithmetic expression.
    pub(super) fn expression(&mut self, end: usize) -> Word {
        let range = self.range(self.at, end);
        if self.depth + 1 >= DEPTH {
            let part = WordPart {
                kind: WordPartKind::Opaque { reason: "words are nested too deeply to be read".into() },
                quoted: true,
                range,
            };
            return Word { parts: vec![part], range };
        }
        let chars = self.input.get(self.at..end).unwrap_or_default().to_vec();
        let parts = self.inner(chars, self.byte(end), |lexer| lexer.parts(Context::Arithmetic));
        Word { parts, range }
    }

    fn brace_word(&mut self, quoted: bool, pattern: bool, slash: bool) -> Word {
        let start = self.at;
        let parts = self.parts(Context::Brace { quoted: quoted && !pattern, pattern, slash });
        Word { parts, range: self.since(start) }
    }

    /// A name, a number or a sign.
    fn parameter_name(&mut self) -> String {
        let start = self.at;
        match self.peek() {
            Some(c) if is_name_start(c) => {
                while self.peek().is_some_and(is_name) {
                    self.at += 1;
                }
            }
            Some('0'..='9') => {
                while self.peek().is_some_and(|c| c.is_ascii_digit()) {
                    self.at += 1;
                }
            }
            Some('@' | '*' | '#' | '?' | '-' | '$' | '!') => self.at += 1,
            _ => {}
        }
        self.text(start, self.at)
    }

    /// Goes to the `}` that closes the braces around this point.
    fn skip_to_brace(&mut self) {
        let mut open = 0_usize;
        while let Some(c) = self.peek() {
            match c {
                '}' if open == 0 => return,
                '}' => open -= 1,
                '{' => open += 1,
                '\\' => self.at += 1,
                '\n' if open == 0 => return,
                _ => {}
            }
            self.at += 1;
        }
        self.at = self.at.min(self.input.len());
    }

    /// `'...'` behind a `$` (bash): its escapes are taken off here.
    fn ansi_quoted(&mut self) -> WordPart {
        let open = self.at;
        self.at += 1;
        let start = self.at;
        let mut text = String::new();
        while let Some(c) = self.peek() {
            if c == '\'' {
                break;
            }
            self.at += 1;
            if c != '\\' {
                text.push(c);
                continue;
            }
            match self.bump() {
                Some('n') => text.push('\n'),
                Some('t') => text.push('\t'),
                Some('r') => text.push('\r'),
                Some('a') => text.push('\u{7}'),
                Some('b') => text.push('\u{8}'),
                Some('e' | 'E') => text.push('\u{1b}'),
                Some('f') => text.push('\u{c}'),
                Some('v') => text.push('\u{b}'),
                Some(digit @ '0'..='7') => text.extend(self.code(digit.to_digit(8).unwrap_or(0), 8, 2)),
                Some('x') => text.extend(self.code(0, 16, 2)),
                Some('u') if self.bash() => text.extend(self.code(0, 16, 4)),
                Some('U') if self.bash() => text.extend(self.code(0, 16, 8)),
                Some(escaped @ ('\\' | '\'' | '"' | '?')) => text.push(escaped),
                Some(other) => text.extend(['\\', other]),
                None => text.push('\\'),
            }
        }
        let range = self.since(start);
        if !self.eat("'") {
            self.error(self.range(open, start), "this quote is not closed");
        }
        WordPart { kind: WordPartKind::Literal(text), quoted: true, range }
    }

    /// A character by number: at most `digits` more digits.
    fn code(&mut self, mut value: u32, radix: u32, digits: usize) -> Option<char> {
        for _ in 0..digits {
            let Some(digit) = self.peek().and_then(|c| c.to_digit(radix)) else { break };
            value = value.saturating_mul(radix).saturating_add(digit);
            self.at += 1;
        }
        char::from_u32(value)
    }
}

fn plain(name: String) -> WordPartKind {
    WordPartKind::Parameter { name, operation: ParameterOperation::Plain }
}

fn arrays() -> WordPartKind {
    WordPartKind::Opaque { reason: ARRAYS.into() }
}
