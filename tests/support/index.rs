//! A package index written as text.

use serde_json::{Map, Value, json};

/// Releases as text, a line each, into the form of an `index` that `--catalogue` takes:
///
/// ```text
/// chatterbox 0.1.4: numpy>=1.24.0,<1.26.0; accelerate
/// numpy 1.25.1 yanked
/// needs311 2.0 python>=3.11
/// kuseg 0.0.25 sdist imports=numpy: numpy>=1.16.0
/// fastsum 1.0 sdist compiles
/// frames 1.3 sdist tags=cp39-cp39-win_amd64
/// speedups 1.0 tags=py3-none-any,py3-none-manylinux_2_17_x86_64
/// ```
pub(crate) fn index(lines: &str) -> Value {
    let mut index = Map::new();
    for line in lines.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let (release, dependencies) = line.split_once(": ").unwrap_or((line, ""));
        let mut words = release.split_whitespace();
        let (Some(name), Some(version)) = (words.next(), words.next()) else {
            panic!("a release is a name and a version: {line}");
        };
        let (mut yanked, mut sdist, mut compiles, mut requires_python) = (false, false, false, None);
        let (mut imports, mut tags) = (Vec::new(), None);
        for word in words {
            match word {
                "yanked" => yanked = true,
                "sdist" => sdist = true,
                "compiles" => compiles = true,
                _ if word.starts_with("tags=") => {
                    tags = Some(word.trim_start_matches("tags=").split(',').collect::<Vec<_>>());
                }
                _ if word.starts_with("imports=") => {
                    imports.extend(word.trim_start_matches("imports=").split(','))
                }
                _ => requires_python = Some(word.strip_prefix("python").unwrap_or(word)),
            }
        }
        let stem = format!("{}-{version}", name.replace('-', "_"));
        let tags = tags.unwrap_or(if sdist { Vec::new() } else { vec!["py3-none-any"] });
        let wheels = tags.iter().map(|tag| format!("{stem}-{tag}.whl"));
        let files = wheels.chain(sdist.then(|| format!("{stem}.tar.gz")));
        let files: Vec<Value> = files.map(|name| json!({"filename": name})).collect();
        let build =
            (compiles || !imports.is_empty()).then(|| json!({"imports": imports, "compiles": compiles}));
        let requires: Vec<&str> =
            dependencies.split("; ").map(str::trim).filter(|dependency| !dependency.is_empty()).collect();
        let release = json!({
            "requires_dist": requires,
            "requires_python": requires_python,
            "yanked": yanked,
            "build": build,
            "files": files,
        });
        index.entry(name).or_insert_with(|| json!({}))[version] = release;
    }
    Value::Object(index)
}
