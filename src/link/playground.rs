use std::fmt;

use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{MapAccess, Visitor},
};
use serde_json::Value;

use crate::{
    model::Settings,
    order::SortedMap,
    text::{Encoding, Listed, Listing, SourceFile, Sources},
};

/// The version of [`Playground`]'s shape. Links of every earlier one stay readable.
pub const VERSION: u32 = 1;

/// The most paths without text that are kept: beyond them, the folder is not known as a whole.
const MOST_LISTED: usize = 500;

/// What a link holds. But for `v` and `files`, fields at their defaults are left out; unknown
/// ones are ignored.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Playground {
    /// [`VERSION`].
    pub v: u32,
    /// Path and text of every file, in the order of their tabs.
    #[serde(with = "ordered")]
    pub files: Vec<(String, String)>,
    /// Encodings of the files that are not UTF-8, by path.
    #[serde(default, skip_serializing_if = "SortedMap::is_empty")]
    pub encodings: SortedMap<String, Encoding>,
    /// What the person set.
    #[serde(default, skip_serializing_if = "is_default")]
    pub target: Settings,
    /// Facts the person states about packages, as typed.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub overlay: String,
    /// What the person states that base images hold, by image: a line of [`Self::overlay`] says the
    /// same.
    #[serde(default, skip_serializing_if = "SortedMap::is_empty")]
    pub images: SortedMap<String, String>,
    /// What else is in the folder that the files come from, by path: there, but without its text. `a`
    /// is a file, `a/.` a folder, `a/` one of which it is not known what is in it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub there: Vec<String>,
    /// `files` and `there` are all that is in the folder.
    #[serde(default, skip_serializing_if = "is_default")]
    pub whole: bool,
    /// A lesson by link.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lesson: Option<Value>,
    /// The catalogue's date the link was made with: `2026-11-22`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub c: Option<String>,
    /// The part of the catalogue that the findings used, in the catalogue's own form.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub facts: Option<Value>,
}

impl Default for Playground {
    fn default() -> Self {
        Self {
            v: VERSION,
            files: Vec::new(),
            encodings: SortedMap::new(),
            target: Settings::default(),
            overlay: String::new(),
            images: SortedMap::new(),
            there: Vec::new(),
            whole: false,
            lesson: None,
            c: None,
            facts: None,
        }
    }
}

impl Playground {
    /// A playground of these files.
    #[must_use]
    pub fn from_sources(sources: &Sources) -> Self {
        let encodings = sources
            .iter()
            .filter(|(_, file)| file.encoding != Encoding::Utf8)
            .map(|(_, file)| (file.path.clone(), file.encoding))
            .collect();
        let files = sources.iter().map(|(_, file)| (file.path.clone(), file.text.clone())).collect();
        let listing = sources.listing();
        let mut whole = listing.whole && listing.entries.len() <= MOST_LISTED;
        let mut there = Vec::new();
        for (path, listed) in listing.entries.iter().take(MOST_LISTED) {
            match listed {
                Listed::File { .. } => there.push(path.clone()),
                Listed::Folder => there.push(format!("{path}/.")),
                Listed::Unread => there.push(format!("{path}/")),
                Listed::Unknown => whole = false,
            }
        }
        Self { files, encodings, there, whole, ..Self::default() }
    }

    /// All that the person states, one fact a line.
    #[must_use]
    pub fn stated(&self) -> String {
        let mut text = self.overlay.clone();
        for (image, held) in &self.images {
            for release in held.lines().map(str::trim).filter(|line| !line.is_empty()) {
                if !text.is_empty() && !text.ends_with('\n') {
                    text.push('\n');
                }
                text.push_str(&format!("image {image} holds {release}\n"));
            }
        }
        text
    }

    /// Its files, and what else it says of their folder.
    #[must_use]
    pub fn sources(&self) -> Sources {
        let sources = self.files.iter().fold(Sources::default(), |sources, (path, text)| {
            let encoding = self.encodings.get(path).copied().unwrap_or_default();
            sources.with_file(SourceFile { encoding, ..SourceFile::new(path, text) })
        });
        if self.there.is_empty() && !self.whole {
            return sources;
        }
        let entries = self.there.iter().map(|path| {
            let (path, listed) = match (path.strip_suffix("/."), path.strip_suffix('/')) {
                (Some(folder), _) => (folder, Listed::Folder),
                (None, Some(folder)) => (folder, Listed::Unread),
                (None, None) => (path.as_str(), Listed::File { bytes: None }),
            };
            (path.to_owned(), listed)
        });
        sources.with_listing(Listing { entries: entries.collect(), whole: self.whole })
    }
}

fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

/// A JSON object whose keys keep their order: tabs stay where the person put them.
mod ordered {
    use super::*;

    pub(super) fn serialize<S: Serializer>(
        files: &[(String, String)],
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        serializer.collect_map(files.iter().map(|(path, text)| (path, text)))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Vec<(String, String)>, D::Error> {
        struct Files;

        impl<'de> Visitor<'de> for Files {
            type Value = Vec<(String, String)>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object of path and text")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut files: Self::Value = Vec::new();
                while let Some((path, text)) = map.next_entry::<String, String>()? {
                    match files.iter_mut().find(|(known, _)| *known == path) {
                        Some((_, known)) => *known = text,
                        None => files.push((path, text)),
                    }
                }
                Ok(files)
            }
        }

        deserializer.deserialize_map(Files)
    }
}
