//! What the browser keeps for this site, where it keeps anything: none of this can fail for those
//! who call. Storage can be switched off (then even asking for it is an error) or full.

use gloo::utils::window;
use web_sys::Storage;

/// Where something is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// With this tab, until it is closed.
    Tab,
    /// With the site, for all its tabs.
    Site,
}

/// What is kept under a key.
pub(super) fn read(place: Place, key: &str) -> Option<String> {
    storage(place)?.get_item(key).ok().flatten()
}

/// Keeps a text. False where the browser does not.
#[must_use]
pub(super) fn write(place: Place, key: &str, text: &str) -> bool {
    storage(place).is_some_and(|storage| storage.set_item(key, text).is_ok())
}

/// Keeps nothing under a key any more.
pub(super) fn remove(place: Place, key: &str) {
    if let Some(storage) = storage(place) {
        // What cannot be written to holds nothing either.
        let _ = storage.remove_item(key);
    }
}

/// All keys with this beginning.
pub(super) fn keys(place: Place, prefix: &str) -> Vec<String> {
    let Some(storage) = storage(place) else { return Vec::new() };
    let count = storage.length().unwrap_or(0);
    (0..count)
        .filter_map(|index| storage.key(index).ok().flatten())
        .filter(|key| key.starts_with(prefix))
        .collect()
}

fn storage(place: Place) -> Option<Storage> {
    let storage = match place {
        Place::Tab => window().session_storage(),
        Place::Site => window().local_storage(),
    };
    storage.ok().flatten()
}
