use std::sync::Arc;

use super::{
    Rule,
    conflict::{self, Cause},
};
use crate::{
    findings::{CallFact, Facts, Finding, Party, PartyKind, Sentence, Verdict},
    index::Artifact,
    order,
    pep440::{Prereleases, Version},
    pep508::{Environment, ProjectName, Requirement},
    resolve::{Direct, Problem, Wanted},
    simulate::{Content, Entry, parent},
    text::Location,
};

/// Two files of one project demanded at once (PIP_RULES 1 and 2).
pub(super) const RULE: Rule = Rule { id: "duplicate-wheels", page: page!("duplicate-wheels.md"), check };

fn check(facts: &Facts<'_>) -> Vec<Finding> {
    let duplicates = facts.calls.iter().filter_map(|fact| {
        let explanation = fact.explanation.as_ref()?;
        (conflict::cause(facts, fact, explanation) == Cause::Duplicate).then_some((fact, explanation))
    });
    duplicates
        .map(|(fact, explanation)| {
            let case = Case::new(facts, fact, &explanation.project);
            let mut finding =
                conflict::finding(RULE.id, Verdict::Duplicate, case.message(), explanation, fact);
            finding.why = case.why();
            finding.guilty = case.guilty();
            finding.innocent = case.innocent();
            finding.related = finding.why.iter().filter_map(|sentence| sentence.location).collect();
            finding.related.dedup();
            finding.hints = case.hints(fact);
            finding
        })
        .collect()
}

/// Files of one project that one call demands, and who asks for that project.
struct Case<'a> {
    facts: &'a Facts<'a>,
    project: &'a ProjectName,
    files: Vec<DemandedFile<'a>>,
    requirers: Vec<Requirer<'a>>,
}

struct DemandedFile<'a> {
    direct: &'a Direct,
    entry: Option<&'a Entry>,
    /// The word that demands it.
    location: Option<Location>,
}

/// A package among the demanded files that requires the project.
struct Requirer<'a> {
    artifact: &'a Artifact,
    requirement: &'a Requirement,
    entry: Option<&'a Entry>,
}

impl Requirer<'_> {
    /// `chatterbox-tts 0.1.4`.
    fn name(&self) -> String {
        format!("{} {}", self.artifact.project, self.artifact.version)
    }
}

fn accepts(requirer: &Requirer<'_>, version: &Version) -> bool {
    requirer.requirement.specifiers.contains(version, Prereleases::Allow)
}

impl<'a> Case<'a> {
    fn new(facts: &'a Facts<'a>, fact: &'a CallFact<'a>, project: &'a ProjectName) -> Self {
        let mut case = Self { facts, project, files: Vec::new(), requirers: Vec::new() };
        let Some(problem) = &fact.call.problem else { return case };
        let markers = problem.target.environment();
        for (direct, location) in demanded(problem) {
            let entry = fact.before.files.resolved(&direct.link);
            if direct.artifact.project == *project {
                case.files.push(DemandedFile { direct, entry, location });
            }
            if let Some(requirement) = requirement_on(&direct.artifact, project, &markers) {
                case.requirers.push(Requirer { artifact: &direct.artifact, requirement, entry });
            }
        }
        order::sort_by(&mut case.files, |a, b| a.direct.artifact.version.cmp(&b.direct.artifact.version));
        case
    }

    fn versions(&self) -> Vec<&Version> {
        self.files.iter().map(|file| &file.direct.artifact.version).collect()
    }

    /// The one glob that demands all the files, as written.
    fn glob(&self) -> Option<(Location, &'a str)> {
        let first = self.files.first()?.location?;
        let same = self.files.iter().all(|file| file.location == Some(first));
        same.then(|| (first, self.facts.sources.slice(first)))
    }

    fn message(&self) -> String {
        let project = self.project;
        let mut versions: Vec<String> = self.versions().into_iter().map(Version::to_string).collect();
        let count = versions.len();
        versions.dedup();
        let what = match versions.as_slice() {
            [one] => format!("{count} files of {project} {one}"),
            [a, b] if count == 2 => format!("two versions of {project}, {a} and {b}"),
            versions => format!("{count} versions of {project}, {}", versions.join(", ")),
        };
        let all = if count == 2 { "both" } else { "all of them" };
        match self.glob() {
            Some((_, glob)) => {
                let folder = self.files.first().map_or("", |file| parent(&file.direct.link));
                format!("{folder} holds {what}, and {glob} asks pip to install {all}.")
            }
            None => format!("This call asks pip to install {what}."),
        }
    }

    /// A constraint here looks like a cure, and is none (PIP_RULES 16).
    fn hints(&self, fact: &CallFact<'_>) -> Vec<String> {
        let mut constraints = fact.call.problem.iter().flat_map(|problem| &problem.constraints);
        let bounded = constraints.any(|constraint| constraint.requirement.name == *self.project);
        let hint = format!(
            "The constraint on {} comes too late here: give it to the runs that build the wheels.",
            self.project
        );
        bounded.then_some(hint).into_iter().collect()
    }

    fn why(&self) -> Vec<Sentence> {
        let mut why = Vec::new();
        if let Some((location, glob)) = self.glob() {
            let count = self.files.len();
            let project = self.project;
            let text =
                format!("The shell turns {glob} into one requirement a file, {count} of them {project}.");
            why.push(Sentence::new(text, Some(location)));
        }
        for file in &self.files {
            why.extend(self.birth(file));
        }
        let accepted = self.accepted_by_all();
        if let Some(version) = accepted {
            let project = self.project;
            let text = match self.requirers.as_slice() {
                [] => format!("Nothing here asks for more than one of them; {project} {version} would do."),
                _ => format!("Their ranges do overlap: {project} {version} suits everyone."),
            };
            why.push(Sentence::new(text, None));
        }
        why
    }

    /// Which run wrote a file, and for whom.
    fn birth(&self, file: &DemandedFile<'_>) -> Option<Sentence> {
        let entry = file.entry?;
        let (fact, project, version) = (self.writer(entry)?, self.project, &file.direct.artifact.version);
        let line = self.facts.line(fact.location());
        let Content::Artifact { requested_by, .. } = &entry.content else { return None };
        // Who keeps it at this version says more than whoever came first.
        let capping = self.requirers.iter().find(|requirer| {
            accepts(requirer, version) && !self.versions().into_iter().all(|other| accepts(requirer, other))
        });
        let asked = match capping {
            Some(requirer) => {
                format!(": {} asks for {project}{}", requirer.name(), requirer.requirement.specifiers)
            }
            None => requested_by.first().map_or_else(String::new, |by| format!(" for {by}")),
        };
        let unseen = self.requirers.iter().find(|requirer| !accepts(requirer, version));
        let text = match unseen {
            Some(requirer) => format!(
                "Line {line} wrote {project} {version}{asked}. It resolves alone, and never saw the {} of {}.",
                requirer.requirement.specifiers,
                requirer.name()
            ),
            None => format!("Line {line} wrote {project} {version}{asked}."),
        };
        Some(Sentence::new(text, Some(fact.location())))
    }

    fn writer(&self, entry: &Entry) -> Option<&CallFact<'a>> {
        let origin = entry.origin;
        self.facts.call(origin.stage, origin.step?, origin.call?)
    }

    /// The newest of the demanded versions that every requirer accepts.
    fn accepted_by_all(&self) -> Option<&Version> {
        let suits_all = |version: &&Version| self.requirers.iter().all(|requirer| accepts(requirer, version));
        self.versions().into_iter().rev().find(suits_all)
    }

    /// The runs that wrote what some requirer rejects; where nobody rejects any, all but the one
    /// that wrote the newest. And the glob.
    fn guilty(&self) -> Vec<Party> {
        let wanted = self.accepted_by_all();
        let mut guilty: Vec<Party> = self
            .files
            .iter()
            .filter(|file| Some(&file.direct.artifact.version) != wanted)
            .filter_map(|file| {
                let fact = self.writer(file.entry?)?;
                Some(Party::new(
                    PartyKind::Run,
                    fact.call.command.clone(),
                    format!("{} {}", self.project, file.direct.artifact.version),
                    Some(fact.location()),
                ))
            })
            .collect();
        guilty.dedup();
        match self.glob() {
            Some((location, glob)) => {
                guilty.push(Party::new(PartyKind::File, glob.to_owned(), String::new(), Some(location)))
            }
            None => guilty.extend(self.files.iter().map(|file| {
                Party::new(PartyKind::File, file.direct.link.clone(), String::new(), file.location)
            })),
        }
        guilty
    }

    /// Those who require the project and accept every one of the versions.
    fn innocent(&self) -> Vec<Party> {
        let versions = self.versions();
        let accepts_all =
            |requirer: &&Requirer<'_>| versions.iter().all(|version| accepts(requirer, version));
        self.requirers
            .iter()
            .filter(accepts_all)
            .map(|requirer| {
                Party::new(
                    PartyKind::Requirement,
                    requirer.name(),
                    requirer.requirement.specifiers.to_string(),
                    requirer.entry.and_then(|entry| entry.location),
                )
            })
            .collect()
    }
}

/// Files demanded by a call, and the words that demand them.
fn demanded(problem: &Arc<Problem>) -> impl Iterator<Item = (&Direct, Option<Location>)> {
    problem.requirements.iter().filter_map(|root| match &root.wanted {
        Wanted::Direct(direct) => Some((direct, root.origin.location)),
        Wanted::Name(_) => None,
    })
}

/// What a package requires of a project on this target.
pub(super) fn requirement_on<'a>(
    artifact: &'a Artifact,
    project: &ProjectName,
    markers: &Environment,
) -> Option<&'a Requirement> {
    let requirements = artifact.requires_dist.as_ref()?.requirements().ok()?;
    requirements.iter().map(AsRef::as_ref).find(|requirement: &&Requirement| {
        requirement.name == *project && requirement.applies(markers, &[]).unwrap_or(false)
    })
}
