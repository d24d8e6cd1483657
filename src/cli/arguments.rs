use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::{
    index::Day,
    pep440::parse_version,
    pep508::{Platform, PythonVersion},
};

/// What pip would do in every stage of a Dockerfile: which packages cannot be had together, why,
/// and a patch that was re-run.
#[derive(Debug, Parser)]
#[command(name = "wheelstage", version)]
pub(super) struct Arguments {
    #[command(subcommand)]
    pub(super) command: Command,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Says what is wrong with a build
    Check(CheckArguments),
    /// Prints a verified fix as a unified diff
    Fix(FixArguments),
    /// Prints a playground link of a build
    Link(LinkArguments),
    /// Writes a link's files into this folder
    Open(OpenArguments),
}

/// What is read, and for what it is simulated.
#[derive(Debug, Args)]
pub(super) struct Input {
    /// The folder that is built in (the context), or a Dockerfile, built in its own folder; `-` reads
    /// a Dockerfile from standard input, without a context
    #[arg(default_value = ".")]
    pub(super) path: PathBuf,
    /// The Dockerfile, as in `docker build -f`; `-` reads it from standard input
    #[arg(short = 'f', long = "file", value_name = "FILE")]
    pub(super) file: Option<PathBuf>,
    /// Requirements file: what is installed where there is no Dockerfile; with one, it stands for the
    /// context file of that path
    #[arg(short = 'r', long = "requirement", value_name = "FILE")]
    pub(super) requirements: Vec<PathBuf>,
    /// Constraints file
    #[arg(short = 'c', long = "constraint", value_name = "FILE")]
    pub(super) constraints: Vec<PathBuf>,
    /// Python in place of the base image's, such as 3.10
    #[arg(long, value_name = "VERSION", value_parser = python_version)]
    pub(super) python: Option<String>,
    /// pip in place of the base image's, such as 26.3
    #[arg(long, value_name = "VERSION", value_parser = version)]
    pub(super) pip: Option<String>,
    /// Platform, such as linux/arm64
    #[arg(long, value_name = "OS/ARCH", value_parser = platform)]
    pub(super) platform: Option<String>,
    /// Stage to build, by name or number
    #[arg(long, value_name = "STAGE")]
    pub(super) target: Option<String>,
    /// Build argument; a name alone takes its value from the environment
    #[arg(long = "build-arg", value_name = "KEY[=VALUE]", value_parser = build_arg)]
    pub(super) build_args: Vec<String>,
    /// A catalogue folder, or a JSON file with an `index`, in place of the built-in catalogue
    #[arg(long, value_name = "PATH")]
    pub(super) catalogue: Option<PathBuf>,
    /// A file of facts: `accelerate 1.10.1 depends on numpy<3.0.0 and >=1.17`
    #[arg(long, value_name = "FILE")]
    pub(super) overlay: Option<PathBuf>,
    /// Ask no package index: only what the catalogue and the facts say counts (WHEELSTAGE_OFFLINE=1)
    #[arg(long)]
    pub(super) offline: bool,
    /// Ask for pages again, however fresh they are in the cache
    #[arg(long, conflicts_with = "offline")]
    pub(super) refresh: bool,
    /// Only what had been uploaded by the end of this day (UTC) counts, as with uv's --exclude-newer:
    /// 2025-10-13. The catalogue knows no days, so everything is asked from the index
    #[arg(long, value_name = "DAY", value_parser = Day::parse, conflicts_with_all = ["offline", "catalogue"])]
    pub(super) as_of: Option<Day>,
    /// Where the public index is reached from here, in place of PIP_INDEX_URL and pip.conf
    #[arg(long, value_name = "URL")]
    pub(super) index_url: Option<String>,
    /// A host of an index that the build names and that may be asked
    #[arg(long = "allow-index", value_name = "HOST")]
    pub(super) allow_index: Vec<String>,
    /// Exit with 1 where something is not known, or a command is assumed to install nothing, too
    #[arg(long)]
    pub(super) strict: bool,
    /// How to print
    #[arg(long, value_enum, default_value_t = Format::Human)]
    pub(super) format: Format,
}

/// `check`.
#[derive(Debug, Args)]
pub(super) struct CheckArguments {
    #[command(flatten)]
    pub(super) input: Input,
    /// Tell all causes of what is not known, all notes, and what of each step is not modelled
    #[arg(short = 'v', long)]
    pub(super) verbose: bool,
}

/// `fix`.
#[derive(Debug, Args)]
pub(super) struct FixArguments {
    #[command(flatten)]
    pub(super) input: Input,
    /// The best fix of this strategy, such as install-by-name; several make one fix together
    #[arg(long = "strategy", value_name = "ID")]
    pub(super) strategies: Vec<String>,
    /// Change the files
    #[arg(long)]
    pub(super) write: bool,
}

/// `link`.
#[derive(Debug, Args)]
pub(super) struct LinkArguments {
    #[command(flatten)]
    pub(super) input: Input,
    /// Where the page is: a link works on any copy of it
    #[arg(long, value_name = "URL", default_value = "http://127.0.0.1:8080/")]
    pub(super) address: String,
    /// Put MASKED in place of what looks like a secret
    #[arg(long, conflicts_with = "with_secrets")]
    pub(super) mask: bool,
    /// Keep in the link what looks like a secret
    #[arg(long)]
    pub(super) with_secrets: bool,
}

/// `open`.
#[derive(Debug, Args)]
pub(super) struct OpenArguments {
    /// The link, or the part of it behind the `#`
    pub(super) link: String,
    /// Replace files that are there
    #[arg(long)]
    pub(super) force: bool,
    /// Write without asking
    #[arg(long)]
    pub(super) yes: bool,
}

/// How a report is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    /// For people
    Human,
    /// Versioned and documented
    Json,
    /// For an issue or a review
    Markdown,
    /// SARIF 2.1.0, for code scanning
    Sarif,
}

fn python_version(text: &str) -> Result<String, String> {
    text.parse::<PythonVersion>().map(|_| text.to_owned()).map_err(|error| error.to_string())
}

fn version(text: &str) -> Result<String, String> {
    let parsed = parse_version(text).map(|_| text.to_owned());
    parsed.ok_or_else(|| "expected a version such as 26.3".to_owned())
}

/// What docker takes: a name, with or without a value.
fn build_arg(text: &str) -> Result<String, String> {
    let name = text.split('=').next().unwrap_or(text);
    let is_name = !name.is_empty() && !name.contains(char::is_whitespace);
    is_name.then(|| text.to_owned()).ok_or_else(|| "write it as KEY=VALUE, or KEY alone".to_owned())
}

/// A platform that docker knows, whether or not wheels for it are modelled.
fn platform(text: &str) -> Result<String, String> {
    let known = text.parse::<Platform>().is_ok();
    let parts: Vec<&str> = text.split('/').collect();
    let is_other = match parts.as_slice() {
        ["linux", machine] => OTHER_MACHINES.contains(machine),
        ["linux", "arm", variant] => ["v5", "v6", "v7", "v8"].contains(variant),
        _ => false,
    };
    let expected = "expected a platform such as linux/amd64 or linux/arm64";
    (known || is_other).then(|| text.to_owned()).ok_or_else(|| expected.to_owned())
}

/// Machines that docker builds for and that are not modelled.
const OTHER_MACHINES: [&str; 8] =
    ["386", "arm", "ppc64le", "s390x", "riscv64", "mips64le", "mips64", "loong64"];
