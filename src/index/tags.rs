use std::collections::HashMap;

use super::{WheelTag, WheelTags};
use crate::pep508::{Libc, Machine, Platform, PythonVersion, Target};

/// The wheel tags that pip on a target accepts, in pip's order: an earlier one is preferred.
///
/// The order is that of `packaging.tags.sys_tags` for CPython: groups of Python and ABI
/// tags, in each group the platforms from the most to the least particular.
#[derive(Debug, Clone)]
pub struct SupportedTags {
    /// By Python tag.
    pythons: HashMap<String, Ranks>,
    /// The ABI tag of the interpreter's own: `cp310`; `cp36m` before Python 3.8.
    abi: String,
    /// Platform tags, most particular first.
    platforms: HashMap<String, u32>,
}

/// The ranks of one Python tag's groups; a platform's own rank is added to all but `any`.
#[derive(Debug, Clone, Copy, Default)]
struct Ranks {
    /// `cp310-cp310-*`
    own: Option<u32>,
    /// `cp310-abi3-*`
    abi3: Option<u32>,
    /// `cp310-none-*`
    none: Option<u32>,
    /// `cp310-none-any`
    any: Option<u32>,
}

/// The newest macOS that tags are made for.
const MACOS_NEWEST: u32 = 26;

impl SupportedTags {
    /// The tags of a target.
    #[must_use]
    pub fn of(target: &Target) -> Self {
        let platforms = platforms(target.platform);
        let width = u32::try_from(platforms.len()).unwrap_or(u32::MAX);
        let PythonVersion { major, minor, .. } = target.python;
        let own = format!("cp{major}{minor}");
        let generic: Vec<String> = [format!("py{major}{minor}"), format!("py{major}")]
            .into_iter()
            .chain((0..minor).rev().map(|older| format!("py{major}{older}")))
            .collect();

        let mut pythons: HashMap<String, Ranks> = HashMap::new();
        let mut next = 0_u32;
        let mut rank = |step: u32| {
            let rank = next;
            next = next.saturating_add(step);
            Some(rank)
        };
        let ranks = pythons.entry(own.clone()).or_default();
        ranks.own = rank(width);
        ranks.abi3 = rank(width);
        ranks.none = rank(width);
        for older in (2..minor).rev() {
            pythons.entry(format!("cp{major}{older}")).or_default().abi3 = rank(width);
        }
        for python in &generic {
            pythons.entry(python.clone()).or_default().none = rank(width);
        }
        for python in [&own].into_iter().chain(&generic) {
            pythons.entry(python.clone()).or_default().any = rank(1);
        }
        let platforms = (0..).zip(platforms).map(|(rank, tag)| (tag, rank)).collect();
        // bpo-36707: the flag for pymalloc left the tag with Python 3.8.
        let abi = if major == 3 && minor < 8 { format!("{own}m") } else { own };
        Self { pythons, abi, platforms }
    }

    /// The rank of the best of a wheel's tags, 0 the best; `None` where the target accepts none
    /// of them.
    #[must_use]
    pub fn rank(&self, tags: &WheelTags) -> Option<u32> {
        tags.tags().filter_map(|tag| self.rank_of(tag)).min()
    }

    fn rank_of(&self, tag: WheelTag<'_>) -> Option<u32> {
        let ranks = self.pythons.get(tag.python)?;
        if tag.platform == "any" {
            return ranks.any.filter(|_| tag.abi == "none");
        }
        let group = match tag.abi {
            "abi3" => ranks.abi3,
            "none" => ranks.none,
            abi if abi == self.abi => ranks.own,
            _ => None,
        }?;
        Some(group.saturating_add(*self.platforms.get(tag.platform)?))
    }
}

fn platforms(platform: Platform) -> Vec<String> {
    match platform {
        Platform::Linux(machine, Libc::Glibc(minor)) => manylinux(linux_machine(machine), minor),
        Platform::Linux(machine, Libc::Musl(newest)) => {
            let machine = linux_machine(machine);
            let musl = (0..=newest).rev().map(|minor| format!("musllinux_1_{minor}_{machine}"));
            musl.chain([format!("linux_{machine}")]).collect()
        }
        Platform::MacOs(machine) => macos(machine),
        Platform::Windows(Machine::X86_64) => vec!["win_amd64".to_owned()],
        Platform::Windows(Machine::Aarch64) => vec!["win_arm64".to_owned()],
    }
}

fn linux_machine(machine: Machine) -> &'static str {
    match machine {
        Machine::X86_64 => "x86_64",
        Machine::Aarch64 => "aarch64",
    }
}

/// PEP 600: every glibc from the image's down to the oldest, the older names beside their glibc.
fn manylinux(machine: &str, newest: u32) -> Vec<String> {
    // PEP 599 and 571 know x86_64 from glibc 2.5 on, other machines from 2.17 on.
    let oldest = if machine == "x86_64" { 5 } else { 17 };
    let mut tags = Vec::new();
    for minor in (oldest..=newest).rev() {
        tags.push(format!("manylinux_2_{minor}_{machine}"));
        let legacy = match minor {
            17 => Some("manylinux2014"),
            12 => Some("manylinux2010"),
            5 => Some("manylinux1"),
            _ => None,
        };
        tags.extend(legacy.map(|legacy| format!("{legacy}_{machine}")));
    }
    tags.push(format!("linux_{machine}"));
    tags
}

/// macOS 11 and later count in whole numbers; Intel goes back to 10.4 and takes fat binaries.
fn macos(machine: Machine) -> Vec<String> {
    let mut tags = Vec::new();
    let mut push = |version: String, formats: &[&str]| {
        tags.extend(formats.iter().map(|format| format!("macosx_{version}_{format}")));
    };
    let (own, old): (&[&str], &[&str]) = match machine {
        Machine::Aarch64 => (&["arm64", "universal2"], &["universal2"]),
        Machine::X86_64 => (
            &["x86_64", "intel", "fat64", "fat32", "universal2", "universal"],
            &["x86_64", "intel", "fat64", "fat32", "universal2", "universal"],
        ),
    };
    for major in (11..=MACOS_NEWEST).rev() {
        push(format!("{major}_0"), own);
    }
    for minor in (4..=16).rev() {
        push(format!("10_{minor}"), old);
    }
    tags
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(python: (u32, u32), tags: &str, fits: bool) {
        let python = PythonVersion::new(python.0, python.1);
        let supported = SupportedTags::of(&Target { python, platform: Platform::LINUX });
        let tags = WheelTags::parse(tags).expect("wheel tags");
        assert_eq!(supported.rank(&tags).is_some(), fits, "{tags} on {python}");
    }

    #[test]
    fn the_abi_names_the_interpreter_and_before_3_8_its_flag() {
        check((3, 12), "cp312-cp312-manylinux_2_17_x86_64", true);
        check((3, 12), "cp311-cp311-manylinux_2_17_x86_64", false);
        check((3, 12), "cp39-abi3-manylinux_2_17_x86_64", true);
        check((3, 7), "cp37-cp37m-manylinux1_x86_64", true);
        check((3, 7), "cp37-cp37-manylinux1_x86_64", false);
        check((3, 8), "cp38-cp38m-manylinux1_x86_64", false);
    }

    #[test]
    fn a_wheel_for_a_newer_libc_is_not_accepted() {
        let newest = |libc: Libc| {
            let platform = Platform::LINUX.with_libc(libc);
            let supported = SupportedTags::of(&Target { python: PythonVersion::new(3, 12), platform });
            let fits = |tag: &String| supported.rank(&WheelTags::parse(tag).expect("wheel tags")).is_some();
            let many = (5..=45).map(|minor| format!("cp312-cp312-manylinux_2_{minor}_x86_64"));
            let musl = (0..=5).map(|minor| format!("cp312-cp312-musllinux_1_{minor}_x86_64"));
            many.chain(musl).rfind(fits).unwrap_or_default()
        };
        assert_eq!(newest(Libc::GLIBC), "cp312-cp312-manylinux_2_41_x86_64");
        assert_eq!(newest(Libc::Glibc(36)), "cp312-cp312-manylinux_2_36_x86_64");
        assert_eq!(newest(Libc::MUSL), "cp312-cp312-musllinux_1_2_x86_64");
        assert_eq!(newest(Libc::Musl(1)), "cp312-cp312-musllinux_1_1_x86_64");
    }
}
