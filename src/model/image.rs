//! What the name of a base image says about the Python in it.
//!
//! Only documented facts: the official `python` images (docker-library/python, whose pip is the
//! bundle of that Python's `ensurepip`), the Pythons of Debian, Ubuntu and Alpine, and the
//! images that are built on those. An image known to hold more says that it does; any other
//! image is unknown, never empty.

use super::python;
use crate::{pep508::Libc, syntax::shell::Dialect};

/// What is known of a base image.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Image {
    /// What it is built on.
    pub distribution: Distribution,
    /// The Python that comes with it.
    pub python: Option<ImagePython>,
    /// Programs that it puts on `PATH` besides, by absolute path.
    pub programs: Vec<String>,
    /// `ENV` of the image.
    pub variables: Vec<(String, String)>,
    /// Whether it has a C compiler; `None` where that is not documented.
    pub compiler: Option<bool>,
    /// There is nothing in it but the distribution, this Python and these programs.
    pub plain: bool,
    /// Why its packages are not known; `None` where they are.
    pub unknown: Option<String>,
}

/// A Python inside an image.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImagePython {
    /// `(3, 10)`; `None` where the tag does not say.
    pub version: Option<(u32, u32)>,
    /// `13` of 3.10.13, where the tag says.
    pub patch: Option<u32>,
    /// `/usr/local`.
    pub root: String,
    /// Packages in it: project and version, the latter `None` where not documented.
    pub packages: Vec<(&'static str, Option<&'static str>)>,
}

impl ImagePython {
    /// What the image would hold with another Python: an official image with that in its tag.
    #[must_use]
    pub fn with_version(&self, version: (u32, u32), patch: Option<u32>) -> Self {
        match self.root.as_str() {
            OFFICIAL_ROOT => official_python(Some((version, patch))),
            _ => Self { version: Some(version), patch, ..self.clone() },
        }
    }
}

/// Where the official images have their Python.
const OFFICIAL_ROOT: &str = "/usr/local";

/// What an image is built on: decides the C library and what `apt-get install python3` brings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Distribution {
    /// By major version: 12 is bookworm.
    Debian(u32),
    /// By year and month: `(22, 4)` is jammy.
    Ubuntu(u32, u32),
    /// Minor version of 3: `Some(20)` is 3.20.
    Alpine(Option<u32>),
    /// The image `busybox`: its programs and nothing else.
    Busybox,
    /// Another one, or none.
    #[default]
    Unknown,
}

/// The Python a distribution packages as `python3`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DistributionPython {
    /// `(3, 11)`.
    pub version: (u32, u32),
    /// Version of the package `python3-pip` (`py3-pip`), where documented.
    pub pip: Option<&'static str>,
    /// `pip install` outside a virtual environment is refused (PEP 668).
    pub externally_managed: bool,
}

impl Distribution {
    /// The Python it packages, where documented (packages.debian.org, packages.ubuntu.com,
    /// pkgs.alpinelinux.org).
    #[must_use]
    pub fn python(self) -> Option<DistributionPython> {
        let (version, pip, externally_managed) = match self {
            Self::Debian(10) => ((3, 7), Some("18.1"), false),
            Self::Debian(11) => ((3, 9), Some("20.3.4"), false),
            Self::Debian(12) => ((3, 11), Some("23.0.1"), true),
            Self::Debian(13) => ((3, 13), Some("25.1.1"), true),
            Self::Ubuntu(18, 4) => ((3, 6), Some("9.0.1"), false),
            Self::Ubuntu(20, 4) => ((3, 8), Some("20.0.2"), false),
            Self::Ubuntu(22, 4) => ((3, 10), Some("22.0.2"), false),
            Self::Ubuntu(24, 4) => ((3, 12), Some("24.0"), true),
            Self::Alpine(Some(16 | 17)) => ((3, 10), None, false),
            Self::Alpine(Some(18)) => ((3, 11), None, false),
            Self::Alpine(Some(19)) => ((3, 11), None, true),
            Self::Alpine(Some(20..=22)) => ((3, 12), None, true),
            _ => return None,
        };
        Some(DistributionPython { version, pip, externally_managed })
    }

    /// Its C library (packages.debian.org, packages.ubuntu.com, pkgs.alpinelinux.org). A distribution
    /// that is not known is taken to be current.
    #[must_use]
    pub fn libc(self) -> Libc {
        match self {
            Self::Debian(9) => Libc::Glibc(24),
            Self::Ubuntu(18, 4) => Libc::Glibc(27),
            Self::Debian(10) => Libc::Glibc(28),
            Self::Debian(11) | Self::Ubuntu(20, 4) => Libc::Glibc(31),
            Self::Ubuntu(22, 4) => Libc::Glibc(35),
            Self::Debian(12) => Libc::Glibc(36),
            Self::Ubuntu(24, 4) => Libc::Glibc(39),
            Self::Alpine(Some(..=12)) => Libc::Musl(1),
            Self::Alpine(_) => Libc::MUSL,
            Self::Debian(_) | Self::Ubuntu(..) | Self::Busybox | Self::Unknown => Libc::GLIBC,
        }
    }

    /// What its `/bin/sh` is.
    #[must_use]
    pub fn sh(self) -> Dialect {
        match self {
            Self::Debian(_) | Self::Ubuntu(..) => Dialect::Dash,
            Self::Alpine(_) | Self::Busybox => Dialect::Ash,
            Self::Unknown => Dialect::Unknown,
        }
    }

    fn from_words(words: &[&str]) -> Option<Self> {
        words.iter().find_map(|word| {
            Some(match *word {
                "stretch" => Self::Debian(9),
                "buster" => Self::Debian(10),
                "bullseye" => Self::Debian(11),
                "bookworm" => Self::Debian(12),
                "trixie" => Self::Debian(13),
                "bionic" => Self::Ubuntu(18, 4),
                "focal" => Self::Ubuntu(20, 4),
                "jammy" => Self::Ubuntu(22, 4),
                "noble" => Self::Ubuntu(24, 4),
                _ => {
                    if let Some(version) = word.strip_prefix("alpine") {
                        Self::Alpine(version.strip_prefix("3.").and_then(leading_number))
                    } else {
                        let version = word.strip_prefix("ubuntu")?;
                        match version.split_once('.') {
                            Some((year, month)) => Self::Ubuntu(year.parse().ok()?, month.parse().ok()?),
                            None => {
                                Self::Ubuntu(version.get(..2)?.parse().ok()?, version.get(2..)?.parse().ok()?)
                            }
                        }
                    }
                }
            })
        })
    }
}

/// `PATH` where an image sets none (BuildKit's default, and that of the `python` images).
pub const DEFAULT_PATH: &str = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/// What `reference` (`docker.io/library/python:3.10-slim@sha256:...`) says.
#[must_use]
pub fn describe(reference: &str) -> Image {
    let reference = reference.trim();
    let (without_digest, digest) = match reference.split_once('@') {
        Some((name, digest)) => (name, Some(digest)),
        None => (reference, None),
    };
    let last_slash = without_digest.rfind('/').map_or(0, |at| at + 1);
    let (name, tag) = match without_digest.get(last_slash..).and_then(|last| last.rfind(':')) {
        Some(colon) => {
            (&without_digest[..last_slash + colon], Some(&without_digest[last_slash + colon + 1..]))
        }
        None => (without_digest, None),
    };
    if tag.is_none() && digest.is_some() {
        return unknown(format!("{name} is named by digest alone, which does not say what it holds"));
    }
    let tag = tag.unwrap_or("latest");
    let words: Vec<&str> = tag.split(['-', '_']).collect();
    match official(name) {
        Some("python") => python_image(&words),
        Some("debian") => plain(debian(&words)),
        Some("ubuntu") => plain(ubuntu(&words)),
        Some("alpine") => plain(alpine(tag)),
        Some("busybox") => plain(Distribution::Busybox),
        Some("buildpack-deps" | "node" | "golang" | "rust" | "gcc" | "openjdk" | "nginx" | "postgres") => {
            // Built on Debian; none brings Python packages of its own.
            bare(Distribution::from_words(&words).unwrap_or_default())
        }
        Some("scratch") => Image::default(),
        _ => derived(name, tag, &words),
    }
}

/// The name of a Docker official image, whichever mirror it is pulled through.
fn official(name: &str) -> Option<&str> {
    const MIRRORS: [&str; 6] = [
        "docker.io/library/",
        "index.docker.io/library/",
        "registry-1.docker.io/library/",
        "public.ecr.aws/docker/library/",
        "mirror.gcr.io/library/",
        "library/",
    ];
    MIRRORS
        .iter()
        .find_map(|mirror| name.strip_prefix(mirror))
        .or_else(|| name.strip_prefix("docker.io/"))
        .or(Some(name))
        .filter(|rest| !rest.contains('/'))
}

fn unknown(reason: String) -> Image {
    Image { unknown: Some(reason), ..Image::default() }
}

fn bare(distribution: Distribution) -> Image {
    Image { distribution, ..Image::default() }
}

fn plain(distribution: Distribution) -> Image {
    Image { compiler: Some(false), plain: true, ..bare(distribution) }
}

fn leading_number(text: &str) -> Option<u32> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    text.get(..digits)?.parse().ok()
}

/// `3.10.13` as major, minor and patch; a release candidate's patch is not known.
fn python_version(word: &str) -> Option<((u32, u32), Option<u32>)> {
    let mut parts = word.split('.');
    let major = parts.next()?.parse().ok()?;
    let minor = leading_number(parts.next()?)?;
    let patch = parts.next().and_then(|patch| patch.parse().ok());
    Some(((major, minor), patch))
}

fn debian(words: &[&str]) -> Distribution {
    let by_number = || words.first().and_then(|word| leading_number(word)).map(Distribution::Debian);
    Distribution::from_words(words).or_else(by_number).unwrap_or_default()
}

fn ubuntu(words: &[&str]) -> Distribution {
    let by_number = || {
        let (year, month) = words.first()?.split_once('.')?;
        Some(Distribution::Ubuntu(year.parse().ok()?, month.parse().ok()?))
    };
    Distribution::from_words(words).or_else(by_number).unwrap_or_default()
}

fn alpine(tag: &str) -> Distribution {
    Distribution::Alpine(tag.strip_prefix("3.").and_then(leading_number))
}

/// The official `python` images.
fn python_image(words: &[&str]) -> Image {
    if words.iter().any(|word| word.starts_with("windows") || word.starts_with("nanoserver")) {
        return unknown("Windows images are not modelled".to_owned());
    }
    let named = words.first().and_then(|word| python_version(word));
    let floats = named.is_none() && words.first().is_none_or(|word| is_floating(word));
    let version = named.or(floats.then_some((python::LATEST, None)));
    let distribution = Distribution::from_words(words).unwrap_or_else(|| default_debian(version));
    // Built on buildpack-deps, which has one; these are not (docker-library/python).
    let small = |word: &&str| *word == "slim" || word.starts_with("alpine");
    Image {
        distribution,
        compiler: Some(!words.iter().any(small)),
        python: Some(official_python(version)),
        programs: Vec::new(),
        variables: vec![
            ("PATH".to_owned(), format!("/usr/local/bin:{DEFAULT_PATH}")),
            ("LANG".to_owned(), "C.UTF-8".to_owned()),
        ],
        plain: true,
        unknown: None,
    }
}

/// A tag of the newest Python: `latest`, `3`, `slim`, `bookworm`, `alpine3.22`.
fn is_floating(word: &str) -> bool {
    matches!(word, "latest" | "3" | "slim") || Distribution::from_words(&[word]).is_some()
}

/// The Python that a tag of any image names: `python3.11`, `py3.10`, `py311`.
fn named_python(words: &[&str]) -> Option<((u32, u32), Option<u32>)> {
    words.iter().find_map(|word| {
        let version = word.strip_prefix("python").or_else(|| word.strip_prefix("py"))?;
        match (version.contains('.'), version.strip_prefix('3')) {
            (true, _) => python_version(version),
            (false, Some(minor)) if minor.len() <= 2 => Some(((3, minor.parse().ok()?), None)),
            _ => None,
        }
    })
}

/// The suite that tags without one stood for when that release was last built: the newest Debian
/// from its release on (buster July 2019, bullseye August 2021, bookworm June 2023, trixie August
/// 2025), until the next patch release took its place (python.org/downloads, docker-library/python).
fn default_debian(version: Option<((u32, u32), Option<u32>)>) -> Distribution {
    /// Of each minor version of 3: the first patch releases that were built on Debian 10, 11, 12
    /// and 13; those before stood on Debian 9.
    const FIRST: [(u32, [Option<u32>; 4]); 9] = [
        (5, [Some(8), None, None, None]),
        (6, [Some(9), Some(14), None, None]),
        (7, [Some(4), Some(11), Some(17), None]),
        (8, [Some(0), Some(11), Some(17), None]),
        (9, [Some(0), Some(6), Some(17), Some(23)]),
        (10, [None, Some(0), Some(12), Some(18)]),
        (11, [None, Some(0), Some(4), Some(13)]),
        (12, [None, None, Some(0), Some(11)]),
        (13, [None, None, Some(0), Some(6)]),
    ];
    let first = match version {
        Some(((3, minor), _)) => FIRST.iter().find(|(known, _)| *known == minor),
        _ => None,
    };
    let (Some((_, first)), Some((_, patch))) = (first, version) else { return Distribution::Debian(13) };
    let patch = patch.unwrap_or(u32::MAX);
    (10..)
        .zip(first)
        .filter(|(_, first)| first.is_some_and(|first| first <= patch))
        .last()
        .map_or(Distribution::Debian(9), |(debian, _)| Distribution::Debian(debian))
}

fn official_python(version: Option<((u32, u32), Option<u32>)>) -> ImagePython {
    let (minor, patch) = match version {
        Some((version, patch)) => (Some(version), patch),
        None => (None, None),
    };
    let mut packages = vec![("pip", minor.and_then(|minor| python::pip(minor, patch)))];
    // The images for Python 3.12 and later come without them (docker-library/python#952).
    if let Some(minor @ (3, 0..=11)) = minor {
        packages.push(("setuptools", python::setuptools(minor, patch)));
        // The newest of the day on which the image was built last, below 0.46 (docker-library/python#1023).
        packages.push(("wheel", Some(if minor < (3, 8) { "0.42.0" } else { "0.45.1" })));
    }
    ImagePython { version: minor, patch, root: OFFICIAL_ROOT.to_owned(), packages }
}

/// The version of pip that `python -m venv` and `python -m ensurepip` install.
#[must_use]
pub fn bundled_pip(version: (u32, u32), patch: Option<u32>) -> Option<&'static str> {
    python::pip(version, patch)
}

/// Images that are not official ones.
fn derived(name: &str, tag: &str, words: &[&str]) -> Image {
    let path = name.strip_prefix("docker.io/").unwrap_or(name);
    if path == "ghcr.io/astral-sh/uv" || path == "astral/uv" {
        return uv_image(tag, words);
    }
    if path.ends_with("nvidia/cuda") || path == "nvidia/cuda" || path == "nvidia/opengl" {
        // Toolkits on a plain distribution: no Python before `apt-get install`.
        return match Distribution::from_words(words) {
            Some(distribution) => bare(distribution),
            None => unknown(format!("the tag {tag} of {name} does not say its distribution")),
        };
    }
    const FULL: [(&str, &str); 14] = [
        ("pytorch/pytorch", "PyTorch and what it needs"),
        ("nvcr.io/nvidia/", "NVIDIA's builds of Python packages"),
        ("jupyter/", "a conda environment with many packages"),
        ("quay.io/jupyter/", "a conda environment with many packages"),
        ("continuumio/", "a conda environment"),
        ("condaforge/", "a conda environment"),
        ("mambaorg/", "a conda environment"),
        ("tensorflow/tensorflow", "TensorFlow and what it needs"),
        ("huggingface/", "many packages"),
        ("apache/airflow", "Airflow and its constraints"),
        ("rocm/", "AMD's builds of Python packages"),
        ("vllm/", "vLLM and what it needs"),
        ("gcr.io/kaggle-images/", "many packages"),
        ("rayproject/", "Ray and what it needs"),
    ];
    let image = match FULL.iter().find(|(prefix, _)| path.starts_with(prefix)) {
        Some((_, what)) => unknown(format!("{name}:{tag} holds {what}, in versions that are not known here")),
        None => unknown(format!("what {name}:{tag} holds is not known here")),
    };
    // Its packages are not known, but its tag may name its Python.
    let python = named_python(words).map(|(version, patch)| ImagePython {
        version: Some(version),
        patch,
        root: OFFICIAL_ROOT.to_owned(),
        packages: Vec::new(),
    });
    Image { python, ..image }
}

/// `ghcr.io/astral-sh/uv`: with `python3.12-bookworm-slim` uv on top of the official image of
/// that tag, with `bookworm` on a distribution, else the two programs alone
/// (docs.astral.sh/uv/guides/integration/docker).
fn uv_image(tag: &str, words: &[&str]) -> Image {
    let installed = || vec!["/usr/local/bin/uv".to_owned(), "/usr/local/bin/uvx".to_owned()];
    if let Some(at) = words.iter().position(|word| word.starts_with("python3")) {
        let mut rest: Vec<&str> = words.get(at..).unwrap_or_default().to_vec();
        if let Some(first) = rest.first_mut() {
            *first = first.trim_start_matches("python");
        }
        let mut image = python_image(&rest);
        image.programs = installed();
        return image;
    }
    if let Some(distribution) = Distribution::from_words(words) {
        return Image { programs: installed(), ..bare(distribution) };
    }
    if tag.starts_with("debian") || tag.starts_with("trixie") {
        return Image { programs: installed(), ..bare(Distribution::Debian(13)) };
    }
    Image { programs: vec!["/uv".to_owned(), "/uvx".to_owned()], ..Image::default() }
}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};

    use super::*;

    #[track_caller]
    fn check(reference: &str, expected: Expect) {
        let image = describe(reference);
        let mut text = format!("{:?}", image.distribution);
        if let Some(python) = &image.python {
            text += &format!(" python {:?} at {}:", python.version, python.root);
            for (project, version) in &python.packages {
                text += &format!(" {project} {}", version.unwrap_or("?"));
            }
        }
        if let Some(reason) = &image.unknown {
            text += &format!(" unknown: {reason}");
        }
        if !image.programs.is_empty() {
            text += &format!(" {}", image.programs.join(" "));
        }
        expected.assert_eq(&text);
    }

    #[test]
    fn official_images_say_their_python_and_pip() {
        check(
            "python:3.10-slim",
            expect![
                "Debian(13) python Some((3, 10)) at /usr/local: pip 23.0.1 setuptools 79.0.1 wheel 0.45.1"
            ],
        );
        check(
            "docker.io/library/python:3.12.10-bookworm@sha256:aa",
            expect!["Debian(12) python Some((3, 12)) at /usr/local: pip 25.0.1"],
        );
        check(
            "python:3.13.1-alpine3.20",
            expect!["Alpine(Some(20)) python Some((3, 13)) at /usr/local: pip 24.3.1"],
        );
        check("python:3.14", expect!["Debian(13) python Some((3, 14)) at /usr/local: pip 26.2.1"]);
        check("python:slim", expect!["Debian(13) python Some((3, 15)) at /usr/local: pip 26.2.1"]);
        check(
            "python@sha256:aa",
            expect!["Unknown unknown: python is named by digest alone, which does not say what it holds"],
        );
    }

    #[test]
    fn a_tag_without_a_suite_stands_for_the_one_of_its_time() {
        let check = |reference: &str, expected: Libc| {
            assert_eq!(describe(reference).distribution.libc(), expected, "{reference}");
        };
        check("python:3.6.8", Libc::Glibc(24));
        check("python:3.6", Libc::Glibc(31));
        check("python:3.7.9-slim", Libc::Glibc(28));
        check("python:3.8-slim", Libc::Glibc(36));
        check("python:3.9.7-slim", Libc::Glibc(31));
        check("python:3.10-slim", Libc::Glibc(41));
        check("python:3.10.13-slim", Libc::Glibc(36));
        check("python:3.11.3", Libc::Glibc(31));
        check("python:3.12.4-slim-bullseye", Libc::Glibc(31));
        check("python:3.14.0", Libc::Glibc(41));
        check("python:3.14-rc", Libc::Glibc(41));
        check("python:latest", Libc::Glibc(41));
        check("python:3.12-alpine", Libc::Musl(2));
        check("python:3.8.5-alpine3.12", Libc::Musl(1));
        check("nvidia/cuda:12.4.1-runtime-ubuntu22.04", Libc::Glibc(35));
        check("ubuntu:24.04", Libc::Glibc(39));
        check("team.example/base:1", Libc::Glibc(41));
    }

    #[test]
    fn images_built_on_a_distribution_have_no_python_yet() {
        check("nvidia/cuda:12.4.1-runtime-ubuntu22.04", expect!["Ubuntu(22, 4)"]);
        check("docker.io/nvidia/cuda:11.8.0-cudnn8-devel-ubuntu2004", expect!["Ubuntu(20, 4)"]);
        check("ubuntu:24.04", expect!["Ubuntu(24, 4)"]);
        check("debian:bookworm-slim", expect!["Debian(12)"]);
        check("alpine:3.20.1", expect!["Alpine(Some(20))"]);
    }

    #[test]
    fn uv_images_add_uv() {
        check(
            "ghcr.io/astral-sh/uv:python3.12-bookworm-slim",
            expect![
                "Debian(12) python Some((3, 12)) at /usr/local: pip 25.0.1 /usr/local/bin/uv /usr/local/bin/uvx"
            ],
        );
        check("ghcr.io/astral-sh/uv:0.9.5", expect!["Unknown /uv /uvx"]);
    }

    #[test]
    fn other_images_are_unknown_and_never_empty() {
        check(
            "pytorch/pytorch:2.6.0-cuda12.4-cudnn9-runtime",
            expect![
                "Unknown unknown: pytorch/pytorch:2.6.0-cuda12.4-cudnn9-runtime holds PyTorch and what it needs, in versions that are not known here"
            ],
        );
        check(
            "registry.example:5000/team/base:1",
            expect!["Unknown unknown: what registry.example:5000/team/base:1 holds is not known here"],
        );
        check(
            "localhost:5000/python",
            expect!["Unknown unknown: what localhost:5000/python:latest holds is not known here"],
        );
        check("", expect!["Unknown unknown: what :latest holds is not known here"]);
    }
}
