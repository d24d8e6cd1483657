use std::{fmt, sync::Arc};

use super::ArtifactKind;
use crate::{
    pep440::{Version, parse_version},
    pep508::{Machine, Platform, ProjectName, Target},
};

/// What a file name says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileName {
    /// The project, normalised.
    pub project: ProjectName,
    /// The version.
    pub version: Version,
    /// Wheel or sdist.
    pub kind: ArtifactKind,
}

/// The compatibility tags of a wheel's name, compressed as they stand there (PEP 425): each part
/// lists alternatives between dots.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct WheelTags {
    /// `cp310`, `py2.py3`.
    pub python: Arc<str>,
    /// `cp310`, `abi3`, `none`.
    pub abi: Arc<str>,
    /// `manylinux_2_17_x86_64.manylinux2014_x86_64`, `any`.
    pub platform: Arc<str>,
    /// PEP 427 build tag, its digits and the rest: between wheels that differ in nothing else
    /// the highest wins, and none is lowest.
    pub build: Option<(u64, Arc<str>)>,
}

/// One uncompressed tag.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WheelTag<'a> {
    /// `cp310`.
    pub python: &'a str,
    /// `cp310`.
    pub abi: &'a str,
    /// `manylinux_2_17_x86_64`.
    pub platform: &'a str,
}

/// The archives that pip takes for an sdist.
const SDIST_ENDINGS: [&str; 6] = [".tar.gz", ".zip", ".tgz", ".tar.bz2", ".tar.xz", ".tar"];

impl WheelTags {
    /// `py3-none-any`.
    #[must_use]
    pub fn pure() -> Self {
        Self { python: "py3".into(), abi: "none".into(), platform: "any".into(), build: None }
    }

    /// `cp310-cp310-linux_x86_64`: what a project that compiles builds for this interpreter.
    #[must_use]
    pub fn native(target: &Target) -> Self {
        let python: Arc<str> = format!("cp{}{}", target.python.major, target.python.minor).into();
        let machine = match target.platform.machine() {
            Machine::X86_64 => "x86_64",
            Machine::Aarch64 => "aarch64",
        };
        let platform = match target.platform {
            Platform::Linux(..) => format!("linux_{machine}"),
            Platform::MacOs(_) => format!("macosx_11_0_{}", machine.replace("aarch64", "arm64")),
            Platform::Windows(_) => {
                format!("win_{}", machine.replace("x86_64", "amd64").replace("aarch64", "arm64"))
            }
        };
        Self { python: python.clone(), abi: python, platform: platform.into(), build: None }
    }

    /// Reads `py3-none-any` or `1-cp310-cp310-win_amd64`, the last parts of a wheel's name.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let mut parts = text.rsplitn(4, '-');
        let (platform, abi, python) = (parts.next()?, parts.next()?, parts.next()?);
        if [platform, abi, python].iter().any(|part| part.is_empty()) {
            return None;
        }
        let build = match parts.next() {
            Some(text) => Some(parse_build(text)?),
            None => None,
        };
        Some(Self { python: python.into(), abi: abi.into(), platform: platform.into(), build })
    }

    /// All tags the compressed set stands for.
    pub fn tags(&self) -> impl Iterator<Item = WheelTag<'_>> {
        self.python.split('.').flat_map(move |python| {
            self.abi.split('.').flat_map(move |abi| {
                self.platform.split('.').map(move |platform| WheelTag { python, abi, platform })
            })
        })
    }
}

impl fmt::Display for WheelTags {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some((digits, rest)) = &self.build {
            write!(f, "{digits}{rest}-")?;
        }
        write!(f, "{}-{}-{}", self.python, self.abi, self.platform)
    }
}

/// Reads the name of a wheel (PEP 427) or an sdist (PEP 625, and the older forms with hyphens in
/// the project's name). `None` for every other file.
#[must_use]
pub fn parse_file_name(file_name: &str) -> Option<FileName> {
    if let Some(stem) = file_name.strip_suffix(".whl") {
        return parse_wheel(stem);
    }
    let stem = SDIST_ENDINGS.iter().find_map(|ending| file_name.strip_suffix(ending))?;
    // The version begins after the first hyphen behind which a version stands: `a-b-1.0`.
    stem.match_indices('-').find_map(|(hyphen, _)| {
        let project = stem.get(..hyphen)?.parse().ok()?;
        let version = parse_version(stem.get(hyphen + 1..)?)?;
        Some(FileName { project, version, kind: ArtifactKind::Sdist })
    })
}

fn parse_wheel(stem: &str) -> Option<FileName> {
    let (project, rest) = stem.split_once('-')?;
    let (version, tags) = rest.split_once('-')?;
    Some(FileName {
        project: project.parse().ok()?,
        // PEP 427: "Any hyphen in the version is replaced with an underscore".
        version: parse_version(&version.replace('_', "-"))?,
        kind: ArtifactKind::Wheel(WheelTags::parse(tags)?),
    })
}

/// PEP 427: a build tag "must start with a digit"; sorted by its digits, then by the rest.
fn parse_build(text: &str) -> Option<(u64, Arc<str>)> {
    let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let (digits, rest) = text.split_at_checked(end)?;
    Some((digits.parse().ok()?, rest.into()))
}
