//! Links.

use wheelstage::link::{Fragment, LinkError, Playground};

/// Any text is a link of ours or not; one that is survives printing, and any text that a file
/// holds comes back out of one.
pub fn check(text: &str) {
    if let Ok(Some(fragment)) = Fragment::parse(text) {
        survives(fragment);
    }
    let files = vec![("requirements.txt".to_owned(), text.to_owned())];
    let state = Some(Playground { files, ..Playground::default() });
    survives(Fragment { state, ..Fragment::default() });
}

#[track_caller]
fn survives(fragment: Fragment) {
    match Fragment::parse(&fragment.to_string()) {
        Ok(again) => assert_eq!(again, Some(fragment)),
        // There is a limit to what a link can hold.
        Err(error) => assert!(matches!(error, LinkError::TooLong(_) | LinkError::TooLarge), "{error}"),
    }
}
