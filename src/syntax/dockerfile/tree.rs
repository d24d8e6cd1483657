use crate::text::{Mapped, TextRange};

/// A whole Dockerfile. Ranges are bytes of the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dockerfile {
    /// `# syntax=`, `# escape=`, `# check=`, in order.
    pub directives: Vec<Directive>,
    /// What continues a line: `\`, or a backtick where the directive says so.
    pub escape: char,
    /// Every comment line, outside heredocs.
    pub comments: Vec<TextRange>,
    /// Every instruction, broken ones included.
    pub instructions: Vec<Instruction>,
}

impl Default for Dockerfile {
    fn default() -> Self {
        Self { directives: Vec::new(), escape: '\\', comments: Vec::new(), instructions: Vec::new() }
    }
}

/// A parser directive: `# escape=\``.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Directive {
    /// The whole line.
    pub range: TextRange,
    /// In lower case.
    pub name: String,
    /// As written, blanks around it cut.
    pub value: String,
}

/// One instruction with its continuation lines and heredocs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Instruction {
    /// From the keyword's first byte to the last one of the last line, its line end excluded,
    /// heredocs included.
    pub range: TextRange,
    /// The keyword's place.
    pub keyword_range: TextRange,
    /// The keyword as written.
    pub keyword: String,
    /// First and last line, from 1, as BuildKit counts them.
    pub lines: (u32, u32),
    /// `--name=value` before the arguments.
    pub flags: Vec<Flag>,
    /// What follows the flags, continuations and comment lines taken out, byte places kept.
    pub body: Mapped,
    /// The body is a JSON array, of a keyword that takes one.
    pub json_form: bool,
    /// The body taken apart, as the keyword wants it.
    pub kind: InstructionKind,
    /// Heredocs in order of their redirections.
    pub heredocs: Vec<Heredoc>,
    /// False where the instruction could not be understood; an error says why.
    pub valid: bool,
}

/// A flag of an instruction: `--from=builder`, `--mount=type=cache,target=/root/.cache`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Flag {
    /// From the first dash to the end of the value.
    pub range: TextRange,
    /// Without dashes.
    pub name: String,
    /// After `=`; `None` for a bare flag.
    pub value: Option<Word>,
}

/// One word of an instruction, before variables are expanded.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Word {
    /// Its bytes in the file, quotes included.
    pub range: TextRange,
    /// As written (quotes, escapes and `$` still there), except in JSON form and in flags, where
    /// quotes and escapes are resolved. [`expand_word`](super::expand_word) expands variables.
    pub text: Mapped,
}

/// `<<EOF`, `<<-"EOF"`, with the text it stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Heredoc {
    /// The delimiter, unquoted.
    pub name: String,
    /// The file descriptor before `<<`, normally 0.
    pub fd: u32,
    /// False for a quoted delimiter.
    pub expand: bool,
    /// `<<-`: leading tabs are cut from each line when the text is used.
    pub chomp: bool,
    /// `<<EOF` itself, in the file.
    pub operator_range: TextRange,
    /// The body's bytes in the file, last line end included, delimiter line excluded.
    pub body_range: TextRange,
    /// The body as written (tabs not yet cut).
    pub body: String,
    /// The delimiter line was never found.
    pub unterminated: bool,
}

/// Shell form or JSON (exec) form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CommandForm {
    /// One string for the shell: [`Instruction::body`].
    Shell,
    /// `["a", "b"]`.
    Exec(Vec<Word>),
}

/// What each keyword makes of its body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum InstructionKind {
    /// `FROM [--platform=] image [AS name]`.
    From {
        /// The image or an earlier stage's name.
        image: Word,
        /// The name after `AS`.
        name: Option<Word>,
    },
    /// `RUN`.
    Run(CommandForm),
    /// `CMD`.
    Cmd(CommandForm),
    /// `ENTRYPOINT`.
    Entrypoint(CommandForm),
    /// `COPY [--from=] sources... destination`. Heredocs among the sources are words `<<NAME`.
    Copy {
        /// In order.
        sources: Vec<Word>,
        /// The last word.
        destination: Word,
    },
    /// `ADD`, as `COPY`.
    Add {
        /// In order.
        sources: Vec<Word>,
        /// The last word.
        destination: Word,
    },
    /// `ENV a=b c="d e"` or `ENV a b`.
    Env(Vec<KeyValue>),
    /// `LABEL`.
    Label(Vec<KeyValue>),
    /// `ARG a b=c`; the value is `None` without `=`.
    Arg(Vec<(Word, Option<Word>)>),
    /// `WORKDIR path`.
    Workdir(Word),
    /// `USER name[:group]`.
    User(Word),
    /// `SHELL ["bash", "-c"]`.
    Shell(Vec<Word>),
    /// `ONBUILD instruction`: the inner instruction, with its own ranges.
    Onbuild(Box<Instruction>),
    /// `EXPOSE`, `VOLUME`, `STOPSIGNAL`, `MAINTAINER`, `HEALTHCHECK`: no effect on packages.
    Other(Vec<Word>),
    /// An unknown keyword, or a body that could not be read.
    Invalid,
}

impl InstructionKind {
    /// Its words in order, without those of an `ONBUILD`'s inner instruction.
    #[must_use]
    pub fn words(&self) -> Vec<&Word> {
        match self {
            Self::From { image, name } => std::iter::once(image).chain(name).collect(),
            Self::Run(CommandForm::Exec(words))
            | Self::Cmd(CommandForm::Exec(words))
            | Self::Entrypoint(CommandForm::Exec(words))
            | Self::Shell(words)
            | Self::Other(words) => words.iter().collect(),
            Self::Copy { sources, destination } | Self::Add { sources, destination } => {
                sources.iter().chain([destination]).collect()
            }
            Self::Env(pairs) | Self::Label(pairs) => {
                pairs.iter().flat_map(|pair| [&pair.key, &pair.value]).collect()
            }
            Self::Arg(arguments) => {
                arguments.iter().flat_map(|(name, value)| std::iter::once(name).chain(value)).collect()
            }
            Self::Workdir(word) | Self::User(word) => vec![word],
            Self::Run(CommandForm::Shell)
            | Self::Cmd(CommandForm::Shell)
            | Self::Entrypoint(CommandForm::Shell)
            | Self::Onbuild(_)
            | Self::Invalid => Vec::new(),
        }
    }
}

/// `key=value` of `ENV` and `LABEL`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyValue {
    /// The key.
    pub key: Word,
    /// The value, quotes still there.
    pub value: Word,
    /// False for the old form `ENV key value`.
    pub equals: bool,
}
