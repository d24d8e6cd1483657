use std::{fmt, str::FromStr};

use super::environment::Environment;
use crate::pep440::{Version, parse_version};

/// What a build is simulated for: one Python on one platform.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Target {
    /// CPython's version.
    pub python: PythonVersion,
    /// Operating system, machine and C library.
    pub platform: Platform,
}

/// A version of CPython: `3.10`, or exactly `3.10.13`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PythonVersion {
    /// 3.
    pub major: u32,
    /// 8 to 14 are supported.
    pub minor: u32,
    /// `None` where only major and minor are known; see [`PythonVersion::full`].
    pub patch: Option<u32>,
}

/// An operating system on a machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Platform {
    /// Linux with its C library.
    Linux(Machine, Libc),
    /// macOS.
    MacOs(Machine),
    /// Windows.
    Windows(Machine),
}

/// A processor architecture.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Machine {
    /// `amd64`.
    X86_64,
    /// `arm64`.
    Aarch64,
}

/// The C library of a Linux image; wheels are built for one or the other, and for its version or an
/// older one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Libc {
    /// Debian, Ubuntu, Fedora and most others: `manylinux` wheels. `Glibc(41)` is 2.41.
    Glibc(u32),
    /// Alpine: `musllinux` wheels. `Musl(2)` is 1.2.
    Musl(u32),
}

impl Libc {
    /// glibc of Debian 13, which current official Python images hold. Wheels for a newer one are
    /// rare.
    pub const GLIBC: Self = Self::Glibc(41);
    /// musl of Alpine since 3.13.
    pub const MUSL: Self = Self::Musl(2);
}

/// A text that names no Python or no platform.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvalidTarget {
    /// What was asked for.
    pub text: String,
    /// What would be right.
    pub expected: &'static str,
}

/// The newest patch release of each Python at the end of 2025
/// (<https://www.python.org/downloads/>), which stands for a bare minor version.
const NEWEST_PATCH: [(u32, u32); 9] =
    [(6, 15), (7, 17), (8, 20), (9, 25), (10, 19), (11, 14), (12, 12), (13, 11), (14, 2)];

impl PythonVersion {
    /// Major and minor alone.
    #[must_use]
    pub const fn new(major: u32, minor: u32) -> Self {
        Self { major, minor, patch: None }
    }

    /// True for CPython 3.8 to 3.14.
    #[must_use]
    pub fn is_supported(self) -> bool {
        self.major == 3 && (8..=14).contains(&self.minor)
    }

    /// The full version that stands in for this one: the patch release where it is known, else
    /// the newest of that minor at the end of 2025, else `.0`.
    #[must_use]
    pub fn full(self) -> [u32; 3] {
        let newest = || {
            NEWEST_PATCH
                .iter()
                .find(|(minor, _)| self.major == 3 && *minor == self.minor)
                .map_or(0, |(_, patch)| *patch)
        };
        [self.major, self.minor, self.patch.unwrap_or_else(newest)]
    }

    /// [`Self::full`] as a version, to be held against `Requires-Python`.
    #[must_use]
    pub fn full_version(self) -> Version {
        Version::new(self.full().map(u64::from))
    }
}

impl Platform {
    /// Linux on x86_64 with glibc, what most images are.
    pub const LINUX: Self = Self::Linux(Machine::X86_64, Libc::GLIBC);

    /// The processor.
    #[must_use]
    pub fn machine(self) -> Machine {
        match self {
            Self::Linux(machine, _) | Self::MacOs(machine) | Self::Windows(machine) => machine,
        }
    }

    /// The same platform with another C library; only Linux has the choice.
    #[must_use]
    pub fn with_libc(self, libc: Libc) -> Self {
        match self {
            Self::Linux(machine, _) => Self::Linux(machine, libc),
            other => other,
        }
    }
}

impl Target {
    /// What markers see on this target.
    ///
    /// The kernel's release and version depend on the machine a container runs on, so
    /// `platform_release` and `platform_version` are empty.
    #[must_use]
    pub fn environment(&self) -> Environment {
        let [major, minor, patch] = self.python.full();
        let (os_name, sys_platform, platform_system) = match self.platform {
            Platform::Linux(..) => ("posix", "linux", "Linux"),
            Platform::MacOs(_) => ("posix", "darwin", "Darwin"),
            Platform::Windows(_) => ("nt", "win32", "Windows"),
        };
        let machine = match (self.platform, self.platform.machine()) {
            (Platform::Windows(_), Machine::X86_64) => "AMD64",
            (Platform::Windows(_), Machine::Aarch64) => "ARM64",
            (Platform::MacOs(_), Machine::Aarch64) => "arm64",
            (Platform::Linux(..), Machine::Aarch64) => "aarch64",
            (_, Machine::X86_64) => "x86_64",
        };
        let full = format!("{major}.{minor}.{patch}");
        Environment {
            implementation_name: "cpython".to_owned(),
            implementation_version: full.clone(),
            os_name: os_name.to_owned(),
            platform_machine: machine.to_owned(),
            platform_python_implementation: "CPython".to_owned(),
            platform_release: String::new(),
            platform_system: platform_system.to_owned(),
            platform_version: String::new(),
            python_full_version: full,
            python_version: format!("{major}.{minor}"),
            sys_platform: sys_platform.to_owned(),
        }
    }
}

impl Default for Target {
    /// Python 3.12 on Linux, x86_64, glibc.
    fn default() -> Self {
        Self { python: PythonVersion::new(3, 12), platform: Platform::LINUX }
    }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Python {} on {}", self.python, self.platform)
    }
}

impl fmt::Display for PythonVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.major, self.minor)?;
        self.patch.map_or(Ok(()), |patch| write!(f, ".{patch}"))
    }
}

impl FromStr for PythonVersion {
    type Err = InvalidTarget;

    /// Reads `3.10` or `3.10.13`.
    fn from_str(text: &str) -> Result<Self, InvalidTarget> {
        let error =
            || InvalidTarget { text: text.to_owned(), expected: "a Python version such as 3.12 or 3.12.7" };
        if !text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.') {
            return Err(error());
        }
        let version = parse_version(text).ok_or_else(error)?;
        let numbers: Vec<u32> =
            version.release().iter().map_while(|&number| u32::try_from(number).ok()).collect();
        match *numbers.as_slice() {
            [major, minor] if version.release().len() == 2 => Ok(Self { major, minor, patch: None }),
            [major, minor, patch] if version.release().len() == 3 => {
                Ok(Self { major, minor, patch: Some(patch) })
            }
            _ => Err(error()),
        }
    }
}

/// As Docker writes a platform, `linux/amd64`; Alpine's C library as `linux/amd64/musl`.
impl fmt::Display for Platform {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let machine = match self.machine() {
            Machine::X86_64 => "amd64",
            Machine::Aarch64 => "arm64",
        };
        match self {
            Self::Linux(_, Libc::Glibc(_)) => write!(f, "linux/{machine}"),
            Self::Linux(_, Libc::Musl(_)) => write!(f, "linux/{machine}/musl"),
            Self::MacOs(_) => write!(f, "darwin/{machine}"),
            Self::Windows(_) => write!(f, "windows/{machine}"),
        }
    }
}

impl FromStr for Platform {
    type Err = InvalidTarget;

    /// Reads what `docker build --platform` takes (`linux/amd64`, `linux/arm64/v8`), `darwin`
    /// and `windows` likewise, and `musl` as a third part. Capitals do not count.
    fn from_str(text: &str) -> Result<Self, InvalidTarget> {
        let error = || InvalidTarget {
            text: text.to_owned(),
            expected: "a platform such as linux/amd64, linux/arm64, darwin/arm64 or windows/amd64",
        };
        let lower = text.to_ascii_lowercase();
        let mut parts = lower.split('/');
        let (os, machine) = (parts.next().unwrap_or(""), parts.next().unwrap_or("amd64"));
        let machine = match machine {
            "amd64" | "x86_64" | "x86-64" => Machine::X86_64,
            "arm64" | "aarch64" => Machine::Aarch64,
            _ => return Err(error()),
        };
        let libc = match (parts.next(), machine) {
            (None, _) => Libc::GLIBC,
            (Some("musl"), _) => Libc::MUSL,
            // Variants of the processor: containerd's normal form of arm64 is v8.
            (Some("v8"), Machine::Aarch64) | (Some("v1" | "v2" | "v3" | "v4"), Machine::X86_64) => {
                Libc::GLIBC
            }
            _ => return Err(error()),
        };
        match (os, parts.next()) {
            ("linux", None) => Ok(Self::Linux(machine, libc)),
            ("darwin" | "macos", None) if libc == Libc::GLIBC => Ok(Self::MacOs(machine)),
            ("windows", None) if libc == Libc::GLIBC => Ok(Self::Windows(machine)),
            _ => Err(error()),
        }
    }
}

impl fmt::Display for InvalidTarget {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` is not {}", self.text, self.expected)
    }
}

impl std::error::Error for InvalidTarget {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn platforms_are_read_as_docker_writes_them() {
        let check =
            |text: &str, normal: &str| assert_eq!(text.parse::<Platform>().unwrap().to_string(), normal);
        check("linux/amd64", "linux/amd64");
        check("linux", "linux/amd64");
        check("linux/arm64/v8", "linux/arm64");
        check("Linux/x86_64/musl", "linux/amd64/musl");
        check("macos/aarch64", "darwin/arm64");
        for wrong in ["", "linux/riscv64", "linux/arm64/v7", "darwin/arm64/musl", "linux/amd64/v2/x"] {
            assert!(wrong.parse::<Platform>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_bare_minor_stands_for_a_patch_release() {
        let full = |text: &str| text.parse::<PythonVersion>().unwrap().full_version().to_string();
        assert_eq!(full("3.10"), "3.10.19");
        assert_eq!(full("3.10.2"), "3.10.2");
        assert_eq!(full("3.99"), "3.99.0");
        for wrong in ["", "3", "3.x", "3.10.1.2", "3.10-slim", "3.99999999999"] {
            assert!(wrong.parse::<PythonVersion>().is_err(), "{wrong}");
        }
    }
}
