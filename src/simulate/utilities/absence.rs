//! Programs that an official image is known to lack.
//!
//! Most of what a Dockerfile calls is modelled as if every image had it. The images of `python`,
//! `debian`, `ubuntu` and `alpine` are documented (docker-library/python, buildpack-deps): while
//! nothing has been installed and nothing unknown has run, what they lack is not there.

use crate::{
    model::{DEFAULT_PATH, Distribution},
    simulate::{State, base::BASE_FILES},
};

/// Not in `debian`, `ubuntu` or the slim images made from them.
const NOT_IN_SLIM: [&str; 14] = [
    "curl", "wget", "git", "gcc", "g++", "cc", "make", "cmake", "unzip", "zip", "sudo", "jq", "rsync", "ssh",
];

/// Not in `buildpack-deps`, from which the full images are made.
const NOT_IN_FULL: [&str; 6] = ["cmake", "zip", "sudo", "jq", "rsync", "dos2unix"];

/// Not in `alpine`, whose busybox has a `wget` and an `unzip`.
const NOT_IN_ALPINE: [&str; 13] =
    ["curl", "git", "gcc", "g++", "cc", "make", "cmake", "zip", "sudo", "jq", "rsync", "ssh", "bash"];

/// Package managers of other distributions.
const OF_DEBIAN: [&str; 3] = ["apt-get", "apt", "aptitude"];
const OF_OTHERS: [&str; 7] = ["yum", "dnf", "microdnf", "tdnf", "zypper", "pacman", "rpm"];

/// No program of this name is on `PATH`, unless a step put it there, which the files would show.
pub(super) fn lacks(state: &State, name: &str) -> bool {
    let lacking = match (state.distribution, state.compiler) {
        (Distribution::Alpine(..), _) => {
            NOT_IN_ALPINE.contains(&name) || OF_DEBIAN.contains(&name) || OF_OTHERS.contains(&name)
        }
        (Distribution::Debian(_) | Distribution::Ubuntu(..), Some(has_compiler)) => {
            let own = if has_compiler { NOT_IN_FULL.contains(&name) } else { NOT_IN_SLIM.contains(&name) };
            own || name == "apk" || OF_OTHERS.contains(&name)
        }
        _ => false,
    };
    lacking && is_as_documented(state)
}

/// Nothing has come to the image of which it is not known what it is.
fn is_as_documented(state: &State) -> bool {
    let files = &state.files;
    let path = state.variables.get("PATH").map_or(DEFAULT_PATH, String::as_str);
    state.unknown_base.is_none()
        && state.unknown_programs.is_none()
        && !state.packages_added
        && files.unlisted.is_none()
        && path.split(':').all(|folder| {
            files.uncertainty(folder).is_none_or(|reason| reason == BASE_FILES)
                && files.unlisted_below.is_empty()
        })
}
