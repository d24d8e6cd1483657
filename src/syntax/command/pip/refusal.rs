//! What pip refuses after it has parsed its command line, before it looks for any package.

use super::{
    super::{Argument, UsageError},
    call::{PipCall, PipCommand, PipInstall},
};

impl PipCall {
    /// Why pip refuses to begin, although every option is one: nothing to install, or options
    /// that exclude each other. It exits with 1 then.
    #[must_use]
    pub fn refusal(&self) -> Option<UsageError> {
        let refuse = |message: &str, argument: Option<&Argument>| {
            Some(UsageError { message: message.to_owned(), exit_code: 1, argument: argument.cloned() })
        };
        let (name, install) = match &self.command {
            PipCommand::Install(install) => ("install", install),
            PipCommand::Wheel(install) => ("wheel", install),
            PipCommand::Download(install) => ("download", install),
            PipCommand::Lock(install) => ("lock", install),
            PipCommand::Uninstall(call) if call.packages.is_empty() && call.requirement_files.is_empty() => {
                let message =
                    "You must give at least one requirement to uninstall (see \"pip help uninstall\")";
                return refuse(message, None);
            }
            _ => return None,
        };
        let user = install.user.as_ref().filter(|flag| flag.on);
        if let Some(user) = user {
            if install.target.is_some() {
                return refuse("Can not combine '--user' and '--target'", user.given.as_ref());
            }
            if install.prefix.is_some() {
                let message = "Can not combine '--user' and '--prefix' as they imply different installation \
                               locations";
                return refuse(message, user.given.as_ref());
            }
        }
        if !install.build_constraint_files.is_empty() && !install.build_isolation.on {
            let message = "--build-constraint cannot be used with --no-build-isolation.";
            return refuse(message, install.build_isolation.given.as_ref());
        }
        if let Some(restriction) = install.restriction() {
            let format = &install.index.format_control;
            let only_binary = format.no_binary.is_empty() && format.only_binary.iter().eq([":all:"]);
            if !only_binary && !install.no_deps.on {
                let message = "When restricting platform and interpreter constraints using --python-version, \
                               --platform, --abi, or --implementation, either --no-deps must be set, or \
                               --only-binary=:all: must be set and --no-binary must not be set (or must be set \
                               to :none:).";
                return refuse(message, Some(restriction));
            }
            if name == "install" && !install.dry_run.on && install.target.is_none() {
                let message = "Can not use any platform or abi specific options unless installing via \
                               '--target' or using '--dry-run'";
                return refuse(message, Some(restriction));
            }
        }
        let release = &install.index.release_control;
        if install.index.pre.on && !(release.all_releases.is_empty() && release.only_final.is_empty()) {
            let message = "--pre cannot be used with --all-releases or --only-final.";
            return refuse(message, install.index.pre.given.as_ref());
        }
        if install.asks_for_nothing() {
            let links: Vec<&str> = install.index.find_links.iter().map(Argument::as_str).collect();
            let hint = if links.is_empty() {
                format!("see \"pip help {name}\"")
            } else {
                format!("maybe you meant \"pip {name} {}\"?", links.join(" "))
            };
            return refuse(&format!("You must give at least one requirement to {name} ({hint})"), None);
        }
        None
    }
}

impl PipInstall {
    /// The option that asks for another target than the running Python.
    fn restriction(&self) -> Option<&Argument> {
        let version =
            self.python_version.as_ref().filter(|(_, parts)| !parts.is_empty()).map(|(word, _)| word);
        version.or(self.platforms.first()).or(self.abis.first()).or(self.implementation.as_ref())
    }

    fn asks_for_nothing(&self) -> bool {
        [&self.requirements, &self.requirement_files, &self.editables, &self.groups, &self.scripts]
            .into_iter()
            .all(Vec::is_empty)
    }
}
