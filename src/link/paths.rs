//! Which paths a link may hold: those that can be written into any folder without doing harm there.

use std::fmt;

use crate::text::{is_invisible, shown};

/// The one file whose name begins with a dot that a build reads and nothing else does.
const IGNORE_FILE: &str = ".dockerignore";

/// The devices that Windows opens by these names in every folder, with any ending.
const DEVICES: [&str; 6] = ["con", "prn", "aux", "nul", "conin$", "conout$"];

/// Why a path is not written by `open`, and not packed by `link`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PathRefusal {
    /// It is empty, absolute, or leads out of the folder.
    Outside,
    /// This part begins with a dot: programs run what such files say (`.git`, `.envrc`, `.vscode`).
    Hidden(String),
    /// It holds a character that is not seen, or that changes how others are seen.
    Invisible,
    /// This part is a name that Windows keeps for devices or for short names.
    Reserved(String),
}

impl fmt::Display for PathRefusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Outside => write!(f, "a link writes into this folder only"),
            Self::Hidden(part) => {
                write!(f, "{} begins with a dot, and other programs may run what it says", shown(part))
            }
            Self::Invisible => write!(f, "it holds control or bidirectional characters"),
            Self::Reserved(part) => write!(f, "{part} is a reserved name on Windows"),
        }
    }
}

/// Why this path is neither packed into a link nor written from one; `None` where it is. Folders,
/// archives and repositories that are read into a playground pass such entries over and list them.
///
/// ```
/// use wheelstage::link::path_refusal;
///
/// assert_eq!(path_refusal("requirements/base.txt"), None);
/// assert!(path_refusal(".git/config").is_some());
/// ```
#[must_use]
pub fn path_refusal(path: &str) -> Option<PathRefusal> {
    if path.is_empty() || path.contains(['\\', ':']) {
        return Some(PathRefusal::Outside);
    }
    if path.chars().any(|c| is_invisible(c) || c.is_control()) {
        return Some(PathRefusal::Invisible);
    }
    let parts: Vec<&str> = path.split('/').collect();
    if parts.iter().any(|part| matches!(*part, "" | "." | "..")) {
        return Some(PathRefusal::Outside);
    }
    let last = parts.len() - 1;
    parts.iter().enumerate().find_map(|(index, part)| {
        // Windows cuts dots and blanks off the end of a name, and takes no notice of case.
        let bare = part.trim_end_matches(['.', ' ']).to_lowercase();
        if part.starts_with('.') && !(index == last && bare == IGNORE_FILE) {
            return Some(PathRefusal::Hidden((*part).to_owned()));
        }
        (bare.is_empty() || is_reserved(&bare)).then(|| PathRefusal::Reserved((*part).to_owned()))
    })
}

/// A device, or a short name such as `GIT~1`, which stands for `.git`. In small letters.
fn is_reserved(name: &str) -> bool {
    let stem = name.split('.').next().unwrap_or(name).trim_end();
    let numbered = ["com", "lpt"].iter().find_map(|device| stem.strip_prefix(device));
    let is_port = numbered.is_some_and(|number| {
        let mut digits = number.chars();
        let is_digit = digits.next().is_some_and(|c| matches!(c, '0'..='9' | '¹' | '²' | '³'));
        is_digit && digits.next().is_none()
    });
    let is_short = stem.rsplit_once('~').is_some_and(|(start, number)| {
        start.chars().count() <= 6 && !number.is_empty() && number.chars().all(|c| c.is_ascii_digit())
    });
    DEVICES.contains(&stem) || is_port || is_short
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_build_reads_is_taken() {
        for path in [
            "Dockerfile",
            "requirements/base.txt",
            ".dockerignore",
            "app/.DockerIgnore",
            "docker/gpu.Dockerfile.dockerignore",
            "a b/é.txt",
            "console.txt",
            "com10.txt",
        ] {
            assert_eq!(path_refusal(path), None, "{path}");
        }
    }

    #[test]
    fn what_leads_out_or_can_be_run_is_refused() {
        for path in ["", "/etc/passwd", "../x", "a/../../x", "C:x", "a\\b", "./a", "a//b", "a/", "x:y"] {
            assert_eq!(path_refusal(path), Some(PathRefusal::Outside), "{path}");
        }
        for path in
            [".git/config", "a/.envrc", ".GIT/x", ".git./x", "... /x", ".dockerignore/x", ".bash_profile"]
        {
            assert!(matches!(path_refusal(path), Some(PathRefusal::Hidden(_))), "{path}");
        }
        for path in ["a\u{1b}[2J", "\u{202e}txt.x", "\u{200c}.git/config", "a\nb", "a\tb", "a\u{9b}"] {
            assert_eq!(path_refusal(path), Some(PathRefusal::Invisible), "{path:?}");
        }
        for path in ["CON", "a/nul.txt", "Aux .x", "com1", "LPT\u{b9}.log", "GIT~1/config", "a/ /b"] {
            assert!(matches!(path_refusal(path), Some(PathRefusal::Reserved(_))), "{path}");
        }
    }
}
