//! TOML as a tree with places, from `toml_parser`'s events. What is wrong is reported and left
//! out, the rest is kept.

use toml_parser::{
    ErrorSink, Expected, ParseError, Raw, Source, Span,
    decoder::{Encoding, ScalarKind},
    parser::{EventReceiver, RecursionGuard, parse_document},
};

use super::unclosed;
use crate::{
    order::SortedMap,
    text::{Mapped, Parse, SyntaxError, TextRange, range},
};

/// Arrays and inline tables may nest this deep.
const MAX_DEPTH: u32 = 32;

/// A dotted key may have this many parts. Together they bound the depth of the tree.
const MAX_KEY: usize = 16;

/// A table, its keys in the order of the file.
#[derive(Debug, Default)]
pub(super) struct Table {
    pub(super) entries: Vec<Entry>,
    by_key: SortedMap<String, usize>,
    origin: Origin,
}

/// A key and its value.
#[derive(Debug)]
pub(super) struct Entry {
    pub(super) key: String,
    pub(super) key_range: TextRange,
    pub(super) value: Value,
}

/// A value and its place.
#[derive(Debug)]
pub(super) enum Value {
    /// A string.
    Text(Text),
    /// `true` or `false`.
    Boolean(bool, TextRange),
    /// A number, a date or a time.
    Other(TextRange),
    /// None of these; an error says so.
    Invalid(TextRange),
    /// `[a, b]`, or a list of `[[table]]`s.
    Array(Vec<Value>, TextRange),
    /// `{ a = b }` or a `[table]`.
    Table(Table, TextRange),
}

/// A string.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Text {
    /// Its value, with the places of its bytes. A string with escapes has one place as a whole.
    pub text: Mapped,
    /// All of it, quotes included.
    pub range: TextRange,
}

/// How a table came to be: decides what may still be added to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Origin {
    /// On the way to another: `[a.b]` makes `a`.
    #[default]
    Implied,
    /// By its header.
    Header,
    /// By a dotted key.
    Dotted,
    /// In braces: nothing may be added.
    Inline,
}

impl Table {
    pub(super) fn get(&self, key: &str) -> Option<&Entry> {
        self.by_key.get(key).and_then(|index| self.entries.get(*index))
    }

    fn add(&mut self, key: Key, value: Value) -> Result<(), SyntaxError> {
        if self.get(&key.text).is_some() {
            return Err(twice(&key));
        }
        self.by_key.insert(key.text.clone(), self.entries.len());
        self.entries.push(Entry { key: key.text, key_range: key.range, value });
        Ok(())
    }

    /// The table at a key, made where there is none. Of a list of tables, the last.
    fn child(&mut self, key: &Key, origin: Origin) -> Result<&mut Self, SyntaxError> {
        let index = match self.by_key.get(&key.text) {
            Some(index) => *index,
            None => {
                let table = Self { origin, ..Self::default() };
                self.add(key.clone(), Value::Table(table, key.range))?;
                self.entries.len() - 1
            }
        };
        let not_a_table = || SyntaxError::new(key.range, format!("`{}` is not a table here", key.text));
        let value = &mut self.entries.get_mut(index).ok_or_else(not_a_table)?.value;
        let value = match value {
            Value::Array(items, _) => items.last_mut().ok_or_else(not_a_table)?,
            value => value,
        };
        match value {
            Value::Table(table, _) if table.origin == Origin::Inline => {
                let message = format!("nothing can be added to the inline table `{}`", key.text);
                Err(SyntaxError::new(key.range, message))
            }
            Value::Table(table, _) if origin == Origin::Dotted && table.origin == Origin::Header => {
                let message = format!("`{}` has a header of its own, and is filled there", key.text);
                Err(SyntaxError::new(key.range, message))
            }
            Value::Table(table, _) => Ok(table),
            _ => Err(not_a_table()),
        }
    }

    /// The table at a path of keys.
    fn descend(&mut self, path: &[Key], origin: Origin) -> Result<&mut Self, SyntaxError> {
        let mut table = self;
        for key in path {
            table = table.child(key, origin)?;
        }
        Ok(table)
    }

    /// Puts in a value by its key, dotted or not.
    fn insert(&mut self, mut key: Vec<Key>, value: Value) -> Result<(), SyntaxError> {
        let Some(last) = key.pop() else { return Ok(()) };
        self.descend(&key, Origin::Dotted)?.add(last, value)
    }
}

impl Value {
    pub(super) fn range(&self) -> TextRange {
        match self {
            Self::Text(text) => text.range,
            Self::Boolean(_, range)
            | Self::Invalid(range)
            | Self::Other(range)
            | Self::Array(_, range)
            | Self::Table(_, range) => *range,
        }
    }
}

impl Text {
    /// The value.
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.text.as_str()
    }
}

/// The tree of a text.
pub(super) fn parse(text: &str) -> Parse<Table> {
    let source = Source::new(text);
    let tokens = source.lex().into_vec();
    let mut errors: Vec<ParseError> = Vec::new();
    let mut builder = Builder {
        source,
        root: Table::default(),
        header: Vec::new(),
        header_start: 0,
        key: Vec::new(),
        waiting: Vec::new(),
        open: Vec::new(),
        errors: Vec::new(),
    };
    let starts = unclosed::find(&tokens, text);
    let mut from = 0;
    for to in starts.into_iter().chain([tokens.len()]) {
        let part = tokens.get(from..to).unwrap_or_default();
        parse_document(part, &mut RecursionGuard::new(&mut builder, MAX_DEPTH), &mut errors);
        builder.close_all(part.last().map_or(0, |token| token.span().end()));
        from = to;
    }
    let mut all: Vec<SyntaxError> = errors.iter().map(|error| described(error, text)).collect();
    all.append(&mut builder.errors);
    SyntaxError::sort(&mut all);
    all.dedup();
    Parse { tree: builder.root, errors: all }
}

fn described(error: &ParseError, text: &str) -> SyntaxError {
    let span = error.unexpected().or(error.context()).map_or(range(text.len(), text.len()), span_range);
    let described = SyntaxError::new(span, error.description());
    let expected: Vec<String> = error
        .expected()
        .into_iter()
        .flatten()
        .filter_map(|expected| match expected {
            Expected::Literal(literal) => Some(format!("`{}`", literal.escape_debug())),
            Expected::Description(description) => Some((*description).to_owned()),
            _ => None,
        })
        .collect();
    if expected.is_empty() {
        described
    } else {
        described.with_hint(format!("expected {}", expected.join(", ")))
    }
}

fn span_range(span: Span) -> TextRange {
    range(span.start(), span.end())
}

fn twice(key: &Key) -> SyntaxError {
    SyntaxError::new(key.range, format!("`{}` is there twice", key.text)).with_hint("the first one counts")
}

#[derive(Debug, Clone)]
struct Key {
    text: String,
    range: TextRange,
}

/// An array or inline table that is not closed yet, and where it begins.
enum Open {
    Array(Vec<Value>, usize),
    Table(Table, usize),
}

struct Builder<'a> {
    source: Source<'a>,
    root: Table,
    /// The table that the last header names.
    header: Vec<Key>,
    /// Where that header begins.
    header_start: usize,
    /// The parts of the key or header being read.
    key: Vec<Key>,
    /// Keys whose values are still to come, the innermost last.
    waiting: Vec<Vec<Key>>,
    open: Vec<Open>,
    errors: Vec<SyntaxError>,
}

impl Builder<'_> {
    /// Takes a value to where it belongs: the array that is open, else the key that waits.
    fn take(&mut self, value: Value) {
        if let Some(Open::Array(items, _)) = self.open.last_mut() {
            items.push(value);
            return;
        }
        let Some(key) = self.waiting.pop() else { return };
        if key.len() > MAX_KEY {
            self.errors
                .extend(key.first().map(|key| SyntaxError::new(key.range, "this key has too many parts")));
            return;
        }
        let table = match self.open.last_mut() {
            Some(Open::Table(table, _)) => Ok(table),
            _ => self.root.descend(&self.header, Origin::Implied),
        };
        self.errors.extend(table.and_then(|table| table.insert(key, value)).err());
    }

    fn close(&mut self, end: usize) {
        match self.open.pop() {
            Some(Open::Array(items, start)) => self.take(Value::Array(items, range(start, end))),
            Some(Open::Table(table, start)) => self.take(Value::Table(table, range(start, end))),
            None => {}
        }
    }

    /// Closes what half-typed text left open.
    fn close_all(&mut self, end: usize) {
        while !self.open.is_empty() {
            self.close(end);
        }
        self.waiting.clear();
        self.key.clear();
    }

    fn open_header(&mut self, span: Span) {
        self.close_all(span.start());
        self.header_start = span.start();
    }

    fn close_header(&mut self, span: Span, is_list: bool) {
        let path = std::mem::take(&mut self.key);
        let whole = range(self.header_start, span.end());
        if path.len() > MAX_KEY {
            self.errors.push(SyntaxError::new(whole, "this header has too many parts"));
            return;
        }
        let made = if is_list { self.add_to_list(&path, whole) } else { self.add_table(&path, whole) };
        self.errors.extend(made.err());
        self.header = path;
    }

    /// `[path]`
    fn add_table(&mut self, path: &[Key], whole: TextRange) -> Result<(), SyntaxError> {
        let Some((last, parents)) = path.split_last() else { return Ok(()) };
        let parent = self.root.descend(parents, Origin::Implied)?;
        let is_there = parent.get(&last.text).is_some();
        let table = parent.child(last, Origin::Implied)?;
        if is_there && table.origin != Origin::Implied {
            return Err(twice(last));
        }
        table.origin = Origin::Header;
        let index = parent.by_key.get(&last.text).copied();
        if let Some(Value::Table(_, range)) =
            index.and_then(|index| parent.entries.get_mut(index)).map(|entry| &mut entry.value)
        {
            *range = whole;
        }
        Ok(())
    }

    /// `[[path]]`
    fn add_to_list(&mut self, path: &[Key], whole: TextRange) -> Result<(), SyntaxError> {
        let Some((last, parents)) = path.split_last() else { return Ok(()) };
        let parent = self.root.descend(parents, Origin::Implied)?;
        let table = Value::Table(Table { origin: Origin::Header, ..Table::default() }, whole);
        let index = parent.by_key.get(&last.text).copied();
        match index.and_then(|index| parent.entries.get_mut(index)).map(|entry| &mut entry.value) {
            None => parent.add(last.clone(), Value::Array(vec![table], whole)),
            Some(Value::Array(items, _)) if items.last().is_some_and(is_of_list) => {
                items.push(table);
                Ok(())
            }
            Some(_) => {
                Err(SyntaxError::new(last.range, format!("`{}` is not a list of tables here", last.text)))
            }
        }
    }

    /// The value of a string and its places: byte by byte where nothing in it is escaped.
    fn text(&self, decoded: &str, raw: &str, encoding: Encoding, span: Span) -> Text {
        let escapes =
            matches!(encoding, Encoding::BasicString | Encoding::MlBasicString) && raw.contains('\\');
        let text = match raw.find(decoded).filter(|_| !escapes && !decoded.is_empty()) {
            Some(at) => Mapped::verbatim(decoded, span.start() + at),
            None => {
                let mut text = Mapped::default();
                text.push_substitute(decoded, span_range(span));
                text
            }
        };
        Text { text, range: span_range(span) }
    }
}

/// Whether an array's item came by `[[header]]`.
fn is_of_list(item: &Value) -> bool {
    matches!(item, Value::Table(table, _) if table.origin == Origin::Header)
}

impl EventReceiver for Builder<'_> {
    fn std_table_open(&mut self, span: Span, _: &mut dyn ErrorSink) {
        self.open_header(span);
    }

    fn std_table_close(&mut self, span: Span, _: &mut dyn ErrorSink) {
        self.close_header(span, false);
    }

    fn array_table_open(&mut self, span: Span, _: &mut dyn ErrorSink) {
        self.open_header(span);
    }

    fn array_table_close(&mut self, span: Span, _: &mut dyn ErrorSink) {
        self.close_header(span, true);
    }

    fn inline_table_open(&mut self, span: Span, _: &mut dyn ErrorSink) -> bool {
        let table = Table { origin: Origin::Inline, ..Table::default() };
        self.open.push(Open::Table(table, span.start()));
        true
    }

    fn inline_table_close(&mut self, span: Span, _: &mut dyn ErrorSink) {
        self.close(span.end());
    }

    fn array_open(&mut self, span: Span, _: &mut dyn ErrorSink) -> bool {
        self.open.push(Open::Array(Vec::new(), span.start()));
        true
    }

    fn array_close(&mut self, span: Span, _: &mut dyn ErrorSink) {
        self.close(span.end());
    }

    fn simple_key(&mut self, span: Span, encoding: Option<Encoding>, errors: &mut dyn ErrorSink) {
        let Some(raw) = self.source.get(span) else { return };
        let mut text = String::new();
        Raw::new_unchecked(raw.as_str(), encoding, span).decode_key(&mut text, errors);
        self.key.push(Key { text, range: span_range(span) });
    }

    fn key_val_sep(&mut self, _: Span, _: &mut dyn ErrorSink) {
        self.waiting.push(std::mem::take(&mut self.key));
    }

    fn scalar(&mut self, span: Span, encoding: Option<Encoding>, errors: &mut dyn ErrorSink) {
        let Some(raw) = self.source.get(span) else { return };
        let mut decoded = String::new();
        let kind = Raw::new_unchecked(raw.as_str(), encoding, span).decode_scalar(&mut decoded, errors);
        self.take(match (kind, encoding) {
            (ScalarKind::String, Some(encoding)) => {
                Value::Text(self.text(&decoded, raw.as_str(), encoding, span))
            }
            (ScalarKind::Boolean(value), _) => Value::Boolean(value, span_range(span)),
            (ScalarKind::String, None) => Value::Invalid(span_range(span)),
            _ => Value::Other(span_range(span)),
        });
    }
}
