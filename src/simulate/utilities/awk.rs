//! `awk`, as far as requirements files are edited with it: rules of patterns, `print` of fields.

use super::{inputs, text::without_repeats};
use crate::{
    shell::regex::{Regex, Syntax},
    simulate::{
        Text, TextLine,
        shell::{Outcome, Shell, Stream},
    },
    syntax::command::Argument,
    text::Location,
};

/// `pattern { action }`.
struct Rule {
    /// All must hold (`&&`); none: always.
    conditions: Vec<Condition>,
    action: Action,
}

struct Condition {
    negated: bool,
    test: Test,
}

enum Test {
    /// `/x/`, `$1 ~ /x/`.
    Matches(usize, Regex),
    /// `$1 == "x"`.
    Equals(usize, String),
    /// `NR > 1`.
    Number(Counter, Comparison, usize),
    /// `NF`.
    NotEmpty,
}

enum Counter {
    Lines,
    Fields,
}

enum Comparison {
    Equal,
    Less,
    Greater,
    LessOrEqual,
    GreaterOrEqual,
    NotEqual,
}

enum Action {
    /// The line, or fields and texts side by side; a comma between is a blank.
    Print(Vec<Item>),
    Next,
}

enum Item {
    Field(usize),
    Text(String),
}

pub(super) fn awk(shell: &mut Shell<'_, '_>, arguments: &[Argument], place: Option<Location>) -> Outcome {
    let mut separator: Option<String> = None;
    let mut at = 1;
    let mut program: Option<&str> = None;
    let mut operands: Vec<&str> = Vec::new();
    let mut unsupported = false;
    while let Some(text) = arguments.get(at).map(Argument::as_str) {
        at += 1;
        if program.is_none() && text == "-F" {
            separator = arguments.get(at).map(|argument| argument.as_str().to_owned());
            at += 1;
        } else if program.is_none() && text.starts_with("-F") {
            separator = text.get(2..).map(str::to_owned);
        } else if program.is_none() && text.starts_with('-') && text != "-" {
            unsupported = true;
            at += 1;
        } else if program.is_none() {
            program = Some(text);
        } else {
            operands.push(text);
        }
    }
    let not_modelled = |shell: &mut Shell<'_, '_>, reason: &str| {
        shell.skip(place, reason, false);
        Outcome { status: Some(0), ..Outcome::unknown(reason) }
    };
    let Some(program) = program.filter(|_| !unsupported) else {
        return not_modelled(shell, "this form of awk is not modelled");
    };
    let mut all = Stream::default();
    let mut status = 0;
    let repeats = matches!(program.replace(' ', "").as_str(), "!seen[$0]++" | "!x[$0]++" | "!a[$0]++");
    let chars: Vec<char> = program.chars().collect();
    let rules = if repeats { Ok(Vec::new()) } else { Parser { chars: &chars, at: 0 }.rules() };
    let rules = match rules {
        Ok(rules) => rules,
        Err(reason) => return not_modelled(shell, &reason),
    };
    let splitter = match separator.as_deref() {
        None | Some(" ") => Splitter::Blanks,
        Some("\\t" | "t") => Splitter::Text("\t".to_owned()),
        Some(text) if text.chars().count() == 1 => Splitter::Text(text.to_owned()),
        Some(text) => match Regex::new(text, Syntax::Extended, false) {
            Ok(pattern) => Splitter::Pattern(pattern),
            Err(reason) => return not_modelled(shell, &reason),
        },
    };
    for (_, stream) in inputs(shell, &operands) {
        match stream {
            Ok(mut stream) => {
                stream.text.end_line();
                all.append(stream);
            }
            Err(()) => status = 2,
        }
    }
    if let Some(reason) = all.unknown {
        return Outcome { status: Some(status), stdout: Stream::unknown(reason), ..Outcome::default() };
    }
    let lines =
        if repeats { without_repeats(all.text.lines) } else { run(&rules, &splitter, &all.text.lines) };
    Outcome { status: Some(status), ..Outcome::printed(Text::from_lines(lines)) }
}

enum Splitter {
    Blanks,
    Text(String),
    Pattern(Regex),
}

impl Splitter {
    /// Byte ranges of the fields.
    fn fields(&self, line: &str) -> Vec<(usize, usize)> {
        let mut fields = Vec::new();
        match self {
            Self::Blanks => {
                let mut start = None;
                for (at, c) in line.char_indices() {
                    match (c == ' ' || c == '\t', start) {
                        (true, Some(from)) => {
                            fields.push((from, at));
                            start = None;
                        }
                        (false, None) => start = Some(at),
                        _ => {}
                    }
                }
                fields.extend(start.map(|from| (from, line.len())));
            }
            Self::Text(separator) => {
                let mut start = 0;
                for (at, text) in line.match_indices(separator.as_str()) {
                    fields.push((start, at));
                    start = at + text.len();
                }
                if !line.is_empty() {
                    fields.push((start, line.len()));
                }
            }
            Self::Pattern(pattern) => {
                let mut start = 0;
                while let Some((from, to)) =
                    pattern.find(line, start).map(|found| found.whole()).filter(|(from, to)| to > from)
                {
                    fields.push((start, from));
                    start = to;
                }
                if !line.is_empty() {
                    fields.push((start, line.len()));
                }
            }
        }
        fields
    }
}

fn run(rules: &[Rule], splitter: &Splitter, lines: &[TextLine]) -> Vec<TextLine> {
    let mut result = Vec::new();
    for (index, line) in lines.iter().enumerate() {
        let fields = splitter.fields(&line.text);
        let field = |number: usize| match number {
            0 => line.clone(),
            number => match fields.get(number - 1) {
                Some((start, end)) => line.slice(*start, *end),
                None => line.changed(String::new()),
            },
        };
        for rule in rules {
            let holds = rule.conditions.iter().all(|condition| {
                let holds = match &condition.test {
                    Test::Matches(number, pattern) => pattern.is_match(&field(*number).text),
                    Test::Equals(number, text) => field(*number).text == *text,
                    Test::NotEmpty => !fields.is_empty(),
                    Test::Number(counter, comparison, wanted) => {
                        let value = match counter {
                            Counter::Lines => index + 1,
                            Counter::Fields => fields.len(),
                        };
                        match comparison {
                            Comparison::Equal => value == *wanted,
                            Comparison::NotEqual => value != *wanted,
                            Comparison::Less => value < *wanted,
                            Comparison::LessOrEqual => value <= *wanted,
                            Comparison::Greater => value > *wanted,
                            Comparison::GreaterOrEqual => value >= *wanted,
                        }
                    }
                };
                holds != condition.negated
            });
            if !holds {
                continue;
            }
            match &rule.action {
                Action::Next => break,
                Action::Print(items) => result.push(match items.as_slice() {
                    [] => line.clone(),
                    [Item::Field(number)] => field(*number),
                    items => line.changed(
                        items
                            .iter()
                            .map(|item| match item {
                                Item::Field(number) => field(*number).text,
                                Item::Text(text) => text.clone(),
                            })
                            .collect(),
                    ),
                }),
            }
        }
    }
    result
}

struct Parser<'a> {
    chars: &'a [char],
    at: usize,
}

impl Parser<'_> {
    fn peek(&self) -> Option<char> {
        self.chars.get(self.at).copied()
    }

    fn blanks(&mut self) {
        while self.peek().is_some_and(|c| c.is_whitespace() || c == ';') {
            self.at += 1;
        }
    }

    fn eat(&mut self, text: &str) -> bool {
        let wanted: Vec<char> = text.chars().collect();
        let found = self.chars.get(self.at..).is_some_and(|rest| rest.starts_with(&wanted));
        if found {
            self.at += wanted.len();
        }
        found
    }

    fn rules(&mut self) -> Result<Vec<Rule>, String> {
        let mut rules = Vec::new();
        loop {
            self.blanks();
            if self.peek().is_none() {
                return Ok(rules);
            }
            let mut conditions = Vec::new();
            while self.peek().is_some_and(|c| c != '{') {
                conditions.push(self.condition()?);
                self.blanks();
                if !self.eat("&&") {
                    break;
                }
                self.blanks();
            }
            let action = if self.eat("{") { self.action()? } else { Action::Print(Vec::new()) };
            rules.push(Rule { conditions, action });
        }
    }

    fn condition(&mut self) -> Result<Condition, String> {
        let mut negated = false;
        while self.eat("!") {
            negated = !negated;
            self.blanks();
        }
        let failed = || Err("this awk program is not modelled".to_owned());
        let test = if self.peek() == Some('/') {
            Test::Matches(0, self.pattern()?)
        } else if self.eat("$") {
            let field = self.number().ok_or("this awk program is not modelled")?;
            self.blanks();
            if self.eat("!~") {
                negated = !negated;
                self.blanks();
                Test::Matches(field, self.pattern()?)
            } else if self.eat("~") {
                self.blanks();
                Test::Matches(field, self.pattern()?)
            } else if self.eat("==") {
                self.blanks();
                Test::Equals(field, self.string()?)
            } else if self.eat("!=") {
                negated = !negated;
                self.blanks();
                Test::Equals(field, self.string()?)
            } else {
                return failed();
            }
        } else if self.eat("NR") {
            self.comparison(Counter::Lines)?
        } else if self.eat("NF") {
            self.blanks();
            match self.peek() {
                None | Some('{' | '&') => Test::NotEmpty,
                _ => self.comparison(Counter::Fields)?,
            }
        } else if self.eat("1") {
            return Ok(Condition { negated: true, test: Test::Number(Counter::Lines, Comparison::Equal, 0) });
        } else {
            return failed();
        };
        self.blanks();
        match self.peek() {
            None | Some('{' | '&') => Ok(Condition { negated, test }),
            _ => failed(),
        }
    }

    fn comparison(&mut self, counter: Counter) -> Result<Test, String> {
        self.blanks();
        let comparison = if self.eat("==") {
            Comparison::Equal
        } else if self.eat("!=") {
            Comparison::NotEqual
        } else if self.eat(">=") {
            Comparison::GreaterOrEqual
        } else if self.eat("<=") {
            Comparison::LessOrEqual
        } else if self.eat(">") {
            Comparison::Greater
        } else if self.eat("<") {
            Comparison::Less
        } else {
            return Err("this awk program is not modelled".to_owned());
        };
        self.blanks();
        let number = self.number().ok_or("this awk program is not modelled")?;
        Ok(Test::Number(counter, comparison, number))
    }

    fn number(&mut self) -> Option<usize> {
        let mut text = String::new();
        while let Some(c) = self.peek().filter(char::is_ascii_digit) {
            text.push(c);
            self.at += 1;
        }
        text.parse().ok()
    }

    fn pattern(&mut self) -> Result<Regex, String> {
        if !self.eat("/") {
            return Err("this awk program is not modelled".to_owned());
        }
        let mut text = String::new();
        loop {
            let Some(c) = self.peek() else { return Err("a pattern of awk is not closed".to_owned()) };
            self.at += 1;
            match c {
                '/' => return Regex::new(&text, Syntax::Extended, false),
                '\\' if self.peek() == Some('/') => {
                    text.push('/');
                    self.at += 1;
                }
                '\\' => {
                    text.push('\\');
                    text.extend(self.peek());
                    self.at += 1;
                }
                c => text.push(c),
            }
        }
    }

    fn string(&mut self) -> Result<String, String> {
        if !self.eat("\"") {
            return Err("this awk program is not modelled".to_owned());
        }
        let mut text = String::new();
        loop {
            let Some(c) = self.peek() else { return Err("a text of awk is not closed".to_owned()) };
            self.at += 1;
            match c {
                '"' => return Ok(text),
                '\\' => {
                    text.push(match self.peek() {
                        Some('n') => '\n',
                        Some('t') => '\t',
                        Some(c) => c,
                        None => '\\',
                    });
                    self.at += 1;
                }
                c => text.push(c),
            }
        }
    }

    /// Behind `{`.
    fn action(&mut self) -> Result<Action, String> {
        self.blanks();
        let failed = || Err("this awk program is not modelled".to_owned());
        if self.eat("next") {
            self.blanks();
            return if self.eat("}") { Ok(Action::Next) } else { failed() };
        }
        if !self.eat("print") {
            return failed();
        }
        let mut items = Vec::new();
        loop {
            while self.peek() == Some(' ') {
                self.at += 1;
            }
            match self.peek() {
                Some('}') => {
                    self.at += 1;
                    return Ok(Action::Print(items));
                }
                Some(';') => {
                    self.blanks();
                    return if self.eat("}") { Ok(Action::Print(items)) } else { failed() };
                }
                Some('$') => {
                    self.at += 1;
                    let Some(number) = self.number() else { return failed() };
                    items.push(Item::Field(number));
                }
                Some('"') => {
                    let text = self.string()?;
                    items.push(Item::Text(text));
                }
                Some(',') => {
                    self.at += 1;
                    items.push(Item::Text(" ".to_owned()));
                }
                _ => return failed(),
            }
        }
    }
}
