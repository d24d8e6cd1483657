//! What strategies about folders of wheels have in common.

use std::sync::Arc;

use crate::{
    findings::{Analysis, Finding},
    index::Artifact,
    order::{self, SortedMap},
    patch::{
        diagnosis::{Diagnosis, Failure},
        edit::CallSite,
    },
    pep440::{Version, VersionRange},
    pep508::{ProjectName, Requirement},
    resolve::{ConflictKind, Direct, Problem, Wanted},
    simulate::{Content, Origin, State, parent},
    text::{FileId, Location},
};

/// A call that demands the files of a folder, one of which is in the way, and the runs that wrote
/// there.
pub(super) struct Wheelhouse<'a> {
    /// Index of the finding.
    pub(super) finding: usize,
    /// The project.
    pub(super) project: &'a ProjectName,
    /// The call that demands the files.
    pub(super) install: CallSite<'a>,
    /// What that call is asked.
    problem: &'a Arc<Problem>,
    /// The folder, as the call names it.
    pub(super) folder: String,
    /// What the names of the project's files begin with: `PyYAML`.
    pub(super) stem: String,
    /// The word that demands the files: `/wheels/*`.
    pub(super) glob: Location,
    /// The runs that wrote the files of the folder, in the order of the build.
    pub(super) runs: Vec<CallSite<'a>>,
    /// The demanded versions of the project, and what wrote each.
    versions: Vec<(&'a Version, Option<Origin>)>,
    /// What the step before the call leaves.
    pub(super) state: &'a State,
}

impl<'a> Wheelhouse<'a> {
    /// One for every finding about such a call whose files come from one word.
    pub(super) fn all(diagnosis: &Diagnosis<'a>) -> Vec<Self> {
        diagnosis.wrong().filter_map(|(index, finding)| Self::of(diagnosis, index, finding)).collect()
    }

    fn of(diagnosis: &Diagnosis<'a>, finding: usize, about: &'a Finding) -> Option<Self> {
        let (analysis, install) = (diagnosis.analysis, diagnosis.site_of(about)?);
        let project = about.project.as_ref()?;
        let problem = install.call.problem.as_ref()?;
        let state = state_before(analysis, install)?;
        let demanded = || {
            problem.requirements.iter().filter_map(|root| match &root.wanted {
                Wanted::Direct(direct) => Some((direct, root.origin.location)),
                Wanted::Name(_) => None,
            })
        };
        let of_project = || demanded().filter(|(direct, _)| direct.artifact.project == *project);
        let (first, glob) = of_project().next()?;
        let glob = glob.filter(|glob| of_project().all(|(_, location)| location == Some(*glob)))?;
        let origin_of = |direct: &Direct| Some(state.files.resolved(&direct.link)?.origin);
        let mut origins: Vec<Origin> = demanded().filter_map(|(direct, _)| origin_of(direct)).collect();
        order::sort(&mut origins);
        origins.dedup();
        let site_of = |origin: &Origin| diagnosis.sites.iter().copied().find(|site| site.wrote(*origin));
        let runs: Vec<CallSite<'a>> = origins.iter().filter_map(site_of).collect();
        let mut versions: Vec<(&Version, Option<Origin>)> =
            of_project().map(|(direct, _)| (&direct.artifact.version, origin_of(direct))).collect();
        order::sort(&mut versions);
        let folder = parent(&first.link).to_owned();
        let stem = first.artifact.file_name.split_once('-').map_or(project.as_str(), |(stem, _)| stem);
        let stem = stem.to_owned();
        let house = Self { finding, project, install, problem, folder, stem, glob, runs, versions, state };
        (!house.runs.is_empty()).then_some(house)
    }

    /// What everyone in the folder who requires the project accepts.
    pub(super) fn accepted(&self) -> VersionRange {
        demanded(self.problem, self.project)
    }

    /// The demanded versions that somebody rejects; where nobody rejects any, all but the newest.
    pub(super) fn rejected(&self) -> Vec<(&'a Version, Option<Origin>)> {
        let accepted = self.accepted();
        let rejected: Vec<_> =
            self.versions.iter().copied().filter(|(version, _)| !accepted.contains(version)).collect();
        if !rejected.is_empty() {
            return rejected;
        }
        let newest = self.versions.len().saturating_sub(1);
        self.versions.get(..newest).unwrap_or_default().to_vec()
    }

    /// The runs that wrote what somebody rejects.
    pub(super) fn guilty_runs(&self) -> Vec<CallSite<'a>> {
        let rejected = self.rejected();
        let is_guilty = |site: &&CallSite<'_>| {
            rejected.iter().filter_map(|(_, origin)| *origin).any(|origin| site.wrote(origin))
        };
        self.runs.iter().filter(is_guilty).copied().collect()
    }

    /// Files of the build context that the runs read requirements from.
    pub(super) fn requirement_files(&self) -> Vec<FileId> {
        let problems = self.runs.iter().filter_map(|site| site.call.problem.as_ref());
        let mut files: Vec<FileId> = problems
            .flat_map(|problem| &problem.requirements)
            .filter(|root| !root.origin.label.is_empty())
            .filter_map(|root| Some(root.origin.location?.file))
            .collect();
        order::sort(&mut files);
        files.dedup();
        files
    }

    /// Options of the failing call that another install in the same stage should have too.
    pub(super) fn house_style(&self) -> &'static str {
        // pip takes the beginning of a long option for the option (optparse).
        let options = [("--no-cache-dir", " --no-cache-dir"), ("--no-cache", " --no-cache")];
        options.iter().find(|(option, _)| self.install.word(option).is_some()).map_or("", |(_, words)| words)
    }

    /// All files of the project that everybody accepts would go as well.
    pub(super) fn leaves_none(&self) -> bool {
        self.rejected().len() == self.versions.len()
    }
}

/// What a call itself asks of a project: by requirements, by constraints, and by what the files
/// it demands require.
pub(super) fn demanded(problem: &Problem, project: &ProjectName) -> VersionRange {
    let mut range = VersionRange::full();
    for root in &problem.requirements {
        range = match &root.wanted {
            Wanted::Name(requirement) => range.intersection(&asked(problem, requirement, project)),
            Wanted::Direct(direct) => range.intersection(&required(problem, &direct.artifact, project)),
        };
    }
    problem.constraints.iter().fold(range, |range, constraint| {
        range.intersection(&asked(problem, &constraint.requirement, project))
    })
}

/// The same, and what the wheels at hand require: of each project, some version has to do.
pub(super) fn demanded_at_hand(problem: &Problem, project: &ProjectName) -> VersionRange {
    let range = demanded(problem, project);
    let mut accepted: SortedMap<&ProjectName, VersionRange> = SortedMap::new();
    for file in &problem.find_links {
        let required = required(problem, &file.artifact, project);
        let known = accepted.entry(&file.artifact.project).or_insert_with(VersionRange::empty);
        *known = known.union(&required);
    }
    let all = accepted.values().fold(range.clone(), |range, other| range.intersection(other));
    // Not everything at hand is installed, so not everything at hand has a say.
    if all.is_empty() { range } else { all }
}

fn required(problem: &Problem, artifact: &Artifact, project: &ProjectName) -> VersionRange {
    let lines = artifact.requires_dist.as_ref().and_then(|lines| lines.requirements().ok());
    let requirements = lines.into_iter().flatten();
    requirements.fold(VersionRange::full(), |range, requirement| {
        range.intersection(&asked(problem, requirement, project))
    })
}

/// All versions, where the requirement is on another project or its marker does not hold.
fn asked(problem: &Problem, requirement: &Requirement, project: &ProjectName) -> VersionRange {
    let markers = problem.target.environment();
    if requirement.name == *project && requirement.applies(&markers, &[]).unwrap_or(false) {
        return requirement.specifiers.to_range();
    }
    VersionRange::full()
}

/// Installs that ask no index and lack a project.
pub(super) fn lacking_offline<'s, 'a>(diagnosis: &'s Diagnosis<'a>) -> impl Iterator<Item = &'s Failure<'a>> {
    let offline = diagnosis.failures.iter().filter(|failure| failure.problem.indexes.is_empty());
    offline.filter(|failure| matches!(failure.explanation.kind, ConflictKind::Unavailable(_)))
}

/// The runs that wrote the wheels an install has at hand or demands, and that may ask an index.
pub(super) fn writers<'a>(diagnosis: &Diagnosis<'a>, failure: &Failure<'a>) -> Vec<CallSite<'a>> {
    let Some(state) = state_before(diagnosis.analysis, failure.site) else { return Vec::new() };
    let demanded = failure.problem.requirements.iter().filter_map(|root| match &root.wanted {
        Wanted::Direct(direct) => Some(&direct.link),
        Wanted::Name(_) => None,
    });
    let files = failure.problem.find_links.iter().map(|file| &file.path).chain(demanded);
    let origins: Vec<Origin> = files.filter_map(|path| Some(state.files.resolved(path)?.origin)).collect();
    let may_ask =
        |site: &CallSite<'_>| site.call.problem.as_ref().is_some_and(|problem| !problem.indexes.is_empty());
    let sites = diagnosis.sites.iter().copied();
    sites.filter(|site| may_ask(site) && origins.iter().any(|origin| site.wrote(*origin))).collect()
}

/// The state before the step of a call.
pub(super) fn state_before<'a>(analysis: &'a Analysis, site: CallSite<'a>) -> Option<&'a State> {
    let stage = analysis.simulation.stages.get(site.at.stage)?;
    let previous = site.at.step.checked_sub(1).and_then(|step| stage.steps.get(step));
    Some(previous.map_or(&stage.start, |step| &step.after))
}

/// Where a whole file of the build context lies in a stage, by its path there; files that a
/// step filtered do not count.
pub(super) fn copies_of(analysis: &Analysis, file: FileId, state: &State) -> Vec<String> {
    let count = analysis.sources.text(file).lines().count();
    let is_copy = |content: &Content| match content {
        Content::Text(text) => {
            let is_of_file = |at: Location| at.file == file;
            text.lines.len() == count
                && text.lines.iter().all(|line| line.verbatim && line.origin.is_some_and(is_of_file))
        }
        _ => false,
    };
    let entries = state.files.entries.iter().filter(|(_, entry)| is_copy(&entry.content));
    entries.map(|(path, _)| path.clone()).collect()
}

/// A path as somebody in `folder` would type it.
pub(super) fn relative(path: &str, folder: &str) -> String {
    let inside = path.strip_prefix(folder.trim_end_matches('/')).and_then(|rest| rest.strip_prefix('/'));
    inside.unwrap_or(path).to_owned()
}

/// Text that a shell reads as one word: as it is where it may be, else in quotes.
pub(super) fn shell_word(text: &str) -> String {
    let is_plain = text.chars().all(|c| c.is_ascii_alphanumeric() || "-_./=,:+@%".contains(c));
    if is_plain { text.to_owned() } else { format!("\"{text}\"") }
}

/// The projects that a run names on its command line, each with its requirement.
pub(super) fn words_of(site: CallSite<'_>) -> SortedMap<ProjectName, String> {
    let roots = site.call.problem.iter().flat_map(|problem| &problem.requirements);
    let words = roots.filter(|root| root.origin.label.is_empty());
    words
        .filter_map(|root| match &root.wanted {
            Wanted::Name(requirement) => Some((requirement.name.clone(), requirement.to_string())),
            Wanted::Direct(_) => None,
        })
        .collect()
}
