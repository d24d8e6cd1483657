//! What pip makes of a requirements file and all it includes: requirements in pip's order,
//! options, warnings, and what it passes over in silence.

use std::{borrow::Cow, sync::Arc};

use super::{
    location::{absolute, file_url_path, folder_of, is_fetched, join_url},
    parse_with,
    requirement::{Wanted, settle},
    tree::{Flag, Line, LineKind, OptionUse},
};
use crate::{
    budget::{Budget, requirement_weight},
    order::SortedSet,
    pep508::canonicalize,
    text::{Mapped, SyntaxError, TextRange, range},
};

/// How deep files may include each other. pip fails near 1,000, where Python's stack ends.
const MAX_DEPTH: usize = 500;

/// Whether a file gives requirements (`-r`) or bounds (`-c`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Mode {
    /// `-r`.
    Requirements,
    /// `-c`.
    Constraints,
}

/// The files that pip sees.
pub trait Files {
    /// The text of a file by its absolute path, or of a page by its `http` or `https` URL.
    /// `None` where there is none.
    fn text(&self, path: &str) -> Option<Cow<'_, str>>;

    /// Whether there is a file of any content at an absolute path.
    fn is_file(&self, path: &str) -> bool;

    /// Whether there is a folder at an absolute path.
    fn is_folder(&self, path: &str) -> bool;
}

/// Where pip runs.
#[derive(Clone, Copy)]
pub struct Surroundings<'a> {
    /// The absolute path of the working directory.
    pub folder: &'a str,
    /// What lies there.
    pub files: &'a dyn Files,
    /// The values of environment variables.
    pub variables: &'a dyn Fn(&str) -> Option<String>,
    /// Pays for what is read: files that include others twice double with each step, and pip
    /// would go on.
    pub budget: &'a Budget,
}

/// A place in one of the files that were read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The file's absolute path, or its URL.
    pub path: Arc<str>,
    /// The bytes in its text.
    pub range: TextRange,
}

/// The outcome of reading a file and all it includes.
#[derive(Debug, Clone, Default)]
pub struct Loaded {
    /// Every line that is not blank, in the order in which pip reads them, up to an error.
    pub lines: Vec<LoadedLine>,
    /// What is asked for, in pip's order.
    pub requirements: Vec<LoadedRequirement>,
    /// The options in force at the end, those given before included.
    pub settings: Settings,
    /// What pip warns about.
    pub warnings: Vec<Notice>,
    /// What pip passes over without saying so.
    pub ignored: Vec<Ignored>,
    /// Where pip stops reading; what came before stays.
    pub error: Option<LoadError>,
}

/// A line as pip reads it.
#[derive(Debug, Clone)]
pub struct LoadedLine {
    /// The file as pip names it: as given on the command line, or the absolute path of an
    /// included one.
    pub file: Arc<str>,
    /// The file's absolute path, or its URL.
    pub path: Arc<str>,
    /// Whether it stands in a requirements or a constraints file.
    pub mode: Mode,
    /// The line, variables put in.
    pub line: Line,
}

/// A requirement as pip hands it from the file to the resolver.
#[derive(Debug, Clone, PartialEq)]
pub struct LoadedRequirement {
    /// The index of its line in [`Loaded::lines`].
    pub line: usize,
    /// The bytes of its text.
    pub place: Place,
    /// What pip reads as the requirement.
    pub text: Mapped,
    /// With `-e`.
    pub editable: bool,
    /// Whether it is a constraint.
    pub mode: Mode,
    /// As pip names where it stands: `-r requirements.txt (line 2)`.
    pub comes_from: String,
    /// `--hash`: algorithm and digest, in order. None for editable ones.
    pub hashes: Vec<(String, String)>,
    /// `--config-settings`: key and value, in order.
    pub config_settings: Vec<(String, String)>,
    /// What it asks for, or why pip stops when it comes to it. The error's range is in the file.
    pub wanted: Result<Wanted, SyntaxError>,
}

/// A value that an option set, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Setting {
    /// The value.
    pub value: String,
    /// In a file; `None` for the command line or the environment.
    pub place: Option<Place>,
}

/// What pip's global options say, as they add up.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Settings {
    /// `--index-url`, then `--extra-index-url`s. Empty where none is given.
    pub index_urls: Vec<Setting>,
    /// `--find-links`, with the path of a folder beside the file put in where there is one.
    pub find_links: Vec<Setting>,
    /// `--no-index`.
    pub no_index: bool,
    /// `--no-binary`: normalized names, or `:all:`.
    pub no_binary: SortedSet<String>,
    /// `--only-binary`: normalized names, or `:all:`.
    pub only_binary: SortedSet<String>,
    /// `--prefer-binary`.
    pub prefer_binary: bool,
    /// `--pre` and `--all-releases`: normalized names, or `:all:`.
    pub all_releases: SortedSet<String>,
    /// `--only-final`: normalized names, or `:all:`.
    pub only_final: SortedSet<String>,
    /// `--trusted-host`.
    pub trusted_hosts: Vec<Setting>,
    /// `--require-hashes`.
    pub require_hashes: bool,
    /// `--no-require-hashes`.
    pub no_require_hashes: bool,
    /// `--use-feature`.
    pub features: Vec<String>,
}

/// Something pip says about a place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// Where.
    pub place: Place,
    /// What, as a sentence without a full stop.
    pub message: String,
}

/// Something that stands in a file and has no effect, which pip does not mention.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ignored {
    /// What has no effect.
    pub place: Place,
    /// Why.
    pub why: Why,
}

/// Why pip passes over something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Why {
    /// A word that is no option and not the value of one, behind an option.
    WordAfterOption,
    /// An option for the whole run on a requirement's line.
    GlobalOptionOnRequirement(Flag),
    /// The second `-r`, `-c`, `-e` or `--find-links` of a line.
    OnlyFirstCounts(Flag),
    /// An option beside `-r` or `-c`, which take the whole line.
    BesideInclude(Flag),
    /// `--hash` with `-e`.
    HashOfEditable,
    /// `--config-settings` without a requirement.
    SettingsWithoutRequirement,
    /// An index replaced by a later `--index-url`.
    IndexReplaced,
    /// An index under `--no-index`.
    IndexWithoutUse,
    /// `${NAME}` without a value stays as it is.
    UnsetVariable(String),
}

/// Why pip stops reading.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LoadError {
    /// What kind of reason.
    pub kind: LoadErrorKind,
    /// Absolute path or URL of the file that cannot be read, or that holds the place.
    pub file: Arc<str>,
    /// Where; `None` where the file given on the command line cannot be read.
    pub place: Option<Place>,
    /// What is wrong, as a sentence without a full stop.
    pub message: String,
    /// What to do, if there is something to say.
    pub hint: Option<String>,
}

/// Kinds of reasons to stop.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LoadErrorKind {
    /// There is no such file.
    NoFile,
    /// A folder stands where a file should.
    Folder,
    /// A page on the network, whose text is not known here. pip would fetch it.
    NotFetched,
    /// A file includes itself.
    Recursion,
    /// An option is not known or lacks a value.
    Option,
    /// More than is read here; pip would go on.
    TooLarge,
}

/// Reads a file as pip does, and every file it includes.
///
/// `entry` is the file as given on the command line, `settings` are those in force so far: pip
/// carries them from one file to the next.
#[must_use]
pub fn load(entry: &str, mode: Mode, surroundings: &Surroundings<'_>, settings: Settings) -> Loaded {
    let mut loader = Loader { surroundings: *surroundings, loaded: Loaded { settings, ..Loaded::default() } };
    loader.loaded.error = loader.read_all(entry, mode).err();
    loader.loaded
}

struct Loader<'a> {
    surroundings: Surroundings<'a>,
    loaded: Loaded,
}

/// A file being read: its lines that are left, and who included whom on the way to it.
struct Frame {
    file: Arc<str>,
    path: Arc<str>,
    mode: Mode,
    lines: std::vec::IntoIter<Line>,
}

impl Loader<'_> {
    fn read_all(&mut self, entry: &str, mode: Mode) -> Result<(), LoadError> {
        let path = self.path_of(entry);
        let mut frames = vec![self.open(entry.into(), path, mode, None)?];
        while let Some(frame) = frames.last_mut() {
            let Some(line) = frame.lines.next() else {
                frames.pop();
                continue;
            };
            let (file, path, mode) = (frame.file.clone(), frame.path.clone(), frame.mode);
            if line.kind == LineKind::Blank {
                continue;
            }
            self.note_unset(&line, &path);
            self.control_formats(&line);
            if line.kind == LineKind::Invalid {
                return Err(option_error(line, &path));
            }
            let include = include_of(&line).cloned();
            let entry = LoadedLine { file, path, mode, line };
            match include {
                Some(include) => {
                    self.note_beside_include(&entry, &include);
                    let file = self.included(&entry.file, include.value.as_str());
                    let place = Place { path: entry.path.clone(), range: include.range };
                    self.loaded.lines.push(entry);
                    let path = self.path_of(&file);
                    refuse_recursion(&frames, &path, &place)?;
                    let mode = if include.flag == Flag::Requirement {
                        Mode::Requirements
                    } else {
                        Mode::Constraints
                    };
                    frames.push(self.open(file, path, mode, Some(place))?);
                }
                None => self.take(entry),
            }
        }
        Ok(())
    }

    /// How pip names an included file: absolute, or a URL.
    fn included(&self, including: &str, reference: &str) -> Arc<str> {
        if is_fetched(including) {
            return join_url(including, reference).into();
        }
        if is_fetched(reference) {
            return reference.into();
        }
        let folder = absolute(self.surroundings.folder, folder_of(including));
        absolute(&folder, reference).into()
    }

    /// The absolute path behind a name, or the URL as it is.
    fn path_of(&self, file: &str) -> Arc<str> {
        if is_fetched(file) {
            return file_url_path(file).unwrap_or_else(|| file.to_owned()).into();
        }
        absolute(self.surroundings.folder, file).into()
    }

    fn open(
        &mut self,
        file: Arc<str>,
        path: Arc<str>,
        mode: Mode,
        from: Option<Place>,
    ) -> Result<Frame, LoadError> {
        let files = self.surroundings.files;
        let Some(text) = files.text(&path) else {
            let what = if mode == Mode::Constraints { "constraints" } else { "requirements" };
            let (kind, message) = if files.is_folder(&path) {
                (LoadErrorKind::Folder, format!("`{path}` is a folder, not a {what} file"))
            } else if path.starts_with('/') {
                (LoadErrorKind::NoFile, format!("there is no {what} file `{path}`"))
            } else {
                (LoadErrorKind::NotFetched, format!("the {what} file `{path}` is not fetched"))
            };
            return Err(LoadError { kind, file: path, place: from, message, hint: None });
        };
        let budget = self.surroundings.budget;
        let lines = text.bytes().filter(|byte| *byte == b'\n').count() + 1;
        let paid = budget.work(1).and_then(|()| budget.hold(requirement_weight(lines, text.len())));
        let parsed = paid.map(|()| parse_with(&text, self.surroundings.variables).tree).and_then(|parsed| {
            let read: usize = parsed.lines.iter().map(|line| line.text.as_str().len()).sum();
            budget.hold(read.saturating_sub(text.len())).map(|()| parsed)
        });
        let parsed = parsed.map_err(|reason| LoadError {
            kind: LoadErrorKind::TooLarge,
            file: path.clone(),
            place: from,
            message: reason.to_owned(),
            hint: None,
        })?;
        Ok(Frame { file, path, mode, lines: parsed.lines.into_iter() })
    }

    fn take(&mut self, entry: LoadedLine) {
        let path = entry.path.clone();
        let place = |range: TextRange| Place { path: path.clone(), range };
        for words in &entry.line.dropped {
            self.ignore(place(*words), Why::WordAfterOption);
        }
        let LineKind::Requirement(requirement) = &entry.line.kind else {
            self.set(&entry);
            self.loaded.lines.push(entry);
            return;
        };
        let mut hashes = Vec::new();
        let mut config_settings = Vec::new();
        let mut editables = 0;
        for option in &entry.line.options {
            let value = option.value.as_str();
            match option.flag {
                Flag::Hash if requirement.editable => {
                    self.ignore(place(option.range), Why::HashOfEditable);
                }
                Flag::Hash => hashes.extend(split_pair(value, ':')),
                Flag::ConfigSettings => config_settings.extend(split_pair(value, '=')),
                Flag::Editable => {
                    editables += 1;
                    if editables > 1 {
                        self.ignore(place(option.range), Why::OnlyFirstCounts(Flag::Editable));
                    }
                }
                // They take effect wherever they stand: pip's parser fills them in at once.
                Flag::NoBinary | Flag::OnlyBinary | Flag::AllReleases | Flag::OnlyFinal => {}
                flag => self.ignore(place(option.range), Why::GlobalOptionOnRequirement(flag)),
            }
        }
        let letter = if entry.mode == Mode::Constraints { "-c" } else { "-r" };
        self.loaded.requirements.push(LoadedRequirement {
            line: self.loaded.lines.len(),
            place: place(whole_of(&requirement.text)),
            text: requirement.text.clone(),
            editable: requirement.editable,
            mode: entry.mode,
            comes_from: format!("{letter} {} (line {})", entry.file, entry.line.number),
            hashes,
            config_settings,
            wanted: settle(requirement, &entry.line.errors, entry.mode, &self.surroundings),
        });
        self.loaded.lines.push(entry);
    }

    /// `handle_option_line` of pip's `req_file`.
    fn set(&mut self, entry: &LoadedLine) {
        let line = &entry.line;
        let place = |option: &OptionUse| Place { path: entry.path.clone(), range: option.range };
        if let Some(hash) = line.values_of(Flag::Hash).next() {
            let message = format!(
                "{} line {} has --hash but no requirement, and will be ignored",
                entry.file, line.number
            );
            self.loaded.warnings.push(Notice { place: place(hash), message });
        }
        for option in line.values_of(Flag::ConfigSettings) {
            self.ignore(place(option), Why::SettingsWithoutRequirement);
        }

        let settings = &mut self.loaded.settings;
        let has = |flag: Flag| line.values_of(flag).next().is_some();
        settings.require_hashes |= has(Flag::RequireHashes);
        settings.no_require_hashes |= has(Flag::NoRequireHashes);
        settings.prefer_binary |= has(Flag::PreferBinary);
        if has(Flag::Pre) {
            settings.all_releases.insert(ALL.into());
        }
        for option in line.values_of(Flag::UseFeature) {
            push_new(&mut settings.features, option.value.as_str().to_owned());
        }
        for option in line.values_of(Flag::TrustedHost) {
            let setting = Setting { value: option.value.as_str().into(), place: Some(place(option)) };
            if !settings.trusted_hosts.iter().any(|host| host.value == setting.value) {
                settings.trusted_hosts.push(setting);
            }
        }
        self.set_indexes(line, &place);
        self.set_find_links(entry, &place);
    }

    fn set_indexes(&mut self, line: &Line, place: &dyn Fn(&OptionUse) -> Place) {
        let setting =
            |option: &OptionUse| Setting { value: option.value.as_str().into(), place: Some(place(option)) };
        let mut replaced = Vec::new();
        let settings = &mut self.loaded.settings;
        let mut unused = Why::IndexReplaced;
        if line.values_of(Flag::NoIndex).next().is_some() {
            settings.no_index = true;
        }
        // Of several on a line, the last is taken, even if that is empty and so counts for nothing.
        let index_urls: Vec<&OptionUse> = line.values_of(Flag::IndexUrl).collect();
        let extra_urls = line.values_of(Flag::ExtraIndexUrl);
        if settings.no_index {
            unused = Why::IndexWithoutUse;
            replaced.append(&mut settings.index_urls);
            replaced.extend(index_urls.into_iter().chain(extra_urls).map(setting));
        } else {
            if let Some((last, others)) = index_urls.split_last() {
                replaced.extend(others.iter().copied().map(setting));
                if !last.value.as_str().is_empty() {
                    replaced.append(&mut settings.index_urls);
                    settings.index_urls.push(setting(last));
                }
            }
            settings.index_urls.extend(extra_urls.map(setting));
        }
        for place in replaced.into_iter().filter_map(|setting| setting.place) {
            self.ignore(place, unused.clone());
        }
    }

    fn set_find_links(&mut self, entry: &LoadedLine, place: &dyn Fn(&OptionUse) -> Place) {
        let mut options = entry.line.values_of(Flag::FindLinks);
        let Some(first) = options.next() else { return };
        let value = first.value.as_str();
        // "support a find-links local path relative to a requirements file", where it is there.
        let folder = folder_of(&entry.path);
        let beside = if value.starts_with('/') { value.to_owned() } else { format!("{folder}/{value}") };
        let path = absolute(folder, value);
        let files = self.surroundings.files;
        let exists = files.is_file(&path) || files.is_folder(&path);
        let value = if exists { beside } else { value.to_owned() };
        self.loaded.settings.find_links.push(Setting { value, place: Some(place(first)) });
        for option in options {
            self.ignore(place(option), Why::OnlyFirstCounts(Flag::FindLinks));
        }
    }

    /// `--no-binary` and its like take effect on every line, even one that pip then refuses.
    fn control_formats(&mut self, line: &Line) {
        let settings = &mut self.loaded.settings;
        for option in &line.options {
            let value = option.value.as_str();
            match option.flag {
                Flag::NoBinary => {
                    settings.exclude(value, |s| &mut s.no_binary, |s| &mut s.only_binary);
                }
                Flag::OnlyBinary => {
                    settings.exclude(value, |s| &mut s.only_binary, |s| &mut s.no_binary);
                }
                Flag::AllReleases => {
                    settings.exclude(value, |s| &mut s.all_releases, |s| &mut s.only_final);
                }
                Flag::OnlyFinal => {
                    settings.exclude(value, |s| &mut s.only_final, |s| &mut s.all_releases);
                }
                _ => {}
            }
        }
    }

    fn note_unset(&mut self, line: &Line, path: &Arc<str>) {
        for variable in &line.unset_variables {
            let place = Place { path: path.clone(), range: variable.range };
            self.ignore(place, Why::UnsetVariable(variable.name.clone()));
        }
    }

    fn note_beside_include(&mut self, entry: &LoadedLine, include: &OptionUse) {
        let place = |range: TextRange| Place { path: entry.path.clone(), range };
        for words in &entry.line.dropped {
            self.ignore(place(*words), Why::WordAfterOption);
        }
        for option in &entry.line.options {
            let why = match option.flag {
                _ if option.range == include.range => continue,
                Flag::NoBinary | Flag::OnlyBinary | Flag::AllReleases | Flag::OnlyFinal => continue,
                flag if flag == include.flag => Why::OnlyFirstCounts(flag),
                flag => Why::BesideInclude(flag),
            };
            self.ignore(place(option.range), why);
        }
    }

    fn ignore(&mut self, place: Place, why: Why) {
        self.loaded.ignored.push(Ignored { place, why });
    }
}

const ALL: &str = ":all:";
const NONE: &str = ":none:";

impl Settings {
    /// `handle_mutual_excludes` of pip's `FormatControl` and `ReleaseControl`.
    fn exclude(
        &mut self,
        value: &str,
        target: fn(&mut Self) -> &mut SortedSet<String>,
        other: fn(&mut Self) -> &mut SortedSet<String>,
    ) {
        let mut names: Vec<&str> = value.split(',').collect();
        while let Some(at) = names.iter().position(|name| *name == ALL) {
            other(self).clear();
            target(self).clear();
            target(self).insert(ALL.into());
            names.drain(..=at);
            if !names.contains(&NONE) {
                return;
            }
        }
        for name in names {
            if name == NONE {
                target(self).clear();
                continue;
            }
            let name = canonicalize(name);
            other(self).remove(&name);
            target(self).insert(name);
        }
    }
}

/// The `-r` of a line, else its `-c`.
fn include_of(line: &Line) -> Option<&OptionUse> {
    if line.kind != LineKind::Options {
        return None;
    }
    line.values_of(Flag::Requirement).chain(line.values_of(Flag::Constraint)).next()
}

fn refuse_recursion(frames: &[Frame], path: &str, place: &Place) -> Result<(), LoadError> {
    let stop = |kind, message| {
        Err(LoadError { kind, file: path.into(), place: Some(place.clone()), message, hint: None })
    };
    if frames.iter().any(|frame| *frame.path == *path) {
        return stop(LoadErrorKind::Recursion, format!("`{path}` includes itself"));
    }
    if frames.len() >= MAX_DEPTH {
        return stop(LoadErrorKind::TooLarge, format!("files include each other more than {MAX_DEPTH} deep"));
    }
    Ok(())
}

fn option_error(line: Line, path: &Arc<str>) -> LoadError {
    let error = line.errors.into_iter().next();
    let error = error.unwrap_or_else(|| SyntaxError::new(line.range, "the line cannot be read"));
    let place = Some(Place { path: path.clone(), range: error.range });
    LoadError {
        kind: if error.is_limit() { LoadErrorKind::TooLarge } else { LoadErrorKind::Option },
        file: path.clone(),
        place,
        message: error.message,
        hint: error.hint,
    }
}

fn whole_of(text: &Mapped) -> TextRange {
    text.source_range(range(0, text.as_str().len()))
}

fn split_pair(value: &str, separator: char) -> Option<(String, String)> {
    let (key, value) = value.split_once(separator)?;
    Some((key.to_owned(), value.to_owned()))
}

fn push_new(list: &mut Vec<String>, value: String) {
    if !list.contains(&value) {
        list.push(value);
    }
}
