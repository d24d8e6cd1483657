use crate::text::TextRange;

/// Which shell reads the script.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Dialect {
    /// dash: `/bin/sh` of Debian and Ubuntu, close to POSIX.
    #[default]
    Dash,
    /// bash: brace expansion, `[[`, arrays, process substitution.
    Bash,
    /// busybox ash: `/bin/sh` of Alpine and busybox. It has some of what bash has
    /// (`${x:1:2}`, `<(...)`, `[[`, `source`), in ways of its own.
    Ash,
    /// The `sh` of an image that is not known: one of the others. Read as bash reads it, for
    /// what no shell reads is an error everywhere; where the shells differ, nothing is claimed.
    Unknown,
}

/// A script. Ranges of this tree are bytes of the *mapped* text that was parsed
/// ([`crate::text::Mapped::source_range`] leads back to the file).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Script {
    /// Commands separated by `;`, `&` or line ends.
    pub items: Vec<Item>,
    /// The first item that is never run, because the shell meets a syntax error in the line it
    /// begins in: a shell reads and runs one complete command after the other, so those before
    /// have run, and the script ends there with status 2. Set on the outermost script only.
    pub refused: Option<usize>,
}

/// One `and-or` list of a script.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// The first pipeline.
    pub first: Pipeline,
    /// `&& pipeline`, `|| pipeline`, in order; equal precedence, left to right.
    pub rest: Vec<(Connector, Pipeline)>,
    /// Ended by `&`.
    pub background: bool,
}

/// `&&` or `||`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Connector {
    /// `&&`.
    And,
    /// `||`.
    Or,
}

/// `! a | b | c`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pipeline {
    /// Begins with `!`.
    pub negated: bool,
    /// At least one.
    pub commands: Vec<Command>,
    /// Its bytes.
    pub range: TextRange,
}

/// One command with its redirections.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Command {
    /// What it is.
    pub kind: CommandKind,
    /// In order, wherever they stand.
    pub redirections: Vec<Redirection>,
    /// Its bytes, redirections included.
    pub range: TextRange,
}

/// The kinds of command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CommandKind {
    /// `A=1 pip install x`; both lists may be empty (assignments alone, redirection alone).
    Simple {
        /// Assignments before the command.
        assignments: Vec<Assignment>,
        /// The command's name and its arguments.
        words: Vec<Word>,
    },
    /// `( ... )`.
    Subshell(Script),
    /// `{ ...; }`.
    Group(Script),
    /// `if a; then b; elif c; then d; else e; fi`.
    If {
        /// Condition and body of `if` and each `elif`.
        branches: Vec<(Script, Script)>,
        /// Body of `else`.
        otherwise: Option<Script>,
    },
    /// `for name in words; do body; done`; without `in`, over the positional parameters.
    For {
        /// The variable.
        variable: String,
        /// The words, `None` without `in`.
        words: Option<Vec<Word>>,
        /// The body.
        body: Script,
    },
    /// `while` and `until`.
    While {
        /// `until`.
        until: bool,
        /// The condition.
        condition: Script,
        /// The body.
        body: Script,
    },
    /// `case word in pattern|pattern) body;; esac`.
    Case {
        /// What is matched.
        word: Word,
        /// Patterns and body, in order.
        arms: Vec<(Vec<Word>, Script)>,
    },
    /// `[[ ... ]]` (bash, ash): its words; operators are words of their own. They are neither split
    /// into fields nor matched against files.
    Conditional(Vec<Word>),
    /// `((...))` (bash): fails where it comes to 0.
    Arithmetic(Word),
    /// `name() { ... }`.
    Function {
        /// Its name.
        name: String,
        /// Its body.
        body: Box<Command>,
    },
    /// Beyond what is read: says why. Nothing may be claimed through it.
    Opaque {
        /// Why, as a sentence without a full stop.
        reason: String,
    },
}

/// `NAME=value`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Assignment {
    /// The variable.
    pub name: String,
    /// The value; without parts for `NAME=`.
    pub value: Word,
    /// `NAME+=value` (bash).
    pub append: bool,
    /// Its bytes.
    pub range: TextRange,
}

/// A redirection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Redirection {
    /// The descriptor before the operator, if written.
    pub fd: Option<u32>,
    /// What it does.
    pub operator: RedirectionOperator,
    /// The file, descriptor or here-string.
    pub target: Word,
    /// For `<<`: the body, read after the line.
    pub heredoc: Option<HereDocument>,
    /// Its bytes.
    pub range: TextRange,
}

/// The body of a `<<` inside a script.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HereDocument {
    /// The body, tabs already cut for `<<-`; every part is quoted. One literal for a quoted
    /// delimiter.
    pub body: Word,
    /// False for a quoted delimiter.
    pub expand: bool,
}

/// The operators of redirections.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RedirectionOperator {
    /// `<`.
    Read,
    /// `>` and `>|`.
    Write,
    /// `>>`.
    Append,
    /// `<>`.
    ReadWrite,
    /// `<&`.
    DuplicateInput,
    /// `>&`.
    DuplicateOutput,
    /// `&>` (bash, ash) and `&>>` (bash).
    WriteBoth {
        /// `&>>`.
        append: bool,
    },
    /// `<<`, `<<-`.
    HereDocument,
    /// `<<<` (bash).
    HereString,
}

/// A word before expansion.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Word {
    /// One after the other, without blanks between.
    pub parts: Vec<WordPart>,
    /// Its bytes, quotes included.
    pub range: TextRange,
}

/// A part of a word. An escaped character is a quoted literal of its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WordPart {
    /// What it is.
    pub kind: WordPartKind,
    /// Inside quotes: neither split into fields nor matched as a glob.
    pub quoted: bool,
    /// Its bytes, quotes excluded (so that a literal as long as its range is there verbatim).
    pub range: TextRange,
}

/// The kinds of part.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WordPartKind {
    /// Text with quotes and escapes taken off. Unquoted `*`, `?`, `[` in it are globs.
    Literal(String),
    /// `~` or `~user` at a word's start.
    Tilde(String),
    /// `$NAME`, `${NAME}`, `${NAME:-word}`, `$1`, `$@`, `$?`.
    Parameter {
        /// The name, digit or sign.
        name: String,
        /// What is done to its value.
        operation: ParameterOperation,
    },
    /// `$(...)` or backticks.
    Command(Script),
    /// `$((...))`: what stands in it. "The expression shall be treated as if it were in
    /// double-quotes" (POSIX 2.6.4).
    Arithmetic(Word),
    /// `<(...)` and `>(...)` (bash, ash).
    ProcessSubstitution {
        /// `>(`.
        output: bool,
        /// The script.
        script: Script,
    },
    /// What the shell refuses when it comes to expand it, such as `${x//a/b}` in sh: the
    /// script ends there with status 2.
    BadSubstitution,
    /// Beyond what is read (arrays, `${!x}`): says why.
    Opaque {
        /// Why.
        reason: String,
    },
}

/// `${NAME...}`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ParameterOperation {
    /// `$NAME`.
    Plain,
    /// `${NAME:-word}`; `colon` false for `${NAME-word}`.
    Default {
        /// Also for an empty value.
        colon: bool,
        /// The word.
        word: Word,
    },
    /// `${NAME:=word}`.
    Assign {
        /// Also for an empty value.
        colon: bool,
        /// The word.
        word: Word,
    },
    /// `${NAME:+word}`.
    Alternative {
        /// Not for an empty value.
        colon: bool,
        /// The word.
        word: Word,
    },
    /// `${NAME:?word}`.
    Error {
        /// Also for an empty value.
        colon: bool,
        /// The word.
        word: Word,
    },
    /// `${#NAME}`.
    Length,
    /// `${NAME#p}`, `${NAME##p}`.
    RemovePrefix {
        /// `##`.
        longest: bool,
        /// The pattern.
        pattern: Word,
    },
    /// `${NAME%p}`, `${NAME%%p}`.
    RemoveSuffix {
        /// `%%`.
        longest: bool,
        /// The pattern.
        pattern: Word,
    },
    /// `${NAME/p/r}`, `${NAME//p/r}` (bash, ash); `${NAME/#p/r}`, `${NAME/%p/r}` (bash).
    Replace {
        /// Which matches.
        matches: Matches,
        /// The pattern.
        pattern: Word,
        /// What comes instead.
        replacement: Word,
    },
    /// `${NAME:offset:length}` (bash, ash).
    Substring {
        /// An arithmetic expression.
        offset: Word,
        /// An arithmetic expression.
        length: Option<Word>,
    },
    /// `${NAME^}`, `${NAME^^}`, `${NAME,}`, `${NAME,,}` without a pattern (bash).
    ChangeCase {
        /// `^`.
        upper: bool,
        /// The operator is doubled: every letter, not the first alone.
        all: bool,
    },
}

/// Which matches `${NAME/p/r}` replaces.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Matches {
    /// `/`: the first.
    First,
    /// `//`: every one.
    All,
    /// `/#`: one at the start.
    Prefix,
    /// `/%`: one at the end.
    Suffix,
}

impl Dialect {
    /// The three shells, without [`Self::Unknown`].
    pub const KNOWN: [Self; 3] = [Self::Dash, Self::Bash, Self::Ash];

    /// What is run where something names `sh`, `bash` or another shell by name or path; `sh` is
    /// what `/bin/sh` is. `None` for a program that is none of these shells.
    #[must_use]
    pub fn of_program(path: &str, sh: Self) -> Option<Self> {
        match path.rsplit('/').next().unwrap_or(path) {
            "sh" => Some(sh),
            "dash" => Some(Self::Dash),
            "ash" => Some(Self::Ash),
            "bash" => Some(Self::Bash),
            _ => None,
        }
    }

    /// Reads what bash alone has: braces, arrays, `((...))`, `<<<`.
    #[must_use]
    pub fn is_bash(self) -> bool {
        matches!(self, Self::Bash | Self::Unknown)
    }

    /// Reads what bash and ash have, and dash has not.
    #[must_use]
    pub fn is_extended(self) -> bool {
        self != Self::Dash
    }
}
