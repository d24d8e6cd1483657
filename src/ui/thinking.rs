//! What the worker thinks about a question: analysis first, then patches, best first.

use std::{rc::Rc, sync::Arc};

use serde_json::Value;

use super::{
    editor::complete::newest_first,
    state::{Comparison, Composition, FACTS, is_dockerfile},
    worker::Answer,
};
use crate::{
    findings::{Analysis, analyze},
    index::{Catalogue, CatalogueFile, Index, Overlay, ProjectFile},
    link::Playground,
    model::Settings,
    order::{SortedMap, SortedSet},
    patch::{self, ComposeError},
    report::{self, report},
    text::{FileId, Sources},
};

/// What is known about packages, and the way from a question to its answers.
#[derive(Debug, Default, Clone)]
pub(super) struct Thinker {
    /// The catalogue's files, as they came.
    texts: Vec<Rc<str>>,
    catalogue: Arc<Catalogue>,
}

impl Thinker {
    /// Takes in files of the catalogue. What cannot be read stays unknown, and is missing then. Gives
    /// the versions of each project in them, newest first.
    pub(super) fn learn(&mut self, texts: &[String]) -> SortedMap<String, Vec<String>> {
        let known = self.texts.len();
        self.texts.extend(texts.iter().map(|text| Rc::from(text.as_str())));
        let learned: Vec<Learned> = match Arc::get_mut(&mut self.catalogue) {
            Some(catalogue) => texts.iter().flat_map(|text| insert(catalogue, text)).collect(),
            // A question under way still reads the catalogue as it was.
            None => {
                let mut catalogue = Catalogue::default();
                self.texts.iter().take(known).for_each(|text| drop(insert(&mut catalogue, text)));
                let learned = texts.iter().flat_map(|text| insert(&mut catalogue, text)).collect();
                self.catalogue = Arc::new(catalogue);
                learned
            }
        };
        let mut projects = SortedMap::<String, Vec<String>>::new();
        for (project, versions) in learned {
            // A project that several indexes have keeps the versions of all.
            projects.entry(project).or_default().extend(versions);
        }
        projects.values_mut().for_each(newest_first);
        projects
    }

    /// The catalogue behind the facts that a link carries, which count before it.
    fn with(&self, facts: &Value) -> Catalogue {
        let mut catalogue = Catalogue::default();
        insert(&mut catalogue, &facts.to_string());
        self.texts.iter().for_each(|text| drop(insert(&mut catalogue, text)));
        catalogue
    }

    /// Answers a question in steps; between two of them `outdated` tells whether to go on. What the
    /// answers came from goes to `keep` once all fixes are proposed.
    pub(super) async fn answer(
        &self,
        revision: u64,
        playground: &Playground,
        compare: Option<String>,
        outdated: impl AsyncFn() -> bool,
        respond: impl Fn(Answer),
        keep: impl Fn(Thought),
    ) {
        let catalogue = match &playground.facts {
            Some(facts) => Arc::new(self.with(facts)),
            None => self.catalogue.clone(),
        };
        // Lines that are no facts are shown where they are typed.
        let overlay = Overlay::parse(FACTS, &playground.overlay).tree;
        let index = Arc::new(Index { catalogue, overlay, ..Index::default() });
        let sources = files(playground);
        let settings = &playground.target;
        let mut analysis = analyze(&sources, &index, settings);
        let mut fixes = Vec::new();
        let tell = |analysis: &Analysis, fixes: &[patch::Fix], lacking: &[String], complete: bool| {
            let mut report = Box::new(report(analysis, fixes));
            report.missing.extend(lacking.iter().cloned());
            respond(Answer::Report { revision, report, complete });
        };
        tell(&analysis, &fixes, &[], false);
        if outdated().await {
            return;
        }
        // What would have to change is told with the first fix.
        analysis.advise();
        if outdated().await {
            return;
        }
        let mut proposals = patch::propose(&analysis);
        loop {
            match proposals.step() {
                patch::Step::Fix(fix) => {
                    fixes.push(*fix);
                    // The best one is shown at once, the others together.
                    if fixes.len() == 1 {
                        tell(&analysis, &fixes, &[], false);
                    }
                }
                patch::Step::Tried => {}
                patch::Step::Done => break,
            }
            if outdated().await {
                return;
            }
        }
        // What a change would bring and is not known: once it is, that change can be checked too.
        let lacking: SortedSet<String> =
            proposals.lacking().iter().map(|lacking| lacking.fact.project.to_string()).collect();
        let lacking: Vec<String> = lacking.into_iter().collect();
        drop(proposals);
        tell(&analysis, &fixes, &lacking, true);
        keep(Thought { revision, analysis, fixes });
        if let Some(platform) = compare
            && !outdated().await
        {
            let settings = Settings { platform: Some(platform.clone()), ..settings.clone() };
            let other = analyze(&sources, &index, &settings);
            let report = report(&other, &[]);
            let comparison = Comparison { platform, verdict: report.verdict, headline: report.headline };
            respond(Answer::Compared { revision, comparison });
        }
    }
}

/// What an answer came from, kept for questions about it.
#[derive(Debug)]
pub(super) struct Thought {
    /// The revision of the question.
    pub(super) revision: u64,
    analysis: Analysis,
    fixes: Vec<patch::Fix>,
}

impl Thought {
    /// Several fixes as one, run again. A reason why that cannot be names them by their rank.
    pub(super) fn composed(&self, ids: Vec<String>) -> Composition {
        let ranked = self.fixes.iter().enumerate().filter(|(_, fix)| ids.contains(&fix.id));
        let (ranks, chosen): (Vec<usize>, Vec<&patch::Fix>) = ranked.unzip();
        let rank = |place: usize| ranks.get(place).copied().unwrap_or(place);
        let outcome = patch::compose(&self.analysis, &chosen);
        let outcome = outcome.map(|fix| report::fix(&fix)).map_err(|error| match error {
            ComposeError::SameBytes(a, b) => ComposeError::SameBytes(rank(a), rank(b)),
            ComposeError::Undone(place) => ComposeError::Undone(rank(place)),
            other => other,
        });
        Composition { fixes: ids, outcome: outcome.map_err(|error| error.to_string()) }
    }
}

/// The files, without a Dockerfile that is blank: an editor that was emptied stands for none.
fn files(playground: &Playground) -> Sources {
    let sources = playground.sources();
    let blank: Vec<FileId> = sources
        .iter()
        .filter(|(_, file)| is_dockerfile(&file.path) && file.text.trim().is_empty())
        .map(|(id, _)| id)
        .collect();
    blank.into_iter().fold(sources, Sources::without)
}

/// A project, and versions of it.
type Learned = (String, Vec<String>);

/// Takes in a bundle or a project's file, and gives what is in it.
fn insert(catalogue: &mut Catalogue, text: &str) -> Vec<Learned> {
    let learned = |project: &ProjectFile| {
        (project.name.clone(), project.releases.iter().map(|row| row.v.clone()).collect())
    };
    // A name that is none is passed over with its file.
    match CatalogueFile::parse(text) {
        Ok(CatalogueFile::Bundle(bundle)) => {
            let projects = bundle.projects.iter().map(learned).collect();
            drop(catalogue.insert_bundle(bundle));
            projects
        }
        Ok(CatalogueFile::Project(file)) => {
            let project = learned(&file);
            drop(catalogue.insert_file(file));
            vec![project]
        }
        Err(_) => Vec::new(),
    }
}
