//! Dependency groups and what they include: PEP 735.

use super::tree::{Dependency, DependencyGroup, GroupItem, Pyproject};
use crate::{
    order::SortedMap,
    pep508::canonicalize,
    text::{Parse, SyntaxError, TextRange},
};

impl Pyproject {
    /// The dependencies of a group and of all it includes, in order, each group once. Names are
    /// compared in normal form.
    ///
    /// Errors: a group that is not there, and groups that include themselves. An error about
    /// `name` itself has an empty range at the start of the file.
    #[must_use]
    pub fn group(&self, name: &str) -> Parse<Vec<&Dependency>> {
        let mut walk = Walk::new(&self.dependency_groups);
        walk.enter(name, TextRange::default());
        walk.run();
        Parse { tree: walk.found, errors: walk.errors }
    }
}

/// What is wrong with groups as a whole: names twice, cycles, includes of what is not there.
pub(super) fn check(groups: &[DependencyGroup]) -> Vec<SyntaxError> {
    let mut walk = Walk::new(groups);
    let mut first: SortedMap<String, &DependencyGroup> = SortedMap::new();
    for group in groups {
        if let Some(there) = first.get(&canonicalize(&group.name)) {
            let message = format!("`{}` and `{}` are one name", there.name, group.name);
            walk.errors.push(
                SyntaxError::new(group.name_range, message)
                    .with_hint("PEP 735 compares names in normal form"),
            );
            continue;
        }
        first.insert(canonicalize(&group.name), group);
    }
    for group in groups {
        walk.enter(&group.name, group.name_range);
        walk.run();
    }
    walk.errors
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Untouched,
    Open,
    Done,
}

/// Goes through groups depth first, each once, on a stack of its own: half-typed files may nest
/// as deep as they like.
struct Walk<'a> {
    groups: &'a [DependencyGroup],
    by_name: SortedMap<String, usize>,
    states: Vec<State>,
    /// Groups on the way, each with the index of its next item.
    stack: Vec<(usize, usize)>,
    found: Vec<&'a Dependency>,
    errors: Vec<SyntaxError>,
}

impl<'a> Walk<'a> {
    fn new(groups: &'a [DependencyGroup]) -> Self {
        // Of two groups of one name the first counts.
        let by_name =
            groups.iter().enumerate().rev().map(|(index, group)| (canonicalize(&group.name), index));
        Self {
            groups,
            by_name: by_name.collect(),
            states: vec![State::Untouched; groups.len()],
            stack: Vec::new(),
            found: Vec::new(),
            errors: Vec::new(),
        }
    }

    fn enter(&mut self, name: &str, from: TextRange) {
        let Some(&index) = self.by_name.get(&canonicalize(name)) else {
            let message = format!("there is no dependency group `{name}`");
            let known: Vec<&str> = self.groups.iter().map(|group| group.name.as_str()).take(8).collect();
            let hint = format!("there are: {}", known.join(", "));
            let error = SyntaxError::new(from, message);
            self.errors.push(if known.is_empty() { error } else { error.with_hint(hint) });
            return;
        };
        match self.states.get_mut(index) {
            Some(state @ State::Untouched) => {
                *state = State::Open;
                self.stack.push((index, 0));
            }
            Some(State::Open) => {
                let message = format!("the dependency group `{name}` includes itself");
                self.errors.push(SyntaxError::new(from, message).with_hint("remove one of the includes"));
            }
            Some(State::Done) | None => {}
        }
    }

    fn run(&mut self) {
        let groups = self.groups;
        while let Some((index, next)) = self.stack.last_mut() {
            let item = groups.get(*index).and_then(|group| group.items.get(*next));
            *next += 1;
            match item {
                Some(GroupItem::Dependency(dependency)) => self.found.push(dependency),
                Some(GroupItem::Include { group, range }) => self.enter(group.as_str(), *range),
                None => {
                    if let Some((index, _)) = self.stack.pop()
                        && let Some(state) = self.states.get_mut(index)
                    {
                        *state = State::Done;
                    }
                }
            }
        }
    }
}
