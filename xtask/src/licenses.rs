//! `dist/licenses.txt`: the licences of everything that the site contains.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result, bail};
use serde_json::Value;

use crate::{
    process::{cargo, output},
    project::{dist, read_text, root, write},
    tools::WASM,
};

/// Licences that a static site may carry as it is. MPL-2.0 asks for the place of the source, which
/// is written beside each package.
const ACCEPTED: &[&str] = &[
    "0BSD",
    "Apache-2.0",
    "Apache-2.0 WITH LLVM-exception",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "BSL-1.0",
    "CC0-1.0",
    "ISC",
    "MIT",
    "MIT-0",
    "MPL-2.0",
    "Unicode-3.0",
    "Unlicense",
    "Zlib",
];

/// A package whose code the site contains.
struct Package {
    name: String,
    version: String,
    /// An SPDX expression.
    license: String,
    /// Where its source is.
    home: String,
    folder: PathBuf,
}

/// Writes `dist/licenses.txt`. A licence that is not accepted is an error.
pub(crate) fn write_all() -> Result<()> {
    let mut packages = crates()?;
    packages.extend(npm_packages()?);
    let mut text = String::from(
        "Wheelstage is MIT OR Apache-2.0, at your choice. The site contains these packages.\n\
         Their licence texts follow the list.\n\n",
    );
    // Many packages carry the same text: each text is written once, below those it belongs to.
    let mut texts: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for Package { name, version, license, home, folder } in &packages {
        if !is_accepted(license)? {
            bail!("{name} {version} is under {license}, which is not among the accepted licences");
        }
        text += &format!("{name} {version}: {license}, {home}\n");
        for file in license_files(folder)? {
            let words = read_text(&file)?.replace("\r\n", "\n").trim().to_owned();
            texts.entry(words).or_default().insert(format!("{name} {version}"));
        }
    }
    for (words, owners) in texts {
        let owners: Vec<String> = owners.into_iter().collect();
        text += &format!("\n{}\n{}\n\n{words}\n", "-".repeat(80), owners.join(", "));
    }
    write(&dist().join("licenses.txt"), text)
}

/// The crates that the page links, ourselves and Rust's own library included.
fn crates() -> Result<Vec<Package>> {
    let json = output(
        cargo()
            .args(["metadata", "--format-version=1", "--locked", "--filter-platform", WASM])
            .current_dir(root()),
    )?;
    let metadata: Value = serde_json::from_str(&json).context("cargo metadata")?;
    let nodes: BTreeMap<&str, &Value> =
        list(&metadata["resolve"]["nodes"]).filter_map(|node| Some((node["id"].as_str()?, node))).collect();
    let start = list(&metadata["packages"])
        .find(|package| package["name"] == "wheelstage")
        .and_then(|package| package["id"].as_str())
        .context("cargo metadata does not know wheelstage")?;
    let mut linked = BTreeSet::new();
    let mut open = vec![start];
    while let Some(id) = open.pop() {
        if linked.insert(id) {
            let node = nodes.get(id).context("cargo metadata names a package that it does not resolve")?;
            // Kind null: neither for tests nor for build scripts.
            let dependencies = list(&node["deps"])
                .filter(|dependency| list(&dependency["dep_kinds"]).any(|kind| kind["kind"].is_null()));
            open.extend(dependencies.filter_map(|dependency| dependency["pkg"].as_str()));
        }
    }
    let mut packages: Vec<Package> = list(&metadata["packages"])
        .filter(|package| package["id"].as_str().is_some_and(|id| linked.contains(id)))
        .map(|package| Package {
            name: word(&package["name"]),
            version: word(&package["version"]),
            license: word(&package["license"]),
            home: word(&package["repository"]),
            folder: Path::new(&word(&package["manifest_path"])).with_file_name(""),
        })
        .collect();
    packages.push(Package {
        name: "Rust's standard library".to_owned(),
        version: output(std::process::Command::new("rustc").arg("--version"))?
            .split(' ')
            .nth(1)
            .unwrap_or_default()
            .to_owned(),
        license: "MIT OR Apache-2.0".to_owned(),
        home: "https://github.com/rust-lang/rust".to_owned(),
        folder: root(),
    });
    packages.sort_by(|a, b| (&a.name, &a.version).cmp(&(&b.name, &b.version)));
    Ok(packages)
}

/// The npm packages that the editor's bundle is made from: those of the lock file that are not for
/// building alone.
fn npm_packages() -> Result<Vec<Package>> {
    let folder = root().join("editor");
    let lock: Value =
        serde_json::from_str(&read_text(&folder.join("package-lock.json"))?).context("package-lock.json")?;
    let entries = lock["packages"].as_object().context("package-lock.json has no packages")?;
    let mut packages = Vec::new();
    for (path, entry) in entries {
        let dev = entry["dev"].as_bool().unwrap_or(false);
        let Some((_, name)) = path.rsplit_once("node_modules/").filter(|_| !dev) else { continue };
        let folder = folder.join(path);
        let manifest: Value =
            serde_json::from_str(&read_text(&folder.join("package.json"))?).context("package.json")?;
        let repository = &manifest["repository"];
        packages.push(Package {
            name: name.to_owned(),
            version: word(&manifest["version"]),
            license: word(&manifest["license"]),
            home: repository.as_str().or_else(|| repository["url"].as_str()).unwrap_or_default().to_owned(),
            folder,
        });
    }
    Ok(packages)
}

/// The files of a package's folder that hold its licence.
fn license_files(folder: &Path) -> Result<Vec<PathBuf>> {
    let entries = fs::read_dir(folder).with_context(|| format!("cannot read {}", folder.display()))?;
    let mut files = Vec::new();
    for entry in entries {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().to_ascii_lowercase();
        let of_license =
            ["licen", "copying", "notice", "unlicense"].iter().any(|start| name.starts_with(start));
        if of_license && path.is_file() {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

/// Whether an SPDX expression can be met with accepted licences alone.
///
/// `AND` binds closer than `OR` (SPDX 2.3, annex D.4); a slash is an old way of writing `OR`.
fn is_accepted(expression: &str) -> Result<bool> {
    let spaced = expression.replace('/', " OR ").replace('(', " ( ").replace(')', " ) ");
    let mut words = spaced.split_whitespace().peekable();
    let accepted = any(&mut words)?;
    if words.next().is_some() {
        bail!("not an SPDX expression: {expression:?}");
    }
    Ok(accepted)
}

type Words<'a> = std::iter::Peekable<std::str::SplitWhitespace<'a>>;

fn any(words: &mut Words<'_>) -> Result<bool> {
    let mut accepted = all(words)?;
    while words.next_if_eq(&"OR").is_some() {
        accepted |= all(words)?;
    }
    Ok(accepted)
}

fn all(words: &mut Words<'_>) -> Result<bool> {
    let mut accepted = one(words)?;
    while words.next_if_eq(&"AND").is_some() {
        accepted &= one(words)?;
    }
    Ok(accepted)
}

fn one(words: &mut Words<'_>) -> Result<bool> {
    let Some(name) = words.next() else { bail!("no licence is named") };
    if name == "(" {
        let accepted = any(words)?;
        if words.next() != Some(")") {
            bail!("a bracket is not closed");
        }
        return Ok(accepted);
    }
    let mut name = name.to_owned();
    if words.next_if_eq(&"WITH").is_some() {
        name = format!("{name} WITH {}", words.next().unwrap_or_default());
    }
    Ok(ACCEPTED.contains(&name.as_str()))
}

fn list(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

fn word(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use super::is_accepted;

    #[track_caller]
    fn check(expression: &str, expected: Option<bool>) {
        assert_eq!(is_accepted(expression).ok(), expected, "{expression}");
    }

    #[test]
    fn reads_expressions() {
        check("MIT", Some(true));
        check("GPL-3.0-only", Some(false));
        check("GPL-3.0-only OR MIT", Some(true));
        check("MIT/Apache-2.0", Some(true));
        check("MIT AND GPL-3.0-only", Some(false));
        check("MIT OR GPL-3.0-only AND GPL-2.0-only", Some(true));
        check("(MIT OR Apache-2.0) AND Unicode-3.0", Some(true));
        check("Apache-2.0 WITH LLVM-exception", Some(true));
        check("Apache-2.0 WITH Other-exception", Some(false));
        check("", None);
        check("(MIT", None);
        check("MIT MIT", None);
    }
}
