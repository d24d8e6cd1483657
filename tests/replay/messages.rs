//! PIP_RULES, section F: what pip prints of a conflict is what the simulator says that it prints.

use wheelstage::{
    findings::Analysis,
    resolve::{Resolution, pip_message},
};

use crate::{
    PIPS,
    replay::{Case, machine},
    rules::{each_alone, two_runs},
};

/// pip's words for every call that cannot be resolved, as the simulator has them.
fn messages(analysis: &Analysis) -> Vec<String> {
    let steps = analysis.simulation.stages.iter().flat_map(|stage| &stage.steps);
    steps
        .flat_map(|step| &step.calls)
        .filter_map(|call| match (call.problem.as_deref(), call.resolution.as_deref()) {
            (Some(problem), Some(Resolution::Conflict(conflict))) => Some(pip_message(problem, conflict)),
            _ => None,
        })
        .collect()
}

/// Every line of the simulator's messages begins one that pip prints: it leaves out which versions
/// there are.
#[track_caller]
fn check(text: &str) {
    let Some(machine) = machine() else { return };
    for pip in PIPS {
        let case = Case::fixture(text, pip, machine);
        let messages = messages(&case.analysis());
        assert!(!messages.is_empty(), "nothing fails:\n{text}");
        let printed = case.printed(machine).unwrap_or_else(|difference| panic!("{difference}"));
        let printed: Vec<&str> = printed.lines().map(str::trim).collect();
        for line in messages.iter().flat_map(|message| message.lines()).map(str::trim) {
            let is_printed = printed.iter().any(|printed| printed.starts_with(line));
            assert!(is_printed, "pip {pip} does not print\n{line}\n{printed:#?}");
        }
    }
}

#[test]
fn rule_26_the_headline_names_every_requirer() {
    check(&two_runs("RUN pip install --no-index --find-links=/wheels /wheels/*"));
    check(&two_runs("RUN pip install numpy==2.2.6 -r requirements.txt"));
}

#[test]
fn rule_27_every_kind_of_requirement_has_its_line() {
    let index = "\
-- index --
base 1.0
base 2.0
wants 1.0: base<2,>=1
more 1.0: base>=2;extra == \"new\"
";
    check(&each_alone(
        index,
        &[
            "pip install base==2.0 wants",
            "echo 'base>=2' > c.txt && pip install -c c.txt wants",
            "pip install wants 'more[new]'",
            "pip download -d /w base && pip install /w/base-2.0-py3-none-any.whl wants",
            "echo 'base==2.0' > r.txt && pip install -r r.txt wants",
        ],
    ));
}

#[test]
fn rule_28_innocent_requirers_are_named_too() {
    check(&two_runs(
        "RUN pip install numpy==2.2.6\nRUN rm -f /wheels/numpy-*.whl && pip install --no-index --find-links=/wheels /wheels/*",
    ));
}

#[test]
fn rule_29_where_nothing_is_a_candidate() {
    check(&two_runs(
        "RUN rm -f /wheels/numpy-*.whl && pip install --no-index --find-links=/wheels /wheels/*",
    ));
    check(&two_runs("RUN pip install 'numpy>=3'"));
}

#[test]
fn rule_30_one_requirement_or_two_decide_which_message_it_is() {
    check(&two_runs(
        "RUN pip install numpy==1.24.4\nRUN pip install --no-index --find-links=/nowhere 'numpy>=1.25'",
    ));
    check(&two_runs("RUN echo 'numpy==2.2.6' > c.txt && pip install -c c.txt -r requirements.txt"));
}
