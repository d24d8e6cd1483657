//! Colours, from the trees that analysis reads. No second grammar that could disagree.

use crate::{
    order,
    syntax::{
        dockerfile::{self, CommandForm, Instruction, InstructionKind, Word},
        requirements::{self, LineKind},
        shell::{self, Command, CommandKind, Dialect, Script, WordPartKind},
    },
    text::{Mapped, TextRange, range},
    ui::state::is_dockerfile,
};

/// What a coloured piece of text is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// `# ...`.
    Comment,
    /// `# syntax=...`.
    Directive,
    /// `FROM`.
    Instruction,
    /// `AS`, `if`.
    Keyword,
    /// `--no-index`.
    Flag,
    /// Quoted text, and values.
    String,
    /// `$NAME`.
    Variable,
    /// The first word of a shell command.
    Command,
    /// A URL.
    Url,
    /// A project's name.
    Project,
    /// Specifiers.
    Version,
    /// An environment marker.
    Marker,
    /// A stage's name.
    Stage,
    /// An image.
    Image,
}

impl Kind {
    /// All kinds, in the order of their numbers.
    pub const ALL: [Self; 14] = [
        Self::Comment,
        Self::Directive,
        Self::Instruction,
        Self::Keyword,
        Self::Flag,
        Self::String,
        Self::Variable,
        Self::Command,
        Self::Url,
        Self::Project,
        Self::Version,
        Self::Marker,
        Self::Stage,
        Self::Image,
    ];

    /// The class that `editor/src/theme.js` colours.
    #[must_use]
    pub fn class(self) -> &'static str {
        match self {
            Self::Comment => "comment",
            Self::Directive => "directive",
            Self::Instruction => "instruction",
            Self::Keyword => "keyword",
            Self::Flag => "flag",
            Self::String => "string",
            Self::Variable => "variable",
            Self::Command => "command",
            Self::Url => "url",
            Self::Project => "project",
            Self::Version => "version",
            Self::Marker => "marker",
            Self::Stage => "stage",
            Self::Image => "image",
        }
    }
}

/// A coloured piece of text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Token {
    /// Its bytes in the file.
    pub range: TextRange,
    /// What it is.
    pub kind: Kind,
}

/// The coloured pieces of a file, in order of place. A file that is neither a Dockerfile nor one
/// of requirements has none.
#[must_use]
pub fn tokens(path: &str, text: &str) -> Vec<Token> {
    let mut painter = Painter::default();
    if is_dockerfile(path) {
        painter.dockerfile(text);
    } else if path.ends_with(".txt") || path.ends_with(".in") {
        painter.requirements(text);
    }
    order::sort_by_key(&mut painter.tokens, |token| {
        (token.range.start(), std::cmp::Reverse(token.range.end()))
    });
    painter.tokens
}

#[derive(Default)]
struct Painter {
    tokens: Vec<Token>,
}

impl Painter {
    fn paint(&mut self, range: TextRange, kind: Kind) {
        if !range.is_empty() {
            self.tokens.push(Token { range, kind });
        }
    }

    fn paint_some(&mut self, range: Option<TextRange>, kind: Kind) {
        if let Some(range) = range {
            self.paint(range, kind);
        }
    }

    fn requirements(&mut self, text: &str) {
        for line in requirements::parse(text).tree.lines {
            self.paint_some(line.comment, Kind::Comment);
            for option in &line.options {
                let value = option.value.source_range(range(0, option.value.as_str().len()));
                if value.is_empty() {
                    self.paint(option.range, Kind::Flag);
                } else {
                    self.paint(
                        TextRange::new(option.range.start(), value.start().max(option.range.start())),
                        Kind::Flag,
                    );
                    self.paint(value, Kind::String);
                }
            }
            for variable in &line.unset_variables {
                self.paint(variable.range, Kind::Variable);
            }
            if let LineKind::Requirement(requirement) = &line.kind {
                let parts = requirement.parts;
                let named = matches!(requirement.form, requirements::Form::Named(_));
                self.paint_some(parts.subject, if named { Kind::Project } else { Kind::Url });
                self.paint_some(parts.extras, Kind::Keyword);
                self.paint_some(parts.specifiers, Kind::Version);
                self.paint_some(parts.url, Kind::Url);
                self.paint_some(parts.marker, Kind::Marker);
            }
        }
    }

    fn dockerfile(&mut self, text: &str) {
        let file = dockerfile::parse(text).tree;
        for directive in &file.directives {
            self.paint(directive.range, Kind::Directive);
        }
        for comment in &file.comments {
            self.paint(*comment, Kind::Comment);
        }
        for instruction in &file.instructions {
            self.instruction(instruction);
        }
    }

    fn instruction(&mut self, instruction: &Instruction) {
        self.paint(instruction.keyword_range, Kind::Instruction);
        for flag in &instruction.flags {
            let value = flag.value.as_ref().map(|value| value.range);
            let end = value.map_or(flag.range.end(), |value| value.start()).max(flag.range.start());
            self.paint(TextRange::new(flag.range.start(), end), Kind::Flag);
            self.paint_some(value, if flag.name == "from" { Kind::Stage } else { Kind::String });
        }
        match &instruction.kind {
            InstructionKind::From { image, name } => {
                self.paint(image.range, Kind::Image);
                if let Some(name) = name {
                    self.keyword_before(instruction, image, name);
                    self.paint(name.range, Kind::Stage);
                }
            }
            InstructionKind::Run(CommandForm::Shell)
            | InstructionKind::Cmd(CommandForm::Shell)
            | InstructionKind::Entrypoint(CommandForm::Shell) => {
                let script = shell::parse(instruction.body.as_str(), Dialect::Bash).tree;
                self.script(&script, &instruction.body);
            }
            InstructionKind::Run(CommandForm::Exec(words))
            | InstructionKind::Cmd(CommandForm::Exec(words))
            | InstructionKind::Entrypoint(CommandForm::Exec(words))
            | InstructionKind::Shell(words) => {
                for word in words {
                    self.paint(word.range, Kind::String);
                }
            }
            InstructionKind::Env(pairs) | InstructionKind::Label(pairs) => {
                for pair in pairs {
                    self.paint(pair.key.range, Kind::Variable);
                    self.paint(pair.value.range, Kind::String);
                }
            }
            InstructionKind::Arg(arguments) => {
                for (name, value) in arguments {
                    self.paint(name.range, Kind::Variable);
                    self.paint_some(value.as_ref().map(|value| value.range), Kind::String);
                }
            }
            InstructionKind::Onbuild(inner) => self.instruction(inner),
            InstructionKind::Copy { .. }
            | InstructionKind::Add { .. }
            | InstructionKind::Workdir(_)
            | InstructionKind::User(_)
            | InstructionKind::Other(_)
            | InstructionKind::Invalid => {}
        }
    }

    /// The `AS` between an image and its stage's name.
    fn keyword_before(&mut self, instruction: &Instruction, image: &Word, name: &Word) {
        let body = &instruction.body;
        for (at, word) in blank_separated(body.as_str()) {
            let place = body.source_range(range(at, at + word.len()));
            let between = place.start() >= image.range.end() && place.end() <= name.range.start();
            if between && word.eq_ignore_ascii_case("as") {
                self.paint(place, Kind::Keyword);
            }
        }
    }

    fn script(&mut self, script: &Script, body: &Mapped) {
        for item in &script.items {
            for pipeline in [&item.first].into_iter().chain(item.rest.iter().map(|(_, pipeline)| pipeline)) {
                for command in &pipeline.commands {
                    self.command(command, body);
                }
            }
        }
    }

    fn command(&mut self, command: &Command, body: &Mapped) {
        match &command.kind {
            CommandKind::Simple { assignments, words } => {
                for assignment in assignments {
                    let start = usize::from(assignment.range.start());
                    let name = range(start, start + assignment.name.len());
                    self.paint(body.source_range(name), Kind::Variable);
                    self.word(&assignment.value, body);
                }
                for (index, word) in words.iter().enumerate() {
                    let place = body.source_range(word.range);
                    let text = word_text(word, body);
                    if index == 0 {
                        self.paint(place, Kind::Command);
                    } else if text.starts_with('-') {
                        self.paint(place, Kind::Flag);
                    } else {
                        self.word(word, body);
                    }
                }
            }
            CommandKind::Subshell(script) | CommandKind::Group(script) => self.script(script, body),
            CommandKind::If { branches, otherwise } => {
                for (condition, then) in branches {
                    self.script(condition, body);
                    self.script(then, body);
                }
                if let Some(otherwise) = otherwise {
                    self.script(otherwise, body);
                }
            }
            CommandKind::For { body: inner, .. } => self.script(inner, body),
            CommandKind::While { condition, body: inner, .. } => {
                self.script(condition, body);
                self.script(inner, body);
            }
            CommandKind::Case { arms, .. } => {
                for (_, inner) in arms {
                    self.script(inner, body);
                }
            }
            CommandKind::Function { body: inner, .. } => self.command(inner, body),
            CommandKind::Arithmetic(expression) => self.word(expression, body),
            CommandKind::Conditional(words) => {
                for word in words {
                    self.word(word, body);
                }
            }
            CommandKind::Opaque { .. } => {}
        }
        for redirection in &command.redirections {
            self.word(&redirection.target, body);
        }
    }

    /// Quoted parts and variables; the rest of a word stays plain.
    fn word(&mut self, word: &shell::Word, body: &Mapped) {
        for part in &word.parts {
            let place = body.source_range(part.range);
            match &part.kind {
                WordPartKind::Literal(_) if part.quoted => self.paint(place, Kind::String),
                WordPartKind::Parameter { .. } | WordPartKind::Arithmetic(_) | WordPartKind::Tilde(_) => {
                    self.paint(place, Kind::Variable);
                }
                WordPartKind::Command(script) | WordPartKind::ProcessSubstitution { script, .. } => {
                    self.script(script, body);
                }
                WordPartKind::Literal(_) | WordPartKind::BadSubstitution | WordPartKind::Opaque { .. } => {}
            }
        }
    }
}

fn word_text<'a>(word: &shell::Word, body: &'a Mapped) -> &'a str {
    body.as_str().get(word.range.start().into()..word.range.end().into()).unwrap_or_default()
}

/// Words and where they begin.
fn blank_separated(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.split_whitespace().map(move |word| (word.as_ptr() as usize - text.as_ptr() as usize, word))
}
