//! The command lines of pip, uv and their kin, parsed into one typed call.
//!
//! A command line comes as words that keep their places; so do all values in a [`Call`], down
//! to the `file` of `-rfile`.
//!
//! ```
//! use wheelstage::syntax::command::{Argument, Call, PipCommand, Surroundings};
//!
//! let argv = ["python3.11", "-m", "pip", "install", "-rreqs.txt", "numpy<2"].map(Argument::unplaced);
//! let surroundings = Surroundings { pip: Default::default(), variable: &|_| None, config: &[] };
//! let Some(Call::Pip(call)) = Call::parse(&argv, surroundings) else { panic!("not pip") };
//! let PipCommand::Install(install) = call.command else { panic!("not install") };
//! assert_eq!(call.program.python_version(), Some("3.11"));
//! assert_eq!(install.requirement_files[0].as_str(), "reqs.txt");
//! assert_eq!(install.requirements[0].as_str(), "numpy<2");
//! ```

mod argument;
mod conda;
mod given;
mod pip;
mod program;
mod system;
#[cfg(test)]
mod tests;
mod tools;
mod usage;
mod uv;
mod venv;

pub use argument::Argument;
pub use conda::{CondaCall, CondaCommand};
pub use given::Given;
pub use pip::*;
pub use program::Program;
pub use system::{SystemAction, SystemCall, SystemManager};
pub use tools::{Tool, ToolCall};
pub use usage::UsageError;
pub use uv::{UvCall, UvCommand, UvIndex, UvInstall, UvProject, UvTarget};
pub use venv::{VenvCall, VenvTool};

/// One run of a program that has to do with Python packages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Call {
    /// pip.
    Pip(PipCall),
    /// uv, but for `uv venv`.
    Uv(UvCall),
    /// `python -m venv`, `virtualenv`, `uv venv`.
    Venv(VenvCall),
    /// `poetry`, `pipenv`, `pip-compile`, `pip-sync`.
    Tool(ToolCall),
    /// `conda`, `mamba`, `micromamba`.
    Conda(CondaCall),
    /// `apt-get`, `apk`, `dnf` ...
    System(SystemCall),
    /// `python -m ensurepip`, `get-pip.py`: pip comes into the environment of this Python.
    Bootstrap {
        /// The Python.
        program: Program,
        /// What `get-pip.py` is to install beside: requirements.
        words: Vec<Argument>,
    },
    /// Installs packages in a way that is not modelled: says why.
    Unmodelled {
        /// How it was started.
        program: Program,
        /// As a sentence without a full stop.
        reason: String,
    },
}

impl Call {
    /// Reads a command line; `None` for a program that has nothing to do with packages.
    /// Programs that only run another one, such as `env`, are to be taken off first.
    #[must_use]
    pub fn parse(argv: &[Argument], surroundings: Surroundings) -> Option<Self> {
        if let Some(call) = script(argv) {
            return Some(call);
        }
        let (name, program, arguments) = program::split(argv)?;
        let variable = surroundings.variable;
        if program::is_versioned(&name, "pip") {
            return Some(Self::Pip(PipCall::parse(program, arguments, surroundings)));
        }
        let system = |manager| Self::System(system::parse(program.clone(), manager, arguments));
        let tool = |tool| Self::Tool(tools::parse(program.clone(), tool, arguments, variable));
        Some(match name.as_str() {
            "uv" => match uv::parse(program, arguments, surroundings) {
                uv::Uv::Venv(call) => Self::Venv(call),
                uv::Uv::Call(call) => Self::Uv(call),
            },
            "uvx" => Self::Uv(uv::parse_uvx(program, arguments, surroundings)),
            "venv" if program.module.is_some() => {
                Self::Venv(venv::parse(program, VenvTool::Venv, arguments, variable))
            }
            "virtualenv" => Self::Venv(venv::parse(program, VenvTool::Virtualenv, arguments, variable)),
            "poetry" => tool(Tool::Poetry),
            "pipenv" => tool(Tool::Pipenv),
            "pip-compile" => tool(Tool::PipCompile),
            "pip-sync" => tool(Tool::PipSync),
            "piptools" => {
                let (command, rest) = arguments.split_first()?;
                let tool = match command.as_str() {
                    "compile" => Tool::PipCompile,
                    "sync" => Tool::PipSync,
                    _ => return None,
                };
                Self::Tool(tools::parse(program, tool, rest, variable))
            }
            "conda" | "mamba" | "micromamba" => Self::Conda(conda::parse(program, arguments)),
            "apt-get" | "apt" | "aptitude" => system(SystemManager::Apt),
            "apk" => system(SystemManager::Apk),
            "dnf" | "microdnf" | "yum" => system(SystemManager::Dnf),
            "ensurepip" if program.module.is_some() => Self::Bootstrap { program, words: Vec::new() },
            "pipx" | "pdm" | "hatch" | "rye" | "pixi" | "easy_install" | "flit" | "mim" | "conda-lock" => {
                Self::Unmodelled { program, reason: format!("`{name}` is not modelled") }
            }
            _ => return None,
        })
    }
}

/// A Python that runs a script which is known by its name.
fn script(argv: &[Argument]) -> Option<Call> {
    let (path, rest) = argv.split_first()?;
    let name = program::file_name(path.as_str());
    if !program::is_versioned(name, "python") {
        return None;
    }
    let at = rest.iter().position(|word| !word.as_str().starts_with('-'))?;
    let file = rest.get(at)?;
    let words = rest.get(at + 1..).unwrap_or_default();
    let options_are_letters = rest
        .get(..at)?
        .iter()
        .all(|option| option.as_str().len() > 1 && !option.as_str().contains(['m', 'c', 'W', 'X']));
    if !options_are_letters {
        return None;
    }
    let program = Program { path: path.clone(), module: None };
    match program::file_name(file.as_str()) {
        "get-pip.py" => {
            let words = words.iter().filter(|word| !word.as_str().starts_with('-')).cloned().collect();
            Some(Call::Bootstrap { program, words })
        }
        "setup.py" if words.iter().any(|word| matches!(word.as_str(), "install" | "develop")) => {
            let reason = "`setup.py` runs code of the project".to_owned();
            Some(Call::Unmodelled { program, reason })
        }
        _ => None,
    }
}
