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
        let (mut imports, mut tags) = (Vec::new(), vec!["py3-none-any"]);
        for word in words {
            match word {
                "yanked" => yanked = true,
                "sdist" => sdist = true,
                "compiles" => compiles = true,
                _ if word.starts_with("tags=") => {
                    tags = word.trim_start_matches("tags=").split(',').collect();
                }
                _ if word.starts_with("imports=") => {
                    imports.extend(word.trim_start_matches("imports=").split(','))
                }
                _ => requires_python = Some(word.strip_prefix("python").unwrap_or(word)),
            }
        }
        let stem = format!("{}-{version}", name.replace('-', "_"));
        let files: Vec<Value> = match sdist {
            true => vec![json!({"filename": format!("{stem}.tar.gz")})],
            false => tags.iter().map(|tag| json!({"filename": format!("{stem}-{tag}.whl")})).collect(),
        };
        let requires: Vec<&str> =
            dependencies.split("; ").map(str::trim).filter(|dependency| !dependency.is_empty()).collect();
        let release = json!({
            "requires_dist": requires,
            "requires_python": requires_python,
            "yanked": yanked,
            "build": {"imports": imports, "compiles": compiles},
            "files": files,
        });
        index.entry(name).or_insert_with(|| json!({}))[version] = release;
    }
    Value::Object(index)
}
