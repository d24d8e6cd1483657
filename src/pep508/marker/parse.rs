//! The grammar of markers, with recovery.

use std::str::{Chars, FromStr};

use super::{Comparison, Marker, MarkerKind, MarkerOperator, MarkerVariable, Operand, OperandValue};
use crate::{
    pep440::Operator,
    pep508::scan::{Scanner, is_word},
    text::{Parse, SyntaxError, range},
};

/// How deep parentheses may nest. Nobody writes five; the limit keeps the stack small.
const DEEPEST: usize = 64;

/// Spellings of the variables, a longer one before its beginning.
const SPELLINGS: [(&str, MarkerVariable); 20] = [
    ("python_full_version", MarkerVariable::PythonFullVersion),
    ("python_version", MarkerVariable::PythonVersion),
    ("python_implementation", MarkerVariable::PlatformPythonImplementation),
    ("platform_python_implementation", MarkerVariable::PlatformPythonImplementation),
    ("platform.python_implementation", MarkerVariable::PlatformPythonImplementation),
    ("os_name", MarkerVariable::OsName),
    ("os.name", MarkerVariable::OsName),
    ("sys_platform", MarkerVariable::SysPlatform),
    ("sys.platform", MarkerVariable::SysPlatform),
    ("platform_release", MarkerVariable::PlatformRelease),
    ("platform_system", MarkerVariable::PlatformSystem),
    ("platform_version", MarkerVariable::PlatformVersion),
    ("platform.version", MarkerVariable::PlatformVersion),
    ("platform_machine", MarkerVariable::PlatformMachine),
    ("platform.machine", MarkerVariable::PlatformMachine),
    ("implementation_name", MarkerVariable::ImplementationName),
    ("implementation_version", MarkerVariable::ImplementationVersion),
    ("extras", MarkerVariable::Extras),
    ("extra", MarkerVariable::Extra),
    ("dependency_groups", MarkerVariable::DependencyGroups),
];

impl Marker {
    /// Reads a marker. What is none becomes [`MarkerKind::Error`] and is reported; what stands
    /// around it is still read.
    #[must_use]
    pub fn parse(text: &str) -> Parse<Self> {
        Self::parse_at(text, 0)
    }

    /// As [`Self::parse`], with ranges that count from `offset`, the text's place in its file.
    #[must_use]
    pub fn parse_at(text: &str, offset: usize) -> Parse<Self> {
        let mut parser = Parser { scanner: Scanner::new(text, offset), errors: Vec::new() };
        let tree = parser.alternatives(0);
        if !parser.scanner.is_done() {
            let rest = parser.scanner.rest_range();
            let message = match parser.scanner.peek() {
                Some(')') => "This parenthesis was never opened",
                _ => "Expected `and`, `or` or the end of the marker",
            };
            parser.errors.push(SyntaxError::new(rest, message));
        }
        Parse::new(tree, parser.errors)
    }
}

impl FromStr for Marker {
    type Err = SyntaxError;

    /// Reads a marker that has to be right.
    fn from_str(text: &str) -> Result<Self, SyntaxError> {
        let Parse { tree, errors } = Self::parse(text);
        errors.into_iter().next().map_or(Ok(tree), Err)
    }
}

struct Parser<'a> {
    scanner: Scanner<'a>,
    errors: Vec<SyntaxError>,
}

impl Parser<'_> {
    /// `all ("or" all)*`
    fn alternatives(&mut self, depth: usize) -> Marker {
        let first = self.all(depth);
        let mut parts = vec![first];
        while self.scanner.eat_word("or") {
            parts.push(self.all(depth));
        }
        joined(parts, MarkerKind::Or)
    }

    /// `atom ("and" atom)*`
    fn all(&mut self, depth: usize) -> Marker {
        let mut parts = vec![self.atom(depth)];
        while self.scanner.eat_word("and") {
            parts.push(self.atom(depth));
        }
        joined(parts, MarkerKind::And)
    }

    /// `"(" alternatives ")" | operand operator operand`
    fn atom(&mut self, depth: usize) -> Marker {
        self.scanner.skip_blanks();
        let start = self.scanner.here();
        if self.scanner.peek() == Some('(') {
            return self.group(start, depth);
        }
        match self.comparison() {
            Ok(comparison) => {
                let range = range(start, comparison.right.range.end().into());
                self.scanner.skip_blanks();
                Marker { kind: MarkerKind::Comparison(comparison), range }
            }
            Err(error) => {
                self.errors.push(error);
                self.recover();
                Marker { kind: MarkerKind::Error, range: self.scanner.since(start) }
            }
        }
    }

    fn group(&mut self, start: usize, depth: usize) -> Marker {
        if depth >= DEEPEST {
            let rest = self.scanner.rest_range();
            self.errors.push(SyntaxError::new(
                range(start, start + 1),
                format!("Parentheses nest deeper than {DEEPEST}"),
            ));
            let rest_length = usize::from(rest.len());
            self.scanner.advance(rest_length);
            return Marker { kind: MarkerKind::Error, range: rest };
        }
        self.scanner.eat("(");
        let inner = self.alternatives(depth + 1);
        self.scanner.skip_blanks();
        if !self.scanner.eat(")") {
            self.errors.push(SyntaxError::new(range(start, start + 1), "This parenthesis is never closed"));
        }
        let whole = self.scanner.since(start);
        self.scanner.skip_blanks();
        Marker { kind: MarkerKind::Group(Box::new(inner)), range: whole }
    }

    fn comparison(&mut self) -> Result<Comparison, SyntaxError> {
        let left = self.operand()?;
        self.scanner.skip_blanks();
        let start = self.scanner.here();
        let operator = self.operator()?;
        let operator_range = self.scanner.since(start);
        self.scanner.skip_blanks();
        let right = self.operand()?;
        Ok(Comparison { left, operator, operator_range, right })
    }

    fn operand(&mut self) -> Result<Operand, SyntaxError> {
        let start = self.scanner.here();
        if let Some(&(spelling, variable)) =
            SPELLINGS.iter().find(|(spelling, _)| self.scanner.at_word(spelling))
        {
            self.scanner.advance(spelling.len());
            return Ok(Operand { value: OperandValue::Variable(variable), range: self.scanner.since(start) });
        }
        let Some(quote @ ('"' | '\'')) = self.scanner.peek() else {
            let word = self.scanner.clone().take_while(|c| is_word(c) || c == '.');
            let message = match word {
                "" => "Expected a marker variable or a quoted text".to_owned(),
                word => format!("`{word}` is no marker variable"),
            };
            return Err(SyntaxError::new(range(start, start + word.len()), message)
                .with_hint("for example python_version, sys_platform or \"linux\""));
        };
        self.scanner.advance(1);
        let body = self.scanner.take_while(|c| c != quote);
        if !self.scanner.eat(quote.encode_utf8(&mut [0; 4])) {
            return Err(SyntaxError::new(self.scanner.since(start), "This quote is never closed"));
        }
        let whole = self.scanner.since(start);
        let text = unescaped(body).ok_or_else(|| {
            SyntaxError::new(whole, "Python cannot read this text")
                .with_hint("a line break, or a backslash that begins no escape Python knows")
        })?;
        Ok(Operand { value: OperandValue::Text(text), range: whole })
    }

    fn operator(&mut self) -> Result<MarkerOperator, SyntaxError> {
        let start = self.scanner.here();
        if self.scanner.eat_word("in") {
            return Ok(MarkerOperator::In);
        }
        if self.scanner.eat_word("not") {
            let before = self.scanner.here();
            self.scanner.skip_blanks();
            if self.scanner.here() > before && self.scanner.eat_word("in") {
                return Ok(MarkerOperator::NotIn);
            }
            return Err(SyntaxError::new(self.scanner.since(start), "Expected `in` after `not`"));
        }
        if let Some(operator) =
            Operator::ALL.into_iter().find(|operator| self.scanner.rest().starts_with(operator.as_str()))
        {
            self.scanner.advance(operator.as_str().len());
            return Ok(MarkerOperator::Version(operator));
        }
        let end = usize::from(self.scanner.peek() == Some('='));
        Err(SyntaxError::new(range(start, start + end), "Expected a comparison")
            .with_hint("one of == != < <= > >= ~= === in, not in"))
    }

    /// Goes to where this part of the marker ends: before the next `and`, `or` or `)`.
    fn recover(&mut self) {
        while let Some(c) = self.scanner.peek() {
            match c {
                ')' => return,
                '"' | '\'' => {
                    self.scanner.advance(1);
                    self.scanner.take_while(|other| other != c);
                    self.scanner.advance(1);
                }
                c if is_word(c) => {
                    if self.scanner.at_word("and") || self.scanner.at_word("or") {
                        return;
                    }
                    self.scanner.take_while(is_word);
                }
                c => {
                    self.scanner.advance(c.len_utf8());
                }
            }
        }
    }
}

fn joined(mut parts: Vec<Marker>, kind: fn(Vec<Marker>) -> MarkerKind) -> Marker {
    match (parts.len(), parts.pop()) {
        (1, Some(only)) => only,
        (_, Some(last)) => {
            let range = parts.first().map_or(last.range, |first| first.range.cover(last.range));
            parts.push(last);
            Marker { kind: kind(parts), range }
        }
        (_, None) => Marker { kind: MarkerKind::Error, range: range(0, 0) },
    }
}

/// A text between quotes as Python's `ast.literal_eval` reads it; `None` where it refuses.
///
/// `\N{...}` is refused too: the names of characters are not known here.
fn unescaped(body: &str) -> Option<String> {
    if body.contains(['\n', '\r', '\0']) && !body.contains('\\') {
        return None;
    }
    let mut text = String::with_capacity(body.len());
    let mut chars = body.chars();
    while let Some(c) = chars.next() {
        match c {
            '\n' | '\r' | '\0' => return None,
            '\\' => escape(&mut chars, &mut text)?,
            c => text.push(c),
        }
    }
    Some(text)
}

/// What follows a backslash: Python's reference, "String and Bytes literals".
fn escape(chars: &mut Chars<'_>, text: &mut String) -> Option<()> {
    let c = chars.next()?;
    let code = |chars: &mut Chars<'_>, digits: usize| {
        let body = chars.as_str().get(..digits)?;
        if !body.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return None;
        }
        let code = u32::from_str_radix(body, 16).ok()?;
        *chars = chars.as_str().get(digits..)?.chars();
        char::from_u32(code)
    };
    let plain = match c {
        '\n' => return Some(()),
        '\r' => {
            if let Some(rest) = chars.as_str().strip_prefix('\n') {
                *chars = rest.chars();
            }
            return Some(());
        }
        '\0' | 'N' => return None,
        '\\' | '\'' | '"' => c,
        'a' => '\u{07}',
        'b' => '\u{08}',
        'f' => '\u{0c}',
        'n' => '\n',
        'r' => '\r',
        't' => '\t',
        'v' => '\u{0b}',
        'x' => code(chars, 2)?,
        'u' => code(chars, 4)?,
        'U' => code(chars, 8)?,
        '0'..='7' => {
            let mut number = c.to_digit(8)?;
            for _ in 0..2 {
                let Some(digit) = chars.clone().next().and_then(|next| next.to_digit(8)) else { break };
                number = number * 8 + digit;
                chars.next();
            }
            char::from_u32(number)?
        }
        other => {
            text.push('\\');
            other
        }
    };
    text.push(plain);
    Some(())
}
