//! `pip.conf` and `PIP_*`: pip's configuration, which sets the options' defaults.

use crate::text::{FileId, Location, Mapped, range};

use super::{
    super::{Argument, UsageError},
    options::{Action, Spec},
    optparse::{self, Stop},
    values::{Flag, OptionValue, Options},
};

/// A `pip.conf`: its entries in order.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ConfigFile {
    /// A later entry of one name replaces an earlier one.
    pub entries: Vec<ConfigEntry>,
}

/// `key = value` under `[section]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfigEntry {
    /// `global`, or a command's name.
    pub section: String,
    /// In lower case, dashes for underscores.
    pub key: String,
    /// Continued lines are joined by line ends.
    pub value: Argument,
}

impl ConfigFile {
    /// Reads a file as Python's `RawConfigParser` does. What it would refuse is passed over.
    #[must_use]
    pub fn parse(text: &str, file: FileId) -> Self {
        let mut entries: Vec<ConfigEntry> = Vec::new();
        let mut section: Option<String> = None;
        let mut continues = false;
        let mut offset = 0;
        for line in text.split_inclusive('\n') {
            let start = offset;
            offset += line.len();
            let trimmed = line.trim();
            if trimmed.is_empty() || trimmed.starts_with(['#', ';']) {
                continue;
            }
            let indented = line.starts_with([' ', '\t']);
            if let Some(entry) = entries.last_mut().filter(|_| indented && continues) {
                let at = start + line.len() - line.trim_start().len();
                let whole = entry.value.place.map_or(range(at, at), |place| place.range);
                entry.value.text.push_substitute("\n", range(at, at));
                entry.value.text.push_verbatim(trimmed, at);
                entry.value.place =
                    Some(Location { file, range: whole.cover(range(at, at + trimmed.len())) });
                continue;
            }
            if let Some(name) = trimmed.strip_prefix('[').and_then(|rest| rest.split(']').next()) {
                section = Some(name.to_owned());
                continues = false;
                continue;
            }
            let Some(section) = &section else { continue };
            let (key, value) = trimmed.split_once(['=', ':']).unwrap_or((trimmed, ""));
            let value = value.trim();
            let at = start + line.trim_end().len() - value.len();
            let place = Location { file, range: range(at, at + value.len()) };
            entries.push(ConfigEntry {
                section: section.clone(),
                key: normalized(key.trim()),
                value: Argument { text: Mapped::verbatim(value, at), place: Some(place) },
            });
            continues = true;
        }
        Self { entries }
    }

    /// `pip config set SECTION.KEY VALUE`.
    pub fn set(&mut self, section: &str, key: &str, value: Argument) {
        self.unset(section, key);
        self.entries.push(ConfigEntry { section: section.to_owned(), key: normalized(key), value });
    }

    /// `pip config unset SECTION.KEY`; whether it was there.
    pub fn unset(&mut self, section: &str, key: &str) -> bool {
        let key = normalized(key);
        let before = self.entries.len();
        self.entries.retain(|entry| entry.section != section || entry.key != key);
        self.entries.len() < before
    }
}

/// "Make a name consistent regardless of source (environment or file)" (pip)
fn normalized(name: &str) -> String {
    let name = name.to_lowercase().replace('_', "-");
    name.strip_prefix("--").map(str::to_owned).unwrap_or(name)
}

/// Sets the options that configuration sets, weakest first: `[global]` of all files, the
/// command's own section of all files, the environment.
pub(super) fn apply(
    specs: &[&'static Spec],
    section: &str,
    files: &[ConfigFile],
    environment: &dyn Fn(&str) -> Option<Argument>,
    options: &mut Options,
) -> Result<(), Stop> {
    for wanted in ["global", section] {
        let mut settings: Vec<(&str, &Argument)> = Vec::new();
        for entry in files.iter().flat_map(|file| &file.entries).filter(|entry| entry.section == wanted) {
            settings.retain(|(key, _)| *key != entry.key);
            settings.push((&entry.key, &entry.value));
        }
        for (key, value) in settings {
            set(specs, key, value, options)?;
        }
        // The parser before the command is itself called `global`.
        if section == "global" {
            break;
        }
    }
    for spec in specs {
        for name in spec.names().filter_map(|name| name.strip_prefix("--")) {
            // "ENV_NAMES_IGNORED = "version", "help"" (pip)
            if matches!(name, "version" | "help") {
                continue;
            }
            let variable = format!("PIP_{}", name.replace('-', "_").to_ascii_uppercase());
            if let Some(value) = environment(&variable) {
                set(specs, name, &value, options)?;
            }
        }
    }
    Ok(())
}

/// `ConfigOptionParser._update_defaults`, for one setting.
fn set(specs: &[&'static Spec], key: &str, value: &Argument, options: &mut Options) -> Result<(), Stop> {
    // "Make sure we completely remove empty values again" (pip)
    if value.as_str().is_empty() {
        return Ok(());
    }
    let name = format!("--{key}");
    let Some(spec) = specs.iter().find(|spec| spec.names().any(|other| other == name)) else {
        return Ok(());
    };
    let text = value.as_str();
    match spec.action {
        // The value is stored as it is, also for the flags that store false: the variable
        // PIP_NO_BUILD_ISOLATION=1 leaves isolation on, and =0 turns it off.
        Action::Flag(_) => {
            let Some(on) = boolean(text) else {
                let message = format!(
                    "{text} is not a valid value for {key} option, please specify a boolean value like \
                     yes/no, true/false or 1/0 instead."
                );
                return refuse(message, 2, value);
            };
            let flag = Flag { on, given: Some(value.clone()) };
            options.given.insert(spec.dest, OptionValue::Flag(flag));
        }
        Action::Count => {
            let count = boolean(text).map(u32::from).or_else(|| text.trim().parse().ok());
            let Some(count) = count else {
                let message = format!(
                    "{text} is not a valid value for {key} option, please instead specify either a \
                     non-negative integer or a boolean value like yes/no or false/true which is \
                     equivalent to 1/0."
                );
                return refuse(message, 2, value);
            };
            options.given.insert(spec.dest, OptionValue::Count(count));
        }
        Action::Append(kind) => {
            let mut values = Vec::new();
            for word in words(value) {
                check(kind, key, &word)?;
                values.push(word);
            }
            options.given.insert(spec.dest, OptionValue::Many(values));
        }
        Action::Store(kind) => {
            check(kind, key, value)?;
            options.given.insert(spec.dest, OptionValue::One(value.clone()));
        }
        Action::NoCacheDir if boolean(text).is_none() => {
            let message = format!("--no-cache-dir error: invalid truth value '{}'", text.to_lowercase());
            return refuse(message, 2, value);
        }
        Action::Help => {}
        _ => optparse::apply(spec, &name, value, value, options)?,
    }
    Ok(())
}

fn refuse(message: String, exit_code: i32, value: &Argument) -> Result<(), Stop> {
    Err(Stop::Error(UsageError { message, exit_code, argument: Some(value.clone()) }))
}

/// A value that is not allowed in a configuration makes pip exit with 3, not with 2.
fn check(kind: super::options::Kind, key: &str, value: &Argument) -> Result<(), Stop> {
    optparse::check(kind, key, value).map_err(|stop| match stop {
        Stop::Error(error) => Stop::Error(UsageError {
            message: format!(
                "An error occurred during configuration: {}. Check your pip configuration files or \
                 environment variables for this value.",
                error.message
            ),
            exit_code: 3,
            argument: error.argument,
        }),
        Stop::Help => Stop::Help,
    })
}

/// The words of a value, with their places.
fn words(value: &Argument) -> Vec<Argument> {
    let text = value.as_str();
    let mut words = Vec::new();
    let mut start = None;
    for (at, c) in text.char_indices().chain([(text.len(), ' ')]) {
        match (c.is_whitespace(), start) {
            (false, None) => start = Some(at),
            (true, Some(from)) => {
                words.push(value.slice(range(from, at)));
                start = None;
            }
            _ => {}
        }
    }
    words
}

/// `distutils.util.strtobool`.
fn boolean(text: &str) -> Option<bool> {
    match text.to_lowercase().as_str() {
        "y" | "yes" | "t" | "true" | "on" | "1" => Some(true),
        "n" | "no" | "f" | "false" | "off" | "0" => Some(false),
        _ => None,
    }
}
