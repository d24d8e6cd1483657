//! Shells that are started as programs, and scripts that are run by their path.

use super::{Utilities, inputs, not_modelled};
use crate::{
    simulate::{
        Content, Lookup, Skipped,
        files::file_name,
        shell::{Field, Options, Outcome, Process, Shell, Source, known},
        tools::mentions_packages,
        world::World,
    },
    syntax::{command::Argument, shell::Dialect},
    text::Location,
};

/// What the words before a script say: `/bin/bash -o pipefail -c`.
struct Interpreter {
    dialect: Dialect,
    options: Options,
}

/// Reads the words of `SHELL` or of a `#!` line; `None` where they start no shell that is read.
fn interpreter(words: &[String], sh: Dialect) -> Option<Interpreter> {
    let mut words = words.iter().map(String::as_str).peekable();
    let mut program = words.next()?;
    if file_name(program) == "env" {
        program = words.find(|word| !word.starts_with('-'))?;
    }
    let dialect = Dialect::of_program(program, sh)?;
    let mut options = Options::default();
    while let Some(word) = words.next() {
        let Some(letters) = word.strip_prefix('-') else { break };
        if word.starts_with("--") {
            continue;
        }
        set_letters(&mut options, letters);
        if letters.ends_with('o') {
            set_name(&mut options, words.next()?);
        }
    }
    Some(Interpreter { dialect, options })
}

fn set_letters(options: &mut Options, letters: &str) {
    for letter in letters.chars() {
        match letter {
            'e' => options.errexit = true,
            'u' => options.nounset = true,
            'f' => options.noglob = true,
            _ => {}
        }
    }
}

fn set_name(options: &mut Options, name: &str) {
    match name {
        "pipefail" => options.pipefail = true,
        "errexit" => options.errexit = true,
        "nounset" => options.nounset = true,
        _ => {}
    }
}

/// Runs the text of a `RUN` with the shell that `SHELL`, or the heredoc's `#!` line, names.
pub(in crate::simulate) fn interpret(
    world: &mut World<'_>,
    words: &[String],
    source: Source,
    mut process: Process,
    place: Option<Location>,
) -> Outcome {
    if let Some(Interpreter { dialect, options }) = interpreter(words, world.state.sh()) {
        process.options = options;
        return Shell::new(world, &Utilities, dialect, process).run_source(source);
    }
    let program = words.first().map_or("", |word| file_name(word));
    let named = if program == "env" { words.get(1).map_or("", |word| file_name(word)) } else { program };
    let touches = !named.starts_with("python") || mentions_packages(source.text.as_str());
    let reason = format!("what {named} runs is not modelled");
    world.skipped.push(Skipped { location: place, reason: reason.clone(), touches_packages: touches });
    if touches {
        world.touch_everything(&reason, place);
    } else {
        world.state.files.unlisted.get_or_insert_with(|| reason.clone());
    }
    Outcome { status: if touches { None } else { Some(0) }, ..Outcome::unknown(reason) }
}

/// `sh`, `bash -c '...'`, `sh script.sh`, `... | sh`.
pub(super) fn shell_program(
    shell: &mut Shell<'_, '_>,
    dialect: Dialect,
    rest: &[Field],
    place: Option<Location>,
) -> Outcome {
    let mut options = Options::default();
    let (mut command, mut from_input) = (false, false);
    let mut at = 0;
    while let Some(text) = rest.get(at).and_then(Field::as_known) {
        let Some(letters) = text.strip_prefix(['-', '+']).filter(|letters| !letters.is_empty()) else {
            break;
        };
        at += 1;
        if text == "--" {
            break;
        }
        if text.starts_with("--") {
            continue;
        }
        set_letters(&mut options, letters);
        command |= letters.contains('c');
        from_input |= letters.contains('s');
        if letters.contains('o') {
            set_name(&mut options, rest.get(at).and_then(Field::as_known).unwrap_or(""));
            at += 1;
        }
    }
    let operands = rest.get(at..).unwrap_or_default();
    if command {
        return match operands.split_first() {
            Some((Field::Known(script), arguments)) => {
                let source = Source::from(script.clone());
                let name = arguments.first().and_then(Field::as_known).map(str::to_owned);
                let arguments = known(arguments.get(1..).unwrap_or_default()).unwrap_or_default();
                nested(shell, dialect, options, source, arguments, name)
            }
            Some((Field::Unknown { reason, .. }, _)) => opaque(shell, reason.clone(), place),
            None => Outcome::failed(2),
        };
    }
    match operands.split_first() {
        Some((Field::Known(path), arguments)) if !from_input && path.as_str() != "-" => {
            let path = path.as_str().to_owned();
            let arguments = known(arguments).unwrap_or_default();
            match shell.world.state.files.lookup(&shell.absolute(&path)) {
                Lookup::Present(entry) => match entry.content.clone() {
                    Content::Text(text) => {
                        let (text, file) = text.to_mapped();
                        nested(shell, dialect, options, Source { text, file }, arguments, Some(path))
                    }
                    _ => opaque(shell, format!("what {path} does is not known"), place),
                },
                Lookup::Unknown(reason) => {
                    let reason = format!("what {path} does is not known: {reason}");
                    opaque(shell, reason, place)
                }
                Lookup::Absent => Outcome::failed(127),
            }
        }
        Some((Field::Unknown { reason, .. }, _)) if !from_input => opaque(shell, reason.clone(), place),
        _ => {
            let (_, stream) = inputs(shell, &[]).remove(0);
            match stream.unwrap_or_default() {
                stream if stream.unknown.is_none() => {
                    let (text, file) = stream.text.to_mapped();
                    nested(shell, dialect, options, Source { text, file }, Vec::new(), None)
                }
                stream => {
                    let reason = stream.unknown.unwrap_or_default();
                    if is_harmless_download(&reason) {
                        shell.world.state.files.unlisted.get_or_insert_with(|| reason.clone());
                        return Outcome { status: Some(0), ..Outcome::unknown(reason) };
                    }
                    opaque(shell, format!("a script that is not known is run: {reason}"), place)
                }
            }
        }
    }
}

/// Installers of other things than Python packages, by the address they are fetched from.
fn is_harmless_download(reason: &str) -> bool {
    const ADDRESSES: [&str; 10] = [
        "astral.sh/uv",
        "astral.sh/ruff",
        "deb.nodesource.com",
        "sh.rustup.rs",
        "static.rust-lang.org",
        "get.docker.com",
        "raw.githubusercontent.com/nvm-sh",
        "get.helm.sh",
        "ollama.com/install.sh",
        "deno.land/install.sh",
    ];
    ADDRESSES.iter().any(|address| reason.contains(address))
}

fn opaque(shell: &mut Shell<'_, '_>, reason: String, place: Option<Location>) -> Outcome {
    shell.skip(place, &reason, true);
    shell.world.touch_everything(&reason, place);
    let folder = shell.process.folder.clone();
    shell.world.state.files.mark_uncertain(&folder, &reason);
    Outcome::unknown(reason)
}

/// Runs a script in a shell of its own, which sees exported variables only.
pub(super) fn nested(
    shell: &mut Shell<'_, '_>,
    dialect: Dialect,
    options: Options,
    source: Source,
    positional: Vec<Argument>,
    name: Option<String>,
) -> Outcome {
    let mut process = shell.process.clone();
    process.variables.retain(|_, variable| variable.exported);
    process.options = options;
    process.positional = positional;
    process.exit_trap = None;
    let (depth, input) = (shell.depth(), shell.input.clone());
    let mut child = Shell::new(shell.world, &Utilities, dialect, process);
    child.set_depth(depth);
    if let Some(name) = name {
        child.set_name(&name);
    }
    child.input = input;
    child.run_source(source)
}

/// A file that is run by its path; `None` where it is no script whose text is known.
pub(super) fn run_file(
    shell: &mut Shell<'_, '_>,
    path: &str,
    rest: &[Field],
    place: Option<Location>,
) -> Option<Outcome> {
    let entry = shell.world.state.files.resolved(path)?;
    let Content::Text(text) = entry.content.clone() else { return None };
    let first = text.lines.first().map_or("", |line| line.text.as_str());
    let words: Vec<String> = match first.strip_prefix("#!") {
        Some(line) => line.split_whitespace().map(str::to_owned).collect(),
        // The shell runs a text without `#!` itself.
        None => vec!["/bin/sh".to_owned()],
    };
    if first.is_empty() && text.is_empty() {
        return None;
    }
    if first.strip_prefix("#!").is_none() && !path.ends_with(".sh") {
        return None;
    }
    let Some(Interpreter { dialect, options }) = interpreter(&words, shell.world.state.sh()) else {
        return Some(not_modelled(shell, path, rest, place));
    };
    let (text, file) = text.to_mapped();
    let arguments = known(rest).unwrap_or_default();
    Some(nested(shell, dialect, options, Source { text, file }, arguments, Some(path.to_owned())))
}
