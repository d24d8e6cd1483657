//! `requirements_txt.jsonl`: what pip 26.3 makes of requirements files.

use std::{borrow::Cow, collections::BTreeMap};

use base64::{Engine, prelude::BASE64_STANDARD};
use serde_json::{Map, Value, json};
use wheelstage::{
    budget::Budget,
    syntax::requirements::{
        Files, Flag, Line, LoadErrorKind, Loaded, LoadedRequirement, Mode, Settings, Surroundings, load,
    },
    text::SourceFile,
};

use crate::harness::score;

/// Stands for the folder of a row's files.
const ROOT: &str = "/corpus-root";

struct RowFiles(BTreeMap<String, String>);

impl Files for RowFiles {
    fn text(&self, path: &str) -> Option<Cow<'_, str>> {
        self.0.get(path).map(|text| Cow::Borrowed(text.as_str()))
    }

    fn is_file(&self, path: &str) -> bool {
        self.0.contains_key(path)
    }

    fn is_folder(&self, path: &str) -> bool {
        let inside = format!("{}/", path.trim_end_matches('/'));
        self.0.range(inside.clone()..).next().is_some_and(|(path, _)| path.starts_with(&inside))
    }
}

#[test]
fn requirements_txt() {
    score("requirements_txt.jsonl", &[], &[], |row| {
        let loaded = load_row(row);
        let expected = &row["expected"];
        differs("lines", &expected["lines"], &lines(&loaded))?;
        differs("requirements", &requirements_asked(&expected["requirements"]), &requirements(&loaded))?;
        differs("options", &expected["options"], &options(&loaded.settings))?;
        let warnings: Vec<String> =
            loaded.warnings.iter().map(|warning| format!("{}.", warning.message)).collect();
        differs("warnings", &expected["warnings"], &json!(warnings))?;
        differs("error", &error_class(&expected["error"]), &error(&loaded))
    });
}

fn differs(what: &str, expected: &Value, ours: &Value) -> Result<(), String> {
    (expected == ours).then_some(()).ok_or_else(|| format!("{what}: expected {expected}, got {ours}"))
}

fn load_row(row: &Value) -> Loaded {
    let mut files = BTreeMap::new();
    for (path, text) in row["files"].as_object().into_iter().flatten() {
        let text = SourceFile::from_bytes(path.as_str(), text.as_str().unwrap_or_default().as_bytes()).text;
        files.insert(format!("{ROOT}/{path}"), placed(row, &text));
    }
    for (path, bytes) in row["files_base64"].as_object().into_iter().flatten() {
        let bytes = BASE64_STANDARD.decode(bytes.as_str().unwrap_or_default()).unwrap();
        files.insert(format!("{ROOT}/{path}"), SourceFile::from_bytes(path.as_str(), &bytes).text);
    }
    for (url, text) in row["remote"].as_object().into_iter().flatten() {
        files.insert(url.clone(), text.as_str().unwrap_or_default().to_owned());
    }
    let files = RowFiles(files);
    let variables = |name: &str| row["env"][name].as_str().map(str::to_owned);
    let surroundings =
        Surroundings { folder: ROOT, files: &files, variables: &variables, budget: &Budget::default() };
    let mode = if row["mode"] == "constraints" { Mode::Constraints } else { Mode::Requirements };
    load(row["entry"].as_str().unwrap_or_default(), mode, &surroundings, Settings::default())
}

/// `${ROOT}` in the input is the folder only where the row says so; else it is a variable.
fn placed(row: &Value, text: &str) -> String {
    if row["root_placeholder"] == true { text.replace("${ROOT}", ROOT) } else { text.to_owned() }
}

/// The folder's name taken out again.
fn unplaced(text: &str) -> String {
    text.replace(ROOT, "${ROOT}")
}

fn lines(loaded: &Loaded) -> Value {
    let line = |entry: &wheelstage::syntax::requirements::LoadedLine| {
        let file = entry.file.strip_prefix(ROOT).map_or(&*entry.file, |path| path.trim_start_matches('/'));
        let text = entry.line.text.as_str();
        let args = match text.find(" -") {
            _ if text.starts_with('-') => "",
            Some(at) => &text[..at],
            None => text,
        };
        json!({
            "file": unplaced(file),
            "line": entry.line.number,
            "constraint": entry.mode == Mode::Constraints,
            "args": unplaced(args),
            "options": line_options(&entry.line),
        })
    };
    loaded.lines.iter().map(line).collect()
}

fn line_options(line: &Line) -> Value {
    let mut options = Map::new();
    for option in &line.options {
        let value = option.value.as_str();
        let (key, value) = match option.flag {
            Flag::NoBinary | Flag::OnlyBinary | Flag::AllReleases | Flag::OnlyFinal => continue,
            Flag::IndexUrl => ("index_url", json!(value)),
            Flag::ExtraIndexUrl => ("extra_index_urls", json!([value])),
            Flag::Constraint => ("constraints", json!([unplaced(value)])),
            Flag::Requirement => ("requirements", json!([unplaced(value)])),
            Flag::Editable => ("editables", json!([unplaced(value)])),
            Flag::FindLinks => ("find_links", json!([value])),
            Flag::TrustedHost => ("trusted_hosts", json!([value])),
            Flag::UseFeature => ("features_enabled", json!([value])),
            Flag::NoIndex => ("no_index", json!(true)),
            Flag::PreferBinary => ("prefer_binary", json!(true)),
            Flag::RequireHashes => ("require_hashes", json!(true)),
            Flag::NoRequireHashes => ("no_require_hashes", json!(true)),
            Flag::Pre => ("pre", json!(true)),
            Flag::Hash | Flag::ConfigSettings => continue,
        };
        match (options.get_mut(key), value) {
            (Some(Value::Array(all)), Value::Array(more)) => all.extend(more),
            (_, value) => {
                options.insert(key.into(), value);
            }
        }
    }
    let pairs = |flag, separator| {
        line.values_of(flag)
            .filter_map(|option| option.value.as_str().split_once(separator))
            .map(|(key, value)| (key.to_owned(), value.to_owned()))
            .collect::<Vec<_>>()
    };
    add_pairs(&mut options, &pairs(Flag::Hash, ':'), &pairs(Flag::ConfigSettings, '='));
    Value::Object(options)
}

fn add_pairs(options: &mut Map<String, Value>, hashes: &[(String, String)], settings: &[(String, String)]) {
    let mut by_algorithm = Map::new();
    for (algorithm, digest) in hashes {
        let digests = by_algorithm.entry(algorithm.clone()).or_insert_with(|| json!([]));
        digests.as_array_mut().unwrap().push(json!(digest));
    }
    let mut by_key: Map<String, Value> = Map::new();
    for (key, value) in settings {
        match by_key.get_mut(key) {
            Some(Value::Array(values)) => values.push(json!(value)),
            Some(first) => *first = json!([first.clone(), value]),
            None => {
                by_key.insert(key.clone(), json!(value));
            }
        }
    }
    for (name, map) in [("hashes", by_algorithm), ("config_settings", by_key)] {
        if !map.is_empty() {
            options.insert(name.into(), Value::Object(map));
        }
    }
}

/// Of a requirement that pip refuses, only that it does.
fn requirements_asked(expected: &Value) -> Value {
    let mut expected = expected.clone();
    for requirement in expected.as_array_mut().into_iter().flatten() {
        let resolved = &mut requirement["resolved"];
        if !resolved["error"].is_null() {
            *resolved = Value::Null;
        }
    }
    expected
}

fn resolved(requirement: &LoadedRequirement) -> Value {
    let Ok(wanted) = &requirement.wanted else { return Value::Null };
    let mut specifiers: Vec<String> = wanted.specifiers.clauses().iter().map(ToString::to_string).collect();
    specifiers.sort();
    json!({
        "name": wanted.project_text,
        "extras": wanted.extras,
        "specifier": specifiers,
        "marker": wanted.marker.as_ref().map(ToString::to_string),
        "link": wanted.link.as_ref().map(|link| unplaced(&link.url)),
        "editable": requirement.editable,
    })
}

fn requirements(loaded: &Loaded) -> Value {
    let requirement = |requirement: &LoadedRequirement| {
        let mut options = Map::new();
        add_pairs(&mut options, &requirement.hashes, &requirement.config_settings);
        json!({
            "requirement": unplaced(requirement.text.as_str()),
            "editable": requirement.editable,
            "constraint": requirement.mode == Mode::Constraints,
            "options": options,
            "comes_from": unplaced(&requirement.comes_from),
            "resolved": resolved(requirement),
        })
    };
    loaded.requirements.iter().map(requirement).collect()
}

fn options(settings: &Settings) -> Value {
    let values = |settings: &[wheelstage::syntax::requirements::Setting]| -> Value {
        settings.iter().map(|setting| unplaced(&setting.value)).collect()
    };
    json!({
        "index_urls": values(&settings.index_urls),
        "find_links": values(&settings.find_links),
        "no_index": settings.no_index,
        "no_binary": settings.no_binary,
        "only_binary": settings.only_binary,
        "prefer_binary": settings.prefer_binary,
        "all_releases": settings.all_releases,
        "only_final": settings.only_final,
        "trusted_hosts": values(&settings.trusted_hosts),
        "require_hashes": settings.require_hashes,
        "no_require_hashes": settings.no_require_hashes,
        "features_enabled": settings.features,
    })
}

/// pip's class of an error; of its two for a wrong option, the one that most have.
fn error(loaded: &Loaded) -> Value {
    match loaded.error.as_ref().map(|error| error.kind) {
        None => Value::Null,
        Some(LoadErrorKind::Option | LoadErrorKind::Recursion) => json!("RequirementsFileParseError"),
        Some(_) => json!("InstallationError"),
    }
}

fn error_class(expected: &Value) -> Value {
    match expected["type"].as_str() {
        Some("CommandError") => json!("RequirementsFileParseError"),
        class => json!(class),
    }
}
