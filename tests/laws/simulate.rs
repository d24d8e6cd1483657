//! Any Dockerfile is simulated to its end, in bounded time, twice alike.

use proptest::prelude::*;
use wheelstage::{
    index::Index,
    model::{Settings, lower},
    simulate::{Simulation, simulate},
    text::Sources,
};

const LINES: [&str; 34] = [
    "FROM python:3.10-slim",
    "FROM python:3.12 AS b",
    "FROM b",
    "FROM nowhere/unknown",
    "COPY . .",
    "COPY --from=b / /",
    "COPY --from=0 /usr/local /usr/local",
    "COPY requirements.txt missing* /x/",
    "ADD a.tar.gz /",
    "ENV PATH=/v/bin:$PATH A=$A$A",
    "ARG A=1",
    "WORKDIR ../..",
    "USER 1",
    "SHELL [\"/bin/bash\", \"-eo\", \"pipefail\", \"-c\"]",
    "ONBUILD RUN rm -rf /",
    "RUN python -m venv /v && /v/bin/pip install -r requirements.txt",
    "RUN --mount=type=bind,target=/ --mount=type=cache,target=/ ls /",
    "RUN --mount=from=b,source=/v,target=/v cp -r /v /w",
    "RUN cp -r / /copy; mv /copy /",
    "RUN ln -s /a /b && ln -s /b /a && cat /a/b/a; cp -r /a /b",
    "RUN ln -s . x; find / -exec cp {} {}{} \\;",
    "RUN while :; do echo x >> f; cat f >> f; done",
    "RUN f() { f; f; }; f",
    "RUN for i in 1 2 3; do for j in 1 2 3; do [ -f $i ] || touch $i; done; done",
    "RUN if unknown; then pip install a; else rm -rf /v; fi && $(unknown) | xargs pip install",
    "RUN grep -v '^torch' requirements.txt | sed -E 's/(a|b)*c?//g;2,$d' | awk '{print $1}' > r; pip install -r r",
    "RUN eval \"$(cat requirements.txt)\"; . ./requirements.txt; sh requirements.txt",
    "RUN x=${y:-${z:=${w%%[a-z]*}}}; echo ${x//?/$x} {1..9}{1..9} *",
    "RUN tr -s '\\n' ' ' < requirements.txt | cut -d' ' -f2- | tee a b | sort -u | head -n -1",
    "RUN mv requirements.txt requirements.txt/x; rm -rf .. ~ /usr/local",
    "RUN uv venv; uv pip install a; uv sync; poetry install; conda install x",
    "RUN pip wheel -w /w -r requirements.txt && pip install --no-index --find-links=/w /w/*",
    "RUN case $A in *) exit 1;; esac; trap 'exit 2' EXIT; set -- $*; shift 9",
    "CMD true",
];

fn run(dockerfile: &str) -> Simulation {
    let sources = Sources::from_texts([
        ("Dockerfile", dockerfile),
        ("requirements.txt", "# x\nnumpy==1\ntorch\n-r base.txt\n\\\n  y"),
        ("base.txt", "a"),
    ]);
    let settings = Settings::default();
    simulate(&lower(&sources, &settings), &sources, &Index::empty(), &settings)
}

fn outline(simulation: &Simulation) -> String {
    let mut text = String::new();
    for step in simulation.stages.iter().flat_map(|stage| &stage.steps) {
        text += &format!("{:?} {} {:?}\n{}", step.exit_code, step.reached, step.skipped, step.after.files);
    }
    text
}

proptest! {
    #![proptest_config(crate::cases(48))]

    #[test]
    fn lines_in_any_order(lines in prop::collection::vec(prop::sample::select(&LINES[..]), 1..12)) {
        let dockerfile = format!("FROM python:3.11-slim\n{}", lines.join("\n"));
        prop_assert_eq!(outline(&run(&dockerfile)), outline(&run(&dockerfile)));
    }

    #[test]
    fn any_script(script in "[ -~]{0,60}") {
        run(&format!("FROM debian:12\nRUN {script}"));
    }
}

/// Each takes a moment where it is bounded, and for ever where it is not.
#[test]
fn long_and_deep_scripts() {
    for part in
        ["(", "$(", "{ ", "if a; then ", "`", "eval ", "sh -c '", "env ", "xargs ", "! ", "a | ", "${a:-"]
    {
        run(&format!("FROM debian:12\nRUN {}", part.repeat(3_000)));
    }
    for part in ["a=$a$a;", "echo x >> f;", "cat f f >> f;", "a && ", "a || ", "[ -f x ] && ", "cp -r / /x;"]
    {
        run(&format!("FROM debian:12\nRUN echo x > f; a=x; {} true", part.repeat(800)));
    }
    let arms: String = (0..3_000).map(|n| format!("{n}) echo {n} > f;; ")).collect();
    run(&format!("FROM debian:12\nRUN case $(unknown) in {arms} esac"));
    let branches: String = (0..3_000).map(|n| format!("elif unknown{n}; then echo {n} > f; ")).collect();
    run(&format!("FROM debian:12\nRUN if a; then b; {branches} fi"));
    let steps = "RUN while :; do echo x >> f; done\n".repeat(300);
    run(&format!("FROM debian:12\n{steps}"));
}
