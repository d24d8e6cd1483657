//! The wheel tags that a target accepts, in pip's order, are those of `packaging.tags`.

use std::{collections::BTreeMap, env, process::Command};

use wheelstage::{
    index::{SupportedTags, WheelTags},
    pep508::{Libc, Machine, Platform, Target},
};

#[test]
fn tags_are_preferred_as_packaging_prefers_them() {
    let Some(python) = env::var_os("WHEELSTAGE_PYTHON") else {
        println!("passed over: WHEELSTAGE_PYTHON names no Python with packaging");
        return;
    };
    let output = Command::new(python).args(["-c", include_str!("tags.py")]).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let mut accepted: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for line in String::from_utf8(output.stdout).unwrap().lines() {
        let (target, tag) = line.rsplit_once(' ').unwrap();
        accepted.entry(target.to_owned()).or_default().push(tag.to_owned());
    }
    assert_eq!(accepted.len(), 3);
    for (name, tags) in accepted {
        let supported = SupportedTags::of(&target(&name));
        let rank = |tag: &str| supported.rank(&WheelTags::parse(tag).unwrap());
        let mut before = None;
        for tag in &tags {
            let rank = rank(tag).unwrap_or_else(|| panic!("{name}: {tag} is not accepted"));
            assert!(before.is_none_or(|before| before < rank), "{name}: {tag} comes too early");
            before = Some(rank);
        }
        for other in ["cp39-cp39-any", "cp310-cp311-any", "pp310-none-any", "py4-none-any"] {
            assert!(tags.iter().any(|tag| tag == other) || rank(other).is_none(), "{name}: {other}");
        }
    }
}

fn target(name: &str) -> Target {
    let (python, platform) = name.split_once(' ').unwrap();
    let platform = match platform {
        "linux/amd64" => Platform::Linux(Machine::X86_64, Libc::GLIBC),
        "linux/arm64" => Platform::Linux(Machine::Aarch64, Libc::GLIBC),
        "windows/amd64" => Platform::Windows(Machine::X86_64),
        other => panic!("{other}"),
    };
    Target { python: python.parse().unwrap(), platform }
}
