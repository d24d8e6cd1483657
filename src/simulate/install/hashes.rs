//! Hash-checking mode: all requirements have a `--hash`, or none need one.
//!
//! The digests of published files are not known, so none are compared: only what is missing, and
//! what can be the digest of nothing, is refused (pip's `RequirementPreparer._get_linked_req_hashes`
//! and `make_install_req_from_link`; uv's `HashStrategy::require`).

use super::{
    gather::absolute,
    outcome::{Stop, Unknown},
};
use crate::{
    index::Known,
    pep440::{Operator, Specifiers, Version},
    pep508::{ProjectName, Requirement},
    resolve::{Asked, Edge, Pick, PickSource, Problem, Requirer, RootRequirement, Selection, Tool, Wanted},
    simulate::{Failure, State},
    text::Location,
};

/// The hashes that a call gives, and whether it has to give them.
#[derive(Debug, Default)]
pub(super) struct Hashes {
    /// `--require-hashes`, on the command line or in a file.
    pub(super) required: bool,
    /// `--no-require-hashes`.
    pub(super) not_required: bool,
    /// Of each of [`Problem::requirements`].
    pub(super) of_requirements: Vec<Given>,
    /// Of each of [`Problem::constraints`].
    pub(super) of_constraints: Vec<Given>,
}

/// The hashes of one requirement.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Given {
    /// `--hash` options.
    options: bool,
    /// One of them, or a fragment of its address, may be the digest of a file.
    possible: bool,
    /// `#sha256=...` in its address, which asks for no mode.
    fragment: bool,
}

impl Given {
    /// By the options of a line, and its address.
    pub(super) fn new(options: &[(String, String)], word: &str) -> Self {
        let is_possible = |(algorithm, digest): &(String, String)| {
            let length = match algorithm.as_str() {
                "sha256" => 64,
                "sha384" => 96,
                _ => 128,
            };
            digest.len() == length && digest.bytes().all(|byte| byte.is_ascii_hexdigit())
        };
        let fragment = word.split_once('#').is_some_and(|(_, fragment)| {
            let algorithms = ["sha1", "sha224", "sha256", "sha384", "sha512", "md5"];
            let mut parts = fragment.split('&').filter_map(|part| part.split_once('='));
            parts.any(|(name, _)| algorithms.contains(&name))
        });
        let options_possible = options.iter().any(is_possible);
        Self { options: !options.is_empty(), possible: fragment || options_possible, fragment }
    }

    fn any(self) -> bool {
        self.options || self.fragment
    }
}

/// What the mode wants of one requirement and does not find.
struct Lack {
    /// The requirement as the subject of a sentence, and what it lacks.
    said: String,
    kind: LackKind,
    location: Option<Location>,
    /// pip ends with 1; uv with 2 before it looks for a package.
    exit_code: i32,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum LackKind {
    Hash,
    /// A constraint has one, which does not count yet.
    HashBesideConstraint,
    Pin,
    Folder,
    Digest,
}

/// The first pip that takes a hash for a range, and that of a constraint for its project's.
const TAKES_RANGES: [u64; 2] = [26, 1];

impl Hashes {
    /// Whether everything needs a hash.
    fn is_mode(&self, problem: &Problem) -> bool {
        match problem.tool {
            Tool::Pip(_) => self.required || !self.not_required && self.any(),
            Tool::Uv => self.required,
        }
    }

    /// Whether digests are given, which are not compared.
    pub(super) fn any(&self) -> bool {
        self.of_requirements.iter().chain(&self.of_constraints).any(|given| given.options)
    }

    /// What is refused whatever is picked, and so whatever is known of packages.
    pub(super) fn check_lines(&self, problem: &Problem, state: &State) -> Result<(), Stop> {
        if self.required && self.not_required && matches!(problem.tool, Tool::Pip(_)) {
            let message = "--require-hashes and --no-require-hashes are mutually exclusive";
            return Err(Stop::usage(message, None));
        }
        let lacks: Vec<Lack> = (0..problem.requirements.len())
            .filter(|number| self.is_certain_to_be_looked_at(*number, problem))
            .filter_map(|number| self.line(number, problem, state))
            .collect();
        self.refuse(lacks, problem)
    }

    /// What is refused of what was picked; where it is not known, that releases are chosen by their
    /// digests.
    pub(super) fn check_picks(
        &self,
        selection: &Selection,
        problem: &Problem,
        state: &State,
    ) -> Result<(), Stop> {
        let is_new = |pick: &&Pick| pick.source != PickSource::Kept;
        // uv asks for no hash where all that is wanted is there, else for one of what is there too.
        let all = problem.tool == Tool::Uv && selection.picks.values().any(|pick| is_new(&pick));
        let taken: Vec<&Pick> = selection.picks.values().filter(|pick| all || is_new(pick)).collect();
        let of_lines = taken.iter().filter_map(|pick| {
            let (number, _) = first_line(problem, &pick.project)?;
            self.line(number, problem, state)
        });
        self.refuse(of_lines.collect(), problem)?;
        for pick in &taken {
            self.check_known(pick, problem)?;
        }
        if !self.is_mode(problem) {
            return Ok(());
        }
        let dependencies = taken.iter().filter(|pick| {
            !matches!(pick.source, PickSource::Direct(_))
                && first_line(problem, &pick.project).is_none()
                && !self.constraint_has_hash(&pick.project, problem)
        });
        let lacks = dependencies.map(|pick| {
            let requirer = pick.requested_by.iter().find_map(|edge| match &edge.requirer {
                Requirer::Package { project, version, .. } => Some((edge, project, version)),
                Requirer::Root(_) => None,
            });
            let by = requirer.map(|(_, project, version)| format!(", which {project} {version} requires,"));
            let line = requirer.and_then(|(edge, project, _)| place_of(edge, project, problem));
            Lack {
                said: format!("{}{} has no --hash", pick.project, by.unwrap_or_default()),
                kind: self.lack_of_hash(&pick.project, problem),
                location: line,
                exit_code: 1,
            }
        });
        self.refuse(lacks.collect(), problem)
    }

    /// Where digests choose among releases or files, what is picked is not known.
    fn check_known(&self, pick: &Pick, problem: &Problem) -> Result<(), Stop> {
        let line = first_line(problem, &pick.project);
        let own = line.is_some_and(|(number, _)| self.given(number).options);
        let location = line.and_then(|(number, _)| problem.requirements.get(number)?.origin.location);
        let is_checked = own || self.constraint_has_hash(&pick.project, problem);
        if !is_checked || matches!(pick.source, PickSource::Direct(_)) {
            return Ok(());
        }
        let unknown = |reason: String| Err(Stop::Unknown(Unknown { reason, location }));
        // uv compares the hashes of pins alone, unless it has to.
        let by_digest = matches!(problem.tool, Tool::Pip(_)) && !is_held(&pick.project, problem);
        if by_digest {
            return unknown(format!(
                "which release of {} the hash is of is not known, and pip takes that one: digests of published files are not compared",
                pick.project
            ));
        }
        let is_built = pick.artifact.as_ref().is_some_and(|artifact| artifact.known == Known::Built);
        if is_built {
            return unknown(format!(
                "the digest of {} {}, which is built here, is not known",
                pick.project, pick.version
            ));
        }
        Ok(())
    }

    fn given(&self, number: usize) -> Given {
        self.of_requirements.get(number).copied().unwrap_or_default()
    }

    /// Constraints give their projects hashes: in uv always, in pip from [`TAKES_RANGES`] on.
    fn constraint_has_hash(&self, project: &ProjectName, problem: &Problem) -> bool {
        let counts = match &problem.tool {
            Tool::Pip(version) => *version >= Version::new(TAKES_RANGES),
            Tool::Uv => true,
        };
        counts && self.is_hashed_by_constraint(project, problem)
    }

    fn is_hashed_by_constraint(&self, project: &ProjectName, problem: &Problem) -> bool {
        let mut constraints = problem.constraints.iter().zip(&self.of_constraints);
        constraints.any(|(constraint, given)| {
            given.options
                && constraint.requirement.name == *project
                && applies(&constraint.requirement, problem)
        })
    }

    /// Whether a line's requirement is looked at before all else: pip and uv take what is installed
    /// without a hash.
    fn is_certain_to_be_looked_at(&self, number: usize, problem: &Problem) -> bool {
        let is_new = |project: &ProjectName| {
            problem.force_reinstall || problem.ignore_installed || !problem.installed.contains_key(project)
        };
        match problem.requirements.get(number).map(|root| &root.wanted) {
            // Of several lines about a project, pip reads the hashes of the first.
            Some(Wanted::Name(requirement)) => {
                is_new(&requirement.name)
                    && applies(requirement, problem)
                    && (problem.tool == Tool::Uv
                        || first_line(problem, &requirement.name).is_some_and(|(first, _)| first == number))
            }
            Some(Wanted::Direct(_)) => true,
            None => false,
        }
    }

    /// What a line lacks of which the project is not installed already.
    fn line(&self, number: usize, problem: &Problem, state: &State) -> Option<Lack> {
        let root = problem.requirements.get(number)?;
        let given = self.given(number);
        let of_uv = problem.tool == Tool::Uv;
        let lack = |said: String, kind: LackKind| {
            Some(Lack { said, kind, location: root.origin.location, exit_code: if of_uv { 2 } else { 1 } })
        };
        if given.any() && !given.possible {
            return lack(format!("no hash of {} is the digest of a file", name_of(root)), LackKind::Digest);
        }
        if !self.is_mode(problem) {
            return None;
        }
        match &root.wanted {
            Wanted::Direct(direct) => {
                let folder = state.files.is_folder(&absolute("/", &direct.link));
                if direct.editable || folder {
                    let what = if direct.editable { "is editable" } else { "is a folder" };
                    return lack(
                        format!("{} {what}, of which there is no hash", direct.link),
                        LackKind::Folder,
                    );
                }
                if given.any() {
                    None
                } else {
                    lack(format!("{} has no --hash", direct.link), LackKind::Hash)
                }
            }
            Wanted::Name(requirement) => {
                let by_constraint = self.constraint_has_hash(&requirement.name, problem);
                let needs_pin = match &problem.tool {
                    Tool::Pip(version) => *version < Version::new(TAKES_RANGES),
                    Tool::Uv => true,
                };
                let is_pinned = is_pinned(&requirement.specifiers, of_uv);
                if needs_pin && !is_pinned && (given.options || of_uv) {
                    let what = match requirement.specifiers.clauses() {
                        [] => "has no version",
                        [_] => "is a range",
                        _ => "has more than one bound",
                    };
                    return lack(format!("{requirement} {what}"), LackKind::Pin);
                }
                if given.options || by_constraint {
                    return None;
                }
                let kind = self.lack_of_hash(&requirement.name, problem);
                lack(format!("{requirement} has no --hash"), kind)
            }
        }
    }

    fn lack_of_hash(&self, project: &ProjectName, problem: &Problem) -> LackKind {
        let is_constrained = self.is_hashed_by_constraint(project, problem);
        if is_constrained { LackKind::HashBesideConstraint } else { LackKind::Hash }
    }

    /// Refuses where something is lacking.
    fn refuse(&self, lacks: Vec<Lack>, problem: &Problem) -> Result<(), Stop> {
        let Some(first) = lacks.first() else { return Ok(()) };
        let tool = &problem.tool;
        let cause = if self.required { "with --require-hashes" } else { "with one hashed line" };
        let why = match first.kind {
            LackKind::Hash | LackKind::Folder => {
                format!("{cause} {} wants a hash for everything", tool.name())
            }
            LackKind::HashBesideConstraint => {
                format!(
                    "{cause} {tool} wants a hash for everything; from 26.1 on that of a constraint will do"
                )
            }
            LackKind::Pin if problem.tool == Tool::Uv => format!("{cause} uv wants one == alone"),
            LackKind::Pin => {
                format!("{cause} {tool} wants one == alone; from 26.1 on pip takes a hash for a range too")
            }
            LackKind::Digest => "a sha256 has 64 hexadecimal digits, a sha384 96 and a sha512 128".to_owned(),
        };
        let others = match lacks.len() - 1 {
            0 => String::new(),
            1 => "; 1 more line or package is refused too".to_owned(),
            count => format!("; {count} more lines and packages are refused too"),
        };
        let hint = match first.kind {
            LackKind::Folder => "Install it by a call of its own, without hashes.",
            _ => {
                "Lock again, so that everything is pinned and hashed: pip-compile --generate-hashes, or uv pip compile --generate-hashes."
            }
        };
        let failure = Failure::Hashes {
            message: format!("{}: {why}{others}", first.said),
            hint: hint.to_owned(),
            location: first.location,
        };
        Err(Stop::Failed(failure, first.exit_code))
    }
}

/// The line whose hashes count for a project: the first that asks for it by name here.
fn first_line<'p>(problem: &'p Problem, project: &ProjectName) -> Option<(usize, &'p RootRequirement)> {
    let is_about = |root: &RootRequirement| match &root.wanted {
        Wanted::Name(requirement) => requirement.name == *project && applies(requirement, problem),
        Wanted::Direct(direct) => direct.artifact.project == *project,
    };
    let lines = || problem.requirements.iter().enumerate().filter(|(_, root)| is_about(root));
    // What is asked for as a file is taken from there.
    lines().find(|(_, root)| matches!(root.wanted, Wanted::Direct(_))).or_else(|| lines().next())
}

fn applies(requirement: &Requirement, problem: &Problem) -> bool {
    requirement.applies(&problem.target.environment(), &[]).unwrap_or(false)
}

/// `InstallRequirement.is_pinned`: one clause, `==` or `===`. uv takes no `==1.*`.
fn is_pinned(specifiers: &Specifiers, of_uv: bool) -> bool {
    let clauses = specifiers.clauses();
    clauses.first().is_some_and(|first| {
        matches!(first.operator, Operator::Equal | Operator::Arbitrary)
            && clauses.iter().all(|clause| clause == first)
            && !(of_uv && first.wildcard)
    })
}

/// Whether the person's lines leave one version of a project.
fn is_held(project: &ProjectName, problem: &Problem) -> bool {
    let holds = |requirement: &Requirement| {
        let mut clauses = requirement.specifiers.clauses().iter();
        requirement.name == *project
            && applies(requirement, problem)
            && clauses.any(|clause| match clause.operator {
                Operator::Equal => !clause.wildcard,
                Operator::Arbitrary => true,
                _ => false,
            })
    };
    let lines = problem.requirements.iter().filter_map(|root| match &root.wanted {
        Wanted::Name(requirement) => Some(requirement),
        Wanted::Direct(_) => None,
    });
    let constraints = problem.constraints.iter().map(|constraint| &constraint.requirement);
    lines.chain(constraints).any(|requirement| holds(requirement))
}

/// A line as people say it.
fn name_of(root: &RootRequirement) -> String {
    match &root.wanted {
        Wanted::Name(requirement) => requirement.to_string(),
        Wanted::Direct(direct) => direct.link.clone(),
    }
}

/// Where the line stands that brought a requirer, if one did.
fn place_of(edge: &Edge, requirer: &ProjectName, problem: &Problem) -> Option<Location> {
    match edge.asked {
        Asked::Name(_) => first_line(problem, requirer).and_then(|(_, root)| root.origin.location),
        _ => None,
    }
}
