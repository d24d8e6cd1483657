use crate::{
    order::SortedSet,
    pep508::{Marker, Requirement},
    text::{Mapped, SyntaxError, TextRange},
};

/// A whole requirements or constraints file. Ranges are bytes of the file.
///
/// Its lines cover the file: the first begins at 0, each other where the one before it ends,
/// and the last ends where the text ends.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct RequirementsFile {
    /// Every logical line, blank ones and comments included.
    pub lines: Vec<Line>,
}

/// A logical line: the lines that continuations (`\`) join.
#[derive(Debug, Clone, PartialEq)]
pub struct Line {
    /// All its bytes, comment and last line ending included.
    pub range: TextRange,
    /// Its first line, from 1, as pip counts: form feeds and Unicode's separators end lines too.
    pub number: u32,
    /// What pip reads: joined, comment and outer blanks cut, known variables put in.
    pub text: Mapped,
    /// From `#` to the end of the line, line ending excluded.
    pub comment: Option<TextRange>,
    /// Every `${NAME}` whose value is not known, as it stands in the file.
    pub unset_variables: Vec<Variable>,
    /// What the line is.
    pub kind: LineKind,
    /// Its options in order, also those that pip parses and then ignores.
    pub options: Vec<OptionUse>,
    /// Runs of words that pip drops silently: what follows an option and is not its value.
    pub dropped: Vec<TextRange>,
    /// What is wrong with the line, in order of place. With unset variables in a requirement,
    /// what is wrong as it stands, and perhaps not with their values.
    pub errors: Vec<SyntaxError>,
}

/// `${NAME}`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Variable {
    /// Without `${` and `}`.
    pub name: String,
    /// With them.
    pub range: TextRange,
}

/// What a line is.
#[derive(Debug, Clone, PartialEq)]
pub enum LineKind {
    /// Blank, or a comment alone.
    Blank,
    /// A requirement, perhaps with options of its own.
    Requirement(Box<RequirementLine>),
    /// Options alone. With `-r` or `-c` among them the others have no effect.
    Options,
    /// pip stops here; an error says why.
    Invalid,
}

/// An option as used on a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OptionUse {
    /// Which one.
    pub flag: Flag,
    /// Name and value.
    pub range: TextRange,
    /// The value, quotes and escapes taken out. Empty for a flag without one.
    pub value: Mapped,
}

/// The options that pip 26.3 knows in a requirements file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Flag {
    /// `-i`, `--index-url`, `--pypi-url`.
    IndexUrl,
    /// `--extra-index-url`.
    ExtraIndexUrl,
    /// `--no-index`.
    NoIndex,
    /// `-c`, `--constraint`.
    Constraint,
    /// `-r`, `--requirement`.
    Requirement,
    /// `-e`, `--editable`.
    Editable,
    /// `-f`, `--find-links`.
    FindLinks,
    /// `--no-binary`.
    NoBinary,
    /// `--only-binary`.
    OnlyBinary,
    /// `--prefer-binary`.
    PreferBinary,
    /// `--require-hashes`.
    RequireHashes,
    /// `--no-require-hashes`.
    NoRequireHashes,
    /// `--pre`.
    Pre,
    /// `--all-releases`.
    AllReleases,
    /// `--only-final`.
    OnlyFinal,
    /// `--trusted-host`.
    TrustedHost,
    /// `--use-feature`.
    UseFeature,
    /// `--hash`, of a requirement.
    Hash,
    /// `-C`, `--config-settings`, of a requirement.
    ConfigSettings,
}

/// A line that asks for a project.
#[derive(Debug, Clone, PartialEq)]
pub struct RequirementLine {
    /// What pip takes for the requirement: what stands before the options, else the value of
    /// the first `-e`.
    pub text: Mapped,
    /// With `-e`.
    pub editable: bool,
    /// What it names.
    pub form: Form,
    /// Where its parts stand in the file, for edits.
    pub parts: Parts,
}

/// What a requirement names, as far as its text tells. Ranges are bytes of
/// [`RequirementLine::text`].
#[derive(Debug, Clone, PartialEq)]
pub enum Form {
    /// A project: `numpy>=1.24`, `numpy @ https://host/numpy.zip`.
    Named(Requirement),
    /// A URL alone: `git+https://host/numpy.git#egg=numpy`.
    Url(Direct),
    /// The path of a wheel, an sdist or another archive.
    Archive(Direct),
    /// What can only be the path of a folder. pip refuses it if there is none.
    Folder(Direct),
    /// Nothing that pip takes; an error says why.
    Invalid,
}

/// A URL or path as a requirement.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Direct {
    /// The URL or path, without extras.
    pub target: String,
    /// Where it stands.
    pub range: TextRange,
    /// The extras in brackets behind it, in small letters.
    pub extras: SortedSet<String>,
    /// The extras with their brackets.
    pub extras_range: Option<TextRange>,
    /// When it counts.
    pub marker: Option<Marker>,
}

/// Where the parts of a requirement stand. Ranges are bytes of the file; each covers
/// everything the part came from, continuations and variables included.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Parts {
    /// The project's name, or the URL or path.
    pub subject: Option<TextRange>,
    /// The extras with their brackets.
    pub extras: Option<TextRange>,
    /// The specifiers, with their parentheses.
    pub specifiers: Option<TextRange>,
    /// What stands behind the `@`.
    pub url: Option<TextRange>,
    /// The marker, without its semicolon.
    pub marker: Option<TextRange>,
}

impl RequirementsFile {
    /// The file's text again, put together line by line.
    ///
    /// `source` is the text that was parsed.
    #[must_use]
    pub fn print(&self, source: &str) -> String {
        let bytes = |line: &Line| usize::from(line.range.start())..usize::from(line.range.end());
        self.lines.iter().map(|line| source.get(bytes(line)).unwrap_or_default()).collect()
    }

    /// The line that holds a byte; the last one for the end of the text.
    #[must_use]
    pub fn line_at(&self, offset: usize) -> Option<&Line> {
        let after = self.lines.partition_point(|line| usize::from(line.range.start()) <= offset);
        self.lines.get(after.checked_sub(1)?)
    }
}

impl Line {
    /// The uses of one option, in order.
    pub fn values_of(&self, flag: Flag) -> impl Iterator<Item = &OptionUse> {
        self.options.iter().filter(move |option| option.flag == flag)
    }
}

impl Flag {
    /// Its long name, dashes included.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::IndexUrl => "--index-url",
            Self::ExtraIndexUrl => "--extra-index-url",
            Self::NoIndex => "--no-index",
            Self::Constraint => "--constraint",
            Self::Requirement => "--requirement",
            Self::Editable => "--editable",
            Self::FindLinks => "--find-links",
            Self::NoBinary => "--no-binary",
            Self::OnlyBinary => "--only-binary",
            Self::PreferBinary => "--prefer-binary",
            Self::RequireHashes => "--require-hashes",
            Self::NoRequireHashes => "--no-require-hashes",
            Self::Pre => "--pre",
            Self::AllReleases => "--all-releases",
            Self::OnlyFinal => "--only-final",
            Self::TrustedHost => "--trusted-host",
            Self::UseFeature => "--use-feature",
            Self::Hash => "--hash",
            Self::ConfigSettings => "--config-settings",
        }
    }
}
