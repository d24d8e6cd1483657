//! Every real Dockerfile reads as BuildKit's own parser reads it.

use std::{
    env, fs,
    io::Write,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    thread,
};

use serde_json::{Value, json};
use wheelstage::syntax::dockerfile::{CommandForm, Instruction, InstructionKind, parse};

#[test]
fn real_dockerfiles_read_as_buildkit_reads_them() {
    let Some(python) = env::var_os("WHEELSTAGE_PYTHON") else {
        println!("dockerfile: passed over, WHEELSTAGE_PYTHON names no Python");
        return;
    };
    let project = Path::new(env!("CARGO_MANIFEST_DIR"));
    let folder = project.join("../shared/dockerfiles");
    let mut files = Vec::new();
    collect(&folder, &mut files);
    if files.is_empty() {
        println!("dockerfile: passed over, {} holds no Dockerfiles", folder.display());
        return;
    }
    files.sort();
    let paths: String = files.iter().map(|path| format!("{}\n", path.display())).collect();
    let answers = ask(&python.into(), &project.join("tests/oracles/buildkit_parser.py"), paths);
    assert_eq!(answers.len(), files.len(), "one answer a file");
    let differences: Vec<String> =
        files.iter().zip(&answers).filter_map(|(path, answer)| difference(path, answer).err()).collect();
    println!("dockerfile: {} files, {} differ", files.len(), differences.len());
    assert!(differences.is_empty(), "{}", differences.join("\n"));
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            collect(&path, files);
        } else if entry.file_name().to_string_lossy().to_lowercase().contains("dockerfile") {
            files.push(path);
        }
    }
}

/// One JSON answer for each line of `input`.
fn ask(python: &PathBuf, script: &Path, input: String) -> Vec<Value> {
    let mut child = Command::new(python)
        .arg(script)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap_or_else(|error| panic!("{}: {error}", python.display()));
    let mut stdin = child.stdin.take().expect("stdin is piped");
    // Written beside the reading, so that neither side waits for the other's full pipe.
    let writer = thread::spawn(move || stdin.write_all(input.as_bytes()));
    let output = child.wait_with_output().expect("the script ends");
    writer.join().expect("the writer ends").expect("the script reads all of its input");
    assert!(output.status.success(), "{} failed", script.display());
    let text = String::from_utf8(output.stdout).expect("the script prints UTF-8");
    text.lines().map(|line| serde_json::from_str(line).expect("the script prints JSON")).collect()
}

fn difference(path: &Path, answer: &Value) -> Result<(), String> {
    let bytes = fs::read(path).map_err(|error| format!("{}: {error}", path.display()))?;
    let parse = parse(&String::from_utf8_lossy(&bytes));
    let Some(expected) = answer["instructions"].as_array() else {
        // Where BuildKit's parser gives up, so do we; the rest of our tree is ours alone.
        return match parse.errors.is_empty() {
            true => Err(format!("{}: no error, not {}", path.display(), answer["error"])),
            false => Ok(()),
        };
    };
    let ours = &parse.tree.instructions;
    for (instruction, expected) in ours.iter().zip(expected) {
        let (mut ours, mut expected) = (instruction_json(instruction), expected.clone());
        if !instruction.valid {
            // Of an instruction without meaning the tree keeps its place alone.
            for key in ["values", "trigger", "json_form"] {
                (ours[key], expected[key]) = (Value::Null, Value::Null);
            }
        }
        if ours != expected {
            return Err(format!("{}: {ours}, not {expected}", path.display()));
        }
    }
    if ours.len() != expected.len() {
        return Err(format!("{}: {} instructions, not {}", path.display(), ours.len(), expected.len()));
    }
    Ok(())
}

fn instruction_json(instruction: &Instruction) -> Value {
    let (trigger, inner) = match &instruction.kind {
        InstructionKind::Onbuild(inner) => (Some(inner.keyword.as_str()), inner.as_ref()),
        _ => (None, instruction),
    };
    let flags: Vec<String> = instruction
        .flags
        .iter()
        .map(|flag| match &flag.value {
            Some(value) => format!("--{}={}", flag.name, value.text.as_str()),
            None => format!("--{}", flag.name),
        })
        .collect();
    let heredocs: Vec<Value> = instruction
        .heredocs
        .iter()
        .map(|heredoc| json!({ "name": heredoc.name, "fd": heredoc.fd, "content": heredoc.body }))
        .collect();
    json!({
        "keyword": instruction.keyword,
        "trigger": trigger,
        "json_form": inner.json_form,
        "lines": instruction.lines,
        "flags": flags,
        "values": values(inner),
        "heredocs": heredocs,
    })
}

fn values(instruction: &Instruction) -> Vec<String> {
    let words = || instruction.kind.words().into_iter().map(|word| word.text.as_str().to_owned());
    let body = instruction.body.as_str();
    match &instruction.kind {
        // The parser keeps `AS` as a word of its own, as it was written.
        InstructionKind::From { .. } => {
            let blank = [' ', '\t', '\u{b}', '\u{c}', '\r'];
            body.split(blank).filter(|word| !word.is_empty()).map(str::to_owned).collect()
        }
        InstructionKind::Run(CommandForm::Shell)
        | InstructionKind::Cmd(CommandForm::Shell)
        | InstructionKind::Entrypoint(CommandForm::Shell) => {
            if body.is_empty() {
                Vec::new()
            } else {
                vec![body.to_owned()]
            }
        }
        InstructionKind::Arg(arguments) => arguments
            .iter()
            .map(|(name, value)| match value {
                Some(value) => format!("{}={}", name.text.as_str(), value.text.as_str()),
                None => name.text.as_str().to_owned(),
            })
            .collect(),
        InstructionKind::Onbuild(inner) => values(inner),
        _ => words().collect(),
    }
}
