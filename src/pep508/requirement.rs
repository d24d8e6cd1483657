use std::{fmt, str::FromStr};

use super::{
    environment::Environment,
    marker::{Marker, MarkerError},
    name::{ExtraName, ProjectName},
    scan::{Scanner, is_blank},
};
use crate::{
    order::SortedSet,
    pep440::{Operator, Specifier, Specifiers, is_python_blank},
    text::{Parse, SyntaxError, TextRange, range},
};

/// One requirement: `requests[socks]>=2.8,<3; python_version < "3.11"`.
///
/// Every part knows its bytes. Equal where they mean the same, wherever they stand.
#[derive(Debug, Clone)]
pub struct Requirement {
    /// The project, in normal form.
    pub name: ProjectName,
    /// The project's name as written.
    pub name_text: String,
    /// Where the name stands.
    pub name_range: TextRange,
    /// The extras, as written and in their order.
    pub extras: Vec<Extra>,
    /// The extras with their brackets.
    pub extras_range: Option<TextRange>,
    /// The versions wanted. Any version, where a URL is given.
    pub specifiers: Specifiers,
    /// All specifiers, with their parentheses if there are any.
    pub specifiers_range: Option<TextRange>,
    /// Where to get it from, instead of specifiers: `name @ URL`.
    pub url: Option<Url>,
    /// When it counts.
    pub marker: Option<Marker>,
    /// The whole requirement, without blanks around it.
    pub range: TextRange,
}

/// One extra of a requirement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Extra {
    /// In normal form.
    pub name: ExtraName,
    /// As written.
    pub text: String,
    /// Where it stands.
    pub range: TextRange,
}

/// The URL of a requirement, as written: PEP 508 takes anything without blanks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Url {
    /// As written.
    pub text: String,
    /// Where it stands, without the `@`.
    pub range: TextRange,
}

impl Requirement {
    /// Reads a requirement. Where not even a name is there, the tree is `None`; any other part
    /// that is wrong is reported and left out.
    #[must_use]
    pub fn parse(text: &str) -> Parse<Option<Self>> {
        Self::parse_at(text, 0)
    }

    /// As [`Self::parse`], with ranges that count from `offset`, the text's place in its file.
    #[must_use]
    pub fn parse_at(text: &str, offset: usize) -> Parse<Option<Self>> {
        let mut parser = Parser { scanner: Scanner::new(text, offset), errors: Vec::new(), legacy: false };
        let tree = parser.requirement();
        Parse::new(tree, parser.errors)
    }

    /// Reads a requirement that has to be right as installers did before they enforced PEP 440:
    /// its clauses may be what [`Specifier::parse_legacy`] takes.
    ///
    /// # Errors
    /// Where even those refused it.
    pub fn parse_legacy(text: &str) -> Result<Self, SyntaxError> {
        let mut parser = Parser { scanner: Scanner::new(text, 0), errors: Vec::new(), legacy: true };
        let tree = parser.requirement();
        match (parser.errors.into_iter().next(), tree) {
            (None, Some(requirement)) => Ok(requirement),
            (Some(error), _) => Err(error),
            (None, None) => Err(SyntaxError::new(range(0, text.len()), "Expected a project name")),
        }
    }

    /// Whether it counts in this environment, for these extras of the project that requires it.
    /// True without a marker.
    ///
    /// # Errors
    /// Where the marker has no value.
    pub fn applies(&self, environment: &Environment, extras: &[ExtraName]) -> Result<bool, MarkerError> {
        self.marker.as_ref().map_or(Ok(true), |marker| marker.evaluate(environment, extras))
    }

    /// The extras in normal form, sorted and without repeats.
    #[must_use]
    pub fn extra_names(&self) -> SortedSet<ExtraName> {
        self.extras.iter().map(|extra| extra.name.clone()).collect()
    }

    fn url_text(&self) -> Option<&str> {
        self.url.as_ref().map(|url| url.text.as_str())
    }
}

impl PartialEq for Requirement {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
            && self.extra_names() == other.extra_names()
            && self.specifiers == other.specifiers
            && self.url_text() == other.url_text()
            && self.marker == other.marker
    }
}

impl Eq for Requirement {}

/// As `packaging` prints it: name and extras as written, extras and clauses sorted.
impl fmt::Display for Requirement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name_text)?;
        if !self.extras.is_empty() {
            let texts: SortedSet<&str> = self.extras.iter().map(|extra| extra.text.as_str()).collect();
            write!(f, "[{}]", texts.into_iter().collect::<Vec<_>>().join(","))?;
        }
        write!(f, "{}", self.specifiers)?;
        if let Some(url) = &self.url {
            write!(f, " @ {}", url.text)?;
            if self.marker.is_some() {
                f.write_str(" ")?;
            }
        }
        self.marker.as_ref().map_or(Ok(()), |marker| write!(f, "; {marker}"))
    }
}

impl FromStr for Requirement {
    type Err = SyntaxError;

    /// Reads a requirement that has to be right.
    fn from_str(text: &str) -> Result<Self, SyntaxError> {
        let Parse { tree, errors } = Self::parse(text);
        match (errors.into_iter().next(), tree) {
            (None, Some(requirement)) => Ok(requirement),
            (Some(error), _) => Err(error),
            (None, None) => Err(SyntaxError::new(range(0, text.len()), "Expected a project name")),
        }
    }
}

struct Parser<'a> {
    scanner: Scanner<'a>,
    errors: Vec<SyntaxError>,
    /// Clauses may be of the kind that PEP 440 did away with.
    legacy: bool,
}

impl Parser<'_> {
    /// `name extras? ("@" url | specifiers) (";" marker)?`
    fn requirement(&mut self) -> Option<Requirement> {
        self.scanner.skip_blanks();
        let start = self.scanner.here();
        let Some(name_text) = self.scanner.identifier() else {
            self.errors.push(no_name(&self.scanner));
            return None;
        };
        let name_range = self.scanner.since(start);
        let name = ProjectName::new(name_text)?;
        let mut requirement = Requirement {
            name,
            name_text: name_text.to_owned(),
            name_range,
            extras: Vec::new(),
            extras_range: None,
            specifiers: Specifiers::any(),
            specifiers_range: None,
            url: None,
            marker: None,
            range: name_range,
        };
        self.scanner.skip_blanks();
        self.extras(&mut requirement);
        self.scanner.skip_blanks();
        if self.scanner.eat("@") {
            self.url(&mut requirement);
        } else {
            self.specifiers(&mut requirement);
        }
        if self.scanner.eat(";") {
            let Parse { tree, errors } = Marker::parse_at(self.scanner.rest(), self.scanner.here());
            self.errors.extend(errors);
            requirement.range = requirement.range.cover(tree.range);
            requirement.marker = Some(tree);
        }
        Some(requirement)
    }

    /// `"[" (name ("," name)*)? "]"`
    fn extras(&mut self, requirement: &mut Requirement) {
        let start = self.scanner.here();
        if !self.scanner.eat("[") {
            return;
        }
        // Without its closing bracket, the list ends where something else clearly begins.
        let rest = self.scanner.rest();
        let length = rest.find([']', ';', '@', '=', '<', '>', '!', '~', '(']).unwrap_or(rest.len());
        let list_start = self.scanner.here();
        let list = self.scanner.advance(length);
        let mut at = list_start;
        let pieces: Vec<&str> = list.split(',').collect();
        for (index, piece) in pieces.iter().enumerate() {
            let trimmed = piece.trim_start_matches(is_blank);
            let piece_start = at + piece.len() - trimmed.len();
            let trimmed = trimmed.trim_end_matches(is_blank);
            let whole = range(piece_start, piece_start + trimmed.len());
            at += piece.len() + 1;
            let mut names = Scanner::new(trimmed, piece_start);
            match names.identifier() {
                // `[]` and `[ ]` ask for nothing.
                None if trimmed.is_empty() && pieces.len() == 1 => {}
                None if trimmed.is_empty() => {
                    let side = if index == 0 { "before" } else { "after" };
                    self.errors
                        .push(SyntaxError::new(whole, format!("Expected an extra's name {side} the comma")));
                }
                Some(text) if names.is_done() => {
                    if let Some(name) = ExtraName::new(text) {
                        requirement.extras.push(Extra { name, text: text.to_owned(), range: whole });
                    }
                }
                Some(_) if names.rest().starts_with(is_blank) => {
                    self.errors.push(SyntaxError::new(whole, "Expected a comma between the names of extras"));
                }
                _ => self.errors.push(
                    SyntaxError::new(whole, format!("`{trimmed}` is no extra's name"))
                        .with_hint("letters, digits, and `-`, `_`, `.` between them"),
                ),
            }
        }
        if !self.scanner.eat("]") {
            let here = self.scanner.here();
            self.errors.push(SyntaxError::new(range(here, here), "Expected `]` after the extras"));
        }
        let whole = self.scanner.since(start);
        requirement.extras_range = Some(whole);
        requirement.range = requirement.range.cover(whole);
    }

    /// What follows the `@`.
    fn url(&mut self, requirement: &mut Requirement) {
        self.scanner.skip_blanks();
        let start = self.scanner.here();
        let text = self.scanner.take_while(|c| !is_blank(c));
        let url_range = self.scanner.since(start);
        requirement.range = requirement.range.cover(url_range);
        if text.is_empty() {
            self.errors.push(
                SyntaxError::new(url_range, "Expected a URL after `@`")
                    .with_hint("for example name @ https://example.com/name-1.0-py3-none-any.whl"),
            );
            return;
        }
        requirement.url = Some(Url { text: text.to_owned(), range: url_range });
        self.scanner.skip_blanks();
        self.expect_marker_or_end("Expected a semicolon after the URL", || {
            text.ends_with(';')
                .then(|| "put a blank before the semicolon, else it is part of the URL".to_owned())
        });
    }

    /// `"(" clauses? ")" | clauses?`
    fn specifiers(&mut self, requirement: &mut Requirement) {
        let start = self.scanner.here();
        let bracketed = self.scanner.eat("(");
        let inner_start = self.scanner.here();
        let rest = self.scanner.rest();
        let length = rest.find([';', ')']).unwrap_or(rest.len());
        let inner = self.scanner.advance(length);
        self.clauses(inner, inner_start, requirement);
        let end = inner_start + inner.trim_end_matches(is_python_blank).len();
        if bracketed {
            if !self.scanner.eat(")") {
                self.errors.push(
                    SyntaxError::new(range(end, end), "Expected `)` after the specifiers")
                        .with_hint("or leave out the opening parenthesis"),
                );
            }
            requirement.specifiers_range = Some(self.scanner.since(start));
        } else if !inner.chars().all(is_python_blank) {
            requirement.specifiers_range = Some(range(start, end));
        }
        if let Some(whole) = requirement.specifiers_range {
            requirement.range = requirement.range.cover(whole);
        }
        self.scanner.skip_blanks();
        self.expect_marker_or_end("Expected a semicolon or the end of the requirement", || None);
    }

    /// `(clause ("," clause)* ","?)?`
    fn clauses(&mut self, text: &str, offset: usize, requirement: &mut Requirement) {
        let mut scanner = Scanner::new(text, offset);
        let mut clauses = Vec::new();
        loop {
            scanner.skip_blanks();
            if scanner.is_done() {
                break;
            }
            let start = scanner.here();
            let arbitrary = scanner.eat("===");
            let written = if arbitrary {
                // The text after `===` is anything without blanks, and `packaging` reads it as
                // such before it looks for commas: `===1,>0` is two clauses, `===1, >0` none.
                scanner.take_while(is_python_blank);
                scanner.take_while(|c| !is_python_blank(c));
                text.get(start - offset..scanner.here() - offset).unwrap_or("")
            } else {
                scanner.take_while(|c| c != ',').trim_end_matches(is_blank)
            };
            if written.is_empty() {
                let comma = range(start, start + 1);
                self.errors.push(SyntaxError::new(comma, "Expected a specifier before the comma"));
            } else if !arbitrary && written.trim_matches(is_python_blank) != written {
                self.errors.push(SyntaxError::new(
                    range(start, start + written.len()),
                    "Only spaces and tabs may stand around a specifier",
                ));
            } else if self.legacy {
                match Specifier::parse_legacy(written, start) {
                    Ok(clause) => clauses.push(clause),
                    Err(error) => self.errors.push(error),
                }
            } else {
                let Parse { tree, errors } = Specifiers::parse_at(written, start);
                clauses.extend(tree.clauses().iter().cloned());
                self.errors.extend(errors);
            }
            scanner.skip_blanks();
            let gap = scanner.here();
            if !scanner.take_while(|c| c != ',').is_empty() {
                let error = SyntaxError::new(scanner.since(gap), "Expected a comma before this");
                self.errors.push(match written.ends_with(',') {
                    true => error.with_hint("a comma right after the text of === is part of that text"),
                    false => error,
                });
            }
            scanner.eat(",");
        }
        requirement.specifiers = Specifiers::from_clauses(clauses);
    }

    /// Reports what stands where only a marker may follow, and goes to the marker.
    fn expect_marker_or_end(&mut self, message: &str, hint: impl FnOnce() -> Option<String>) {
        if self.scanner.is_done() || self.scanner.peek() == Some(';') {
            return;
        }
        let start = self.scanner.here();
        self.scanner.take_while(|c| c != ';');
        let error = SyntaxError::new(self.scanner.since(start), message);
        self.errors.push(match hint() {
            Some(hint) => error.with_hint(hint),
            None => error,
        });
    }
}

/// What to say where a requirement does not begin with a name.
fn no_name(scanner: &Scanner<'_>) -> SyntaxError {
    let error = SyntaxError::new(scanner.rest_range(), "Expected a project name");
    let rest = scanner.rest();
    if rest.starts_with(['.', '/', '~']) {
        return error.with_hint("a path is no requirement; as one it reads `name @ file:///path`");
    }
    if Operator::ALL.iter().any(|operator| rest.starts_with(operator.as_str())) {
        return error.with_hint("the name of a project goes before the comparison");
    }
    error
}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};

    use super::*;

    /// What is read, then each error under the bytes it is about.
    #[track_caller]
    fn check(text: &str, expected: &Expect) {
        let Parse { tree, errors } = Requirement::parse(text);
        let mut shown = format!("{text}\n");
        for error in errors {
            let (start, length) = (usize::from(error.range.start()), usize::from(error.range.len()));
            let hint = error.hint.map(|hint| format!(" ({hint})")).unwrap_or_default();
            shown += &format!("{}{} {}{hint}\n", " ".repeat(start), "^".repeat(length.max(1)), error.message);
        }
        shown += &tree.map_or("nothing".to_owned(), |requirement| requirement.to_string());
        expected.assert_eq(&shown);
    }

    #[test]
    fn half_typed_text_is_read_as_far_as_it_goes() {
        check(
            "numpy>=1.24,<",
            &expect![[r#"
            numpy>=1.24,<
                         ^ A version is missing after < (for example <1.0)
            numpy>=1.24"#]],
        );
        check(
            "numpy>=1.24 <1.26",
            &expect![[r#"
                numpy>=1.24 <1.26
                            ^^^^^ Expected a comma before this (clauses are separated by commas, as in >=1.0,<2)
                numpy"#]],
        );
        check(
            "numpy=1.24",
            &expect![[r#"
            numpy=1.24
                 ^^^^^ `=` is no comparison (for example ==1.24)
            numpy"#]],
        );
        check(
            "numpy 1.24",
            &expect![[r#"
            numpy 1.24
                  ^^^^ A version needs a comparison in front (for example ==1.24)
            numpy"#]],
        );
        check(
            "numpy>=",
            &expect![[r#"
            numpy>=
                   ^ A version is missing after >= (for example >=1.0)
            numpy"#]],
        );
        check(
            "numpy (>=1.24",
            &expect![[r#"
            numpy (>=1.24
                         ^ Expected `)` after the specifiers (or leave out the opening parenthesis)
            numpy>=1.24"#]],
        );
        check(
            "numpy>=1.24.*,~=2,<1+cpu",
            &expect![[r#"
            numpy>=1.24.*,~=2,<1+cpu
                   ^^^^^^ `.*` can only follow == and != (leave the `.*` out)
                            ^ ~= needs at least two release numbers (for example ~=1.4)
                               ^^^^^ A local label can only be used with == and != (leave out the `+` and what follows)
            numpy"#]],
        );
        check(
            "requests[socks",
            &expect![[r#"
            requests[socks
                          ^ Expected `]` after the extras
            requests[socks]"#]],
        );
        check(
            "requests[socks,]>=2",
            &expect![[r#"
            requests[socks,]>=2
                           ^ Expected an extra's name after the comma
            requests[socks]>=2"#]],
        );
        check(
            "requests[a b]",
            &expect![[r#"
            requests[a b]
                     ^^^ Expected a comma between the names of extras
            requests"#]],
        );
        check(
            "foo @",
            &expect![[r#"
                foo @
                     ^ Expected a URL after `@` (for example name @ https://example.com/name-1.0-py3-none-any.whl)
                foo"#]],
        );
        check(
            "foo @ https://example.com/foo.whl; os_name == 'nt'",
            &expect![[r#"
            foo @ https://example.com/foo.whl; os_name == 'nt'
                                               ^^^^^^^^^^^^^^^ Expected a semicolon after the URL (put a blank before the semicolon, else it is part of the URL)
            foo @ https://example.com/foo.whl;"#]],
        );
        check(
            "foo; python_version >",
            &expect![[r#"
            foo; python_version >
                                 ^ Expected a marker variable or a quoted text (for example python_version, sys_platform or "linux")
            foo; ?"#]],
        );
        check(
            "foo; python > '3' and (os_name == 'nt' or extra =",
            &expect![[r#"
                foo; python > '3' and (os_name == 'nt' or extra =
                     ^^^^^^ `python` is no marker variable (for example python_version, sys_platform or "linux")
                                      ^ This parenthesis is never closed
                                                                ^ Expected a comparison (one of == != < <= > >= ~= === in, not in)
                foo; ? and (os_name == "nt" or ?)"#]],
        );
        check(
            "foo; os_name == 'nt",
            &expect![[r#"
            foo; os_name == 'nt
                            ^^^ This quote is never closed
            foo; ?"#]],
        );
        check(
            "foo; os_name == 'nt') x",
            &expect![[r#"
            foo; os_name == 'nt') x
                                ^^^ This parenthesis was never opened
            foo; os_name == "nt""#]],
        );
        check(
            "./local/path",
            &expect![[r#"
            ./local/path
            ^^^^^^^^^^^^ Expected a project name (a path is no requirement; as one it reads `name @ file:///path`)
            nothing"#]],
        );
        check(
            ">=1.0",
            &expect![[r#"
            >=1.0
            ^^^^^ Expected a project name (the name of a project goes before the comparison)
            nothing"#]],
        );
        check(
            "",
            &expect![[r#"

            ^ Expected a project name
            nothing"#]],
        );
    }
}
