//! Questions about the machine, its user and its programs.

use crate::{
    pep508::Machine,
    simulate::{
        files::file_name,
        shell::{Field, Outcome, Shell, Stream},
    },
    syntax::command::Argument,
    text::Location,
};

fn printed(status: Option<i32>) -> Outcome {
    Outcome {
        status,
        stdout: Stream::unknown("what this program prints is not known"),
        stderr: Stream::default(),
    }
}

/// `uname -m`, `dpkg --print-architecture`.
pub(super) fn machine(shell: &mut Shell<'_, '_>, arguments: &[Argument], _: Option<Location>) -> Outcome {
    let machine = shell.world.state.platform.machine();
    let name = arguments.first().map_or("", |name| file_name(name.as_str()));
    let option = arguments.get(1).map_or("", Argument::as_str);
    let kernel = match machine {
        Machine::X86_64 => "x86_64",
        Machine::Aarch64 => "aarch64",
    };
    let debian = match machine {
        Machine::X86_64 => "amd64",
        Machine::Aarch64 => "arm64",
    };
    match (name, option) {
        ("uname", "-m" | "-p" | "-i" | "--machine") | ("arch", _) => Outcome::line(kernel),
        ("uname", "" | "-s") => Outcome::line("Linux"),
        ("dpkg", "--print-architecture") => Outcome::line(debian),
        ("dpkg", "-i" | "--install" | "--configure" | "--add-architecture" | "-r" | "-P") => printed(Some(0)),
        ("nproc", _) => {
            Outcome { status: Some(0), ..Outcome::unknown("the number of processors is not known") }
        }
        _ => printed(None),
    }
}

/// `whoami`, `id -u`.
pub(super) fn user(shell: &mut Shell<'_, '_>, arguments: &[Argument], _: Option<Location>) -> Outcome {
    let name = arguments.first().map_or("", |name| file_name(name.as_str()));
    let root = matches!(shell.world.state.user.as_str(), "root" | "0" | "");
    match (name, arguments.get(1).map_or("", Argument::as_str), arguments.len()) {
        ("whoami", ..) => {
            Outcome::line(if root { "root".to_owned() } else { shell.world.state.user.clone() })
        }
        ("id", "-u" | "-g", 2) if root => Outcome::line("0"),
        _ => printed(None),
    }
}

pub(super) fn which(shell: &mut Shell<'_, '_>, arguments: &[Argument], _: Option<Location>) -> Outcome {
    let fields: Vec<Field> = arguments.iter().skip(1).cloned().map(Field::Known).collect();
    shell.find_program(&fields)
}
