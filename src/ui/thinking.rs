//! What the worker thinks about a question: analysis first, then patches, best first.

use std::{rc::Rc, sync::Arc};

use super::{state::Comparison, worker::Answer};
use crate::{
    index::{Bundle, Catalogue, Index, ProjectFile},
    link::Playground,
    report::{self, Report, Setting, SettingSource, TargetView, Timeline, Verdict},
};

/// What is known about packages, and the way from a question to its answers.
#[derive(Debug, Default, Clone)]
pub(super) struct Thinker {
    /// The catalogue's files, as they came.
    texts: Vec<Rc<str>>,
    catalogue: Arc<Catalogue>,
}

impl Thinker {
    /// Takes in files of the catalogue. What cannot be read stays unknown, and is missing then.
    pub(super) fn learn(&mut self, texts: &[String]) {
        self.texts.extend(texts.iter().map(|text| Rc::from(text.as_str())));
        match Arc::get_mut(&mut self.catalogue) {
            Some(catalogue) => texts.iter().for_each(|text| insert(catalogue, text)),
            // A question under way still reads the catalogue as it was.
            None => {
                let mut catalogue = Catalogue::default();
                self.texts.iter().for_each(|text| insert(&mut catalogue, text));
                self.catalogue = Arc::new(catalogue);
            }
        }
    }

    /// Answers a question in steps; between two of them `outdated` tells whether to go on.
    pub(super) async fn answer(
        &self,
        revision: u64,
        playground: &Playground,
        compare: Option<String>,
        outdated: impl AsyncFn() -> bool,
        respond: impl Fn(Answer),
    ) {
        let index = Index { catalogue: self.catalogue.clone(), ..Index::default() };
        let report = report_of(playground, &index);
        if let Some(platform) = compare {
            let comparison =
                Comparison { platform, verdict: report.verdict, headline: report.headline.clone() };
            respond(Answer::Compared { revision, comparison });
        }
        if !outdated().await {
            respond(Answer::Report { revision, report: Box::new(report), complete: true });
        }
    }
}

/// Takes in a bundle or a project's file.
fn insert(catalogue: &mut Catalogue, text: &str) {
    // A name that is none is passed over with its file.
    if let Ok(bundle) = serde_json::from_str::<Bundle>(text) {
        drop(catalogue.insert_bundle(bundle));
    } else if let Ok(file) = serde_json::from_str::<ProjectFile>(text) {
        drop(catalogue.insert_file(file));
    }
}

fn report_of(playground: &Playground, index: &Index) -> Report {
    let setting = |value: &Option<String>| Setting {
        value: value.clone().unwrap_or_default(),
        source: if value.is_some() { SettingSource::Person } else { SettingSource::Default },
    };
    let target = &playground.target;
    Report {
        schema: report::SCHEMA,
        version: env!("CARGO_PKG_VERSION").to_owned(),
        catalogue: index.catalogue.date.clone(),
        verdict: Verdict::Unknown,
        headline: "The build is not simulated yet.".to_owned(),
        findings: Vec::new(),
        stages: Vec::new(),
        fixes: Vec::new(),
        target: TargetView {
            python: setting(&target.python),
            platform: setting(&target.platform),
            pip: setting(&target.pip),
            stage: setting(&target.stage),
            args: Default::default(),
        },
        projects: Vec::new(),
        timeline: Timeline::default(),
        missing: Vec::new(),
        unmodelled: 0,
    }
}
