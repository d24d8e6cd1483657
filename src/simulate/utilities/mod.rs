//! Programs other than the shell itself: those that make files, those that run others, and
//! those that have nothing to do with Python packages.

mod absence;
mod assumptions;
mod awk;
mod files;
mod find;
mod grep;
mod machine;
mod make;
mod network;
mod scripts;
mod sed;
mod table;
mod text;
mod users;
mod wrappers;

use super::{
    Certainty, Content, Environment, Invocation, Lookup, Program, ProgramKind, Text, TextLine,
    files::{file_name, join, strip_folder},
    shell::{Field, Found, Outcome, Programs, Shell, Stream, known},
    tools::is_get_pip,
};
use crate::{
    model::EnvironmentKind,
    syntax::{
        command::{Argument, is_versioned},
        shell::Dialect,
    },
    text::Location,
};
pub(super) use scripts::interpret;
use table::{Does, Leaves, program};

/// Every program that is not the shell's own.
pub(super) struct Utilities;

impl Programs for Utilities {
    fn find(&self, shell: &Shell<'_, '_>, name: &str) -> Found {
        find(shell, name)
    }

    fn run(&self, shell: &mut Shell<'_, '_>, fields: &[Field], place: Option<Location>) -> Outcome {
        run(shell, fields, place)
    }
}

/// Looks a program up as the shell does.
fn find(shell: &Shell<'_, '_>, name: &str) -> Found {
    let files = &shell.world.state.files;
    if name.contains('/') {
        let path = shell.absolute(name);
        return match files.lookup(&path) {
            Lookup::Present(entry) => match &entry.content {
                Content::Program(program) => Found::At(path, Some(program.clone())),
                Content::Folder => Found::Nowhere,
                _ => Found::At(path, None),
            },
            Lookup::Unknown(reason) => Found::Perhaps(reason.to_owned()),
            Lookup::Absent => Found::Nowhere,
        };
    }
    let path = shell.process.known("PATH").unwrap_or(crate::model::DEFAULT_PATH);
    for folder in path.split(':').filter(|folder| !folder.is_empty()) {
        let at = shell.absolute(&join(folder, name));
        if let Some(entry) = files.resolved(&at) {
            match &entry.content {
                Content::Program(program) => return Found::At(at, Some(program.clone())),
                Content::Folder => {}
                _ => return Found::At(at, None),
            }
        }
    }
    if absence::lacks(&shell.world.state, name) {
        return Found::Nowhere;
    }
    if program(name).is_some_and(|program| program.everywhere) {
        return Found::At(format!("/usr/bin/{name}"), None);
    }
    match &shell.world.state.unknown_programs {
        Some(reason) => Found::Perhaps(reason.clone()),
        None if is_python_or_pip(name) => Found::Nowhere,
        None if shell.world.state.distribution == crate::model::Distribution::Unknown => Found::Nowhere,
        None => Found::Perhaps(format!("whether the image has {name} is not known")),
    }
}

/// Python or pip: where these are not found, they are not there.
fn is_python_or_pip(name: &str) -> bool {
    is_versioned(name, "python") || is_versioned(name, "pip")
}

/// Runs a program by its words.
fn run(shell: &mut Shell<'_, '_>, fields: &[Field], place: Option<Location>) -> Outcome {
    let Some((Field::Known(first), rest)) = fields.split_first() else {
        return shell.call(fields, place);
    };
    let path = first.as_str().to_owned();
    let name = file_name(&path).to_owned();
    if name.is_empty() {
        return Outcome::failed(127);
    }
    if !path.contains('/')
        && absence::lacks(&shell.world.state, &name)
        && matches!(find(shell, &name), Found::Nowhere)
    {
        return Outcome::failed(127);
    }
    let does = program(&name).map(|program| program.does);
    match does {
        Some(Does::Packages(_)) if is_question(rest) && !is_python_or_pip(&name) => {
            shell.assume(&path, place);
            return quiet(&name, None);
        }
        Some(Does::Shell) => {
            let dialect = Dialect::of_program(&name, shell.world.state.sh()).unwrap_or(Dialect::Unknown);
            return scripts::shell_program(shell, dialect, rest, place);
        }
        Some(Does::Wrap(wrapper)) => return wrapper(shell, rest, place),
        Some(Does::Packages(tool)) => {
            return package_program(shell, fields, &path, tool.of_distribution, place);
        }
        _ => {}
    }
    // A path of a file whose text is known is that file, whatever it is called.
    if path.contains('/') {
        match find(shell, &path) {
            Found::At(at, Some(program)) => {
                return invoke(shell, fields, &at, Some(program), place);
            }
            Found::At(at, None) => {
                if let Some(outcome) = scripts::run_file(shell, &at, rest, place) {
                    return outcome;
                }
            }
            Found::Nowhere if !is_system_path(&path) && !may_be_script(shell, &path) => {
                return Outcome::failed(127);
            }
            Found::Nowhere | Found::Perhaps(_) => {}
        }
    }
    match does {
        Some(Does::Read(utility) | Does::Change(utility)) => match known(rest) {
            Some(arguments) => {
                let mut with_name = vec![first.clone()];
                with_name.extend(arguments);
                return utility(shell, &with_name, place);
            }
            None => {
                return unknown_arguments(shell, &name, matches!(does, Some(Does::Change(_))), rest, place);
            }
        },
        Some(Does::Quiet(status)) => return quiet(&name, status),
        Some(Does::Assume(leaves, status)) => {
            shell.assume(&path, place);
            let outcome = match leaves {
                Leaves::Nothing => quiet(&name, status),
                Leaves::Files => write_files(shell, &name),
            };
            return Outcome { status, ..outcome };
        }
        Some(Does::WriteFiles) => return write_files(shell, &name),
        _ => {}
    }
    if !path.contains('/') {
        match find(shell, &name) {
            Found::At(at, Some(program)) => return invoke(shell, fields, &at, Some(program), place),
            Found::At(at, None) => {
                if let Some(outcome) = scripts::run_file(shell, &at, rest, place) {
                    return outcome;
                }
            }
            Found::Nowhere => return Outcome::failed(127),
            Found::Perhaps(_) => {}
        }
    }
    if assumptions::may_install(&shell.world.state, &path, rest) {
        return not_modelled(shell, &path, rest, place);
    }
    assumed(shell, &path, rest, place)
}

/// A program that is not known, and not known to install Python packages: it is taken to install
/// none. It may write files, and change those that it is given.
fn assumed(shell: &mut Shell<'_, '_>, path: &str, rest: &[Field], place: Option<Location>) -> Outcome {
    shell.assume(path, place);
    if !is_question(rest) {
        let reason = format!("{} may write files of its own", file_name(path));
        for field in rest {
            match field {
                Field::Known(argument) => blur(shell, argument.as_str(), &reason),
                Field::Unknown { .. } => {}
            }
        }
        shell.world.state.files.unlisted.get_or_insert(reason);
    }
    quiet(file_name(path), None)
}

/// `--version`, `--help` and nothing else: whatever the program, it prints and ends.
fn is_question(rest: &[Field]) -> bool {
    !rest.is_empty()
        && rest.iter().all(|field| matches!(field.as_known(), Some("--version" | "--help" | "-V" | "-h")))
}

/// Leaves nothing that counts.
fn quiet(name: &str, status: Option<i32>) -> Outcome {
    let prints = format!("what {name} prints is not known");
    Outcome { status, stdout: Stream::unknown(prints), stderr: Stream::default() }
}

/// Writes files of its own, into the folder it runs in or elsewhere.
fn write_files(shell: &mut Shell<'_, '_>, name: &str) -> Outcome {
    let reason = format!("{name} makes files of its own");
    let folder = shell.process.folder.clone();
    if folder != "/" {
        shell.world.state.files.mark_uncertain(&folder, &reason);
    }
    shell.world.state.files.unlisted.get_or_insert(reason);
    quiet(name, Some(0))
}

/// A path in the folder of programs of an environment into which packages have come: they bring
/// programs, which are not listed.
fn may_be_script(shell: &Shell<'_, '_>, path: &str) -> bool {
    let path = shell.world.state.files.resolve(&shell.absolute(path));
    let root = path.rsplit_once('/').and_then(|(folder, _)| folder.strip_suffix("/bin"));
    let environment = root.and_then(|root| shell.world.state.environments.get(root));
    environment.is_some_and(|environment| {
        let tools = ["pip", "setuptools", "wheel"];
        environment.certainty != Certainty::Certain
            || environment.packages.keys().any(|project| !tools.contains(&project.as_str()))
    })
}

/// `/bin/...` and the like: the image's own programs.
fn is_system_path(path: &str) -> bool {
    ["/bin/", "/sbin/", "/usr/"].iter().any(|folder| path.starts_with(folder))
}

fn package_program(
    shell: &mut Shell<'_, '_>,
    fields: &[Field],
    path: &str,
    of_distribution: bool,
    place: Option<Location>,
) -> Outcome {
    if of_distribution {
        let known: Vec<Field> = fields.iter().filter(|field| field.as_known().is_some()).cloned().collect();
        return invoke(shell, &known, path, None, place);
    }
    match find(shell, path) {
        Found::At(at, program) => {
            if program.is_none()
                && let Some(rest) = fields.get(1..)
                && is_script(shell, &at)
                && let Some(outcome) = scripts::run_file(shell, &at, rest, place)
            {
                return outcome;
            }
            let program =
                program.or_else(|| unknown_interpreter(shell, &at, "what it is is not known", place));
            invoke(shell, fields, &at, program, place)
        }
        Found::Perhaps(reason) if path.contains('/') => {
            let program = unknown_interpreter(shell, path, &reason, place);
            invoke(shell, fields, path, program, place)
        }
        Found::Nowhere if is_python_or_pip(file_name(path)) || path.contains('/') => Outcome::failed(127),
        Found::Nowhere | Found::Perhaps(_) => invoke(shell, fields, path, None, place),
    }
}

/// The program at a path of which only the name is known, `/opt/py/bin/pip`: it belongs to a Python of
/// its own, of which nothing is known, and to no other that happens to be here.
fn unknown_interpreter(
    shell: &mut Shell<'_, '_>,
    path: &str,
    reason: &str,
    place: Option<Location>,
) -> Option<Program> {
    let kind = match file_name(path) {
        name if is_versioned(name, "python") => ProgramKind::Python,
        name if is_versioned(name, "pip") => ProgramKind::Pip,
        _ => return None,
    };
    let origin = shell.world.origin;
    let path = shell.absolute(path);
    let state = &mut shell.world.state;
    let root = path.rsplit_once('/').and_then(|(folder, _)| folder.strip_suffix("/bin"))?;
    if root.is_empty() || state.environments.contains_key(root) {
        return None;
    }
    let certainty = Certainty::Uncertain { reason: reason.to_owned(), location: place };
    let environment = Environment { certainty, ..Environment::new(EnvironmentKind::System, None, origin) };
    state.environments.insert(root.to_owned(), environment);
    Some(Program { kind, environment: root.to_owned() })
}

/// A text that begins with `#!`.
fn is_script(shell: &Shell<'_, '_>, path: &str) -> bool {
    shell.world.state.files.resolved(path).is_some_and(|entry| match &entry.content {
        Content::Text(text) => text.lines.first().is_some_and(|line| line.text.starts_with("#!")),
        _ => false,
    })
}

/// Asks the tools for packages.
fn invoke(
    shell: &mut Shell<'_, '_>,
    fields: &[Field],
    path: &str,
    program: Option<Program>,
    place: Option<Location>,
) -> Outcome {
    let Some(argv) = known(fields) else {
        let reason = fields.iter().find_map(|field| match field {
            Field::Unknown { reason, .. } => Some(reason.clone()),
            Field::Known(_) => None,
        });
        let reason = format!("an argument is not known: {}", reason.unwrap_or_default());
        return untold(shell, program.as_ref(), &reason, place);
    };
    let stdin = shell.input.stream.text.clone();
    let stdin_unknown = shell.input.stream.unknown.clone();
    if let Some(reason) = &stdin_unknown
        && reads_stdin(&argv, program.as_ref())
        && !is_get_pip(reason)
    {
        return untold(shell, program.as_ref(), reason, place);
    }
    let rest = Text { lines: stdin.lines.get(shell.input.line..).unwrap_or_default().to_vec(), ..stdin };
    let exported = shell.process.exported();
    let variables = std::mem::replace(&mut shell.world.state.variables, exported);
    let folder = std::mem::replace(&mut shell.world.state.working_directory, shell.process.folder.clone());
    let origin = super::Origin { call: Some(shell.world.calls.len()), ..shell.world.origin };
    let invocation = Invocation {
        argv: &argv,
        path,
        program: program.as_ref(),
        stdin: (!rest.is_empty()).then_some(&rest),
        stdin_unknown: stdin_unknown.as_deref(),
        location: place,
        origin,
        offline: shell.world.offline,
    };
    let answer = shell.world.ask(&invocation);
    shell.world.state.variables = variables;
    shell.world.state.working_directory = folder;
    let Some(answer) = answer else {
        return not_modelled(shell, path, fields.get(1..).unwrap_or_default(), place);
    };
    shell.world.calls.extend(answer.run);
    if answer.assumed {
        shell.assume(path, place);
    }
    for skipped in answer.skipped {
        shell.skip(skipped.location, &skipped.reason, skipped.touches_packages);
    }
    let prints = "what this program prints is not known";
    Outcome {
        status: answer.exit_code,
        stdout: answer.stdout.map_or_else(|| Stream::unknown(prints), Stream::known),
        stderr: Stream::unknown(prints),
    }
}

/// Whether what a program for packages does depends on what it is fed.
fn reads_stdin(argv: &[Argument], program: Option<&Program>) -> bool {
    let is_python = program.is_some_and(|program| program.kind == super::ProgramKind::Python);
    let runs_it = is_python && argv.get(1).is_none_or(|argument| argument.as_str() == "-");
    runs_it
        || argv.iter().any(|argument| argument.as_str().contains("/dev/stdin") || argument.as_str() == "-")
}

/// A program for packages does something that is not known, in its environment.
fn untold(
    shell: &mut Shell<'_, '_>,
    program: Option<&Program>,
    reason: &str,
    place: Option<Location>,
) -> Outcome {
    shell.skip(place, reason, true);
    match program.filter(|program| !program.environment.is_empty()) {
        Some(program) => {
            shell.world.state.touch_environment(&program.environment.clone(), reason, place);
            shell.world.state.unknown_programs.get_or_insert_with(|| reason.to_owned());
            shell.world.state.files.unlisted.get_or_insert_with(|| reason.to_owned());
        }
        None => shell.world.touch_everything(reason, place),
    }
    Outcome::unknown(reason)
}

/// A program that may do anything: every environment may have changed, and so may the files it
/// was given and the folder it runs in.
fn not_modelled(shell: &mut Shell<'_, '_>, path: &str, rest: &[Field], place: Option<Location>) -> Outcome {
    let reason = format!("{path} is not modelled");
    shell.skip(place, &reason, true);
    shell.world.touch_everything(&reason, place);
    let folder = shell.process.folder.clone();
    shell.world.state.files.mark_uncertain(&folder, &reason);
    for field in rest {
        if let Some(text) = field.as_known() {
            blur(shell, text, &reason);
        }
    }
    Outcome::unknown(reason)
}

/// What a path names is no longer known.
fn blur(shell: &mut Shell<'_, '_>, path: &str, reason: &str) {
    if path.is_empty() || path.starts_with('-') {
        return;
    }
    let path = shell.world.state.files.resolve(&shell.absolute(path));
    if shell.world.state.files.is_folder(&path) {
        if path != "/" {
            shell.world.state.files.mark_uncertain(&path, reason);
        }
        return;
    }
    if let Some(entry) = shell.world.state.files.entries.get_mut(&path)
        && matches!(entry.content, Content::Text(_))
    {
        entry.content = Content::Opaque(reason.to_owned());
    }
}

/// A utility with an argument that is not known: what it prints and changes is not known.
fn unknown_arguments(
    shell: &mut Shell<'_, '_>,
    name: &str,
    changes: bool,
    rest: &[Field],
    place: Option<Location>,
) -> Outcome {
    let why = rest.iter().find_map(|field| match field {
        Field::Unknown { reason, .. } => Some(reason.clone()),
        Field::Known(_) => None,
    });
    let reason = format!("an argument of {name} is not known: {}", why.unwrap_or_default());
    if changes {
        let in_place = name != "sed"
            || rest.iter().any(|field| field.as_known().is_some_and(|text| text.starts_with("-i")));
        if in_place {
            let mut counts = false;
            for field in rest {
                match field {
                    Field::Known(argument) => blur(shell, argument.as_str(), &reason),
                    Field::Unknown { prefix, .. } if prefix.contains('/') => {
                        let folder = shell.absolute(super::files::parent(prefix));
                        if name != "rm" || is_relevant(shell, &folder) {
                            shell.world.state.files.mark_uncertain(&folder, &reason);
                            counts = true;
                        }
                    }
                    Field::Unknown { .. } => counts |= name != "rm",
                }
            }
            if counts {
                shell.skip(place, &reason, false);
            }
        }
    }
    Outcome { status: if changes { Some(0) } else { None }, ..Outcome::unknown(reason) }
}

/// Something that is known lies in the folder: removing a part of it counts.
fn is_relevant(shell: &Shell<'_, '_>, folder: &str) -> bool {
    let state = &shell.world.state;
    let listed = state.files.below(folder).any(|(_, entry)| {
        matches!(entry.content, Content::Text(_) | Content::Artifact { .. } | Content::Program(_))
    });
    listed
        || state.environments.iter().any(|(root, environment)| {
            super::package_folders(root, environment)
                .iter()
                .any(|own| strip_folder(own, folder).is_some() || strip_folder(folder, own).is_some())
        })
}

/// The streams of the files named, or of standard input where none is; `Err` names the first
/// that is not there.
fn inputs(shell: &mut Shell<'_, '_>, paths: &[&str]) -> Vec<(String, Result<Stream, ()>)> {
    if paths.is_empty() {
        return vec![(String::new(), Ok(stdin(shell)))];
    }
    paths.iter().map(|path| ((*path).to_owned(), read(shell, path))).collect()
}

/// What is left of standard input.
fn stdin(shell: &mut Shell<'_, '_>) -> Stream {
    let from = shell.input.line;
    let text = &mut shell.input.stream.text;
    let lines: Vec<TextLine> = text.lines.split_off(from.min(text.lines.len()));
    let final_newline = text.final_newline && !lines.is_empty();
    Stream { text: Text { lines, final_newline }, unknown: shell.input.stream.unknown.clone() }
}

/// What a file holds.
fn read(shell: &mut Shell<'_, '_>, path: &str) -> Result<Stream, ()> {
    if matches!(path, "-" | "/dev/stdin") {
        return Ok(stdin(shell));
    }
    if path == "/dev/null" {
        return Ok(Stream::default());
    }
    match shell.world.state.files.lookup(&shell.absolute(path)) {
        Lookup::Present(entry) => match &entry.content {
            Content::Text(text) => Ok(shell.world.copied(text)),
            Content::Folder => Err(()),
            Content::Opaque(reason) => Ok(Stream::unknown(reason.clone())),
            _ => Ok(Stream::unknown(format!("{path} is not a text"))),
        },
        Lookup::Unknown(reason) => Ok(Stream::unknown(reason)),
        Lookup::Absent => Err(()),
    }
}
