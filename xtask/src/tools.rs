//! The tools that a build or a test needs, at pinned versions, in a cache of the user's:
//! `~/.cache/wheelstage/tools`, or where `WHEELSTAGE_TOOLS` points. One folder a tool and version,
//! so that every clone on a machine finds them, and an older clone keeps its own.

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, Result, bail};

use crate::process::{cargo, executable, output, run, say, script};

/// The page's bundler. `Trunk.toml` is written for this version.
const TRUNK: &str = "0.21.14";

/// The glue's generator. `Cargo.toml` and `Trunk.toml` hold the same version: the three must agree.
const WASM_BINDGEN: &str = "0.2.129";

/// wasm-opt's home. `Trunk.toml` calls this version `version_132`.
const BINARYEN: &str = "132.0.0";

/// Drives the fuzzer.
const CARGO_FUZZ: &str = "0.13.2";

/// Drives Firefox.
const GECKODRIVER: &str = "0.36.0";

/// The target of the page.
pub(crate) const WASM: &str = "wasm32-unknown-unknown";

/// The folder of one tool at one version.
pub(crate) fn folder(name: &str, version: &str) -> Result<PathBuf> {
    Ok(cache()?.join(format!("{name}-{version}")))
}

/// The folders that hold what a build of the page calls, for PATH: Trunk, wasm-bindgen, wasm-opt.
pub(crate) fn for_the_page() -> Result<Vec<PathBuf>> {
    wasm_target()?;
    node()?;
    Ok(vec![trunk()?, wasm_bindgen()?, wasm_opt()?])
}

/// The folder of `wasm-bindgen` and `wasm-bindgen-test-runner`.
pub(crate) fn wasm_bindgen() -> Result<PathBuf> {
    from_crates("wasm-bindgen-cli", "wasm-bindgen", WASM_BINDGEN, "2 to 5 minutes")
}

/// The folder of `cargo-fuzz`.
pub(crate) fn cargo_fuzz() -> Result<PathBuf> {
    from_crates("cargo-fuzz", "cargo-fuzz", CARGO_FUZZ, "1 minute")
}

/// The folder of `geckodriver`.
pub(crate) fn geckodriver() -> Result<PathBuf> {
    from_crates("geckodriver", "geckodriver", GECKODRIVER, "2 to 5 minutes")
}

/// The standard library for the page's target.
pub(crate) fn wasm_target() -> Result<()> {
    let libraries = output(Command::new("rustc").args(["--print", "target-libdir", "--target", WASM]))?;
    if Path::new(&libraries).is_dir() {
        return Ok(());
    }
    say(format!("Adding the target {WASM} (10 seconds)"));
    run(Command::new("rustup").args(["target", "add", WASM]))
        .with_context(|| format!("the page needs Rust's {WASM} target; rustup adds it (https://rustup.rs)"))
}

/// Node, of a version that runs esbuild and wasm-opt.
pub(crate) fn node() -> Result<()> {
    const OLDEST: u32 = 18;
    let version = output(Command::new("node").arg("--version"))
        .context("the build needs Node.js 18 or later, with npm (https://nodejs.org)")?;
    let major = version.trim_start_matches('v').split('.').next().and_then(|major| major.parse().ok());
    if major.is_none_or(|major: u32| major < OLDEST) {
        bail!("the build needs Node.js {OLDEST} or later, and this is {version}");
    }
    Ok(())
}

fn trunk() -> Result<PathBuf> {
    from_crates("trunk", "trunk", TRUNK, "3 to 8 minutes")
}

/// npm's binaryen brings every tool of binaryen as wasm, so one download fits every machine.
fn wasm_opt() -> Result<PathBuf> {
    let folder = folder("binaryen", BINARYEN)?;
    let programs = folder.join("node_modules").join(".bin");
    if !programs.is_dir() {
        say(format!("Installing wasm-opt (binaryen {BINARYEN}) with npm, once on this machine (10 seconds)"));
        fs::create_dir_all(&folder).with_context(|| format!("cannot make {}", folder.display()))?;
        run(script("npm")
            .args(["install", "--no-save", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"])
            .arg("--prefix")
            .arg(&folder)
            .arg(format!("binaryen@{BINARYEN}"))
            .current_dir(&folder))?;
    }
    Ok(programs)
}

/// Installs a package of crates.io, and returns the folder of its programs.
fn from_crates(package: &str, program: &str, version: &str, time: &str) -> Result<PathBuf> {
    let folder = folder(program, version)?;
    let programs = folder.join("bin");
    if !executable(&programs, program).is_file() {
        say(format!("Installing {package} {version} with cargo, once on this machine ({time})"));
        // A debug build is quick enough to run, and built in 60 % of the time.
        run(cargo()
            .args(["install", "--quiet", "--locked", "--debug", package, "--version", version, "--root"])
            .arg(&folder)
            .env("CARGO_PROFILE_DEV_DEBUG", "0")
            // The sources of what is built here are not the project's: nor are its settings.
            .env_remove("RUSTFLAGS")
            .current_dir(cache()?))?;
    }
    Ok(programs)
}

/// The cache's folder, made where it is missing.
pub(crate) fn cache() -> Result<PathBuf> {
    let folder = match env::var_os("WHEELSTAGE_TOOLS") {
        Some(folder) => PathBuf::from(folder),
        None => user_cache()?.join("wheelstage").join("tools"),
    };
    fs::create_dir_all(&folder).with_context(|| format!("cannot make {}", folder.display()))?;
    Ok(folder)
}

fn user_cache() -> Result<PathBuf> {
    if let Some(folder) = env::var_os("XDG_CACHE_HOME").or_else(|| env::var_os("LOCALAPPDATA")) {
        return Ok(PathBuf::from(folder));
    }
    let home = env::home_dir().context("no home folder: set WHEELSTAGE_TOOLS to a folder for tools")?;
    Ok(home.join(".cache"))
}
