//! Programs that a system's own packages bring.

use std::{env, fs, path::PathBuf, process::Command};

use anyhow::{Context, Result, bail};

use crate::process::{output, run, say};

/// Where a program of this name lies on PATH.
pub(crate) fn which(name: &str) -> Option<PathBuf> {
    let file = format!("{name}{}", env::consts::EXE_SUFFIX);
    env::split_paths(&env::var_os("PATH")?).map(|folder| folder.join(&file)).find(|path| path.is_file())
}

/// Installs Debian packages where that may be done: on Debian, as root or by a sudo that asks nothing.
/// Elsewhere the error says what to install; `what` is that in words for every other system.
pub(crate) fn install(packages: &[&str], what: &str) -> Result<()> {
    let listed = packages.join(" ");
    if !is_debian() {
        bail!("the tests need {what}: install it and have it on PATH (on Debian: apt-get install {listed})");
    }
    let mut prefix = Vec::new();
    if !is_root() {
        if output(Command::new("sudo").args(["-n", "true"])).is_err() {
            bail!("the tests need {what}: run `sudo apt-get install {listed}`");
        }
        prefix.push("sudo");
    }
    say(format!("Installing {listed} with apt-get, once on this machine (1 minute)"));
    let apt = |arguments: &[&str]| {
        let words: Vec<&str> =
            prefix.iter().copied().chain(["apt-get"]).chain(arguments.iter().copied()).collect();
        run(Command::new(words[0]).args(&words[1..]).env("DEBIAN_FRONTEND", "noninteractive"))
    };
    // One source that cannot be reached fails the update; the others may have all that is wanted.
    if let Err(error) = apt(&["update", "--quiet", "--quiet"]) {
        say(format!("{error:#}: going on with the package lists as they are"));
    }
    // Another apt-get may be at work, as at the start of a fresh machine.
    let patience = "--option=DPkg::Lock::Timeout=120";
    let install = ["install", "--quiet", "--quiet", "--yes", "--no-install-recommends", patience];
    apt(&[&install, packages].concat())
        .with_context(|| format!("the tests need {what}: apt-get could not install {listed}"))
}

/// Ubuntu has apt-get too, but its chromium is a snap, which no driver starts.
fn is_debian() -> bool {
    let release = fs::read_to_string("/etc/os-release").unwrap_or_default();
    which("apt-get").is_some() && release.lines().any(|line| line == "ID=debian")
}

fn is_root() -> bool {
    output(Command::new("id").arg("-u")).is_ok_and(|id| id == "0")
}
