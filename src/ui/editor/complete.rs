//! Completion: instructions, flags, stages, projects and versions that the catalogue knows.

use std::cmp::Reverse;

use serde::Serialize;

use crate::{
    order::{self, SortedMap, SortedSet},
    pep440::{is_prerelease, parse_version},
    syntax::dockerfile::{self, InstructionKind},
    ui::state::{FACTS, is_dockerfile},
};

/// What the catalogue can complete.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Words {
    /// Versions by project, newest first, pre-releases behind the others.
    pub projects: SortedMap<String, Vec<String>>,
}

impl Words {
    /// Takes in what files of the catalogue know: a project that several know keeps the versions of all.
    pub fn learn(&mut self, more: SortedMap<String, Vec<String>>) {
        for (name, versions) in more {
            let known = self.projects.entry(name).or_default();
            if known.is_empty() {
                *known = versions;
            } else {
                known.extend(versions);
                newest_first(known);
            }
        }
    }
}

/// Sorts versions as they are offered, each once: the newest first, pre-releases behind the others.
pub fn newest_first(versions: &mut Vec<String>) {
    order::sort_by_cached_key(versions, |version| {
        let parsed = parse_version(version);
        (parsed.as_ref().is_some_and(is_prerelease), Reverse((parsed, version.clone())))
    });
    versions.dedup();
}

/// What fits at a place, as the editor reads it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Completion {
    /// Where the text begins that an option replaces.
    pub from: usize,
    /// The options, best first.
    pub options: Vec<Choice>,
}

/// One option.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Choice {
    /// What is inserted.
    pub label: String,
    /// A word or two about it.
    pub detail: String,
    /// Greater comes first.
    pub boost: i32,
}

/// Instruction, its flags, and what it does.
const INSTRUCTIONS: [(&str, &[&str], &str); 17] = [
    ("FROM", &["--platform="], "starts a stage"),
    ("RUN", &["--mount=type=cache,target=", "--mount=type=bind,from=", "--network=none"], "runs a command"),
    ("COPY", &["--from=", "--chown=", "--chmod=", "--link"], "copies files"),
    ("ADD", &["--chown=", "--chmod=", "--checksum=", "--link"], "copies files or fetches a URL"),
    ("ARG", &[], "declares a build argument"),
    ("ENV", &[], "sets a variable"),
    ("WORKDIR", &[], "changes the folder"),
    ("CMD", &[], "what the image runs"),
    ("ENTRYPOINT", &[], "what the image runs, always"),
    ("USER", &[], "changes the user"),
    ("SHELL", &[], "changes the shell of RUN"),
    ("LABEL", &[], "describes the image"),
    ("EXPOSE", &[], "names a port"),
    ("VOLUME", &[], "declares a volume"),
    ("HEALTHCHECK", &[], "checks a container"),
    ("STOPSIGNAL", &[], "how to stop"),
    ("ONBUILD", &[], "for images built on this one"),
];

/// Flags of `pip install`, `pip wheel` and `pip download`.
const PIP_FLAGS: [(&str, &str); 18] = [
    ("--requirement", "install from a file"),
    ("--constraint", "bound versions by a file"),
    ("--no-deps", "without dependencies"),
    ("--no-index", "only what --find-links names"),
    ("--find-links", "a folder or page of files"),
    ("--index-url", "the index in place of PyPI"),
    ("--extra-index-url", "one more index"),
    ("--upgrade", "newest versions"),
    ("--force-reinstall", "even what is there"),
    ("--target", "into a folder"),
    ("--prefix", "below a folder"),
    ("--user", "into the home folder"),
    ("--no-cache-dir", "keep nothing"),
    ("--no-build-isolation", "build with what is installed"),
    ("--only-binary", "wheels only"),
    ("--no-binary", "source only"),
    ("--pre", "pre-releases too"),
    ("--wheel-dir", "where wheels go"),
];

/// Options of a requirements file.
const FILE_OPTIONS: [(&str, &str); 8] = [
    ("--requirement", "another file"),
    ("--constraint", "bound versions by a file"),
    ("--index-url", "the index in place of PyPI"),
    ("--extra-index-url", "one more index"),
    ("--no-index", "only what --find-links names"),
    ("--find-links", "a folder or page of files"),
    ("--pre", "pre-releases too"),
    ("--editable", "a project in development"),
];

/// What fits at byte `at`. `asked`: by key, so that an empty word is completed too.
#[must_use]
pub fn complete(words: &Words, path: &str, text: &str, at: usize, asked: bool) -> Option<Completion> {
    let before = text.get(..at)?;
    let line = before.rsplit('\n').next().unwrap_or_default();
    if line.trim_start().starts_with('#') {
        return None;
    }
    let word = last_word(line);
    let head = line.strip_suffix(word)?;
    if word.is_empty() && !asked && !head.ends_with("--from=") && !head.ends_with("==") {
        return None;
    }
    let mut options = if path == FACTS {
        in_facts(words, text, head)
    } else if is_dockerfile(path) {
        in_dockerfile(words, text, at, line, head, word)
    } else {
        in_requirements(words, text, head, word)
    };
    // 1.26.0 is nothing that 1.20 begins.
    if word.starts_with(|first: char| first.is_ascii_digit()) {
        options.retain(|choice| choice.label.starts_with(word));
    }
    (!options.is_empty()).then(|| Completion { from: at - word.len(), options })
}

fn in_requirements(words: &Words, text: &str, head: &str, word: &str) -> Vec<Choice> {
    if head.trim().is_empty() {
        if word.starts_with('-') { flags(&FILE_OPTIONS) } else { projects(words, text) }
    } else {
        versions(words, head)
    }
}

/// `NAME VERSION depends on REQUIREMENT`.
fn in_facts(words: &Words, text: &str, head: &str) -> Vec<Choice> {
    let parts: Vec<&str> = head.split_whitespace().collect();
    let choice = |label: &str| Choice { label: label.to_owned(), detail: String::new(), boost: 0 };
    match parts.as_slice() {
        [] | [.., "on" | "holds"] => projects(words, text),
        [.., "holds", name] => versions_of(words, name),
        ["image", ..] => Vec::new(),
        [name] => versions_of(words, name),
        [_, _] => vec![choice("depends on"), choice("requires python")],
        _ => versions(words, head),
    }
}

fn in_dockerfile(words: &Words, text: &str, at: usize, line: &str, head: &str, word: &str) -> Vec<Choice> {
    let file = dockerfile::parse(text).tree;
    let here = file.instructions.iter().find(|instruction| {
        usize::from(instruction.range.start()) < at && at <= usize::from(instruction.range.end())
    });
    let Some(instruction) = here.filter(|here| at > usize::from(here.keyword_range.end())) else {
        return if head.trim().is_empty() { instructions() } else { Vec::new() };
    };
    let keyword = instruction.keyword.to_ascii_uppercase();
    let stages = || {
        file.instructions
            .iter()
            .take_while(|other| other.range.start() < instruction.range.start())
            .filter_map(|other| match &other.kind {
                InstructionKind::From { name: Some(name), .. } => Some(name.text.as_str().to_owned()),
                _ => None,
            })
            .map(|label| Choice { label, detail: "stage".to_owned(), boost: 2 })
            .collect::<Vec<_>>()
    };
    if head.ends_with("--from=") || head.ends_with(",from=") {
        return stages();
    }
    match keyword.as_str() {
        "FROM" if !word.starts_with('-') => stages(),
        "RUN" if calls_pip(line, text, at) => {
            let mut choices = versions(words, head);
            if choices.is_empty() {
                choices = if word.starts_with('-') { flags(&PIP_FLAGS) } else { projects(words, text) };
            }
            choices
        }
        _ if word.starts_with('-') => INSTRUCTIONS
            .iter()
            .find(|(name, ..)| *name == keyword)
            .into_iter()
            .flat_map(|(_, flags, _)| flags.iter())
            .map(|flag| Choice { label: (*flag).to_owned(), detail: String::new(), boost: 0 })
            .collect(),
        _ => Vec::new(),
    }
}

/// Whether the command under the cursor is pip's or uv's: the nearest before it on the logical line.
fn calls_pip(line: &str, text: &str, at: usize) -> bool {
    let before = text.get(..at).unwrap_or(line);
    let start = before.rfind("RUN").unwrap_or(0);
    let command = before.get(start..).unwrap_or_default();
    let command = command.rsplit(['&', ';', '|']).next().unwrap_or_default();
    command.split_whitespace().any(|word| matches!(word, "pip" | "pip3" | "uv") || word.ends_with("/pip"))
}

fn instructions() -> Vec<Choice> {
    INSTRUCTIONS
        .iter()
        .map(|(name, _, about)| Choice { label: (*name).to_owned(), detail: (*about).to_owned(), boost: 0 })
        .collect()
}

fn flags(known: &[(&str, &str)]) -> Vec<Choice> {
    known
        .iter()
        .map(|(name, about)| Choice { label: (*name).to_owned(), detail: (*about).to_owned(), boost: 0 })
        .collect()
}

/// Projects that the text names come first, then those of which much is known, for much is made of
/// them; then short names.
fn projects(words: &Words, text: &str) -> Vec<Choice> {
    let named: SortedSet<&str> =
        text.split(|c: char| !c.is_ascii_alphanumeric() && !matches!(c, '-' | '_' | '.')).collect();
    let count = |count: usize| i32::try_from(count.min(24)).unwrap_or(0);
    words
        .projects
        .iter()
        .map(|(name, versions)| Choice {
            label: name.clone(),
            detail: versions.first().cloned().unwrap_or_default(),
            boost: 48 * i32::from(named.contains(name.as_str())) + count(versions.len()) - count(name.len()),
        })
        .collect()
}

/// Versions of the project that stands before the operator at the end of `head`.
fn versions(words: &Words, head: &str) -> Vec<Choice> {
    let stem = head.trim_end();
    let bare = stem.trim_end_matches(['=', '<', '>', '!', '~']);
    if bare.len() == stem.len() {
        return Vec::new();
    }
    // After a comma the project stands further left: `numpy>=1.24,<`.
    let subject = bare.rsplit([' ', '\t', '"', '\'']).next().unwrap_or(bare);
    let name: String =
        subject.chars().take_while(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.')).collect();
    versions_of(words, &name)
}

fn versions_of(words: &Words, name: &str) -> Vec<Choice> {
    let name = name.to_ascii_lowercase().replace(['_', '.'], "-");
    let Some(versions) = words.projects.get(&name) else { return Vec::new() };
    (0..)
        .zip(versions)
        .map(|(index, version)| Choice { label: version.clone(), detail: String::new(), boost: -index })
        .collect()
}

/// The part of a name, flag or version that ends the line.
fn last_word(line: &str) -> &str {
    let start = line
        .char_indices()
        .rev()
        .take_while(|(_, c)| c.is_alphanumeric() || matches!(c, '-' | '_' | '.' | '+' | '!'))
        .last()
        .map_or(line.len(), |(at, _)| at);
    let word = line.get(start..).unwrap_or_default();
    // `!=1` ends in a version, not in a word that begins with a sign.
    word.trim_start_matches('!')
}
