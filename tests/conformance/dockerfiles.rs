//! `dockerfiles.jsonl`: the same answers as BuildKit's parser and its instruction checks.

use serde_json::{Value, json};
use wheelstage::{
    syntax::dockerfile::{
        CommandForm, Dockerfile, Flag, Instruction, InstructionKind, Mount, Word, parse, parse_mount, stages,
    },
    text::{Parse, SourceFile, SyntaxError, TextRange},
};

use crate::harness::score;

#[test]
fn dockerfiles() {
    score("dockerfiles.jsonl", &[], &[], |row| {
        let text = row["dockerfile"].as_str().unwrap_or_default();
        let parse = parse(text);
        let expected = &row["expected"];
        same_errors(text, &parse, row)?;
        same_directives(text, &parse.tree, expected)?;
        if expected.get("instructions").is_some() {
            same("escape", &json!(parse.tree.escape.to_string()), &expected["escape"])?;
            same_instructions(&parse.tree, &expected["instructions"])?;
        }
        if expected.get("stages").is_some() {
            same_stages(&parse.tree, expected)?;
        }
        let with_from = &row["expected_with_from"];
        if let Some(prefix) = with_from["prefix"].as_str() {
            let parse = wheelstage::syntax::dockerfile::parse(&format!("{prefix}{text}"));
            if with_from.get("stages").is_none() {
                return same("valid with FROM", &json!(parse.errors.is_empty()), &json!(false));
            }
            same_stages(&parse.tree, with_from)?;
        }
        Ok(())
    });
}

fn same(what: &str, ours: &Value, expected: &Value) -> Result<(), String> {
    if ours == expected { Ok(()) } else { Err(format!("{what}: {ours}, not {expected}")) }
}

/// Lines from 1 that a range touches.
fn lines(text: &str, range: TextRange) -> (u64, u64) {
    let file = SourceFile::new("Dockerfile", text);
    let line = |offset| u64::from(file.line_column(offset).line);
    (line(range.start().into()), line(range.end().into()))
}

/// Errors where BuildKit has one, and one of them on BuildKit's lines.
fn same_errors(text: &str, parse: &Parse<Dockerfile>, row: &Value) -> Result<(), String> {
    let expected = &row["expected"];
    let valid = row["valid_parse"] == json!(true) && row["valid_instructions"] == json!(true);
    if valid != parse.errors.is_empty() {
        let messages: Vec<&str> = parse.errors.iter().map(|error| error.message.as_str()).collect();
        return Err(format!("valid: {}, not {valid}; {messages:?}", !valid));
    }
    let error = if expected.get("parse_error").is_some() {
        &expected["parse_error"]
    } else {
        &expected["instruction_error"]
    };
    let message = error["message"].as_str().unwrap_or_default();
    // BuildKit names the line before a broken directive.
    let late = u64::from(message.contains("escape token") || message.contains("parser directive"));
    for span in error["lines"].as_array().into_iter().flatten() {
        let (first, last) = (number(&span[0]) + late, number(&span[1]) + late);
        let ours: Vec<(u64, u64)> = parse.errors.iter().map(|error| lines(text, error.range)).collect();
        if !ours.iter().any(|(start, end)| first <= *start && *end <= last) {
            return Err(format!("error on lines {ours:?}, not in {first}..{last}: {message}"));
        }
    }
    Ok(())
}

fn number(value: &Value) -> u64 {
    value.as_u64().unwrap_or(u64::MAX)
}

fn same_directives(text: &str, tree: &Dockerfile, expected: &Value) -> Result<(), String> {
    // `// syntax=` and `{ "syntax": ... }` choose a frontend for what is no Dockerfile.
    if text.starts_with('#') {
        let syntax = tree.directives.iter().find(|directive| directive.name == "syntax");
        let syntax = syntax.map(|directive| directive.value.as_str());
        same("syntax", &json!(syntax), &expected["syntax"]["cmdline"])?;
    }
    // The rows list the parser's directives; it sees none after `#!`, but BuildKit looks there
    // for `syntax`, and for `check`, on its own.
    let seen = if text.starts_with("#!") { &[] } else { tree.directives.as_slice() };
    let ours: Vec<Value> = seen
        .iter()
        .map(|directive| {
            json!({
                "line": lines(text, directive.range).0,
                "name": directive.name,
                "value": directive.value,
            })
        })
        .collect();
    same("directives", &json!(ours), &expected["directives"])
}

fn same_instructions(tree: &Dockerfile, expected: &Value) -> Result<(), String> {
    let expected = expected.as_array().map_or(&[][..], Vec::as_slice);
    if tree.instructions.len() != expected.len() {
        return Err(format!("{} instructions, not {}", tree.instructions.len(), expected.len()));
    }
    for (ours, expected) in tree.instructions.iter().zip(expected) {
        let line = expected["start_line"].clone();
        let mut theirs = expected.clone();
        let mut ours_json = instruction_json(ours);
        if !ours.valid {
            // Our tree keeps of a broken instruction what has a meaning, not BuildKit's words.
            theirs["args"] = Value::Null;
            ours_json["args"] = Value::Null;
        }
        let original = theirs["original"].take();
        drop_originals(&mut theirs);
        same(&format!("instruction of line {line}"), &ours_json, &theirs)?;
        if !original.as_str().is_some_and(|text| text.trim().ends_with(ours.body.as_str())) {
            return Err(format!("body {:?} does not end {original}", ours.body.as_str()));
        }
    }
    Ok(())
}

/// Whole lines are checked on their own; comments before an instruction are no part of it.
fn drop_originals(instruction: &mut Value) {
    let Some(object) = instruction.as_object_mut() else { return };
    object.remove("original");
    object.remove("comments");
    for argument in object.get_mut("args").and_then(Value::as_array_mut).into_iter().flatten() {
        for child in argument.get_mut("children").and_then(Value::as_array_mut).into_iter().flatten() {
            drop_originals(child);
        }
    }
}

fn instruction_json(instruction: &Instruction) -> Value {
    let heredocs: Vec<Value> = instruction
        .heredocs
        .iter()
        .map(|heredoc| {
            json!({
                "name": heredoc.name,
                "fd": heredoc.fd,
                "expand": heredoc.expand,
                "chomp": heredoc.chomp,
                "content": heredoc.body,
            })
        })
        .collect();
    json!({
        "keyword": instruction.keyword,
        "flags": instruction.flags.iter().map(flag_text).collect::<Vec<_>>(),
        "args": arguments(instruction),
        "json_form": instruction.json_form,
        "heredocs": heredocs,
        "start_line": instruction.lines.0,
        "end_line": instruction.lines.1,
    })
}

fn flag_text(flag: &Flag) -> String {
    match &flag.value {
        Some(value) => format!("--{}={}", flag.name, value.text.as_str()),
        None => format!("--{}", flag.name),
    }
}

fn texts<'w>(words: impl IntoIterator<Item = &'w Word>) -> Vec<Value> {
    words.into_iter().map(|word| json!(word.text.as_str())).collect()
}

/// The words of BuildKit's node.
fn arguments(instruction: &Instruction) -> Vec<Value> {
    let body = instruction.body.as_str();
    match &instruction.kind {
        // BuildKit keeps `AS` as a word of its own, as it was written.
        InstructionKind::From { .. } => {
            let blank = [' ', '\t', '\u{b}', '\u{c}', '\r'];
            body.split(blank).filter(|word| !word.is_empty()).map(|word| json!(word)).collect()
        }
        InstructionKind::Run(CommandForm::Shell)
        | InstructionKind::Cmd(CommandForm::Shell)
        | InstructionKind::Entrypoint(CommandForm::Shell) => {
            if body.is_empty() {
                Vec::new()
            } else {
                vec![json!(body)]
            }
        }
        InstructionKind::Env(pairs) | InstructionKind::Label(pairs) => pairs
            .iter()
            .flat_map(|pair| {
                let equals = if pair.equals { "=" } else { "" };
                [json!(pair.key.text.as_str()), json!(pair.value.text.as_str()), json!(equals)]
            })
            .collect(),
        InstructionKind::Arg(arguments) => arguments
            .iter()
            .map(|(name, value)| match value {
                Some(value) => json!(format!("{}={}", name.text.as_str(), value.text.as_str())),
                None => json!(name.text.as_str()),
            })
            .collect(),
        InstructionKind::Onbuild(inner) => {
            // BuildKit numbers no lines inside, and hangs the heredocs on the outer one.
            let mut child = instruction_json(inner);
            child["start_line"] = json!(0);
            child["end_line"] = json!(0);
            child["heredocs"] = json!([]);
            vec![json!({ "children": [child] })]
        }
        kind => texts(kind.words()),
    }
}

fn same_stages(tree: &Dockerfile, expected: &Value) -> Result<(), String> {
    let stages = stages(tree);
    let first = stages.first().map_or(tree.instructions.len(), |stage| stage.from);
    let global: Vec<Value> = tree.instructions.iter().take(first).map(command_json).collect();
    same_commands(&global, &expected["global_args"])?;
    let expected = expected["stages"].as_array().map_or(&[][..], Vec::as_slice);
    if stages.len() != expected.len() {
        return Err(format!("{} stages, not {}", stages.len(), expected.len()));
    }
    for (stage, expected) in stages.iter().zip(expected) {
        let from = &tree.instructions[stage.from];
        let InstructionKind::From { image, .. } = &from.kind else {
            return Err("a stage without an image".to_owned());
        };
        let ours = json!({
            "base": image.text.as_str(),
            "name": stage.name.clone().unwrap_or_default(),
            "platform": flag_value(from, "platform"),
            "lines": from.lines,
        });
        let mut theirs = expected.clone();
        let commands = theirs["commands"].take();
        theirs.as_object_mut().map(|object| object.remove("commands"));
        same("stage", &ours, &theirs)?;
        let ours: Vec<Value> =
            tree.instructions[stage.instructions.clone()].iter().map(command_json).collect();
        same_commands(&ours, &commands)?;
    }
    Ok(())
}

/// Every field of ours is the other's.
fn same_commands(ours: &[Value], expected: &Value) -> Result<(), String> {
    let expected = expected.as_array().map_or(&[][..], Vec::as_slice);
    if ours.len() != expected.len() {
        return Err(format!("{} commands, not {}", ours.len(), expected.len()));
    }
    for (ours, expected) in ours.iter().zip(expected) {
        let mut expected = expected.clone();
        // The comment before an ARG is no part of it.
        for argument in expected.get_mut("Args").and_then(Value::as_array_mut).into_iter().flatten() {
            argument.as_object_mut().map(|argument| argument.remove("DocComment"));
        }
        expected["mount_error"] = json!(!expected["mount_error"].is_null());
        for (key, value) in ours.as_object().into_iter().flatten() {
            same(&format!("{key} of {}", expected["lines"]), value, &expected[key])?;
        }
    }
    Ok(())
}

fn flag_value(instruction: &Instruction, name: &str) -> String {
    let flag = instruction.flags.iter().find(|flag| flag.name == name);
    flag.and_then(|flag| flag.value.as_ref()).map_or_else(String::new, |value| value.text.as_str().to_owned())
}

/// What BuildKit's typed command says, as far as it says more than the words do.
fn command_json(instruction: &Instruction) -> Value {
    let name = instruction.keyword.to_ascii_lowercase();
    let mut command = json!({ "name": name, "lines": instruction.lines });
    let mut set = |key: &str, value: Value| command[key] = value;
    let is_heredoc =
        |word: &&Word| instruction.heredocs.iter().any(|heredoc| heredoc.operator_range == word.range);
    match &instruction.kind {
        InstructionKind::Copy { sources, destination } | InstructionKind::Add { sources, destination } => {
            let paths: Vec<&Word> = sources.iter().filter(|word| !is_heredoc(word)).collect();
            set("SourcePaths", if paths.is_empty() { Value::Null } else { json!(texts(paths)) });
            set("DestPath", json!(destination.text.as_str()));
            set("Chown", json!(flag_value(instruction, "chown")));
            set("Chmod", json!(flag_value(instruction, "chmod")));
            if name == "copy" {
                set("From", json!(flag_value(instruction, "from")));
            }
        }
        InstructionKind::Arg(arguments) => {
            let arguments: Vec<Value> = arguments
                .iter()
                .map(|(name, value)| {
                    let value = value.as_ref().map(|value| value.text.as_str());
                    json!({ "Key": name.text.as_str(), "Value": value })
                })
                .collect();
            set("Args", json!(arguments));
        }
        InstructionKind::Workdir(path) => set("Path", json!(path.text.as_str())),
        InstructionKind::User(user) => set("User", json!(user.text.as_str())),
        InstructionKind::Shell(words) => set("Shell", json!(texts(words))),
        InstructionKind::Run(form) => {
            set("shell_form", json!(*form == CommandForm::Shell));
            let values = instruction
                .flags
                .iter()
                .filter(|flag| flag.name == "mount")
                .filter_map(|flag| flag.value.as_ref());
            let mounts: Result<Vec<Value>, SyntaxError> = values
                .map(|value| parse_mount(&value.text, &|word| Ok(word.as_str().to_owned())))
                .map(|mount| mount.map(|mount| mount_json(&mount)))
                .collect();
            set("mount_error", json!(mounts.is_err()));
            if let Ok(mounts) = mounts {
                set("mounts", json!(mounts));
            }
        }
        _ => {}
    }
    command
}

fn mount_json(mount: &Mount) -> Value {
    json!({
        "Type": format!("{:?}", mount.kind).to_ascii_lowercase(),
        "From": mount.from,
        "Source": mount.source,
        "Target": mount.target,
        "ReadOnly": mount.read_only,
        "SizeLimit": mount.size,
        "CacheID": mount.id,
        "CacheSharing": mount.sharing,
        "Required": mount.required,
        "Env": mount.env,
        "Mode": mount.mode,
        "UID": mount.uid,
        "GID": mount.gid,
    })
}
