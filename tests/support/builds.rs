//! Random builds: two stages, several runs of pip, on a small index.

use proptest::{
    collection::vec,
    prelude::*,
    sample::select,
    test_runner::{Config, RngAlgorithm, TestRng, TestRunner},
};

const PROJECTS: [&str; 5] = ["alpha", "beta", "gamma", "delta", "omega"];
const VERSIONS: [&str; 4] = ["1.0", "1.5", "2.0", "2.1rc1"];

/// A build, as text.
#[derive(Debug, Clone)]
pub(crate) struct Build {
    /// Releases, a line each.
    pub(crate) index: String,
    /// Lines of `requirements.txt`.
    pub(crate) requirements: Vec<String>,
    /// Instructions of the stage that makes wheels.
    pub(crate) builder: Vec<String>,
    /// Instructions of the stage that installs them.
    pub(crate) runtime: Vec<String>,
}

/// A name of a project.
pub(crate) fn project() -> impl Strategy<Value = &'static str> {
    select(&PROJECTS[..])
}

/// Which bounds requirements have.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Bounds {
    /// All kinds, also those that no release meets.
    Any,
    /// At most one, near what there is.
    Likely,
}

/// `alpha`, `alpha<2`, `alpha==1.5`, `alpha>=1.0,<2`.
fn requirement(bounds: Bounds) -> BoxedStrategy<String> {
    let likely = select(&["", "", "", "<2", "<1.5", ">=1.5", "==1.5", "==1.5", "~=1.0"][..]);
    if let Bounds::Likely = bounds {
        return (project(), likely).prop_map(|(project, clause)| format!("{project}{clause}")).boxed();
    }
    let version = || select(&["1.0", "1.5", "2.0", "2.0.dev1", "3"][..]);
    let clause =
        (select(&["<", "<=", ">", ">=", "==", "!=", "~="][..]), version()).prop_map(|(operator, version)| {
            // `~=` wants two parts.
            let version = if operator == "~=" && !version.contains('.') { "1.0" } else { version };
            format!("{operator}{version}")
        });
    (project(), vec(clause, 0..=2))
        .prop_map(|(project, clauses)| format!("{project}{}", clauses.join(",")))
        .boxed()
}

/// Releases: later projects may depend on earlier ones, so that there are no circles of demands
/// that nothing can meet.
fn index() -> impl Strategy<Value = String> {
    let dependency = || {
        (select(&["<2", ">=1.5", "<1.5", ">=1.0", "==1.5", ">=2.0a1", ""][..]), any::<prop::sample::Index>())
    };
    let release = || (any::<bool>(), vec(dependency(), 0..=2));
    vec(vec(release(), VERSIONS.len()), PROJECTS.len()).prop_map(|projects| {
        let mut lines = String::new();
        for (number, releases) in projects.iter().enumerate() {
            for (version, (is_there, dependencies)) in VERSIONS.iter().zip(releases) {
                // One release of each is always there: nothing here is about unknown projects.
                if !is_there && *version != "1.5" {
                    continue;
                }
                let mut asked: Vec<String> = Vec::new();
                for (clause, which) in dependencies.iter().filter(|_| number > 0) {
                    let other = PROJECTS[which.index(number.max(1))];
                    if asked.iter().all(|known| !known.starts_with(other)) {
                        asked.push(format!("{other}{clause}"));
                    }
                }
                let list = if asked.is_empty() { String::new() } else { format!(": {}", asked.join("; ")) };
                lines.push_str(&format!("{} {version}{list}\n", PROJECTS[number]));
            }
        }
        lines
    })
}

/// A requirement that a shell reads as one word.
pub(crate) fn word(bounds: Bounds) -> impl Strategy<Value = String> {
    requirement(bounds).prop_map(|requirement| format!("'{requirement}'"))
}

/// One or two of them.
pub(crate) fn words(bounds: Bounds) -> impl Strategy<Value = String> {
    vec(word(bounds), 1..=2).prop_map(|words| words.join(" "))
}

fn builder_step(bounds: Bounds) -> impl Strategy<Value = String> {
    let wheel = || "pip wheel -w /build/wheels";
    prop_oneof![
        3 => Just(format!("RUN {} -r requirements.txt", wheel())),
        3 => words(bounds).prop_map(move |words| format!("RUN {} {words}", wheel())),
        1 => words(bounds).prop_map(move |words| format!("RUN {} --no-deps {words}", wheel())),
        1 => words(bounds).prop_map(move |words| format!("RUN {} --no-index --find-links=/build/wheels {words}", wheel())),
        1 => project().prop_map(move |project| {
            format!("RUN grep -v \"^{project}\" requirements.txt > some.txt && {} -r some.txt", wheel())
        }),
        1 => (project(), project()).prop_map(move |(a, b)| {
            format!("RUN sed -i 's/^{a}.*/{b}/' requirements.txt && cat requirements.txt && {} -r requirements.txt", wheel())
        }),
        1 => (word(bounds), words(bounds)).prop_map(move |(bound, words)| {
            format!("RUN echo {bound} > c.txt && {} -c c.txt {words}", wheel())
        }),
        1 => words(bounds).prop_map(|words| format!("RUN pip download -d /build/wheels {words}")),
        1 => project().prop_map(|project| format!("RUN rm -f /build/wheels/{project}-*.whl")),
        1 => words(bounds).prop_map(|words| format!("RUN pip install {words}")),
    ]
}

fn runtime_step(bounds: Bounds) -> impl Strategy<Value = String> {
    let pool = "--no-index --find-links=/build/wheels";
    prop_oneof![
        3 => Just(format!("RUN pip install {pool} /build/wheels/*")),
        3 => Just(format!("RUN pip install {pool} -r requirements.txt")),
        2 => words(bounds).prop_map(|words| format!("RUN pip install {words}")),
        2 => words(bounds).prop_map(move |words| format!("RUN pip install {pool} {words}")),
        1 => words(bounds).prop_map(|words| format!("RUN pip install --find-links=/build/wheels {words}")),
        1 => (select(&["-U", "-U --upgrade-strategy eager", "--force-reinstall", "--no-deps", "--pre", "-I"][..]), words(bounds))
            .prop_map(|(option, words)| format!("RUN pip install {option} {words}")),
        1 => words(bounds).prop_map(|words| format!("RUN pip install --target /target {words}")),
        1 => words(bounds).prop_map(|words| format!("RUN pip install --prefix /prefix {words}")),
        1 => project().prop_map(|project| format!("RUN pip uninstall -y {project}")),
        1 => project().prop_map(|project| format!("RUN rm -f /build/wheels/{project}-*.whl")),
        1 => Just("RUN pip check || true".to_owned()),
        1 => words(bounds).prop_map(|words| format!("RUN pip install {words} || pip install --no-deps {words}")),
        1 => (word(bounds), words(bounds)).prop_map(|(bound, words)| format!("RUN echo {bound} > c.txt && PIP_CONSTRAINT=c.txt pip install {words}")),
    ]
}

/// Any build of this grammar.
pub(crate) fn build(bounds: Bounds) -> impl Strategy<Value = Build> {
    (
        index(),
        vec(requirement(bounds), 1..=3),
        vec(builder_step(bounds), 1..=3),
        vec(runtime_step(bounds), 1..=3),
    )
        .prop_map(|(index, requirements, builder, runtime)| Build {
            index,
            requirements,
            builder,
            runtime,
        })
}

/// Runs tests over values of a seed: the same ones each time, and nothing kept of failures.
pub(crate) fn runner(seed: u64, count: u32, shrinks: u32) -> TestRunner {
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&seed.to_le_bytes());
    let config =
        Config { cases: count, failure_persistence: None, max_shrink_iters: shrinks, ..Config::default() };
    TestRunner::new_with_rng(config, TestRng::from_seed(RngAlgorithm::ChaCha, &bytes))
}
