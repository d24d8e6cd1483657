//! The sentences of an explanation.

use std::collections::HashSet;

use super::{
    ConflictKind, MissingFact, Problem, Sentence, Unavailable, Wanted,
    asking::{Asker, Asking, Brought, Who},
    pool::{Node, NodeId, Offered, PYTHON, Pool, Table},
};
use crate::{
    index::Artifact,
    order,
    pep440::{Version, VersionRange},
    pep508::{ProjectName, Requirement},
};

/// Versions that a list names.
const VERSIONS: usize = 3;

/// `b 3, d 2 and e 1`; at most six, then how many more.
#[must_use]
pub fn set_text(set: &[(ProjectName, Version)]) -> String {
    const SHOWN: usize = 6;
    let text = |(project, version): &(ProjectName, Version)| format!("{project} {version}");
    let mut words: Vec<String> = set.iter().take(SHOWN).map(text).collect();
    if set.len() > SHOWN {
        words.push(format!("{} more", set.len() - SHOWN));
    }
    match words.as_slice() {
        [before @ .., last] if !before.is_empty() => format!("{} and {last}", before.join(", ")),
        words => words.concat(),
    }
}

/// `a, b and 3 more`: at most so many, then how many more.
#[must_use]
pub fn listed(items: &[impl ToString], most: usize) -> String {
    let shown: Vec<String> = items.iter().take(most).map(ToString::to_string).collect();
    match items.len().saturating_sub(most) {
        0 => shown.join(", "),
        more => format!("{} and {more} more", shown.join(", ")),
    }
}

/// So many projects of which nothing is known are named in one sentence.
const SHOWN: usize = 4;

/// What would have to be known, as a sentence without a full stop.
#[must_use]
pub fn lacking(facts: &[MissingFact]) -> String {
    let projects = facts.iter().filter(|fact| fact.release.is_none() && fact.newest_listed.is_none());
    let projects: Vec<String> = projects.map(|fact| fact.project.to_string()).collect();
    let releases: Vec<String> = facts
        .iter()
        .filter_map(|fact| Some(format!("{} {}", fact.project, fact.release.as_ref()?)))
        .collect();
    let newer: Vec<String> = facts
        .iter()
        .filter_map(|fact| Some(format!("{} (up to {})", fact.project, fact.newest_listed.as_ref()?)))
        .collect();
    let said = [
        ("it is not known what ", releases, " depends on"),
        ("nothing is known about ", projects, ""),
        ("what is asked for is newer than the releases that are listed of ", newer, ""),
    ];
    let said = said.iter().filter(|(_, names, _)| !names.is_empty());
    let said: Vec<String> =
        said.map(|(before, names, after)| format!("{before}{}{after}", listed(names, SHOWN))).collect();
    said.join(", and ")
}

pub(super) fn given_up(problem: &Problem, set: &[(ProjectName, Version)]) -> String {
    format!("There {} gives up, though these suit everyone: {}.", problem.tool, set_text(set))
}

impl Asking {
    /// Who brought the asker, step by step, and what it asks.
    pub(super) fn sentences(&self, pool: &Pool<'_>, asker: &Asker) -> Vec<Sentence> {
        let mut sentences = Vec::new();
        let location = self.location(pool, &asker.who);
        if let Who::Candidates(node, _) = &asker.who {
            let mut steps = Vec::new();
            let mut node = *node;
            let mut seen = HashSet::new();
            while let Some(&brought) = self.brought.get(&node) {
                if !seen.insert(node) {
                    break;
                }
                match brought {
                    Brought::Root(number) => {
                        steps.push(Sentence { text: root_sentence(pool, number), location });
                        break;
                    }
                    Brought::Node(parent, slot) => {
                        if let Some(text) = dependency_sentence(pool, parent, slot, node) {
                            steps.push(Sentence { text, location });
                        }
                        node = parent;
                    }
                }
            }
            steps.reverse();
            sentences.extend(steps);
        }
        sentences.push(Sentence { text: self.asks(pool, asker), location });
        sentences
    }

    fn asks(&self, pool: &Pool<'_>, asker: &Asker) -> String {
        let name = pool.tables.get(self.table).map_or_else(String::new, |table| table.project.to_string());
        let marker = asker.marker.as_ref().map_or_else(String::new, |marker| format!(" where {marker}"));
        match &asker.who {
            Who::Root(number) => root_sentence(pool, *number),
            Who::Constraint(_) => {
                format!("{} bounds {name}{}.", capital(&requirer(pool, asker)), asker.specifier)
            }
            Who::Candidates(..) if self.table == PYTHON => {
                format!("{} requires Python {}.", requirer(pool, asker), asker.specifier)
            }
            Who::Candidates(_, slots) if slots.len() > 1 => {
                let range = if asker.range.is_full() { String::new() } else { format!(" {}", asker.range) };
                format!("{} asks for {name}{range}{marker}.", capital(&requirer(pool, asker)))
            }
            Who::Candidates(..) => {
                format!("{} asks for {name}{}{marker}.", requirer(pool, asker), asker.specifier)
            }
        }
    }

    /// How the chain ends, so far as ranges and candidates go.
    pub(super) fn end(
        &self,
        pool: &Pool<'_>,
        kind: &ConflictKind,
        overlap: &VersionRange,
        guilty: usize,
    ) -> String {
        let Some(table) = pool.tables.get(self.table) else { return String::new() };
        let name = &table.project;
        let wanted = if overlap.is_full() { name.to_string() } else { format!("{name} {overlap}") };
        let allow = if guilty > 1 { "They all allow" } else { "That allows" };
        match kind {
            ConflictKind::Disjoint => format!("No version of {name} is in all of these ranges."),
            ConflictKind::Duplicate => {
                format!("One environment holds one {name}, so both files cannot be had.")
            }
            ConflictKind::GivenUp(set) => given_up(pool.problem, set),
            ConflictKind::Unavailable(reason) => match reason {
                Unavailable::NoProject => format!("{allow} {wanted}, but nothing offers {name} at all."),
                Unavailable::NotInWheelhouse => {
                    format!("{allow} {wanted}, but the folders offer {}.", offered(table))
                }
                Unavailable::NoRelease => format!("{allow} {wanted}, but there is no such release."),
                Unavailable::NoFileForTarget(versions) => format!(
                    "{allow} {wanted}, but no file of {name} {} may be used on {}.",
                    listed(versions, VERSIONS),
                    pool.problem.target
                ),
                Unavailable::RequiresPython { version, specifiers } if self.table == PYTHON => {
                    format!("This is Python {version}, which is not {specifiers}.")
                }
                Unavailable::RequiresPython { version, specifiers } => format!(
                    "{allow} {wanted}, but {name} {version} requires Python {specifiers}, and this is {}.",
                    pool.python
                ),
                Unavailable::OnlyYanked(versions) => {
                    format!(
                        "{allow} {wanted}, but {} was taken back by its authors.",
                        listed(versions, VERSIONS)
                    )
                }
                Unavailable::InstalledInTheWay(version) => {
                    format!("{allow} {wanted}, but {name} {version} is installed and nothing offers another.")
                }
                Unavailable::InvalidMetadata { version, line } => {
                    let tool = &pool.problem.tool;
                    // Only what the older ones do take is a reason to go back to them.
                    let cure = if Requirement::parse_legacy(line).is_ok() {
                        " and passes it over; pip before 24.1 takes it, so pip<24.1 would do"
                    } else {
                        " and passes it over"
                    };
                    format!(
                        "{allow} {wanted}, but {name} {version} asks for `{line}`, which {tool} does not read as a requirement{cure}."
                    )
                }
                Unavailable::Dependencies => {
                    format!("{allow} {wanted}, but each such release asks for something that cannot be had.")
                }
            },
        }
    }
}

pub(super) fn requirer(pool: &Pool<'_>, asker: &Asker) -> String {
    match &asker.who {
        Who::Root(number) => root_text(pool.problem, *number),
        Who::Constraint(number) => {
            let label =
                pool.problem.constraints.get(*number).map_or("", |constraint| &constraint.origin.label);
            if label.is_empty() { "a constraint".to_owned() } else { plain(label) }
        }
        Who::Candidates(node, slots) => candidates_text(pool, *node, slots),
    }
}

/// `chatterbox-tts 0.1.4`, or `every flask 2.0.0 to 2.3.3` where any of several would do.
fn candidates_text(pool: &Pool<'_>, node: NodeId, slots: &[u32]) -> String {
    let Some(Node { table, extras, .. }) = pool.nodes.get(node) else { return String::new() };
    let Some(table) = pool.tables.get(*table) else { return String::new() };
    let mut versions: Vec<&Version> =
        slots.iter().filter_map(|&slot| table.slots.get(slot as usize)).map(|slot| &slot.version).collect();
    order::sort(&mut versions);
    // An installed one may be offered as well.
    versions.dedup();
    match versions.as_slice() {
        [] => table.project.to_string(),
        [version] => package_text(&table.project, version, extras.iter().map(AsRef::as_ref)),
        [first, .., last] => format!("every {} from {first} to {last} that is left", table.project),
    }
}

pub(super) fn package_text<'e>(
    project: &ProjectName,
    version: &Version,
    extras: impl Iterator<Item = &'e str>,
) -> String {
    let extras: Vec<&str> = extras.collect();
    if extras.is_empty() {
        format!("{project} {version}")
    } else {
        format!("{project}[{}] {version}", extras.join(","))
    }
}

pub(super) fn root_text(problem: &Problem, number: usize) -> String {
    let Some(root) = problem.requirements.get(number) else { return String::new() };
    match &root.wanted {
        Wanted::Direct(direct) => direct.link.clone(),
        Wanted::Name(_) if root.origin.label.is_empty() => "the command line".to_owned(),
        Wanted::Name(_) => plain(&root.origin.label),
    }
}

/// A sentence that begins with a word of ours begins with a capital; names of files and packages
/// stay as they are.
pub(super) fn capital(text: &str) -> String {
    for (word, capital) in [("the ", "The "), ("a ", "A "), ("every ", "Every ")] {
        if let Some(rest) = text.strip_prefix(word) {
            return format!("{capital}{rest}");
        }
    }
    text.to_owned()
}

/// `-r requirements.txt (line 2)` as `requirements.txt line 2`.
pub(super) fn plain(label: &str) -> String {
    let label = label.strip_prefix("-r ").or_else(|| label.strip_prefix("-c ")).unwrap_or(label);
    match label.strip_suffix(')').and_then(|label| label.rsplit_once(" (")) {
        Some((file, line)) => format!("{file} {line}"),
        None => label.to_owned(),
    }
}

fn root_sentence(pool: &Pool<'_>, number: usize) -> String {
    let Some(root) = pool.problem.requirements.get(number) else { return String::new() };
    match &root.wanted {
        Wanted::Direct(direct) => {
            let Artifact { project, version, .. } = &*direct.artifact;
            format!("{} is asked for as it is: {project} {version} and no other.", direct.link)
        }
        Wanted::Name(requirement) => {
            format!("{} asks for {requirement}.", capital(&root_text(pool.problem, number)))
        }
    }
}

fn dependency_sentence(pool: &Pool<'_>, node: NodeId, slot: u32, on: NodeId) -> Option<String> {
    let from = pool.nodes.get(node)?;
    let to = pool.nodes.get(on)?;
    if from.table == to.table {
        return None;
    }
    Some(format!("{} asks for {}.", candidates_text(pool, node, &[slot]), to.text))
}

fn offered(table: &Table) -> String {
    let Offered::Slots { slots, .. } = &table.offered else { return "none".to_owned() };
    let versions: Vec<Version> = slots
        .iter()
        .filter_map(|slot| table.slots.get(slot as usize))
        .map(|slot| slot.version.clone())
        .collect();
    if versions.is_empty() {
        format!("no {}", table.project)
    } else {
        format!("only {}", listed(&versions, VERSIONS))
    }
}
