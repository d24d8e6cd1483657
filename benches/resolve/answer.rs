//! One question and its answer, the same natively and in a browser.

use std::sync::Arc;

use wheelstage::{
    index::{Catalogue, Index},
    pep440::Version,
    pep508::Target,
    resolve::{Constraint, Origin, Problem, Resolution, RootRequirement, Tool, Wanted, resolve},
};

/// The report's case and the four largest others.
pub(crate) const SCENARIOS: [&str; 5] = [
    "d01_report_chatterbox_accelerate",
    "d10_boto3_128_urllib3_2",
    "d13_transformers_floating_tokenizers",
    "d12_tf211_grpcio_tools",
    "d04_tf215_keras3",
];

/// Each is run this often, and the median printed.
pub(crate) const RUNS: usize = 7;

/// What a scenario asks.
#[derive(serde::Deserialize)]
struct Question {
    python: String,
    requirements: Vec<String>,
    constraints: Vec<String>,
}

/// From the text of a scenario to the answer: reading, indexing, resolving.
pub(crate) fn answer(text: &str) -> String {
    let question: Question = serde_json::from_str(text).unwrap();
    let index = Index { catalogue: Arc::new(Catalogue::from_json(text).unwrap()), ..Index::default() };
    let target = Target { python: question.python.parse().unwrap(), ..Target::default() };
    let mut problem = Problem::new(Tool::Pip(Version::new([26, 3])), target);
    problem.formats.only_binary_all = true;
    problem.formats.no_binary.extend("pkuseg".parse());
    for line in &question.requirements {
        let wanted = Wanted::Name(Arc::new(line.parse().unwrap()));
        problem.requirements.push(RootRequirement { wanted, origin: Origin::default() });
    }
    for line in &question.constraints {
        let requirement = Arc::new(line.parse().unwrap());
        problem.constraints.push(Constraint { requirement, origin: Origin::default() });
    }
    match resolve(&problem, &index) {
        Resolution::Selected(selection) => format!("{} packages", selection.picks.len()),
        Resolution::Conflict(_) => "conflict".to_owned(),
        Resolution::Missing(facts) => format!("lacks {} facts", facts.len()),
        Resolution::Stopped(_) => "stopped".to_owned(),
    }
}
