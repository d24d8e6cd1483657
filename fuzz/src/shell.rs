//! The shell's parser and word expansion.

use wheelstage::{
    shell::{
        Pattern, Source,
        expand::{self, Field, Paths, State, Value},
    },
    syntax::{
        command::Argument,
        shell::{
            Command, CommandKind, Dialect, Item, ParameterOperation, Pipeline, Redirection, Script, Word,
            WordPart, WordPartKind, parse,
        },
    },
    text::{Sources, TextRange, range},
};

/// Places lie in the text and nest, in every dialect; expansion ends, and its fields stand in
/// their words.
///
/// # Panics
/// Where that does not hold.
pub fn check(text: &str) {
    for dialect in Dialect::KNOWN.into_iter().chain([Dialect::Unknown]) {
        let parsed = parse(text, dialect);
        let whole = Outer { range: range(0, text.len()), text, dialect };
        for error in &parsed.errors {
            whole.holds(error.range, "an error");
        }
        assert_eq!(parsed.tree.refused.is_some(), !parsed.errors.is_empty(), "{:?}", whole.shown());
        whole.script(&parsed.tree);
    }
}

/// What surrounds a part of the tree.
#[derive(Clone, Copy)]
struct Outer<'a> {
    range: TextRange,
    text: &'a str,
    dialect: Dialect,
}

impl Outer<'_> {
    /// The beginning of the text, for messages.
    fn shown(&self) -> String {
        self.text.chars().take(200).collect()
    }

    #[track_caller]
    fn holds(&self, inner: TextRange, what: &str) -> Self {
        assert!(
            self.range.contains_range(inner),
            "{what} at {inner:?} outside {:?}: {:?}",
            self.range,
            self.shown()
        );
        let bytes = usize::from(inner.start())..usize::from(inner.end());
        assert!(self.text.get(bytes).is_some(), "{what} at {inner:?} inside a character: {:?}", self.shown());
        Self { range: inner, ..*self }
    }

    fn script(&self, script: &Script) {
        script.items.iter().for_each(|item| self.item(item));
    }

    fn item(&self, item: &Item) {
        self.pipeline(&item.first);
        item.rest.iter().for_each(|(_, pipeline)| self.pipeline(pipeline));
    }

    fn pipeline(&self, pipeline: &Pipeline) {
        let own = self.holds(pipeline.range, "a pipeline");
        assert!(!pipeline.commands.is_empty(), "an empty pipeline: {:?}", self.shown());
        pipeline.commands.iter().for_each(|command| own.command(command));
    }

    fn command(&self, command: &Command) {
        let own = self.holds(command.range, "a command");
        command.redirections.iter().for_each(|redirection| own.redirection(redirection));
        match &command.kind {
            CommandKind::Simple { assignments, words } => {
                for assignment in assignments {
                    own.holds(assignment.range, "an assignment").word(&assignment.value);
                }
                own.words(words);
                own.expanded(words);
            }
            CommandKind::Subshell(inner) | CommandKind::Group(inner) => own.script(inner),
            CommandKind::If { branches, otherwise } => {
                for (condition, body) in branches {
                    own.script(condition);
                    own.script(body);
                }
                otherwise.iter().for_each(|body| own.script(body));
            }
            CommandKind::For { words, body, .. } => {
                words.iter().for_each(|words| own.words(words));
                own.script(body);
            }
            CommandKind::While { condition, body, .. } => {
                own.script(condition);
                own.script(body);
            }
            CommandKind::Case { word, arms } => {
                if !word.parts.is_empty() {
                    own.word(word);
                }
                for (patterns, body) in arms {
                    own.words(patterns);
                    own.script(body);
                }
            }
            CommandKind::Conditional(words) => own.words(words),
            CommandKind::Arithmetic(expression) => own.word(expression),
            CommandKind::Function { body, .. } => own.command(body),
            CommandKind::Opaque { reason } => assert!(!reason.is_empty()),
        }
    }

    fn redirection(&self, redirection: &Redirection) {
        self.holds(redirection.range, "a redirection").word(&redirection.target);
        if let Some(heredoc) = &redirection.heredoc {
            // The body stands behind the line.
            let whole = Self { range: range(0, self.text.len()), ..*self };
            whole.word(&heredoc.body);
            self.known_in(&heredoc.body);
        }
    }

    fn words(&self, words: &[Word]) {
        words.iter().for_each(|word| self.word(word));
        let ordered = words.windows(2).all(|pair| pair[0].range.end() <= pair[1].range.start());
        assert!(ordered, "words out of order: {:?}", self.shown());
    }

    fn word(&self, word: &Word) {
        let own = self.holds(word.range, "a word");
        word.parts.iter().for_each(|part| own.part(part));
    }

    fn part(&self, part: &WordPart) {
        let own = self.holds(part.range, "a part");
        match &part.kind {
            WordPartKind::Literal(text) if text.len() == usize::from(part.range.len()) => {
                let bytes = usize::from(part.range.start())..usize::from(part.range.end());
                assert_eq!(self.text.get(bytes), Some(text.as_str()));
            }
            WordPartKind::Command(script) | WordPartKind::ProcessSubstitution { script, .. } => {
                own.script(script);
            }
            WordPartKind::Arithmetic(expression) => own.word(expression),
            WordPartKind::Parameter { operation, .. } => match operation {
                ParameterOperation::Default { word, .. }
                | ParameterOperation::Assign { word, .. }
                | ParameterOperation::Alternative { word, .. }
                | ParameterOperation::Error { word, .. }
                | ParameterOperation::RemovePrefix { pattern: word, .. }
                | ParameterOperation::RemoveSuffix { pattern: word, .. } => own.word(word),
                ParameterOperation::Replace { pattern, replacement, .. } => {
                    own.word(pattern);
                    if !replacement.parts.is_empty() {
                        own.word(replacement);
                    }
                }
                ParameterOperation::Substring { offset, length } => {
                    own.word(offset);
                    length.iter().for_each(|length| own.word(length));
                }
                ParameterOperation::Plain
                | ParameterOperation::Length
                | ParameterOperation::ChangeCase { .. } => {}
            },
            _ => {}
        }
    }

    fn expanded(&self, words: &[Word]) {
        let source = self.source();
        let Ok(fields) = expand::fields(words, &source, self.dialect, &mut Nothing) else { return };
        for field in fields {
            let Field::Known(argument) = field else { continue };
            let length = argument.as_str().len();
            let Some(place) = argument.location_of(range(0, length)) else { continue };
            if length > 0 {
                self.holds(place.range, "a field");
            }
        }
    }

    fn known_in(&self, body: &Word) {
        let source = self.source();
        if let Ok(Field::Unknown { reason, .. }) = expand::text(body, &source, self.dialect, &mut Nothing) {
            assert!(!reason.is_empty());
        }
    }

    fn source(&self) -> Source {
        let file = Sources::from_texts([("Dockerfile", "")]).find("Dockerfile");
        Source { file, ..Source::unplaced(self.text) }
    }
}

/// A shell in which some things have a value, some have none, and some cannot be told.
struct Nothing;

impl State for Nothing {
    fn variable(&mut self, name: &str) -> Option<Value> {
        match name.len() {
            1 => Some(Value::Known(Argument::unplaced(" a b*c\té 2"))),
            2 => Some(Value::Unknown("not known".to_owned())),
            _ => None,
        }
    }

    fn positional(&self) -> &[Argument] {
        &[]
    }

    fn assign(&mut self, _name: &str, _value: Value) {}

    fn command_output(&mut self, script: &Script) -> Value {
        match script.items.len() {
            1 => Value::Known(Argument::unplaced("one two\n\n")),
            _ => Value::Unknown("not known".to_owned()),
        }
    }

    fn process_substitution(&mut self, _output: bool, _script: &Script) -> Value {
        Value::Known(Argument::unplaced("/dev/fd/63"))
    }

    fn paths(&mut self, pattern: &Pattern) -> Paths {
        let parts = pattern.components();
        match parts.iter().any(|part| part.matches_file_name("a.whl")) {
            true => Paths::Found(vec!["a.whl".to_owned()]),
            false => Paths::Itself,
        }
    }

    fn home(&mut self, user: &str) -> Option<Value> {
        user.is_empty().then(|| Value::Known(Argument::unplaced("/root")))
    }
}
