//! One logical line to one instruction: BuildKit's line parsers and the checks it makes next.

use std::{collections::HashSet, ops::Range};

use super::{
    CommandForm, Flag, Instruction, InstructionKind, KeyValue, Word, heredoc,
    keywords::{FlagKind, Keyword, nearest, nearest_keyword},
    mount::{check_mount, multiple},
    shown,
    words::{Json, is_blank, split_blanks, split_flags, split_json, split_quoted, trim, word},
};
use crate::text::{Mapped, SyntaxError, TextRange, range};

/// What is wrong with an instruction.
pub(super) struct Problems<'e> {
    pub(super) errors: &'e mut Vec<SyntaxError>,
    /// Inside `ONBUILD`: BuildKit checks the inner instruction's meaning only when an image
    /// built from this one triggers it.
    trigger: bool,
    valid: bool,
}

impl Problems<'_> {
    /// What BuildKit's parser refuses.
    fn syntax(&mut self, error: SyntaxError) {
        self.valid = false;
        self.errors.push(error);
    }

    /// What BuildKit's next station refuses, that gives instructions their meaning.
    fn meaning(&mut self, error: SyntaxError) {
        self.valid = false;
        if !self.trigger {
            self.errors.push(error);
        }
    }
}

/// Reads one instruction. Its last line and its heredocs are the caller's to complete.
pub(super) fn parse(line: &Mapped, escape: char, errors: &mut Vec<SyntaxError>) -> Instruction {
    parse_part(line, 0..line.as_str().len(), escape, false, errors)
}

fn parse_part(
    line: &Mapped,
    within: Range<usize>,
    escape: char,
    trigger: bool,
    errors: &mut Vec<SyntaxError>,
) -> Instruction {
    let text = line.as_str();
    let whole = trim(text, within);
    let bare = text.get(whole.clone()).unwrap_or_default();
    let keyword_end = whole.start + bare.find(is_blank).unwrap_or(bare.len());
    let (flags, arguments) = split_flags(line, keyword_end..whole.end);
    let body = trim(text, arguments..whole.end);
    let place = |bytes: Range<usize>| line.source_range(range(bytes.start, bytes.end));
    let keyword_range = place(whole.start..keyword_end);
    let written = text.get(whole.start..keyword_end).unwrap_or_default();
    let mut instruction = Instruction {
        range: place(whole.clone()),
        keyword_range,
        keyword: written.to_owned(),
        lines: (0, 0),
        flags,
        body: line.slice(range(body.start, body.end)),
        json_form: false,
        kind: InstructionKind::Invalid,
        heredocs: Vec::new(),
        valid: true,
    };
    let mut problems = Problems { errors, trigger, valid: true };
    match Keyword::of(written) {
        None => problems.meaning(unknown_keyword(written, keyword_range)),
        Some(keyword) => {
            let mut reader = Reader { line, body, escape, keyword, keyword_range, problems: &mut problems };
            (instruction.kind, instruction.json_form) = reader.read(&instruction.flags);
            // BuildKit never looks at the flags of these.
            let overlooked = match (&keyword, &instruction.kind) {
                (Keyword::Arg | Keyword::Stopsignal, _) => true,
                (Keyword::Healthcheck, InstructionKind::Other(words)) => {
                    words.first().is_some_and(|kind| kind.text.as_str().eq_ignore_ascii_case("NONE"))
                }
                _ => false,
            };
            if !overlooked {
                check_flags(keyword, &instruction.flags, &mut problems);
            }
        }
    }
    instruction.valid = problems.valid;
    instruction
}

fn unknown_keyword(written: &str, place: TextRange) -> SyntaxError {
    let error = SyntaxError::new(place, format!("{} is no instruction", shown(written)));
    match nearest_keyword(written) {
        Some(keyword) => error.with_hint(format!("Did you mean {keyword}?")),
        None => error.with_hint(
            "If this line belongs to the instruction above, end that one's line with the escape character",
        ),
    }
}

/// Reads the body of one instruction.
struct Reader<'r, 'e> {
    line: &'r Mapped,
    body: Range<usize>,
    escape: char,
    keyword: Keyword,
    keyword_range: TextRange,
    problems: &'r mut Problems<'e>,
}

impl Reader<'_, '_> {
    /// The body as the keyword wants it, and whether it is a JSON array.
    fn read(&mut self, flags: &[Flag]) -> (InstructionKind, bool) {
        match self.keyword {
            Keyword::Run => self.command(InstructionKind::Run),
            Keyword::Cmd => self.command(InstructionKind::Cmd),
            Keyword::Entrypoint => self.command(InstructionKind::Entrypoint),
            Keyword::Shell => self.shell(),
            Keyword::Copy | Keyword::Add => self.copy(),
            Keyword::Volume => self.volume(),
            Keyword::Healthcheck => self.healthcheck(flags),
            Keyword::From => (self.from(), false),
            Keyword::Env | Keyword::Label => (self.pairs(), false),
            Keyword::Arg => (self.arguments(), false),
            Keyword::Onbuild => (self.onbuild(), false),
            Keyword::Expose => {
                let words = self.blank_words();
                if words.is_empty() {
                    self.missing("at least one port");
                }
                (InstructionKind::Other(words), false)
            }
            Keyword::Workdir => (self.single("a path", InstructionKind::Workdir), false),
            Keyword::User => (self.single("a user", InstructionKind::User), false),
            Keyword::Stopsignal => {
                (self.single("a signal", |word| InstructionKind::Other(vec![word])), false)
            }
            Keyword::Maintainer => (self.single("a name", |word| InstructionKind::Other(vec![word])), false),
        }
    }

    fn body_text(&self) -> &str {
        self.line.as_str().get(self.body.clone()).unwrap_or_default()
    }

    fn place(&self, bytes: Range<usize>) -> TextRange {
        self.line.source_range(range(bytes.start, bytes.end))
    }

    fn whole_body(&self) -> Word {
        word(self.line, self.body.clone())
    }

    fn blank_words(&self) -> Vec<Word> {
        let words = split_blanks(self.line.as_str(), self.body.clone());
        words.into_iter().map(|bytes| word(self.line, bytes)).collect()
    }

    fn name(&self) -> &'static str {
        self.keyword.name()
    }

    /// The instruction lacks something: underlines the keyword.
    fn missing(&mut self, what: &str) {
        let error = SyntaxError::new(self.keyword_range, format!("{} needs {what}", self.name()));
        self.problems.meaning(error);
    }

    /// The strings of a JSON array; `None` where the body is in the other form, or is an array
    /// of something else, which is an error.
    fn json(&mut self, within: Range<usize>) -> Option<Vec<Word>> {
        match split_json(self.line, within) {
            Json::Strings(words) => Some(words),
            Json::No => None,
            Json::NotStrings(bytes) => {
                let place = self.place(bytes);
                self.problems.syntax(
                    SyntaxError::new(place, "A JSON array may hold nothing but strings here")
                        .with_hint("Put it in double quotes"),
                );
                None
            }
        }
    }

    fn command(&mut self, kind: fn(CommandForm) -> InstructionKind) -> (InstructionKind, bool) {
        match self.json(self.body.clone()) {
            Some(words) => (kind(CommandForm::Exec(words)), true),
            None => (kind(CommandForm::Shell), false),
        }
    }

    fn shell(&mut self) -> (InstructionKind, bool) {
        match self.json(self.body.clone()) {
            Some(words) if !words.is_empty() => (InstructionKind::Shell(words), true),
            _ => {
                let place =
                    if self.body.is_empty() { self.keyword_range } else { self.place(self.body.clone()) };
                self.problems.meaning(
                    SyntaxError::new(place, "SHELL needs a JSON array of at least one string")
                        .with_hint("Write it as SHELL [\"/bin/bash\", \"-c\"]"),
                );
                (InstructionKind::Invalid, false)
            }
        }
    }

    fn words_or_json(&mut self) -> (Vec<Word>, bool) {
        match self.json(self.body.clone()) {
            Some(words) => (words, true),
            None => (self.blank_words(), false),
        }
    }

    fn copy(&mut self) -> (InstructionKind, bool) {
        let (mut sources, json) = self.words_or_json();
        if sources.len() < 2 {
            self.missing("at least one source and a destination");
        }
        let Some(destination) = sources.pop() else {
            return (InstructionKind::Invalid, json);
        };
        if heredoc::operator(destination.text.as_str()).is_some() {
            let message = format!("The destination of {} cannot be a heredoc", self.name());
            self.problems.meaning(
                SyntaxError::new(destination.range, message)
                    .with_hint("Write the path the heredoc is copied to after it"),
            );
        }
        let kind = if self.keyword == Keyword::Copy {
            InstructionKind::Copy { sources, destination }
        } else {
            InstructionKind::Add { sources, destination }
        };
        (kind, json)
    }

    fn volume(&mut self) -> (InstructionKind, bool) {
        let (words, json) = self.words_or_json();
        if words.is_empty() {
            self.missing("at least one path");
        }
        if let Some(blank) = words.iter().find(|word| word.text.as_str().trim().is_empty()) {
            self.problems.meaning(SyntaxError::new(blank.range, "A volume's path cannot be empty"));
        }
        (InstructionKind::Other(words), json)
    }

    fn healthcheck(&mut self, flags: &[Flag]) -> (InstructionKind, bool) {
        let text = self.body_text();
        let Some(kind_length) = Some(text.find(char::is_whitespace).unwrap_or(text.len())).filter(|&n| n > 0)
        else {
            self.missing("CMD and a command, or NONE");
            return (InstructionKind::Invalid, false);
        };
        let kind = self.body.start..self.body.start + kind_length;
        let kind_text = text.get(..kind_length).unwrap_or_default().to_ascii_uppercase();
        let rest = trim(self.line.as_str(), kind.end..self.body.end);
        let mut words = vec![word(self.line, kind.clone())];
        let json = if rest.is_empty() { None } else { self.json(rest.clone()) };
        let is_json = json.is_some();
        match json {
            Some(strings) => words.extend(strings),
            None if !rest.is_empty() => words.push(word(self.line, rest.clone())),
            None => {}
        }
        match kind_text.as_str() {
            "NONE" if words.len() > 1 => {
                let place = self.place(rest);
                self.problems.meaning(SyntaxError::new(place, "HEALTHCHECK NONE takes no arguments"));
            }
            "NONE" => {}
            "CMD" => {
                if words.len() < 2 {
                    self.missing("a command after CMD");
                }
                check_health_flags(flags, self.problems);
            }
            _ => {
                let place = self.place(kind);
                self.problems.meaning(
                    SyntaxError::new(place, format!("{} is no kind of HEALTHCHECK", shown(&kind_text)))
                        .with_hint("It is either CMD and a command, or NONE"),
                );
            }
        }
        (InstructionKind::Other(words), is_json)
    }

    fn from(&mut self) -> InstructionKind {
        let mut words = self.blank_words().into_iter();
        let Some(image) = words.next() else {
            self.missing("an image");
            return InstructionKind::Invalid;
        };
        let rest: Vec<Word> = words.collect();
        let name = match rest.as_slice() {
            [] => None,
            [as_word, name] if as_word.text.as_str().eq_ignore_ascii_case("as") => {
                if !is_stage_name(name.text.as_str()) {
                    self.problems.meaning(
                        SyntaxError::new(
                            name.range,
                            format!("{} is no name for a stage", shown(name.text.as_str())),
                        )
                        .with_hint("It begins with a letter; digits, letters, - _ and . may follow"),
                    );
                }
                Some(name.clone())
            }
            [first, ..] => {
                let last = rest.last().map_or(first.range, |word| word.range);
                self.problems.meaning(
                    SyntaxError::new(
                        first.range.cover(last),
                        "FROM takes an image, or an image, AS and a name; this is something else",
                    )
                    .with_hint("Write FROM image AS name"),
                );
                None
            }
        };
        InstructionKind::From { image, name }
    }

    fn pairs(&mut self) -> InstructionKind {
        let line = self.line.as_str();
        let words = split_quoted(line, self.body.clone(), self.escape);
        let Some(first) = words.first() else {
            self.missing("at least one name=value");
            return InstructionKind::Invalid;
        };
        let mut pairs = Vec::new();
        if line.get(first.clone()).is_some_and(|text| !text.contains('=')) {
            pairs.extend(self.old_pair());
        } else {
            for bytes in words {
                match line.get(bytes.clone()).and_then(|text| text.find('=')) {
                    Some(equals) => pairs.push(KeyValue {
                        key: word(self.line, bytes.start..bytes.start + equals),
                        value: word(self.line, bytes.start + equals + 1..bytes.end),
                        equals: true,
                    }),
                    None => {
                        let text = line.get(bytes.clone()).unwrap_or_default();
                        let message = format!("{} has no = between name and value", shown(text));
                        let place = self.place(bytes);
                        self.problems.syntax(
                            SyntaxError::new(place, message)
                                .with_hint("A value with blanks in it needs quotes: name=\"a b\""),
                        );
                    }
                }
            }
        }
        if let Some(pair) = pairs.iter().find(|pair| pair.key.text.as_str().is_empty()) {
            let place = pair.key.range.cover(pair.value.range);
            self.problems.meaning(SyntaxError::new(place, format!("{} needs a name before =", self.name())));
        }
        match (pairs.is_empty(), self.keyword) {
            (true, _) => InstructionKind::Invalid,
            (false, Keyword::Env) => InstructionKind::Env(pairs),
            (false, _) => InstructionKind::Label(pairs),
        }
    }

    /// `ENV name value`: the value is all that follows.
    fn old_pair(&mut self) -> Option<KeyValue> {
        let text = self.body_text();
        let Some(blank) = text.find(is_blank) else {
            let message = format!("{} {} has no value", self.name(), shown(text));
            let hint = format!("Write {} {}=value", self.name(), shown(text));
            let place = self.place(self.body.clone());
            self.problems.syntax(SyntaxError::new(place, message).with_hint(hint));
            return None;
        };
        let after = text.get(blank..).unwrap_or_default().trim_start_matches(is_blank);
        let value = self.body.end - after.len();
        Some(KeyValue {
            key: word(self.line, self.body.start..self.body.start + blank),
            value: word(self.line, value..self.body.end),
            equals: false,
        })
    }

    fn arguments(&mut self) -> InstructionKind {
        let line = self.line.as_str();
        let words = split_quoted(line, self.body.clone(), self.escape);
        if words.is_empty() {
            self.missing("at least one name");
            return InstructionKind::Invalid;
        }
        let mut arguments = Vec::new();
        for bytes in words {
            let equals = line.get(bytes.clone()).and_then(|text| text.find('='));
            if equals == Some(0) {
                let place = self.place(bytes.clone());
                self.problems.meaning(SyntaxError::new(place, "ARG needs a name before ="));
            }
            let name_end = equals.map_or(bytes.end, |at| bytes.start + at);
            let value = equals.map(|at| word(self.line, bytes.start + at + 1..bytes.end));
            arguments.push((word(self.line, bytes.start..name_end), value));
        }
        InstructionKind::Arg(arguments)
    }

    fn single(&mut self, what: &str, kind: impl FnOnce(Word) -> InstructionKind) -> InstructionKind {
        if self.body.is_empty() {
            self.missing(what);
            return InstructionKind::Invalid;
        }
        kind(self.whole_body())
    }

    fn onbuild(&mut self) -> InstructionKind {
        if self.body.is_empty() {
            self.missing("an instruction");
            return InstructionKind::Invalid;
        }
        let text = self.body_text();
        let inner = text.split(is_blank).next().unwrap_or_default();
        let refused = match Keyword::of(inner) {
            Some(Keyword::Onbuild) => "ONBUILD cannot be given to ONBUILD",
            Some(Keyword::From) => "FROM cannot be given to ONBUILD",
            Some(Keyword::Maintainer) => "MAINTAINER cannot be given to ONBUILD",
            _ => {
                let (line, body, escape) = (self.line, self.body.clone(), self.escape);
                let before = self.problems.errors.len();
                let inner = parse_part(line, body, escape, true, self.problems.errors);
                self.problems.valid &= self.problems.errors.len() == before;
                return InstructionKind::Onbuild(Box::new(inner));
            }
        };
        let place = self.place(self.body.start..self.body.start + inner.len());
        self.problems.meaning(SyntaxError::new(place, refused));
        InstructionKind::Invalid
    }
}

/// BuildKit: `^[a-z][a-z0-9-_.]*$`, of the name in lower case.
fn is_stage_name(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_alphabetic())
        && name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.'))
}

fn check_flags(keyword: Keyword, flags: &[Flag], problems: &mut Problems<'_>) {
    let known = keyword.flags();
    let mut seen = HashSet::new();
    for flag in flags {
        let name = &flag.name;
        let Some((_, kind)) = known.iter().find(|(known, _)| known == name) else {
            let error =
                SyntaxError::new(flag.range, format!("--{} is no flag of {}", shown(name), keyword.name()));
            let hint = match nearest(name, known.iter().map(|(known, _)| *known)) {
                Some(nearest) => format!("Did you mean --{nearest}?"),
                None if known.is_empty() => format!("{} takes no flags", keyword.name()),
                None => {
                    let names: Vec<String> = known.iter().map(|(known, _)| format!("--{known}")).collect();
                    format!("{} takes {}", keyword.name(), names.join(", "))
                }
            };
            problems.meaning(error.with_hint(hint));
            continue;
        };
        if !seen.insert(name) && *kind != FlagKind::Values {
            problems.meaning(
                SyntaxError::new(flag.range, format!("--{name} is given twice"))
                    .with_hint("Keep one of them"),
            );
        }
        let value = flag.value.as_ref().map(|value| value.text.as_str());
        if let (Keyword::Run, "mount", Some(value)) = (keyword, name.as_str(), &flag.value)
            && let Some(error) = check_mount(&value.text)
        {
            problems.meaning(error);
        }
        let complaint = match (kind, value) {
            (FlagKind::Switch, Some(value)) => {
                let known = value.eq_ignore_ascii_case("true") || value.eq_ignore_ascii_case("false");
                (!known).then(|| format!("--{name} is either true or false"))
            }
            (FlagKind::Switch, None) => None,
            (_, None) => Some(format!("--{name} needs a value")),
            (_, Some(value)) if keyword == Keyword::Run => check_run_flag(name, value),
            _ => None,
        };
        if let Some(message) = complaint {
            let error = SyntaxError::new(flag.range, message);
            problems.meaning(error.with_hint(format!("Write --{name}=value, without blanks around =")));
        }
    }
}

/// What BuildKit checks of a `RUN` flag before variables are known.
fn check_run_flag(name: &str, value: &str) -> Option<String> {
    match name {
        "network" if !matches!(value, "default" | "none" | "host") => {
            Some("--network is default, none or host".to_owned())
        }
        "security" if !matches!(value, "sandbox" | "insecure") => {
            Some("--security is sandbox or insecure".to_owned())
        }
        _ => None,
    }
}

fn check_health_flags(flags: &[Flag], problems: &mut Problems<'_>) {
    for flag in flags {
        let Some(value) = flag.value.as_ref().map(|value| value.text.as_str()) else { continue };
        let (fine, hint) = match flag.name.as_str() {
            "interval" | "timeout" | "start-period" | "start-interval" => {
                let nanoseconds = if value.is_empty() { Some(0) } else { duration(value) };
                // Docker's shortest interval is a millisecond; 0 stands for the default.
                let fine = nanoseconds.is_some_and(|length| length == 0 || length >= 1_000_000);
                (fine, "A duration is a number and a unit, such as 30s or 1m30s, and at least 1ms")
            }
            "retries" => {
                let fine = value.is_empty() || value.parse::<i32>().is_ok_and(|count| count >= 0);
                (fine, "It is a whole number, 0 or more")
            }
            _ => continue,
        };
        if !fine {
            let message = format!("{} is no value for --{}", shown(value), flag.name);
            problems.meaning(SyntaxError::new(flag.range, message).with_hint(hint));
        }
    }
}

/// The length of a Go duration (`1h15m30.5s`) in nanoseconds.
fn duration(text: &str) -> Option<i64> {
    let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
    if unsigned == "0" {
        return Some(0);
    }
    let mut rest = unsigned;
    let mut total = 0_u64;
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit() && c != '.')?;
        let (number, after) = rest.split_at(digits);
        let unit = after.find(|c: char| c.is_ascii_digit() || c == '.').unwrap_or(after.len());
        let (unit, after) = after.split_at(unit);
        let nanoseconds = match unit {
            "ns" => 1,
            "us" | "µs" | "μs" => 1_000,
            "ms" => 1_000_000,
            "s" => 1_000_000_000,
            "m" => 60_000_000_000,
            "h" => 3_600_000_000_000,
            _ => return None,
        };
        total = total.saturating_add(multiple(number, nanoseconds)?);
        rest = after;
    }
    let total = i64::try_from(total).unwrap_or(i64::MAX);
    (!unsigned.is_empty()).then_some(if text.starts_with('-') { -total } else { total })
}
