//! What the package managers of distributions have in common: Python, pip and a compiler that
//! they bring or take.

use super::call::{Answer, Invocation, PackageTools};
use crate::{
    model::{Distribution, EnvironmentKind},
    pep508::PythonVersion,
    simulate::{
        Content, Entry, Environment, Program, ProgramKind, Skipped, State,
        base::{ADDUSER, USERADD},
        environments::distribution_python,
        files::join,
    },
};

/// Packages that are, or depend on, a C compiler (Debian, Alpine, Fedora).
const COMPILERS: [&str; 8] =
    ["build-essential", "build-base", "alpine-sdk", "gcc", "g++", "gcc-c++", "clang", "gfortran"];

/// A package manager at work.
pub(super) struct Manager<'a, 'i> {
    pub(super) tools: &'a PackageTools<'i>,
    pub(super) invocation: &'a Invocation<'i>,
    pub(super) state: &'a mut State,
    skipped: Vec<Skipped>,
}

/// The package's name without what says which version, architecture or suite.
pub(super) fn bare(package: &str) -> &str {
    package.split(['=', '/', ':', '~', '<', '>', '@']).next().unwrap_or(package)
}

impl<'a, 'i> Manager<'a, 'i> {
    pub(super) fn new(
        tools: &'a PackageTools<'i>,
        invocation: &'a Invocation<'i>,
        state: &'a mut State,
    ) -> Self {
        Self { tools, invocation, state, skipped: Vec::new() }
    }

    /// Its answer: it is taken to succeed.
    pub(super) fn done(self) -> Answer {
        Answer { skipped: self.skipped, ..Answer::done() }
    }

    /// Packages come, a C compiler perhaps among them.
    pub(super) fn installs(&mut self, packages: &[&str]) {
        self.state.packages_added |= !packages.is_empty();
        let is_compiler = |package: &&str| {
            let name = bare(package);
            let stem = name.trim_end_matches(|c: char| c.is_ascii_digit() || c == '-' || c == '.');
            COMPILERS.contains(&name) || COMPILERS.contains(&stem)
        };
        if packages.iter().any(is_compiler) {
            self.state.compiler = Some(true);
        }
    }

    /// Packages come, and what they need: users' programs may be among it, and the distribution's
    /// Python, whose packages make its folder in `/usr/local/lib`.
    pub(super) fn come(&mut self, packages: &[&str]) {
        self.installs(packages);
        let programs = [(ADDUSER, "adduser"), (USERADD, "shadow")];
        for (path, package) in programs {
            let alpine = matches!(self.state.distribution, Distribution::Alpine(_));
            if packages.iter().any(|name| bare(name) == package) {
                let content = Content::Opaque(format!("a program of the package {package}"));
                self.state.files.insert(path, Entry::new(content, self.invocation.origin));
            } else if !packages.is_empty()
                && (!alpine || packages.iter().any(|name| name.starts_with(package)))
            {
                self.state.files.unlist(path);
            }
        }
        if let Some(own) = self.state.distribution.python() {
            self.state.files.unlist(&format!("/usr/local/lib/python{}.{}", own.version.0, own.version.1));
        }
    }

    /// What comes is not listed: it may hold a compiler.
    pub(super) fn may_bring_compiler(&mut self) {
        self.state.compiler = None;
        self.state.packages_added = true;
    }

    /// Packages go: a compiler may be among what is taken with them, and so may the packages of
    /// the distribution's Python.
    pub(super) fn removed(&mut self, packages: &[&str]) {
        if self.state.compiler == Some(true) {
            self.state.compiler = None;
        }
        if packages.iter().any(|package| package.starts_with("python3") || *package == "python") {
            self.touched("packages of the distribution's Python are removed");
        }
    }

    /// The distribution's own Python comes, with its `pip` or without.
    pub(super) fn add_own(&mut self, pip: bool) {
        distribution_python(self.state, pip, self.tools.index, self.invocation.origin);
    }

    /// A Python of another version comes beside it.
    pub(super) fn add_versioned(&mut self, version: PythonVersion) {
        let own = self.state.distribution.python();
        if own.is_some_and(|own| own.version == (version.major, version.minor)) {
            self.add_own(false);
            return;
        }
        let origin = self.invocation.origin;
        let name = format!("python{}.{}", version.major, version.minor);
        let root = format!("/usr/lib/{name}");
        self.state
            .environments
            .entry(root.clone())
            .or_insert_with(|| Environment::new(EnvironmentKind::System, Some(version), origin));
        self.add_program(&name, root);
    }

    /// A Python by one more name.
    pub(super) fn add_program(&mut self, name: &str, environment: String) {
        let program = Program { kind: ProgramKind::Python, environment };
        let entry = Entry::new(Content::Program(program), self.invocation.origin);
        self.state.files.insert(&join("/usr/bin", name), entry);
    }

    /// Packages of the distribution's Python are not known any more.
    pub(super) fn touched(&mut self, reason: &str) {
        let location = self.invocation.location;
        if self.state.environments.contains_key("/usr") {
            self.state.touch_environment("/usr", reason, location);
        } else if self.state.distribution == Distribution::Unknown {
            self.unknown_python(reason);
            return;
        } else {
            return;
        }
        self.skip(reason);
    }

    /// A Python may come of which nothing is known.
    pub(super) fn unknown_python(&mut self, reason: &str) {
        self.state.touch_environments(reason, self.invocation.location);
        self.state.unknown_programs.get_or_insert_with(|| reason.to_owned());
        self.state.files.unlisted.get_or_insert_with(|| reason.to_owned());
        self.skip(reason);
    }

    fn skip(&mut self, reason: &str) {
        let location = self.invocation.location;
        self.skipped.push(Skipped { location, reason: reason.to_owned(), touches_packages: true });
    }
}
