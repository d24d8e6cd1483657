//! Every shell-form `RUN` of the Dockerfiles of `../shared/dockerfiles`, and of the corpus:
//! what `dash -n`, `bash -n` and `busybox sh -n` call a syntax error is one for us, and nothing else is.

use std::{collections::BTreeSet, fs, path::Path, process::Command};

use wheelstage::syntax::{
    dockerfile::{self, CommandForm, InstructionKind},
    shell::{Dialect, parse},
};

use crate::harness::folder;

/// The text that the shell is given, here-documents behind the line they are asked for in.
fn scripts(text: &str) -> Vec<String> {
    let mut scripts = Vec::new();
    for instruction in dockerfile::parse(text).tree.instructions {
        if !matches!(instruction.kind, InstructionKind::Run(CommandForm::Shell)) {
            continue;
        }
        let mut script = instruction.body.as_str().to_owned();
        for heredoc in &instruction.heredocs {
            script += &format!("\n{}{}", heredoc.body, heredoc.name);
        }
        scripts.push(script);
    }
    scripts
}

fn dockerfiles(folder: &Path, texts: &mut Vec<String>) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        let name = entry.file_name().to_string_lossy().to_lowercase();
        if path.is_dir() {
            dockerfiles(&path, texts);
        } else if name.contains("dockerfile") {
            texts.extend(fs::read_to_string(&path));
        }
    }
}

#[test]
fn shells_agree_on_what_is_a_syntax_error() {
    let mut texts = Vec::new();
    for folder in [folder().join("../dockerfiles"), folder().join("dockerfiles")] {
        dockerfiles(&folder, &mut texts);
    }
    let scripts: BTreeSet<String> = texts.iter().flat_map(|text| scripts(text)).collect();
    let mut failed = Vec::new();
    for (dialect, program) in [(Dialect::Dash, "dash"), (Dialect::Bash, "bash"), (Dialect::Ash, "busybox")] {
        let mut asked = 0;
        for script in &scripts {
            let mut command = Command::new(program);
            if dialect == Dialect::Ash {
                command.arg("sh");
            }
            let Ok(output) = command.args(["-n", "-c", script]).output() else {
                println!("{program} is not there");
                break;
            };
            asked += 1;
            let errors = parse(script, dialect).errors;
            if output.status.success() != errors.is_empty() {
                let said = String::from_utf8_lossy(&output.stderr).into_owned();
                failed.push(format!("{program} says {said:?}, we say {errors:?}\n{script}"));
            }
        }
        println!("RUN lines asked of {program}: {asked} of {} files", texts.len());
    }
    assert!(failed.is_empty(), "{} differ\n{}", failed.len(), failed.join("\n\n"));
}
