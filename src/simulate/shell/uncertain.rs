//! Commands that may run or not.

use super::{
    Flow, Shell,
    value::{Outcome, Stream, Variable},
};
use crate::{
    order::SortedSet,
    shell::expand::Value,
    simulate::{Certainty, Content, Entry, Environment, State, files::parent},
    text::Location,
};

impl<'w, 'x> Shell<'w, 'x> {
    /// Runs what may be run or not.
    pub(super) fn perhaps(
        &mut self,
        reason: &str,
        place: Option<Location>,
        run: impl FnOnce(&mut Self) -> Outcome,
    ) -> Outcome {
        let mut run = Some(run);
        let mut runs = |shell: &mut Self| match run.take() {
            Some(run) => run(shell),
            None => Outcome::status(0),
        };
        // What is not run prints nothing, and its status is the caller's to judge.
        let mut idle = None;
        let ran =
            self.ways(reason, place, &mut [&mut runs, &mut |_: &mut Self| Outcome::default()], &mut idle);
        let printed = ran.stdout != Stream::default();
        let stdout = if printed { Stream::unknown(reason) } else { Stream::default() };
        Outcome { status: idle.flatten(), stdout, stderr: Stream::unknown(reason) }
    }

    /// Runs each of the ways that are open, from one beginning, and keeps what they agree on.
    pub(super) fn either(
        &mut self,
        reason: &str,
        place: Option<Location>,
        ways: &mut [&mut dyn FnMut(&mut Self) -> Outcome],
    ) -> Outcome {
        let mut first = None;
        self.ways(reason, place, ways, &mut first)
    }

    /// `first` becomes the status of the first way.
    fn ways(
        &mut self,
        reason: &str,
        place: Option<Location>,
        ways: &mut [&mut dyn FnMut(&mut Self) -> Outcome],
        first: &mut Option<Option<i32>>,
    ) -> Outcome {
        if let Err(why) = self.world.budget.hold(2 * self.process.weight()) {
            return self.give_up(why, place);
        }
        let state = self.world.state.clone();
        let process = self.process.clone();
        let (calls, missing) = (self.world.calls.len(), self.world.missing.len());
        let mut merged: Option<(State, super::Process, Outcome)> = None;
        let mut called = false;
        let mut flows = Vec::new();
        let mut left = self.perhaps_left.take();
        for way in ways {
            self.world.state = state.clone();
            self.process = process.clone();
            let outcome = way(self);
            first.get_or_insert(outcome.status);
            let flow = std::mem::replace(&mut self.flow, Flow::Next);
            left = self.perhaps_left.take().or(left);
            // A way that ends the script is taken to be the one that fails the build.
            if flow == Flow::Exit && outcome.status != Some(0) {
                continue;
            }
            flows.push(flow);
            called |= self.world.calls.len() > calls;
            self.world.calls.truncate(calls);
            self.world.missing.truncate(missing);
            let ended = std::mem::replace(&mut self.world.state, state.clone());
            merged = Some(match merged {
                None => (ended, self.process.clone(), outcome),
                Some((other, mut process, before)) => {
                    for (name, variable) in &self.process.variables {
                        if process.variables.get(name) != Some(variable) {
                            let value = Value::Unknown(reason.to_owned());
                            let variable = Variable { value, exported: variable.exported };
                            process.variables.insert(name.clone(), variable);
                        }
                    }
                    let agreed = Outcome {
                        status: before.status.filter(|status| outcome.status == Some(*status)),
                        stdout: agreed(before.stdout, outcome.stdout, reason),
                        stderr: agreed(before.stderr, outcome.stderr, reason),
                    };
                    (merge(other, ended, reason, place), process, agreed)
                }
            });
        }
        self.world.calls.truncate(calls);
        let Some((ended, process, outcome)) = merged else {
            // Every way ends the script.
            self.world.state = state;
            self.process = process;
            self.flow = Flow::Exit;
            return Outcome::unknown(reason);
        };
        match flows.iter().find(|flow| **flow != Flow::Next) {
            Some(flow) if flows.iter().all(|other| other == flow) => self.flow = *flow,
            Some(flow) => left = Some((*flow, reason.to_owned())),
            None => {}
        }
        self.perhaps_left = left;
        let touched = called || differs(&state, &ended);
        let copied = if ended.files.entries.is_same(&state.files.entries) { 0 } else { ended.files.weight() };
        self.world.state = ended;
        self.process = process;
        if touched {
            self.skip(place, reason, true);
        }
        match self.world.budget.hold(copied) {
            Ok(()) => outcome,
            Err(why) => self.give_up(why, place).after(outcome),
        }
    }
}

fn agreed(a: Stream, b: Stream, reason: &str) -> Stream {
    if a == b { a } else { Stream::unknown(reason) }
}

/// Environments differ in what is certain of them.
fn differs(a: &State, b: &State) -> bool {
    a.environments.len() != b.environments.len()
        || a.environments.iter().any(|(root, environment)| {
            b.environments.get(root).is_none_or(|other| !same_environment(environment, other))
        })
}

fn same_environment(a: &Environment, b: &Environment) -> bool {
    let versions = |environment: &Environment| -> Vec<(String, Vec<String>)> {
        environment
            .packages
            .iter()
            .map(|(name, installed)| {
                (name.to_string(), installed.iter().map(|one| one.version.to_string()).collect())
            })
            .collect()
    };
    a.certainty == b.certainty && versions(a) == versions(b)
}

fn same_content(a: &Content, b: &Content) -> bool {
    match (a, b) {
        (Content::Folder, Content::Folder) => true,
        (Content::Text(a), Content::Text(b)) => a == b,
        (Content::Artifact { artifact: a, .. }, Content::Artifact { artifact: b, .. }) => {
            a.file_name == b.file_name
        }
        (Content::Link(a), Content::Link(b)) => a == b,
        (Content::Program(a), Content::Program(b)) => a == b,
        (Content::Opaque(_), Content::Opaque(_)) => true,
        _ => false,
    }
}

/// What two ways leave alike; the rest is uncertain.
fn merge(a: State, mut b: State, reason: &str, place: Option<Location>) -> State {
    let (own, others) = (&a.files.entries, &b.files.entries);
    let paths: SortedSet<String> = if own.is_same(others) {
        SortedSet::new()
    } else {
        own.keys().chain(others.keys()).cloned().collect()
    };
    for path in paths {
        match (a.files.entries.get(&path), b.files.entries.get(&path)) {
            (Some(one), Some(other)) if same_content(&one.content, &other.content) => {}
            (Some(_), Some(other)) => {
                let entry = Entry { content: Content::Opaque(reason.to_owned()), ..other.clone() };
                b.files.entries.insert(path, entry);
            }
            _ => {
                // There or not: neither the path nor the folder's list of files is certain.
                b.files.entries.remove(&path);
                let folder = parent(&path).to_owned();
                b.files.uncertain.entry(folder).or_insert_with(|| reason.to_owned());
            }
        }
    }
    for (folder, why) in a.files.unlisted_below {
        b.files.unlisted_below.entry(folder).or_insert(why);
    }
    b.packages_added |= a.packages_added;
    b.files.unlisted = b.files.unlisted.or(a.files.unlisted);
    for (folder, why) in a.files.uncertain {
        b.files.uncertain.entry(folder).or_insert(why);
    }
    let uncertain = Certainty::Uncertain { reason: reason.to_owned(), location: place };
    for (root, environment) in b.environments.iter_mut() {
        if a.environments.get(root).is_none_or(|other| !same_environment(environment, other)) {
            environment.certainty = uncertain.clone();
        }
    }
    for (root, environment) in a.environments {
        b.environments
            .entry(root)
            .or_insert_with(|| Environment { certainty: uncertain.clone(), ..environment });
    }
    b.pip_config.retain(|key, value| a.pip_config.get(key) == Some(value));
    b
}
