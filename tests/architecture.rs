//! The promises that the crate docs make of the source itself: which module may use which, where
//! IO may be named, and that text never becomes markup. Each is read off the source, and each
//! reader is shown to find what it looks for.

use std::{
    fs,
    path::{Path, PathBuf},
};

/// Modules that may do IO.
const RIM: &[&str] = &["cli", "ui"];

/// Parts of the standard library that reach outside the program, or make two runs differ.
const OUTSIDE_STD: &[&str] = &["env", "fs", "io", "net", "os", "process", "thread", "time"];

/// Crates that do.
const OUTSIDE_CRATES: &[&str] =
    &["clap", "gloo", "js_sys", "wasm_bindgen", "wasm_bindgen_futures", "web_sys", "yew"];

/// Functions that take text for markup.
const MARKUP: &[&str] = &[
    "VRaw",
    "from_html_unchecked",
    "insert_adjacent_html",
    "set_inner_html",
    "set_outer_html",
    "write_html",
];

#[test]
fn a_module_uses_only_those_above_it() {
    let order = modules(&read(&root().join("lib.rs")));
    assert!(order.len() > 10, "lib.rs was not understood: {order:?}");
    let mut broken = Vec::new();
    for (path, text) in sources() {
        let names = module_path(&path);
        let Some(place) = names.first().and_then(|name| order.iter().position(|other| other == name)) else {
            continue;
        };
        let later = uses(&text, names.len())
            .into_iter()
            .filter(|used| order.iter().position(|name| name == used).is_some_and(|used| used > place));
        broken.extend(later.map(|used| format!("{}: {used} is below {}", path.display(), order[place])));
    }
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}

#[test]
fn the_core_does_no_io() {
    let mut broken = Vec::new();
    for (path, text) in sources() {
        let names = module_path(&path);
        // Unit tests in a file of their own may ask an oracle; no build contains them.
        let is_tests = names.last().is_some_and(|name| name == "tests");
        if !is_tests && names.first().is_some_and(|name| !RIM.contains(&name.as_str())) {
            broken.extend(outside(&text).iter().map(|name| format!("{}: {name}", path.display())));
        }
    }
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}

#[test]
fn text_never_becomes_markup() {
    let mut broken = Vec::new();
    for (path, text) in sources() {
        let tokens = tokens(&text);
        let found = MARKUP.iter().filter(|name| tokens.iter().any(|token| token == *name));
        broken.extend(found.map(|name| format!("{}: {name}", path.display())));
    }
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}

#[test]
fn the_order_is_read_from_the_crate_root() {
    assert_eq!(
        modules("//! pub mod no;\npub mod text;\n#[cfg(x)]\npub mod ui;\nmod own;"),
        ["text", "ui", "own"]
    );
}

#[test]
fn uses_are_found_however_they_are_written() {
    let check =
        |text: &str, depth: usize, expected: &[&str]| assert_eq!(uses(text, depth), expected, "{text}");
    check("use crate::text::Sources;", 1, &["text"]);
    check(
        "use crate::{pep440::{Range, Version}, text, pep508::Marker as M};",
        1,
        &["pep440", "text", "pep508"],
    );
    check("fn f() -> crate::report::Report { todo!() }", 1, &["report"]);
    check("macro_rules! m { () => { $crate::link::x() } }", 1, &["link"]);
    check("use super::report::Report;", 1, &["report"]);
    check("use super::tree::Node;", 2, &[]);
    check("use super::super::report;", 2, &["report"]);
    check("mod tests { use super::*; use super::super::ui; }", 1, &["ui"]);
    check("mod tests { use super::ui; }", 1, &[]);
    check("mod tests { fn f() {} } use super::ui;", 1, &["ui"]);
    check("// crate::ui\n/* crate::ui /* */ crate::ui */ \"crate::ui\" r#\"crate::ui\"# '\"' ", 1, &[]);
    check("fn f<'a>(x: &'a str) -> char { 'x' } use crate::ui;", 1, &["ui"]);
}

#[test]
fn io_is_found_however_it_is_written() {
    let check = |text: &str, expected: &[&str]| assert_eq!(outside(text), expected, "{text}");
    check("use std::fs;", &["std::fs"]);
    check("use std::{collections::BTreeMap, io::{self, Write}, net::IpAddr};", &["std::io", "std::net"]);
    check("let now = ::std::time::Instant::now();", &["std::time"]);
    check("use web_sys::window;", &["web_sys"]);
    check("gloo::console::log!(1)", &["gloo"]);
    check("use std::fmt::Write; model::env::x(); let fs = 1; // std::fs", &[]);
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src")
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Every source file below `src/`, by its path from there.
fn sources() -> Vec<(PathBuf, String)> {
    let root = root();
    let mut found = Vec::new();
    let mut folders = vec![root.clone()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                found.push((path.strip_prefix(&root).unwrap().to_path_buf(), read(&path)));
            }
        }
    }
    assert!(found.len() > 10, "src/ was not found");
    found
}

/// The module that a file is: `syntax/shell/tree.rs` is `syntax::shell::tree`; `lib.rs` and
/// `main.rs` are the root.
fn module_path(path: &Path) -> Vec<String> {
    let whole = path.with_extension("");
    let mut names: Vec<String> = whole.iter().map(|name| name.to_string_lossy().into_owned()).collect();
    if names.last().is_some_and(|name| ["lib", "main", "mod"].contains(&name.as_str())) {
        names.pop();
    }
    names
}

/// The modules that the crate root declares, in order.
fn modules(text: &str) -> Vec<String> {
    let tokens = tokens(text);
    let declared = tokens.windows(3).filter(|three| three[0] == "mod" && three[2] == ";");
    declared.map(|three| three[1].clone()).collect()
}

/// The modules of the crate root that a file uses; `depth` is how far below the root the file is.
fn uses(text: &str, depth: usize) -> Vec<String> {
    let tokens = tokens(text);
    let mut found = Vec::new();
    // The open braces: true for those of an inline module, inside which `super` is one step shorter.
    let mut braces = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        match tokens[at].as_str() {
            "{" => braces.push(at >= 2 && tokens[at - 2] == "mod"),
            "}" => drop(braces.pop()),
            "crate" => found.extend(names_after(&tokens, at + 1)),
            "super" => {
                let start = at;
                while tokens.get(at + 1).is_some_and(|token| token == "::")
                    && tokens.get(at + 2).is_some_and(|token| token == "super")
                {
                    at += 2;
                }
                let steps = (at - start) / 2 + 1;
                let inline = braces.iter().filter(|is_module| **is_module).count();
                if steps == depth + inline {
                    found.extend(names_after(&tokens, at + 1));
                }
            }
            _ => {}
        }
        at += 1;
    }
    found
}

/// What of [`OUTSIDE_STD`] and [`OUTSIDE_CRATES`] a file names.
fn outside(text: &str) -> Vec<String> {
    let tokens = tokens(text);
    let mut found = Vec::new();
    for (at, token) in tokens.iter().enumerate() {
        // A name that goes on from another is not a crate's; one that starts with `::` is.
        let starts = at < 2 || tokens[at - 1] != "::" || !is_name(&tokens[at - 2]);
        let goes_on = tokens.get(at + 1).is_some_and(|next| next == "::");
        if !starts || !goes_on {
            continue;
        }
        if token == "std" {
            let names = names_after(&tokens, at + 1).into_iter();
            let outside = names.filter(|name| OUTSIDE_STD.contains(&name.as_str()));
            found.extend(outside.map(|name| format!("std::{name}")));
        } else if OUTSIDE_CRATES.contains(&token.as_str()) {
            found.push(token.clone());
        }
    }
    found
}

/// The names directly below a path that ends before `at`, where a `::` is: one, or all of a group.
fn names_after(tokens: &[String], at: usize) -> Vec<String> {
    let mut found = Vec::new();
    if tokens.get(at).is_none_or(|token| token != "::") {
        return found;
    }
    let Some(next) = tokens.get(at + 1) else { return found };
    if next != "{" {
        return vec![next.clone()];
    }
    let mut depth = 0;
    let mut first = false;
    for token in &tokens[at + 1..] {
        match token.as_str() {
            "{" => depth += 1,
            "}" => depth -= 1,
            name if first && is_name(name) => found.push(name.to_owned()),
            _ => {}
        }
        if depth == 0 {
            break;
        }
        first = depth == 1 && (token == "{" || token == ",");
    }
    found
}

fn is_name(token: &str) -> bool {
    token.starts_with(|first: char| first.is_alphabetic() || first == '_')
}

/// Names, `::` and single signs of a source text; comments, strings and characters are left out.
fn tokens(text: &str) -> Vec<String> {
    let chars: Vec<char> = text.chars().collect();
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(&here) = chars.get(at) {
        let next = chars.get(at + 1).copied();
        if here == '/' && next == Some('/') {
            at += chars[at..].iter().take_while(|sign| **sign != '\n').count();
        } else if here == '/' && next == Some('*') {
            at = after_comment(&chars, at);
        } else if here == '"' {
            at = after_string(&chars, at);
        } else if here == 'r' && matches!(next, Some('"' | '#')) && after_raw_string(&chars, at).is_some() {
            at = after_raw_string(&chars, at).unwrap();
        } else if here == '\'' {
            at = after_quote(&chars, at);
        } else if here.is_alphanumeric() || here == '_' {
            let name: String =
                chars[at..].iter().take_while(|sign| sign.is_alphanumeric() || **sign == '_').collect();
            at += name.chars().count();
            found.push(name);
        } else if here == ':' && next == Some(':') {
            found.push("::".to_owned());
            at += 2;
        } else {
            if !here.is_whitespace() {
                found.push(here.to_string());
            }
            at += 1;
        }
    }
    found
}

/// Past a block comment, which may hold others.
fn after_comment(chars: &[char], start: usize) -> usize {
    let mut depth = 0;
    let mut at = start;
    while at < chars.len() {
        match (chars[at], chars.get(at + 1)) {
            ('/', Some('*')) => {
                depth += 1;
                at += 2;
            }
            ('*', Some('/')) => {
                depth -= 1;
                at += 2;
                if depth == 0 {
                    break;
                }
            }
            _ => at += 1,
        }
    }
    at
}

fn after_string(chars: &[char], start: usize) -> usize {
    let mut at = start + 1;
    while at < chars.len() && chars[at] != '"' {
        at += if chars[at] == '\\' { 2 } else { 1 };
    }
    at + 1
}

fn after_raw_string(chars: &[char], start: usize) -> Option<usize> {
    let marks = chars[start + 1..].iter().take_while(|sign| **sign == '#').count();
    let open = start + 1 + marks;
    if chars.get(open) != Some(&'"') {
        return None;
    }
    let close: Vec<char> = std::iter::once('"').chain(std::iter::repeat_n('#', marks)).collect();
    let text = &chars[open + 1..];
    let length = text.windows(close.len()).position(|window| window == close);
    Some(length.map_or(chars.len(), |length| open + 1 + length + close.len()))
}

/// Past a character, or past the quote of a lifetime.
fn after_quote(chars: &[char], start: usize) -> usize {
    match (chars.get(start + 1), chars.get(start + 2)) {
        (Some('\\'), _) => {
            let rest = chars.get(start + 3..).unwrap_or_default();
            start + 4 + rest.iter().take_while(|sign| **sign != '\'').count()
        }
        (Some(_), Some('\'')) => start + 3,
        _ => start + 1,
    }
}
