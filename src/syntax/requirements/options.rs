//! A line's options: split into words as Python's `shlex` does, then read as `optparse` does.

use super::tree::{Flag, OptionUse};
use crate::text::{Mapped, SyntaxError, TextRange, range};

/// A line, split where its options begin.
#[derive(Debug, Default)]
pub(super) struct Options {
    /// What stands before them, the separating blank excluded. Other blanks are kept, as pip does.
    pub(super) before: Mapped,
    /// In order, up to the first that is wrong.
    pub(super) uses: Vec<OptionUse>,
    /// Runs of words that are neither options nor their values.
    pub(super) dropped: Vec<TextRange>,
    /// Why pip stops at this line.
    pub(super) error: Option<SyntaxError>,
}

/// Which option a name stands for, and how it is spelled.
struct Spelling {
    flag: Flag,
    short: Option<char>,
    long: &'static str,
}

const fn spelling(flag: Flag, short: Option<char>, long: &'static str) -> Spelling {
    Spelling { flag, short, long }
}

/// `SUPPORTED_OPTIONS` and `SUPPORTED_OPTIONS_REQ` of pip 26.3's `req_file`.
const SPELLINGS: [Spelling; 20] = [
    spelling(Flag::IndexUrl, Some('i'), "--index-url"),
    spelling(Flag::IndexUrl, None, "--pypi-url"),
    spelling(Flag::ExtraIndexUrl, None, "--extra-index-url"),
    spelling(Flag::NoIndex, None, "--no-index"),
    spelling(Flag::Constraint, Some('c'), "--constraint"),
    spelling(Flag::Requirement, Some('r'), "--requirement"),
    spelling(Flag::Editable, Some('e'), "--editable"),
    spelling(Flag::FindLinks, Some('f'), "--find-links"),
    spelling(Flag::NoBinary, None, "--no-binary"),
    spelling(Flag::OnlyBinary, None, "--only-binary"),
    spelling(Flag::PreferBinary, None, "--prefer-binary"),
    spelling(Flag::RequireHashes, None, "--require-hashes"),
    spelling(Flag::NoRequireHashes, None, "--no-require-hashes"),
    spelling(Flag::Pre, None, "--pre"),
    spelling(Flag::AllReleases, None, "--all-releases"),
    spelling(Flag::OnlyFinal, None, "--only-final"),
    spelling(Flag::TrustedHost, None, "--trusted-host"),
    spelling(Flag::UseFeature, None, "--use-feature"),
    spelling(Flag::Hash, None, "--hash"),
    spelling(Flag::ConfigSettings, Some('C'), "--config-settings"),
];

/// `--use-feature` takes these alone.
const FEATURES: [&str; 6] = [
    "fast-deps",
    "inprocess-build-deps",
    "venv-isolation",
    "truststore",
    "no-binary-enable-wheel-cache",
    "build-constraint",
];

/// pip's `STRONG_HASHES`.
const HASHES: [&str; 3] = ["sha256", "sha384", "sha512"];

/// Splits a line at the first word that begins with a dash, and reads the options behind it.
pub(super) fn read(line: &Mapped) -> Options {
    let text = line.as_str();
    // pip splits at single spaces, so a tab before a dash does not begin an option.
    let dash = if text.starts_with('-') { Some(0) } else { text.find(" -").map(|at| at + 1) };
    let Some(dash) = dash else {
        return Options { before: line.clone(), ..Options::default() };
    };
    let mut options = Options { before: line.slice(range(0, dash.saturating_sub(1))), ..Options::default() };
    match split_words(line, dash) {
        Ok(words) => read_words(&words, &mut options),
        Err(error) => options.error = Some(error),
    }
    options
}

impl Flag {
    fn takes_value(self) -> bool {
        !matches!(
            self,
            Self::NoIndex | Self::PreferBinary | Self::RequireHashes | Self::NoRequireHashes | Self::Pre
        )
    }
}

/// A word of the options.
struct Word {
    /// Quotes and escapes taken out.
    text: Mapped,
    /// Where it stands in the file, with them.
    range: TextRange,
}

/// `shlex.split` from a byte of the line on: both quotes, and the backslash outside quotes or
/// before `"` and `\` in double ones.
fn split_words(line: &Mapped, start: usize) -> Result<Vec<Word>, SyntaxError> {
    let mut words = Vec::new();
    let mut word: Option<(Mapped, usize)> = None;
    let mut quote: Option<(char, usize)> = None;
    let finished =
        |(text, from): (Mapped, usize), to| Word { text, range: line.source_range(range(from, to)) };
    let mut chars = line.as_str().char_indices().skip_while(|(at, _)| *at < start);
    while let Some((at, c)) = chars.next() {
        let here = range(at, at + c.len_utf8());
        if quote.is_none() && matches!(c, ' ' | '\t' | '\r' | '\n') {
            words.extend(word.take().map(|word| finished(word, at)));
            continue;
        }
        let (text, _) = word.get_or_insert_with(|| (Mapped::default(), at));
        match (c, quote) {
            (_, Some((open, _))) if c == open => quote = None,
            ('\\', None | Some(('"', _))) => {
                let Some((next_at, next)) = chars.next() else {
                    let message = "a backslash at the end of the options escapes nothing";
                    return Err(SyntaxError::new(line.source_range(here), message).with_hint("remove it"));
                };
                if quote.is_some() && next != '"' && next != '\\' {
                    text.push_slice(line, here);
                }
                text.push_slice(line, range(next_at, next_at + next.len_utf8()));
            }
            ('"' | '\'', None) => quote = Some((c, at)),
            _ => text.push_slice(line, here),
        }
    }
    if let Some((c, at)) = quote {
        let place = line.source_range(range(at, line.as_str().len()));
        return Err(SyntaxError::new(place, format!("the quote `{c}` is never closed"))
            .with_hint(format!("expected another `{c}`")));
    }
    words.extend(word.map(|word| finished(word, line.as_str().len())));
    Ok(words)
}

/// `optparse`: long options by any unambiguous beginning, short ones with the value glued on,
/// other words passed over, everything after `--` as well.
fn read_words(words: &[Word], options: &mut Options) {
    let mut rest = words.iter();
    let mut run: Option<TextRange> = None;
    let mut ended = false;
    while let Some(word) = rest.next() {
        let text = word.text.as_str();
        if text == "--" && !ended {
            ended = true;
            continue;
        }
        if ended || text == "-" || !text.starts_with('-') {
            run = Some(run.map_or(word.range, |run| run.cover(word.range)));
            continue;
        }
        options.dropped.extend(run.take());
        let outcome = if text.starts_with("--") {
            read_long(word, &mut rest, options)
        } else {
            read_short(word, &mut rest, options)
        };
        if let Err(error) = outcome {
            options.error = Some(error);
            return;
        }
    }
    options.dropped.extend(run);
}

type Words<'a> = std::slice::Iter<'a, Word>;

fn read_long(word: &Word, rest: &mut Words<'_>, options: &mut Options) -> Result<(), SyntaxError> {
    let text = word.text.as_str();
    let (name, glued) = match text.split_once('=') {
        Some((name, _)) => (name, Some(word.text.slice(range(name.len() + 1, text.len())))),
        None => (text, None),
    };
    let flag = long_flag(name, word.text.source_range(range(0, name.len())))?;
    if flag.takes_value() {
        return read_value(flag, word, glued, rest, options);
    }
    if glued.is_some() {
        return Err(SyntaxError::new(word.range, format!("{} takes no value", flag.name())));
    }
    options.uses.push(OptionUse { flag, range: word.range, value: Mapped::default() });
    Ok(())
}

fn read_short(word: &Word, rest: &mut Words<'_>, options: &mut Options) -> Result<(), SyntaxError> {
    let text = word.text.as_str();
    // All short options that pip knows here take a value, so a cluster ends at its first letter.
    let Some(letter) = text.chars().nth(1) else { return Ok(()) };
    let end = 1 + letter.len_utf8();
    let spelling = SPELLINGS.iter().find(|spelling| spelling.short == Some(letter)).ok_or_else(|| {
        let place = word.text.source_range(range(0, end));
        unknown(&format!("-{letter}"), place, "expected -r, -c, -e, -i, -f or -C")
    })?;
    let glued = (text.len() > end).then(|| word.text.slice(range(end, text.len())));
    read_value(spelling.flag, word, glued, rest, options)
}

/// The value glued to the option's word, else the next word, whatever it is.
fn read_value(
    flag: Flag,
    word: &Word,
    glued: Option<Mapped>,
    rest: &mut Words<'_>,
    options: &mut Options,
) -> Result<(), SyntaxError> {
    let (value, place) = match glued {
        Some(value) => (value, word.range),
        None => match rest.next() {
            Some(next) => (next.text.clone(), next.range),
            None => {
                let message = format!("{} needs a value", flag.name());
                return Err(SyntaxError::new(word.range, message).with_hint(expected_value(flag)));
            }
        },
    };
    if let Some((message, hint)) = wrong_value(flag, value.as_str()) {
        return Err(SyntaxError::new(place, message).with_hint(hint));
    }
    options.uses.push(OptionUse { flag, range: word.range.cover(place), value });
    Ok(())
}

fn long_flag(name: &str, place: TextRange) -> Result<Flag, SyntaxError> {
    if let Some(spelling) = SPELLINGS.iter().find(|spelling| spelling.long == name) {
        return Ok(spelling.flag);
    }
    let mut possible = SPELLINGS.iter().filter(|spelling| spelling.long.starts_with(name));
    match (possible.next(), possible.next()) {
        (Some(spelling), None) => Ok(spelling.flag),
        (None, _) => Err(unknown(
            name,
            place,
            "options of pip's command line belong to the command; a comment needs a blank before #",
        )),
        (Some(first), Some(second)) => {
            let more: String = possible.map(|spelling| format!(", {}", spelling.long)).collect();
            Err(SyntaxError::new(place, format!("`{name}` could be several options"))
                .with_hint(format!("expected one of {}, {}{more}", first.long, second.long)))
        }
    }
}

fn unknown(name: &str, place: TextRange, hint: &str) -> SyntaxError {
    SyntaxError::new(place, format!("pip has no option `{name}` in a requirements file")).with_hint(hint)
}

fn expected_value(flag: Flag) -> &'static str {
    match flag {
        Flag::Constraint | Flag::Requirement => "expected the path of a file",
        Flag::Editable => "expected a folder or a version control URL",
        Flag::IndexUrl | Flag::ExtraIndexUrl => "expected the URL of an index",
        Flag::FindLinks => "expected a folder or a URL",
        Flag::NoBinary | Flag::OnlyBinary | Flag::AllReleases | Flag::OnlyFinal => {
            "expected project names with commas between them, or :all: or :none:"
        }
        Flag::TrustedHost => "expected a host, perhaps with a port",
        Flag::UseFeature => "expected a feature",
        Flag::Hash => "expected a hash like sha256:2cf24dba",
        Flag::ConfigSettings => "expected KEY=VALUE",
        Flag::NoIndex | Flag::PreferBinary | Flag::RequireHashes | Flag::NoRequireHashes | Flag::Pre => {
            "takes no value"
        }
    }
}

fn wrong_value(flag: Flag, value: &str) -> Option<(String, String)> {
    let expected = || expected_value(flag).to_owned();
    match flag {
        Flag::Hash => {
            let Some((algorithm, _)) = value.split_once(':') else {
                return Some(("a hash needs the name of its algorithm".into(), expected()));
            };
            (!HASHES.contains(&algorithm)).then(|| {
                (
                    format!("pip does not accept `{algorithm}` hashes"),
                    format!("expected {}", HASHES.join(", ")),
                )
            })
        }
        Flag::ConfigSettings => {
            (!value.contains('=')).then(|| ("a setting needs a value".into(), expected()))
        }
        Flag::UseFeature => (!FEATURES.contains(&value)).then(|| {
            (format!("pip has no feature `{value}`"), format!("expected one of {}", FEATURES.join(", ")))
        }),
        // pip takes the next word for the value, whatever it is, and then refuses a dash.
        Flag::NoBinary | Flag::OnlyBinary | Flag::AllReleases | Flag::OnlyFinal => {
            value.starts_with('-').then(|| (format!("{} needs a value", flag.name()), expected()))
        }
        _ => None,
    }
}
