//! `cargo xtask catalogue`: the shipped snapshot of the package index, `static/catalogue/`.
//!
//! `roots.txt` there says what has to be covered. Each of its runs is resolved; what the
//! resolver says it lacks is fetched, and it is asked again, so that exactly the releases that
//! matter are looked at. One page a project, never twice a day.

mod fetch;
mod write;

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    sync::Arc,
    thread,
};

use anyhow::{Context, Result, bail, ensure};
use fetch::{Fetcher, Page};
use wheelstage::{
    index::{
        Artifact, ArtifactKind, BuildFacts, Dependencies, Index, IndexUrl, Known, Project, WheelTags,
        parse_file_name,
    },
    pep440::{is_prerelease, parse_version},
    pep508::{Platform, ProjectName, PythonVersion, Requirement, Target},
    resolve::{Constraint, MissingFact, Origin, Problem, Resolution, RootRequirement, Tool, Wanted, resolve},
};

use crate::{budget::weight, process::say, project};

/// What all files of the catalogue may weigh together, brotli at level 11.
const MOST_BYTES: u64 = 2_000_000;
/// Fetches at a time.
const AT_ONCE: usize = 6;

/// One line of `roots.txt`.
#[derive(Debug)]
enum Root {
    /// `bundle NAME`: the runs that follow are of one example or lesson.
    Bundle(String),
    /// `run 3.10,3.12 numpy<2 pandas -c numpy<2 --index-url URL`: what one pip is asked.
    Run { pythons: Vec<PythonVersion>, requirements: Vec<String>, constraints: Vec<String>, index: IndexUrl },
    /// `every pip>=20 wheel`: what each final release depends on.
    Every(Vec<Requirement>),
    /// `mirror URL numpy==2.1.2` or `mirror URL torch==2.6.0 as 2.6.0+cu124 TAG ...`: what an
    /// index that cannot be asked here offers, with the dependencies that the public index states
    /// of the same release.
    Mirror { url: IndexUrl, release: String, local: Option<(String, Vec<String>)> },
    /// `build pkuseg imports numpy,cython compiles`: what building its sdists takes, which no
    /// metadata says.
    Build(ProjectName, BuildFacts),
}

/// What building sdists takes, by project.
type Builds = BTreeMap<ProjectName, BuildFacts>;

/// What a bundle needs: by index and project, the versions that were looked at.
type Needed = BTreeMap<(IndexUrl, ProjectName), BTreeSet<String>>;

/// Makes the catalogue anew.
pub(crate) fn run(_: &[String]) -> Result<()> {
    let folder = project::root().join("static").join("catalogue");
    let roots = roots(&project::read_text(&folder.join("roots.txt"))?)?;
    let mut fetcher = Fetcher::new()?;
    let mut index = Index::empty();
    for root in &roots {
        if let Root::Mirror { url, release, local } = root {
            mirror(&mut fetcher, &mut index, url, release, local.as_ref())?;
        }
    }
    let mut bundles: BTreeMap<String, Needed> = BTreeMap::new();
    let mut bundle: Option<String> = None;
    let mut everything = Needed::new();
    for root in &roots {
        match root {
            Root::Bundle(name) => bundle = Some(name.clone()),
            Root::Mirror { .. } | Root::Build(..) => {}
            Root::Every(requirements) => {
                for requirement in requirements {
                    say(format!("Every {} {}", requirement.name, requirement.specifiers));
                    let versions = every(requirement, &mut index, &mut fetcher)?;
                    everything
                        .entry((IndexUrl::pypi(), requirement.name.clone()))
                        .or_default()
                        .extend(versions);
                }
            }
            Root::Run { pythons, requirements, constraints, index: url } => {
                for &python in pythons {
                    say(format!("Python {python}: {}", requirements.join(" ")));
                    let problem = problem(python, requirements, constraints, url)?;
                    let needed = settle(&problem, &mut index, &mut fetcher)?;
                    for (key, versions) in needed {
                        if let Some(bundle) = &bundle {
                            let bundle = bundles.entry(bundle.clone()).or_default();
                            bundle.entry(key.clone()).or_default().extend(versions.iter().cloned());
                        }
                        everything.entry(key).or_default().extend(versions);
                    }
                }
            }
        }
    }
    let builds: Builds = roots
        .iter()
        .filter_map(|root| match root {
            Root::Build(name, facts) => Some((name.clone(), facts.clone())),
            _ => None,
        })
        .collect();
    write::all(&folder, &fetcher.date()?, &index, &everything, &bundles, &builds)?;
    check()
}

/// Fails where the catalogue is too heavy.
pub(crate) fn check() -> Result<()> {
    let folder = project::root().join("static").join("catalogue");
    let mut sum = 0;
    for path in project::files(&folder)? {
        let bytes = weight(&path)?;
        if path.parent().is_some_and(|parent| parent.ends_with("bundles")) {
            println!(
                "{:40} {:>8.1} kB",
                path.file_name().unwrap_or_default().to_string_lossy(),
                bytes as f64 / 1000.0
            );
        }
        sum += bytes;
    }
    println!("{:40} {:>8.1} kB of {}", "catalogue, brotli 11", sum as f64 / 1000.0, MOST_BYTES / 1000);
    ensure!(sum <= MOST_BYTES, "the catalogue is too heavy");
    Ok(())
}

fn roots(text: &str) -> Result<Vec<Root>> {
    let mut roots = Vec::new();
    for line in text.lines().map(|line| line.split(" #").next().unwrap_or("").trim()) {
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        // `each 3.10,3.12 flask requests`: a run for each.
        match line.strip_prefix("each ").and_then(|rest| rest.split_once(' ')) {
            Some((pythons, names)) => {
                for name in names.split_whitespace() {
                    roots.push(root(&format!("run {pythons} {name}"))?);
                }
            }
            None => roots.push(root(line)?),
        }
    }
    Ok(roots)
}

fn root(line: &str) -> Result<Root> {
    let mut words = line.split_whitespace();
    let mut word = |what: &str| words.next().with_context(|| format!("`{line}`: {what} is missing"));
    match word("the kind")? {
        "bundle" => Ok(Root::Bundle(word("a name")?.to_owned())),
        "mirror" => {
            let url = IndexUrl::new(word("an address")?);
            let release = word("a release")?.to_owned();
            let local = match words.next() {
                Some("as") => {
                    let version = words.next().with_context(|| format!("`{line}`: a version is missing"))?;
                    Some((version.to_owned(), words.map(ToOwned::to_owned).collect()))
                }
                _ => None,
            };
            Ok(Root::Mirror { url, release, local })
        }
        "build" => {
            let name = word("a project")?;
            let name = ProjectName::new(name).with_context(|| format!("`{name}` is no project name"))?;
            let mut facts = BuildFacts::default();
            while let Some(word) = words.next() {
                match word {
                    "compiles" => facts.compiles = true,
                    "imports" => {
                        let names = words.next().with_context(|| format!("`{line}`: imports what?"))?;
                        facts.imports = names.split(',').map(ToOwned::to_owned).collect();
                    }
                    other => bail!("`{line}`: `{other}` is neither imports nor compiles"),
                }
            }
            Ok(Root::Build(name, facts))
        }
        "every" => Ok(Root::Every(words.map(requirement).collect::<Result<_>>()?)),
        "run" => {
            let pythons = word("a Python")?
                .split(',')
                .map(|python| python.parse().map_err(|error| anyhow::anyhow!("{error}")))
                .collect::<Result<_>>()?;
            let (mut requirements, mut constraints, mut index) = (Vec::new(), Vec::new(), IndexUrl::pypi());
            while let Some(word) = words.next() {
                let mut value = || words.next().with_context(|| format!("`{line}`: {word} wants a value"));
                match word {
                    "-c" => constraints.push(value()?.to_owned()),
                    "--index-url" => index = IndexUrl::new(value()?),
                    _ => requirements.push(word.to_owned()),
                }
            }
            Ok(Root::Run { pythons, requirements, constraints, index })
        }
        other => bail!("`{other}` is neither build, bundle, each, every, run nor mirror"),
    }
}

fn problem(
    python: PythonVersion,
    requirements: &[String],
    constraints: &[String],
    index: &IndexUrl,
) -> Result<Problem> {
    let pip = parse_version("26.3").context("pip's version")?;
    let mut problem = Problem::new(Tool::Pip(pip), Target { python, platform: Platform::LINUX });
    problem.indexes = vec![index.clone()];
    for line in requirements {
        let wanted = Wanted::Name(Arc::new(requirement(line)?));
        problem.requirements.push(RootRequirement { wanted, origin: Origin::default() });
    }
    for line in constraints {
        problem
            .constraints
            .push(Constraint { requirement: Arc::new(requirement(line)?), origin: Origin::default() });
    }
    Ok(problem)
}

fn requirement(line: &str) -> Result<Requirement> {
    line.parse()
        .map_err(|error: wheelstage::text::SyntaxError| anyhow::anyhow!("`{line}`: {}", error.message))
}

/// Resolves, fetching what is lacking, until nothing is. Returns what was looked at.
fn settle(problem: &Problem, index: &mut Index, fetcher: &mut Fetcher) -> Result<Needed> {
    let mut needed = Needed::new();
    let url = problem.indexes.first().cloned().unwrap_or_else(IndexUrl::pypi);
    let mut fetched: BTreeSet<(ProjectName, Option<String>)> = BTreeSet::new();
    loop {
        let facts = match resolve(problem, index) {
            Resolution::Missing(facts) => facts,
            Resolution::Selected(selection) => {
                for pick in selection.picks.into_values() {
                    needed.entry((url.clone(), pick.project)).or_default().insert(pick.version.to_string());
                }
                return Ok(needed);
            }
            Resolution::Conflict(conflict) => {
                for cause in conflict.causes {
                    needed.entry((url.clone(), cause.project)).or_default();
                }
                return Ok(needed);
            }
            Resolution::Stopped(_) => {
                say("  gives up: it takes too long");
                return Ok(needed);
            }
        };
        let key = |fact: &MissingFact| (fact.project.clone(), fact.release.as_ref().map(ToString::to_string));
        let lacking: Vec<String> = facts
            .iter()
            .map(|fact| {
                let release = fact.release.as_ref().map_or_else(String::new, |version| format!(" {version}"));
                format!("{}{release}", fact.project)
            })
            .collect();
        let facts: Vec<MissingFact> = facts.into_iter().filter(|fact| fetched.insert(key(fact))).collect();
        if facts.is_empty() {
            say(format!("  ends without {}", lacking.join(", ")));
            return Ok(needed);
        }
        for fact in &facts {
            let versions = needed.entry((url.clone(), fact.project.clone())).or_default();
            versions.extend(fact.release.as_ref().map(ToString::to_string));
        }
        if url != IndexUrl::pypi() {
            for fact in facts {
                ensure!(fact.release.is_none(), "{} of {url} has no dependencies", fact.project);
                index.live.insert_absent(url.clone(), fact.project);
            }
            continue;
        }
        fetch(&facts, &problem.target, index, fetcher)?;
    }
}

/// Fetches what each final release depends on, and returns their versions.
fn every(requirement: &Requirement, index: &mut Index, fetcher: &mut Fetcher) -> Result<Vec<String>> {
    let target = Target::default();
    let fact = |release| MissingFact { project: requirement.name.clone(), release, newest_listed: None };
    let pypi = IndexUrl::pypi();
    if !matches!(index.project(&pypi, &requirement.name), wheelstage::index::Lookup::Known(_)) {
        fetch(&[fact(None)], &target, index, fetcher)?;
    }
    let wheelstage::index::Lookup::Known(project) = index.project(&pypi, &requirement.name) else {
        bail!("{} is not there", requirement.name);
    };
    let range = requirement.specifiers.to_range();
    let releases = project.releases.iter().filter(|(version, release)| {
        range.contains(version) && !is_prerelease(version) && !release.is_yanked()
    });
    let facts: Vec<MissingFact> = releases.map(|(version, _)| fact(Some(version.clone()))).collect();
    fetch(&facts, &target, index, fetcher)?;
    Ok(facts.iter().filter_map(|fact| fact.release.as_ref().map(ToString::to_string)).collect())
}

/// Pages and metadata, a few at a time.
fn fetch(facts: &[MissingFact], target: &Target, index: &mut Index, fetcher: &Fetcher) -> Result<()> {
    for chunk in facts.chunks(AT_ONCE) {
        let known = &*index;
        let answers: Vec<Result<Answer>> = thread::scope(|scope| {
            let threads: Vec<_> =
                chunk.iter().map(|fact| scope.spawn(|| ask(fetcher, known, fact, target))).collect();
            threads.into_iter().map(|thread| thread.join().expect("a fetch does not panic")).collect()
        });
        for answer in answers {
            note(index, answer?);
        }
    }
    Ok(())
}

/// What was fetched for one fact.
enum Answer {
    Absent(ProjectName),
    Page(Arc<Page>, Option<(String, String)>),
    Metadata { file_name: String, text: String },
    Unknown,
}

fn ask(fetcher: &Fetcher, index: &Index, fact: &MissingFact, target: &Target) -> Result<Answer> {
    let Some(version) = &fact.release else {
        let Some(page) = fetcher.page(&fact.project)? else {
            return Ok(Answer::Absent(fact.project.clone()));
        };
        // The newest release is the one most often picked.
        let newest = fetch::newest(&page.project, target).cloned();
        let metadata = match newest.as_ref().and_then(|name| page.file(name)) {
            Some(file) => fetcher.metadata(file)?,
            None => None,
        };
        let metadata = newest.zip(metadata);
        return Ok(Answer::Page(page, metadata));
    };
    let page = fetcher.page(&fact.project)?.context("a release of no project")?;
    let wheelstage::index::Lookup::Known(project) = index.project(&IndexUrl::pypi(), &fact.project) else {
        return Ok(Answer::Unknown);
    };
    let Some(release) = project.releases.get(version) else { return Ok(Answer::Unknown) };
    for file in telling(release.artifacts.iter(), &page) {
        let Some(listed) = page.file(&file.file_name) else { continue };
        if let Some(text) = fetcher.metadata(listed)? {
            return Ok(Answer::Metadata { file_name: file.file_name.clone(), text });
        }
    }
    say(format!("  {} {version} does not tell what it depends on", fact.project));
    Ok(Answer::Unknown)
}

/// A release's files, the one to ask first. As a rule all of them state the same, but not those of
/// tensorflow: what counts is what the images of most builds get.
fn telling<'a>(files: impl Iterator<Item = &'a Arc<Artifact>>, page: &Page) -> Vec<&'a Arc<Artifact>> {
    let is_for_linux = |file: &Artifact| match &file.kind {
        ArtifactKind::Wheel(tags) => {
            &*tags.platform == "any" || tags.platform.contains("linux") && tags.platform.contains("x86_64")
        }
        ArtifactKind::Sdist => false,
    };
    let mut files: Vec<_> = files.collect();
    files.sort_by_key(|file| (!file.is_wheel(), !is_for_linux(file), page.size(&file.file_name)));
    files
}

fn note(index: &mut Index, answer: Answer) {
    let pypi = IndexUrl::pypi();
    let metadata = |index: &mut Index, file_name: &str, text: &str| {
        index.live.insert_metadata(&pypi, file_name, &wheelstage::index::Metadata::parse(text));
    };
    match answer {
        Answer::Absent(project) => index.live.insert_absent(pypi.clone(), project),
        Answer::Page(page, first) => {
            index.live.insert(pypi.clone(), page.project.clone());
            if let Some((file_name, text)) = first {
                metadata(index, &file_name, &text);
            }
        }
        Answer::Metadata { file_name, text } => metadata(index, &file_name, &text),
        Answer::Unknown => {}
    }
}

/// A release as another index offers it.
fn mirror(
    fetcher: &mut Fetcher,
    index: &mut Index,
    url: &IndexUrl,
    release: &str,
    local: Option<&(String, Vec<String>)>,
) -> Result<()> {
    let (name, version) = release.split_once("==").with_context(|| format!("`{release}` is no release"))?;
    let name = ProjectName::new(name).with_context(|| format!("`{name}` is no name"))?;
    let version = parse_version(version).with_context(|| format!("`{version}` is no version"))?;
    let page = fetcher.page(&name)?.with_context(|| format!("{name} is not there"))?;
    let there = page.project.releases.get(&version).with_context(|| format!("{release} is not there"))?;
    let wheel = telling(there.artifacts.iter().filter(|file| file.is_wheel()), &page).into_iter().next();
    let wheel = wheel.with_context(|| format!("{release} has no wheel"))?;
    let listed = page.file(&wheel.file_name).context("an address")?;
    let text = fetcher.metadata(listed)?.with_context(|| format!("{release} has no metadata"))?;
    let metadata = wheelstage::index::Metadata::parse(&text);
    let dependencies = Arc::new(Dependencies::new(metadata.requires_dist));
    let mut project = match index.live.project(url, &name) {
        wheelstage::index::Lookup::Known(project) => (*project).clone(),
        _ => Project::new(name.clone()),
    };
    let names: Vec<String> = match local {
        None => {
            there.artifacts.iter().filter(|file| file.is_wheel()).map(|file| file.file_name.clone()).collect()
        }
        Some((version, tags)) => {
            for tag in tags {
                ensure!(WheelTags::parse(tag).is_some(), "`{tag}` is no wheel tag");
            }
            let stem = format!("{}-{version}", name.as_str().replace('-', "_"));
            tags.iter().map(|tag| format!("{stem}-{tag}.whl")).collect()
        }
    };
    for file_name in names {
        ensure!(parse_file_name(&file_name).is_some(), "`{file_name}` is no wheel");
        let mut artifact = Artifact::from_file_name(&file_name, Known::Catalogue).context("a wheel")?;
        artifact.requires_dist = Some(Arc::clone(&dependencies));
        artifact.requires_python.clone_from(&wheel.requires_python);
        project.add(Arc::new(artifact));
    }
    index.live.insert(url.clone(), project);
    fs::create_dir_all(project::root().join("static").join("catalogue"))?;
    Ok(())
}
