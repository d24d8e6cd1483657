use std::{ops::Bound, sync::Arc};

use super::{Content, Entry, FileSystem, Origin};
use crate::{
    budget::{MOST_ENTRIES, PATH_MAX, PATH_TOO_LONG, TOO_MANY_ENTRIES, entry_weight},
    shell::Pattern,
};

/// How many symbolic links are followed one after the other, as Linux does.
const MOST_LINKS: usize = 40;

/// What is known of a path.
#[derive(Debug, Clone, Copy)]
pub enum Lookup<'a> {
    /// It is there.
    Present(&'a Entry),
    /// It is not there.
    Absent,
    /// It may be there or not. Says why.
    Unknown(&'a str),
}

/// An absolute path without `.`, `..` and doubled `/`: `path` seen from `folder`.
#[must_use]
pub fn normalize(path: &str, folder: &str) -> String {
    let mut parts: Vec<&str> = Vec::new();
    let start = if path.starts_with('/') { "" } else { folder };
    for part in start.split('/').chain(path.split('/')) {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    format!("/{}", parts.join("/"))
}

/// The folder an absolute path lies in; `/` for the root itself.
#[must_use]
pub fn parent(path: &str) -> &str {
    match path.rfind('/') {
        Some(0) | None => "/",
        Some(slash) => path.get(..slash).unwrap_or("/"),
    }
}

/// The last part of a path.
#[must_use]
pub fn file_name(path: &str) -> &str {
    path.trim_end_matches('/').rsplit('/').next().unwrap_or("")
}

/// `path` below `folder`, without the `/` between; empty for the folder itself.
#[must_use]
pub fn strip_folder<'a>(path: &'a str, folder: &str) -> Option<&'a str> {
    if folder == "/" {
        return path.strip_prefix('/');
    }
    let rest = path.strip_prefix(folder)?;
    if rest.is_empty() { Some(rest) } else { rest.strip_prefix('/') }
}

/// `rest` below `folder`.
#[must_use]
pub fn join(folder: &str, rest: &str) -> String {
    if rest.is_empty() {
        return folder.to_owned();
    }
    if folder == "/" { format!("/{rest}") } else { format!("{folder}/{rest}") }
}

impl Entry {
    /// Something that a step made, not a line of an author's.
    #[must_use]
    pub fn new(content: Content, origin: Origin) -> Self {
        Self { content, origin, location: None }
    }

    /// True for a folder.
    #[must_use]
    pub fn is_folder(&self) -> bool {
        matches!(self.content, Content::Folder)
    }
}

impl Content {
    /// What it takes of a [`Budget`](crate::budget::Budget) to hold it, in bytes; nothing where
    /// another file holds the same text.
    pub(super) fn weight(&self) -> usize {
        match self {
            Self::Text(text) if Arc::strong_count(text) == 1 => text.weight(),
            Self::Link(target) => target.len(),
            Self::Folder | Self::Text(_) | Self::Artifact { .. } | Self::Program(_) | Self::Opaque(_) => 0,
        }
    }
}

impl FileSystem {
    /// What is known of an absolute path; links in it are followed.
    #[must_use]
    pub fn lookup(&self, path: &str) -> Lookup<'_> {
        let path = self.resolve(path);
        if let Some(entry) = self.entries.get(&path) {
            return Lookup::Present(entry);
        }
        match self.doubt(&path) {
            Some(reason) => Lookup::Unknown(reason),
            None => Lookup::Absent,
        }
    }

    /// The path is known to be a folder.
    #[must_use]
    pub fn is_folder(&self, path: &str) -> bool {
        path == "/" || self.resolved(path).is_some_and(Entry::is_folder)
    }

    /// The entry at a path; links in it are followed.
    #[must_use]
    pub fn resolved(&self, path: &str) -> Option<&Entry> {
        self.entries.get(&self.resolve(path))
    }

    /// Why what lies at or below a path is not known in full; `None` where it is.
    #[must_use]
    pub fn uncertainty(&self, path: &str) -> Option<&str> {
        if let Some(Entry { content: Content::Opaque(reason), .. }) = self.entries.get(path) {
            return Some(reason);
        }
        if self.uncertain.is_empty() {
            return None;
        }
        let mut folder = path;
        loop {
            if let Some(reason) = self.uncertain.get(folder) {
                return Some(reason);
            }
            if self.listed.contains(folder) {
                return None;
            }
            if folder == "/" || folder.is_empty() {
                return None;
            }
            folder = parent(folder);
        }
    }

    /// Why a path that is not in [`Self::entries`] may be there all the same; `None` where it is not.
    #[must_use]
    pub fn doubt(&self, path: &str) -> Option<&str> {
        self.uncertainty(path).or_else(|| self.unlisted_at(path)).or(self.unlisted.as_deref())
    }

    fn unlisted_at(&self, path: &str) -> Option<&str> {
        let inside = |folder: &str| strip_folder(path, folder).is_some();
        self.unlisted_below.iter().find(|(folder, _)| inside(folder)).map(|(_, reason)| reason.as_str())
    }

    /// The path with all symbolic links in it followed. A circle of links is left as it is.
    #[must_use]
    pub fn resolve(&self, path: &str) -> String {
        self.follow(path, true)
    }

    /// The same, but a link in the last part is kept: `rm` and `mv` act on the link.
    #[must_use]
    pub fn resolve_parent(&self, path: &str) -> String {
        self.follow(path, false)
    }

    fn follow(&self, path: &str, last: bool) -> String {
        if is_too_long(path) {
            return path.to_owned();
        }
        let mut path = path.to_owned();
        for _ in 0..MOST_LINKS {
            let Some((at, target)) = self.first_link(&path, last) else { return path };
            let rest = path.get(at..).unwrap_or("").trim_start_matches('/').to_owned();
            path = join(&target, &rest);
        }
        path
    }

    /// What it takes of a [`Budget`](crate::budget::Budget) to hold the list of entries, in bytes.
    pub(super) fn weight(&self) -> usize {
        self.entries.keys().map(|path| entry_weight(path.len())).sum()
    }

    /// What lies at a path that is too long to be followed, is not known: the folder says so in
    /// which it begins to differ from what is there.
    pub(super) fn lose(&mut self, path: &str) {
        let start =
            path.as_bytes().get(..PATH_MAX - 1).and_then(|start| start.iter().rposition(|b| *b == b'/'));
        let mut folder = path.get(..start.unwrap_or(0)).unwrap_or("");
        while !folder.is_empty() && !self.entries.contains_key(folder) {
            folder = folder.rfind('/').and_then(|slash| folder.get(..slash)).unwrap_or("");
        }
        let folder = if folder.is_empty() { "/".to_owned() } else { folder.to_owned() };
        self.mark_uncertain(&folder, PATH_TOO_LONG);
    }

    /// The end of the first part of the path that is a link, and where that leads.
    fn first_link(&self, path: &str, last: bool) -> Option<(usize, String)> {
        let ends = path.match_indices('/').map(|(at, _)| at).skip(1);
        let whole = last.then_some(path.len());
        ends.chain(whole).find_map(|end| match &self.entries.get(path.get(..end)?)?.content {
            Content::Link(target) => Some((end, target.clone())),
            _ => None,
        })
    }

    /// Puts an entry at an absolute path, and folders above it where there are none.
    pub fn insert(&mut self, path: &str, entry: Entry) {
        let path = self.resolve_parent(path);
        if path == "/" {
            return;
        }
        if is_too_long(&path) {
            self.lose(&path);
            return;
        }
        self.make_folder(parent(&path), entry.origin);
        self.uncertain.remove(&path);
        self.entries.insert(path, entry);
    }

    /// `mkdir -p`.
    pub fn make_folder(&mut self, path: &str, origin: Origin) {
        let mut path = self.resolve(path);
        if is_too_long(&path) {
            self.lose(&path);
            return;
        }
        while path != "/" && !self.entries.contains_key(&path) {
            let above = parent(&path).to_owned();
            self.entries.insert(path, Entry::new(Content::Folder, origin));
            path = above;
        }
    }

    /// `rm -rf` of a path; a link itself, not what it leads to.
    pub fn remove(&mut self, path: &str) {
        let path = self.resolve_parent(path);
        let below: Vec<String> = self.below(&path).map(|(path, _)| path.to_owned()).collect();
        for path in below {
            self.entries.remove(&path);
        }
        self.entries.remove(&path);
        self.uncertain.retain(|folder, _| strip_folder(folder, &path).is_none());
        self.unlisted_below.retain(|folder, _| strip_folder(folder, &path).is_none());
        if path == "/" {
            self.uncertain.clear();
        }
    }

    /// Everything below a folder, at any depth, in the order of paths.
    pub fn below<'a>(&'a self, folder: &str) -> impl Iterator<Item = (&'a str, &'a Entry)> + use<'a> {
        let prefix = if folder == "/" { "/".to_owned() } else { format!("{folder}/") };
        self.entries
            .range::<str, _>((Bound::Included(prefix.as_str()), Bound::Unbounded))
            .map(|(path, entry)| (path.as_str(), entry))
            .take_while(move |(path, _)| path.starts_with(&prefix))
    }

    /// What lies directly in a folder.
    pub fn children<'a>(&'a self, folder: &str) -> impl Iterator<Item = (&'a str, &'a Entry)> + use<'a> {
        let depth = if folder == "/" { 1 } else { folder.len() + 1 };
        self.below(folder).filter(move |(path, _)| path.get(depth..).is_some_and(|rest| !rest.contains('/')))
    }

    /// Says of a path inside an uncertain folder that at and below it there is only what
    /// [`Self::entries`] has. Holds until the folder is marked again.
    pub fn mark_listed(&mut self, path: &str) {
        self.listed.insert(self.resolve(path));
    }

    /// Takes back [`Self::mark_listed`].
    pub fn unlist(&mut self, path: &str) {
        self.listed.remove(path);
    }

    /// Marks a folder as holding more than is known. Of `/` that says only that there may be more
    /// than what is listed: what is known of the folders in it stays.
    pub fn mark_uncertain(&mut self, folder: &str, reason: &str) {
        if folder == "/" {
            self.unlisted.get_or_insert_with(|| reason.to_owned());
            return;
        }
        let folder = self.resolve(folder);
        self.listed.retain(|path| strip_folder(path, &folder).is_none());
        self.uncertain.entry(folder).or_insert_with(|| reason.to_owned());
    }

    /// The paths that a shell's pattern matches, in the order of the shell, in the form in which
    /// the pattern is written: relative to `folder` where it is relative.
    #[must_use]
    pub(super) fn glob(&self, pattern: &Pattern, folder: &str) -> Vec<String> {
        let parts = pattern.components();
        let absolute = parts.len() > 1 && parts.first().is_some_and(|part| part.text().is_empty());
        // Each: what is printed, and where it is.
        let mut found =
            vec![if absolute { (String::new(), "/".to_owned()) } else { (String::new(), folder.to_owned()) }];
        let last = parts.len().saturating_sub(1);
        for (index, part) in parts.iter().enumerate() {
            if index == 0 && absolute {
                continue;
            }
            let separator = if index == 0 { "" } else { "/" };
            let mut next = Vec::new();
            for (printed, place) in &found {
                if !part.is_pattern() {
                    let text = part.text();
                    let at = normalize(&text, place);
                    let there =
                        text.is_empty() || self.resolved(&at).is_some() || (index < last && text == "..");
                    if there || matches!(text.as_str(), "." | "..") {
                        next.push((format!("{printed}{separator}{text}"), at));
                    }
                    continue;
                }
                for (path, entry) in self.children(&self.resolve(place)) {
                    let name = file_name(path);
                    let usable =
                        index == last || entry.is_folder() || matches!(entry.content, Content::Link(_));
                    if usable && part.matches_file_name(name) {
                        next.push((format!("{printed}{separator}{name}"), path.to_owned()));
                    }
                }
            }
            found = next;
        }
        found.into_iter().map(|(printed, _)| printed).collect()
    }

    /// Copies `source` of another file system to `target`: a folder's content merges into the
    /// folder there. `keep` decides by the path below `source`; `change` may replace an entry's
    /// content.
    pub fn copy_from(
        &mut self,
        from: &FileSystem,
        source: &str,
        target: &str,
        keep: &dyn Fn(&str) -> bool,
        change: &dyn Fn(&Entry) -> Entry,
    ) {
        let source = from.resolve(source);
        let Some(entry) = from.entries.get(&source).or_else(|| (source == "/").then_some(&ROOT)) else {
            return;
        };
        if !entry.is_folder() {
            let target = self.resolve(target);
            self.insert(&target, change(entry));
            return;
        }
        self.make_folder(target, change(entry).origin);
        let target = self.resolve(target);
        let below: Vec<(String, Entry)> =
            from.below(&source).map(|(path, entry)| (path.to_owned(), entry.clone())).collect();
        if self.entries.len() + below.len() > MOST_ENTRIES {
            self.mark_uncertain(&target, TOO_MANY_ENTRIES);
            return;
        }
        for (path, entry) in below {
            let Some(rest) = strip_folder(&path, &source) else { continue };
            if !keep(rest) {
                continue;
            }
            let to = join(&target, rest);
            if entry.is_folder() {
                self.make_folder(&to, change(&entry).origin);
            } else {
                self.insert(&to, change(&entry));
            }
        }
        let uncertain: Vec<(String, String)> = from
            .uncertain
            .iter()
            .filter_map(|(folder, reason)| {
                Some((join(&target, strip_folder(folder, &source)?), reason.clone()))
            })
            .collect();
        for (folder, reason) in uncertain {
            self.mark_uncertain(&folder, &reason);
        }
        // What may lie there without being listed comes with the rest.
        if let Some(reason) = from.unlisted_at(&source).or(from.unlisted.as_deref()) {
            self.unlisted_below.entry(target.clone()).or_insert_with(|| reason.to_owned());
        }
        for (folder, reason) in &from.unlisted_below {
            if let Some(rest) = strip_folder(folder, &source) {
                self.unlisted_below.entry(join(&target, rest)).or_insert_with(|| reason.clone());
            }
        }
        // A folder inside an uncertain one is itself not known in full.
        if let Some(reason) = from.uncertainty(&source) {
            self.mark_uncertain(&target, reason);
        }
    }
}

/// Linux takes no such path in one call. A program may get there all the same, folder by folder,
/// as GNU's `mkdir -p` does.
pub(super) fn is_too_long(path: &str) -> bool {
    path.len() >= PATH_MAX
}

static ROOT: Entry =
    Entry { content: Content::Folder, origin: Origin { stage: 0, step: None, call: None }, location: None };
