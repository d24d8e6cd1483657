//! Set-up, build, test and measurement of Wheelstage: `cargo xtask help`.
//!
//! Every command brings in the tools it needs, at pinned versions, and leaves what is there alone
//! ([`tools`]). Nothing here needs a shell, so that no system is ruled out.

mod apt;
mod bench;
mod browser;
mod budget;
mod build;
mod catalogue;
mod editor;
mod fuzz;
mod journeys;
mod licenses;
mod policy;
mod process;
mod project;
mod python;
mod replay;
mod serve;
mod split;
mod test;
mod tools;

use std::{env, process::ExitCode};

use anyhow::{Result, bail};

/// Something that `cargo xtask` can do. To add one, write a module and name it in a table.
struct Command {
    name: &'static str,
    /// What follows the name, as usage text writes it.
    arguments: &'static str,
    /// What it does, in one line.
    help: &'static str,
    run: fn(&[String]) -> Result<()>,
}

#[rustfmt::skip]
const COMMANDS: &[Command] = &[
    Command { name: "serve", arguments: "[--port N]", help: "build the page and serve it on this machine", run: serve::run },
    Command { name: "build", arguments: "", help: "build the static site into dist/", run: build::run },
    Command { name: "test", arguments: "[PART ...]", help: "run everything that can fail, or one part", run: test::run },
    Command { name: "catalogue", arguments: "", help: "make static/catalogue/ anew from the package index", run: catalogue::run },
    Command { name: "bench", arguments: "NAME ...", help: "measure; without a name, list what can be measured", run: bench::run },
    Command { name: "screenshots", arguments: "", help: "take the pictures of README.md anew", run: journeys::screenshots },
    Command { name: "fuzz", arguments: "[TARGET [SECONDS]]", help: "fuzz one target; without one, list them", run: fuzz::run },
    Command { name: "replay", arguments: "[--seed S] [--count N]", help: "run random builds with real pip and uv, and as the simulator does", run: replay::run },
    Command { name: "hook", arguments: "editor|finish", help: "what Trunk.toml asks for before and after a build", run: hook },
    Command { name: "help", arguments: "", help: "this list", run: help },
];

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    match dispatch("cargo xtask", COMMANDS, &arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// Runs the command of `table` that the first argument names.
fn dispatch(prefix: &str, table: &[Command], arguments: &[String]) -> Result<()> {
    let Some((name, rest)) = arguments.split_first() else {
        list(prefix, table);
        return Ok(());
    };
    match table.iter().find(|command| command.name == name) {
        Some(command) => (command.run)(rest),
        None => {
            list(prefix, table);
            bail!("no such command: {prefix} {name}")
        }
    }
}

fn list(prefix: &str, table: &[Command]) {
    for Command { name, arguments, help, .. } in table {
        println!("{:40} {help}", format!("{prefix} {name} {arguments}"));
    }
}

fn help(_: &[String]) -> Result<()> {
    list("cargo xtask", COMMANDS);
    Ok(())
}

fn hook(arguments: &[String]) -> Result<()> {
    #[rustfmt::skip]
    const HOOKS: &[Command] = &[
        Command { name: "editor", arguments: "", help: "bundle the editor, where its sources have changed", run: |_| editor::bundle() },
        Command { name: "finish", arguments: "", help: "add what Trunk does not: pages of rules, the module of the analysis, the start script's hash", run: |_| build::finish() },
    ];
    dispatch("cargo xtask hook", HOOKS, arguments)
}
