//! The candidates of each project in pip's order, and what each of them asks for.

use std::{cmp::Reverse, fmt::Write as _, rc::Rc, sync::Arc};

use rustc_hash::{FxHashMap as HashMap, FxHashSet as HashSet};

use super::{MissingFact, PickSource, Problem, Upgrade, Wanted, rules::Rules, set::SlotSet};
use crate::{
    index::{Artifact, ArtifactKind, Dependencies, Index, InvalidDependency, Lookup, SupportedTags},
    order::{self, SortedSet},
    pep440::{Prereleases, Specifier, Specifiers, Version, VersionRange, is_prerelease},
    pep508::{Environment, ExtraName, ProjectName, Requirement},
};

/// Number of a [`Table`].
pub(super) type TableId = usize;
/// Number of a [`Node`].
pub(super) type NodeId = usize;

/// What pip calls an identifier: a project, with or without extras. `fastapi[all]` is a node of
/// its own that asks for `fastapi` of the same version.
#[derive(Debug)]
pub(super) struct Node {
    pub(super) table: TableId,
    /// Sorted; empty for the project itself.
    pub(super) extras: Vec<ExtraName>,
    /// As pip writes it, `fastapi[all]`: the last thing that its order of work looks at.
    pub(super) text: String,
    /// The node without extras.
    pub(super) base: NodeId,
}

/// All candidates of one project.
#[derive(Debug)]
pub(super) struct Table {
    pub(super) project: ProjectName,
    pub(super) slots: Vec<Slot>,
    /// The slot of what is installed.
    pub(super) installed: Option<u32>,
    /// The slots that indexes and folders offer, best first, one a version.
    pub(super) offered: Offered,
    /// Files that are there and may not be taken.
    pub(super) excluded: Vec<Excluded>,
    /// Stands for whatever is not known to be there, where that is taken to get in nobody's way.
    unknown: Option<u32>,
    /// Slots of finals.
    finals: SlotSet,
    yanked: SlotSet,
    /// Slots by the requirement that admits them, and the number of slots when that was found.
    admitted: HashMap<*const Requirement, (usize, SlotSet)>,
}

/// What indexes and folders offer of a project.
#[derive(Debug, Clone)]
pub(super) enum Offered {
    /// Not asked yet.
    Unasked,
    /// Nothing is known about it.
    Unknown,
    /// These slots; and releases may be there that are not listed.
    Slots {
        /// In ascending order the best first.
        slots: SlotSet,
        /// See [`crate::index::Project::unlisted`].
        unlisted: Unlisted,
    },
}

/// The versions that an index may have and that are not listed.
#[derive(Debug, Clone)]
pub(super) struct Unlisted {
    /// Older than those listed: they have a say wherever the listed ones do not suit.
    older: VersionRange,
    /// Others, newer than the list above all: they have a say only where nothing that is listed is
    /// what is asked for.
    others: VersionRange,
}

impl Unlisted {
    fn none() -> Self {
        Self { older: VersionRange::empty(), others: VersionRange::empty() }
    }
}

/// What all specifiers leave of a range.
fn left_of<'s>(range: &VersionRange, specifiers: impl Iterator<Item = &'s Specifiers>) -> VersionRange {
    let mut left = range.clone();
    for specifiers in specifiers {
        if left.is_empty() {
            break;
        }
        left = left.intersection(&specifiers.to_range());
    }
    left
}

/// One candidate.
#[derive(Debug, Clone)]
pub(super) struct Slot {
    pub(super) version: Version,
    pub(super) artifact: Option<Arc<Artifact>>,
    pub(super) source: PickSource,
}

/// A file that may not be taken, and why.
#[derive(Debug, Clone)]
pub(super) struct Excluded {
    pub(super) version: Version,
    pub(super) reason: Exclusion,
}

#[derive(Debug, Clone)]
pub(super) enum Exclusion {
    /// No tag of the wheel fits the target.
    Tags,
    /// `--only-binary` or `--no-binary`.
    Format,
    /// The index's page says that it requires another Python.
    RequiresPython(Arc<Specifiers>),
}

/// Something asked of a node.
#[derive(Debug, Clone)]
pub(super) struct Ask {
    pub(super) node: NodeId,
    pub(super) kind: AskKind,
}

#[derive(Debug, Clone)]
pub(super) enum AskKind {
    /// By name.
    Name(Arc<Requirement>),
    /// This candidate and no other: a file, or the base of an extra.
    Slot(u32),
    /// A version of Python, asked of [`PYTHON`].
    Python(Arc<Specifiers>),
    /// A URL of which nothing is known but that it is asked for.
    Url(String),
}

/// What would have to be known to go on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Lacking(pub(super) MissingFact);

impl Lacking {
    /// Releases of a project.
    pub(super) fn page(table: &Table) -> Self {
        let listed = table.slots.iter().filter(|slot| matches!(slot.source, PickSource::Index(_)));
        let excluded = table.excluded.iter().map(|excluded| &excluded.version);
        let newest_listed = listed.map(|slot| &slot.version).chain(excluded).max().cloned();
        Self(MissingFact { project: table.project.clone(), release: None, newest_listed })
    }

    fn release(project: &ProjectName, version: &Version) -> Self {
        let release = Some(version.clone());
        Self(MissingFact { project: project.clone(), release, newest_listed: None })
    }
}

/// The node of the interpreter, whose only slot is 0.
pub(super) const PYTHON: NodeId = 0;

pub(super) struct Pool<'a> {
    pub(super) problem: &'a Problem,
    pub(super) rules: Rules,
    index: &'a Index,
    environment: Environment,
    tags: SupportedTags,
    pub(super) python: Version,
    pub(super) tables: Vec<Table>,
    pub(super) nodes: Vec<Node>,
    table_ids: HashMap<ProjectName, TableId>,
    node_ids: HashMap<(TableId, Vec<ExtraName>), NodeId>,
    dependencies: HashMap<(NodeId, u32), Rc<[Ask]>>,
    /// Constraints by table, markers already asked.
    constraints: HashMap<TableId, Vec<(usize, Arc<Requirement>)>>,
    /// Projects named by the person, for `--upgrade`.
    named: HashSet<TableId>,
    /// What is not known is taken to get in nobody's way.
    lenient: bool,
}

impl<'a> Pool<'a> {
    pub(super) fn new(problem: &'a Problem, index: &'a Index) -> Self {
        let python = problem.target.python.full_version();
        let mut pool = Self {
            problem,
            rules: Rules::of(&problem.tool),
            index,
            environment: problem.target.environment(),
            tags: SupportedTags::of(&problem.target),
            python: python.clone(),
            tables: Vec::new(),
            nodes: Vec::new(),
            table_ids: HashMap::default(),
            node_ids: HashMap::default(),
            dependencies: HashMap::default(),
            constraints: HashMap::default(),
            named: HashSet::default(),
            lenient: false,
        };
        if let Some(name) = ProjectName::new("python") {
            // Not in `table_ids`: a project may have that name too.
            let table = pool.add_table(name);
            pool.table_ids.clear();
            if let Some(table) = pool.tables.get_mut(table) {
                table.push(Slot { version: python, artifact: None, source: PickSource::Kept });
                table.offered = Offered::Slots { slots: SlotSet::only(0), unlisted: Unlisted::none() };
            }
            pool.node(table, Vec::new());
        }
        for (number, constraint) in problem.constraints.iter().enumerate() {
            let requirement = &constraint.requirement;
            if pool.applies(requirement, &[]) {
                let table = pool.table(&requirement.name);
                pool.constraints.entry(table).or_default().push((number, Arc::clone(requirement)));
            }
        }
        pool
    }

    /// The same, for the search that goes on where facts are lacking: a release whose dependencies
    /// are not known needs nothing, and where one may be there that is not listed, it is.
    pub(super) fn lenient(problem: &'a Problem, index: &'a Index) -> Self {
        Self { lenient: true, ..Self::new(problem, index) }
    }

    /// What the person asks for, with the number of the root requirement; those with extras last
    /// where pip splits them, for then it sorts them.
    pub(super) fn roots(&mut self) -> Vec<(usize, Ask)> {
        let problem = self.problem;
        let mut asks = Vec::new();
        for (number, root) in problem.requirements.iter().enumerate() {
            match &root.wanted {
                Wanted::Name(requirement) => {
                    for ask in self.asks(requirement, &[]) {
                        asks.push((number, ask));
                    }
                }
                Wanted::Direct(direct) => {
                    let table = self.table(&direct.artifact.project);
                    let source = PickSource::Direct(direct.link.clone());
                    let slot = self.slot(table, &direct.artifact, source);
                    let extras: SortedSet<ExtraName> = direct.extras.iter().cloned().collect();
                    let split = self.split(table, extras.into_iter().collect(), &AskKind::Slot(slot));
                    asks.extend(split.into_iter().map(|ask| (number, ask)));
                }
            }
        }
        for (_, ask) in &asks {
            if let Some(node) = self.nodes.get(ask.node) {
                self.named.insert(node.table);
            }
        }
        if self.rules.splits_extras {
            let extra = |node: NodeId| self.nodes.get(node).is_some_and(|node| !node.extras.is_empty());
            order::sort_by_key(&mut asks, |(_, ask)| extra(ask.node));
        }
        asks
    }

    /// The asks that one with these extras is made of.
    fn split(&mut self, table: TableId, extras: Vec<ExtraName>, kind: &AskKind) -> Vec<Ask> {
        let whole = extras.is_empty() || !self.rules.splits_extras;
        let mut asks = vec![Ask { node: self.node(table, extras.clone()), kind: kind.clone() }];
        if !whole {
            asks.insert(0, Ask { node: self.node(table, Vec::new()), kind: kind.clone() });
        }
        asks
    }

    /// The asks that a requirement stands for. One with both extras and specifiers is two where
    /// pip bounds the project itself as well, so that fewer candidates have to be tried.
    fn asks(&mut self, requirement: &Arc<Requirement>, extras: &[ExtraName]) -> Vec<Ask> {
        if !self.applies(requirement, extras) {
            return Vec::new();
        }
        let table = self.table(&requirement.name);
        let wanted: Vec<ExtraName> = requirement.extra_names().into_iter().collect();
        if let Some(url) = &requirement.url {
            let kind = match self.artifact_at(&requirement.name, &url.text) {
                Some(artifact) => {
                    AskKind::Slot(self.slot(table, &artifact, PickSource::Direct(url.text.clone())))
                }
                None if self.lenient => AskKind::Slot(self.anything(table)),
                None => AskKind::Url(url.text.clone()),
            };
            return self.split(table, wanted, &kind);
        }
        let kind = AskKind::Name(Arc::clone(requirement));
        if requirement.specifiers.is_any() {
            return vec![Ask { node: self.node(table, wanted), kind }];
        }
        self.split(table, wanted, &kind)
    }

    /// A marker that `packaging` cannot evaluate makes pip stop; such a requirement is counted,
    /// which is what its author will have meant.
    fn applies(&self, requirement: &Requirement, extras: &[ExtraName]) -> bool {
        requirement.applies(&self.environment, extras).unwrap_or(true)
    }

    /// The file behind a URL, if an index has one of that name.
    fn artifact_at(&self, name: &ProjectName, url: &str) -> Option<Arc<Artifact>> {
        let path = url.split(['?', '#']).next()?;
        let file_name = path.rsplit('/').next()?.replace("%2B", "+");
        self.problem.indexes.iter().find_map(|index| match self.index.project(index, name) {
            Lookup::Known(project) => project
                .releases
                .values()
                .flat_map(|release| &release.artifacts)
                .find(|artifact| artifact.file_name == file_name)
                .cloned(),
            Lookup::Absent | Lookup::Missing => None,
        })
    }

    pub(super) fn table(&mut self, name: &ProjectName) -> TableId {
        match self.table_ids.get(name) {
            Some(&table) => table,
            None => self.add_table(name.clone()),
        }
    }

    fn add_table(&mut self, project: ProjectName) -> TableId {
        let id = self.tables.len();
        let mut table = Table {
            project: project.clone(),
            slots: Vec::new(),
            installed: None,
            offered: Offered::Unasked,
            excluded: Vec::new(),
            unknown: None,
            finals: SlotSet::empty(),
            yanked: SlotSet::empty(),
            admitted: HashMap::default(),
        };
        // `--force-reinstall` "pretends" that nothing is installed, as does `--ignore-installed`.
        if !self.problem.force_reinstall
            && !self.problem.ignore_installed
            && let Some(installed) = self.problem.installed.get(&project)
        {
            table.installed = Some(table.push(Slot {
                version: installed.version.clone(),
                artifact: installed.artifact.clone(),
                source: PickSource::Kept,
            }));
        }
        self.tables.push(table);
        self.table_ids.insert(project, id);
        id
    }

    pub(super) fn node(&mut self, table: TableId, extras: Vec<ExtraName>) -> NodeId {
        if let Some(&node) = self.node_ids.get(&(table, extras.clone())) {
            return node;
        }
        let base = (!extras.is_empty()).then(|| self.node(table, Vec::new()));
        let id = self.nodes.len();
        let mut text = self.tables.get(table).map_or_else(String::new, |table| table.project.to_string());
        if !extras.is_empty() {
            let list: Vec<&str> = extras.iter().map(ExtraName::as_str).collect();
            // Writing to a string does not fail.
            let _ = write!(text, "[{}]", list.join(","));
        }
        self.nodes.push(Node { table, extras: extras.clone(), text, base: base.unwrap_or(id) });
        self.node_ids.insert((table, extras), id);
        id
    }

    /// The slot of a file asked for as it is.
    fn slot(&mut self, table: TableId, artifact: &Arc<Artifact>, source: PickSource) -> u32 {
        let Some(table) = self.tables.get_mut(table) else { return 0 };
        let same = |slot: &Slot| {
            slot.source == source
                && slot.artifact.as_ref().is_some_and(|known| known.file_name == artifact.file_name)
        };
        if let Some(found) = (0..).zip(&table.slots).find(|(_, slot)| same(slot)) {
            return found.0;
        }
        table.push(Slot { version: artifact.version.clone(), artifact: Some(Arc::clone(artifact)), source })
    }

    /// The slot that stands for whatever is not known of a project.
    fn anything(&mut self, table: TableId) -> u32 {
        self.load(table);
        self.tables.get(table).and_then(|table| table.unknown).unwrap_or_default()
    }

    pub(super) fn candidate(&self, node: NodeId, slot: u32) -> Option<(&Table, &Slot)> {
        let table = self.tables.get(self.nodes.get(node)?.table)?;
        Some((table, table.slots.get(slot as usize)?))
    }

    /// What a candidate asks for: its Python, and its dependencies in their order. An extra's
    /// candidate asks for its base first.
    pub(super) fn dependencies(&mut self, node: NodeId, slot: u32) -> Result<Rc<[Ask]>, Lacking> {
        if let Some(known) = self.dependencies.get(&(node, slot)) {
            return Ok(Rc::clone(known));
        }
        let asks: Rc<[Ask]> = self.find_dependencies(node, slot)?.into();
        self.dependencies.insert((node, slot), Rc::clone(&asks));
        Ok(asks)
    }

    /// Every dependency that was looked at so far: whose it is, on what, and of which candidate.
    pub(super) fn looked_at(&self) -> Vec<(NodeId, NodeId, u32)> {
        let mut links: Vec<(NodeId, NodeId, u32)> = self
            .dependencies
            .iter()
            .flat_map(|(&(node, slot), asks)| asks.iter().map(move |ask| (node, ask.node, slot)))
            .collect();
        order::sort(&mut links);
        links
    }

    fn find_dependencies(&mut self, node: NodeId, slot: u32) -> Result<Vec<Ask>, Lacking> {
        if node == PYTHON {
            return Ok(Vec::new());
        }
        let Some(Node { table, extras, base, .. }) = self.nodes.get(node) else { return Ok(Vec::new()) };
        let (table, extras, base) = (*table, extras.clone(), *base);
        let Some((candidates, candidate)) = self.candidate(node, slot) else { return Ok(Vec::new()) };
        let project = candidates.project.clone();
        let kept = candidate.source == PickSource::Kept;
        let lacking = Lacking::release(&project, &candidate.version);
        let artifact = candidate.artifact.clone();
        let mut asks = Vec::new();
        if extras.is_empty() {
            let python = artifact.as_ref().and_then(|artifact| artifact.requires_python.clone());
            if let Some(specifiers) = python
                && !kept
                && !self.problem.ignore_requires_python
            {
                asks.push(Ask { node: PYTHON, kind: AskKind::Python(specifiers) });
            }
        } else {
            asks.push(Ask { node: base, kind: AskKind::Slot(slot) });
        }
        if self.problem.no_deps {
            return Ok(asks);
        }
        // Of an installed package that nobody described only the version is known.
        let needs_nothing = kept || self.lenient;
        let requires =
            artifact.as_ref().and_then(|artifact| Some((artifact, artifact.requires_dist.as_ref()?)));
        let Some((artifact, requires)) = requires else {
            return if needs_nothing { Ok(asks) } else { Err(lacking) };
        };
        let extras: Vec<ExtraName> = match &artifact.provides_extra {
            Some(provided) => extras.into_iter().filter(|extra| provided.contains(extra)).collect(),
            None => extras,
        };
        if !kept && !self.lenient && self.lacks_extras(table, &extras) {
            return Err(Lacking(MissingFact { project, release: None, newest_listed: None }));
        }
        // Candidates whose metadata is not valid were passed over.
        for requirement in self.requirements(requires).unwrap_or_default() {
            asks.extend(self.asks(requirement, &extras));
        }
        if !self.rules.python_first && asks.first().is_some_and(|ask| ask.node == PYTHON) {
            asks.rotate_left(1);
        }
        Ok(asks)
    }

    fn lacks_extras(&self, table: TableId, extras: &[ExtraName]) -> bool {
        let Some(table) = self.tables.get(table).filter(|_| !extras.is_empty()) else { return false };
        self.problem.indexes.iter().any(|index| match self.index.project(index, &table.project) {
            Lookup::Known(project) => project
                .extras_listed
                .as_ref()
                .is_some_and(|listed| extras.iter().any(|extra| !listed.contains(extra))),
            Lookup::Absent | Lookup::Missing => false,
        })
    }

    /// Whether pip prefers what is installed to anything newer (rule 9).
    fn prefers_installed(&self, table: TableId) -> bool {
        match self.problem.upgrade {
            Upgrade::No => true,
            Upgrade::OnlyIfNeeded => !self.named.contains(&table),
            Upgrade::Eager => false,
        }
    }

    pub(super) fn constraints(&self, table: TableId) -> &[(usize, Arc<Requirement>)] {
        self.constraints.get(&table).map_or(&[], Vec::as_slice)
    }

    /// The slots that satisfy an ask, pre-releases and yanked ones included: what pip's
    /// `is_satisfied_by` says.
    pub(super) fn admitted(&mut self, ask: &Ask) -> SlotSet {
        match &ask.kind {
            AskKind::Slot(slot) => SlotSet::only(*slot),
            AskKind::Url(_) => SlotSet::empty(),
            AskKind::Python(specifiers) => {
                let fits = specifiers.contains(&self.python, Prereleases::Allow);
                if fits { SlotSet::only(0) } else { SlotSet::empty() }
            }
            AskKind::Name(requirement) => {
                let table = self.nodes.get(ask.node).map_or(0, |node| node.table);
                self.admitted_by(table, requirement)
            }
        }
    }

    fn admitted_by(&mut self, table: TableId, requirement: &Arc<Requirement>) -> SlotSet {
        let Some(table) = self.tables.get_mut(table) else { return SlotSet::empty() };
        if requirement.specifiers.is_any() {
            return SlotSet::full();
        }
        let key = Arc::as_ptr(requirement);
        if let Some((count, set)) = table.admitted.get(&key)
            && *count == table.slots.len()
        {
            return set.clone();
        }
        let set: SlotSet = (0..)
            .zip(&table.slots)
            .filter(|(number, slot)| {
                table.unknown == Some(*number)
                    || requirement.specifiers.contains(&slot.version, Prereleases::Allow)
            })
            .map(|(number, _)| number)
            .collect();
        table.admitted.insert(key, (table.slots.len(), set.clone()));
        set
    }

    /// Fills a table with what indexes and folders offer.
    pub(super) fn load(&mut self, id: TableId) {
        let problem = self.problem;
        let Some(table) = self.tables.get(id).filter(|table| matches!(table.offered, Offered::Unasked))
        else {
            return;
        };
        let name = table.project.clone();
        let mut files: Vec<(Arc<Artifact>, PickSource)> = problem
            .find_links
            .iter()
            .filter(|file| file.artifact.project == name)
            .map(|file| (Arc::clone(&file.artifact), PickSource::Pool(file.path.clone())))
            .collect();
        let mut unlisted = Unlisted::none();
        let mut unknown = false;
        for url in &problem.indexes {
            match self.index.project(url, &name) {
                Lookup::Absent => {}
                Lookup::Missing => {
                    unknown = true;
                    if problem.first_index {
                        break;
                    }
                }
                Lookup::Known(project) => {
                    let (older, others) = project.unlisted();
                    unlisted.older = unlisted.older.union(&older);
                    unlisted.others = unlisted.others.union(&others);
                    let artifacts = project.releases.values().flat_map(|release| &release.artifacts);
                    files.extend(artifacts.map(|file| (Arc::clone(file), PickSource::Index(url.clone()))));
                    if problem.first_index {
                        break;
                    }
                }
            }
        }
        let mut excluded = Vec::new();
        let mut ranked = Vec::new();
        for (position, (artifact, source)) in files.into_iter().enumerate() {
            match self.rank(&artifact, &source) {
                Ok((tag, build)) => {
                    let wheel = problem.prefer_binary && artifact.is_wheel();
                    let key = (
                        artifact.yanked.is_none(),
                        wheel,
                        artifact.version.clone(),
                        Reverse(tag),
                        build,
                        position,
                    );
                    ranked.push((key, artifact, source));
                }
                Err(reason) => {
                    excluded.push(Excluded { version: artifact.version.clone(), reason });
                }
            }
        }
        ranked.sort_unstable_by(|(a, ..), (b, ..)| b.cmp(a));
        let Some(table) = self.tables.get_mut(id) else { return };
        table.excluded = excluded;
        if unknown && !self.lenient {
            table.offered = Offered::Unknown;
            return;
        }
        let first = table.len();
        let mut seen = HashSet::default();
        for (_, artifact, source) in ranked {
            // pip takes the best file of each version.
            if seen.insert(artifact.version.clone()) {
                table.push(Slot { version: artifact.version.clone(), artifact: Some(artifact), source });
            }
        }
        let slots = (first..table.len()).collect();
        if unknown {
            unlisted.others = VersionRange::full();
        }
        if self.lenient {
            // Behind all others.
            let source = PickSource::Kept;
            table.unknown = Some(table.push(Slot { version: Version::new([0]), artifact: None, source }));
        }
        table.offered = Offered::Slots { slots, unlisted };
    }

    /// How pip ranks a file among those of its version: by tag, sdists last, then by build tag.
    #[allow(clippy::type_complexity, reason = "the key's parts are named where it is built")]
    fn rank(
        &self,
        artifact: &Artifact,
        source: &PickSource,
    ) -> Result<(u32, Option<(u64, Arc<str>)>), Exclusion> {
        let formats = &self.problem.formats;
        let rank = match &artifact.kind {
            ArtifactKind::Wheel(tags) => {
                if !formats.allows_wheels(&artifact.project) {
                    return Err(Exclusion::Format);
                }
                (self.tags.rank(tags).ok_or(Exclusion::Tags)?, tags.build.clone())
            }
            ArtifactKind::Sdist => {
                if !formats.allows_sdists(&artifact.project) {
                    return Err(Exclusion::Format);
                }
                (u32::MAX, None)
            }
        };
        // Only an index's page says so before the file is fetched.
        if let Some(specifiers) = &artifact.requires_python
            && matches!(source, PickSource::Index(_))
            && !self.problem.ignore_requires_python
            && !specifiers.contains(&self.python, Prereleases::Allow)
        {
            return Err(Exclusion::RequiresPython(Arc::clone(specifiers)));
        }
        Ok(rank)
    }

    /// Without the first candidates that pip passes over because their metadata is not valid. Those
    /// behind the first valid one are looked at when it is their turn: pip reads no more either.
    fn past_invalid(&self, id: TableId, mut set: SlotSet) -> SlotSet {
        loop {
            let invalid = set.iter().next().filter(|&first| self.is_invalid(id, first));
            let Some(first) = invalid else { return set };
            set = set.minus(&SlotSet::only(first));
        }
    }

    /// Whether pip passes over a candidate because a line of its `Requires-Dist` is none.
    pub(super) fn is_invalid(&self, id: TableId, slot: u32) -> bool {
        let slot = self.tables.get(id).and_then(|table| table.slots.get(slot as usize));
        let offered = |slot: &&Slot| matches!(slot.source, PickSource::Pool(_) | PickSource::Index(_));
        let artifact = slot.filter(offered).and_then(|slot| slot.artifact.as_ref());
        let requires = artifact.and_then(|artifact| artifact.requires_dist.as_ref());
        requires.is_some_and(|requires| self.requirements(requires).is_err())
    }

    /// The dependencies of a file, as the tool reads them.
    fn requirements<'d>(
        &self,
        requires: &'d Dependencies,
    ) -> Result<&'d [Arc<Requirement>], &'d InvalidDependency> {
        if self.rules.takes_legacy { requires.legacy_requirements() } else { requires.requirements() }
    }

    /// The first of these slots that the tool passes over because of its metadata, and the line.
    pub(super) fn invalid_line(
        &self,
        id: TableId,
        slots: impl Iterator<Item = u32>,
    ) -> Option<(Version, String)> {
        let table = self.tables.get(id)?;
        slots.filter_map(|slot| table.slots.get(slot as usize)).find_map(|slot| {
            let requires = slot.artifact.as_ref()?.requires_dist.as_ref()?;
            let invalid = self.requirements(requires).err()?;
            Some((slot.version.clone(), invalid.line.clone()))
        })
    }

    /// The candidates for a node of which all of this is asked, best first.
    pub(super) fn matches(&mut self, node: NodeId, asks: &[&Ask], without: &SlotSet) -> Matches {
        let Some(Node { table: id, .. }) = self.nodes.get(node) else { return Matches::default() };
        let id = *id;
        if asks.is_empty() {
            // pip finds candidates for requirements only: where all were forgotten there are none.
            return Matches { offered: Some(SlotSet::empty()), project: Some(id), ..Matches::default() };
        }
        let constraints: Vec<Arc<Requirement>> =
            self.constraints(id).iter().map(|(_, constraint)| Arc::clone(constraint)).collect();
        let direct = asks.iter().any(|ask| !matches!(ask.kind, AskKind::Name(_)));
        let prefers_installed = self.prefers_installed(id);

        if !direct {
            let installed = self.tables.get(id).and_then(|table| {
                let slot = table.installed?;
                let version = &table.slots.get(slot as usize)?.version;
                let fits =
                    |requirement: &Requirement| requirement.specifiers.contains(version, Prereleases::Allow);
                let asked = asks.iter().all(|ask| match &ask.kind {
                    AskKind::Name(requirement) => fits(requirement),
                    _ => false,
                });
                (asked && constraints.iter().all(|constraint| fits(constraint)) && !without.contains(slot))
                    .then_some(slot)
            });
            self.load(id);
            let mut set = SlotSet::full();
            for ask in asks {
                set = set.and(&self.admitted(ask));
            }
            for constraint in &constraints {
                set = set.and(&self.admitted_by(id, constraint));
            }
            let specifiers = || {
                let asked = asks.iter().filter_map(|ask| match &ask.kind {
                    AskKind::Name(requirement) => Some(&requirement.specifiers),
                    _ => None,
                });
                asked.chain(constraints.iter().map(|constraint| &constraint.specifiers))
            };
            let Some(table) = self.tables.get(id) else { return Matches::default() };
            let (offered, open) = table.offered_in(set, self.problem.pre, specifiers);
            let offered = offered.map(|set| set.minus(without)).map(|set| self.past_invalid(id, set));
            return Matches { installed, prefers_installed, offered, open, project: Some(id) };
        }
        if asks.iter().any(|ask| matches!(ask.kind, AskKind::Url(_))) {
            return Matches { prefers_installed, project: Some(id), ..Matches::default() };
        }
        let mut set = SlotSet::full();
        for ask in asks {
            set = set.and(&self.admitted(ask));
        }
        for constraint in &constraints {
            set = set.and(&self.admitted_by(id, constraint));
        }
        Matches {
            installed: None,
            prefers_installed,
            offered: Some(set.minus(without)),
            open: false,
            project: Some(id),
        }
    }

    /// The best candidate in a range, for PubGrub, which does not say who asks: pre-releases
    /// count where someone opted in or there is nothing else, yanked ones where nothing else is.
    pub(super) fn best(
        &mut self,
        node: NodeId,
        range: &SlotSet,
        opted_in: bool,
        pinned: bool,
    ) -> Result<Option<u32>, Lacking> {
        let Some(Node { table: id, .. }) = self.nodes.get(node) else { return Ok(None) };
        let id = *id;
        let prefers_installed = self.prefers_installed(id);
        let Some(table) = self.tables.get(id) else { return Ok(None) };
        let installed = table.installed.filter(|&slot| range.contains(slot));
        if prefers_installed && installed.is_some() {
            return Ok(installed);
        }
        // A range without any slot that is offered can only be a file asked for as it is.
        if let Some(direct) = table.directs().find(|&slot| *range == SlotSet::only(slot)) {
            return Ok(Some(direct));
        }
        self.load(id);
        let Some(table) = self.tables.get(id) else { return Ok(None) };
        let slots = match &table.offered {
            Offered::Slots { slots, .. } => slots,
            Offered::Unasked | Offered::Unknown => return Err(Lacking::page(table)),
        };
        let mut fitting = range.and(slots);
        let finals = fitting.and(&table.finals);
        if !finals.is_empty() && !opted_in && !self.problem.pre {
            fitting = finals;
        }
        let kept = fitting.minus(&table.yanked);
        // As `offered_in` says: pip takes what is yanked for a pin only.
        if !kept.is_empty() || !pinned {
            fitting = kept;
        }
        let fitting = self.past_invalid(id, fitting);
        let Some(table) = self.tables.get(id) else { return Ok(None) };
        let matches =
            Matches { installed, prefers_installed, offered: Some(fitting), open: false, project: Some(id) };
        match self.ordered(&matches).first() {
            Some(&slot) => Ok(Some(slot)),
            None => Ok(range.iter().find(|slot| table.directs().any(|direct| direct == *slot))),
        }
    }

    pub(super) fn table_of(&self, node: NodeId) -> Option<&Table> {
        self.tables.get(self.nodes.get(node)?.table)
    }

    /// Whether a slot stands for whatever is not known of its project.
    pub(super) fn is_unknown(&self, node: NodeId, slot: u32) -> bool {
        self.table_of(node).is_some_and(|table| table.unknown == Some(slot))
    }

    /// What is lacking of a candidate.
    pub(super) fn lacks(&self, node: NodeId, slot: u32) -> Option<MissingFact> {
        let (table, candidate) = self.candidate(node, slot).filter(|_| node != PYTHON)?;
        if table.unknown == Some(slot) {
            return Some(Lacking::page(table).0);
        }
        let told = candidate.artifact.as_ref().is_some_and(|artifact| artifact.requires_dist.is_some());
        if told || candidate.source == PickSource::Kept || self.problem.no_deps {
            return None;
        }
        Some(Lacking::release(&table.project, &candidate.version).0)
    }

    pub(super) fn is_known(&self, node: NodeId) -> bool {
        self.table_of(node).is_some_and(Table::is_known)
    }

    /// The versions of a node's project that may be there though they are not listed, as far as
    /// constraints allow them. `asked`: all that was asked of it so far.
    pub(super) fn unlisted(&self, node: NodeId, asked: &[Arc<Requirement>]) -> VersionRange {
        let Some(id) = self.nodes.get(node).map(|node| node.table).filter(|_| node != PYTHON) else {
            return VersionRange::empty();
        };
        let Some(table) = self.tables.get(id) else { return VersionRange::empty() };
        let constraints = || self.constraints(id).iter().map(|(_, line)| &line.specifiers);
        let Offered::Slots { unlisted, .. } = &table.offered else {
            return left_of(&VersionRange::full(), constraints());
        };
        let mut left = left_of(&unlisted.older, constraints());
        let others = left_of(&unlisted.others, constraints());
        if !others.is_empty() {
            let beyond = |specifiers: &&Specifiers| !left_of(&others, [*specifiers].into_iter()).is_empty();
            let asked: Vec<&Specifiers> =
                asked.iter().map(|requirement| &requirement.specifiers).filter(beyond).collect();
            if !table.lists_any(|| asked.iter().copied().chain(constraints())) {
                left = left.union(&others);
            }
        }
        left
    }

    /// What a requirement leaves of the versions of a node's project that may be there though they
    /// are not listed; of a project that is known to the last release, nothing.
    pub(super) fn unlisted_by(&self, node: NodeId, requirement: &Requirement) -> VersionRange {
        match self.table_of(node).map(|table| &table.offered) {
            Some(Offered::Slots { unlisted, .. })
                if unlisted.older.is_empty() && unlisted.others.is_empty() =>
            {
                VersionRange::empty()
            }
            _ => requirement.specifiers.to_range(),
        }
    }

    /// Whether a constraint pins a node's project.
    pub(super) fn is_pinned_by_constraint(&self, node: NodeId) -> bool {
        let table = self.nodes.get(node).map(|node| node.table);
        table.is_some_and(|table| {
            let lines = self.constraints(table).iter();
            lines.flat_map(|(_, line)| line.specifiers.clauses()).any(Specifier::is_pin)
        })
    }

    /// A constraint that keeps a candidate out, as pip prints it.
    pub(super) fn violated(&self, node: NodeId, slot: u32) -> Option<String> {
        let (_, candidate) = self.candidate(node, slot)?;
        let fits = |requirement: &Requirement| {
            requirement.specifiers.contains(&candidate.version, Prereleases::Allow)
        };
        self.constraints(self.nodes.get(node)?.table)
            .iter()
            .find(|(_, requirement)| !fits(requirement))
            .map(|(_, requirement)| requirement.to_string())
    }

    /// The candidates in pip's order.
    pub(super) fn ordered(&self, matches: &Matches) -> Vec<u32> {
        let mut slots: Vec<u32> = matches.offered.iter().flat_map(SlotSet::iter).collect();
        let (Some(installed), Some(table)) =
            (matches.installed, matches.project.and_then(|id| self.tables.get(id)))
        else {
            return slots;
        };
        let version = |slot: u32| table.slots.get(slot as usize).map(|slot| &slot.version);
        slots.retain(|&slot| slot != installed && version(slot) != version(installed));
        let at = if matches.prefers_installed {
            0
        } else {
            slots.iter().position(|&slot| version(slot) < version(installed)).unwrap_or(slots.len())
        };
        slots.insert(at, installed);
        slots
    }
}

/// What there is for a node.
#[derive(Debug, Clone, Default)]
pub(super) struct Matches {
    /// The installed version, if it fits.
    pub(super) installed: Option<u32>,
    /// It comes first; else it comes where its version belongs.
    pub(super) prefers_installed: bool,
    /// What fits of indexes and folders; `None` where they are not known.
    pub(super) offered: Option<SlotSet>,
    /// Releases that are not listed might fit too: nothing can be said once these are used up.
    pub(super) open: bool,
    pub(super) project: Option<TableId>,
}

impl Matches {
    /// Nothing fits, and that is certain.
    pub(super) fn is_empty(&self) -> bool {
        self.installed.is_none() && !self.open && self.offered.as_ref().is_some_and(SlotSet::is_empty)
    }

    /// Nothing that is known fits, but something might.
    pub(super) fn is_unknown(&self) -> bool {
        self.installed.is_none()
            && match &self.offered {
                None => true,
                Some(set) => self.open && set.is_empty(),
            }
    }
}

impl Table {
    /// What is offered was asked for and is known.
    pub(super) fn is_known(&self) -> bool {
        matches!(self.offered, Offered::Slots { .. })
    }

    /// The slots of files asked for as they are.
    fn directs(&self) -> impl Iterator<Item = u32> + '_ {
        (0..)
            .zip(&self.slots)
            .filter(|(_, slot)| matches!(slot.source, PickSource::Direct(_)))
            .map(|(number, _)| number)
    }

    pub(super) fn len(&self) -> u32 {
        u32::try_from(self.slots.len()).unwrap_or(u32::MAX)
    }

    fn push(&mut self, slot: Slot) -> u32 {
        let number = self.len();
        if !is_prerelease(&slot.version) {
            self.finals.insert(number);
        }
        if slot.artifact.as_ref().is_some_and(|artifact| artifact.yanked.is_some()) {
            self.yanked.insert(number);
        }
        self.slots.push(slot);
        number
    }

    /// Whether a release is listed, be it of use here or not, that all specifiers admit.
    fn lists_any<'s, I: Iterator<Item = &'s Specifiers>>(&self, specifiers: impl Fn() -> I) -> bool {
        let known = (0..).zip(&self.slots).filter(|(number, _)| self.unknown != Some(*number));
        let listed = known.map(|(_, slot)| &slot.version);
        let mut listed = listed.chain(self.excluded.iter().map(|excluded| &excluded.version));
        listed.any(|version| specifiers().all(|clauses| clauses.contains(version, Prereleases::Allow)))
    }

    /// Of the slots that all specifiers admit, those that pip's finder offers: it drops
    /// pre-releases and yanked files by rules about all of them together.
    ///
    /// The second value: older releases that are not listed would have a say.
    fn offered_in<'s, I: Iterator<Item = &'s Specifiers>>(
        &self,
        admitted: SlotSet,
        pre: bool,
        specifiers: impl Fn() -> I,
    ) -> (Option<SlotSet>, bool) {
        let Offered::Slots { slots, unlisted } = &self.offered else { return (None, false) };
        let mut set = admitted.and(slots);
        let open = !left_of(&unlisted.older, specifiers()).is_empty()
            || set.is_empty()
                && !left_of(&unlisted.others, specifiers()).is_empty()
                && !self.lists_any(&specifiers);
        let opts_in = pre || specifiers().any(Specifiers::opts_in_to_prereleases);
        if !opts_in {
            let finals = set.and(&self.finals);
            // A final that is not listed would rule the pre-releases out.
            if !finals.is_empty() || open {
                set = finals;
            }
        }
        // PEP 592: "An installer MUST ignore yanked releases, if the selection constraints can be
        // satisfied with a non-yanked version", and pip takes them for a pin only.
        let kept = set.minus(&self.yanked);
        if !kept.is_empty() || !specifiers().flat_map(Specifiers::clauses).any(Specifier::is_pin) {
            set = kept;
        }
        if let Some(unknown) = self.unknown.filter(|_| open) {
            set.insert(unknown);
        }
        (Some(set), open)
    }
}
